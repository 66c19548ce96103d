"""The bounds that premises give to variables and to roots."""

from __future__ import annotations

import itertools
import re

import pytest
import sympy as sp
from flint import fmpq

from proofs.checker import bounds
from proofs.checker.bounds import Bound, variable_bounds

z, x, y = sp.symbols("z x y", real=True)
p, q = sp.symbols("p q", positive=True)
NAMES = {"x": x, "y": y, "z": z, "p": p, "q": q}


def atoms(text):
    """expr rel 0, expr rel 0"""
    found = [re.fullmatch(r"(.*) (>=|>|==|!=) 0", part).groups() for part in filter(None, text.split(", "))]
    return tuple((sp.sympify(expr, NAMES), rel) for expr, rel in found)


@pytest.mark.parametrize(
    ("premises", "expected"),
    [
        ("x - 1 >= 0", Bound(fmpq(1), False)),
        ("x - 1 > 0", Bound(fmpq(1), True)),
        ("1 - x >= 0", Bound(high=fmpq(1))),
        ("1 - x > 0", Bound(high=fmpq(1), high_strict=True)),
        ("2*x - 1 >= 0", Bound(fmpq(1, 2), False)),
        ("-3*x - 1 > 0", Bound(high=fmpq(-1, 3), high_strict=True)),
        ("x - 1 == 0", Bound(fmpq(1), False, fmpq(1), False)),
        ("2 - x == 0", Bound(fmpq(2), False, fmpq(2), False)),
        ("x - 1 != 0", None),
        ("x**2 - 1 >= 0", None),
        ("x - y >= 0", None),
        ("sqrt(2)*x - 1 >= 0", None),
        ("x + exp(x) > 0", None),
        ("x - 1 >= 0, x - 2 >= 0", Bound(fmpq(2), False)),
        ("x - 2 >= 0, x - 1 >= 0", Bound(fmpq(2), False)),
        ("x - 1 >= 0, x - 1 > 0", Bound(fmpq(1), True)),
        ("x - 1 > 0, x - 1 >= 0", Bound(fmpq(1), True)),
        ("x - 1 > 0, x - 2 >= 0", Bound(fmpq(2), False)),
        ("1 - x >= 0, 2 - x >= 0", Bound(high=fmpq(1))),
        ("2 - x > 0, 1 - x >= 0", Bound(high=fmpq(1))),
        ("1 - x >= 0, 1 - x > 0", Bound(high=fmpq(1), high_strict=True)),
        ("x > 0, 1 - x >= 0", Bound(fmpq(0), True, fmpq(1), False)),
        ("x - log(-1) > 0", None),
        ("x - log(-1) > 0, x - 1 > 0", Bound(fmpq(1), True)),
        ("x - 1 == 0, x - 3 > 0", Bound(fmpq(3), True, fmpq(1), False)),
    ],
)
def test_bounds_that_premises_give(premises, expected):
    assert variable_bounds(atoms(premises)).get(x) == expected


@pytest.mark.parametrize("rel", [">=", ">", "=="])
def test_a_bound_that_is_no_rational_is_rounded_outwards_and_not_attained(rel):
    for sign in (1, -1):
        bound = variable_bounds([(sign * (x - sp.sqrt(2)), rel)])[x]
        for end, outwards, strict in ((bound.low, 1, bound.low_strict), (bound.high, -1, bound.high_strict)):
            if end is not None:
                gap = (sp.sqrt(2) - sp.Rational(int(end.p), int(end.q))) * outwards
                assert 0 < sp.N(gap) < 1e-11
                assert strict
        assert (bound.low is not None) is (rel == "==" or sign > 0)
        assert (bound.high is not None) is (rel == "==" or sign < 0)


@pytest.mark.parametrize(
    ("number", "order"), [*itertools.product([fmpq(2), fmpq(4), fmpq(8, 27), fmpq(1, 9), fmpq(0), fmpq(10**6 + 1, 7)], [2, 3, 5])]
)
def test_a_root_is_bounded_from_both_sides(number, order):
    low, exact_low = bounds.root_bound(number, order, False)
    high, exact_high = bounds.root_bound(number, order, True)
    assert low**order <= number <= high**order
    assert exact_low is exact_high is (low == high)
    assert high - low <= fmpq(1, 10**9)
    root = sp.Rational(int(number.p), int(number.q)) ** sp.Rational(1, order)
    assert exact_low is bool(root.is_Rational)


def test_a_constant_of_too_many_digits_has_no_ends():
    assert bounds.enclosure(sp.exp(10**14)) == bounds.enclosure(sp.exp(-(10**14))) == (None, False, None, False)
    assert bounds.enclosure(sp.exp(sp.exp(sp.exp(sp.exp(sp.exp(1)))))) == (None, False, None, False)  # beyond the exponents of balls
    assert bounds.enclosure(sp.exp(100))[0] is not None
