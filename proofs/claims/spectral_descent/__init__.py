"""Spectral descent and other rules that act on each mode by itself."""
