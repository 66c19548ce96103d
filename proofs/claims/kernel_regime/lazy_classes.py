"""What each class learns at in the kernel regime of free features, the weights that make all alike, and the exponents of four regimes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
import sympy as sp

from numerics.kernel_regime.runs import lazy_margins
from numerics.problem import Problem
from proofs.claims.common import HALF, at, identities, identity
from proofs.claims.unconstrained_features import settings as plain
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Increasing, MatrixIdentity, Measurement
from theory.constrained_features import exact_flows, lazy
from theory.data.counts import ClassCounts
from theory.kernel_regime import classes
from theory.kernel_regime.classes import ALPHA, BETA, COUNT, FRAME, RHO, WEIGHT
from theory.losses import loss_named
from theory.symbols import gamma, n_majority, n_minority, t
from theory.unconstrained_features import flow

OTHER = sp.Symbol("n_k", positive=True)
OTHER_WEIGHT = sp.Symbol("omega_k", positive=True)
RATE = sp.Symbol("ell", positive=True)
POSITIVE = {"0 ≤ ρ ≤ 1": RHO <= 1, "α + β > 0": ALPHA + BETA > 0}
SOLVABLE = {"n ≥ 1": COUNT >= 1}
IMBALANCE = {"n_maj > n_min ≥ 1": sp.And(n_majority > n_minority, n_minority >= 1)}
POINT = {
    ALPHA: sp.Integer(1),
    BETA: HALF,
    RHO: HALF,
    COUNT: sp.Integer(8),
    OTHER: sp.Integer(4),
    WEIGHT: sp.Integer(1),
    OTHER_WEIGHT: sp.Integer(1),
    RATE: sp.Integer(1),
    gamma: HALF,
    n_majority: sp.Integer(4),
    n_minority: sp.Integer(1),
    t: sp.Integer(1),
}


def kernel(count: sp.Expr = COUNT) -> sp.Expr:
    """α + β(1 + (n − 1)ρ), as it is stated."""
    return ALPHA + BETA * (1 + (count - 1) * RHO)


def _rate_parts(said):
    where = tuple(POSITIVE.values())
    G = flow.MODEL.residual
    scale, similarity = ALPHA + BETA, BETA * RHO / (ALPHA + BETA)
    signal = similarity / (1 - similarity)
    learned = said.margin(RATE)
    return (
        MatrixIdentity(
            id="kernel-of-free-features",
            says="WWᵀ = αI: dL/dt = αG + GHᵀH, at the start and for as long as W and H stay where they are",
            left=classes.tangent(),
            right=said.classifier * G + G * flow.H.T * flow.H,
            orthonormal=(FRAME,),
        ),
        identity(
            "rate-of-a-class",
            "G has one column ω(z − l) a class: the samples of a class see ω times α + β(1 + (n − 1)ρ)",
            classes.class_rate(),
            WEIGHT * said.kernel(COUNT),
            *where,
        ),
        identity(
            "row-of-constrained-features",
            "which is the rate ω(α + β)(1 − ρ')(1 + θ'n) of row `lazy-rates` at ρ' = βρ/(α + β), θ' = ρ'/(1 − ρ') and κ = 0",
            scale * lazy.contrast_rate(COUNT * WEIGHT, similarity + (1 - similarity) / COUNT),
            WEIGHT * said.kernel(COUNT),
            *where,
            ALPHA + BETA * (1 - RHO) > 0,
        ),
        identity(
            "rate-by-signal-to-noise",
            "the same by θ'",
            WEIGHT * scale * (1 - similarity) * (1 + signal * COUNT),
            WEIGHT * said.kernel(COUNT),
            *where,
            ALPHA + BETA * (1 - RHO) > 0,
        ),
        identities(
            "margin-of-a-class",
            "the margin 1 − e^(−ℓt) solves dm/dt = ℓ(1 − m) from 0",
            [(sp.diff(learned, t), at(RATE * (1 - WEIGHT), {WEIGHT: learned})), (at(learned, {t: sp.Integer(0)}), sp.Integer(0))],
        ),
    )


def _flat_parts(said):
    where = (*POSITIVE.values(), *SOLVABLE.values(), OTHER >= 1)
    rates = [classes.class_rate().subs({COUNT: n, WEIGHT: w}) for n, w in ((COUNT, WEIGHT), (OTHER, OTHER_WEIGHT))]
    stated = [w * said.kernel(n) for n, w in ((COUNT, WEIGHT), (OTHER, OTHER_WEIGHT))]
    exponent, (slope, value) = said.exponent, classes.kernel_slope()
    interior = (*POSITIVE.values(), ALPHA + BETA * (1 - RHO) > 0)
    return (
        identity(
            "flat-iff",
            "two rates differ by as much as ω(α + β(1 + (n − 1)ρ)) of their classes: they are equal iff these are",
            rates[0] - rates[1],
            stated[0] - stated[1],
            *where,
        ),
        identity(
            "no-weights-without-similarity",
            "ρ = 0: the kernel is α + β for every n, so that flat weights are equal",
            at(said.kernel(COUNT), {RHO: sp.Integer(0)}),
            said.alone,
        ),
        identity(
            "inverse-frequency-for-identical-features",
            "α = 0 and ρ = 1: it is βn, so that flat weights are 1/n",
            at(said.kernel(COUNT), {RHO: sp.Integer(1), ALPHA: sp.Integer(0)}),
            said.identical,
        ),
        identity("local-exponent", "−d ln ω/d ln n is βρn/(α + β(1 − ρ) + βρn)", slope, sp.Mul(exponent, value, evaluate=False), *interior),
        Holds(
            id="between-zero-and-one",
            says="it is at least 0 and below 1",
            condition=sp.And(exponent >= 0, exponent < said.most),
            where=interior,
        ),
        Increasing(
            id="increases-with-the-count",
            says="and increases in n where βρ > 0",
            expr=said.order(exponent),
            variable=COUNT,
            where=(*interior, BETA * RHO > 0),
        ),
    )


def _exponent_parts(said):
    counts = (n_majority, n_minority)
    masses = [count * count**-gamma for count in counts]
    free, fixed = (
        [lazy.contrast_rate(mass, excess(count)) for mass, count in zip(masses, counts, strict=True)]
        for excess in (lambda n: 1 / n, lambda n: sp.Integer(1))
    )
    rich = [exact_flows.rich_rate(mass, 1 / count) for mass, count in zip(masses, counts, strict=True)]
    where = tuple(IMBALANCE.values())
    for name, words, rates in (
        ("free-logits", "free logits, K = I: β − κ = 1/n", free),
        ("fixed-class-features", "one fixed feature a class, K = YᵀY: β − κ = 1", fixed),
        ("small-start", "free features from a small start, any depth: the rate a√d at d = 1/n of `depth` and `depth-scaled-time`", rich),
    ):
        yield identity(
            name,
            f"{words}: with ω = n^(−γ), ln of the majority's rate over the minority's is the stated exponent less γ, times ln R",
            sp.log(rates[0]) - sp.log(rates[1]),
            (said.exponents[name] - gamma) * sp.log(n_majority / n_minority),
            *where,
        )
    _, whole = classes.kernel_slope()
    grown = [whole.subs(COUNT, count) for count in counts]
    yield Holds(
        id="kernel-regime",
        says="kernel regime, βρ > 0 and α + β(1 − ρ) > 0: n^0 < ω^(−1) ratio < R, so that the exponent of flat weights is in (0, 1)",
        condition=sp.And(grown[0] / grown[1] > said.least, grown[0] / grown[1] < said.most),
        where=(*where, *POSITIVE.values(), BETA * RHO > 0, ALPHA + BETA * (1 - RHO) > 0),
    )


# How it is run -----------------------------------------------------------------------------------------------------------

COUNTS, TIME, SCALE = ClassCounts((8, 4, 1)), 0.6, 300.0
LAZY_TOLERANCE = 1e-5  # of order 1/κ² as measured: 3e−6 at κ = 300, and nine times that at a third of it
CASES = ((1.0, 0.5, 0.0), (1.0, 0.5, 0.5), (1.0, 0.5, 1.0), (0.3, 1.0, 0.7))


@cache
def _margins(alpha: float, beta: float, rho: float, weights: tuple[float, ...]) -> np.ndarray:
    return lazy_margins(Problem(COUNTS, weights, loss_named("squared")), alpha, beta, rho, SCALE, TIME)


def margin_error(rate: Callable[[sp.Expr], sp.Expr], margin: Callable[[sp.Expr], sp.Expr]) -> Measurement:
    """Margins at sample level and a finite scale against the stated ones, without weights and with others."""
    pace, learned = plain.compiled(rate(COUNT), COUNT, ALPHA, BETA, RHO), plain.compiled(margin(RATE), RATE, t)
    counts = np.array(COUNTS.per_class, dtype=float)

    def errors() -> Iterator[tuple[str, float]]:
        for alpha, beta, rho in CASES:
            for weights in ((1.0, 1.0, 1.0), (0.5, 1.0, 1.5)):
                stated = learned(np.array(weights) * pace(counts, alpha, beta, rho), TIME)
                yield f"α={alpha}, β={beta}, ρ={rho}, {weights}", float(np.abs(_margins(alpha, beta, rho, weights) - stated).max())

    return plain.worst(errors())


def flat_error(rate: Callable[[sp.Expr], sp.Expr]) -> Measurement:
    """How far the margins of classes are apart under weights that are 1 over the stated kernel."""
    pace = plain.compiled(rate(COUNT), COUNT, ALPHA, BETA, RHO)
    counts = np.array(COUNTS.per_class, dtype=float)

    def weights(*values: float) -> tuple[float, ...]:
        return tuple(float(1 / pace(n, *values)) for n in counts)

    return plain.worst(
        (f"α={alpha}, β={beta}, ρ={rho}", float(np.ptp(_margins(alpha, beta, rho, weights(alpha, beta, rho)))))
        for alpha, beta, rho in CASES
    )


CLAIMS = (
    Claim(
        id="lazy-class-rates",
        says="Free features, squared loss, WWᵀ = αI, feature Gram matrix β on the diagonal, βρ for two samples of a class and 0 across "
        "classes, 0 ≤ ρ ≤ 1, α + β > 0, W(0)H(0) = 0, any counts and weights. While W and H stay where they are, class j has the margin "
        "1 − e^(−ℓt) with ℓ = ω_j(α + β(1 + (n_j − 1)ρ)): where α + β(1 − ρ) > 0, the row `lazy-rates` of constrained features at its κ "
        "= 0. In runs of the whole flow from (κα, κβ) with κ = 300, counts 8, 4, 1, the margins at t/κ, t = 3/5, are within 1e−5 of it.",
        source="Woodworth et al., arXiv 2002.09277 (2020), for the regimes; the statement: ours",
        stated={"classifier": ALPHA, "kernel": kernel, "margin": lambda rate: 1 - sp.exp(-rate * t)},
        hypotheses=POSITIVE,
        witnesses=(POINT,),
        parts=_rate_parts,
        runs=lambda said: (
            Agrees(
                id="margins-of-runs",
                says="margins of classes along flows of free features at sample level from a large start, κ = 300",
                uses=("kernel", "margin"),
                measure=lambda: margin_error(said.kernel, said.margin),
                bound=LAZY_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("α² in place of α", {"classifier": ALPHA**2}),
            NearMiss("ρn in place of ρ(n − 1)", {"kernel": lambda n: ALPHA + BETA * (1 + n * RHO)}),
            NearMiss("1 − e^(−2ℓt)", {"margin": lambda rate: 1 - sp.exp(-2 * rate * t)}),
        ),
    ),
    Claim(
        id="lazy-flat-weights",
        says="In the regime of `lazy-class-rates` all classes learn together iff ω_j ∝ 1/(α + β(1 + (n_j − 1)ρ)), any counts: equal "
        "weights at ρ = 0, inverse frequency at α = 0 and ρ = 1, and at α = 0 one over Kish's design effect 1 + (n − 1)ρ. Where α + β(1 "
        "− ρ) > 0 their local exponent −d ln ω/d ln n is βρn/(α + β(1 − ρ) + βρn), in [0, 1), and increases in n where βρ > 0.",
        source=OURS,
        stated={
            "kernel": kernel,
            "alone": ALPHA + BETA,
            "identical": BETA * COUNT,
            "exponent": BETA * RHO * COUNT / (ALPHA + BETA * (1 - RHO) + BETA * RHO * COUNT),
            "most": sp.Integer(1),
            "order": lambda exponent: exponent,
        },
        hypotheses={**POSITIVE, **SOLVABLE},
        witnesses=(POINT,),
        parts=_flat_parts,
        runs=lambda said: (
            Agrees(
                id="flat-margins-of-runs",
                says="how far class margins of flows of free features are apart under the stated weights, κ = 300",
                uses=("kernel",),
                measure=lambda: flat_error(said.kernel),
                bound=LAZY_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("weights n^(−1/2)", {"kernel": lambda n: sp.sqrt(n)}),
            NearMiss("without α at ρ = 0", {"alone": BETA}),
            NearMiss("β√n for identical features", {"identical": BETA * sp.sqrt(COUNT)}),
            NearMiss("half of the exponent", {"exponent": BETA * RHO * COUNT / (ALPHA + BETA * (1 - RHO) + BETA * RHO * COUNT) / 2}),
            NearMiss("below one half", {"most": HALF}),
            NearMiss("it decreases", {"order": lambda exponent: -exponent}),
        ),
    ),
    Claim(
        id="three-exponents",
        says="Two groups of classes with n_maj > n_min ≥ 1 samples, squared loss, ω = n^(−γ): contrasts of both groups learn at one rate "
        "iff γ is 0 for free logits, 1 for one fixed orthonormal feature a class, 1/2 for free features from a small start at any depth "
        "of two or more, and a number between 0 and 1, by ρ, in the kernel regime with βρ > 0 and α + β(1 − ρ) > 0.",
        source=OURS,
        stated={
            "exponents": {"free-logits": sp.Integer(0), "fixed-class-features": sp.Integer(1), "small-start": HALF},
            "least": sp.Integer(1),
            "most": n_majority / n_minority,
        },
        hypotheses={**IMBALANCE, **POSITIVE},
        witnesses=(POINT,),
        parts=lambda said: tuple(_exponent_parts(said)),
        near_misses=(
            NearMiss(
                "one half everywhere",
                {"exponents": dict.fromkeys(("free-logits", "fixed-class-features"), HALF) | {"small-start": sp.Integer(1)}},
            ),
            NearMiss("above one half in the kernel regime", {"least": sp.sqrt(n_majority / n_minority)}),
            NearMiss("below one half in the kernel regime", {"most": sp.sqrt(n_majority / n_minority)}),
        ),
        plain="which exponent makes classes learn together depends on the regime: 0 for free logits, 1/2 from small starts, 1 for fixed "
        "class features, and between 0 and 1 for a kernel",
    ),
)
