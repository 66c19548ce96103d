"""The middle mode of N layers under class weights, while it is small: the residual is held at ZΩ.

Its singular vector v of Z, along which W_1 starts, and v' of ZΩ, along which it grows, are at an angle θ. With x the amplitude of W_N, …,
W_2 and b that of W_1 along v', dx/dt = s x^(N−2) b and db/dt = s x^(N−1), so that x² − b² keeps its value ε² sin²θ. With u = ε/x the time
to x is (N−2)∫ u^(N−3)/√(1 − u² sin²θ) du from ε/x to 1, over (N−2)sε^(N−2).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import sympy as sp

from theory.algebra.words import collected, entry
from theory.data.counts import Group
from theory.depth.layers import AMPLITUDE, AMPLITUDES, FRAMES, SCALARS, N, small_velocity
from theory.models.reduction import S
from theory.unconstrained_features.modes import Moments, step_moments

ALONG = sp.Symbol("b", positive=True)  # the amplitude of W_1 along v'
RATE = sp.Symbol("s", positive=True)  # the escape rate of the mode, its singular value of ZΩ
ANGLE = sp.Symbol("theta", nonnegative=True)  # between v and v', below π/2
START = sp.Symbol("epsilon", positive=True)  # every amplitude at the start
SHARE = sp.Symbol("u", positive=True)  # ε/x, from 1 to 0


@cache
def small_rates() -> tuple[sp.Expr, sp.Expr]:
    """(dx/dt, db/dt), from three layers of which the first is the product of N − 2."""
    outer, own, first = SCALARS
    names = {**dict(zip(AMPLITUDES, SCALARS, strict=True)), S: RATE}
    velocity = small_velocity()
    on_frames = (collected(FRAMES[k].T * velocity[k] * FRAMES[k + 1], FRAMES, (*AMPLITUDES, S)) for k in (1, 2))
    values = {outer: AMPLITUDE ** (N - 2), own: AMPLITUDE, first: ALONG}
    by_own, by_first = (entry(moved, names).subs(values, simultaneous=True) for moved in on_frames)
    return by_own, by_first


def moments(groups: Sequence[Group], weights: Sequence[sp.Expr]) -> tuple[Moments, Moments, Moments]:
    """uᵀZΩ^kZᵀu of the three modes of two groups, k = 0, 1, 2: σ², σ²λ and s²."""
    without, once, twice = (step_moments(groups, [w**k for w in weights]) for k in range(3))
    return without, once, twice


def overlap(groups: Sequence[Group], weights: Sequence[sp.Expr]) -> sp.Expr:
    """cos θ = v·v' of the middle mode, v = Zᵀu/σ and v' = ΩZᵀu/s."""
    without, once, twice = moments(groups, weights)
    return once.middle / sp.sqrt(without.middle * twice.middle)


def integrand(number: sp.Expr = N) -> sp.Expr:
    """(N−2)u^(N−3)/√(1 − u² sin²θ), of which I_N(θ) is the integral from 0 to 1."""
    return (number - 2) * SHARE ** (number - 3) / sp.sqrt(1 - SHARE**2 * sp.sin(ANGLE) ** 2)
