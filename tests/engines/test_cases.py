"""Conditions by cases and sums of squares, one part at a time: each branch, and both sides of each comparison."""

from __future__ import annotations

import time
from types import SimpleNamespace

import numpy as np
import pytest
import sympy as sp
from flint import fmpq

from proofs.checker import holds as checked
from proofs.checker import logic, recheck, witness
from proofs.checker.holds import Problem
from proofs.checker.logic import Sequent
from proofs.checker.quotients import GENS, ONE
from proofs.checker.solver import facts
from proofs.engines import holds
from proofs.kernel.statements import Holds
from proofs.kernel.terms import joined
from proofs.kernel.verdict import Evidence, Outcome, Strength
from proofs.search import refute, squares
from proofs.search import tactics as search
from proofs.search.squares import Block

x, y, z = sp.symbols("x y z", real=True)
n = sp.Symbol("n", integer=True, positive=True)
A, B, C = GENS[:3]
R = sp.Rational


def later():
    return time.process_time() + 10.0


def added(found):
    return sum((m * q * q for m, q in found), 0 * ONE)


# -- sums of squares: bases, equations, faces


def test_a_block_lists_its_upper_triangle_by_columns_with_the_mixed_terms_doubled():
    assert Block(C, [A, B, ONE]).entries() == [
        (0, 0, A**2 * C),
        (0, 1, 2 * A * B * C),
        (1, 1, B**2 * C),
        (0, 2, 2 * A * C),
        (1, 2, 2 * B * C),
        (2, 2, C),
    ]


@pytest.mark.parametrize(
    ("poly", "multiplier", "expected"),
    [
        (A**4 + A**2 * B**2, ONE, [A**2, A * B]),  # no monomial with more of B than half
        (A**3 + A * B**2, A, [A, B]),  # nothing below the least degree
        (A**3 + A * B**2 + A, A, [A, B, ONE]),  # nothing above the greatest
        (A**3 + A**2, 1 - A, [A, ONE]),  # a multiplier of two degrees leaves the low ones
        (A**5, A**2, []),  # 2 + 2k is never 5
        (A**4 + 1, A**2, [A, ONE]),
        (A**4 + A**2, A**2, [A, ONE]),
        (A**4, A**2, [A]),
        (A**2, A**4, []),
        (A**2, A**2, [ONE]),
        (A**4 + A**2 * B**8, A**2, [A * B**3, B**4, A * B**2, B**3, A * B, B**2, A, B]),
    ],
)
def test_the_monomials_that_fit_under_a_multiplier(poly, multiplier, expected):
    assert squares._basis(poly, multiplier, [0, 1]) == expected


def test_monomials_whose_square_nothing_cancels_are_taken_out_until_none_is_left():
    """After A·B and A have lost their partners B² and 1, nothing cancels their squares either."""
    assert squares._pruned([Block(ONE, [A**2, A * B, B**2, A, B, ONE])], A**4 + B**2) == [Block(ONE, [A**2, B])]
    pair = [Block(ONE, [A, ONE]), Block(A, [ONE])]
    assert squares._pruned(pair, A**2) == [Block(ONE, [A])]
    assert squares._pruned(pair, A**2 + A + 1) == pair
    assert squares._pruned(pair, A**2 + A) == [Block(ONE, [A]), Block(A, [ONE])]
    assert squares._pruned([Block(1 - A, [A, ONE]), Block(ONE, [])], A**2) == [Block(1 - A, [A, ONE])]


def test_the_coefficient_equations_have_a_row_for_each_monomial():
    rows, columns = squares._equations([Block(ONE, [A, B])], A**2 + 3 * B**2 + 5)
    assert columns == [{0: 1}, {1: 2}, {2: 1}, {0: 1, 2: 3, 3: 5}]
    assert [exponents[:2] for exponents in rows] == [(2, 0), (1, 1), (0, 2), (0, 0)]
    assert list(rows.values()) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("blocks", "poly", "expected"),
    [
        ([Block(ONE, [A, B])], A**2 - 2 * A * B + 3 * B**2, [[[1, -1], [-1, 3]]]),
        ([Block(ONE, [A, B])], fmpq(1, 2) * A**2 + fmpq(1, 3) * B**2, [[[1 / 2, 0], [0, 1 / 3]]]),
        ([Block(ONE, [A, B]), Block(A, [ONE])], A**2 + A * B + B**2 + 7 * A, [[[1, 1 / 2], [1 / 2, 1]], [[7]]]),
        ([Block(ONE, [A])], -(A**2), None),
        ([Block(ONE, [A])], A**2 + B, None),
        ([Block(ONE, [A, B])], A**2 + 3 * A * B + 2 * B**2, None),
    ],
)  # (A + B)(A + 2B) changes its sign
def test_a_gram_matrix_that_the_equations_leave_no_choice_is_found(blocks, poly, expected):
    found = squares._grams(blocks, poly, later())
    assert (found is None) == (expected is None)
    for gram, exact in zip(found or [], expected or [], strict=True):
        assert np.allclose(gram, exact, atol=1e-5)


