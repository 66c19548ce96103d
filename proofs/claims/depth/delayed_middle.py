"""How late the middle mode is at each depth under weights n^(−1/2): an integral over the share of the start that is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import sympy as sp
from scipy.integrate import quad

from proofs.claims.common import HALF, RATIO, SHARE, at, identities, identity
from proofs.claims.depth import settings
from proofs.claims.unconstrained_features import settings as plain
from proofs.claims.unconstrained_features.windows import MIDDLE
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Increasing, Limit, MatrixIdentity, Measurement
from theory.data import counts
from theory.data.weights import exponent_weights
from theory.depth import middle
from theory.depth.layers import AMPLITUDE, AMPLITUDES, FRAMES, N
from theory.depth.middle import ALONG, ANGLE, RATE, START
from theory.depth.middle import SHARE as u
from theory.models.reduction import S
from theory.symbols import R, c, delta, p

PHI = sp.Symbol("phi", positive=True)  # sin φ = u sin θ
Y = sp.Symbol("y", positive=True)  # u^(N−2) = e^(−y)
Q = sp.Symbol("q", positive=True)  # a u below 1
ACUTE = {"0 < θ": ANGLE > 0, "θ < π/2": sp.pi / 2 > ANGLE}
DEEP = {"N ≥ 3": N >= 3}
WITH = tuple(ACUTE.values())
GROUPS = counts.symbolic_step(n_majority=R, n_minority=sp.Integer(1), m_majority=(1 - p) * c, m_minority=p * c)
WEIGHTS = exponent_weights(GROUPS, HALF)
POINT = {
    N: sp.Integer(3),
    R: sp.Integer(4),
    p: HALF,
    c: sp.Integer(4),
    ANGLE: sp.pi / 6,
    PHI: sp.Rational(1, 4),
    u: HALF,
    Q: HALF,
    delta: sp.Integer(1),
    **dict.fromkeys((AMPLITUDE, RATE, START, Y), sp.Integer(1)),
    ALONG: sp.sqrt(3) / 2,
}


def integrand(said: SimpleNamespace, share: sp.Expr) -> sp.Expr:
    """(N−2)u^(N−3)/√(1 − u² sin²θ), as stated."""
    return said.above(share, N) / sp.sqrt(said.radicand(share))


def _small_parts(said):
    """What the flow is while the mode is small, and its time as an integral over u = ε/x."""
    for k, velocity in enumerate(middle.small_velocity()):
        others = sp.MatMul(*(x for x in AMPLITUDES if x != AMPLITUDES[k]))
        yield MatrixIdentity(
            id=f"layer-{3 - k}-while-small",
            says=f"residual held at USVᵀ = ZΩ: dW_{3 - k}/dt is S times the other amplitudes, and what V does not see of W_1 does not move",
            left=velocity,
            right=FRAMES[k] * S * said.others(others, AMPLITUDES[k]) * FRAMES[k + 1].T,
            orthonormal=FRAMES,
            diagonal=(*AMPLITUDES, S),
        )
    by_own, by_first = middle.small_rates()
    yield identities(
        "rates-while-small",
        "N layers, x in W_N, …, W_2 and b along v' in W_1: dx/dt = s x^(N−2) b and db/dt = s x^(N−1)",
        [(by_own, said.own), (by_first, said.first)],
    )
    yield identity(
        "balance-is-kept", "x² − b² is kept, which is ε² sin²θ at the start", AMPLITUDE * by_own, said.balance * ALONG * said.first
    )
    kept = sp.sqrt(AMPLITUDE**2 - START**2 * sp.sin(ANGLE) ** 2)  # b, by the balance
    yield identity(
        "time-is-an-integral",
        "u = ε/x: (N−2)sε^(N−2) dt = −(N−2)u^(N−3)/√(1 − u² sin²θ) du, from u = 1 to u = ε/x",
        integrand(said, START / AMPLITUDE) * (-sp.diff(START / AMPLITUDE, AMPLITUDE)) * by_own.subs(ALONG, kept),
        said.scale,
        *WITH,
        AMPLITUDE >= START,
    )


def _angle_parts(said):
    """θ and s under weights n^(−1/2)."""
    where = (*RATIO.values(), *SHARE.values())
    yield identity(
        "overlap-of-middle",
        "γ = 1/2: v and v' have the overlap cos θ = (p√R + 1 − p)/√(pR + 1 − p)",
        middle.overlap(GROUPS, WEIGHTS),
        said.overlap,
        *where,
    )
    yield identity("rate-of-middle", "γ = 1/2: its rate s is 1", middle.moments(GROUPS, WEIGHTS)[2].middle, said.rate**2, *where)


def value_parts(said: SimpleNamespace) -> Iterator:
    """I_N(θ), the integral of the stated integrand over u from 0 to 1: its values at N = 3 and 4."""
    at_angle = sp.sin(PHI) / sp.sin(ANGLE)
    yield Holds(
        id="root-in-the-angle",
        says="u = sin φ/sin θ: 1 − u² sin²θ is cos²φ, the square of a positive number",
        condition=sp.And(sp.Eq(said.radicand(at_angle), sp.cos(PHI) ** 2, evaluate=False), sp.cos(PHI) > 0, evaluate=False),
        where=(*WITH, PHI < ANGLE),
    )
    for number, primitive in said.primitives.items():
        yield identities(
            f"integral-of-{number}-layers",
            f"N = {number}: the stated function of φ has the slope of the integral, is 0 at φ = 0, and has the stated value at φ = θ",
            [
                (sp.diff(primitive, PHI) * sp.cos(PHI), said.above(at_angle, sp.Integer(number)) * sp.diff(at_angle, PHI)),
                (at(primitive, {PHI: sp.Integer(0)}), sp.Integer(0)),
                (at(primitive, {PHI: ANGLE}), said.values[number]),
            ],
            *WITH,
            PHI < ANGLE,
        )


def limit_parts(said: SimpleNamespace) -> Iterator:
    """How I_N(θ) depends on N: over the power of u its integrand increases to e^(−y)/cos θ."""
    by_power = 1 / sp.sqrt(1 - sp.sin(ANGLE) ** 2 * sp.exp(-2 * Y / (N - 2)))
    yield identity(
        "integral-over-the-power",
        "u^(N−2) = e^(−y): the integrand over u is e^(−y)/√(1 − sin²θ e^(−2y/(N−2))) over y, from 0 to ∞",
        integrand(said, sp.exp(-Y / (N - 2))) * sp.exp(-Y / (N - 2)) / (N - 2),
        sp.exp(-Y) * by_power,
        *WITH,
        N > 2,
    )
    yield Increasing(
        id="increases-with-depth",
        says="which increases in N at every y: so does I_N",
        expr=said.order(sp.exp(-Y) * by_power),
        variable=N,
        where=(*WITH, N > 2),
    )
    yield Holds(
        id="below-its-limit", says="and is below e^(−y)/cos θ: I_N < 1/cos θ", condition=by_power < said.limit, where=(*WITH, N > 2)
    )
    yield Limit(
        id="lower-bound-at-great-depth",
        says="the part of the integral from u = q to 1 is at least (1 − q^(N−2))/√(1 − q² sin²θ), which tends to 1/√(1 − q² sin²θ)",
        expr=(1 - Q ** (N - 2)) / sp.sqrt(1 - Q**2 * sp.sin(ANGLE) ** 2),
        variable=N,
        point=sp.oo,
        value=1 / sp.sqrt(1 - said.tail * Q**2 * sp.sin(ANGLE) ** 2),
        where=(*WITH, Q < 1),
    )
    yield Limit(
        id="limit-at-great-depth",
        says="and as q → 1 this tends to 1/cos θ: so does I_N",
        expr=1 / sp.sqrt(1 - Q**2 * sp.sin(ANGLE) ** 2),
        variable=Q,
        point=sp.Integer(1),
        value=said.limit,
        where=(*WITH, Q < 1),
    )


# How it is run -----------------------------------------------------------------------------------------------------------

MIDDLE_TOLERANCE = 5e-4  # what the difference of two starts leaves out is of the order of ε ln(1/ε) at N = 3
STARTS = {3: (0.03, 0.015), 4: (0.1, 0.06), 5: (0.18, 0.13)}
CASES = ((3, 10), (3, 100), (4, 10), (5, 10))


def middle_error(value: Callable[[int, float], float]) -> Measurement:
    """Growth of the middle mode's time with ε^(2−N)/(N−2) along weighted flows at sample level, γ = 1/2, against I_N(θ)."""
    overlap = plain.compiled(MIDDLE.subs(p, HALF), R)
    return plain.worst(
        (
            f"N={number}, R={ratio}",
            plain.relative(settings.time_slopes(ratio, 0.5, number, STARTS[number])[1], value(number, float(np.arccos(overlap(ratio))))),
        )
        for number, ratio in CASES
    )


