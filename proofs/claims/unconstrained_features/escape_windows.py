"""Windows of the weighted flow: what flattens the escape rates, what reverses their order, and how they compare with σλ."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache

import numpy as np
import sympy as sp

from numerics.unconstrained_features import measure, spectrum
from proofs.claims.common import HALF, RATIO, STRICT_RATIO, identities, identity, product
from proofs.claims.unconstrained_features import settings
from proofs.claims.unconstrained_features.weighted_flow import (
    COUNTS,
    DIFFERENT,
    GROUPS,
    POINT,
    TWO_A_GROUP,
    WEIGHTS,
    at_exponent,
    common,
    escape_rates_of,
    factor,
    power_weights,
    step_escape_rates,
    x1,
    x2,
    x3,
)
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Measurement
from theory import symbols
from theory.algebra import partition
from theory.data import counts, labels
from theory.data.counts import ClassCounts
from theory.symbols import R, c, gamma, m_minority, n_majority, n_minority, w_majority, w_minority
from theory.unconstrained_features import modes, timing


def _flat_parts(said):
    """No c occurs: e_i − e_j is centred, so (e_i − e_j)ᵀPDP(e_i − e_j) = x_i + x_j with x = nω²; flat means 2ρ² for all pairs."""
    sizes = (sp.Integer(1), sp.Integer(1), sp.Symbol("m", positive=True, integer=True))  # any two classes, and all the others
    P = partition.centring(sizes).quotient()
    contrast = sp.Matrix([1, said.sign, 0])
    image = product(P, product(sp.diag(x1, x2, x3), product(P, contrast)))
    two = labels.centring_matrix(2)
    masses = (x1, x2, x3)
    flat = sp.And(*(sp.Eq(x, common, evaluate=False) for x in masses), evaluate=False)
    first, second = (n * w**2 for n, w in zip(COUNTS, WEIGHTS, strict=True))
    return (
        identities(
            "difference-of-classes-is-centred",
            "P(e_i − e_j) = e_i − e_j, for every number of classes",
            zip(product(P, contrast), contrast, strict=True),
        ),
        identity(
            "form-on-a-difference",
            "(e_i − e_j)ᵀ P diag(x) P (e_i − e_j) = x_i + x_j, for every number of classes",
            product(contrast.T[:, :2], image[:2, :])[0],
            x1 + x2,
        ),
        Holds(
            id="flat-makes-effective-counts-equal",
            says="flat for three classes or more: all n_jω_j² are equal",
            condition=flat,
            where=tuple(sp.Eq(masses[i] + masses[j], 2 * common) for i, j in said.pairs),
        ),
        identities(
            "equal-effective-counts-are-flat",
            "conversely P(ρ²I)P = ρ²P for every number of classes",
            zip(product(P, common * P), common * said.flat(sizes).quotient(), strict=True),
        ),
        identity(
            "inverse-square-root-makes-them-equal",
            "ω_j = k n_j^(−1/2): n_jω_j² is the same for every count",
            first,
            second,
            *(sp.Eq(w, factor * n**-said.exponent) for w, n in zip(WEIGHTS, COUNTS, strict=True)),
        ),
        identities(
            "two-classes-are-flat",
            "two classes: P diag(x) P = (x_1 + x_2)/2 P whatever x is",
            zip(product(product(two, sp.diag(x1, x2)), two), said.mean * two, strict=True),
        ),
    )


def _group_rates():
    """Escape rates within the majority and within the minority group, for any weights."""
    majority, minority, _ = escape_rates_of(GROUPS, WEIGHTS)
    return majority, minority


def _window_parts(said):
    majority, minority = _group_rates()
    power = (*power_weights(gamma), sp.Eq(n_majority, R * n_minority), *RATIO.values())
    flat = (*power_weights(said.flat), sp.Eq(n_majority, R * n_minority), *RATIO.values())
    step_majority, _, step_middle = step_escape_rates(gamma)
    return (
        identity(
            "ratio-of-group-rates",
            "the majority modes escape R^(1/2 − γ) times as fast as the minority modes",
            majority,
            said.ratio * minority,
            *power,
        ),
        Holds(
            id="middle-between-up-to-one-half",
            says="γ ≤ 1/2: the middle rate lies between",
            condition=sp.And(step_middle**2 <= step_majority**2, step_middle**2 >= 1),
            where=(*RATIO.values(), gamma <= said.turn),
        ),
        Holds(
            id="middle-between-from-one-half",
            says="γ ≥ 1/2: the middle rate lies between",
            condition=sp.And(step_middle**2 >= step_majority**2, step_middle**2 <= 1),
            where=(*RATIO.values(), gamma >= said.turn),
        ),
        identity(
            "window-up-to-one-half",
            "γ ≤ 1/2: the window is that of the statement",
            timing.window(minority, majority).relative,
            said.below,
            *power,
            gamma <= HALF,
        ),
        identity(
            "window-from-one-half",
            "γ ≥ 1/2: the window is that of the statement",
            timing.window(majority, minority).relative,
            said.above,
            *power,
            gamma >= HALF,
        ),
        identity("no-window-at-one-half", "γ = 1/2: there is no window", timing.window(minority, majority).relative, sp.Integer(0), *flat),
    )


def _window_every_split_parts(said):
    """One minority class: only the majority and the middle mode occur; γ = 0 is enough to see it."""
    majority, mid = step_escape_rates(sp.Integer(0), m_majority=c - 1, m_minority=sp.Integer(1))
    return (
        identity(
            "window-of-one-minority-class",
            "one minority class, γ = 0: the window is √R − 1",
            timing.window(mid, majority).relative,
            said.window.subs(gamma, 0),
            *STRICT_RATIO.values(),
            c >= 3,
        ),
    )


def _reversal_parts(said):
    """The majority's rate comes first, then the minority's, or the middle one where a near miss has one minority class."""
    sizes = {"m_minority": said.minority_classes}
    rates = step_escape_rates(said.exponent, **sizes)
    majority, minority, mid = rates[0], rates[1], rates[-1]
    first, last = escape_rates_of(counts.symbolic_step(**sizes), WEIGHTS)[:2]
    vanilla = escape_rates_of(counts.symbolic_step(**sizes), (sp.Integer(1), sp.Integer(1)))[:2]
    return (
        Holds(
            id="minority-before-middle",
            says="the minority modes escape before the middle mode",
            condition=minority**2 > mid**2,
            where=tuple(STRICT_RATIO.values()),
        ),
        Holds(
            id="middle-before-majority",
            says="the middle mode escapes before the majority modes",
            condition=mid**2 > majority**2,
            where=tuple(STRICT_RATIO.values()),
        ),
        identity(
            "window-is-that-of-no-weights",
            "the window is that of no weights",
            timing.window(first, last).relative,
            timing.window(*reversed(vanilla)).relative,
            *power_weights(said.exponent),
            n_majority > n_minority,
        ),
    )


def _dominates_parts(said):
    *_, mid = modes.step_modes(GROUPS, WEIGHTS)
    escape, effective = escape_rates_of(GROUPS, WEIGHTS)[-1] ** 2, said.share * mid.effective_singular_value**2
    same = {w_majority: w_minority}
    return (
        Holds(id="escape-at-least-effective-rate", says="escape rate ≥ σλ on the middle mode", condition=escape >= effective),
        identity("rates-equal-where-weights-are", "they are equal where the weights are", escape.subs(same), effective.subs(same)),
        said.only(escape, effective),
    )


def _equal_counts(escape, effective):
    same = {n_majority: n_minority}
    return identity("rates-equal-only-where-weights-are", "they are equal where the counts are", escape.subs(same), effective.subs(same))


def _equal_weights_only(escape, effective):
    return Holds(
        id="rates-equal-only-where-weights-are",
        says="they are equal only where the weights are",
        condition=escape > effective,
        where=tuple(DIFFERENT.values()),
    )


# How it is run ----------------------------------------------------------------------------

SLOPE_TOLERANCE = 1e-3  # dT/dδ between δ = 8 and 16: the neutral direction of the start still counts e^(−8)


def flatness_error(exponent: sp.Expr) -> Measurement:
    """max/min − 1 of the escape rates of ω = n^(−exponent), over random counts of three classes or more."""
    gamma = float(exponent)
    generator = np.random.default_rng(settings.SEED)

    def errors() -> Iterator[tuple[str, float]]:
        for _ in range(200):
            c = int(generator.integers(3, 12))
            counts = ClassCounts(tuple(int(n) for n in np.exp(generator.uniform(0, np.log(1e6), c))))
            found = spectrum.spectrum(counts, [float(w) for w in settings.power_weights(counts, gamma)])
            yield str(counts.per_class), found.escape.relative

    return settings.worst(errors())


def _slopes(counts: ClassCounts, gamma: Fraction) -> np.ndarray:
    """dT/dδ of the mode groups between δ = 8 and 16."""
    early, late = (np.array(measure.mode_learning_times(settings.trajectory(counts, gamma, delta)), dtype=float) for delta in (8.0, 16.0))
    return (late - early) / 8


@cache
def _simulated_windows() -> tuple[tuple[str, float, float, float], ...]:
    """(name, R, γ, window of dT/dδ relative to the first) of weighted STEP runs with two classes or more a group."""
    found = []
    for name, class_counts in settings.step_cases(ratios=(10, 100)):
        if min(class_counts.per_class.count(n) for n in set(class_counts.per_class)) >= 2:
            for gamma in (Fraction(0), Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(1)):
                slopes = _slopes(class_counts, gamma)
                found.append(
                    (
                        f"{name}, γ={gamma}",
                        float(class_counts.imbalance_ratio),
                        float(gamma),
                        float((slopes.max() - slopes.min()) / slopes.min()),
                    )
                )
    return tuple(found)


def escape_window_error(below: sp.Expr, above: sp.Expr) -> Measurement:
    """Windows of weighted runs against the stated ones, `below` for γ ≤ 1/2 and `above` from there, relative to 1 + window."""
    stated = [settings.compiled(window, symbols.R, symbols.gamma) for window in (below, above)]

    def errors() -> Iterator[tuple[str, float]]:
        for name, ratio, power, window in _simulated_windows():
            sides = stated[:1] * (power <= 0.5) + stated[1:] * (power >= 0.5)
            for side in sides:
                expected = float(side(ratio, power))
                yield name, abs(window - expected) / (1 + abs(expected))

    return settings.worst(errors())


CLAIMS = (
    Claim(
        id="flat-iff-inverse-square-root",
        says="For c ≥ 3 and any counts, all c − 1 escape rates are equal iff ω_j ∝ n_j^(−1/2). (At c = 2 there is one rate, "
        "flat whatever the weights.)",
        source=OURS,
        stated={"exponent": HALF, "sign": -1, "pairs": ((0, 1), (0, 2), (1, 2)), "flat": partition.centring, "mean": (x1 + x2) / 2},
        witnesses=(at_exponent(HALF),),
        parts=_flat_parts,
        runs=lambda said: (
            Agrees(
                id="spread-of-escape-rates",
                says="relative spread of the escape rates of ω = n^(−exponent), random counts",
                uses=("exponent",),
                measure=lambda: flatness_error(said.exponent),
                bound=settings.SVD_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("exponent 0.4", {"exponent": sp.Rational(2, 5)}),
            NearMiss("exponent 0.6", {"exponent": sp.Rational(3, 5)}),
            NearMiss("e_i + e_j in place of e_i − e_j", {"sign": 1}),
            NearMiss("two pairs of three classes are enough", {"pairs": ((0, 1), (0, 2))}),
            NearMiss("the ones grow as well", {"flat": partition.identity}),
            NearMiss("two classes: the sum in place of the mean", {"mean": x1 + x2}),
        ),
        plain="weights n^(−1/2) flatten the escape spectrum exactly, for any counts, and with three classes or more no others do",
        coq={
            "flat-makes-effective-counts-equal": (
                "rates.escape.flat_rates_make_all_masses_equal",
                "matrices.flattening.flat_spectrum_iff_inverse_square_root",
            ),
            "two-classes-are-flat": ("rates.escape.two_classes_are_flat",),
        },
    ),
    Claim(
        id="escape-window-of-any-split",
        says="STEP, any split: the scaled window of the escape rates, relative to the first, is R^|1/2 − γ| − 1.",
        source=OURS,
        stated={"window": R ** sp.Abs(HALF - gamma) - 1},
        hypotheses={**STRICT_RATIO, "c ≥ 3": c >= 3},
        witnesses=(POINT,),
        parts=_window_every_split_parts,
        repaired_by="escape-window",
        coq={"window-of-one-minority-class": ("counterexamples.escape_window.window_of_one_minority_class_differs",)},
    ),
    Claim(
        id="escape-window",
        says="STEP with two classes or more in each group and ω = n^(−γ): the scaled window of the escape rates, relative to the "
        "first, is R^|1/2 − γ| − 1, zero at γ = 1/2.",
        source=OURS,
        stated={
            "ratio": R ** (HALF - gamma),
            "turn": HALF,
            "below": R ** (HALF - gamma) - 1,
            "above": R ** (gamma - HALF) - 1,
            "flat": HALF,
        },
        hypotheses={**RATIO, **TWO_A_GROUP},
        witnesses=(at_exponent(0), at_exponent(HALF), at_exponent(1)),
        parts=_window_parts,
        runs=lambda said: (
            Agrees(
                id="windows-of-weighted-runs",
                says="dT/dδ of mode learning times between δ = 8 and 16, weighted runs",
                uses=("below", "above"),
                measure=lambda: escape_window_error(said.below, said.above),
                bound=SLOPE_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss(
                "0.4 in place of 1/2",
                {
                    "below": R ** (sp.Rational(2, 5) - gamma) - 1,
                    "ratio": R ** (sp.Rational(2, 5) - gamma),
                    "turn": sp.Rational(2, 5),
                    "flat": sp.Rational(2, 5),
                },
            ),
            NearMiss("0.6 in place of 1/2", {"above": R ** (gamma - sp.Rational(3, 5)) - 1, "turn": sp.Rational(3, 5)}),
        ),
        plain="the window of the weighted flow is zero at γ = 1/2, below the paper's bound √2 − 1, which holds as an inequality "
        "on the projected rates, and for equal halves",
        coq={
            "middle-between-up-to-one-half": ("rates.escape.middle_escapes_between_below_half",),
            "middle-between-from-one-half": ("rates.escape.middle_escapes_between_above_half",),
        },
    ),
    Claim(
        id="inverse-frequency-reverses-the-order",
        says='STEP with two classes or more in each group and R > 1: γ = 1 (inverse frequency, class_weight="balanced") does not '
        "balance: minority modes escape first, majority modes last, with the same window as no weights at all.",
        source=OURS,
        stated={"exponent": sp.Integer(1), "minority_classes": m_minority},
        hypotheses={**STRICT_RATIO, **TWO_A_GROUP},
        witnesses=(at_exponent(1),),
        parts=_reversal_parts,
        near_misses=(
            NearMiss("γ = 3/4 has the window of no weights too", {"exponent": sp.Rational(3, 4)}),
            NearMiss("γ = 1/2 reverses as well", {"exponent": HALF}),
            NearMiss("one minority class as well", {"minority_classes": sp.Integer(1)}),
        ),
        plain="inverse-frequency weights do not balance: with two classes or more in each group of STEP they reverse the order, with "
        "the window of no weights at all",
        coq={
            "minority-before-middle": ("rates.escape.minority_escapes_before_middle_under_inverse_frequency",),
            "middle-before-majority": ("rates.escape.middle_escapes_before_majority_under_inverse_frequency",),
        },
    ),
    Claim(
        id="escape-rate-dominates",
        says="STEP, one weight a group: on the middle mode the escape rate, a singular value of ZΩ, is at least σλ, the rate of the "
        "projected weights, with equality iff the weights are equal (equal counts are not enough).",
        source=OURS,
        stated={"share": sp.Integer(1), "only": _equal_weights_only},
        hypotheses=DIFFERENT,
        witnesses=(POINT,),
        parts=_dominates_parts,
        near_misses=(
            NearMiss("equal where the counts are", {"only": _equal_counts}),
            NearMiss("the squared rate is at least twice (σλ)²", {"share": sp.Integer(2)}),
        ),
        coq={
            "escape-at-least-effective-rate": ("rates.escape.escape_rate_dominates_effective_rate",),
            "rates-equal-where-weights-are": ("rates.escape.rates_equal_where_weights_are",),
            "rates-equal-only-where-weights-are": ("rates.escape.rates_equal_only_where_weights_are",),
        },
    ),
)
