"""The engine for suprema: an upper bound that is proved by inequalities, and approached at a point or in a limit."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator, Mapping
from typing import Any

import sympy as sp

from proofs.checker import limits as checked_limits
from proofs.checker import solver
from proofs.checker.bounds import Bound, variable_bounds
from proofs.checker.holds import Problem
from proofs.checker.leading import NeedCase, Signs, Unknown
from proofs.checker.limits import INFINITE, Approach, NotAdmitted
from proofs.checker.logic import TooComplex
from proofs.checker.suprema import approach, at_point, bound, defined, fixed, parsed, range_premises, symbols
from proofs.engines import holds, limits
from proofs.engines.holds import rule_names, share_of, unsettled
from proofs.kernel.statements import Holds, Supremum
from proofs.kernel.terms import joined
from proofs.kernel.verdict import Evidence, Outcome, Reason, Strength
from proofs.search import critical, refute
from proofs.search.text import text

MAX_CANDIDATES = 8
MAX_DEGREE = 4
PARAMETER_POINTS = 5
POINT_SECONDS = 2.0
LIMIT_SECONDS = 4.0
EMPTY_SECONDS = 1.0

Found = tuple[str, str, Any]  # ("point" or "limit", where, its certificate)


def decide(statement: Supremum, deadline: float) -> Evidence:
    """Evidence on a Supremum statement."""
    if statement.variable.is_integer:
        return unsettled("a supremum over whole numbers is not decided", Reason.TOO_COMPLEX, "suprema")
    found = _without_value(statement, deadline) if statement.value is None else _with_value(statement, statement.value, deadline)
    if found.outcome is not Outcome.UNSETTLED:
        return found
    empty = _empty_at(statement)
    if empty is None:
        return found
    at = ", ".join(f"{name} = {value}" for name, value in empty.items())
    return unsettled(f"no value is admitted{' at ' + at if at else ''}: a supremum of nothing is none", Reason.NOTHING_ADMITTED, "suprema")


def _settled(
    outcome: Outcome,
    note: str,
    certificate: Mapping[str, Any],
    witness: Mapping[str, str] | None = None,
    side_conditions: tuple[str, ...] = (),
) -> Evidence:
    held = outcome is Outcome.HOLDS
    used = rule_names(certificate) | ({"far"} if "limit" in certificate else set())
    return Evidence(
        road="exact",
        engine="suprema",
        outcome=outcome,
        note=note,
        strength=Strength.CERTIFIED if held else None,
        trusts=solver.trusts_of(used),
        certificate=certificate,
        witness=witness,
        side_conditions=side_conditions,
    )


def _decide_holds(statement: Holds, deadline: float) -> Evidence:
    found = holds.decide(statement, deadline)
    assert found is not None
    return found


def _certificate(statement: Holds, deadline: float) -> Any:
    """The certificate of a statement, or None."""
    found = _decide_holds(statement, deadline)
    return found.certificate if found.outcome is Outcome.HOLDS else None


def _with_value(statement: Supremum, value: sp.Expr, deadline: float) -> Evidence:
    if value in INFINITE:
        return _infinite(statement, deadline)
    weak = _decide_holds(bound(statement, value, False), share_of(deadline, 0.6))
    if weak.outcome is Outcome.FAILS:
        return _settled(Outcome.FAILS, "a value above the bound", {"kind": "above"}, weak.witness)
    if weak.outcome is not Outcome.HOLDS:
        return dataclasses.replace(weak, engine="suprema", note=f"the bound is open: {weak.note}")
    for kind, at, shown in reached(statement, value, share_of(deadline, 0.4)):
        certificate = {"kind": "supremum", "approach": kind, "at": at, kind: shown, "bound": weak.certificate}
        if statement.attained is None or statement.attained is (kind == "point"):
            if statement.attained is False:
                certificate["bound"] = _certificate(bound(statement, value, True), share_of(deadline, 0.8))
            if certificate["bound"] is not None:
                return _settled(Outcome.HOLDS, f"bounded, and approached ({kind})", certificate, None, weak.side_conditions)
        else:
            other = _other_answer(statement, share_of(deadline, 0.8))
            if other is not None:
                return other
    lower = _smaller_bound(statement, deadline)
    if lower is not None:
        smaller, shown, witness = lower
        return _settled(
            Outcome.FAILS,
            f"the expression stays at or below {text(smaller)}",
            {"kind": "below", "bound": shown, "value": text(smaller)},
            witness,
        )
    return unsettled("an upper bound, but it is not seen that it is approached", Reason.OUT_OF_TIME, "suprema")


def _other_answer(statement: Supremum, deadline: float) -> Evidence | None:
    """At some admitted parameters the supremum is attained and should not be, or the other way round."""
    for names in some_points(statement, PARAMETER_POINTS):
        at = fixed(statement, names)
        if at is None or at.value is None:
            continue
        opposite = dataclasses.replace(at, attained=not statement.attained)
        found = _with_value_shown(opposite, at.value, share_of(deadline, 0.5))
        if found is not None:
            note = "the supremum is attained" if opposite.attained else "the supremum is not attained"
            return _settled(Outcome.FAILS, note, {**found, "kind": note}, names)
    return None


def _with_value_shown(statement: Supremum, value: sp.Expr, deadline: float) -> dict[str, Any] | None:
    """The certificate that the supremum is `value`, attained or not as the statement says; or None."""
    certificate = _certificate(bound(statement, value, statement.attained is False), share_of(deadline, 0.5))
    if certificate is None:
        return None
    for kind, at, shown in reached(statement, value, deadline):
        if statement.attained is None or statement.attained is (kind == "point"):
            return {"kind": "supremum", "approach": kind, "at": at, kind: shown, "bound": certificate}
    return None


def _infinite(statement: Supremum, deadline: float) -> Evidence:
    if statement.value == sp.oo and statement.attained is not True:
        for end in ends(statement):
            shown = _limit(statement, end, sp.oo, share_of(deadline, 0.4))
            whole = _certificate(defined(statement), share_of(deadline, 0.5)) if shown is not None else None
            if whole is not None:
                return _settled(Outcome.HOLDS, "unbounded", {"kind": "unbounded", "at": text(end), "limit": shown, "defined": whole})
    if statement.value == -sp.oo:
        witness = next(iter(some_points(statement, 1)), None)
        if witness is not None:
            return _settled(Outcome.FAILS, "the expression has a value", {"kind": "some value"}, witness)
    candidate = _finite_bound(statement, deadline)
    if candidate is not None:
        value, shown, witness = candidate
        return _settled(
            Outcome.FAILS,
            f"the expression stays at or below {text(value)}",
            {"kind": "below", "bound": shown, "value": text(value)},
            witness,
        )
    return unsettled("it is not seen whether the expression is bounded", Reason.OUT_OF_TIME, "suprema")


def _limit(statement: Supremum, end: sp.Expr, value: sp.Expr, deadline: float) -> Any:
    """The certificate of the approach at an end of the range, or None."""
    found = limits.decide(approach(statement, end, value), deadline)
    return found.certificate if found is not None and found.outcome is Outcome.HOLDS else None


def ends(statement: Supremum) -> list[sp.Expr]:
    """Ends of the range, those that premises give included."""
    x = statement.variable
    found = [statement.end, statement.start]
    for part in checked_limits.flat(statement.where):
        if part.is_Relational and part.has(x):
            found += _zeros(part.args[0] - part.args[1], x)
    return list(dict.fromkeys(e for e in found if not e.has(x)))


def _zeros(expr: sp.Expr, x: sp.Symbol) -> list[sp.Expr]:
    """Where a side of a premise meets the other: linear in x, or a polynomial in x alone."""
    slope = sp.diff(expr, x)
    if slope != 0 and not slope.has(x):
        return [sp.simplify(x - expr / slope)]
    if expr.free_symbols == {x} and expr.is_polynomial(x) and sp.degree(expr, x) <= MAX_DEGREE:
        return list(dict.fromkeys(sp.real_roots(sp.Poly(expr, x), radicals=True)))
    return []


def reached(statement: Supremum, value: sp.Expr, deadline: float) -> Iterator[Found]:
    """Where the value is reached: at a point for a maximum, in a limit at an end for an approach."""
    found = _taken(statement, value, end_points(statement), deadline)
    if found is None:  # solving for critical points costs more than limits at the ends
        for end in ends(statement):
            shown = _limit(statement, end, value, min(deadline, time.process_time() + LIMIT_SECONDS))
            if shown is not None:
                yield "limit", text(end), shown
        found = _taken(statement, value, point_candidates(statement, value), deadline)
    if found is not None:
        yield found


def _taken(statement: Supremum, value: sp.Expr, points: list[sp.Expr], deadline: float) -> Found | None:
    """The first of the points at which the value is shown to be taken, or None."""
    for written in map(text, points):
        point = parsed(statement, written)
        if time.process_time() > deadline:
            return None
        if point is None or point.has(statement.variable):
            continue
        shown = []
        for part in at_point(statement, value, point):
            shown.append(_certificate(part, min(deadline, time.process_time() + POINT_SECONDS)))
            if shown[-1] is None:
                break
        else:
            return "point", written, shown
    return None


def end_points(statement: Supremum) -> list[sp.Expr]:
    """The finite ends of the range, and 0 and 1."""
    return list(dict.fromkeys([*(e for e in ends(statement) if e not in INFINITE), sp.Integer(0), sp.Integer(1)]))


def point_candidates(statement: Supremum, value: sp.Expr) -> list[sp.Expr]:
    """Ends, critical points and solutions of f = value, as expressions in the parameters."""
    x = statement.variable
    found = [e for e in ends(statement) if e not in INFINITE]
    plain = sp.Dummy(real=True)
    for equation in (sp.diff(statement.expr, x), statement.expr - value):
        try:
            numerator = sp.numer(sp.together(equation.xreplace({x: plain})))
            solutions = sp.solve(numerator, plain)
        except (NotImplementedError, ValueError, TypeError, RecursionError, AttributeError):
            continue
        found += [s for s in solutions if not s.has(sp.I, plain) and s.is_real is not False]
    found += [sp.Integer(0), sp.Integer(1)]
    return list(dict.fromkeys(e for e in found if not e.has(sp.nan, sp.zoo, sp.oo)))[:MAX_CANDIDATES]


def some_points(statement: Supremum, count: int) -> list[dict[str, str]]:
    """Admitted values with different parameters."""
    try:
        problem = Problem(sp.Eq(statement.expr, statement.variable, evaluate=False), range_premises(statement))
    except TooComplex:
        return []
    own = tuple(problem.names.names.values())
    x = problem.names.names[statement.variable]
    found: dict[str, dict[str, str]] = {}
    for premises in problem.cases:
        for point in refute.admitted_points(premises, own, 60):
            key = str([v for s, v in point.items() if s != x])
            if key not in found and problem.admits(point):
                found[key] = holds.texts(problem, point)
            if len(found) >= count:
                return list(found.values())
    return list(found.values())


def _empty_at(statement: Supremum) -> dict[str, str] | None:
    """Admitted parameters at which the range is shown to be empty, or None."""
    x = statement.variable
    try:
        parameters = Problem(
            joined(sp.And, *(sp.Eq(s, s, evaluate=False) for s in symbols(statement) - {x})),
            [w for w in checked_limits.flat(statement.where) if not w.has(x)],
        )
    except TooComplex:
        return None
    for premises in parameters.cases:
        for point in refute.admitted_points(premises, tuple(parameters.names.names.values()), PARAMETER_POINTS):
            names = holds.texts(parameters, point)
            at = fixed(statement, names) if parameters.admits(point) else None
            if at is not None:
                cases = Problem(sp.Eq(x, x, evaluate=False), range_premises(at)).cases
                if holds.contradiction(cases, time.process_time() + EMPTY_SECONDS) is not None:
                    return names
    return None


def _smaller_bound(statement: Supremum, deadline: float) -> tuple[sp.Expr, Any, dict[str, str]] | None:
    """At fixed parameters: a bound below the value, with its proof."""
    for names in some_points(statement, PARAMETER_POINTS):
        at = fixed(statement, names)
        if at is not None and at.value is not None:
            found = _bound_at(at, share_of(deadline, 0.4), at.value)
            if found is not None:
                return (*found, names)
    return None


def _finite_bound(statement: Supremum, deadline: float) -> tuple[sp.Expr, Any, dict[str, str]] | None:
    """At some admitted parameters: a finite bound, with its proof."""
    for names in some_points(statement, 1):
        at = fixed(statement, names)
        found = None if at is None else _bound_at(at, deadline, None)
        if found is not None:
            return (*found, names)
    return None


def _bound_at(at: Supremum, deadline: float, below: sp.Expr | None) -> tuple[sp.Expr, Any] | None:
    """A bound of an expression without parameters that is guessed from its values and proved, `below` a value."""
    problem = Problem(sp.Eq(at.expr, at.variable, evaluate=False), range_premises(at))
    x = problem.names.to(at.variable)
    h = critical.evaluator(problem.names.to(at.expr), (x,))
    bounds = variable_bounds(problem.cases[0]).get(x, Bound()) if problem.cases else Bound()
    values = [y for v in critical.grid(bounds) if (y := h(v)) is not None]
    if not values:
        return None
    best = max(values)
    if below is not None:
        top = float(below)
        guesses = [g for g in (sp.Rational((best + top) / 2).limit_denominator(1000),) if top > best and float(g) < top]
    else:
        guesses = [sp.Integer(int(best) + 1), sp.Integer(2 * int(abs(best)) + 2)]
    for guess in guesses:
        shown = _certificate(bound(at, guess, False), share_of(deadline, 0.5))
        if shown is not None:
            return guess, shown
    return None


def _without_value(statement: Supremum, deadline: float) -> Evidence:
    """Only attainment is asked: try the values that the ends and critical points give."""
    for value in value_candidates(statement, deadline):
        found = _with_value(dataclasses.replace(statement, value=value), value, share_of(deadline, 0.7))
        kind = (found.certificate or {}).get("kind")
        if found.outcome is Outcome.HOLDS or (found.outcome is Outcome.FAILS and kind not in ("above", "below")):
            return dataclasses.replace(found, certificate={**(found.certificate or {}), "supremum": text(value)})
    if statement.attained:
        for names in some_points(statement, 1):
            at = fixed(statement, names)
            for end in ends(at) if at is not None else ():
                shown = _limit(at, end, sp.oo, share_of(deadline, 0.5))  # type: ignore[arg-type]
                if shown is not None:
                    return _settled(
                        Outcome.FAILS, "the expression is unbounded", {"kind": "unbounded", "at": text(end), "limit": shown}, names
                    )
    return _other_answer_somewhere(statement, deadline) or unsettled("the supremum is not found", Reason.OUT_OF_TIME, "suprema")


def _other_answer_somewhere(statement: Supremum, deadline: float) -> Evidence | None:
    """At some admitted parameters the supremum, found there, is attained and should not be, or the other way round."""
    for names in some_points(statement, PARAMETER_POINTS):
        at = fixed(statement, names)
        if at is None:
            continue
        for value in value_candidates(at, deadline):
            opposite = dataclasses.replace(at, value=value, attained=not statement.attained)
            found = _with_value_shown(opposite, value, share_of(deadline, 0.3))
            if found is not None:
                note = "the supremum is attained" if opposite.attained else "the supremum is not attained"
                return _settled(Outcome.FAILS, note, {**found, "kind": note, "supremum": text(value)}, names)
    return None


def value_candidates(statement: Supremum, deadline: float) -> list[sp.Expr]:
    """Values at points and limits at the ends."""
    x = statement.variable
    found = [statement.expr.subs(x, point) for point in point_candidates(statement, sp.Integer(0))]
    found += [value for end in ends(statement) if (value := limit_value(statement, end, deadline)) is not None]
    return list(dict.fromkeys(v for v in found if not v.has(sp.nan, sp.zoo, sp.oo, sp.I)))[:MAX_CANDIDATES]


def limit_value(statement: Supremum, end: sp.Expr, deadline: float) -> sp.Expr | None:
    """The limit at an end under the first case of the premises on the parameters, or None."""
    try:
        found = Approach(approach(statement, end, sp.Integer(0)))
        for facts in found.cases[:1]:
            values = found.limits(Signs(facts, lambda sequent: limits.shown(sequent, deadline)))
            return found.names.back(values[0]) if values[0] not in INFINITE else None
    except (Unknown, NeedCase, NotAdmitted, TooComplex):
        return None
    return None
