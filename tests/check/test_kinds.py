"""Kinds of statements that people ask about, each with instances of its own: true ones hold, and false ones are refuted."""

from __future__ import annotations

import pytest

from proofs.check import check_statement
from proofs.check.judging import HELD

SECONDS = 60.0  # of processor time: each takes a few at most

TRUE = {
    "high powers": [
        ("u**64 + v**64 >= 0", ()),
        ("z**1000 <= z**999", ("0 <= z", "z <= 1")),
        ("t**2001 > 0", ("t > 0",)),
        ("x**150 > x**3", ("x > 1",)),
        ("(1 + 1/x)**80 >= 1 + 80/x", ("x > 0",)),
        ("x**120 >= 2*x**60 - 1", ()),
        ("sqrt(1 + x**90) >= 1", ()),
    ],
    "spheres": [
        ("(x + y + z)**2 <= 3", ("x**2 + y**2 + z**2 == 1",)),
        ("x**4 + y**4 >= 1/2", ("x**2 + y**2 == 1",)),
        ("Abs(2*x + 3*y) <= sqrt(13)", ("x**2 + y**2 == 1",)),
    ],
    "Max and Min in premises": [
        ("log(a) > log(2)", ("a > Max(2, b**2)",)),
        ("exp(-u) < exp(-1)", ("u > Max(1, v, w)",)),
        ("exp(3*u - v) > exp(2)", ("u > Max(1, v)",)),
    ],
    "scales": [
        ("exp(10**25*z) >= 1 + 10**25*z", ()),
        ("exp(-y/10**25) < 1", ("y > 0",)),
        ("exp(-10**7*x) - exp(-2*10**7*x) <= 1/4", ("0 <= x", "x <= 1/10**7")),
        ("x*exp(-10**5*x) <= 1/10**5", ("x >= 0",)),
        ("sin(10**6*x) <= 10**6*x", ("0 <= x",)),
    ],
    "absolute values": [
        ("x + y <= 3", ("Abs(x - 1) + Abs(y - 1) <= 1",)),
        ("Abs(x*y) <= 1/4", ("Abs(x) + Abs(y) <= 1",)),
        ("Abs(Abs(a) - Abs(b)) <= Abs(a - b)", ()),
        ("x**2 + y**2 <= 9", ("Max(Abs(x), Abs(y)) <= 2",)),
    ],
    "convex combinations": [
        ("Abs(a*x + b*y) <= 1", ("Abs(x) <= 1", "Abs(y) <= 1", "a >= 0", "b >= 0", "a + b == 1")),
        ("exp(t*a + (1 - t)*b) <= exp(m)", ("a <= m", "b <= m", "0 <= t", "t <= 1")),
        ("t*x + (1 - t)*y >= Min(x, y)", ("0 <= t", "t <= 1")),
    ],
    "Chebyshev polynomials": [
        ("Abs(8*x**4 - 8*x**2 + 1) <= 1", ("x**2 <= 1",)),
        ("Abs(64*x**7 - 112*x**5 + 56*x**3 - 7*x) <= 1", ("Abs(x) <= 1",)),
    ],
    "sharp at several points": [
        ("sin(pi*x) >= 2*x", ("0 <= x", "x <= 1/2")),
        ("sin(x) <= 4*x*(pi - x)/pi**2", ("0 <= x", "x <= pi")),
        ("cos(x) <= 1 - 4*x**2/pi**2", ("-pi/2 <= x", "x <= pi/2")),
        ("sin(pi*x) <= pi*x*(1 - x**2)", ("0 <= x", "x <= 1")),
        ("tan(x) <= 4*x/pi", ("0 <= x", "x <= pi/4")),
    ],
    "bounded factors": [
        ("sin(x)*cos(1/x) <= x", ("x > 0",)),
        ("log(1 + x)*sin(1/x) <= x", ("x > 0",)),
        ("Abs(sin(x)*cos(y)) <= Abs(x)", ()),
    ],
    "long intervals": [("exp(-x/40)*sin(x/20) < 1", ("0 <= x", "x <= 200")), ("exp(-x/20)*cos(3*x) > -1", ("0 <= x", "x <= 40"))],
    "Taylor remainders": [
        ("Abs(sin(x) - x + x**3/6) <= 1/10**6", ("Abs(x) <= 1/10",)),
        ("Abs(log(1 + x) - x + x**2/2) <= 4/10**4", ("Abs(x) <= 1/10",)),
        ("Abs(sqrt(1 + x) - 1 - x/2) <= 1/700", ("Abs(x) <= 1/10",)),
    ],
    "equations solved for a root": [
        ("b <= 1 + a", ("b >= 0", "a >= 0", "b**2 == 1 + a**2")),
        ("log(s) <= x/2", ("s > 0", "x >= 0", "s**2 == 1 + x")),
        ("s < exp(p)", ("s > 0", "s**3 == 1 + p", "p > 0")),
    ],
    "convex in one variable": [
        ("x*y <= exp(x - 1) + y*log(y)", ("y > 0",)),
        ("t*s <= exp(2*t)/2 + s*log(s)/2 - s/2", ("s > 0",)),
        ("x*log(x/a) >= x - a", ("x > 0", "a > 0")),
        ("x**t <= t*x + 1 - t", ("x > 0", "0 <= t", "t <= 1")),
        ("(1 - x)**n >= 1 - n*x", ("0 <= x", "x < 1", "n >= 1")),
    ],
    "exponential equations": [
        ("x == 3", ("5**x == 125",)),
        ("x == y", ("exp(x) == exp(y)",)),
        ("x + y == 3", ("2**x*2**y == 8",)),
        ("x == 0 or x == log(2)", ("exp(2*x) - 3*exp(x) + 2 == 0",)),
    ],
    "equations with a product to cancel": [
        ("a + b == 3", ("a**2 - 3*a == b**2 - 3*b", "a != b")),
        ("x == y or x*y == 2", ("x + 2/x == y + 2/y",)),
        ("x == y", ("x**3 + x == y**3 + y",)),
        ("y**2 == 1", ("y*Abs(y) == 1",)),
    ],
    "exact cosines": [
        ("cos(pi/7) - cos(2*pi/7) + cos(3*pi/7) == 1/2", ()),
        ("sin(pi/18)*sin(5*pi/18)*sin(7*pi/18) == 1/8", ()),
        ("cos(2*pi/11) + cos(4*pi/11) + cos(6*pi/11) + cos(8*pi/11) + cos(10*pi/11) == -1/2", ()),
        ("8*x**3 - 6*x + 1 == 0", ("x == cos(2*pi/9)",)),
    ],
    "logarithms in premises": [
        ("x > 0", ("log(x + 1) > a**2", "x > -1")),
        ("c > 2", ("log(c) > log(2) + a", "a > 0", "c > 0")),
        ("x*y > 1", ("log(x) + log(y) > a + b", "a > 0", "b > 0", "x > 0", "y > 0")),
    ],
    "nearly sharp": [("1/500 + exp(x) >= (E*x/3)**3", ("x > 0",)), ("exp(x) > E*x - 1/10**6", ())],
    "monotone functions in premises": [
        ("u >= v", ("exp(u) >= exp(v)",)),
        ("a < b", ("tanh(a) < tanh(b)",)),
        ("s >= 2*t - 1", ("sinh(s) >= sinh(2*t - 1)",)),
        ("u > v", ("u**3 > v**3",)),
        ("a >= b", ("a*exp(a) >= b*exp(b)", "a >= 0", "b >= 0")),
        ("x <= sqrt(5)", ("x**2 <= 5",)),
    ],
    "powers too high for factors": [
        ("p**901 < q**901", ("0 < p", "p < q")),
        ("x**140 + y**140 + z**140 >= (x*y)**70 + (y*z)**70 + (z*x)**70", ()),
        ("a**450 <= b**450", ("a <= b", "a > 0")),
    ],
    "small slopes": [("Abs(tanh(u) - tanh(v)) <= Abs(u - v)", ()), ("Abs(exp(-a) - exp(-b)) <= Abs(a - b)", ("a >= 0", "b >= 0"))],
    "roots in roots": [("Abs(sqrt(2 + sqrt(x + y)) - 19/10) <= 1/4", ("1 <= x", "x <= 2", "1 <= y", "y <= 3/2"))],
}

