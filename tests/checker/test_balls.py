"""Balls hold the value of an expression, and have none where it is not defined."""

from __future__ import annotations

import pytest
import sympy as sp
from flint import arb, ctx, fmpq

from proofs.checker import balls
from proofs.checker.field import is_zero_constant

z, x, v, y, w = sp.symbols("z x v y w", real=True)
AT = {x: fmpq(2), y: fmpq(-3), z: fmpq(1, 4), v: fmpq(0)}
NOTHING = (1 + sp.sqrt(2)) ** 2 - 3 - 2 * sp.sqrt(2)  # zero, which balls cannot see


@pytest.mark.parametrize(
    "text",
    [
        "x + y + 1",
        "x*y*z",
        "x**3",
        "y**(-2)",
        "y**3",
        "sqrt(x)",
        "x**(1/3)",
        "z**(-3/2)",
        "z**(2/3)",
        "x**y",
        "z**y",
        "z**(x*y/2)",
        "x**sqrt(2)",
        "exp(y)",
        "E**x",
        "E*x",
        "pi*x",
        "log(z)",
        "Abs(y)",
        "Abs(x)",
        "Max(x, y, 3)",
        "Max(y, z)",
        "Min(x, y, z)",
        "Min(x, 3)",
        "sin(x)",
        "cos(x)",
        "tan(x)",
        "sinh(y)",
        "cosh(y)",
        "tanh(z)",
        "sqrt(v)",
        "v**x",
        "v**(3/2)",
        "v**z",
    ],
)
def test_a_ball_holds_the_value_and_is_narrow(text):
    expr = sp.sympify(text, {"x": x, "y": y, "z": z, "v": v})
    exact = expr.subs({s: rational(n) for s, n in AT.items()})
    with ctx.workprec(200):
        ball = balls.value(expr, AT)
        assert ball.overlaps(arb(str(sp.N(exact, 80))) + arb(0, 1e-55))
        assert ball.rad() < 1e-50


@pytest.mark.parametrize(
    "expr",
    [
        1 / v,
        x / v**2,
        sp.sqrt(y),
        y ** sp.Rational(1, 3),
        sp.log(v),
        sp.log(y),
        v**y,
        v ** (x * v),
        y**z,
        y ** (x + z),
        1 / sp.sqrt(v),
        w + 1,
        sp.I * x,
        sp.sign(x),
        NOTHING ** sp.Rational(-1, 2),
        sp.oo * x,
        sp.zeta(x),
    ],
    ids=str,
)
def test_what_has_no_real_value_is_undefined(expr):
    with pytest.raises(balls.Undefined):
        balls.value(expr, AT)


@pytest.mark.parametrize("expr", [1 / x, sp.sqrt(x), 1 / sp.sqrt(x + 1), sp.log(x), sp.log(x + 1), x**y, sp.tan(sp.pi / 2 + x)], ids=str)
def test_what_may_have_no_real_value_somewhere_in_a_ball_is_undefined(expr):
    with pytest.raises(balls.Undefined):
        balls.value(expr, {x: arb(0, 1), y: arb(1, 2)})


def test_the_root_of_a_constant_that_is_zero_in_disguise_is_zero():
    for expr in (sp.sqrt(NOTHING), sp.Pow(NOTHING, sp.Rational(3, 2))):
        assert balls.value(expr, is_zero=is_zero_constant) == 0
        with pytest.raises(balls.Undefined):  # balls alone cannot see it
            balls.value(expr)


@pytest.mark.parametrize(
    ("expr", "sign"),
    [
        (sp.Integer(0), 0),
        (sp.Rational(-1, 3), -1),
        (sp.Rational(1, 3), 1),
        (sp.sqrt(2) - sp.Rational(7, 5), 1),
        (sp.sqrt(2) - sp.Rational(3, 2), -1),
        (NOTHING, None),
        (sp.exp(sp.Rational(1, 10**30)) - 1 - sp.Rational(1, 10**30), 1),
        (1 - sp.exp(sp.Rational(1, 10**30)), -1),
        (sp.log(sp.exp(sp.Rational(1, 10**30)) - 1), -1),  # undefined in 64 bits, not in more
        (sp.Add(sp.Pow(4, sp.Rational(1, 2), evaluate=False), -2, evaluate=False), 0),
    ],
    ids=str,
)
def test_the_sign_of_a_constant(expr, sign):
    assert balls.sign(expr) == sign


def test_the_sign_at_a_point_and_of_what_has_no_value():
    assert balls.sign(sp.sqrt(NOTHING) + 1, (64,), is_zero_constant) == 1
    assert balls.sign(sp.exp(sp.Rational(1, 10**30)) - 1, (64,)) is None
    assert balls.sign(sp.exp(sp.Rational(1, 10**30)) - 1, (64, 256)) == 1
    for expr in (sp.log(sp.sqrt(2) - 2), sp.nan, sp.zoo, sp.oo, -sp.oo, sp.I * sp.sqrt(2)):
        with pytest.raises(balls.Undefined):
            balls.sign(expr)


def rational(number):
    return sp.Rational(int(number.p), int(number.q))


def test_zero_to_a_negative_power_is_not_defined_though_the_base_is_exactly_zero():
    zero = sp.Add(sp.Mul(sp.sqrt(2), sp.sqrt(3), evaluate=False), -sp.sqrt(6), evaluate=False)
    with ctx.workprec(64):
        assert balls.value(sp.Pow(zero, sp.Rational(1, 2), evaluate=False), is_zero=is_zero_constant) == 0
        with pytest.raises(balls.Undefined):
            balls.value(sp.Pow(zero, sp.Rational(-1, 2), evaluate=False), is_zero=is_zero_constant)


def test_the_log_of_a_ball_that_touches_zero_is_not_defined():
    with ctx.workprec(64), pytest.raises(balls.Undefined):
        balls.value(sp.log(x), {x: arb(0.5, 0.5)})


R = sp.Rational


def test_a_root_in_a_denominator_has_a_value_where_it_is_not_zero():
    assert balls.value(x ** R(-1, 2), {x: fmpq(1)}).contains(1)
    assert balls.value(x ** R(-1, 3), {x: fmpq(8)}).overlaps(balls.value(R(1, 2)))
    with pytest.raises(balls.Undefined):
        balls.value(x ** R(-1, 2), {x: fmpq(0)})


def test_an_enclosure_is_taken_apart_once_and_has_the_precision_of_the_moment():
    expr = sp.sqrt(sp.Rational(1, 3)) + sp.pi * x
    with ctx.workprec(30):
        rough = balls.enclosure(expr)
    with ctx.workprec(300):
        assert balls.enclosure(expr) is rough
        found = rough({x: fmpq(1, 7)}, None)
        assert found.rad() < arb(2) ** -280
        assert found.overlaps(arb(fmpq(1, 3)).sqrt() + arb.pi() / 7)


def test_an_undefined_value_is_told_in_words():
    with pytest.raises(balls.Undefined, match=r"^root of x - 2, which is negative$"):
        balls.value(sp.sqrt(x - 2), {x: fmpq(1)})
