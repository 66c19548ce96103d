"""Every claim on the unconstrained features model is guarded by a property, and the properties are not vacuous."""

import sys
from pathlib import Path

import pytest
from hypothesis import strategies as st

from proofs.claims import CHAPTERS, registry
from tests.tools import limits
from tests.tools.reached import holds_for

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SECTIONS = CHAPTERS["unconstrained_features"]


def test_every_claim_of_sections_a_to_e_has_a_property_that_guards_it():
    files = sorted(str(path) for path in HERE.glob("test_*.py"))
    done = limits.run([sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", "--ufm-guards", *files], cwd=ROOT)
    assert done.returncode == 0, done.stdout
    listed = done.stdout.splitlines()
    claims = [claim_id for claim_id, module in registry.modules().items() if module.rpartition(".")[2] in SECTIONS]
    assert len(claims) >= 50
    unguarded = [
        claim_id for claim_id in claims if not any(line.startswith(f"{claim_id}: ") and line.endswith("test(s)") for line in listed)
    ]
    assert unguarded == []


def test_a_property_that_never_meets_a_hard_regime_fails():
    property_ = holds_for(st.integers(0, 9), reaching={"small": lambda n: n < 5, "large": lambda n: n > 100})(lambda n: None)
    with pytest.raises(AssertionError, match="no example reached: large"):
        property_()


def test_a_property_meets_its_regimes_by_random_cases_and_not_by_those_given():
    tried = []
    property_ = holds_for(st.integers(0, 9), at=[(1000,)], reaching={"large": lambda n: n > 100})(tried.append)
    with pytest.raises(AssertionError, match="no example reached: large"):
        property_()
    assert tried[0] == 1000


def test_a_property_that_fails_on_one_case_fails():
    def check(n):
        assert n < 9

    with pytest.raises(AssertionError, match="assert 9 < 9"):
        holds_for(st.integers(0, 9), reaching={})(check)()
