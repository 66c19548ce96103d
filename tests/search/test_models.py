"""A solver's model is a point at which the goal fails."""

from __future__ import annotations

import pytest
import sympy as sp

from proofs.checker.logic import Sequent
from proofs.search import models
from tests.tools.open_sequents import SATISFIABLE

z, x, y = sp.symbols("z x y", real=True)
R = sp.Rational


@pytest.mark.parametrize(("goal", "premises"), SATISFIABLE[:12], ids=str)
def test_a_model_breaks_the_goal(goal, premises):
    at = models.model(Sequent(premises, goal))
    assert at is not None
    for (expr, rel), expected in (*((premise, True) for premise in premises), (goal, False)):
        value = sp.nsimplify(expr.subs(at))
        assert bool({">=": value >= 0, ">": value > 0, "==": value == 0, "!=": value != 0}[rel]) is expected


def test_a_model_may_be_algebraic():
    assert models.model(Sequent(((x, ">"), (x**2 - 2, "==")), (x, "=="))) == {x: sp.sqrt(2)}
    assert models.model(Sequent(((-x, ">"), (x**2 - 2, "==")), (x, "=="))) == {x: -sp.sqrt(2)}


def sequent(goal, *premises):
    return Sequent(premises, goal)


@pytest.mark.parametrize(
    ("goal", "expected"),
    [
        (sequent((x - 3, "!="), (x - 3, ">=")), {x: sp.Integer(3)}),
        (sequent((x - sp.Rational(1, 3), "!=")), {x: sp.Rational(1, 3)}),
        (sequent((x**2 - 2, "!="), (x, ">")), {x: sp.sqrt(2)}),
        (sequent((x**2 - 2, "!="), (-x, ">")), {x: -sp.sqrt(2)}),
        (sequent((x**3 - 2, "!=")), {x: sp.Integer(2) ** sp.Rational(1, 3)}),
        (sequent((sp.sqrt(x) - 3, "!=")), {x: sp.Integer(9)}),
        (sequent((x - 2 * y, "!="), (y - 3, "==")), {x: sp.Integer(6), y: sp.Integer(3)}),
        (sequent((x, ">"), (x, ">=")), {x: sp.Integer(0)}),
        (sequent((x - 1, ">"), (x - 1, ">=")), {x: sp.Integer(1)}),
        (sequent((x**2, ">")), {x: sp.Integer(0)}),
        (sequent((x**2 + 1, ">")), None),
        (sequent((sp.Abs(x), ">")), None),
        (sequent((sp.gamma(x), ">")), None),
    ],
    ids=str,
)
def test_a_model_is_a_point_at_which_the_goal_fails(goal, expected):
    found = models.model(goal)
    if expected is None:
        assert found is None
    else:
        assert set(found) == set(expected)
        assert all(sp.simplify(found[s] - value) == 0 for s, value in expected.items())


@pytest.mark.parametrize(("low", "high"), [(-3, -1), (0, 1), (1, 3)])
def test_the_root_that_a_model_means_is_told_from_its_conjugates(low, high):
    cubic = x**3 - 4 * x + 1  # its three roots lie between −3 and −1, 0 and 1, 1 and 3
    found = models.model(sequent((cubic, "!="), (x - low, ">"), (high - x, ">")))
    assert low < found[x] < high
    assert abs(sp.N(cubic.subs(x, found[x]), 30)) < 1e-25


def test_a_value_that_is_no_number_is_no_model():
    import z3

    assert models.number(z3, z3.Real("a")) is None
    assert models.number(z3, z3.RealVal("-7/3")) == sp.Rational(-7, 3)
