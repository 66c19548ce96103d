"""The algebra that proofs rest on, by itself: identities, matrices, roots, cases, solvers, normal forms, replayed proofs.

Expected values are mathematics: each statement here is decided by the part it names and by nothing else.
"""

from __future__ import annotations

import dataclasses
import itertools
import random

import pytest
import sympy as sp
from flint import fmpq, fmpq_poly
from hypothesis import given
from hypothesis import strategies as st

from proofs.checker import field, normal, quotients, recheck, roots, rules, solver
from proofs.checker import identities as checked_identities
from proofs.checker import matrices as checked_matrices
from proofs.checker.field import Field, NeedSign
from proofs.checker.logic import Sequent
from proofs.checker.quotients import GENS, Unsupported
from proofs.engines import identities, matrices
from proofs.kernel.statements import Holds, Known, MatrixIdentity
from proofs.kernel.terms import joined
from proofs.kernel.verdict import Evidence, Outcome, Strength
from proofs.search import critical, models, tactics

x, y, z, p = sp.symbols("x y z p", real=True)

# -- identities


def says(*equations, where=(), known=()):
    parts = [sp.Eq(left, right, evaluate=False) for left, right in equations]
    return Holds(says="s", condition=joined(sp.And, *parts), where=where, known=known)


def fails(witness):
    return Evidence(road="symbolic", engine="identities", outcome=Outcome.FAILS, witness=witness)


def raw(make, *parts):
    return make(*parts, evaluate=False)


@pytest.mark.parametrize(
    "equation",
    [
        (raw(sp.Pow, x + y, 1), x + y),
        (sp.Rational(1, 2) * x + x / 3, sp.Rational(5, 6) * x),
        (raw(sp.Add, x, y, z, 2), x + y + z + 2),
        (raw(sp.Mul, x, y, raw(sp.Add, z, 2)), x * y * z + 2 * x * y),
        (sp.Integer(3), sp.Integer(3)),
        (raw(sp.Pow, raw(sp.Add, x, y), 3), x**3 + 3 * x**2 * y + 3 * x * y**2 + y**3),
    ],
    ids=str,
)
def test_two_ways_of_writing_a_polynomial_are_equal_by_both_expansions(equation):
    statement = says(equation)
    evidence = identities.decide(statement, 0)
    assert evidence.outcome is Outcome.HOLDS
    assert evidence.strength is Strength.CERTIFIED
    assert recheck(statement, evidence)
    other = says((equation[0], equation[1] + 1))
    assert not recheck(other, evidence)


@pytest.mark.parametrize(
    "statement",
    [
        says((sp.sqrt(x), sp.sqrt(x))),
        says((1 / x, 1 / x)),
        says((sp.sin(x), sp.sin(x))),
        says((x, x), (sp.exp(x), sp.exp(x))),
        says((x, sp.pi)),
        Holds(says="s", condition=sp.Or(sp.Eq(x, 1), sp.Eq(x, 2))),
        Holds(says="s", condition=x < y),
        says((raw(sp.Pow, x, -1), raw(sp.Pow, x, -1))),
        says((raw(sp.Mul, x, raw(sp.Pow, x, -1)), 1 + 0 * x)),
    ],
    ids=str,
)
def test_only_polynomial_equations_that_are_defined_everywhere_are_taken(statement):
    assert identities.decide(statement, 0) is None
    held = identities.decide(says((x, x)), 0)
    assert not recheck(statement, held)
    assert not recheck(statement, fails({"x": "1", "y": "2"}))


def test_under_premises_equations_are_left_to_what_sees_that_something_satisfies_them():
    assert identities.decide(says((x, x), where=(x < 0,)), 0) is None
    assert identities.decide(says((x, y), known=(Known(condition=sp.Eq(x, y)),)), 0) is None


def test_an_assumption_about_a_symbol_is_kept_by_a_witness():
    q = sp.Symbol("q", positive=True)
    assert recheck(says((q, 2 * q)), fails({"q": "3"}))
    assert not recheck(says((q, 2 * q)), fails({"q": "-3"}))


@pytest.mark.parametrize(
    ("statement", "witness"),
    [
        (says((sp.prod(x - k for k in range(2, identities.POINTS + 2)), sp.Integer(0))), {"x": "1"}),
        (says((p, p + 1)), None),
        (says((x, x), (y, 2 * y)), None),
        (says((x * y, sp.Integer(0))), None),
        (says((x, y + 3)), None),
    ],
)
def test_an_equation_that_fails_at_a_small_whole_number_is_refuted_there(statement, witness):
    evidence = identities.decide(statement, 0)
    assert evidence.outcome is Outcome.FAILS
    assert witness is None or evidence.witness == witness
    assert recheck(statement, evidence)
    assert not recheck(statement, dataclasses.replace(evidence, outcome=Outcome.HOLDS))


def test_a_point_at_which_both_sides_agree_or_that_is_not_admitted_refutes_nothing():
    statement = says((x**2, x), where=(x > 0,))
    for value, stands in (("1", False), ("0", False), ("-1", False), ("2", True), ("1/2", True)):
        assert checked_identities.recheck(statement, fails({"x": value})) is stands
    assert not recheck(statement, fails(None))
    assert not recheck(statement, fails({"y": "2"}))