def test_no_gram_matrix_is_sought_when_the_time_is_over():
    assert squares._grams([Block(ONE, [A])], A**2, time.process_time() - 1) is None


def test_directions_in_which_a_gram_matrix_vanishes_are_taken_out():
    """What is left are the combinations that vanish on the kernel: of (2A − B)², multiples of 2A − B."""
    null = squares.NULL[0]
    assert squares._face(Block(C, [A, B]), np.array([[4.0, -2.0], [-2.0, 1.0]]), null) == Block(C, [A - fmpq(1, 2) * B])
    assert squares._face(Block(C, [A, B]), np.array([[1.0, -2.0], [-2.0, 4.0]]), null) == Block(C, [B - fmpq(1, 2) * A])
    assert squares._face(Block(C, [A, B]), np.array([[2.0, 1.0], [1.0, 2.0]]), null) == Block(C, [A, B])
    row = np.array([1.0, 2.0, 4.0])
    (left,) = squares._face(Block(ONE, [A, B, C]), np.outer(row, row), null).basis
    assert left in [c * (A + 2 * B + 4 * C) for c in (fmpq(1), fmpq(1, 2), fmpq(1, 4))]
    rows = np.array([[1.0, 0.0, 3.0], [0.0, 1.0, 2.0]])  # its kernel is (3, 2, −1)
    assert squares._face(Block(ONE, [A, B, C]), rows.T @ rows, null).basis == [B - fmpq(2, 3) * A, C + fmpq(1, 3) * A]
    assert squares._face(Block(ONE, [A, B]), np.zeros((2, 2)), null).basis == []


def test_what_vanishes_is_judged_beside_the_largest_direction_or_beside_one():
    small = squares.NULL[0] / 2
    for largest, left in ((1.0, [B]), (small / 10, [])):
        assert squares._face(Block(ONE, [A, B]), np.diag([small, largest]), squares.NULL[0]).basis == left
    for largest, left in ((1.0, [A, B]), (100.0, [B])):
        assert squares._face(Block(ONE, [A, B]), np.diag([10 * small, largest]), squares.NULL[0]).basis == left


# -- sums of squares: rounding, LDLᵀ, multipliers, the whole


QUARTIC = [Block(ONE, [A**2, A * B, B**2])]


def quartic(middle, least, share):
    """A⁴ + middle·A²B² + least·B⁴ and the Gram matrix whose entry of A²·B² is the share."""
    near = [np.array([[1.0, 0.0, share], [0.0, float(middle) - 2 * share, 0.0], [share, 0.0, float(least)]])]
    return A**4 + fmpq(middle.p, middle.q) * A**2 * B**2 + least * B**4, near


def test_the_simplest_gram_matrix_that_works_is_taken():
    poly, near = quartic(R(1), 1, 0.1)
    assert squares._rounded(QUARTIC, near, poly) == [(ONE, A**2), (ONE, A * B), (ONE, B**2)]
    poly, near = quartic(R(-1), 1, -0.7)
    assert squares._rounded(QUARTIC, near, poly) == [(ONE, A**2 - B**2), (ONE, A * B)]
    poly, near = quartic(R(-1), 1, 0.0)  # 0 leaves −1 for the square of A·B
    assert squares._rounded(QUARTIC, near, poly) is None


def test_a_gram_matrix_between_near_bounds_needs_a_large_denominator():
    """The entry must lie in [−√2, −1.4142134], where no fraction has a denominator up to 1000."""
    poly, near = quartic(R(-28284268, 10**7), 2, -1.41421348)
    found = squares._rounded(QUARTIC, near, poly)
    assert found is not None
    assert added(found) == poly
    assert all(m.is_constant() and m.leading_coefficient() > 0 for m, _ in found)


