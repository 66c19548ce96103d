"""A campaign of random statements against the tool: every verdict that the oracle objects to is shown.

Usage: python -m tests.tools.campaign FIRST COUNT [--processes N] [--seconds S] [--resume FILE]

Statement number n is that of seed n, so a range of seeds is the same statements at every run, and a campaign is taken
up again where FILE says that it stopped. Progress goes to standard error; the counts to standard output.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter, deque
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from numerics.cores import cores
from proofs.check import check_statement
from proofs.ledger import jobs
from tests.tools import objections, oracle
from tests.tools.random_statements import Chain, statement
from theory.exact import InvalidInput

SECONDS = 0.6  # of processor time, asked of the engines for each statement
POINTS = 150
BLOCK = 50  # number of seeds in each task
PLACE = re.compile(r"not defined at ((?:\w+ = [^:,]+(?:, )?)+):")  # the place where an "undecided" says the statement is not defined


@dataclass
class Tally:
    """How many statements had which verdict, and what the oracle objects to."""

    verdicts: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    wrong: list[dict[str, Any]] = field(default_factory=list)
    crashes: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        self.verdicts += other.verdicts
        self.kinds += other.kinds
        self.wrong += other.wrong
        self.crashes += other.crashes

    @property
    def checked(self) -> int:
        return sum(self.verdicts.values())


def verdict_on(claim: oracle.Claim, used: tuple[oracle.Claim, ...] = (), seconds: float = SECONDS) -> dict[str, Any]:
    """The tool's result, an input error as a verdict."""
    premises = [(u.statement, list(u.where), dict(u.let)) for u in used]
    try:
        return check_statement(claim.statement, list(claim.where), dict(claim.let), seconds, premises)
    except InvalidInput as error:
        return {"verdict": "error", "reason": str(error), "witness": None}


def objection(claim: oracle.Claim, result: dict[str, Any], seed: int = 5, points: int = POINTS) -> oracle.Objection | None:
    """The oracle's objection to a result, or None."""
    verdict = result["verdict"]
    if verdict in ("proved", "derived"):
        return objections.counterexample(claim, points, seed)
    if verdict == "refuted":
        return objections.objection_to_refuted(claim, result.get("witness"), seed)
    if verdict == "error" and "nothing satisfies" in result["reason"]:
        return objections.objection_to_contradiction(claim, points, seed)
    if verdict == "undecided":
        named = PLACE.search(result["reason"])
        if named is not None:
            return objections.objection_to_place(claim, dict(pair.split(" = ") for pair in named.group(1).split(", ")))
    return None


def judge(made: Chain, seed: int, seconds: float = SECONDS) -> Tally:
    """The tally of one statement; in a chain, of the claims that it uses as well."""
    tally = Tally()
    for used in made.used:
        result = verdict_on(used, (), seconds)
        _count(tally, made, used, result, seed, "used by ")
        if result["verdict"] not in ("proved", "derived"):
            return tally
    _count(tally, made, made.claim, verdict_on(made.claim, made.used, seconds), seed)
    return tally


def _count(tally: Tally, made: Chain, claim: oracle.Claim, result: dict[str, Any], seed: int, prefix: str = "") -> None:
    verdict = result["verdict"]
    if verdict == "error" and "nothing satisfies" not in result["reason"]:
        verdict = "refused"
    tally.verdicts[verdict] += 1
    tally.kinds[f"{prefix}{made.kind} {verdict}"] += 1
    if "stopped with" in result.get("reason", ""):
        tally.crashes[result["reason"][:100]] += 1
    found: object = objection(claim, result, seed) if made.kind != "refused" else None
    if made.kind == "refused" and verdict != "refused":
        found = "it is to be refused"
    if found is not None:
        tally.wrong.append(
            {
                "seed": seed,
                "kind": made.kind,
                "claim": str(claim),
                "uses": [str(u) for u in made.used] if not prefix else [],
                "verdict": result["verdict"],
                "witness": result.get("witness"),
                "why": str(found),
            }
        )


def block(first: int, count: int, seconds: float = SECONDS) -> Tally:
    """The tally of a range of seeds."""
    tally = Tally()
    for seed in range(first, first + count):
        tally.add(judge(statement(seed), seed, seconds))
    return tally


