"""Arithmetic of quotients of polynomials in generators: lowest terms, sizes, powers of roots."""

from __future__ import annotations

import pytest
import sympy as sp
from flint import fmpq

from proofs.checker import field, quotients
from proofs.checker.field import Field
from proofs.checker.quotients import GENS, Unsupported

z, p_real, x, y = sp.symbols("z p x y", real=True)
n = sp.Symbol("n", integer=True, positive=True)
REAL = {"x": x, "y": y, "z": z, "p": p_real}


@pytest.mark.parametrize("text", ["x", "x + y", "x**3 + 1", "x**2 + x + 1", "x*y + z", "x + y + z + 1", "x**2*y**3"])
def test_no_power_has_more_terms_than_are_counted_for_it(text):
    found = Field()
    poly = found.rat(sp.sympify(text, REAL)).num
    for n in range(9):
        assert len(poly**n) <= quotients.most_terms(poly, n)
    assert quotients.most_terms(poly, 1) <= 2 * len(poly) + 1


def test_a_normal_form_is_in_lowest_terms_with_a_denominator_of_leading_coefficient_one():
    found = Field()
    X, Y = (found.rat(s).num for s in (x, y))
    for text, num, den in (
        ("(2*x + 2)/(4*x + 4)", X * 0 + fmpq(1, 2), X * 0 + 1),
        ("x/(2*y)", X * fmpq(1, 2), Y),
        ("(x**2 - y**2)/(x + y)", X - Y, X * 0 + 1),
        ("(3*x*y)/(-6*x*y**2)", X * 0 - fmpq(1, 2), Y),
        ("1/x + 1/y", X + Y, X * Y),
        ("1/(x*y) - 1/(x*y)", X * 0, X * 0 + 1),
        ("1/(x + y) + x/(x + y)", X + 1, X + Y),
        ("1/x - 1/(x*y)", Y - 1, X * Y),
        ("(x + 1)**2/(x + 1)**3", X * 0 + 1, X + 1),
        ("1/(2*x + 4*y)", X * 0 + fmpq(1, 2), X + 2 * Y),
        ("(x - 1)*(x + 1)/(2*x**2 - 2)", X * 0 + fmpq(1, 2), X * 0 + 1),
    ):
        rat = found.rat(sp.parse_expr(text, REAL, evaluate=False))
        assert (str(rat.num), str(rat.den)) == (str(num), str(den))


def test_a_form_has_no_more_terms_than_are_allowed(monkeypatch):
    for module in (field, quotients):
        monkeypatch.setattr(module, "MAX_TERMS", 10)
    few = sp.symbols("a:11", real=True)
    for expr in ((x + y + 1) ** 3, 1 / (x + y + 1) ** 3, sp.Add(*few[:10])):
        Field().rat(expr)
    for expr in ((x + y + 1) ** 4, 1 / (x + y + 1) ** 4, sp.Add(*few)):
        with pytest.raises(Unsupported, match=r"too many terms|is too high"):
            Field().rat(expr)
    found = Field()
    one = quotients.Rat(quotients.ONE, quotients.ONE)
    for n, fits in ((25, True), (26, False)):  # 20·n terms against 50 times ten
        a, b = quotients.Rat(sum(GENS[:20]), quotients.ONE), quotients.Rat(sum(GENS[:n]), quotients.ONE)
        for product in (lambda a=a, b=b: found.mul(a, b), lambda a=a, b=b: found.mul(b, a)):
            if fits:
                assert found.sub(product(), found.mul(one, product())).num.is_zero()
            else:
                with pytest.raises(Unsupported):
                    product()
    for rat in (quotients.Rat(GENS[0] + GENS[1], quotients.ONE), quotients.Rat(quotients.ONE, GENS[0] + GENS[1])):
        assert max(len(found.power(rat, 99).num), len(found.power(rat, -99).num)) == 100  # ten times the terms that are kept
        for n in (100, -100):
            with pytest.raises(Unsupported):
                found.power(rat, n)


def test_a_single_generator_is_told_from_what_is_made_of_some():
    g, h = GENS[0], GENS[3]
    assert [quotients.single_generator(poly) for poly in (g, h)] == [0, 3]
    for poly in (2 * g, -g, g**2, g * h, g + 1, g + h, g * 0 + 1, g * 0):
        assert quotients.single_generator(poly) is None


def test_powers_of_a_root_are_reduced_to_those_below_its_order():
    for index, (r, a, b) in ((0, GENS[:3]), (2, (GENS[2], GENS[1], GENS[0])), (1, (GENS[1], GENS[0], GENS[27]))):
        for poly, order, reduced in (
            (r**5 + b * r**2 + r + 1, 2, a**2 * r + a * b + r + 1),
            (r**4, 4, a),
            (r**5 + b * r**2 + r**3, 3, a * r**2 + b * r**2 + a),
            (r + b, 2, r + b),
            (3 * r**7 * b, 2, 3 * a**3 * r * b),
        ):
            assert quotients.reduced_power(poly, index, order, a) == reduced


@pytest.mark.parametrize(
    ("sign", "strict", "expected"),
    [
        (1, True, (2, True, None, False)),
        (1, False, (2, False, None, False)),
        (0, False, (2, False, None, False)),
        (-1, True, (None, False, 2, True)),
        (-1, False, (None, False, 2, False)),
        (None, False, (None, False, None, False)),
    ],
)
def test_an_end_bounds_a_generator_on_the_side_of_its_sign(sign, strict, expected):
    gen = quotients.Gen("log", sp.log(x))
    gen.bound(fmpq(2), sign, strict)
    assert (gen.low, gen.low_strict, gen.high, gen.high_strict) == expected


def test_forms_are_added_divided_and_raised():
    found = Field()
    X, Y = found.rat(x), found.rat(y)
    assert found.sympy(found.div(X, Y)) == x / y
    assert found.sympy(found.sub(X, Y)) == x - y
    assert found.sympy(found.neg(found.div(X, Y))) == -x / y
    assert found.sympy(found.power(found.div(X, Y), -3)) == y**3 / x**3
    assert found.sympy(found.power(X, 0)) == 1
    assert found.sympy(found.mul(found.sub(X, Y), found.div(Y, X))) == (x * y - y**2) / x
    nothing = found.sub(X, X)
    assert found.sympy(found.power(nothing, 2)) == 0
    for impossible in (lambda: found.div(X, nothing), lambda: found.power(nothing, -1)):
        with pytest.raises(Unsupported, match="division by zero"):
            impossible()


def test_a_power_of_zero_has_no_terms_or_is_one():
    found = Field()
    zero = quotients.Rat(quotients.ZERO, quotients.ONE)
    assert found.power(zero, 0).num.is_one()
    assert found.power(zero, 99).num.is_zero()
