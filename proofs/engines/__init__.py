"""The engines: each decides statements of some kinds, and re-checks what it claims.

`decide` asks them in order and returns the first settled evidence; `recheck` verifies a certificate or a
witness from the statement alone, with no search.
"""

from __future__ import annotations

import dataclasses
import time
from typing import Any

from proofs.kernel.statements import Statement
from proofs.kernel.verdict import Evidence, Outcome, Reason

DEFAULT_SECONDS = 30.0


def decide(statement: Statement, seconds: float = DEFAULT_SECONDS) -> Evidence:
    """Evidence on a statement: HOLDS or FAILS with what `recheck` needs, else UNSETTLED with the reason.

    Arguments: `seconds`, when the engines give up (they ask the clock; only a process limit is certain).
    """
    from proofs.engines import holds, identities, limits, matrices, monotone, suprema

    start = time.process_time()
    deadline = start + seconds
    notes: list[str] = []
    reason: Reason | None = None
    engines: tuple[Any, ...] = (matrices, identities, holds, limits, suprema, monotone)
    for engine in engines:
        try:
            evidence: Evidence | None = engine.decide(statement, deadline)
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


def recheck(statement: Statement, evidence: Evidence) -> bool:
    """Whether the certificate or the witness of the evidence stands up, from the statement alone.

    A HOLDS needs a certificate that replays; a FAILS needs a witness at which the premises surely hold and
    the statement surely fails.
    """
    from proofs.engines import holds, identities, limits, matrices, monotone, suprema

    engines: dict[str, Any] = {"matrices": matrices, "identities": identities, "holds": holds, "limits": limits,
                               "suprema": suprema, "monotone": monotone}
    engine = engines.get(evidence.engine)
    if engine is None:
        return False
    try:
        return bool(engine.recheck(statement, evidence))
    except Exception:  # noqa: BLE001 - whatever does not replay is not a proof
        return False
