"""STEP with weight decay: the whole minimiser, and which group of classes collapses first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import sympy as sp
from scipy.optimize import brentq

from proofs.claims.common import HALF, at, identities, identity, product
from proofs.claims.unconstrained_features import settings as plain
from proofs.claims.weight_decay.settings import (
    COUNTS,
    GROUPS,
    MINIMISER_TOLERANCE,
    NAMES,
    POINT,
    SIZES,
    WEIGHTS,
    C,
    descended,
    minimised,
    step_cases,
)
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Increasing, Limit, Measurement
from theory.symbols import R, gamma, m_majority, m_minority, middle_value, n_majority, n_minority, shrinkage, within_values
from theory.unconstrained_features.modes import step_moments
from theory.weight_decay import step

MU, r = shrinkage, middle_value
VALUES = tuple(sp.sqrt(n) - MU / w for n, w in zip(COUNTS, WEIGHTS, strict=True))  # where they are positive, else 0
RATES = tuple(w * sp.sqrt(n) for n, w in zip(COUNTS, WEIGHTS, strict=True))
GAINS = tuple(1 - MU / rate for rate in RATES)
SHARES = (n_majority * m_minority / C, n_minority * m_majority / C)  # a_maj² and a_min²
NORM = sp.Add(*(a * w**2 / (w * r + MU) ** 2 for a, w in zip(SHARES, WEIGHTS, strict=True)))
EDGE = sp.Add(*(a * w**2 for a, w in zip(SHARES, WEIGHTS, strict=True)))


def _within_parts(said):
    """The residual on contrasts inside a group: μ where the value is positive, and at most μ where it is 0."""
    logits = step.candidate(GROUPS, WEIGHTS, within_values, r, MU)
    error = step.residual(GROUPS, WEIGHTS, logits)
    for g, name in enumerate(NAMES):
        yield identity(
            f"{name}-residual",
            f"{name} classes: (A − L)Ω has the singular value μ on their contrasts where that of L is √n − μ/ω",
            at(error.diagonal[g], {within_values[g]: said.values[g]}),
            said.level,
        )
        bare = error.diagonal[g].subs(within_values[g], 0)
        yield Holds(
            id=f"{name}-collapses-from-its-threshold-on",
            says=f"{name} classes, μ ≥ ω√n: the residual of L = 0 on their contrasts is at most μ",
            condition=bare <= MU,
            where=(said.thresholds[g] <= MU,),
        )
        yield Holds(
            id=f"{name}-is-separated-below",
            says=f"{name} classes, μ < ω√n: √n − μ/ω is positive",
            condition=sp.And(bare > MU, VALUES[g] > 0),
            where=(said.thresholds[g] > MU,),
        )
        yield identity(
            f"{name}-gain",
            f"{name} classes: the share of a difference of logits that L keeps is 1 − μ/(ω√n)",
            at(step.gain(logits, GROUPS, g), {within_values[g]: said.values[g]}),
            said.gains[g],
        )


def _middle_parts(said):
    error = step.residual(GROUPS, WEIGHTS, step.candidate(GROUPS, WEIGHTS, within_values, r, MU)).quotient()
    seen = step.residual(GROUPS, WEIGHTS, step.candidate(GROUPS, WEIGHTS, within_values, r, MU)).T.quotient()
    y, v = step.pattern(GROUPS), step.middle_row(GROUPS, WEIGHTS, r, MU)
    derived, escape = step.norm_of_middle_row(GROUPS, WEIGHTS, r, MU), step_moments(GROUPS, [w**2 for w in WEIGHTS]).middle
    return (
        identities(
            "middle-residual-on-the-left",
            "yᵀ(A − L)Ω = μvᵀ, y of the middle mode: 1/m_maj and −1/m_min, v its right vector",
            zip(product(seen, y), said.level * v, strict=True),
        ),
        identities(
            "middle-residual-on-the-right",
            "(A − L)Ωv = μ (vᵀv/yᵀy) y, which is μy at the root r",
            zip(product(error, v), said.level * said.norm * y, strict=True),
        ),
        identities(
            "ones-see-no-residual",
            "the vector of ones takes it to 0: nothing else is left",
            [(entry, sp.Integer(0)) for entry in product(seen, sp.Matrix(said.still))],
        ),
        identity("norm-of-the-right-vector", "vᵀv/yᵀy is Σ a²ω²/(ωr + μ)², which is 1 at the root", derived, said.norm),
        Increasing(
            id="one-root-at-most", says="minus that sum increases in r: there is one root at most", expr=said.sign * NORM, variable=r
        ),
        Limit(
            id="a-root-where-it-starts-above-one",
            says="it falls to 0 as r → ∞: there is a root iff it is above 1 at r = 0",
            expr=NORM,
            variable=r,
            point=sp.oo,
            value=said.end,
        ),
        Holds(
            id="middle-collapses-from-its-threshold-on",
            says="μ² ≥ Σ a²ω²: at r = 0 it is at most 1, so that there L is 0 on the middle mode, and its residual at most μ",
            condition=derived.subs(r, 0) <= 1,
            where=(said.edge <= MU**2,),
        ),
        Holds(
            id="middle-is-separated-below",
            says="μ² < Σ a²ω²: at r = 0 it is above 1, so that there is a root",
            condition=derived.subs(r, 0) > 1,
            where=(said.edge > MU**2,),
        ),
        identity("middle-collapses-at-its-escape-rate", "Σ a²ω² is the square of the middle escape rate", said.edge, escape),
    )


def _diagram_parts(said):
    return (*_within_parts(said), *_middle_parts(said))


# Which group first ------------------------------------------------------------------------------------

POWER = {"ω = n^(−γ)": sp.And(*(sp.Eq(w, n**-gamma) for w, n in zip(WEIGHTS, COUNTS, strict=True)))}
IMBALANCED = {"n_maj = R n_min": sp.Eq(n_majority, R * n_minority), "R > 1": R > 1}


def _minority_parts(said):
    majority, minority = (n ** (HALF - gamma) for n in (R * n_minority, n_minority))
    ratio = tuple(IMBALANCED.values())[1:]
    return (
        identities(
            "thresholds-of-powers",
            "ω = n^(−γ): the groups collapse at n^(1/2 − γ)",
            [(w * sp.sqrt(n), n ** (said.exponent - gamma)) for w, n in zip(WEIGHTS, COUNTS, strict=True)],
            *POWER.values(),
        ),
        Holds(
            id="minority-first-below-one-half",
            says="γ < 1/2: the minority collapses at a smaller μ than the majority",
            condition=minority < majority,
            where=(*ratio, gamma < said.below),
        ),
        Holds(
            id="majority-first-above-one-half",
            says="γ > 1/2: the majority collapses at a smaller μ than the minority",
            condition=minority > majority,
            where=(*ratio, gamma > said.above),
        ),
        identity(
            "together-at-one-half", "γ = 1/2: both collapse at one μ", at(minority, {gamma: said.same}), at(majority, {gamma: said.same})
        ),
        identity(
            "equal-gains-at-one-half",
            "γ = 1/2: the gains are equal below it",
            *(at(gain, dict(zip(WEIGHTS, (n**-said.same for n in COUNTS), strict=True))) for gain in said.gains),
        ),
    )


# How it is run ----------------------------------------------------------------------------


def _numbers(expression: sp.Expr) -> Callable[..., float]:
    value = plain.compiled(expression, *SIZES, *COUNTS, *WEIGHTS, MU, r)
    return lambda *point: float(value(*point))


def values_error(values: tuple[sp.Expr, ...], norm: sp.Expr) -> Measurement:
    """Singular values of L* at sample level against the stated ones, over every phase."""
    within, middle = [_numbers(value) for value in values], _numbers(norm)

    def errors() -> Iterator[tuple[str, float]]:
        for name, numbers, counts, weights, mu in step_cases():
            point = (*numbers, weights[0], weights[-1], mu)
            stated = [max(within[g](*point, 0.0), 0.0) for g in range(2) for _ in range(numbers[g] - 1)]
            alive = middle(*point, 0.0) > 1
            stated.append(brentq(lambda x, point=point: middle(*point, x) - 1, 0, 1e3, xtol=1e-14) if alive else 0.0)
            found = minimised(counts.per_class, tuple(weights), mu).singular_values
            yield name, float(np.abs(found[:-1] - np.sort(stated)[::-1]).max())

    return plain.worst(errors())


def gains_error(gains: tuple[sp.Expr, ...]) -> Measurement:
    """The share of logit differences inside a group that plain descent on the factored problem ends with, λ_W = λ_H."""
    stated = [_numbers(gain) for gain in gains]

    def errors() -> Iterator[tuple[str, float]]:
        for name, numbers, counts, weights, mu in step_cases():
            left, right = descended(counts.per_class, tuple(weights), (mu, mu))
            logits = left @ right
            for g, place in enumerate((0, numbers[0])):
                sample = int(np.sum(counts.per_class[:place]))
                kept = logits[place, sample] - logits[place + 1, sample]
                yield f"{name}, {NAMES[g]}", abs(kept - max(stated[g](*numbers, weights[0], weights[-1], mu, 0.0), 0.0))

    return plain.worst(errors())


def first_error(turn: float) -> Measurement:
    """How often the group whose contrasts are 0 first as μ grows, in minimisers at sample level, is not that of the statement."""

    def errors() -> Iterator[tuple[str, float]]:
        for exponent in (0.0, 0.25, 0.4, 0.6, 0.75, 1.0):
            per_class = (9, 9, 2, 2)
            weights = np.array(per_class, dtype=float) ** -exponent
            rates = np.sqrt(per_class) * weights
            found = minimised(per_class, tuple(weights), float(np.sqrt(rates[0] * rates[-1]))).logits
            spread = [float(np.abs(found[place] - found[place + 1]).max()) for place in (0, 2)]
            minority = spread[1] < MINIMISER_TOLERANCE < spread[0]
            majority = spread[0] < MINIMISER_TOLERANCE < spread[1]
            yield f"γ={exponent}", float(minority is not (exponent < turn) or majority is not (exponent > turn))

    return plain.worst(errors())


CLAIMS = (
    Claim(
        id="step-phase-diagram",
        says="STEP, one weight a group, any sizes, counts and μ: the singular value of L* within group g is (√n_g − μ/ω_g)_+, that is a "
        "logit gain of (1 − μ/(ω_g√n_g))_+; that of the middle mode is the root r of Σ a_g²ω_g²/(ω_g r + μ)² = 1 with "
        "a_maj² = n_maj m_min/c, a_min² = n_min m_maj/c, and 0 iff μ² ≥ Σ a_g²ω_g², the square of its escape rate.",
        source=OURS,
        stated={
            "values": VALUES,
            "thresholds": RATES,
            "gains": GAINS,
            "norm": NORM,
            "edge": EDGE,
            "level": MU,
            "sign": -1,
            "end": sp.Integer(0),
            "still": (sp.Integer(1),) * 2,
        },
        witnesses=(POINT, {**POINT, MU: sp.Integer(9)}),
        parts=_diagram_parts,
        runs=lambda said: (
            Agrees(
                id="singular-values-of-minimisers",
                says="singular values of proximal minimisers at sample level, every phase",
                uses=("values", "norm"),
                measure=lambda: values_error(said.values, said.norm),
                bound=MINIMISER_TOLERANCE,
            ),
            Agrees(
                id="gains-of-descent",
                says="logit gains where plain descent on W and H comes to rest from a random start, every phase",
                uses=("gains",),
                measure=lambda: gains_error(said.gains),
                bound=MINIMISER_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("thresholds ω n", {"thresholds": tuple(w * n for w, n in zip(WEIGHTS, COUNTS, strict=True))}),
            NearMiss("gains 1 − μ/ω", {"gains": tuple(1 - MU / w for w in WEIGHTS)}),
            NearMiss(
                "the soft threshold of ZΩ^(1/2)",
                {"values": tuple(sp.sqrt(n) - MU / sp.sqrt(w) for n, w in zip(COUNTS, WEIGHTS, strict=True))},
            ),
            NearMiss(
                "group sizes of the middle mode exchanged",
                {
                    "norm": sp.Add(*(a * w**2 / (w * r + MU) ** 2 for a, w in zip(SHARES[::-1], WEIGHTS, strict=True))),
                    "edge": sp.Add(*(a * w**2 for a, w in zip(SHARES[::-1], WEIGHTS, strict=True))),
                },
            ),
            NearMiss(
                "ω in place of ω² in the root's equation",
                {"norm": sp.Add(*(a * w / (w * r + MU) ** 2 for a, w in zip(SHARES, WEIGHTS, strict=True)))},
            ),
            NearMiss("the residual is 2μ", {"level": 2 * MU}),
            NearMiss("the sum rises in r", {"sign": 1}),
            NearMiss("it tends to 1", {"end": sp.Integer(1)}),
            NearMiss("other vectors see no residual", {"still": (sp.Integer(1), sp.Integer(2))}),
        ),
        plain="the least of loss and weight decay depends on the class weights: under STEP it keeps the share (1 − μ/(ω√n))_+ of the "
        "differences of logits within a group",
        coq={
            **{
                f"{name}-{part}": (f"decay.phases.{name}_{part.replace('-', '_')}",)
                for name in NAMES
                for part in ("residual", "collapses-from-its-threshold-on", "is-separated-below", "gain")
            },
            "middle-collapses-from-its-threshold-on": ("decay.phases.middle_collapses_from_its_threshold_on",),
            "middle-is-separated-below": ("decay.phases.middle_is_separated_below",),
        },
    ),
    Claim(
        id="minority-collapse",
        says="STEP with two classes or more in each group, R > 1, ω = n^(−γ): by step-phase-diagram contrasts of the minority are 0 at L* "
        "iff μ ≥ n_min^(1/2 − γ), those of the majority iff μ ≥ n_maj^(1/2 − γ). So only minority classes share one logit vector on an "
        "interval of μ iff γ < 1/2, only majority classes iff γ > 1/2; at γ = 1/2 all collapse at one μ, and below it the gains of "
        "differences within both groups are equal.",
        source="ours; without weights, cross-entropy: Fang, He, Long and Su, PNAS 118 (2021), and Hong and Ling, arXiv 2309.09725; squared "
        "loss: Dang et al., arXiv 2301.00437",
        stated={"exponent": HALF, "below": HALF, "above": HALF, "same": HALF, "turn": HALF, "gains": GAINS},
        hypotheses=IMBALANCED,
        witnesses=tuple({**POINT, gamma: power, WEIGHTS[0]: 4**-power, WEIGHTS[1]: sp.Integer(1)} for power in (HALF / 2, sp.Integer(1))),
        parts=_minority_parts,
        runs=lambda said: (
            Agrees(
                id="who-collapses-first",
                says="share of minimisers at sample level, at a μ between both thresholds, in which another group has collapsed",
                uses=("turn",),
                measure=lambda: first_error(float(said.turn)),
                bound=0.0,
            ),
        ),
        near_misses=(
            NearMiss("thresholds n^(1 − γ)", {"exponent": sp.Integer(1)}),
            NearMiss("minority first up to γ = 3/5", {"below": sp.Rational(3, 5)}),
            NearMiss("majority first from γ = 2/5 on", {"above": sp.Rational(2, 5)}),
            NearMiss("together at γ = 1", {"same": sp.Integer(1)}),
            NearMiss("the turn at 0.7", {"turn": sp.Rational(7, 10)}),
        ),
        plain="with weight decay and γ < 1/2 the minority classes collapse into one first, with γ > 1/2 the majority; at 1/2 both "
        "collapse at one strength of decay, and keep one share of the differences within them",
        coq={
            "thresholds-of-powers": ("decay.phases.thresholds_of_powers",),
            "minority-first-below-one-half": ("decay.phases.minority_first_below_one_half",),
            "majority-first-above-one-half": ("decay.phases.majority_first_above_one_half",),
            "together-at-one-half": ("decay.phases.together_at_one_half",),
            "equal-gains-at-one-half": ("decay.phases.equal_gains_at_one_half",),
        },
    ),
)
