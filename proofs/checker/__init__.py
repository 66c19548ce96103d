"""The checker: re-checks certificates and witnesses. It may not be wrong; it imports the kernel and `theory.exact` alone.

`recheck` looks at a statement and at what an engine brought: it makes no search and takes no clock.
"""

from __future__ import annotations

import importlib

from proofs.kernel.statements import Statement
from proofs.kernel.verdict import Evidence

ENGINES = frozenset({"matrices", "identities", "holds", "limits", "suprema", "monotone", "enclosures"})  # each by the module of its name


def recheck(statement: Statement, evidence: Evidence) -> bool:
    """Whether the certificate or the witness of the evidence stands up, from the statement alone.

    A HOLDS needs a certificate that replays; a FAILS needs a witness at which the premises surely hold and
    the statement surely fails.
    """
    try:
        return evidence.engine in ENGINES and bool(importlib.import_module(f"{__name__}.{evidence.engine}").recheck(statement, evidence))
    except Exception:  # noqa: BLE001 - whatever does not replay is not a proof
        return False
