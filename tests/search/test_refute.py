"""The search for counterexamples: each point that it finds is admitted, breaks the condition, and is made simple."""

from __future__ import annotations

import itertools
import time

import pytest
import sympy as sp

from proofs.checker import witness
from proofs.checker.holds import Problem
from proofs.engines import holds
from proofs.search import refute
from tests.tools.limits import later

x, y, w, z = sp.symbols("x y w z", real=True)
R = sp.Rational


def question(condition, *where):
    return holds.question(Problem(condition, where))


def breaks(asked, point):
    """Whether the checker sees that the point is admitted and that the condition is false there."""
    return witness.condition_at(asked.condition, point) is False and witness.admitted(asked.where, point)


@pytest.mark.parametrize(
    ("condition", "where"),
    [
        (x > 0, ()),
        (x**2 > 0, ()),
        (x > y, (x >= y,)),
        (sp.Eq(x, y), (sp.Eq(x**2, y**2),)),
        (x + y > 2, (sp.Eq(x * y, 1), x > 0)),
        (sp.sqrt(x) < x, (x > 0,)),
        (sp.Or(x > 1, x < 0), (x >= 0,)),
        (sp.And(x > -1, x > 1), (x > 0,)),
        (sp.Ne(x, 7), (x > 6,)),
        (x**2 + y**2 > 2 * x * y, ()),
    ],
    ids=str,
)
def test_a_quick_counterexample(condition, where):
    asked = question(condition, *where)
    found = refute.quick(asked)
    assert found is not None
    assert breaks(asked, found)


@pytest.mark.parametrize(
    ("condition", "where"),
    [
        (sp.Ne(x**2, 2), ()),
        (x**2 - 2 * x + 1 > 0, (sp.Ne(x, 5),)),
        (sp.Ne(x**3, 5), ()),
        (x**2 - R(355, 113) * x + R(355, 226) ** 2 > 0, ()),
        (x * y < 50, (x < 11, y < 11)),
    ],
    ids=str,
)
def test_a_counterexample_among_roots_and_models(condition, where):
    asked = question(condition, *where)
    found = refute.cheap(asked) or refute.deep(asked, later())
    assert found is not None
    assert breaks(asked, found)


@pytest.mark.parametrize(
    "condition", [sp.exp(x) > sp.E * x, x - 1 - sp.log(x) >= R(1, 10**5), sp.exp(x) + sp.exp(y) > sp.exp((x + y) / 2) * 2], ids=str
)
def test_a_deep_counterexample(condition):
    asked = question(condition, *([x > 0] if condition.has(sp.log) else []))
    found = refute.deep(asked, later())
    assert found is not None
    assert breaks(asked, found)
    assert refute.deep(asked, time.process_time() - 1) is None


@pytest.mark.parametrize(
    "condition",
    [
        sp.Or(x**2 + y**2 >= 1, x + y <= R(7, 5)),
        sp.Or(x * y >= 1, x + y <= 2 - R(1, 100)),
        sp.Or(x**2 >= R(1, 4), sp.sin(x) <= R(2, 5)),
        sp.Ne(sp.sin(x), 1),
        sp.log(x**2 + 1) < x**2 * sp.log(2) + R(1, 20),
    ],
    ids=str,
)
def test_a_cheap_counterexample_makes_all_alternatives_fail_and_may_be_a_minimum(condition):
    asked = question(condition)
    found = refute.cheap(asked)
    assert found is not None
    assert breaks(asked, found)


def test_nothing_is_a_counterexample_of_what_is_true():
    for condition, where in ((x**2 >= 0, ()), (x > 0, (x > 1,)), (sp.Eq(x, 1), (sp.Eq(2 * x, 2),))):
        asked = question(condition, *where)
        assert refute.quick(asked) is refute.cheap(asked) is refute.deep(asked, later(2)) is None


def test_a_counterexample_is_made_simple_and_stays_one():
    asked = question(x > y, x >= 2)
    v, w = asked.symbols
    found = refute.simplify(asked, {v: R(1234, 567), w: R(98765, 432)})
    assert breaks(asked, found)
    assert found[v] == 2
    assert sum(abs(n.p) + n.q for n in found.values()) < 12


