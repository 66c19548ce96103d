"""The hostile corpus under tests/corpus/attack: statements with the right answers, and derivations that use earlier claims."""

from __future__ import annotations

import functools
import re
import sys
import time
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proofs.check import check_statement
from tests.tools.oracle import Claim
from theory.exact import InvalidInput

FOLDER = Path(__file__).parent.parent / "corpus" / "attack"
MEANS = {"held": {"proved", "derived"}, "open": {"undecided", "error"}}
Premise = tuple[str, tuple[str, ...], dict[str, str]]


@dataclass(frozen=True)
class Case:
    """A claim, the answers that are right, and the claims that it uses."""

    claim: Claim
    right: frozenset[str]
    uses: tuple[Claim, ...] = ()

    @property
    def weak(self) -> bool:
        """Whether "undecided" is not the right answer to this case, but no wrong one either.

        That premises contradict each other is found by an engine, so the answer "error" may take longer than there is.
        """
        return "undecided" not in self.right

    def is_wrong(self, verdict: str) -> bool:
        """Whether a verdict is wrong for this case."""
        return verdict not in self.right and not (verdict == "undecided" and self.weak)

    def __str__(self) -> str:
        return str(self.claim) + "".join(f" uses ({u})" for u in self.uses)


def _answers(text: str) -> frozenset[str]:
    return frozenset(v for word in text.split("/") for v in MEANS.get(word.strip(), {word.strip()}))


@functools.cache
def statements() -> tuple[Case, ...]:
    """The cases of single statements."""
    cases = []
    for line in (FOLDER / "statements.txt").read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        answer, statement, where, let, *_ = *re.split(r"\s*\|\s*", line.strip()), "", ""
        lets = tuple(tuple(p.strip() for p in pair.split("=", 1)) for pair in let.split(";") if pair.strip())
        premises = tuple(w.strip() for w in where.split(";") if w.strip())
        cases.append(Case(Claim(statement, premises, lets), _answers(answer)))  # type: ignore[arg-type]
    return tuple(cases)


@functools.cache
def chains() -> tuple[Case, ...]:
    """The cases of derivations: each claim with the earlier claims that it uses, where these hold."""
    cases = []
    for chain in tomllib.loads((FOLDER / "chains.toml").read_text(encoding="utf-8"))["chain"]:
        earlier: dict[str, Case] = {}
        for table in chain["claims"]:
            claim = Claim(table["statement"], tuple(table.get("where", ())), tuple(table.get("let", {}).items()))
            used = [earlier[u] for u in table.get("uses", ())]
            case = Case(claim, _answers(table["expected"]), tuple(u.claim for u in used))
            earlier[table["id"]] = case
            if all(u.right & MEANS["held"] for u in used):
                cases.append(case)
    return tuple(cases)


def judged(case: Case, seconds: float) -> dict[str, Any]:
    """The tool's result on a case, errors as verdicts."""
    claim = case.claim
    premises = [(u.statement, list(u.where), dict(u.let)) for u in case.uses]
    try:
        return check_statement(claim.statement, list(claim.where), dict(claim.let), seconds, premises)
    except InvalidInput as error:
        return {"verdict": "error", "reason": str(error), "witness": None}


def main(cases: Iterable[Case], seconds: float) -> None:
    """Judge all and print what is wrong or weak."""
    wrong = weak = count = 0
    start = time.process_time()
    for case in cases:
        begin = time.process_time()
        result = judged(case, seconds)
        verdict = result["verdict"]
        count += 1
        if verdict not in case.right:
            bad = case.is_wrong(verdict)
            wrong, weak = wrong + bad, weak + (not bad)
            sys.stdout.write(
                f"{'WRONG' if bad else 'weak'}  {verdict} for {'/'.join(sorted(case.right))}: {case}"
                f" [{result.get('witness') or ''} {result.get('reason', '')[:110]}] {time.process_time() - begin:.1f} s\n"
            )
            sys.stdout.flush()
    sys.stdout.write(f"{count} cases, {wrong} wrong, {weak} weak, {time.process_time() - start:.0f} s\n")


if __name__ == "__main__":
    main((*statements(), *chains()), float(sys.argv[1]) if sys.argv[1:] else 3.0)
