"""Exact mathematics: SymPy objects in, SymPy objects out. A theory is a folder; `data`, `losses` and `algebra` serve them all."""
