"""What this theory's names mean in the Coq files that are printed."""

from __future__ import annotations

NUMBERS = """\
  r, s_maj, s_min == radius of the ascent, escape rates within groups
          s_1, s_2 == two escape rates
"""
