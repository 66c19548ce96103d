"""Supremum: an upper bound proved by inequalities, and approached at a point or in a limit."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator, Mapping
from typing import Any

import sympy as sp

from proofs.checker.logic import replaced
from proofs.checker.witness import condition_at
from proofs.engines import holds, limits
from proofs.kernel.statements import Holds, Limit, Supremum
from proofs.kernel.verdict import Evidence, Outcome, Strength
from proofs.search import refute

MAX_CANDIDATES = 8
PARAMETER_POINTS = 5


def range_premises(statement: Supremum) -> tuple[sp.Basic, ...]:
    """The premises with the range of the variable."""
    x = statement.variable
    extra = []
    if statement.start != -sp.oo:
        extra.append(sp.Ge(x, statement.start, evaluate=False))
    if statement.end != sp.oo:
        extra.append(sp.Le(x, statement.end, evaluate=False))
    return (*statement.where, *extra)


def bound(statement: Supremum, value: sp.Expr, strict: bool) -> Holds:
    """The statement that `value` is an upper bound (not reached, if strict)."""
    make = sp.Lt if strict else sp.Le
    return Holds(
        says="bound",
        where=range_premises(statement),
        defined=statement.defined,
        condition=make(statement.expr, value, evaluate=False),
    )


def decide(statement: Supremum, deadline: float) -> Evidence | None:
    """Evidence on a Supremum statement."""
    if not isinstance(statement, Supremum):
        return None
    if statement.variable.is_integer:
        return _evidence(Outcome.UNSETTLED, "a supremum over whole numbers is not decided")
    if statement.value is None:
        return _without_value(statement, deadline)
    return _with_value(statement, deadline)


def _evidence(outcome: Outcome, note: str, **fields: Any) -> Evidence:
    return Evidence(
        road="exact", engine="suprema", outcome=outcome, note=note, **fields
    )


def _decide_holds(statement: Holds, deadline: float) -> Evidence:
    found = holds.decide(statement, deadline)
    assert found is not None
    return found


def _with_value(statement: Supremum, deadline: float) -> Evidence:
    value = statement.value
    assert value is not None
    if value in (sp.oo, -sp.oo):
        return _infinite(statement, deadline)
    weak = _decide_holds(bound(statement, value, False), holds.share_of(deadline, 0.6))
    if weak.outcome is Outcome.FAILS:
        return _evidence(
            Outcome.FAILS,
            "a value above the bound",
            witness=weak.witness,
            certificate={"kind": "above"},
        )
    if weak.outcome is not Outcome.HOLDS:
        return _evidence(Outcome.UNSETTLED, f"the bound is open: {weak.note}")
    for kind, data in reached(statement, value, holds.share_of(deadline, 0.4)):
        if statement.attained is False and kind == "point":
            return _evidence(
                Outcome.FAILS,
                "the supremum is attained",
                witness=_witness_of(statement, data),
                certificate={"kind": "attained", "bound": weak.certificate, "at": data},
            )
        certificate: dict[str, Any] = {
            "kind": "supremum",
            "bound": weak.certificate,
            "approach": kind,
            "at": data,
        }
        if statement.attained is not None and kind == "limit":
            strict = _decide_holds(bound(statement, value, True), holds.share_of(deadline, 0.8))
            if strict.outcome is Outcome.HOLDS and statement.attained is False:
                certificate["bound"] = strict.certificate
            elif strict.outcome is Outcome.HOLDS:
                return _evidence(
                    Outcome.FAILS,
                    "the supremum is not attained",
                    witness=_some_point(statement),
                    certificate={"kind": "not attained", "bound": strict.certificate, "at": data},
                )
            else:
                continue
        strength = Strength.CERTIFIED if kind == "point" else Strength.DERIVED
        trusts = tuple(
            dict.fromkeys((*weak.trusts, *(() if kind == "point" else ("leading-term analysis",))))
        )
        return _evidence(
            Outcome.HOLDS,
            f"bounded, and approached ({kind})",
            strength=strength,
            trusts=trusts,
            certificate=certificate,
            side_conditions=weak.side_conditions,
        )
    lower = _smaller_bound(statement, deadline)
    if lower is not None:
        smaller, evidence, witness = lower
        return _evidence(
            Outcome.FAILS,
            f"the expression stays below {sp.sstr(smaller)}",
            witness=witness,
            certificate={"kind": "below", "bound": evidence.certificate, "value": sp.sstr(smaller)},
        )
    return _evidence(Outcome.UNSETTLED, "an upper bound, but it is not seen that it is approached")


def _infinite(statement: Supremum, deadline: float) -> Evidence:
    if statement.value == sp.oo and statement.attained is not True:
        for end in _ends(statement):
            limit = _limit(statement, end, sp.oo)
            found = limits.decide(limit, holds.share_of(deadline, 0.4))
            if found is not None and found.outcome is Outcome.HOLDS and _defined(statement, deadline):
                return _evidence(
                    Outcome.HOLDS,
                    "unbounded",
                    strength=Strength.DERIVED,
                    trusts=found.trusts,
                    certificate={"kind": "unbounded", "at": sp.sstr(end)},
                )
    candidate = _finite_bound(statement, deadline)
    if candidate is not None:
        value, evidence, witness = candidate
        return _evidence(
            Outcome.FAILS,
            f"the expression stays at or below {sp.sstr(value)}",
            witness=witness,
            certificate={"kind": "below", "bound": evidence.certificate, "value": sp.sstr(value)},
        )
    return _evidence(Outcome.UNSETTLED, "it is not seen whether the expression is bounded")


def _defined(statement: Supremum, deadline: float) -> bool:
    """Whether the expression is shown to be defined on the whole range."""
    whole = Holds(
        says="defined",
        where=range_premises(statement),
        defined=statement.defined,
        condition=sp.Ge(statement.expr**2, 0, evaluate=False),  # what is equal to itself cancels before it is looked at
    )
    found = _decide_holds(whole, holds.share_of(deadline, 0.5))
    return found.outcome is Outcome.HOLDS and holds.recheck(whole, found)


def _limit(statement: Supremum, end: sp.Expr, value: sp.Expr) -> Limit:
    return Limit(
        says="approach",
        where=range_premises(statement),
        expr=statement.expr,
        variable=statement.variable,
        point=end,
        value=value,
    )


def _ends(statement: Supremum) -> list[sp.Expr]:
    """Ends of the range, those that premises give included."""
    x = statement.variable
    found = [statement.end, statement.start]
    for premise in statement.where:
        for part in premise.args if isinstance(premise, sp.And) else (premise,):
            if part.is_Relational and part.has(x):
                slope = sp.diff(part.args[0] - part.args[1], x)
                if not slope.has(x) and slope != 0:
                    found.append(sp.simplify(x - (part.args[0] - part.args[1]) / slope))
    return list(dict.fromkeys(e for e in found if not e.has(x)))


def reached(statement: Supremum, value: sp.Expr, deadline: float) -> Iterator[tuple[str, str]]:
    """Where the value is reached: ("point", x₀) for a maximum, ("limit", end) for an approach."""
    point = _taken(statement, value, end_points(statement), deadline)
    if point is None:  # solving for critical points costs more than limits at the ends
        for end in _ends(statement):
            if _limit_holds(_limit(statement, end, value), min(deadline, time.process_time() + 4)):
                yield "limit", sp.sstr(end)
        point = _taken(statement, value, point_candidates(statement, value), deadline)
    if point is not None:
        yield "point", sp.sstr(point)


def _taken(statement: Supremum, value: sp.Expr, points: list[sp.Expr], deadline: float) -> sp.Expr | None:
    """The first of the points at which the value is shown to be taken, or None."""
    for point in points:
        if time.process_time() > deadline:
            return None
        if all(
            _decide_holds(h, min(deadline, time.process_time() + 2)).outcome is Outcome.HOLDS
            for h in at_point(statement, value, point)
        ):
            return point
    return None


def end_points(statement: Supremum) -> list[sp.Expr]:
    """The finite ends of the range, and 0 and 1."""
    ends = [e for e in _ends(statement) if e not in (sp.oo, -sp.oo)]
    return list(dict.fromkeys([*ends, sp.Integer(0), sp.Integer(1)]))


def at_point(statement: Supremum, value: sp.Expr, point: sp.Expr) -> list[Holds]:
    """What shows that the value is taken at x = point: the point is in the range, and f(point) = value."""
    x = statement.variable
    parameters = tuple(w for w in statement.where if not w.has(x))
    inside = [w.subs(x, point) for w in range_premises(statement) if w.has(x)]
    inside += [sp.Gt(point, 0, evaluate=False)] if x.is_positive else []
    conditions = [sp.Eq(statement.expr.subs(x, point), value, evaluate=False), *inside]
    if any(c.has(sp.nan, sp.zoo, sp.oo) for c in conditions):
        return [Holds(says="no such point", condition=sp.false)]
    return [
        Holds(says="point", where=parameters, condition=c) for c in conditions if c not in (sp.true, True)
    ]


def point_candidates(statement: Supremum, value: sp.Expr) -> list[sp.Expr]:
    """Ends, critical points and solutions of f = value, as expressions in the parameters."""
    x = statement.variable
    found = [e for e in _ends(statement) if e not in (sp.oo, -sp.oo)]
    plain = sp.Symbol("x_critical", real=True)
    for equation in (sp.diff(statement.expr, x), statement.expr - value):
        try:
            numerator = sp.numer(sp.together(equation.xreplace({x: plain})))
            solutions = sp.solve(numerator, plain)
        except (NotImplementedError, ValueError, TypeError, RecursionError):
            continue
        found += [s for s in solutions if not s.has(sp.I) and s.is_real is not False]
    found += [sp.Integer(0), sp.Integer(1)]
    return list(dict.fromkeys(e for e in found if not e.has(sp.nan, sp.zoo, sp.oo)))[:MAX_CANDIDATES]


def _witness_of(statement: Supremum, point: str) -> dict[str, str]:
    """The point of the variable at admitted values of the parameters."""
    base = _some_point(statement)
    value = _parse(statement, point)
    if value is not None:
        values = {s: holds.read_constant(base[s.name]) for s in value.free_symbols if s.name in base}
        base[statement.variable.name] = sp.sstr(value.subs(values))
    return base


def _symbols(statement: Supremum) -> set[sp.Symbol]:
    return set().union(
        statement.expr.free_symbols,
        statement.start.free_symbols,
        statement.end.free_symbols,
        *(w.free_symbols for w in statement.where),
        statement.value.free_symbols if statement.value is not None else set(),
    )


def _parse(statement: Supremum, text: str) -> sp.Expr | None:
    from proofs.kernel.reader import read
    from theory.exact import InvalidInput

    symbols = {s.name: s for s in _symbols(statement)}
    known = set(symbols)
    try:
        value = read(text, symbols)
    except InvalidInput:
        return None
    return value if set(symbols) == known else None


def _some_point(statement: Supremum) -> dict[str, str]:
    problem = holds.Problem(sp.Le(statement.expr, 0, evaluate=False), range_premises(statement))
    point = holds.admitted_point(problem)
    return holds.texts(problem, point) if point is not None else {}


def _some_points(statement: Supremum, count: int) -> list[dict[str, str]]:
    """Admitted points with different parameters."""
    problem = holds.Problem(sp.Le(statement.expr, 0, evaluate=False), range_premises(statement))
    symbols = tuple(problem.names.names.values())
    x = problem.names.names[statement.variable]
    found: dict[str, dict[str, str]] = {}
    for premises in problem.cases:
        for point in refute.admitted_points(premises, symbols, 60):
            key = str([v for s, v in point.items() if s != x])
            if key not in found and holds.is_admitted(problem, point):
                found[key] = holds.texts(problem, point)
            if len(found) >= count:
                return list(found.values())
    return list(found.values())


def _smaller_bound(statement: Supremum, deadline: float) -> tuple[sp.Expr, Evidence, dict[str, str]] | None:
    """At fixed parameters: a bound below the value, with its proof."""
    for names in _some_points(statement, PARAMETER_POINTS):
        fixed, witness = fix(statement, names)
        if fixed is None or witness is None or fixed.value is None:
            continue
        found = _finite_bound(fixed, holds.share_of(deadline, 0.4), fixed.value)
        if found is not None:
            smaller, evidence, _ = found
            return smaller, evidence, witness
    return None


def _finite_bound(
    statement: Supremum, deadline: float, below: sp.Expr | None = None
) -> tuple[sp.Expr, Evidence, dict[str, str]] | None:
    fixed, witness = fix(statement, _some_point(statement))
    if fixed is None or witness is None:
        return None
    from proofs.search import critical

    x = fixed.variable
    problem = holds.Problem(sp.Le(fixed.expr, 0, evaluate=False), range_premises(fixed))
    best: float | None = None
    h = critical.evaluator(problem.names.to(fixed.expr), (problem.names.to(x),))
    from proofs.checker.field import Bound, variable_bounds

    bounds = variable_bounds(problem.cases[0]).get(problem.names.to(x), Bound())
    for v in critical._grid(bounds):
        y = h(v)
        if y is not None and (best is None or y > best):
            best = y
    if best is None:
        return None
    if below is not None:
        top = float(below)
        guesses = [sp.Rational((best + top) / 2).limit_denominator(1000)] if top > best else []
        guesses = [g for g in guesses if float(g) < top]
    else:
        guesses = [sp.Integer(int(best) + 1), sp.Integer(2 * int(abs(best)) + 2)]
    for guess in guesses:
        evidence = _decide_holds(bound(fixed, guess, False), holds.share_of(deadline, 0.5))
        if evidence.outcome is Outcome.HOLDS:
            return guess, evidence, witness
    return None


def fix(
    statement: Supremum, witness: Mapping[str, str] | None
) -> tuple[Supremum | None, dict[str, str] | None]:
    """The statement at fixed parameters: those of the witness, or some admitted ones."""
    x = statement.variable
    names = witness if witness is not None else _some_point(statement)
    values: dict[sp.Symbol, sp.Expr] = {}
    for symbol in _symbols(statement) - {x}:
        value = holds.read_constant(names.get(symbol.name, ""))
        if value is None:
            return None, None
        values[symbol] = value
    from proofs.checker.witness import admitted

    if not admitted([w for w in statement.where if not w.has(x)], values):
        return None, None
    where = [w.subs(values, simultaneous=True) for w in statement.where]
    if any(w in (sp.false, False) for w in where):
        return None, None
    fixed = dataclasses.replace(
        statement,
        defined=tuple(replaced(d, values) for d in statement.defined),
        expr=statement.expr.subs(values, simultaneous=True),
        start=statement.start.subs(values),
        end=statement.end.subs(values),
        value=None if statement.value is None else statement.value.subs(values),
        where=tuple(w for w in where if w not in (sp.true, True)),
    )
    return fixed, {s.name: sp.sstr(v) for s, v in values.items()}


def _without_value(statement: Supremum, deadline: float) -> Evidence:
    """Only attainment is asked: try the values that the ends and critical points give."""
    for value in value_candidates(statement, deadline):
        wanted = dataclasses.replace(statement, value=value)
        found = _with_value(wanted, holds.share_of(deadline, 0.7))
        if found.outcome is Outcome.HOLDS or (found.certificate or {}).get("kind") in (
            "attained",
            "not attained",
        ):
            certificate = {**(found.certificate or {}), "supremum": sp.sstr(value)}
            return dataclasses.replace(found, certificate=certificate)
    if statement.attained:
        unbounded = dataclasses.replace(statement, value=sp.oo, attained=None)
        found = _infinite(unbounded, holds.share_of(deadline, 0.5))
        if found.outcome is Outcome.HOLDS:
            return _evidence(
                Outcome.FAILS,
                "the expression is unbounded",
                witness=_some_point(statement),
                certificate=found.certificate,
            )
    return _evidence(Outcome.UNSETTLED, "the supremum is not found")


def value_candidates(statement: Supremum, deadline: float) -> list[sp.Expr]:
    """Values at points and limits at the ends, the largest at an admitted choice of parameters first."""
    x = statement.variable
    found: list[sp.Expr] = []
    for point in point_candidates(statement, sp.Integer(0)):
        value = statement.expr.subs(x, point)
        if not value.has(sp.nan, sp.zoo, sp.oo):
            found.append(value)
    for end in _ends(statement):
        value = _limit_value(statement, end, deadline)
        if value is not None:
            found.append(value)
    return list(dict.fromkeys(v for v in found if v not in (sp.oo, -sp.oo)))[:MAX_CANDIDATES]


def _limit_value(statement: Supremum, end: sp.Expr, deadline: float) -> sp.Expr | None:
    from proofs.checker.leading import NeedCase, Unknown, limit_at_infinity

    problem = limits._problem(_limit(statement, end, sp.Integer(0)))
    x = problem.names.to(statement.variable)
    if not problem.cases:
        return None
    parameters = tuple(p for p in problem.cases[0] if not p[0].has(x))
    near = tuple(p for p in problem.cases[0] if p[0].has(x))
    signs = limits._signs(parameters, deadline)
    for path in limits.paths(x, problem.names.to(end)):
        try:
            if limits._side_admitted(path, near, x, signs):
                value = limit_at_infinity(limits.along(problem.names.to(statement.expr), x, path), x, signs)
                return problem.names.back(value)
        except (Unknown, NeedCase):
            continue
    return None


def recheck(statement: Supremum, evidence: Evidence) -> bool:
    """Whether the bound and the approach (or the witness) stand up."""
    deadline = time.process_time() + 10
    certificate = evidence.certificate or {}
    kind = certificate.get("kind")
    if "supremum" in certificate and statement.value is None:
        value = _parse(statement, certificate["supremum"])
        if value is None or (evidence.outcome is Outcome.FAILS and kind not in ("attained", "not attained")):
            return False  # those two show themselves that it is the supremum
        statement = dataclasses.replace(statement, value=value)
    if evidence.outcome is Outcome.HOLDS:
        return _recheck_holds(statement, certificate, kind, deadline)
    if evidence.outcome is Outcome.FAILS:
        return _recheck_fails(statement, evidence, certificate, kind, deadline)
    return False


def _recheck_holds(
    statement: Supremum, certificate: Mapping[str, Any], kind: str | None, deadline: float
) -> bool:
    if kind == "unbounded":
        end = _end(statement, certificate["at"])
        return (
            statement.value == sp.oo
            and statement.attained is not True
            and end is not None
            and _limit_holds(_limit(statement, end, sp.oo), deadline)
            and _defined(statement, deadline)
        )
    value = statement.value
    if kind != "supremum" or value is None or value in (sp.oo, -sp.oo):
        return False
    strict = statement.attained is False
    if not _bound_stands(statement, value, strict, certificate["bound"]):
        return False
    if certificate["approach"] == "point" and not strict:
        return _point_stands(statement, value, certificate["at"], deadline)
    end = _end(statement, certificate["at"])
    return (
        certificate["approach"] == "limit"
        and statement.attained is not True
        and end is not None
        and _limit_holds(_limit(statement, end, value), deadline)
    )


def _bound_stands(statement: Supremum, value: sp.Expr, strict: bool, certificate: Any) -> bool:
    evidence = Evidence(road="exact", engine="holds", outcome=Outcome.HOLDS, certificate=certificate)
    return holds.recheck(bound(statement, value, strict), evidence)


def _point_stands(statement: Supremum, value: sp.Expr, text: str, deadline: float) -> bool:
    point = _parse(statement, text)
    if point is None or point.has(statement.variable):
        return False
    for part in at_point(statement, value, point):
        found = _decide_holds(part, deadline)
        if found.outcome is not Outcome.HOLDS or not holds.recheck(part, found):
            return False
    return True


def _end(statement: Supremum, text: str) -> sp.Expr | None:
    if text in ("oo", "-oo"):
        return sp.oo if text == "oo" else -sp.oo
    return _parse(statement, text)


def _limit_holds(statement: Limit, deadline: float) -> bool:
    found = limits.decide(statement, deadline)
    return found is not None and found.outcome is Outcome.HOLDS


def _recheck_fails(
    statement: Supremum, evidence: Evidence, certificate: Mapping[str, Any], kind: str | None, deadline: float
) -> bool:
    value = statement.value
    if kind == "above":
        return value is not None and holds.check_witness(
            bound(statement, value, False).condition, range_premises(statement), evidence.witness or {}
        )
    if kind == "attained":
        return (
            statement.attained is False
            and value is not None
            and _bound_stands(statement, value, False, certificate["bound"])
            and _point_stands(statement, value, certificate["at"], deadline)
        )
    if kind == "not attained":
        end = _end(statement, certificate["at"])
        return (
            statement.attained is True
            and value is not None
            and end is not None
            and _bound_stands(statement, value, True, certificate["bound"])
            and _limit_holds(_limit(statement, end, value), deadline)
        )
    if kind == "unbounded":
        end = _end(statement, certificate["at"])
        finite = statement.attained is True or value not in (None, sp.oo)  # is what the statement says of the supremum
        return finite and end is not None and _limit_holds(_limit(statement, end, sp.oo), deadline)
    if kind == "below" and value is not None:
        fixed, _ = fix(statement, evidence.witness or {})
        smaller = holds.read_constant(certificate["value"])
        if fixed is None or smaller is None or fixed.value is None:
            return False
        if fixed.value != sp.oo and condition_at(sp.Lt(smaller, fixed.value, evaluate=False), {}) is not True:
            return False
        return _bound_stands(fixed, smaller, False, certificate["bound"])
    return False
