"""Conditions under premises: admitted points, replays of certificates, witnesses, and what is said where nothing is settled."""

from __future__ import annotations

import copy
import dataclasses
import time

import pytest
import sympy as sp

from proofs.checker import holds as checked
from proofs.checker import logic, recheck, witness
from proofs.checker.holds import Problem
from proofs.checker.logic import Sequent
from proofs.engines import holds
from proofs.kernel.statements import Holds
from proofs.kernel.verdict import Evidence, Outcome

x, y = sp.symbols("x y", real=True)
p = sp.Symbol("p", positive=True)
n = sp.Symbol("n", integer=True)
R = sp.Rational
SIGNS = {"rule": "signs", "args": [], "then": []}


def later(seconds=10.0):
    return time.process_time() + seconds


def statement(condition, *where):
    return Holds(says="s", condition=condition, where=where)


def decided(of, seconds=10.0):
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
    found = decided(of, 1.0)
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
    found = decided(statement(condition, *where))
    assert found.outcome is Outcome.HOLDS
    assert found.road == road


def test_a_point_is_admitted_where_every_premise_holds_and_whole_variables_are_whole():
    problem = Problem(n + x > 0, (n > 0, x < 5))
    names = problem.names.names
    for at, admitted in (
        ((1, R(1, 2)), True),
        ((R(1, 2), 1), False),
        ((0, 1), False),
        ((1, 5), False),
        ((-1, 7), False),
        ((R(3, 2), 7), False),
    ):
        point = {names[n]: sp.sympify(at[0]), names[x]: sp.sympify(at[1])}
        assert problem.admits(point) is admitted
        assert problem.admits(witness.read_point(names, {"n": str(at[0]), "x": str(at[1])})) is admitted


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
    "where",
    [
        (x > 0,),
        (x > 5, x < R(51, 10)),
        (sp.Eq(x, R(22, 7)),),
        (sp.Or(x > 9, x < -9),),
        (sp.Eq(x**2, 2), x > 0),
        (x > y, y > 100),
        (n > 7, n < 9),
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
    for where in ((x > 1, x < 1), (sp.Eq(x**2, -1),), (n > 0, n < 1)):
        assert holds.admitted_point(Problem(sp.Ge(x + n, 0, evaluate=False), where)) is None
    assert contradicted(Problem(x > 0, (x > 1, x < 1)))
    assert contradicted(Problem(x > 0, (sp.Or(sp.And(x > 1, x < 1), sp.And(x > 3, x < 2)),)))
    assert not contradicted(Problem(x > 0, (sp.Or(sp.And(x > 1, x < 1), x > 2),)))
    assert not contradicted(Problem(x > 0, (x > 1, x < 3)))


TWO_CASES = statement(sp.And(x**2 > 0, sp.sqrt(x**2) > 0), sp.Or(x > 1, x < -1))


@pytest.fixture(scope="module")
def replayed():
    found = decided(TWO_CASES)
    assert recheck(TWO_CASES, found)
    assert len(found.certificate["proof"]["cases"]) == 2
    return found


def test_a_certificate_must_have_every_case_every_need_and_every_goal(replayed):
    def changed(change):
        certificate = copy.deepcopy(dict(replayed.certificate))
        change(certificate["proof"]["cases"])
        return dataclasses.replace(replayed, certificate=certificate)

    def last_goal(record):
        return record["goals"][-1]

    for change in (
        lambda cases: cases.pop(),
        lambda cases: cases.append(cases[0]),
        lambda cases: cases.clear(),
        lambda cases: cases[1]["goals"].pop(),
        lambda cases: cases[1]["goals"].append(last_goal(cases[1])),
        lambda cases: last_goal(cases[0])["proofs"].pop(),
        lambda cases: last_goal(cases[0])["proofs"].append(SIGNS),
        lambda cases: cases[0]["defined"].append({"case": 0, "proofs": [SIGNS]}),
        lambda cases: last_goal(cases[1]).update(proofs=[{"rule": "of no kind", "args": [], "then": []}]),
    ):
        evidence = changed(change)
        assert not recheck(TWO_CASES, evidence)
    assert recheck(TWO_CASES, changed(lambda cases: None))


def test_proofs_are_replayed_each_for_its_own_sequent():
    true, false = Sequent(((x, ">"),), (x + 1, ">")), Sequent((), (x, ">"))
    assert checked.replayed([], [])
    assert checked.replayed([true, true], [SIGNS, SIGNS])
    assert not checked.replayed([true, false], [SIGNS, SIGNS])
    assert not checked.replayed([false, true], [SIGNS, SIGNS])
    assert not checked.replayed([true], [])
    assert not checked.replayed([true], [SIGNS, SIGNS])
    assert not checked.replayed([], [SIGNS])


def test_evidence_without_a_certificate_or_an_admitted_point_is_none():
    of = statement(x**2 >= 0, x > 0)
    found = decided(of)
    assert recheck(of, found)
    for certificate in (
        None,
        {},
        {"proof": found.certificate["proof"]},
        {**found.certificate, "admitted": {"x": "-1"}},
        {**found.certificate, "admitted": {}},
        {**found.certificate, "proof": None},
        {**found.certificate, "proof": []},
    ):
        assert not recheck(of, dataclasses.replace(found, certificate=certificate))
    assert not recheck(of, dataclasses.replace(found, outcome=Outcome.UNSETTLED))
    assert not recheck(statement(x**3 >= 0), found)


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
