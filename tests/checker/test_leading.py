"""Limits at infinity by leading terms alone: each has its known value, and an unknown one is not guessed."""

from __future__ import annotations

import re

import pytest
import sympy as sp

from proofs.checker.leading import NeedCase, Signs, Unknown, limit_at_infinity
from proofs.checker.normal import close_by_signs

x = sp.Symbol("x", positive=True)
NAMES = {"x": x, **{name: sp.Symbol(name, real=True) for name in "abc"}, **{name: sp.Symbol(name, positive=True) for name in "pq"}}


def signs(text):
    found = [re.fullmatch(r"(.*) (>=|>|==|!=) 0", part).groups() for part in filter(None, text.split(", "))]
    return Signs(tuple((sp.sympify(expr, NAMES), rel) for expr, rel in found), close_by_signs)


@pytest.mark.parametrize(
    ("premises", "text", "limit"),
    [
        ("", "x", "oo"),
        ("", "-x", "-oo"),
        ("", "1/x", "0"),
        ("", "3", "3"),
        ("", "a", "a"),
        ("", "a + b/x", "a"),
        ("", "x**2 - 5*x", "oo"),
        ("", "5*x - x**2", "-oo"),
        ("", "(2*x + 1)/(3*x - 5)", "2/3"),
        ("", "x - sqrt(x**2 + x)", "-1/2"),
        ("", "sqrt(x**2 + a*x) - x", "a/2"),
        ("", "(1 + a/x)**x", "exp(a)"),
        ("", "x**(1/x)", "1"),
        ("", "log(x)/x", "0"),
        ("", "x*log(x)", "oo"),
        ("", "x*log(1 + 1/x)", "1"),
        ("", "x*log(1 - 2/x)", "-2"),
        ("", "x**2*(log(1 + 1/x) - 1/x)", "-1/2"),
        ("", "x**3*(log(1 + 1/x) - 1/x + 1/(2*x**2))", "1/3"),
        ("", "exp(-x)*x**5", "0"),
        ("", "exp(x)/x**5", "oo"),
        ("", "-exp(x)/x**5", "-oo"),
        ("", "log(x + exp(x)) - x", "0"),
        ("", "log(exp(x) + exp(2*x)) - 2*x", "0"),
        ("", "log(x**2 + 1) - 2*log(x)", "0"),
        ("", "log(3*x) - log(x)", "log(3)"),
        ("", "log(sqrt(x) + 1)/log(x)", "1/2"),
        ("", "x*sin(1/x)", "1"),
        ("", "x*tan(1/x)", "1"),
        ("", "x**3*(tan(1/x) - 1/x)", "1/3"),
        ("", "x**2*(1 - cos(1/x))", "1/2"),
        ("", "x**3*(sin(1/x) - 1/x)", "-1/6"),
        ("", "x**4*(cos(1/x) - 1 + 1/(2*x**2))", "1/24"),
        ("", "sin(2 + 1/x)", "sin(2)"),
        ("", "cos(2 + 1/x)", "cos(2)"),
        ("", "x*(sin(2 + 1/x) - sin(2))", "cos(2)"),
        ("", "x*(cos(2 + 1/x) - cos(2))", "-sin(2)"),
        ("", "x**2*(sin(2 + 1/x) - sin(2) - cos(2)/x)", "-sin(2)/2"),
        ("", "sin(x)/x", "0"),
        ("", "cos(x)*exp(-x)", "0"),
        ("", "x + sin(x)", "oo"),
        ("", "(x + cos(x))/x", "1"),
        ("", "tanh(x)", "1"),
        ("", "tanh(-x)", "-1"),
        ("", "sinh(x)*exp(-x)", "1/2"),
        ("", "cosh(x)*exp(-x)", "1/2"),
        ("", "sinh(-x)*exp(-x)", "-1/2"),
        ("", "(1 - tanh(x))*exp(2*x)", "2"),
        ("", "Abs(1 - x)/x", "1"),
        ("", "Abs(1/x - 3)", "3"),
        ("", "Abs(x - x**2)/x**2", "1"),
        ("", "Max(x, x**2)/x**2", "1"),
        ("", "Min(x, x**2)/x", "1"),
        ("", "Max(1/x, 2)", "2"),
        ("", "Min(1/x, 2)", "0"),
        ("", "Max(x - 1, x + 1, x) - x", "1"),
        ("", "Min(x - 1, x + 1, x) - x", "-1"),
        ("", "Max(x + 1, x - 1) - x", "1"),
        ("", "Min(x + 1, x - 1) - x", "-1"),
        ("a - b > 0", "Max(a*x, b*x)/x", "a"),
        ("a - b > 0", "Min(a*x, b*x)/x", "b"),
        ("a > 0", "a*x", "oo"),
        ("-a > 0", "a*x", "-oo"),
        ("a > 0", "exp(-a*x)", "0"),
        ("-a > 0", "exp(-a*x)", "oo"),
        ("a > 0", "x**a", "oo"),
        ("-a > 0", "x**a", "0"),
        ("a > 0", "x**a/x**(2*a)", "0"),
        ("a - b > 0, b > 0, a > 0", "exp(a*x)/exp(b*x)", "oo"),
        ("a - b > 0, b > 0, a > 0", "(exp(a*x) + 2*exp(b*x))/exp(a*x)", "1"),
        ("a > 0, b > 0", "log(exp(a*x) + b)/x", "a"),
        ("p > 0, q > 0", "(p*x + q)/(q*x + p)", "p/q"),
        ("p > 0", "sqrt(p*x**2 + 1)/x", "sqrt(p)"),
        ("p > 0", "x**p/log(x)", "oo"),
        ("p > 0, a > 0", "exp(-p*x)*x**a", "0"),
        ("", "exp(1/x)", "1"),
        ("", "exp(1 + 1/x)", "E"),
        ("", "x*(exp(1/x) - 1)", "1"),
        ("", "x**2*(exp(1/x) - 1 - 1/x)", "1/2"),
        ("", "x**3*(exp(1/x) - 1 - 1/x - 1/(2*x**2))", "1/6"),
        ("", "exp(x + 1/x)/exp(x)", "1"),
        ("", "exp(a + 1/x)", "exp(a)"),
        ("", "(x + 1)**5/x**5", "1"),
        ("", "(x + 1)**9/x**9", "1"),
        ("", "x*((1 + 1/x)**9 - 1)", "9"),
        ("", "(x**2 + x + 1)**3/x**6", "1"),
        ("", "(x + 1)**(-2)*x**2", "1"),
        ("", "x*((x + 1)**(-2)*x**2 - 1)", "-2"),
        ("", "sqrt(x + 1) - sqrt(x)", "0"),
        ("", "x**(3/2)*(sqrt(x + 1) + sqrt(x - 1) - 2*sqrt(x))", "-1/4"),
        ("", "x*((1 + 1/x)**(1/3) - 1)", "1/3"),
        ("", "(4*x**2 + 1)**(1/2)/x", "2"),
        ("", "x*((1 + 2/x)**(3/2) - 1)", "3"),
        ("", "x/log(x)", "oo"),
        ("", "log(x)**2/x", "0"),
        ("", "log(x)**3/log(x)**2", "oo"),
        ("", "1/log(x)", "0"),
        ("", "(log(x) + 1)/log(x)", "1"),
        ("", "exp(sqrt(x))/x**10", "oo"),
        ("", "exp(-sqrt(x))*x", "0"),
        ("", "exp(sqrt(x**2 + x) - x)", "exp(1/2)"),
        ("", "2**x/3**x", "0"),
        ("", "3**x/2**x", "oo"),
        ("", "x**x/exp(x)", "oo"),
        ("", "exp(x)/x**x", "0"),
        ("", "exp(x*log(x) - x)/x**x", "0"),
        ("", "exp(x**2 - x)", "oo"),
        ("", "exp(x - x**2)", "0"),
        ("", "(x + a)**2 - x**2 - 2*a*x", "a**2"),
        ("", "(x + a)*(x - a) - x**2", "-a**2"),
        ("", "x - x", "0"),
        ("", "(x + 1)/x - 1/x", "1"),
        ("", "exp(x)/(exp(x) + exp(-x))", "1"),
    ],
)
def test_a_limit_has_its_value(premises, text, limit):
    found = limit_at_infinity(sp.sympify(text, NAMES), x, signs(premises))
    assert sp.simplify(found - sp.sympify(limit, NAMES)) == 0 or found == sp.sympify(limit, NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "sin(x)",
        "x*cos(x)",
        "exp(exp(x))",
        "log(log(log(x)))",
        "sqrt(-x)",
        "log(-x)",
        "log(1 - x)",
        "(-x)**(1/3)",
        "gamma(x)",
        "x**sin(x)",
        "exp(log(x)**2)",
        "exp(x/log(x))",
        "exp(sin(x))",
        "tan(x)",
        "Abs(sin(x))",
        "sqrt(a*x)",
        "Max(sin(x), cos(x))",
        "1/sin(x)",
        "exp(x**a)",
        "exp(1/log(x))*log(log(x))*log(log(log(x)))",
    ],
)
def test_a_limit_that_is_not_known_is_not_guessed(text):
    with pytest.raises((Unknown, NeedCase, ValueError)):
        limit_at_infinity(sp.sympify(text, NAMES), x, signs(""))


