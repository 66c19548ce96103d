"""Learning times of contrasts at any depth: in their own scale they are those of two layers, and what the start leaves in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
import sympy as sp

from proofs.claims.common import HALF, RATIO, at, identities, identity, step_rates
from proofs.claims.depth import settings
from proofs.claims.unconstrained_features import settings as plain
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Limit, MatrixIdentity, Measurement
from theory.constrained_features import exact_flows
from theory.data.counts import symbolic_step
from theory.depth import layers
from theory.depth.layers import AMPLITUDE, AMPLITUDES, FRAMES, RATES, N
from theory.depth.middle import moments
from theory.models.reduction import S
from theory.symbols import R, c, delta, fraction, gamma, m_majority, m_minority, p, sigma
from theory.unconstrained_features import timing

n, omega, s = sp.symbols("n omega s", positive=True)  # of a class; the rate ω√n of its contrasts
other_rate = sp.Symbol("s_j", positive=True)
kappa, other_kappa = sp.symbols("kappa kappa_j", positive=True)  # every factor of a mode starts at κε
M = sp.Symbol("M", positive=True)  # N − 2
K1, K2, K3, K4 = sp.symbols("k_1 k_2 k_3 k_4", real=True)  # what does not depend on the start, or is bounded, of two modes
TWO_A_GROUP = {"two classes or more in each group": sp.And(m_majority >= 2, m_minority >= 2)}
DEEP = {"N ≥ 3": N >= 3}
BELOW = {"0 < f < 1": fraction < 1}
POINT = {
    N: sp.Integer(3),
    M: sp.Integer(1),
    AMPLITUDE: HALF,
    R: sp.Integer(4),
    p: HALF,
    gamma: sp.Rational(1, 4),
    c: sp.Integer(4),
    m_majority: sp.Integer(2),
    m_minority: sp.Integer(2),
    fraction: HALF,
    delta: sp.Integer(1),
    sigma: sp.Integer(1),
    **dict.fromkeys((n, omega, s, other_rate, kappa, other_kappa, K1, K2, K3, K4), sp.Integer(1)),
}
LATER = {**POINT, gamma: sp.Rational(3, 4)}


def time_of(rate: sp.Expr, strength: sp.Expr, left_out: sp.Expr) -> sp.Expr:
    """The part of a contrast's time that integrates exactly: ((κe^(−δ))^(−M) − what its end gives)/(Ms), M = N − 2."""
    return (sp.exp(M * delta) / strength**M - left_out) / (M * rate)


@cache
def _product(product: Callable[..., sp.MatrixExpr]) -> MatrixIdentity:
    whole, amplitudes, rest = layers.product_of_two()
    return MatrixIdentity(
        id="product-of-two-layers",
        says="layers with modes and a rest beside them: so is their product, with the products of amplitudes",
        left=whole,
        right=FRAMES[0] * product(amplitudes, AMPLITUDES[0]) * FRAMES[2].T + layers.beside(rest, FRAMES[0], FRAMES[2]),
        orthonormal=FRAMES[:3],
        diagonal=AMPLITUDES[:2],
    )


@cache
def _alone(weights: Callable[..., sp.MatrixExpr], others_of: Callable[..., sp.MatrixExpr]) -> tuple[MatrixIdentity, ...]:
    """Modes with ΩV = VΛ move alone, on both sides of every layer. They are kept, as most near misses leave them alone."""
    found = []
    for k, velocity in enumerate(layers.weighted_velocity()):
        left, right, own = FRAMES[k], FRAMES[k + 1], AMPLITUDES[k]
        others = sp.MatMul(*(x for x in AMPLITUDES if x != own))
        moved = weights(RATES) * others_of(others, own) * (S - sp.MatMul(*AMPLITUDES))
        for side, seen, stated in (("right", velocity * right, left * moved), ("left", left.T * velocity, moved * right.T)):
            found.append(
                MatrixIdentity(
                    id=f"layer-{3 - k}-from-the-{side}",
                    says=f"dW_{3 - k}/dt on the modes from the {side}: on their frames alone, Λ times the other amplitudes times "
                    "S − x_3x_2x_1",
                    left=seen,
                    right=stated,
                    orthonormal=FRAMES,
                    diagonal=(*AMPLITUDES, S, RATES),
                )
            )
    return tuple(found)


