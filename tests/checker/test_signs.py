"""The signs of normal forms and the bounds of their generators: right at every sample."""

from __future__ import annotations

import random
import re

import pytest
import sympy as sp

from proofs.checker import balls, sampling
from proofs.checker.field import Field, NeedSign
from proofs.checker.quotients import ZERO, Unsupported

z, x, y, p_real = sp.symbols("z x y p", real=True)
p, q = sp.symbols("p q", positive=True)
NAMES = {"x": x, "y": y, "z": z, "p": p, "q": q}


def atoms(text):
    """expr rel 0, expr rel 0"""
    found = [re.fullmatch(r"(.*) (>=|>|==|!=) 0", part).groups() for part in filter(None, text.split(", "))]
    return tuple((sp.sympify(expr, NAMES), rel) for expr, rel in found)


SIGNS = [  # premises, expression, weak sign, strict
    ("", "x", None, False),
    ("", "x**2", 1, False),
    ("", "x**2 + 1", 1, True),
    ("", "-x**2", -1, False),
    ("", "-x**2 - 3", -1, True),
    ("", "0", 0, False),
    ("", "-5", -1, True),
    ("", "sqrt(2) - 1", 1, True),
    ("", "sqrt(2) - 3/2", -1, True),
    ("", "pi - 22/7", -1, True),
    ("", "E - 2", 1, True),
    ("", "log(2) - 1", -1, True),
    ("", "sin(1) - 1/2", 1, True),
    ("x >= 0", "x", 1, False),
    ("x > 0", "x", 1, True),
    ("-x >= 0", "x", -1, False),
    ("-x > 0", "x**3", -1, True),
    ("-x > 0", "x**2", 1, True),
    ("x >= 0", "x**2", 1, False),
    ("x > 0, -y > 0", "x*y", -1, True),
    ("x > 0, -y > 0", "x/y", -1, True),
    ("x > 0, -y >= 0", "x*y", -1, False),
    ("x > 0, -y >= 0", "x/y", -1, True),
    ("x > 0", "-1/x", -1, True),
    ("", "1/x**2", 1, True),
    ("", "x**2/y**2", 1, False),
    ("x - 1 > 0", "x - 1", 1, True),
    ("x - 1 >= 0", "x - 1", 1, False),
    ("x - 1 >= 0", "x**2 - 1", 1, False),
    ("x - 2 >= 0", "x**2 - 1", 1, True),
    ("1 - x >= 0, x + 1 >= 0", "1 - x**2", 1, False),
    ("1 - x > 0, x + 1 > 0", "x**2 - 1", -1, True),
    ("x - 1 > 0", "1 - x**3", -1, True),
    ("x - y > 0", "x - y", 1, True),
    ("x - y >= 0", "x - y", 1, False),
    ("x - y > 0", "y - x", -1, True),
    ("x - y > 0", "(x - y)**3", 1, True),
    ("x - y > 0", "x", None, False),
    ("x - y > 0", "2*x - 2*y", 1, True),
    ("2*y - 2*x > 0", "x - y", -1, True),
    ("p > 0, p*(x - y) > 0", "x - y", 1, True),
    ("p > 0, -p*(x - y) > 0", "x - y", -1, True),
    ("p > 0, p*(x - y) >= 0", "x - y", 1, False),
    ("(x - y)**3 > 0", "x - y", 1, True),
    ("(x - y)**2*z > 0", "z", 1, True),
    ("(x - y)**2*z >= 0", "z", None, False),
    ("p > 0, (x - y)/p > 0", "x - y", 1, True),
    ("x*y > 0", "x", None, False),
    ("x*y > 0", "x*y", None, False),
    ("-z > 0, z*(x - y) > 0", "x - y", -1, True),
    ("-z > 0, z**2*(x - y) > 0", "x - y", 1, True),
    ("-z >= 0, z*(x - y) > 0", "x - y", None, False),
    ("x - y == 0", "x - y", None, False),
    ("x - y != 0", "x - y", None, False),
    ("x - y > 0, y - x > 0", "x - y", 1, True),
    ("x - y > 0, y - z > 0", "(x - y)*(y - z)", 1, True),
    ("x - y > 0, z - y > 0", "(x - y)*(y - z)", -1, True),
    ("", "exp(x)", 1, True),
    ("", "exp(x) + 1", 1, True),
    ("", "exp(x) - 1", None, False),
    ("x >= 0", "exp(x) - 1", 1, False),
    ("x > 0", "exp(x) - 1", 1, True),
    ("-x >= 0", "exp(x) - 1", -1, False),
    ("-x > 0", "exp(x) - 1", -1, True),
    ("-x > 0", "1 - exp(x)", 1, True),
    ("x > 0", "exp(x) - 2", None, False),
    ("x - 1 >= 0", "log(x)", 1, False),
    ("x - 1 > 0", "log(x)", 1, True),
    ("x > 0, 1 - x >= 0", "log(x)", -1, False),
    ("x > 0, 1 - x > 0", "log(x)", -1, True),
    ("x > 0", "log(x)", None, False),
    ("x > 0, 1 - x/2 > 0", "log(x)", None, False),
    ("", "log(x**2 + 1)", 1, False),
    ("", "log(x**2 + 2)", 1, True),
    ("x > 0, 3/2 - x > 0", "log(x)", None, False),
    ("", "sqrt(x**2 + 1) - 1", 1, False),
    ("", "sqrt(x**2 + 2) - 1", 1, True),
    ("x > 0, 1 - x > 0", "sqrt(1 - x) - 1", -1, True),
    ("x >= 0, 1 - x >= 0", "sqrt(1 - x) - 1", -1, False),
    ("x >= 0, 1 - x >= 0", "sqrt(1 - x)", 1, False),
    ("x >= 0, 1 - x > 0", "sqrt(1 - x)", 1, True),
    ("x >= 0", "sqrt(x)", 1, False),
    ("x > 0", "sqrt(x)", 1, True),
    ("x - 4 >= 0", "sqrt(x) - 2", 1, False),
    ("x - 4 > 0", "sqrt(x) - 2", 1, True),
    ("x - 2 >= 0", "sqrt(x) - 1414213562/1000000000", 1, True),
    ("x - 2 >= 0", "sqrt(x) - 142/100", None, False),
    ("x >= 0, 4 - x >= 0", "sqrt(x) - 2", -1, False),
    ("x >= 0, 4 - x > 0", "sqrt(x) - 2", -1, True),
    ("x >= 0, 2 - x >= 0", "sqrt(x) - 141/100", None, False),
    ("x >= 0, 2 - x >= 0", "sqrt(x) - 1414213563/1000000000", -1, True),
    ("", "sin(x) + 1", 1, False),
    ("", "sin(x) - 1", -1, False),
    ("", "sin(x) + 2", 1, True),
    ("", "cos(x) - 1", -1, False),
    ("", "cos(x) - 2", -1, True),
    ("", "sin(x)", None, False),
    ("x >= 0, 3 - x >= 0", "sin(x)", 1, False),
    ("x > 0, 3 - x > 0", "sin(x)", 1, True),
    ("x >= 0, 4 - x >= 0", "sin(x)", None, False),
    ("x + 1 >= 0, 1 - x >= 0", "cos(x)", 1, True),
    ("x + 1 >= 0, 2 - x >= 0", "cos(x)", None, False),
    ("x + 1 > 0", "sin(x)", None, False),
    ("p > 0, q > 0", "p + q", 1, True),
    ("p > 0, q > 0", "sqrt(p) + log(p**2 + 1)*q", 1, True),
    ("p > 0, q > 0", "p**x + q", 1, True),
    ("p > 0, q > 0", "p - q", None, False),
]


