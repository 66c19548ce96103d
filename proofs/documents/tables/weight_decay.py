"""Reference values of weight decay: minimisers under STEP, and where a second mode is lost at inverse frequency."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from proofs.documents.tables import Table
from theory.data.counts import Group
from theory.data.weights import exponent_weights
from theory.weight_decay import step, three_classes

# Majority and minority classes, R, γ and μ; a minority class has one sample.
CASES = ((2, 2, 10, "0", "1/2"), (2, 2, 10, "0", "3/2"), (2, 2, 10, "1/2", "3/5"), (2, 2, 10, "1", "2/5"), (3, 2, 9, "1/4", "3/5"))
INVERSE = ((100, 10, 1), (20, 4, 1))
ROOT_DIGITS = 40


def middle_value(groups: tuple[Group, ...], weights: tuple[sp.Expr, ...], mu: sp.Expr) -> sp.Expr:
    """The root r of the middle mode, or 0."""
    if sp.Le(step.threshold_of_middle(groups, weights), mu**2):
        return sp.Integer(0)
    r = sp.Symbol("r", nonnegative=True)
    start = sp.sqrt(groups[1].count)
    return sp.nsolve(1 / sp.sqrt(step.norm_of_middle_row(groups, weights, r, mu)) - 1, r, float(start), prec=ROOT_DIGITS)


def _minimisers() -> Iterator[tuple[str | sp.Expr, ...]]:
    for big, small, ratio, power, level in CASES:
        groups = (Group(sp.Integer(big), sp.Integer(ratio)), Group(sp.Integer(small), sp.Integer(1)))
        weights, mu = exponent_weights(groups, power), sp.Rational(level)
        within = step.within_values(groups, weights, mu)
        gains = [value / sp.sqrt(group.count) for value, group in zip(within, groups, strict=True)]
        yield f"{big}, {small}, {ratio}, {power}, {level}", within[0], middle_value(groups, weights, mu), within[1], *gains


def _last_ranks() -> Iterator[tuple[str | sp.Expr, ...]]:
    for counts in INVERSE:
        n = tuple(map(sp.Integer, counts))
        x = sp.Symbol("x", positive=True)
        square = min(sp.Poly(three_classes.escape_polynomial(n, tuple(1 / k for k in n), x), x).real_roots(), key=float)
        yield ", ".join(map(str, counts)), sp.sqrt(square), three_classes.last_of_the_second(n)


TABLES = (
    Table(
        "Minimisers under STEP",
        "Singular values of L* within the majority, on the middle mode and within the minority, and the gains of both groups; n_min = 1.",
        ("m_maj, m_min, R, γ, μ", "majority", "middle", "minority", "b_maj", "b_min"),
        _minimisers,
    ),
    Table(
        "The rank of L* is more than the number of escape rates above μ",
        "γ = 1: the second escape rate, and the μ up to which the rank of L* is two.",
        ("counts", "s_2", "rank two up to"),
        _last_ranks,
    ),
)
