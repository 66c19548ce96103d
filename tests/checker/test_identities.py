"""Polynomial identities: proved by expansion, refuted at a point that is evaluated again, and judged only where they are defined."""

from __future__ import annotations

import dataclasses

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from proofs import checker
from proofs.checker import identities as checked_identities
from proofs.checker import recheck
from proofs.engines import decide, identities
from proofs.kernel.statements import Holds, Known
from proofs.kernel.terms import joined
from proofs.kernel.verdict import Evidence, Outcome, Strength

y, z, x, p_real = sp.symbols("y z x p", real=True)
k, n = sp.symbols("k n", integer=True, positive=True)
positive = sp.Symbol("p", positive=True)


def says(*equations, where=(), known=()):
    parts = [sp.Eq(left, right, evaluate=False) for left, right in equations]
    return Holds(says="s", condition=joined(sp.And, *parts), where=where, known=known)


def fails(witness):
    return Evidence(road="symbolic", engine="identities", outcome=Outcome.FAILS, witness=witness)


def raw(make, *parts):
    return make(*parts, evaluate=False)


@pytest.mark.parametrize(
    "equation",
    [
        (raw(sp.Pow, x + y, 1), x + y),
        (sp.Rational(1, 2) * x + x / 3, sp.Rational(5, 6) * x),
        (raw(sp.Add, x, y, z, 2), x + y + z + 2),
        (raw(sp.Mul, x, y, raw(sp.Add, z, 2)), x * y * z + 2 * x * y),
        (sp.Integer(3), sp.Integer(3)),
        (raw(sp.Pow, raw(sp.Add, x, y), 3), x**3 + 3 * x**2 * y + 3 * x * y**2 + y**3),
    ],
    ids=str,
)
def test_two_ways_of_writing_a_polynomial_are_equal_by_both_expansions(equation):
    statement = says(equation)
    evidence = identities.decide(statement, 0)
    assert evidence.outcome is Outcome.HOLDS
    assert evidence.strength is Strength.CERTIFIED
    assert recheck(statement, evidence)
    other = says((equation[0], equation[1] + 1))
    assert not recheck(other, evidence)


@pytest.mark.parametrize(
    "statement",
    [
        says((sp.sqrt(x), sp.sqrt(x))),
        says((1 / x, 1 / x)),
        says((sp.sin(x), sp.sin(x))),
        says((x, x), (sp.exp(x), sp.exp(x))),
        says((x, sp.pi)),
        Holds(says="s", condition=sp.Or(sp.Eq(x, 1), sp.Eq(x, 2))),
        Holds(says="s", condition=x < y),
        says((raw(sp.Pow, x, -1), raw(sp.Pow, x, -1))),
        says((raw(sp.Mul, x, raw(sp.Pow, x, -1)), 1 + 0 * x)),
    ],
    ids=str,
)
def test_only_polynomial_equations_that_are_defined_everywhere_are_taken(statement):
    assert identities.decide(statement, 0) is None
    held = identities.decide(says((x, x)), 0)
    assert not recheck(statement, held)
    assert not recheck(statement, fails({"x": "1", "y": "2"}))


def test_under_premises_equations_are_left_to_what_sees_that_something_satisfies_them():
    assert identities.decide(says((x, x), where=(x < 0,)), 0) is None
    assert identities.decide(says((x, y), known=(Known(condition=sp.Eq(x, y)),)), 0) is None


def test_an_assumption_about_a_symbol_is_kept_by_a_witness():
    q = sp.Symbol("q", positive=True)
    assert recheck(says((q, 2 * q)), fails({"q": "3"}))
    assert not recheck(says((q, 2 * q)), fails({"q": "-3"}))


@pytest.mark.parametrize(
    ("statement", "witness"),
    [
        (says((sp.prod(x - k for k in range(2, identities.POINTS + 2)), sp.Integer(0))), {"x": "1"}),
        (says((p_real, p_real + 1)), None),
        (says((x, x), (y, 2 * y)), None),
        (says((x * y, sp.Integer(0))), None),
        (says((x, y + 3)), None),
    ],
)
def test_an_equation_that_fails_at_a_small_whole_number_is_refuted_there(statement, witness):
    evidence = identities.decide(statement, 0)
    assert evidence.outcome is Outcome.FAILS
    assert witness is None or evidence.witness == witness
    assert recheck(statement, evidence)
    for other in (Outcome.HOLDS, Outcome.UNSETTLED, Outcome.ABSENT):
        assert not recheck(statement, dataclasses.replace(evidence, outcome=other))


def test_an_identity_is_shown_by_evidence_that_it_holds_alone():
    statement = says(((x + y) ** 2, x**2 + 2 * x * y + y**2))
    evidence = identities.decide(statement, 0)
    assert recheck(statement, evidence)
    for other in (Outcome.FAILS, Outcome.UNSETTLED, Outcome.ABSENT):
        assert not recheck(statement, dataclasses.replace(evidence, outcome=other))


def test_a_point_at_which_both_sides_agree_or_that_is_not_admitted_refutes_nothing():
    statement = says((x**2, x), where=(x > 0,))
    for value, stands in (("1", False), ("0", False), ("-1", False), ("2", True), ("1/2", True)):
        assert checked_identities.recheck(statement, fails({"x": value})) is stands
    assert not recheck(statement, fails(None))
    assert not recheck(statement, fails({"y": "2"}))


