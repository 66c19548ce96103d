"""A step of a derivation: read with what it builds on, and what is found on it.

Nothing here searches. Evidence comes from the engines where a statement is judged, and from a file where a proof is replayed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from proofs.check.files import Step
from proofs.kernel.judge import Findings
from proofs.kernel.reader import read_statement
from proofs.kernel.statements import Holds, Known, Statement
from proofs.kernel.verdict import Evidence, Verdict

WORDS = {Verdict.PROVED: "proved", Verdict.DERIVED: "derived", Verdict.REFUTED: "refuted", Verdict.UNDECIDED: "undecided"}
HELD = frozenset({"proved", "derived"})


@dataclass(frozen=True)
class Answered:
    """What was found on a step, and the evidence behind it, in the order in which it was asked for."""

    findings: Findings
    evidence: tuple[Evidence, ...] = ()


def known_of(parts: Sequence[Statement]) -> list[Known]:
    """What may be built on where these statements hold: each where its own premises do; forms such as limits are no premises."""
    return [Known(where=part.where, condition=part.condition) for part in parts if isinstance(part, Holds)]


def read_step(step: Step, earlier: Mapping[str, Sequence[Statement]]) -> list[Statement]:
    """The statements that a step makes, with what it uses of `earlier` ones, by their ids, as known.

    Raises: InvalidInput for a text that is not in the grammar.
    """
    known = [fact for name in dict.fromkeys(step.uses) for fact in known_of(earlier[name])]
    return read_statement(step.statement, step.where, step.let, known)