@pytest.mark.parametrize(("premises", "text", "sign", "strict"), SIGNS)
def test_the_sign_of_a_normal_form(premises, text, sign, strict):
    found = Field(atoms(premises))
    rat = found.rat(sp.sympify(text, NAMES))
    assert found.sign_rat(rat) == sign
    assert (found.strict_rat(rat) if sign else False) is strict


def test_the_polynomial_zero_has_the_sign_zero_and_is_not_strict():
    found = Field()
    assert found.sign(ZERO) == 0
    assert not found.sign_strict(ZERO)


def test_no_sign_of_a_normal_form_is_wrong_at_a_sample():
    """Premises and goals of factors that they share, so that what is learned of the one decides the other."""
    rng, decided = random.Random(12), 0
    parts = [x, y, z, x - y, y + z, x * y + 1, x - 1, x**2 + y, sp.exp(x) - y, sp.sqrt(x**2 + 1) - y]

    def product(count):
        return sp.Mul(
            rng.choice([-2, -1, 1, sp.Rational(1, 2)]), *(rng.choice(parts) ** rng.choice([1, 1, 2, 3, -1]) for _ in range(count))
        )

    for _ in range(250):
        premises = tuple((product(rng.randint(1, 2)), rng.choice([">", ">="])) for _ in range(rng.randint(1, 3)))
        found = Field(premises)
        for _ in range(4):
            goal = product(rng.randint(1, 3))
            rat = found.rat(goal)
            sign = found.sign_rat(rat)
            if sign is None:
                continue
            decided += 1
            for at in sampling.points(premises, (x, y, z), 10):
                try:
                    value = balls.value(goal, at) * sign
                except balls.Undefined:
                    continue
                assert not value < 0, (premises, goal)
                assert not (found.strict_rat(rat) and value == 0), (premises, goal)
    assert decided > 100


