"""Boxes prove what is positive everywhere on them, and nothing else."""

from __future__ import annotations

import itertools
import random

import pytest
import sympy as sp
from flint import fmpq

from proofs.checker import balls, boxes
from proofs.checker.logic import Sequent

z, x, y, v = sp.symbols("z x y v", real=True)


def unit(*variables, low=0, high=1):
    return tuple(atom for s in variables for atom in ((s - low, ">="), (high - s, ">=")))


WELL = x**2 - 2 * x + sp.Rational(11, 10)


@pytest.mark.parametrize(
    ("goal", "premises", "budget"),
    [
        ((x + 1, ">"), unit(x), 1),
        ((x + 1, ">="), unit(x), 1),
        ((x + y + z + 1, ">"), unit(x, y, z), 1),
        ((WELL, ">"), unit(x, high=3), 400),
        ((x**2 + y**2 - x * y - x - y + sp.Rational(11, 10), ">"), unit(x, y, high=2), 400),
        ((sp.sqrt(2) - 1, ">"), (), 1),
    ],
)
def test_boxes_prove(goal, premises, budget):
    assert boxes.positive_on_boxes(Sequent(premises, goal), budget)


@pytest.mark.parametrize(
    ("goal", "premises", "budget"),
    [
        ((x + 1, ">"), unit(x), 0),
        ((x + 1, "=="), unit(x), 9),
        ((x + 1, "!="), unit(x), 9),
        ((x + 1, ">"), ((x, ">="),), 9),
        ((x + 1, ">"), ((1 - x, ">="), (2 - x, ">=")), 9),
        ((x + y + 1, ">"), unit(x), 9),
        ((x + y + z + v + 1, ">"), unit(x, y, z, v), 9),
        ((-x - 1, ">"), unit(x), 99),
        ((x, ">"), unit(x), 99),
        ((x - sp.Rational(1, 2), ">"), unit(x), 99),
        ((WELL, ">"), unit(x, high=3), 2),
        ((WELL - sp.Rational(1, 5), ">"), unit(x, high=3), 400),
        ((1 / x, ">"), unit(x), 99),
        ((1 / (x - sp.Rational(1, 2)) ** 2, ">"), unit(x), 99),
    ],
)
def test_boxes_do_not_prove(goal, premises, budget):
    assert not boxes.positive_on_boxes(Sequent(premises, goal), budget)


def box(*sides):
    return tuple((fmpq(*a), fmpq(*b)) for a, b in sides)


def test_the_lower_bound_on_a_box_uses_slopes_and_claims_nothing_without_them():
    at_the_bottom = box(((9, 10), (11, 10)))
    assert boxes.surely_positive(WELL, [2 * x - 2], [x], at_the_bottom)
    assert not boxes.surely_positive(WELL, [], [x], at_the_bottom)
    assert not boxes.surely_positive(WELL - sp.Rational(1, 10), [2 * x - 2], [x], at_the_bottom)
    assert not boxes.surely_positive(-WELL - 1, [], [x], at_the_bottom)
    assert not boxes.surely_positive(x - y, [sp.Integer(1), sp.Integer(-1)], [x, y], box(((1,), (2,)), ((0,), (3,))))
    assert not boxes.surely_positive(sp.sqrt(x), [1 / (2 * sp.sqrt(x))], [x], box(((-1,), (4,))))
    assert not boxes.surely_positive(1 + x**2 * sp.sqrt(x + 1), [1 / x], [x], box(((-1,), (1,))))


def test_the_mean_value_form_is_never_above_the_least_value():
    rng, proved = random.Random(5), 0
    for _ in range(300):
        expr = sum(rng.randint(-4, 4) * x**i * y**j for i in range(3) for j in range(3)) + rng.randint(0, 6)
        sides = []
        for _ in range(2):
            a = fmpq(rng.randint(-8, 8), 4)
            sides.append((a, a + fmpq(rng.randint(1, 6), rng.choice([2, 8, 16]))))
        if boxes.surely_positive(expr, [sp.diff(expr, x), sp.diff(expr, y)], [x, y], tuple(sides)):
            proved += 1
            for i, j in itertools.product(range(5), repeat=2):
                at = {s: a + (b - a) * fmpq(k, 4) for s, k, (a, b) in zip((x, y), (i, j), sides, strict=True)}
                assert not balls.value(expr, at) <= 0
    assert proved > 50


def test_a_box_is_halved_along_its_widest_side():
    assert boxes.halves(box(((0,), (1,)), ((-1,), (1,)), ((5,), (6,)))) == [
        box(((0,), (1,)), ((-1,), (0,)), ((5,), (6,))),
        box(((0,), (1,)), ((0,), (1,)), ((5,), (6,))),
    ]
    assert boxes.halves(box(((10,), (13,)), ((0,), (1,)))) == [box(((10,), (23, 2)), ((0,), (1,))), box(((23, 2), (13,)), ((0,), (1,)))]


def test_parts_of_boxes_that_are_not_defined_prove_nothing():
    around = box(((9, 10), (11, 10)))
    assert not boxes.surely_positive(WELL, [1 / (x - 1)], [x], around)  # the slope is not defined at 1
    assert not boxes.surely_positive(WELL, [sp.log(x - 1)], [x], around)