def test_one_of_several_equations_that_fails_is_enough():
    evidence = identities.decide(says((x, 2 * x)), 0)
    assert recheck(says((x, x), (x, 2 * x)), evidence)
    assert recheck(says((x, 2 * x), (x, x)), evidence)
    assert not recheck(says((x, x), (y - y, sp.Integer(0))), evidence)
    held = identities.decide(says((x, x)), 0)
    assert not recheck(says((x, x), (x, 2 * x)), held)


def test_two_variables_of_one_name_are_not_one_polynomial():
    other = sp.Symbol("x", positive=True)
    assert not recheck(says((other, x)), identities.decide(says((x, x)), 0))


@given(st.integers(-5, 5), st.integers(1, 4))
def test_true_polynomial_identities_are_certified(a, n):
    statement = says(((x + a * y) ** n, sp.expand((x + a * y) ** n)))
    evidence = identities.decide(statement, 0)
    assert evidence.outcome is Outcome.HOLDS
    assert recheck(statement, evidence)


@given(st.integers(1, 9), st.integers(1, 3))
def test_false_ones_fail_at_a_point_that_rechecks(a, n):
    statement = says(((x + y) ** n + a * p, sp.expand((x + y) ** n)))
    evidence = identities.decide(statement, 0)
    assert evidence.outcome is Outcome.FAILS
    assert recheck(statement, evidence)
    assert not recheck(statement, dataclasses.replace(evidence, outcome=Outcome.HOLDS))


@pytest.mark.parametrize("left", [sp.Integer(0), x, sp.Add(0, 0, evaluate=False), sp.Mul(2, x, evaluate=False)])
def test_what_sympy_leaves_unevaluated_is_never_refuted(left):
    evidence = identities.decide(says((left, sp.expand(left.doit()))), 0)
    assert evidence is None or evidence.outcome is Outcome.HOLDS


def test_a_witness_outside_the_premises_is_not_accepted():
    statement = says((x, y), where=(x > 3, y > 0))
    for witness, stands in (
        ({"x": "4", "y": "2"}, True),
        ({"x": "1", "y": "2"}, False),
        ({"x": "4", "y": "-1"}, False),
        ({"x": "4", "y": "4"}, False),
    ):
        assert recheck(statement, fails(witness)) is stands


# -- matrices

n, k = sp.symbols("n k", integer=True, positive=True)
A, B, D, E = (sp.MatrixSymbol(name, n, n) for name in "ABDE")
Q = sp.MatrixSymbol("Q", n, k)
C = sp.MatrixSymbol("C", k, k)


@pytest.mark.parametrize(
    ("left", "right", "holds"),
    [
        (Q.T * Q * C, C, True),
        (Q * Q.T * Q, Q, True),
        (Q * Q.T, sp.Identity(n), False),
        (A * B, B * A, False),
        (D * E, E * D, True),
        (D * A, A * D, False),
        (D.T, D, True),
        (A.T, A, False),
        ((A * B).T, B.T * A.T, True),
        (A * (B + E), A * B + A * E, True),
        ((A + B) ** 2, A**2 + A * B + B * A + B**2, True),
        ((A + B) ** 2, A**2 + 2 * A * B + B**2, False),
        (sp.MatAdd(A, -A), sp.ZeroMatrix(n, n), True),
        (2 * A + 3 * A, 5 * A, True),
        (2 * A * 3 * B, 6 * A * B, True),
        (2 * A, 3 * A, False),
        (A * sp.Identity(n), A, True),
        (A * D * E, A * E * D, True),
        (D * A * E, E * A * D, False),
        (A**3, A * A * A, True),
        (A + B + E, E + B + A, True),
        (Q.T * A * Q, Q.T * A.T * Q, False),
        (Q.T * D * E * Q, Q.T * E * D * Q, True),
        (sp.ZeroMatrix(n, n), A, False),
    ],
    ids=str,
)
def test_an_identity_of_matrices_is_settled_by_words_and_by_numbers(left, right, holds):
    statement = MatrixIdentity(says="s", left=left, right=right, orthonormal=(Q,), diagonal=(D, E))
    evidence = matrices.decide(statement, 0)
    assert evidence.outcome is (Outcome.HOLDS if holds else Outcome.FAILS)
    assert recheck(statement, evidence)
    assert not recheck(statement, dataclasses.replace(evidence, outcome=Outcome.FAILS if holds else Outcome.HOLDS))
    if holds:
        assert evidence.strength is Strength.CERTIFIED
        assert not recheck(dataclasses.replace(statement, right=right + sp.MatrixSymbol("Z", *left.shape)), evidence)
    else:
        same = left if left.atoms(sp.MatrixSymbol) else right
        assert not recheck(dataclasses.replace(statement, left=same, right=same), evidence)


def test_what_is_said_of_a_matrix_is_needed_for_what_rests_on_it():
    for left, right, said in ((Q.T * Q * C, C, {"orthonormal": (Q,)}), (D.T, D, {"diagonal": (D,)}), (D * E, E * D, {"diagonal": (D, E)})):
        statement = MatrixIdentity(says="s", left=left, right=right, **said)
        evidence = matrices.decide(statement, 0)
        assert recheck(statement, evidence)
        bare = MatrixIdentity(says="s", left=left, right=right)
        assert matrices.decide(bare, 0).outcome is Outcome.FAILS
        assert not recheck(bare, evidence)


