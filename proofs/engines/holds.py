"""Holds: a condition at all admitted values. Proof by cases of the premises, refutation by an exact point."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import sympy as sp

from proofs.checker import rules
from proofs.checker.logic import (
    Atom,
    Canonical,
    Sequent,
    TooComplex,
    _without_unequal,
    canonical,
    clauses,
    definedness,
    negated,
    premise_cases,
)
from proofs.checker.witness import admitted, condition_at
from proofs.kernel.statements import Holds
from proofs.kernel.verdict import Evidence, Outcome, Reason, Strength
from proofs.search import refute
from proofs.search import tactics as search

QUICK_POINTS = 60


class Contradictory(Exception):
    """Nothing satisfies the premises: shown by a proof."""


class Problem:
    """A condition and its premises in canonical variables."""

    def __init__(
        self, condition: sp.Basic, where: Sequence[sp.Basic], defined: Sequence[sp.Basic] = ()
    ) -> None:
        self.written = condition, tuple(defined)
        self.names: Canonical = canonical([condition, *defined], where)
        self.condition = self.names.to(condition)
        self.defined = tuple(self.names.to(d) for d in defined)
        self.where = tuple(self.names.to(w) for w in where)
        self.cases = premise_cases(self.where, self.names.premises)

    def question(self) -> refute.Question:
        """What a counterexample is sought for."""
        signs = (_relation(atom) for atom in self.names.premises if not atom[0].is_positive)
        return refute.Question(self.condition, (*self.where, *signs), tuple(self.cases), self.names.integers)

    def goals(self) -> list[list[Atom]]:
        """The condition as a conjunction of alternatives."""
        return conjunction(self.condition)

    def side_conditions(self) -> tuple[str, ...]:
        """What the statement as written needs to be defined, in its own names."""
        found = [clauses(d) for d in self.written[1]]
        for relation in relations(self.written[0]):
            for side in relation.args:
                found += [cases for cases, _ in definedness(side)]
        return tuple(dict.fromkeys(cases_text(cases) for cases in found))

    def needs(self) -> list[tuple[list[list[Atom]], sp.Expr]]:
        """What must hold for the condition to be defined, innermost first."""
        found = [(clauses(d), d) for d in self.defined]
        parts = dict.fromkeys(atom[0] for goal in self.goals() for atom in goal)
        for expr in parts:
            found += [(cases, node) for cases, node in definedness(expr)]
        unique: dict[str, tuple[list[list[Atom]], sp.Expr]] = {}
        for cases, node in found:
            if any(all(_evident(a) for a in case) for case in cases):
                continue
            unique.setdefault(str(cases), (cases, node))
        return list(unique.values())


def _evident(atom: Atom) -> bool:
    expr, rel = atom
    if not expr.is_number:
        return bool(expr.is_positive) and rel in (">", ">=", "!=")
    return {">": expr.is_positive, ">=": expr.is_nonnegative, "==": expr.is_zero, "!=": expr.is_nonzero}[
        rel
    ] is True


def conjunction(condition: sp.Basic) -> list[list[Atom]]:
    """Conjunctive normal form: alternatives of atoms, all of which must hold."""
    return [[negated(atom) for atom in case] for case in clauses(condition, positive=False)]


def decide(statement: Holds, deadline: float) -> Evidence | None:
    """Evidence on a Holds statement."""
    if not isinstance(statement, Holds):
        return None
    defined = statement.defined
    return decide_condition(statement.condition, statement.where, deadline, defined)


def decide_condition(
    condition: sp.Basic, where: Sequence[sp.Basic], deadline: float, defined: Sequence[sp.Basic] = ()
) -> Evidence:
    """Evidence on a condition under premises."""
    try:
        problem = Problem(condition, where, defined)
    except TooComplex as error:
        return _unsettled(str(error))
    point = admitted_point(problem)
    if point is None and contradictory(problem, deadline):
        return _unsettled("the premises contradict each other: nothing satisfies them", Reason.CONTRADICTORY_PREMISES)
    witness = refute.quick(problem.question(), QUICK_POINTS)
    if witness is not None:
        return _fails(problem, witness)
    witness = refute.cheap(problem.question())
    if witness is not None:
        return _fails(problem, witness)
    if point is not None:
        proof = prove(problem, share_of(deadline, 0.5))
        if proof is not None:
            return _holds(problem, point, proof)
    place = undefined_place(problem)
    patience = share_of(deadline, 0.5 if place is None else 0.1)
    witness = refute.deep(problem.question(), patience)
    if witness is not None:
        return _fails(problem, witness)
    if place is not None:
        return _unsettled(place)
    if point is None:
        return _unsettled("no value that satisfies the premises was found")
    proof = prove(problem, deadline, depth=9)
    if proof is not None:
        return _holds(problem, point, proof)
    return _unsettled("no certificate and no counterexample was found in the time")


def share_of(deadline: float, share: float) -> float:
    """The end of a share of the time that is left."""
    now = time.process_time()
    return now + max(deadline - now, 0.0) * share


def _unsettled(note: str, reason: Reason | None = None) -> Evidence:
    return Evidence(road="exact", engine="holds", outcome=Outcome.UNSETTLED, reason=reason, note=note)


def texts(problem: Problem, point: Mapping[sp.Symbol, sp.Expr]) -> dict[str, str]:
    """A point by the statement's own names, as text."""
    back = {new: old for old, new in problem.names.names.items()}
    return {back[s].name: sp.sstr(v) for s, v in sorted(point.items(), key=lambda item: back[item[0]].name)}


