"""Conditions at all admitted values: the obligations of a statement, and the replay of their proofs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import sympy as sp

from proofs.checker import rules
from proofs.checker.logic import Atom, Cases, Need, Sequent, canonical, clauses, needs_of, negated, premise_cases, without_unequal
from proofs.checker.witness import canonical_admitted, read_point, refutes
from proofs.kernel.statements import Holds, Known
from proofs.kernel.verdict import Evidence, Outcome


class Problem:
    """A condition and its premises in canonical variables."""

    def __init__(self, condition: sp.Basic, where: Sequence[sp.Basic], known: Sequence[Known] = ()) -> None:
        self.names = canonical([condition, *where, *(part for each in known for part in (*each.where, each.condition))])
        self.condition = self.names.to(condition)
        self.where = tuple(map(self.names.to, where))
        self.known = tuple(Known(where=tuple(map(self.names.to, each.where)), condition=self.names.to(each.condition)) for each in known)
        self.cases = premise_cases(self.where, self.known, self.names.premises)

    def goals(self) -> Cases:
        """The condition as a conjunction of alternatives, all of which must hold."""
        return [[negated(atom) for atom in case] for case in clauses(self.condition, positive=False)]

    def needs(self) -> list[Need]:
        """What must hold for the condition to be defined, innermost first."""
        return needs_of(self.condition)

    def admits(self, point: Mapping[sp.Symbol, sp.Expr]) -> bool:
        """Whether an exact point surely satisfies every premise and the signs of the symbols."""
        return canonical_admitted(self.where, self.names, point)


def alternative(premises: tuple[Atom, ...], alternatives: Sequence[Atom], index: int) -> list[Sequent]:
    """A₁ or … or Aₙ from Aᵢ under the negations of the others."""
    others = [negated(a) for i, a in enumerate(alternatives) if i != index]
    if not others:
        return [Sequent(premises, alternatives[index])]
    return [Sequent(case, alternatives[index]) for case in without_unequal([*premises, *others])]


def with_facts(premises: tuple[Atom, ...], facts: Sequence[Atom]) -> tuple[Atom, ...]:
    """Premises with proved facts, those of constants left out."""
    return tuple(dict.fromkeys((*premises, *(f for f in facts if f[0].free_symbols))))


def replayed(sequents: Sequence[Sequent], proofs: Sequence[Any]) -> bool:
    """Whether each of the sequents has its proof, and no proof is left over."""
    return len(sequents) == len(proofs) and all(map(rules.holds, sequents, proofs))


def defined(premises: tuple[Atom, ...], needs: Sequence[Need], record: Sequence[Mapping[str, Any]]) -> tuple[Atom, ...] | None:
    """The premises with what each need gives, by the case and the proofs that the record names; None where one fails.

    Raises: ValueError where the record is not one of these needs.
    """
    for (cases, _), entry in zip(needs, record, strict=True):
        case = cases[entry["case"]]
        if not replayed([Sequent(premises, atom) for atom in case], entry["proofs"]):
            return None
        premises = with_facts(premises, case)
    return premises


def contradicts(cases: Sequence[tuple[Atom, ...]], proofs: Sequence[Any]) -> bool:
    """Whether the proofs show that no case of premises admits a value."""
    return replayed([Sequent(premises, rules.NEVER) for premises in cases], proofs)


def stands(problem: Problem, certificate: Mapping[str, Any]) -> bool:
    """Replay the proof of every case of the premises, and look at the value that they admit."""
    point, cases = read_point(problem.names.names, certificate["admitted"]), certificate["proof"]["cases"]
    return (
        point is not None
        and problem.admits(point)
        and len(cases) == len(problem.cases)
        and all(map(partial(_case_stands, problem.needs(), problem.goals()), problem.cases, cases))
    )


def _case_stands(needs: Sequence[Need], goals: Cases, premises: tuple[Atom, ...], record: Mapping[str, Any]) -> bool:
    known = defined(premises, needs, record["defined"])
    return known is not None and all(
        replayed(alternative(known, alternatives, entry["choice"]), entry["proofs"])
        for alternatives, entry in zip(goals, record["goals"], strict=True)
    )


def certified(statement: Holds, certificate: Any) -> bool:
    """Whether the certificate proves the statement."""
    return stands(Problem(statement.condition, statement.where, statement.known), certificate)


def recheck(statement: Holds, evidence: Evidence) -> bool:
    """Whether the certificate (or the witness) of the evidence stands up, from the statement alone."""
    if evidence.outcome is Outcome.FAILS:
        return evidence.witness is not None and refutes(statement.condition, statement.where, evidence.witness)
    return evidence.outcome is Outcome.HOLDS and certified(statement, evidence.certificate)
