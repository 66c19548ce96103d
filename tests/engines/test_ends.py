"""Suprema and limits in their parts: ranges, ends, candidates, fixed parameters, what each kind of evidence shows and does not."""

from __future__ import annotations

import dataclasses
import time

import pytest
import sympy as sp

from proofs.checker import limits as checked_limits
from proofs.checker import recheck, rules
from proofs.checker import suprema as checked
from proofs.checker.leading import NeedCase, Signs, Unknown
from proofs.checker.limits import Approach, NotAdmitted
from proofs.engines import decide, limits, suprema
from proofs.kernel.statements import Known, Limit, Supremum
from proofs.kernel.verdict import Evidence, Outcome, Reason, Strength
from proofs.search import tactics

x, y, z = sp.symbols("x y z", real=True)
n = sp.Symbol("n", integer=True)
p = sp.Symbol("p", positive=True)
R = sp.Rational
oo = sp.oo


def later(seconds=10.0):
    return time.process_time() + seconds


def supremum(expr, start, end, value=None, attained=None, where=(), variable=x):
    return Supremum(
        says="s",
        expr=sp.sympify(expr),
        variable=variable,
        start=sp.sympify(start),
        end=sp.sympify(end),
        value=None if value is None else sp.sympify(value),
        attained=attained,
        where=where,
    )


def limit(expr, point, value, *where, variable=x, known=()):
    return Limit(
        says="s", expr=sp.sympify(expr), variable=variable, point=sp.sympify(point), value=sp.sympify(value), where=where, known=known
    )


def decided(statement):
    found = suprema.decide(statement, later())
    assert found is not None
    return found


# -- suprema: what is decided, and what it says


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


def test_an_expression_below_its_claimed_supremum_stays_below_a_smaller_one():
    for statement in (supremum(x / (x + 1), 0, oo, 2), supremum(1 / (x**2 + 1), -oo, oo, oo), supremum(y * x, 0, 1, 3 * y, where=(y > 0,))):
        found = decided(statement)
        assert found.outcome is Outcome.FAILS
        assert found.certificate["kind"] == "below"
        smaller = sp.sympify(found.certificate["value"])
        assert found.certificate["value"] in found.note
        fixed = checked.fixed(statement, found.witness)
        assert fixed.value == oo or smaller < fixed.value
        assert recheck(statement, found)
        tampered = dataclasses.replace(found, certificate={**found.certificate, "value": "-5"})
        assert not recheck(statement, tampered)
        if fixed.value != oo:
            at_value = dataclasses.replace(found, certificate={**found.certificate, "value": sp.sstr(fixed.value)})
            assert not recheck(statement, at_value)  # a bound, and no smaller one


def test_evidence_of_one_kind_is_none_of_another():
    """Each kind stands for the statement that it was found for, and for none that asks for something else."""
    top = supremum(x * (2 - x), 0, 2, 1)
    open_end = supremum(x / (x + 1), 0, oo, 1)
    unbounded = supremum(x, 0, oo, oo)
    at_point, in_limit, grows = decided(top), decided(open_end), decided(unbounded)
    for attained, stands in ((None, True), (True, True), (False, False)):
        assert recheck(dataclasses.replace(top, attained=attained), at_point) is stands
    for attained, stands in ((None, True), (True, False)):
        assert recheck(dataclasses.replace(open_end, attained=attained), in_limit) is stands
    assert not recheck(dataclasses.replace(open_end, value=sp.Integer(2)), in_limit)
    assert not recheck(dataclasses.replace(open_end, value=R(1, 2)), in_limit)
    assert not recheck(dataclasses.replace(unbounded, value=sp.Integer(7)), grows)
    assert not recheck(dataclasses.replace(unbounded, expr=x / (x + 1)), grows)
    assert not recheck(open_end, dataclasses.replace(in_limit, certificate={**in_limit.certificate, "at": "0"}))
    assert not recheck(open_end, dataclasses.replace(in_limit, certificate={**in_limit.certificate, "at": "nonsense"}))
    assert not recheck(open_end, dataclasses.replace(in_limit, certificate={**in_limit.certificate, "approach": "point"}))
    assert not recheck(top, dataclasses.replace(at_point, certificate={**at_point.certificate, "at": "x"}))
    assert not recheck(top, dataclasses.replace(at_point, certificate={**at_point.certificate, "at": "1/2"}))
    assert not recheck(top, dataclasses.replace(at_point, certificate={**at_point.certificate, "at": "5"}))
    for found, statement in ((at_point, top), (in_limit, open_end), (grows, unbounded)):
        assert not recheck(statement, dataclasses.replace(found, certificate=None))
        assert not recheck(statement, dataclasses.replace(found, outcome=Outcome.FAILS))


