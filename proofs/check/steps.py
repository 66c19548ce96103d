"""A step of a derivation on its way to the judge: read with what it builds on, and asked part by part.

Nothing here searches. Evidence comes from the engines where a statement is judged, and from a file where a proof is replayed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import sympy as sp

from proofs.check.files import Instance, Step
from proofs.kernel.claim import Question
from proofs.kernel.judge import Decide, Findings, Recheck, answer, mint
from proofs.kernel.reader import INFINITE, Reading, exact_decimals, read_expr, read_statement, syntax_tree
from proofs.kernel.statements import Holds, Known, Statement
from proofs.kernel.terms import joined, replaced, total
from proofs.kernel.verdict import Evidence, Verdict
from proofs.ledger.jobs import nothing_found
from theory.exact import InvalidInput

WORDS = {Verdict.PROVED: "proved", Verdict.DERIVED: "derived", Verdict.REFUTED: "refuted", Verdict.UNDECIDED: "undecided"}
HELD = frozenset({"proved", "derived"})


@dataclass
class Source:
    """Where evidence comes from, who re-checks it, the seconds that are left for a statement, and what was brought, in order."""

    decide: Decide
    recheck: Recheck
    left: Callable[[], float]
    brought: list[Evidence] = field(default_factory=list)

    def __call__(self, part: Statement, _seconds: float) -> Evidence:
        self.brought.append(self.decide(part, self.left()))
        return self.brought[-1]


@dataclass(frozen=True)
class Asked:
    """What is asked of a step: its statements, and before them, for each instance that it uses, what must hold for it."""

    parts: list[Statement]
    premises: list[Holds] = field(default_factory=list)


@dataclass(frozen=True)
class Answered:
    """What was found on a step, and on the premises of its instances; the evidence, in the order in which it was asked for."""

    findings: Findings
    instances: tuple[Findings, ...] = ()
    evidence: tuple[Evidence, ...] = ()


def known_of(parts: Sequence[Statement]) -> list[Known]:
    """What may be built on where these statements hold: each where its own premises do; forms such as limits are no premises."""
    return [Known(where=part.where, condition=part.condition) for part in parts if isinstance(part, Holds)]


def read_step(step: Step, earlier: Mapping[str, Asked]) -> Asked:
    """What a step asks, with what it uses of `earlier` ones, by their ids, as known.

    Raises: InvalidInput for a text that is not in the grammar, and for an instance of what has none.
    """
    known = [fact for name in dict.fromkeys(step.uses) for fact in known_of(earlier[name].parts)]
    parts = read_statement(step.statement, step.where, step.let, known)
    premises: list[Holds] = []
    for instance in step.instances:
        needed, facts = _instance(instance, step, parts[0].where, earlier[instance.claim].parts)
        if needed:
            premises.append(Holds(says=str(instance), where=parts[0].where, known=tuple(known), condition=joined(sp.And, *needed)))
        known += facts
    return Asked([dataclasses.replace(part, known=tuple(known)) for part in parts], premises)


def _instance(
    instance: Instance, step: Step, where: tuple[sp.Basic, ...], parts: Sequence[Statement]
) -> tuple[list[sp.Basic], list[Known]]:
    """What must hold wherever `where` does for a claim to be used at these arguments, and what is then known there.

    All arguments are put in at once, for variables of the claim as it was read, its lets and derivatives already taken: so no name
    in an argument can be taken for one of the claim's. The other variables of the claim are those of the same name.
    """
    lemmas = [part for part in parts if isinstance(part, Holds)]
    if not lemmas:
        raise InvalidInput(f"claim {step.id!r} uses {str(instance)!r}, and that is a form: only conditions have instances")
    variables = {s.name: s for lemma in lemmas for each in (lemma.condition, *lemma.where) for s in each.free_symbols}
    reading = Reading({})
    for name, text in step.let.items():
        reading.lets = {**reading.lets, name: read_expr(syntax_tree(exact_decimals(text)), reading)}
    values: dict[sp.Basic, sp.Expr] = {}
    for name, text in instance.at.items():
        if name not in variables:
            raise InvalidInput(
                f"claim {step.id!r} uses {instance.claim!r} at {name} = {text}, and its variables are {', '.join(sorted(variables))}"
            )
        values[variables[name]] = read_expr(syntax_tree(exact_decimals(text), f"at {name}"), reading)
        if values[variables[name]] in INFINITE:
            raise InvalidInput(f"claim {step.id!r} uses {instance.claim!r} at {name} = {text}: an argument is a real number")
    defined = [sp.Eq(value, value, evaluate=False) for value in values.values() if not total(value)]
    needed = [replaced(premise, values) for lemma in lemmas for premise in lemma.where]
    return [*defined, *needed], [Known(where=where, condition=replaced(lemma.condition, values)) for lemma in lemmas]


def answered(asked: Asked, begin: Callable[[], Source]) -> Answered:
    """What is found on a step, and on the premises of its instances, by the source that begins with it.

    An instance whose premises are not shown ends the step: it has not been shown what it rests on.
    """
    source = begin()
    instances: list[Findings] = []
    for premise in asked.premises:
        instances.append(answer([premise], source, source.recheck))
        row = mint(Question(id="premises", says=premise.says), instances[-1])
        if WORDS.get(row.verdict) not in HELD:
            deciding = row.findings.parts[0].evidence
            at = ", ".join(f"{name} = {value}" for name, value in (deciding.witness or {}).items())
            why = " at ".join(filter(None, ("fail", at))) if row.verdict is Verdict.REFUTED else f"are not shown ({deciding.note})"
            return Answered(nothing_found(f"the premises of {premise.says} {why}"), tuple(instances), tuple(source.brought))
    return Answered(answer(asked.parts, source, source.recheck), tuple(instances), tuple(source.brought))
