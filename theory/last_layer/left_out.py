"""Weighted least squares with an intercept on any data, and what a fit without one sample has to do with the fit to all.

The input x of the sample that is left out is K a, K the matrix of the normal equations of all others; with it the matrix is K + ωxxᵀ.
"""

from __future__ import annotations

import sympy as sp

from theory.algebra.words import trace_gradient

SAMPLES, PARAMETERS, OUTPUTS = sp.symbols("n k m", positive=True, integer=True)
B = sp.MatrixSymbol("B", SAMPLES, PARAMETERS)  # Ω^(1/2) times the inputs of all other samples
A = sp.MatrixSymbol("a", PARAMETERS, 1)
THETA = sp.MatrixSymbol("theta", PARAMETERS, OUTPUTS)  # the fit to all samples
TARGET = sp.MatrixSymbol("y", 1, OUTPUTS)  # of the sample that is left out
WEIGHT = sp.Symbol("omega", positive=True)  # and its weight
ONES = sp.MatrixSymbol("e", SAMPLES, 1)  # the column of ones
X = sp.MatrixSymbol("X", SAMPLES, PARAMETERS)
Y = sp.MatrixSymbol("y_all", SAMPLES, 1)
COEFFICIENTS = sp.MatrixSymbol("w", PARAMETERS, 1)
INTERCEPT = sp.MatrixSymbol("b", 1, 1)
OMEGA = sp.MatrixSymbol("Omega", SAMPLES, SAMPLES)  # diagonal

OTHERS = B.T * B
INPUT = OTHERS * A
ALL = OTHERS + WEIGHT * INPUT * INPUT.T


def residual(fit: sp.MatrixExpr) -> sp.MatrixExpr:
    """y − xᵀθ of the sample that is left out, under a fit θ."""
    return TARGET - INPUT.T * fit


def all_residuals() -> sp.MatrixExpr:
    """y − Xw − b of all samples."""
    return Y - X * COEFFICIENTS - ONES * INTERCEPT


def intercept_gradient() -> sp.MatrixExpr:
    """The derivative of ½ Σ ω r² by the intercept, 0 at the fit."""
    r = all_residuals()
    return trace_gradient(sp.Rational(1, 2) * r.T * OMEGA * r, INTERCEPT, [OMEGA])
