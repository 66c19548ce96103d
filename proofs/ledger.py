"""The ledger: every claim, judged on all cores, with what did not change taken from the cache."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import pkgutil
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache

import proofs.claims
from proofs import cache as kept
from proofs import engines
from proofs.claim import Claim
from proofs.dependencies import fingerprint
from proofs.judge import Findings, Row, investigate, mint
from proofs.verdict import HELD, Outcome, Verdict
from theory.exact import InvalidInput


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


def key(claim_id: str) -> str:
    """What findings on this claim depend on: its module, the judge, the engines, and the versions."""
    return fingerprint(_modules()[claim_id], "proofs.judge", *(f"proofs.engines.{info.name}" for info in
                                                              pkgutil.iter_modules(engines.__path__)))


def _investigate(ids: tuple[str, ...]) -> tuple[Findings, ...]:
    return tuple(investigate(claim, engines.decide, engines.recheck) for claim in claims(ids))


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
    context = multiprocessing.get_context("spawn")  # a forked child would share the parent's threads and locks
    workers = min(len(waiting), os.cpu_count() or 1)
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=signal.signal,
                               initargs=(signal.SIGINT, signal.SIG_IGN))
    try:
        futures = {pool.submit(_investigate, job): job for job in _jobs(waiting)}
        for future in as_completed(futures):
            for claim_id, findings in zip(futures[future], future.result(), strict=True):
                if not _absent(findings):  # the tool may come
                    kept.store(claim_id, key(claim_id), findings)
                progress(claim_id)
                yield mint(claim_id, findings)
    except BaseException:
        for process in list(pool._processes.values()):  # an interrupt must not wait for a long statement
            process.kill()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _absent(findings: Findings) -> bool:
    return any(finding.evidence.outcome is Outcome.ABSENT for finding in (*findings.parts, *findings.runs))


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
