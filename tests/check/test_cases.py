"""Kinds of statement for which the verdict was once wrong or the message misleading, each in several wordings.

The expected answers are derived by hand; the reason stands beside each kind.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from proofs.check import check_statement
from proofs.check.files import parse_claims
from proofs.check.judging import HELD, check_claims
from tests.tools import objections, oracle
from theory.exact import InvalidInput

SECONDS = 30.0  # of processor time: each takes a few at most


def answer(statement, where=(), let=None):
    return check_statement(statement, list(where), let, seconds=SECONDS)


def refutes(statement, where, let, witness):
    """By the oracle of the tests alone: every premise holds at the witness, as it is written, and the statement does not."""
    return objections.objection_to_refuted(oracle.Claim(statement, tuple(where), tuple((let or {}).items())), witness) is None


# -- premises that are defined nowhere else admit nothing there (8 to 12) ---------------------------------------------


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("y != 5", ["(y-5)/(y-5) == 1"]),  # 0/0 at 5
        ("u != 0", ["0/u == 0"]),
        ("s > 0", ["log(s) == log(s)"]),
        ("s > 0", ["log(s) - log(s) == 0"]),
        ("t >= 2", ["sqrt(t-2) - sqrt(t-2) == 0"]),
        ("y <= 6", ["sqrt(6-y)**2 == 6-y"]),
        ("z >= 1", ["sqrt(z-1)*sqrt(z-1) == z-1"]),
        ("x > 0", ["exp(log(x)) == x"]),
        ("x != 0", ["1/(1/x) == x"]),
        ("x > 0", ["0*log(x) == 0"]),
        ("sup(y, y, 0, 4) == 4", ["(y-4)/(y-4) == 1"]),  # 4 itself is not admitted, and every number below it is
        ("y >= 3 or y == 0", ["sqrt(y**2*(y-3)) >= 0"]),
        ("z >= 0 or x == 0", ["sqrt(x**2*z) >= 0"]),
    ],
)
def test_a_premise_admits_nothing_where_it_is_not_defined_as_written(statement, where):
    found = answer(statement, where)
    assert found["verdict"] == "proved", found["reason"]


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("y >= 3", ["sqrt(y**2*(y-3)) >= 0"]),  # at y = 0 the root is 0
        ("z >= 0", ["sqrt(x**2*z) >= 0"]),  # at x = 0 for every z
        ("w <= 1", ["sqrt((w-2)**2*(1-w)) >= 0"]),  # at w = 2
        ("y < 6", ["sqrt(6-y)**2 == 6-y"]),  # 6 is admitted
        ("s > 1", ["log(s) - log(s) == 0"]),
    ],
)
def test_a_premise_admits_every_value_at_which_it_is_defined_and_true(statement, where):
    found = answer(statement, where)
    assert found["verdict"] == "refuted", found["reason"]
    assert refutes(statement, where, None, found["witness"])


@pytest.mark.parametrize(("statement", "where"), [("attained(y, y, 0, 4)", ["(y-4)/(y-4) == 1"]), ("attained(-y, y, 0, 4)", ["y/y == 1"])])
def test_a_supremum_is_not_attained_where_a_premise_is_not_defined(statement, where):
    assert answer(statement, where)["verdict"] == "refuted"


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("0 == 1", ["y > 1", "sqrt(-y)**2 == -y"]),
        ("x > 0", ["log(x) - log(x) == 0", "x < 0"]),
        ("x == 1", ["x/x == 1", "x == 0"]),
        ("y > 0", ["sqrt(y-3)**2 == y-3", "y < 2"]),
    ],
)
def test_premises_that_are_nowhere_defined_together_are_an_error(statement, where):
    with pytest.raises(InvalidInput, match="nothing satisfies"):
        answer(statement, where)


# -- the statement as written is not defined somewhere (13, 17, 18) ---------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "where", "place"),
    [
        ("sqrt(y-1)**2 >= 0", [], "y = "),
        ("exp(log(2*y)) > 0", [], "y = "),
        ("1/(1/(y-1)) != 0", [], "y = 1"),
        ("1/(1/x) == x", [], "x = 0"),
        ("log(x) - log(x) == 0", [], "x = "),
        ("(x-2)/(x-2) == 1", [], "x = 2"),
        ("0*log(k) == 0", [], "k = "),
        ("sqrt(x)*sqrt(x) == x", [], "x = -"),
        ("sqrt(x**2*y) == Abs(x)*sqrt(y)", ["x**2*y >= 0"], "x = 0"),
        ("c/y != 0", ["c != 0"], "y = 0"),
        ("1/(y*z) != 0", [], " = 0"),
        ("sqrt(-y**4) == 0", [], "y = "),
        ("y == y or 1/(y-7) > 0", [], "y = 7"),
    ],
)
def test_a_statement_that_holds_wherever_it_is_defined_is_undecided_and_the_place_is_named(statement, where, place):
    found = answer(statement, where)
    assert found["verdict"] == "undecided"
    where_it_is, _, need = found["reason"].removeprefix("not defined at ").partition(": ")
    assert place in where_it_is, found["reason"]
    assert " needs " in need


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("sqrt(y-1)**2 > 0", []),  # y = 1
        ("x/x == 2", []),
        ("exp(log(2*y)) > 1", []),
        ("a/b > 0", ["a > 0"]),
        ("1/(1/(y-1)) > 0", []),
    ],
)
def test_a_statement_that_fails_where_it_is_defined_is_refuted_there(statement, where):
    found = answer(statement, where)
    assert found["verdict"] == "refuted", found["reason"]
    assert refutes(statement, where, None, found["witness"])


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("sqrt(-y**4) == 0", ["y == 0"]),
        ("sqrt(-x**2) >= 0", ["x == 0"]),
        ("sqrt(-(y-1)**2) == 0", ["y == 1"]),
        ("sqrt(y**2*(y-3)) >= 0", ["y >= 3 or y == 0"]),
        ("sqrt(x**2*(1-x)) == 0", ["x == 0 or x == 1"]),
        ("sqrt(a*b) == 0", ["a*b == 0"]),
        ("c/y != 0", ["c != 0", "y != 0"]),
        ("sqrt(y-1)**2 >= 0", ["y >= 1"]),
    ],
)
def test_a_statement_that_is_defined_and_true_at_every_admitted_value_is_proved(statement, where):
    found = answer(statement, where)
    assert found["verdict"] == "proved", found["reason"]


# -- ranges that are empty, cut off or beyond for some parameters (4 to 7) --------------------------------------------


@pytest.mark.parametrize(
    ("statement", "where", "wrong_at"),
    [
        ("sup(5*y, y, 0, 2) == 10", ["y <= c", "c >= 0"], lambda c: 0 <= c < 2),
        ("sup(2*z, z, -1, 3) == 6", ["z <= m", "m >= -1"], lambda m: -1 <= m < 3),
        ("inf(y, y, -1, 1) == -1", ["y >= k", "k <= 1"], lambda k: -1 < k <= 1),
        ("sup(-y, y, 0, 5) == 0", ["y > c", "c >= 0", "c < 5"], lambda c: 0 < c < 5),
    ],
)
def test_a_supremum_that_premises_on_a_parameter_cut_off_is_refuted(statement, where, wrong_at):
    found = answer(statement, where)
    assert found["verdict"] == "refuted", found["reason"]
    parameters = {name: Fraction(text) for name, text in found["witness"].items()}
    assert wrong_at(parameters[wrong_at.__code__.co_varnames[0]])


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("sup(5*y, y, 0, 2) == 10", ["y <= c", "c >= 2"]),
        ("sup(5*y, y, 0, 2) == 5*c", ["y <= c", "c >= 0", "c <= 2"]),
        ("not attained(y, y, 0, 3)", ["y < c", "c > 0", "c <= 3"]),
        ("attained(y, y, 0, 3)", ["y < c", "c > 3"]),
        ("sup(y**3, y, 1, c) == c**3", ["c >= 1"]),
        ("sup(y, y, a, b) == b", ["a <= b"]),
        ("inf(exp(y), y, a, b) == exp(a)", ["a <= b"]),
        ("limit(y + 1, y, 3) == 4", ["y > c", "c < 3"]),
        ("limit(y**2, y, 0) == 0", ["y >= c", "c <= 0"]),
        ("limit(y, y, 2) == 2", ["y > a", "y < b", "a < 2", "b > 2"]),
        ("limit(y, y, 2) == 2", ["y > a", "a <= 2"]),  # from above alone
    ],
)
def test_where_a_value_is_admitted_for_all_parameters_the_form_is_proved(statement, where):
    found = answer(statement, where)
    assert found["verdict"] == "proved", found["reason"]


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("not attained(y, y, 0, 3)", ["y < c", "c > 0"]),  # c = 9: y = 3 is admitted
        ("attained(y, y, 0, 3)", ["y < c", "c > 0"]),  # c = 1
    ],
)
def test_what_holds_for_some_parameters_only_is_not_said_of_all(statement, where):
    assert answer(statement, where)["verdict"] not in HELD


@pytest.mark.parametrize(
    ("statement", "where", "names"),
    [
        ("sup(y**3, y, 1, c) == c**3", ["c > 0"], ["c"]),  # c = 1/2 leaves nothing
        ("sup(y, y, a, b) == b", [], ["a", "b"]),
        ("inf(exp(y), y, a, b) == exp(a)", [], ["a", "b"]),
        ("sup(y**2, y, 0, c) == c**2", ["c != 0"], ["c"]),
        ("attained(y, y, 0, c)", [], ["c"]),
        ("sup(y, y, 0, 1) == 1", ["y > c", "c > 0"], ["c"]),
        ("limit(y + 1, y, 3) == 4", ["y > c"], ["c"]),  # c = 7 leaves no y near 3
        ("limit(y**2, y, 0) == 0", ["y >= c"], ["c"]),
        ("limit(y, y, 2) == 2", ["y > a", "y < b", "a < b"], ["a"]),
        ("limit(1/y, y, oo) == 0", ["y < c"], ["c"]),  # for no c
    ],
)
def test_parameters_for_which_nothing_is_admitted_are_named_and_nothing_is_proved(statement, where, names):
    found = answer(statement, where)
    assert found["verdict"] == "undecided", found
    assert "admit" in found["reason"]
    for name in names:
        assert f"{name} = " in found["reason"], found["reason"]


# -- names that the engines could take for their own (3) --------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "where", "verdict"),
    [
        ("increasing(-(r - r_second)**4, r)", [], "refuted"),
        ("increasing(x_second*x - x**2, x)", [], "refuted"),
        ("increasing(-(a - a_second_)**2, a)", ["a_second == a_second_"], "refuted"),
        ("increasing(x + x_second**2 + x_second_, x)", [], "proved"),
        ("increasing(v0*v1 + v0, v0)", ["v1 >= 0"], "proved"),
        ("increasing(v1*v0, v1)", [], "refuted"),
        ("limit(v0*v1, v0, 2) == 2*v1", [], "proved"),
        ("sup(w*x, w, 0, x) == x**2", ["x > 0"], "proved"),
    ],
)
def test_no_name_is_taken(statement, where, verdict):
    found = answer(statement, where)
    assert found["verdict"] == verdict, found["reason"]


# -- messages (14 to 16) ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "where"), [("increasing(2*y, y)", ["y == 1"]), ("increasing(-y, y)", ["y == 1"]), ("increasing(x, x)", ["x == a"])]
)
def test_nothing_is_smaller_than_another_where_one_value_is_admitted(statement, where):
    found = answer(statement, where)
    assert found["verdict"] == "proved", found["reason"]
    assert "no two values" in found["method"]


def test_one_admitted_value_at_which_the_expression_is_not_defined_is_not_enough():
    assert answer("increasing(log(y), y)", ["y == -1"])["verdict"] == "undecided"


def test_premises_that_are_at_odds_are_an_error_of_every_form():
    for statement in ("increasing(2*y, y)", "limit(y, y, 1) == 1", "sup(y, y, 0, 1) == 1", "y == y"):
        with pytest.raises(InvalidInput, match="nothing satisfies"):
            answer(statement, ["y == 1", "y == 2"])


@pytest.mark.parametrize(
    ("statement", "where", "let"),
    [
        ("τ > 0", [], {}),
        ("π > 0", [], {}),
        ("x > 0", ["π > 3"], {}),
        ("x² > 0", [], {}),
        ("ｘ > 0", [], {}),
        ("x ≥ 0", [], {}),
        ("x > 0", [], {"a": "π/2"}),
        ("x > 0", [], {"τ": "2*pi"}),
    ],
)
def test_only_ascii_is_read(statement, where, let):
    with pytest.raises(InvalidInput) as refusal:
        answer(statement, where, let)
    if "π" in statement + "".join((*where, *let.values())):
        assert "pi" in str(refusal.value)


@pytest.mark.parametrize("let", [{"y": "y+2"}, {"x": "2*x"}, {"a": "b", "b": "a + 1"}, {"a": "b + 1", "b": "3"}, {"y": "sqrt(y)"}])
def test_a_name_that_is_defined_by_itself_is_an_error(let):
    with pytest.raises(InvalidInput, match="defined"):
        answer("y > 0", [], let)


# -- used claims are known where their own premises hold, under their own lets (1, 2) --------------------------------


def chain(text):
    return [result["verdict"] for result in check_claims(parse_claims(text), seconds=SECONDS)]


def claim(name, statement, where=(), let=(), uses=()):
    lines = ["[[claim]]", f"id = '{name}'", f"statement = '{statement}'", f"where = {list(where)}", f"uses = {list(uses)}"]
    return "\n".join([*lines, "let = { " + ", ".join(f"{key} = '{text}'" for key, text in dict(let).items()) + " }", ""])


@pytest.mark.parametrize(
    ("used", "user", "verdicts"),
    [
        # s is another thing in each; s = 5, h = 0
        (claim("p", "h > 1", ["s > 4"], {"s": "h+3"}), claim("q", "h > 1", ["s > 4"], uses=["p"]), ["proved", "refuted"]),
        (claim("p", "h > 0", ["s > 0"], {"s": "h"}), claim("q", "h > 0", ["s > 0"], {"s": "2"}, ["p"]), ["proved", "refuted"]),
        (claim("p", "a >= 1", ["w >= 0"], {"a": "w**2+1"}), claim("q", "a >= 1", ["a > -3"], uses=["p"]), ["proved", "refuted"]),
        (
            claim("p", "s**2 == x", ["x >= 0"], {"s": "sqrt(x)"}),
            claim("q", "s**2 == x", ["x >= 0"], {"s": "x+1"}, ["p"]),
            ["proved", "refuted"],
        ),
        # the premise of the used claim guards it: x = 0
        (claim("p", "x >= 1", ["x >= 2"]), claim("q", "x >= 1", uses=["p"]), ["proved", "refuted"]),
        (claim("p", "1/x > 0", ["x > 0"]), claim("q", "x > 0", uses=["p"]), ["proved", "refuted"]),
        (claim("p", "k > 1 and k < 3", ["k == 2"]), claim("q", "k > 1", uses=["p"]), ["proved", "refuted"]),
        (claim("p", "y >= 1", ["sqrt(y-1) >= 0"]), claim("q", "y >= 1", ["y >= 0"], uses=["p"]), ["proved", "refuted"]),
        # what is known where it is not even defined narrows nothing
        (claim("p", "log(x) <= x - 1", ["x > 0"]), claim("q", "x < 1", ["x < 0"], uses=["p"]), ["proved", "proved"]),
        (claim("p", "1/x > 0", ["x > 0"]), claim("q", "x**2 >= 0", uses=["p"]), ["proved", "proved"]),
        # and it is of use where it applies, under its own let
        (claim("p", "u*x >= 2", ["x >= 2"], {"u": "x-1"}), claim("q", "u >= 1", ["x >= 3"], {"u": "x-2"}, ["p"]), ["proved", "proved"]),
        (
            claim("p", "rate <= 1", ["R >= 1"], {"rate": "(sqrt(R)+1)/sqrt(2*(R+1))"}),
            claim("q", "1/rate - 1 >= 0", ["R >= 1"], {"rate": "(sqrt(R)+1)/sqrt(2*(R+1))"}, ["p"]),
            ["proved", "proved"],
        ),
        # a claim that does not hold carries nothing
        (claim("p", "x > 0"), claim("q", "x**2 >= 0", uses=["p"]), ["refuted", "undecided"]),
    ],
)
def test_a_used_claim_says_what_it_says_under_its_own_premises_and_lets(used, user, verdicts):
    assert chain(used + user) == verdicts
