"""The minimiser of ½‖(Z − L)Ω^(1/2)‖² + μ‖L‖_* under STEP, in class coordinates, for every number of classes.

In class coordinates a matrix that is constant over the samples of each class has its class columns times √n, so that Z is
A = P diag(√n), with the same singular values. With y = 1/m_maj on majority and −1/m_min on minority classes, the candidate is
s_g times the centring within each group, and r on the middle mode, whose left vector is along y and whose right vector is
constant on groups. Whether it is the minimiser is seen from its residual (A − L)Ω.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from theory.algebra.partition import BlockMatrix, block_diagonal, centring
from theory.data.counts import Group


def targets(groups: Sequence[Group]) -> BlockMatrix:
    """A = P diag(√n), c × c."""
    sizes = [group.size for group in groups]
    return centring(sizes) @ block_diagonal(sizes, [sp.sqrt(group.count) for group in groups])


def pattern(groups: Sequence[Group]) -> sp.Matrix:
    """y, the left vector of the middle mode up to scale, one entry a group."""
    majority, minority = groups
    return sp.Matrix([1 / majority.size, -1 / minority.size])


def square_of_pattern(groups: Sequence[Group]) -> sp.Expr:
    """yᵀy over all classes."""
    return sp.Add(*(group.size * entry**2 for group, entry in zip(groups, pattern(groups), strict=True)))


def middle_row(groups: Sequence[Group], weights: Sequence[sp.Expr], value: sp.Expr, mu: sp.Expr) -> sp.Matrix:
    """v with yᵀ(A − L)Ω = μvᵀ where yᵀL = r vᵀ, one entry a group: the solution of (yᵀA)_g ω_g = (rω_g + μ) v_g.

    Arguments: `value`, r; `mu`, μ > 0.
    """
    seen = targets(groups).T.quotient() * pattern(groups)
    return sp.Matrix([sp.factor(entry) * w / (value * w + mu) for entry, w in zip(seen, weights, strict=True)])


def candidate(groups: Sequence[Group], weights: Sequence[sp.Expr], within: Sequence[sp.Expr], value: sp.Expr, mu: sp.Expr) -> BlockMatrix:
    """L: s_g times the centring within group g, and r y vᵀ/yᵀy on the middle mode.

    Arguments: `within`, s_g, one a group; `value`, r, and `mu`, μ, as in `middle_row`.
    """
    sizes = [group.size for group in groups]
    y, v = pattern(groups), middle_row(groups, weights, value, mu)
    middle = value / square_of_pattern(groups) * y * v.T
    centrings = sp.diag(*(-s / size for s, size in zip(within, sizes, strict=True)))
    return BlockMatrix(tuple(sizes), tuple(within), sp.ImmutableMatrix(middle + centrings))


def residual(groups: Sequence[Group], weights: Sequence[sp.Expr], logits: BlockMatrix) -> BlockMatrix:
    """(A − L)Ω of logits in class coordinates."""
    return (targets(groups) - logits) @ block_diagonal([group.size for group in groups], weights)


def norm_of_middle_row(groups: Sequence[Group], weights: Sequence[sp.Expr], value: sp.Expr, mu: sp.Expr) -> sp.Expr:
    """vᵀv/yᵀy over all classes: where it is 1, (A − L)Ω has the singular value μ on the middle mode, as L has r.

    Formula: Σ_g a_g² ω_g²/(ω_g r + μ)² with a_maj² = n_maj m_min/c and a_min² = n_min m_maj/c; it falls in r.
    """
    v = middle_row(groups, weights, value, mu)
    total = sp.Add(*(group.size * entry**2 for group, entry in zip(groups, v, strict=True)))
    return total / square_of_pattern(groups)


def gain(logits: BlockMatrix, groups: Sequence[Group], g: int) -> sp.Expr:
    """How much of the difference of two logits of a sample of group g the minimiser keeps, against Z: the other class is of the group."""
    kept = logits @ block_diagonal(logits.sizes, [1 / sp.sqrt(group.count) for group in groups])
    return kept.diagonal[g]


def threshold_of_middle(groups: Sequence[Group], weights: Sequence[sp.Expr]) -> sp.Expr:
    """The square of the value of μ from which on the middle mode is 0: Σ_g a_g²ω_g²."""
    mu = sp.Symbol("mu", positive=True)
    return sp.factor(norm_of_middle_row(groups, weights, sp.Integer(0), mu) * mu**2)


def within_values(groups: Sequence[Group], weights: Sequence[sp.Expr], mu: sp.Expr) -> tuple[sp.Expr, ...]:
    """s_g of the minimiser, one a group: where the residual on the contrasts of the group is μ, or 0 where that is below 0."""
    s = sp.Symbol("s", real=True)
    sizes = len(groups) * (s,)
    error = residual(groups, weights, candidate(groups, weights, sizes, sp.Integer(0), mu))
    return tuple(sp.Max(sp.solve(entry - mu, s)[0], 0) for entry in error.diagonal)