def test_three_rows_are_split_one_after_the_other():
    """The matrix min(i, j) is L·Lᵀ with L of ones."""
    block = Block(C, [A, B, ONE])
    values = [fmpq(v) for v in (1, 1, 2, 1, 2, 3)]
    assert squares._squares([block], values) == [(C, A + B + 1), (C, B + 1), (C, ONE)]
    assert squares._squares([Block(ONE, [A, B, C])], [fmpq(v) for v in (4, 2, 1, 2, 1, 2)]) == [
        (4 * ONE, A + fmpq(1, 2) * B + fmpq(1, 2) * C),
        (ONE, C),
    ]
    assert squares._squares([Block(ONE, [A, B, C])], [fmpq(v) for v in (4, 2, 1, 2, 2, 2)]) is None  # after A is taken out, 2BC + C²
    assert squares._squares([block, Block(ONE, [A])], [*values, fmpq(-1)]) is None
    assert squares._squares([Block(ONE, [A]), Block(B, [A])], [fmpq(2), fmpq(3)]) == [(2 * ONE, A), (3 * B, A)]


def test_multipliers_are_what_is_seen_to_be_nonnegative_in_the_used_generators():
    premises = ((x, ">="), (2 - x, ">="), (y, ">"), (x - y, ">="), (z - x, ">="))
    field, polys, _ = facts(Sequent(premises, (x * y + 0 * z, ">=")))
    i, j = (next(k for k in range(len(field.gens)) if field.gens[k].base == s) for s in (x, y))
    given = [p for p, _ in polys]
    low, top, second = GENS[i], 2 - GENS[i], GENS[j]
    assert squares._signed(field, [i], given) == [low, top]
    assert squares._signed(field, [i, j], given) == [low, top, second, GENS[i] - GENS[j]]
    assert squares._signed(field, [j], given) == [second]
    assert squares._signed(field, [j], []) == [second]
    assert squares._signed(field, [j], [3 * ONE, -second, second - 7, second + 7]) == [second, second + 7]


def test_a_bound_other_than_zero_is_a_multiplier_too():
    field, _, _ = facts(Sequent(((x - 1, ">="), (3 - x, ">=")), (x**2, ">=")))
    assert squares._signed(field, [0], []) == [A - 1, 3 - A]


def test_premises_are_multipliers_whether_strict_or_not():
    found = squares.certificate(Sequent(((x - y, ">="), (x + y, ">")), (x**2 - y**2, ">=")))
    assert found is not None
    assert [sp.expand(part) for part in found] == [1, x**2 - y**2, 1]


@pytest.mark.parametrize(("basis", "unknowns", "within"), [(3, 6, True), (2, 6, False), (3, 5, False)])
def test_what_is_too_large_is_not_sought(monkeypatch, basis, unknowns, within):
    """Three monomials make six entries."""
    monkeypatch.setattr(squares, "MAX_BASIS", basis)
    monkeypatch.setattr(squares, "MAX_UNKNOWNS", unknowns)
    poly = A**2 + B**2 + C**2
    found = squares._decomposition(poly, [0, 1, 2], [ONE], later())
    assert (found is not None) is within
    assert found is None or added(found) == poly
    assert squares._decomposition(A**2, [0], [], later()) is None


SIX = sp.symbols("a:f", real=True)


@pytest.mark.parametrize(
    ("expr", "premises", "expected"),
    [
        (x * y, ((x, ">="), (y, ">=")), {(1, x * y, 1)}),  # the product of both
        (x**2 + y**2 - 2 * x * y, (), {(1, 1, x - y), (1, 1, y - x)}),
        (x**8 + y**8 - 2 * x**4 * y**4, (), {(1, 1, x**4 - y**4), (1, 1, y**4 - x**4)}),
        (x + y, ((x, ">="), (y, ">=")), {None}),
        (x**2, (), {None}),
        (x**10 + y**2, (), {None}),
        (sum((s - z) ** 2 for s in SIX), (), {None}),  # seven generators
        (x**2 / (y**2 + 1) + z**2, (), {None}),
        (sp.log(x) ** 2 + y**2, ((x, ">"),), {None}),
        (x**2 - y**2, (), {None}),
        (x**2 + 3 * x * y + 2 * y**2, (), {None}),
    ],
)
def test_the_sum_of_squares_that_a_goal_has_or_none(expr, premises, expected):
    assert squares.certificate(Sequent(premises, (expr, ">="))) in expected


