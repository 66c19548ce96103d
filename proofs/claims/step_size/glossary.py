"""What this theory's names mean in the Coq files that are printed."""

from __future__ import annotations

NUMBERS = """\
    r_maj, r_min, k == fourth roots of counts, k a whole number
                  v == R^(1/4)
        eta, Lambda == the step size, the largest curvature
                  a == ||W||^2 of a minimum; the amplitude of a mode
          u_k, u_1 == squared singular values of W, u_1 the largest
"""
