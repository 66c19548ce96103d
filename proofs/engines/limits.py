"""Limit: by leading terms; the value is compared by normal forms, signs of parameters are proved."""

from __future__ import annotations

import dataclasses
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

import sympy as sp

from proofs.checker import rules
from proofs.checker.leading import Expansion, NeedCase, Signs, Unknown, limit_at_infinity
from proofs.checker.logic import Atom, Sequent, TooComplex, clauses, definedness, replaced
from proofs.checker.witness import admitted, condition_at
from proofs.engines import holds
from proofs.engines.holds import Problem
from proofs.kernel.statements import Limit
from proofs.kernel.verdict import Evidence, Outcome, Strength
from proofs.search import refute
from proofs.search import tactics as search

MAX_SPLITS = 4
SIGN_SECONDS = 1.0


def decide(statement: Limit, deadline: float) -> Evidence | None:
    """Evidence on a Limit statement."""
    if not isinstance(statement, Limit):
        return None
    try:
        problem = _problem(statement)
        outcome, note, witness = _judge(statement, problem, deadline)
    except (Unknown, TooComplex, NotAdmitted) as error:
        return _evidence(
            Outcome.UNSETTLED, f"the limit is not settled: {_own_names(str(error), statement)}"
        )
    if outcome is Outcome.FAILS:
        return _evidence(outcome, note, witness=witness)
    if outcome is Outcome.HOLDS:
        return _evidence(outcome, note, certificate={"kind": "leading terms"})
    return _evidence(outcome, note)


def _own_names(message: str, statement: Limit) -> str:
    """A message with the statement's own names for the canonical ones."""
    names = {new.name: old.name for old, new in _problem(statement).names.names.items()}
    return re.sub(r"\bv[0-9]+\b", lambda match: names.get(match.group(0), match.group(0)), message)


class NotAdmitted(Exception):
    """The premises leave no values near the point, or it is not seen that they do."""


def _evidence(
    outcome: Outcome,
    note: str,
    witness: Mapping[str, str] | None = None,
    certificate: Mapping[str, Any] | None = None,
) -> Evidence:
    return Evidence(
        road="symbolic",
        engine="limits",
        outcome=outcome,
        note=note,
        witness=witness,
        certificate=certificate,
        strength=Strength.DERIVED if outcome is Outcome.HOLDS else None,
        trusts=("leading-term analysis",) if outcome is Outcome.HOLDS else (),
    )


def _problem(statement: Limit) -> Problem:
    """The parameters' problem: the value, and the premises that do not mention the variable."""
    value = statement.value if statement.value not in (sp.oo, -sp.oo) else sp.Integer(0)
    point = statement.point if statement.point not in (sp.oo, -sp.oo) else sp.Integer(0)
    condition = sp.Eq(statement.expr + value + point, 0, evaluate=False)
    return Problem(condition, statement.where)


def _judge(statement: Limit, problem: Problem, deadline: float) -> tuple[Outcome, str, dict[str, str] | None]:
    x = problem.names.to(statement.variable)
    if statement.variable in statement.value.free_symbols:
        raise Unknown("the value mentions the variable")
    names = problem.names
    needs = _needs(statement, problem)
    admitted_any = False
    for premises in problem.cases:
        parameters = tuple(p for p in premises if not p[0].has(x))
        near = tuple(p for p in premises if p[0].has(x))
        approach = Approach(names.to(statement.expr), x, names.to(statement.point), near, needs, deadline)
        branches = _branches(approach, parameters, MAX_SPLITS)
        for facts, limit in branches:
            admitted_any = True
            verdict = _compare(limit, names.to(statement.value), facts, deadline)
            if verdict is Outcome.FAILS:
                witness = _parameters(problem, facts, x, limit, names.to(statement.value))
                if witness is not None:
                    return Outcome.FAILS, f"the limit is {sp.sstr(names.back(limit))}", witness
                return Outcome.UNSETTLED, f"the limit seems to be {sp.sstr(names.back(limit))}", None
            if verdict is Outcome.UNSETTLED:
                return (
                    verdict,
                    f"the limit is {sp.sstr(names.back(limit))}, not shown equal to the value",
                    None,
                )
    if not admitted_any:
        raise NotAdmitted("the premises admit no values near the point")
    return Outcome.HOLDS, "by leading terms", None