def _fails(problem: Problem, witness: Mapping[sp.Symbol, sp.Expr]) -> Evidence:
    return Evidence(
        road="exact",
        engine="holds",
        outcome=Outcome.FAILS,
        witness=texts(problem, witness),
        note="an exact counterexample, re-checked with balls",
    )


def _holds(problem: Problem, point: Mapping[sp.Symbol, sp.Expr], proof: dict[str, Any]) -> Evidence:
    used = sorted(rule_names(proof))
    from proofs.checker.solver import trusts_of

    return Evidence(
        road="symbolic" if used in ([], ["signs"]) and _equalities(problem) else "exact",
        engine="holds",
        outcome=Outcome.HOLDS,
        strength=Strength.CERTIFIED,
        trusts=trusts_of(set(used)),
        certificate={"kind": "holds", "proof": proof, "admitted": texts(problem, point)},
        side_conditions=problem.side_conditions(),
        note="by " + ", ".join(used) if used else "by evaluation",
    )


def _equalities(problem: Problem) -> bool:
    return all(atom[1] == "==" for goal in problem.goals() for atom in goal)


def _condition_text(problem: Problem, cases: list[list[Atom]]) -> str:
    return cases_text([[(problem.names.back(expr), rel) for expr, rel in case] for case in cases])


def cases_text(cases: Sequence[Sequence[Atom]]) -> str:
    """Alternatives of atoms in words."""
    return " or ".join(" and ".join(f"{sp.sstr(expr)} {rel} 0" for expr, rel in case) for case in cases)


def relations(condition: sp.Basic) -> list[sp.Basic]:
    """The relations in a condition, from left to right."""
    if getattr(condition, "is_Relational", False):
        return [condition]
    return [r for arg in condition.args for r in relations(arg)]


def rule_names(proof: Any) -> set[str]:
    """The rules that a certificate uses."""
    if isinstance(proof, Mapping):
        own = {proof["rule"]} if "rule" in proof else set()
        return own.union(*map(rule_names, proof.values()))
    return set().union(*map(rule_names, proof)) if isinstance(proof, (list, tuple)) else set()


def admitted_point(problem: Problem) -> dict[sp.Symbol, sp.Expr] | None:
    """An exact point that satisfies every premise, or None."""
    symbols = tuple(problem.names.names.values())
    for premises in problem.cases:
        for candidate in refute.admitted_points(premises, symbols, 40):
            if is_admitted(problem, candidate):
                return candidate
    for premises in problem.cases:
        for candidate in refute.premise_candidates(premises, symbols):
            if is_admitted(problem, candidate):
                return candidate
    return None


def is_admitted(problem: Problem, point: Mapping[sp.Symbol, sp.Expr]) -> bool:
    """Whether an exact point surely satisfies every premise and the assumptions of the symbols."""
    return admitted(problem.where, point) and _whole(problem, point)


def _whole(problem: Problem, point: Mapping[sp.Symbol, sp.Expr]) -> bool:
    return all(point[s].is_Integer for s in problem.names.integers) and all(
        condition_at(_relation(a), point) is True for a in problem.names.premises
    )


def _relation(atom: Atom) -> sp.Basic:
    make = {">=": sp.Ge, ">": sp.Gt, "==": sp.Eq, "!=": sp.Ne}[atom[1]]
    return make(atom[0], 0, evaluate=False)


def contradictory(problem: Problem, deadline: float) -> bool:
    """Whether a proof shows that nothing satisfies the premises."""
    limit = min(deadline, time.process_time() + 3)
    for premises in problem.cases:
        goal = Sequent(premises, (sp.Integer(-1), ">="))
        found = search.prove(goal, limit, depth=3)
        if found is None or not rules.holds(goal, found):
            return False
    return True


def _is_condition(node: sp.Basic) -> bool:
    return isinstance(node, (sp.And, sp.Or, sp.Not)) or bool(getattr(node, "is_Relational", False))


def undefined_place(problem: Problem) -> str | None:
    """One line that names a part which is not defined at an admitted value, or None."""
    needs = problem.needs()
    if not needs:
        return None
    symbols = tuple(problem.names.names.values())
    for premises in problem.cases:
        for point in refute.undefined_points(premises, symbols, needs):
            for cases, node in needs:
                fails = all(any(condition_at(_relation(a), point) is False for a in case) for case in cases)
                if fails and is_admitted(problem, point):
                    at = ", ".join(f"{k} = {v}" for k, v in texts(problem, point).items())
                    part = "" if _is_condition(node) else f"{sp.sstr(problem.names.back(node))} "
                    return f"not defined at {at}: {part}needs {_condition_text(problem, cases)}"
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


