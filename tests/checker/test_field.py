"""Normal forms: one for each value, with the value of the expression, and none where it is not known."""

from __future__ import annotations

import math
import re

import pytest
import sympy as sp
from flint import ctx

from proofs.checker import balls, field, quotients, sampling
from proofs.checker.field import Field, NeedSign
from proofs.checker.quotients import Unsupported
from proofs.kernel.reader import read
from proofs.kernel.terms import difference

z, x, y, p_real = sp.symbols("z x y p", real=True)
p, q = sp.symbols("p q", positive=True)
n = sp.Symbol("n", integer=True, positive=True)
NAMES = {"x": x, "y": y, "z": z, "p": p, "q": q}
POSITIVE = ((p, ">"), (q, ">"))


def atoms(text):
    """expr rel 0, expr rel 0"""
    found = [re.fullmatch(r"(.*) (>=|>|==|!=) 0", part).groups() for part in filter(None, text.split(", "))]
    return tuple((sp.sympify(expr, NAMES), rel) for expr, rel in found)


def test_whole_numbers_are_taken_apart():
    assert [field.prime_powers(n) for n in (1, 2, 12, 97, 10**15)] == [[], [(2, 1)], [(2, 2), (3, 1)], [(97, 1)], [(2, 15), (5, 15)]]
    assert field.prime_powers(10**15 + 1) == [(10**15 + 1, 1)]


