"""The ledger: every claim, judged on all cores, with what did not change taken from the cache."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import pkgutil
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import cache, partial

import proofs.claims
from proofs import cache as kept
from proofs import engines
from proofs.coq import audit, build
from proofs.dependencies import fingerprint
from proofs.kernel.claim import Claim
from proofs.kernel.judge import Finding, Findings, Row, investigate, mint
from proofs.kernel.verdict import HELD, Evidence, Outcome, Verdict
from theory.exact import InvalidInput

SECONDS_PER_CLAIM = 900.0  # ten times what the longest claim takes: beyond it a road hangs, and is no evidence


@cache
def _modules() -> dict[str, str]:
    """Claim id → the module it stands in, in ledger order."""
    found: dict[str, str] = {}
    for info in pkgutil.iter_modules(proofs.claims.__path__, "proofs.claims."):
        for claim in getattr(importlib.import_module(info.name), "CLAIMS", ()):
            if claim.id in found:
                raise ValueError(f"claim id {claim.id} stands twice: in {found[claim.id]} and {info.name}")
            found[claim.id] = info.name
    return found


def claims(ids: Iterable[str] = ()) -> tuple[Claim, ...]:
    """The named claims, or all of them.

    Raises: InvalidInput for an unknown id.
    """
    everything = {claim.id: claim for module in dict.fromkeys(_modules().values())
                  for claim in importlib.import_module(module).CLAIMS}
    for claim_id in ids:
        if claim_id not in everything:
            raise InvalidInput(f"claim {claim_id!r} is not in the ledger: 'ufm verify --list' lists the names")
    return tuple(everything[claim_id] for claim_id in dict.fromkeys(ids)) or tuple(everything.values())


@cache
def _kernel_key() -> str:
    return build.fingerprint()


def key(claim_id: str) -> str:
    """What findings on this claim depend on: its module, the judge, the engines, the proofs, and the versions."""
    (claim,) = claims([claim_id])
    code = fingerprint(_modules()[claim_id], "proofs.kernel.judge", "proofs.coq.audit", *(
        f"proofs.engines.{info.name}" for info in pkgutil.iter_modules(engines.__path__)))
    return f"{code} {_kernel_key()}" if claim.coq else code


def audited(chosen: Iterable[Claim], fresh: bool = False) -> audit.Audit | None:
    """What Coq's kernel says of the theorems of these claims, from a build that is made where it is missing, or made anew."""
    proved = [claim for claim in chosen if claim.coq]
    return audit.run(proved, fresh) if proved else None


def _investigate(ids: tuple[str, ...], kernel: audit.Audit | None) -> tuple[Findings, ...]:
    return tuple(investigate(claim, engines.decide, engines.recheck,
                             kernel=partial(audit.evidence, kernel) if kernel else None) for claim in claims(ids))


def _jobs(ids: Iterable[str]) -> list[tuple[str, ...]]:
    """What is investigated in one process: each claim by itself, those that share a run together and first."""
    jobs: dict[str, list[str]] = {}
    for claim in claims(ids):
        jobs.setdefault(claim.shares or claim.id, []).append(claim.id)
    return [tuple(job) for job in sorted(jobs.values(), key=lambda job: -len(job))]


def judged(ids: Iterable[str] = (), fresh: bool = False,
           progress: Callable[[str], None] = lambda claim_id: None) -> Iterator[Row]:
    """Rows of the named claims (or all), each as soon as it is judged; findings are kept at once.

    Arguments: `fresh` ignores kept findings; `progress` is told each claim that is done.
    """
    waiting = []
    for claim in claims(ids):
        findings = None if fresh else kept.load(claim.id, key(claim.id))
        if findings is None:
            waiting.append(claim.id)
        else:
            progress(claim.id)
            yield mint(claim.id, findings)
    if not waiting:
        return
    kernel = audited(claims(waiting), fresh)
    if kernel and (reason := kernel.absent or kernel.broken):
        sys.stderr.write(f"ufm: the Coq road is not checked: {reason}\n")
    lanes = [_lane() for _ in range(min(len(waiting), os.cpu_count() or 1))]
    try:
        for claim_id, findings, finished in _in_lanes(lanes, deque(_jobs(waiting)), kernel):
            if finished and not _absent(findings):  # the tool may come
                kept.store(claim_id, key(claim_id), findings)
            progress(claim_id)
            yield mint(claim_id, findings)
    except BaseException:
        for lane in lanes:  # an interrupt must not wait for a long statement
            _kill(lane)
        raise
    finally:
        for lane in lanes:
            lane.shutdown(wait=True, cancel_futures=True)