def test_what_is_no_polynomial_in_matrices_is_not_certified():
    statement = MatrixIdentity(says="s", left=sp.Inverse(A), right=sp.Inverse(A))
    held = Evidence(road="symbolic", engine="matrices", outcome=Outcome.HOLDS, strength=Strength.CERTIFIED, certificate={"kind": "words"})
    assert not recheck(statement, held)
    with pytest.raises(TypeError, match="no matrix polynomial"):
        checked_matrices.equal_as_words(statement)


def test_a_product_that_would_not_end_is_refused():
    total = sp.MatAdd(*(sp.MatrixSymbol(f"M{i}", n, n) for i in range(12)))
    statement = MatrixIdentity(says="s", left=sp.MatPow(total, 6), right=sp.MatPow(total, 6))
    with pytest.raises(ValueError, match="too many words"):
        checked_matrices.equal_as_words(statement)


def test_random_matrices_keep_what_is_said_of_them():
    statement = MatrixIdentity(says="s", left=Q * C * Q.T * A * D, right=A, orthonormal=(Q,), diagonal=(D,))
    generator, sizes = random.Random(1), set()
    for _ in range(30):
        at = matrices._random_point(statement, generator)
        rows, columns = at["Q"].shape
        assert at["A"].shape == at["D"].shape == (rows, rows)
        assert at["C"].shape == (columns, columns)
        assert rows >= columns >= 1
        assert at["Q"].T * at["Q"] == sp.eye(columns)
        assert at["D"].is_diagonal()
        assert all(entry.is_Rational for value in at.values() for entry in value)
        sizes.add((rows, columns))
    assert len(sizes) > 3


@pytest.mark.parametrize(
    ("witness", "stands"),
    [
        ({"Q": "[[1], [0]]", "A": "[[1, 2], [3, 4]]", "D": "[[5, 0], [0, 6]]"}, True),
        ({"Q": "[[3/5], [-4/5]]", "A": "[[1, 2], [3, 4]]", "D": "[[5, 0], [0, 6]]"}, True),
        ({"Q": "[[1], [1]]", "A": "[[1, 2], [3, 4]]", "D": "[[5, 0], [0, 6]]"}, False),
        ({"Q": "[[1], [0]]", "A": "[[1, 2], [3, 4]]", "D": "[[5, 1], [0, 6]]"}, False),
        ({"Q": "[[1], [0]]", "A": "[[1, 0], [0, 4]]", "D": "[[5, 0], [0, 6]]"}, False),
    ],
)
def test_matrices_refute_where_they_keep_what_is_said_of_them_and_part_the_sides(witness, stands):
    statement = MatrixIdentity(says="s", left=A * D * Q, right=D * A * Q, orthonormal=(Q,), diagonal=(D,))
    evidence = dataclasses.replace(matrices.decide(statement, 0), witness=witness)
    assert recheck(statement, evidence) is stands
    assert not recheck(says((x, x)), evidence)
    assert not recheck(statement, dataclasses.replace(evidence, witness=None))


def test_a_witness_whose_sizes_disagree_refutes_nothing():
    U = sp.MatrixSymbol("U", n, k)
    statement = MatrixIdentity(says="s", left=Q.T * Q + U.T * U, right=2 * Q.T * Q)
    evidence = matrices.decide(statement, 0)
    assert recheck(statement, dataclasses.replace(evidence, witness={"Q": "[[1], [0], [0]]", "U": "[[2], [0], [0]]"}))
    assert not recheck(statement, dataclasses.replace(evidence, witness={"Q": "[[1], [0], [0]]", "U": "[[2], [0]]"}))


# -- roots


def dense(*coefficients):
    return fmpq_poly(list(map(fmpq, coefficients)))


def test_a_polynomial_of_the_ring_is_read_by_its_one_generator():
    assert roots.univariate(3 * GENS[2] ** 4 - fmpq(1, 2) * GENS[2] + 5, 2) == fmpq_poly([5, fmpq(-1, 2), 0, 0, 3])
    assert roots.univariate(GENS[0] ** 2, 0) == dense(0, 0, 1)


@pytest.mark.parametrize("largest", [1, 2, 7, 1000])
def test_roots_far_out_are_counted_where_there_is_no_end(largest):
    for sign in (1, -1):
        for poly in (dense(-sign * largest, 1), dense(-sign * largest, 1) * 5, dense(-sign * largest, 1) * dense(1, 0, 1)):
            assert roots.count_roots(poly, None, None) == 1
            assert roots.count_roots(poly, fmpq(0), None) == (sign > 0)
            assert roots.count_roots(poly, None, fmpq(0)) == (sign < 0)
            assert roots.count_roots(poly, fmpq(sign * largest), None) == 0
            assert roots.count_roots(poly, None, fmpq(sign * largest)) == 0
    assert roots.count_roots(dense(0, 1), fmpq(5), None) == 0
    assert roots.count_roots(dense(0, 1), None, fmpq(-5)) == 0
    assert roots.count_roots(dense(0, 0, 1), None, None) == 1


def test_an_interval_of_the_width_that_is_asked_for_is_not_halved():
    assert critical.isolate(dense(-1, 2), fmpq(0), fmpq(1), fmpq(1)) == [(fmpq(0), fmpq(1))]
    assert critical.isolate(dense(-1, 4), fmpq(0), fmpq(1), fmpq(1, 2)) == [(fmpq(0), fmpq(1, 2))]
    assert critical.isolate(dense(2, -3, 1), fmpq(0), fmpq(4), fmpq(4)) == [(fmpq(0), fmpq(1)), (fmpq(1), fmpq(2))]
    assert critical.isolate(dense(1, 0, 1), fmpq(-4), fmpq(4), fmpq(1)) == []