def test_six_generators_are_within_reach_and_a_factor_is_taken_where_it_is_needed():
    found = squares.certificate(Sequent((), (sum((s - SIX[0]) ** 2 for s in SIX), ">=")))
    assert found is not None
    assert found[0] == 1
    motzkin = squares.certificate(Sequent((), (x**4 * y**2 + x**2 * y**4 + 1 - 3 * x**2 * y**2, ">=")))
    assert motzkin is not None
    assert motzkin[0] == x**2 + y**2 + 1


# -- conditions: the parts


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


def test_an_admitted_point_satisfies_the_premises_and_the_symbols():
    problem = Problem(n > 0, (n < 3,))
    v = problem.names.names[n]
    for value, admitted in ((1, True), (2, True), (5, False), (R(3, 2), False), (0, False), (-1, False)):
        assert problem.admits({v: sp.sympify(value)}) is admitted
    unequal = sp.Symbol("u", real=True, nonzero=True)
    problem = Problem(unequal > -5, ())
    for value in (-1, 0, 1):
        assert problem.admits({problem.names.names[unequal]: sp.Integer(value)}) is (value != 0)


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


# -- conditions: certificates


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


def test_a_part_of_a_conjunction_that_is_not_shown_leaves_no_certificate():
    for condition in (sp.And(x > 0, y > 0), sp.And(y > 0, x > 0), y > 0):
        assert holds.prove(Problem(condition, (x > 1,)), later(), depth=2) is None


def test_a_need_is_evident_by_any_one_of_its_alternatives():
    for base in (sp.Integer(2), sp.pi, sp.sqrt(3)):
        assert Problem(base**y > 1, ()).needs() == []
    assert Problem(sp.Pow(x, R(0), evaluate=False) > 0, ()).needs() == []
    for base in (x, sp.Symbol("p", positive=True)):  # signs of symbols are premises, and are shown
        assert len(Problem(base**y > 1, ()).needs()) == 1


STEP = {"rule": "signs", "args": [], "then": []}


def test_the_second_alternative_is_tried_after_the_first(monkeypatch):
    problem = Problem(sp.Or(x > 0, y > 0), (x + y > 0,))
    ((first, second),) = problem.goals()
    for choice, goal in ((0, first), (1, second)):
        monkeypatch.setattr(search, "prove", lambda sequent, *_, goal=goal: STEP if sequent.goal == goal else None)
        assert holds.prove(problem, later()) == {"cases": [{"defined": [], "goals": [{"choice": choice, "proofs": [STEP]}]}]}


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


# -- conditions: evidence


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


def test_a_point_is_read_from_text_only_where_it_gives_every_variable():
    names = {x: sp.Symbol("v0"), y: sp.Symbol("v1")}
    assert witness.read_point(names, {"x": "1/2", "y": "sqrt(2)"}) == {names[x]: R(1, 2), names[y]: sp.sqrt(2)}
    assert witness.read_point(names, {"y": "0", "x": "-3", "other": "x"}) == {names[x]: -3, names[y]: 0}
    for wrong in ({}, {"x": "1"}, {"y": "1"}, {"x": "1", "y": "a"}, {"x": "", "y": "1"}, {"v0": "1", "v1": "1"}):
        assert witness.read_point(names, wrong) is None
    assert witness.read_point({}, {"x": "1"}) == {}


def test_a_constant_is_read_by_the_reader_or_not_at_all():
    for text, value in (("1/2", R(1, 2)), ("-sqrt(2)/3", -sp.sqrt(2) / 3), ("exp(1) + pi", sp.E + sp.pi), ("0.25", R(1, 4))):
        assert witness.read_constant(text) == value
    for text in ("x", "", "1/0", "1 +", "import os", "log(-1", "x - x + y"):
        assert witness.read_constant(text) is None


def test_a_witness_gives_every_variable_of_the_condition_and_of_the_premises():
    for point, refuting in (
        ({"x": "0", "y": "1"}, True),
        ({"x": "0"}, False),
        ({"y": "1"}, False),
        ({"x": "1", "y": "1"}, False),
        ({"x": "0", "y": "-1"}, False),
        ({"x": "0", "y": "0"}, False),
    ):
        assert witness.refutes(x > 0, (y > 0,), point) is refuting
    assert witness.refutes(sp.Eq(n, 1), (), {"n": "2"}) is True
    assert witness.refutes(sp.Eq(n, 1), (), {"n": "3/2"}) is False
    assert witness.refutes(1 / x > 0, (), {"x": "0"}) is False  # not false there but undefined
