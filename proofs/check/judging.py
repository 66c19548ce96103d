"""Judging a user's own statements: each is a claim to the ledger's judge, in a process that its limit stops.

A step of a derivation becomes a `Question`, whose parts are the statements of its text. The judge's verdict on it, and what
its parts brought, become the contract's JSON object here and nowhere else.
"""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import Any

from proofs import checker, engines, search
from proofs.check.files import Step
from proofs.check.statements import statements_of
from proofs.kernel.claim import Question
from proofs.kernel.judge import Finding, Findings, Row, investigate, mint, part_verdict
from proofs.kernel.verdict import Outcome, Reason, Verdict
from proofs.ledger import jobs
from proofs.store.dependencies import versions
from theory.exact import InvalidInput

DEFAULT_TIMEOUT = 30.0  # seconds of processor time
GRACE = 1.0  # seconds that the engines are given less than their process, to answer by themselves
WORDS = {Verdict.PROVED: "proved", Verdict.DERIVED: "derived", Verdict.REFUTED: "refuted", Verdict.UNDECIDED: "undecided"}
HELD = frozenset({"proved", "derived"})

Texts = tuple[str, Sequence[str], Mapping[str, str]]  # statement, where, let


def check_statement(
    statement: str,
    where: Sequence[str] = (),
    let: Mapping[str, str] | None = None,
    seconds: float = DEFAULT_TIMEOUT,
    premises: Sequence[Texts] = (),
) -> dict[str, Any]:
    """Judge one statement in this process.

    Arguments: `where`, `let` as the command line has them; `seconds` of processor time, after which the engines give up;
    `premises`, claims that hold.
    Returns: the contract's JSON object; `reason` says why.
    Raises: InvalidInput where a text is not in the grammar, or nothing satisfies the premises.
    """
    step = Step("statement", statement, list(where), dict(let or {}))
    return {"statement": statement, "where": list(where), **_result(step, _investigated(step, premises, seconds)), "versions": versions()}


def _investigated(step: Step, premises: Sequence[Texts], seconds: float) -> Findings:
    """What the engines bring on the parts of a step; a part is given the time that those before it left."""
    deadline = time.process_time() + seconds
    parts = tuple(
        dataclasses.replace(part, id=f"part-{place}")
        for place, part in enumerate(statements_of(step.statement, step.where, step.let, premises), 1)
    )
    question = Question(id=step.id, says=step.statement, parts=lambda said: parts)
    return investigate(question, lambda statement, _: engines.decide(statement, deadline - time.process_time()), engines.recheck)


def _answer(step: Step, premises: Sequence[Texts], seconds: float) -> Findings | InvalidInput:
    """`_investigated` in a job's process: wrong input of one step must not end the others."""
    try:
        return _investigated(step, premises, seconds)
    except InvalidInput as error:
        return error


def _result(step: Step, found: Findings) -> dict[str, Any]:
    """The judge's verdict in the contract's words, with what decides it.

    Raises: InvalidInput where the premises contradict each other.
    """
    if any(finding.evidence.reason is Reason.CONTRADICTORY_PREMISES for finding in found.parts):
        raise InvalidInput(f"where {step.where} cannot hold together: nothing satisfies the premises, so drop or mend one")
    row = mint(Question(id=step.id, says=step.statement), found)
    word = WORDS.get(row.verdict, "undecided")
    result = {"verdict": word, **(_joined(row.findings.parts) if word in HELD else _told(_deciding(row)))}
    return {**result, "seconds": round(found.seconds, 4)}


def _deciding(row: Row) -> Finding:
    """The first of the parts that make the verdict what it is."""
    return next((finding for finding in row.findings.parts if part_verdict(finding) is row.verdict), row.findings.parts[-1])


def _joined(parts: Sequence[Finding]) -> dict[str, Any]:
    """Statements joined by `and` that hold, with all that they rest on."""
    told = [_told(part) for part in parts]
    if len(told) == 1:
        return told[0]
    return {
        **blank(),
        "method": "; ".join(each["method"] for each in told),
        "reason": "all parts hold" + ("" if all(part_verdict(part) is Verdict.PROVED for part in parts) else ", and some are only derived"),
        "trusts": sorted({name for each in told for name in each["trusts"]}),
        "certificate": {"parts": [each["certificate"] for each in told]},
        "side_conditions": sorted({condition for each in told for condition in each["side_conditions"]}),
    }


