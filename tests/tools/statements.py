"""Statements for tests, built without the reader: suprema and limits in one variable."""

from __future__ import annotations

from typing import Any

import sympy as sp

from proofs.kernel.statements import Known, Limit, Supremum

x = sp.Symbol("x", real=True)


def supremum(
    expr: Any,
    start: Any,
    end: Any,
    value: Any = None,
    attained: bool | None = None,
    where: tuple[sp.Basic, ...] = (),
    variable: sp.Symbol = x,
) -> Supremum:
    """The supremum over [start, end] is the value, or is attained or not; expressions may be given as text."""
    return Supremum(
        says="s",
        expr=sp.sympify(expr),
        variable=variable,
        start=sp.sympify(start),
        end=sp.sympify(end),
        value=None if value is None else sp.sympify(value),
        attained=attained,
        where=where,
    )


def limit(expr: Any, point: Any, value: Any, *where: sp.Basic, variable: sp.Symbol = x, known: tuple[Known, ...] = ()) -> Limit:
    """The limit at the point, from inside the premises, is the value."""
    return Limit(
        says="s", expr=sp.sympify(expr), variable=variable, point=sp.sympify(point), value=sp.sympify(value), where=where, known=known
    )
