"""The reader takes the documented grammar and nothing else; it refuses the rest quickly and in one line."""

from __future__ import annotations

import pytest
import sympy as sp

from proofs.checker.logic import needs_of
from proofs.kernel.reader import read, read_statement
from proofs.kernel.statements import Holds, Increasing, Limit, Supremum
from tests.tools.limits import within
from theory.exact import InvalidInput

REFUSAL_SECONDS = 10.0  # of processor time: it takes less than a tenth of one

HOSTILE = {
    "tower of powers": "9**9**9**9 > 0",
    "power of a power": "(10**9999)**9999 > 0",
    "huge product": "*".join(["10**9999"] * 400) + " > 0",
    "nested brackets": "(" * 10_000 + "x" + ")" * 10_000 + " > 0",
    "nested minus": "-" * 10_000 + "x > 0",
    "long line": "x + " * 1_250_000 + "x > 0",
    "long number": "9" * 5_000_000 + " > 0",
    "long decimal": "9" * 5_000 + ".5 > 0",  # Python turns no text of more than 4300 digits into a number
    "long hexadecimal number": "x < 0x" + "f" * 5_000,
    "long number in groups": "x < 1" + "_999" * 2_000,
    "long sum": "+".join(["x"] * 3_000) + " > 0",
    "null byte": "x\0 > 0",
    "import": "__import__('os').system('true') > 0",
    "attribute": "x.__class__ > 0",
    "lambda": "(lambda: 1)() > 0",
    "list": "[1, 2] > 0",
    "comprehension": "sum(i for i in x) > 0",
    "string": "'x' > 0",
    "walrus": "(y := 3) > 0",
    "assignment": "x = 3",
    "two statements": "x > 0; y > 0",
    "keyword argument": "sqrt(x=3) > 0",
    "starred": "Max(*x) > 0",
    "subscript": "x[0] > 0",
    "if": "(1 if x else 2) > 0",
    "membership": "x in y",
    "bit operation": "x ^ 2 > 0",
    "floor division": "x // 2 > 0",
    "complex": "1j > 0",
    "boolean": "True > 0",
    "comment": "x**2 >= 0 # and x > 0",
    "unknown function": "gamma(x) > 0",
    "nan": "nan(x) > 0",
    "empty": "",
    "blank": "   ",
    "no comparison": "x + 1",
    "infinity compared": "x < oo",
    "infinity in arithmetic": "x < oo - oo",
    "division by zero": "1/0 > 0",
    "root of a negative": "sqrt(-1) > 0",
    "log of zero": "log(0) > 0",
    "form inside": "1 + limit(x, x, 0) == 1",
    "form with an inequality": "sup(x, x, 0, 1) <= 2",
    "variable outside its form": "limit(x, x, 0) == x",
    "wrong number of arguments": "sup(x, x, 0) == 1",
    "function as a name": "sqrt > 0",
    "decimal with a huge exponent": "1e999999999 > x",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_refused_at_once_with_one_line(text):
    with within(REFUSAL_SECONDS), pytest.raises(InvalidInput) as refusal:
        read_statement(text)
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 400


def test_decimals_are_exact_rationals():
    assert read("0.1 + 0.2", {}) == sp.Rational(3, 10)
    assert read("1.5e-3", {}) == sp.Rational(3, 2000)
    assert read("1e3", {}) == 1000


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("x + 1 > x", Holds),
        ("0 < x < 1 or not x == 2 and x != 3", Holds),
        ("limit(1/x, x, oo) == 0", Limit),
        ("sup(x, x, 0, 1) == 1", Supremum),
        ("inf(x, x, 0, 1) == 0", Supremum),
        ("attained(x, x, 0, 1)", Supremum),
        ("not attained(x, x, 0, 1)", Supremum),
        ("increasing(x, x)", Increasing),
        ("diff(x**2, x) == 2*x", Holds),
    ],
)
def test_each_form_of_the_contract_is_read(text, kind):
    (statement,) = read_statement(text)
    assert isinstance(statement, kind)


