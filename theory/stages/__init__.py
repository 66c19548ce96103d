"""Plateaus of the weighted flow from a small start, and when it leaves them."""
