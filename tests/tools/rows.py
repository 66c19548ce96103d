"""What is asked of the rows of every theory: their verdicts, their place in the ledger, and that a broken formula is noticed."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from proofs.claims import registry
from proofs.engines import decide, recheck
from proofs.kernel.judge import judge
from proofs.kernel.verdict import Outcome, Verdict


def has_its_verdict(claim_id: str) -> None:
    """Judge a row in this process: it is PROVED, or REFUTED where it names the row that repairs it."""
    (claim,) = registry.claims([claim_id])
    row = judge(claim, decide, recheck)
    assert row.verdict is (Verdict.REFUTED if claim.repaired_by else Verdict.PROVED), row.problems


def stand_in_the_ledger(rows: Mapping[ModuleType, tuple[str, ...]]) -> None:
    """The claims of each chapter are these, in this order, and the ledger has them from there."""
    for module, ids in rows.items():
        assert tuple(claim.id for claim in module.CLAIMS) == ids
        assert all(registry.module_of(claim_id) == module.__name__ for claim_id in ids)


def is_refuted_when_broken(claim_id: str, changes: Mapping[str, Any], part_id: str) -> None:
    """A part holds with what the claim states, and fails with the changes; both answers are re-checked."""
    (claim,) = registry.claims([claim_id])
    stated, broken = (next(part for part in claim.parts(claim.said(changed)) if part.id == part_id) for changed in ({}, changes))
    held, failed = decide(stated, 60.0), decide(broken, 60.0)
    assert (held.outcome, failed.outcome) == (Outcome.HOLDS, Outcome.FAILS)
    assert recheck(stated, held)
    assert recheck(broken, failed)
