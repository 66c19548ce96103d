"""Reference values of class-normalised descent: effective counts at the start, and a class loss that rises."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from proofs.documents.tables import Table
from theory.data.counts import explicit
from theory.normalised_descent import rates
from theory.symbols import c, delta

COUNTS = ((10, 10, 1, 1), (100, 30, 10, 3, 1), (1000, 1000, 1, 1))
RAISED = ((2, 10), (3, 10), (4, 10))


def _start_rows() -> Iterator[tuple[str, int, sp.Expr]]:
    for counts in COUNTS:
        groups = explicit(counts).groups()
        entries = rates.row_projector(groups).entries()
        for group, projected in zip(groups, entries, strict=False):
            unit = sp.exp(-2 * delta) * (1 - 1 / c)
            yield (
                ", ".join(map(str, counts)),
                group.count,
                sp.simplify(group.count * unit / rates.spectral_norm_squared(group.count, projected)),
            )


def _raised_rows() -> Iterator[tuple[sp.Expr, ...]]:
    overlaps = rates.shifted_overlaps()
    for number, shift in RAISED:
        at = {c: sp.Integer(number), rates.SHIFT: sp.Integer(shift)}
        rate = (overlaps.loss_rate() / sp.sqrt(overlaps.own)).subs(at)
        yield sp.Integer(number), sp.Integer(shift), sp.simplify(rate)


TABLES = (
    Table(
        "Effective counts of class-normalised descent at a spectral start",
        "n ω² = 1/(2 − ρ) of a class with this count, up to a common factor.",
        ("counts", "n", "n ω²"),
        _start_rows,
    ),
    Table(
        "A class loss that rises under class-normalised descent",
        "Squared loss, dℓ_1/dt over ‖g_1‖ at W = [0 B] and m_j = (K, Bᵀe_j), one sample a class.",
        ("classes", "K", "rate"),
        _raised_rows,
    ),
)
