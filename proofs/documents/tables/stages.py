"""Reference values of stages: the second stage of three classes at the best weighted fit of rank one."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from proofs.documents.tables import Table
from theory.stages import passage

QUARTER = sp.Rational(1, 4)
CASES = ((1000, 30, 1), (100, 10, 1), (81, 16, 1))


def _rows() -> Iterator[tuple[str | sp.Expr, ...]]:
    for counts in CASES:
        exact = tuple(map(sp.Integer, counts))
        found = passage.three_classes(exact, tuple(count**-QUARTER for count in exact))
        first, second, later = (sp.sqrt(value) for value in (found.first, found.second, found.later))
        yield ", ".join(map(str, counts)), first, second, later, 1 / second, passage.passage_time(first, second, later)


TABLES = (
    Table(
        "The second stage at γ = 1/4",
        "Escape rates, the rate beside the first plateau, and the second time over δ by escape rate and by passage.",
        ("counts", "s_1", "s_2", "s'", "1/s_2", "by passage"),
        _rows,
    ),
)
