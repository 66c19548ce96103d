"""Other losses: the first-order target of each, its escape rates under STEP, and what flattens them.

What is stated of a target G is held against the derivative of the loss as it comes, along every direction of the logits at
once; the rates that are stated are held against the Gram matrix of the target that `theory` derives.
"""

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from types import SimpleNamespace

import sympy as sp

from proofs.claims.common import HALF, STRICT_RATIO, identity
from proofs.claims.unconstrained_features import runs_losses as runs
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Limit, Statement
from theory.algebra.partition import BlockMatrix, block_diagonal
from theory.data.counts import symbolic_step
from theory.data.weights import effective_number_weights, exponent_weights
from theory.losses import grouped, loss_named
from theory.losses.loss import Loss
from theory.symbols import (
    R,
    gamma,
    growth,
    m_majority,
    m_minority,
    n_majority,
    n_minority,
    overlap,
    sigma,
    t,
    w_majority,
    w_minority,
)
from theory.symbols import delta as scale_exponent
from theory.unconstrained_features import decoupling, first_order, linear_flow, middle
from theory.unconstrained_features.first_order import SCALE

SIZES, NUMBERS = (m_majority, m_minority), (n_majority, n_minority)
STEP = symbolic_step()
C = m_majority + m_minority
N = m_majority * n_majority + m_minority * n_minority
POINT = {
    m_majority: sp.Integer(2),
    m_minority: sp.Integer(3),
    n_majority: sp.Integer(9),
    n_minority: sp.Integer(1),
    R: sp.Integer(9),
    gamma: sp.Rational(1, 4),
    SCALE: sp.Integer(0),
}
AT_HALF = {**POINT, gamma: HALF}
BINARY = ((0, 0), (0, 1), (1, 0), (1, 1))
GROUPS = ("majority", "minority")
AT_ZERO = sp.Eq(SCALE, 0)
ANY = sp.Matrix([sp.symbols("xi_maj xi_min", real=True)])  # a row vector, one entry a group: what holds along it holds in both groups
MORE_SAMPLES = n_majority > n_minority
TWO_CLASSES = (m_majority >= 2, m_minority >= 2)

Entries = Mapping[tuple[int, int, bool], sp.Expr]


@cache
def _loss(name: str) -> Loss:
    return loss_named(name)


@cache
def _target(name: str) -> first_order.Target:
    return first_order.step_target(_loss(name))


GRADIENTS = tuple(f"gradient-{group}-label" for group in GROUPS)
WITHIN = tuple(f"within-{group}-rate" for group in GROUPS)
FLAT = ("within-group-rates-meet", "within-group-rates-differ-elsewhere")
DIFFERENCES = ("majority-less-middle", "middle-less-minority")


def _theorems(file: str, *parts: str) -> Mapping[str, tuple[str, ...]]:
    """The theorems of parts, which have their names, in a file of proofs/coq/losses."""
    return {part: (f"losses.{file}.{part.replace('-', '_')}",) for part in parts}


# The target ----------------------------------------------------------------------------------------------------------


def _stated_entries(said: SimpleNamespace) -> Entries:
    """diag(row)(Y − π1ᵀ) diag(column): for row group h and label group g, another class and the own one."""
    row = getattr(said, "row", (sp.Integer(1),) * 2)
    prior = getattr(said, "prior", (1 / C,) * 2)
    column = getattr(said, "column", (sp.Integer(1),) * 2)
    return {
        (h, g, own): row[h] * column[g] * (int(own) - prior[h])
        for h, g in BINARY
        for own in ((False, True) if h == g else (False,))
    }


def _against(entries: Entries, g: int) -> sp.Expr:
    """⟨column of a label of group g, (x, u)⟩."""
    others = ((size - int(h == g)) * entries[h, g, False] * u for h, (size, u) in enumerate(zip(SIZES, grouped.OTHERS, strict=True)))
    return entries[g, g, True] * grouped.OWN + sp.Add(*others)


