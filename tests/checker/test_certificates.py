"""Certificates and witnesses that were tampered with, and statements that they do not belong to."""

from __future__ import annotations

import copy
import dataclasses
import functools
import random
import time
from collections.abc import Iterator
from typing import Any

import pytest
import sympy as sp

from proofs.checker import holds as checked
from proofs.checker import matrices as checked_matrices
from proofs.checker import monotone as growing
from proofs.checker import recheck
from proofs.checker.holds import Problem
from proofs.checker.logic import Sequent
from proofs.engines import decide, holds, identities, matrices, suprema
from proofs.kernel.statements import Holds, Increasing, Known, Limit, MatrixIdentity, Supremum
from proofs.kernel.terms import joined
from proofs.kernel.verdict import Evidence, Outcome, Strength

x, y, z = sp.symbols("x y z", real=True)
n = sp.Symbol("n", integer=True, positive=True)
oo = sp.oo


def statement(condition, *where, known=()):
    return Holds(says="s", condition=condition, where=where, known=known)


def limit(expr, point, value, *where):
    return Limit(says="s", expr=expr, variable=x, point=sp.sympify(point), value=sp.sympify(value), where=where)


def supremum(expr, start, end, value, attained=None, where=()):
    return Supremum(
        says="s",
        expr=expr,
        variable=x,
        start=sp.sympify(start),
        end=sp.sympify(end),
        value=None if value is None else sp.sympify(value),
        attained=attained,
        where=where,
    )


TRUE = [
    statement(sp.And(x**2 >= 0, x + 1 > 0, sp.sqrt(x) + 1 > 0), x >= 0),
    statement(x**2 + y**2 >= 2 * x * y),
    statement(sp.Or(x > 0, y > 0), x + y > 0),
    statement(1 / x + 1 / y > 0, joined(sp.Or, x > 1, x > 2), y > 0),
    statement(y > 1, x > 2, known=(Known(where=(x > 1,), condition=y > 3),)),
    statement(sp.Eq(sp.sqrt(x**2 + 2 * x + 1), sp.Abs(x + 1)), sp.Ne(x, 0)),
    statement(sp.log(x) <= x - 1, x > 0),
    statement(sp.Ge(n, 1, evaluate=False)),
    Increasing(says="s", expr=x**3 + 1 / x, variable=x, where=(x > 2,)),
    Increasing(says="s", expr=x**3, variable=x),
    Increasing(says="s", expr=sp.sqrt(x), variable=x, where=(x >= 0,)),
    supremum(x / (x + 1), 0, oo, 1),
    supremum(x / (x + 1), 0, oo, 1, attained=False),
    supremum(x * (1 - x), 0, 1, "1/4", attained=True),
    supremum(x / (x + 1), 0, oo, None, attained=False),
    supremum(-(x**2), -oo, oo, None, attained=True),
    supremum(x, 0, oo, oo),
    supremum(y * x - x**2, 0, oo, y**2 / 4, where=(y > 0,)),
    supremum(x, 0, 2, 2, where=(x < 2,)),
    limit(sp.sin(x) / x, 0, 1),
    limit(y * x, oo, oo, y > 0),
    limit(sp.exp(-y * x), oo, 0, y > 0),
    limit((1 + y / x) ** x, oo, sp.exp(y)),
    limit(sp.Abs(y) * x / (x + 1), oo, sp.Abs(y)),
    limit(1 / x, 0, oo, x > 0),
    limit(sp.log(y * x) / sp.log(x), oo, 1, y > 0),
]
FALSE = [
    statement(x**2 >= x),
    statement(sp.Or(x > 0, y > 0), x + y >= 0),
    statement(n * (n - 1) > 0),
    statement(sp.Eq(sp.sqrt(x**2), x)),
    Increasing(says="s", expr=x**2, variable=x, where=(x > -1,)),
    supremum(x / (x + 1), 0, oo, "1/2"),
    supremum(x / (x + 1), 0, oo, 2),
    supremum(x * (1 - x), 0, 1, "1/4", attained=False),
    supremum(x / (x + 1), 0, oo, 1, attained=True),
    supremum(x / (x + 1), 0, oo, None, attained=True),
    supremum(x, 0, oo, None, attained=True),
    supremum(1 / (x + 1), 0, oo, oo),
    limit(sp.sin(x) / x, 0, 2),
    limit(y * x, oo, oo, y >= 0),
    limit(1 / x, 0, oo),
]
SECONDS = 10.0