def test_an_expression_that_is_not_defined_somewhere_has_no_supremum():
    for statement in (supremum(x + 1 / x, -1, oo, oo), supremum(sp.log(x), -1, oo, oo)):
        assert suprema.decide(statement, later(3)).outcome is not Outcome.HOLDS
        assert decide(checked.defined(statement), 3.0).outcome is Outcome.UNSETTLED
    for statement, everywhere in (
        (supremum(x + 1 / x, 1, oo, oo), True),
        (supremum(sp.sqrt(x - y), 1, oo, oo, where=(y < 1,)), True),
        (supremum(sp.sqrt(x - y), 1, oo, oo, where=(y < 2,)), False),
    ):
        assert (decide(checked.defined(statement), 10.0).outcome is Outcome.HOLDS) is everywhere


# -- suprema: points and ends


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
    found = suprema._ends(statement)
    assert sorted(map(str, found)) == sorted(map(str, ends))
    assert found[:2] == [statement.end, statement.start]


def test_what_shows_that_a_value_is_taken_at_a_point():
    of = supremum(p * y, 0, 2, variable=p, where=(p < y + 3, y > 0))
    taken = [h.condition for h in checked.at_point(of, 2 * y, sp.Integer(2))]
    assert sp.Eq(2 * y, 2 * y, evaluate=False) in taken
    assert any(c.has(y) and c.subs(y, 1) == sp.true and c.subs(y, -2) == sp.false for c in taken)  # 2 < y + 3
    assert all(suprema._decide_holds(h, later()).outcome is Outcome.HOLDS for h in checked.at_point(of, 2 * y, sp.Integer(2)))
    assert {h.where for h in checked.at_point(of, 2 * y, sp.Integer(2))} == {(y > 0,)}
    outside = checked.at_point(supremum(x, 0, 1), sp.Integer(2), sp.Integer(2))
    assert not all(suprema._decide_holds(h, later()).outcome is Outcome.HOLDS for h in outside)
    undefined = checked.at_point(supremum(1 / x, 0, 1), sp.Integer(1), sp.Integer(0))
    assert suprema._decide_holds(undefined[0], later(3)).outcome is Outcome.UNSETTLED


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
    assert suprema._limit_value(supremum(1 / x, 0, 1), sp.Integer(0), later()) is None  # no number
    assert suprema._limit_value(supremum(x * sp.log(x), 0, 1, where=(x > 0,)), sp.Integer(0), later()) == 0
    assert suprema._limit_value(supremum(sp.sin(x), 0, oo), oo, later()) is None
    assert suprema._limit_value(supremum(y * x, 0, oo), oo, later()) is None  # it depends on the sign of y
    assert suprema._limit_value(supremum(y * x / (x + 1), 0, oo, where=(y < 0,)), oo, later()) == y


# -- suprema: parameters


def test_a_statement_at_fixed_parameters():
    of = supremum(y * x + z, y - 1, oo, z, where=(y > 0, x < y))
    fixed = checked.fixed(of, {"y": "2", "z": "sqrt(2)"})
    assert (fixed.expr, fixed.start, fixed.end, fixed.value) == (2 * x + sp.sqrt(2), 1, oo, sp.sqrt(2))
    assert fixed.where == (x < 2,)
    assert checked.fixed(of, {"y": "-2", "z": "1"}) is None  # against the premises
    assert checked.fixed(of, {"y": "2"}) is None
    assert checked.fixed(of, {"y": "2", "z": "w"}) is None
    assert checked.fixed(supremum(x, 0, 1), {}).value is None
    two_of_one_name = supremum(y * sp.Symbol("y", positive=True) * x, 0, 1)
    assert checked.fixed(two_of_one_name, {"y": "2"}) is None


