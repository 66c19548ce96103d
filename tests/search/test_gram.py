"""Sums of squares in their parts: multipliers, bases, Gram matrices, and which sequents are asked about at all."""

from __future__ import annotations

import time

import numpy as np
import pytest
import sympy as sp
from flint import fmpq

from proofs.checker import rules
from proofs.checker.logic import Sequent
from proofs.checker.quotients import GENS, ONE, RING
from proofs.checker.solver import facts
from proofs.search import squares

A, B, C = GENS[0], GENS[1], GENS[2]
x, y, z, v, w, s, t = sp.symbols("x y z v w s t", real=True)
p = sp.Symbol("p", positive=True)


def later(seconds=5.0):
    return time.process_time() + seconds


def signed(premises, goal):
    field, polys, (poly, _) = facts(Sequent(premises, (goal, ">=")))
    used = [i for i, degree in enumerate(poly.degrees()) if degree > 0]
    names = {str(field.poly_sympy(q)) for q in squares._signed(field, used, [q for q, rel in polys if rel in (">=", ">")])}
    return {sp.expand(sp.sympify(name, {**{n.name: n for n in (x, y, z)}, "p": p})) for name in names}


@pytest.mark.parametrize(
    ("premises", "goal", "found"),
    [
        (((x - 1, ">="), (3 - y, ">=")), x**2 + y**2, [x - 1, 3 - y]),
        ((), x**2 + y**2, []),
        (((x, ">"), (2 - x, ">")), x**2 + y**2, [x, 2 - x]),
        (((z - 1, ">="), (x, ">=")), x**2 + y**2, [x]),
        (((x * y - 1, ">="),), x**2 + y**2, [x * y - 1]),
        (((x * z - 1, ">="),), x**2 + y**2, []),
        (((p, ">"),), p**2 + x**2, [p]),
        (((x - y, "!="),), x**2 + y**2, []),
    ],
    ids=str,
)
def test_what_is_seen_to_be_at_least_zero_in_the_variables_of_the_goal(premises, goal, found):
    assert signed(premises, goal) == set(found)


def test_multipliers_are_products_of_few_that_are_not_of_higher_degree_than_the_goal():
    assert squares._multipliers([A, B], 0, 4) == [ONE]
    assert squares._multipliers([A, B], 1, 4) == [ONE, A, B]
    assert squares._multipliers([A, B, C], 2, 4) == [ONE, A, B, C, A * B, A * C, B * C]
    assert squares._multipliers([A, B, C], 3, 2) == [ONE, A, B, C, A * B, A * C, B * C]
    assert squares._multipliers([A**3, B], 2, 3) == [ONE, A**3, B]
    many = squares._multipliers([GENS[i] for i in range(10)], 3, 9)
    assert len(many) == squares.MAX_BLOCKS
    assert many[:11] == [ONE, *(GENS[i] for i in range(10))]


@pytest.mark.parametrize(
    ("poly", "multiplier", "used", "basis"),
    [
        (A**2 + B**2, ONE, [0, 1], [A, B]),
        (A**4 + A * B**3 + B**4, ONE, [0, 1], [A**2, A * B, B**2]),
        (A**2 + 1, ONE, [0], [A, ONE]),
        (A**3 + A, A, [0], [A, ONE]),
        (A**4 * B**2 + 1, ONE, [0, 1], [A**2 * B, A**2, A * B, A, B, ONE]),
        (A**3 * B + A * B**3, A * B, [0, 1], [A, B]),
        (A**2 + B**2, A**3, [0, 1], []),
        (A**4 + A**2, ONE, [0], [A**2, A]),
        (A**2 * B**2 + A**2, A + 1, [0, 1], [B, ONE]),
    ],
    ids=str,
)
def test_a_basis_has_the_monomials_that_fit_the_degrees_the_highest_first(poly, multiplier, used, basis):
    found = squares._basis(poly, multiplier, used)
    assert sorted(map(str, found)) == sorted(map(str, basis))
    degrees = [int(q.total_degree()) for q in found]
    assert degrees == sorted(degrees, reverse=True)


def test_monomials_whose_square_nothing_cancels_are_left_out():
    motzkin = A**4 * B**2 + A**2 * B**4 - 3 * A**2 * B**2 + 1
    (pruned,) = squares._pruned([squares.Block(ONE, squares._basis(motzkin, ONE, [0, 1]))], motzkin)
    assert sorted(map(str, pruned.basis)) == sorted(map(str, [A**2 * B, A * B**2, A * B, ONE]))
    kept = squares._pruned([squares.Block(A + 1, [A, ONE]), squares.Block(ONE, [])], motzkin)
    assert [(b.multiplier, b.basis) for b in kept] == [(A + 1, [A, ONE])]  # a sum as multiplier: none is left out
    assert squares._pruned([squares.Block(ONE, [A])], B**2) == []


