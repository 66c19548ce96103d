"""Truth at exact points: signs, conditions, admitted points, and witnesses as text."""

from __future__ import annotations

import itertools
import sys

import pytest
import sympy as sp

from proofs.checker import recheck, witness
from proofs.checker.logic import TooComplex, canonical
from proofs.engines import decide
from proofs.kernel.statements import Holds
from proofs.kernel.verdict import Evidence, Outcome
from tests.tools import limits

x, y, z = sp.symbols("x y z", real=True)
n = sp.Symbol("n", integer=True, positive=True)
p = sp.Symbol("p", positive=True)
NOTHING = (1 + sp.sqrt(2)) ** 2 - 3 - 2 * sp.sqrt(2)  # zero, which balls cannot see
ORIGIN, ONE = sp.Integer(0), sp.Integer(1)
R = sp.Rational


@pytest.mark.parametrize(
    ("expr", "point", "sign"),
    [
        (x, {x: sp.Integer(3)}, 1),
        (x - y, {x: ONE, y: sp.sqrt(2)}, -1),
        (x**2 - 2, {x: sp.sqrt(2)}, 0),
        (x**2 - 2, {x: -sp.sqrt(2)}, 0),
        (NOTHING, {}, 0),
        (x + y, {x: ONE}, None),
        (sp.exp(x) - 1 - x, {x: sp.Rational(1, 10**30)}, 1),
        (1 - sp.exp(x), {x: sp.Rational(1, 10**200)}, -1),
        (x - y, {x: y, y: x}, None),
    ],
    ids=str,
)
def test_the_sign_at_an_exact_point(expr, point, sign):
    assert witness.sign_at(expr, point) == sign


def test_a_power_too_large_to_be_written_out_is_left_open():
    """In a process of its own: SymPy would write out its 10^40 digits, and hear no alarm meanwhile."""
    code = (
        "import sympy as sp; from proofs.checker import witness; x, y = sp.symbols('x y', positive=True); "
        "print(witness.sign_at(x**y - 2, {x: sp.Rational(4, 3), y: 10**40 + sp.Rational(1, 2)}))"
    )
    found = limits.run([sys.executable, "-c", code], 60)
    assert found.stdout == "None\n"


@pytest.mark.parametrize("number", [-2, 0, 2])
def test_atoms_at_an_exact_point(number):
    at = {x: sp.Integer(number)}
    truth = {">=": number >= 0, ">": number > 0, "==": number == 0, "!=": number != 0}
    assert {rel: witness.atom_at((x, rel), at) for rel in truth} == truth
    for text, rel in itertools.product(("1/x", "log(x)", "sqrt(x)"), truth):
        expr = sp.sympify(text, {"x": x})
        undefined = number == 0 if text == "1/x" else number <= 0 if text == "log(x)" else number < 0
        assert (witness.atom_at((expr, rel), at) is None) is undefined
        assert witness.is_defined(expr, at) is not undefined
    assert witness.atom_at((x + y, ">"), at) is None
    assert not witness.is_defined(1 / (x + y), at)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (sp.true, True),
        (sp.false, False),
        (x > 0, True),
        (x < 0, False),
        (1 / y > 0, None),
        (sp.Not(x > 1, evaluate=False), True),
        (sp.Not(x > 0, evaluate=False), False),
        (sp.Not(1 / y > 0, evaluate=False), None),
        (sp.And(x > 0, x > 1), False),
        (sp.And(x > 0, x < 2), True),
        (sp.And(x > 0, 1 / y > 0), None),
        (sp.And(x < 0, 1 / y > 0), None),
        (sp.Or(x > 0, 1 / y > 0), None),
        (sp.Or(x < 0, 1 / y > 0), None),
        (sp.Or(x < 0, x > 1), False),
        (sp.Or(x < 0, x > 1, x > 0, evaluate=False), True),
    ],
    ids=str,
)
def test_a_condition_at_an_exact_point(condition, expected):
    assert witness.condition_at(condition, {x: ONE, y: ORIGIN}) is expected


