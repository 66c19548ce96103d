"""Identities between matrices: by words, by what is said of the matrices, and refuted by numbers."""

from __future__ import annotations

import dataclasses
import itertools
import random

import pytest
import sympy as sp

from proofs import checker
from proofs.checker import matrices as checked_matrices
from proofs.checker import recheck
from proofs.engines import decide, matrices
from proofs.kernel.statements import Holds, MatrixIdentity
from proofs.kernel.terms import joined
from proofs.kernel.verdict import Evidence, Outcome, Strength

x, y = sp.symbols("x y", real=True)
n, k = sp.symbols("n k", integer=True, positive=True)
positive = sp.Symbol("p", positive=True)


def says(*equations, where=(), known=()):
    parts = [sp.Eq(left, right, evaluate=False) for left, right in equations]
    return Holds(says="s", condition=joined(sp.And, *parts), where=where, known=known)


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
        at = matrices.random_point(statement, generator)
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


SQUARE, DIAGONAL = sp.MatrixSymbol("X", n, n), sp.MatrixSymbol("D", n, n)


def test_matrix_words_know_orthonormal_and_diagonal_matrices():
    true = MatrixIdentity(says="s", left=SQUARE.T * SQUARE * DIAGONAL, right=DIAGONAL.T, orthonormal=(SQUARE,), diagonal=(DIAGONAL,))
    false = MatrixIdentity(says="s", left=SQUARE * DIAGONAL, right=DIAGONAL * SQUARE)
    assert matrices.decide(true, 0).outcome is Outcome.HOLDS
    evidence = matrices.decide(false, 0)
    assert evidence.outcome is Outcome.FAILS
    assert checker.recheck(false, evidence)
    commuting = dataclasses.replace(evidence, witness={"X": "[[1]]", "D": "[[2]]"})
    assert not checker.recheck(false, commuting)


@pytest.mark.parametrize(
    ("left", "right", "refuted"),
    [
        (positive * (positive + 1) * SQUARE, (positive**2 + positive) * SQUARE, False),
        (positive * (positive + 1) * SQUARE, (positive**2 + 2 * positive) * SQUARE, True),
        ((sp.sin(positive) ** 2 + sp.cos(positive) ** 2) * SQUARE, SQUARE, False),
        (sp.sqrt(5 + 2 * sp.sqrt(6)) * SQUARE, (sp.sqrt(2) + sp.sqrt(3)) * SQUARE, False),
        (sp.sqrt(2) * SQUARE, SQUARE, False),  # false, and not shown to be by an entry that is rational
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


SECONDS = 10.0
A2, B2, V2 = sp.MatrixSymbol("A", 2, 2), sp.MatrixSymbol("B", 2, 2), sp.MatrixSymbol("V", 3, 2)
D2 = sp.MatrixSymbol("D", 2, 2)


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
    commute = MatrixIdentity(says="s", left=A2 * B2, right=B2 * A2)
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
    false = MatrixIdentity(says="s", left=V2 * D2 * V2.T * V2, right=sp.ZeroMatrix(3, 2), orthonormal=(V2,), diagonal=(D2,))
    assert recheck(false, Evidence(road="symbolic", engine="matrices", outcome=Outcome.FAILS, witness=witness)) is stands
    assert decide(false, SECONDS).outcome is Outcome.FAILS


@pytest.mark.parametrize(
    ("left", "right", "outcome"),
    [
        (V2.T * V2, sp.Identity(2), Outcome.HOLDS),
        (V2 * V2.T, sp.Identity(3), Outcome.FAILS),
        ((A2 + B2) * (A2 + B2), A2 * A2 + A2 * B2 + B2 * A2 + B2 * B2, Outcome.HOLDS),
        ((A2 + B2) ** 2, A2**2 + 2 * A2 * B2 + B2**2, Outcome.FAILS),
        (D2 * D2.T, D2**2, Outcome.HOLDS),
        (A2 * A2.T, A2**2, Outcome.FAILS),
        (2 * A2 - A2, A2, Outcome.HOLDS),
        (A2 - A2, sp.ZeroMatrix(2, 2), Outcome.HOLDS),
        ((A2 * B2).T, B2.T * A2.T, Outcome.HOLDS),
        (D2 * V2.T * V2 * D2, D2 * D2, Outcome.HOLDS),
        (3 * D2, D2 * 2, Outcome.FAILS),
    ],
    ids=str,
)
def test_identities_between_matrices(left, right, outcome):
    found = matrices.decide(MatrixIdentity(says="s", left=left, right=right, orthonormal=(V2,), diagonal=(D2,)), 0.0)
    assert found.outcome is outcome


def test_matrix_words_are_summed():
    of = MatrixIdentity(says="s", left=A2, right=A2, orthonormal=(V2,), diagonal=(D2,))
    a, b, d = (("A", False),), (("B", False),), (("D", False),)
    assert checked_matrices.words(of, A2 * B2 + 2 * A2 * B2 - B2 * A2 + D2 - 3 * D2) == {(*a, *b): 3, (*b, *a): -1, d: -2}
    assert checked_matrices.words(of, V2.T * V2 * A2 + A2) == {a: 2}


def test_random_orthonormal_columns_are_orthonormal_and_no_axes():
    found = matrices.random_orthonormal(3, 2, random.Random(1))
    assert found.T * found == sp.eye(2)
    assert all(entry not in (0, 1, -1) for entry in found)
    assert not recheck(
        MatrixIdentity(says="s", left=A2, right=B2), Evidence(road="symbolic", engine="matrices", outcome=Outcome.FAILS, witness=None)
    )


def test_sides_that_are_equal_for_a_reason_that_no_words_show_are_left_open():
    """VᵀV = I gives VVᵀ = I where V is square."""
    square = sp.MatrixSymbol("V", 2, 2)
    found = matrices.decide(MatrixIdentity(says="s", left=square * square.T, right=sp.Identity(2), orthonormal=(square,)), 0.0)
    assert (found.outcome, found.note) == (Outcome.UNSETTLED, "equal at random matrices, but the words differ")


size, three = sp.Symbol("k", positive=True, integer=True), sp.Integer(3)
A3, D3, E3, F3 = (sp.MatrixSymbol(name, size, size) for name in "ADEF")


def test_diagonal_matrices_commute_however_many_stand_together():
    for left, right in itertools.permutations(itertools.permutations((D3, E3, F3)), 2):
        statement = MatrixIdentity(says="s", left=sp.MatMul(A3, *left, A3), right=sp.MatMul(A3, *right, A3), diagonal=(D3, E3, F3))
        assert checked_matrices.equal_as_words(statement)
        assert not checked_matrices.equal_as_words(dataclasses.replace(statement, diagonal=()))
        assert checked_matrices.equal_as_words(dataclasses.replace(statement, left=sp.MatMul(*left), right=sp.MatMul(*right)))
    for left in itertools.permutations((D3, E3, F3)):
        apart = MatrixIdentity(says="s", left=sp.MatMul(*left, A3), right=sp.MatMul(A3, *left), diagonal=(D3, E3, F3))
        assert not checked_matrices.equal_as_words(apart)


@pytest.mark.parametrize(("rows", "refutes"), [(2, False), (3, True), (4, False)])
def test_a_size_that_is_a_number_is_that_of_the_witness(rows, refutes):
    X = sp.MatrixSymbol("X", three, three)
    square = MatrixIdentity(says="s", left=X * X, right=X)
    shown = Evidence(road="exact", engine="matrices", outcome=Outcome.FAILS, witness={"X": str((2 * sp.eye(rows)).tolist())})
    assert checked_matrices.recheck(square, shown) is refutes