def test_what_is_known_of_all_parameters_is_not_kept_where_they_are_fixed():
    of = dataclasses.replace(supremum(x, 0, y, y, where=(y > 0,)), known=(Known(condition=y > 3),))
    assert checked.fixed(of, {"y": "1"}).known == ()


def test_admitted_points_with_different_parameters():
    found = suprema._some_points(supremum(y * x, 0, 1, where=(y > 2,)), 3)
    assert len(found) == 3
    assert len({point["y"] for point in found}) == 3
    assert all(sp.sympify(point["y"]) > 2 and 0 <= sp.sympify(point["x"]) <= 1 for point in found)
    assert len(suprema._some_points(supremum(x, 0, 1), 3)) == 1  # without parameters there is one choice
    assert suprema._some_points(supremum(x, 2, 1), 3) == []
    (point,) = suprema._some_points(supremum(x, 5, 6), 3)
    assert 5 <= sp.sympify(point["x"]) <= 6


@pytest.mark.parametrize(
    ("text", "value"),
    [("y/2", y / 2), ("3", sp.Integer(3)), ("w", None), ("1/", None), ("sqrt(y)", sp.sqrt(y)), ("__import__('os')", None)],
)
def test_a_place_is_read_in_the_statements_own_symbols(text, value):
    assert checked.parsed(supremum(y * x, 0, 1), text) == value


def test_infinite_ends_are_read():
    assert [checked.parsed(supremum(x, 0, 1), text) for text in ("oo", "-oo")] == [oo, -oo]


def test_a_bound_is_guessed_just_above_what_is_met():
    value, shown, witness = suprema._finite_bound(supremum(x / (x + 1), 0, oo, oo), later())
    assert value == 1
    assert shown["kind"] == "holds"
    assert set(witness) == {"x"}
    below, _ = suprema._bound_at(supremum(x / (x + 1), 0, 1, 1), later(), sp.Integer(1))
    assert R(1, 2) <= below < 1
    assert suprema._bound_at(supremum(x / (x + 1), 0, 1, "1/2"), later(), R(1, 2)) is None
    assert suprema._finite_bound(supremum(x, 0, oo, oo), later(2)) is None
    smaller, _, parameters = suprema._smaller_bound(supremum(y * x, 0, 1, 2 * y, where=(y > 0,)), later())
    assert smaller < 2 * sp.sympify(parameters["y"])
    assert suprema._smaller_bound(supremum(y * x, 0, 1, y, where=(y > 0,)), later(2)) is None


# -- limits


@pytest.mark.parametrize(
    ("statement", "note", "reason"),
    [
        (limit(1 / x, oo, 0), "by leading terms", None),
        (limit(1 / x, oo, 1), "the limit is 0", None),
        (limit(y + 1 / x, oo, 2 * y), "the limit is y", None),
        (limit(y * x, oo, oo), "the limit is -oo", None),
        (limit(x, 1, x), "the point or the value mentions the variable", Reason.TOO_COMPLEX),
        (limit(x, 1, 1, x < 0), "the premises admit no values near the point", Reason.NOTHING_ADMITTED),
        (limit(x, 1, 1, x > y), "the premises admit no values near the point at y = ", Reason.NOTHING_ADMITTED),
        (limit(sp.sin(x), oo, 0), "the limit is not settled: the terms cancel", Reason.OUT_OF_TIME),
    ],
    ids=str,
)
def test_what_is_said_of_a_limit(statement, note, reason):
    found = limits.decide(statement, later())
    assert found.note.startswith(note), found.note
    assert found.reason is reason