def _signs(facts: tuple[Atom, ...], deadline: float) -> Signs:
    def prover(sequent: Sequent) -> bool:
        found = search.prove(sequent, min(deadline, time.process_time() + SIGN_SECONDS), depth=4)
        return found is not None and rules.holds(sequent, found)

    return Signs(facts, prover)


@dataclasses.dataclass(frozen=True)
class Approach:
    """What tends where: the expression, premises on the variable, what must hold for all to be defined."""

    expr: sp.Expr
    x: sp.Symbol
    point: sp.Expr
    near: tuple[Atom, ...]
    needs: tuple[tuple[tuple[Atom, ...], ...], ...]
    deadline: float


def _needs(statement: Limit, problem: Problem) -> tuple[tuple[tuple[Atom, ...], ...], ...]:
    """Conditions under which the expression, the point and the value are defined, each as alternatives."""
    names = problem.names
    found = [clauses(names.to(d)) for d in statement.defined]
    for part in (statement.expr, statement.point, statement.value):
        found += [cases for cases, _ in definedness(names.to(part))]
    return tuple(dict.fromkeys(tuple(tuple(case) for case in cases) for cases in found))


def _branches(
    approach: Approach, facts: tuple[Atom, ...], splits: int
) -> list[tuple[tuple[Atom, ...], sp.Expr]]:
    """The limits on every admitted side, under every sign of the parameters on which they depend."""
    x = approach.x
    try:
        signs = _signs(facts, approach.deadline)
        found = []
        for path in paths(x, approach.point):
            if _side_admitted(path, approach.near, x, signs):
                _demand_defined(approach.needs, x, path, signs)
                found.append((facts, limit_at_infinity(along(approach.expr, x, path), x, signs)))
        return found
    except NeedCase as error:
        need = error
        if splits == 0 or time.process_time() > approach.deadline:
            raise Unknown(f"the sign of {need.expr} is open") from None
    result = []
    open_sign = need.expr.args[0] if isinstance(need.expr, sp.Abs) else need.expr
    for atom in ((open_sign, ">"), (-open_sign, ">"), (open_sign, "==")):
        new = (*facts, atom)
        if _possible(new, approach.deadline):
            result += _branches(approach, new, splits - 1)
    return result


def _demand_defined(
    needs: tuple[tuple[tuple[Atom, ...], ...], ...], x: sp.Symbol, path: sp.Expr, signs: Signs
) -> None:
    """Raises: Unknown where a part is not defined on the path, from some place on."""
    for cases in needs:
        if not any(all(_holds_ahead(atom, x, path, signs) for atom in case) for case in cases):
            shown = " or ".join(" and ".join(f"{e} {rel} 0" for e, rel in case) for case in cases)
            raise Unknown(f"not defined for some admitted values: needs {shown}")


def _holds_ahead(atom: Atom, x: sp.Symbol, path: sp.Expr, signs: Signs) -> bool:
    expr, rel = atom
    expansion = Expansion(x, signs, 8)
    sign = expansion.eventual_sign(expansion.series(along(expr, x, path)))
    return {">": sign > 0, ">=": sign >= 0, "==": sign == 0, "!=": sign != 0}[rel]


def _possible(facts: tuple[Atom, ...], deadline: float) -> bool:
    goal = Sequent(facts, (sp.Integer(-1), ">="))
    found = search.prove(goal, min(deadline, time.process_time() + SIGN_SECONDS), depth=3)
    return found is None or not rules.holds(goal, found)