def _scaled_parts(said):
    yield _product(said.product)
    yield from _alone(said.weights, said.others)
    groups = symbolic_step(n_majority=n, n_minority=R, m_majority=m_majority, m_minority=m_minority)
    yield identities(
        "contrasts-are-such-modes",
        "a contrast u of classes of n samples and weight ω has uᵀZΩ^kZᵀu = nω^k for k = 0, 1, 2: equality in Cauchy and Schwarz, so that "
        "ΩZᵀu = ωZᵀu",
        [(moment.majority, said.contrast(k)) for k, moment in enumerate(moments(groups, (omega, sp.Integer(1))))],
    )
    x, rate = AMPLITUDE, said.rate(AMPLITUDE)
    yield identity(
        "rate-of-a-contrast",
        "Λ = ω and σ = √n: N equal amplitudes x have dx/dt = ωx^(N−1)(√n − x^N)",
        omega * layers.mode_rate().subs(sigma, sp.sqrt(n)),
        rate,
    )
    free = {exact_flows.RICH: omega * sp.sqrt(n), exact_flows.LAZY: omega}
    yield identity(
        "orthonormal-inputs",
        "which is the row `depth` of constrained features at orthonormal inputs, √e = ω√n and ℓ = ω",
        exact_flows.layer_rate().subs({**free, exact_flows.LAYERS: N, exact_flows.PRODUCT: x}, simultaneous=True),
        rate,
    )
    yield from _time_parts(said)
    majority, minority, _ = (mode.effective_singular_value for mode in step_rates())
    for name, slow, fast, where in (("below", minority, majority, gamma <= HALF), ("above", majority, minority, gamma >= HALF)):
        yield identity(
            f"window-{name}-one-half",
            f"γ {name} 1/2: the last scaled time of a contrast over the first, less 1, is the stated power of R less 1, whatever N",
            timing.window(slow, fast).relative,
            said.window[name],
            where,
            *RATIO.values(),
        )
    yield Holds(
        id="flat-only-at-one-half",
        says="R > 1 and γ other than 1/2: the scaled times of the contrasts of both groups differ",
        condition=sp.Ne(majority, minority),
        where=(R > 1, sp.Ne(gamma, said.flat)),
    )
    yield identities(
        "flat-at-one-half", "at γ = 1/2 they are equal", [(at(majority, {gamma: said.flat}), at(minority, {gamma: said.flat}))], R > 1
    )


def _time_parts(said):
    """From the rate to the limit of the time, for every start κε, ε = e^(−δ), and every share f < 1."""
    x, left = AMPLITUDE, sp.sqrt(n) - AMPLITUDE**N
    yield identity(
        "time-splits",
        "1 over the rate is (x^(1−N) + x/(√n − x^N))/(ω√n), of which the first part integrates to ((κε)^(2−N) − x_f^(2−N))/((N−2)ω√n)",
        1 / said.rate(x),
        (x ** (1 - N) + said.rest * x / left) / (omega * sp.sqrt(n)),
        x**N < sp.sqrt(n),
    )
    yield Holds(
        id="rest-is-bounded",
        says="up to the share f the other part is at most x/(√n(1 − f)), so that its integral is bounded whatever the start",
        condition=sp.And(x / left > 0, x / left <= said.bound * x / (sp.sqrt(n) * (1 - fraction)), evaluate=False),
        where=(*BELOW.values(), x**N <= fraction * sp.sqrt(n)),
    )
    for name, rest, words in (("lower", 0, "without the rest"), ("upper", K2, "with any bounded rest as well")):
        yield Limit(
            id=f"{name}-bound-of-time",
            says=f"{words}: M e^(−Mδ) T tends to 1/(κ^M s), M = N − 2, s = ω√n",
            expr=M * sp.exp(-M * delta) * (time_of(s, kappa, K1) + rest),
            variable=delta,
            point=sp.oo,
            value=said.limit,
        )