# -- cases


def test_a_variable_above_a_positive_one_is_positive_in_whatever_order_that_is_said():
    chain = [(p, ">"), (x - p, ">"), (y - x - p, ">="), (z - y, ">")]
    for premises in itertools.permutations(chain):
        found = tactics.positive_variables(premises)
        assert {s for s, _ in found} == {x, y, z}
        known = premises
        for s, proof in found:
            assert rules.holds(Sequent(known, (s, ">")), proof)
            known = (*known, (s, ">"))
    assert tactics.positive_variables(tuple(chain[2:])) == ()


# -- solvers


def sequent(goal, *premises):
    return Sequent(premises, goal)


ROOT, CUBE = sp.sqrt(x**2 + 1), (x**2 + 1) ** sp.Rational(1, 3)
PROVED = [
    sequent((x**2 - 2 * x + 2, ">")),
    sequent((x**2 - 2 * x + 1, ">=")),
    sequent((x**2 + 1, "!=")),
    sequent((x, ">"), (x - 1, ">=")),
    sequent((x, ">"), (x, ">="), (x, "!=")),
    sequent((x, ">"), (x, ">")),
    sequent((x, ">"), (x - 1, "==")),
    sequent((x - 1, "=="), (x - 1, "==")),
    sequent((x, "!="), (x, ">")),
    sequent((y, "=="), (x * y, "=="), (x, ">")),
    sequent((3 - x, ">"), (2 - x, ">=")),
    sequent((2 - x, ">"), (2 - x, ">")),
    sequent((ROOT - x, ">")),
    sequent((ROOT - 1, ">=")),
    sequent((ROOT, ">")),
    sequent((CUBE - 1, ">=")),
    sequent((CUBE**2 - CUBE, ">=")),
    sequent((sp.sqrt(ROOT + 3) - 2, ">=")),
    sequent((sp.Rational(3, 2) - sp.sin(x) - sp.cos(x), ">")),
    sequent((sp.sin(x) + sp.cos(x) - 1, ">="), (sp.sin(x), ">="), (sp.cos(x), ">=")),
    sequent((1 - sp.sin(x), ">=")),
    sequent((sp.sin(x) + 1, ">=")),
    sequent((1 - sp.cos(x), ">=")),
    sequent((sp.exp(2 * x) - 2 * sp.exp(x) + 1, ">=")),
    sequent((sp.exp(x), ">")),
    sequent((-sp.log(x), ">"), (x, ">"), (1 - x, ">")),
    sequent((1 / x, ">="), (x, ">=")),
    sequent((x, ">"), (x, ">="), (1 / x, ">=")),
    sequent((y / x, "=="), (y, "==")),
    sequent((y / x, "!="), (y, ">")),
    sequent((y, ">"), (y / x, ">"), (x, ">")),
    sequent((x, ">"), (sp.gamma(x), ">"), (x - 1, ">")),
    sequent((x, ">"), (sp.Abs(y), ">"), (x - 1, ">")),
    sequent((x - 2, ">"), (sp.sign(y), "=="), (x - 3, "==")),
]
OPEN = [
    sequent((x**2 - 2 * x + 1, ">")),
    sequent((x**2 - 2 * x, ">=")),
    sequent((x, "!=")),
    sequent((x, "==")),
    sequent((x, ">"), (x, ">=")),
    sequent((x, ">"), (x, "!=")),
    sequent((x, "!="), (x, ">=")),
    sequent((y, "=="), (x * y, "==")),
    sequent((2 - x, ">"), (2 - x, ">=")),
    sequent((ROOT - 1, ">")),
    sequent((x - ROOT, ">=")),
    sequent((CUBE - 1, ">")),
    sequent((sp.sqrt(ROOT + 3) - 2, ">")),
    sequent((sp.Rational(7, 5) - sp.sin(x) - sp.cos(x), ">=")),
    sequent((1 - sp.sin(x), ">")),
    sequent((sp.sin(x) + 1, ">")),
    sequent((1 - sp.cos(x), ">")),
    sequent((sp.sin(x), ">=")),
    sequent((sp.exp(2 * x) - 2 * sp.exp(x) + 1, ">")),
    sequent((sp.exp(x) - 1, ">")),
    sequent((-sp.log(x), ">"), (x, ">"), (1 - x, ">=")),
    sequent((y / x, ">"), (y, ">"), (-x, ">")),
    sequent((y / x, ">"), (y, ">")),
    sequent((y, ">"), (y / x, ">"), (-x, ">")),
    sequent((y / x, "=="), (x, ">")),
    sequent((sp.gamma(x), ">")),
    sequent((sp.Abs(x), ">=")),
]


@pytest.mark.parametrize("goal", PROVED, ids=str)
def test_both_solvers_see_that_nothing_violates_a_true_sequent(goal):
    assert solver.refuted(goal)
    assert solver.refuted(goal, confirm=True)


@pytest.mark.parametrize("goal", OPEN, ids=str)
def test_solvers_prove_no_false_sequent(goal):
    assert not solver.refuted(goal)


