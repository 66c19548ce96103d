"""The window of the middle mode at each depth, from 0 at two layers to the paper's at infinitely many, and the start that leaves none."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import sympy as sp

from proofs.claims.common import HALF, RATIO, SHARE, at, identities, identity
from proofs.claims.depth import settings
from proofs.claims.depth.delayed_middle import (
    ACUTE,
    CASES,
    GROUPS,
    INTEGRAL,
    MIDDLE_TOLERANCE,
    OF_THE_INTEGRAL,
    STARTS,
    WEIGHTS,
    WITH,
    by_quadrature,
    limit_parts,
)
from proofs.claims.depth.delayed_middle import POINT as OF_THE_MIDDLE
from proofs.claims.unconstrained_features import settings as plain
from proofs.claims.unconstrained_features.windows import MIDDLE_HALVES
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Limit, Measurement, Supremum
from theory.data import counts
from theory.data.weights import exponent_weights
from theory.depth import middle
from theory.depth.layers import AMPLITUDE, N
from theory.depth.middle import ALONG, ANGLE, RATE
from theory.depth.middle import SHARE as u
from theory.symbols import R, c, delta, m_majority, m_minority, t

M = sp.Symbol("M", positive=True)  # N − 2
K1, K2 = sp.symbols("k_1 k_2", real=True)  # what is bounded, of two modes
TWO_A_GROUP = {"two classes or more in each half": m_majority >= 2}
POINT = {
    **OF_THE_MIDDLE,
    t: sp.Integer(1),
    m_majority: sp.Integer(2),
    m_minority: sp.Integer(2),
    **dict.fromkeys((K1, K2, M), sp.Integer(1)),
}


def _window_parts(said):
    """Equal halves: all rates are 1, what two layers do, the angle of each R, and the suprema over R."""
    halves = counts.symbolic_step(n_majority=R, n_minority=sp.Integer(1), m_majority=c / 2, m_minority=c / 2)
    weights = exponent_weights(halves, HALF)
    *_, twice = middle.moments(halves, weights)
    where = tuple(RATIO.values())
    yield identities(
        "all-rates-are-one",
        "γ = 1/2: the squared rates uᵀZΩ²Zᵀu of majority and minority contrasts and of the middle mode are 1",
        [(getattr(twice, name), said.rates) for name in ("majority", "minority", "middle")],
        *where,
    )
    own, first = (rate.subs({N: 2, RATE: 1}) for rate in middle.small_rates())
    x, b = said.grown, sp.diff(said.grown, t)
    values = {AMPLITUDE: x, ALONG: b}
    yield identities(
        "two-layers-solved",
        "N = 2: x = ε((1 + cos θ)e^t + (1 − cos θ)e^(−t))/2 and b = dx/dt solve it, from x = ε and b = ε cos θ",
        [
            (own.subs(values, simultaneous=True), sp.diff(x, t)),
            (first.subs(values, simultaneous=True), sp.diff(b, t)),
            (at(x, {t: sp.Integer(0)}), sp.Integer(1)),
            (at(b, {t: sp.Integer(0)}), sp.cos(ANGLE)),
        ],
        *WITH,
    )
    yield Holds(
        id="two-layers-grow",
        says="N = 2: it lies between ε(1 + cos θ)e^t/2 and εe^t",
        condition=sp.And(x >= (1 + sp.cos(ANGLE)) * sp.exp(t) / 2, x <= sp.exp(t), evaluate=False),
        where=(*WITH, t >= 0),
    )
    yield Limit(
        id="no-window-of-two-layers",
        says="N = 2: the later of the two bounds of the time to 1 is δ + ln(2/(1 + cos θ)), the earlier is δ: over δ both tend to 1",
        expr=(delta + sp.log(2 / (1 + sp.cos(ANGLE)))) / delta - 1,
        variable=delta,
        point=sp.oo,
        value=said.two,
        where=WITH,
    )


def _paper_parts(said):
    """The angle is that of the paper's effective singular value, over all R, and the suprema of the window over R."""
    halves = counts.symbolic_step(n_majority=R, n_minority=sp.Integer(1), m_majority=c / 2, m_minority=c / 2)
    weights = exponent_weights(halves, HALF)
    without, once, _ = middle.moments(halves, weights)
    where = tuple(RATIO.values())
    yield identity(
        "overlap-is-the-papers-value",
        "cos θ is the effective singular value (σλ)_mid of the paper",
        middle.overlap(halves, weights),
        once.middle / sp.sqrt(without.middle) / said.rates,
        *where,
    )
    yield identity("middle-value", "which is (√R + 1)/√(2(R + 1))", once.middle / sp.sqrt(without.middle), said.paper, *where)
    yield Holds(
        id="below-the-bound-at-every-depth",
        says="1/√(1 − u² sin²θ) ≤ 1/cos θ < √2 for every u ≤ 1 and every R: the window is below √2 − 1 at every depth",
        condition=1 / sp.sqrt(1 - u**2 * (1 - said.paper**2)) < said.bound,
        where=(*where, u <= 1),
    )
    yield identity(
        "angle-of-each-ratio",
        "tan θ = (√R − 1)/(√R + 1) has 1/(1 + tan²θ) = cos²θ: as R runs from 1 to ∞, θ runs from 0 to π/4",
        1 / (1 + said.tangent**2),
        said.paper**2,
        *where,
    )
    yield Supremum(
        id="angles-reach-one-eighth-of-a-turn",
        says="tan θ has the supremum 1, not attained",
        expr=said.tangent,
        variable=R,
        start=sp.Integer(1),
        end=sp.oo,
        value=said.turn,
        attained=False,
    )
    for number, value in said.values.items():
        yield Supremum(
            id=f"supremum-of-{number}-layers",
            says=f"N = {number}: over 0 < θ < π/4 the window has the stated supremum, not attained",
            expr=value - 1,
            variable=ANGLE,
            start=sp.Integer(0),
            end=sp.pi / 4,
            value=said.suprema[number],
            attained=False,
            where=(ANGLE > 0, sp.pi / 4 > ANGLE),
        )


