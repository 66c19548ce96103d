"""What a trained bias learns and leaves: middle rates after it, and what classes lose at its plateau."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sympy as sp

from proofs.documents.tables import Table
from theory.data.counts import Group
from theory.data.weights import exponent_weights
from theory.trained_bias import prior

HALF = sp.Rational(1, 2)
CASES = (  # majority classes and their count, minority classes and their count, γ
    (2, 10, 2, 1, HALF),
    (2, 100, 2, 1, HALF),
    (2, 10, 2, 1, sp.Integer(0)),
    (2, 10, 2, 1, sp.Integer(1)),
    (7, 100, 3, 1, HALF),
)


def _plateaus() -> Iterator[Sequence[str | sp.Expr]]:
    for *numbers, exponent in CASES:
        big, many, small, few = map(sp.Integer, numbers)
        groups = (Group(big, many), Group(small, few))
        weights = exponent_weights(groups, exponent)
        middle = sp.sqrt(prior.drive_gram(groups, weights).quotient().trace())
        mass = [group.count * w for group, w in zip(groups, weights, strict=True)]
        shares = [a / sp.Add(*(group.size * b for group, b in zip(groups, mass, strict=True))) for a in mass]
        losses = [plateau for loss in ("cross-entropy", "squared") for plateau in prior.plateaus(groups, weights, loss)]
        yield (f"{big} × {many}, {small} × {few}; {exponent}", middle, *shares, *losses)


TABLES = (
    Table(
        "A trained bias: rates after it, and plateaus before the features grow",
        "Classes × samples of majority (M) and minority (m); γ. The middle rate is that of (Y − π1ᵀ)Ω; π is the weighted frequency of one "
        "class; a plateau is the unweighted loss of a sample while the bias alone has been learned.",
        ("counts; γ", "middle rate", "π of M", "π of m", "cross-entropy of M", "of m", "squared of M", "of m"),
        _plateaus,
    ),
)
