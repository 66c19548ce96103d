"""The leverage law for c classes of equal mass: one-hot targets, class means at the corners of a regular simplex.

Rows are outputs, columns classes. P = I − ooᵀ with the unit vector o = 1/√c; the Gram matrix of the means is λP.
"""

from __future__ import annotations

import sympy as sp

from theory.last_layer.law import FEATURES
from theory.symbols import c

UNIT = sp.MatrixSymbol("o", c, 1)
P = sp.Identity(c) - UNIT * UNIT.T
INVERSE_COUNTS = sp.MatrixSymbol("D", c, c)  # diag(1/n), diagonal
FREE = sp.MatrixSymbol("S_0", c, c)  # the covariance of the scores that comes from the means' directions
OTHER = sp.Symbol("kappa", positive=True)  # the mean score of another class; 1 − own mean score + that is k = cκ
LAMBDA = sp.Symbol("lambda", positive=True)
SPREAD = sp.Symbol("A", positive=True)  # Σ 1/(c² n)
SHARE = 1 / c  # of each class in the masses


def residuals(own: sp.Expr, other: sp.Expr) -> sp.MatrixExpr:
    """Targets less mean scores: `own` of a class's own output, `other` of every other; 11ᵀ is c ooᵀ."""
    ones = c * UNIT * UNIT.T
    return sp.Identity(c) - own * sp.Identity(c) - other * (ones - sp.Identity(c))


def mean_scores(left: sp.MatrixExpr, gram: sp.Expr) -> sp.MatrixExpr:
    """The class means' scores without the intercept, Σ_j q μ_jᵀμ_i e_j, from the residuals e = `left` and λ = `gram`."""
    return SHARE * left * (gram * P)


def factor_of_residuals(gram: sp.Expr) -> sp.MatrixExpr:
    """1 + λP/c, by which the residuals are multiplied from the right where they and their mean scores sum to 1 less the intercepts."""
    return sp.Identity(c) + SHARE * gram * P


def class_noise(count: sp.Expr, others: sp.Expr) -> sp.Expr:
    """The entry of a class on the diagonal of P diag(1/n) P, Σ_j P_ij²/n_j: from its count and `others`, Σ 1/n over all other classes."""
    return (1 - SHARE) ** 2 / count + SHARE**2 * others


def scaled_noise(left: sp.MatrixExpr, scaled: sp.MatrixExpr) -> sp.MatrixExpr:
    """What X = (1 − dA)S must be where S = S_0 + d Σ q² (e_j e_jᵀ + S)/n_j, from the residuals and X on the right: times 1 − dA."""
    noise = FREE + FEATURES * SHARE**2 * left * INVERSE_COUNTS * left.T
    return (1 - FEATURES * SPREAD) * noise + FEATURES * SPREAD * scaled
