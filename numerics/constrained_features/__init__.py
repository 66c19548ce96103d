"""Runs of features that are linear in constant inputs, and of logits that move by a fixed kernel."""
