"""What this theory's names mean in the Coq files that are printed."""

from __future__ import annotations

NUMBERS = """\
                 mu == sqrt(lambda_W lambda_H), by which decay shrinks
                  r == the middle singular value of the minimiser
"""
MATRICES = """\
L, Omega == the logits, and the diagonal of class weights
"""