def paths(x: sp.Symbol, point: sp.Expr) -> list[sp.Expr]:
    """x as a function of X → +oo (written x again) for each way to the point."""
    if point == sp.oo:
        return [x]
    if point == -sp.oo:
        return [-x]
    return [point + 1 / x, point - 1 / x]


def along(expr: sp.Expr, x: sp.Symbol, path: sp.Expr) -> sp.Expr:
    """`expr` on the path."""
    return expr.xreplace({x: path})


def _side_admitted(path: sp.Expr, near: tuple[Atom, ...], x: sp.Symbol, signs: Signs) -> bool:
    return all(_holds_ahead(atom, x, path, signs) for atom in near)


def _compare(limit: sp.Expr, value: sp.Expr, facts: tuple[Atom, ...], deadline: float) -> Outcome:
    infinite = (sp.oo, -sp.oo)
    if limit in infinite or value in infinite:
        return Outcome.HOLDS if limit == value else Outcome.FAILS
    sequent = Sequent(facts, (limit - value, "=="))
    limit_time = min(deadline, time.process_time() + 2)
    found = search.prove(sequent, limit_time, depth=3)
    if found is not None and rules.holds(sequent, found):
        return Outcome.HOLDS
    symbols = tuple(
        sorted(set().union((limit - value).free_symbols, *(e.free_symbols for e, _ in facts)), key=str)
    )
    for point in refute.admitted_points(facts, symbols, 20):
        if condition_at(sp.Ne(limit - value, 0, evaluate=False), point) is True:
            return Outcome.FAILS
    return Outcome.UNSETTLED


def _parameters(
    problem: Problem, facts: tuple[Atom, ...], x: sp.Symbol, limit: sp.Expr, value: sp.Expr
) -> dict[str, str] | None:
    """Exact parameters at which the limit differs from the value."""
    symbols = tuple(s for s in problem.names.names.values() if s != x)
    infinite = limit in (sp.oo, -sp.oo) or value in (sp.oo, -sp.oo)
    for point in refute.admitted_points(facts, symbols, 40):
        if not all(condition_at(holds._relation(f), point) is True for f in facts):
            continue
        if infinite or condition_at(sp.Ne(limit - value, 0, evaluate=False), point) is True:
            return holds.texts(problem, point)
    return None


def recheck(statement: Limit, evidence: Evidence) -> bool:
    """Whether the limit comes out again; for a FAILS, at the witness, where every sign is a constant's."""
    deadline = time.process_time() + 10
    if evidence.outcome is Outcome.FAILS:
        fixed = fix(statement, evidence.witness or {})
        if fixed is None:
            return False
        problem = _problem(fixed)
        return _judge(fixed, problem, deadline)[0] is Outcome.FAILS
    if evidence.outcome is not Outcome.HOLDS:
        return False
    return _judge(statement, _problem(statement), deadline)[0] is Outcome.HOLDS


def fix(statement: Limit, witness: Mapping[str, str]) -> Limit | None:
    """The statement at the parameters of a witness that satisfies the premises on them, or None."""
    values: dict[sp.Symbol, sp.Expr] = {}
    symbols = _free(statement) - {statement.variable}
    for symbol in symbols:
        value = holds.read_constant(witness.get(symbol.name, ""))
        if value is None:
            return None
        values[symbol] = value
    if not admitted([w for w in statement.where if not w.has(statement.variable)], values):
        return None
    where: Sequence[sp.Basic] = [w.subs(values, simultaneous=True) for w in statement.where]
    if any(w in (sp.false, False) for w in where):
        return None
    return dataclasses.replace(
        statement,
        defined=tuple(replaced(d, values) for d in statement.defined),
        expr=statement.expr.subs(values, simultaneous=True),
        point=statement.point.subs(values),
        value=statement.value.subs(values),
        where=tuple(w for w in where if w not in (sp.true, True)),
    )


def _free(statement: Limit) -> set[sp.Symbol]:
    return set().union(
        statement.expr.free_symbols,
        statement.point.free_symbols,
        statement.value.free_symbols,
        *(w.free_symbols for w in statement.where),
    )
