"""What the search for counterexamples proposes: values, points, models. Each is re-checked; here, that the right ones come."""

from __future__ import annotations

import itertools
import random
import time

import pytest
import sympy as sp
from flint import fmpq

from proofs.checker import balls, sampling, witness
from proofs.checker.bounds import Bound
from proofs.checker.holds import Problem
from proofs.checker.logic import Sequent
from proofs.engines import holds
from proofs.search import critical, refute

x, y, z, w = sp.symbols("x y z w", real=True)
R = sp.Rational
FREE = Bound()
CLOSED, OPEN = Bound(fmpq(2), False, fmpq(4), False), Bound(fmpq(2), True, fmpq(4), True)
ABOVE, BELOW = Bound(low=fmpq(2), low_strict=True), Bound(high=fmpq(4), high_strict=True)


def later(seconds=20.0):
    return time.process_time() + seconds


def candidates(variables, bounds, count, seed=1):
    return list(itertools.islice(sampling._candidates(bounds, variables, random.Random(seed)), count))


# -- values


def test_numbers_that_statements_are_made_of_are_among_the_samples_of_any_variable():
    found = {at[x] for at in sampling.points((), (x,), 300)}
    numbers = ("0", "1", "2", "3", "4", "10", "100", "1000", "1/2", "1/3", "1/4", "1/10", "1/100", "-1", "-2", "-1/2")
    assert found >= {fmpq(n) for n in numbers}
    assert sampling.violation(Sequent((), (abs(x - 1) + abs(y - 2), ">"))) == {x: fmpq(1), y: fmpq(2)}
    assert sampling.violation(Sequent((), ((x - R(1, 2)) ** 2, ">"))) == {x: fmpq(1, 2)}


@pytest.mark.parametrize(
    ("bound", "inside", "outside"),
    [
        (FREE, [fmpq(-(10**9)), fmpq(0), fmpq(10**9)], []),
        (CLOSED, [fmpq(2), fmpq(3), fmpq(4)], [fmpq(19, 10), fmpq(41, 10)]),
        (OPEN, [fmpq(21, 10), fmpq(39, 10)], [fmpq(2), fmpq(4), fmpq(1), fmpq(5)]),
        (ABOVE, [fmpq(3), fmpq(10**9)], [fmpq(2), fmpq(1)]),
        (BELOW, [fmpq(-(10**9)), fmpq(3)], [fmpq(4), fmpq(5)]),
    ],
    ids=["free", "closed", "open", "above", "below"],
)
def test_values_inside_a_bound(bound, inside, outside):
    assert [v for v in inside if not sampling._inside(v, bound)] == []
    assert [v for v in outside if sampling._inside(v, bound)] == []


def test_values_near_the_ends_of_a_bound_and_in_its_middle():
    thousandth = fmpq(1, 1000)
    assert sampling._near(FREE) == []
    assert sampling._near(ABOVE) == [fmpq(2), 2 + thousandth, fmpq(3)]
    assert sampling._near(BELOW) == [fmpq(4), 4 - thousandth]
    assert sampling._near(CLOSED) == [fmpq(2), 2 + thousandth, fmpq(3), fmpq(4), 4 - thousandth, fmpq(3)]
    assert sampling._near(Bound(fmpq(2), False, fmpq(7)))[-1] == fmpq(9, 2)


def test_random_values_fill_their_bound_at_every_scale():
    rng = random.Random(5)
    free, above, below, between = ([sampling._random(bound, rng) for _ in range(600)] for bound in (FREE, ABOVE, BELOW, CLOSED))
    for distances in ([abs(v) for v in free], [v - 2 for v in above], [4 - v for v in below]):
        assert all(0 < d <= 4000 for d in distances)
        for decade in range(-2, 4):
            assert sum(fmpq(10) ** decade / 10 < d <= 4 * fmpq(10) ** decade for d in distances) > 60
        assert min(distances) < fmpq(1, 100)
        assert max(distances) > 2000
        assert len(set(distances)) > 500
    assert 200 < sum(v > 0 for v in free) < 400
    assert all(2 < v < 4 for v in between)
    assert min(between) < fmpq(21, 10)
    assert max(between) > fmpq(39, 10)
    assert 200 < sum(v < 3 for v in between) < 400


# -- points


