"""Findings kept between runs: keyed on the code and versions they came from, ignored when damaged.

Only findings are kept. The verdict is minted again from them at every run.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from proofs.kernel.judge import Finding, Findings, NearMissFinding
from proofs.kernel.verdict import Evidence, Outcome, Reason, Strength


def folder() -> Path:
    """$UFM_CACHE, or ufm-verifier in the user's cache folder."""
    if "UFM_CACHE" in os.environ:
        return Path(os.environ["UFM_CACHE"])
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "ufm-verifier"


def load(claim_id: str, key: str) -> Findings | None:
    """The findings kept for this claim under this key; None where there are none, or they are damaged."""
    try:
        kept = json.loads((folder() / f"{claim_id}.json").read_text(encoding="utf-8"))
        if kept["checksum"] != _checksum(claim_id, key, kept["findings"]):  # which holds the id and the key too
            return None
        return _findings(kept["findings"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # unreadable, unfinished or edited: never believed


def store(claim_id: str, key: str, findings: Findings) -> None:
    """Keep findings; a cache that cannot be written is no reason to stop."""
    plain = json.loads(json.dumps(dataclasses.asdict(findings)))
    text = json.dumps({"checksum": _checksum(claim_id, key, plain), "findings": plain})
    try:
        folder().mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=folder(), delete=False, encoding="utf-8") as draft:
            draft.write(text)
        Path(draft.name).replace(folder() / f"{claim_id}.json")
    except OSError:
        return


def _checksum(claim_id: str, key: str, findings: Any) -> str:
    return hashlib.sha256(json.dumps([claim_id, key, findings], sort_keys=True).encode()).hexdigest()


def _findings(plain: dict[str, Any]) -> Findings:
    return Findings(vacuous=tuple(plain["vacuous"]), parts=tuple(map(_finding, plain["parts"])),
                    runs=tuple(map(_finding, plain["runs"])), seconds=plain["seconds"],
                    near_misses=tuple(NearMissFinding(says=miss["says"], rejected_by=tuple(miss["rejected_by"]),
                                                      passed_by=tuple(miss["passed_by"]))
                                      for miss in plain["near_misses"]))


def _finding(plain: dict[str, Any]) -> Finding:
    evidence = dict(plain["evidence"])
    evidence["outcome"] = Outcome(evidence["outcome"])
    evidence["strength"] = Strength(evidence["strength"]) if evidence["strength"] else None
    evidence["reason"] = Reason(evidence["reason"]) if evidence["reason"] else None
    for name in ("trusts", "side_conditions"):
        evidence[name] = tuple(evidence[name])
    return Finding(says=plain["says"], rechecked=plain["rechecked"], evidence=Evidence(**evidence))
