"""Increasing: f(y) > f(x) for all admitted x < y, by the definition or by the sign of the derivative."""

from __future__ import annotations

import dataclasses
from typing import Any

import sympy as sp
from flint import ctx

from proofs.checker import rules, sampling
from proofs.checker.logic import Atom, Sequent, TooComplex
from proofs.engines import holds
from proofs.engines.holds import Problem
from proofs.kernel.statements import Increasing
from proofs.kernel.verdict import Evidence, Outcome, Strength
from proofs.search import tactics as search


def second(variable: sp.Symbol) -> sp.Symbol:
    """The second copy of the variable."""
    return sp.Symbol(f"{variable.name}_second", **variable._assumptions_orig)


def two_points(statement: Increasing) -> tuple[sp.Basic, tuple[sp.Basic, ...], tuple[sp.Basic, ...]]:
    """The statement by its definition: condition, premises and definedness at x and at y > x."""
    x = statement.variable
    y = second(x)
    copies = tuple(w.xreplace({x: y}) for w in statement.where if w.has(x))
    condition = sp.Gt(statement.expr.xreplace({x: y}), statement.expr, evaluate=False)
    defined = statement.defined
    return (
        condition,
        (*statement.where, *copies, sp.Gt(y, x, evaluate=False)),
        (*defined, *(d.xreplace({x: y}) for d in defined if d.has(x))),
    )


def decide(statement: Increasing, deadline: float) -> Evidence | None:
    """Evidence on an Increasing statement."""
    if not isinstance(statement, Increasing):
        return None
    proof = by_derivative(statement, holds.share_of(deadline, 0.3))
    if proof is None:
        proof = by_derivative(statement, holds.share_of(deadline, 0.4), strict=False)
    if proof is not None and not _quickly_refuted(statement):
        return Evidence(
            road="exact",
            engine="monotone",
            outcome=Outcome.HOLDS,
            strength=Strength.CERTIFIED,
            certificate={"kind": "derivative", **proof},
            trusts=_trusts(proof),
            note="by the sign of the derivative: " + ", ".join(sorted(holds.rule_names(proof))),
        )
    condition, where, defined = two_points(statement)
    evidence = holds.decide_condition(condition, where, deadline, defined)
    return dataclasses.replace(evidence, engine="monotone")


def _trusts(proof: Any) -> tuple[str, ...]:
    from proofs.checker.solver import trusts_of

    return trusts_of(holds.rule_names(proof))


def _quickly_refuted(statement: Increasing) -> bool:
    from proofs.search import refute

    condition, where, defined = two_points(statement)
    problem = Problem(condition, where, defined)
    return refute.quick(problem.question(), 40) is not None


def _derivative_problem(
    statement: Increasing, strict: bool
) -> tuple[Problem, list[Sequent]] | None:
    """The sequents that suffice, where x ranges over an interval.

    Not strict: f′ ≥ 0 suffices where x is the only variable, f is analytic inside (no corners, radicands
    > 0) and f′ is nonzero somewhere, for then its zeros are isolated.
    """
    problem = Problem(sp.Ge(statement.expr, 0, evaluate=False), statement.where, statement.defined)
    x = problem.names.to(statement.variable)
    expr = problem.names.to(statement.expr)
    if len(problem.cases) != 1 or x in problem.names.integers:
        return None
    (premises,) = problem.cases
    for expression, rel in premises:
        if expression.has(x) and (rel not in (">", ">=") or sp.diff(expression, x) not in (1, -1)):
            return None
    interior = tuple((e, ">") if e.has(x) else (e, r) for e, r in premises)
    try:
        smooth = rules._smooth(expr, x)
    except rules.Broken:
        return None
    slope = sp.diff(expr, x)
    if not strict and (
        set(problem.names.names.values()) != {x} or not _somewhere_nonzero(slope, interior, x)
    ):
        return None
    if slope.has(sp.Derivative, sp.sign, sp.DiracDelta):
        return None
    inside = [Sequent(interior, atom) for atom in smooth]
    return problem, [*inside, Sequent(holds.with_facts(interior, smooth), (slope, ">" if strict else ">="))]


def _somewhere_nonzero(slope: sp.Expr, interior: tuple[Atom, ...], x: sp.Symbol) -> bool:
    with ctx.workprec(128):
        return any(sampling.status((slope, "!="), at) is True for at in sampling.points(interior, (x,), 20))


def by_derivative(statement: Increasing, deadline: float, strict: bool = True) -> dict[str, Any] | None:
    """A certificate that the derivative is > 0 (or ≥ 0) inside an interval of admitted values, or None."""
    try:
        built = _derivative_problem(statement, strict)
    except TooComplex:
        return None
    if built is None:
        return None
    problem, sequents = built
    point = holds.admitted_point(problem)
    if point is None:
        return None
    needs = []
    (premises,) = problem.cases
    for options, _ in problem.needs():
        proofs = [search.prove(Sequent(premises, atom), deadline) for atom in options[0]]
        if any(p is None for p in proofs):
            return None
        needs.append(proofs)
        premises = holds.with_facts(premises, options[0])
    proofs = [search.prove(s, deadline) for s in sequents]
    if any(p is None for p in proofs):
        return None
    return {"strict": strict, "defined": needs, "proofs": proofs, "admitted": holds.texts(problem, point)}


def recheck(statement: Increasing, evidence: Evidence) -> bool:
    """Whether the evidence on an Increasing statement stands up."""
    condition, where, defined = two_points(statement)
    certificate = evidence.certificate or {}
    if evidence.outcome is Outcome.HOLDS and certificate.get("kind") == "derivative":
        return _recheck_derivative(statement, certificate)
    return holds.recheck_condition(condition, where, evidence, defined)


def _recheck_derivative(statement: Increasing, certificate: Any) -> bool:
    built = _derivative_problem(statement, certificate["strict"] is True)
    if built is None:
        return False
    problem, sequents = built
    if not holds._admits(problem, certificate.get("admitted")):
        return False
    (premises,) = problem.cases
    needs = problem.needs()
    if len(needs) != len(certificate["defined"]):
        return False
    for index, proofs in enumerate(certificate["defined"]):
        facts = needs[index][0][0]
        if not holds.replayed([Sequent(premises, atom) for atom in facts], proofs):
            return False
        premises = holds.with_facts(premises, facts)
    return holds.replayed(sequents, certificate["proofs"])
