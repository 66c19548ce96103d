"""The engine for conditions at all admitted values: a proof by cases of the premises, or an exact point at which one fails."""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping, Sequence
from typing import Any

import sympy as sp

from proofs.checker import rules, solver
from proofs.checker.holds import Problem, alternative, with_facts
from proofs.checker.logic import Atom, Cases, Need, Sequent, TooComplex, needs_of, relation
from proofs.checker.witness import condition_at
from proofs.kernel.statements import Holds
from proofs.kernel.verdict import Evidence, Outcome, Reason, Strength
from proofs.search import proving as search
from proofs.search import refute
from proofs.search.text import text

QUICK_POINTS = 60
ADMITTED_POINTS = 40
CONTRADICTION_SECONDS = 3.0
BRIEF_SECONDS = 0.5  # for a proof by one step, before a counterexample is sought with more than simple values


def question(problem: Problem) -> refute.Question:
    """What a counterexample is sought for."""
    signs = map(relation, problem.names.premises)
    return refute.Question(
        problem.condition, (*problem.where, *signs), tuple(problem.cases), tuple(problem.names.names.values()), problem.names.integers
    )


def side_conditions(condition: sp.Basic) -> tuple[str, ...]:
    """What a condition as written needs to be defined, in its own names."""
    return tuple(cases_text(cases) for cases, _ in needs_of(condition))


def decide(statement: Holds, deadline: float) -> Evidence:
    """Evidence on a Holds statement."""
    try:
        problem = Problem(statement.condition, statement.where, statement.known)
    except TooComplex as error:
        return unsettled(str(error), Reason.TOO_COMPLEX)
    return decide_problem(problem, statement.condition, deadline)


def decide_problem(problem: Problem, written: sp.Basic, deadline: float) -> Evidence:
    """Evidence on a condition under premises; `written` is the condition in the statement's own names."""
    point = admitted_point(problem)
    if point is None and contradiction(problem.cases, deadline) is not None:
        return unsettled("the premises contradict each other: nothing satisfies them", Reason.CONTRADICTORY_PREMISES)
    witness = refute.quick(question(problem), QUICK_POINTS)
    if witness is not None:  # that of a statement without variables is empty, and is one
        return _fails(problem, witness)
    proof = None if point is None else prove(problem, min(share_of(deadline, 0.5), time.process_time() + BRIEF_SECONDS), depth=1)
    if proof is not None and point is not None:
        return _holds(problem, written, point, proof)
    witness = refute.cheap(question(problem))
    if witness is not None:
        return _fails(problem, witness)
    if point is not None:
        proof = prove(problem, share_of(deadline, 0.5))
        if proof is not None:
            return _holds(problem, written, point, proof)
    place = undefined_place(problem)
    patience = share_of(deadline, 0.5 if place is None else 0.1)
    witness = refute.deep(question(problem), patience)
    if witness is not None:
        return _fails(problem, witness)
    if place is not None:
        return unsettled(place, Reason.UNDEFINED_PLACE)
    if point is None:
        return unsettled("no value that satisfies the premises was found", Reason.NOTHING_ADMITTED)
    proof = prove(problem, deadline, depth=9)
    if proof is not None:
        return _holds(problem, written, point, proof)
    return unsettled("no certificate and no counterexample was found in the time", Reason.OUT_OF_TIME)


def share_of(deadline: float, share: float) -> float:
    """The end of a share of the time that is left."""
    now = time.process_time()
    return now + max(deadline - now, 0.0) * share


def unsettled(note: str, reason: Reason | None, engine: str = "holds") -> Evidence:
    """Evidence that settles nothing, and why."""
    return Evidence(road="exact", engine=engine, outcome=Outcome.UNSETTLED, note=note, reason=reason)


def texts(problem: Problem, point: Mapping[sp.Symbol, sp.Expr]) -> dict[str, str]:
    """A point by the statement's own names, as text."""
    back = {new: old for old, new in problem.names.names.items()}
    return {back[s].name: text(v) for s, v in sorted(point.items(), key=lambda item: back[item[0]].name)}


def _fails(problem: Problem, witness: Mapping[sp.Symbol, sp.Expr]) -> Evidence:
    return Evidence(
        road="exact",
        engine="holds",
        outcome=Outcome.FAILS,
        witness=texts(problem, witness),
        note="an exact counterexample, re-checked with balls",
    )