def test_a_limit_that_is_not_settled_is_told_in_the_statements_own_names():
    found = limits.decide(limit(sp.log(y) + 1 / x, oo, sp.log(y)), later())
    assert found.outcome is Outcome.UNSETTLED
    assert "y" in found.note
    assert "v0" not in found.note
    assert limits._own_names("v0 + v1 v7 xv0", Approach(limit(y * x, oo, oo))) in ("y + x v7 xv0", "x + y v7 xv0")


def shown(sequent):
    found = tactics.prove(sequent, later(), 3)
    return found is not None and rules.holds(sequent, found)


def ways(statement):
    """The limits on the admitted ways to the point, in the statement's own names, under the first case of its parameters."""
    approach = Approach(statement)
    return [found if found in (oo, -oo) else approach.names.back(found) for found in approach.limits(Signs(approach.cases[0], shown))]


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        (limit(x, oo, 0), [oo]),
        (limit(x, -oo, 0), [-oo]),
        (limit(x**2 + y, y, 0), [y**2 + y] * 2),
        (limit(1 / x, 0, 0), [oo, -oo]),
        (limit(1 / x, 0, 0, x > 0), [oo]),
        (limit(1 / x, 0, 0, x >= 0), [oo]),
        (limit(1 / x, 0, 0, x < 0), [-oo]),
        (limit(1 / (x - 2), 2, 0, x > 2, x < 3), [oo]),
        (limit(1 / (x - 2), 2, 0, x < 2), [-oo]),
        (limit(1 / (x - 2), 2, 0, sp.Ne(x, 2)), [oo, -oo]),
        (limit(x, oo, 0, x > 10**6), [oo]),
        (limit(x, 2, 0, sp.Or(x > 2, x < 1)), [sp.Integer(2)]),
        (limit(1 / (x - 2), 2, 0, sp.Or(x > 2, x < 2)), [oo, -oo]),
        (limit(sp.log(x), 0, 0, sp.Ge(sp.sqrt(x), 0)), [-oo]),
        (limit(1 / x, 0, 0, sp.Eq(x / sp.Abs(x), 1)), [oo]),
        (limit(1 / (x - y), y, 0, x > y), [oo]),
    ],
    ids=str,
)
def test_every_way_that_the_premises_admit_from_some_place_on_has_its_limit(statement, values):
    found = ways(statement)
    assert len(found) == len(values)
    assert all(a == b or sp.expand(a - b) == 0 for a, b in zip(found, values, strict=True))


@pytest.mark.parametrize(
    "statement",
    [
        limit(x, 2, 2, sp.Eq(x, 2)),
        limit(x, oo, oo, x < 10**6),
        limit(x, -oo, 0, x > -(10**6)),
        limit(x, 0, 0, x > 1),
        limit(x, 0, 0, x > 0, x < 0),
        limit(x, y, 0, x > y + 1),
        limit(x, 0, 0, sp.Ge(sp.sqrt(-x - 1), 0)),
        limit(n, 2, 2, variable=n),
    ],
    ids=str,
)
def test_where_no_way_is_admitted_there_is_no_limit(statement):
    with pytest.raises(NotAdmitted):
        ways(statement)
    assert limits.decide(statement, later(5)).outcome is Outcome.UNSETTLED


def test_the_expression_must_be_defined_on_every_admitted_way():
    for statement in (limit(sp.sqrt(x), 0, 0), limit(x + sp.log(y), 0, sp.log(y), y < 0)):
        with pytest.raises(Unknown, match="not defined"):
            ways(statement)
    with pytest.raises(NeedCase):
        ways(limit(x + sp.log(y), 0, sp.log(y)))
    assert ways(limit(sp.sqrt(x), 0, 0, x > 0)) == [0]


