"""Cross-entropy on fixed class features by the flow and by sign descent, and sign descent of free features, at sample level."""
