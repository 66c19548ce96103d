"""Judging a user's own statements: each is a claim to the ledger's judge, in a process that its limit stops.

The text of a step of a derivation is read here, once, as the statements that are its parts. The judge's verdict on them as a
`Question`, and what they brought, become the JSON object that `ufm check --json` prints, here and nowhere else.
"""

from __future__ import annotations

import importlib
import pkgutil
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import Any

from numerics.cores import cores
from proofs import engines
from proofs.check.files import Step
from proofs.check.steps import HELD, WORDS, Answered, Asked, Source, answered, known_of, read_step
from proofs.kernel.claim import Question
from proofs.kernel.judge import Finding, Row, mint, part_verdict
from proofs.kernel.reader import read_statement
from proofs.kernel.verdict import Evidence, Outcome, Reason, Verdict
from proofs.ledger import jobs
from proofs.store.dependencies import versions
from theory.exact import InvalidInput

DEFAULT_TIMEOUT = 30.0  # seconds of processor time
SYMPY_PARTS = ("sympy.tensor.tensor", "sympy.codegen.ast", "sympy.sets.setexpr", "sympy.assumptions.wrapper")  # that sums and printers load
GRACE = 1.0  # seconds that the engines are given less than their process, to answer by themselves
REHEARSED = "exp(x) >= 1 + x"

Progress = Callable[[str], None] | None
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
    Returns: the JSON object of `ufm check --json`, without what Coq says; `reason` says why.
    Raises: InvalidInput where a text is not in the grammar, or nothing satisfies the premises.
    """
    known = [fact for text, conditions, names in premises for fact in known_of(read_statement(text, conditions, names))]
    parts = read_statement(statement, where, let, known)
    result = _result(Step("statement", statement, list(where)), answered(Asked(parts), partial(by_engines, seconds)))
    if result["verdict"] == "error":
        raise InvalidInput(result["message"])
    return {name: value for name, value in result.items() if name != "coq"}


def by_engines(seconds: float) -> Source:
    """The engines, who share so much processor time of this process from now on: each statement is given what is left."""
    deadline = time.process_time() + seconds
    return Source(engines.decide, engines.recheck, lambda: deadline - time.process_time())


def _result(step: Step, found: Answered | InvalidInput) -> dict[str, Any]:
    """The JSON object of a step, with the judge's verdict and what decides it; a wrong input has the verdict "error".

    Premises that contradict each other are a wrong input too, which only an engine sees.
    """
    judged: dict[str, Any]
    if isinstance(found, Answered) and any(
        each.evidence.reason is Reason.CONTRADICTORY_PREMISES for one in (found.findings, *found.instances) for each in one.parts
    ):
        found = InvalidInput(f"where {step.where} cannot hold together: nothing satisfies the premises, so drop or mend one")
    if isinstance(found, InvalidInput):
        judged = {"verdict": "error", **blank(), "message": str(found), "seconds": 0.0}
    else:
        row = mint(Question(id=step.id, says=step.statement), found.findings)
        word = WORDS.get(row.verdict, "undecided")
        told = _joined(row.findings.parts) if word in HELD else _told(_deciding(row))
        instances = [_joined(premises.parts) for premises in found.instances]
        if word in HELD and instances:  # it rests on what its instances rest on too
            told["trusts"] = sorted({name for each in (told, *instances) for name in each["trusts"]})
        seconds = sum(each.seconds for each in (found.findings, *found.instances))
        judged = {"verdict": word, **told, "seconds": round(seconds, 4), **({"instances": instances} if instances else {})}
    place = {"id": step.id, "line": step.line} if step.line else {}
    uses = {"uses": [*step.uses, *map(str, step.instances)]} if step.line else {}
    reads = {"reads": step.reads} if step.reads else {}
    return {**place, "statement": step.statement, "where": list(step.where), **uses, **reads, **judged, "coq": None, "versions": versions()}


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


def start_up() -> None:
    """Import what many jobs need before they are forked: one start-up for all. A single one imports what it needs itself.

    One statement is judged here besides: what SymPy loads and caches at its first use is then loaded once and not in each job anew,
    where it takes four times as long as an easy statement.
    """
    from proofs import checker, search
    from proofs.checker import solver

    for package in (engines, checker, search):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    for name in ("scipy.optimize", "clarabel", *SYMPY_PARTS, *(("z3", "cvc5.pythonic") if solver.installed() else ())):
        importlib.import_module(name)
    check_statement(REHEARSED)


def check_claims(
    steps: Sequence[Step],
    seconds: float = DEFAULT_TIMEOUT,
    progress: Progress = None,
    coq: bool = False,
    kept: dict[str, tuple[Evidence, ...]] | None = None,
) -> list[dict[str, Any]]:
    """Judge the steps of a derivation, in parallel where they do not rest on each other.

    Arguments: `seconds` of processor time for each step; `progress` is told each that is judged; `coq`, whether what holds
    is proved again by Coq; `kept` is given the evidence behind each verdict, by the id of its step.
    Returns: one JSON object a step, in order. A step that rests on one that does not hold is undecided and says so; one with
    wrong input has the verdict "error" and a message. The others are judged all the same.
    """
    by_id = {step.id: step for step in steps}
    asked: dict[str, Asked] = {}
    results: dict[str, dict[str, Any]] = {}
    later = list(steps)
    ready: deque[jobs.Job[Answered]] = deque()
    begin = partial(by_engines, max(seconds - GRACE, seconds / 2))

    def finish(name: str, found: Answered | InvalidInput) -> None:
        results[name] = _result(by_id[name], found)
        if progress is not None:
            progress(f"{name}: {results[name]['verdict']}")

    def release() -> None:
        """Every step whose used ones are judged: in their order, so that what rests on a broken one is met after it."""
        for step in list(later):
            if not all(name in results for name in step.needs()):
                continue
            later.remove(step)
            broken = next((name for name in step.needs() if results[name]["verdict"] not in HELD), None)
            if broken is not None:
                why = f"rests on {broken!r} (line {by_id[broken].line}), which is {results[broken]['verdict']}"
                finish(step.id, Answered(jobs.nothing_found(why)))
                continue
            try:
                asked[step.id] = read_step(step, asked)
            except InvalidInput as error:
                finish(step.id, error)
            else:
                ready.append(jobs.Job(step.id, partial(answered, asked[step.id], begin), seconds))

    release()
    if ready and len(steps) > 1:
        start_up()
    with closing(jobs.run(ready, "fork")) as ended:
        for job, found in ended:
            told = Answered(found.findings()) if isinstance(found, jobs.Stopped) else found
            if kept is not None:
                kept[job.name] = told.evidence
            finish(job.name, told)
            release()
    judged = [results[step.id] for step in steps]
    if coq:
        from proofs.check.coq import confirm_all  # loaded where it is asked for

        return confirm_all(judged, [asked[step.id].parts if step.id in asked else [] for step in steps], cores(), progress)
    return judged


def check_one(
    statement: str, where: Sequence[str] = (), let: Mapping[str, str] | None = None, seconds: float = DEFAULT_TIMEOUT, coq: bool = False
) -> dict[str, Any]:
    """Judge one statement in a process of its own, stopped beyond `seconds` of processor time.

    Arguments: as those of `check_claims`.
    Raises: InvalidInput for a wrong input, at once where the text is not in the grammar.
    """
    (result,) = check_claims([Step("statement", statement, list(where), dict(let or {}))], seconds, coq=coq)
    if result["verdict"] == "error":
        raise InvalidInput(result["message"])
    return result
