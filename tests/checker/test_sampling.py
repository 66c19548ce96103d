"""Sample points satisfy their premises, are of every size, and break what is false."""

from __future__ import annotations

import itertools
import random

import pytest
import sympy as sp
from flint import fmpq

from proofs.checker import sampling
from proofs.checker.bounds import Bound
from proofs.checker.logic import Sequent

x, y, z, w = sp.symbols("x y z w", real=True)
NOTHING = (1 + sp.sqrt(2)) ** 2 - 3 - 2 * sp.sqrt(2)  # zero, which balls cannot see


def unit(*variables, low=0, high=1):
    return tuple(atom for s in variables for atom in ((s - low, ">="), (high - s, ">=")))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (fmpq(1), {">": True, ">=": True, "==": False, "!=": True}),
        (fmpq(-1), {">": False, ">=": False, "==": False, "!=": True}),
        (fmpq(0), {">": False, ">=": True, "==": True, "!=": False}),
    ],
)
def test_an_atom_at_a_rational_point(value, expected):
    assert {rel: sampling.truth((x, rel))({x: value}) for rel in expected} == expected
    assert sampling.truth((sp.log(x) if value <= 0 else sp.log(-x), ">"))({x: value}) is None
    assert sampling.truth((sp.sin(sp.pi * x) if value else sp.exp(x) - 1 - NOTHING - x, ">="))({x: value}) is None


@pytest.mark.parametrize(
    "premises",
    [
        (),
        ((x, ">"),),
        ((x - 3, ">="), (5 - x, ">")),
        ((-x - 7, ">"),),
        ((x - y, ">"), (y, ">=")),
        ((x**2 - 2, ">"), (1 - y, ">=")),
        ((x - sp.Rational(1, 4), ">="), (sp.Rational(1, 4) - x, ">=")),
        ((x - 1000, ">"),),
    ],
    ids=str,
)
def test_samples_satisfy_their_premises_and_are_many(premises):
    found = sampling.points(premises, (x, y), 30)
    assert len(found) == 30
    assert all(sampling.truth(premise)(at) for at in found for premise in premises)
    assert len({tuple(at.values()) for at in found}) > 10
    assert found == sampling.points(premises, (x, y), 30)


def test_samples_lie_on_the_ends_that_are_admitted_and_only_those():
    closed, opened = sampling.points(unit(x, low=2, high=3), (x,), 40), sampling.points(((x - 2, ">"), (3 - x, ">")), (x,), 40)
    assert {fmpq(2), fmpq(3), fmpq(5, 2)} <= {at[x] for at in closed}
    assert not {fmpq(2), fmpq(3)} & {at[x] for at in opened}
    assert all(2 <= at[x] <= 3 for at in (*closed, *opened))
    assert sampling.points((), (), 3) == [{}]
    assert sampling.points(((x, ">"), (-x, ">")), (x,), 3) == []


@pytest.mark.parametrize(
    ("goal", "premises", "violated"),
    [
        ((x, ">"), (), True),
        ((x, ">"), ((x, ">"),), False),
        ((x, ">"), ((x, ">="),), True),
        ((x**2, ">="), (), False),
        ((x - y, ">="), ((x, ">="),), True),
        ((sp.log(x), "=="), ((x, ">"),), True),
        ((x - 2, "!="), ((x - 2, ">="),), True),
        ((sp.Integer(-1), ">"), (), True),
    ],
)
def test_a_violation_satisfies_the_premises_and_breaks_the_goal(goal, premises, violated):
    sequent = Sequent(premises, goal)
    at = sampling.violation(sequent)
    assert sampling.violated(sequent) is (at is not None) is violated
    if at is not None:
        assert sampling.truth(goal)(at) is False
        assert all(sampling.truth(premise)(at) for premise in premises)


R = sp.Rational
FREE = Bound()
CLOSED, OPEN = Bound(fmpq(2), False, fmpq(4), False), Bound(fmpq(2), True, fmpq(4), True)
ABOVE, BELOW = Bound(low=fmpq(2), low_strict=True), Bound(high=fmpq(4), high_strict=True)


def candidates(variables, bounds, count, seed=1):
    return list(itertools.islice(sampling.candidates(bounds, variables, random.Random(seed)), count))


def test_numbers_that_statements_are_made_of_are_among_the_samples_of_any_variable():
    found = {at[x] for at in sampling.points((), (x,), 300)}
    numbers = ("0", "1", "2", "3", "4", "10", "100", "1000", "1/2", "1/3", "1/4", "1/10", "1/100", "-1", "-2", "-1/2")
    assert found >= {fmpq(n) for n in numbers}
    assert sampling.violation(Sequent((), (abs(x - 1) + abs(y - 2), ">"))) == {x: fmpq(1), y: fmpq(2)}
    assert sampling.violation(Sequent((), ((x - R(1, 2)) ** 2, ">"))) == {x: fmpq(1, 2)}


