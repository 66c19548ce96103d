"""The normal form of a goal, and goals that its sign closes."""

from __future__ import annotations

import random

import pytest
import sympy as sp
from flint import ctx, fmpq

from proofs.checker import balls, normal
from proofs.checker.field import Field, NeedSign
from proofs.checker.logic import Sequent
from proofs.checker.quotients import Unsupported

y, x = sp.symbols("y x", positive=True)
z = sp.Symbol("z", real=True)
EXPRESSIONS = 400


def _expression(rng: random.Random, depth: int) -> sp.Expr:
    if depth == 0:
        return rng.choice([x, y, z, x, y, sp.Rational(rng.randint(-4, 5), rng.randint(1, 4)), sp.sqrt(2), sp.pi])
    a = _expression(rng, depth - 1)
    return rng.choice(
        [
            lambda: a + _expression(rng, depth - 1),
            lambda: a * _expression(rng, depth - 1),
            lambda: a / (_expression(rng, depth - 1) ** 2 + 1),
            lambda: sp.sqrt(a**2 + x),
            lambda: sp.exp(a),
            lambda: sp.log(a**2 + y),
            lambda: rng.choice([sp.sin, sp.cos, sp.tanh])(a),
            lambda: (x * y) ** a,
            lambda: (x + y) ** sp.Rational(rng.randint(-5, 5), rng.choice([2, 3])),
        ]
    )()


def test_normal_form_has_the_value_of_the_expression():
    rng, compared = random.Random(11), 0
    for _ in range(EXPRESSIONS):
        expr = _expression(rng, rng.randint(1, 4))
        found = Field([(x, ">"), (y, ">")])
        try:
            normal = found.sympy(found.rat(expr))
        except (NeedSign, Unsupported):
            continue
        at = {s: fmpq(rng.randint(1, 9), rng.randint(1, 5)) for s in (x, y)} | {z: fmpq(rng.randint(-9, 9), 4)}
        with ctx.workprec(300):
            try:
                assert balls.value(expr, at).overlaps(balls.value(normal, at)), expr
            except balls.Undefined:
                continue
        compared += 1
    assert compared > EXPRESSIONS // 2


@pytest.mark.parametrize(("number", "more", "strict"), [(5, 0, False), (5, 1, True), (6, 0, False), (6, 1, False)])
def test_a_sum_is_strict_only_where_all_ends_together_were_looked_at(number, more, strict):
    """Σ ((1 − y_j) x + y_j x') is zero where every x is: six closed ends and four with two lie together in 5184 ways, too many."""
    ends = sp.symbols(f"x0:{number}", real=True)
    mixed = sp.symbols("y0:4", real=True)
    premises = (*((e - sp.Rational(7, 3), ">=") for e in ends), *((m, ">=") for m in mixed), *((1 - m, ">=") for m in mixed))
    above = [e - sp.Rational(7, 3) for e in ends]
    total = sp.expand(sp.Add(*above, *((1 - m) * above[j] + m * above[j + 1] for j, m in enumerate(mixed)), more))
    assert normal.close_by_signs(Sequent(premises, (total, ">="))) is True
    assert normal.close_by_signs(Sequent(premises, (total, ">"))) is strict


def test_a_polynomial_that_would_have_too_many_terms_has_no_sign_by_coefficients():
    several = sp.symbols("x0:11", real=True)
    premises = tuple((s, ">=") for s in several)
    assert normal.close_by_signs(Sequent(premises[:10], (sp.Add(*several[:10]), ">="))) is True
    assert normal.close_by_signs(Sequent(premises, (sp.Add(*several), ">="))) is False
