"""What this theory's names mean in the Coq files that are printed."""

from __future__ import annotations

NUMBERS = """\
                     a, z == n omega of a class, its margin
"""
