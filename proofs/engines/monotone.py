"""The engine for increasing expressions: f(y) > f(x) for all admitted x < y, shown as it stands or by the sign of the derivative."""

from __future__ import annotations

import dataclasses
from typing import Any

import sympy as sp

from proofs.checker import sampling, solver
from proofs.checker.holds import Problem
from proofs.checker.logic import Atom, TooComplex
from proofs.checker.monotone import inside, one_point, slope_sequents, two_points
from proofs.checker.witness import atom_at
from proofs.engines import holds
from proofs.engines.holds import question, rule_names, share_of, unsettled
from proofs.kernel.statements import Increasing
from proofs.kernel.terms import NotDifferentiable, derivative
from proofs.kernel.verdict import Evidence, Outcome, Reason, Strength
from proofs.search import critical, refute
from proofs.search import proving as search

SCEPTIC_POINTS = 40
MOVING_POINTS = 20


def decide(statement: Increasing, deadline: float) -> Evidence:
    """Evidence on an Increasing statement."""
    written = two_points(statement)
    try:
        pairs, single = Problem(written.condition, written.where, written.known), one_point(statement)
    except TooComplex as error:
        return unsettled(str(error), Reason.TOO_COMPLEX, "monotone")
    point = holds.admitted_point(single)
    if point is not None:
        admitted = holds.texts(single, point)
        proof = by_derivative(statement, single, share_of(deadline, 0.3), strict=True) or by_derivative(
            statement, single, share_of(deadline, 0.4), strict=False
        )
        if proof is not None and refute.quick(question(pairs), SCEPTIC_POINTS) is None:
            return _held({"kind": "derivative", **proof, "admitted": admitted}, "by the sign of the derivative")
    evidence = holds.decide_problem(pairs, written.condition, deadline)
    if evidence.reason is Reason.CONTRADICTORY_PREMISES and point is not None:
        return _no_two_values(single, pairs, admitted, deadline)
    return dataclasses.replace(evidence, engine="monotone")


def _held(certificate: dict[str, Any], note: str) -> Evidence:
    used = rule_names(certificate)
    return Evidence(
        road="exact",
        engine="monotone",
        outcome=Outcome.HOLDS,
        strength=Strength.CERTIFIED,
        certificate=certificate,
        trusts=solver.trusts_of(used),
        note=f"{note}: {', '.join(sorted(used))}" if used else note,
    )


def _no_two_values(single: Problem, pairs: Problem, admitted: dict[str, str], deadline: float) -> Evidence:
    """Where the premises admit one value at a time, nothing is smaller than another."""
    proofs = holds.contradiction(pairs.cases, deadline)
    defined = [holds.prove_defined(premises, single.needs(), deadline) for premises in single.cases]
    if proofs is None or None in defined:
        return unsettled(
            "the premises admit no two values, and it is not seen that the expression is defined at one", Reason.UNDEFINED_PLACE, "monotone"
        )
    return _held(
        {"kind": "no two values", "proofs": proofs, "defined": [found[1] for found in defined if found], "admitted": admitted},
        "the premises admit no two values of the variable",
    )


def by_derivative(statement: Increasing, problem: Problem, deadline: float, strict: bool) -> dict[str, Any] | None:
    """A certificate that the derivative is > 0 (or ≥ 0) inside an interval of admitted values, or None."""
    if len(problem.cases) != 1:
        return None
    shown = holds.prove_defined(problem.cases[0], problem.needs(), deadline)
    if shown is None:
        return None
    moves = None if strict else moving_point(statement, problem, shown[0])
    sequents = slope_sequents(statement, problem, shown[0], moves) if strict or moves else None
    proofs = [search.prove(s, deadline) for s in sequents] if sequents is not None else [None]
    if None in proofs:
        return None
    return {"defined": shown[1], "proofs": proofs, **({"moves": holds.texts(problem, moves)} if moves else {})}


def moving_point(statement: Increasing, problem: Problem, premises: tuple[Atom, ...]) -> dict[sp.Symbol, sp.Expr] | None:
    """A point inside at which the derivative is not zero, or None."""
    x = problem.names.to(statement.variable)
    interior = inside(problem, premises, x)
    if interior is None or set(problem.names.names.values()) != {x}:
        return None
    try:
        slope = derivative(problem.names.to(statement.expr), x)
    except NotDifferentiable:
        return None
    found = ({x: critical.exact(at[x])} for at in sampling.points(interior, (x,), MOVING_POINTS))
    return next((point for point in found if atom_at((slope, "!="), point) is True), None)
