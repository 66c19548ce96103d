"""Suprema: an upper bound that is proved, and a point or a limit that reaches it; the replay of both."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import sympy as sp

from proofs.checker import holds, limits
from proofs.checker.limits import INFINITE, flat
from proofs.checker.logic import ASSUMPTIONS, relation
from proofs.checker.witness import condition_at, read_constant, refutes
from proofs.kernel.reader import read
from proofs.kernel.statements import Holds, Limit, Supremum
from proofs.kernel.terms import replaced
from proofs.kernel.verdict import Evidence, Outcome
from theory.exact import InvalidInput

PARTS = ("expr", "start", "end", "value")


def range_premises(statement: Supremum) -> tuple[sp.Basic, ...]:
    """The premises with the range of the variable."""
    x = statement.variable
    low = () if statement.start == -sp.oo else (sp.Ge(x, statement.start, evaluate=False),)
    high = () if statement.end == sp.oo else (sp.Le(x, statement.end, evaluate=False),)
    return (*statement.where, *low, *high)


def bound(statement: Supremum, value: sp.Expr, strict: bool) -> Holds:
    """The statement that `value` is an upper bound (not reached, if strict)."""
    make = sp.Lt if strict else sp.Le
    return Holds(
        says="bound", where=range_premises(statement), known=statement.known, condition=make(statement.expr, value, evaluate=False)
    )


def defined(statement: Supremum) -> Holds:
    """The statement that the expression is defined on the whole range."""
    return Holds(
        says="defined",
        where=range_premises(statement),
        known=statement.known,
        condition=sp.Eq(statement.expr, statement.expr, evaluate=False),
    )


def approach(statement: Supremum, end: sp.Expr, value: sp.Expr) -> Limit:
    """The statement that the expression tends to `value` at an end of the range, from inside it, for all parameters."""
    return Limit(
        says="approach",
        where=range_premises(statement),
        known=statement.known,
        expr=statement.expr,
        variable=statement.variable,
        point=end,
        value=value,
    )


def at_point(statement: Supremum, value: sp.Expr, point: sp.Expr) -> list[Holds]:
    """What shows that the value is taken at x = point for all parameters: the point is in the range, and f(point) = value."""
    x = statement.variable
    parameters = tuple(w for w in flat(statement.where) if not w.has(x))
    inside = [w for w in flat(range_premises(statement)) if w.has(x)]
    signs = [relation((sign * x, rel)) for name, sign, rel in ASSUMPTIONS if getattr(x, name)]
    return [
        Holds(says="point", where=parameters, known=statement.known, condition=replaced(condition, {x: point}))
        for condition in (sp.Eq(statement.expr, value, evaluate=False), *inside, *signs)
    ]


def symbols(statement: Supremum) -> set[sp.Symbol]:
    """All variables of the statement."""
    parts = (*(getattr(statement, name) for name in PARTS), *statement.where)
    return {statement.variable}.union(*(part.free_symbols for part in parts if part is not None))


def parsed(statement: Supremum, text: str) -> sp.Expr | None:
    """An expression in the statement's variables, or ±oo, from text; None for anything else."""
    if text in ("oo", "-oo"):
        return sp.oo if text == "oo" else -sp.oo
    known = {s.name: s for s in symbols(statement)}
    try:
        value = read(text, dict(known))
    except InvalidInput:
        return None
    return value if value.free_symbols <= set(known.values()) else None


def fixed(statement: Supremum, witness: Mapping[str, str]) -> Supremum | None:
    """The statement at the parameters of a witness that satisfies the premises on them, or None."""
    return limits.fix(statement, witness, PARTS)


def recheck(statement: Supremum, evidence: Evidence) -> bool:
    """Whether the bound and the approach (or the witness) stand up."""
    certificate = evidence.certificate or {}
    if statement.variable.is_integer:
        return False
    if evidence.outcome is Outcome.FAILS:
        return _refuted(statement, certificate, evidence.witness or {})
    return evidence.outcome is Outcome.HOLDS and _certified(_with_value(statement, certificate), certificate)


def _with_value(statement: Supremum, certificate: Mapping[str, Any]) -> Supremum:
    """The statement with the supremum that the certificate names, where it leaves it open itself."""
    if statement.value is not None or "supremum" not in certificate:
        return statement
    return dataclasses.replace(statement, value=parsed(statement, certificate["supremum"]))


def _certified(statement: Supremum, certificate: Mapping[str, Any]) -> bool:
    value = statement.value
    if value is None or value.has(statement.variable):
        return False
    if value in INFINITE:
        return (
            value == sp.oo
            and statement.attained is not True
            and _tends(statement, certificate, sp.oo)
            and holds.certified(defined(statement), certificate["defined"])
        )
    if not holds.certified(bound(statement, value, statement.attained is False), certificate["bound"]):
        return False
    if certificate["approach"] == "point":
        return statement.attained is not False and _taken(statement, certificate, value)
    return statement.attained is not True and _tends(statement, certificate, value)


def _tends(statement: Supremum, certificate: Mapping[str, Any], value: sp.Expr) -> bool:
    end = parsed(statement, certificate["at"])
    return end is not None and not end.has(statement.variable) and limits.certified(approach(statement, end, value), certificate["limit"])


def _taken(statement: Supremum, certificate: Mapping[str, Any], value: sp.Expr) -> bool:
    point = parsed(statement, certificate["at"])
    if point is None or point in INFINITE or point.has(statement.variable):
        return False
    parts, proofs = at_point(statement, value, point), certificate["point"]
    return len(parts) == len(proofs) and all(map(holds.certified, parts, proofs))


def _refuted(statement: Supremum, certificate: Mapping[str, Any], witness: Mapping[str, str]) -> bool:
    """A value above the bound; or, at the parameters of the witness, a bound below the value or the other answer."""
    if certificate.get("kind") == "above":
        return statement.value not in (None, *INFINITE) and refutes(
            bound(statement, statement.value, False).condition, range_premises(statement), witness
        )
    if certificate.get("kind") == "some value":
        nothing = sp.Ne(statement.expr, statement.expr, evaluate=False)
        return statement.value == -sp.oo and refutes(nothing, range_premises(statement), witness)
    at = fixed(statement, witness)
    if at is None:
        return False
    if certificate.get("kind") == "below":
        smaller = read_constant(certificate["value"])
        less = (
            smaller is not None
            and at.value is not None
            and (at.value == sp.oo or condition_at(sp.Lt(smaller, at.value, evaluate=False), {}) is True)
        )
        return less and holds.certified(bound(at, smaller, False), certificate["bound"])
    if certificate.get("kind") == "unbounded":
        return (at.attained is True or at.value not in (None, sp.oo)) and _tends(at, certificate, sp.oo)
    other = _with_value(at, certificate)
    return at.attained is not None and _certified(dataclasses.replace(other, attained=not at.attained), certificate)