@pytest.mark.parametrize(
    ("premises", "solved"),
    [
        (((x - 2 * y, "=="),), [{x: 2 * y}]),
        (((x**2 - 4, "=="),), [{x: -2}, {x: 2}]),
        (((x - y, "=="), (y - 3, "==")), [{x: y, y: 3}]),
        (((x, ">"),), [{}]),
        (((x * y - 1, "=="),), [{x: 1 / y}]),
    ],
    ids=str,
)
def test_equalities_are_solved(premises, solved):
    reduced, found = refute.solve_equalities(premises)
    assert sorted(map(str, found)) == sorted(map(str, solved))
    assert all(rel != "==" for branch in reduced for _, rel in branch)


def test_points_that_equalities_and_premises_admit():
    for at in itertools.islice(refute.admitted_points(((x - 2 * y, "=="), (y - 1, ">")), (x, y), 20), 10):
        assert list(at) == [x, y]
        assert at[x] == 2 * at[y]
        assert at[y] > 1
    assert list(refute.admitted_points(((x**2 + 1, "=="),), (x,), 20)) == []


@pytest.mark.parametrize(
    ("condition", "start", "simple"),
    [
        (x < 5, {x: R(22222, 4001)}, {x: sp.Integer(5)}),
        (x > -5, {x: R(-22222, 4001)}, {x: sp.Integer(-6)}),
        (x + y < 10, {x: R(1234, 56), y: R(987, 65)}, {x: sp.Integer(0), y: sp.Integer(10)}),
        (x * y < 20, {x: R(1234, 56), y: R(987, 65)}, {x: sp.Integer(2), y: sp.Integer(10)}),
        (sp.Ne(x**2, 2), {x: sp.sqrt(2)}, {x: sp.sqrt(2)}),
        (sp.sin(x) < 1, {x: R(4001, 2) * sp.pi}, {x: sp.pi / 2}),  # the same angle without its whole turns
        (sp.cos(x) > -1, {x: -333 * sp.pi}, {x: sp.pi}),
        (x < 0, {x: sp.Integer(0)}, {x: sp.Integer(0)}),
    ],
    ids=str,
)
def test_a_counterexample_becomes_one_that_can_be_read(condition, start, simple):
    problem = Problem(condition, ())
    asked = holds.question(problem)
    start, simple = ({problem.names.names[s]: value for s, value in at.items()} for at in (start, simple))
    assert refute.simplify(asked, start) == simple
    assert refute.simplify(asked, start, rounds=0) == start


def test_a_second_round_makes_a_value_simpler_that_another_held_back():
    problem = Problem((x > y) | (y < 5), ())  # fails where x ≤ y and y ≥ 5
    asked, (v, w) = holds.question(problem), (problem.names.names[s] for s in (x, y))
    start = {w: R(1003, 10), v: R(1001, 10)}
    assert refute.simplify(asked, start, 1) == {w: R(201, 2), v: 0}
    assert refute.simplify(asked, start) == {w: 5, v: 0}


def test_whole_variables_take_whole_values():
    n = sp.Symbol("n", integer=True)
    asked = question(2 * n > 5, n > 0)
    found = refute.quick(asked)
    assert found is not None
    assert {value.is_Integer for value in found.values()} == {True}
    assert refute.quick(question(sp.Or(n > 2, n < 2), n > R(3, 2), n < R(5, 2))) == {asked.symbols[0]: sp.Integer(2)}
    assert refute.quick(question(sp.Or(n >= 1, n <= 0))) is None  # fails between the whole numbers alone