SAME = [  # premises, and two forms of one value under them
    ("", "(x + y)**2", "x**2 + 2*x*y + y**2"),
    ("", "1/(x + 1) - 1/(x + 2)", "1/((x + 1)*(x + 2))"),
    ("", "(x**2 - 1)/(x - 1)", "x + 1"),
    ("x >= 0", "Abs(x)", "x"),
    ("-x >= 0", "Abs(x)", "-x"),
    ("", "Abs(x**2 + 1)", "x**2 + 1"),
    ("x - y >= 0", "Max(x, y)", "x"),
    ("x - y >= 0", "Min(x, y)", "y"),
    ("y - x >= 0", "Max(x, y)", "y"),
    ("y - x >= 0", "Min(x, y)", "x"),
    ("x - 2 >= 0", "Max(x, 1, 2)", "x"),
    ("x - 2 >= 0", "Min(x, 1, 2)", "1"),
    ("x >= 0", "sqrt(x)**2", "x"),
    ("x >= 0", "sqrt(x)*x**(1/3)", "x**(5/6)"),
    ("x >= 0", "sqrt(x**3)", "x*sqrt(x)"),
    ("x >= 0, y >= 0", "sqrt(x*y)", "sqrt(x)*sqrt(y)"),
    ("-x >= 0, -y >= 0", "sqrt(x*y)", "sqrt(-x)*sqrt(-y)"),
    ("-x >= 0", "sqrt(x**2)", "-x"),
    ("x >= 0", "sqrt(4*x)", "2*sqrt(x)"),
    ("x >= 0", "sqrt(x/9)", "sqrt(x)/3"),
    ("x > 0", "1/sqrt(x)", "sqrt(x)/x"),
    ("x > 0", "x**(-3/2)", "sqrt(x)/x**2"),
    ("", "sqrt(x**2 + 1)**2", "x**2 + 1"),
    ("", "sqrt(x**2 + 1)**3", "(x**2 + 1)*sqrt(x**2 + 1)"),
    ("", "(x**2 + 1)**(2/3)*(x**2 + 1)**(1/3)", "x**2 + 1"),
    ("", "sqrt(sqrt(x**2 + 1))**4", "x**2 + 1"),
    ("", "sqrt(2)*sqrt(3)*x", "sqrt(6)*x"),
    ("", "sqrt(12)", "2*sqrt(3)"),
    ("", "sqrt(1/2)", "sqrt(2)/2"),
    ("", "exp(x)*exp(y)", "exp(x + y)"),
    ("", "exp(2*x)", "exp(x)**2"),
    ("", "exp(x/2)**2", "exp(x)"),
    ("", "exp(x - y)*exp(y)", "exp(x)"),
    ("", "exp(-x)*exp(x)", "1"),
    ("", "sqrt(exp(x))", "exp(x/2)"),
    ("", "E**2*exp(-1)", "E"),
    ("p > 0, q > 0", "log(p*q)", "log(p) + log(q)"),
    ("p > 0", "log(p**3)", "3*log(p)"),
    ("p > 0", "log(1/p)", "-log(p)"),
    ("p > 0", "log(sqrt(p))", "log(p)/2"),
    ("", "log(exp(x))", "x"),
    ("", "log(exp(x/3))", "x/3"),
    ("", "log(12)", "2*log(2) + log(3)"),
    ("", "log(2/3)", "log(2) - log(3)"),
    ("", "log(sqrt(x**2 + 1))", "log(x**2 + 1)/2"),
    ("p > 0", "exp(log(p))", "p"),
    ("p > 0", "exp(2*log(p))", "p**2"),
    ("p > 0", "exp(log(p)/2)", "sqrt(p)"),
    ("", "exp(log(2)*3)", "8"),
    ("", "exp(log(x**2 + 1))", "x**2 + 1"),
    ("p > 0", "p**x*p**(-x)", "1"),
    ("p > 0", "p**(x + 1)", "p*p**x"),
    ("p > 0, q > 0", "(p*q)**x", "p**x*q**x"),
    ("p > 0", "exp(x*log(p))", "p**x"),
    ("", "2**x*2**(1 - x)", "2"),
    ("-x > 0", "log(x**2)", "2*log(-x)"),
    ("", "sinh(x)", "(exp(x) - exp(-x))/2"),
    ("", "cosh(x)", "(exp(x) + exp(-x))/2"),
    ("", "tanh(x)", "(exp(2*x) - 1)/(exp(2*x) + 1)"),
    ("", "cosh(x)**2 - sinh(x)**2", "1"),
    ("", "sin(x)**2 + cos(x)**2", "1"),
    ("", "sin(2*x)", "2*sin(x)*cos(x)"),
    ("", "cos(2*x)", "1 - 2*sin(x)**2"),
    ("", "sin(3*x)", "3*sin(x) - 4*sin(x)**3"),
    ("", "sin(x + y)", "sin(x)*cos(y) + cos(x)*sin(y)"),
    ("", "cos(x - y)", "cos(x)*cos(y) + sin(x)*sin(y)"),
    ("", "sin(-x)", "-sin(x)"),
    ("", "tan(x)*cos(x)", "sin(x)"),
    ("", "sin(x/2)**2", "(1 - cos(x))/2"),
    ("", "sin(pi/2 - x)", "cos(x)"),
    ("", "cos(pi/3 + x)", "cos(x)/2 - sqrt(3)*sin(x)/2"),
    ("", "pi*x - x*pi", "0"),
    ("", "(x**2 + 1)**0", "1"),
    ("", "sin(x)**4", "(1 - cos(x)**2)**2"),
    ("x > 0", "(x**(1/2))**(2/3)", "x**(1/3)"),
    ("x - 1 > 0", "sqrt((x - 1)**2)", "x - 1"),
    ("1 - x > 0", "sqrt((x - 1)**2)", "1 - x"),
    ("p > 0, q > 0", "sqrt(p/q)", "sqrt(p)*sqrt(q)/q"),
    ("", "(x**2 + 1)**(-3/2)", "sqrt(x**2 + 1)/(x**2 + 1)**2"),
    ("", "sqrt(1/(x**2 + 1)**2)", "1/(x**2 + 1)"),
    ("", "(x**2 + 1)**(-5/3)", "(x**2 + 1)**(1/3)/(x**2 + 1)**2"),
    ("", "sqrt(x - x)", "0"),
    ("x - 1 > 0", "sqrt(log(x))**3", "log(x)*sqrt(log(x))"),
    ("", "sqrt(sqrt(x**2 + 1))", "(x**2 + 1)**(1/4)"),
]


def values(form, premises, expr):
    """The values of an expression and of its form at samples, as pairs of balls."""
    variables = set().union(expr.free_symbols, *(e.free_symbols for e, _ in premises))
    for at in sampling.points(premises, tuple(sorted(variables, key=str)), 8):
        try:
            yield balls.value(expr, at), balls.value(form, at)
        except balls.Undefined:
            continue


@pytest.mark.parametrize(("premises", "left", "right"), SAME)
def test_two_forms_of_one_value_have_one_normal_form_and_its_value(premises, left, right):
    given = atoms(premises)
    sides = [read(side, dict(NAMES)) for side in (left, right)]
    found = Field(given)
    assert found.rat(difference(*sides)).num.is_zero()
    for side in sides:
        alone = Field(given)
        form = alone.sympy(alone.rat(side))
        with ctx.workprec(200):
            pairs = list(values(form, given, side))
            assert pairs
            assert all(a.overlaps(b) for a, b in pairs)


