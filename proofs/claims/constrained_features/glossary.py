"""What this theory's names mean in the Coq files that are printed."""

from __future__ import annotations

NUMBERS = """\
 rho, kappa == inner product of two unit inputs of one class, of two classes
      theta == (rho - kappa)/(1 - rho)
"""
MATRICES = """\
     V, X, L == first layer and inputs of L = WVX, and the logits
"""
