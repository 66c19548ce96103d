"""Whether the flow of a loss stays on the modes of Z, from spectral init: exactly, to first order, or not.

On the ansatz W = U a Qᵀ, H = Q a Vᵀ the logits are L = U s Vᵀ with s = a². The flow stays on it exactly when
G(L) = −∂loss/∂L is again U diag Vᵀ. Under STEP the symmetry of each group takes care of the within-group
modes; what can leak is the part of G that is constant on groups, 2 × 2, of which one direction is the mode.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import sympy as sp

from theory.algebra.partition import BlockMatrix
from theory.data.counts import Group
from theory.losses import grouped
from theory.losses.loss import Loss
from theory.unconstrained_features.first_order import Target, is_zero, target_of_values

Decoupling = Literal["exact", "first-order", "none"]
WITHIN = sp.symbols("d_maj d_min", real=True)  # logits of the within-group modes, s/√n
MIDDLE = sp.Symbol("k", real=True)  # logit of the middle mode: k ū ūᵀ with ū = ±1/m on the groups
HALF = sp.Rational(1, 2)
NOTHING = sp.Rational(1, 10**12)  # a smaller share is 0: differences are computed with thirty digits, and the share is a square root


@dataclass(frozen=True)
class Leak:
    """The part of G(L) that leaves the ansatz, at L = U s Vᵀ: `entries` vanish exactly when nothing leaks.

    `square` is the squared Frobenius norm of that part, over all samples; `total`, the squared norm of G.
    """

    entries: tuple[sp.Expr, ...]
    square: sp.Expr
    total: sp.Expr

    @property
    def share(self) -> sp.Expr:
        """The norm of the leak over the norm of G, with thirty digits; 0 where it is below 10^(−12)."""
        share = sp.sqrt(abs(sp.N(self.square / self.total, 30)))
        return sp.Integer(0) if share < NOTHING else share


def ansatz_logits(sizes: Sequence[sp.Expr], within: Sequence[sp.Expr], middle: sp.Expr) -> tuple[dict[sp.Symbol, sp.Expr], ...]:
    """x, u_maj and u_min for a sample of each group, on the ansatz."""
    corner = -middle / (sizes[0] * sizes[1])
    points = []
    for g in range(2):
        peers = middle / sizes[g] ** 2 - within[g] / sizes[g]
        others = {grouped.OTHERS[g]: peers, grouped.OTHERS[1 - g]: corner}
        points.append({grouped.OWN: peers + within[g], **others})
    return tuple(points)


def logit_columns(sizes: Sequence[sp.Expr], within: Sequence[sp.Expr], middle: sp.Expr) -> BlockMatrix:
    """The class columns of L on the ansatz, c × c."""
    points = ansatz_logits(sizes, within, middle)
    blocks = sp.Matrix(2, 2, lambda h, g: points[g][grouped.OTHERS[h]])
    return BlockMatrix(tuple(sizes), tuple(points[g][grouped.OWN] - blocks[g, g] for g in range(2)), blocks.as_immutable())


def spectral_start(groups: Sequence[Group], strength: sp.Expr) -> tuple[tuple[sp.Expr, sp.Expr], sp.Expr]:
    """(d_maj, d_min) and k of L = s UVᵀ: at spectral init every mode has the strength s = e^(−2δ)."""
    majority, minority = groups
    total = (majority.size + minority.size) * (minority.size * majority.count + majority.size * minority.count)
    middle = strength * majority.size * minority.size / sp.sqrt(total)
    return (strength / sp.sqrt(majority.count), strength / sp.sqrt(minority.count)), middle


def on_ansatz(loss: Loss, groups: Sequence[Group], within: Sequence[sp.Expr], middle: sp.Expr) -> Target:
    """G in block form at L = U s Vᵀ, with symbolic sizes.

    Raises: theory.losses.grouped.WrittenOut where the loss is written out over explicit classes.
    """
    values = [grouped.with_symbolic_sizes(loss, own) for own in range(2)]
    return target_of_values(values, groups, ansatz_logits([group.size for group in groups], within, middle))


def leak(target: Target, weights: Sequence[sp.Expr]) -> Leak:
    """The leak of a G of two groups in its block form, with one weight for each group."""
    m = [group.size for group in target.groups]
    constant = sp.Matrix(
        2, 2, lambda h, g: weights[g] * (target.columns.blocks[h, g] + (target.columns.diagonal[g] / m[g] if h == g else 0))
    )
    unit = m[0] ** 2 * constant[0, 0]  # on the ansatz, constant = unit · ū ūᵀ
    entries = (unit + m[0] * m[1] * constant[1, 0], unit + m[0] * m[1] * constant[0, 1], unit - m[1] ** 2 * constant[1, 1])
    return Leak(entries, *_norms(target, constant, weights))


def _norms(target: Target, constant: sp.Matrix, weights: Sequence[sp.Expr]) -> tuple[sp.Expr, sp.Expr]:
    """The squared norms of the leak and of G, in which the column of class j counts n_j times."""
    m, n = ([getattr(group, name) for group in target.groups] for name in ("size", "count"))
    scaled = sp.Matrix(2, 2, lambda h, g: constant[h, g] * sp.sqrt(m[h] * m[g] * n[g]))
    u = sp.Matrix([sp.sqrt(m[1]), -sp.sqrt(m[0])])
    v = sp.Matrix([sp.sqrt(m[1] * n[0]), -sp.sqrt(m[0] * n[1])])
    along = (u.T * scaled * v)[0] ** 2 / ((m[0] + m[1]) * (m[1] * n[0] + m[0] * n[1]))
    whole = sp.Add(*(entry**2 for entry in scaled))
    within = sp.Add(*((m[g] - 1) * n[g] * (weights[g] * target.columns.diagonal[g]) ** 2 for g in range(2)))
    return whole - along, whole + within


def decoupling(values: Sequence[sp.Expr], target: Target) -> Decoupling:
    """Exact, to first order, or none: without weights, under STEP, for every size, count and strength.

    Arguments: `values`, the loss of a sample of each group for symbolic sizes (see `theory.losses.grouped`), and
    its `target`. Exact needs G(L) on the ansatz for all three strengths; first order needs it at L = 0.
    """
    ones = [sp.Integer(1)] * 2
    if not _vanishes(leak(target.in_units_of_the_last(), ones).entries):  # a common factor leaks nothing
        return "none"
    anywhere = ansatz_logits([group.size for group in target.groups], WITHIN, MIDDLE)
    exact = _quadratic(values) and _vanishes(leak(target_of_values(values, target.groups, anywhere), ones).entries)
    return "exact" if exact else "first-order"


def _quadratic(values: Sequence[sp.Expr]) -> bool:
    """Whether G is affine in the logits. Where it is not, what leaves the ansatz depends on all strengths at once."""
    logits = (grouped.OWN, *grouped.OTHERS)
    return all(value.is_polynomial(*logits) and sp.Poly(value, *logits).total_degree() <= 2 for value in values)


def _vanishes(entries: Sequence[sp.Expr]) -> bool:
    return all(is_zero(entry) for entry in entries)


def half_learned(loss: Loss, groups: Sequence[Group]) -> Target:
    """G in block form where the within-majority modes are half learned (s = σ/2) and the others not at all.

    Such a state occurs on the way of a run without weights. (On the line L = scale · Z nothing leaks from a loss that treats
    all classes alike.)
    """
    sizes = [group.size for group in groups]
    values = [grouped.at_sizes(loss, [int(m) for m in sizes], [group.count for group in groups], own) for own in range(2)]
    return target_of_values(values, groups, ansatz_logits(sizes, (HALF, sp.Integer(0)), sp.Integer(0)))