@pytest.mark.parametrize(
    ("premises", "left", "right"),
    [
        ("", "x", "y"),
        ("", "sqrt(x**2 + 1)", "x"),
        ("", "exp(x)", "exp(2*x)"),
        ("p > 0, q > 0", "log(p + q)", "log(p) + log(q)"),
        ("", "sin(x)", "cos(x)"),
        ("", "sin(x)", "sin(-x)"),
        ("", "cos(2*x)", "2*sin(x)**2 - 1"),
        ("x >= 0", "sqrt(x)", "x**(1/3)"),
        ("", "sqrt(2)", "sqrt(3)"),
        ("", "pi", "E"),
        ("", "tanh(x)", "sinh(x)"),
        ("x >= 0", "Abs(x)", "-x"),
    ],
)
def test_two_values_have_two_normal_forms(premises, left, right):
    assert not Field(atoms(premises)).rat(sp.sympify(left, NAMES) - sp.sympify(right, NAMES)).num.is_zero()


@pytest.mark.parametrize(
    ("premises", "text"),
    [
        ("", "Abs(x)"),
        ("", "Max(x, y)"),
        ("", "sqrt(x*y)"),
        ("", "log(x*y)"),
        ("x - y > 0", "Abs(x)"),
        ("", "Min(x, 0)"),
        ("", "Abs(x*(y**2 + 1))"),
    ],
)
def test_a_form_that_depends_on_a_sign_asks_for_it(premises, text):
    with pytest.raises(NeedSign):
        Field(atoms(premises)).rat(sp.sympify(text, NAMES))


@pytest.mark.parametrize(
    "expr",
    [
        1 / sp.Add(x, sp.Mul(-1, x, evaluate=False), evaluate=False),
        1 / sp.sqrt(-(x**2) - 1),
        sp.log(-(x**2) - 1),
        sp.log(sp.Add(x, -x, evaluate=False), evaluate=False),
        sp.gamma(x),
        x**5001,
        (x + 1) ** 501,
        (x + y + z + 1) ** 55,
        sp.sin(13 * x),
        sp.exp(x) ** 61,
        x ** sp.Rational(1, 61),
        sp.sign(x),
        1 / sp.sqrt(sp.Add(x, sp.Mul(-1, x, evaluate=False), evaluate=False)),
    ],
    ids=str,
)
def test_what_has_no_normal_form_is_refused(expr):
    with pytest.raises(Unsupported):
        Field().rat(expr)


@pytest.mark.parametrize(("premises", "text"), [("", "sqrt(-x**2 - 1)"), ("-p >= 0", "sqrt(p)"), ("-p >= 0", "p**(2/3)")])
def test_the_root_of_what_is_never_positive_is_zero_where_it_is_defined(premises, text):
    assert Field(atoms(premises)).rat(read(text, dict(NAMES))).num.is_zero()


def test_sixty_is_the_highest_power():
    for expr in (x**60, x**-60, (x**2 + 1) ** 60, sp.sin(12 * x), sp.exp(60 * x)):
        Field().rat(expr)


def test_the_cosine_of_many_turns_is_that_of_none():
    """As a polynomial of the cosine of π/7 it would have a degree of 7·10¹¹, and FLINT ends the process that asks for it."""
    turns = 14 * 10**11
    angles = [sp.Add(x, n * sp.pi / 7, evaluate=False) for n in (turns + 13, -1)]
    first, second = Field().rats([sp.cos(angle, evaluate=False) for angle in angles])
    assert (first.num, first.den) == (second.num, second.den)


def test_no_more_than_the_generators_of_the_ring():
    few = sp.symbols(f"a:{quotients.SLOTS}", real=True)
    assert len(Field().rat(sp.Add(*few)).num) == quotients.SLOTS
    with pytest.raises(Unsupported):
        Field().rat(sp.Add(*few, x))


def test_a_constant_is_zero_by_its_normal_form_alone():
    assert field.is_zero_constant((1 + sp.sqrt(2)) ** 2 - 3 - 2 * sp.sqrt(2))
    assert not field.is_zero_constant(sp.sqrt(2) - sp.Rational(int(math.sqrt(2) * 10**15), 10**15))
    assert not field.is_zero_constant(sp.gamma(sp.Rational(1, 3)))
    for n in (7, 9, 11, 13, 14, 18, 25):
        turn = sp.pi / n
        assert field.is_zero_constant(sp.cos(3 * turn, evaluate=False) - 4 * sp.cos(turn) ** 3 + 3 * sp.cos(turn))
        assert field.is_zero_constant(sp.sin(2 * turn) - 2 * sp.sin(turn) * sp.cos(turn))
        odd = (sp.cos(k * turn, evaluate=False) for k in range(1, 2 * n, 2))
        assert field.is_zero_constant(sp.Add(*odd, evaluate=False))
        assert not field.is_zero_constant(sp.cos(turn) - sp.Rational(str(sp.cos(turn).evalf(30))))
        assert not field.is_zero_constant(sp.cos(turn) + sp.cos(2 * turn))
        assert not field.is_zero_constant(sp.cos(turn) - sp.sin(turn))
    assert not field.is_zero_constant(1 / sp.Add(sp.sqrt(2), -sp.sqrt(2), evaluate=False))


