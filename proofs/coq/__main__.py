"""`make coq`: compare the generated files, build what is not built, and audit every theorem that the ledger names."""

from __future__ import annotations

import sys
import time

from proofs.claims.registry import claims
from proofs.coq import audit
from proofs.coq.axioms import Refused
from proofs.coq.statements import generated


def main() -> str | None:
    """One line that says what failed, or None."""
    start = time.monotonic()
    drifted = [path.name for path, text in generated(claims()).items() if path.read_text(encoding="utf-8") != text]
    if drifted:
        return f"make coq: {', '.join(drifted)} does not say what the claims say: python -m proofs.coq.generate"
    try:
        found = audit.run([claim for claim in claims() if claim.coq])
    except Refused as problem:
        return f"make coq: {problem}"
    refused = [f"{name}: {theorem.refused}" for name, theorem in found.theorems.items() if theorem.refused]
    if found.absent or found.broken or refused:
        return "make coq: " + (found.absent or found.broken or "\n".join(refused))
    rows = sum(bool(claim.coq) for claim in claims())
    sys.stdout.write(f"Coq {found.coq}: {len(found.theorems)} theorems audited, of {rows} claims, in {time.monotonic() - start:.0f} s\n")
    return None


if __name__ == "__main__":
    sys.exit(main())
