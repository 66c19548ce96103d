"""How fast a class is learned where logits move by a kernel that stands still, of free features at a large start.

WWᵀ = αI and a feature Gram matrix with β on its diagonal, βρ inside a class and 0 across classes give the kernel αI + HᵀH: on the n
samples of a class it is (α + β(1 − ρ))I + βρ11ᵀ. It is the block Gram matrix of `theory.constrained_features.lazy` with unit inputs
scaled by α + β, of which two of a class have the inner product βρ/(α + β) and two of different classes 0.
"""

from __future__ import annotations

import sympy as sp

from theory.algebra.partition import BlockMatrix
from theory.algebra.words import rate_along
from theory.models.model import descent
from theory.unconstrained_features import flow

ALPHA, BETA = sp.symbols("alpha beta", nonnegative=True)
RHO = sp.Symbol("rho_h", nonnegative=True)  # inner product of two unit features of one class
COUNT, WEIGHT = sp.symbols("n omega", positive=True)  # n_j and ω_j of a class
FRAME = sp.MatrixSymbol("Q", flow.width, flow.rows)  # orthonormal columns: W = √α Qᵀ


def tangent() -> sp.MatrixExpr:
    """dL/dt = G HᵀH + WWᵀ G of free features at W = √α Qᵀ, under any loss with residual G."""
    return rate_along(flow.W * flow.H, descent(flow.MODEL)).xreplace({flow.W: sp.sqrt(ALPHA) * FRAME.T})


def class_kernel() -> BlockMatrix:
    """αI + HᵀH on the samples of one class."""
    return BlockMatrix((COUNT,), (ALPHA + BETA * (1 - RHO),), sp.ImmutableMatrix([[BETA * RHO]]))


def class_rate() -> sp.Expr:
    """ω times the kernel's eigenvalue on the vector of ones of a class, not simplified."""
    return WEIGHT * class_kernel().quotient()[0, 0]


def kernel_slope() -> tuple[sp.Expr, sp.Expr]:
    """(n dK/dn, K) of K = `class_kernel` on the vector of ones: their ratio is −d ln ω/d ln n of the weights 1/K."""
    value = class_kernel().quotient()[0, 0]
    return COUNT * sp.diff(value, COUNT), value
