"""What this theory's names mean in the Coq files that are printed."""

from __future__ import annotations

NUMBERS = """\
  a_j, b_j, pi_j == of a named class: n omega, bias, weighted frequency
      y_k, r_k, Q == 1/pi and n omega^2/pi of class k, and the sum of
                     n omega^2 over all classes
            k, S == s^2/c of flat rates s, and the sum of n omega
"""
