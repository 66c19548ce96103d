"""The leverage law: weighted least squares with an intercept on two Gaussian classes, as features and samples grow together.

The data: labels y = ±1, features x = yμ + g, g standard normal in d dimensions, ‖μ‖ = ρ, n_maj samples of +1 and n_min of −1.
The predictor b + wᵀx minimises Σ ω_y (y − b − wᵀx)². A sample of class j acts with the mass ω_j/(1 + ω_jχ) on the predictor that
is trained without it: its residual without it, over 1 + ω_jχ, is its residual. Reading this off the normal equations gives the
equations below, exact as d and the counts grow in proportion.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import sympy as sp

from theory.symbols import n_majority, n_minority, w_majority, w_minority

COUNTS, WEIGHTS, SIGNS = (n_majority, n_minority), (w_majority, w_minority), (sp.Integer(1), sp.Integer(-1))
FEATURES = sp.Symbol("d", positive=True)  # the number d of features, below n_maj + n_min
LENGTH = sp.Symbol("rho", positive=True)  # ρ, half the distance of the class means in units of the noise
CHI = sp.Symbol("chi", positive=True)  # what a sample's own weight adds to 1
TILT = sp.Symbol("Delta", real=True)  # Δ, the share of the majority less that of the minority, between −1 and 1
M, B, S2 = sp.Symbol("m", real=True), sp.Symbol("b", real=True), sp.Symbol("S", real=True)  # wᵀμ/ρ, intercept, ‖w‖²
SHARES = ((1 + TILT) / 2, (1 - TILT) / 2)


def class_leverage(count: sp.Expr, weight: sp.Expr) -> sp.Expr:
    """n ωχ/(1 + ωχ): how many of the d parameters of w a class takes; over the classes these sum to d."""
    return count * weight * CHI / (1 + weight * CHI)


def mass(count: sp.Expr, weight: sp.Expr) -> sp.Expr:
    """n ω/(1 + ωχ): the weight with which a class acts; the shares are the masses over their sum."""
    return class_leverage(count, weight) / CHI


def weight_of_share(count: sp.Expr, share: sp.Expr) -> sp.Expr:
    """ω_jχ of a class of share q: from dq = nh and h = ωχ/(1 + ωχ), h/(1 − h).

    Valid when: dq < n, the sample's leverage h being below 1.
    """
    leverage = FEATURES * share / count
    return leverage / (1 - leverage)


def residual(sign: sp.Expr, m: sp.Expr = M, b: sp.Expr = B) -> sp.Expr:
    """y − b − wᵀx in the mean over new samples of the class y = `sign`."""
    return sign - b - sign * LENGTH * m


def equations(shares: Sequence[sp.Expr] = SHARES, counts: Sequence[sp.Expr] = COUNTS) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    """What is 0: of the intercept, Σ q e; along μ, ρ Σ q y e − m; and ‖w‖² less m² and the noise d Σ q²(e² + ‖w‖²)/n."""
    e = [residual(sign) for sign in SIGNS]
    noise = sum(q**2 / n * (r**2 + S2) for q, n, r in zip(shares, counts, e, strict=True))
    return (
        sum(q * r for q, r in zip(shares, e, strict=True)),
        LENGTH * sum(q * sign * r for q, sign, r in zip(shares, SIGNS, e, strict=True)) - M,
        M**2 + FEATURES * noise - S2,
    )


@cache  # a claim and its near misses are held against the same solution
def solution(shares: tuple[sp.Expr, ...] = SHARES, counts: tuple[sp.Expr, ...] = COUNTS) -> dict[sp.Symbol, sp.Expr]:
    """m, b and ‖w‖² that solve the equations: two linear ones, then one that is linear in ‖w‖²."""
    intercept, signal, noise = equations(shares, counts)
    found = dict(sp.solve([intercept, signal], [M, B], dict=True)[0])
    (square,) = sp.solve(noise, S2)
    return {**found, S2: square.subs(found)}


def determinant(shares: Sequence[sp.Expr] = SHARES) -> sp.Expr:
    """Of the two linear equations, in m and b: where it is not 0 they have one solution."""
    linear = equations(shares)[:2]
    return sp.Matrix([[sp.diff(each, unknown) for unknown in (M, B)] for each in linear]).det()


def score(sign: sp.Expr, shares: tuple[sp.Expr, ...] = SHARES, counts: tuple[sp.Expr, ...] = COUNTS) -> sp.Expr:
    """(ρm ± b)/‖w‖: a class errs with probability Φ of minus its score, Φ the standard normal distribution."""
    found = solution(shares, counts)
    return (LENGTH * found[M] + sign * found[B]) / sp.sqrt(found[S2])


def room(counts: Sequence[sp.Expr] = COUNTS, shares: Sequence[sp.Expr] = SHARES) -> sp.Expr:
    """1 − dΣq²/n, positive as every leverage is below 1: noise grows as its inverse."""
    return 1 - FEATURES * sum(q**2 / n for q, n in zip(shares, counts, strict=True))


def lean(tilt: sp.Expr = TILT) -> sp.Expr:
    """Δ/(1 − Δ²), by which the classes' scores differ either way from ρ² in units that both share."""
    return tilt / (1 - tilt**2)


def spread(counts: Sequence[sp.Expr] = COUNTS) -> sp.Expr:
    """ρ² + (d/4) Σ 1/n, whose root is that unit's inverse but for the root of `room`."""
    return LENGTH**2 + FEATURES / 4 * sum(1 / n for n in counts)


def short_score(sign: sp.Expr, tilt: sp.Expr = TILT) -> sp.Expr:
    """(ρ² ± Δ/(1 − Δ²)) (room/spread)^(1/2): what `score` is equal to."""
    return (LENGTH**2 + sign * lean(tilt)) * sp.sqrt(room().subs(TILT, tilt) / spread())


@cache
def mean_error_slope(tilt: sp.Expr = TILT) -> sp.Expr:
    """The derivative in Δ of the sum of both class errors, times √(2π): −Σ t' exp(−t²/2) over both scores t, not simplified."""
    scores = [short_score(sign) for sign in SIGNS]
    return sp.Add(*(-sp.diff(t, TILT) * sp.exp(-(t**2) / 2) for t in scores)).subs(TILT, tilt)


def logarithm_of_ratio(tilt: sp.Expr = TILT) -> sp.Expr:
    """ln(ω_min/ω_maj) of the weights whose shares have this Δ."""
    majority, minority = (weight_of_share(n, q.subs(TILT, tilt)) for n, q in zip(COUNTS, SHARES, strict=True))
    return sp.log(minority / majority)
