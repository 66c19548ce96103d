"""Every claim on the unconstrained features model is guarded by a property, and the properties are not vacuous."""

import importlib
from pathlib import Path

import pytest
from hypothesis import strategies as st

from proofs.claims import CHAPTERS, registry
from proofs.pytest_plugin import MARKER
from tests.tools.reached import holds_for

HERE = Path(__file__).parent
SECTIONS = CHAPTERS["unconstrained_features"]


def marks_of(test):
    """The marks of a test, and those of its cases."""
    for mark in getattr(test, "pytestmark", ()):
        yield mark
        if mark.name == "parametrize":
            yield from (own for case in mark.args[1] for own in getattr(case, "marks", ()))


def guarded(path):
    """The claims that tests of this file say they guard."""
    tests = (value for name, value in vars(importlib.import_module(f"tests.claims.{path.stem}")).items() if name.startswith("test_"))
    return {claim_id for test in tests for mark in marks_of(test) if mark.name == MARKER for claim_id in mark.args}


def test_every_claim_of_sections_a_to_e_has_a_property_that_guards_it():
    claims = {claim_id for claim_id, module in registry.modules().items() if module.rpartition(".")[2] in SECTIONS}
    assert len(claims) >= 50
    assert claims - set().union(*map(guarded, HERE.glob("test_*.py"))) == set()


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