def test_equations_that_cannot_be_solved_stay_and_others_are_solved_one_after_another():
    stuck = ((sp.cos(x) - x, "=="), (x, ">"))
    assert refute.solve_equalities(stuck) == ([stuck], [{}])
    reduced, solved = refute.solve_equalities(((x**2 - 1, "=="), (y - x, "=="), (z**2 - 4, "=="), (w, ">")))
    assert sorted((int(found[x]), int(found[z])) for found in solved) == [(-1, -2), (-1, 2), (1, -2), (1, 2)]
    assert reduced == [((w, ">"),)] * 4
    constant = ((sp.Integer(0), "=="), (x, ">"))
    assert refute.solve_equalities(constant) == ([constant], [{}])
    p = sp.Symbol("p", real=True)
    reduced, solved = refute.solve_equalities(((p - y - 1, "=="), (p, ">")))  # and p stays positive
    assert solved == [{p: y + 1}]
    assert reduced == [((y + 1, ">"),)]


def test_branches_are_few_where_equations_have_many_solutions():
    many = tuple((s**2 - 1, "==") for s in sp.symbols("a:h", real=True))
    reduced, solved = refute.solve_equalities(many)
    assert 8 <= len(reduced) == len(solved) <= 16
    assert {value for found in solved for value in found.values()} == {-1, 1}


