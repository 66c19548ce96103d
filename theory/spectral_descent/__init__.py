"""Spectral descent, and other rules that act on each mode by itself: heavy ball, steps, and a step of ascent before descent."""