@pytest.mark.parametrize(
    ("bound", "inside", "outside"),
    [
        (FREE, [fmpq(-(10**9)), fmpq(0), fmpq(10**9)], []),
        (CLOSED, [fmpq(2), fmpq(3), fmpq(4)], [fmpq(19, 10), fmpq(41, 10)]),
        (OPEN, [fmpq(21, 10), fmpq(39, 10)], [fmpq(2), fmpq(4), fmpq(1), fmpq(5)]),
        (ABOVE, [fmpq(3), fmpq(10**9)], [fmpq(2), fmpq(1)]),
        (BELOW, [fmpq(-(10**9)), fmpq(3)], [fmpq(4), fmpq(5)]),
    ],
    ids=["free", "closed", "open", "above", "below"],
)
def test_values_inside_a_bound(bound, inside, outside):
    assert [v for v in inside if not sampling.inside(v, bound)] == []
    assert [v for v in outside if sampling.inside(v, bound)] == []


def test_values_near_the_ends_of_a_bound_and_in_its_middle():
    thousandth = fmpq(1, 1000)
    assert sampling.near_ends(FREE) == []
    assert sampling.near_ends(ABOVE) == [fmpq(2), 2 + thousandth, fmpq(3)]
    assert sampling.near_ends(BELOW) == [fmpq(4), 4 - thousandth]
    assert sampling.near_ends(CLOSED) == [fmpq(2), 2 + thousandth, fmpq(3), fmpq(4), 4 - thousandth, fmpq(3)]
    assert sampling.near_ends(Bound(fmpq(2), False, fmpq(7)))[-1] == fmpq(9, 2)


def test_random_values_fill_their_bound_at_every_scale():
    rng = random.Random(5)
    free, above, below, between = ([sampling.random_value(bound, rng) for _ in range(600)] for bound in (FREE, ABOVE, BELOW, CLOSED))
    for distances in ([abs(v) for v in free], [v - 2 for v in above], [4 - v for v in below]):
        assert all(0 < d <= 4000 for d in distances)
        for decade in range(-2, 4):
            assert sum(fmpq(10) ** decade / 10 < d <= 4 * fmpq(10) ** decade for d in distances) > 60
        assert min(distances) < fmpq(1, 100)
        assert max(distances) > 2000
        assert len(set(distances)) > 500
    assert 200 < sum(v > 0 for v in free) < 400
    assert all(2 < v < 4 for v in between)
    assert min(between) < fmpq(21, 10)
    assert max(between) > fmpq(39, 10)
    assert 200 < sum(v < 3 for v in between) < 400


def test_the_simple_values_of_all_variables_are_tried_together_first():
    simple = [fmpq(v) for v in ("0", "1", "2", "1/2", "-1")]
    assert [at[x] for at in candidates((x,), {}, 5)] == simple
    assert [tuple(at.values()) for at in candidates((x, y), {}, 25)] == list(itertools.product(simple, simple))
    assert [tuple(at.values()) for at in candidates((x, y, z), {}, 125)] == list(itertools.product(simple, simple, simple))
    four = list(itertools.product(simple, repeat=4))
    assert [tuple(at.values()) for at in candidates((w, x, y, z), {}, 150)] == four[:150]
    assert [tuple(at.values()) for at in candidates((w, x, y, z), {}, 300)][150:] != four[150:300]  # some first value is 1, in time


def test_after_them_values_are_simple_or_random_each_for_itself():
    found = candidates((x, y), {}, 1025)[25:]
    simple = set(sampling.SIMPLE)
    for variable in (x, y):
        assert 200 < sum(at[variable] in simple for at in found) < 450
    assert {at[x] for at in found} >= simple
    assert 40 < sum(at[x] in simple and at[y] in simple for at in found) < 150


def test_half_of_the_points_of_many_variables_are_scattered():
    many = sp.symbols("u0:8", real=True)
    found = sampling.points((), many, 40)
    assert len(found) == 40
    assert all(len({at[variable] for at in found}) > 10 for variable in many)  # together, the first would all stay at 0
    assert sampling.violated(Sequent((), (-((many[0] * many[1]) ** 2), ">=")))
    assert sampling.points((), many, 40) == found


def test_points_respect_the_bounds_and_begin_with_the_ends():
    found = candidates((x,), {x: Bound(fmpq(1001), False, fmpq(1002))}, 200)
    assert [at[x] for at in found[:5]] == sampling.near_ends(Bound(fmpq(1001), False, fmpq(1002)))[:5]
    assert all(1001 <= at[x] <= 1002 for at in found)
    empty = candidates((x, y), {x: Bound(fmpq(3), True, fmpq(3), True)}, 40)
    assert all(set(at) == {x, y} for at in empty)  # nothing is inside: any value, which the premises refuse
    assert candidates((), {}, 5) == [{}]


def test_points_are_as_many_as_asked_where_premises_are_wide_and_none_where_no_one_satisfies_them():
    for count in (1, 7, 60):
        assert len(sampling.points(((x + y, ">"),), (x, y), count)) == count
    assert sampling.points(((-(x**2) - 1, ">"),), (x,), 20) == []
    assert {at[x] > 0 for at in sampling.points(((x * y - 1, ">"),), (x, y), 20)} == {True, False}