@pytest.mark.parametrize(
    ("answers", "alone", "confirmed"),
    [
        (("unsat", "unsat"), True, True),
        (("unsat", "sat"), True, False),
        (("unsat", "unknown"), True, False),
        (("sat", "unsat"), False, False),
        (("unknown", "unsat"), False, False),
    ],
)
def test_a_proof_needs_both_solvers(monkeypatch, answers, alone, confirmed):
    said = {"z3": answers[0]}
    monkeypatch.setattr(solver, "_ask", lambda library, *_: said.get(library.__name__, answers[1]))
    assert solver.refuted(PROVED[0]) is alone
    assert solver.refuted(PROVED[0], confirm=True) is confirmed


def test_without_the_solvers_nothing_is_said(monkeypatch):
    assert solver.installed()
    monkeypatch.setattr(solver, "installed", lambda: False)
    monkeypatch.setattr(models, "installed", lambda: False)
    assert not solver.refuted(PROVED[0], confirm=True)
    assert models.model(OPEN[0]) is None


def test_one_solver_alone_is_not_enough_to_be_installed(monkeypatch):
    for missing in ("z3", "cvc5"):
        monkeypatch.setattr(solver.importlib.util, "find_spec", lambda name, gone=missing: None if name == gone else object())
        assert not solver.installed()


def test_a_proof_names_the_solvers_and_the_analysis_that_it_rests_on():
    both = solver.trusts()
    assert [name.split()[0] for name in both] == ["z3", "cvc5"]
    assert solver.trusts_of({"signs"}) == ()
    assert solver.trusts_of({"signs", "solver"}) == both
    assert solver.trusts_of({"far"}) == ("leading-term analysis",)
    assert solver.trusts_of({"far", "solver"}) == (*both, "leading-term analysis")


@pytest.mark.parametrize(
    ("goal", "expected"),
    [
        (sequent((x - 3, "!="), (x - 3, ">=")), {x: sp.Integer(3)}),
        (sequent((x - sp.Rational(1, 3), "!=")), {x: sp.Rational(1, 3)}),
        (sequent((x**2 - 2, "!="), (x, ">")), {x: sp.sqrt(2)}),
        (sequent((x**2 - 2, "!="), (-x, ">")), {x: -sp.sqrt(2)}),
        (sequent((x**3 - 2, "!=")), {x: sp.Integer(2) ** sp.Rational(1, 3)}),
        (sequent((sp.sqrt(x) - 3, "!=")), {x: sp.Integer(9)}),
        (sequent((x - 2 * y, "!="), (y - 3, "==")), {x: sp.Integer(6), y: sp.Integer(3)}),
        (sequent((x, ">"), (x, ">=")), {x: sp.Integer(0)}),
        (sequent((x - 1, ">"), (x - 1, ">=")), {x: sp.Integer(1)}),
        (sequent((x**2, ">")), {x: sp.Integer(0)}),
        (sequent((x**2 + 1, ">")), None),
        (sequent((sp.Abs(x), ">")), None),
        (sequent((sp.gamma(x), ">")), None),
    ],
    ids=str,
)
def test_a_model_is_a_point_at_which_the_goal_fails(goal, expected):
    found = models.model(goal)
    if expected is None:
        assert found is None
    else:
        assert set(found) == set(expected)
        assert all(sp.simplify(found[s] - value) == 0 for s, value in expected.items())


@pytest.mark.parametrize(("low", "high"), [(-3, -1), (0, 1), (1, 3)])
def test_the_root_that_a_model_means_is_told_from_its_conjugates(low, high):
    cubic = x**3 - 4 * x + 1  # its three roots lie between −3 and −1, 0 and 1, 1 and 3
    found = models.model(sequent((cubic, "!="), (x - low, ">"), (high - x, ">")))
    assert low < found[x] < high
    assert abs(sp.N(cubic.subs(x, found[x]), 30)) < 1e-25


def test_a_value_that_is_no_number_is_no_model():
    import z3

    assert models._number(z3, z3.Real("a")) is None
    assert models._number(z3, z3.RealVal("-7/3")) == sp.Rational(-7, 3)


# -- normal forms


def atoms(text):
    return tuple((sp.sympify(expr, NAMES), rel) for expr, rel in (part.rsplit(" ", 2)[:2] for part in filter(None, text.split(", "))))


NAMES = {"x": x, "y": y, "z": z, "p": p}


