"""Increasing: f(y) > f(x) for all admitted x < y, by the definition or by the sign of the derivative; the replay of both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp

from proofs.checker import analytic, holds
from proofs.checker.holds import Problem
from proofs.checker.logic import Atom, Sequent
from proofs.checker.witness import Point, atom_at, read_point, refutes
from proofs.kernel.statements import Holds, Increasing, Known
from proofs.kernel.terms import NotDifferentiable, derivative, replaced
from proofs.kernel.verdict import Evidence, Outcome


def two_points(statement: Increasing) -> Holds:
    """The statement by its definition, at x and at a second value of it that is larger."""
    x = statement.variable
    taken = {s.name for part in (statement.expr, *statement.where) for s in part.free_symbols}
    name = f"{x.name}_second"
    while name in taken:
        name += "_"
    y = sp.Symbol(name, **x._assumptions_orig)
    copies = tuple(replaced(w, {x: y}) for w in statement.where if w.has(x))
    known = tuple(
        Known(where=tuple(replaced(w, {x: y}) for w in each.where), condition=replaced(each.condition, {x: y})) for each in statement.known
    )
    return Holds(
        says=statement.says,
        where=(*statement.where, *copies, sp.Gt(y, x, evaluate=False)),
        known=tuple(dict.fromkeys((*statement.known, *known))),
        condition=sp.Gt(replaced(statement.expr, {x: y}), statement.expr, evaluate=False),
    )


def one_point(statement: Increasing) -> Problem:
    """The premises with the definedness of the expression."""
    return Problem(sp.Eq(statement.expr, statement.expr, evaluate=False), statement.where, statement.known)


def inside(problem: Problem, premises: tuple[Atom, ...], x: sp.Symbol) -> tuple[Atom, ...] | None:
    """The premises inside the interval that x ranges over, with what is known there; None where it is no interval."""
    if len(problem.cases) != 1 or x in problem.names.integers:
        return None
    case, facts = problem.cases[0], premises[len(problem.cases[0]) :]  # of definedness
    if sum(map(len, analytic.along(case, x))) != len(case):
        return None
    return (*((e, ">") if e.has(x) else (e, r) for e, r in case), *facts)


def slope_sequents(statement: Increasing, problem: Problem, premises: tuple[Atom, ...], moves: Point | None) -> list[Sequent] | None:
    """The sequents that suffice where x ranges over an interval and f is defined on it; None where they would not.

    Without `moves`, f′ > 0 is asked. With a point inside at which f′ ≠ 0, f′ ≥ 0 suffices where x is the only variable and f is
    analytic inside (no corners, radicands > 0), for then the zeros of f′ are isolated.
    """
    x, expr = problem.names.to(statement.variable), problem.names.to(statement.expr)
    interior = inside(problem, premises, x)
    try:
        slope = derivative(expr, x)
    except NotDifferentiable:
        return None
    if interior is None or (
        moves is not None
        and not (
            set(problem.names.names.values()) == set(moves) == {x}
            and all(atom_at(atom, moves) is True for atom in (*interior, (slope, "!=")))
        )
    ):
        return None
    smooth = analytic.smooth(expr, x)
    return [*(Sequent(interior, atom) for atom in smooth), Sequent(holds.with_facts(interior, smooth), (slope, ">=" if moves else ">"))]


def recheck(statement: Increasing, evidence: Evidence) -> bool:
    """Whether the evidence on an Increasing statement stands up."""
    pairs, certificate = two_points(statement), evidence.certificate or {}
    if evidence.outcome is Outcome.FAILS:
        return evidence.witness is not None and refutes(pairs.condition, pairs.where, evidence.witness)
    if evidence.outcome is not Outcome.HOLDS:
        return False
    if certificate["kind"] == "holds":
        return holds.certified(pairs, certificate)
    problem = one_point(statement)
    point = read_point(problem.names.names, certificate["admitted"])
    return point is not None and problem.admits(point) and _one_variable_stands(statement, problem, certificate)


def _one_variable_stands(statement: Increasing, problem: Problem, certificate: Mapping[str, Any]) -> bool:
    if certificate["kind"] == "no two values":
        pairs = two_points(statement)
        everywhere = all(
            holds.defined(premises, problem.needs(), record) is not None
            for premises, record in zip(problem.cases, certificate["defined"], strict=True)
        )
        return everywhere and holds.contradicts(Problem(pairs.condition, pairs.where, pairs.known).cases, certificate["proofs"])
    if certificate["kind"] != "derivative" or len(problem.cases) != 1:
        return False
    premises = holds.defined(problem.cases[0], problem.needs(), certificate["defined"])
    if premises is None:
        return False
    moves = read_point(problem.names.names, certificate["moves"]) if "moves" in certificate else None
    if moves is None and "moves" in certificate:
        return False
    sequents = slope_sequents(statement, problem, premises, moves)
    return sequents is not None and holds.replayed(sequents, certificate["proofs"])