FALSE = {
    "spheres": [("x + y <= 1", ("x**2 + y**2 == 1",))],
    "high powers": [("x**81 > 0", ())],
    "Chebyshev polynomials": [("Abs(4*x**3 - 3*x) < 1", ("Abs(x) < 1",))],
    "exact cosines": [("sin(pi/9)**2 + sin(2*pi/9)**2 + sin(4*pi/9)**2 == 9/4", ()), ("cos(pi/7)*cos(2*pi/7)*cos(3*pi/7) == 1/9", ())],
    "corners of open regions": [
        ("exp(Abs(x)) + y > 1 + 1/10**4", ("y > 0",)),
        ("log(x/y) > log(2) + 1/10**7", ("x > 4", "y < 2", "y > 0")),
        ("x*y*z > 1 + 1/10**6", ("x > 1", "y > 1", "z > 1")),
    ],
    "limits that do not exist": [
        ("limit(sin(1/(x - 2)), x, 2) == 0", ()),
        ("limit(sin(sqrt(x)), x, oo) == 1", ()),
        ("limit(x + x*cos(x), x, oo) == oo", ()),
        ("limit(sin(b*y), y, oo) == 0", ("b > 0",)),
        ("limit(Abs(sin(x)), x, oo) == 1", ()),
        ("limit(cos(x)/(2 + sin(x)), x, oo) == 0", ()),
        ("limit(tan(x), x, oo) == 0", ()),
    ],
    "alternatives": [
        ("a**2 + b**2 >= 1 or a + b <= 1", ()),
        ("u**2 >= 2 or v**2 >= 2 or u*v <= 19/10", ()),
        ("a*b >= 1 or a + b >= 2 or a - b >= 1", ()),
    ],
    "sharp at exact values": [
        ("sin(3*t) != 1", ()),
        ("log(u) < u/E", ("u > 0",)),
        ("t*sqrt(1 - t**2) < 1/2", ("t >= 0", "t <= 1")),
        ("(u - sqrt(3))*(u - sqrt(3) - 1/10**6) >= 0", ()),
    ],
    "monotone functions in premises": [("u >= v", ("u**4 >= v**4",)), ("a > b", ("exp(a) >= exp(b)",)), ("x <= 2", ("x**2 <= 5",))],
    "powers too high for factors": [("p**901 < q**901", ("p**2 < q**2",)), ("x**140 + y**140 >= 201/100*(x*y)**70", ())],
    "small slopes": [("Abs(tanh(u) - tanh(v)) <= 9/10*Abs(u - v)", ()), ("Abs(exp(-a) - exp(-b)) <= Abs(a - b)", ())],
    "limits at poles": [("limit(tan(x), x, -pi/2) == oo", ()), ("limit(1/tan(x), x, 0) == oo", ())],
}


def instances(kinds):
    return [pytest.param(*each, id=f"{kind}: {each[0]}") for kind, members in kinds.items() for each in members]


@pytest.mark.parametrize(("statement", "where"), instances(TRUE))
def test_a_true_statement_of_the_kind_holds(statement, where):
    assert check_statement(statement, where, seconds=SECONDS)["verdict"] in HELD


@pytest.mark.parametrize(("statement", "where"), instances(FALSE))
def test_a_false_statement_of_the_kind_is_refuted(statement, where):
    assert check_statement(statement, where, seconds=SECONDS)["verdict"] == "refuted"
