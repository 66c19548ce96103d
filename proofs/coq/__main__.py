"""`make coq`: build the development from what is there, and audit every theorem that the ledger names."""

from __future__ import annotations

import sys
import time

from proofs.coq import build
from proofs.coq.audit import Refused
from proofs.ledger import audited, claims


def main() -> str | None:
    """One line that says what failed, or None."""
    start = time.monotonic()
    try:
        build.ensure()
        found = audited(claims())
    except (build.Absent, build.Broken, Refused) as problem:
        return f"make coq: {problem}"
    assert found is not None
    refused = [f"{name}: {theorem.refused}" for name, theorem in found.theorems.items() if theorem.refused]
    if found.absent or found.broken or refused:
        return "make coq: " + (found.absent or found.broken or "\n".join(refused))
    rows = sum(bool(claim.coq) for claim in claims())
    sys.stdout.write(f"Coq {found.coq}: {len(found.theorems)} theorems audited, of {rows} claims, in "
                     f"{time.monotonic() - start:.0f} s\n")
    return None


if __name__ == "__main__":
    sys.exit(main())
