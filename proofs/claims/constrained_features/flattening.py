"""Weight exponents and weights that give contrasts equal rates at a small start, where inputs have a block Gram matrix."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import sympy as sp

from numerics.constrained_features.inputs import block_gram, inputs_of
from proofs.claims.common import HALF, STRICT_RATIO, at, identities, identity, product
from proofs.claims.constrained_features.settings import (
    GROUPS,
    KAPPA,
    MEETING_TOLERANCE,
    POINT,
    RHO,
    SAME_SIGNAL,
    SIZES,
    THETA,
    mean_squares,
    sample_drive,
)
from proofs.claims.unconstrained_features import settings as plain
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Increasing, Limit, Measurement
from theory.algebra import partition
from theory.constrained_features import flattening
from theory.constrained_features.rates import centred_gram, lazy_gram, masses
from theory.data import inputs
from theory.data.counts import ClassCounts, Group
from theory.symbols import R, gamma, n_majority, n_minority

SIGNAL = sp.log((1 + THETA * R * n_minority) / (1 + THETA * n_minority))
RICH = HALF + SIGNAL / (2 * sp.log(R))
POSITIVE = 1 + THETA * R * n_minority > 0  # a squared distance of two class means, in units of (1 − ρ)/n
POINTS = tuple(
    {**POINT, THETA: theta, RHO: rho, KAPPA: rho - theta * (1 - rho)}
    for theta, rho in ((sp.Rational(2, 7), sp.Rational(3, 10)), (sp.Integer(0), HALF), (-sp.Rational(1, 45), sp.Rational(1, 10)))
)


def _contrast(count, weight):
    """The squared rate of a contrast, by the block algebra, with κ = ρ − θ(1 − ρ)."""
    return flattening.contrast_rates(count, weight).rich.subs(KAPPA, SAME_SIGNAL)


def _exponent_parts(said):
    majority, minority = (_contrast(n, n**-gamma) for n in (R * n_minority, n_minority))
    return (
        identity(
            "ratio-of-contrast-rates",
            "ln(e_maj/e_min) = 2(γ* − γ) ln R of the squared rates: they are equal at γ*, and below it the majority's is the larger",
            sp.log(majority / minority),
            2 * (said.exponent - gamma) * sp.log(R),
            R > 1,
            POSITIVE,
            RHO < 1,
        ),
        *_order_parts(said),
        *_limit_parts(said),
        *_possible_parts(said),
    )


def _order_parts(said):
    return (
        Holds(id="above-one-half", says="θ > 0: γ* > 1/2", condition=said.exponent > said.half, where=(R > 1, *said.signal)),
        Holds(id="below-one", says="θ > 0: γ* < 1", condition=said.exponent < said.most, where=(R > 1, THETA > 0)),
        identity("one-half-without-signal", "θ = 0, whatever ρ = κ: γ* = 1/2", said.exponent, HALF, R > 1, sp.Eq(THETA, said.none)),
        Holds(
            id="one-half-only-without-signal",
            says="θ ≠ 0: γ* ≠ 1/2",
            condition=sp.Ne(said.exponent, HALF),
            where=(R > 1, POSITIVE, sp.Ne(THETA, said.none)),
        ),
        Holds(
            id="below-one-half-where-less-alike",
            says="θ < 0, samples of one class less alike than those of two: γ* < 1/2",
            condition=said.exponent < said.half,
            where=(R > 1, POSITIVE, THETA < 0),
        ),
    )


def _limit_parts(said):
    where = (R > 1, THETA > 0)
    rising = [
        Increasing(
            id=f"increases-in-{name}", says=f"θ > 0: γ* increases in {words}", expr=said.sign * said.exponent, variable=x, where=where
        )
        for name, words, x in (("signal", "θ", THETA), ("count", "n_min at fixed R", n_minority))
    ]
    tending = [
        Limit(
            id=f"tends-to-one-with-{name}",
            says=f"θ > 0: γ* → 1 as {words} → ∞",
            expr=said.exponent,
            variable=x,
            point=sp.oo,
            value=said.limit,
            where=where,
        )
        for name, words, x in (("signal", "θ", THETA), ("count", "n_min, at fixed R,", n_minority), ("ratio", "R", R))
    ]
    return (*rising, *tending)


def _possible_parts(said):
    """K on vectors that are constant on classes is diag(√n) B diag(√n)."""
    gram = lazy_gram(inputs.class_mean_gram(GROUPS), [group.count for group in GROUPS])
    x = sp.Matrix(sp.symbols("xi_maj xi_min", real=True))
    image = product(gram.quotient(), x)
    squares = [size * value * entry**2 for size, value, entry in zip(SIZES, gram.diagonal, x, strict=True)]
    common = sp.Add(*(size * sp.sqrt(group.count) * entry for size, group, entry in zip(SIZES, GROUPS, x, strict=True)))
    return (
        Holds(
            id="less-alike-samples-are-possible",
            says="ρ < κ < ρ + (1 − ρ)/n_maj, so θ < 0: K is positive on scatter, 1 − ρ, and on contrasts of classes, n(β − κ)",
            condition=sp.And(*(value > 0 for value in (1 - RHO, *gram.diagonal))),
            where=(RHO < 1, RHO < KAPPA, n_majority > n_minority, *said.possible),
        ),
        identity(
            "less-alike-samples-between-groups",
            "and where κ ≥ 0 on vectors that are constant on groups: its form there is a sum of n(β − κ) and κ times squares",
            sp.Add(*(size * entry * moved for size, entry, moved in zip(SIZES, x, image, strict=True))),
            sp.Add(*squares) + said.common * common**2,
        ),
    )


# Weights for any counts -----------------------------------------------------------------------------------------------------

n1, n2, n3, w1, w2, w3, factor, common = sp.symbols("n_1 n_2 n_3 omega_1 omega_2 omega_3 k x", positive=True)
ratio, other, share = sp.symbols("r q z", positive=True)
ANY_COUNTS, ANY_WEIGHTS = (n1, n2, n3), (w1, w2, w3)
NO_COMMON = RHO / (1 - RHO)  # θ at κ = 0


def rich_flat(count):
    """(n(1 + θn))^(−1/2)."""
    return (count * (1 + THETA * count)) ** -HALF


def _weights_parts(said):
    """(e_i − e_j)ᵀ G (e_i − e_j) = e_i + e_j for any two classes, so that equal rates make all e equal where c ≥ 3."""
    rest = sp.Symbol("m", positive=True, integer=True)
    groups = [Group(size, n) for size, n in zip((sp.Integer(1), sp.Integer(1), rest), ANY_COUNTS, strict=True)]
    gram = centred_gram(inputs.class_mean_gram(groups, RHO, said.common_mean), masses(groups, ANY_WEIGHTS)).quotient()
    contrast = sp.Matrix([1, -1, 0])
    squares = [n * w**2 * (1 - RHO) * (1 + NO_COMMON * n) for n, w in zip(ANY_COUNTS, ANY_WEIGHTS, strict=True)]
    e1, e2, e3 = (sp.Symbol(f"e_{k}", positive=True) for k in (1, 2, 3))
    P = partition.centring((rest, sp.Integer(1))).quotient()
    return (
        identity(
            "form-on-a-difference",
            "κ = 0: the Gram matrix has the form e_i + e_j on the difference of any two classes, e = nω²(1 − ρ)(1 + θn), for every "
            "number of classes",
            product(contrast.T, product(gram, contrast))[0],
            squares[0] + squares[1],
            RHO < 1,
        ),
        Holds(
            id="flat-makes-squares-equal",
            says="one common rate x for three classes or more: e_i + e_j = 2x for all pairs, so all e are x",
            condition=sp.And(*(sp.Eq(e, common, evaluate=False) for e in (e1, e2, e3)), evaluate=False),
            where=tuple(sp.Eq((e1, e2, e3)[i] + (e1, e2, e3)[j], 2 * common) for i, j in said.pairs),
        ),
        identities(
            "equal-squares-are-flat",
            "conversely P(xI)P = xP for every number of classes",
            zip(product(P, common * P), common * said.flat((rest, sp.Integer(1))).quotient(), strict=True),
        ),
        identity(
            "stated-weights-make-squares-equal",
            "ω_j = k (n_j (1 + θn_j))^(−1/2): e_j is the same for every count",
            squares[0].subs(NO_COMMON, THETA),
            squares[1].subs(NO_COMMON, THETA),
            THETA >= 0,
            sp.Eq(w1, factor * said.weight(n1)),
            sp.Eq(w2, factor * said.weight(n2)),
        ),
        *_no_exponent_parts(said),
    )


def _no_exponent_parts(said):
    """ω = n^(−γ) is flat iff ln(n(1 + θn)) is 2γ ln n and a constant on the counts: its slopes between counts must be equal."""
    slope = [sp.log((1 + THETA * b) / (1 + THETA * a)) for a, b in ((n1, ratio * n1), (ratio * n1, ratio * other * n1))]
    fall = [sp.log((1 - b) / (1 - a)) for a, b in ((share / (ratio * other), share / other), (share / other, share))]
    growth = sp.log(ratio), sp.log(other)
    return (
        Holds(
            id="slopes-differ-with-signal",
            says="θ > 0: between three counts n, rn and rqn the slope of ln(1 + θn) in ln n increases strictly, so no exponent is flat",
            condition=said.sign * slope[0] * growth[1] < said.sign * slope[1] * growth[0],
            where=(ratio > 1, other > 1, THETA > 0),
        ),
        Holds(
            id="slopes-differ-with-less-alike-samples",
            says="θ < 0, z = −θ times the largest count < 1: it decreases strictly",
            condition=said.sign * fall[0] * growth[1] > said.sign * fall[1] * growth[0],
            where=(ratio > 1, other > 1, share < 1),
        ),
        identity(
            "identical-samples-take-inverse-frequency",
            "ρ = 1, κ = 0: ω = n^(−1) makes n²ω², the squared rate, the same for every count",
            at(flattening.contrast_rates(n1, n1**said.identical).rich, {RHO: sp.Integer(1), KAPPA: sp.Integer(0)}),
            sp.Integer(1),
        ),
    )


# How it is run -------------------------------------------------------------------------------------------------------------


def exponent_error(exponent: sp.Expr) -> Measurement:
    """The rate of a majority contrast over that of a minority one, at sample level with the stated exponent, less 1."""
    value = plain.compiled(exponent, R, n_minority, THETA, RHO, KAPPA)
    generator = np.random.default_rng(plain.SEED)

    def errors() -> Iterator[tuple[str, float]]:
        for case in range(60):
            big, small, few = (int(k) for k in generator.integers(2, 4, 3))
            many = few * int(generator.integers(2, 12))
            within = generator.uniform(0.05, 0.8)
            between = within * generator.uniform(0, 1) if case % 4 else within + 0.5 * (1 - within) / many  # every fourth has θ < 0
            counts = ClassCounts((many,) * big + (few,) * small)
            gamma_star = float(value(many / few, few, (within - between) / (1 - within), within, between))
            drive = sample_drive(counts, plain.power_weights(counts, gamma_star), inputs_of(block_gram(counts, within, between)))
            majority, minority = mean_squares(drive, 0, big), mean_squares(drive, big, big + small)
            yield f"n={many},{few}, ρ={within:.2f}, κ={between:.2f}", abs(np.sqrt(majority / minority) - 1)

    return plain.worst(errors())


def weights_error(weight: Callable[[sp.Expr], sp.Expr]) -> Measurement:
    """Relative spread of the c − 1 singular values of ZΩXᵀ at κ = 0 with the stated weights, random counts."""
    value = plain.compiled(weight(n1), n1, THETA)
    generator = np.random.default_rng(plain.SEED)

    def errors() -> Iterator[tuple[str, float]]:
        for _ in range(40):
            c, within = int(generator.integers(3, 7)), generator.uniform(0.02, 0.9)
            counts = ClassCounts(tuple(int(n) for n in generator.choice(np.arange(1, 40), c, replace=False)))
            weights = value(np.array(counts.per_class, dtype=float), within / (1 - within))
            X = inputs_of(block_gram(counts, within, 0.0))
            rates = np.linalg.svd(sample_drive(counts, weights, X), compute_uv=False)[: c - 1]
            yield f"{counts.per_class}, ρ={within:.2f}", float(rates[0] / rates[-1] - 1)

    return plain.worst(errors())


CLAIMS = (
    Claim(
        id="flattening-exponent-rich",
        says="STEP, block Gram matrix, ω = n^(−γ): majority and minority contrasts have equal rates at a small start iff γ = γ* = 1/2 + "
        "ln((1 + θn_maj)/(1 + θn_min))/(2 ln R), R > 1, θ = (ρ − κ)/(1 − ρ). For θ > 0 it lies in (1/2, 1), increases in θ, and in "
        "n_min at fixed R, and tends to 1 as θ → ∞, as n_min → ∞ and as R → ∞. It is 1/2 iff θ = 0, and < 1/2 iff θ < 0, "
        "which inputs can have.",
        source=OURS,
        stated={
            "exponent": RICH,
            "half": HALF,
            "most": sp.Integer(1),
            "signal": (THETA > 0,),
            "none": sp.Integer(0),
            "sign": 1,
            "limit": sp.Integer(1),
            "common": KAPPA,
            "possible": (n_majority * (RHO - KAPPA) + 1 - RHO > 0,),
        },
        hypotheses=STRICT_RATIO,
        witnesses=POINTS,
        parts=_exponent_parts,
        runs=lambda said: (
            Agrees(
                id="contrast-rates-of-samples",
                says="rates of contrasts at sample level with the stated exponent, random STEP settings, θ < 0 among them",
                uses=("exponent",),
                measure=lambda: exponent_error(said.exponent),
                bound=MEETING_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("one half, as of free features", {"exponent": HALF}),
            NearMiss("it depends on ρ alone", {"exponent": RICH.subs(THETA, RHO / (1 - RHO))}),
            NearMiss("it depends on ρ and κ by their difference", {"exponent": RICH.subs(THETA, RHO - KAPPA)}),
            NearMiss("at least 6/10 with signal", {"half": sp.Rational(6, 10)}),
            NearMiss("below 9/10", {"most": sp.Rational(9, 10)}),
            NearMiss("above 1/2 without signal too", {"signal": (POSITIVE,)}),
            NearMiss("1/2 at θ = 1", {"none": sp.Integer(1)}),
            NearMiss("it falls with signal and count", {"sign": -1}),
            NearMiss("it tends to 1/2", {"limit": HALF}),
            NearMiss("a common mean takes from the form", {"common": -KAPPA}),
            NearMiss("K is positive for all samples less alike than those of two classes", {"possible": ()}),
        ),
        coq={
            "ratio-of-contrast-rates": ("constrained.exponents.ratio_of_contrast_rates",),
            "above-one-half": ("constrained.exponents.above_one_half",),
            "below-one": ("constrained.exponents.below_one",),
            "one-half-without-signal": ("constrained.exponents.one_half_without_signal",),
            "one-half-only-without-signal": ("constrained.exponents.one_half_only_without_signal",),
            "below-one-half-where-less-alike": ("constrained.exponents.below_one_half_where_less_alike",),
        },
    ),
    Claim(
        id="flattening-weights-rich",
        says="Block Gram matrix with κ = 0, ρ < 1, any counts, c ≥ 3: all c − 1 rates at a small start are equal iff "
        "ω_j ∝ (n_j (1 + θn_j))^(−1/2), θ = ρ/(1 − ρ). For three or more distinct counts no exponent of ω = n^(−γ) does it unless "
        "θ = 0; for ρ = 1 γ = 1 does.",
        source=OURS,
        stated={
            "common_mean": sp.Integer(0),
            "pairs": ((0, 1), (0, 2), (1, 2)),
            "flat": partition.centring,
            "weight": rich_flat,
            "sign": 1,
            "identical": -1,
        },
        witnesses=(
            {
                **POINT,
                KAPPA: sp.Integer(0),
                **dict.fromkeys((common, factor, *sp.symbols("e_1:4", positive=True)), sp.Integer(1)),
                n1: sp.Integer(1),
                n2: sp.Integer(1),
                w1: sp.sqrt(sp.Rational(7, 9)),
                w2: sp.sqrt(sp.Rational(7, 9)),
                ratio: sp.Integer(2),
                other: sp.Integer(2),
                share: HALF,
            },
        ),
        parts=_weights_parts,
        runs=lambda said: (
            Agrees(
                id="spread-of-singular-values",
                says="relative spread of all c − 1 singular values of ZΩXᵀ at sample level, random counts and ρ",
                uses=("weight",),
                measure=lambda: weights_error(said.weight),
                bound=MEETING_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("the weights that flatten the lazy flow", {"weight": lambda count: 1 / (1 + THETA * count)}),
            NearMiss("n^(−1/2), as of free features", {"weight": lambda count: count**-HALF}),
            NearMiss("a common mean κ = ρ/2", {"common_mean": RHO / 2}),
            NearMiss("two pairs of three classes are enough", {"pairs": ((0, 1), (0, 2))}),
            NearMiss("the ones grow as well", {"flat": partition.identity}),
            NearMiss("the slopes fall with signal", {"sign": -1}),
            NearMiss("identical samples take n^(−1/2)", {"identical": -HALF}),
        ),
    ),
)