def _gradient_parts(name: str, said: SimpleNamespace, place: str = "at zero logits", where: tuple[sp.Basic, ...] = (AT_ZERO,)
                    ) -> tuple[Holds, ...]:
    entries = _stated_entries(said)
    return tuple(
        identity(
            f"gradient-{GROUPS[g]}-label",
            f"minus the derivative of the loss {place} is G along every direction, {GROUPS[g]} label",
            first_order.descent_along(grouped.with_symbolic_sizes(_loss(name), g)),
            _against(entries, g),
            *where,
        )
        for g in range(2)
    )


def _gradient_run(name: str, said: SimpleNamespace, *uses: str) -> Agrees:
    return Agrees(
        id="compiled-gradients",
        says="compiled gradients at zero logits",
        uses=uses,
        measure=lambda: runs.target_error(name, _stated_entries(said)),
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
        for group, found, stated in zip(GROUPS, _gram(_target(name)).diagonal, said.rates[:2], strict=True)
    )


def _quotient_part(part_id: str, says: str, gram: BlockMatrix, vector: sp.Matrix, image: sp.Matrix, *where: sp.Basic) -> Holds:
    """G Gᵀ takes a vector that is constant on groups to its image: along every row vector at once."""
    return identity(part_id, says, (ANY * gram.quotient() * vector)[0], (ANY * image)[0], *where)


def _middle_part(name: str, said: SimpleNamespace) -> Holds:
    return _along_contrast(_gram(_target(name)), said, said.rates[2] ** 2)


def _along_contrast(gram: BlockMatrix, said: SimpleNamespace, square: sp.Expr, *where: sp.Basic) -> Holds:
    """The image of G is orthogonal to 1/row: of the vectors that are constant on groups one direction is left."""
    row = getattr(said, "row", (sp.Integer(1),) * 2)
    vector = sp.Matrix([row[0] / m_majority, -row[1] / m_minority])
    return _quotient_part("middle-rate", "G Gᵀ acts on majority classes against minority classes by the square of the middle rate",
                          gram, vector, square * vector, *where)


def _constant_part(name: str, said: SimpleNamespace) -> Holds:
    """Where no direction is left out."""
    vector = sp.Matrix(sp.symbols("eta_maj eta_min", real=True))
    return _quotient_part("constant-on-groups-rates", "G Gᵀ acts on vectors that are constant on groups by the same squares",
                          _gram(_target(name)), vector, sp.diag(said.rates[0] ** 2, said.rates[1] ** 2) * vector)


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
    return sp.sqrt((m_minority * row[0] ** 2 + m_majority * row[1] ** 2)
                   * (m_minority * prior[1] ** 2 * masses[0] + m_majority * prior[0] ** 2 * masses[1]))


def _weighted_rates(factor: sp.Expr) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    """Those of factor · ZΩ."""
    within = [factor * n ** (HALF - gamma) for n in NUMBERS]
    masses = [n ** (1 - 2 * gamma) for n in NUMBERS]
    return within[0], within[1], factor * sp.sqrt((m_minority * masses[0] + m_majority * masses[1]) / C)


# What flattens it ----------------------------------------------------------------------------------------------------


def _flat_parts(majority: sp.Expr, minority: sp.Expr, exponent: sp.Expr) -> tuple[Holds, ...]:
    """The squares of the rates within the groups, at the exponent and elsewhere."""
    return (
        identity("within-group-rates-meet", "the within-group rates are equal at that exponent", majority, minority,
                 sp.Eq(gamma, exponent)),
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
        identity("majority-less-middle", "the squares: the majority's less the middle one is m_maj/c of the majority's less the minority's",
                 majority - between, m_majority / C * (majority - minority)),
        identity("middle-less-minority", "and the middle one less the minority's is m_min/c of it", between - minority,
                 m_minority / C * (majority - minority)),
    )


def _stated_flat_parts(said: SimpleNamespace) -> tuple[Holds, ...]:
    """Where c ≥ 3 there is a rate within some group beside the middle one, so that all are equal where the squares above are."""
    flat = _flat_parts(said.rates[0] ** 2, said.rates[1] ** 2, said.exponent)
    return (*flat, *_middle_difference_parts(said)) if len(said.rates) == 3 else flat