@pytest.mark.parametrize(
    ("assumptions", "admitted"),
    [
        ({"real": True}, "-3 -1/2 0 1/2 3"),
        ({"positive": True}, "1/2 3"),
        ({"nonnegative": True}, "0 1/2 3"),
        ({"negative": True}, "-3 -1/2"),
        ({"nonpositive": True}, "-3 -1/2 0"),
        ({"real": True, "nonzero": True}, "-3 -1/2 1/2 3"),
        ({"integer": True}, "-3 0 3"),
        ({"integer": True, "positive": True}, "3"),
    ],
)
def test_a_point_is_admitted_where_its_symbols_and_premises_allow_it(assumptions, admitted):
    s = sp.Symbol("s", **assumptions)
    values = [sp.Rational(text) for text in ["-3", "-1/2", "0", "1/2", "3"]]
    assert [str(value) for value in values if witness.admitted((), {s: value})] == admitted.split()


@pytest.mark.parametrize("assumed", ["even", "odd", "prime", "composite", "noninteger", "rational", "irrational", "imaginary"])
def test_no_point_is_admitted_and_nothing_proved_of_a_symbol_that_assumes_something_else(assumed):
    other = sp.Symbol("s", **{assumed: True})
    condition = sp.Ne(other**2, 4, evaluate=False)  # of odd numbers it is true, and of real numbers false
    for value in (R(9, 2), sp.Integer(2), sp.Integer(4), sp.sqrt(2)):
        assert not witness.admitted((), {other: value})
        assert not witness.refutes(condition, (), {"s": str(value)})
    assert decide(Holds(says="s", condition=condition), 10.0).outcome is Outcome.UNSETTLED
    with pytest.raises(TooComplex):
        canonical([condition])


def test_a_point_is_admitted_where_every_premise_surely_holds():
    assert not witness.admitted([x > 5], {x: sp.Integer(5)})
    assert witness.admitted([x >= 5], {x: sp.Integer(5)})
    assert not witness.admitted([1 / x > 0], {x: ORIGIN})
    assert not witness.admitted([x >= 5, x >= 6], {x: sp.Integer(5)})
    assert not witness.admitted((), {p: sp.log(-1, evaluate=False)})  # neither positive nor seen not to be


def test_a_sign_is_seen_through_a_power_that_is_too_large_to_be_written_out():
    assert witness.sign_at(x**y, {x: sp.Integer(2), y: sp.Integer(20_001)}) == 1
    assert witness.sign_at(-(x**y), {x: sp.Integer(2), y: sp.Integer(20_001)}) == -1
    assert witness.sign_at(x**y - x**y * sp.Symbol("z"), {x: sp.Integer(2), y: sp.Integer(20_001), sp.Symbol("z"): sp.Integer(1)}) is None


def test_powers_with_large_exponents_are_not_written_out():
    large = {x: R(4, 3), y: sp.Integer(10**5)}
    assert witness.large_power(x**y, large)
    assert witness.large_power(1 + 2 * x ** (-y), large)
    assert not witness.large_power(x**y, {x: R(4, 3), y: sp.Integer(999)})
    assert not witness.large_power(sp.exp(y) + y**x, large)  # the exponential stays as it is
    assert not witness.large_power(x ** sp.log(-y), large)  # undefined
    assert witness.large_power(x**y, {x: R(829031, 25000), y: R(-221, 25000)})  # SymPy looks for factors of 829031^24779
    assert not witness.large_power(y**2 + x**z, {x: R(4, 3), y: R(1, 25000), z: R(99, 100)})
    assert witness.large_power(x ** sp.log(-y) + x ** (2 * y), large)
    assert witness.large_power(sp.exp(-y / 10**25), {y: 10**9 * sp.log(2)})  # SymPy makes 2^(−10^(−16)) of it
    assert not witness.large_power(sp.exp(y), {y: sp.log(2) / 2})
    assert witness.large_power(x ** (n / (n + p)), {x: R(4, 3), n: sp.Integer(3313), p: sp.Integer(2313)})
    through_logarithms = sp.exp(n * (sp.log(x) - sp.log(z)) / (n + p))  # SymPy makes powers of it
    assert witness.large_power(through_logarithms, {x: R(95758677, 4), z: ONE, n: sp.Integer(3313), p: sp.Integer(2313)})
    assert not witness.large_power(through_logarithms, {x: R(95758677, 4), z: ONE, n: sp.Integer(33), p: sp.Integer(23)})
    assert witness.sign_at(x**y - x**z, {**large, z: sp.Integer(10**5)}) is None  # zero, which digits alone would show
    assert witness.sign_at(x**y - x**z, {x: R(4, 3), y: sp.Integer(9), z: sp.Integer(9)}) == 0
    assert witness.sign_at(x**y - 2, large) == 1  # by balls


