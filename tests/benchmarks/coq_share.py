"""How many of the polynomial and radical statements of the corpus that `ufm check` proves Coq proves again.

Run it by `python -m tests.benchmarks.coq_share`; `share(chosen)` is what the test of a sample uses.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from proofs.check import Step, check_claims
from proofs.check.coq import in_class
from proofs.kernel.reader import read_statement
from tests.tools.corpus_files import SECONDS, claims


def polynomial_and_radical() -> list[Step]:
    """The true statements of the corpus that are conditions over polynomials and radicals."""
    return [claim for claim in claims("true") if all(map(in_class, read_statement(claim.statement, claim.where, claim.let)))]


def share(chosen: Sequence[Step]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Those that Coq proves again, and all that are proved."""
    found = [result for result in check_claims(chosen, SECONDS, coq=True) if result["verdict"] == "proved"]
    return [result for result in found if result["coq"]["checked"]], found


if __name__ == "__main__":
    checked, proved = share(polynomial_and_radical())
    for result in proved:
        if not result["coq"]["checked"]:
            print(f"{result['statement']}, where {result['where']}: {result['coq']['why']}")  # noqa: T201
    print(f"{len(checked)} of {len(proved)}: {len(checked) / len(proved):.0%}")  # noqa: T201
