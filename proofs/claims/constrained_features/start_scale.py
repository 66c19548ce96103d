"""What the start changes: contrasts between the rich and the lazy flow, the exponent of equal times, and more layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
import sympy as sp

from numerics.compiled import compile_loss
from numerics.constrained_features.inputs import block_gram, inputs_of
from numerics.constrained_features.runs import Run, linear_features_run, mode_shares, sample_weights, spectral_start
from numerics.integrate import integrate
from numerics.model_run import ModelFlow
from proofs.claims.common import HALF, identities, identity
from proofs.claims.constrained_features.blocks import EXCESS, POINT, SETTINGS, directions, majority_of, numbers_of, setting_of
from proofs.claims.unconstrained_features import settings
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Limit, MatrixIdentity, Measurement
from theory.constrained_features import exact_flows as flows
from theory.data.counts import ClassCounts
from theory.models.linear_features import X
from theory.models.model import Model, classes, descent, squared_descent
from theory.models.reduction import S
from theory.symbols import R, delta, fraction, gamma, n_minority
from theory.unconstrained_features import modes

r, ell, DELTA0, N = flows.RICH, flows.LAZY, flows.BALANCE, flows.LAYERS
w, v = flows.AMPLITUDES
A, D = sp.symbols("a_g d_g", positive=True)  # a and β − κ of one contrast
E = sp.Symbol("E", positive=True)  # e^x, x = arsinh(2wv/Δ)
TOTAL_RATE = flows.unbalanced_rate()  # r = √(4e + Δ²ℓ²)
LOW, HIGH = ((r + sign * TOTAL_RATE / 2) / (ell * DELTA0 / 2) for sign in (-1, 1))
PRODUCT_OF = DELTA0 * (E - 1 / E) / 4  # wv
LOGARITHMS = sp.symbols("L_maj L_min", positive=True)  # ln(e^(2δ)/√d − 1)
x, K1, K2, M = sp.symbols("x k_1 k_2 M", positive=True)  # a layer's amplitude; two constants; N − 2
STARTS = {f"e^(2δ) > 2√d, {name}": sp.exp(2 * delta) / sp.sqrt(d) > 2 for name, d in zip(("majority", "minority"), EXCESS, strict=True)}
IMBALANCE = {"R > 1": R > 1}
BELOW = {"0 < f < 1": fraction < 1}
WITNESS = {
    **POINT,
    R: sp.Integer(4),
    delta: sp.Integer(1),
    gamma: HALF,
    fraction: HALF,
    r: sp.Integer(1),
    ell: sp.Integer(1),
    DELTA0: sp.Integer(1),
    E: sp.Integer(1),
    w: sp.Integer(1),
    v: HALF,
    A: sp.Integer(2),
    D: sp.Rational(1, 4),
    x: HALF,
    N: sp.Integer(3),
    M: sp.Integer(1),
    K1: sp.Integer(1),
    K2: sp.Integer(1),
    LOGARITHMS[0]: sp.Integer(2),
    LOGARITHMS[1]: sp.Integer(1),
}
ON_CONTRAST = {r: A * sp.sqrt(D), ell: A * D}


def _lazy_to_rich_parts(said):
    moves = said.amplitudes
    beta = sp.sqrt(D) * v
    seen = (A * beta * (1 - w * beta), A * sp.sqrt(D) * w * (1 - w * beta))  # of w and of v = β/√d, by the flow of one contrast
    time = sp.log((E - LOW) / (HIGH - E)) / TOTAL_RATE
    moving = said.moving
    slope = sp.diff(PRODUCT_OF, E)
    return (
        identities(
            "amplitudes-on-a-contrast",
            "W = w u qᵀ, V = v q sᵀ on a contrast: dw/dt = v (√e − ℓwv), dv/dt = w (√e − ℓwv)",
            zip(seen, (move.subs(ON_CONTRAST, simultaneous=True) for move in moves), strict=True),
        ),
        identity("balance-is-kept", "Δ = w² − v² is kept", 2 * w * moves[0] - 2 * v * moves[1], sp.Integer(0)),
        identity(
            "rate-of-the-product", "p = wv: dp/dt = (√e − ℓp)√(Δ² + 4p²)", w * moves[1] + v * moves[0], said.product(w * v, w**2 - v**2)
        ),
        identity(
            "substitution-solves",
            "with p = Δ(E − 1/E)/4, so E = e^x and x = arsinh(2p/Δ), this is dE/dt = 2√e E − ℓΔ(E² − 1)/2",
            slope * moving,
            (r - ell * PRODUCT_OF) * DELTA0 * (E + 1 / E) / 2,
        ),
        identity(
            "root-of-the-substitution",
            "√(Δ² + 4p²) is Δ(E + 1/E)/2 there",
            DELTA0**2 + 4 * PRODUCT_OF**2,
            (said.root * DELTA0 * (E + 1 / E) / 2) ** 2,
        ),
        identity(
            "time-runs-as-stated",
            "T = ln((E − s₋)/(s₊ − E))/r has dT/dE · dE/dt = 1",
            said.pace * sp.diff(time, E) * moving,
            sp.Integer(1),
            LOW < E,
            HIGH > E,
        ),
        identity("end-is-the-target", "E = s₊ is p = √e/ℓ, where the share pℓ/√e is 1", PRODUCT_OF.subs(E, HIGH), said.end),
        Limit(id="rich-end", says="r → 2√e as Δ → 0", expr=TOTAL_RATE, variable=DELTA0, point=sp.Integer(0), value=said.rich),
        Limit(id="lazy-end", says="r/Δ → ℓ as Δ → ∞", expr=TOTAL_RATE / DELTA0, variable=DELTA0, point=sp.oo, value=said.lazy),
    )


def _exponent_parts(said):
    rich_exponent = flows.rich_exponent(R, EXCESS)
    counts = (R * n_minority, n_minority)
    times = [log / (2 * flows.rich_rate(n ** (1 - gamma), d)) for log, n, d in zip(LOGARITHMS, counts, EXCESS, strict=True)]
    equal = said.exponent(flows.exponent_of_logarithms(R, EXCESS, LOGARITHMS), rich_exponent)
    exact, rich = flows.equal_times_exponent(R, EXCESS), rich_exponent
    free = [1 / n for n in counts]
    alone = flows.equal_times_exponent(R, free)
    half_logs = [sp.log(d) / 2 for d in EXCESS]
    second = (half_logs[0] ** 2 - half_logs[1] ** 2) / (8 * sp.log(R))
    return (
        identity(
            "equal-times-at-this-exponent",
            "T_g = L_g/(2√e_g): ln T_maj − ln T_min = (γ − γ*(δ)) ln R, with any L_g > 0",
            sp.log(times[0]) - sp.log(times[1]),
            (gamma - equal) * sp.log(R),
            *IMBALANCE.values(),
        ),
        Limit(
            id="first-order-in-the-start",
            says="δ (γ*(δ) − γ*_rich) → −(1 − γ*_rich)/2 as δ → ∞",
            expr=delta * (exact - rich),
            variable=delta,
            point=sp.oo,
            value=-said.first * (1 - rich),
            where=tuple(IMBALANCE.values()),
        ),
        Limit(
            id="next-order-is-bounded",
            says="δ² (γ*(δ) − γ*_rich + (1 − γ*_rich)/(2δ)) has a limit",
            expr=delta**2 * (exact - rich + said.first * (1 - rich) / delta),
            variable=delta,
            point=sp.oo,
            value=said.second * second,
            where=tuple(IMBALANCE.values()),
        ),
        Limit(
            id="free-features",
            says="free features, d = 1/n: δ (γ*(δ) − 1/2) → −1/4",
            expr=delta * (alone - HALF),
            variable=delta,
            point=sp.oo,
            value=said.free,
            where=tuple(IMBALANCE.values()),
        ),
        *_below_one_half(said, free),
    )


def _below_one_half(said, free):
    """Free features, with β − κ the two numbers `free`."""
    return (
        identity(
            "free-features-for-any-logarithms",
            "free features: γ*(δ) = 1/2 − ln(L_maj/L_min)/ln R",
            flows.exponent_of_logarithms(R, free, LOGARITHMS),
            said.free_rich - sp.log(LOGARITHMS[0] / LOGARITHMS[1]) / sp.log(R),
            *IMBALANCE.values(),
        ),
        Holds(
            id="majority-logarithm-is-larger",
            says="free features: L_maj > L_min at every start below one half",
            condition=sp.log(sp.sqrt(R * n_minority) * sp.exp(2 * delta) - 1)
            > said.times * sp.log(sp.sqrt(n_minority) * sp.exp(2 * delta) - 1),
            where=(*IMBALANCE.values(), sp.sqrt(n_minority) * sp.exp(2 * delta) > 2),
        ),
        Holds(
            id="free-features-below-one-half",
            says="so γ*(δ) < 1/2, whatever R > 1",
            condition=said.level(HALF - sp.log(LOGARITHMS[0] / LOGARITHMS[1]) / sp.log(R)) < HALF,
            where=(*IMBALANCE.values(), LOGARITHMS[0] > LOGARITHMS[1]),
        ),
    )


def _depth_parts(said):
    slow = (sp.exp(M * delta) - K1) / (M * r)
    scale = M * sp.exp(-M * delta)
    return (
        *_three_layers(said),
        identity("rate-of-balanced-layers", "N equal amplitudes x: dx/dt = x^(N−1)(√e − ℓx^N)", flows.layer_rate(), said.rate),
        identity(
            "time-splits",
            "1 over this rate is (x^(1−N) + ℓx/(√e − ℓx^N))/√e, of which the first part integrates to (e^((N−2)δ) − x_f^(2−N))/((N−2)√e)",
            1 / (x ** (N - 1) * (r - ell * x**N)),
            (x ** (1 - N) + said.rest * ell * x / (r - ell * x**N)) / r,
            ell * x**N < r,
        ),
        Holds(
            id="rest-is-bounded",
            says="up to the share f the other part is at most ℓx/(√e(1 − f)), so its integral is bounded whatever the start",
            condition=sp.And(
                ell * x / (r - ell * x**N) > 0, ell * x / (r - ell * x**N) <= said.bound * ell * x / (r * (1 - fraction)), evaluate=False
            ),
            where=(*BELOW.values(), ell * x**N <= fraction * r),
        ),
        Limit(
            id="lower-bound-of-time",
            says="without the rest: T M e^(−Mδ) → 1/√e, M = N − 2",
            expr=slow * scale,
            variable=delta,
            point=sp.oo,
            value=said.limit,
        ),
        Limit(
            id="upper-bound-of-time",
            says="with any bounded rest as well",
            expr=(slow + K2) * scale,
            variable=delta,
            point=sp.oo,
            value=said.limit,
        ),
    )


def _three_layers(said):
    """Three layers on inputs, on frames with Z = U S Rᵀ and X = L k Rᵀ (weights absorbed): each moves by the product of the others."""
    widths = (classes, *sp.symbols("d_2 d_1", positive=True, integer=True), X.shape[0])
    factors = [sp.MatrixSymbol(f"W_{3 - i}", widths[i], widths[i + 1]) for i in range(3)]
    model = Model("three layers on constant inputs", tuple(factors), sp.MatMul(*factors, X))
    frames = [modes.U, *(sp.MatrixSymbol(f"Q_{i}", widths[i], S.shape[0]) for i in (1, 2)), sp.MatrixSymbol("L", X.shape[0], S.shape[0])]
    y = [sp.MatrixSymbol(name, *S.shape) for name in ("x_3", "x_2", "x_1")]
    k = sp.MatrixSymbol("k", *S.shape)
    point = {X: frames[3] * k * modes.V.T, model.target: modes.U * S * modes.V.T, model.weights: sp.Identity(X.shape[1])}
    point |= {factor: frames[i] * y[i] * frames[i + 1].T for i, factor in enumerate(factors)}
    velocity = squared_descent(model)
    error = S - y[0] * y[1] * y[2] * k
    return (
        MatrixIdentity(
            id=f"layer-{3 - i}-moves-by-the-others",
            says=f"three layers: dW_{3 - i}/dt is the product of the other amplitudes times (S − x_3x_2x_1k)k on the frames",
            left=velocity[factors[i]].xreplace(point),
            right=frames[i] * said.others([y[j] for j in range(3) if j != i], y[i]) * error * k * frames[i + 1].T,
            orthonormal=(*frames, modes.V),
            diagonal=(S, k, *y),
        )
        for i in range(3)
    )


# How it is run ----------------------------------------------------------------------------

TIME_TOLERANCE = 1e-7  # relative, of a first time on a path that is integrated to 1e-12 a step
DEPTH_TOLERANCE = 1e-3  # what the difference of two starts leaves out is ℓe^(−2δ)/√e at δ = 3, over e^(4) and more


def _family_time(product: sp.Expr) -> sp.Expr:
    """T to one half of the contrast from W(0)W(0)ᵀ = Δ, V(0) = 0, of the stated rate of the product, by quadrature over p."""
    return sp.lambdify((flows.PRODUCT, r, ell, DELTA0), 1 / product, "numpy")


def family_error(product: sp.Expr) -> Measurement:
    """Half times of contrasts along runs from W(0)W(0)ᵀ = Δ I, V(0) = 0, relative, against the integral of 1 over the stated dp/dt."""
    from scipy.integrate import quad

    pace = _family_time(product)

    def errors() -> Iterator[tuple[str, float]]:
        for counts, within, between in SETTINGS[:3]:
            setting, X_ = setting_of(counts), inputs_of(block_gram(counts, within, between))
            W0, V0 = spectral_start(setting, X_, 0.0)
            groups = [0, 2] if counts.c - majority_of(counts) > 1 else [0]
            _, _, a_maj, a_min, d_maj, d_min, _ = numbers_of(counts, within, between, 0.5)
            for unbalance in (0.01, 1.0, 100.0):
                run = linear_features_run(setting, X_, np.sqrt(unbalance) * W0, 0 * V0, 20.0 / np.sqrt(unbalance + 1))
                found = run.first_times(mode_shares(setting, directions(counts)[:, groups]))
                expected = [
                    quad(pace, 0, 0.5 / np.sqrt(d), args=(a * np.sqrt(d), a * d, unbalance), epsabs=1e-13, epsrel=1e-12)[0]
                    for a, d in ((a_maj, d_maj), (a_min, d_min))
                ]
                yield (
                    f"{counts.per_class}, Δ={unbalance}",
                    settings.relative(np.array(found, dtype=float), np.array(expected)[: len(groups)]),
                )

    return settings.worst(errors())


def equal_times_error(exponent: sp.Expr) -> Measurement:
    """T_maj/T_min − 1 of contrasts along runs from a spectral start, at the stated exponent for this δ."""
    stated = settings.compiled(exponent, R, *EXCESS, delta)

    def errors() -> Iterator[tuple[str, float]]:
        for counts, within, between in (SETTINGS[0], SETTINGS[2], SETTINGS[3]):
            for depth in (3.0, 6.0):
                *_, d_maj, d_min, _ = numbers_of(counts, within, between, 0.0)
                power = float(stated(counts.per_class[0] / counts.per_class[-1], d_maj, d_min, depth))
                setting, X_ = setting_of(counts, power), inputs_of(block_gram(counts, within, between))
                run = linear_features_run(setting, X_, *spectral_start(setting, X_, depth), 4 * depth)
                majority, minority = run.first_times(mode_shares(setting, directions(counts)[:, [0, 2]]))
                yield f"{counts.per_class}, δ={depth}", abs(float(majority or np.nan) / float(minority or np.nan) - 1)

    return settings.worst(errors())


def depth_error(limit: sp.Expr) -> Measurement:
    """(T(δ') − T(δ))(N − 2)/(e^((N−2)δ') − e^((N−2)δ)) of contrasts along runs of N = 3 and 4 layers, against the stated limit."""
    stated = settings.compiled(limit, r)

    def errors() -> Iterator[tuple[str, float]]:
        counts, within, between = ClassCounts((4, 4, 2, 2)), 0.35, 0.15
        _, _, a_maj, a_min, d_maj, d_min, _ = numbers_of(counts, within, between, 0.5)
        expected = np.array([float(stated(a * np.sqrt(d))) for a, d in ((a_maj, d_maj), (a_min, d_min))])
        for layers, starts in ((3, (3.0, 4.5)), (4, (2.5, 3.2))):
            times = [_layers_half_times(counts, within, between, layers, start) for start in starts]
            power = layers - 2
            found = (times[1] - times[0]) * power / (np.exp(power * starts[1]) - np.exp(power * starts[0]))
            yield f"{layers} layers", settings.relative(found, expected)

    return settings.worst(errors())


@cache
def _layers_half_times(counts: ClassCounts, within: float, between: float, layers: int, start: float) -> np.ndarray:
    """When a majority and a minority contrast reach one half, N layers from a balanced spectral start e^(−δ)."""
    setting, X_ = setting_of(counts), inputs_of(block_gram(counts, within, between))
    widths = (classes, *(sp.Symbol(f"d_{layers - i}", positive=True, integer=True) for i in range(1, layers)), X.shape[0])
    factors = tuple(sp.MatrixSymbol(f"W_{layers - i}", widths[i], widths[i + 1]) for i in range(layers))
    model = Model(f"{layers} layers on constant inputs", factors, sp.MatMul(*factors, X))
    first, last = spectral_start(setting, X_, start)
    values = [first, *[np.exp(-start) * np.eye(counts.c - 1)] * (layers - 2), last]
    losses = compile_loss(setting.loss, counts, counts.labels)
    flow = ModelFlow(model, descent(model), losses, sample_weights(setting), dict(zip(factors, values, strict=True)), {X: X_})
    horizon = 3 * float(np.exp((layers - 2) * start))
    shares = mode_shares(setting, directions(counts)[:, [0, 2]])

    def learned(steps: np.ndarray, states: Callable[[np.ndarray], np.ndarray]) -> bool:
        return bool((shares(flow.logits(states(steps[-1:])[0])) > 0.5).all())

    run = Run(integrate(flow, horizon, model.name, accepted=learned), flow.logits)
    return np.array(run.first_times(shares), dtype=float)


CLAIMS = (
    Claim(
        id="lazy-to-rich",
        says="Block K, squared loss, a contrast from W(0) = a₀UQᵀ, V(0) = b₀QSᵀ, Δ = a₀² − b₀² > 0: with p the product of its amplitudes "
        "dp/dt = (√e − ℓp)√(Δ² + 4p²), its learned share is pℓ/√e, and the time is T = [ln((e^x − s₋)/(s₊ − e^x))]/r between two values "
        "of x = arsinh(2p/Δ), with s_± = (√e ± r/2)/(ℓΔ/2) and r = √(4e + Δ²ℓ²), which tends to 2√e as Δ → 0 and to Δℓ as Δ → ∞.",
        source="ours; in kind Dominé et al., arXiv 2409.14623, and Kunin et al., arXiv 2406.06158",
        stated={
            "amplitudes": (r * v - ell * w * v**2, w * (r - ell * w * v)),
            "product": lambda p, balance: (r - ell * p) * sp.sqrt(balance**2 + 4 * p**2),
            "moving": 2 * r * E - ell * DELTA0 * (E**2 - 1) / 2,
            "root": sp.Integer(1),
            "pace": sp.Integer(1),
            "end": r / ell,
            "rich": 2 * r,
            "lazy": ell,
        },
        witnesses=(WITNESS,),
        parts=_lazy_to_rich_parts,
        runs=lambda said: (
            Agrees(
                id="half-times-from-unbalanced-starts",
                says="half times of contrasts along runs from W(0)W(0)ᵀ = Δ I, V(0) = 0, Δ = 1/100, 1 and 100",
                uses=("product",),
                measure=lambda: family_error(said.product(flows.PRODUCT, DELTA0)),
                bound=TIME_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("ℓ² in place of ℓ", {"amplitudes": (r * v - ell**2 * w * v**2, w * (r - ell * w * v))}),
            NearMiss("√(Δ² + p²)", {"product": lambda p, balance: (r - ell * p) * sp.sqrt(balance**2 + p**2)}),
            NearMiss("dE/dt = 2√e E", {"moving": 2 * r * E}),
            NearMiss("twice that root", {"root": sp.Integer(2)}),
            NearMiss("twice the time", {"pace": sp.Integer(2)}),
            NearMiss("it ends at p = 1/ℓ", {"end": 1 / ell}),
            NearMiss("the rich rate is √e", {"rich": r}),
            NearMiss("the lazy rate is 2Δℓ", {"lazy": 2 * ell}),
        ),
        plain="one closed form runs from the rich flow of small starts to the lazy flow of large ones",
    ),
    Claim(
        id="start-lowers-the-exponent",
        says="Block K, squared loss, spectral start below one half, R > 1, ω = n^(−γ): majority and minority contrasts reach one half "
        "together at γ*(δ) = γ*_rich − ln(L_maj/L_min)/ln R, L_g = ln(e^(2δ)/√(β_g − κ) − 1), and "
        "γ*(δ) = γ*_rich − (1 − γ*_rich)/(2δ) + O(δ⁻²) as δ → ∞. For free features this is 1/2 − 1/(4δ) to that order, and γ*(δ) < 1/2 "
        "at every such start, whatever R.",
        source=OURS,
        stated={
            "exponent": lambda exact, rich: exact,
            "first": HALF,
            "second": sp.Integer(1),
            "free": -sp.Rational(1, 4),
            "free_rich": HALF,
            "times": sp.Integer(1),
            "level": lambda value: value,
        },
        hypotheses={**IMBALANCE, **STARTS},
        witnesses=(WITNESS, {**WITNESS, delta: sp.Integer(2)}),
        parts=_exponent_parts,
        runs=lambda said: (
            Agrees(
                id="equal-half-times-of-runs",
                says="T_maj/T_min − 1 of contrasts along runs at sample level at the stated exponent, δ = 3 and 6",
                uses=("exponent",),
                measure=lambda: equal_times_error(said.exponent(flows.equal_times_exponent(R, EXCESS), flows.rich_exponent(R, EXCESS))),
                bound=TIME_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("γ*_rich at every start", {"exponent": lambda exact, rich: rich}),
            NearMiss("twice the next order", {"second": sp.Integer(2)}),  # guards that part before (1 − γ*_rich)/δ does, which takes longer
            NearMiss("(1 − γ*_rich)/δ", {"first": sp.Integer(1)}),
            NearMiss("free features: 1/2 − 1/(2δ)", {"free": -HALF}),
            NearMiss("free features: below 1/4", {"level": lambda value: value + sp.Rational(1, 4)}),
            NearMiss("free features: 1/4 less the logarithm", {"free_rich": sp.Rational(1, 4)}),
            NearMiss("free features: L_maj > 2 L_min", {"times": sp.Integer(2)}),
        ),
    ),
    Claim(
        id="depth",
        says="N ≥ 3 layers on inputs with block K, squared loss, every layer's amplitude on a contrast e^(−δ) at the start (three layers: "
        "spectral frames are kept): x obeys dx/dt = x^(N−1)(√e − ℓx^N), and 1 over this rate is a part that integrates exactly and one "
        "that is bounded up to any share f < 1 of the contrast. With none of the latter, and with any bounded integral of it, the time T "
        "has T (N − 2) e^(−(N−2)δ) → 1/√e as δ → ∞: the exponent that makes √e equal flattens here too.",
        source=OURS,
        stated={
            "others": lambda others, own: others[0] * others[1],
            "rate": x ** (N - 1) * (r - ell * x**N),
            "rest": sp.Integer(1),
            "bound": sp.Integer(1),
            "limit": 1 / r,
        },
        hypotheses={"N ≥ 3": N >= 3, **BELOW},
        witnesses=(WITNESS,),
        parts=_depth_parts,
        runs=lambda said: (
            Agrees(
                id="times-of-three-and-four-layers",
                says="growth of the half times of contrasts with e^((N−2)δ) along runs of 3 and 4 layers, relative, against 1/√e",
                uses=("limit",),
                measure=lambda: depth_error(said.limit),
                bound=DEPTH_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("by its own amplitude", {"others": lambda others, own: others[0] * own}),
            NearMiss("x^N in place of x^(N−1)", {"rate": x**N * (r - ell * x**N)}),
            NearMiss("the rest counts twice", {"rest": sp.Integer(2)}),
            NearMiss("the rest is at most half of that", {"bound": HALF}),
            NearMiss("1/e in place of 1/√e", {"limit": 1 / r**2}),
        ),
    ),
)
