"""Reference values of depth: how much later than the contrasts the middle mode is at N layers, under weights n^(−1/2)."""

from __future__ import annotations

from collections.abc import Iterator

import mpmath
import sympy as sp

from proofs.documents.tables import Table
from theory.data.counts import step
from theory.data.weights import exponent_weights
from theory.depth import middle

NUMBERS = (3, 4, 5, 10)
RATIOS = (10, 100, 1000)
DIGITS = 30


def overlap(ratio: int) -> sp.Expr:
    """cos θ at equal halves, counts R and 1: of four classes, and it is the same for every number of them."""
    halves = step(4, ratio).groups()
    return sp.radsimp(middle.overlap(halves, exponent_weights(halves, sp.Rational(1, 2))))


def delay(number: int, cosine: sp.Expr) -> sp.Float:
    """I_N(θ) by quadrature of its integrand."""
    with mpmath.workdps(DIGITS):
        square = 1 - mpmath.mpf(str(sp.N(cosine, DIGITS))) ** 2
        pace = sp.lambdify((middle.SHARE, middle.ANGLE), middle.integrand(sp.Integer(number)), "mpmath")
        return sp.Float(mpmath.quad(lambda u: pace(u, mpmath.asin(mpmath.sqrt(square))), [0, 1]), DIGITS)


def _delays() -> Iterator[tuple[str | sp.Expr, ...]]:
    cases = [(str(ratio), overlap(ratio)) for ratio in RATIOS]
    for name, cosine in (*cases, ("supremum", 1 / sp.sqrt(2))):
        yield name, cosine, *(delay(number, cosine) for number in NUMBERS), 1 / cosine


TABLES = (
    Table(
        "How late the middle mode is at N layers",
        "STEP with equal halves, counts R and 1, γ = 1/2: the time of the middle mode over that of the contrasts as the start tends to 0, "
        "I_N(θ), which tends to 1/cos θ; at two layers it is 1.",
        ("R", "cos θ", *(f"N = {number}" for number in NUMBERS), "1/cos θ"),
        _delays,
    ),
)