@pytest.mark.parametrize(
    ("premises", "text"),
    [
        ("", "a*x"),
        ("", "exp(a*x)"),
        ("", "x**a"),
        ("", "Max(a*x, b*x)"),
        ("", "(a - b)*x + c"),
        ("a >= 0", "a*x"),
        ("", "log(exp(a*x) + 1)"),
        ("a > 0", "exp(a*x)*exp(-b*x)"),
        ("", "log(a*x)"),
    ],
)
def test_a_limit_that_depends_on_a_sign_asks_for_it(premises, text):
    with pytest.raises(NeedCase):
        limit_at_infinity(sp.sympify(text, NAMES), x, signs(premises))


@pytest.mark.parametrize(
    ("premises", "text", "sign"),
    [
        ("", "3", 1),
        ("", "-1/2", -1),
        ("", "0", 0),
        ("", "sqrt(2) - 1", 1),
        ("", "1 - sqrt(2)", -1),
        ("", "(1 + sqrt(2))**2 - 3 - 2*sqrt(2)", 0),
        ("", "(a + 1)**2 - a**2 - 2*a - 1", 0),
        ("a > 0", "a", 1),
        ("-a > 0", "a", -1),
        ("", "a**2 + 1", 1),
        ("", "-a**2 - 1", -1),
        ("a - b == 0", "a - b", 0),
        ("a == 0", "a", 0),
    ],
)
def test_the_sign_of_a_coefficient(premises, text, sign):
    ask = signs(premises)
    ask.prover = lambda sequent: close_by_signs(sequent) or (sequent.goal in sequent.premises)
    assert ask(sp.sympify(text, NAMES)) == sign


@pytest.mark.parametrize(("premises", "text"), [("", "a"), ("a >= 0", "a"), ("a > 0", "b"), ("", "a**2")])
def test_the_sign_of_a_coefficient_that_is_not_given_is_asked_for(premises, text):
    with pytest.raises(NeedCase):
        signs(premises)(sp.sympify(text, NAMES))