def test_forms_made_together_can_be_used_together():
    found = Field(POSITIVE)
    a, b = found.rats([p, sp.sqrt(p)])
    assert found.sub(a, found.mul(b, b)).num.is_zero()
    assert found.sub(found.div(a, b), b).num.is_zero()
    assert found.sub(found.power(b, 2), a).num.is_zero()
    assert found.sub(found.power(b, -2), found.div(found.rat(sp.Integer(1)), a)).num.is_zero()
    for impossible in (lambda: found.div(a, found.sub(a, a)), lambda: found.power(found.sub(a, a), -1), lambda: found.power(a, 5001)):
        with pytest.raises(Unsupported):
            impossible()


def given_atoms(text):
    return tuple((sp.sympify(expr, REAL), rel) for expr, rel in (part.rsplit(" ", 2)[:2] for part in filter(None, text.split(", "))))


REAL = {"x": x, "y": y, "z": z, "p": p_real}


@pytest.mark.parametrize(
    ("premises", "text", "simple"),
    [
        ("x >= 0", "Max(x, 0)", "x"),
        ("-x >= 0", "Max(x, 0)", "0"),
        ("x >= 0", "Min(x, 0)", "0"),
        ("-x >= 0", "Min(x, 0)", "x"),
        ("x - 1 > 0", "Max(1, x, x/2)", "x"),
        ("x - 1 > 0", "Min(2*x, x, x + 1)", "x"),
        ("", "tan(x)", "sin(x)/cos(x)"),
        ("", "sinh(x)", "exp(x)/2 - exp(-x)/2"),
        ("", "cosh(x)", "exp(x)/2 + exp(-x)/2"),
        ("", "tanh(x)*cosh(x)", "sinh(x)"),
        ("x > 0", "x**(-1/2)*x**(1/2)", "1"),
        ("x > 0", "x**(-5/2)", "sqrt(x)/x**3"),
        ("", "(x**2 + 1)**(-1/2)", "sqrt(x**2 + 1)/(x**2 + 1)"),
        ("", "(x**2 + 1)**(1/2)", "(x**2 + 1)/(x**2 + 1)**(1/2)"),
        ("-x > 0, y > 0", "sqrt(-x**3*y)", "-x*sqrt(-x*y)"),
        ("-x > 0, -y > 0", "sqrt(x**3*y)", "-x*sqrt(x*y)"),
        ("-x > 0, -y > 0", "log(x*y)", "log(-x) + log(-y)"),
        ("-x > 0", "log(-x**3)", "3*log(-x)"),
        ("x > 0", "log(x/(x + 1)**2)", "log(x) - 2*log(x + 1)"),
        ("", "2**(x/2)*2**(x/2)", "2**x"),
        ("", "8**(x/3)", "2**x"),
        ("", "6**x", "2**x*3**x"),
        ("x > 0", "exp(-2*log(x) + 3*log(2))", "8/x**2"),
        ("", "sin(4*x)", "2*sin(2*x)*cos(2*x)"),
        ("", "cos(4*x)", "8*cos(x)**4 - 8*cos(x)**2 + 1"),
        ("", "sin(x/3)*3 - 4*sin(x/3)**3", "sin(x)"),
    ],
    ids=str,
)
def test_one_value_has_one_normal_form(premises, text, simple):
    found = Field(given_atoms(premises))
    sides = [sp.parse_expr(side, REAL, evaluate=False) for side in (text, simple)]
    assert found.rat(sp.Add(sides[0], sp.Mul(-1, sides[1], evaluate=False), evaluate=False)).num.is_zero()


def test_a_power_that_would_not_end_is_refused_before_it_is_multiplied_out():
    few = sp.symbols("a:10", real=True)
    for base in (sp.Add(*few), 1 / (1 + sp.Add(*few)), sp.Add(*few) / (1 + few[0])):
        for n in (40, -40):
            with pytest.raises(Unsupported, match="is too high"):
                Field().rat(sp.Pow(base, n, evaluate=False))


def test_premises_that_contradict_each_other_give_no_root_of_a_negative_bound():
    with pytest.raises(Unsupported, match="which is negative"):
        Field(atoms("x - 1/2 > 0, x + 2 == 0")).rat(sp.sqrt(x))
