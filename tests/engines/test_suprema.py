"""The engine of suprema: what it decides, and the points and values that it proposes."""

from __future__ import annotations

import dataclasses

import pytest
import sympy as sp

from proofs.checker import recheck
from proofs.checker import suprema as checked
from proofs.engines import decide, suprema
from proofs.kernel.verdict import Outcome, Strength
from tests.tools.limits import later
from tests.tools.statements import supremum

x, y = sp.symbols("x y", real=True)
n = sp.Symbol("n", integer=True)
R = sp.Rational
oo = sp.oo


def decided(statement):
    found = suprema.decide(statement, later())
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("statement", "note", "strength"),
    [
        (supremum(x / (x + 1), 0, oo, 1), "bounded, and approached (limit)", Strength.CERTIFIED),
        (supremum(x * (2 - x), 0, 2, 1), "bounded, and approached (point)", Strength.CERTIFIED),
        (supremum(x**2, 0, 3, 9), "bounded, and approached (point)", Strength.CERTIFIED),
        (supremum(x * (2 - x), 0, 2, 1, attained=True), "bounded, and approached (point)", Strength.CERTIFIED),
        (supremum(x / (x + 1), 0, oo, 1, attained=False), "bounded, and approached (limit)", Strength.CERTIFIED),
        (supremum(x, 0, oo, oo), "unbounded", Strength.CERTIFIED),
        (supremum(-x, -oo, 0, oo), "unbounded", Strength.CERTIFIED),
        (supremum(x, 0, oo, oo, attained=False), "unbounded", Strength.CERTIFIED),
        (supremum(x / (x + 1), 0, oo, "1/3"), "a value above the bound", None),
        (supremum(x * (2 - x), 0, 2, 1, attained=False), "the supremum is attained", None),
        (supremum(x / (x + 1), 0, oo, 1, attained=True), "the supremum is not attained", None),
        (supremum(x, 0, oo, attained=True), "the expression is unbounded", None),
    ],
    ids=str,
)
def test_a_supremum_and_what_is_said_of_it(statement, note, strength):
    found = decided(statement)
    assert found.note == note
    assert found.outcome is (Outcome.FAILS if strength is None else Outcome.HOLDS)
    assert strength is None or found.strength is strength
    assert recheck(statement, found)


@pytest.mark.parametrize(
    ("statement", "note"),
    [
        (supremum(n, 0, 5, 5, variable=n), "a supremum over whole numbers is not decided"),
        (supremum(sp.sin(x) * x, 0, oo, oo), "it is not seen whether the expression is bounded"),
    ],
    ids=["whole", "growing"],
)
def test_a_supremum_that_is_left_open(statement, note):
    found = suprema.decide(statement, later(3))
    assert (found.outcome, found.note) == (Outcome.UNSETTLED, note)
    assert not recheck(statement, found)


@pytest.mark.parametrize(
    ("statement", "ends"),
    [
        (supremum(x, 0, 1), [1, 0]),
        (supremum(x, -oo, oo), [oo, -oo]),
        (supremum(x, 0, oo, where=(x < y,)), [oo, 0, y]),
        (supremum(x, 0, oo, where=(2 * x - 3 < 0,)), [oo, 0, R(3, 2)]),
        (supremum(x, 0, oo, where=(y > 1,)), [oo, 0]),
        (supremum(x, 0, oo, where=(x**2 < 2,)), [oo, 0, sp.sqrt(2), -sp.sqrt(2)]),
        (supremum(x, 0, oo, where=(sp.And(x < 5, x > 2),)), [oo, 0, 2, 5]),
        (supremum(x, 0, 3, where=(x < 3,)), [3, 0]),
        (supremum(x, 0, oo, where=(x * y < 1,)), [oo, 0, 1 / y]),
        (supremum(x, 0, oo, where=(sp.Or(x < 5, x > 7),)), [oo, 0]),
    ],
    ids=str,
)
def test_the_ends_of_a_range_are_those_of_the_variable_and_of_premises_that_are_solved_for_it(statement, ends):
    found = suprema.ends(statement)
    assert sorted(map(str, found)) == sorted(map(str, ends))
    assert found[:2] == [statement.end, statement.start]


@pytest.mark.parametrize(
    ("statement", "value", "points"),
    [
        (supremum(x * (3 - x), 0, 3), R(9, 4), [R(3, 2)]),
        (supremum(x**3 - 3 * x, -3, 3), 2, [-1, 1, 3, -3, 2]),
        (supremum(sp.exp(x), 0, 5), sp.exp(2), [2, 0, 5, 1]),
        (supremum(y * x - x**2, 0, oo, where=(y > 0,)), y**2 / 4, [y / 2, 0, 1]),
        (supremum(x**2 + 1, -1, 1), 0, [0, 1, -1]),
    ],
    ids=str,
)
def test_candidates_are_ends_critical_points_and_solutions(statement, value, points):
    found = suprema.point_candidates(statement, sp.sympify(value))
    assert set(map(sp.sympify, points)) <= set(found)
    assert len(found) == len(set(found)) <= suprema.MAX_CANDIDATES
    assert not any(c.has(sp.I, sp.oo, sp.nan, sp.zoo) for c in found)
    assert not any(c.has(statement.variable) for c in found)