def by_quadrature(said: SimpleNamespace) -> Callable[[int, float], float]:
    """I_N(θ) from the stated integrand."""
    pace = plain.compiled(integrand(said, u), u, N, ANGLE)
    return lambda number, angle: quad(pace, 0, 1, args=(number, angle))[0]


def by_value(said: SimpleNamespace) -> Callable[[int, float], float]:
    """I_3 and I_4 as stated, and I_5 by quadrature."""
    known = {number: plain.compiled(value, ANGLE) for number, value in said.values.items()}
    return lambda number, angle: known[number](angle) if number in known else by_quadrature(said)(number, angle)


INTEGRAL = {
    "above": lambda share, number: (number - 2) * share ** (number - 3),
    "radicand": lambda share: 1 - share**2 * sp.sin(ANGLE) ** 2,
    "primitives": {3: PHI / sp.sin(ANGLE), 4: 2 * (1 - sp.cos(PHI)) / sp.sin(ANGLE) ** 2},
    "values": {3: ANGLE / sp.sin(ANGLE), 4: 2 / (1 + sp.cos(ANGLE))},
    "order": lambda integrand: integrand,
    "limit": 1 / sp.cos(ANGLE),
    "tail": sp.Integer(1),
}

OF_THE_INTEGRAL: dict[str, dict[str, Any]] = {  # near misses of both rows on it
    "the window does not depend on depth, I_N = 1": {"radicand": lambda share: sp.Integer(1)},
    "(N−2)u^(N−2)": {"above": lambda share, number: (number - 2) * share ** (number - 2)},
    "I_3 = tan θ/θ and I_4 = 1/cos θ": {"values": {3: sp.tan(ANGLE) / ANGLE, 4: 1 / sp.cos(ANGLE)}},
    "half of the functions of φ": {"primitives": {3: PHI / sp.sin(ANGLE) / 2, 4: (1 - sp.cos(PHI)) / sp.sin(ANGLE) ** 2}},
    "it decreases with depth": {"order": lambda integrand: -integrand},
    "limit cos²θ": {"limit": sp.cos(ANGLE) ** 2},
    "limit 1/cos²θ": {"limit": 1 / sp.cos(ANGLE) ** 2, "tail": sp.Integer(2)},
}

