"""Unconstrained features with a trained output bias: what the bias learns first, and what it leaves to the features."""
