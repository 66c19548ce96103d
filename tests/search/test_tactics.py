"""The search for proofs: what it finds replays, and what is false has none."""

from __future__ import annotations

import itertools
import time

import pytest
import sympy as sp

from proofs.checker import rules
from proofs.checker.logic import Sequent
from proofs.search import tactics
from tests.tools.limits import later

y, x, p, q, z, p_real = sp.symbols("y x p q z p", real=True)
R = sp.Rational
PQ = ((p, ">"), (q, ">"))
UNIT = ((x, ">="), (1 - x, ">="))


@pytest.mark.parametrize(
    ("tactic", "goal", "premises", "depth", "rule"),
    [
        (tactics._factorwise, (x**2 - 1, ">="), ((x - 1, ">="), (y, ">")), 2, "factors"),
        (tactics._factorwise, (x * (x - y), ">="), ((-x, ">="), (y, ">=")), 3, "factors"),
        (tactics._squares, (x - sp.sqrt(x**2 - 1), ">"), ((x - 1, ">="),), 3, "square"),
        (tactics._squares, (sp.sqrt(x + 1) - 1 - x / 2 + x**2 / 2, ">="), ((x, ">="), (1 - x, ">=")), 4, "square"),
        (tactics._quadratics, (x**2 - x * y + y**2, ">="), (), 2, "quadratic"),
        (tactics._quadratics, (x**2 + x + 1, ">"), (), 2, "quadratic"),
        (tactics._order, (x**2 - y**2, ">="), ((x - y, ">="), (y, ">=")), 3, "substitute"),
        (tactics._order, (x - y, ">="), ((x - y, ">="),), 2, "substitute"),
        (tactics._logs, (sp.exp(x) - sp.exp(y), ">="), ((x - y, ">="),), 3, "logarithm"),
        (tactics._logs, (sp.log(p + 1) - sp.log(p), ">"), ((p, ">"),), 3, "exponentiate"),
        (tactics._monotones, (sp.exp(x) - 1 - x, ">="), ((x, ">="),), 3, "monotone"),
        (tactics._monotones, (x - sp.sin(x), ">="), ((x, ">="),), 3, "monotone"),
        (tactics._monotones, (1 - x - sp.exp(x), ">="), ((-x, ">="),), 3, "monotone"),
        (tactics._monotones, (1 + x - sp.exp(x), ">="), ((-x, ">="),), 3, None),
        (tactics._chains, (sp.exp(x) - 1 - x - x**2 / 2 - x**3 / 6, ">="), ((x, ">="),), 2, "monotone"),
        (tactics._sums, (x**2 - 2 * x * y + 2 * y**2, ">="), (), 2, "squares"),
        (tactics._solvers, (x**2 - x * y + y**2, ">="), (), 2, "solver"),
        (tactics._boxes, (x**2 - 2 * x + R(11, 10), ">"), ((x, ">="), (3 - x, ">=")), 1, "boxes"),
        (tactics._boxes, (x, ">"), ((x, ">="), (3 - x, ">=")), 1, None),
        (tactics._concaves, (sp.sin(x), ">="), ((x, ">="), (3 - x, ">=")), 3, "concave"),
        (tactics._concaves, (x * (1 - x), ">="), UNIT, 2, "concave"),
        (tactics._concaves, (x * (1 - x), ">"), UNIT, 2, None),
        (tactics._fars, (1 / x + 1 / (x + 1), ">"), ((x, ">"),), 3, "far"),
        (tactics._fars, (1 - sp.tanh(x), ">"), (), 3, "far"),
        (tactics._fars, (sp.log(x + 1) - sp.log(x), ">"), ((x, ">"),), 3, "far"),
        (tactics._touches, (x - 1 - sp.log(x), ">="), ((x, ">"),), 4, "split"),
        (tactics._cuts, (x - 1 - sp.log(x), ">="), ((x, ">"),), 4, "split"),
        (tactics._scales, (p + q - 2 * sp.sqrt(p * q), ">="), PQ, 3, "scale"),
        (tactics._contradiction, (x, "=="), ((x - 1, ">="), (-x, ">=")), 3, "absurd"),
        (tactics._contradiction, (x, "=="), ((x - 1, ">="),), 3, None),
        (tactics._inequality, (p * (x**2 + 1), ">"), ((p, ">"),), 2, None),
        (tactics._touches, (x - 1 - sp.log(x), ">"), ((x, ">"),), 4, None),
        (tactics._factorwise, (x + y, ">="), (), 3, None),
        (tactics._quadratics, (x**3, ">="), ((x, ">="),), 3, None),
    ],
    ids=lambda v: getattr(v, "__name__", str(v)),
)
def test_a_tactic_proves_what_it_is_there_for(tactic, goal, premises, depth, rule):
    sequent = Sequent(premises, goal)
    found = tactic(sequent, tactics.Search(later(), {}, {}, premises), depth)
    if rule is None:
        assert found is None or rules.holds(sequent, found)
        assert found is None or tactic is tactics._inequality
    else:
        assert found is not None
        assert found["rule"] == rule
        assert rules.holds(sequent, found)


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
    ],
    ids=str,
)
def test_a_proof_is_found_and_replays(goal, premises):
    sequent = Sequent(premises, goal)
    found = tactics.prove(sequent, later(), 4)
    assert found is not None
    assert rules.holds(sequent, found)


@pytest.mark.parametrize(
    ("goal", "premises"),
    [((x, ">"), ()), ((x, "=="), ((x, ">="),)), ((x, "!="), ((x, ">="),)), ((x - 1, ">="), ((x, ">"),)), ((x * y, ">="), ((x, ">="),))],
    ids=str,
)
def test_no_proof_of_what_is_false_and_none_without_time(goal, premises):
    assert tactics.prove(Sequent(premises, goal), later(), 3) is None
    assert tactics.prove(Sequent((), (x**2 + 1, ">")), time.process_time() - 1) is None


def at_hand(premises=(), seconds=20.0):
    return tactics.Search(time.process_time() + seconds, {}, {}, tuple(premises))


def test_no_time_is_no_proof():
    assert tactics.prove(Sequent(((x, ">"),), (x + 1, ">")), time.process_time() - 1) is None
    with pytest.raises(tactics.OutOfTime):
        at_hand(seconds=-1.0).check_time()
    at_hand().check_time()


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
def test_variables_that_the_premises_make_positive(premises, positive):
    assert [s for s, _ in tactics.positive_variables(premises)] == positive


def test_a_variable_above_a_positive_one_is_positive_in_whatever_order_that_is_said():
    chain = [(p_real, ">"), (x - p_real, ">"), (y - x - p_real, ">="), (z - y, ">")]
    for premises in itertools.permutations(chain):
        found = tactics.positive_variables(premises)
        assert {s for s, _ in found} == {x, y, z}
        known = premises
        for s, proof in found:
            assert rules.holds(Sequent(known, (s, ">")), proof)
            known = (*known, (s, ">"))
    assert tactics.positive_variables(tuple(chain[2:])) == ()