@pytest.mark.parametrize(
    ("premises", "text", "sign", "strict"),
    [
        ("x + 3/2 >= 0, 3/2 - x >= 0", "cos(x)", 1, True),
        ("x + 8/5 >= 0, 1 - x >= 0", "cos(x)", None, False),
        ("x + 1 >= 0, 8/5 - x >= 0", "cos(x)", None, False),
        ("x >= 0, 31/10 - x >= 0", "sin(x)", 1, False),
        ("x > 0, 16/5 - x >= 0", "sin(x)", None, False),
        ("x + 1/10 >= 0, 1 - x >= 0", "sin(x)", None, False),
        ("", "exp(x**2) - 1", 1, False),
        ("", "exp(x**2 + 1) - 1", 1, True),
        ("", "exp(-x**2) - 1", -1, False),
        ("", "exp(-x**2) - 2", -1, True),
        ("", "exp(-x**2 - 1) - 1", -1, True),
        ("x > 0", "exp(x/2) - 1", 1, True),
        ("x > 0, 1 - x > 0", "log(x)", -1, True),
        ("", "log(x**2 + 3)", 1, True),
        ("x - 1 >= 0", "log(x)", 1, False),
        ("1 - x**2 >= 0, x > 0", "sqrt(x**2 + 1) - 2", None, False),
        ("", "sqrt(x**2 + 1) - 1", 1, False),
        ("-y > 0, y**3*(x - z) > 0", "x - z", -1, True),
        ("-y > 0, y**2*(x - z) > 0", "x - z", 1, True),
        ("-y > 0, -y*(x - z) > 0", "x - z", 1, True),
        ("y*(x - z) > 0", "x - z", None, False),
        ("(x - z)**2 >= 0", "x - z", None, False),
        ("2 > 0, 3*(x - z) >= 0", "x - z", 1, False),
        ("-(x - z)/(y**2 + 1) > 0", "x - z", -1, True),
    ],
    ids=str,
)
def test_signs_that_rest_on_the_ends_of_a_generator_or_on_a_premise(premises, text, sign, strict):
    found = Field(atoms(premises))
    rat = found.rat(sp.sympify(text, NAMES))
    assert found.sign_rat(rat) == sign
    assert (found.strict_rat(rat) if sign else False) is strict


@pytest.mark.parametrize(
    ("premises", "text", "simple"),
    [
        ("x >= 0", "Max(x, 0)", "x"),
        ("-x >= 0", "Max(x, 0)", "0"),
        ("x >= 0", "Min(x, 0)", "0"),
        ("-x >= 0", "Min(x, 0)", "x"),
        ("x - 1 > 0", "Max(1, x, x/2)", "x"),
        ("x - 1 > 0", "Min(2*x, x, x + 1)", "x"),
        ("", "tan(x)", "sin(x)/cos(x)"),
        ("", "sinh(x)", "exp(x)/2 - exp(-x)/2"),
        ("", "cosh(x)", "exp(x)/2 + exp(-x)/2"),
        ("", "tanh(x)*cosh(x)", "sinh(x)"),
        ("x > 0", "x**(-1/2)*x**(1/2)", "1"),
        ("x > 0", "x**(-5/2)", "sqrt(x)/x**3"),
        ("", "(x**2 + 1)**(-1/2)", "sqrt(x**2 + 1)/(x**2 + 1)"),
        ("", "(x**2 + 1)**(1/2)", "(x**2 + 1)/(x**2 + 1)**(1/2)"),
        ("-x > 0, y > 0", "sqrt(-x**3*y)", "-x*sqrt(-x*y)"),
        ("-x > 0, -y > 0", "sqrt(x**3*y)", "-x*sqrt(x*y)"),
        ("-x > 0, -y > 0", "log(x*y)", "log(-x) + log(-y)"),
        ("-x > 0", "log(-x**3)", "3*log(-x)"),
        ("x > 0", "log(x/(x + 1)**2)", "log(x) - 2*log(x + 1)"),
        ("", "2**(x/2)*2**(x/2)", "2**x"),
        ("", "8**(x/3)", "2**x"),
        ("", "6**x", "2**x*3**x"),
        ("x > 0", "exp(-2*log(x) + 3*log(2))", "8/x**2"),
        ("", "sin(4*x)", "2*sin(2*x)*cos(2*x)"),
        ("", "cos(4*x)", "8*cos(x)**4 - 8*cos(x)**2 + 1"),
        ("", "sin(x/3)*3 - 4*sin(x/3)**3", "sin(x)"),
    ],
    ids=str,
)
def test_one_value_has_one_normal_form(premises, text, simple):
    found = Field(atoms(premises))
    sides = [sp.parse_expr(side, NAMES, evaluate=False) for side in (text, simple)]
    assert found.rat(sp.Add(sides[0], sp.Mul(-1, sides[1], evaluate=False), evaluate=False)).num.is_zero()


def test_a_power_that_would_not_end_is_refused_before_it_is_multiplied_out():
    few = sp.symbols("a:10", real=True)
    for base in (sp.Add(*few), 1 / (1 + sp.Add(*few)), sp.Add(*few) / (1 + few[0])):
        for n in (40, -40):
            with pytest.raises(Unsupported, match="too many terms"):
                Field().rat(sp.Pow(base, n, evaluate=False))


@pytest.mark.parametrize("text", ["x", "x + y", "x**3 + 1", "x**2 + x + 1", "x*y + z", "x + y + z + 1", "x**2*y**3"])
def test_no_power_has_more_terms_than_are_counted_for_it(text):
    found = Field()
    poly = found.rat(sp.sympify(text, NAMES)).num
    for n in range(9):
        assert len(poly**n) <= quotients._most_terms(poly, n)
    assert quotients._most_terms(poly, 1) <= 2 * len(poly) + 1


# -- parts of normal forms


