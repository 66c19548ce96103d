"""Other losses: the first-order target of each, its escape rates under STEP, and what flattens them.

The rates that are stated are held against the Gram matrix of the target that `theory` derives.
"""

from collections.abc import Mapping
from types import SimpleNamespace

import sympy as sp

from proofs.claims.common import HALF, STRICT_RATIO, identity
from proofs.claims.unconstrained_features import runs_losses as runs
from proofs.claims.unconstrained_features.targets import (
    AT_HALF,
    AT_ZERO,
    DIFFERENCES,
    FLAT,
    GRADIENTS,
    GROUPS,
    MORE_SAMPLES,
    NUMBERS,
    POINT,
    TWO_CLASSES,
    WITHIN,
    C,
    N,
    gradient_parts,
    loss_of,
    quotient_part,
    stated_entries,
    target_of,
    theorems,
)
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Statement
from theory.algebra.partition import BlockMatrix, block_diagonal
from theory.data.counts import symbolic_step
from theory.data.weights import exponent_weights
from theory.symbols import R, gamma, m_majority, m_minority, n_majority, n_minority
from theory.unconstrained_features import first_order


def _gradient_run(name: str, said: SimpleNamespace, *uses: str) -> Agrees:
    return Agrees(
        id="compiled-gradients",
        says="compiled gradients at zero logits",
        uses=uses,
        measure=lambda: runs.target_error(name, stated_entries(said)),
        bound=runs.ENTRY_TOLERANCE,
    )


# Its rates -----------------------------------------------------------------------------------------------------------


def _gram(target: first_order.Target) -> BlockMatrix:
    """G Gᵀ at ω = n^(−γ), as the product comes."""
    masses = [group.count * weight**2 for group, weight in zip(target.groups, exponent_weights(target.groups, gamma), strict=True)]
    return target.columns @ block_diagonal(target.columns.sizes, masses) @ target.columns.T


def _within_parts(name: str, said: SimpleNamespace) -> tuple[Holds, ...]:
    return tuple(
        identity(f"within-{group}-rate", f"G Gᵀ acts within the {group} by the square of the stated rate", found, stated**2)
        for group, found, stated in zip(GROUPS, _gram(target_of(name)).diagonal, said.rates[:2], strict=True)
    )


def _middle_part(name: str, said: SimpleNamespace) -> Holds:
    return _along_contrast(_gram(target_of(name)), said, said.rates[2] ** 2)


def _along_contrast(gram: BlockMatrix, said: SimpleNamespace, square: sp.Expr, *where: sp.Basic) -> Holds:
    """The image of G is orthogonal to 1/row: of the vectors that are constant on groups one direction is left."""
    row = getattr(said, "row", (sp.Integer(1),) * 2)
    vector = sp.Matrix([row[0] / m_majority, -row[1] / m_minority])
    return quotient_part(
        "middle-rate",
        "G Gᵀ acts on majority classes against minority classes by the square of the middle rate",
        gram,
        vector,
        square * vector,
        *where,
    )


def _constant_part(name: str, said: SimpleNamespace) -> Holds:
    """Where no direction is left out."""
    vector = sp.Matrix(sp.symbols("eta_maj eta_min", real=True))
    return quotient_part(
        "constant-on-groups-rates",
        "G Gᵀ acts on vectors that are constant on groups by the same squares",
        _gram(target_of(name)),
        vector,
        sp.diag(said.rates[0] ** 2, said.rates[1] ** 2) * vector,
    )


def _growth_run(name: str, said: SimpleNamespace) -> Agrees:
    majority, minority, *middle_rate = said.rates
    return Agrees(
        id="growth-of-runs",
        says="growth rates of runs at δ = 12, γ = 0, 1/2 and 1",
        uses=("rates",),
        measure=lambda: runs.growth_error(name, majority, minority, middle_rate or [majority, minority]),
        bound=runs.GROWTH_TOLERANCE,
    )


def _prior_middle(prior: tuple[sp.Expr, sp.Expr], row: tuple[sp.Expr, sp.Expr]) -> sp.Expr:
    """The middle escape rate of diag(row)(Y − π1ᵀ)Ω at ω = n^(−γ)."""
    masses = [n ** (1 - 2 * gamma) for n in NUMBERS]
    return sp.sqrt(
        (m_minority * row[0] ** 2 + m_majority * row[1] ** 2)
        * (m_minority * prior[1] ** 2 * masses[0] + m_majority * prior[0] ** 2 * masses[1])
    )


def _weighted_rates(factor: sp.Expr) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    """Those of factor · ZΩ."""
    within = [factor * n ** (HALF - gamma) for n in NUMBERS]
    masses = [n ** (1 - 2 * gamma) for n in NUMBERS]
    return within[0], within[1], factor * sp.sqrt((m_minority * masses[0] + m_majority * masses[1]) / C)


# What flattens it ----------------------------------------------------------------------------------------------------


def _flat_parts(majority: sp.Expr, minority: sp.Expr, exponent: sp.Expr) -> tuple[Holds, ...]:
    """The squares of the rates within the groups, at the exponent and elsewhere."""
    return (
        identity(
            "within-group-rates-meet", "the within-group rates are equal at that exponent", majority, minority, sp.Eq(gamma, exponent)
        ),
        Holds(
            id="within-group-rates-differ-elsewhere",
            says="below that exponent the rate within the majority is the larger one, above it the smaller one",
            condition=(exponent - gamma) * (majority / minority - 1) > 0,
            where=(MORE_SAMPLES, sp.Ne(gamma, exponent)),
        ),
    )