def _prove_case(
    problem: Problem, premises: tuple[Atom, ...], deadline: float, depth: int
) -> dict[str, Any] | None:
    needs = []
    for cases, _ in problem.needs():
        for i, case in enumerate(cases):
            proofs = [search.prove(Sequent(premises, atom), deadline, depth) for atom in case]
            if all(p is not None for p in proofs):
                needs.append({"case": i, "proofs": proofs})
                premises = with_facts(premises, case)
                break
        else:
            return None
    goals = []
    for alternatives in problem.goals():
        found = None
        for i in range(len(alternatives)):
            sequents = alternative(premises, alternatives, i)
            proofs = [search.prove(s, deadline, depth) for s in sequents]
            if all(p is not None for p in proofs):
                found = {"choice": i, "proofs": proofs}
                break
        if found is None:
            return None
        goals.append(found)
    return {"defined": needs, "goals": goals}


def with_facts(premises: tuple[Atom, ...], facts: Sequence[Atom]) -> tuple[Atom, ...]:
    """Premises with proved facts, those of constants left out."""
    return tuple(dict.fromkeys((*premises, *(f for f in facts if f[0].free_symbols))))


def alternative(premises: tuple[Atom, ...], alternatives: Sequence[Atom], index: int) -> list[Sequent]:
    """A₁ or … or Aₙ from Aᵢ under the negations of the others."""
    others = [negated(a) for i, a in enumerate(alternatives) if i != index]
    if not others:
        return [Sequent(premises, alternatives[index])]
    return [Sequent(case, alternatives[index]) for case in _without_unequal([*premises, *others])]


def recheck_condition(
    condition: sp.Basic, where: Sequence[sp.Basic], evidence: Evidence, defined: Sequence[sp.Basic] = ()
) -> bool:
    """Whether the certificate (or the witness) of the evidence stands up, from the statement alone."""
    if evidence.outcome is Outcome.FAILS:
        return evidence.witness is not None and check_witness(condition, where, evidence.witness)
    if evidence.outcome is not Outcome.HOLDS or evidence.certificate is None:
        return False
    try:
        problem = Problem(condition, where, defined)
    except TooComplex:
        return False
    if not _admits(problem, evidence.certificate.get("admitted")):
        return False
    return check_proof(problem, evidence.certificate.get("proof"))


def check_proof(problem: Problem, proof: Any) -> bool:
    """Replay the certificate of every case of the premises."""
    if not isinstance(proof, Mapping) or len(proof.get("cases", [])) != len(problem.cases):
        return False
    return all(map(partial(_check_case, problem), problem.cases, proof["cases"]))


def replayed(sequents: Sequence[Sequent], proofs: Sequence[Any]) -> bool:
    """Whether each of the sequents has its proof, and no proof is left over."""
    return len(sequents) == len(proofs) and all(map(rules.holds, sequents, proofs))


def _check_case(problem: Problem, premises: tuple[Atom, ...], record: Mapping[str, Any]) -> bool:
    needs, goals = problem.needs(), problem.goals()
    if len(record["defined"]) != len(needs) or len(record["goals"]) != len(goals):
        return False
    for index, entry in enumerate(record["defined"]):
        case = needs[index][0][entry["case"]]
        if not replayed([Sequent(premises, atom) for atom in case], entry["proofs"]):
            return False
        premises = with_facts(premises, case)
    return all(
        replayed(alternative(premises, goals[index], entry["choice"]), entry["proofs"])
        for index, entry in enumerate(record["goals"])
    )


def _admits(problem: Problem, point: Any) -> bool:
    if not isinstance(point, Mapping):
        return False
    values = parse_point(problem.names.names, point)
    return values is not None and is_admitted(problem, values)


def parse_point(
    names: Mapping[sp.Symbol, sp.Symbol], point: Mapping[str, str]
) -> dict[sp.Symbol, sp.Expr] | None:
    """The point by canonical symbols, read from text; None unless it gives every variable."""
    values = {}
    for old, new in names.items():
        if old.name not in point:
            return None
        value = read_constant(point[old.name])
        if value is None:
            return None
        values[new] = value
    return values


def read_constant(text: str) -> sp.Expr | None:
    """A constant from text, by the reader of `ufm check`; None for anything else."""
    from proofs.kernel.reader import read
    from theory.exact import InvalidInput

    try:
        value = read(text, {})
    except InvalidInput:
        return None
    return value if not value.free_symbols else None


def check_witness(condition: sp.Basic, where: Sequence[sp.Basic], witness: Mapping[str, str]) -> bool:
    """Whether the premises surely hold and the condition surely fails at the witness."""
    symbols = condition.free_symbols.union(*(w.free_symbols for w in where))
    point = parse_point({s: s for s in symbols}, witness)
    return point is not None and admitted(where, point) and condition_at(condition, point) is False


def recheck(statement: Holds, evidence: Evidence) -> bool:
    """Whether the evidence on a Holds statement stands up."""
    return recheck_condition(statement.condition, statement.where, evidence, statement.defined)