def test_lets_are_expressions_that_later_ones_may_use():
    (statement,) = read_statement("b >= 0", let={"a": "sqrt(x)", "b": "a + 1"})
    assert statement.condition.has(sp.sqrt(sp.Symbol("x", real=True)))


@pytest.mark.parametrize("name", ["sqrt", "pi", "limit", "lambda", "a b", "", "1x"])
def test_let_may_not_take_a_known_or_impossible_name(name):
    with pytest.raises(InvalidInput):
        read_statement("x > 0", let={name: "1"})


def test_doubling_lets_are_stopped():
    names = {f"a{i}": f"a{i - 1}*a{i - 1} + a{i - 1}" if i else "x + y" for i in range(40)}
    with within(REFUSAL_SECONDS), pytest.raises(InvalidInput, match="parts once its lets are put in"):
        read_statement("a39 > 0", let=names)


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("x/x == 1", ["x !="]),
        ("sqrt(x)**2 == x", ["x >="]),
        ("0*log(x) == 0", ["x >"]),
        ("log(x) - log(x) == 0", ["x >"]),
        ("sqrt(x**2*y) >= 0", ["x**2*y >="]),
        ("1/(1/x) == x", ["x !=", "1/x !="]),
        ("x**0.5 >= 0", ["x >="]),
        ("x**(-1) == 1/x", ["x !="]),
        ("exp(log(2*x)) > 0", ["2*x >"]),
        ("x**y > 0", ["x >"]),
        ("tan(x)/tan(x) == 1", ["cos(x) !=", "tan(x) !="]),
        ("diff(log(x), x) == 1/x", ["x !=", "x >"]),
        ("diff(x/x, x) == 0", ["x !="]),
        ("sqrt(x - x) == 0", ["-x + x >="]),
        ("x**2 - 2*x + sqrt(4) > 0", []),
        ("Abs(x)*Max(x, y) >= exp(x)", []),
        ("(x/x)**0 == 1", ["x !="]),
    ],
)
def test_whatever_a_text_needs_to_be_defined_is_kept(text, needs):
    (statement,) = read_statement(text)
    found = [f"{expr} {rel}" for cases, _ in needs_of(statement.condition) for expr, rel in cases[0]]
    assert found == needs


def test_conditions_are_kept_as_they_are_written():
    """Whatever decides, every part needs to be defined."""
    for text in ("log(x) > 5 or log(x) <= 5", "log(x) > 5 and log(x) <= 5", "1/x > 0 or 1/x > 0", "not (log(x) > 5 and x > 0)"):
        (statement,) = read_statement(text)
        assert statement.condition not in (sp.true, sp.false)
        assert needs_of(statement.condition)
    (chain,) = read_statement("0 < x <= 1 != y")
    x, y = sp.symbols("x y", real=True)
    assert set(chain.condition.args) == {sp.Lt(0, x, evaluate=False), sp.Le(x, 1), sp.Ne(1, y, evaluate=False)}


@pytest.mark.parametrize("text", ["2**(x - x) == 1", "x**(y - y) == 1", "x**(0*y) == 1"])
def test_an_exponent_that_is_a_number_whatever_its_variables_are_is_refused(text):
    with pytest.raises(InvalidInput, match="write that"):
        read_statement(text)


def test_an_infimum_is_the_supremum_of_the_negative():
    (statement,) = read_statement("inf(x/x, x, 1, 2) == 3")
    x = sp.Symbol("x", real=True)
    assert statement.value == -3
    for point in (1, 2):
        assert statement.expr.subs(x, point) == -1
    assert needs_of(sp.Eq(statement.expr, 0, evaluate=False))


def test_a_name_is_one_variable_in_statement_premises_and_lets():
    (statement,) = read_statement("a + x > 0", ["x > 1"], {"a": "x**2"})
    assert {s for part in (statement.condition, *statement.where) for s in part.free_symbols} == {sp.Symbol("x", real=True)}
