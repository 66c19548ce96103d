"""The lazy flow, in which logits move by a kernel that stands still: its rates, its flattening exponent, and half-way to the rich one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import sympy as sp

from numerics.constrained_features.inputs import block_gram, inputs_of
from numerics.constrained_features.runs import Run, lazy_run, linear_features_run, mode_shares, spectral_start
from proofs.claims.common import HALF, at, identities, identity, product
from proofs.claims.constrained_features.blocks import (
    ARGUMENTS,
    COUNTS,
    EXCESS,
    KAPPA,
    MASS,
    MEANS,
    POINT,
    SETTINGS,
    SIZES,
    TOTAL,
    WEIGHTS,
    along,
    directions,
    numbers_of,
    setting_of,
)
from proofs.claims.unconstrained_features import settings
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Limit, MatrixIdentity, Measurement
from theory.algebra.partition import BlockMatrix, block_diagonal
from theory.constrained_features import flattening, lazy, rates
from theory.models.model import samples
from theory.symbols import R, gamma, n_majority, n_minority, signal, similarity_within, t
from theory.unconstrained_features import flow

n, omega = sp.symbols("n_g omega_g", positive=True)  # of one group
A, D, RATE = sp.symbols("a_g d_g ell_g", positive=True)  # of one contrast: a, β − κ, ℓ = a(β − κ)
DISTANCES = sp.symbols("D_maj D_min", positive=True)  # half the mean squared distance of two class means of a group
SAME_SIGNAL = sp.Eq(signal * (1 - similarity_within), similarity_within - KAPPA)
SCATTER = {"ρ < 1": similarity_within < 1}
IMBALANCE = {"R > 1": n_majority > n_minority}
EXPONENT = sp.log((1 + signal * n_majority) / (1 + signal * n_minority)) / sp.log(n_majority / n_minority)
WITNESS = {
    **POINT,
    R: sp.Integer(4),
    gamma: HALF,
    similarity_within: HALF,
    KAPPA: sp.Integer(0),
    signal: sp.Integer(1),
    t: sp.Integer(1),
    n: sp.Integer(2),
    omega: sp.Integer(1),
    **dict.fromkeys((A, D, RATE), sp.Integer(1)),
    DISTANCES[0]: sp.Rational(1, 4),
    DISTANCES[1]: sp.Integer(1),
}


def _rates_parts(said):
    quotient = rates.lazy_gram(MEANS, MASS).quotient()
    first, second = (a * d for a, d in zip(MASS, EXCESS, strict=True))
    q = [m * a for m, a in zip(SIZES, MASS, strict=True)]
    grown = said.share
    return (
        _stay_together(said),
        identity(
            "mean-over-a-class",
            "block K: the mean of K over the samples of one class is β = ρ + (1 − ρ)/n, so n β = 1 + (n − 1)ρ",
            n * (similarity_within + (1 - similarity_within) / n),
            1 + (n - said.itself) * similarity_within,
        ),
        *(_contrast_part(said, g, name) for g, name in enumerate(("majority", "minority"))),
        identity(
            "rate-by-signal-to-noise",
            "ℓ = a(β − κ) = ω(1 − ρ)(1 + θn)",
            n * omega * (similarity_within + (1 - similarity_within) / n - KAPPA),
            said.rate(omega, n),
            SAME_SIGNAL,
        ),
        identity("strength-of-a-contrast", "1 − e^(−ℓt) solves ds/dt = ℓ(1 − s)", sp.diff(grown, t), at(RATE * (1 - D), {D: grown})),
        identity("strength-starts-at-zero", "from s(0) = 0", at(grown, {t: sp.Integer(0)}), said.begins),
        identity(
            "sum-of-quotient-rates",
            "the quotient rates have the trace of diag(ℓ) + κqqᵀ, q_g = √(m_g a_g)",
            quotient.trace(),
            first + second + said.between * TOTAL,
        ),
        identity(
            "product-of-quotient-rates",
            "and its determinant",
            quotient.det(),
            (first + said.between * q[0]) * (second + said.between * q[1]) - said.between**2 * q[0] * q[1],
        ),
    )


def _stay_together(said):
    """K = YᵀSY + ν I with Y = DFᵀ, F the classes' unit vectors and D the roots of their counts, and E = (P − L̄)ωY: EK is again (…)Y."""
    F = sp.MatrixSymbol("F", samples, flow.rows)
    P, L, S = (sp.MatrixSymbol(name, flow.rows, flow.rows) for name in "PLS")
    root, weights = (sp.MatrixSymbol(name, flow.rows, flow.rows) for name in ("D", "omega"))
    noise = sp.Symbol("nu", real=True)
    error = (P - L) * weights * root * F.T
    return MatrixIdentity(
        id="samples-of-a-class-stay-together",
        says="K = YᵀSY + νI: from logits L̄Y, a column a class, dL/dt = (P − L̄)(ωD²S + νω) Y with D² the counts, again a column a class",
        left=error * (F * root * S * root * F.T + noise * sp.Identity(samples)),
        right=(P - L) * (weights * root * root * S + said.noise * noise * weights) * root * F.T,
        orthonormal=(F,),
        diagonal=(root, weights),
    )


