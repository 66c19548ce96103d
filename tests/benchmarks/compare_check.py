"""`python -m tests.benchmarks.compare_check`: statements judged by `ufm check`, z3, cvc5 and SymPy, each alone, told in docs/comparison.md.

All have the same statements, the same limit of processor time and one run; the counts are kept as JSON. With `--tables` the page is
made of the counts that are kept.
"""

from __future__ import annotations

import json
import platform
import statistics
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from proofs.check import Step, check_statement, read_file
from proofs.documents.readme import fill
from proofs.ledger.jobs import Job, Stopped, run
from proofs.store.dependencies import ROOT
from tests.benchmarks.alone import by_solver, by_sympy
from tests.tools.corpus_files import CORPUS, claims

KEPT = ROOT / "tests" / "benchmarks" / "compared.json"
PAGE = ROOT / "docs" / "comparison.md"
SECONDS = 2.0  # of processor time, for each statement and tool
EVERY = 4  # of the corpus, which has 600 statements: a table in minutes
LIBRARIES = ("sympy", "z3-solver", "cvc5")
Tool = Callable[[Step], str]


def by_check(claim: Step) -> str:
    """The verdict of this project, whose engines are given less than their process, to answer by themselves."""
    return str(check_statement(claim.statement, claim.where, claim.let, 0.9 * SECONDS)["verdict"])


TOOLS: dict[str, Tool] = {
    "ufm check": by_check,
    "z3 alone": partial(by_solver, "z3"),
    "cvc5 alone": partial(by_solver, "cvc5.pythonic"),
    "SymPy alone": by_sympy,
}


def sets() -> dict[str, tuple[list[Step], list[Step]]]:
    """The true and the false statements of each set."""
    sample = {name: read_file(CORPUS / "sample" / name) for name in ("analytic.p", "olympiad.toml", "limits.toml", "false.toml")}
    return {
        "inequalities like MetiTarski's": (sample["analytic.p"], []),
        "inequalities like those of olympiads": (sample["olympiad.toml"], []),
        "limits and suprema": (sample["limits.toml"], []),
        "false ones of these kinds": ([], sample["false.toml"]),
        f"the corpus, every {EVERY}th statement": (claims("true")[::EVERY], claims("false")[::EVERY]),
    }


def judged(tool: Tool, chosen: Sequence[Step]) -> list[tuple[str, float]]:
    """Verdict and seconds of each statement, each in a process that the limit stops."""
    found: dict[str, tuple[str, float]] = {}
    jobs = deque(Job(str(number), partial(timed, tool, claim), SECONDS) for number, claim in enumerate(chosen))
    for job, result in run(jobs, "fork"):
        found[job.name] = ("undecided", SECONDS) if isinstance(result, Stopped) else result
    return [found[str(number)] for number in range(len(chosen))]


def timed(tool: Tool, claim: Step) -> tuple[str, float]:
    """The verdict of a tool and the processor seconds that it took; a tool that stops has settled nothing."""
    start = time.process_time()
    try:
        verdict = {"derived": "proved"}.get(found := tool(claim), found)
    except Exception:  # noqa: BLE001 - it says nothing of the statement
        verdict = "undecided"
    return verdict, time.process_time() - start


def counted(tool: Tool, true: Sequence[Step], false: Sequence[Step]) -> dict[str, Any]:
    """How many statements a tool settles rightly and wrongly, and the median of its seconds."""
    held, fallen = judged(tool, true), judged(tool, false)
    verdicts, others = [verdict for verdict, _ in held], [verdict for verdict, _ in fallen]
    return {
        "proved": verdicts.count("proved"),
        "refuted": others.count("refuted"),
        "wrong": verdicts.count("refuted") + others.count("proved"),
        "seconds": round(statistics.median(seconds for _, seconds in (*held, *fallen)), 3),
    }


def measurements(progress: Callable[[str], None]) -> dict[str, Any]:
    """Everything that the page tells."""
    import z3  # noqa: F401 - one start-up for all workers

    import proofs.engines.holds  # noqa: F401

    found: dict[str, Any] = {}
    for name, (true, false) in sets().items():
        found[name] = {"true": len(true), "false": len(false), "tools": {}}
        for tool, road in TOOLS.items():
            progress(f"{name}: {tool}")
            found[name]["tools"][tool] = counted(road, true, false)
    made = {"on": datetime.now(UTC).date().isoformat(), "python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}
    return {"made": made, "seconds": SECONDS, "sets": found}


def table(kept: dict[str, Any]) -> str:
    """The counts of each set and tool."""
    lines = ["| statements | by | true: proved | false: refuted | wrong | median, s |", "|---|---|---|---|---|---|"]
    for name, found in kept["sets"].items():
        for place, (tool, counts) in enumerate(found["tools"].items()):
            shares = [
                f"{counts[key]} of {found[truth]}" if found[truth] else "–" for key, truth in (("proved", "true"), ("refuted", "false"))
            ]
            cells = (name if place == 0 else "", tool, *shares, str(counts["wrong"]), f"{counts['seconds']:.2f}")
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def conditions(kept: dict[str, Any]) -> str:
    """On what was measured."""
    made = kept["made"]
    libraries = ", ".join(f"{name} {made[name]}" for name in LIBRARIES)
    where = f"Measured on {made['on']} with Python {made['python']}, {libraries}"
    return f"{where}; at most {kept['seconds']:g} s of processor time for each statement and tool."


def write(kept: dict[str, Any], page: Path) -> None:
    """The page, from what is kept."""
    fill(page, {"table": lambda: table(kept), "conditions": lambda: conditions(kept)})


if __name__ == "__main__":
    if sys.argv[1:] != ["--tables"]:
        found = measurements(lambda line: print(line, file=sys.stderr))  # noqa: T201 - who waits wants to see how far it is
        KEPT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    write(json.loads(KEPT.read_text(encoding="utf-8")), PAGE)
