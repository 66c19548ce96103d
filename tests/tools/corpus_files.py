"""The corpus of true and false statements, as derivation files under tests/corpus."""

from __future__ import annotations

import functools
from pathlib import Path

from proofs.check import Step, check_claims, read_file

CORPUS = Path(__file__).parent.parent / "corpus"
SECONDS = 10.0  # of processor time; a statement that is not settled at once takes half of it, whatever the limit is


@functools.cache
def claims(truth: str) -> list[Step]:
    """The statements of the corpus that are "true" or "false"."""
    return [claim for path in sorted((CORPUS / truth).glob("*.toml")) for claim in read_file(path)]


@functools.cache
def results(truth: str) -> list[dict]:
    """The verdicts on `claims(truth)`, found in parallel, once for all tests of a run."""
    return check_claims(claims(truth), SECONDS)
