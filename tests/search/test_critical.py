"""Exact and numerical candidates: zeros, turning points, minima, and the exact numbers that floats stand for."""

from __future__ import annotations

import itertools
import math
import time

import pytest
import sympy as sp
from flint import fmpq, fmpq_poly

from proofs.checker import witness
from proofs.checker.bounds import Bound
from proofs.checker.logic import Sequent
from proofs.search import critical
from tests.tools.limits import later

x, y = sp.symbols("x y", real=True)
R = sp.Rational


def test_the_simplest_rational_between_two():
    ends = sorted({fmpq(a, b) for a in range(-7, 8) for b in range(1, 6)})
    for a, b in itertools.combinations(ends, 2):
        found = critical.simplest_between(a, b)
        assert a < found < b
        assert all(not a * d < n < b * d for d in range(1, int(found.q)) for n in range(-40, 41))


@pytest.mark.parametrize(
    ("expr", "premises", "wanted"),
    [
        (x**2 - 2, (), [sp.sqrt(2), -sp.sqrt(2), 0]),
        (x**3 - x, (), [0, 1, -1]),
        (sp.sqrt(x) - 3, ((x, ">="),), [9]),
        (sp.exp(x) - 5, (), [sp.log(5)]),
        (sp.exp(2 * x) - 5, (), [sp.log(5) / 2]),
        (sp.log(x) - 2, ((x, ">"),), [sp.exp(2)]),
        (sp.exp(x / 2) - 3, (), [2 * sp.log(3)]),
        ((x - 1) * (x - 3), ((x - 2, ">="),), [1, 3, 2]),
    ],
    ids=str,
)
def test_exact_values_where_an_expression_vanishes_or_turns(expr, premises, wanted):
    found = [sp.expand(v) for v in critical.algebraic_values(Sequent(premises, (expr, ">=")), x)]
    assert {sp.expand(w) for w in map(sp.sympify, wanted)} <= set(found)
    signs = {witness.sign_at(expr, {x: v}) for v in found if not premises or v > 0}
    assert {1, -1} <= signs  # points between the roots, on both sides of them


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (0.5, R(1, 2)),
        (2.0, sp.Integer(2)),
        (math.sqrt(2), sp.sqrt(2)),
        (-math.sqrt(3), -sp.sqrt(3)),
        (math.log(3), sp.log(3)),
        (math.e, sp.E),
        (math.pi / 3, sp.pi / 3),
        (math.exp(0.5), sp.exp(R(1, 2))),
        (-0.25, R(-1, 4)),
        (37.03, R(3703, 100)),
    ],
)
def test_a_number_is_recognised(value, wanted):
    assert wanted in list(critical.recognised(value))


def test_what_is_no_number_is_not_recognised():
    assert list(critical.recognised(math.nan)) == list(critical.recognised(math.inf)) == []


def test_minima_and_crossings():
    assert abs(critical.golden(lambda v: (v - 1.25) ** 2, 0, 3) - 1.25) < 1e-7
    for sign in (1, -1):
        at = critical.bisect(lambda v, sign=sign: sign * (v - 1.25), 0.0, 3.0)
        assert abs(at - 1.25) < 1e-12
        assert sign * (at - 1.25) < 0
    h = critical.evaluator(1 / x + sp.log(x), (x,))
    assert h(1.0) == 1.0
    assert h(0.0) is h(-1.0) is None
    assert critical.evaluator(sp.exp(x), (x,))(1e6) is None


@pytest.mark.parametrize(
    ("bound", "low", "high"),
    [(Bound(), -1e6, 1e6), (Bound(fmpq(2)), 2, 1e6), (Bound(high=fmpq(2)), -1e6, 2), (Bound(fmpq(-1), False, fmpq(3), False), -1, 3)],
)
def test_a_grid_fills_its_bounds(bound, low, high):
    grid = critical.grid(bound)
    assert grid == sorted(grid)
    assert abs(grid[0] - low) <= abs(low) * 1e-5
    assert abs(grid[-1] - high) <= abs(high) * 1e-5
    assert len(grid) > 300
    assert min(b - a for a, b in itertools.pairwise(sorted(set(grid)))) < 1e-5


@pytest.mark.parametrize(
    ("goal", "premises", "wanted"),
    [
        ((x - 1 - sp.log(x) - R(1, 10**4), ">="), ((x, ">"),), None),
        ((sp.cos(x) + x**2 / 2 - 1, "!="), (), 0),
        ((sp.exp(x) - sp.E * x, ">"), (), 1),
        ((x - sp.sin(x) - R(1, 2), ">="), (), None),
        ((sp.sin(x) + x / 8, ">="), ((x, ">="),), None),
    ],
    ids=str,
)
def test_numeric_candidates_break_what_is_false(goal, premises, wanted):
    from proofs.checker.witness import atom_at

    found = list(critical.numeric_values(Sequent(premises, goal), x, later()))
    if wanted is not None:
        assert sp.Integer(wanted) in found
    assert any(atom_at(goal, {x: v}) is False for v in found)
    assert len(list(critical.numeric_values(Sequent(premises, goal), x, time.process_time() - 1))) <= len(found)