def _contrast_part(said, g, name):
    """Two classes of group g, its rest, the other group: diag(a) B on a contrast, and ℓ times it."""
    sizes, mass = (sp.Integer(1), sp.Integer(1), SIZES[g] - 2, SIZES[1 - g]), (MASS[g],) * 3 + (MASS[1 - g],)
    B = BlockMatrix(sizes, (EXCESS[g],) * 3 + (EXCESS[1 - g],), (KAPPA * sp.ones(4, 4)).as_immutable())
    y = sp.Matrix([1, -1, 0, 0])
    moved = product(block_diagonal(sizes, mass).quotient(), product(B.quotient(), y))
    return identities(
        f"{name}-contrast-is-an-eigenvector",
        f"a contrast y of two {name} classes has diag(a)By = ℓy, ℓ = a(β − κ)",
        zip(moved, said.contrast(MASS[g], EXCESS[g]) * y, strict=True),
    )


def _exponent_parts(said):
    R_ = n_majority / n_minority
    first, second = (count ** (1 - gamma) * d for count, d in zip(COUNTS, EXCESS, strict=True))
    signals = tuple(sp.Eq(d, (1 - similarity_within) * (1 / count + signal)) for d, count in zip(EXCESS, COUNTS, strict=True))
    where = (*IMBALANCE.values(), *SCATTER.values(), 1 + signal * n_majority > 0, 1 + signal * n_minority > 0)
    apart = BlockMatrix(SIZES, EXCESS, sp.zeros(2, 2).as_immutable())
    return (
        identity(
            "equal-rates-at-this-exponent",
            "ω = n^(−γ): ln ℓ_maj − ln ℓ_min = (γ*_lazy − γ) ln R",
            sp.log(first) - sp.log(second),
            (said.exponent - gamma) * sp.log(R_),
            *where,
            *signals,
        ),
        identity(
            "derived-exponent",
            "γ*_lazy is the exponent that is solved for from equal rates",
            flattening.lazy_exponent(n_majority, n_minority, signal),
            said.exponent,
            *where,
        ),
        Holds(
            id="zero-without-signal",
            says="θ = 0: it is 0",
            condition=sp.Eq(at(said.exponent, {signal: said.no_signal}), 0, evaluate=False),
            where=tuple(IMBALANCE.values()),
        ),
        Limit(
            id="one-for-identical-samples",
            says="θ → ∞, as for ρ → 1: it tends to 1",
            expr=said.exponent,
            variable=signal,
            point=sp.oo,
            value=said.identical,
            where=tuple(IMBALANCE.values()),
        ),
        Holds(
            id="between-zero-and-one",
            says="0 < γ*_lazy < 1 where θ > 0",
            condition=sp.And(said.exponent > 0, said.exponent < said.most, evaluate=False),
            where=(*IMBALANCE.values(), signal > 0),
        ),
        Holds(
            id="below-zero-for-negative-signal",
            says="γ*_lazy ln R < 0 where θ < 0 and 1 + θ n_maj > 0",
            condition=said.exponent * sp.log(R_) < said.negative,
            where=(*IMBALANCE.values(), signal < 0, 1 + signal * n_majority > 0),
        ),
        identities(
            "rates-without-common-mean",
            "κ = 0: the quotient rates are the ℓ themselves, so all rates are equal iff ω_maj (1 + θ n_maj) = ω_min (1 + θ n_min)",
            zip(
                rates.lazy_gram(apart, [k * w for k, w in zip(COUNTS, WEIGHTS, strict=True)]).quotient(),
                sp.diag(*map(said.rate, WEIGHTS, COUNTS)),
                strict=True,
            ),
            *signals,
        ),
    )