def _flattened(name: str, words: str, stated: Mapping[str, object], near_misses: tuple[NearMiss, ...],
               rates: tuple[sp.Expr, ...]) -> Claim:
    """A loss whose G is a multiple of ZΩ, with a middle rate, or YΩ, without: the target, the rates, the exponent 1/2."""
    majority, minority, *middle_rate = rates
    if middle_rate:
        near_misses = (NearMiss("a middle rate as large as both others together", {"rates": (majority, minority, majority + minority)}),
                       *near_misses)
    return Claim(
        id=f"{name}-flat-iff-inverse-square-root",
        says=words,
        source=_sources(name),
        stated={**stated, "exponent": HALF, "rates": rates},
        witnesses=(POINT, AT_HALF),
        parts=lambda said: (
            *_gradient_parts(name, said),
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
        coq=_theorems(name.replace("-", "_"), *GRADIENTS, *WITHIN, *FLAT,
                      *(("middle-rate", *DIFFERENCES) if middle_rate else ("constant-on-groups-rates",))),
    )


def _multiple(name: str, words: str, factor: sp.Expr, wrong: sp.Expr, says_wrong: str) -> Claim:
    return _flattened(
        name,
        f"{words}, under STEP. Where n_maj > n_min and c ≥ 3, its escape rates at ω = n^(−γ) are all equal exactly when γ = 1/2.",
        {"column": (factor, factor)},
        (NearMiss(says_wrong, {"column": (wrong, wrong)}),),
        _weighted_rates(factor),
    )


# Priors ------------------------------------------------------------------------------------------------------------

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
            *_gradient_parts(name, said, where=(AT_ZERO, MORE_SAMPLES)),
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
        coq=_theorems(name.replace("-", "_"), *GRADIENTS, *WITHIN, "middle-rate"),
    )


BALANCED_MIDDLE = C * (m_majority * R**2 + m_minority) / (m_majority * R + m_minority) ** 2


def _gap_parts(said: SimpleNamespace) -> tuple[Holds, ...]:
    """γ must be 1/2 for the within-group rates, and then, at n_min = 1 and n_maj = R, the middle one is above them."""
    majority, minority = _gram(_target("logit-adjusted")).diagonal
    small = _target("logit-adjusted").at(symbolic_step(n_majority=R, n_minority=sp.Integer(1)))
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


# LDAM --------------------------------------------------------------------------------------------------------------

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
        *_gradient_parts("ldam", said, where=(AT_ZERO, *TWO_CLASSES)),
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


# Unhinged ----------------------------------------------------------------------------------------------------------

# e^δ uᵀWq, e^δ qᵀH on a sample of weight ω in units of its target, and uᵀLv, of a mode of rate μ and overlap ρ.
OMEGA = sp.Symbol("omega", positive=True)
COSH, SINH = sp.cosh(growth * t), sp.sinh(growth * t)
CLASSIFIER = COSH + overlap * SINH
FEATURE = 1 / sigma + OMEGA * (SINH + overlap * (COSH - 1)) / growth
STRENGTH = sp.exp(-2 * scale_exponent) * CLASSIFIER * (1 - overlap**2 + overlap**2 * COSH + overlap * SINH)
WEIGHTS = (w_majority, w_minority)
SHARES = (m_minority / C, m_majority / C)  # squared norms of u on a class of each group, times the classes of both


def _weighted(power: int) -> sp.Expr:
    """uᵀZΩ^k Zᵀu of the middle mode."""
    return sp.Add(*(share * n * w**power for share, n, w in zip(SHARES, NUMBERS, WEIGHTS, strict=True)))


def _unhinged_parts(said: SimpleNamespace) -> tuple[Holds, ...]:
    """The equations come from the loss's gradient; stated are their solution, and the strength that it gives."""
    return (
        *_gradient_parts("unhinged", said, place="at any logits", where=()),
        *_middle_flow_parts(said),
        *(part for g in range(2) for part in _within_flow_parts(said, g)),
        identity("strength-without-weights", "without weights, ρ = 1, it is e^(2μt − 2δ)", said.strength.subs(overlap, 1),
                 sp.exp(2 * growth * t - 2 * scale_exponent)),
    )


