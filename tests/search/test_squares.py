"""Sums of squares: found for polynomials in several variables, and re-checked without the search."""

from __future__ import annotations

from collections import deque

import clarabel
import numpy as np
import pytest
import sympy as sp
from scipy import sparse

from proofs.check import check_statement
from proofs.checker import rules
from proofs.checker.logic import Sequent
from proofs.ledger import jobs
from proofs.search import squares

x, y, z, q, p, s, v, w, t = sp.symbols("x y z q p s v w t", real=True)
positive = sp.Symbol("p", positive=True)
R = sp.Rational
SECONDS = 10.0
SUMS = [
    ("a**4 + b**4 + c**4 + d**4 >= 4*a*b*c*d", []),
    ("(a*x + b*y + c*z)**2 <= (a**2 + b**2 + c**2)*(x**2 + y**2 + z**2)", []),
    ("x**4*y**2 + x**2*y**4 + 1 >= 3*x**2*y**2", []),  # Motzkin: a sum of squares only after a factor
    ("a**4 + b**4 + c**4 >= a*b*c*(a + b + c)", []),
    ("(a + b + c)**2 <= 3*(a**2 + b**2 + c**2)", []),
    ("a**3 + b**3 + c**3 >= 3*a*b*c", ["a > 0", "b > 0", "c > 0"]),
    ("a**2*b + b**2*c + c**2*a >= 3*a*b*c", ["a > 0", "b > 0", "c > 0"]),  # only after the factor a + b + c
    ("sin(t)*cos(t) <= 1/2", []),  # by sin² + cos² = 1
    ("p**60 + q**60 + r**60 >= 3*p**20*q**20*r**20", []),  # of p²⁰, q²⁰ and r²⁰
]
NEAR_MISSES = [
    ("a**4 + b**4 + c**4 + d**4 >= 4001/1000*a*b*c*d", []),
    ("x**4*y**2 + x**2*y**4 + 1 >= 3001/1000*x**2*y**2", []),
    ("x**4*y**2 + x**2*y**4 + 1 > 3*x**2*y**2", []),
    ("(a + b + c)**2 <= 2999/1000*(a**2 + b**2 + c**2)", []),
    ("a**3 + b**3 + c**3 >= 3*a*b*c", []),
    ("a**2*b + b**2*c + c**2*a >= 3001/1000*a*b*c", ["a > 0", "b > 0", "c > 0"]),
    ("sin(t)*cos(t) <= 499/1000", []),
    ("p**21 + q**21 + r**21 >= 3*p**7*q**7*r**7", []),
]


def certificate(sequent):
    """The sum of squares for a sequent without equations, or None."""
    found = squares.certificate(sequent)
    assert found is None or found.factors == ()
    return found and found.squares


@pytest.mark.parametrize(("statement", "where"), SUMS)
def test_a_sum_of_squares_is_proved_without_trust_in_a_solver(statement, where):
    result = check_statement(statement, where, seconds=SECONDS)
    assert result["verdict"] == "proved"
    assert result["trusts"] == []
    assert "squares" in result["reason"]


@pytest.mark.parametrize(("statement", "where"), NEAR_MISSES)
def test_a_near_miss_is_not_proved(statement, where):
    assert check_statement(statement, where, seconds=SECONDS)["verdict"] == "refuted"


def test_every_certificate_found_is_an_identity():
    motzkin = x**4 * y**2 + x**2 * y**4 + 1 - 3 * x**2 * y**2
    found = certificate(Sequent((), (motzkin, ">=")))
    assert found is not None
    scale, *terms = found
    total = sum(m * q**2 for m, q in zip(terms[::2], terms[1::2], strict=True))
    assert sp.expand(scale * motzkin - total) == 0
    assert all(m > 0 for m in terms[::2])


PQ = ((p, ">"), (q, ">"))
UNIT = ((x, ">="), (1 - x, ">="))


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
    found = certificate(Sequent(premises, (expr, ">=")))
    assert found is not None
    assert rules.apply(Sequent(premises, (expr, ">=")), "squares", list(found)) == []


@pytest.mark.parametrize(
    "expr", [x**2 + x + 1, x + y, x**9 + y**9, x**2 - y**2, sp.log(p) * q + p**2, x**2 + y**2 - 3 * x * y, 1 / x + y**2], ids=str
)
def test_no_sum_of_squares_is_sought_or_found(expr):
    assert certificate(Sequent(PQ, (expr, ">="))) is None


@pytest.mark.parametrize(
    ("premises", "goal", "asked"),
    [
        ((), x**2 - x * y + y**2, True),
        ((), x**2 - x + 1, False),
        ((), x + y, False),
        ((), (x**2 + y**2) ** 5 + x**3 * y, False),
        ((), x**2 + y**2 + z**2 + v**2 + w**2 + s**2 - x * y, True),
        ((), x**2 + y**2 + z**2 + v**2 + w**2 + s**2 + t**2 - x * y, False),
        (((positive, ">"),), positive**2 + sp.log(positive) ** 2, False),
        (((x**2 + 1, ">"),), 1 / (x**2 + 1) + y**2, False),
        (((x - 1, ">="), (y - 1, ">=")), x * y + x**2 - 2, True),
    ],
    ids=str,
)
def test_which_sequents_are_asked_about(premises, goal, asked):
    found = certificate(Sequent(premises, (goal, ">=")))
    assert (found is not None) is asked
    if found is not None:
        assert rules.apply(Sequent(premises, (goal, ">=")), "squares", list(found)) is not None
        pairs = zip(found[1::2], found[2::2], strict=True)
        assert sp.expand(found[0] * goal - sum(m * q**2 for m, q in pairs)) == 0