def test_one_of_several_equations_that_fails_is_enough():
    evidence = identities.decide(says((x, 2 * x)), 0)
    assert recheck(says((x, x), (x, 2 * x)), evidence)
    assert recheck(says((x, 2 * x), (x, x)), evidence)
    assert not recheck(says((x, x), (y - y, sp.Integer(0))), evidence)
    held = identities.decide(says((x, x)), 0)
    assert not recheck(says((x, x), (x, 2 * x)), held)


def test_two_variables_of_one_name_are_not_one_polynomial():
    other = sp.Symbol("x", positive=True)
    assert not recheck(says((other, x)), identities.decide(says((x, x)), 0))


@given(st.integers(-5, 5), st.integers(1, 4))
def test_true_polynomial_identities_are_certified(a, n):
    statement = says(((x + a * y) ** n, sp.expand((x + a * y) ** n)))
    evidence = identities.decide(statement, 0)
    assert evidence.outcome is Outcome.HOLDS
    assert recheck(statement, evidence)


@given(st.integers(1, 9), st.integers(1, 3))
def test_false_ones_fail_at_a_point_that_rechecks(a, n):
    statement = says(((x + y) ** n + a * p_real, sp.expand((x + y) ** n)))
    evidence = identities.decide(statement, 0)
    assert evidence.outcome is Outcome.FAILS
    assert recheck(statement, evidence)
    assert not recheck(statement, dataclasses.replace(evidence, outcome=Outcome.HOLDS))


@pytest.mark.parametrize("left", [sp.Integer(0), x, sp.Add(0, 0, evaluate=False), sp.Mul(2, x, evaluate=False)])
def test_what_sympy_leaves_unevaluated_is_never_refuted(left):
    evidence = identities.decide(says((left, sp.expand(left.doit()))), 0)
    assert evidence is None or evidence.outcome is Outcome.HOLDS


def test_a_witness_outside_the_premises_is_not_accepted():
    statement = says((x, y), where=(x > 3, y > 0))
    for witness, stands in (
        ({"x": "4", "y": "2"}, True),
        ({"x": "1", "y": "2"}, False),
        ({"x": "4", "y": "-1"}, False),
        ({"x": "4", "y": "4"}, False),
    ):
        assert recheck(statement, fails(witness)) is stands


def equation(left, right, *where):
    return Holds(says="s", condition=sp.Eq(left, right, evaluate=False), where=where)


def test_a_witness_outside_the_premises_or_the_signs_is_not_accepted():
    statement = equation(x, positive)
    evidence = identities.decide(statement, 0)
    assert checker.recheck(statement, evidence)
    for witness in ({"x": "4", "p": "-1"}, {"x": "4", "p": "4"}):
        assert not checker.recheck(statement, dataclasses.replace(evidence, witness=witness))


@pytest.mark.parametrize(
    "statement", [equation(sp.sqrt(x**2), x), equation(1 / x, 1 / x), equation(sp.exp(x), 1 + x), Holds(says="s", condition=x < y)]
)
def test_what_is_not_a_polynomial_equation_is_left_to_others(statement):
    assert identities.decide(statement, 0) is None


def test_a_premise_that_makes_the_equation_true_is_not_overlooked():
    evidence = identities.decide(equation(x * y, sp.Integer(0), sp.Eq(x, 0)), 0)
    assert evidence is None  # no admitted point breaks it, and the expansion alone does not prove it


def holding(condition, *where, known=()):
    return Holds(says="s", condition=condition, where=where, known=known)


SECONDS = 10.0


@pytest.mark.parametrize(
    ("symbol", "where", "value"),
    [
        (sp.Symbol("a", negative=True), lambda a: sp.Eq(a**2, 1), -1),
        (sp.Symbol("a", positive=True), lambda a: sp.Eq(a**2, 1), 1),
        (sp.Symbol("a", real=True, nonzero=True), lambda a: sp.Eq(a**2, a), 1),
        (sp.Symbol("a", nonpositive=True), lambda a: sp.Eq(a**2, a), 0),
        (sp.Symbol("a", nonnegative=True), lambda a: sp.Eq(a**2, 4), 2),
    ],
)
def test_no_counterexample_breaks_the_sign_of_its_symbol(symbol, where, value):
    """With the other root of the premise the equation would fail."""
    true = holding(sp.Eq(symbol, value), where(symbol))
    assert identities.decide(true, 0.0) is None
    assert decide(true, SECONDS).outcome is Outcome.HOLDS
    for root in (-2, -1, 0, 1, 2):
        for engine in ("identities", "holds"):
            assert not recheck(true, Evidence(road="exact", engine=engine, outcome=Outcome.FAILS, witness={"a": str(root)}))


def test_polynomial_identities_are_of_equations_and_of_one_symbol_a_name():
    holds_so = Evidence(road="symbolic", engine="identities", outcome=Outcome.HOLDS, strength=Strength.CERTIFIED, certificate={})
    other = sp.Symbol("x", positive=True)
    assert recheck(holding(sp.Eq(x + y, y + x, evaluate=False)), holds_so)
    two_of_one_name = sp.Eq(x + other, other + x, evaluate=False)
    for of in map(holding, (x > 0, sp.Eq(sp.sqrt(x), y), two_of_one_name, sp.Eq(x, y))):
        assert not recheck(of, holds_so)