def _middle_flow_parts(said: SimpleNamespace) -> tuple[Holds, ...]:
    columns, y = _target("unhinged").columns, linear_flow.pattern(STEP)
    place = {sigma: sp.sqrt(_weighted(0)), growth: sp.sqrt(_weighted(2)),
             overlap: _weighted(1) / sp.sqrt(_weighted(0) * _weighted(2))}
    classifier = said.classifier.subs(place)
    features = [said.feature.subs({**place, OMEGA: w}) for w in WEIGHTS]
    start = middle.spectral_start(STEP)
    reached = dict(zip(middle.STATE, (classifier, *features), strict=True))
    return (
        identity("middle-classifier-velocity", "dW/dt = GHᵀ on the middle mode, along any row vector",
                 (ANY * sp.diff(classifier, t) * y)[0],
                 (ANY * linear_flow.classifier_velocity(columns, STEP, WEIGHTS, features))[0]),
        identity("middle-feature-velocity", "dH/dt = WᵀG on the middle mode, along any row vector",
                 (ANY * sp.diag(*(sp.diff(feature, t) for feature in features)) * y)[0],
                 (ANY * linear_flow.feature_velocity(columns, STEP, WEIGHTS, classifier))[0]),
        *(identity(f"middle-{name}-start", f"spectral init: the {name} of the middle mode at t = 0",
                   value * sp.exp(-scale_exponent), at_start, sp.Eq(t, 0))
          for name, value, at_start in zip(("classifier", "majority-feature", "minority-feature"), (classifier, *features), start,
                                           strict=True)),
        identity("middle-strength", "the strength of the middle mode",
                 sp.exp(-2 * scale_exponent) * middle.mode_strength(STEP).subs(reached), said.strength.subs(place)),
    )


def _within_flow_parts(said: SimpleNamespace, g: int) -> tuple[Holds, ...]:
    """ρ = 1 and μ = √n ω."""
    n, w, group = NUMBERS[g], WEIGHTS[g], GROUPS[g]
    place = {sigma: sp.sqrt(n), growth: sp.sqrt(n) * w, overlap: sp.Integer(1), OMEGA: w}
    classifier, feature = said.classifier.subs(place), said.feature.subs(place)
    velocities = linear_flow.within_velocity(_target("unhinged").columns, g, n, w, classifier, feature)
    return (
        identity(f"within-{group}-velocity", f"dW/dt = GHᵀ and dH/dt = WᵀG within the {group}, along any row vector",
                 (ANY * sp.Matrix([sp.diff(classifier, t), sp.diff(feature, t)]))[0], (ANY * sp.Matrix(velocities))[0]),
        identity(f"within-{group}-start", f"spectral init within the {group}: a = 1 and b = 1/√n at t = 0, along any row vector",
                 (ANY * sp.Matrix([classifier, feature]))[0], (ANY * sp.Matrix([1, 1 / sp.sqrt(n)]))[0], sp.Eq(t, 0)),
        identity(f"within-{group}-strength", f"the strength within the {group}",
                 sp.exp(-2 * scale_exponent) * classifier * sp.sqrt(n) * feature, said.strength.subs(place)),
    )


# Decoupling --------------------------------------------------------------------------------------------------------

# Logits relative to that of a class of the other group: S of the own class at equal offsets, α of another majority class for
# a majority label, −β of another minority class for a minority label, and D = S − m_maj α of the own majority class.
OFFSETS = sp.symbols("S alpha beta D", positive=True)
START = sp.Symbol("s", positive=True)  # e^(−2δ), the strength of every mode at spectral init
EXCHANGED = sp.exp(OFFSETS[0]) + C - 1  # the sum of exponentials at α = β = 0


def _majority_sum(alpha: sp.Expr, own: sp.Expr) -> sp.Expr:
    return sp.exp(alpha + own) + (m_majority - 1) * sp.exp(alpha) + m_minority


