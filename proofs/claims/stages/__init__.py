"""Plateaus of the weighted flow from a small start."""