def _middle_difference_parts(said: SimpleNamespace) -> tuple[Holds, ...]:
    """The middle rate differs from a within-group one exactly where these differ from each other."""
    majority, minority, between = (rate**2 for rate in said.rates)
    return (
        identity(
            "majority-less-middle",
            "the squares: the majority's less the middle one is m_maj/c of the majority's less the minority's",
            majority - between,
            m_majority / C * (majority - minority),
        ),
        identity(
            "middle-less-minority",
            "and the middle one less the minority's is m_min/c of it",
            between - minority,
            m_minority / C * (majority - minority),
        ),
    )


def _stated_flat_parts(said: SimpleNamespace) -> tuple[Holds, ...]:
    """Where c ≥ 3 there is a rate within some group beside the middle one, so that all are equal where the squares above are."""
    flat = _flat_parts(said.rates[0] ** 2, said.rates[1] ** 2, said.exponent)
    return (*flat, *_middle_difference_parts(said)) if len(said.rates) == 3 else flat


def _flattened(name: str, words: str, stated: Mapping[str, object], near_misses: tuple[NearMiss, ...], rates: tuple[sp.Expr, ...]) -> Claim:
    """A loss whose G is a multiple of ZΩ, with a middle rate, or YΩ, without: the target, the rates, the exponent 1/2."""
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
        witnesses=(POINT, AT_HALF),
        parts=lambda said: (
            *gradient_parts(name, said),
            *_within_parts(name, said),
            _middle_part(name, said) if middle_rate else _constant_part(name, said),
            *_stated_flat_parts(said),
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
        _weighted_rates(factor),
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
        parts=lambda said: (
            *gradient_parts(name, said, where=(AT_ZERO, MORE_SAMPLES)),
            *_within_parts(name, said),
            _middle_part(name, said),
        ),
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
    majority, minority = _gram(target_of("logit-adjusted")).diagonal
    small = target_of("logit-adjusted").at(symbolic_step(n_majority=R, n_minority=sp.Integer(1)))
    return (
        *_flat_parts(majority, minority, said.exponent),
        _along_contrast(_gram(small), said, said.middle, sp.Eq(gamma, HALF)),
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
        *_within_parts("ldam", said),
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


def _equal_times_parts(said: SimpleNamespace) -> tuple[Statement, ...]:
    """Equal escape rates are derived; that the full flow keeps their order of time is seen on runs alone."""
    return (
        *_within_parts("cross-entropy", said),
        _middle_part("cross-entropy", said),
        *_stated_flat_parts(said),
        identity("rates-at-that-exponent", "at that exponent they are 1", said.rates[0], said.level, sp.Eq(gamma, said.exponent)),
        Agrees(
            id="slope-of-the-learning-times",
            says="dT/dδ of every class on full runs, δ = 8 and 12",
            uses=("exponent", "slope"),
            measure=lambda: runs.equal_times_error("cross-entropy", said.exponent, said.slope),
            bound=runs.SLOPE_TOLERANCE,
        ),
    )


def _sources(name: str) -> str:
    return f"ours; the loss: {loss_of(name).source}"


FOCAL = (C - 1) / C**2 * (C - 1 + 2 * sp.log(C))
CROSS_ENTROPY_RATES = _weighted_rates(sp.Integer(1))
ROW = (sp.Integer(1), (n_minority / n_majority) ** sp.Rational(3, 10))

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
        _weighted_rates(sp.Integer(1))[:2],
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
    Claim(
        id="scaled-times-equalise-under-cross-entropy",
        says="Cross-entropy, STEP, weights n^(−γ), n_maj > n_min and c ≥ 3: all escape rates are equal, and then equal to 1, exactly "
        "when γ = 1/2; and in full runs from spectral init at γ = 1/2 (two classes in each group, R = 9 and 25, weights raw) the "
        "flow time T at which a class reaches the margin 1/2 has dT/dδ = 1 within 1 % between δ = 8 and 12, for every class.",
        source=OURS,
        stated={"exponent": HALF, "slope": sp.Integer(1), "level": sp.Integer(1), "rates": CROSS_ENTROPY_RATES},
        witnesses=(POINT, AT_HALF),
        parts=_equal_times_parts,
        near_misses=(
            NearMiss("γ = 0.4", {"exponent": sp.Rational(2, 5)}),
            NearMiss("half the slope", {"slope": HALF}),
            NearMiss("rates of 2", {"level": sp.Integer(2)}),
            NearMiss(
                "the rates of strengths, twice as large, within the groups",
                {"rates": (*(2 * rate for rate in CROSS_ENTROPY_RATES[:2]), CROSS_ENTROPY_RATES[2])},
            ),
            NearMiss(
                "a middle rate as large as both others together",
                {"rates": (*CROSS_ENTROPY_RATES[:2], CROSS_ENTROPY_RATES[0] + CROSS_ENTROPY_RATES[1])},
            ),
        ),
        coq=theorems("cross_entropy", *WITHIN, "middle-rate", *FLAT, *DIFFERENCES, "rates-at-that-exponent"),
    ),
)
