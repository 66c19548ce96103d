"""The flow with weight decay: vanilla modes are shrunk and slowed, and the window of escape times widens."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import sympy as sp

from numerics.basis import mode_basis
from numerics.first_time import on_path
from numerics.model_run import ModelRun
from numerics.weight_decay import runs
from proofs.claims.common import HALF, at, identity
from proofs.claims.unconstrained_features import settings as plain
from proofs.claims.weight_decay.settings import COUNTS, GROUPS, MINIMISER_TOLERANCE, POINT, minimised
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Increasing, Limit, MatrixIdentity, Measurement
from theory.data.counts import ClassCounts
from theory.models.decay_and_bias import WITHOUT_BIAS, decay_H, decay_W
from theory.models.reduction import S
from theory.symbols import R, delta, fraction, gamma, m_majority, m_minority, n_majority, n_minority, rate, shrinkage, sigma, strength, t
from theory.unconstrained_features import timing
from theory.unconstrained_features.modes import U, V, step_moments
from theory.weight_decay import flow

MU, LAMBDA = shrinkage, rate
Z = WITHOUT_BIAS.target
k = U.shape[1]
D = sp.MatrixSymbol("D", k, k)  # diagonal: the singular values of L
ALIVE = {"λ < σ": sigma > LAMBDA, "0 < f < 1": fraction < 1}
STARTED = {**ALIVE, "(σ − λ)e^(2δ) > 1": (sigma - LAMBDA) * sp.exp(2 * delta) > 1}
TIME = sp.log(((sigma - LAMBDA) * sp.exp(2 * delta) - 1) * fraction / (1 - fraction)) / (2 * (sigma - LAMBDA))
WITNESS = {
    **POINT,
    sigma: sp.Integer(3),
    LAMBDA: HALF,
    fraction: HALF,
    delta: sp.Integer(2),
    strength: sp.Integer(1),
    t: sp.Integer(1),
    gamma: sp.Rational(1, 4),
}
TWO_A_GROUP = {"two classes or more in each group": sp.And(m_majority >= 2, m_minority >= 2)}
RATIO = {"R > 1": R > 1}


def _vanilla_parts(said):
    path = (sigma - LAMBDA) / (1 + ((sigma - LAMBDA) * sp.exp(2 * delta) - 1) * sp.exp(-2 * (sigma - LAMBDA) * t))
    return (
        MatrixIdentity(
            id="residual-has-the-same-vectors",
            says="Ω = 1, Z = U S Vᵀ, L = U D Vᵀ: Z − L = U (S − D) Vᵀ, so its singular values over μ are the (σ − s)/μ",
            left=Z.xreplace({Z: U * S * V.T}) - U * D * V.T,
            right=U * (S - said.kept * D) * V.T,
            orthonormal=(U, V),
            diagonal=(S, D),
        ),
        identity(
            "residual-of-a-kept-mode", "σ > μ: (σ − s)/μ = 1 at s = σ − μ", at(sigma - strength, {strength: said.value}) / MU, sp.Integer(1)
        ),
        Holds(id="a-kept-mode-is-positive", says="σ > μ: σ − μ is positive", condition=said.value > 0, where=(sigma > said.threshold,)),
        Holds(id="residual-of-a-lost-mode", says="σ ≤ μ: σ/μ ≤ 1 at s = 0", condition=sigma / MU <= 1, where=(sigma <= said.threshold,)),
        identity("rate-with-decay", "ds/dt = 2s(σ − λ − s) from a spectral start, λ_W = λ_H = λ", flow.strength_rate(LAMBDA), said.rate),
        identity(
            "stated-path-solves",
            "s(t) = (σ − λ)/(1 + ((σ − λ)e^(2δ) − 1)e^(−2(σ − λ)t)) solves it",
            sp.diff(path, t),
            at(said.rate, {strength: path}),
            *STARTED.values(),
        ),
        identity("it-starts-at-the-stated-scale", "it starts at e^(−2δ)", at(path, {t: sp.Integer(0)}), said.start, *STARTED.values()),
        identity("learning-time-with-decay", "the time at which it is f(σ − λ)", flow.learning_time(LAMBDA), said.time, *STARTED.values()),
        Limit(
            id="scaled-time-with-decay",
            says="over δ it tends to 1/(σ − λ)",
            expr=flow.learning_time(LAMBDA) / delta,
            variable=delta,
            point=sp.oo,
            value=said.scaled,
            where=tuple(ALIVE.values()),
        ),
    )


def _window_parts(said):
    """Rates less λ: the majority's contrasts are first and the minority's last where γ < 1/2."""
    fast, slow = (at(flow.growth_exponent(), {decay_W: LAMBDA, decay_H: LAMBDA, sigma: s}) for s in (R ** (HALF - gamma), sp.Integer(1)))
    window = timing.window(slow, fast)
    within = {n_majority: R, n_minority: sp.Integer(1)}
    moments = step_moments(GROUPS, [n ** (-2 * gamma) for n in COUNTS])
    squares = [moment.subs(within) for moment in (moments.majority, moments.minority, moments.middle)]
    where = (*RATIO.values(), *TWO_A_GROUP.values())
    return (
        Holds(
            id="rates-within-groups",
            says="n_min = 1, ω = n^(−γ): the squared escape rates within the groups are R^(1 − 2γ) and 1",
            condition=sp.And(sp.Eq(squares[0], R ** (2 * said.exponent - 2 * gamma)), sp.Eq(squares[1], 1, evaluate=False)),
            where=where,
        ),
        Holds(
            id="middle-between-them",
            says="γ ≤ 1/2: the middle one lies between",
            condition=sp.And(squares[2] <= R ** (1 - 2 * gamma), squares[2] >= 1),
            where=(*where, gamma <= said.below),
        ),
        identity(
            "window-with-decay",
            "λ < 1: the window of times 1/(s − λ), relative to the first",
            window.relative,
            said.window,
            *RATIO.values(),
            LAMBDA < 1,
            gamma < HALF,
        ),
        Increasing(
            id="window-widens-with-decay",
            says="γ < 1/2: it increases in λ",
            expr=said.sign * window.relative,
            variable=LAMBDA,
            where=(*RATIO.values(), LAMBDA < 1, gamma < HALF),
        ),
        Limit(
            id="window-is-unbounded",
            says="γ < 1/2: it tends to ∞ as λ → 1 from below",
            expr=window.relative,
            variable=LAMBDA,
            point=said.edge,
            value=sp.oo,
            where=(*RATIO.values(), LAMBDA < 1, gamma < HALF),
        ),
        identity(
            "no-window-at-one-half",
            "γ = 1/2: it is 0 for every λ < 1",
            at(window.relative, {gamma: said.flat}),
            sp.Integer(0),
            *RATIO.values(),
            LAMBDA < 1,
        ),
    )


# How it is run ----------------------------------------------------------------------------

TIME_TOLERANCE = 1e-8  # relative, of times read off the dense output of an integration at 1e-12 a step
SLOPE_TOLERANCE = 1e-5  # of 1 + window: dT/dδ between δ = 8 and 14; at δ = 8 strengths start at e^(−16) = 1e-7, which is left out
VANILLA = ((10, 10, 1, 1), (12, 5, 2), (7, 4, 4, 2, 2))


def spectral(counts: ClassCounts, weights: np.ndarray, at_delta: float) -> tuple[np.ndarray, np.ndarray]:
    """W = e^(−δ)U and H = e^(−δ)Vᵀ at sample level."""
    labels = np.array(counts.labels)
    basis, modes = mode_basis(counts, tuple(weights)), counts.c - 1
    right = basis.V[:, :modes].T / np.sqrt(counts.per_class)
    return np.exp(-at_delta) * basis.U[:, :modes], np.exp(-at_delta) * right[:, labels]


@cache
def _run(per_class: tuple[int, ...], weights: tuple[float, ...], decay: float, at_delta: float, horizon: float) -> ModelRun:
    counts = ClassCounts(per_class)
    start = spectral(counts, np.array(weights), at_delta)
    return runs.decayed_flow(counts, np.array(weights), (decay, decay), start, horizon)


def times_of(per_class: tuple[int, ...], weights: tuple[float, ...], decay: float, at_delta: float, levels: np.ndarray) -> np.ndarray:
    """When uᵀLv of each mode of Z first reaches its level along a run."""
    counts = ClassCounts(per_class)
    basis, modes = mode_basis(counts, weights), counts.c - 1
    right = (basis.V[:, :modes] / np.sqrt(counts.per_class)[:, None])[list(counts.labels)]
    rates = np.linalg.svd(basis.U.T @ np.diag(basis.sigma) @ basis.Omega, compute_uv=False)[:modes]
    found = _run(per_class, weights, decay, at_delta, float(1.5 * (at_delta + 5) / (rates[-1] - decay)))

    def strengths(state: np.ndarray) -> np.ndarray:
        return np.einsum("ck,cn,nk->k", basis.U[:, :modes], found.flow.logits(state), right)

    return np.array(on_path(found.path.t, lambda times: found.path.at(times, strengths) - levels), dtype=float)


def vanilla_times_error(time: sp.Expr) -> Measurement:
    """Learning times of runs at sample level without weights against the stated ones, relatively."""
    stated = plain.compiled(time, sigma, LAMBDA, delta, fraction)

    def errors() -> Iterator[tuple[str, float]]:
        for per_class in VANILLA:
            values = mode_basis(ClassCounts(per_class), (1.0,) * len(per_class)).sigma[:-1]
            for decay, share in ((0.2, 0.5), (0.5, 0.25)):
                found = times_of(per_class, (1.0,) * len(per_class), decay, 6.0, share * (values - decay))
                expected = [float(stated(value, decay, 6.0, share)) for value in values]
                yield f"{per_class}, λ={decay}, f={share}", plain.relative(found, np.array(expected))

    return plain.worst(errors())


def threshold_error(value: sp.Expr) -> Measurement:
    """Singular values of minimisers at sample level without weights against the stated soft threshold."""
    stated = plain.compiled(value, sigma, MU)

    def errors() -> Iterator[tuple[str, float]]:
        for per_class in VANILLA:
            values = mode_basis(ClassCounts(per_class), (1.0,) * len(per_class)).sigma
            for mu in (0.3, 1.7):
                found = minimised(per_class, (1.0,) * len(per_class), mu).singular_values
                yield f"{per_class}, μ={mu}", float(np.abs(found - np.maximum(stated(values, mu), 0.0) * (values > 0)).max())

    return plain.worst(errors())


def window_error(window: sp.Expr) -> Measurement:
    """Windows of runs with decay at sample level, from dT/dδ, against the stated one, relative to 1 + window."""
    stated = plain.compiled(window, R, gamma, LAMBDA)

    def errors() -> Iterator[tuple[str, float]]:
        for ratio, power, decay in ((6, 0.0, 0.3), (6, 0.0, 0.6), (6, 0.25, 0.6), (9, 0.5, 0.6)):
            per_class = (ratio, ratio, 1, 1)
            weights = tuple(float(n) ** -power for n in per_class)
            levels = 0.1 * np.array([1.0, 1.0, 1.0]) * (1 - decay)
            late, early = (times_of(per_class, weights, decay, scale, levels) for scale in (14.0, 8.0))
            slopes = (late - early) / 6.0
            expected = float(stated(ratio, power, decay))
            yield f"R={ratio}, γ={power}, λ={decay}", abs(slopes.max() / slopes.min() - 1 - expected) / (1 + expected)

    return plain.worst(errors())


CLAIMS = (
    Claim(
        id="vanilla-soft-threshold",
        says="No class weights, any counts: L* = U (Σ − μ)_+ Vᵀ. From a spectral start with λ_W = λ_H = λ a mode obeys "
        "ds/dt = 2s(σ − λ − s), and for λ < σ, 0 < f < 1 and e^(−2δ) < f(σ − λ) it reaches f(σ − λ) at "
        "T = ln(((σ − λ)e^(2δ) − 1) f/(1 − f))/(2(σ − λ)), where T/δ → 1/(σ − λ).",
        source="the soft threshold: Dang et al., arXiv 2301.00437; the times: ours",
        stated={
            "value": sigma - MU,
            "threshold": MU,
            "kept": 1,
            "rate": 2 * strength * (sigma - LAMBDA - strength),
            "start": sp.exp(-2 * delta),
            "time": TIME,
            "scaled": 1 / (sigma - LAMBDA),
        },
        witnesses=(WITNESS, {**WITNESS, MU: sp.Integer(4)}),
        parts=_vanilla_parts,
        runs=lambda said: (
            Agrees(
                id="soft-threshold-of-minimisers",
                says="singular values of proximal minimisers at sample level without weights",
                uses=("value",),
                measure=lambda: threshold_error(said.value),
                bound=MINIMISER_TOLERANCE,
            ),
            Agrees(
                id="learning-times-with-decay",
                says="learning times along runs of the decayed flow at sample level, relatively",
                uses=("time",),
                measure=lambda: vanilla_times_error(said.time),
                bound=TIME_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("threshold μ² for μ", {"threshold": MU**2}),
            NearMiss("shrunk by 2μ", {"value": sigma - 2 * MU}),
            NearMiss("positive from μ/2 on", {"threshold": MU / 2}),
            NearMiss("the residual of twice the logits", {"kept": 2}),
            NearMiss("half of the decay", {"rate": 2 * strength * (sigma - LAMBDA / 2 - strength)}),
            NearMiss("start e^(−δ)", {"start": sp.exp(-delta)}),
            NearMiss("the time without decay", {"time": timing.LEARNING_TIME.subs(rate, 1)}),
            NearMiss("scaled time 1/σ", {"scaled": 1 / sigma}),
        ),
    ),
    Claim(
        id="decay-widens-window",
        says="STEP with two classes or more in each group, n_min = 1, ω = n^(−γ), λ_W = λ_H = λ < 1, so that growth rates are s − λ: for "
        "γ < 1/2 the escape window, relative to the first, is (R^(1/2 − γ) − λ)/(1 − λ) − 1; it increases in λ and is "
        "unbounded as λ → 1. At γ = 1/2 it is 0 for every λ.",
        source=OURS,
        stated={
            "exponent": HALF,
            "window": (R ** (HALF - gamma) - LAMBDA) / (1 - LAMBDA) - 1,
            "below": HALF,
            "edge": sp.Integer(1),
            "sign": 1,
            "flat": HALF,
        },
        hypotheses={**RATIO, **TWO_A_GROUP},
        witnesses=(WITNESS,),
        parts=_window_parts,
        runs=lambda said: (
            Agrees(
                id="windows-of-decayed-runs",
                says="windows from dT/dδ between δ = 8 and 14 along runs of the decayed flow at sample level",
                uses=("window",),
                measure=lambda: window_error(said.window),
                bound=SLOPE_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("rates R^(2/5 − γ)", {"exponent": sp.Rational(2, 5)}),
            NearMiss("the window without decay", {"window": R ** (HALF - gamma) - 1}),
            NearMiss("the middle one between them up to γ = 1", {"below": sp.Integer(1)}),
            NearMiss("unbounded as λ → 1/2", {"edge": HALF}),
            NearMiss("it narrows with decay", {"sign": -1}),
            NearMiss("none at γ = 0", {"flat": sp.Integer(0)}),
        ),
        plain="weight decay widens the escape window of γ < 1/2 without bound, and leaves γ = 1/2 without a window",
    ),
)
