"""Certificates of conditions: every case, every need and every goal has a proof of its own, which is replayed."""

from __future__ import annotations

import copy
import dataclasses
import time

import pytest
import sympy as sp

from proofs.checker import holds as checked
from proofs.checker import recheck, witness
from proofs.checker.holds import Problem
from proofs.checker.logic import Sequent
from proofs.engines import holds
from proofs.kernel.statements import Holds
from proofs.kernel.verdict import Evidence, Outcome
from proofs.search import proving as search
from tests.tools.limits import later

z, x, y = sp.symbols("z x y", real=True)
n = sp.Symbol("n", integer=True, positive=True)
whole = sp.Symbol("n", integer=True)


def test_alternatives_are_shown_under_the_negations_of_the_others():
    a, b, c = (x, ">"), (y, ">="), (z, "==")
    given = ((x + y, ">"),)
    assert checked.alternative(given, [a], 0) == [Sequent(given, a)]
    assert checked.alternative(given, [a, b], 0) == [Sequent((*given, (-y, ">")), a)]
    assert checked.alternative(given, [a, b], 1) == [Sequent((*given, (-x, ">=")), b)]
    assert checked.alternative(given, [a, b, c], 1) == [Sequent((*given, (-x, ">="), (s * z, ">")), b) for s in (1, -1)]


def test_the_parts_of_a_problem():
    problem = Problem(sp.And(1 / x > y, sp.Or(x > 0, y < 1)), (sp.Or(x > 1, x < -1),))
    v, w = (problem.names.names[s] for s in (x, y))
    assert problem.cases == [((v - 1, ">"),), ((-v - 1, ">"),)]
    assert sorted(map(str, problem.goals())) == sorted(map(str, [[(1 / v - w, ">")], [(v, ">"), (1 - w, ">")]]))
    assert problem.needs() == [([[(v, "!=")]], 1 / v)]
    assert holds.side_conditions(sp.And(1 / x > y, sp.Or(x > 0, y < 1))) == ("x != 0",)
    assert set(holds.side_conditions(sp.Eq(sp.log(x) + x**y, 0))) == {"x > 0", "x > 0 or x >= 0 and y > 0"}


def test_rules_are_collected_from_everywhere_in_a_certificate():
    step = {"rule": "signs", "args": [], "then": []}
    assert holds.rule_names({"cases": [{"goals": [{"proofs": [{"rule": "split", "then": [step, step]}]}]}]}) == {"signs", "split"}
    for nothing in ({}, [], None, "signs", {"cases": []}):
        assert holds.rule_names(nothing) == set()
    assert holds.rule_names((step,)) == {"signs"}


def test_facts_about_constants_are_no_premises():
    assert checked.with_facts(((x, ">"),), [(y, ">"), (sp.Integer(2), ">"), (x, ">")]) == ((x, ">"), (y, ">"))


def test_premises_that_nothing_satisfies_are_seen_and_others_are_not():
    apart = sp.Or(x > 1, x < 0)
    for where, none in (((x > 1, x < 0), True), ((x > 1,), False), ((apart, x > 0, x < 1), True), ((apart, x > 0), False)):
        problem = Problem(x > 0, where)
        found = holds.contradiction(problem.cases, time.process_time() + 25)
        assert (found is not None) is none
        assert found is None or checked.contradicts(problem.cases, found)
        assert not problem.cases or not checked.contradicts(problem.cases, [{"rule": "signs", "args": [], "then": []}] * len(problem.cases))
        assert (holds.admitted_point(problem) is None) is none


R = sp.Rational


def test_an_admitted_point_satisfies_the_premises_and_the_symbols():
    problem = Problem(n > 0, (n < 3,))
    v = problem.names.names[n]
    for value, admitted in ((1, True), (2, True), (5, False), (R(3, 2), False), (0, False), (-1, False)):
        assert problem.admits({v: sp.sympify(value)}) is admitted
    unequal = sp.Symbol("u", real=True, nonzero=True)
    problem = Problem(unequal > -5, ())
    for value in (-1, 0, 1):
        assert problem.admits({problem.names.names[unequal]: sp.Integer(value)}) is (value != 0)


def proved(condition, *where):
    problem = Problem(condition, where)
    found = holds.prove(problem, later())
    assert found is not None
    return problem, found


def stands(problem, proof):
    """Whether the proof replays; what stops the replay is not a proof."""
    point = holds.admitted_point(problem)
    assert point is not None
    try:
        return checked.stands(problem, {"proof": proof, "admitted": holds.texts(problem, point)})
    except Exception:  # noqa: BLE001 - as `recheck`
        return False


def changed(proof, of, part, index, **new):
    """The proof with one record changed."""
    cases = [dict(c) for c in proof["cases"]]
    records = list(cases[of][part])
    records[index] = {**records[index], **new}
    cases[of][part] = records
    return {"cases": cases}


def test_a_certificate_names_the_alternative_that_is_shown_and_stands_in_no_other_number_of_proofs():
    problem, proof = proved(sp.Ge(x**y, 0, evaluate=False), x >= 0, y > 0)
    (need,) = proof["cases"][0]["defined"]
    assert (need["case"], len(need["proofs"])) == (1, 2)
    assert stands(problem, proof)
    first, second = need["proofs"]
    for proofs in ([first], [], [first, second, second]):
        assert stands(problem, changed(proof, 0, "defined", 0, proofs=proofs)) is False
    for proofs in ([first], [first, second]):  # x > 0 does not follow
        assert stands(problem, changed(proof, 0, "defined", 0, case=0, proofs=proofs)) is False