@pytest.mark.parametrize(
    ("found", "value", "facts", "outcome"),
    [
        (oo, oo, (), True),
        (oo, -oo, (), False),
        (oo, sp.Integer(1), (), False),
        (y, oo, (), False),
        (-oo, -oo, (), True),
        (y, y, (), True),
        ((y + 1) ** 2, y**2 + 2 * y + 1, (), True),
        (y, z, (), False),
        (y, z, (sp.Eq(y, z),), True),
        (y**2, 4 * y, (sp.Eq(y, 4),), True),
        (sp.Integer(2), sp.Integer(3), (), False),
    ],
    ids=str,
)
def test_a_limit_against_its_value(found, value, facts, outcome):
    expr = {oo: x, -oo: -x}.get(found, found + 1 / x if found not in (oo, -oo) else x)
    statement = limit(expr, oo, value, *facts)
    evidence = limits.decide(statement, later())
    assert (evidence.outcome is Outcome.HOLDS) is outcome
    assert evidence.outcome in (Outcome.HOLDS, Outcome.FAILS)
    assert recheck(statement, evidence)


def test_a_refuted_limit_names_parameters_at_which_it_differs():
    found = limits.decide(limit(y + 1 / x, oo, y**2, y >= 0), later())
    assert found.outcome is Outcome.FAILS
    at = sp.sympify(found.witness["y"])
    assert at >= 0
    assert at != at**2
    found = limits.decide(limit(y * x, oo, oo, y >= 0), later())
    assert found.witness == {"y": "0"}  # the one that makes it false


def test_a_limit_at_fixed_parameters():
    of = limit(y * x + z, y, z, y > 0, x < y, known=(Known(condition=z > 0),))
    fixed = checked_limits.fix(of, {"y": "2", "z": "3"})
    assert (fixed.expr, fixed.point, fixed.value, fixed.where, fixed.known) == (2 * x + 3, 2, 3, (x < 2,), ())
    assert checked_limits.fix(of, {"y": "-2", "z": "3"}) is checked_limits.fix(of, {"y": "2"}) is checked_limits.fix(of, {}) is None
    assert checked_limits.fix(limit(x, 1, 1), {}) == limit(x, 1, 1)


def test_evidence_on_a_limit_is_looked_at_again():
    true, false = limit(1 / x, oo, 0), limit(y / x + y, oo, 2 * y, y > 0)
    holds, fails = limits.decide(true, later()), limits.decide(false, later())
    assert recheck(true, holds)
    assert recheck(false, fails)
    assert not recheck(limit(1 / x, oo, 1), holds)
    assert not recheck(limit(y / x + y, oo, y, y > 0), fails)
    assert not recheck(false, dataclasses.replace(fails, witness={"y": "-1"}))
    assert not recheck(true, dataclasses.replace(holds, outcome=Outcome.UNSETTLED))
    assert not recheck(false, dataclasses.replace(fails, witness=None))
    assert holds.trusts == ("leading-term analysis",)
    assert fails.trusts == ()
    assert limits.decide(supremum(x, 0, 1), later()) is suprema.decide(true, later()) is None


@pytest.mark.parametrize(
    ("statement", "outcome"),
    [
        (limit(y * x / (y * x + 1), oo, 1, y > 0), Outcome.HOLDS),
        (limit(y * x / (y * x + 1), oo, 1, y >= 0), Outcome.FAILS),
        (limit(sp.Abs(y) * x / (x + 1), oo, y), Outcome.FAILS),
        (limit(sp.Abs(y) * x / (x + 1), oo, y, y >= 0), Outcome.HOLDS),
        (limit(sp.exp(y * x) + z, oo, z, y < 0), Outcome.HOLDS),
        (limit(sp.exp(-y * x) * sp.exp(z * x), oo, 0, y > z), Outcome.HOLDS),
        (limit(sp.exp(-y * x) * sp.exp(z * x), oo, 0, y >= z), Outcome.FAILS),
        (limit(sp.Max(y, z) + 1 / x, oo, y, y > z), Outcome.HOLDS),
        (limit((y * x + z) / (x + 1), oo, y), Outcome.HOLDS),
    ],
    ids=str,
)
def test_limits_in_every_case_of_the_signs_of_their_parameters(statement, outcome):
    found = limits.decide(statement, later())
    assert found.outcome is outcome, found.note
    assert recheck(statement, found)


def test_evidence_of_the_wrong_kind_is_none():
    assert not recheck(supremum(x, 0, 1, 1), Evidence(road="exact", engine="suprema", outcome=Outcome.UNSETTLED))