def test_a_normal_form_is_in_lowest_terms_with_a_denominator_of_leading_coefficient_one():
    found = Field()
    X, Y = (found.rat(s).num for s in (x, y))
    for text, num, den in (
        ("(2*x + 2)/(4*x + 4)", X * 0 + fmpq(1, 2), X * 0 + 1),
        ("x/(2*y)", X * fmpq(1, 2), Y),
        ("(x**2 - y**2)/(x + y)", X - Y, X * 0 + 1),
        ("(3*x*y)/(-6*x*y**2)", X * 0 - fmpq(1, 2), Y),
        ("1/x + 1/y", X + Y, X * Y),
        ("1/(x*y) - 1/(x*y)", X * 0, X * 0 + 1),
        ("1/(x + y) + x/(x + y)", X + 1, X + Y),
        ("1/x - 1/(x*y)", Y - 1, X * Y),
        ("(x + 1)**2/(x + 1)**3", X * 0 + 1, X + 1),
        ("1/(2*x + 4*y)", X * 0 + fmpq(1, 2), X + 2 * Y),
        ("(x - 1)*(x + 1)/(2*x**2 - 2)", X * 0 + fmpq(1, 2), X * 0 + 1),
    ):
        rat = found.rat(sp.parse_expr(text, NAMES, evaluate=False))
        assert (str(rat.num), str(rat.den)) == (str(num), str(den))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Abs(x - y)", {"x - y", "-x + y", "y - x"}),
        ("Max(x, y)", {"x - y", "-x + y"}),
        ("sqrt(x*y)", {"x", "y"}),
        ("log(x*(y - 1))", {"x", "y - 1"}),
        ("Min(2*x, 3)", {"2*x - 3", "3 - 2*x"}),
        ("Abs(x)*Abs(y**2 + 1)", {"x"}),
    ],
)
def test_what_sign_is_missing_is_said(text, wanted):
    with pytest.raises(NeedSign) as missing:
        Field().rat(sp.parse_expr(text, NAMES, evaluate=False))
    assert any(sp.expand(missing.value.expr - sp.sympify(w, NAMES)) == 0 for w in wanted)


def test_a_form_has_no_more_terms_than_are_allowed(monkeypatch):
    for module in (field, quotients):
        monkeypatch.setattr(module, "MAX_TERMS", 10)
    few = sp.symbols("a:11", real=True)
    for expr in ((x + y + 1) ** 3, 1 / (x + y + 1) ** 3, sp.Add(*few[:10])):
        Field().rat(expr)
    for expr in ((x + y + 1) ** 4, 1 / (x + y + 1) ** 4, sp.Add(*few)):
        with pytest.raises(Unsupported, match="too many terms"):
            Field().rat(expr)
    found = Field()
    one = quotients.Rat(quotients.ONE, quotients.ONE)
    for n, fits in ((25, True), (26, False)):  # 20·n terms against 50 times ten
        a, b = quotients.Rat(sum(GENS[:20]), quotients.ONE), quotients.Rat(sum(GENS[:n]), quotients.ONE)
        for product in (lambda a=a, b=b: found.mul(a, b), lambda a=a, b=b: found.mul(b, a)):
            if fits:
                assert found.sub(product(), found.mul(one, product())).num.is_zero()
            else:
                with pytest.raises(Unsupported):
                    product()
    for rat in (quotients.Rat(GENS[0] + GENS[1], quotients.ONE), quotients.Rat(quotients.ONE, GENS[0] + GENS[1])):
        assert max(len(found.power(rat, 12).num), len(found.power(rat, -12).num)) == 13  # at most 14·13/2 terms are counted for it
        for n in (13, -13):
            with pytest.raises(Unsupported):
                found.power(rat, n)


def test_a_single_generator_is_told_from_what_is_made_of_some():
    g, h = GENS[0], GENS[3]
    assert [quotients.single_generator(poly) for poly in (g, h)] == [0, 3]
    for poly in (2 * g, -g, g**2, g * h, g + 1, g + h, g * 0 + 1, g * 0):
        assert quotients.single_generator(poly) is None


def test_powers_of_a_root_are_reduced_to_those_below_its_order():
    for index, (r, a, b) in ((0, GENS[:3]), (2, (GENS[2], GENS[1], GENS[0])), (1, (GENS[1], GENS[0], GENS[27]))):
        for poly, order, reduced in (
            (r**5 + b * r**2 + r + 1, 2, a**2 * r + a * b + r + 1),
            (r**4, 4, a),
            (r**5 + b * r**2 + r**3, 3, a * r**2 + b * r**2 + a),
            (r + b, 2, r + b),
            (3 * r**7 * b, 2, 3 * a**3 * r * b),
        ):
            assert quotients._reduce_one(poly, index, order, a) == reduced


@pytest.mark.parametrize(
    ("sign", "strict", "expected"),
    [
        (1, True, (2, True, None, False)),
        (1, False, (2, False, None, False)),
        (0, False, (2, False, None, False)),
        (-1, True, (None, False, 2, True)),
        (-1, False, (None, False, 2, False)),
        (None, False, (None, False, None, False)),
    ],
)
def test_an_end_bounds_a_generator_on_the_side_of_its_sign(sign, strict, expected):
    gen = quotients.Gen("log", sp.log(x))
    gen.bound(fmpq(2), sign, strict)
    assert (gen.low, gen.low_strict, gen.high, gen.high_strict) == expected


def test_forms_are_added_divided_and_raised():
    found = Field()
    X, Y = found.rat(x), found.rat(y)
    assert found.sympy(found.div(X, Y)) == x / y
    assert found.sympy(found.sub(X, Y)) == x - y
    assert found.sympy(found.neg(found.div(X, Y))) == -x / y
    assert found.sympy(found.power(found.div(X, Y), -3)) == y**3 / x**3
    assert found.sympy(found.power(X, 0)) == 1
    assert found.sympy(found.mul(found.sub(X, Y), found.div(Y, X))) == (x * y - y**2) / x
    nothing = found.sub(X, X)
    assert found.sympy(found.power(nothing, 2)) == 0
    for impossible in (lambda: found.div(X, nothing), lambda: found.power(nothing, -1)):
        with pytest.raises(Unsupported, match="division by zero"):
            impossible()


