"""The engines: each decides statements of some kinds. They ask the search; the checker looks at what they bring."""

from __future__ import annotations

import dataclasses
import time
from typing import Any

from proofs.checker import recheck
from proofs.kernel.statements import FirstTime, Holds, Increasing, Limit, MatrixIdentity, Statement, Supremum
from proofs.kernel.verdict import Evidence, Outcome

DEFAULT_SECONDS = 30.0


def decide(statement: Statement, seconds: float = DEFAULT_SECONDS) -> Evidence:
    """Evidence on a statement: HOLDS or FAILS with what `recheck` needs, else UNSETTLED with the reason.

    Arguments: `seconds` of processor time, when the engines give up (they ask the clock; only a process limit is certain).
    """
    start = time.process_time()
    notes, reason = [], None
    asked: tuple[Any, ...]
    if isinstance(statement, Holds):  # engines of other kinds are not loaded for it
        from proofs.engines import holds, identities

        asked = (identities, holds)
    else:
        from proofs.engines import enclosures, limits, matrices, monotone, suprema

        kinds = {MatrixIdentity: matrices, Limit: limits, Supremum: suprema, Increasing: monotone, FirstTime: enclosures}
        asked = tuple(engine for kind, engine in kinds.items() if type(statement) is kind)
    for engine in asked:
        try:
            evidence: Evidence | None = engine.decide(statement, start + seconds)
        except Exception as error:  # noqa: BLE001 - a crash of an engine is never a verdict
            notes.append(f"{engine.__name__.rpartition('.')[2]} stopped with {type(error).__name__}: {error}")
            continue
        if evidence is None:
            continue
        if evidence.outcome in (Outcome.HOLDS, Outcome.FAILS):
            return dataclasses.replace(evidence, seconds=time.process_time() - start)
        notes.append(evidence.note)
        reason = reason or evidence.reason
    return Evidence(
        road="exact",
        engine="engines",
        outcome=Outcome.UNSETTLED,
        reason=reason,
        note="; ".join(n for n in notes if n) or "no engine for this kind of statement",
        seconds=time.process_time() - start,
    )


__all__ = ["DEFAULT_SECONDS", "decide", "recheck"]
