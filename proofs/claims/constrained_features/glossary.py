"""What this theory's names mean in the Coq files that are printed."""

from __future__ import annotations

NUMBERS = """\
         rho, kappa == inner products within, between classes
              theta == (rho - kappa)/(1 - rho)
           a_g, d_g == n omega of a class, and beta - kappa
    d_ (_maj, _min) == beta - kappa of a majority, of a minority class
    D_ (_maj, _min) == half the mean squared distance of two class means
                  r == the rich rate a sqrt(d) of a contrast
"""
MATRICES = """\
V, X, L == first layer and inputs of L = WVX, and the logits
"""
