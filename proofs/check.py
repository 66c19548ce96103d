"""Judging a user's own statements: one, or a derivation file, each in a process that the time limit stops.

Each statement is decided by the engines and re-checked from its certificate or witness before it is
called proved or refuted. Workers are forked after the one start-up, one for each statement.
"""

from __future__ import annotations

import multiprocessing
import os
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from theory.exact import InvalidInput

DEFAULT_TIMEOUT = 30.0
GRACE = 1.0  # seconds that the engines are given less than the process limit, to answer by themselves
MAX_FILE_BYTES = 2_000_000
FIELDS = {"id", "statement", "where", "uses", "let"}


@dataclass
class Claim:
    """One statement of a derivation file, and its line."""

    id: str
    statement: str
    where: list[str] = field(default_factory=list)
    let: dict[str, str] = field(default_factory=dict)
    uses: list[str] = field(default_factory=list)
    line: int = 0


def versions() -> dict[str, str]:
    """The versions that a verdict depends on."""
    import platform
    from importlib.metadata import PackageNotFoundError, version

    found = {"python": platform.python_version()}
    for package in ("sympy", "python-flint", "clarabel", "z3-solver", "cvc5"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "absent"
    return found


def check_statement(
    statement: str,
    where: Sequence[str] = (),
    let: Mapping[str, str] | None = None,
    seconds: float = DEFAULT_TIMEOUT,
    premises: Sequence[tuple[str, Sequence[str], Mapping[str, str]]] = (),
) -> dict[str, Any]:
    """Judge one statement in this process.

    Arguments: `where`, `let` as the command line has them; `premises`, proved claims (statement, where, let).
    Returns: the contract's JSON object; `reason` says why.
    Raises: InvalidInput where a text is not in the grammar, or nothing satisfies the premises.
    """
    start = time.monotonic()
    results = []
    for part in statements_of(statement, where, let, premises):
        result = _judge(part, start + seconds - time.monotonic())
        results.append(result)
        if result["verdict"] == "refuted":
            break
    return {
        "statement": statement,
        "where": list(where),
        **_joined(results),
        "seconds": round(time.monotonic() - start, 4),
        "versions": versions(),
    }


def statements_of(
    statement: str,
    where: Sequence[str],
    let: Mapping[str, str] | None,
    premises: Sequence[tuple[str, Sequence[str], Mapping[str, str]]],
) -> list[Any]:
    """The parts of a text, under its own premises and the proved claims (statement, where, let) that it uses."""
    import dataclasses

    from proofs.kernel.reader import read_statement
    from proofs.kernel.statements import Holds, Known

    parts = read_statement(statement, where, let)
    known = tuple(Known(where=part.where, condition=part.condition) for text, conditions, names in premises
                  for part in read_statement(text, conditions, names) if isinstance(part, Holds))
    return [dataclasses.replace(part, known=known) for part in parts]


def _judge(full: Any, seconds: float) -> dict[str, Any]:
    from proofs.engines import decide, recheck
    from proofs.kernel.verdict import Outcome, Reason

    evidence = decide(full, seconds)
    if evidence.reason is Reason.CONTRADICTORY_PREMISES:
        raise InvalidInput(
            f"where {[str(w) for w in full.where]} cannot hold together: nothing satisfies the "
            "premises, so drop or mend one"
        )
    open_result = {**unsettled(), "reason": evidence.note, "side_conditions": list(evidence.side_conditions)}
    verdict = {Outcome.HOLDS: "proved", Outcome.FAILS: "refuted"}.get(evidence.outcome)
    if verdict is None:
        return open_result
    if not recheck(full, evidence):
        return {**open_result, "reason": f"the evidence did not survive its re-check ({evidence.note})"}
    return {
        **open_result,
        "verdict": verdict,
        "method": f"{evidence.engine}: {evidence.note}",
        "trusts": list(evidence.trusts),
        "witness": evidence.witness and dict(evidence.witness),
        "certificate": evidence.certificate and dict(evidence.certificate),
    }


def unsettled() -> dict[str, Any]:
    """A new result that says nothing: its lists are the caller's own."""
    return {
        "verdict": "undecided",
        "method": "",
        "reason": "",
        "trusts": [],
        "witness": None,
        "certificate": None,
        "side_conditions": [],
    }


def _joined(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Statements joined by `and`: refuted if one is, proved if all are."""
    if len(results) == 1:
        return results[0]
    first = {result["verdict"]: result for result in reversed(results)}
    worst = first.get("refuted") or first.get("undecided")
    if worst is not None:
        return worst
    return {
        **unsettled(),
        "verdict": "proved",
        "method": "; ".join(r["method"] for r in results),
        "reason": "all parts are proved",
        "trusts": sorted({t for r in results for t in r["trusts"]}),
        "certificate": {"parts": [r["certificate"] for r in results]},
        "side_conditions": sorted({c for r in results for c in r["side_conditions"]}),
    }


# -- processes ------------------------------------------------------------------------


@dataclass
class Job:
    """A running statement: its process, its end of the pipe, and when it is stopped."""

    index: int
    process: Any
    pipe: Connection
    stop_at: float


def _work(pipe: Connection, task: Callable[[], dict[str, Any]]) -> None:
    try:
        pipe.send(task())
    except InvalidInput as error:
        pipe.send({"verdict": "error", "message": str(error)})
    except RecursionError:
        pipe.send({"verdict": "undecided", "reason": "the statement is nested too deep for the engines"})
    except MemoryError:
        pipe.send({"verdict": "undecided", "reason": "the engines ran out of memory"})
    finally:  # also where nobody reads any more: no traceback of a worker
        pipe.close()
        os._exit(0)


def run_jobs(
    tasks: Mapping[int, Callable[[], dict[str, Any]]],
    seconds: float,
    ready: Callable[[set[int]], list[int]],
    done: Callable[[int, dict[str, Any]], None],
) -> None:
    """Run tasks in processes, one a core, each stopped by force after `seconds`.

    Arguments: `ready`, given the indices already started, those that may start now; `done` takes each result.
    """
    context = multiprocessing.get_context("fork")  # the tasks are closures, which no other way takes along
    workers = os.cpu_count() or 1
    running: list[Job] = []
    started: set[int] = set()
    try:
        while True:
            for index in ready(started)[: workers - len(running)]:
                receive, send = context.Pipe(duplex=False)
                process = context.Process(target=_work, args=(send, tasks[index]), daemon=True)
                process.start()
                send.close()
                started.add(index)
                running.append(Job(index, process, receive, time.monotonic() + seconds))
            if not running:
                return
            wait([job.pipe for job in running], min(job.stop_at for job in running) - time.monotonic())
            for job in list(running):
                result = _collect(job, seconds)
                if result is not None:
                    running.remove(job)
                    done(job.index, result)
    finally:
        for job in running:
            job.process.kill()
            job.process.join()


def _collect(job: Job, seconds: float) -> dict[str, Any] | None:
    """The result of a job that has ended or is out of time; None while it runs."""
    result: dict[str, Any] | None = None
    if job.pipe.poll():
        try:
            result = job.pipe.recv()
        except EOFError:
            result = {"verdict": "undecided", "reason": "the engine's process ended without an answer"}
    elif time.monotonic() >= job.stop_at:
        result = {"verdict": "undecided", "reason": f"stopped after {seconds:g} s", "seconds": seconds}
    if result is not None:
        job.process.kill()
        job.process.join()
        job.pipe.close()
    return result


def _start_up(many: bool) -> None:
    """Import what the workers need before they are forked: one start-up for all."""
    import importlib

    for module in ("engines.holds", "engines.limits", "engines.monotone", "engines.suprema", "search.critical"):
        importlib.import_module(f"proofs.{module}")
    if many:
        from proofs.checker.solver import installed

        for module in ("scipy.optimize", *(("z3", "cvc5.pythonic") if installed() else ())):
            importlib.import_module(module)


def check_claims(
    claims: Sequence[Claim],
    seconds: float = DEFAULT_TIMEOUT,
    progress: Callable[[str], None] | None = None,
) -> list[dict[str, Any]]:
    """Judge the claims of a derivation, in parallel where they do not rest on each other.

    Returns: one JSON object a claim, in order. A claim that rests on one that is not proved is undecided and
    says so; one with wrong input has the verdict "error" and a message. The others are judged all the same.
    """
    _start_up(len(claims) > 1)
    order = {claim.id: i for i, claim in enumerate(claims)}
    results: dict[int, dict[str, Any]] = {}
    needs = {i: [order[u] for u in claim.uses] for i, claim in enumerate(claims)}

    def task(index: int) -> Callable[[], dict[str, Any]]:
        claim = claims[index]
        used = [claims[i] for i in sorted(set(needs[index]))]
        premises = [(c.statement, c.where, c.let) for c in used]
        return lambda: check_statement(
            claim.statement, claim.where, claim.let, max(seconds - GRACE, seconds / 2), premises
        )

    def finish(index: int, result: dict[str, Any]) -> None:
        claim = claims[index]
        results[index] = _complete(claim, result)
        if progress is not None:
            progress(f"{claim.id}: {results[index]['verdict']}")

    def ready(started: set[int]) -> list[int]:
        found = []
        for i in needs:  # in their order: what rests on a broken one is met after it
            if i in started or i in results or not all(n in results for n in needs[i]):
                continue
            broken = next((n for n in needs[i] if results[n]["verdict"] != "proved"), None)
            if broken is None:
                found.append(i)
                continue
            claim, verdict = claims[broken], results[broken]["verdict"]
            reason = f"rests on {claim.id!r} (line {claim.line}), which is {verdict}"
            finish(i, {"verdict": "undecided", "reason": reason})
        return found

    run_jobs({i: task(i) for i in needs}, seconds, ready, finish)
    return [results[i] for i in needs]


def _complete(claim: Claim, result: Mapping[str, Any]) -> dict[str, Any]:
    """A result with every field of the contract."""
    full = {
        "id": claim.id,
        "line": claim.line,
        "statement": claim.statement,
        "where": list(claim.where),
        "uses": list(claim.uses),
        **unsettled(),
        "coq": None,
        "seconds": 0.0,
        "versions": versions(),
        **result,
    }
    return full if claim.line else {k: v for k, v in full.items() if k not in ("id", "line", "uses")}


# -- derivation files -----------------------------------------------------------------


def read_file(path: Path) -> list[Claim]:
    """The claims of a derivation file.

    Raises: InvalidInput, one line, for a file that cannot be read or is not of the contract's form.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InvalidInput(f"file {str(path)!r} is larger than {MAX_FILE_BYTES} bytes: split it")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(
            f"file {str(path)!r} cannot be read ({_reason(error)}): give a TOML file of [[claim]] tables"
        ) from None
    return parse_claims(text, str(path))


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or type(error).__name__


def parse_claims(text: str, name: str = "the file") -> list[Claim]:
    """The claims of a derivation's text; see `read_file`."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidInput(
            f"file {name!r} is not TOML ({' '.join(str(error).split())}): mend that line"
        ) from None
    tables = data.get("claim")
    if not isinstance(tables, list) or not tables or set(data) != {"claim"}:
        raise InvalidInput(
            f"file {name!r} must hold [[claim]] tables only, at least one: see the example in the README"
        )
    lines = [
        i
        for i, line in enumerate(text.splitlines(), 1)
        if line.split("#")[0].strip().replace(" ", "") == "[[claim]]"
    ]
    claims: list[Claim] = []
    for number, table in enumerate(tables):
        line = lines[number] if number < len(lines) else 1
        claims.append(_claim(table, line, {c.id for c in claims}))
    return claims


def _claim(table: Any, line: int, earlier: set[str]) -> Claim:
    if not isinstance(table, dict) or not set(table) <= FIELDS:
        extra = sorted(set(table) - FIELDS) if isinstance(table, dict) else []
        raise InvalidInput(
            f"line {line}: a claim has {extra or 'the wrong form'}; its fields are {sorted(FIELDS)}"
        )
    identity, statement = table.get("id"), table.get("statement")
    if not isinstance(identity, str) or not identity.strip():
        raise InvalidInput(f"line {line}: id={identity!r} must be a name in quotes")
    if identity in earlier:
        raise InvalidInput(f"line {line}: id {identity!r} is used twice: give each claim its own")
    if not isinstance(statement, str):
        raise InvalidInput(
            f"line {line}: claim {identity!r} has statement={statement!r}: write it as text in quotes"
        )
    where, uses, let = table.get("where", []), table.get("uses", []), table.get("let", {})
    for name, values in (("where", where), ("uses", uses)):
        if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
            raise InvalidInput(f"line {line}: {name} of claim {identity!r} must be a list of texts")
    if not isinstance(let, dict) or not all(
        isinstance(v, (str, int)) and not isinstance(v, bool) for v in let.values()
    ):
        raise InvalidInput(
            f"line {line}: let of claim {identity!r} must give each name an expression in quotes"
        )
    for used in uses:
        if used not in earlier:
            raise InvalidInput(
                f"line {line}: claim {identity!r} uses {used!r}, which is not an earlier claim"
            )
    return Claim(identity, statement, list(where), {k: str(v) for k, v in let.items()}, list(uses), line)


# -- the command ----------------------------------------------------------------------

STATUS = {"error": 2, "refuted": 1, "undecided": 3}


def exit_status(verdicts: Sequence[str]) -> int:
    """0 all proved, 2 a wrong input, 1 something refuted, 3 something undecided."""
    for verdict, status in STATUS.items():
        if verdict in verdicts:
            return status
    return 0


def check_one(
    statement: str,
    where: Sequence[str] = (),
    let: Mapping[str, str] | None = None,
    seconds: float = DEFAULT_TIMEOUT,
) -> dict[str, Any]:
    """Judge one statement in a process of its own, stopped after `seconds`.

    Raises: InvalidInput for a wrong input.
    """
    from proofs.kernel.reader import read_statement

    read_statement(statement, where, let)  # a wrong input is refused at once, without a process
    (result,) = check_claims([Claim("statement", statement, list(where), dict(let or {}))], seconds)
    if result["verdict"] == "error":
        raise InvalidInput(result["message"])
    return result
