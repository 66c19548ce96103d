"""What the claims of this theory share: a point, the law at given numbers, and the runs that it is held against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import sympy as sp
from scipy.optimize import brentq

from numerics.last_layer import gaussian
from proofs.claims.unconstrained_features import settings as plain
from theory.last_layer.law import CHI, FEATURES, LENGTH, TILT
from theory.symbols import n_majority, n_minority, w_majority, w_minority

STROMBERG = "Stromberg, Thrampoulidis and Sankar, arXiv 2506.20025 (2025), as summarised"
COUNTS, WEIGHTS = (n_majority, n_minority), (w_majority, w_minority)
SHARE = sp.Symbol("q", positive=True)  # of a class in the masses
MORE = {"n_maj ≥ n_min": n_majority >= n_minority}
BELOW = {"|Δ| < 1": sp.And(TILT > -1, TILT < 1)}
FEW = {"d < 2n_min": 2 * n_minority > FEATURES}
POINT = {
    n_majority: sp.Integer(800),
    n_minority: sp.Integer(200),
    w_majority: sp.Integer(1),
    w_minority: sp.Integer(4),
    FEATURES: sp.Integer(100),
    LENGTH: sp.Integer(2),
    CHI: sp.Rational(1, 9),
    TILT: sp.Rational(1, 10),
    SHARE: sp.Rational(1, 2),
}
STANDARD_ERRORS = 4.5  # of a mean over independent draws: passed by chance once in 100,000 times
OVER_COUNT = 1.0  # the law leaves out what is of order 1/n: at most 1/n here
# counts, features, ρ, weights, draws
CASES = (
    ((400, 100), 50, 2.0, (1.0, 1.0), 400),
    ((400, 100), 50, 2.0, (1.0, 4.0), 400),
    ((400, 100), 150, 2.0, (1.0, 13.0), 300),
    ((800, 200), 300, 2.0, (1.0, 5.13), 60),
    ((300, 200), 250, 1.0, (1.0, 7 / 3), 150),
    ((200, 100), 60, 0.5, (3.0, 1.0), 400),
)


@cache
def drawn(counts: tuple[int, ...], features: int, length: float, weights: tuple[float, ...], draws: int) -> gaussian.Draws:
    """Last layers trained on draws of two Gaussian classes, or of more on a simplex: the same runs for a claim and its near misses."""
    run = gaussian.two_classes if len(counts) == 2 else gaussian.simplex_classes
    return run(counts, features, length, weights, draws=draws, seed=plain.SEED)


def tilt_of(leverage: sp.Expr, counts: Sequence[int], features: int, weights: Sequence[float]) -> float:
    """Δ at given numbers, from the χ at which the stated leverages of both classes sum to the number of features."""
    each = plain.compiled(leverage, n_majority, w_majority, CHI)

    def taken(chi: float) -> list[float]:
        return [float(each(n, w, chi)) for n, w in zip(counts, weights, strict=True)]

    majority, minority = taken(brentq(lambda chi: sum(taken(chi)) - features, 1e-12, 1e12, xtol=1e-15, rtol=1e-14))
    return (majority - minority) / features


def at_numbers(expression: sp.Expr) -> Callable[..., float]:
    """The expression as a function of both counts, d, ρ and Δ."""
    return plain.compiled(expression, *COUNTS, FEATURES, LENGTH, TILT)
