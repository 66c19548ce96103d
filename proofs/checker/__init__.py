"""The checker: re-checks certificates and witnesses. It may not be wrong; it imports the kernel and `theory.exact` alone.

`recheck` looks at a statement and at what an engine brought: it makes no search and takes no clock.
"""

from __future__ import annotations

from proofs.kernel.statements import Statement
from proofs.kernel.verdict import Evidence


def recheck(statement: Statement, evidence: Evidence) -> bool:
    """Whether the certificate or the witness of the evidence stands up, from the statement alone.

    A HOLDS needs a certificate that replays; a FAILS needs a witness at which the premises surely hold and
    the statement surely fails.
    """
    from proofs.checker import enclosures, holds, identities, limits, matrices, monotone, suprema

    checkers = {
        "matrices": matrices.recheck,
        "identities": identities.recheck,
        "holds": holds.recheck,
        "limits": limits.recheck,
        "suprema": suprema.recheck,
        "monotone": monotone.recheck,
        "enclosures": enclosures.recheck,
    }
    try:
        return evidence.engine in checkers and bool(checkers[evidence.engine](statement, evidence))  # type: ignore[operator]
    except Exception:  # noqa: BLE001 - whatever does not replay is not a proof
        return False