def test_the_simple_values_of_all_variables_are_tried_together_first():
    simple = [fmpq(v) for v in ("0", "1", "2", "1/2", "-1")]
    assert [at[x] for at in candidates((x,), {}, 5)] == simple
    assert [tuple(at.values()) for at in candidates((x, y), {}, 25)] == list(itertools.product(simple, simple))
    assert [tuple(at.values()) for at in candidates((x, y, z), {}, 125)] == list(itertools.product(simple, simple, simple))
    four = list(itertools.product(simple, repeat=4))
    assert [tuple(at.values()) for at in candidates((w, x, y, z), {}, 150)] == four[:150]
    assert [tuple(at.values()) for at in candidates((w, x, y, z), {}, 300)][150:] != four[150:300]  # some first value is 1, in time


def test_after_them_values_are_simple_or_random_each_for_itself():
    found = candidates((x, y), {}, 1025)[25:]
    simple = set(sampling.SIMPLE)
    for variable in (x, y):
        assert 200 < sum(at[variable] in simple for at in found) < 450
    assert {at[x] for at in found} >= simple
    assert 40 < sum(at[x] in simple and at[y] in simple for at in found) < 150


def test_half_of_the_points_of_many_variables_are_scattered():
    many = sp.symbols("u0:8", real=True)
    found = sampling.points((), many, 40)
    assert len(found) == 40
    assert all(len({at[variable] for at in found}) > 10 for variable in many)  # together, the first would all stay at 0
    assert sampling.violated(Sequent((), (-((many[0] * many[1]) ** 2), ">=")))
    assert sampling.points((), many, 40) == found


def test_points_respect_the_bounds_and_begin_with_the_ends():
    found = candidates((x,), {x: Bound(fmpq(1001), False, fmpq(1002))}, 200)
    assert [at[x] for at in found[:5]] == sampling._near(Bound(fmpq(1001), False, fmpq(1002)))[:5]
    assert all(1001 <= at[x] <= 1002 for at in found)
    empty = candidates((x, y), {x: Bound(fmpq(3), True, fmpq(3), True)}, 40)
    assert all(set(at) == {x, y} for at in empty)  # nothing is inside: any value, which the premises refuse
    assert candidates((), {}, 5) == [{}]


def test_points_are_as_many_as_asked_where_premises_are_wide_and_none_where_no_one_satisfies_them():
    for count in (1, 7, 60):
        assert len(sampling.points(((x + y, ">"),), (x, y), count)) == count
    assert sampling.points(((-(x**2) - 1, ">"),), (x,), 20) == []
    assert {at[x] > 0 for at in sampling.points(((x * y - 1, ">"),), (x, y), 20)} == {True, False}


# -- counterexamples


def question(condition, *where):
    return holds.question(Problem(condition, where))


@pytest.mark.parametrize("value", [R(7, 3), R(-7, 3), R(1234, 567), sp.Integer(77), R(1, 1000), sp.Integer(1), sp.Integer(0)])
def test_simpler_values_are_simpler_the_simplest_first_and_near_or_far(value):
    found = refute._simpler(value)
    size = abs(value.p) + value.q
    assert all(abs(v.p) + v.q < size for v in found)
    assert found == sorted(found, key=lambda v: (abs(v.p) + v.q, bool(v < 0)))
    assert len(set(found)) == len(found)
    near = {sp.Integer(round(value))} | {value.limit_denominator(d) for d in (1, 2, 3, 10, 100, 1000)}
    wanted = {refute.exact(v) for v in sampling.SIMPLE} | near
    assert set(found) == {v for v in wanted if abs(v.p) + v.q < size}