def _minority_sum(same: sp.Expr, beta: sp.Expr) -> sp.Expr:
    return sp.exp(same + (m_minority - 1) * beta) + (m_minority - 1) * sp.exp(-beta) + m_majority


def _leak_parts(said: SimpleNamespace) -> tuple[Holds, ...]:
    """On the modes the entries of what leaves them are 0, ℓ and ℓ; ℓ is a difference of two sums of exponentials."""
    loss, within, mode = _loss("cross-entropy"), decoupling.WITHIN, decoupling.MIDDLE
    at_zero = _leaving(_target("cross-entropy"))
    near_zero = _leaving(decoupling.on_ansatz(loss, STEP, [SCALE * d for d in within], SCALE * mode))
    anywhere = _leaving(decoupling.on_ansatz(loss, STEP, within, mode))
    same = C * mode / (m_majority * m_minority)
    alpha, beta = (same - within[0]) / m_majority, (within[1] - same) / m_minority
    majority, minority = _majority_sum(alpha, within[0]), _minority_sum(same, beta)
    bound = said.bound.subs(OFFSETS[0], same)
    return (
        *(identity(f"nothing-leaves-at-zero-logits-{k}", f"at zero logits nothing leaves the modes: entry {k}", entry, said.at_zero)
          for k, entry in enumerate(at_zero)),
        *(identity(f"nothing-leaves-at-first-order-{k}", f"nor to first order in the strengths, whatever they are: entry {k}",
                   sp.diff(entry, SCALE), said.first, AT_ZERO)
          for k, entry in enumerate(near_zero)),
        identity("what-leaves", "on the modes, what leaves is m_maj m_min times the difference of two sums over their product",
                 anywhere[1], said.sign * m_majority * m_minority * (minority - majority) / (minority * majority), *TWO_CLASSES),
        *_start_parts(said),
        Holds(id="sum-of-a-minority-label", says="for a minority label the sum exceeds e^S + c − 1",
              condition=_minority_sum(OFFSETS[0], OFFSETS[2]) > said.bound, where=(m_minority >= 2,)),
        Holds(id="sum-of-a-majority-label", says="for a majority label it stays below",
              condition=_majority_sum(OFFSETS[1], OFFSETS[3]) < said.bound.subs(OFFSETS[0], m_majority * OFFSETS[1] + OFFSETS[3]),
              where=(m_majority >= 2,)),
        Holds(id="something-leaves", says="where they lie on two sides of it, something leaves",
              condition=said.sign * anywhere[1] > 0, where=(minority > bound, majority < bound, *TWO_CLASSES)),
    )


def _leaving(target: first_order.Target) -> tuple[sp.Expr, ...]:
    return decoupling.leak(target, (sp.Integer(1),) * 2).entries


def _start_parts(said: SimpleNamespace) -> tuple[Holds, ...]:
    """At spectral init: L Lᵀ = s² P on the middle mode, and S between the own offsets, which makes α and β positive."""
    (majority, minority), _ = decoupling.spectral_start(STEP, START)
    logits = decoupling.logit_columns(SIZES, (majority, minority), said.middle)
    gram = logits @ block_diagonal(SIZES, NUMBERS) @ logits.T
    y = linear_flow.pattern(STEP)
    same = C * said.middle / (m_majority * m_minority)
    return (
        _quotient_part("start-of-the-middle-mode", "spectral init: the middle mode has the strength s of the others", gram, y,
                       START**2 * y),
        Holds(id="start-offsets-of-a-majority-label", says="there S exceeds the own offset of a majority class: α > 0",
              condition=majority < same, where=(MORE_SAMPLES,)),
        Holds(id="start-offsets-of-a-minority-label", says="and stays below that of a minority class: β > 0",
              condition=same < minority, where=(MORE_SAMPLES,)),
    )


# Class-balanced weights --------------------------------------------------------------------------------------------

BETA = sp.Symbol("beta", positive=True)
# 1/(1 + β + … + β⁹), its denominator in factors
WEIGHT_RATIO = 1 / ((BETA + 1) * (BETA**4 - BETA**3 + BETA**2 - BETA + 1) * (BETA**4 + BETA**3 + BETA**2 + BETA + 1))


