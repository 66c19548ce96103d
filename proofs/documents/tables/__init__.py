"""Tables of reference values, a file a theory, each with its `TABLES`: computed from what `theory` derives, to the digits shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import sympy as sp

DIGITS = 9  # after the point


@dataclass(frozen=True)
class Table:
    """A table: its name, what it shows, the heads of its columns, and a function that computes its rows.

    A cell is text, a whole number, which is shown as it is, or another number, of which DIGITS digits are shown.
    """

    name: str
    says: str
    columns: tuple[str, ...]
    rows: Callable[[], Iterable[Sequence[str | sp.Expr | float]]]

    def lines(self) -> list[str]:
        """The table in Markdown.

        Raises: ValueError for a row of another length than the heads: a fault of the table.
        """
        body = [" | ".join(shown(cell) for _, cell in zip(self.columns, row, strict=True)) for row in self.rows()]
        return [f"| {line} |" for line in (" | ".join(self.columns), " | ".join("---" for _ in self.columns), *body)]


def shown(cell: str | sp.Expr | float) -> str:
    """A cell as text: an exact number is evaluated with guard digits before it is rounded to DIGITS digits after the point."""
    if isinstance(cell, str):
        return cell
    exact = sp.sympify(cell)
    if exact.is_Integer:
        return str(exact)
    return f"{exact if exact.has(sp.Float) else sp.N(exact, 40):.{DIGITS}f}"