def test_the_largest_value_at_the_candidates_and_the_limits_at_the_ends():
    assert {sp.Integer(0), R(9, 4), sp.Integer(2)} <= set(suprema.value_candidates(supremum(x * (3 - x), 0, 3), later()))
    assert sp.Integer(1) in suprema.value_candidates(supremum(x / (x + 1), 0, oo), later())
    assert set(suprema.value_candidates(supremum(x, 1, oo), later())) == {sp.Integer(0), sp.Integer(1)}  # and not oo
    assert y in suprema.value_candidates(supremum(y * x / (x + 1), 0, oo, where=(y > 0,)), later())
    assert suprema.limit_value(supremum(1 / x, 0, 1), sp.Integer(0), later()) is None  # no number
    assert suprema.limit_value(supremum(x * sp.log(x), 0, 1, where=(x > 0,)), sp.Integer(0), later()) == 0
    assert suprema.limit_value(supremum(sp.sin(x), 0, oo), oo, later()) is None
    assert suprema.limit_value(supremum(y * x, 0, oo), oo, later()) is None  # it depends on the sign of y
    assert suprema.limit_value(supremum(y * x / (x + 1), 0, oo, where=(y < 0,)), oo, later()) == y


def test_admitted_points_with_different_parameters():
    found = suprema.some_points(supremum(y * x, 0, 1, where=(y > 2,)), 3)
    assert len(found) == 3
    assert len({point["y"] for point in found}) == 3
    assert all(sp.sympify(point["y"]) > 2 and 0 <= sp.sympify(point["x"]) <= 1 for point in found)
    assert len(suprema.some_points(supremum(x, 0, 1), 3)) == 1  # without parameters there is one choice
    assert suprema.some_points(supremum(x, 2, 1), 3) == []
    (point,) = suprema.some_points(supremum(x, 5, 6), 3)
    assert 5 <= sp.sympify(point["x"]) <= 6


def test_the_range_of_a_supremum():
    of = supremum(x * y, 0, y, y**2, where=(y > 0, sp.And(2 * x < 3, x > -1)))
    assert checked.range_premises(of) == (*of.where, sp.Ge(x, 0, evaluate=False), sp.Le(x, y, evaluate=False))
    assert checked.range_premises(supremum(x, -sp.oo, sp.oo, 1)) == ()
    assert set(suprema.ends(of)) == {y, sp.Integer(0), R(3, 2), sp.Integer(-1)}
    assert set(suprema.end_points(supremum(x, 3, sp.oo, 1))) == {sp.Integer(3), sp.Integer(0), sp.Integer(1)}
    taken = checked.at_point(supremum(x**2, 0, y, y**2, where=(x > -1, y > 0)), y**2, y)
    assert [str(part.condition) for part in taken] == ["Eq(y**2, y**2)", "y > -1", "y >= 0", "y <= y"]
    assert {part.where for part in taken} == {(y > 0,)}
    undefined = checked.at_point(supremum(1 / x, 0, 1, 1), sp.Integer(1), sp.Integer(0))
    assert decide(undefined[0], 5.0).outcome is Outcome.UNSETTLED
    assert {sp.Integer(0), sp.Integer(1), R(1, 2)} <= set(suprema.point_candidates(supremum(x * (1 - x), 0, 1, "1/4"), R(1, 4)))


@pytest.mark.parametrize(
    ("statement", "outcome", "kind"),
    [
        (supremum(x / (x + 1), 0, sp.oo, 1), Outcome.HOLDS, "supremum"),
        (supremum(x / (x + 1), 0, sp.oo, 2), Outcome.FAILS, "below"),
        (supremum(x / (x + 1), 0, sp.oo, "1/2"), Outcome.FAILS, "above"),
        (supremum(x, 0, sp.oo, sp.oo), Outcome.HOLDS, "unbounded"),
        (supremum(1 / (x + 1), 0, sp.oo, sp.oo), Outcome.FAILS, "below"),
        (supremum(x * (1 - x), 0, 1, "1/4", attained=False), Outcome.FAILS, "the supremum is attained"),
        (supremum(x / (x + 1), 0, sp.oo, 1, attained=True), Outcome.FAILS, "the supremum is not attained"),
        (supremum(x, 0, sp.oo, None, attained=True), Outcome.FAILS, "unbounded"),
        (supremum(x * (1 - x), 0, 1, None, attained=True), Outcome.HOLDS, "supremum"),
        (supremum(x / (x + 1), 0, sp.oo, None, attained=False), Outcome.HOLDS, "supremum"),
        (supremum(x * y, 0, y, y**2, where=(y > 0,)), Outcome.HOLDS, "supremum"),
        (supremum(y - x**2, -sp.oo, sp.oo, y, attained=True), Outcome.HOLDS, "supremum"),
        (supremum(1 / x, 0, 1, sp.oo, where=(x > 0,)), Outcome.HOLDS, "unbounded"),
    ],
    ids=str,
)
def test_suprema_are_decided_and_decided_again(statement, outcome, kind):
    found = suprema.decide(statement, later())
    assert (found.outcome, found.certificate["kind"]) == (outcome, kind)
    assert recheck(statement, found)
    assert not recheck(statement, dataclasses.replace(found, outcome=Outcome.HOLDS if outcome is Outcome.FAILS else Outcome.FAILS))
    approach = found.certificate.get("approach")
    assert ("leading-term analysis" in found.trusts) is ("limit" in (approach, *found.certificate))
