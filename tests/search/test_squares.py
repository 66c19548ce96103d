"""Sums of squares: found for polynomials in several variables, and re-checked without the search."""

from __future__ import annotations

import pytest
import sympy as sp

from proofs.check import check_statement
from proofs.checker import normal, rules
from proofs.checker.logic import Sequent
from proofs.search.squares import certificate

SECONDS = 10.0
x, y, u = sp.symbols("x y u", real=True)
SUMS = [
    ("a**4 + b**4 + c**4 + d**4 >= 4*a*b*c*d", []),
    ("(a*x + b*y + c*z)**2 <= (a**2 + b**2 + c**2)*(x**2 + y**2 + z**2)", []),
    ("x**4*y**2 + x**2*y**4 + 1 >= 3*x**2*y**2", []),  # Motzkin: a sum of squares only after a factor
    ("a**4 + b**4 + c**4 >= a*b*c*(a + b + c)", []),
    ("(a + b + c)**2 <= 3*(a**2 + b**2 + c**2)", []),
    ("a**3 + b**3 + c**3 >= 3*a*b*c", ["a > 0", "b > 0", "c > 0"]),
]
NEAR_MISSES = [
    ("a**4 + b**4 + c**4 + d**4 >= 4001/1000*a*b*c*d", []),
    ("x**4*y**2 + x**2*y**4 + 1 >= 3001/1000*x**2*y**2", []),
    ("x**4*y**2 + x**2*y**4 + 1 > 3*x**2*y**2", []),
    ("(a + b + c)**2 <= 2999/1000*(a**2 + b**2 + c**2)", []),
    ("a**3 + b**3 + c**3 >= 3*a*b*c", []),
]


@pytest.mark.parametrize(("statement", "where"), SUMS)
def test_a_sum_of_squares_is_proved_without_trust_in_a_solver(statement, where):
    result = check_statement(statement, where, seconds=SECONDS)
    assert result["verdict"] == "proved"
    assert result["trusts"] == []
    assert "squares" in result["reason"]


@pytest.mark.parametrize(("statement", "where"), NEAR_MISSES)
def test_a_near_miss_is_not_proved(statement, where):
    assert check_statement(statement, where, seconds=SECONDS)["verdict"] == "refuted"


GOAL = x**2 - 2 * x * y + 2 * y**2
WEAK = Sequent((), (GOAL, ">="))


def _proves(sequent: Sequent, *args: sp.Expr) -> bool:
    try:
        return rules.apply(sequent, "squares", [sp.sympify(a) for a in args]) == []
    except normal.Broken:
        return False


def test_the_rule_accepts_a_true_certificate():
    assert _proves(WEAK, 1, 1, x - y, 1, y)
    assert _proves(WEAK, x**2 + 1, x**2 + 1, x - y, x**2 + 1, y)
    assert _proves(Sequent((), (GOAL + 1, ">")), 1, 1, x - y, 1, y, 1, sp.Integer(1))
    assert _proves(Sequent(((u, ">="),), (u * x**2, ">=")), 1, u, x)


@pytest.mark.parametrize(
    ("sequent", "args"),
    [
        (WEAK, (1, 1, x - y, 2, y)),  # a changed coefficient
        (WEAK, (1, 2, x - y, -1, x - 2 * y, 2, y)),  # another
        (Sequent((), (-(x**2), ">=")), (1, -1, x)),  # a negative multiplier
        (Sequent((), (u * x**2, ">=")), (1, u, x)),  # a multiplier of unknown sign
        (Sequent((), (GOAL, ">")), (1, 1, x - y, 1, y)),  # strict, from squares that may all vanish
        (Sequent(((u, ">="),), (u, ">")), (1, u, 1)),  # strict, from a multiplier that may vanish
        (Sequent((), (-(x**2), ">=")), (-1, 1, x)),  # a negative factor of the goal
        (Sequent((), (-(x**2), ">=")), (0, 0, x)),  # a factor that is zero
        (Sequent((), (-1 + 0 * x, ">=")), (x**2, 1, 0)),  # a factor that may vanish
        (WEAK, (1,)),
        (WEAK, (1, 1, x - y, 1)),
    ],
)
def test_a_forged_certificate_is_refused(sequent, args):
    assert not _proves(sequent, *args)


def test_a_part_that_is_not_defined_is_left_to_be_shown():
    left = rules.apply(Sequent((), (x, ">=")), "squares", [sp.Integer(1), sp.Integer(1), sp.sqrt(x)])
    assert (x, ">=") in [s.goal for s in left]


def test_every_certificate_found_is_an_identity():
    motzkin = x**4 * y**2 + x**2 * y**4 + 1 - 3 * x**2 * y**2
    found = certificate(Sequent((), (motzkin, ">=")))
    assert found is not None
    scale, *terms = found
    total = sum(m * q**2 for m, q in zip(terms[::2], terms[1::2], strict=True))
    assert sp.expand(scale * motzkin - total) == 0
    assert all(m > 0 for m in terms[::2])
