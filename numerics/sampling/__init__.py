"""Descent with one sample a step, as it is run."""