def test_a_point_is_read_from_text_only_where_it_gives_every_variable():
    names = {x: sp.Symbol("v0"), y: sp.Symbol("v1")}
    assert witness.read_point(names, {"x": "1/2", "y": "sqrt(2)"}) == {names[x]: R(1, 2), names[y]: sp.sqrt(2)}
    assert witness.read_point(names, {"y": "0", "x": "-3", "other": "x"}) == {names[x]: -3, names[y]: 0}
    for wrong in ({}, {"x": "1"}, {"y": "1"}, {"x": "1", "y": "a"}, {"x": "", "y": "1"}, {"v0": "1", "v1": "1"}):
        assert witness.read_point(names, wrong) is None
    assert witness.read_point({}, {"x": "1"}) == {}


def test_a_constant_is_read_by_the_reader_or_not_at_all():
    for text, value in (("1/2", R(1, 2)), ("-sqrt(2)/3", -sp.sqrt(2) / 3), ("exp(1) + pi", sp.E + sp.pi), ("0.25", R(1, 4))):
        assert witness.read_constant(text) == value
    for text in ("x", "", "1/0", "1 +", "import os", "log(-1", "x - x + y"):
        assert witness.read_constant(text) is None


def test_a_witness_gives_every_variable_of_the_condition_and_of_the_premises():
    for point, refuting in (
        ({"x": "0", "y": "1"}, True),
        ({"x": "0"}, False),
        ({"y": "1"}, False),
        ({"x": "1", "y": "1"}, False),
        ({"x": "0", "y": "-1"}, False),
        ({"x": "0", "y": "0"}, False),
    ):
        assert witness.refutes(x > 0, (y > 0,), point) is refuting
    assert witness.refutes(sp.Eq(n, 1), (), {"n": "2"}) is True
    assert witness.refutes(sp.Eq(n, 1), (), {"n": "3/2"}) is False
    assert witness.refutes(1 / x > 0, (), {"x": "0"}) is False  # not false there but undefined


def statement(condition, *where):
    return Holds(says="s", condition=condition, where=where)


def test_a_positive_symbol_takes_positive_values_alone():
    of = statement(p + 1 > 0)
    assert witness.refutes(sp.Gt(p, 1), (), {"p": "1/2"})
    assert not witness.refutes(sp.Gt(p, 1), (), {"p": "-1"})
    assert not witness.refutes(sp.Gt(p, 1), (p < R(1, 4),), {"p": "1/2"})
    assert not witness.refutes(sp.Gt(p, 1), (), {"p": "2"})
    assert not witness.refutes(sp.Gt(p, 1), (), {})
    assert not witness.refutes(sp.Gt(p, y), (), {"p": "1/2"})
    assert witness.refutes(sp.Gt(p, y), (), {"p": "1/2", "y": "1"})
    assert witness.refutes(sp.Gt(x, y), (y > 2,), {"x": "0", "y": "3"})
    assert not recheck(of, Evidence(road="exact", engine="holds", outcome=Outcome.FAILS, witness={"p": "-1"}))
    assert not recheck(of, Evidence(road="exact", engine="holds", outcome=Outcome.FAILS))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", sp.Integer(3)),
        ("-1/2", R(-1, 2)),
        ("sqrt(2)", sp.sqrt(2)),
        ("exp(1)", sp.E),
        ("x", None),
        ("", None),
        ("1/", None),
        ("2*y + 1", None),
    ],
)
def test_constants_are_read_and_nothing_else(text, value):
    assert witness.read_constant(text) == value


def holding(condition, *where, known=()):
    return Holds(says="s", condition=condition, where=where, known=known)


@pytest.mark.parametrize(
    ("witness", "stands"),
    [
        ({"x": "1/2"}, True),
        ({"x": "2"}, False),
        ({"x": "-1/2"}, False),
        ({"x": "0"}, False),
        ({}, False),
        (None, False),
        ({"x": "y"}, False),
        ({"y": "1/2"}, False),
    ],
)
def test_a_witness_is_admitted_and_breaks_the_condition(witness, stands):
    false = holding(1 / x + x**2 >= 1 / x + x, x >= 0)
    assert recheck(false, Evidence(road="exact", engine="holds", outcome=Outcome.FAILS, witness=witness)) is stands
