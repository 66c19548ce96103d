"""Roots are counted exactly, and signs of rational functions of one variable rest on them."""

from __future__ import annotations

import random

import pytest
import sympy as sp
from flint import fmpq, fmpq_poly

from proofs.checker import normal, roots
from proofs.checker.field import Field
from proofs.checker.logic import Sequent
from proofs.checker.quotients import GENS
from proofs.search import critical

x, y = sp.symbols("x y", real=True)


def unit(*variables, low=0, high=1):
    return tuple(atom for s in variables for atom in ((s - low, ">="), (high - s, ">=")))


def dense(*coefficients):
    return fmpq_poly([fmpq(c) for c in coefficients])


def rational(number):
    return sp.Rational(int(number.p), int(number.q))


def test_roots_are_counted_as_sympy_counts_them():
    rng, counted = random.Random(8), 0
    for _ in range(150):
        factors = [dense(rng.randint(-3, 3), 1) for _ in range(rng.randint(0, 3))] + [dense(*(rng.randint(-3, 3) for _ in range(3)), 1)]
        poly = dense(rng.choice([-2, 1]))
        for factor in factors:
            poly = poly * factor
        low, high = sorted(rng.sample(range(-4, 5), 2))
        distinct = set(sp.Poly([rational(c) for c in reversed(poly.coeffs())], x).real_roots())
        for a, b in ((low, high), (None, high), (low, None), (None, None)):
            between = [r for r in distinct if (a is None or r > a) and (b is None or r < b)]
            assert roots.count_roots(poly, None if a is None else fmpq(a), None if b is None else fmpq(b)) == len(between)
            counted += len(between)
        inside = [r for r in distinct if low < r <= high]
        found = critical.isolate(poly, fmpq(low), fmpq(high), fmpq(1, 8))
        assert found == sorted(found)
        assert all(0 < b - a <= fmpq(1, 8) for a, b in found)
        assert [sum(bool(rational(a) < r <= rational(b)) for r in inside) for a, b in found] == [1] * len(inside)
        at = roots.point_between(poly, fmpq(low), fmpq(high))
        assert low < at < high
        assert poly(at) != 0
    assert counted > 200
    assert roots.count_roots(dense(3), None, None) == 0
    assert (roots.point_between(dense(-3, 1), fmpq(2), None), roots.point_between(dense(1, 1), None, fmpq(0))) == (fmpq(4), fmpq(-2))
    assert roots.point_between(dense(-1, 1), None, None) == fmpq(2)


@pytest.mark.parametrize(
    ("expr", "rel", "premises", "expected"),
    [
        (x**2 - 2 * x + 1, ">=", (), True),
        (x**2 - 2 * x + 1, ">", (), False),
        (x**2 - 2 * x + 1, "!=", (), False),
        (x**2 - 2 * x + 2, ">", (), True),
        (x**2 - 2 * x + 2, "!=", (), True),
        (-(x**2) - 1, ">=", (), False),
        (-(x**2) - 1, "!=", (), True),
        (x**3 - x, ">=", ((x - 1, ">="),), True),
        (x**3 - x, ">", ((x - 1, ">="),), False),
        (x**3 - x, ">", ((x - 1, ">"),), True),
        (x**3 - x, "!=", ((x - 1, ">="),), False),
        (x**3 - x, ">=", ((x, ">="),), False),
        (x - x**3, ">", unit(x), False),
        (x - x**3, ">=", unit(x), True),
        (x - x**3, ">", ((x, ">"), (1 - x, ">")), True),
        (x - x**3, ">", ((x, ">"), (1 - x, ">=")), False),
        (x - x**3, ">=", ((-x - 1, ">="),), True),
        ((x - 2) / (x + 1), ">", ((x - 2, ">"),), True),
        ((x - 2) / (x + 1), ">=", (), False),
        ((x - 1) ** 2 / (x**2 + 1), ">", ((x - 1, ">"),), True),
        (1 / (x - 1) ** 2, ">", (), True),
        (x + y, ">=", (), False),
        (sp.Integer(3), ">", (), False),
    ],
)
def test_the_sign_of_a_rational_function_of_one_variable(expr, rel, premises, expected):
    field = Field(premises)
    assert roots.positive_on(field, field.rat(expr), rel) is expected


def test_too_high_a_degree_is_left_alone():
    field = Field()
    poly = field.rat(x).num ** (roots.MAX_DEGREE + 2) + 1
    assert not roots.positive_on(field, type(field.rat(x))(poly, field.rat(sp.Integer(1)).num), ">")


def test_points_between_close_ends_and_roots_of_powers():
    for poly in (dense(5), dense(-1, 20), dense(1, -30, 200)):
        assert 0 < roots.point_between(poly, fmpq(0), fmpq(1, 10)) < fmpq(1, 10)
    double = dense(-1, 1) * dense(-1, 1) * dense(-3, 1)
    assert [roots.count_roots(double, fmpq(a), fmpq(b)) for a, b in ((1, 4), (0, 4), (0, 1), (1, 3), (-1, 0))] == [1, 2, 0, 0, 0]
    assert roots.count_roots(double, fmpq(1), None) == 1
    assert roots.count_roots(double, None, fmpq(1)) == 0


def polynomial(*coefficients):
    return fmpq_poly(list(map(fmpq, coefficients)))


def test_a_polynomial_of_the_ring_is_read_by_its_one_generator():
    assert roots.univariate(3 * GENS[2] ** 4 - fmpq(1, 2) * GENS[2] + 5, 2) == fmpq_poly([5, fmpq(-1, 2), 0, 0, 3])
    assert roots.univariate(GENS[0] ** 2, 0) == polynomial(0, 0, 1)


@pytest.mark.parametrize("largest", [1, 2, 7, 1000])
def test_roots_far_out_are_counted_where_there_is_no_end(largest):
    for sign in (1, -1):
        for poly in (
            polynomial(-sign * largest, 1),
            polynomial(-sign * largest, 1) * 5,
            polynomial(-sign * largest, 1) * polynomial(1, 0, 1),
        ):
            assert roots.count_roots(poly, None, None) == 1
            assert roots.count_roots(poly, fmpq(0), None) == (sign > 0)
            assert roots.count_roots(poly, None, fmpq(0)) == (sign < 0)
            assert roots.count_roots(poly, fmpq(sign * largest), None) == 0
            assert roots.count_roots(poly, None, fmpq(sign * largest)) == 0
    assert roots.count_roots(polynomial(0, 1), fmpq(5), None) == 0
    assert roots.count_roots(polynomial(0, 1), None, fmpq(-5)) == 0
    assert roots.count_roots(polynomial(0, 0, 1), None, None) == 1


def test_roots_are_counted_up_to_the_highest_degree_that_is_taken():
    above = Sequent(((x - 1, ">"),), (x**60 - x**2, ">"))
    assert roots.positive_on(*normal.goal_form(above), ">")
