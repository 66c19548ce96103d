"""What this theory's names mean in the Coq files that are printed."""

from __future__ import annotations

NUMBERS = """\
         x, x_1, x_2, x_3 == amplitudes of a mode in layers
               N, s, u, y == layers, strength, its root, - ln u^(N - 2)
               theta, phi == angle between v and v', sin phi = u sin theta
"""
