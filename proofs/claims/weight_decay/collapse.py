"""Where weight decay leaves nothing: the first escape rate; and the flat weights, which lose all modes at once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import sympy as sp

from numerics.matrices import random_factors
from numerics.weight_decay import minimiser, runs
from proofs.claims.common import HALF, at, identity
from proofs.claims.unconstrained_features import settings as plain
from proofs.claims.weight_decay.settings import POINT, SEED, drive, minimised, random_cases
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, MatrixIdentity, Measurement
from theory.models.decay_and_bias import WITHOUT_BIAS, decay_H, decay_W
from theory.models.model import classes
from theory.symbols import rate, shrinkage, sigma
from theory.unconstrained_features.modes import U, V
from theory.weight_decay import flow
from theory.weight_decay.flow import EXPONENT

MU = shrinkage
Z, Omega = WITHOUT_BIAS.target, WITHOUT_BIAS.weights
k = U.shape[1]
E = sp.MatrixSymbol("E", k, k)
curvature, step, slow = sp.symbols("kappa e s_least", positive=True)
n, w = sp.symbols("n omega", positive=True)
ROOT = sp.sqrt((decay_W - decay_H) ** 2 + 4 * sigma**2)
EXPONENTS = tuple((-(decay_W + decay_H) + sign * ROOT) / 2 for sign in (1, -1))
DECAYING = {"decay on both factors": sp.And(decay_W > 0, decay_H > 0)}
WITNESS = {
    **POINT,
    sigma: sp.Integer(2),
    curvature: sp.Integer(1),
    step: sp.Rational(3, 2),
    decay_W: sp.Integer(1),
    decay_H: sp.Integer(2),
    rate: sp.Integer(1),
    EXPONENT: sp.Integer(1),
    n: sp.Integer(4),
    w: HALF,
}
HEAVY = {**WITNESS, sigma: HALF, MU: sp.Integer(1)}


def _threshold_parts(said):
    product = decay_W * decay_H
    return (
        Holds(
            id="zero-is-certified-from-the-first-rate-on",
            says="s_1 ≤ μ: the residual ZΩ of L = 0 has norm at most μ",
            condition=sigma / MU <= 1,
            where=(sigma <= said.threshold,),
        ),
        MatrixIdentity(
            id="value-along-singular-vectors",
            says="L = e uvᵀ instead of 0 changes twice the loss by −2e uᵀZΩv + e² vᵀΩv",
            left=U.T * (Z - U * E * V.T) * Omega * (Z - U * E * V.T).T * U,
            right=U.T * Z * Omega * Z.T * U - E * V.T * Omega * Z.T * U - U.T * Z * Omega * V * E + said.bend * E * V.T * Omega * V * E,
            orthonormal=(U, V),
            diagonal=(Omega, E),
        ),
        Holds(
            id="zero-is-beaten-below-it",
            says="s_1 > μ, with uᵀZΩv = s_1: at e = (s_1 − μ)/vᵀΩv loss and decay are together less than at 0",
            condition=-step * sigma + step**2 * curvature / 2 + said.price * step < 0,
            where=(sigma > MU, sp.Eq(step * curvature, sigma - MU)),
        ),
        identity(
            "growth-exponents-at-the-origin",
            "the characteristic polynomial of the flow's linearisation at W = H = 0 has these two roots",
            flow.growth_polynomial(),
            (EXPONENT - said.exponents[0]) * (EXPONENT - said.exponents[1]),
        ),
        Holds(
            id="origin-repels-above",
            says="s > μ: the larger exponent is positive",
            condition=said.exponents[0] > 0,
            where=(*DECAYING.values(), sigma**2 > said.repels * product),
        ),
        Holds(
            id="origin-does-not-repel-below",
            says="s ≤ μ: it is not",
            condition=said.exponents[0] <= 0,
            where=(*DECAYING.values(), sigma**2 <= said.attracts * product),
        ),
        identity(
            "equal-decays-subtract", "λ_W = λ_H = λ: it is s − λ", at(flow.growth_exponent(), {decay_W: rate, decay_H: rate}), said.equal
        ),
    )


def _flat_parts(said):
    ones = sp.MatrixSymbol("one", classes, sp.Integer(1))  # of length 1: the vector of ones over √c
    P = sp.Identity(classes) - ones * ones.T
    return (
        identity("flat-weights-have-effective-count-one", "ω = n^(−1/2): nω² = 1", at(n * w**2, {w: n**-said.exponent}), sp.Integer(1)),
        MatrixIdentity(
            id="all-rates-are-one",
            says="then the Gram matrix of ZΩ is PPᵀ = P, for every number of classes: all c − 1 escape rates are 1",
            left=P * P.T,
            right=said.gram * P,
            orthonormal=(ones,),
        ),
        Holds(
            id="every-direction-exceeds-a-smaller-decay",
            says="μ < 1: ‖uᵀZΩ‖² = uᵀPu = 1 > μ² for every centred unit u, and uᵀL* = 0 would make it at most μ² "
            "(rank-at-least-escape-count): the rank is c − 1, which it never exceeds (certified-minimiser)",
            condition=MU**2 < 1,
            where=(said.full > MU,),
        ),
        Holds(
            id="all-collapse-at-one",
            says="μ ≥ 1: every escape rate is at most μ, so L* = 0",
            condition=1 / MU <= 1,
            where=(said.none <= MU,),
        ),
    )


# How it is run ----------------------------------------------------------------------------

THRESHOLD_TOLERANCE = 1e-6  # relative: the bisection stops there
EXPONENT_TOLERANCE = 1e-6  # what is left of the smaller exponent in the slope is e^(−(x_1 − x_2) t), t beyond 20 over their difference


def threshold_error(threshold: sp.Expr) -> Measurement:
    """The least μ at which the minimiser at sample level, from a random start, is 0, against the μ whose stated threshold is s_1."""
    stated = plain.compiled(threshold, MU)
    generator = np.random.default_rng(SEED)

    def errors() -> Iterator[tuple[str, float]]:
        for name, counts, weights in random_cases(8):
            start = generator.normal(size=(counts.c, counts.n))
            low, high = 0.0, 30.0
            while high - low > THRESHOLD_TOLERANCE * high / 4:
                middle = (low + high) / 2
                alive = minimiser.of_samples(counts, weights, middle, start).rank > 0
                low, high = (middle, high) if alive else (low, middle)
            first = float(np.linalg.svd(drive(counts, weights), compute_uv=False)[0])
            yield name, abs(float(stated((low + high) / 2)) / first - 1)

    return plain.worst(errors())


def exponent_error(exponent: sp.Expr) -> Measurement:
    """Growth exponents of runs at sample level from a random start of scale e^(−40), first mode, against the stated one."""
    stated = plain.compiled(exponent, decay_W, decay_H, sigma)
    return plain.worst((name, abs(found / float(stated(*decays, rate)) - 1)) for name, decays, rate, found in _growth_exponents())


@cache
def _growth_exponents() -> tuple[tuple[str, tuple[float, float], float, float], ...]:
    """Of each run its name, its decays, the first escape rate, and the growth exponent of the first mode."""
    grown = []
    for name, counts, weights in random_cases(5, most=8):
        for decays in ((0.2, 0.2), (0.1, 0.6), (0.9, 0.3)):
            u, rates, vt = np.linalg.svd(drive(counts, weights), full_matrices=False)
            spread = float(np.sqrt((decays[0] - decays[1]) ** 2 + 4 * rates[0] ** 2))
            run = runs.decayed_flow(
                counts, weights, decays, random_factors(counts.c, counts.c, counts.n, float(np.exp(-40.0)), SEED), 32 / spread
            )
            places = np.cumsum([counts.c**2, counts.c * counts.n])

            def along(state: np.ndarray, u: np.ndarray = u, vt: np.ndarray = vt, places: np.ndarray = places) -> float:
                W_, H_ = state[: places[0]].reshape(len(u), -1), state[places[0] :].reshape(-1, vt.shape[1])
                return float(np.linalg.norm(u[:, 0] @ W_ + H_ @ vt[0]))

            early, late = (float(run.path.at(time / spread, along)) for time in (20.0, 32.0))
            grown.append((f"{name}, λ={decays}", decays, float(rates[0]), float(np.log(late / early) * spread / 12)))
    return tuple(grown)


def flat_error(exponent: sp.Expr) -> Measurement:
    """By how much the rank of minimisers at sample level misses c − 1 at μ < 1, and 0 at μ > 1, weights n^(−exponent)."""

    def errors() -> Iterator[tuple[str, float]]:
        for name, counts, _ in random_cases(6, most=40):
            weights = tuple(plain.power_weights(counts, float(exponent)))
            for mu, rank in ((0.2, counts.c - 1), (0.9, counts.c - 1), (0.999, counts.c - 1), (1.001, 0)):
                yield f"{name}, μ={mu}", float(abs(minimised(counts.per_class, weights, mu).rank - rank))

    return plain.worst(errors())


CLAIMS = (
    Claim(
        id="collapse-threshold-is-escape-rate",
        says="Any counts, any weights: L* = 0 iff μ ≥ s_1, the first escape rate (the largest singular value of ZΩ). The flow with "
        "decay has at the origin the growth exponents (−(λ_W + λ_H) ± √((λ_W − λ_H)² + 4s²))/2 of each escape rate s; the larger is "
        "positive iff s > μ, for λ_W, λ_H > 0, and s − λ for λ_W = λ_H = λ.",
        source="ours; squared loss without weights: Dang et al., arXiv 2301.00437",
        stated={"threshold": MU, "price": MU, "bend": 1, "exponents": EXPONENTS, "repels": 1, "attracts": 1, "equal": sigma - rate},
        witnesses=(WITNESS, HEAVY),
        parts=_threshold_parts,
        runs=lambda said: (
            Agrees(
                id="least-decay-that-leaves-nothing",
                says="the least μ at which proximal minimisers at sample level are 0, random counts and weights",
                uses=("threshold",),
                measure=lambda: threshold_error(said.threshold),
                bound=THRESHOLD_TOLERANCE,
            ),
            Agrees(
                id="growth-exponents-of-runs",
                says="growth of the first mode in runs at sample level from random starts of scale e^(−40), equal and unequal decay: the "
                "larger exponent",
                uses=("exponents",),
                measure=lambda: exponent_error(said.exponents[0]),
                bound=EXPONENT_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("threshold μ² for μ", {"threshold": MU**2}),
            NearMiss("threshold 2μ", {"threshold": 2 * MU}),
            NearMiss("the norm costs twice μ", {"price": 2 * MU}),
            NearMiss("twice the bend of the loss", {"bend": 2}),
            NearMiss("exponents ± s less the mean decay", {"exponents": tuple(sign * sigma - (decay_W + decay_H) / 2 for sign in (1, -1))}),
            NearMiss("positive from half of λ_Wλ_H on", {"repels": HALF}),
            NearMiss("not positive up to twice λ_Wλ_H", {"attracts": 2}),
            NearMiss("s − 2λ", {"equal": sigma - 2 * rate}),
        ),
        plain="weight decay leaves nothing of the logits from the largest escape rate on",
    ),
    Claim(
        id="flat-weights-never-collapse-partly",
        says="γ = 1/2, that is ω = n^(−1/2), any counts: all escape rates are 1, the rank of L* is c − 1 for every μ < 1, and L* = 0 "
        "for every μ ≥ 1: as many modes as escape rates above μ.",
        source=OURS,
        stated={"exponent": HALF, "gram": 1, "full": sp.Integer(1), "none": sp.Integer(1)},
        witnesses=(WITNESS, {**WITNESS, MU: sp.Integer(2)}),
        parts=_flat_parts,
        runs=lambda said: (
            Agrees(
                id="ranks-of-flat-minimisers",
                says="by how much the rank of proximal minimisers at sample level misses c − 1 below μ = 1, and 0 above",
                uses=("exponent",),
                measure=lambda: flat_error(said.exponent),
                bound=0.0,
            ),
        ),
        near_misses=(
            NearMiss("weights n^(−2/5)", {"exponent": sp.Rational(2, 5)}),
            NearMiss("all rates are √2", {"gram": 2}),
            NearMiss("full rank up to μ = 2", {"full": sp.Integer(2)}),
            NearMiss("zero from μ = 1/2 on", {"none": HALF}),
        ),
        plain="with weights n^(−1/2) decay never takes some modes alone: all c − 1 are there below μ = 1, and none above",
    ),
)
