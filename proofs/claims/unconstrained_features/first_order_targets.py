"""Other losses: the first-order target of each, its escape rates under STEP, and what flattens them.

The rates that are stated are held against the Gram matrix of the target that `theory` derives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from types import SimpleNamespace

import numpy as np
import sympy as sp

from numerics.compiled import compile_loss
from numerics.unconstrained_features.experiment import Experiment
from numerics.unconstrained_features.flow import simulate
from proofs.claims.common import HALF, STRICT_RATIO, identity
from proofs.claims.unconstrained_features import settings
from proofs.claims.unconstrained_features.targets import (
    AT_HALF,
    AT_ZERO,
    DIFFERENCES,
    FLAT,
    GRADIENTS,
    MORE_SAMPLES,
    NUMBERS,
    POINT,
    TWO_CLASSES,
    WITHIN,
    C,
    N,
    along_contrast,
    flat_parts,
    gradient_parts,
    gram,
    loss_of,
    middle_part,
    quotient_part,
    stated_entries,
    stated_flat_parts,
    target_of,
    theorems,
    weighted_rates,
    within_parts,
)
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Measurement
from theory import symbols
from theory.data.counts import symbolic_step
from theory.data.weights import class_weights
from theory.losses import loss_named
from theory.symbols import R, gamma, m_majority, m_minority, n_majority, n_minority


def _gradient_run(name: str, said: SimpleNamespace, *uses: str) -> Agrees:
    return Agrees(
        id="compiled-gradients",
        says="compiled gradients at zero logits",
        uses=uses,
        measure=lambda: target_error(name, stated_entries(said)),
        bound=ENTRY_TOLERANCE,
    )


# The rates of a target -----------------------------------------------------------------------------------------------------------


def _constant_part(name: str, said: SimpleNamespace) -> Holds:
    """The rates on vectors that are constant on groups, for a loss whose target vanishes in no direction."""
    vector = sp.Matrix(sp.symbols("eta_maj eta_min", real=True))
    return quotient_part(
        "constant-on-groups-rates",
        "G Gᵀ acts on vectors that are constant on groups by the same squares",
        gram(target_of(name)),
        vector,
        sp.diag(said.rates[0] ** 2, said.rates[1] ** 2) * vector,
    )


def _growth_run(name: str, said: SimpleNamespace) -> Agrees:
    majority, minority, *middle_rate = said.rates
    return Agrees(
        id="growth-of-runs",
        says="growth rates of runs at δ = 12, γ = 0, 1/2 and 1",
        uses=("rates",),
        measure=lambda: growth_error(name, majority, minority, middle_rate or [majority, minority]),
        bound=GROWTH_TOLERANCE,
    )


def _prior_middle(prior: tuple[sp.Expr, sp.Expr], row: tuple[sp.Expr, sp.Expr]) -> sp.Expr:
    """The middle escape rate of diag(row)(Y − π1ᵀ)Ω at ω = n^(−γ)."""
    masses = [n ** (1 - 2 * gamma) for n in NUMBERS]
    return sp.sqrt(
        (m_minority * row[0] ** 2 + m_majority * row[1] ** 2)
        * (m_minority * prior[1] ** 2 * masses[0] + m_majority * prior[0] ** 2 * masses[1])
    )


# What flattens a target ----------------------------------------------------------------------------------------------------


def _flattened(name: str, words: str, stated: Mapping[str, object], near_misses: tuple[NearMiss, ...], rates: tuple[sp.Expr, ...]) -> Claim:
    """The claim on a loss whose G is a multiple of ZΩ, with a middle rate, or of YΩ, without one: target, rates, exponent 1/2."""
    majority, minority, *middle_rate = rates
    if middle_rate:
        near_misses = (
            NearMiss("a middle rate as large as both others together", {"rates": (majority, minority, majority + minority)}),
            *near_misses,
        )
    return Claim(
        id=f"{name}-flat-iff-inverse-square-root",
        says=words,
        source=_sources(name),
        stated={**stated, "exponent": HALF, "rates": rates},
        shares="what-flattens",  # the parts on the exponent are the same statements for each of these losses
        witnesses=(POINT, AT_HALF),
        parts=lambda said: (
            *gradient_parts(name, said),
            *within_parts(name, said),
            middle_part(name, said) if middle_rate else _constant_part(name, said),
            *stated_flat_parts(said),
        ),
        runs=lambda said: (_gradient_run(name, said, "row", "prior", "column"), _growth_run(name, said)),
        near_misses=(
            NearMiss("0.4 in place of 1/2", {"exponent": sp.Rational(2, 5)}),
            NearMiss("inverse frequency, γ = 1", {"exponent": sp.Integer(1)}),
            NearMiss("the rates of strengths, twice as large, within the groups", {"rates": (2 * majority, 2 * minority, *middle_rate)}),
            *near_misses,
        ),
        coq=theorems(
            name.replace("-", "_"),
            *GRADIENTS,
            *WITHIN,
            *FLAT,
            *(("middle-rate", *DIFFERENCES) if middle_rate else ("constant-on-groups-rates",)),
        ),
    )


def _multiple(name: str, words: str, factor: sp.Expr, wrong: sp.Expr, says_wrong: str) -> Claim:
    return _flattened(
        name,
        f"{words}, under STEP. Where n_maj > n_min and c ≥ 3, its escape rates at ω = n^(−γ) are all equal exactly when γ = 1/2.",
        {"column": (factor, factor)},
        (NearMiss(says_wrong, {"column": (wrong, wrong)}),),
        weighted_rates(factor),
    )


# Priors --------------------------------------------------------------------------------------------------------------

PRIOR = (n_majority / N, n_minority / N)


def _prior_claim(claim_id: str, name: str, words: str, row: tuple[sp.Expr, sp.Expr], near_misses: tuple[NearMiss, ...]) -> Claim:
    within = [factor * n ** (HALF - gamma) for factor, n in zip(row, NUMBERS, strict=True)]
    rates = (*within, _prior_middle(PRIOR, row))
    return Claim(
        id=claim_id,
        says=words,
        source=_sources(name),
        stated={"row": row, "prior": PRIOR, "rates": rates},
        witnesses=(POINT,),
        parts=lambda said: (*gradient_parts(name, said, where=(AT_ZERO, MORE_SAMPLES)), *within_parts(name, said), middle_part(name, said)),
        runs=lambda said: (_gradient_run(name, said, "row", "prior"), _growth_run(name, said)),
        near_misses=(
            NearMiss("a uniform prior", {"prior": (1 / C, 1 / C)}),
            NearMiss("the middle rate doubled", {"rates": (*within, 2 * rates[2])}),
            NearMiss("the rates of strengths, twice as large, within the groups", {"rates": (2 * within[0], 2 * within[1], rates[2])}),
            *near_misses,
        ),
        coq=theorems(name.replace("-", "_"), *GRADIENTS, *WITHIN, "middle-rate"),
    )


BALANCED_MIDDLE = C * (m_majority * R**2 + m_minority) / (m_majority * R + m_minority) ** 2


def _gap_parts(said: SimpleNamespace) -> tuple[Holds, ...]:
    """γ must be 1/2 for the within-group rates, and then, at n_min = 1 and n_maj = R, the middle one is above them."""
    majority, minority = gram(target_of("logit-adjusted")).diagonal
    small = target_of("logit-adjusted").at(symbolic_step(n_majority=R, n_minority=sp.Integer(1)))
    return (
        *flat_parts(majority, minority, said.exponent),
        along_contrast(gram(small), said, said.middle, sp.Eq(gamma, HALF)),
        Holds(
            id="middle-rate-exceeds-the-others",
            says="which exceeds theirs for R > 1",
            condition=said.middle > 1,
            where=tuple(STRICT_RATIO.values()),
        ),
    )


# LDAM ----------------------------------------------------------------------------------------------------------------

MARGINS = ((n_minority / n_majority) ** sp.Rational(1, 4) / 2, HALF)


def _ldam_column(margins: tuple[sp.Expr, ...]) -> tuple[sp.Expr, ...]:
    return tuple(30 * C / (C - 1 + sp.exp(-30 * margin)) for margin in margins)


LDAM_COLUMN = _ldam_column(MARGINS)
LDAM_RATES = tuple(factor * n ** (HALF - gamma) for factor, n in zip(LDAM_COLUMN, NUMBERS, strict=True))


def _ldam_parts(said: SimpleNamespace) -> tuple[Holds, ...]:
    majority, minority = (rate**2 for rate in said.rates)

    def at(ratio: int) -> sp.Expr:
        values = {n_majority: ratio, n_minority: 1, m_majority: 5, m_minority: 5}
        return said.exponent.subs({name: sp.Integer(value) for name, value in values.items()})

    return (
        *gradient_parts("ldam", said, where=(AT_ZERO, *TWO_CLASSES)),
        *within_parts("ldam", said),
        identity(
            "logarithm-of-the-rates",
            "ln of the square of the majority's rate over the minority's is 2(γ* − γ) ln(n_maj/n_min): zero at γ* alone",
            sp.log(majority / minority),
            2 * (said.exponent - gamma) * sp.log(n_majority / n_minority),
            MORE_SAMPLES,
        ),
        Holds(
            id="exponent-falls-with-the-ratio",
            says="five and five classes, n_min = 1: γ* at R = 10⁴ is below γ* at R = 16",
            condition=sp.StrictLessThan(*(at(ratio) for ratio in said.ratios), evaluate=False),
        ),
    )


def _sources(name: str) -> str:
    return f"ours; the loss: {loss_of(name).source}"


FOCAL = (C - 1) / C**2 * (C - 1 + 2 * sp.log(C))
ROW = (sp.Integer(1), (n_minority / n_majority) ** sp.Rational(3, 10))


# How it is run ----------------------------------------------------------------------------

ENTRY_TOLERANCE = 1e-10  # of a compiled gradient: some hundred roundings of entries up to the scale 30 of LDAM
GROWTH_TOLERANCE = 1e-4  # escape rates against measured growth rates
SIZES = ((2, 2, 9, 1), (1, 3, 4, 1), (3, 2, 10, 2))  # m_maj, m_min, n_maj, n_min
PLACES = (symbols.m_majority, symbols.m_minority, symbols.n_majority, symbols.n_minority)


def target_error(name: str, columns: Mapping[tuple[int, int, bool], sp.Expr]) -> Measurement:
    """Compiled gradients at zero logits against stated entries (row group, label group, own class)."""
    stated = {place: settings.compiled(entry, *PLACES) for place, entry in columns.items()}

    def errors() -> Iterator[tuple[str, float]]:
        for sizes in SIZES:
            counts = settings.grouped_counts(sizes)
            found = -compile_loss(loss_named(name), counts, range(counts.c)).gradient(np.zeros((counts.c, counts.c)))
            group = [0] * sizes[0] + [1] * sizes[1]
            for k in range(counts.c):
                for y in range(counts.c):
                    expected = float(stated[group[k], group[y], k == y](*sizes))
                    yield (f"sizes and counts {sizes}, entry ({k}, {y})", abs(found[k, y] - expected) / (1 + abs(expected)))

    return settings.worst(errors())


@cache
def _growth(name: str, sizes: tuple[int, ...], gamma: Fraction) -> np.ndarray:
    """Growth rates of a run at δ = 12 from a random start, descending: logarithms of its propagator."""
    counts = settings.grouped_counts(sizes)
    weights = tuple(float(w) for w in class_weights(counts, gamma, "raw"))
    width = counts.c + counts.n
    experiment = Experiment(counts, weights, loss_named(name), 12.0, "random", width, 4)
    fastest = np.linalg.norm(
        compile_loss(experiment.loss, counts, counts.labels).gradient(np.zeros((counts.c, counts.n)))
        * np.array(weights)[list(counts.labels)],
        2,
    )
    time = float(1 / fastest)
    run = simulate(experiment, time=time)
    before, after = (np.vstack([run.W(t), run.H(t).T]) for t in (0.0, time))
    propagator = after @ np.linalg.inv(before)
    found: np.ndarray = np.sort(np.log(np.linalg.eigvalsh((propagator + propagator.T) / 2)) / time)[::-1]
    return found


def growth_error(name: str, majority: sp.Expr, minority: sp.Expr, others: Sequence[sp.Expr]) -> Measurement:
    """Growth rates of runs against stated ones: of the within-group modes (m − 1 of each), and the others once each."""
    rates = [settings.compiled(rate, *PLACES, symbols.gamma) for rate in (majority, minority, *others)]

    def errors() -> Iterator[tuple[str, float]]:
        for sizes in SIZES:
            for power in (Fraction(0), Fraction(1, 2), Fraction(1)):
                values = [float(rate(*map(float, sizes), float(power))) for rate in rates]
                stated = np.sort([values[0]] * (sizes[0] - 1) + [values[1]] * (sizes[1] - 1) + values[2:])[::-1]
                yield (f"sizes and counts {sizes}, γ={power}", settings.relative(_growth(name, sizes, power)[: len(stated)], stated))

    return settings.worst(errors())


CLAIMS = (
    _multiple(
        "cross-entropy", "Cross-entropy: G = ZΩ, the target of the squared loss", sp.Integer(1), 1 - 1 / C, "an extra factor 1 − 1/c"
    ),
    _multiple("label-smoothing", "Label smoothing, ε = 1/10: G = (1 − ε)ZΩ", sp.Rational(9, 10), sp.Integer(1), "ε left out"),
    _multiple(
        "focal", "The focal loss, g = 2: G = (1 − 1/c)²(1 + 2 ln c/(c − 1)) · ZΩ", FOCAL, (1 - 1 / C) ** 2, "the slope of (1 − p)² left out"
    ),
    _multiple("squentropy", "Squentropy: G = ZΩ, the target of cross-entropy", sp.Integer(1), sp.Integer(2), "the squares counted at zero"),
    _multiple("unhinged", "The unhinged loss: G = ZΩ", sp.Integer(1), HALF, "half of it"),
    _flattened(
        "squared-one-hot",
        "The squared loss on one-hot labels: G = YΩ under STEP, with c modes of rates √n ω and no middle one. Where n_maj > n_min, "
        "these are all equal at ω = n^(−γ) exactly when γ = 1/2.",
        {"prior": (sp.Integer(0),) * 2},
        (NearMiss("centred labels", {"prior": (1 / C, 1 / C)}),),
        weighted_rates(sp.Integer(1))[:2],
    ),
    _prior_claim(
        "logit-adjusted-target-has-the-prior",
        "logit-adjusted",
        "Logit adjustment, τ = 1 (balanced softmax): G = (Y − π1ᵀ)Ω under STEP with n_maj > n_min, π the prior n_j/n. Its escape rates "
        "are √n ω within the groups and √(c(m_min π_min² n_maj ω_maj² + m_maj π_maj² n_min ω_min²)) in the middle, ω = n^(−γ).",
        (sp.Integer(1),) * 2,
        (NearMiss("the prior of the inverse counts", {"prior": (n_minority / N, n_majority / N)}),),
    ),
    Claim(
        id="no-exponent-flattens-logit-adjustment",
        says="Logit adjustment, τ = 1, STEP with R > 1 and two classes or more in each group: of the weights n^(−γ), γ = 1/2 alone "
        "makes the within-group rates equal, and there the middle rate is √c ‖π‖ > 1 of theirs. No exponent makes all escape "
        "rates equal.",
        source=OURS,
        stated={"exponent": HALF, "middle": BALANCED_MIDDLE},
        hypotheses=STRICT_RATIO,
        witnesses=(POINT, AT_HALF),
        parts=_gap_parts,
        near_misses=(
            NearMiss("0.4 in place of 1/2", {"exponent": sp.Rational(2, 5)}),
            NearMiss("‖π‖² without c", {"middle": BALANCED_MIDDLE / C}),
            NearMiss("flat after all", {"middle": sp.Integer(1)}),
        ),
        coq=theorems("balanced", *FLAT, "middle-rate", "middle-rate-exceeds-the-others"),
    ),
    _prior_claim(
        "vs-target-scales-the-rows",
        "vs",
        "VS, κ = 3/10 and τ = 1: G = diag(Δ)(Y − π1ᵀ)Ω under STEP with n_maj > n_min, π the prior n_j/n and Δ = (n/n_max)^κ. Its escape "
        "rates are Δ√n ω within the groups and √((m_min Δ_maj² + m_maj Δ_min²)(m_min π_min² n_maj ω_maj² + m_maj π_maj² n_min ω_min²)) "
        "in the middle, ω = n^(−γ).",
        ROW,
        (NearMiss("the multipliers left out", {"row": (sp.Integer(1),) * 2}),),
    ),
    Claim(
        id="ldam-acts-as-weights-at-first-order",
        says="LDAM (s = 30, largest margin 1/2), STEP with two classes or more in each group: G = Z diag(a)Ω with a_j = "
        "s c/(c − 1 + e^(−sΔ_j)), Δ_j = (n_min/n_j)^(1/4)/2. Where n_maj > n_min, its within-group rates at ω = n^(−γ) are equal only "
        "at γ* = 1/2 + ln(a_maj/a_min)/ln(n_maj/n_min); for five classes in each group, n_min = 1, γ* is smaller at R = 10⁴ than at "
        "R = 16: no one exponent flattens LDAM.",
        source=_sources("ldam"),
        stated={
            "column": LDAM_COLUMN,
            "rates": LDAM_RATES,
            "exponent": HALF + sp.log(LDAM_COLUMN[0] / LDAM_COLUMN[1]) / sp.log(n_majority / n_minority),
            "ratios": (10000, 16),
        },
        witnesses=(POINT,),
        parts=_ldam_parts,
        runs=lambda said: (_gradient_run("ldam", said, "column"),),
        near_misses=(
            NearMiss("margins n^(−1/2)", {"column": _ldam_column((sp.sqrt(n_minority / n_majority) / 2, HALF))}),
            NearMiss("one margin for all", {"column": _ldam_column((HALF, HALF))}),
            NearMiss("a largest margin of 1", {"column": _ldam_column((2 * MARGINS[0], 2 * MARGINS[1]))}),
            NearMiss("the rates of strengths, twice as large", {"rates": (2 * LDAM_RATES[0], 2 * LDAM_RATES[1])}),
            NearMiss("the exponent of equal weights", {"exponent": HALF}),
            NearMiss("the ratios in the other order", {"ratios": (16, 10000)}),
        ),
        coq=theorems("ldam", *GRADIENTS, *WITHIN, "logarithm-of-the-rates", "exponent-falls-with-the-ratio"),
    ),
)