@pytest.mark.parametrize(
    ("goal", "premises", "zeros"),
    [
        ((x - 1 - sp.log(x), ">="), ((x, ">"),), [1]),
        (((x - 2) ** 2, ">="), (), [2]),
        ((sp.exp(x) - 1 - x, ">="), (), [0]),
        ((sp.exp(x), ">"), ((x, ">="),), []),
        ((x**2, ">="), ((x, ">="),), []),
        (((x**2 - 2) ** 2, ">="), ((x, ">="),), [sp.sqrt(2)]),
    ],
    ids=str,
)
def test_zeros_at_which_a_goal_touches(goal, premises, zeros):
    found, others = critical.touching(Sequent(premises, goal), x)
    assert set(found) == set(zeros)
    assert len(others) >= 2


def test_candidates_of_several_variables():
    false = Sequent(((x, ">="), (y, ">=")), ((x - 1) ** 2 + (y - 2) ** 2 - R(1, 10), ">="))
    for propose in (critical.lines, critical.optimised):
        found = list(propose(false, [x, y], later()))
        assert any(a[x] >= 0 and a[y] >= 0 and false.goal[0].subs(a) < 0 for a in found)
        assert all(set(a) == {x, y} for a in found)
        assert list(propose(false, [x, y], time.process_time() - 1)) == []


@pytest.mark.parametrize(
    ("expr", "rel", "root"),
    [(sp.exp(x) - x - 3, ">", 1.505241495792883), (sp.cos(x) - x, ">=", 0.7390851332151607), (sp.exp(x) + x, "!=", -0.5671432904097838)],
    ids=str,
)
def test_places_where_an_expression_changes_its_sign_are_found_by_numbers(expr, rel, root):
    found = [float(v) for v in critical.numeric_values(Sequent((), (expr, rel)), x, later())]
    assert min(abs(v - root) for v in found) < 1e-8


@pytest.mark.parametrize(
    ("expr", "least"),
    [((sp.exp(x) - 2) ** 2 + sp.cos(x) / 10**9 - R(1, 10**9), 0.6931471805599453), (sp.exp(x) - 2 * x, 0.6931471805599453)],
    ids=str,
)
def test_minima_are_found_by_numbers_and_points_beside_them(expr, least):
    found = [float(v) for v in critical.numeric_values(Sequent((), (expr, ">")), x, later())]
    for distance in (0, 1e-7, -1e-7, 1e-4, -1e-4):
        assert min(abs(v - least * (1 + distance)) for v in found) < 3e-8


def test_the_logarithm_of_a_root_that_is_zero_is_not_proposed():
    found = list(critical.algebraic_values(Sequent((), (sp.exp(3 * x) - 2 * sp.exp(x), ">=")), x))
    assert sp.log(2) / 2 in [sp.simplify(v) for v in found]
    assert not any(v.has(sp.zoo, sp.nan, sp.oo) for v in found)
    plain = list(critical.algebraic_values(Sequent((), (x**2 - x, ">=")), x))
    assert {sp.Integer(0), sp.Integer(1)} <= set(plain)


def polynomial(*coefficients):
    return fmpq_poly(list(map(fmpq, coefficients)))


def test_an_interval_of_the_width_that_is_asked_for_is_not_halved():
    assert critical.isolate(polynomial(-1, 2), fmpq(0), fmpq(1), fmpq(1)) == [(fmpq(0), fmpq(1))]
    assert critical.isolate(polynomial(-1, 4), fmpq(0), fmpq(1), fmpq(1, 2)) == [(fmpq(0), fmpq(1, 2))]
    assert critical.isolate(polynomial(2, -3, 1), fmpq(0), fmpq(4), fmpq(4)) == [(fmpq(0), fmpq(1)), (fmpq(1), fmpq(2))]
    assert critical.isolate(polynomial(1, 0, 1), fmpq(-4), fmpq(4), fmpq(1)) == []


def test_numbers_that_overflow_end_no_search():
    """At some starts exp(y) is near the largest float, and its square beyond it."""
    x, y = sp.symbols("v0 v1", real=True)
    sequent = Sequent(((sp.exp(x) - sp.exp(y), ">="),), (x - y, ">="))
    assert len(list(critical.optimised(sequent, [x, y], later()))) >= 6


def test_a_constant_of_too_many_digits_has_no_float():
    x = sp.Symbol("v0", real=True)
    tower = sp.exp(sp.exp(sp.exp(sp.exp(sp.Integer(6)))))
    assert critical.evaluator(x - tower, (x,))(1.0) is None
    assert critical.evaluator(x - sp.exp(2), (x,))(1.0) < 0


def test_a_line_on_which_the_goal_is_not_defined_ends_no_search():
    """At x = 0 SymPy finds no larger of 1/x and y, and raises an error."""
    x, y = sp.symbols("v0 v1", real=True)
    assert list(critical.lines(Sequent((), (sp.Max(1 / x, y) - y - 1, ">=")), [x, y], later())) == []
