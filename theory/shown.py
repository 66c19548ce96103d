"""How objects show themselves: one line in a terminal, a table with mathematics in a notebook, a formula in LaTeX.

A class names its facts in `brief` and `shown`; how they look is decided here alone.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp

MOST_ROWS = 40  # a table of at most so many rows is shown whole


@dataclass(frozen=True)
class Sheet:
    """What a notebook shows of an object: a title, facts by name, a table, and the formula that is the object, if it is one.

    Values are texts, numbers, or SymPy objects, which are set as mathematics.
    """

    title: str
    facts: Mapping[str, Any] | None = None
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[Any]] = ()
    formula: sp.Basic | None = None


class Shown:
    """A mixin: `brief` is what stands in brackets after the class's name, `shown` what a notebook shows."""

    def brief(self) -> str:
        """The object in a few words."""
        raise NotImplementedError

    def shown(self) -> Sheet:
        """The object for a notebook."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.brief()})"

    def _repr_html_(self) -> str:
        return as_html(self.shown())

    def _repr_latex_(self) -> str | None:
        formula = self.shown().formula
        return None if formula is None else f"$\\displaystyle {sp.latex(formula)}$"


def as_html(sheet: Sheet) -> str:
    """The sheet as HTML with mathematics between dollar signs; every text is escaped."""
    parts = [f"<p><b>{html.escape(sheet.title)}</b></p>"]
    if sheet.formula is not None:
        parts.append(f"<p>{_cell(sheet.formula)}</p>")
    if sheet.facts:
        parts.append(_table((), [(html.escape(name), _cell(value)) for name, value in sheet.facts.items()]))
    if sheet.rows:
        parts.append(_table(sheet.columns, [tuple(map(_cell, row)) for row in sheet.rows[:MOST_ROWS]]))
    if len(sheet.rows) > MOST_ROWS:
        parts.append(f"<p>… and {len(sheet.rows) - MOST_ROWS} more</p>")
    return "\n".join(parts)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "<tr>" + "".join(f"<th>{html.escape(name)}</th>" for name in columns) + "</tr>" if columns else ""
    body = "".join("<tr>" + "".join(f'<td style="text-align: left">{cell}</td>' for cell in row) + "</tr>" for row in rows)
    return f"<table>{head}{body}</table>"


def _cell(value: Any) -> str:
    if isinstance(value, sp.Basic | sp.MatrixBase):
        return f"$\\displaystyle {html.escape(sp.latex(value))}$"
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.6g}"
    return html.escape(str(value))
