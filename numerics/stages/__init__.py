"""The stages of the weighted flow from a small start: when they end, and where the first one lands."""