CLAIMS = (
    Claim(
        id="depth-delays-the-middle-mode",
        says="STEP with minority share 0 < p < 1, counts R ≥ 1 and 1, γ = 1/2, squared loss, N ≥ 3 layers with all amplitudes ε along the "
        "singular vectors of Z, in the flow while the mode is small (residual held at ZΩ): with cos θ = (p√R + 1 − p)/√(pR + 1 − p) the "
        "time T of the middle mode to any amplitude has (N−2)ε^(N−2) T → I_N(θ) as ε → 0, I_N(θ) the integral of "
        "(N−2)u^(N−3)/√(1 − u² sin²θ) over u from 0 to 1. For R > 1, where θ > 0, I_3 = θ/sin θ and I_4 = 2/(1 + cos θ), and I_N "
        "increases in N and tends to 1/cos θ. In runs of the whole weighted flow with equal halves, R = 10 at N = 3, 4, 5 and R = 100 at "
        "N = 3, half times grow as ε falls by I_N(θ), within 5e−4.",
        source=OURS,
        shares="layers of STEP",
        stated={
            **INTEGRAL,
            "others": lambda others, own: others,
            "own": RATE * AMPLITUDE ** (N - 2) * ALONG,
            "first": RATE * AMPLITUDE ** (N - 1),
            "balance": sp.Integer(1),
            "scale": (N - 2) * RATE * START ** (N - 2),
            "overlap": MIDDLE,
            "rate": sp.Integer(1),
        },
        hypotheses={**RATIO, **SHARE, **DEEP, **ACUTE},
        witnesses=(POINT,),
        parts=lambda said: (*_small_parts(said), *_angle_parts(said), *value_parts(said), *limit_parts(said)),
        runs=lambda said: (
            Agrees(
                id="middle-times-of-runs",
                says="growth of the middle mode's half time as ε falls, whole weighted flow at sample level, against the stated integral",
                uses=("above", "radicand"),
                measure=lambda: middle_error(by_quadrature(said)),
                bound=MIDDLE_TOLERANCE,
            ),
            Agrees(
                id="middle-times-by-value",
                says="the same against the stated values at N = 3 and 4",
                uses=("values",),
                measure=lambda: middle_error(by_value(said)),
                bound=MIDDLE_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("by its own amplitude", {"others": lambda others, own: others * own}),
            NearMiss("x^(N−1) b", {"own": RATE * AMPLITUDE ** (N - 1) * ALONG}),
            NearMiss("x^(N−2) in W_1", {"first": RATE * AMPLITUDE ** (N - 2)}),
            NearMiss("x² − 2b²", {"balance": sp.Integer(2)}),
            NearMiss("ε^(N−1)", {"scale": (N - 2) * RATE * START ** (N - 1)}),
            NearMiss("p and 1 − p exchanged", {"overlap": MIDDLE.subs(p, 1 - p)}),
            NearMiss("a rate of 2", {"rate": sp.Integer(2)}),
            *(NearMiss(says, changes) for says, changes in OF_THE_INTEGRAL.items()),
        ),
        coq={
            "integral-of-3-layers": ("depth.middle.integral_of_3_layers",),
            "integral-of-4-layers": ("depth.middle.integral_of_4_layers",),
            "increases-with-depth": ("depth.middle.increases_with_depth",),
            "below-its-limit": ("depth.middle.below_its_limit",),
            "lower-bound-at-great-depth": ("depth.middle.lower_bound_at_great_depth",),
            "limit-at-great-depth": ("depth.middle.limit_at_great_depth",),
        },
    ),
)
