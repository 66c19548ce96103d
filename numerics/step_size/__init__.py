"""Descent in steps on the weighted squared loss, sample by sample, and the curvature that its ends have."""
