"""A statement that is not defined at some admitted value is never proved, and the place is named."""

from __future__ import annotations

import pytest

from proofs.check import check_statement
from theory.exact import InvalidInput

SECONDS = 10.0


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("x/x == 1", []),
        ("log(x) <= x - 1", []),
        ("sqrt(x)**2 == x", []),
        ("1/x**2 > 0", []),
        ("x**(1/2) >= 0", []),
        ("(x**2 - 1)/(x - 1) == x + 1", []),
        ("log(x)/log(x) == 1", ["x > 0"]),
        ("sqrt(x - 3) >= 0", ["x >= 2"]),
        ("1/(R - 4) != 0", ["R >= 1"]),
        ("x**y > 0", ["x >= 0"]),
        ("exp(1/x) > 0", ["x >= 0"]),
        ("log(R - 4)**2 >= 0", ["R > 1", "R < 10"]),
        ("0*log(x) == 0", []),
        ("x - x + 1/y - 1/y == 0", []),
        ("sqrt(x) - sqrt(x) == 0", []),
    ],
)
def test_undefined_somewhere_is_not_proved_and_the_place_is_named(statement, where):
    result = check_statement(statement, where, seconds=SECONDS)
    assert result["verdict"] != "proved"
    if result["verdict"] == "undecided":
        assert "not defined at" in result["reason"], result["reason"]


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("limit(x/(p*x), x, oo) == 1/p", []),
        ("limit(sqrt(x), x, 0) == 0", []),
        ("sup(1/x, x, -1, 1) == oo", []),
        ("sup(x/x, x, 0, 1) == 1", []),
        ("increasing(-1/x, x)", []),
        ("increasing(log(x), x)", []),
        ("increasing(x/x*x, x)", []),
        ("attained(x/x, x, -1, 1)", []),
    ],
)
def test_forms_undefined_somewhere_are_not_proved(statement, where):
    assert check_statement(statement, where, seconds=SECONDS)["verdict"] != "proved"


@pytest.mark.parametrize(
    ("statement", "where", "condition"),
    [("x/x == 1", ["x > 0"], "x != 0"), ("log(x) <= x - 1", ["x > 0"], "x > 0"), ("1/x + x >= 2", ["x > 0"], "x != 0")],
)
def test_side_conditions_that_were_needed_are_listed(statement, where, condition):
    result = check_statement(statement, where, seconds=SECONDS)
    assert result["verdict"] == "proved", result["reason"]
    assert condition in result["side_conditions"]


def test_square_root_of_a_square_is_refuted():
    result = check_statement("sqrt(x**2) == x", seconds=SECONDS)
    assert result["verdict"] == "refuted"
    assert result["witness"] == {"x": "-1"}


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("x > 0", ["x > 1", "x < 0"]),
        ("x > 0", ["x**2 < 0"]),
        ("R >= 1", ["R >= 1", "R < 1"]),
        ("x == 1", ["exp(x) < 0"]),
        ("x > 0", ["x > 2", "x < 3", "x == 5"]),
        ("x > 0", ["x > y", "y > z", "z > x"]),
        ("x > 0", ["sqrt(x) < 0"]),
        ("x > 0", ["x*y == 1", "x == 0"]),
        ("x > 0", ["1 > 2"]),
        ("x + y > 0", ["x**2 + y**2 < -1"]),
    ],
)
def test_premises_that_nothing_satisfies_are_an_error(statement, where):
    with pytest.raises(InvalidInput, match="nothing satisfies"):
        check_statement(statement, where, seconds=SECONDS)
