"""What proposes proofs and counterexamples, one part at a time: each finds what it is there for.

A proposal is re-checked elsewhere, so that a weaker one is no error, but another part may find the same and hide it.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
import time

import numpy as np
import pytest
import sympy as sp
from flint import fmpq

from proofs.checker import recheck, rules, solver, witness
from proofs.checker import suprema as checked_suprema
from proofs.checker.bounds import Bound
from proofs.checker.field import Field
from proofs.checker.holds import Problem
from proofs.checker.logic import Sequent
from proofs.checker.quotients import GENS, ONE
from proofs.engines import decide, holds, limits, suprema
from proofs.kernel.statements import Limit, Supremum
from proofs.kernel.verdict import Outcome, Strength
from proofs.search import critical, models, refute, squares
from proofs.search import tactics as search

x, y, z = sp.symbols("x y z", real=True)
p, q = sp.symbols("p q", real=True)
POSITIVE = sp.Symbol("p", positive=True)
R = sp.Rational
PQ = ((p, ">"), (q, ">"))
UNIT = ((x, ">="), (1 - x, ">="))


def later(seconds=10.0):
    return time.process_time() + seconds


# -- solvers

UNSATISFIABLE = [
    ((x**2 + 1, ">"), ()),
    ((x**2, ">="), ()),
    ((x * y, ">="), ((x, ">="), (y, ">="))),
    ((x * y, ">"), ((x, ">"), (y, ">"))),
    ((x - 1, "!="), ((x - 2, ">"),)),
    ((x - 1, "=="), ((x - 1, ">="), (1 - x, ">="))),
    ((sp.sqrt(x) - 1, ">"), ((x - 1, ">"),)),
    ((sp.sin(x) ** 2 + sp.cos(x) ** 2 - R(1, 2), ">"), ()),
    ((2 - sp.sin(x) - sp.cos(x), ">"), ()),
    ((sp.exp(x) + 1, ">"), ()),
    ((sp.exp(2 * x) - 2 * sp.exp(x) + 1, ">="), ()),
    ((sp.sqrt(2) - R(14, 10), ">"), ()),
    ((1 / x + x - 2, ">="), ((x, ">"),)),
    ((1 / x, "!="), ()),
    ((x - y, "=="), ((x - y, "=="),)),
    ((sp.sqrt(sp.sqrt(x) + 1) - 1, ">="), ((x, ">="),)),
    ((x * z, "=="), ((x, "=="),)),
    ((x ** R(1, 3) - 2, ">="), ((x - 8, ">="),)),
    ((x, ">"), ((x * y - 1, "=="), (y, ">"))),
]
SATISFIABLE = [
    ((x, ">"), ()),
    ((x, ">"), ((x, ">="),)),
    ((x, "!="), ((x, ">="),)),
    ((x - 1, ">="), ((x, ">"),)),
    ((x**2, ">"), ()),
    ((x * y, ">"), ((x, ">="), (y, ">"))),
    ((-x, ">="), ((x, ">="),)),
    ((x - 1, "=="), ((x - 1, ">="),)),
    ((sp.sqrt(x) - 1, ">"), ((x - 1, ">="),)),
    ((x, "=="), ()),
    ((1 / x, ">"), ()),
    ((x - 1, "!="), ((2 - x, ">"),)),
    ((sp.sqrt(2) - R(15, 10), ">"), ()),
    ((sp.cos(x) - sp.sin(x), ">"), ()),
    ((x * z, "=="), ((x, "!="),)),
    ((x ** R(1, 3) - 2, ">="), ((x - 7, ">="),)),
    ((x, ">"), ((x * y - 1, "=="),)),
    ((1 - sp.sqrt(x), ">="), ((x, ">="), (2 - x, ">="))),
    ((sp.sin(x) * sp.cos(x), "=="), ()),
    ((sp.cos(x), "=="), ()),
    ((sp.sin(x), "=="), ()),
]


@pytest.mark.parametrize(("goal", "premises"), UNSATISFIABLE, ids=str)
def test_both_solvers_refute_what_cannot_be_broken(goal, premises):
    assert solver.refuted(Sequent(premises, goal), confirm=True)
    assert models.model(Sequent(premises, goal)) is None


@pytest.mark.parametrize(("goal", "premises"), SATISFIABLE, ids=str)
def test_no_solver_refutes_what_can_be_broken(goal, premises):
    assert not solver.refuted(Sequent(premises, goal))
    field, facts, negation = solver.facts(Sequent(premises, goal))
    import cvc5.pythonic as cvc

    assert solver.limited(lambda: solver._ask(cvc, field, facts, negation), 30.0) == "sat"  # each by itself: not one in the other's place


@pytest.mark.parametrize(("goal", "premises"), SATISFIABLE[:12], ids=str)
def test_a_model_breaks_the_goal(goal, premises):
    at = models.model(Sequent(premises, goal))
    assert at is not None
    for (expr, rel), expected in (*((premise, True) for premise in premises), (goal, False)):
        value = sp.nsimplify(expr.subs(at))
        assert bool({">=": value >= 0, ">": value > 0, "==": value == 0, "!=": value != 0}[rel]) is expected


def test_a_model_may_be_algebraic():
    assert models.model(Sequent(((x, ">"), (x**2 - 2, "==")), (x, "=="))) == {x: sp.sqrt(2)}
    assert models.model(Sequent(((-x, ">"), (x**2 - 2, "==")), (x, "=="))) == {x: -sp.sqrt(2)}


def test_what_a_proof_trusts_is_named():
    z3, cvc5 = solver.trusts()
    assert z3.startswith("z3 ")
    assert cvc5.startswith("cvc5 ")
    assert solver.trusts_of({"signs"}) == ()
    assert solver.trusts_of({"solver", "signs"}) == (z3, cvc5)
    assert solver.trusts_of({"far"}) == ("leading-term analysis",)
    assert solver.trusts_of({"far", "solver"}) == (z3, cvc5, "leading-term analysis")


# -- the search, tactic by tactic


@pytest.mark.parametrize(
    ("tactic", "goal", "premises", "depth", "rule"),
    [
        (search._factorwise, (x**2 - 1, ">="), ((x - 1, ">="), (y, ">")), 2, "factors"),
        (search._factorwise, (x * (x - y), ">="), ((-x, ">="), (y, ">=")), 3, "factors"),
        (search._squares, (x - sp.sqrt(x**2 - 1), ">"), ((x - 1, ">="),), 3, "square"),
        (search._squares, (sp.sqrt(x + 1) - 1 - x / 2 + x**2 / 2, ">="), ((x, ">="), (1 - x, ">=")), 4, "square"),
        (search._quadratics, (x**2 - x * y + y**2, ">="), (), 2, "quadratic"),
        (search._quadratics, (x**2 + x + 1, ">"), (), 2, "quadratic"),
        (search._order, (x**2 - y**2, ">="), ((x - y, ">="), (y, ">=")), 3, "substitute"),
        (search._order, (x - y, ">="), ((x - y, ">="),), 2, "substitute"),
        (search._logs, (sp.exp(x) - sp.exp(y), ">="), ((x - y, ">="),), 3, "logarithm"),
        (search._logs, (sp.log(p + 1) - sp.log(p), ">"), ((p, ">"),), 3, "exponentiate"),
        (search._monotones, (sp.exp(x) - 1 - x, ">="), ((x, ">="),), 3, "monotone"),
        (search._monotones, (x - sp.sin(x), ">="), ((x, ">="),), 3, "monotone"),
        (search._monotones, (1 - x - sp.exp(x), ">="), ((-x, ">="),), 3, "monotone"),
        (search._monotones, (1 + x - sp.exp(x), ">="), ((-x, ">="),), 3, None),
        (search._chains, (sp.exp(x) - 1 - x - x**2 / 2 - x**3 / 6, ">="), ((x, ">="),), 2, "monotone"),
        (search._sums, (x**2 - 2 * x * y + 2 * y**2, ">="), (), 2, "squares"),
        (search._solvers, (x**2 - x * y + y**2, ">="), (), 2, "solver"),
        (search._boxes, (x**2 - 2 * x + R(11, 10), ">"), ((x, ">="), (3 - x, ">=")), 1, "boxes"),
        (search._boxes, (x, ">"), ((x, ">="), (3 - x, ">=")), 1, None),
        (search._concaves, (sp.sin(x), ">="), ((x, ">="), (3 - x, ">=")), 3, "concave"),
        (search._concaves, (x * (1 - x), ">="), UNIT, 2, "concave"),
        (search._concaves, (x * (1 - x), ">"), UNIT, 2, None),
        (search._fars, (1 / x + 1 / (x + 1), ">"), ((x, ">"),), 3, "far"),
        (search._fars, (1 - sp.tanh(x), ">"), (), 3, "far"),
        (search._fars, (sp.log(x + 1) - sp.log(x), ">"), ((x, ">"),), 3, "far"),
        (search._touches, (x - 1 - sp.log(x), ">="), ((x, ">"),), 4, "split"),
        (search._cuts, (x - 1 - sp.log(x), ">="), ((x, ">"),), 4, "split"),
        (search._scales, (p + q - 2 * sp.sqrt(p * q), ">="), PQ, 3, "scale"),
        (search._contradiction, (x, "=="), ((x - 1, ">="), (-x, ">=")), 3, "absurd"),
        (search._contradiction, (x, "=="), ((x - 1, ">="),), 3, None),
        (search._inequality, (p * (x**2 + 1), ">"), ((p, ">"),), 2, None),
        (search._touches, (x - 1 - sp.log(x), ">"), ((x, ">"),), 4, None),
        (search._factorwise, (x + y, ">="), (), 3, None),
        (search._quadratics, (x**3, ">="), ((x, ">="),), 3, None),
    ],
    ids=lambda v: getattr(v, "__name__", str(v)),
)
def test_a_tactic_proves_what_it_is_there_for(tactic, goal, premises, depth, rule):
    sequent = Sequent(premises, goal)
    found = tactic(sequent, search.Search(later(), {}, {}, premises), depth)
    if rule is None:
        assert found is None or rules.holds(sequent, found)
        assert found is None or tactic is search._inequality
    else:
        assert found is not None
        assert found["rule"] == rule
        assert rules.holds(sequent, found)


@pytest.mark.parametrize(
    ("goal", "premises"),
    [
        ((x**2 + 1, ">"), ()),
        ((x - y, "=="), ((x - 2 * y, "=="), (y, "=="))),
        ((x, "!="), ((x - 1, ">="),)),
        ((x, "!="), ((-x - 1, ">="),)),
        ((x - 1, "=="), ((x - 1, ">="), (1 - x, ">="))),
        ((sp.Abs(x), ">="), ()),
        ((sp.Max(x, y) - x, ">="), ()),
        ((x * y, ">="), ((x - y, "=="),)),
        ((x, ">"), ((x * y - 1, "=="), (y, ">"))),
        ((x**3 - 1, ">="), ((x - 1, ">="),)),
        ((x, ">="), ((y, ">"), (-y, ">="))),
    ],
    ids=str,
)
def test_a_proof_is_found_and_replays(goal, premises):
    sequent = Sequent(premises, goal)
    found = search.prove(sequent, later(), 4)
    assert found is not None
    assert rules.holds(sequent, found)


@pytest.mark.parametrize(
    ("goal", "premises"),
    [((x, ">"), ()), ((x, "=="), ((x, ">="),)), ((x, "!="), ((x, ">="),)), ((x - 1, ">="), ((x, ">"),)), ((x * y, ">="), ((x, ">="),))],
    ids=str,
)
def test_no_proof_of_what_is_false_and_none_without_time(goal, premises):
    assert search.prove(Sequent(premises, goal), later(), 3) is None
    assert search.prove(Sequent((), (x**2 + 1, ">")), time.process_time() - 1) is None


def test_what_the_premises_settle_is_not_split_again():
    above = Sequent(((x - 1, ">"),), (x, ">"))
    assert search._settled_side(above, x - 1)
    assert search._settled_side(above, 1 - x)
    assert search._settled_side(above, x)
    assert not search._settled_side(above, x - 2)
    assert search.cut_candidates(Sequent(PQ, (p * q * x, ">")), [p, q, x]) == [p - q, p - x, q - x, x, p - 1, q - 1, x - 1]
    assert search._fresh_name(Sequent((), (sp.Symbol("w0") + sp.Symbol("w1"), ">"))) == "w2"
    assert search.step("split", [x - 1], []) == {"rule": "split", "args": ["x - 1"], "then": []}


# -- sums of squares

A, B = GENS[0], GENS[1]


def test_monomials_and_multipliers_of_a_sum_of_squares():
    poly = A**4 + A**2 * B**2 + B**4
    assert squares._basis(poly, ONE, [0, 1]) == [A**2, A * B, B**2]
    assert squares._basis(poly + 1, ONE, [0, 1]) == [A**2, A * B, B**2, A, B, ONE]
    assert squares._basis(A**3 + A, A, [0]) == [A, ONE]
    assert squares._multipliers([A, B, A - B], 2, 4) == [ONE, A, B, A - B, A * B, A * (A - B), B * (A - B)]
    assert squares._multipliers([A, B, A - B], 3, 2) == [ONE, A, B, A - B, A * B, A * (A - B), B * (A - B)]
    assert len(squares._multipliers([A + k for k in range(9)], 3, 4)) == squares.MAX_BLOCKS
    blocks = [squares.Block(ONE, [A**2, A * B, B**2, A, B, ONE])]
    assert squares._pruned(blocks, poly)[0].basis == [A**2, A * B, B**2]
    assert [(i, j) for i, j, _ in blocks[0].entries()][:4] == [(0, 0), (0, 1), (1, 1), (0, 2)]
    assert blocks[0].entries()[1][2] == 2 * A**3 * B


def test_gram_matrices_are_split_exactly():
    block = squares.Block(A, [A, B])
    found = squares._squares([block], [fmpq(2), fmpq(1), fmpq(3)])  # 2 a² + 2 ab + 3 b²
    assert sum((m * r**2 for m, r in found), 0 * ONE) == A * (2 * A**2 + 2 * A * B + 3 * B**2)
    assert [m for m, _ in found] == [2 * A, fmpq(5, 2) * A]
    assert squares._squares([block], [fmpq(0), fmpq(0), fmpq(3)]) == [(3 * A, B)]
    for negative in ([fmpq(-1), fmpq(0), fmpq(1)], [fmpq(0), fmpq(1), fmpq(1)], [fmpq(1), fmpq(2), fmpq(1)]):
        assert squares._squares([block], negative) is None


@pytest.mark.parametrize(
    ("expr", "premises"),
    [
        (x**2 + y**2 - 2 * x * y, ()),
        (x**4 + y**4 - 2 * x**2 * y**2 + 1, ()),
        (p**3 + q**3 - p**2 * q - p * q**2, PQ),
        (x**4 * y**2 + x**2 * y**4 + 1 - 3 * x**2 * y**2, ()),
        (2 * x**2 + 3 * y**2 + z**2 - 2 * x * z - 2 * y * z, ()),
        (x * (1 - x) * y**2 + (x - y) ** 2, UNIT),
        (p**2 + q**2 + p * q, PQ),
    ],
    ids=str,
)
def test_a_sum_of_squares_is_found(expr, premises):
    found = squares.certificate(Sequent(premises, (expr, ">=")))
    assert found is not None
    assert rules.apply(Sequent(premises, (expr, ">=")), "squares", list(found)) == []


@pytest.mark.parametrize(
    "expr", [x**2 + x + 1, x + y, x**9 + y**9, x**2 - y**2, sp.log(p) * q + p**2, x**2 + y**2 - 3 * x * y, 1 / x + y**2], ids=str
)
def test_no_sum_of_squares_is_sought_or_found(expr):
    assert squares.certificate(Sequent(PQ, (expr, ">="))) is None


# -- candidates


def test_the_simplest_rational_between_two():
    ends = sorted({fmpq(a, b) for a in range(-7, 8) for b in range(1, 6)})
    for a, b in itertools.combinations(ends, 2):
        found = critical._simplest(a, b)
        assert a < found < b
        assert all(not a * d < n < b * d for d in range(1, int(found.q)) for n in range(-40, 41))


@pytest.mark.parametrize(
    ("expr", "premises", "wanted"),
    [
        (x**2 - 2, (), [sp.sqrt(2), -sp.sqrt(2), 0]),
        (x**3 - x, (), [0, 1, -1]),
        (sp.sqrt(x) - 3, ((x, ">="),), [9]),
        (sp.exp(x) - 5, (), [sp.log(5)]),
        (sp.exp(2 * x) - 5, (), [sp.log(5) / 2]),
        (sp.log(x) - 2, ((x, ">"),), [sp.exp(2)]),
        (sp.exp(x / 2) - 3, (), [2 * sp.log(3)]),
        ((x - 1) * (x - 3), ((x - 2, ">="),), [1, 3, 2]),
    ],
    ids=str,
)
def test_exact_values_where_an_expression_vanishes_or_turns(expr, premises, wanted):
    found = [sp.expand(v) for v in critical.algebraic_values(Sequent(premises, (expr, ">=")), x)]
    assert {sp.expand(w) for w in map(sp.sympify, wanted)} <= set(found)
    signs = {witness.sign_at(expr, {x: v}) for v in found if not premises or v > 0}
    assert {1, -1} <= signs  # points between the roots, on both sides of them


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (0.5, R(1, 2)),
        (2.0, sp.Integer(2)),
        (math.sqrt(2), sp.sqrt(2)),
        (-math.sqrt(3), -sp.sqrt(3)),
        (math.log(3), sp.log(3)),
        (math.e, sp.E),
        (math.pi / 3, sp.pi / 3),
        (math.exp(0.5), sp.exp(R(1, 2))),
        (-0.25, R(-1, 4)),
        (37.03, R(3703, 100)),
    ],
)
def test_a_number_is_recognised(value, wanted):
    assert wanted in list(critical.recognised(value))


def test_what_is_no_number_is_not_recognised():
    assert list(critical.recognised(math.nan)) == list(critical.recognised(math.inf)) == []


def test_minima_and_crossings():
    assert abs(critical.golden(lambda v: (v - 1.25) ** 2, 0, 3) - 1.25) < 1e-7
    for sign in (1, -1):
        at = critical.bisect(lambda v, sign=sign: sign * (v - 1.25), 0.0, 3.0)
        assert abs(at - 1.25) < 1e-12
        assert sign * (at - 1.25) < 0
    h = critical.evaluator(1 / x + sp.log(x), (x,))
    assert h(1.0) == 1.0
    assert h(0.0) is h(-1.0) is None
    assert critical.evaluator(sp.exp(x), (x,))(1e6) is None


@pytest.mark.parametrize(
    ("bound", "low", "high"),
    [(Bound(), -1e6, 1e6), (Bound(fmpq(2)), 2, 1e6), (Bound(high=fmpq(2)), -1e6, 2), (Bound(fmpq(-1), False, fmpq(3), False), -1, 3)],
)
def test_a_grid_fills_its_bounds(bound, low, high):
    grid = critical.grid(bound)
    assert grid == sorted(grid)
    assert abs(grid[0] - low) <= abs(low) * 1e-5
    assert abs(grid[-1] - high) <= abs(high) * 1e-5
    assert len(grid) > 300
    assert min(b - a for a, b in itertools.pairwise(sorted(set(grid)))) < 1e-5


@pytest.mark.parametrize(
    ("goal", "premises", "wanted"),
    [
        ((x - 1 - sp.log(x) - R(1, 10**4), ">="), ((x, ">"),), None),
        ((sp.cos(x) + x**2 / 2 - 1, "!="), (), 0),
        ((sp.exp(x) - sp.E * x, ">"), (), 1),
        ((x - sp.sin(x) - R(1, 2), ">="), (), None),
        ((sp.sin(x) + x / 8, ">="), ((x, ">="),), None),
    ],
    ids=str,
)
def test_numeric_candidates_break_what_is_false(goal, premises, wanted):
    from proofs.checker.witness import atom_at

    found = list(critical.numeric_values(Sequent(premises, goal), x, later()))
    if wanted is not None:
        assert sp.Integer(wanted) in found
    assert any(atom_at(goal, {x: v}) is False for v in found)
    assert len(list(critical.numeric_values(Sequent(premises, goal), x, time.process_time() - 1))) <= len(found)


@pytest.mark.parametrize(
    ("goal", "premises", "zeros"),
    [
        ((x - 1 - sp.log(x), ">="), ((x, ">"),), [1]),
        (((x - 2) ** 2, ">="), (), [2]),
        ((sp.exp(x) - 1 - x, ">="), (), [0]),
        ((sp.exp(x), ">"), ((x, ">="),), []),
        ((x**2, ">="), ((x, ">="),), []),
        (((x**2 - 2) ** 2, ">="), ((x, ">="),), [sp.sqrt(2)]),
    ],
    ids=str,
)
def test_zeros_at_which_a_goal_touches(goal, premises, zeros):
    found, others = critical.touching(Sequent(premises, goal), x)
    assert set(found) == set(zeros)
    assert len(others) >= 2


def test_candidates_of_several_variables():
    false = Sequent(((x, ">="), (y, ">=")), ((x - 1) ** 2 + (y - 2) ** 2 - R(1, 10), ">="))
    for propose in (critical.lines, critical.optimised):
        found = list(propose(false, [x, y], later()))
        assert any(a[x] >= 0 and a[y] >= 0 and false.goal[0].subs(a) < 0 for a in found)
        assert all(set(a) == {x, y} for a in found)
        assert list(propose(false, [x, y], time.process_time() - 1)) == []


# -- counterexamples


def question(condition, *where):
    return holds.question(Problem(condition, where))


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
    assert refute._fails(asked, found)


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
    assert refute._fails(asked, found)


@pytest.mark.parametrize(
    "condition", [sp.exp(x) > sp.E * x, x - 1 - sp.log(x) >= R(1, 10**5), sp.exp(x) + sp.exp(y) > sp.exp((x + y) / 2) * 2], ids=str
)
def test_a_deep_counterexample(condition):
    asked = question(condition, *([x > 0] if condition.has(sp.log) else []))
    found = refute.deep(asked, later())
    assert found is not None
    assert refute._fails(asked, found)
    assert refute.deep(asked, time.process_time() - 1) is None


def test_nothing_is_a_counterexample_of_what_is_true():
    for condition, where in ((x**2 >= 0, ()), (x > 0, (x > 1,)), (sp.Eq(x, 1), (sp.Eq(2 * x, 2),))):
        asked = question(condition, *where)
        assert refute.quick(asked) is refute.cheap(asked) is refute.deep(asked, later(2)) is None


def test_a_counterexample_is_made_simple_and_stays_one():
    asked = question(x > y, x >= 2)
    v, w = asked.symbols
    found = refute.simplify(asked, {v: R(1234, 567), w: R(98765, 432)})
    assert refute._fails(asked, found)
    assert found[v] == 2
    assert sum(abs(n.p) + n.q for n in found.values()) < 12
    assert refute._simpler(R(7, 3)) == sorted(refute._simpler(R(7, 3)), key=lambda n: (int(abs(n.p) + n.q), bool(n < 0)))
    assert {sp.Integer(0), sp.Integer(2), R(1, 2), sp.Integer(-1)} <= set(refute._simpler(R(7, 3)))
    assert all(abs(n.p) + n.q < 10 for n in refute._simpler(R(7, 3)))
    assert refute._simpler(sp.sqrt(2)) == []


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


# -- limits and suprema


def limit(expr, point, value, *where, variable=x):
    return Limit(says="s", expr=expr, variable=variable, point=sp.sympify(point), value=sp.sympify(value), where=where)


@pytest.mark.parametrize(
    ("statement", "outcome"),
    [
        (limit(sp.sin(x) / x, 0, 1), Outcome.HOLDS),
        (limit(sp.sin(x) / x, 0, 2), Outcome.FAILS),
        (limit(1 / x, 0, sp.oo, x > 0), Outcome.HOLDS),
        (limit(1 / x, 0, -sp.oo, x < 0), Outcome.HOLDS),
        (limit(1 / x, 0, sp.oo), Outcome.FAILS),
        (limit(1 / x, 0, -sp.oo, x > 0), Outcome.FAILS),
        (limit(1 / x, sp.oo, 0), Outcome.HOLDS),
        (limit(1 / x, -sp.oo, 0), Outcome.HOLDS),
        (limit(sp.exp(x), -sp.oo, 0), Outcome.HOLDS),
        (limit(sp.exp(x), sp.oo, 0), Outcome.FAILS),
        (limit(y * x, sp.oo, sp.oo, y > 0), Outcome.HOLDS),
        (limit(y * x, sp.oo, sp.oo, y >= 0), Outcome.FAILS),
        (limit(y * x, sp.oo, -sp.oo, y > 0), Outcome.FAILS),
        (limit(y + 1 / x, sp.oo, y), Outcome.HOLDS),
        (limit(y + 1 / x, sp.oo, 2 * y), Outcome.FAILS),
        (limit(sp.sqrt(x), 4, 2), Outcome.HOLDS),
        (limit(sp.sqrt(x), 4, 3), Outcome.FAILS),
        (limit(sp.sqrt(x), 0, 0), Outcome.UNSETTLED),
        (limit(sp.sqrt(x), 0, 0, x > 0), Outcome.HOLDS),
        (limit(sp.sin(x), sp.oo, 0), Outcome.UNSETTLED),
        (limit(x, 1, 1, x < 0), Outcome.UNSETTLED),
        (limit(x, y, y), Outcome.HOLDS),
        (limit((x**2 - y**2) / (x - y), y, 2 * y), Outcome.HOLDS),
        (limit(sp.Abs(x) / x, 0, 1), Outcome.FAILS),
        (limit(sp.Abs(x) / x, 0, 1, x > 0), Outcome.HOLDS),
        (limit(POSITIVE, 0, 0, variable=POSITIVE), Outcome.HOLDS),
        (limit(1 / POSITIVE, 0, sp.oo, variable=POSITIVE), Outcome.HOLDS),
        (limit(sp.log(POSITIVE), 0, -sp.oo, variable=POSITIVE), Outcome.HOLDS),
        (limit(x, 1, x), Outcome.UNSETTLED),
        (limit(sp.exp(y * x), sp.oo, 0, y < 0), Outcome.HOLDS),
    ],
    ids=str,
)
def test_limits_are_decided_and_decided_again(statement, outcome):
    found = limits.decide(statement, later())
    assert found.outcome is outcome, found.note
    assert recheck(statement, found) is (outcome is not Outcome.UNSETTLED)
    if outcome is Outcome.FAILS:
        assert not recheck(statement, dataclasses.replace(found, outcome=Outcome.HOLDS))
        assert not recheck(statement, dataclasses.replace(found, witness={"y": "z"})) or not statement.expr.has(y)
    if outcome is Outcome.HOLDS:
        assert found.strength is Strength.CERTIFIED
        assert not recheck(dataclasses.replace(statement, value=sp.Integer(7)), found)
    assert (found.strength is not None) is (found.trusts != ()) is (outcome is Outcome.HOLDS)


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


def test_the_range_of_a_supremum():
    of = supremum(x * y, 0, y, y**2, where=(y > 0, sp.And(2 * x < 3, x > -1)))
    assert checked_suprema.range_premises(of) == (*of.where, sp.Ge(x, 0, evaluate=False), sp.Le(x, y, evaluate=False))
    assert checked_suprema.range_premises(supremum(x, -sp.oo, sp.oo, 1)) == ()
    assert set(suprema._ends(of)) == {y, sp.Integer(0), R(3, 2), sp.Integer(-1)}
    assert set(suprema.end_points(supremum(x, 3, sp.oo, 1))) == {sp.Integer(3), sp.Integer(0), sp.Integer(1)}
    taken = checked_suprema.at_point(supremum(x**2, 0, y, y**2, where=(x > -1, y > 0)), y**2, y)
    assert [str(part.condition) for part in taken] == ["Eq(y**2, y**2)", "y > -1", "y >= 0", "y <= y"]
    assert {part.where for part in taken} == {(y > 0,)}
    undefined = checked_suprema.at_point(supremum(1 / x, 0, 1, 1), sp.Integer(1), sp.Integer(0))
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


def test_forms_of_the_solver_have_their_bounds():
    field, premises, goal = solver.facts(Sequent(((1 / x, ">"), (sp.Abs(y), ">=")), (x / y, ">=")))
    assert len(premises) == 3  # the sign of |y| is not known: left out; the denominators are not zero
    assert {rel for _, rel in premises} == {">", "!="}
    assert goal[1] == ">="
    assert isinstance(field, Field)


def test_the_coefficient_equations_of_squares_are_kept_exactly():
    poly = A**2 + A * B + B**2
    blocks = [squares.Block(ONE, [A, B])]
    near = [np.array([[1.1, 0.4], [0.4, 0.9]])]
    found = squares._rounded(blocks, near, poly)
    assert sum((m * r**2 for m, r in found), 0 * ONE) == poly
    assert squares._rounded(blocks, near, A**3) is None
    gram = np.array([[1.0, 0.0, -0.5], [0.0, 0.0, 0.0], [-0.5, 0.0, 1.0]])
    assert squares._rounded([squares.Block(ONE, [A**2, A * B, B**2])], [gram], A**4 + B**4 - A**2 * B**2)
