"""What is asked of the rows of every theory: their verdicts, their place in the ledger, and that a broken formula is noticed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import ModuleType
from typing import Any
from unittest import mock

from proofs.claims import registry
from proofs.engines import decide, recheck
from proofs.kernel.judge import Findings, Row, judge, mint
from proofs.kernel.statements import Statement
from proofs.kernel.verdict import Outcome, Verdict
from proofs.ledger import ledger
from proofs.store import cache as kept

USERS_CACHE = str(kept.folder())  # tests have a cache of their own, which `tests/conftest.py` sets when the first of them runs


def kept_findings(claim_id: str) -> Findings | None:
    """What `ufm verify` of this very code found, sealed by this user; None where it was not asked. Tests add nothing to it."""
    with mock.patch.dict(os.environ, {"UFM_CACHE": USERS_CACHE}):
        return kept.load(claim_id, ledger.key(claim_id))


def judged(claim_id: str) -> Row:
    """The row of what `ufm verify` found of this very code; where it was not asked, the claim is judged in this process."""
    (claim,) = registry.claims([claim_id])
    findings = kept_findings(claim_id)
    return mint(claim, findings) if findings else judge(claim, decide, recheck)


def has_its_verdict(claim_id: str) -> None:
    """A row is PROVED, or REFUTED where it names the row that repairs it."""
    row = judged(claim_id)
    assert row.verdict is (Verdict.REFUTED if registry.claims([claim_id])[0].repaired_by else Verdict.PROVED), row.problems


def is_supported_and_no_more(claim_id: str) -> None:
    """A row rests on runs: no exact part may make it more than SUPPORTED."""
    row = judged(claim_id)
    assert row.verdict is Verdict.SUPPORTED, row.problems


def stand_in_the_ledger(rows: Mapping[ModuleType, tuple[str, ...]]) -> None:
    """The claims of each chapter are these, in this order, and the ledger has them from there."""
    for module, ids in rows.items():
        assert tuple(claim.id for claim in module.CLAIMS) == ids
        assert all(registry.module_of(claim_id) == module.__name__ for claim_id in ids)


def is_refuted_when_broken(claim_id: str, changes: Mapping[str, Any], part_id: str) -> None:
    """A part holds with what the claim states, and fails with the changes; both answers are re-checked."""
    assert holds_as_stated(claim_id, part_id)
    broken = part(claim_id, changes, part_id)
    failed = decide(broken, 60.0)
    assert failed.outcome is Outcome.FAILS
    assert recheck(broken, failed)


def holds_as_stated(claim_id: str, part_id: str) -> bool:
    """Whether a part holds and its evidence is re-checked: as `ufm verify` of this very code found, else in this process."""
    if findings := kept_findings(claim_id):
        (found,) = (finding for finding in findings.parts if finding.part_id == part_id and finding.evidence.road != "coq")
        return found.evidence.outcome is Outcome.HOLDS and found.rechecked
    stated = part(claim_id, {}, part_id)
    held = decide(stated, 60.0)
    return held.outcome is Outcome.HOLDS and recheck(stated, held)


def part(claim_id: str, changes: Mapping[str, Any], part_id: str) -> Statement:
    """A part of a claim, of which something is changed."""
    (claim,) = registry.claims([claim_id])
    (found,) = (one for one in claim.parts(claim.said(changes)) if one.id == part_id)
    return found
