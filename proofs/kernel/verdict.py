"""Evidence that roads bring, and the verdicts that `judge` alone makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """What one engine found about one statement."""

    HOLDS = "holds"
    FAILS = "fails"  # with an exact witness that can be re-checked, or a run beyond its bound, or a confidence interval outside
    UNSETTLED = "unsettled"  # tried, not settled; a timeout too
    ABSENT = "absent"  # the tool is not installed


class Strength(StrEnum):
    """What a HOLDS rests on. `judge` grants CERTIFIED only after the re-check succeeds."""

    CERTIFIED = "certified"  # a certificate, or a named solver, that the engine's re-checker accepts
    DERIVED = "derived"  # exact symbolic zero, and exact zero at random rational points
    MEASURED = "measured"  # runs or balls agree within the bound, or a confidence interval lies inside


class Reason(StrEnum):
    """Why a statement is not settled, for code that must know; people read the note beside it."""

    CONTRADICTORY_PREMISES = "contradictory premises"  # nothing satisfies all of them
    NOTHING_ADMITTED = "nothing admitted"  # for some parameters the premises admit nothing, or no value that satisfies them was found
    UNDEFINED_PLACE = "undefined place"  # the statement as written is not defined at some admitted value
    TOO_COMPLEX = "too complex"  # the statement has more cases, or is nested deeper, than the engines take
    OUT_OF_TIME = "out of time"  # an engine came to the end of its own time
    STOPPED = "stopped"  # its process used more processor time than its limit
    HUNG = "hung"  # its process used no processor time for a long while
    DIED = "died"  # its process ended without an answer


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What one road brought on one statement. Every field is plain data: it survives JSON unchanged.

    `certificate` is what the engine's `recheck` needs; `witness` gives exact values by symbol name, as
    strings that `sympy` prints; `trusts` names what the outcome rests on besides this project's checkers;
    `reason` says why an UNSETTLED is one where code must know (no code looks into the words of `note`).
    """

    road: str  # "symbolic", "exact", "run", "statistics" or "coq"; "ledger" where none came back
    engine: str
    outcome: Outcome
    strength: Strength | None = None
    number: str = ""
    bound: str = ""
    trusts: tuple[str, ...] = ()
    certificate: Mapping[str, Any] | None = None
    witness: Mapping[str, str] | None = None
    side_conditions: tuple[str, ...] = ()
    reason: Reason | None = None
    note: str = ""
    seconds: float = 0.0


class Verdict(StrEnum):
    """The verdict on a claim, strongest first; the README says what each means. Only `judge` returns one."""

    REFUTED = "REFUTED"
    PROVED = "PROVED"
    DERIVED = "DERIVED"
    SUPPORTED = "SUPPORTED"
    UNDECIDED = "UNDECIDED"
    NOT_CHECKED = "NOT_CHECKED"


HELD = frozenset({Verdict.PROVED, Verdict.DERIVED, Verdict.SUPPORTED})  # the verdicts that count as a pass


def exit_status(verdicts: Iterable[Verdict]) -> int:
    """The exit status of a command: 0 all held, 1 something is refuted, 3 something is not settled, or there is nothing."""
    found = set(verdicts)
    if Verdict.REFUTED in found:
        return 1
    return 0 if found and found <= HELD else 3