def named(of):
    return str(of.condition if isinstance(of, Holds) else (of.expr, getattr(of, "value", None), getattr(of, "attained", None)))


@functools.cache
def evidence_of(true):
    return decide(true, SECONDS)


def lists_in(data: Any) -> Iterator[list[Any]]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key not in ("args",):
                yield from lists_in(value)
    elif isinstance(data, list):
        yield data
        for value in data:
            yield from lists_in(value)


def tampered(certificate: Any) -> Iterator[Any]:
    """The certificate with one proof or record less, one twice, or one rule that does not exist."""
    for index, found in enumerate(lists_in(certificate)):
        for change in ("less", "more"):
            if found:
                changed = copy.deepcopy(certificate)
                place = list(lists_in(changed))[index]
                if change == "less":
                    del place[-1]
                else:
                    place.append(copy.deepcopy(place[-1]))
                yield changed
    for key in certificate.keys() - {"kind"}:
        yield {k: v for k, v in certificate.items() if k != key}


@pytest.mark.parametrize("true", TRUE, ids=named)
def test_a_certificate_stands_as_it_is_and_in_no_changed_form(true):
    evidence = evidence_of(true)
    assert evidence.outcome is Outcome.HOLDS
    assert recheck(true, evidence)
    for certificate in tampered(dict(evidence.certificate)):
        assert not recheck(true, dataclasses.replace(evidence, certificate=certificate)), certificate
    for other in (Outcome.FAILS, Outcome.UNSETTLED, Outcome.ABSENT):
        assert not recheck(true, dataclasses.replace(evidence, outcome=other))
    assert not recheck(true, dataclasses.replace(evidence, certificate=None))
    assert not recheck(true, dataclasses.replace(evidence, engine="another"))


@pytest.mark.parametrize("false", FALSE, ids=named)
def test_a_refutation_stands_and_no_certificate_of_a_true_statement_does(false):
    evidence = decide(false, SECONDS)
    assert evidence.outcome is Outcome.FAILS
    assert recheck(false, evidence)
    assert not recheck(false, dataclasses.replace(evidence, outcome=Outcome.HOLDS, strength=Strength.CERTIFIED))
    assert not recheck(false, dataclasses.replace(evidence, outcome=Outcome.UNSETTLED))
    for true in TRUE:
        if type(true) is type(false):
            assert not recheck(false, evidence_of(true))
            assert not recheck(true, evidence)


@pytest.mark.parametrize("point", [{}, {"x": "-1"}, {"x": "y"}, {"x": "1/0"}, {"y": "1"}, None, "x", {"x": "import os"}])
def test_a_certificate_needs_a_point_that_its_premises_admit(point):
    true = statement(x + 1 > 0, x >= 0)
    evidence = decide(true, SECONDS)
    assert not recheck(true, dataclasses.replace(evidence, certificate={**evidence.certificate, "admitted": point}))


def test_a_point_of_a_certificate_is_whole_where_its_symbols_are():
    true = statement(sp.Ge(n, 1, evaluate=False))
    evidence = decide(true, SECONDS)
    for value, stands in (("1", True), ("2", True), ("3/2", False), ("0", False), ("-1", False)):
        assert recheck(true, dataclasses.replace(evidence, certificate={**evidence.certificate, "admitted": {"n": value}})) is stands


