"""The curvature of the weighted squared loss where it is zero, WH = Z, and how small it can be there.

The Hessian is JᵀJ with J(X, Y) = (XH + WY)Ω^(1/2), and J Jᵀ takes E to EΩ^(1/2)HᵀHΩ^(1/2) + WWᵀEΩ. On E = p fᵀ with
WWᵀp = xp it is Ω^(1/2)(xI + HᵀH)Ω^(1/2) on f: its largest eigenvalue is that of x = ‖W‖².
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from theory.algebra.partition import BlockMatrix, block_diagonal, centring, identity
from theory.algebra.words import rate_along
from theory.data.counts import Group
from theory.models.model import squared_descent
from theory.unconstrained_features.flow import MODEL, H, Omega, W, Z, rows, samples, width

MOVE_W = sp.MatrixSymbol("X", rows, width)  # a direction of W
MOVE_H = sp.MatrixSymbol("Y", width, samples)  # a direction of H
ROOT = sp.MatrixSymbol("D", samples, samples)  # Ω^(1/2), diagonal
SPREAD = sp.Symbol("a", positive=True)  # ‖W‖² of a minimum whose singular values of W are all equal


def hessian_along() -> tuple[sp.MatrixExpr, sp.MatrixExpr]:
    """The Hessian at WH = Z applied to W' = X, H' = Y: minus the change of minus the gradient along them, not simplified."""
    downhill = squared_descent(MODEL)
    moves = {W: MOVE_W, H: MOVE_H}
    by_W, by_H = (-rate_along(downhill[matrix], moves).xreplace({Z: W * H, Omega: ROOT * ROOT}) for matrix in (W, H))
    return by_W, by_H


def label_square(groups: Sequence[Group]) -> BlockMatrix:
    """ZᵀZ on sample vectors that are constant on classes, written in unit vectors of the classes: N^(1/2) P N^(1/2)."""
    sizes = [group.size for group in groups]
    root = block_diagonal(sizes, [sp.sqrt(group.count) for group in groups])
    return root @ centring(sizes) @ root


def spread_curvature(groups: Sequence[Group], weights: Sequence[sp.Expr], spread: sp.Expr = SPREAD) -> BlockMatrix:
    """Ω^(1/2)(aI + ZᵀZ/a)Ω^(1/2) on the same vectors: the curvature at W = √a U, H = a^(−1/2) S Vᵀ of Z = U S Vᵀ."""
    return _weighted(groups, weights, spread * identity([group.size for group in groups]) + label_square(groups) * (1 / spread))


def balanced_curvature(groups: Sequence[Group], weights: Sequence[sp.Expr], largest: sp.Expr) -> BlockMatrix:
    """Ω^(1/2)(σ_1 I + (ZᵀZ)^(1/2))Ω^(1/2) on the same vectors: the curvature at the balanced end W = U S^(1/2) Qᵀ, H = Q S^(1/2) Vᵀ.

    Arguments: `largest`, σ_1.
    Valid when: there are two groups, or sizes and counts are numbers.
    """
    root = label_square(groups).apply(sp.sqrt)
    return _weighted(groups, weights, largest * identity([group.size for group in groups]) + root)


def _weighted(groups: Sequence[Group], weights: Sequence[sp.Expr], matrix: BlockMatrix) -> BlockMatrix:
    root = block_diagonal([group.size for group in groups], [sp.sqrt(w) for w in weights])
    return root @ matrix @ root


def one_class(count: sp.Expr, weight: sp.Expr, scale: sp.Expr, share: sp.Expr) -> BlockMatrix:
    """ω(xI + y11ᵀ) on the samples of one class: x = `scale`, y = `share`."""
    return BlockMatrix((count,), (weight * scale,), sp.ImmutableMatrix([[weight * share]]))


def spread_bound(count: sp.Expr, weight: sp.Expr, spread: sp.Expr = SPREAD) -> sp.Expr:
    """ω(a + n/a), the largest eigenvalue of ω(aI + 11ᵀ/a) on the n samples of a class: what replaces ZᵀZ there is YᵀY."""
    return _on_class_vector(one_class(count, weight, spread, 1 / spread))


def balanced_bound(count: sp.Expr, weight: sp.Expr, largest: sp.Expr) -> sp.Expr:
    """ω(σ_1 + √n), the largest eigenvalue of ω(σ_1 I + (11ᵀ)^(1/2)) on the n samples of a class."""
    return _on_class_vector(one_class(count, weight, largest, 1 / sp.sqrt(count)))


def _on_class_vector(matrix: BlockMatrix) -> sp.Expr:
    return sp.expand(matrix.quotient()[0, 0])
