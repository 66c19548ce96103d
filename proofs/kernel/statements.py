"""The kinds of statement that the engines decide. A statement is data: it holds no verdict.

Variables are real and universally quantified over all values that satisfy every premise in `where` and the
sign assumptions of the symbols themselves. Everything is exact: no floats.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sympy as sp

PART_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


@dataclass(frozen=True, kw_only=True)
class Known:
    """An earlier statement that was shown to hold: `condition` is defined and true wherever all of `where` is."""

    where: tuple[sp.Basic, ...] = ()
    condition: sp.Basic


@dataclass(frozen=True, kw_only=True)
class Statement:
    """`says` is the statement in words; `where` its premises: relations, `sp.And`, `sp.Or`, `sp.Not`.

    `id` names the part among those of its claim: small letters, digits and hyphens, at most 60. Theorems, runs and near
    misses are joined to parts by it, so that sentences may be improved freely. A statement that is no part of a claim has none.

    `known` holds earlier statements to build on.
    """

    id: str = ""
    says: str
    where: tuple[sp.Basic, ...] = ()
    known: tuple[Known, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Holds(Statement):
    """`condition` is true at all admitted values: a relation (=, ≠, <, ≤, >, ≥) or and/or/not of them."""

    condition: sp.Basic


@dataclass(frozen=True, kw_only=True)
class Limit(Statement):
    """lim of `expr` as `variable` tends to `point` (a number, oo or -oo; from inside the premises) is `value`."""

    expr: sp.Expr
    variable: sp.Symbol
    point: sp.Expr
    value: sp.Expr


@dataclass(frozen=True, kw_only=True)
class Supremum(Statement):
    """The supremum of `expr` over `variable` from `start` to `end` is `value`.

    Finite ends are included, and premises on the variable narrow the range. `attained` None leaves open
    whether the supremum is a maximum; `value` None leaves open what it is (then only `attained` is judged).
    An infimum is the supremum of −expr.
    """

    expr: sp.Expr
    variable: sp.Symbol
    start: sp.Expr
    end: sp.Expr
    value: sp.Expr | None
    attained: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Increasing(Statement):
    """`expr` is strictly increasing in `variable` on its admitted values, at all values of the rest."""

    expr: sp.Expr
    variable: sp.Symbol


@dataclass(frozen=True, kw_only=True)
class FirstTime(Statement):
    """On the solution of y' = `velocity`(y), y(0) = `start`, `expr` is < `level` at t = 0 and reaches it first at a t ∈ [`low`, `high`].

    `velocity` gives the rate of each variable of the state, `start` its value at t = 0, and `expr` is of the same variables;
    everything else is a number. That the solution exists up to then is part of the statement.
    """

    velocity: Mapping[sp.Symbol, sp.Expr]
    start: Mapping[sp.Symbol, sp.Expr]
    expr: sp.Expr
    level: sp.Expr
    low: sp.Rational
    high: sp.Rational


@dataclass(frozen=True)
class Measurement:
    """What a run gave: the worst error over `cases` runs, and where it occurred."""

    error: float
    cases: int
    worst_case: str


@dataclass(frozen=True, kw_only=True)
class Agrees(Statement):
    """Runs agree with the statement: the worst error of `measure()` is at most `bound`.

    `uses` names the stated formulas that `measure` depends on: a near miss that changes one of them must be
    rejected by this run too. The bound is a named tolerance, finite and not negative, with its reason beside it. A NaN or
    an empty run is a failure of the road, never agreement.
    """

    uses: tuple[str, ...] = ()
    measure: Callable[[], Measurement]
    bound: float


class ToolMissing(Exception):
    """What a measurement needs is not installed or not given: nothing was tried, so nothing is said."""


@dataclass(frozen=True)
class Estimate:
    """The mean of one number a pair of runs, over `pairs` pairs, with its confidence interval from `low` to `high`."""

    mean: float
    low: float
    high: float
    pairs: int
    trusts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Estimated(Statement):
    """A mean over paired runs lies between `least` and `greatest`, as its confidence interval says.

    It holds where the whole interval lies between them, fails where the whole interval lies outside, and is not
    settled otherwise. The statistic and both bounds are stated before the runs; `uses` as in `Agrees`.
    """

    uses: tuple[str, ...] = ()
    measure: Callable[[], Estimate]
    least: float
    greatest: float


@dataclass(frozen=True, kw_only=True)
class MatrixIdentity(Statement):
    """`left` = `right` for matrix expressions of symbolic sizes, at all values of their matrix symbols.

    Matrices named in `orthonormal` have orthonormal columns, those in `diagonal` are diagonal; the rest are
    free. A size of the form c, d, n, k is any whole number that lets orthonormal columns exist.
    """

    left: sp.MatrixExpr
    right: sp.MatrixExpr
    orthonormal: tuple[sp.MatrixSymbol, ...] = ()
    diagonal: tuple[sp.MatrixSymbol, ...] = ()


def settled(statement: Statement) -> bool:
    """Whether it is already 0 = 0, X = X or true as it stands: whatever made it so, deciding it shows nothing more."""
    if isinstance(statement, Holds):
        return _same(statement.condition)
    if isinstance(statement, MatrixIdentity):
        return bool(statement.left == statement.right)
    return isinstance(statement, Limit | Supremum) and bool(statement.expr == statement.value)


def _same(condition: sp.Basic) -> bool:
    if isinstance(condition, sp.And | sp.Or):
        return (all if isinstance(condition, sp.And) else any)(map(_same, condition.args))
    if isinstance(condition, sp.Eq | sp.Le | sp.Ge):
        return bool(condition.lhs == condition.rhs)
    return bool(condition == sp.true)