def test_premises_are_multipliers_whether_strict_or_not():
    found = certificate(Sequent(((x - y, ">="), (x + y, ">")), (x**2 - y**2, ">=")))
    assert found is not None
    assert [sp.expand(part) for part in found] == [1, x**2 - y**2, 1]


@pytest.mark.parametrize(
    ("premises", "goal"),
    [
        (((x**2 + y**2 - 1, "=="),), 1 - 2 * x * y),
        (((x**2 + y**2 + z**2 - 3, "=="),), 9 - (x + y + z) ** 2),
        (((x**2 + y**2 - 1, "=="), (z - x, "==")), 1 - 2 * z * y),
        (((x - y, "=="), (y, ">=")), x + y),
    ],
    ids=str,
)
def test_a_sum_of_squares_up_to_multiples_of_what_is_zero(premises, goal):
    found = squares.certificate(Sequent(premises, (goal, ">=")))
    assert found is not None
    assert found.factors
    rest = goal - sum(factor * premises[index][0] for index, factor in found.factors)
    scale, *terms = found.squares
    assert sp.expand(scale * rest - sum(m * q**2 for m, q in zip(terms[::2], terms[1::2], strict=True))) == 0


SIX = sp.symbols("a:f", real=True)


@pytest.mark.parametrize(
    ("expr", "premises", "expected"),
    [
        (x * y, ((x, ">="), (y, ">=")), {(1, x * y, 1)}),  # the product of both
        (x**2 + y**2 - 2 * x * y, (), {(1, 1, x - y), (1, 1, y - x)}),
        (x**8 + y**8 - 2 * x**4 * y**4, (), {(1, 1, x**4 - y**4), (1, 1, y**4 - x**4)}),
        (x + y, ((x, ">="), (y, ">=")), {(1, x, 1, y, 1), (1, y, 1, x, 1)}),
        (x**2, (), {None}),
        (x**10 + y**2, (), {(1, x**10, 1, y**2, 1), (1, y**2, 1, x**10, 1)}),  # of x¹⁰ and y², neither of which is negative
        (x**10 + x**9 * y + y**2, (), {None}),
        (sum((s - z) ** 2 for s in SIX), (), {None}),  # seven generators
        (x**2 / (y**2 + 1) + z**2, (), {None}),
        (sp.log(x) ** 2 + y**2, ((x, ">"),), {None}),
        (x**2 - y**2, (), {None}),
        (x**2 + 3 * x * y + 2 * y**2, (), {None}),
    ],
)
def test_the_sum_of_squares_that_a_goal_has_or_none(expr, premises, expected):
    assert certificate(Sequent(premises, (expr, ">="))) in expected


def test_six_generators_are_within_reach_and_a_factor_is_taken_where_it_is_needed():
    found = certificate(Sequent((), (sum((s - SIX[0]) ** 2 for s in SIX), ">=")))
    assert found is not None
    assert found[0] == 1
    motzkin = certificate(Sequent((), (x**4 * y**2 + x**2 * y**4 + 1 - 3 * x**2 * y**2, ">=")))
    assert motzkin is not None
    assert motzkin[0] == x**2 + y**2 + 1


@pytest.mark.parametrize(
    "expr",
    [
        x**4 - R(282, 100) * x**2 * y**2 + 2 * y**4,  # an entry of its Gram matrix lies between -1.4142 and -1.41
        x**4 - x**2 * y**2 + y**4,
        (x - 2 * y) ** 2 + (x + y - z) ** 2,
        (3 * x - 2 * y + z) ** 2,  # its one Gram matrix is singular
    ],
    ids=str,
)
def test_a_sum_of_squares_at_the_edge_of_what_there_is_is_exact(expr):
    sequent = Sequent((), (expr, ">="))
    found = certificate(sequent)
    assert found is not None
    assert rules.apply(sequent, "squares", list(found)) == []


def large_problem():
    """A semidefinite problem of a size at which the solver would use a pool of threads: the identity is feasible."""
    n, equations, generator = 40, 30, np.random.default_rng(0)
    entries = [(i, j) for j in range(n) for i in range(j + 1)]
    A = np.vstack([generator.standard_normal((equations, len(entries))), -np.eye(len(entries))])
    b = np.concatenate([A[:equations] @ [float(i == j) for i, j in entries], np.zeros(len(entries))])
    cones = [clarabel.ZeroConeT(equations), clarabel.PSDTriangleConeT(n)]
    quadratic = sparse.csc_matrix((len(entries),) * 2)
    solver = clarabel.DefaultSolver(quadratic, np.zeros(len(entries)), sparse.csc_matrix(A), b, cones, squares.solver_settings(60.0))
    return str(solver.solve().status)


def test_the_solver_works_in_a_process_that_is_forked_after_it_was_used():
    """`ufm check` forks; with a pool of threads the child waited for ever, until it was stopped as hanging."""
    assert large_problem() == "Solved"
    ((_, found),) = jobs.run(deque([jobs.Job("forked", large_problem, 60.0)]), "fork", hang=60.0)
    assert found == "Solved"


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("u <= 3", ["u**2 <= 9"]),
        ("sqrt(1 + u) >= 1 + u/2 - u**2/8", ["u >= 0"]),
        ("u*v*w <= 1", ["u > 0", "v > 0", "w > 0", "u + v + w == 3"]),
    ],
)
def test_a_certificate_is_given_where_the_solvers_would_decide_as_well(statement, where):
    result = check_statement(statement, where, seconds=SECONDS)
    assert result["verdict"] == "proved"
    assert result["trusts"] == []
