"""The ledger: every claim, judged on all cores, with what did not change taken from the cache."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import cache, partial

from proofs import engines
from proofs.claims import registry
from proofs.coq import audit, build, statements
from proofs.kernel import verdict
from proofs.kernel.claim import Claim
from proofs.kernel.judge import Findings, Row, investigate, mint
from proofs.kernel.verdict import HELD, Outcome, Verdict
from proofs.ledger import jobs
from proofs.store import cache as kept
from proofs.store.dependencies import fingerprint

SECONDS_PER_CLAIM = 1800.0  # of processor time, many times what the longest claim takes on a slow machine: beyond it a road hangs
ENGINES = tuple(f"proofs.engines.{info.name}" for info in pkgutil.iter_modules(engines.__path__))


@cache
def kernel_key() -> str:
    """What findings of Coq's kernel depend on."""
    return build.fingerprint()


def key(claim_id: str) -> str:
    """What findings on this claim depend on: its module, the judge, the engines, the proofs, and the versions."""
    (claim,) = registry.claims([claim_id])
    code = fingerprint(
        registry.module_of(claim_id), "proofs.kernel.judge", "proofs.coq.audit", *(statements.glossaries() if claim.coq else ()), *ENGINES
    )
    return f"{code} {kernel_key()}" if claim.coq else code


def audited(chosen: Iterable[Claim], fresh: bool = False) -> audit.Audit | None:
    """What Coq's kernel says of the theorems of these claims, from a build that is made where it is missing, or made anew."""
    proved = [claim for claim in chosen if claim.coq]
    return audit.run(proved, fresh) if proved else None


def investigated(ids: tuple[str, ...], kernel: audit.Audit | None) -> tuple[Findings, ...]:
    """The findings on these claims, in this process and on one core: there is a job for each core, and threads that wait use it up."""
    from numerics.integrate import one_thread  # loaded where something is investigated

    return one_thread(_investigated)(ids, kernel)


def _investigated(ids: tuple[str, ...], kernel: audit.Audit | None) -> tuple[Findings, ...]:
    return tuple(
        investigate(claim, engines.decide, engines.recheck, kernel=partial(audit.evidence, kernel) if kernel else None)
        for claim in registry.claims(ids)
    )


def jobs_of(ids: Iterable[str], kernel: audit.Audit | None) -> list[jobs.Job[tuple[Findings, ...]]]:
    """What is investigated in one process: each claim by itself, those that share a run together and first."""
    together: dict[str, list[str]] = {}
    for claim in registry.claims(ids):
        together.setdefault(claim.shares or claim.id, []).append(claim.id)
    return [
        jobs.Job(" ".join(group), partial(investigated, tuple(group), kernel), SECONDS_PER_CLAIM * len(group))
        for group in sorted(together.values(), key=lambda group: -len(group))
    ]


def judged(ids: Iterable[str] = (), fresh: bool = False, progress: Callable[[str], None] = lambda claim_id: None) -> Iterator[Row]:
    """Rows of the named claims (or all), each as soon as it is judged; findings are kept at once.

    Arguments: `fresh` ignores kept findings; `progress` is told each claim that is done.
    """
    waiting = []
    for claim in registry.claims(ids):
        findings = None if fresh else kept.load(claim.id, key(claim.id))
        if findings is None:
            waiting.append(claim.id)
        else:
            progress(claim.id)
            yield mint(claim, findings)
    if not waiting:
        return
    kernel = audited(registry.claims(waiting), fresh)
    if kernel and (reason := kernel.absent or kernel.broken):
        sys.stderr.write(f"ufm: the Coq road is not checked: {reason}\n")
    for engine in ENGINES:
        importlib.import_module(engine)  # what this process has loaded the fork server loads once, and not each job for itself
    with closing(jobs.run(deque(jobs_of(waiting, kernel)), "forkserver")) as ended:
        for job, found in ended:
            for place, claim in enumerate(registry.claims(job.name.split())):
                findings = found.findings() if isinstance(found, jobs.Stopped) else found[place]
                if not isinstance(found, jobs.Stopped) and not _absent(findings):  # a missing tool may be installed later
                    kept.store(claim.id, key(claim.id), findings)
                progress(claim.id)
                yield mint(claim, findings)


def _absent(findings: Findings) -> bool:
    """Whether a tool was missing that the key of the findings does not name (it names Coq)."""
    return any(
        finding.evidence.outcome is Outcome.ABSENT and finding.evidence.road != "coq" for finding in (*findings.parts, *findings.runs)
    )


def kept_of(rows: Iterable[Row]) -> int:
    """On how many of these rows the findings are kept, for the next run to take."""
    return sum(kept.load(row.claim_id, key(row.claim_id)) is not None for row in rows)


def exit_status(rows: Iterable[Row], optional: bool = False) -> int:
    """0 all held, 1 something is refuted or broken, 3 undecided.

    A refuted claim whose repair is among the rows and holds is settled: the ledger knows it is false as
    stated and says what is true instead. `optional`: rows whose tool is absent decide nothing, as when the whole
    ledger is judged on a plain installation; they never count as held, and where nothing else was checked the
    status is 3.
    """
    by_id = {row.claim_id: row for row in rows}
    counted = []
    for claim in registry.claims(by_id) if by_id else ():
        row, repair = by_id[claim.id], by_id.get(claim.repaired_by or "")
        if row.problems:
            return 1
        settled = row.verdict is Verdict.REFUTED and repair is not None and repair.verdict in HELD
        if not settled and not (optional and row.verdict is Verdict.NOT_CHECKED):
            counted.append(row.verdict)
    return verdict.exit_status(counted)