def _halfway_parts(said):
    R_ = n_majority / n_minority
    mass = [count ** (1 - gamma) for count in COUNTS]
    rich, slow = ([a**power * d for a, d in zip(mass, DISTANCES, strict=True)] for power in (2, 1))
    derived = flattening.exponents_by_distances()
    gap = sp.log(DISTANCES[0] / DISTANCES[1]) / sp.log(R_)
    exact = (*IMBALANCE.values(),)
    return (
        identity(
            "rich-exponent-by-distances",
            "squared rich rates a²D: ln e_maj − ln e_min = 2 (γ*_rich − γ) ln R",
            sp.log(rich[0]) - sp.log(rich[1]),
            2 * (said.rich(gap) - gamma) * sp.log(R_),
            *exact,
        ),
        identity(
            "lazy-exponent-by-distances",
            "lazy rates aD: ln ℓ_maj − ln ℓ_min = (γ*_lazy − γ) ln R",
            sp.log(slow[0]) - sp.log(slow[1]),
            (said.lazy(gap) - gamma) * sp.log(R_),
            *exact,
        ),
        identity(
            "rich-is-halfway-by-distances",
            "any K, rates that are means over the contrasts of a group: γ*_rich = (1 + γ*_lazy)/2",
            derived.rich,
            said.halfway(derived.lazy),
            *exact,
        ),
        identity(
            "rich-is-halfway-for-block-matrices",
            "block K: γ*_rich = (1 + γ*_lazy)/2",
            flattening.rich_exponent(n_majority, n_minority, signal),
            said.halfway(flattening.lazy_exponent(n_majority, n_minority, signal)),
            *exact,
            1 + signal * n_majority > 0,
            1 + signal * n_minority > 0,
        ),
        *(
            Holds(
                id=f"{name}-where-majority-is-{word}",
                says=f"γ*_lazy is {name} γ*_rich where D_maj is {word} than D_min",
                condition=order(said.lazy(gap), said.rich(gap)),
                where=(*exact, order(*DISTANCES)) if said.both else exact,
            )
            for name, word, order in (("below", "smaller", sp.Lt), ("above", "larger", sp.Gt))
        ),
        Holds(
            id="no-exponent-flattens-both",
            says="block K, R > 1, ρ < 1: the D = (1 − ρ)(1/n + θ) of the groups differ",
            condition=sp.Ne((1 - similarity_within) * (1 / n_majority + signal), (1 - similarity_within) * (1 / n_minority + signal)),
            where=(*exact, said.scatter),
        ),
    )


# How it is run ----------------------------------------------------------------------------

LAZY_TOLERANCE = 1e-8  # relative, of a share along a linear flow that is integrated to 1e-12 a step
EQUAL_TOLERANCE = 1e-7  # relative, of the ratio of two first times
RICH_TOLERANCE = 2e-2  # γ* at δ = 30 is (1 − γ*_rich)/60 below its limit, 0.01 at most


def _run(case: int, exponent: float) -> tuple[Run, Callable[..., np.ndarray]]:
    counts, within, between = SETTINGS[case]
    setting = setting_of(counts, exponent)
    return lazy_run(setting, block_gram(counts, within, between), 3.0), mode_shares(setting, directions(counts))


def lazy_path_error(contrast: Callable[..., sp.Expr], between: sp.Expr) -> Measurement:
    """Contrasts and the middle mode along lazy runs at sample level, relative, against 1 − e^(−ℓt) and the stated quotient rates."""
    ell = [settings.compiled(contrast(a, d), *ARGUMENTS) for a, d in zip(MASS, EXCESS, strict=True)]
    slow, fast = (settings.compiled(rate, *ARGUMENTS) for rate in lazy.quotient_rates(SIZES, MASS, EXCESS, between))
    parts = [settings.compiled(part, *ARGUMENTS, *COUNTS) for part in lazy.middle_parts(SIZES, COUNTS, MASS, EXCESS, between)]

    def errors() -> Iterator[tuple[str, float]]:
        for case, (counts, within, similarity) in enumerate(SETTINGS):
            for exponent in (0.0, 0.5):
                run, read = _run(case, exponent)
                numbers, times = numbers_of(counts, within, similarity, exponent), np.array([0.05, 0.3, 1.0, 3.0])
                found = along(run, read, times)
                ends = (counts.per_class[0], counts.per_class[-1])
                middle = sum(
                    part(*numbers, *ends) * (1 - np.exp(-rate(*numbers) * times)) for part, rate in zip(parts, (slow, fast), strict=True)
                )
                majority, minority = (1 - np.exp(-value(*numbers) * times) for value in ell)
                yield f"{counts.per_class}, γ={exponent}", settings.relative(found, np.column_stack([majority, middle, minority]))

    return settings.worst(errors())


