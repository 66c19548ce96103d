"""The reader takes the grammar of the contract and nothing else, quickly and with one line."""

from __future__ import annotations

import pytest
import sympy as sp

from proofs.kernel.reader import read, read_statement
from proofs.kernel.statements import Holds, Increasing, Limit, Supremum
from tests.limits import within
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
    assert statement.defined


@pytest.mark.parametrize("name", ["sqrt", "pi", "limit", "lambda", "a b", "", "1x"])
def test_let_may_not_take_a_known_or_impossible_name(name):
    with pytest.raises(InvalidInput):
        read_statement("x > 0", let={name: "1"})


def test_doubling_lets_are_stopped():
    names = {f"a{i}": f"a{i - 1}*a{i - 1} + a{i - 1}" if i else "x + y" for i in range(40)}
    with within(REFUSAL_SECONDS), pytest.raises(InvalidInput, match="parts once its lets are put in"):
        read_statement("a39 > 0", let=names)
