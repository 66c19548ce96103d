"""Runs and spectra of unconstrained features with a trained output bias."""