def lazy_exponent_error(exponent: sp.Expr) -> Measurement:
    """T_maj/T_min − 1 of contrasts along lazy runs at the stated exponent."""
    stated = settings.compiled(exponent, n_majority, n_minority, signal)

    def errors() -> Iterator[tuple[str, float]]:
        for case in (0, 2, 3):
            counts, within, between = SETTINGS[case]
            power = float(stated(counts.per_class[0], counts.per_class[-1], (within - between) / (1 - within)))
            run, read = _run(case, power)
            majority, _, minority = run.first_times(read)
            yield f"{counts.per_class}", abs(float(majority or np.nan) / float(minority or np.nan) - 1)

    return settings.worst(errors())


def halfway_error(halfway: Callable[[sp.Expr], sp.Expr]) -> Measurement:
    """Exponents of equal half times of both contrasts along runs: the rich one at δ = 30, against the stated function of the lazy one."""
    stated = settings.compiled(halfway(gamma), gamma)

    def errors() -> Iterator[tuple[str, float]]:
        for case in (0, 2):
            slow, rich = (_crossing(ratio, case) for ratio in (_lazy_ratio, _rich_ratio))
            yield f"{SETTINGS[case][0].per_class}", abs(rich - float(stated(slow)))

    return settings.worst(errors())


def _ratio(run: Run, read: Callable[..., np.ndarray]) -> float:
    """ln(T_maj/T_min) of the two contrasts."""
    majority, _, minority = run.first_times(read)
    return float(np.log(float(majority or np.nan) / float(minority or np.nan)))


def _lazy_ratio(case: int, power: float) -> float:
    return _ratio(*_run(case, power))


def _rich_ratio(case: int, power: float) -> float:
    counts, within, between = SETTINGS[case]
    setting, X = setting_of(counts, power), inputs_of(block_gram(counts, within, between))
    run = linear_features_run(setting, X, *spectral_start(setting, X, 30.0), 90.0)
    return _ratio(run, mode_shares(setting, directions(counts)))


def _crossing(ratio: Callable[[int, float], float], case: int) -> float:
    """The exponent at which ln(T_maj/T_min), which is linear in it, is 0: from its values at 1/2 and 3/4."""
    low, high = ratio(case, 0.5), ratio(case, 0.75)
    return 0.5 - 0.25 * low / (high - low)


