"""Exact mathematics of the unconstrained features model: SymPy objects in, SymPy objects out."""
