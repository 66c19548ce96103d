"""The engine of conditions: what it decides, what it says, and what it leaves open."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest
import sympy as sp

from proofs.checker import holds as checked
from proofs.checker import logic, recheck, witness
from proofs.checker.holds import Problem
from proofs.engines import holds
from proofs.kernel.statements import Holds
from proofs.kernel.terms import joined
from proofs.kernel.verdict import Outcome, Strength
from proofs.search import proving as search
from proofs.search import refute
from tests.tools.limits import later

x, y = sp.symbols("x y", real=True)
whole = sp.Symbol("n", integer=True)
n = sp.Symbol("n", integer=True, positive=True)
R = sp.Rational


def statement(condition, *where):
    return Holds(says="s", condition=condition, where=where)


def decided_statement(of, seconds=10.0):
    found = holds.decide(of, later(seconds))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("of", "outcome", "note"),
    [
        (statement(x**2 >= 2 * x - 1), Outcome.HOLDS, "by signs"),
        (statement(sp.true), Outcome.HOLDS, "by evaluation"),
        (statement(x > 1, x > 0), Outcome.FAILS, "an exact counterexample, re-checked with balls"),
        (statement(x > 0, x > 1, x < 0), Outcome.UNSETTLED, "the premises contradict each other: nothing satisfies them"),
        (statement(1 / x >= 1, x <= 1, x >= 0), Outcome.UNSETTLED, "not defined at x = 0: 1/x needs x != 0"),
        (
            statement(sp.sin(x) + sp.sin(sp.sqrt(2) * x) < 2),
            Outcome.UNSETTLED,
            "no certificate and no counterexample was found in the time",
        ),
        (statement(sp.Ne(x**2, 2)), Outcome.FAILS, "an exact counterexample, re-checked with balls"),
    ],
    ids=str,
)
def test_what_is_said_of_a_condition(of, outcome, note):
    found = decided_statement(of, 1.0)
    assert (found.outcome, found.note) == (outcome, note)
    assert recheck(of, found) is (found.outcome is not Outcome.UNSETTLED)


@pytest.mark.parametrize(
    ("condition", "where", "road"),
    [
        (sp.Eq((x + 1) ** 2, x**2 + 2 * x + 1), (), "symbolic"),
        (x**2 >= 2 * x - 1, (), "exact"),
        (sp.Eq(sp.Abs(x), x), (x >= 0,), "symbolic"),
        (sp.Eq(x, 0), (x >= 0, x <= 0), "exact"),
        (sp.And(sp.Eq(sp.Abs(x), x), x + 1 > 0), (x >= 0,), "exact"),
    ],
    ids=str,
)
def test_the_road_of_a_proof_is_symbolic_for_equations_by_normal_forms_alone(condition, where, road):
    found = decided_statement(statement(condition, *where))
    assert found.outcome is Outcome.HOLDS
    assert found.road == road


@pytest.mark.parametrize(
    "where",
    [
        (x > 0,),
        (x > 5, x < R(51, 10)),
        (sp.Eq(x, R(22, 7)),),
        (sp.Or(x > 9, x < -9),),
        (sp.Eq(x**2, 2), x > 0),
        (x > y, y > 100),
        (whole > 7, whole < 9),
        (sp.Or(sp.And(x > 1, x < 0), sp.Eq(x, 3)),),
    ],
    ids=str,
)
def test_premises_that_can_hold_have_an_admitted_point(where):
    problem = Problem(sp.Ge(sum(w.free_symbols.pop() for w in where[:1]), 0, evaluate=False), where)
    point = holds.admitted_point(problem)
    assert point is not None
    assert problem.admits(point)


def contradicted(problem):
    """Whether it is proved that the premises contradict each other, by proofs that replay."""
    proofs = holds.contradiction(problem.cases, later())
    return proofs is not None and checked.contradicts(problem.cases, proofs)


def test_premises_that_cannot_hold_have_none():
    for where in ((x > 1, x < 1), (sp.Eq(x**2, -1),), (whole > 0, whole < 1)):
        assert holds.admitted_point(Problem(sp.Ge(x + whole, 0, evaluate=False), where)) is None
    assert contradicted(Problem(x > 0, (x > 1, x < 1)))
    assert contradicted(Problem(x > 0, (sp.Or(sp.And(x > 1, x < 1), sp.And(x > 3, x < 2)),)))
    assert not contradicted(Problem(x > 0, (sp.Or(sp.And(x > 1, x < 1), x > 2),)))
    assert not contradicted(Problem(x > 0, (x > 1, x < 3)))


def test_points_are_read_by_the_names_of_the_statement():
    problem = Problem(x + y > 0, ())
    names = problem.names.names
    assert witness.read_point(names, {"x": "1", "y": "sqrt(2)"}) == {names[x]: 1, names[y]: sp.sqrt(2)}
    assert witness.read_point(names, {"x": "1", "y": "2", "z": "3"}) == {names[x]: 1, names[y]: 2}
    assert witness.read_point(names, {"x": "1"}) is witness.read_point(names, {"x": "1", "y": "z"}) is None
    assert holds.texts(problem, {names[y]: sp.sqrt(2), names[x]: R(1, 2)}) == {"x": "1/2", "y": "sqrt(2)"}
    assert list(holds.texts(problem, {names[y]: sp.Integer(1), names[x]: sp.Integer(2)})) == ["x", "y"]


def test_alternatives_are_told_in_words():
    assert holds.cases_text([[(x, ">"), (y, ">=")], [(x - 1, "!=")]]) == "x > 0 and y >= 0 or x - 1 != 0"
    assert [str(r) for r in logic.relations(sp.And(x > 0, sp.Or(y > 1, sp.Not(sp.Eq(x, y)))))].count("x > 0") == 1
    assert len(logic.relations(sp.And(x > 0, sp.Or(y > 1, y < x)))) == 3
    assert [str(logic.relation((x, rel))) for rel in (">=", ">", "==", "!=")] == ["x >= 0", "x > 0", "Eq(x, 0)", "Ne(x, 0)"]


def test_a_share_of_the_time_that_is_left(monkeypatch):
    monkeypatch.setattr(holds, "time", SimpleNamespace(process_time=lambda: 100.0))
    for end, share, expected in ((110.0, 0.5, 105.0), (104.0, 0.25, 101.0), (100.0, 0.5, 100.0), (90.0, 0.5, 100.0)):
        assert holds.share_of(end, share) == expected


def test_points_and_cases_in_words():
    a = sp.Symbol("a", real=True)
    problem = Problem(x > a, ())
    v, w = (problem.names.names[s] for s in (x, a))
    assert list(holds.texts(problem, {v: R(1, 2), w: sp.sqrt(2)}).items()) == [("a", "sqrt(2)"), ("x", "1/2")]
    assert holds.cases_text([[(x, ">"), (y, "==")], [(x - y, "!=")]]) == "x > 0 and y == 0 or x - y != 0"
    condition = sp.And(x > 0, sp.Not(sp.And(y > 0, sp.Eq(x, y))))
    assert sorted(map(str, logic.relations(condition))) == sorted(map(str, [x > 0, y > 0, sp.Eq(x, y)]))
    assert logic.relations(sp.true) == []
    for rel, made in ((">=", x >= 0), (">", x > 0), ("==", sp.Eq(x, 0)), ("!=", sp.Ne(x, 0))):
        assert logic.relation((x, rel)) == made
        assert logic.relation_atom(made) == (x, rel)


def test_a_counterexample_is_sought_under_the_signs_that_the_symbols_carry():
    weak, strict = sp.Symbol("a", nonnegative=True), sp.Symbol("b", positive=True)
    for symbol, expected in ((weak, [">="]), (strict, [">"]), (n, ["-"]), (x, [])):
        problem = Problem(symbol**2 > symbol, (symbol < 5,))
        v = problem.names.names[symbol]
        asked = holds.question(problem)
        signs = {">=": v >= 0, ">": v > 0, "-": sp.Ge(v - 1, 0, evaluate=False)}
        assert list(asked.where) == [v < 5, *(signs[e] for e in expected)]
        assert asked.condition == (v**2 > v)
        assert asked.whole == ({v} if symbol is n else set())


def test_a_point_of_narrow_premises_is_taken_only_where_they_admit_it(monkeypatch):
    problem = Problem(x > 0, (x >= 3, x <= 3))
    v = problem.names.names[x]
    outside, inside = {v: sp.Integer(2)}, {v: sp.Integer(3)}
    monkeypatch.setattr(refute, "admitted_points", lambda *_: iter([outside]))
    assert holds.admitted_point(problem) == inside  # from the premises themselves
    monkeypatch.setattr(refute, "premise_candidates", lambda *_: iter([outside, inside]))
    assert holds.admitted_point(problem) == inside
    monkeypatch.setattr(refute, "premise_candidates", lambda *_: iter([outside]))
    assert holds.admitted_point(problem) is None
    monkeypatch.setattr(refute, "admitted_points", lambda *_: iter([outside, inside]))
    assert holds.admitted_point(problem) == inside


def test_a_contradiction_is_believed_only_when_its_proof_stands_and_is_not_sought_for_long(monkeypatch):
    limits = []

    def broken(goal, limit, depth):
        limits.append(limit)
        return {"rule": "signs", "args": [], "then": []}

    problem = Problem(x > 0, (x > 1,))
    monkeypatch.setattr(search, "prove", broken)
    near, far = time.process_time() + 1, time.process_time() + 1e6
    assert [holds.contradiction(problem.cases, end) for end in (near, far)] == [None, None]
    assert limits[0] == near
    assert limits[1] < far


POWER = "x**y needs x > 0 or x >= 0 and y > 0"


@pytest.mark.parametrize(
    ("condition", "where", "points", "expected"),
    [
        (1 / (x - 1) > 0, (x >= 2,), [(1,)], None),
        (1 / (x - 1) > 0, (x >= 2,), [(3,)], None),
        (1 / (x - 1) > 0, (x >= 1,), [(3,), (1,)], "x = 1: 1/(x - 1) needs x - 1 != 0"),
        (1 / (2 * n - 3) > 0, (), [(R(3, 2),)], None),
        (1 / (n - 2) > 0, (), [(2,)], "n = 2: 1/(n - 2) needs n - 2 != 0"),
        (x**y >= 0, (), [(0, 1), (2, -1)], None),
        (x**y >= 0, (), [(0, -1)], f"x = 0, y = -1: {POWER}"),
        (x**y >= 0, (), [(0, 0)], f"x = 0, y = 0: {POWER}"),
        (x**y >= 0, (), [(-1, 2)], f"x = -1, y = 2: {POWER}"),
        (joined(sp.Or, x > 0, 1 / y > 0), (x > 0,), [(1, 0)], "x = 1, y = 0: 1/y needs y != 0"),
    ],
)
def test_a_place_is_undefined_where_every_alternative_fails(monkeypatch, condition, where, points, expected):
    problem = Problem(condition, where)
    names = list(problem.names.names.items())
    order = sorted(names, key=lambda pair: pair[0].name)
    given = [{v: sp.sympify(c) for (_, v), c in zip(order, point, strict=True)} for point in points]
    monkeypatch.setattr(refute, "undefined_points", lambda *_: iter(given))
    found = holds.undefined_place(problem)
    assert found == (None if expected is None else f"not defined at {expected}")


def test_a_part_of_a_conjunction_that_is_not_shown_leaves_no_certificate():
    for condition in (sp.And(x > 0, y > 0), sp.And(y > 0, x > 0), y > 0):
        assert holds.prove(Problem(condition, (x > 1,)), later(), depth=2) is None


STEP = {"rule": "signs", "args": [], "then": []}


def test_the_second_alternative_is_tried_after_the_first(monkeypatch):
    problem = Problem(sp.Or(x > 0, y > 0), (x + y > 0,))
    ((first, second),) = problem.goals()
    for choice, goal in ((0, first), (1, second)):
        monkeypatch.setattr(search, "prove", lambda sequent, *_, goal=goal: STEP if sequent.goal == goal else None)
        assert holds.prove(problem, later()) == {"cases": [{"defined": [], "goals": [{"choice": choice, "proofs": [STEP]}]}]}


def decided(condition, where, deadline):
    return holds.decide(Holds(says="s", condition=condition, where=where), deadline)


TOO_MANY = tuple(sp.Ne(x, k) for k in range(6))


@pytest.mark.parametrize(
    ("condition", "where", "note"),
    [
        (x > 0, (x > 1, x < 0), "the premises contradict each other: nothing satisfies them"),
        (x**2 >= 0, TOO_MANY, "too many ≠ premises"),
        (sp.log(x) <= x - 1, (x >= 0,), "not defined at x = 0: log(x) needs x > 0"),
    ],
)
def test_what_is_not_settled_says_why(condition, where, note):
    found = decided(condition, where, later())
    assert (found.outcome, found.note, found.certificate, found.witness) == (Outcome.UNSETTLED, note, None, None)
    assert (found.road, found.engine) == ("exact", "holds")


def test_nothing_is_said_without_an_admitted_point_or_without_a_certificate(monkeypatch):
    asked = []

    def late(problem, deadline, depth=6):
        asked.append(depth)
        return {"cases": []} if depth > asked[0] else None

    monkeypatch.setattr(holds, "prove", late)
    assert decided(x**2 >= 0, (), time.process_time() + 0.2).outcome is Outcome.HOLDS
    assert len(asked) == 2
    monkeypatch.setattr(holds, "prove", lambda *_, **__: None)
    found = decided(x**2 >= 0, (), time.process_time() + 0.2)
    assert (found.outcome, found.note) == (Outcome.UNSETTLED, "no certificate and no counterexample was found in the time")
    monkeypatch.setattr(holds, "prove", lambda *_, **__: {"cases": []})
    monkeypatch.setattr(holds, "admitted_point", lambda _: None)
    found = decided(x**2 >= 0, (), time.process_time() + 0.2)
    assert (found.outcome, found.note) == (Outcome.UNSETTLED, "no value that satisfies the premises was found")


def test_evidence_says_by_what_road_and_rules_it_was_found():
    equal = decided(sp.Eq((x + y) ** 2 / (x**2 + 1), (x**2 + 2 * x * y + y**2) / (x**2 + 1), evaluate=False), (), later())
    assert (equal.outcome, equal.road, equal.strength, equal.note) == (Outcome.HOLDS, "symbolic", Strength.CERTIFIED, "by signs")
    mixed = decided(sp.And(sp.Eq((x + 1) ** 2, x**2 + 2 * x + 1, evaluate=False), x > 0), (x > 1,), later())
    assert (mixed.outcome, mixed.road) == (Outcome.HOLDS, "exact")
    more = decided(x + 1 > 0, (x > 0,), later())
    assert (more.outcome, more.road, more.strength) == (Outcome.HOLDS, "exact", Strength.CERTIFIED)
    assert set(more.certificate) == {"kind", "proof", "admitted"}
    assert more.certificate["kind"] == "holds"
    assert sp.sympify(more.certificate["admitted"]["x"]) > 0
    less = decided(x > y, (x > 0, y < 1), later())
    assert (less.outcome, less.road, less.certificate) == (Outcome.FAILS, "exact", None)
    at = {k: sp.sympify(v) for k, v in less.witness.items()}
    assert 0 < at["x"] <= at["y"] < 1
    assert recheck(Holds(says="s", condition=x > y, where=(x > 0, y < 1)), less)


def test_a_place_where_a_part_is_not_defined_is_named():
    assert holds.undefined_place(Problem(1 / x > 0, (x >= 0,))) == "not defined at x = 0: 1/x needs x != 0"
    assert holds.undefined_place(Problem(sp.log(x) > 0, (x >= 0,))) == "not defined at x = 0: log(x) needs x > 0"
    for where in ((x > 0,), (x > 1, x < 2)):
        assert holds.undefined_place(Problem(1 / x > 0, where)) is None
    assert holds.undefined_place(Problem(x > 0, (x >= 0,))) is None
