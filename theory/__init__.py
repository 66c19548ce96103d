"""Exact mathematics: it takes SymPy objects and returns SymPy objects.

A theory is a folder; `data`, `losses`, `algebra` and `models` serve every theory.
"""