@pytest.mark.parametrize(
    ("witness", "stands"),
    [
        ({"x": "1/2"}, True),
        ({"x": "2"}, False),
        ({"x": "-1/2"}, False),
        ({"x": "0"}, False),
        ({}, False),
        (None, False),
        ({"x": "y"}, False),
        ({"y": "1/2"}, False),
    ],
)
def test_a_witness_is_admitted_and_breaks_the_condition(witness, stands):
    false = statement(1 / x + x**2 >= 1 / x + x, x >= 0)
    assert recheck(false, Evidence(road="exact", engine="holds", outcome=Outcome.FAILS, witness=witness)) is stands


def grows_to_infinity():
    """The certificate that x tends to oo."""
    return decide(supremum(x, 0, oo, oo), SECONDS).certificate["limit"]


@pytest.mark.parametrize(
    ("certificate", "witness", "of"),
    [
        ({"kind": "unbounded", "at": "oo"}, {}, supremum(x, 0, oo, oo)),  # unbounded, as the statement says
        ({"kind": "unbounded", "at": "oo"}, {}, supremum(x, 0, oo, None, attained=False)),
        ({"kind": "unbounded", "at": "oo", "supremum": "3"}, {}, supremum(x, 0, oo, None, attained=False)),
        (
            {"kind": "the supremum is attained", "approach": "point", "at": "1", "supremum": "1/2"},
            {},
            supremum(x / (x + 1), 0, oo, None, attained=False),
        ),  # a value, not the supremum
        (
            {"kind": "above", "supremum": "-5"},
            {"x": "0"},
            supremum(-(x**2), -oo, oo, None, attained=True),
        ),  # above what the certificate says
        ({"kind": "below", "supremum": "5", "value": "1"}, {}, supremum(-(x**2), -oo, oo, None, attained=True)),
    ],
)
def test_a_refutation_of_a_supremum_that_the_statement_does_not_say_is_none(certificate, witness, of):
    bounds = [decide(supremum(f, a, oo, value), SECONDS).certificate["bound"] for f, a, value in ((x / (x + 1), 0, 1), (-(x**2), -oo, 0))]
    for bound in (None, *bounds):
        found = {**certificate, "limit": grows_to_infinity(), **({"bound": bound} if bound else {})}
        assert not recheck(of, Evidence(road="exact", engine="suprema", outcome=Outcome.FAILS, certificate=found, witness=witness))


def test_an_unbounded_expression_refutes_a_finite_supremum_and_one_that_is_attained():
    evidence = Evidence(
        road="exact",
        engine="suprema",
        outcome=Outcome.FAILS,
        witness={},
        certificate={"kind": "unbounded", "at": "oo", "limit": grows_to_infinity()},
    )
    for of in (supremum(x, 0, oo, 3), supremum(x, 0, oo, None, attained=True), supremum(x, 0, oo, oo, attained=True)):
        assert recheck(of, evidence)
    assert not recheck(supremum(1 / (x + 1), 0, oo, 3), evidence)
    bare = {"kind": "unbounded", "at": "oo"}
    assert not recheck(supremum(x, 0, oo, 3), dataclasses.replace(evidence, certificate=bare))


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
    true = statement(sp.Eq(symbol, value), where(symbol))
    assert identities.decide(true, 0.0) is None
    assert decide(true, SECONDS).outcome is Outcome.HOLDS
    for root in (-2, -1, 0, 1, 2):
        for engine in ("identities", "holds"):
            assert not recheck(true, Evidence(road="exact", engine=engine, outcome=Outcome.FAILS, witness={"a": str(root)}))


# -- what certificates are made of


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


def test_a_place_where_a_part_is_not_defined_is_named():
    assert holds.undefined_place(Problem(1 / x > 0, (x >= 0,))) == "not defined at x = 0: 1/x needs x != 0"
    assert holds.undefined_place(Problem(sp.log(x) > 0, (x >= 0,))) == "not defined at x = 0: log(x) needs x > 0"
    for where in ((x > 0,), (x > 1, x < 2)):
        assert holds.undefined_place(Problem(1 / x > 0, where)) is None
    assert holds.undefined_place(Problem(x > 0, (x >= 0,))) is None


