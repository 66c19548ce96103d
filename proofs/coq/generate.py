"""`python -m proofs.coq.generate`: write the generated Coq files anew, from `theory` and the ledger."""

from __future__ import annotations

from proofs.claims.registry import claims
from proofs.coq.statements import FORMULAS_FILE, generated


def main() -> None:
    """The statements that theorems carry, and the functions of time."""
    FORMULAS_FILE.parent.mkdir(exist_ok=True)
    for path, written in generated(claims()).items():
        path.write_text(written, encoding="utf-8")


if __name__ == "__main__":
    main()
