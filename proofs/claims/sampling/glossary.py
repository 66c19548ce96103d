"""What this theory's names mean in the Coq files that are printed."""

from __future__ import annotations

NUMBERS = """\
 omega (_i), v (_i) == weight and squared gradient of a sample
      A, B, C, D, n == sums of w, w v, w^2 v, v and 1 over the samples
"""
