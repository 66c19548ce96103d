"""What the flow of the weighted squared loss does beside a plateau, and how long two stages take.

At a plateau of rank k the logits are KKᵀZ with orthonormal columns K that span eigenvectors of ZΩZᵀ. Feature directions that are not
used there grow as at the origin, with the residual (I − KKᵀ)ZΩ in place of ZΩ. From a start of scale e^(−δ) the first direction, of
escape rate s_1, is learned after δ/s_1; the second has come to e^(−δ(1 − s_2/s_1)) by then, and grows from there on at the largest
singular value s' of that residual.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from theory.algebra.partition import BlockMatrix
from theory.algebra.words import rate_along
from theory.data.counts import Group
from theory.data.labels import gram_product
from theory.models.model import squared_descent
from theory.models.reduction import modes
from theory.unconstrained_features.flow import MODEL, H, Omega, W, Z, rows, samples, width

FREE = sp.Symbol("l", positive=True, integer=True)  # how many directions deviate
USED, USED_FEATURES = sp.MatrixSymbol("X", rows, modes), sp.MatrixSymbol("F", modes, samples)
Q, R = sp.MatrixSymbol("Q", width, modes), sp.MatrixSymbol("R", width, FREE)
DEVIATION, FEATURE_DEVIATION = sp.MatrixSymbol("U", rows, FREE), sp.MatrixSymbol("V", FREE, samples)


def unused() -> sp.MatrixExpr:
    """(I − QQᵀ)R: feature directions that W = XQᵀ and H = QF do not use."""
    return (sp.Identity(width) - Q * Q.T) * R


def residual() -> sp.MatrixExpr:
    """G = (Z − WH)Ω at W = XQᵀ, H = QF, with QᵀQ = I."""
    return (Z - USED * USED_FEATURES) * Omega


def deviation_rates() -> tuple[sp.MatrixExpr, sp.MatrixExpr]:
    """How minus the gradient changes in W and in H along the deviations W' = U((I − QQᵀ)R)ᵀ, H' = (I − QQᵀ)R V, not multiplied out."""
    downhill = squared_descent(MODEL)
    symbols = {X: sp.MatrixSymbol(f"{X.name}_moved", *X.shape) for X in (W, H)}
    here = {W: USED * Q.T, H: Q * USED_FEATURES, symbols[W]: DEVIATION * unused().T, symbols[H]: unused() * FEATURE_DEVIATION}
    by_W, by_H = (rate_along(downhill[X], symbols).xreplace(here) for X in (W, H))
    return by_W, by_H


def passage_time(first: sp.Expr, second: sp.Expr, later: sp.Expr) -> sp.Expr:
    """1/s_1 + (1 − s_2/s_1)/s', in units of δ: when the second stage ends."""
    return 1 / first + (1 - second / first) / later


@dataclass(frozen=True)
class ThreeClasses:
    """The rates of three classes: s_1² ≥ s_2² of ZΩ, and s'² of the residual at the best weighted fit of rank one."""

    first: sp.Expr
    second: sp.Expr
    later: sp.Expr


def three_classes(counts: tuple[sp.Expr, ...], weights: tuple[sp.Expr, ...]) -> ThreeClasses:
    """The squared rates of three classes.

    Formula: X = ZΩZᵀ and Y = ZΩ²Zᵀ vanish on the vector 1 and act on the plane of vectors that sum to zero, where each has two
    eigenvalues, from its trace and half of the squared trace less that of the square. The best fit of rank one has the eigenvector of
    the larger eigenvalue λ_1 of X for its column space, and s'² is the form of Y on the other, tr((X − λ_1)Y)/(λ_2 − λ_1).
    Raises: ValueError unless there are three counts and weights.
    """
    groups = [Group(sp.Integer(1), count) for count, _ in zip(counts, weights, strict=True)]
    if len(groups) != 3:
        raise ValueError(f"{len(groups)} classes were given, and these are the rates of three")
    X, Y = (gram_product(groups, [w**power for w in weights]) for power in (1, 2))
    (large, small), (first, second) = _two_values(X), _two_values(Y)
    later = ((X @ Y).trace() - large * Y.trace()) / (small - large)
    return ThreeClasses(first, second, later)


def _two_values(gram: BlockMatrix) -> tuple[sp.Expr, sp.Expr]:
    """The two eigenvalues of a matrix P(·)P of three classes besides the 0 at the vector 1, the larger first."""
    trace, square = sp.factor(gram.trace()), sp.factor((gram @ gram).trace())
    root = sp.sqrt(sp.factor(2 * square - trace**2))
    return (trace + root) / 2, (trace - root) / 2