@pytest.mark.parametrize(
    ("condition", "start", "simple"),
    [
        (x < 5, {x: R(22222, 4001)}, {x: sp.Integer(5)}),
        (x > -5, {x: R(-22222, 4001)}, {x: sp.Integer(-6)}),
        (x + y < 10, {x: R(1234, 56), y: R(987, 65)}, {x: sp.Integer(0), y: sp.Integer(10)}),
        (x * y < 20, {x: R(1234, 56), y: R(987, 65)}, {x: sp.Integer(2), y: sp.Integer(10)}),
        (sp.Ne(x**2, 2), {x: sp.sqrt(2)}, {x: sp.sqrt(2)}),
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


def test_a_condition_that_balls_show_true_is_not_looked_at_again():
    assert not refute._balls_doubt(x > 0, {x: R(1, 3)})
    assert refute._balls_doubt(x > 0, {x: R(-1, 3)})
    assert refute._balls_doubt(x > 0, {x: sp.Integer(0)})
    assert refute._balls_doubt(sp.And(x > 0, x < 1), {x: R(1, 2)})  # no single relation: not for balls
    assert refute._balls_doubt(x > 0, {x: sp.sqrt(2)})
    tiny = sp.exp(x) - 1 - x  # 1/2·10^-80 at 10^-40, and no ball of 96 bits tells its sign
    assert not refute._balls_doubt(tiny > 0, {x: R(1, 10**40)})
    assert refute._balls_doubt(tiny < 0, {x: R(1, 10**40)})
    far = sp.exp(x) - 1 - x - x**2 / 2  # 10^-750: not by balls of 600 bits either
    assert refute._balls_doubt(far > 0, {x: R(1, 10**250)})
    assert refute._balls_doubt(sp.Ne(far, 0), {x: R(1, 10**250)})
    assert not refute._balls_doubt(far >= 0, {x: R(1, 10**250)})  # a zero would be no failure


def test_whole_variables_take_whole_values():
    n = sp.Symbol("n", integer=True)
    asked = question(2 * n > 5, n > 0)
    found = refute.quick(asked)
    assert found is not None
    assert {value.is_Integer for value in found.values()} == {True}
    assert refute.quick(question(sp.Or(n > 2, n < 2), n > R(3, 2), n < R(5, 2))) == {asked.symbols[0]: sp.Integer(2)}
    assert refute.quick(question(sp.Or(n >= 1, n <= 0))) is None  # fails between the whole numbers alone


# -- premises that are solved


@pytest.mark.parametrize(
    ("premise", "solutions"),
    [
        (2 * x - 6, [(x, 3)]),
        (x + y**2, [(x, -(y**2))]),
        (x * y - 1, [(x, 1 / y)]),
        (x**2 - 2, [(x, -sp.sqrt(2)), (x, sp.sqrt(2))]),
        (x**2 + 1, []),
        (sp.exp(x) - 2, [(x, sp.log(2))]),
        (sp.exp(x) + 1, []),
        (x**2 - y**4 - y**3 - 1, [(x, -sp.sqrt(y**4 + y**3 + 1)), (x, sp.sqrt(y**4 + y**3 + 1))]),
        (sp.cos(x) - x, []),
    ],
    ids=str,
)
def test_an_equation_is_solved_for_the_variable_that_is_easiest(premise, solutions):
    found = refute._solutions(premise)
    assert len(found) == len(solutions)
    for (symbol, value), (wanted, expected) in zip(sorted(found, key=str), sorted(solutions, key=str), strict=True):
        assert symbol == wanted
        assert (value - expected).equals(0)


def test_the_degree_in_a_variable_and_of_what_is_no_polynomial():
    assert [refute._degree(x**3 * y + y**2, s) for s in (x, y, z)] == [3, 2, 0]
    assert refute._degree(sp.exp(x) + 1, x) == refute._degree(1 / x, x) == 99


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


def test_a_completed_point_has_the_values_of_the_solved_variables_the_last_first():
    assert refute._completed({z: sp.Integer(3)}, {x: 2 * y, y: z + 1}) == {z: 3, y: 4, x: 8}
    assert refute._completed({}, {x: sp.sqrt(2)}) == {x: sp.sqrt(2)}
    assert refute._completed({y: sp.Integer(2)}, {x: 2**y}) == {x: 4, y: 2}


def test_powers_with_large_exponents_are_not_written_out():
    large = {x: R(4, 3), y: sp.Integer(10**5)}
    assert witness.large_power(x**y, large)
    assert witness.large_power(1 + 2 * x ** (-y), large)
    assert not witness.large_power(x**y, {x: R(4, 3), y: sp.Integer(999)})
    assert not witness.large_power(sp.exp(y) + y**x, large)  # the exponential stays as it is
    assert not witness.large_power(x ** sp.log(-y), large)  # undefined
    assert witness.large_power(x**y, {x: R(829031, 25000), y: R(-221, 25000)})  # SymPy looks for factors of 829031^24779
    assert not witness.large_power(y**2 + x**z, {x: R(4, 3), y: R(1, 25000), z: R(99, 100)})
    assert witness.large_power(x ** sp.log(-y) + x ** (2 * y), large)
    assert witness.sign_at(x**y - x**z, {**large, z: sp.Integer(10**5)}) is None  # zero, which digits alone would show
    assert witness.sign_at(x**y - x**z, {x: R(4, 3), y: sp.Integer(9), z: sp.Integer(9)}) == 0
    assert witness.sign_at(x**y - 2, large) == 1  # by balls
    assert refute._completed({y: R(1, 10**5)}, {x: R(1, 100) ** (1 / y)}) is None
    assert refute._completed({y: R(1, 10**5)}, {z: x + 1, x: R(1, 100) ** (1 / y)}) is None


@pytest.mark.parametrize(("count", "found"), [(40, 40), (10, 16)])
def test_the_points_asked_for_are_shared_among_the_branches_of_the_premises(count, found):
    points = list(refute.admitted_points(((x**2 - 4, "=="),), (x, y), count))
    assert len(points) == found  # at least 8 of each
    assert [sum(at[x] == value for at in points) for value in (-2, 2)] == [found // 2] * 2
    assert len(list(refute.admitted_points(((x - 4, "=="),), (x, y), count))) == count


# -- candidates from roots, models and premises


def test_one_variable_gets_critical_values_several_a_model_and_none_the_empty_point():
    assert list(refute._atom_candidates(Sequent((), (sp.Integer(-1), ">=")), [], later())) == [{}]
    (only,) = {frozenset(at) for at in refute._atom_candidates(Sequent((), ((x - 3) ** 2, ">")), [x], later())}
    assert only == {x}
    assert {x: sp.Integer(3)} in list(refute._atom_candidates(Sequent((), ((x - 3) ** 2, ">")), [x], later()))
    two = list(itertools.islice(refute._atom_candidates(Sequent(((x - 700, ">"), (y - x, ">")), (y - 2 * x, ">")), [x, y], later()), 1))
    assert two[0][x] > 700
    assert two[0][x] < two[0][y] <= 2 * two[0][x]


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
    assert refute._fails(question(condition, *where), found)


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
    assert refute._fails(asked, found)
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
    ("expr", "rel", "root"),
    [(sp.exp(x) - x - 3, ">", 1.505241495792883), (sp.cos(x) - x, ">=", 0.7390851332151607), (sp.exp(x) + x, "!=", -0.5671432904097838)],
    ids=str,
)
def test_places_where_an_expression_changes_its_sign_are_found_by_numbers(expr, rel, root):
    found = [float(v) for v in critical.numeric_values(Sequent((), (expr, rel)), x, later())]
    assert min(abs(v - root) for v in found) < 1e-8


@pytest.mark.parametrize(
    ("expr", "least"),
    [((sp.exp(x) - 2) ** 2 + sp.cos(x) / 10**9 - R(1, 10**9), 0.6931471805599453), (sp.exp(x) - 2 * x, 0.6931471805599453)],
    ids=str,
)
def test_minima_are_found_by_numbers_and_points_beside_them(expr, least):
    found = [float(v) for v in critical.numeric_values(Sequent((), (expr, ">")), x, later())]
    for distance in (0, 1e-7, -1e-7, 1e-4, -1e-4):
        assert min(abs(v - least * (1 + distance)) for v in found) < 3e-8


def test_the_logarithm_of_a_root_that_is_zero_is_not_proposed():
    found = list(critical.algebraic_values(Sequent((), (sp.exp(3 * x) - 2 * sp.exp(x), ">=")), x))
    assert sp.log(2) / 2 in [sp.simplify(v) for v in found]
    assert not any(v.has(sp.zoo, sp.nan, sp.oo) for v in found)
    plain = list(critical.algebraic_values(Sequent((), (x**2 - x, ">=")), x))
    assert {sp.Integer(0), sp.Integer(1)} <= set(plain)


def test_a_root_in_a_denominator_has_a_value_where_it_is_not_zero():
    assert balls.value(x ** R(-1, 2), {x: fmpq(1)}).contains(1)
    assert balls.value(x ** R(-1, 3), {x: fmpq(8)}).overlaps(balls.value(R(1, 2)))
    with pytest.raises(balls.Undefined):
        balls.value(x ** R(-1, 2), {x: fmpq(0)})
