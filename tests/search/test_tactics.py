"""The search for proofs: what it finds replays, and what is false has none."""

from __future__ import annotations

import itertools
import time

import pytest
import sympy as sp

from proofs.checker import rules
from proofs.checker.logic import Sequent
from proofs.search import proving
from tests.tools.limits import later

x, y, z, p, q = sp.symbols("x y z p q", real=True)
R = sp.Rational
PQ = ((p, ">"), (q, ">"))
UNIT = ((x, ">="), (1 - x, ">="))


@pytest.mark.parametrize(
    ("goal", "premises"),
    [
        ((x**2 + 1, ">"), ()),
        ((x - y, "=="), ((x - 2 * y, "=="), (y, "=="))),
        ((x, "!="), ((x - 1, ">="),)),
        ((x, "!="), ((-x - 1, ">="),)),
        ((x - 1, "=="), ((x - 1, ">="), (1 - x, ">="))),
        ((sp.Abs(x), ">="), ()),
        ((sp.Max(x, y) - x, ">="), ()),
        ((x * y, ">="), ((x - y, "=="),)),
        ((x, ">"), ((x * y - 1, "=="), (y, ">"))),
        ((x**3 - 1, ">="), ((x - 1, ">="),)),
        ((x, ">="), ((y, ">"), (-y, ">="))),
        ((x**2 - 1, ">="), ((x - 1, ">="), (y, ">"))),
        ((x * (x - y), ">="), ((-x, ">="), (y, ">="))),
        ((x - sp.sqrt(x**2 - 1), ">"), ((x - 1, ">="),)),
        ((sp.sqrt(x + 1) - 1 - x / 2 + x**2 / 2, ">="), ((x, ">="), (1 - x, ">="))),
        ((x**2 - x * y + y**2, ">="), ()),
        ((x**2 + x + 1, ">"), ()),
        ((x**2 - y**2, ">="), ((x - y, ">="), (y, ">="))),
        ((x - y, ">="), ((x - y, ">="),)),
        ((sp.exp(x) - sp.exp(y), ">="), ((x - y, ">="),)),
        ((sp.log(p + 1) - sp.log(p), ">"), ((p, ">"),)),
        ((sp.exp(x) - 1 - x, ">="), ((x, ">="),)),
        ((x - sp.sin(x), ">="), ((x, ">="),)),
        ((1 - x - sp.exp(x), ">="), ((-x, ">="),)),
        ((sp.exp(x) - 1 - x - x**2 / 2 - x**3 / 6, ">="), ((x, ">="),)),
        ((x**2 - 2 * x * y + 2 * y**2, ">="), ()),
        ((x**2 - 2 * x + R(11, 10), ">"), ((x, ">="), (3 - x, ">="))),
        ((sp.sin(x), ">="), ((x, ">="), (3 - x, ">="))),
        ((x * (1 - x), ">="), UNIT),
        ((1 / x + 1 / (x + 1), ">"), ((x, ">"),)),
        ((1 - sp.tanh(x), ">"), ()),
        ((sp.log(x + 1) - sp.log(x), ">"), ((x, ">"),)),
        ((x - 1 - sp.log(x), ">="), ((x, ">"),)),
        ((p + q - 2 * sp.sqrt(p * q), ">="), PQ),
        ((x, "=="), ((x - 1, ">="), (-x, ">="))),
        ((p * (x**2 + 1), ">"), ((p, ">"),)),
        ((x**3, ">="), ((x, ">="),)),
    ],
    ids=str,
)
def test_a_proof_is_found_and_replays(goal, premises):
    sequent = Sequent(premises, goal)
    found = proving.prove(sequent, later(20.0))
    assert found is not None
    assert rules.holds(sequent, found)


@pytest.mark.parametrize(
    ("goal", "premises"),
    [
        ((x, ">"), ()),
        ((x, "=="), ((x, ">="),)),
        ((x, "!="), ((x, ">="),)),
        ((x - 1, ">="), ((x, ">"),)),
        ((x * y, ">="), ((x, ">="),)),
        ((1 + x - sp.exp(x), ">="), ((-x, ">="),)),
        ((x, ">"), ((x, ">="), (3 - x, ">="))),
        ((x * (1 - x), ">"), UNIT),
        ((x, "=="), ((x - 1, ">="),)),
        ((x - 1 - sp.log(x), ">"), ((x, ">"),)),
        ((x + y, ">="), ()),
    ],
    ids=str,
)
def test_no_proof_of_what_is_false_and_none_without_time(goal, premises):
    assert proving.prove(Sequent(premises, goal), later(), 3) is None
    assert proving.prove(Sequent((), (x**2 + 1, ">")), time.process_time() - 1) is None


@pytest.mark.parametrize(
    ("premises", "positive"),
    [
        (((x - p, ">"), (p, ">")), [x]),
        (((x - p, ">="), (p, ">")), [x]),
        (((p - x, ">="), (p, ">")), []),
        (((x - p, "=="), (p, ">")), []),
        (((x - p, ">"), (y - x - p, ">="), (p, ">")), [x, y]),
        (((y - x - p, ">="), (p, ">")), []),
        (((x - y, ">"),), []),
        (((x - y, ">"), (y - 1, ">=")), [x]),
        (((x - p, ">"), (p, ">=")), [x]),
        (((x - p, ">="), (p, ">=")), []),
    ],
    ids=str,
)
def test_variables_that_the_premises_make_positive(premises, positive, monkeypatch):
    monkeypatch.setattr(proving, "SIGN_SECONDS", 60.0)  # a collection of garbage among thousands of tests takes longer than a search
    proving.positive_variables.cache_clear()
    assert [s for s, _ in proving.positive_variables(premises)] == positive


def test_a_variable_above_a_positive_one_is_positive_in_whatever_order_that_is_said():
    chain = [(p, ">"), (x - p, ">"), (y - x - p, ">="), (z - y, ">")]
    for premises in itertools.permutations(chain):
        found = proving.positive_variables(premises)
        assert {s for s, _ in found} == {x, y, z}
        known = premises
        for s, proof in found:
            assert rules.holds(Sequent(known, (s, ">")), proof)
            known = (*known, (s, ">"))
    assert proving.positive_variables(tuple(chain[2:])) == ()