def test_the_entries_of_a_gram_matrix_and_its_equations():
    block = squares.Block(A, [A, ONE])
    assert block.entries() == [(0, 0, A**3), (0, 1, 2 * A**2), (1, 1, A)]
    rows, columns = squares._equations([block], A**3 + 4 * A)
    assert len(rows) == 3
    assert columns == [{0: 1}, {1: 2}, {2: 1}, {0: 1, 2: 4}]


@pytest.mark.parametrize(
    ("gram", "found"),
    [
        ([[1, 1], [1, 2]], [(1, A + B), (1, B)]),
        ([[4, 2], [2, 1]], [(4, A + B / 2)]),
        ([[0, 0], [0, 3]], [(3, B)]),
        ([[0, 1], [1, 3]], None),
        ([[1, 2], [2, 1]], None),
        ([[-1, 0], [0, 1]], None),
        ([[1, 0], [0, -1]], None),
        ([[0, 0], [0, 0]], []),
    ],
    ids=str,
)
def test_squares_of_a_gram_matrix(gram, found):
    values = [fmpq(gram[i][j]) for j in range(2) for i in range(j + 1)]
    assert squares._squares([squares.Block(ONE, [A, B])], values) == found


def test_squares_of_several_blocks_and_of_three_directions():
    values = [fmpq(n) for n in (2, 1, 1, 1, 0, 0, 5)]
    found = squares._squares([squares.Block(A, [ONE]), squares.Block(ONE, [A, B, C])], values)
    assert sum((m * q**2 for m, q in found), 0 * ONE) == 2 * A + A**2 + 2 * A * B + B**2 + 5 * C**2
    three = [fmpq(n) for n in (1, 1, 2, 1, 2, 3)]  # [[1, 1, 1], [1, 2, 2], [1, 2, 3]] = LLᵀ
    assert squares._squares([squares.Block(ONE, [A, B, C])], three) == [(1, A + B + C), (1, B + C), (1, C)]


def test_directions_in_which_a_gram_matrix_vanishes_are_taken_out():
    vanishing = squares._face(squares.Block(ONE, [A, B]), np.array([[1.0, -1.0], [-1.0, 1.0]]), 1e-6)
    assert len(vanishing.basis) == 1
    assert vanishing.basis[0] in (A - B, B - A)
    whole = squares._face(squares.Block(ONE, [A, B]), np.eye(2), 1e-6)
    assert whole.basis == [A, B]
    assert squares._face(squares.Block(A, [A, B]), np.diag([1.0, 1e-9]), 1e-6).basis == [A]
    two = squares._face(squares.Block(ONE, [A, B, C]), np.outer([1.0, 2.0, -1.0], [1.0, 2.0, -1.0]), 1e-6)
    assert len(two.basis) == 1
    assert two.basis[0] in [k * (A + 2 * B - C) for k in (1, -1, fmpq(1, 2), fmpq(-1, 2))]


def test_no_time_or_too_large_a_basis_is_no_decomposition():
    assert squares._decomposition(A**2 + B**2, [0, 1], [ONE], time.process_time() - 1) is None
    assert squares._decomposition(A**2 + B**2, [0, 1], [ONE], later()) is not None
    assert squares._decomposition(A**2, [0], [A**5], later()) is None  # nothing fits
    large = sum((g**8 for g in GENS[:6]), 0 * RING.constant(1))
    assert squares._decomposition(large * A**2, list(range(6)), [ONE], later()) is None


@pytest.mark.parametrize(
    ("premises", "goal", "asked"),
    [
        ((), x**2 - x * y + y**2, True),
        ((), x**2 - x + 1, False),
        ((), x + y, False),
        ((), (x**2 + y**2) ** 5, False),
        ((), x**2 + y**2 + z**2 + v**2 + w**2 + s**2 - x * y, True),
        ((), x**2 + y**2 + z**2 + v**2 + w**2 + s**2 + t**2 - x * y, False),
        (((p, ">"),), p**2 + sp.log(p) ** 2, False),
        (((x**2 + 1, ">"),), 1 / (x**2 + 1) + y**2, False),
        (((x - 1, ">="), (y - 1, ">=")), x * y + x**2 - 2, True),
    ],
    ids=str,
)
def test_which_sequents_are_asked_about(premises, goal, asked):
    found = squares.certificate(Sequent(premises, (goal, ">=")))
    assert (found is not None) is asked
    if found is not None:
        assert rules.apply(Sequent(premises, (goal, ">=")), "squares", list(found)) is not None
        pairs = zip(found[1::2], found[2::2], strict=True)
        assert sp.expand(found[0] * goal - sum(m * q**2 for m, q in pairs)) == 0