CLAIMS = (
    Claim(
        id="lazy-rates",
        says="Lazy flow dL/dt = EK from L = 0, squared loss, STEP, block K: samples of a class stay together; a contrast of two classes of "
        "group g has the strength 1 − e^(−ℓt) with ℓ = a(β − κ) = ω(1 − ρ)(1 + θn), and what is constant on groups moves at the "
        "eigenvalues of diag(ℓ) + κqqᵀ, q_g = √(m_g a_g).",
        source=OURS,
        stated={
            "noise": sp.Integer(1),
            "itself": sp.Integer(1),
            "contrast": lambda a, d: a * d,
            "rate": lambda weight, count: weight * (1 - similarity_within) * (1 + signal * count),
            "share": 1 - sp.exp(-RATE * t),
            "begins": sp.Integer(0),
            "between": KAPPA,
        },
        witnesses=(WITNESS,),
        parts=_rates_parts,
        runs=lambda said: (
            Agrees(
                id="strengths-of-lazy-runs",
                says="contrasts and the middle mode along lazy runs at sample level against the stated rates",
                uses=("contrast", "between"),
                measure=lambda: lazy_path_error(said.contrast, said.between),
                bound=LAZY_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("the scatter inside a class counts twice", {"noise": sp.Integer(2)}),
            NearMiss("β without the diagonal of K", {"itself": sp.Integer(0)}),
            NearMiss("the rich rate", {"contrast": lambda a, d: a * sp.sqrt(d)}),
            NearMiss("1 + θ in place of 1 + θn", {"rate": lambda weight, count: weight * (1 - similarity_within) * (1 + signal)}),
            NearMiss("e^(−2ℓt)", {"share": 1 - sp.exp(-2 * RATE * t)}),
            NearMiss("it starts at 1", {"begins": sp.Integer(1)}),
            NearMiss("the common mean counts twice", {"between": 2 * KAPPA}),
        ),
    ),
    Claim(
        id="lazy-exponent",
        says="Lazy flow, STEP, block K, R > 1, ρ < 1, 1 + θn > 0, ω = n^(−γ): the contrasts of both groups have equal rates iff γ is "
        "γ*_lazy = ln((1 + θn_maj)/(1 + θn_min))/ln R, which is 0 for θ = 0, in (0, 1) for θ > 0, tends to 1 as θ → ∞, and is negative "
        "for θ < 0. For κ = 0 all rates, quotient and contrasts, are equal iff ω ∝ 1/(1 + θn).",
        source=OURS,
        stated={
            "exponent": EXPONENT,
            "no_signal": sp.Integer(0),
            "identical": sp.Integer(1),
            "most": sp.Integer(1),
            "negative": sp.Integer(0),
            "rate": lambda weight, count: weight * (1 - similarity_within) * (1 + signal * count),
        },
        hypotheses={**IMBALANCE, **SCATTER},
        witnesses=(
            {**WITNESS, EXCESS[0]: sp.Rational(5, 8), EXCESS[1]: sp.Integer(1)},
            {**WITNESS, similarity_within: sp.Integer(0), signal: -sp.Rational(1, 5)},
        ),
        parts=_exponent_parts,
        runs=lambda said: (
            Agrees(
                id="equal-lazy-times",
                says="T_maj/T_min − 1 of contrasts along lazy runs at the stated exponent",
                uses=("exponent",),
                measure=lambda: lazy_exponent_error(said.exponent),
                bound=EQUAL_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("half of it", {"exponent": EXPONENT / 2}),
            NearMiss("0 at θ = 1", {"no_signal": sp.Integer(1)}),
            NearMiss("it tends to 1/2", {"identical": HALF}),
            NearMiss("below 1/2", {"most": HALF}),
            NearMiss("below −1 for negative θ", {"negative": sp.Integer(-1)}),
            NearMiss("weights 1/(1 + θ)", {"rate": lambda weight, count: weight * (1 - similarity_within) * (1 + signal)}),
        ),
        coq={
            "equal-rates-at-this-exponent": ("constrained.lazy.equal_rates_at_this_exponent",),
            "zero-without-signal": ("constrained.lazy.zero_without_signal",),
            "between-zero-and-one": ("constrained.lazy.between_zero_and_one",),
            "below-zero-for-negative-signal": ("constrained.lazy.below_zero_for_negative_signal",),
        },
    ),
    Claim(
        id="rich-is-halfway",
        says="STEP, R > 1, ω = n^(−γ): γ*_rich = (1 + γ*_lazy)/2, for block K with 1 + θn > 0, and for every K where the rates are the "
        "means over the contrasts of a group, a²D and aD. So γ*_lazy is below γ*_rich where D_maj < D_min and above where D_maj > D_min: "
        "no exponent flattens both then, and none does for block K with ρ < 1.",
        source=OURS,
        stated={
            "rich": lambda gap: 1 + gap / 2,
            "lazy": lambda gap: 1 + gap,
            "halfway": lambda exponent: (1 + exponent) / 2,
            "both": True,
            "scatter": similarity_within < 1,
        },
        hypotheses={**IMBALANCE, **SCATTER},
        witnesses=(WITNESS, {**WITNESS, DISTANCES[0]: sp.Integer(2)}),
        parts=_halfway_parts,
        runs=lambda said: (
            Agrees(
                id="exponents-of-runs",
                says="exponents of equal half times of runs: the rich one at δ = 30, against half-way between 1 and the lazy one",
                uses=("halfway",),
                measure=lambda: halfway_error(said.halfway),
                bound=RICH_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("γ*_rich with the whole logarithm", {"rich": lambda gap: 1 + gap}),
            NearMiss("γ*_lazy with half the logarithm", {"lazy": lambda gap: 1 + gap / 2}),
            NearMiss("half of γ*_lazy", {"halfway": lambda exponent: exponent / 2}),
            NearMiss("whichever D is larger", {"both": False}),
            NearMiss("ρ ≤ 1", {"scatter": similarity_within <= 1}),
        ),
        plain="the exponent that flattens the rich flow lies half-way between 1 and the one that flattens the lazy flow",
        coq={
            "rich-exponent-by-distances": ("constrained.lazy.rich_exponent_by_distances",),
            "lazy-exponent-by-distances": ("constrained.lazy.lazy_exponent_by_distances",),
            "rich-is-halfway-by-distances": ("constrained.lazy.rich_is_halfway_by_distances",),
            "rich-is-halfway-for-block-matrices": ("constrained.lazy.rich_is_halfway_for_block_matrices",),
            "no-exponent-flattens-both": ("constrained.lazy.no_exponent_flattens_both",),
        },
    ),
)
