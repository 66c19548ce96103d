"""When a mode is learned, and in which order the groups are."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import sympy as sp

from numerics.unconstrained_features import measure
from proofs.claims.common import HALF, at, identity
from proofs.claims.unconstrained_features import settings
from proofs.kernel.claim import OURS, PAPER, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Increasing, Limit, Measurement
from theory import symbols
from theory.data import counts, labels
from theory.symbols import R, delta, fraction, m_majority, m_minority, n_majority, n_minority, rate, sigma, t
from theory.unconstrained_features import modes, timing

START = sp.exp(-2 * delta)
ODDS = (sigma * sp.exp(2 * delta) - 1) * fraction / (1 - fraction)
STRENGTH = modes.STRENGTH.subs(rate, 1)
TIME = sp.log(ODDS) / (2 * sigma)
FRACTION = {"0 < f < 1": sp.And(fraction > 0, fraction < 1)}
STARTS_BELOW_END = sigma * sp.exp(2 * delta) > 1  # a weaker premise than a start below the level fσ
MAJORITY, MIDDLE, MINORITY = sp.symbols("sigma_maj sigma_mid sigma_min", positive=True)  # the three singular values of STEP
SCALE, LOG_ODDS = sp.symbols("a ln_X", positive=True)  # σe^(2δ) and ln((a − 1) f/(1 − f))
POINT = {
    sigma: sp.Integer(2),
    delta: sp.Integer(3),
    fraction: HALF,
    n_majority: sp.Integer(4),
    n_minority: sp.Integer(1),
    m_majority: sp.Integer(2),
    m_minority: sp.Integer(2),
    R: sp.Integer(4),
    MAJORITY: sp.Integer(2),
    MIDDLE: sp.Rational(3, 2),
    MINORITY: sp.Integer(1),
    SCALE: sp.Integer(3),
    LOG_ODDS: sp.Integer(3),
}


def _time_parts(said):
    where = (*FRACTION.values(), STARTS_BELOW_END)
    return (
        identity("reaches-its-fraction", "s(T) = fσ", at(STRENGTH, {t: said.time}), fraction * sigma, *where),
        Holds(
            id="time-is-positive",
            says="T > 0: the level is reached after the start",
            condition=said.time > 0,
            where=(*FRACTION.values(), said.start < said.level),
        ),
        Increasing(
            id="not-reached-before",
            says="s increases, so the level is not reached before T",
            expr=said.strength,
            variable=t,
            where=(STARTS_BELOW_END,),
        ),
        identity("is-derived-time", "is the time derived from the closed form", timing.learning_time().subs(rate, 1), said.time, *where),
        Limit(
            id="scaled-time-tends-to-reciprocal",
            says="T/δ → 1/σ for every f",
            expr=said.time / delta,
            variable=delta,
            point=sp.oo,
            value=said.scaled,
            where=tuple(FRACTION.values()),
        ),
    )


def _time(mode):
    """The derived learning time of a mode of this singular value."""
    return timing.learning_time().subs(rate, 1).xreplace({sigma: mode})


def _any_scale_parts(said):
    """The conclusion itself, at the singular values that STEP has: equal halves, counts R and 1, every start below its level."""
    groups = counts.symbolic_step(n_majority=R, n_minority=sp.Integer(1), m_majority=m_minority)
    (majority, _), (minority, _), (middle, _) = labels.label_spectrum(groups)
    where = (R > 1, *FRACTION.values(), fraction * minority > START)
    return (
        Holds(id="majority-before-middle", says="T_maj < T_mid", condition=_time(majority) < _time(sp.factor(middle)), where=where),
        Holds(id="middle-before-minority", says="T_mid < T_min", condition=_time(sp.factor(middle)) < _time(minority), where=where),
    )


def _small(mode, said):
    """The premises of small initialisation for a mode of this singular value."""
    return (*FRACTION.values(), mode * sp.exp(2 * delta) >= 2, sp.log(ODDS.xreplace({sigma: mode})) > said.least_log)


def _small_scale_parts(said):
    """The reason and the conclusion: a premise that the slower of two modes meets holds for the faster one, so for all three.

    `judged_at` picks the mode of the two that must meet the premises: the first is the slower one.
    """
    (majority, _), (minority, _), (middle, _) = labels.label_spectrum(counts.symbolic_step())

    def earlier(fast, slow, order):
        return {"condition": said.earlier(_time(fast), _time(slow)), "where": (order, *_small((slow, fast)[said.judged_at], said))}

    slower, faster = (MINORITY, MIDDLE)[said.judged_at], (MIDDLE, MINORITY)[said.judged_at]
    *_, scale, log_odds = _small(faster, said)
    return (
        Holds(id="majority-value-above-middle", says="σ_maj² > σ_mid²", condition=majority**2 > middle**2, where=(said.imbalance,)),
        Holds(id="middle-value-above-minority", says="σ_mid² > σ_min²", condition=middle**2 > minority**2, where=(said.imbalance,)),
        identity(
            "slope-of-time",
            "the slope of −T in σ is (ln X − a/(a − 1))/2σ², with a = σe^(2δ) and X = (a − 1) f/(1 − f)",
            sp.diff(-_time(sigma), sigma),
            (said.slope / (2 * sigma**2)).xreplace({SCALE: sigma * sp.exp(2 * delta), LOG_ODDS: sp.log(ODDS)}),
            *FRACTION.values(),
            *SMALL.values(),
        ),
        Holds(
            id="slope-is-positive",
            says="ln X > a/(a − 1) where a ≥ 2 and ln X > 2",
            condition=LOG_ODDS > SCALE / (SCALE - 1),
            where=(said.least_scale <= SCALE, said.least_log < LOG_ODDS),
        ),
        Holds(
            id="middle-meets-what-minority-meets",
            says="the middle mode meets the premises where the minority modes do",
            condition=sp.And(scale, log_odds),
            where=(MIDDLE > MINORITY, *_small(slower, said)),
        ),
        Holds(id="majority-before-middle", says="T_maj < T_mid", **earlier(MAJORITY, MIDDLE, MAJORITY > MIDDLE)),
        Holds(id="middle-before-minority", says="T_mid < T_min", **earlier(MIDDLE, MINORITY, MIDDLE > MINORITY)),
        Holds(id="majority-before-minority", says="T_maj < T_min, at √n_maj and √n_min", **earlier(majority, minority, said.imbalance)),
    )


SMALL = {"σ e^(2δ) ≥ 2": sigma * sp.exp(2 * delta) >= 2, "ln((σ e^(2δ) − 1) f/(1 − f)) > 2": sp.log(ODDS) > 2}


# How it is run ----------------------------------------------------------------------------

TIME_TOLERANCE = 1e-6  # relative error


def learning_time_error(time: sp.Expr) -> Measurement:
    """Relative error of measured learning times, vanilla grid, fractions 1/4, 1/2 and 9/10, against the stated T."""
    stated = settings.compiled(time, symbols.sigma, symbols.delta, symbols.fraction)

    def errors() -> Iterator[tuple[str, float]]:
        for name, run, depth in settings.vanilla_cases():
            for level in (0.25, 0.5, 0.9):
                expected = [stated(group.singular_value, depth, level) for group in measure.mode_groups(run)]
                yield (
                    f"{name}, f={level}",
                    settings.relative(settings.learning_times(run.experiment.counts, depth, level), np.array(expected)),
                )

    return settings.worst(errors())


def order_violations(earlier: Callable[[Any, Any], Any]) -> Measurement:
    """Vanilla STEP runs, R > 1, in which the time of a mode is not `earlier` than that of the next smaller σ."""

    def errors() -> Iterator[tuple[str, float]]:
        for name, class_counts in settings.step_cases(ratios=(10, 100, 1000)):
            for depth in settings.DELTAS:
                times = settings.learning_times(class_counts, float(depth))
                in_order = bool(np.all(earlier(times[:-1], times[1:])))  # a NaN is not in order
                yield f"{name}, δ={depth}", float(not in_order)

    return settings.worst(errors())


CLAIMS = (
    Claim(
        id="learning-time",
        says="Vanilla, in flow time of the summed loss, 0 < f < 1: a mode that starts below the level, e^(−2δ) < fσ, first reaches "
        "fσ at T = (1/2σ) ln((σ e^(2δ) − 1) f/(1 − f)) > 0, and T/δ → 1/σ as δ → ∞.",
        source=PAPER,
        stated={"time": TIME, "scaled": 1 / sigma, "level": fraction * sigma, "start": START, "strength": STRENGTH},
        hypotheses={**FRACTION, "e^(−2δ) < fσ": fraction * sigma > START},
        witnesses=(POINT,),
        parts=_time_parts,
        runs=lambda said: (
            Agrees(
                id="measured-times",
                says="relative error of learning times measured on vanilla runs",
                uses=("time",),
                measure=lambda: learning_time_error(said.time),
                bound=TIME_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("1/σ in place of 1/2σ", {"time": 2 * TIME}),
            NearMiss("f/(1 − f) inverted", {"time": sp.log((sigma * sp.exp(2 * delta) - 1) * (1 - fraction) / fraction) / (2 * sigma)}),
            NearMiss(
                "the 1 left out of σe^(2δ) − 1", {"time": sp.log(sigma * sp.exp(2 * delta) * fraction / (1 - fraction)) / (2 * sigma)}
            ),
            NearMiss("T/δ → 2/σ", {"scaled": 2 / sigma}),
            NearMiss("a start below the end σ, and not below the level, is enough", {"level": sigma}),
            NearMiss("time backwards", {"strength": STRENGTH.subs(t, -t)}),
        ),
        coq={
            "reaches-its-fraction": (
                "dynamics.learning_time.mode_reaches_its_fraction_at_learning_time",
                "dynamics.scalar_flow.strength_at_learning_time",
            ),
            "time-is-positive": ("dynamics.learning_time.learning_time_is_positive",),
            "not-reached-before": ("dynamics.learning_time.strength_increases_to_its_level",),
            "is-derived-time": ("dynamics.learning_time.learning_time_is_the_derived_time",),
            "scaled-time-tends-to-reciprocal": (
                "dynamics.learning_time.scaled_learning_time_tends_to_reciprocal",
                "dynamics.scalar_flow.learning_time_over_delta",
            ),
        },
    ),
    Claim(
        id="majority-first",
        says="STEP with equal halves and counts R > 1 and 1, vanilla, every mode starting below its level (e^(−2δ) < f, 0 < f < 1): "
        "the majority modes are learned before the middle mode, and it before the minority modes.",
        source="ours: the paper's order of learning, read for every initial scale",
        hypotheses={"R > 1": R > 1, **FRACTION, "e^(−2δ) < f": fraction > START},
        witnesses=(POINT,),
        parts=_any_scale_parts,
        repaired_by="majority-first-of-small-initialisation",
        coq={
            "majority-before-middle": ("counterexamples.majority_first.majority_not_before_middle",),
            "middle-before-minority": ("counterexamples.majority_first.middle_not_before_minority",),
        },
    ),
    Claim(
        id="majority-first-of-small-initialisation",
        says="STEP with n_maj > n_min, vanilla, 0 < f < 1: the majority modes are learned before the middle mode, and it before the "
        "minority modes, where the slowest mode has σ e^(2δ) ≥ 2 and ln((σ e^(2δ) − 1) f/(1 − f)) > 2.",
        source=OURS,
        stated={
            "imbalance": n_majority > n_minority,
            "slope": LOG_ODDS - SCALE / (SCALE - 1),
            "least_log": sp.Integer(2),
            "least_scale": sp.Integer(2),
            "judged_at": 0,
            "earlier": operator.lt,
        },
        hypotheses={"n_maj > n_min": n_majority > n_minority, **FRACTION, **SMALL},
        witnesses=(POINT,),
        parts=_small_scale_parts,
        runs=lambda said: (
            Agrees(
                id="order-of-runs",
                says="vanilla STEP runs whose modes are out of order",
                uses=("earlier",),
                measure=lambda: order_violations(said.earlier),
                bound=0,
            ),
        ),
        near_misses=(
            NearMiss("n_maj ≥ n_min is enough", {"imbalance": n_majority >= n_minority}),
            NearMiss("1/(a − 1) in place of a/(a − 1)", {"slope": LOG_ODDS - 1 / (SCALE - 1)}),
            NearMiss("ln X > 1/2 is enough", {"least_log": HALF}),
            NearMiss("the minority modes are first", {"earlier": operator.gt}),
            NearMiss("the slope is positive where σ e^(2δ) ≥ 3/2", {"least_scale": sp.Rational(3, 2)}),
            NearMiss("it is enough that the faster of two modes meets the premises", {"judged_at": 1}),
        ),
        coq={
            "majority-value-above-middle": ("dynamics.order.majority_modes_faster_than_middle",),
            "middle-value-above-minority": ("dynamics.order.middle_mode_faster_than_minority",),
            "slope-of-time": ("dynamics.order.slope_of_learning_time_is_that_of_odds",),
            "slope-is-positive": ("dynamics.order.logarithm_above_ratio_of_scale",),
            "middle-meets-what-minority-meets": ("dynamics.order.middle_meets_premises_of_minority",),
            "majority-before-middle": ("dynamics.order.majority_learned_before_middle",),
            "middle-before-minority": ("dynamics.order.middle_learned_before_minority",),
            "majority-before-minority": ("dynamics.order.majority_learned_before_minority",),
        },
    ),
)