def limit(count: int, seconds: float) -> float:
    """Processor seconds after which a job over so many seeds is stopped: with chains, and the oracle beside the engines."""
    return 60 + count * (8 * seconds + 2)


def job(first: int, count: int, seconds: float) -> jobs.Job[Tally]:
    """The job of a range of seeds, named by them."""
    return jobs.Job(f"{first} {count}", partial(block, first, count, seconds), limit(count, seconds))


def campaign(first: int, count: int, processes: int, seconds: float = SECONDS, resume: Path | None = None) -> Tally:
    """A range of seeds on several processes, with progress on standard error."""
    total, done, start = Tally(), set(), time.monotonic()
    if resume is not None and resume.exists():
        kept = json.loads(resume.read_text(encoding="utf-8"))
        done = set(kept["blocks"])
        total = Tally(Counter(kept["verdicts"]), Counter(kept["kinds"]), kept["wrong"], Counter(kept["crashes"]))
    waiting = deque(job(f, min(BLOCK, first + count - f), seconds) for f in range(first, first + count, BLOCK) if f not in done)
    with closing(jobs.run(waiting, "fork", processes)) as ended:
        for each, found in ended:
            begin, size = map(int, each.name.split())
            tally = one_by_one(begin, size, seconds, found) if isinstance(found, jobs.Stopped) else found
            done.add(begin)
            total.add(tally)
            for wrong in tally.wrong:
                sys.stderr.write(f"WRONG {describe(wrong)}\n")
            seconds_gone = time.monotonic() - start
            sys.stderr.write(f"{total.checked} checked in {seconds_gone:.0f} s: {dict(total.verdicts)}, {len(total.wrong)} wrong\n")
            sys.stderr.flush()
            if resume is not None:
                keep(resume, done, total)
    return total


def one_by_one(first: int, count: int, seconds: float, stopped: jobs.Stopped) -> Tally:
    """The seeds of a block whose process died or did not end, each in a process of its own: one that ends like this is a crash."""
    sys.stderr.write(f"block of {count} seeds from {first}: {_why(stopped)}; each seed is asked alone\n")
    total = Tally()
    for each, found in jobs.run(deque(job(seed, 1, seconds) for seed in range(first, first + count)), "fork", 1):
        seed = int(each.name.split()[0])
        lost = isinstance(found, jobs.Stopped)
        total.add(Tally(crashes=Counter([f"seed {seed}: {_why(found)}: {statement(seed).claim}"])) if lost else found)
    return total


def _why(stopped: jobs.Stopped) -> str:
    return stopped.findings().parts[0].evidence.note


def keep(resume: Path, done: set[int], total: Tally) -> None:
    """What a campaign is taken up from."""
    kept = {"blocks": sorted(done), "verdicts": total.verdicts, "kinds": total.kinds, "wrong": total.wrong, "crashes": total.crashes}
    resume.write_text(json.dumps(kept), encoding="utf-8")


def describe(wrong: dict[str, Any]) -> str:
    """One line that reproduces a wrong verdict."""
    uses = "".join(f" uses ({u})" for u in wrong["uses"])
    witness = f" with {wrong['witness']}" if wrong["witness"] is not None and wrong["verdict"] == "refuted" else ""
    return f"seed {wrong['seed']}: {wrong['claim']}{uses} is {wrong['verdict']}{witness}, but: {wrong['why']}"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("first", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("--processes", type=int, default=cores())
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--resume", type=Path)
    given = parser.parse_args()
    total = campaign(given.first, given.count, given.processes, given.seconds, given.resume)
    for kind, number in sorted(total.kinds.items()):
        sys.stdout.write(f"{kind}: {number}\n")
    for crash, number in total.crashes.most_common(20):
        sys.stdout.write(f"crash {number}: {crash}\n")
    sys.stdout.write(f"{total.checked} checked: {dict(total.verdicts)}; {len(total.wrong)} wrong\n")
    raise SystemExit(1 if total.wrong or total.crashes else 0)


if __name__ == "__main__":
    main()