def test_every_case_and_every_part_of_a_goal_has_its_own_proof():
    problem, proof = proved(sp.And(x**2 > 0, sp.Or(x > 0, y > 0)), sp.Or(x > 1, y > 2), x > -5, sp.Ne(x, 0), x + y > 0)
    assert len(proof["cases"]) == len(problem.cases)
    assert stands(problem, proof) is True
    for cases in ([], proof["cases"][:-1], [*proof["cases"], proof["cases"][-1]]):
        assert stands(problem, {"cases": cases}) is False
    for nothing in (None, [], "cases", {}):
        assert stands(problem, nothing) is False
    for index in range(2):
        proofs = proof["cases"][0]["goals"][index]["proofs"]
        for wrong in ([], [*proofs, proofs[-1]], [{"rule": "signs", "args": [], "then": []}] * (len(proofs) + 1)):
            assert stands(problem, changed(proof, 0, "goals", index, proofs=wrong)) is False
    goals = proof["cases"][0]["goals"]
    for records in ([], goals[:-1], [*goals, goals[-1]]):
        assert stands(problem, {"cases": [{**proof["cases"][0], "goals": records}, *proof["cases"][1:]]}) is False


def test_what_a_part_needs_is_shown_before_the_goals_and_replayed_with_them():
    condition = sp.log(x - 1) <= x - 2
    problem, proof = proved(condition, x > 1)
    assert [entry["case"] for entry in proof["cases"][0]["defined"]] == [0]
    assert stands(problem, proof) is True
    for records in ([], [*proof["cases"][0]["defined"]] * 2):
        assert stands(problem, {"cases": [{**proof["cases"][0], "defined": records}]}) is False
    wider = Problem(condition, (x >= 1,))  # log 0 at x = 1
    assert holds.prove(wider, later(), depth=2) is None
    assert stands(wider, proof) is False


def test_a_need_is_evident_by_any_one_of_its_alternatives():
    for base in (sp.Integer(2), sp.pi, sp.sqrt(3)):
        assert Problem(base**y > 1, ()).needs() == []
    assert Problem(sp.Pow(x, R(0), evaluate=False) > 0, ()).needs() == []
    for base in (x, sp.Symbol("p", positive=True)):  # signs of symbols are premises, and are shown
        assert len(Problem(base**y > 1, ()).needs()) == 1


STEP = {"rule": "signs", "args": [], "then": []}


def test_what_was_shown_to_be_defined_is_a_premise_of_what_follows(monkeypatch):
    problem = Problem(sp.log(x - 1) <= x - 2, (x > 2,))
    v = problem.names.names[x]
    given, fact = ((v - 2, ">"),), (v - 1, ">")
    seen = []

    def any_proof(sequent, *_):
        seen.append((sequent.premises, sequent.goal))
        return STEP

    monkeypatch.setattr(search, "prove", any_proof)
    proof = holds.prove(problem, later())
    ((goal,),) = problem.goals()
    assert seen == [(given, fact), ((*given, fact), goal)]
    seen.clear()
    monkeypatch.setattr(checked.rules, "holds", any_proof)
    assert stands(problem, proof)
    assert seen == [(given, fact), ((*given, fact), goal)]


TOO_MANY = tuple(sp.Ne(x, k) for k in range(6))


def evidence(outcome, certificate=None, witness=None):
    return Evidence(road="exact", engine="holds", outcome=outcome, certificate=certificate, witness=witness)


def test_evidence_is_checked_from_the_statement_alone():
    _, proof = proved(x + 1 > 0, x >= 0)

    def stands(certificate, where=(x >= 0,), outcome=Outcome.HOLDS, witness=None):
        return recheck(Holds(says="s", condition=x + 1 > 0, where=where), evidence(outcome, certificate, witness))

    assert stands({"proof": proof, "admitted": {"x": "0"}}) is True
    for wrong in ({"proof": proof}, {"proof": proof, "admitted": {"x": "-1/2"}}, {"admitted": {"x": "0"}}, {}, None):
        assert stands(wrong) is False
    whole = {"proof": proof, "admitted": {"x": "7"}}
    assert stands(whole) is True
    assert stands(whole, where=(x >= 0, *TOO_MANY)) is False
    assert stands(whole, outcome=Outcome.UNSETTLED) is False
    assert stands(whole, outcome=Outcome.FAILS) is False  # no witness
    assert stands(whole, outcome=Outcome.FAILS, witness={"x": "-2"}) is False  # not admitted
    assert stands(None, where=(x >= -3,), outcome=Outcome.FAILS, witness={"x": "-2"}) is True
    assert stands(None, where=(x >= -3,), outcome=Outcome.FAILS, witness={"x": "-1/2"}) is False  # the condition holds


SIGNS = {"rule": "signs", "args": [], "then": []}


def statement(condition, *where):
    return Holds(says="s", condition=condition, where=where)


def decided_statement(of, seconds=10.0):
    found = holds.decide(of, later(seconds))
    assert found is not None
    return found


def test_a_point_is_admitted_where_every_premise_holds_and_whole_variables_are_whole():
    problem = Problem(whole + x > 0, (whole > 0, x < 5))
    names = problem.names.names
    for at, admitted in (
        ((1, R(1, 2)), True),
        ((R(1, 2), 1), False),
        ((0, 1), False),
        ((1, 5), False),
        ((-1, 7), False),
        ((R(3, 2), 7), False),
    ):
        point = {names[whole]: sp.sympify(at[0]), names[x]: sp.sympify(at[1])}
        assert problem.admits(point) is admitted
        assert problem.admits(witness.read_point(names, {"n": str(at[0]), "x": str(at[1])})) is admitted


TWO_CASES = statement(sp.And(x**2 > 0, sp.sqrt(x**2) > 0), sp.Or(x > 1, x < -1))


@pytest.fixture(scope="module")
def replayed():
    found = decided_statement(TWO_CASES)
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
    found = decided_statement(of)
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