def _aligned_parts(said):
    own, first = middle.small_rates()
    yield identities(
        "equal-amplitudes-stay-equal",
        "b = x: both move at x^(N−1), s = 1",
        [(sp.sympify(rate).subs({ALONG: AMPLITUDE, RATE: 1}), said.rate) for rate in (own, first)],
    )
    *_, twice = middle.moments(GROUPS, WEIGHTS)
    yield identities(
        "all-rates-are-one",
        "γ = 1/2: so are the squared rates of both contrasts and of the middle mode",
        [(getattr(twice, name), said.rates) for name in ("majority", "minority", "middle")],
        *RATIO.values(),
        *SHARE.values(),
    )
    yield identities(
        "power-falls-evenly",
        "N ≥ 3: x^(2−N) falls at the rate N − 2, so that the time is (ε^(2−N) less a constant)/(N − 2); N = 2: dx/dt = x, so that it is "
        "δ and a constant",
        [
            (sp.Mul(sp.diff(AMPLITUDE ** (2 - N), AMPLITUDE), said.rate, evaluate=False), said.slope),
            (at(own, {N: sp.Integer(2), ALONG: AMPLITUDE, RATE: sp.Integer(1)}), said.two),
        ],
    )
    for name, words, grown in (("two", "N = 2", delta), ("more", "N ≥ 3, M = N − 2", sp.exp(M * delta) / M)):
        yield Limit(
            id=f"no-window-of-{name}-layers",
            says=f"{words}: the ratio of two times, with any bounded rests, less 1 tends to 0 as δ → ∞",
            expr=(grown + K1) / (grown + K2) - 1,
            variable=delta,
            point=sp.oo,
            value=said.window,
        )


# How it is run -----------------------------------------------------------------------------------------------------------


def window_error(value: Callable[[int, float], float]) -> Measurement:
    """1 + the window of the middle mode behind the minority contrast as it grows, against I_N(θ), and against 1 at N = 2."""
    overlap = plain.compiled(MIDDLE_HALVES, R)

    def errors() -> Iterator[tuple[str, float]]:
        for number, ratio in ((2, 10), *CASES):
            _, late, early = settings.time_slopes(ratio, 0.5, number, STARTS.get(number, (1e-4, 1e-8)))
            expected = 1.0 if number == 2 else value(number, float(np.arccos(overlap(ratio))))
            yield f"N={number}, R={ratio}", plain.relative(late / early, expected)

    return plain.worst(errors())


ALIGNED_TOLERANCE = 1e-4


def aligned_error(window: float) -> Measurement:
    """The window of the middle mode behind the minority contrast as it grows, from starts along ZΩ, against the stated one."""

    def errors() -> Iterator[tuple[str, float]]:
        for number, ratio in ((3, 10), (3, 100), (4, 10)):
            _, late, early = settings.time_slopes(ratio, 0.5, number, STARTS[number], weighted=True)
            yield f"N={number}, R={ratio}", abs(late / early - 1 - window)

    return plain.worst(errors())