def _memory_parts(said):
    yield Limit(
        id="ratio-of-times",
        says="N ≥ 3: the ratio of two times, with any bounded rests, tends to (s_j/s_i)(κ_j/κ_i)^M",
        expr=(time_of(s, kappa, K1) + K2) / (time_of(other_rate, other_kappa, K3) + K4),
        variable=delta,
        point=sp.oo,
        value=said.ratio,
    )
    yield identity(
        "time-of-two-layers",
        "N = 2: 1 over the rate ωx(√n − x²) is (1/x + x/(√n − x²))/(ω√n), of which the first part integrates to (δ + ln(x_f/κ))/(ω√n)",
        1 / (omega * layers.mode_rate().subs({N: 2, sigma: sp.sqrt(n)})),
        (1 / AMPLITUDE + said.rest * AMPLITUDE / (sp.sqrt(n) - AMPLITUDE**2)) / (omega * sp.sqrt(n)),
        sp.sqrt(n) > AMPLITUDE**2,
    )
    yield Limit(
        id="two-layers-forget",
        says="N = 2: the ratio of two times, with any bounded rests, tends to s_j/s_i whatever the strengths",
        expr=((delta + K1 - sp.log(kappa)) / s) / ((delta + K2 - sp.log(other_kappa)) / other_rate),
        variable=delta,
        point=sp.oo,
        value=said.two,
    )


# How it is run -----------------------------------------------------------------------------------------------------------

SLOPE_TOLERANCE = 5e-4  # what the difference of two starts leaves out is of the order of ε² of the larger, or less
STARTS = {2: (3e-4, 1e-6), 3: (0.03, 0.018), 4: (0.12, 0.08)}


STRENGTHS = (1.3, 1.0, 0.9)  # of majority contrast, middle mode, minority contrast


def scaled_error(limit: sp.Expr) -> Measurement:
    """Growth of learning times with ε^(2−N)/(N−2) along runs, two fractions, against the stated limit."""
    stated = plain.compiled(limit, s, kappa, M)

    def errors() -> Iterator[tuple[str, float]]:
        for number in (3, 4):
            for ratio, gamma_, fraction_ in ((10, 0.5, 0.9), (10, 0.0, 0.5), (4, 0.75, 0.5))[: 6 - number]:
                found = settings.time_slopes(ratio, gamma_, number, STARTS[number], fraction=fraction_, strengths=STRENGTHS)
                ends = ((ratio, STRENGTHS[0]), (1, STRENGTHS[2]))
                expected = [stated(float(count) ** (0.5 - gamma_), strength, number - 2) for count, strength in ends]
                yield f"N={number}, R={ratio}, γ={gamma_}", plain.relative(found[[0, 2]], np.array(expected))

    return plain.worst(errors())


def memory_error(ratio: Callable[[int], sp.Expr]) -> Measurement:
    """T_min/T_maj of contrasts from starts of different strength, as they grow, against the stated ratio; 2, 3 and 4 layers.

    The majority is learned first in them: where a mode of smaller n ω comes first, rounding beside the modes grows exponentially.
    """

    def errors() -> Iterator[tuple[str, float]]:
        for number in (2, 3, 4):
            stated = plain.compiled(ratio(number), s, other_rate, kappa, other_kappa)
            for strengths in (STRENGTHS, (1.0, 1.0, 1.5))[: 5 - number]:
                found = settings.time_slopes(10, 0.0, number, STARTS[number], strengths=strengths)
                yield (
                    f"N={number}, κ={strengths}",
                    plain.relative(found[2] / found[0], stated(1.0, np.sqrt(10), strengths[2], strengths[0])),
                )

    return plain.worst(errors())


RATIO_OF_TIMES = (other_rate / s) * (other_kappa / kappa) ** M

