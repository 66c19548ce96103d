"""What this theory's names mean in the Coq files that are printed."""

from __future__ import annotations

NUMBERS = """\
   s_1, s_2, s_later == two escape rates; the rate beside a plateau
"""