def _lane() -> ProcessPoolExecutor:
    """A pool of one process, so that it can be killed without taking other claims along."""
    context = multiprocessing.get_context("spawn")  # a forked child would share the parent's threads and locks
    return ProcessPoolExecutor(1, mp_context=context, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN))


def _kill(lane: ProcessPoolExecutor) -> None:
    for process in list((lane._processes or {}).values()):
        process.kill()


def _in_lanes(lanes: list[ProcessPoolExecutor], waiting: deque[tuple[str, ...]],
              kernel: audit.Audit | None) -> Iterator[tuple[str, Findings, bool]]:
    """Claim, findings, and whether the investigation finished; a lane that hangs or dies is replaced in `lanes`."""
    running: dict[Future[tuple[Findings, ...]], tuple[int, tuple[str, ...], float]] = {}
    free = list(range(len(lanes)))
    while waiting or running:
        while free and waiting:
            lane, ids = free.pop(), waiting.popleft()
            future = lanes[lane].submit(_investigate, ids, kernel)
            running[future] = (lane, ids, time.monotonic() + SECONDS_PER_CLAIM)
        first = min(stop_at for _, _, stop_at in running.values())
        wait(running, timeout=max(0.0, first - time.monotonic()), return_when=FIRST_COMPLETED)
        for future, (lane, ids, stop_at) in list(running.items()):
            if not future.done() and time.monotonic() < stop_at:
                continue
            del running[future]
            free.append(lane)
            if not future.done():
                _kill(lanes[lane])
            try:
                found, finished = future.result(), True
            except BrokenProcessPool:
                lanes[lane] = _lane()
                hung = time.monotonic() >= stop_at
                why = f"stopped after {SECONDS_PER_CLAIM:g} s" if hung else "its process died"
                found, finished = (_unfinished(why),) * len(ids), False
            for claim_id, findings in zip(ids, found, strict=True):
                yield claim_id, findings, finished


def _unfinished(why: str) -> Findings:
    """What is known of a claim whose investigation did not come back: nothing."""
    evidence = Evidence(road="ledger", engine="ledger", outcome=Outcome.UNSETTLED, note=why)
    return Findings(vacuous=(), parts=(Finding(says="the investigation ends", evidence=evidence, rechecked=False),), runs=(),
                    near_misses=(), seconds=SECONDS_PER_CLAIM)


def _absent(findings: Findings) -> bool:
    """Whether a tool was missing that the key of the findings does not name (it names Coq)."""
    return any(finding.evidence.outcome is Outcome.ABSENT and finding.evidence.road != "coq"
               for finding in (*findings.parts, *findings.runs))


def exit_status(rows: Iterable[Row], optional: bool = False) -> int:
    """0 all held, 1 something is refuted or broken, 3 undecided.

    A refuted claim whose repair is among the rows and holds is settled: the ledger knows it is false as
    stated and says what is true instead. `optional`: rows whose tool is absent decide nothing, as when the whole
    ledger is judged on a plain installation; they never count as held, and where nothing else was checked the
    status is 3.
    """
    by_id = {row.claim_id: row for row in rows}
    status = 0
    for row in by_id.values():
        (claim,) = claims([row.claim_id])
        repair = by_id.get(claim.repaired_by or "")
        if row.verdict is Verdict.REFUTED and not (repair and repair.verdict in HELD):
            return 1
        if row.problems:
            return 1
        if row.verdict is Verdict.UNDECIDED or (row.verdict is Verdict.NOT_CHECKED and not optional):
            status = 3
    return status if any(row.verdict is not Verdict.NOT_CHECKED for row in by_id.values()) else 3