CLAIMS = (
    Claim(
        id="depth-scaled-time",
        says="Weighted squared loss, N ≥ 3 layers that start on the singular vectors of Z. Modes with ΩV = VΛ, such as the contrasts of "
        "classes of one count and weight, where σ = √n and Λ = ω, move alone at any depth. From amplitudes κε the time T of a contrast to "
        "any share f < 1 has (N−2)ε^(N−2) T → κ^(2−N)/s as ε → 0, with s = ω√n. So under STEP, ω = n^(−γ), counts R ≥ 1 and 1, equal κ "
        "and two classes or more in each group, the window of the contrasts relative to the first of them does not depend on the depth: "
        "R^|1/2−γ| − 1, which for R > 1 is 0 iff γ = 1/2.",
        source=OURS,
        shares="layers of STEP",
        stated={
            "product": lambda product, first: product,
            "weights": lambda rates: rates,
            "contrast": lambda k: n * omega**k,
            "others": lambda others, own: others,
            "rate": lambda x: omega * x ** (N - 1) * (sp.sqrt(n) - x**N),
            "rest": sp.Integer(1),
            "bound": sp.Integer(1),
            "limit": kappa**-M / s,
            "window": {"below": R ** (HALF - gamma) - 1, "above": R ** (gamma - HALF) - 1},
            "flat": HALF,
        },
        hypotheses={**DEEP, **RATIO, **TWO_A_GROUP, **BELOW},
        witnesses=(POINT, LATER),
        parts=lambda said: tuple(_scaled_parts(said)),
        runs=lambda said: (
            Agrees(
                id="times-of-runs",
                says="growth of the times of both contrasts as ε falls, 3 and 4 layers, two or three weightings, two fractions",
                uses=("limit",),
                measure=lambda: scaled_error(said.limit),
                bound=SLOPE_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("the square of one amplitude", {"product": lambda product, first: first * first}),
            NearMiss("without the weights", {"weights": lambda rates: sp.Identity(rates.shape[0])}),
            NearMiss("contrasts of σ = n", {"contrast": lambda k: n**2 * omega**k}),
            NearMiss("by its own amplitude", {"others": lambda others, own: others * own}),
            NearMiss("x^N in place of x^(N−1)", {"rate": lambda x: omega * x**N * (sp.sqrt(n) - x**N)}),
            NearMiss("the rest counts twice", {"rest": sp.Integer(2)}),
            NearMiss("the rest is at most half of that", {"bound": HALF}),
            NearMiss("scaled by ε^(N−1), as if s were s κε", {"limit": kappa ** (-M - 1) / s}),
            NearMiss("1/s² in place of 1/s", {"limit": kappa**-M / s**2}),
            NearMiss("R^|1−γ| − 1", {"window": {"below": R ** (1 - gamma) - 1, "above": R ** (gamma - 1) - 1}}),
            NearMiss("flat at γ = 1", {"flat": sp.Integer(1)}),
        ),
        plain="with three layers or more, as with two, weights n^(−1/2) make the contrasts of majority and minority learn together from "
        "equal small starts",
    ),
    Claim(
        id="depth-remembers-the-init",
        says="Contrasts of classes, as in `depth-scaled-time`, from amplitudes κ_iε in every layer: as ε → 0 the ratio T_i/T_j of their "
        "times tends to (s_j/s_i)(κ_j/κ_i)^(N−2) for N ≥ 3 layers, so that a bounded difference of starts is not forgotten, and to "
        "s_j/s_i for N = 2.",
        source=OURS,
        shares="layers of STEP",
        stated={"ratio": RATIO_OF_TIMES, "rest": sp.Integer(1), "two": other_rate / s},
        witnesses=(POINT,),
        parts=lambda said: tuple(_memory_parts(said)),
        runs=lambda said: (
            Agrees(
                id="ratios-of-runs",
                says="ratios of how the times of both contrasts grow as ε falls, 2 to 4 layers, starts of different strength",
                uses=("ratio", "two"),
                measure=lambda: memory_error(lambda number: said.two if number == 2 else said.ratio.subs(M, number - 2)),
                bound=SLOPE_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("forgotten at every depth", {"ratio": other_rate / s}),
            NearMiss("(κ_j/κ_i)^(N−1)", {"ratio": RATIO_OF_TIMES * other_kappa / kappa}),
            NearMiss("the strengths exchanged", {"ratio": (other_rate / s) * (kappa / other_kappa) ** M}),
            NearMiss("the rest counts twice", {"rest": sp.Integer(2)}),
            NearMiss("remembered at two layers", {"two": other_rate * other_kappa / (s * kappa)}),
        ),
        plain="with three layers or more, how large a mode starts decides as much as its rate when it is learned; with two it does not",
    ),
)
