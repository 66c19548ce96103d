"""What this theory's names mean in the Coq files that are printed."""

from __future__ import annotations

NUMBERS = """\
        u, v == norms of the gradients of two classes
      g, x == an entry of a gradient, the sum of the squares of the rest
              m == a mean of cosines, or a sum of inner products
              K == what the features of all classes share
"""
