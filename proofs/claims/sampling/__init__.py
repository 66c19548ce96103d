"""Descent with one sample a step: drawing by weights against weighting what is drawn."""
