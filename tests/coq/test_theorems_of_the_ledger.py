"""The ledger's own theorems are accepted, and its sources admit nothing."""

from __future__ import annotations

import pytest

from proofs.claims import registry
from proofs.coq import build, statements
from proofs.ledger import ledger
from tests.tools.coq_toys import needs_coq

BOX = f"({'*' * 78})"


def test_the_generated_files_are_those_of_the_claims():
    for path, text in statements.generated(registry.claims()).items():
        assert path.read_text(encoding="utf-8") == text, "python -m proofs.coq.generate writes the files anew"


NUMERIC = "constrained.output_bias."  # digits of two thresholds, by Interval's tactic, which computes with primitive floats


@needs_coq
def test_every_theorem_that_the_ledger_names_is_accepted():
    result = ledger.audited(registry.claims())
    assert (result.absent, result.broken) == ("", "")
    assert {name: theorem.refused for name, theorem in result.theorems.items() if theorem.refused} == {}
    assert {theorem.tier for name, theorem in result.theorems.items() if not name.startswith(NUMERIC)} <= {"none", "core"}
    assert {theorem.tier for name, theorem in result.theorems.items() if name.startswith(NUMERIC)} == {"interval"}
    assert sum(bool(claim.coq) for claim in registry.claims()) >= 25


def test_findings_are_kept_under_the_coq_sources_too(monkeypatch):
    keys = []
    for fingerprint in ("one", "two"):
        monkeypatch.setattr(build, "fingerprint", lambda text=fingerprint: text)
        ledger.kernel_key.cache_clear()
        keys.append((ledger.key("window-bound"), ledger.key("scaled-times-equalise")))
    ledger.kernel_key.cache_clear()
    assert keys[0][0] != keys[1][0]
    assert keys[0][1] == keys[1][1]  # it names no theorem


@pytest.mark.parametrize("path", sorted(build.SOURCES.rglob("*.v")), ids=lambda path: str(path.relative_to(build.SOURCES)))
def test_every_source_opens_with_its_header_and_admits_nothing(path):
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    end = next(place for place, line in enumerate(lines) if place and line == BOX)
    assert lines[0] == BOX
    assert all(len(line) == len(BOX) and line.startswith("(*") and line.endswith("*)") for line in lines[1:end])
    assert any("==" in line for line in lines[1:end])
    assert not any(word in text for word in ("Admitted", "admit.", "Axiom ", "Parameter ", "Conjecture "))
