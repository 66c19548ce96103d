"""Polynomial and matrix identities: proved, refuted with a witness that re-checks, and not fooled."""

import dataclasses

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from proofs import checker
from proofs.engines import identities, matrices
from proofs.kernel.statements import Holds, MatrixIdentity
from proofs.kernel.verdict import Outcome

x, y = sp.symbols("x y", real=True)
p = sp.Symbol("p", positive=True)
n = sp.Symbol("n", integer=True, positive=True)
X, D = sp.MatrixSymbol("X", n, n), sp.MatrixSymbol("D", n, n)


def says(left, right, *where):
    return Holds(says="s", condition=sp.Eq(left, right, evaluate=False), where=where)


@given(st.integers(-5, 5), st.integers(1, 4))
def test_true_polynomial_identities_are_certified(a, k):
    statement = says((x + a * y) ** k, sp.expand((x + a * y) ** k))
    evidence = identities.decide(statement, 0)
    assert evidence.outcome is Outcome.HOLDS
    assert checker.recheck(statement, evidence)


@given(st.integers(1, 9), st.integers(1, 3))
def test_false_ones_fail_at_a_point_that_rechecks(a, k):
    statement = says((x + y) ** k + a * p, sp.expand((x + y) ** k))
    evidence = identities.decide(statement, 0)
    assert evidence.outcome is Outcome.FAILS
    assert checker.recheck(statement, evidence)
    assert not checker.recheck(statement, dataclasses.replace(evidence, outcome=Outcome.HOLDS))


@pytest.mark.parametrize("left", [sp.Integer(0), x, sp.Add(0, 0, evaluate=False), sp.Mul(2, x, evaluate=False)])
def test_what_sympy_leaves_unevaluated_is_never_refuted(left):
    evidence = identities.decide(says(left, sp.expand(left.doit())), 0)
    assert evidence is None or evidence.outcome is Outcome.HOLDS


def test_a_witness_outside_the_premises_or_the_signs_is_not_accepted():
    statement = says(x, p)
    evidence = identities.decide(statement, 0)
    assert checker.recheck(statement, evidence)
    for witness in ({"x": "4", "p": "-1"}, {"x": "4", "p": "4"}):
        assert not checker.recheck(statement, dataclasses.replace(evidence, witness=witness))


@pytest.mark.parametrize(
    "statement", [says(sp.sqrt(x**2), x), says(1 / x, 1 / x), says(sp.exp(x), 1 + x), Holds(says="s", condition=x < y)]
)
def test_what_is_not_a_polynomial_equation_is_left_to_others(statement):
    assert identities.decide(statement, 0) is None


def test_a_premise_that_makes_the_equation_true_is_not_overlooked():
    evidence = identities.decide(says(x * y, sp.Integer(0), sp.Eq(x, 0)), 0)
    assert evidence is None  # no admitted point breaks it, and the expansion alone does not prove it


def test_matrix_words_know_orthonormal_and_diagonal_matrices():
    true = MatrixIdentity(says="s", left=X.T * X * D, right=D.T, orthonormal=(X,), diagonal=(D,))
    false = MatrixIdentity(says="s", left=X * D, right=D * X)
    assert matrices.decide(true, 0).outcome is Outcome.HOLDS
    evidence = matrices.decide(false, 0)
    assert evidence.outcome is Outcome.FAILS
    assert checker.recheck(false, evidence)
    commuting = dataclasses.replace(evidence, witness={"X": "[[1]]", "D": "[[2]]"})
    assert not checker.recheck(false, commuting)
    assert matrices.decide(Holds(says="s", condition=x < y), 0) is None


@pytest.mark.parametrize(
    ("left", "right", "refuted"),
    [
        (p * (p + 1) * X, (p**2 + p) * X, False),
        (p * (p + 1) * X, (p**2 + 2 * p) * X, True),
        ((sp.sin(p) ** 2 + sp.cos(p) ** 2) * X, X, False),
        (sp.sqrt(5 + 2 * sp.sqrt(6)) * X, (sp.sqrt(2) + sp.sqrt(3)) * X, False),
        (sp.sqrt(2) * X, X, False),  # false, and not shown to be by an entry that is rational
    ],
)
def test_coefficients_that_are_equal_in_another_form_refute_nothing(left, right, refuted):
    statement = MatrixIdentity(says="s", left=left, right=right)
    evidence = matrices.decide(statement, 0)
    assert (evidence.outcome is Outcome.FAILS and checker.recheck(statement, evidence)) is refuted


def test_a_size_that_is_a_number_is_that_number():
    """Matrices of one row and one column commute and are their own transposes: no larger ones may speak against it."""
    a = sp.MatrixSymbol("a", 1, 1)
    statement = MatrixIdentity(says="s", left=a * a.T, right=a.T * a)
    assert matrices.decide(statement, 0).outcome is not Outcome.FAILS
    wider = {"a": "[[1, 2], [3, 4]]"}
    assert not checker.recheck(statement, dataclasses.replace(matrices.decide(statement, 0), outcome=Outcome.FAILS, witness=wider))