# -- growing expressions


def test_growth_is_asked_of_two_points():
    grows = Increasing(says="s", expr=x * y, variable=x, where=(x > 0, y > 0), known=(Known(where=(x > 1,), condition=y > x),))
    pairs = growing.two_points(grows)
    (u,) = pairs.condition.free_symbols - {x, y}
    assert (u.name, u.is_real, u.is_positive) == ("x_second", True, None)
    assert pairs.condition == sp.Gt(u * y, x * y, evaluate=False)
    assert pairs.where == (x > 0, y > 0, u > 0, sp.Gt(u, x, evaluate=False))
    assert pairs.known == (grows.known[0], Known(where=(u > 1,), condition=y > u))


@pytest.mark.parametrize("taken", ["x_second", "x_second x_second_", "x_second x_second__"])
def test_the_second_point_has_a_name_that_nothing_has(taken):
    others = [sp.Symbol(name, real=True) for name in taken.split()]
    for expr, where in ((x * sp.Add(*others), ()), (x, tuple(other > 0 for other in others))):
        pairs = growing.two_points(Increasing(says="s", expr=expr, variable=x, where=where))
        free = pairs.condition.free_symbols.union(*(w.free_symbols for w in pairs.where)) - {x, *others}
        assert len(free) == 1
        assert not {s.name for s in free} & {x.name, *(other.name for other in others)}


def at(value):
    return {sp.Symbol("v0", real=True): sp.Integer(value)}


def growth(expr, *where, variable=x):
    return Increasing(says="s", expr=expr, variable=variable, where=where)


@pytest.mark.parametrize(
    ("grows", "moves", "sequents"),
    [
        (growth(x**3), None, [((), "3*v0**2 > 0")]),
        (growth(x**3), 1, [((), "3*v0**2 >= 0")]),
        (growth(x**3), 0, None),
        (growth(x**3, x > 1), 1, None),
        (growth(x**2, x >= 0), None, [(("v0 > 0",), "2*v0 > 0")]),
        (growth(x**2, x > 0, x <= 5), None, [(("v0 > 0", "5 - v0 > 0"), "2*v0 > 0")]),
        (growth(sp.sqrt(x), x >= 0), None, [(("v0 > 0",), "v0 > 0"), (("v0 > 0",), "1/(2*sqrt(v0)) > 0")]),
        (growth(x * y, y > 0), None, [(("v1 > 0",), "v1 > 0")]),
        (growth(x * y, y > 0), 1, None),
        (growth(x**3 + y, y > 0), 1, None),
        (growth(x * y, y >= x), None, [(("v1 - v0 > 0",), "v1 > 0")]),
        (growth(x**2, x * y > 0), None, None),
        (growth(x, sp.Ne(x, 0)), None, None),
        (growth(x, 2 * x > 1), None, None),
        (growth(x, sp.Eq(x, 1)), None, None),
        (growth(sp.Abs(x)), None, None),
        (growth(sp.Max(x, 1)), None, None),
        (growth(sp.Integer(3)), 1, None),
        (growth(n, variable=n), None, None),
        (growth(x, sp.Or(x > 1, x < 0)), None, None),
    ],
    ids=str,
)
def test_what_suffices_for_growth(grows, moves, sequents):
    problem = growing.one_point(grows)
    found = None
    if len(problem.cases) == 1:
        facts = holds.prove_defined(problem.cases[0], problem.needs(), time.process_time() + 25)
        assert facts is not None
        found = growing.slope_sequents(grows, problem, facts[0], None if moves is None else at(moves))
    if sequents is None:
        assert found is None
        return
    names = {s.name: s for s in problem.names.names.values()}

    def atom(text):
        expr, rel, _ = text.rsplit(" ", 2)
        return sp.sympify(expr, names), rel

    assert [s.goal for s in found] == [atom(goal) for _, goal in sequents]
    for one, (premises, _) in zip(found, sequents, strict=True):
        assert (
            set(map(atom, premises))
            <= set(one.premises)
            <= set(map(atom, premises)) | {(e, r) for e, r in facts[0]} | {s.goal for s in found}
        )