def _told(finding: Finding) -> dict[str, Any]:
    """What one part's evidence says: how it was settled, or why it is open."""
    evidence, verdict = finding.evidence, part_verdict(finding)
    told = {**blank(), "reason": evidence.note, "side_conditions": list(evidence.side_conditions)}
    if verdict is Verdict.UNDECIDED:
        if evidence.outcome in (Outcome.HOLDS, Outcome.FAILS):
            told["reason"] = f"the evidence did not survive its re-check ({evidence.note})"
        return told
    if finding.arrived_settled:
        told["reason"] = "it says no more than that something equals itself"
    return {
        **told,
        "method": ": ".join(filter(None, (evidence.engine, evidence.note))),
        "trusts": list(evidence.trusts),
        "witness": evidence.witness and dict(evidence.witness),
        "certificate": evidence.certificate and dict(evidence.certificate),
    }


def blank() -> dict[str, Any]:
    """A new result that says nothing: its lists are the caller's own."""
    return {"method": "", "reason": "", "trusts": [], "witness": None, "certificate": None, "side_conditions": []}


def start_up(many: bool) -> None:
    """Import what the jobs need before they are forked: one start-up for all."""
    for package in (engines, checker, search):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    if many:
        from proofs.checker.solver import installed

        for name in ("scipy.optimize", *(("z3", "cvc5.pythonic") if installed() else ())):
            importlib.import_module(name)


def check_claims(
    steps: Sequence[Step], seconds: float = DEFAULT_TIMEOUT, progress: Callable[[str], None] | None = None
) -> list[dict[str, Any]]:
    """Judge the steps of a derivation, in parallel where they do not rest on each other.

    Arguments: `seconds` of processor time for each step.
    Returns: one JSON object a step, in order. A step that rests on one that does not hold is undecided and says so; one with
    wrong input has the verdict "error" and a message. The others are judged all the same.
    """
    start_up(len(steps) > 1)
    by_id = {step.id: step for step in steps}
    results: dict[str, dict[str, Any]] = {}
    later = list(steps)
    ready: deque[jobs.Job[Findings | InvalidInput]] = deque()

    def finish(step: Step, found: Findings | InvalidInput) -> None:
        results[step.id] = _complete(step, found)
        if progress is not None:
            progress(f"{step.id}: {results[step.id]['verdict']}")

    def release() -> None:
        """Every step whose used ones are judged: in their order, so that what rests on a broken one is met after it."""
        for step in list(later):
            if not all(name in results for name in step.uses):
                continue
            later.remove(step)
            broken = next((name for name in step.uses if results[name]["verdict"] not in HELD), None)
            if broken is None:
                premises = [(used.statement, used.where, used.let) for used in steps if used.id in step.uses]
                ready.append(jobs.Job(step.id, partial(_answer, step, premises, max(seconds - GRACE, seconds / 2)), seconds))
            else:
                why = f"rests on {broken!r} (line {by_id[broken].line}), which is {results[broken]['verdict']}"
                finish(step, jobs.nothing_found(why))

    release()
    with closing(jobs.run(ready, "fork")) as ended:
        for job, found in ended:
            finish(by_id[job.name], found.findings() if isinstance(found, jobs.Stopped) else found)
            release()
    return [results[step.id] for step in steps]


def _complete(step: Step, found: Findings | InvalidInput) -> dict[str, Any]:
    """A result with every field of the contract."""
    try:
        if isinstance(found, InvalidInput):
            raise found
        result = _result(step, found)
    except InvalidInput as error:
        result = {"verdict": "error", **blank(), "message": str(error), "seconds": 0.0}
    full = {
        "id": step.id,
        "line": step.line,
        "statement": step.statement,
        "where": list(step.where),
        "uses": list(step.uses),
        **result,
        "coq": None,
        "versions": versions(),
    }
    return full if step.line else {name: value for name, value in full.items() if name not in ("id", "line", "uses")}


def check_one(
    statement: str, where: Sequence[str] = (), let: Mapping[str, str] | None = None, seconds: float = DEFAULT_TIMEOUT
) -> dict[str, Any]:
    """Judge one statement in a process of its own, stopped beyond `seconds` of processor time.

    Raises: InvalidInput for a wrong input.
    """
    step = Step("statement", statement, list(where), dict(let or {}))
    statements_of(statement, where, let, ())  # a wrong input is refused at once, without a process
    (result,) = check_claims([step], seconds)
    if result["verdict"] == "error":
        raise InvalidInput(result["message"])
    return result