# -- proofs that are replayed

CLOSED = {"rule": "signs", "args": [], "then": []}


@pytest.mark.parametrize(
    ("goal", "proof", "holds"),
    [
        (sequent((x**2 + 1, ">")), CLOSED, True),
        (sequent((x, ">")), CLOSED, False),
        (sequent((x**2 + 1, ">")), {"rule": "signs"}, True),
        (sequent((x**2 + 1, ">")), {**CLOSED, "then": [CLOSED]}, False),
        (sequent((x**2 + 1, ">")), {**CLOSED, "rule": "magic"}, False),
        (sequent((x**2 + 1, ">")), {**CLOSED, "args": ["x"]}, False),
        (sequent((x**2 + 1, ">")), {"rule": "split", "args": ["x"], "then": [CLOSED, CLOSED]}, True),
        (sequent((x**2 + 1, ">")), {"rule": "split", "args": ["x"], "then": [CLOSED]}, False),
        (sequent((x**2 + 1, ">")), {"rule": "split", "args": ["x"], "then": [CLOSED] * 3}, False),
        (sequent((x**2 + 1, ">")), {"rule": "split", "args": ["x"], "then": [CLOSED, {**CLOSED, "rule": "magic"}]}, False),
        (sequent((x + 1, ">"), (x - y, "=="), (y, ">=")), {"rule": "substitute", "args": ["x", "y + w0"], "then": [CLOSED]}, True),
        (sequent((x - y + 1, ">"), (x - y, ">=")), {"rule": "substitute", "args": ["x", "y + w0"], "then": [CLOSED]}, True),
    ],
    ids=str,
)
def test_a_proof_is_replayed_step_by_step(goal, proof, holds):
    assert rules.holds(goal, proof) is holds


def test_a_sequent_that_a_sample_violates_ends_the_replay(monkeypatch):
    monkeypatch.setitem(rules.RULES, "signs", lambda _sequent: [])
    assert rules.holds(sequent((x**2 + 1, ">")), CLOSED)
    assert not rules.holds(sequent((x, ">")), CLOSED)
    deep = {"rule": "absurd", "args": ["0"], "then": [CLOSED]}
    assert rules.holds(sequent((x, ">"), (x - 1, ">"), (-x, ">")), deep)
    assert not rules.holds(sequent((x, ">"), (x - 1, ">"), (x, ">")), deep)


def texts(text):
    premises, _, goal = text.rpartition(": ")
    return Sequent(atoms(premises), atoms(goal)[0])


@pytest.mark.parametrize(
    ("rule", "goal", "given", "suffice"),
    [
        ("clear", "x*y**2*(z**2 + 1) > 0", [], ["x*y**2 > 0"]),
        ("clear", "-y > 0: x*y**3*z > 0", [], ["-y > 0: -x*z > 0"]),
        ("clear", "-y > 0: -x*y**2/z**3 > 0", [], ["-y > 0: -x*z > 0"]),
        ("clear", "y >= 0: x*y*z**2 >= 0", [], ["y >= 0: x >= 0"]),
        ("monotone", "p > 0, x - p >= 0: y - p > 0", [p, x, -1, 0], ["x > 0: y - x > 0", "p > 0, x - p > 0: 1 >= 0"]),
        ("monotone", "x - p >= 0: y - p > 0", [p, x, -1, 0], ["y - x > 0", "x - p > 0: 1 >= 0"]),
        ("monotone", "x - y >= 0, z - x > 0, 1 - x >= 0: x > 0", [x, z, -1, 1], ["z - y >= 0: z >= 0", "x - y >= 0, z - x > 0: -1 > 0"]),
        ("far", "x - z > 0, y - x > 0: x > 0", [x, z, 1], ["z >= 0", "y - x > 0, x - z > 0: 1 > 0"]),
    ],
    ids=str,
)
def test_what_suffices_for_a_sequent(rule, goal, given, suffice):
    assert rules.apply(texts(goal), rule, [sp.sympify(g) for g in given]) == [texts(text) for text in suffice]


@pytest.mark.parametrize(
    ("rule", "goal", "given"),
    [
        ("monotone", "x - y != 0: x > 0", [x, y, 1, 0]),
        ("monotone", "2*x - y > 0: x > 0", [x, y, 1, 0]),
        ("monotone", "x*y > 0: x > 0", [x, y, 1, 0]),
        ("monotone", "x - y > 0: x > 0", [x, y, 1, 2]),
        ("monotone", "x - y > 0: x > 0", [x, y, 0, 0]),
        ("monotone", "x - y > 0: x > 0", [x, y, -1, 0]),
        ("far", "x - z != 0: x > 0", [x, z, 1]),
        ("far", "x - z > 0: x > 0", [x, z, -1]),
        ("far", "x > 0: x + 1 > 0", [x, -sp.oo, -1]),
        ("far", "-x > 0: 1 - x > 0", [x, sp.oo, 1]),
    ],
    ids=str,
)
def test_no_end_is_taken_from_a_premise_that_does_not_give_it(rule, goal, given):
    with pytest.raises(normal.Broken):
        rules.apply(texts(goal), rule, [sp.sympify(g) for g in given])