def test_no_bound_of_a_generator_is_wrong_at_a_sample():
    """exp, log, roots, sin and cos of random arguments, under bounds of x."""
    rng, decided = random.Random(13), 0
    arguments = [x, -x, x - 1, 1 - x, x / 2, x**2, x * (1 - x), 2 * x + 1, 3 - x]
    makes = [
        sp.exp,
        lambda a: sp.log(a + 2),
        lambda a: sp.sqrt(a**2 + 1),
        sp.sqrt,
        lambda a: a ** sp.Rational(1, 3),
        sp.sin,
        sp.cos,
        sp.log,
        lambda a: sp.exp(a) ** sp.Rational(1, 2),
    ]
    for _ in range(250):
        low, high = sorted(rng.sample([-1, 0, 1, 2, 3], 2))
        given = [(x - low, rng.choice([">", ">="])), (high - x, rng.choice([">", ">="]))]
        premises = tuple(rng.sample(given, rng.randint(0, 2)))
        goal, found = rng.choice(makes)(rng.choice(arguments)) + rng.choice([-1, 0, 1]), Field(premises)
        try:
            rat = found.rat(goal)
        except (NeedSign, Unsupported, ValueError):
            continue
        sign = found.sign_rat(rat)
        if not sign:
            continue
        for at in sampling.points(premises, (x,), 25):
            try:
                value = balls.value(goal, at) * sign
            except balls.Undefined:
                continue
            decided += 1
            assert not value < 0, (premises, goal)
            assert not (found.strict_rat(rat) and value == 0), (premises, goal)
    assert decided > 1000


def given_atoms(text):
    return tuple((sp.sympify(expr, REAL), rel) for expr, rel in (part.rsplit(" ", 2)[:2] for part in filter(None, text.split(", "))))


REAL = {"x": x, "y": y, "z": z, "p": p_real}


@pytest.mark.parametrize(
    ("premises", "text", "sign", "strict"),
    [
        ("x + 3/2 >= 0, 3/2 - x >= 0", "cos(x)", 1, True),
        ("x + 8/5 >= 0, 1 - x >= 0", "cos(x)", None, False),
        ("x + 1 >= 0, 8/5 - x >= 0", "cos(x)", None, False),
        ("x >= 0, 31/10 - x >= 0", "sin(x)", 1, False),
        ("x > 0, 16/5 - x >= 0", "sin(x)", None, False),
        ("x + 1/10 >= 0, 1 - x >= 0", "sin(x)", None, False),
        ("", "exp(x**2) - 1", 1, False),
        ("", "exp(x**2 + 1) - 1", 1, True),
        ("", "exp(-x**2) - 1", -1, False),
        ("", "exp(-x**2) - 2", -1, True),
        ("", "exp(-x**2 - 1) - 1", -1, True),
        ("x > 0", "exp(x/2) - 1", 1, True),
        ("x > 0, 1 - x > 0", "log(x)", -1, True),
        ("", "log(x**2 + 3)", 1, True),
        ("x - 1 >= 0", "log(x)", 1, False),
        ("1 - x**2 >= 0, x > 0", "sqrt(x**2 + 1) - 2", None, False),
        ("", "sqrt(x**2 + 1) - 1", 1, False),
        ("-y > 0, y**3*(x - z) > 0", "x - z", -1, True),
        ("-y > 0, y**2*(x - z) > 0", "x - z", 1, True),
        ("-y > 0, -y*(x - z) > 0", "x - z", 1, True),
        ("y*(x - z) > 0", "x - z", None, False),
        ("(x - z)**2 >= 0", "x - z", None, False),
        ("2 > 0, 3*(x - z) >= 0", "x - z", 1, False),
        ("-(x - z)/(y**2 + 1) > 0", "x - z", -1, True),
    ],
    ids=str,
)
def test_signs_that_rest_on_the_ends_of_a_generator_or_on_a_premise(premises, text, sign, strict):
    found = Field(given_atoms(premises))
    rat = found.rat(sp.sympify(text, REAL))
    assert found.sign_rat(rat) == sign
    assert (found.strict_rat(rat) if sign else False) is strict


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Abs(x - y)", {"x - y", "-x + y", "y - x"}),
        ("Max(x, y)", {"x - y", "-x + y"}),
        ("sqrt(x*y)", {"x", "y"}),
        ("log(x*(y - 1))", {"x", "y - 1"}),
        ("Min(2*x, 3)", {"2*x - 3", "3 - 2*x"}),
        ("Abs(x)*Abs(y**2 + 1)", {"x"}),
    ],
)
def test_what_sign_is_missing_is_said(text, wanted):
    with pytest.raises(NeedSign) as missing:
        Field().rat(sp.parse_expr(text, REAL, evaluate=False))
    assert any(sp.expand(missing.value.expr - sp.sympify(w, REAL)) == 0 for w in wanted)
