"""Descent with one sample a step: drawing samples by their weights against weighting the samples that are drawn."""