@pytest.mark.parametrize(("count", "found"), [(40, 40), (10, 16)])
def test_the_points_asked_for_are_shared_among_the_branches_of_the_premises(count, found):
    points = list(refute.admitted_points(((x**2 - 4, "=="),), (x, y), count))
    assert len(points) == found  # at least 8 of each
    assert [sum(at[x] == value for at in points) for value in (-2, 2)] == [found // 2] * 2
    assert len(list(refute.admitted_points(((x - 4, "=="),), (x, y), count))) == count


@pytest.mark.parametrize(
    ("condition", "where"),
    [
        (x < 700, ()),
        (sp.Ne(x * 3, 2201), ()),
        (x + y + z < 5000, (x < 2000, y < 2000, z < 2000)),
        (w + x + y + z < 5000, (w < 1500, x < 1500, y < 1500, z < 1500)),
    ],
    ids=str,
)
def test_cheap_counterexamples_lie_far_from_simple_values(condition, where):
    found = refute.cheap(question(condition, *where))
    assert found is not None
    assert breaks(question(condition, *where), found)


@pytest.mark.parametrize(
    ("condition", "where"),
    [
        (sp.sin(x) < 1, ()),
        (sp.Ne(sp.sin(x), 1), ()),
        (sp.Abs(sp.sin(x)) < 1, ()),
        (sp.log(x) < x / sp.E, (x > 0,)),
        (sp.cos(x) > -1, (x >= 0,)),
        (sp.sqrt(2) * x - x**2 < sp.Rational(1, 2), ()),
        (x * sp.sqrt(1 - x**2) < sp.Rational(1, 2), (x >= 0, x <= 1)),
    ],
    ids=str,
)
def test_differences_that_only_touch_zero_are_refuted_before_any_proof_is_sought(condition, where):
    asked = question(condition, *where)
    assert refute.quick(asked) is None
    found = refute.cheap(asked)
    assert found is not None
    assert breaks(asked, found)


def test_no_model_is_asked_for_beyond_four_variables():
    v = sp.Symbol("v", real=True)
    assert refute.cheap(question(v + w + x + y + z < 5000, v < 1100, w < 1100, x < 1100, y < 1100, z < 1100)) is None


@pytest.mark.parametrize(
    ("condition", "where"),
    [
        (sp.Ne(x, 3), (sp.Eq(x, y + 1), sp.Eq(y**2, 4))),
        (x + y > 5, (sp.Eq(x, 2 * y), sp.Ne(y, 0))),
        (sp.Ne(x * y, 6), (sp.Eq(x - y, 1), x > 0)),
    ],
    ids=str,
)
def test_deep_counterexamples_satisfy_the_equations(condition, where):
    asked = question(condition, *where)
    found = refute.deep(asked, later())
    assert found is not None
    assert breaks(asked, found)
    assert set(found) == set(asked.symbols)


@pytest.mark.parametrize(
    ("premises", "symbols"),
    [
        (((x - R(22, 7), ">="), (R(22, 7) - x, ">=")), (x,)),
        (((x**2 - 2, ">="), (2 - x**2, ">="), (x, ">")), (x,)),
        (((x - 12345, ">"), (12346 - x, ">"), (y - x, ">")), (x, y)),
        (((x - 5, "=="), (y - x - 1, "==")), (x, y)),
        (((x - 2 * y, "=="), (y - 700, ">")), (x, y)),
        (((x - 3, "=="),), (x,)),
    ],
    ids=str,
)
def test_narrow_premises_have_a_candidate_that_satisfies_them(premises, symbols):
    found = list(refute.premise_candidates(premises, symbols))
    assert all(set(at) == set(symbols) for at in found)
    truth = {">": lambda e: e > 0, ">=": lambda e: e >= 0, "==": lambda e: sp.Eq(e, 0)}
    assert any(all(truth[rel](e.subs(at)) == True for e, rel in premises) for at in found)  # noqa: E712


@pytest.mark.parametrize(
    ("expr", "where", "place"),
    [
        (1 / (x - R(22, 7)), (), {x: R(22, 7)}),
        (sp.log(x - 500), (x > 400,), None),
        (1 / (x - y), (sp.Eq(y, R(77, 5)),), None),
        (sp.sqrt(x + y - 3000), (x < 2000, y < 2000), None),
    ],
    ids=str,
)
def test_places_where_an_expression_is_not_defined_are_proposed(expr, where, place):
    problem = Problem(sp.Gt(expr, 0), where)
    premises = problem.cases[0]
    symbols = tuple(problem.names.names.values())
    found = list(itertools.islice(refute.undefined_points(premises, symbols, problem.needs()), 400))
    assert all(set(at) == set(symbols) for at in found)
    inner = expr.args[0] if not expr.is_Pow else expr.base
    inner = problem.names.to(inner)
    bad = [at for at in found if (inner.subs(at) == 0 if expr.is_Pow and expr.exp == -1 else inner.subs(at) < 0)]
    assert bad
    if place is not None:
        assert {problem.names.names[s]: value for s, value in place.items()} in bad


@pytest.mark.parametrize(
    ("premise", "solutions"),
    [
        (2 * x - 6, [(x, 3)]),
        (x + y**2, [(x, -(y**2))]),
        (x * y - 1, [(x, 1 / y)]),
        (x**2 - 2, [(x, -sp.sqrt(2)), (x, sp.sqrt(2))]),
        (sp.exp(x) - 2, [(x, sp.log(2))]),
        (x**2 - y**4 - y**3 - 1, [(x, -sp.sqrt(y**4 + y**3 + 1)), (x, sp.sqrt(y**4 + y**3 + 1))]),
    ],
    ids=str,
)
def test_an_equation_is_solved_for_the_variable_that_is_easiest(premise, solutions):
    _, found = refute.solve_equalities(((premise, "=="),))
    assert len(found) == len(solutions)
    for solved, (wanted, expected) in zip(sorted(found, key=str), sorted(solutions, key=str), strict=True):
        ((symbol, value),) = solved.items()
        assert symbol == wanted
        assert (value - expected).equals(0)


@pytest.mark.parametrize("premise", [x**2 + 1, sp.exp(x) + 1, sp.cos(x) - x], ids=str)
def test_an_equation_without_a_solution_that_can_be_written_solves_nothing(premise):
    assert refute.solve_equalities(((premise, "=="),))[1] == [{}]


def test_a_power_that_would_not_end_is_no_value_of_a_solved_variable():
    """x is 100^(−1/y) and y as small as one likes: such points are left out, and others are found."""
    premises = ((x - R(1, 100) ** (1 / y), "=="), (y, ">"), (R(1, 10**4) - y, ">="))
    assert list(refute.admitted_points(premises, (x, y), 8)) == []


def test_a_conjunction_is_doubted_where_a_part_of_it_is():
    one_part = sp.And(sp.Eq(x * (x + 1), x**2 + x, evaluate=False), sp.Eq(x, x**2, evaluate=False), evaluate=False)
    found = refute.quick(question(one_part))
    assert found is not None
    assert breaks(question(one_part), found)