def _effective_number_parts(said: SimpleNamespace) -> tuple[Statement, ...]:
    majority, minority = effective_number_weights((sp.Integer(10), sp.Integer(1)), BETA)
    below = (BETA < 1,)
    return (
        identity("ratio-of-the-weights", "the ratio of the weights is 1/(1 + β + … + β⁹)", majority / minority, said.ratio, *below),
        Limit(id="starts-at-no-weights", says="β → 0: no weights", expr=said.ratio, variable=BETA, point=sp.Integer(0),
              value=said.start, where=below),
        Limit(id="ends-at-inverse-frequency", says="β → 1: inverse frequency", expr=said.ratio, variable=BETA, point=sp.Integer(1),
              value=said.end, where=below),
        Holds(id="stays-between", says="between them for every β in (0, 1)",
              condition=sp.And(said.ratio < said.start, said.ratio > said.end), where=below),
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
    return f"ours; the loss: {_loss(name).source}"


FOCAL = (C - 1) / C**2 * (C - 1 + 2 * sp.log(C))
CROSS_ENTROPY_RATES = _weighted_rates(sp.Integer(1))
ROW = (sp.Integer(1), (n_minority / n_majority) ** sp.Rational(3, 10))

CLAIMS = (
    _multiple("cross-entropy", "Cross-entropy: G = ZΩ, the target of the squared loss", sp.Integer(1), 1 - 1 / C,
              "an extra factor 1 − 1/c"),
    _multiple("label-smoothing", "Label smoothing, ε = 1/10: G = (1 − ε)ZΩ", sp.Rational(9, 10), sp.Integer(1), "ε left out"),
    _multiple("focal", "The focal loss, g = 2: G = (1 − 1/c)²(1 + 2 ln c/(c − 1)) · ZΩ", FOCAL, (1 - 1 / C) ** 2,
              "the slope of (1 − p)² left out"),
    _multiple("squentropy", "Squentropy: G = ZΩ, the target of cross-entropy", sp.Integer(1), sp.Integer(2),
              "the squares counted at zero"),
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
        coq=_theorems("balanced", *FLAT, "middle-rate", "middle-rate-exceeds-the-others"),
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
        coq=_theorems("ldam", *GRADIENTS, *WITHIN, "logarithm-of-the-rates", "exponent-falls-with-the-ratio"),
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
            NearMiss("the rates of strengths, twice as large, within the groups", {"rates": (
                *(2 * rate for rate in CROSS_ENTROPY_RATES[:2]), CROSS_ENTROPY_RATES[2])}),
            NearMiss("a middle rate as large as both others together", {"rates": (
                *CROSS_ENTROPY_RATES[:2], CROSS_ENTROPY_RATES[0] + CROSS_ENTROPY_RATES[1])}),
        ),
        coq=_theorems("cross_entropy", *WITHIN, "middle-rate", *FLAT, *DIFFERENCES, "rates-at-that-exponent"),
    ),
    Claim(
        id="cross-entropy-decouples-to-first-order-only",
        says="Cross-entropy without weights, STEP: where L lies on the modes of Z, so does minus its gradient, at L = 0 and to first "
        "order in the strengths. At spectral init, L = e^(−2δ) UVᵀ, it does not, whatever δ is, where n_maj > n_min and each group "
        "has two classes or more.",
        source=OURS,
        stated={
            "at_zero": sp.Integer(0),
            "first": sp.Integer(0),
            "sign": sp.Integer(1),
            "middle": decoupling.spectral_start(STEP, START)[1],
            "bound": EXCHANGED,
        },
        witnesses=(
            {**POINT, decoupling.WITHIN[0]: sp.Integer(1), decoupling.WITHIN[1]: sp.Integer(4), decoupling.MIDDLE: sp.Integer(2)},
        ),
        parts=_leak_parts,
        near_misses=(
            NearMiss("something leaves at zero logits", {"at_zero": sp.Integer(1)}),
            NearMiss("the middle mode leaves at first order", {"first": decoupling.MIDDLE}),
            NearMiss("it leaves the other way", {"sign": sp.Integer(-1)}),
            NearMiss("the middle mode starts as large as one within the majority", {"middle": START / sp.sqrt(n_majority)}),
            NearMiss("one class more in the bound", {"bound": EXCHANGED + 1}),
            NearMiss("half the offset in the bound", {"bound": sp.exp(OFFSETS[0] / 2) + C - 1}),
        ),
        coq=_theorems("decoupling", *(f"nothing-leaves-{where}-{k}" for where in ("at-zero-logits", "at-first-order") for k in range(3)),
                      "what-leaves", "start-of-the-middle-mode", "start-offsets-of-a-majority-label",
                      "start-offsets-of-a-minority-label", "sum-of-a-minority-label", "sum-of-a-majority-label", "something-leaves"),
    ),
    Claim(
        id="unhinged-flow-closed-form",
        says="The unhinged loss, STEP, any positive class weights, from spectral init W = e^(−δ)UQᵀ, H = e^(−δ)QVᵀ: its flow is linear, "
        "and a mode of rate μ = ‖uᵀZΩ‖ and overlap ρ = uᵀZΩv/μ has s(t) = e^(−2δ)(cosh μt + ρ sinh μt)"
        "(1 − ρ² + ρ² cosh μt + ρ sinh μt) for all time, which is e^(2σt − 2δ) without weights.",
        source=OURS,
        stated={"column": (sp.Integer(1),) * 2, "classifier": CLASSIFIER, "feature": FEATURE, "strength": STRENGTH},
        witnesses=({t: sp.Integer(0)},),
        parts=_unhinged_parts,
        runs=lambda said: (
            Agrees(
                id="strengths-of-runs",
                says="strengths over whole runs, γ = 0, 1/2 and 1, the middle mode among them",
                uses=("strength",),
                measure=lambda: runs.linear_flow_error(said.strength, (Fraction(0), Fraction(1, 2), Fraction(1))),
                bound=runs.LINEAR_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("ρ = 1 in every mode", {"strength": sp.exp(2 * growth * t - 2 * scale_exponent)}),
            NearMiss("half the rate", {"strength": STRENGTH.subs(growth, growth / 2)}),
            NearMiss("ρ left out of the feature", {"strength": sp.exp(-2 * scale_exponent) * CLASSIFIER**2}),
            NearMiss("the classifier starts at ρ", {"classifier": overlap * COSH + SINH}),
            NearMiss("features twice as large", {"feature": 2 * FEATURE}),
            NearMiss("half the gradient", {"column": (HALF, HALF)}),
        ),
        coq=_theorems("linear_flow", *GRADIENTS, "middle-classifier-velocity", "middle-feature-velocity",
                      *(f"middle-{name}-start" for name in ("classifier", "majority-feature", "minority-feature")), "middle-strength",
                      *(f"within-{group}-{what}" for group in GROUPS for what in ("velocity", "start", "strength")),
                      "strength-without-weights"),
    ),
    Claim(
        id="effective-number-weights-run-from-none-to-inverse-frequency",
        says="Class-balanced weights (1 − β)/(1 − β^n), ten samples against one, 0 < β < 1: the weight ratio runs from 1 at β → 0 to "
        "1/10 at β → 1 and stays between.",
        source="ours; the weights: Cui et al., CVPR 2019",
        stated={"ratio": WEIGHT_RATIO, "start": sp.Integer(1), "end": sp.Rational(1, 10)},
        hypotheses={"β < 1": BETA < 1},
        witnesses=({BETA: HALF},),
        parts=_effective_number_parts,
        near_misses=(
            NearMiss("1/100 in the end", {"end": sp.Rational(1, 100)}),
            NearMiss("1/2 at the start", {"start": HALF}),
            NearMiss("eleven powers in the ratio", {"ratio": WEIGHT_RATIO / (1 + BETA)}),
        ),
        coq=_theorems("effective_numbers", "ratio-of-the-weights", "starts-at-no-weights", "ends-at-inverse-frequency", "stays-between"),
    ),
)