# -- matrices

A, B, V = sp.MatrixSymbol("A", 2, 2), sp.MatrixSymbol("B", 2, 2), sp.MatrixSymbol("V", 3, 2)
D = sp.MatrixSymbol("D", 2, 2)


@pytest.mark.parametrize(
    ("witness", "stands"),
    [
        ({"A": "[[0, 1], [0, 0]]", "B": "[[0, 0], [1, 0]]"}, True),
        ({"A": "[[1, 0], [0, 1]]", "B": "[[0, 0], [1, 0]]"}, False),
        ({}, False),
        (None, False),
    ],
)
def test_matrices_that_refute_are_evaluated_again(witness, stands):
    commute = MatrixIdentity(says="s", left=A * B, right=B * A)
    assert recheck(commute, Evidence(road="symbolic", engine="matrices", outcome=Outcome.FAILS, witness=witness)) is stands


@pytest.mark.parametrize(
    ("witness", "stands"),
    [
        ({"V": "[[1, 0], [0, 1], [0, 0]]", "D": "[[2, 0], [0, 3]]"}, True),
        ({"V": "[[1, 1], [0, 1], [0, 0]]", "D": "[[2, 0], [0, 3]]"}, False),
        ({"V": "[[1, 0], [0, 1], [0, 0]]", "D": "[[2, 1], [0, 3]]"}, False),
        ({"V": "[[1, 0], [0, 1], [0, 0]]", "D": "[[0, 0], [0, 0]]"}, False),
    ],
)
def test_matrices_that_refute_keep_their_constraints(witness, stands):
    false = MatrixIdentity(says="s", left=V * D * V.T * V, right=sp.ZeroMatrix(3, 2), orthonormal=(V,), diagonal=(D,))
    assert recheck(false, Evidence(road="symbolic", engine="matrices", outcome=Outcome.FAILS, witness=witness)) is stands
    assert decide(false, SECONDS).outcome is Outcome.FAILS


@pytest.mark.parametrize(
    ("left", "right", "outcome"),
    [
        (V.T * V, sp.Identity(2), Outcome.HOLDS),
        (V * V.T, sp.Identity(3), Outcome.FAILS),
        ((A + B) * (A + B), A * A + A * B + B * A + B * B, Outcome.HOLDS),
        ((A + B) ** 2, A**2 + 2 * A * B + B**2, Outcome.FAILS),
        (D * D.T, D**2, Outcome.HOLDS),
        (A * A.T, A**2, Outcome.FAILS),
        (2 * A - A, A, Outcome.HOLDS),
        (A - A, sp.ZeroMatrix(2, 2), Outcome.HOLDS),
        ((A * B).T, B.T * A.T, Outcome.HOLDS),
        (D * V.T * V * D, D * D, Outcome.HOLDS),
        (3 * D, D * 2, Outcome.FAILS),
    ],
    ids=str,
)
def test_identities_between_matrices(left, right, outcome):
    found = matrices.decide(MatrixIdentity(says="s", left=left, right=right, orthonormal=(V,), diagonal=(D,)), 0.0)
    assert found.outcome is outcome
    assert suprema.decide(MatrixIdentity(says="s", left=left, right=right), 0.0) is None


def test_polynomial_identities_are_of_equations_and_of_one_symbol_a_name():
    holds_so = Evidence(road="symbolic", engine="identities", outcome=Outcome.HOLDS, strength=Strength.CERTIFIED, certificate={})
    other = sp.Symbol("x", positive=True)
    assert recheck(statement(sp.Eq(x + y, y + x, evaluate=False)), holds_so)
    two_of_one_name = sp.Eq(x + other, other + x, evaluate=False)
    for of in map(statement, (x > 0, sp.Eq(sp.sqrt(x), y), two_of_one_name, sp.Eq(x, y))):
        assert not recheck(of, holds_so)