def _holds(problem: Problem, written: sp.Basic, point: Mapping[sp.Symbol, sp.Expr], proof: dict[str, Any]) -> Evidence:
    used = rule_names(proof)
    return Evidence(
        road="symbolic" if used <= {"signs"} and all(atom[1] == "==" for goal in problem.goals() for atom in goal) else "exact",
        engine="holds",
        outcome=Outcome.HOLDS,
        strength=Strength.CERTIFIED,
        trusts=solver.trusts_of(used),
        certificate={"kind": "holds", "proof": proof, "admitted": texts(problem, point)},
        side_conditions=side_conditions(written),
        note="by " + ", ".join(sorted(used)) if used else "by evaluation",
    )


def cases_text(cases: Cases) -> str:
    """Alternatives of atoms in words."""
    return " or ".join(" and ".join(f"{text(expr)} {rel} 0" for expr, rel in case) for case in cases)


def rule_names(proof: Any) -> set[str]:
    """The rules that a certificate uses."""
    if isinstance(proof, Mapping):
        own = {proof["rule"]} if "rule" in proof else set()
        return own.union(*map(rule_names, proof.values()))
    return set().union(*map(rule_names, proof)) if isinstance(proof, (list, tuple)) else set()


def admitted_point(problem: Problem) -> dict[sp.Symbol, sp.Expr] | None:
    """An exact point that satisfies every premise, or None."""
    symbols = tuple(problem.names.names.values())
    simple = (point for premises in problem.cases for point in refute.admitted_points(premises, symbols, ADMITTED_POINTS))
    narrow = (point for premises in problem.cases for point in refute.premise_candidates(premises, symbols))
    return next(filter(problem.admits, itertools.chain(simple, narrow)), None)


def contradiction(cases: Sequence[tuple[Atom, ...]], deadline: float) -> list[dict[str, Any]] | None:
    """Proofs that no case of premises admits a value, or None."""
    limit = min(deadline, time.process_time() + CONTRADICTION_SECONDS)
    found = []
    for premises in cases:
        goal = Sequent(premises, rules.NEVER)
        proof = search.prove(goal, limit, depth=3)
        if proof is None or not rules.holds(goal, proof):
            return None
        found.append(proof)
    return found


def undefined_place(problem: Problem) -> str | None:
    """One line that names a part which is not defined at an admitted value, or None."""
    needs = problem.needs()
    if not needs:
        return None
    symbols = tuple(problem.names.names.values())
    for premises in problem.cases:
        for point in refute.undefined_points(premises, symbols, needs):
            for cases, node in needs:
                fails = all(any(condition_at(relation(a), point) is False for a in case) for case in cases)
                if fails and problem.admits(point):
                    at = ", ".join(f"{k} = {v}" for k, v in texts(problem, point).items())
                    wanted = cases_text([[(problem.names.back(expr), rel) for expr, rel in case] for case in cases])
                    return f"not defined at {at}: {text(problem.names.back(node))} needs {wanted}"
    return None


def prove(problem: Problem, deadline: float, depth: int = 6) -> dict[str, Any] | None:
    """A certificate for every case of the premises, or None."""
    done = []
    for premises in problem.cases:
        found = _prove_case(problem, premises, deadline, depth)
        if found is None:
            return None
        done.append(found)
    return {"cases": done}


def prove_defined(
    premises: tuple[Atom, ...], needs: Sequence[Need], deadline: float, depth: int = 6
) -> tuple[tuple[Atom, ...], list[dict[str, Any]]] | None:
    """The premises with what each need gives, and the record of how it was shown; None where one is open."""
    record = []
    for cases, _ in needs:
        for i, case in enumerate(cases):
            proofs = [search.prove(Sequent(premises, atom), deadline, depth) for atom in case]
            if None not in proofs:
                record.append({"case": i, "proofs": proofs})
                premises = with_facts(premises, case)
                break
        else:
            return None
    return premises, record


def _prove_case(problem: Problem, premises: tuple[Atom, ...], deadline: float, depth: int) -> dict[str, Any] | None:
    shown = prove_defined(premises, problem.needs(), deadline, depth)
    if shown is None:
        return None
    premises, needs = shown
    goals = []
    for alternatives in problem.goals():
        for i in range(len(alternatives)):
            proofs = [search.prove(s, deadline, depth) for s in alternative(premises, alternatives, i)]
            if None not in proofs:
                goals.append({"choice": i, "proofs": proofs})
                break
        else:
            return None
    return {"defined": needs, "goals": goals}
