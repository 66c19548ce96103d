"""How far a step from one sample varies: drawing samples by their weights against weighting them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
import sympy as sp

from numerics.sampling.estimates import trace_of_covariance
from numerics.sampling.network import train
from proofs.claims.common import HALF, STEP_WITNESS, at, identity
from proofs.claims.unconstrained_features import settings as plain
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Measurement
from theory.data.weights import normalize
from theory.sampling import variance
from theory.sampling.variance import GRADIENT, LENGTH, OTHER_LENGTH, OTHER_WEIGHT, PROBABILITY, SAMPLES, SUM, SUM_SQUARES, SUM_V, WEIGHT
from theory.symbols import R, m_majority, m_minority, n_majority, n_minority, w_majority, w_minority

SUMMARISED = "'Upsample or Upweight?', as summarised"
SIZES, COUNTS, COPIES = (m_majority, m_minority), (n_majority, n_minority), (w_majority, w_minority)
GRADIENTS = sp.symbols("g_maj g_min", real=True)  # an entry of the sum of the gradients of a class
ROOT = sp.Symbol("r", positive=True)  # √v, ‖g‖
BEST_SUM = sp.Symbol("S", positive=True)  # Σ ω√v
EXPONENT = sp.Symbol("a", real=True)
POWER = sp.Symbol("u", positive=True)  # R^(1 − a)
POINT = {
    **STEP_WITNESS,
    **dict.fromkeys((WEIGHT, LENGTH, PROBABILITY, SAMPLES, SUM, SUM_V, SUM_SQUARES, ROOT, BEST_SUM, GRADIENT, *GRADIENTS), sp.Integer(1)),
    w_majority: sp.Integer(1),
    w_minority: sp.Integer(4),
    OTHER_WEIGHT: sp.Integer(2),
    OTHER_LENGTH: sp.Integer(1),
    R: sp.Integer(4),
    EXPONENT: HALF,
    POWER: sp.Integer(2),
}


def _same_mean_parts(said):
    samples, copied = (sum(m * n * k for m, n, k in zip(SIZES, COUNTS, each, strict=True)) for each in ((1, 1), COPIES))
    scaled = normalize([said.weight(k) for k in COPIES], SIZES, COUNTS, "mass")
    return (
        identity(
            "copies-are-weights",
            "STEP, g the mean gradient of a class: the mean gradient over k copies of each sample is that with the stated weights, "
            "scaled to "
            "mean one over the samples",
            sum(m * n * k * g for m, n, k, g in zip(SIZES, COUNTS, COPIES, GRADIENTS, strict=True)) / copied,
            sum(m * n * w * g for m, n, w, g in zip(SIZES, COUNTS, scaled, GRADIENTS, strict=True)) / samples,
        ),
        identity(
            "mean-of-a-draw",
            "a sample drawn with probability q that enters with ω/q adds ωg to the mean step, whatever q",
            variance.mean_term(),
            said.mean,
        ),
    )


def _features_parts(said):
    copied = sum(m * n * k for m, n, k in zip(SIZES, COUNTS, COPIES, strict=True))
    scaled = normalize([said.weight(k) for k in COPIES], SIZES, COUNTS, "mass")
    samples = sum(m * n for m, n in zip(SIZES, COUNTS, strict=True))
    return (
        identity(
            "features-move-alike",
            "STEP, g the derivative of a sample's loss by a feature that only it has: the derivatives of the mean loss over the copies by "
            "that of a copy, and of the weighted one by that of the sample, are equal",
            GRADIENTS[0] / copied,
            scaled[0] * GRADIENTS[0] / samples,
        ),
    )


# The difference of the variances -----------------------------------------------------------------------------------------


def _difference_parts(said):
    new = said.pair(WEIGHT, LENGTH, OTHER_WEIGHT, OTHER_LENGTH)
    return (
        identity(
            "square-of-weighting",
            "q = 1/n: a sample adds nω²v to E‖step‖²",
            variance.square_term(variance.EVENLY),
            said.even * WEIGHT**2 * LENGTH,
        ),
        identity("square-of-sampling", "q = ω/Σω: it adds ωv Σω", variance.square_term(variance.BY_WEIGHT), said.drawn * WEIGHT * LENGTH),
        identity(
            "two-samples",
            "with one sample both are 0, and with two the difference is that of their pair",
            variance.explicit_difference([WEIGHT, OTHER_WEIGHT], [LENGTH, OTHER_LENGTH]),
            new,
        ),
        identity(
            "one-sample-more",
            "one sample more adds to the difference what its pairs with all others add: so they are equal for every number of samples",
            variance.with_another_sample(variance.difference(), OTHER_WEIGHT, OTHER_LENGTH) - variance.difference(),
            variance.summed(new),
        ),
        Holds(
            id="equal-lengths",
            says="where the gradients are equally long no pair is negative, and one of different weights is positive",
            condition=new.subs(OTHER_LENGTH, LENGTH) > 0,
            where=(sp.Ne(WEIGHT, OTHER_WEIGHT),),
        ),
        Holds(
            id="opposite-order",
            says="a pair is negative where the sample of larger weight has the smaller ωv",
            condition=new < 0,
            where=(WEIGHT > OTHER_WEIGHT, WEIGHT * LENGTH < OTHER_WEIGHT * OTHER_LENGTH),
        ),
    )


def _always_parts(said):
    weights, lengths = (1, 1, 1, WEIGHT), (1, 1, 1, LENGTH)
    return (
        Holds(
            id="sampling-is-quieter",
            says="three samples of weight 1 and v = 1 and a fourth of another weight and v: sampling does not vary more",
            condition=variance.explicit_difference(weights, lengths) >= said.least,
        ),
    )


# The best probabilities --------------------------------------------------------------------------------------------------


def _split_parts(said):
    squares = variance.square_term().subs(LENGTH, ROOT**2)
    gap = said.gap(WEIGHT * ROOT, PROBABILITY)
    counts, weights = (R, sp.Integer(1)), (1 / R, sp.Integer(1))
    return (
        identity(
            "square-completed",
            "S = Σω‖g‖: a sample's ω²v/q is its gap plus 2Sω‖g‖ − S²q, and over the samples the latter sum to S² whatever q",
            squares,
            gap + 2 * BEST_SUM * WEIGHT * ROOT - BEST_SUM**2 * PROBABILITY,
        ),
        Holds(
            id="least-at-the-best", says="the gap is positive unless q = ω‖g‖/S", condition=sp.Or(sp.Eq(PROBABILITY, said.best), gap > 0)
        ),
        identity("none-at-the-best", "and 0 there", at(gap, {PROBABILITY: WEIGHT * ROOT / BEST_SUM}), sp.Integer(0)),
        identity(
            "sampling-at-equal-lengths",
            "with equally long gradients, S = ‖g‖ Σω, that is sampling",
            at(said.best, {BEST_SUM: ROOT * SUM}),
            variance.BY_WEIGHT,
        ),
        identity(
            "split-of-step",
            "STEP with m classes in each half, weights 1/n, v = 1: a class of n samples drawn in proportion to n^(1 − a)",
            variance.split_square((m_majority, m_majority), counts, weights, EXPONENT),
            said.split,
        ),
        Holds(
            id="least-split",
            says="which is least at a = 1: R^(1 − a) = u, more than at u = 1",
            condition=said.split.subs(R ** (1 - EXPONENT), POWER).subs(R ** (EXPONENT - 1), 1 / POWER) > 4 * m_majority**2,
            where=(sp.Ne(POWER, 1),),
        ),
    )


# How it is run -----------------------------------------------------------------------------------------------------------

ROUNDING = 1e-10  # sums of some hundred products
TRAJECTORY_TOLERANCE = 1e-9  # rounding over 200 steps of a descent that does not amplify it


@cache
def _trained(copies: tuple[int, int], weights: tuple[float, float]) -> np.ndarray:
    """The path of the parameters on a data set with copies, with so large weights of the samples of each class."""
    generator = np.random.default_rng(plain.SEED)
    features, labels = generator.standard_normal((12, 3)), np.repeat([0, 1], [9, 3])
    shown = np.repeat(np.arange(12), np.array(copies)[labels])
    return train(features[shown], 2.0 * labels[shown] - 1, np.array(weights)[labels[shown]], step_size=0.3, steps=200, seed=1)


def trajectory_error(weight: Callable) -> Measurement:
    """Parameters on a data set with copies against those with the stated weights, at every one of 200 steps."""

    def errors() -> Iterator[tuple[str, float]]:
        for copies in ((1, 3), (2, 5)):
            first, second = (float(weight(sp.Integer(k))) for k in copies)
            yield f"copies {copies}", float(np.abs(_trained(copies, (1.0, 1.0)) - _trained((1, 1), (first, second))).max())

    return plain.worst(errors())


@cache
def _variances() -> tuple[tuple[str, np.ndarray, np.ndarray, float], ...]:
    """(name, ω, v, difference of the traces) of random gradients and weights."""
    generator, found = np.random.default_rng(plain.SEED), []
    for case in range(6):
        gradients, weights = generator.standard_normal((4 + 3 * case, 5)), np.exp(generator.uniform(-2, 2, 4 + 3 * case))
        gradients *= np.exp(generator.uniform(-2, 2, len(weights)))[:, None]
        apart = trace_of_covariance(gradients, weights, "weights") - trace_of_covariance(gradients, weights, "sampling")
        found.append((f"{len(weights)} samples", weights, (gradients**2).sum(axis=1), apart))
    return tuple(found)


def difference_error(pair: Callable) -> Measurement:
    """Half the sum of the stated pairs against the difference of the variances."""
    stated = plain.compiled(pair(WEIGHT, LENGTH, OTHER_WEIGHT, OTHER_LENGTH), WEIGHT, LENGTH, OTHER_WEIGHT, OTHER_LENGTH)

    def errors() -> Iterator[tuple[str, float]]:
        for name, w, v, apart in _variances():
            yield name, plain.relative(stated(w[:, None], v[:, None], w, v).sum() / 2, apart)

    return plain.worst(errors())


def _pair(weight: sp.Expr, length: sp.Expr, other: sp.Expr, other_length: sp.Expr) -> sp.Expr:
    return (weight - other) * (weight * length - other * other_length)


CLAIMS = (
    Claim(
        id="copies-train-as-weights",
        says="STEP, k copies of each sample of a class, any model whose loss is a mean over samples of losses that are each of shared "
        "parameters and of that sample alone: descent on all copies takes the steps of descent with the weights k of mean one over the "
        "samples; and a step from one sample, drawn with any probabilities q > 0 and weighted by ω/q, has the mean Σωg.",
        source=SUMMARISED,
        stated={"weight": lambda copies: copies, "mean": WEIGHT * GRADIENT},
        witnesses=(POINT,),
        parts=_same_mean_parts,
        runs=lambda said: (
            Agrees(
                id="trajectories",
                says="parameters of a small network on copies and with weights, over 200 steps",
                uses=("weight",),
                measure=lambda: trajectory_error(said.weight),
                bound=TRAJECTORY_TOLERANCE,
            ),
        ),
        near_misses=(NearMiss("weights k²", {"weight": lambda copies: copies**2}), NearMiss("ω²g", {"mean": WEIGHT**2 * GRADIENT})),
    ),
    Claim(
        id="copies-train-as-weights-where-features-are-free",
        says="STEP, k copies of each sample of a class, the features of each sample and of each copy parameters of their own: descent on "
        "all copies takes the steps of descent with the weights k of mean one over the samples.",
        source="ours, of what shared parameters do",
        stated={"weight": lambda copies: copies},
        witnesses=({**POINT, w_majority: sp.Integer(2)},),
        parts=_features_parts,
        repaired_by="copies-train-as-weights",
    ),
    Claim(
        id="variance-difference-is-a-covariance",
        says="A step that estimates Σ ω_i g_i from one sample, v_i = ‖g_i‖² > 0, any number of samples, any weights ω_i > 0: the trace "
        "of the "
        "covariance by even draws and weights, less that by draws in proportion to ω, is nΣω²v − Σω Σωv = ½ Σ_ij (ω_i − ω_j)(ω_iv_i − "
        "ω_jv_j). "
        "Sampling varies less iff that is positive, ω and ωv being positively correlated over the samples, as where v is constant and ω "
        "is not.",
        source=OURS,
        stated={"even": SAMPLES, "drawn": SUM, "pair": _pair},
        witnesses=(POINT, {**POINT, LENGTH: sp.Rational(1, 9), WEIGHT: sp.Integer(4)}),
        parts=_difference_parts,
        runs=lambda said: (
            Agrees(
                id="enumerated-variances",
                says="the difference of the variances over all samples that may be drawn, random gradients and weights",
                uses=("pair",),
                measure=lambda: difference_error(said.pair),
                bound=ROUNDING,
            ),
        ),
        near_misses=(
            NearMiss("(ω_i − ω_j)(v_i − v_j)", {"pair": lambda w, v, other, length: (w - other) * (v - length)}),
            NearMiss("(ω_i − ω_j)(ω_j v_j − ω_i v_i)", {"pair": lambda w, v, other, length: -_pair(w, v, other, length)}),
            NearMiss("n² for n", {"even": SAMPLES**2}),
            NearMiss("(Σω)² for Σω", {"drawn": SUM**2}),
        ),
        plain="drawing samples by their weights varies less than weighting them exactly where ω and ω‖g‖² are positively correlated: "
        "weights are the quieter once samples of larger weight have the smaller ω‖g‖²",
        coq={
            "two-samples": ("sampling.variance.two_samples",),
            "one-sample-more": ("sampling.variance.one_sample_more",),
            "equal-lengths": ("sampling.variance.equal_lengths",),
            "opposite-order": ("sampling.variance.opposite_order",),
        },
    ),
    Claim(
        id="sampling-varies-less-than-weights",
        says="A step from one sample varies less by draws in proportion to the weights than by even draws and weights, whatever the "
        "gradients.",
        source=SUMMARISED,
        stated={"least": sp.Integer(0)},
        witnesses=(POINT,),
        parts=_always_parts,
        repaired_by="variance-difference-is-a-covariance",
        coq={"sampling-is-quieter": ("counterexamples.sampling.sampling_is_not_quieter",)},
    ),
    Claim(
        id="best-probabilities",
        says="E‖step‖² = Σω²v/q, v = ‖g‖² > 0, of a step from one sample drawn with probability q_i and weighted by ω_i/q_i is "
        "(Σω√v)² plus gaps that "
        "are 0 only "
        "at q ∝ ω√v: with equally long gradients sampling is best. STEP with equal halves of m classes, n_min = 1, v = 1, weights 1/n: "
        "drawing a class in "
        "proportion to n^(1 − a) it is m²(2 + R^(1 − a) + R^(a − 1)), least at a = 1.",
        source=OURS,
        stated={
            "gap": lambda wanted, q: (wanted - BEST_SUM * q) ** 2 / q,
            "best": WEIGHT * ROOT / BEST_SUM,
            "split": m_majority**2 * (2 + R ** (1 - EXPONENT) + R ** (EXPONENT - 1)),
        },
        witnesses=(POINT,),
        parts=_split_parts,
        near_misses=(
            NearMiss("a gap that is not over q", {"gap": lambda wanted, q: (wanted - BEST_SUM * q) ** 2}),
            NearMiss("a gap without S", {"gap": lambda wanted, q: (wanted - q) ** 2 / q}),
            NearMiss("q ∝ ωv", {"best": WEIGHT * ROOT**2 / BEST_SUM}),
            NearMiss("m²(1 + …)", {"split": m_majority**2 * (1 + R ** (1 - EXPONENT) + R ** (EXPONENT - 1))}),
        ),
    ),
)