CLAIMS = (
    Claim(
        id="paper-window-is-infinite-depth",
        says="STEP with equal halves of two classes or more, counts R ≥ 1 and 1, γ = 1/2, squared loss, N layers with all amplitudes ε "
        "along the singular vectors of Z, in the flow while modes are small (`depth-delays-the-middle-mode`). All rates are 1, so that "
        "as ε → 0 the window of the middle mode, relative to the contrasts, is 0 at N = 2 and I_N(θ) − 1 at N ≥ 3. As N → ∞ it tends to "
        "1/cos θ − 1, which is the paper's window 1/(σλ)_mid − 1 of `window-bound`. So it is below √2 − 1 at every depth, and the "
        "supremum over R is π√2/4 − 1 at N = 3 and 3 − 2√2 at N = 4, not attained.",
        source="ours; the bound √2 − 1: Zhao and Thrampoulidis, arXiv 2601.12011 (2026), as summarised",
        shares="layers of STEP",
        stated={
            **INTEGRAL,
            "rates": sp.Integer(1),
            "two": sp.Integer(0),
            "grown": ((1 + sp.cos(ANGLE)) * sp.exp(t) + (1 - sp.cos(ANGLE)) * sp.exp(-t)) / 2,
            "turn": sp.Integer(1),
            "paper": MIDDLE_HALVES,
            "bound": sp.sqrt(2),
            "tangent": (sp.sqrt(R) - 1) / (sp.sqrt(R) + 1),
            "suprema": {3: sp.pi * sp.sqrt(2) / 4 - 1, 4: 3 - 2 * sp.sqrt(2)},
        },
        hypotheses={**RATIO, **ACUTE, **TWO_A_GROUP},
        witnesses=(POINT,),
        parts=lambda said: (*_window_parts(said), *_paper_parts(said), *limit_parts(said)),
        runs=lambda said: (
            Agrees(
                id="windows-of-runs",
                says="windows of the middle mode behind the minority contrast, whole weighted flow at sample level, 2 to 5 layers",
                uses=("above", "radicand"),
                measure=lambda: window_error(by_quadrature(said)),
                bound=MIDDLE_TOLERANCE,
            ),
        ),
        near_misses=(
            *(NearMiss(says, changes) for says, changes in OF_THE_INTEGRAL.items() if "primitives" not in changes),
            NearMiss("rates of 2", {"rates": sp.Integer(2)}),
            NearMiss("two layers have the window of the paper", {"two": 1 / sp.cos(ANGLE) - 1}),
            NearMiss("cosh t alone", {"grown": sp.cosh(t)}),
            NearMiss("angles up to tan θ = 9/10", {"turn": sp.Rational(9, 10)}),
            NearMiss("the middle value without its 2", {"paper": (sp.sqrt(R) + 1) / sp.sqrt(R + 1)}),
            NearMiss("below 7/5 − 1", {"bound": sp.Rational(7, 5)}),
            NearMiss("tan θ = (R − 1)/(R + 1)", {"tangent": (R - 1) / (R + 1)}),
            NearMiss("suprema 11/100 and 17/100", {"suprema": {3: sp.Rational(11, 100), 4: sp.Rational(17, 100)}}),
        ),
        plain="with equal halves the paper's bound √2 − 1 on the window is one of every depth, and sharp in the limit of many layers "
        "alone: at two layers the window of small starts is 0",
    ),
    Claim(
        id="init-aligned-to-weighted-target",
        says="STEP, any split, γ = 1/2, counts R ≥ 1 and 1, squared loss, N ≥ 2 layers with all amplitudes ε along the singular vectors "
        "of ZΩ in place of Z, in the flow while modes are small: the middle mode obeys dx/dt = x^(N−1) as every contrast does, so that "
        "the window of scaled times is 0 at every depth. Runs of the whole weighted flow with equal halves, R = 10 at N = 3 and 4 and "
        "R = 100 at N = 3, have none above 1e−4.",
        source=OURS,
        stated={
            "rate": AMPLITUDE ** (N - 1),
            "rates": sp.Integer(1),
            "slope": 2 - N,
            "two": AMPLITUDE,
            "window": sp.Integer(0),
            "found": 0.0,
        },
        hypotheses={**RATIO, **SHARE},
        witnesses=(POINT,),
        parts=lambda said: tuple(_aligned_parts(said)),
        runs=lambda said: (
            Agrees(
                id="windows-of-aligned-runs",
                says="windows of the middle mode behind the minority contrast along the whole weighted flow from aligned starts",
                uses=("found",),
                measure=lambda: aligned_error(said.found),
                bound=ALIGNED_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("x^N", {"rate": AMPLITUDE**N}),
            NearMiss("the rate N − 1", {"slope": 1 - N}),
            NearMiss("e^(2t)", {"two": 2 * AMPLITUDE}),
            NearMiss("a window of √2 − 1", {"window": sp.sqrt(2) - 1}),
            NearMiss("rates of 2", {"rates": sp.Integer(2)}),
            NearMiss("the window of a start along Z, 0.039", {"found": 0.039}),
        ),
    ),
)
