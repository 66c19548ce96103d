"""What this theory's names mean in the Coq files that are printed."""

from __future__ import annotations

NUMBERS = """\
                  d == the number of features
                chi == what multiplies a weight in its leverage
"""