def test_matrix_words_are_summed():
    of = MatrixIdentity(says="s", left=A, right=A, orthonormal=(V,), diagonal=(D,))
    a, b, d = (("A", False),), (("B", False),), (("D", False),)
    assert checked_matrices._words(of, A * B + 2 * A * B - B * A + D - 3 * D) == {(*a, *b): 3, (*b, *a): -1, d: -2}
    assert checked_matrices._words(of, V.T * V * A + A) == {a: 2}


def test_random_orthonormal_columns_are_orthonormal_and_no_axes():
    found = matrices._orthonormal(3, 2, random.Random(1))
    assert found.T * found == sp.eye(2)
    assert all(entry not in (0, 1, -1) for entry in found)
    assert not recheck(
        MatrixIdentity(says="s", left=A, right=B), Evidence(road="symbolic", engine="matrices", outcome=Outcome.FAILS, witness=None)
    )


def test_an_infinite_supremum_is_never_attained():
    unbounded = decide(supremum(x, 0, oo, oo), SECONDS)
    assert unbounded.certificate["kind"] == "unbounded"
    for attained, stands in ((None, True), (False, True), (True, False)):
        of = supremum(x, 0, oo, oo, attained=attained)
        assert recheck(of, unbounded) is stands
        assert (suprema.decide(of, time.process_time() + SECONDS).outcome is Outcome.HOLDS) is stands


def test_an_approach_in_a_limit_shows_no_attainment():
    approached = decide(supremum(x / (x + 1), 0, oo, 1), SECONDS)
    assert approached.certificate["approach"] == "limit"
    assert not recheck(supremum(x / (x + 1), 0, oo, 1, attained=True), approached)


@pytest.mark.parametrize(
    "of",
    [
        supremum(y * x / (x + 1), 0, oo, y, attained=True, where=(y > 0,)),
        supremum(y - x**2, -oo, oo, y, attained=False),
        supremum(y * x / (x + 1), 0, oo, 2 * y, where=(y > 0,)),
    ],
    ids=named,
)
def test_a_refuted_supremum_names_its_parameters(of):
    found = suprema.decide(of, time.process_time() + SECONDS)
    assert found.outcome is Outcome.FAILS
    assert "y" in found.witness
    assert recheck(of, found)


def test_what_is_constant_in_disguise_does_not_grow():
    constant = growth((x + 1) ** 2 - x**2 - 2 * x)
    assert growing.slope_sequents(constant, growing.one_point(constant), (), at(1)) is None
    assert decide(constant, SECONDS).outcome is Outcome.FAILS


@pytest.mark.parametrize("moves", ["0", "oo", "y", "", None])
def test_growth_with_a_derivative_that_vanishes_names_a_point_at_which_it_does_not(moves):
    found = decide(growth(x**3), SECONDS)
    assert recheck(growth(x**3), found)
    assert sp.Rational(found.certificate["moves"]["x"]) != 0
    changed = {**found.certificate, "moves": {"x": moves} if moves is not None else {}}
    assert not recheck(growth(x**3), dataclasses.replace(found, certificate=changed))


def test_a_derivative_shows_nothing_where_the_range_is_no_interval():
    found = decide(growth(x**3 + x), SECONDS)
    assert found.certificate["kind"] == "derivative"
    assert recheck(growth(x**3 + x), found)
    for where in ((sp.Ne(x, 0),), (sp.Or(x < 0, x > 1),), (x**2 > 1,)):
        assert not recheck(growth(x**3 + x, *where), found)


def test_sides_that_are_equal_for_a_reason_that_no_words_show_are_left_open():
    """VᵀV = I gives VVᵀ = I where V is square."""
    square = sp.MatrixSymbol("V", 2, 2)
    found = matrices.decide(MatrixIdentity(says="s", left=square * square.T, right=sp.Identity(2), orthonormal=(square,)), 0.0)
    assert (found.outcome, found.note) == (Outcome.UNSETTLED, "equal at random matrices, but the words differ")
