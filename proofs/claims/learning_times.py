"""When a mode is learned, and in which order the groups are."""

import sympy as sp

from proofs import runs
from proofs.claims.common import HALF, equal
from proofs.kernel.claim import OURS, PAPER, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Increasing, Limit
from theory import counts, labels, modes, timing
from theory.symbols import (
    delta,
    fraction,
    m_majority,
    m_minority,
    n_majority,
    n_minority,
    rate,
    sigma,
    t,
)

TIME = sp.log((sigma * sp.exp(2 * delta) - 1) * fraction / (1 - fraction)) / (2 * sigma)
FRACTION = {"0 < f < 1": sp.And(fraction > 0, fraction < 1)}
STARTS_BELOW = {"σ e^(2δ) > 1": sigma * sp.exp(2 * delta) > 1}
POINT = {sigma: sp.Integer(2), delta: sp.Integer(3), fraction: HALF, n_majority: sp.Integer(4), n_minority: sp.Integer(1),
         m_majority: sp.Integer(2), m_minority: sp.Integer(2)}


def _time_parts(said):
    where = (*FRACTION.values(), *STARTS_BELOW.values())
    strength = modes.solve_strength().subs(rate, 1)
    return (
        equal("s(T) = fσ", strength.subs(t, said.time), fraction * sigma, *where),
        equal("is the time derived from the closed form", timing.learning_time().subs(rate, 1), said.time, *where),
        Limit(says="T/δ → 1/σ for every f", expr=said.time / delta, variable=delta, point=sp.oo, value=said.scaled,
              where=tuple(FRACTION.values())),
    )


def _spectrum():
    (majority, _), (minority, _), (middle, _) = labels.label_spectrum(counts.symbolic_step())
    return majority, minority, middle


def _faster_parts():
    majority, minority, middle = _spectrum()
    return (
        Holds(says="the majority modes are faster than the middle mode", condition=majority**2 > middle**2,
              where=(n_majority > n_minority,)),
        Holds(says="the middle mode is faster than the minority modes", condition=middle**2 > minority**2,
              where=(n_majority > n_minority,)),
    )


def _any_scale_parts(said):
    time = timing.learning_time().subs(rate, 1)
    return (*_faster_parts(),
            Increasing(says="a larger σ is learned earlier: −T increases in σ", expr=-time, variable=sigma,
                       where=(*FRACTION.values(), *said.premises)))


def _small_scale_parts(said):
    """−T has the sign of ln X − a/(a − 1) as its slope, and both premises, once met, are met by every larger σ."""
    time = timing.learning_time().subs(rate, 1)
    scale = sigma * sp.exp(2 * delta)
    odds = (scale - 1) * fraction / (1 - fraction)
    where = (*FRACTION.values(), *SMALL.values())
    return (
        *_faster_parts(),
        equal("the slope of −T in σ is (ln X − a/(a − 1))/2σ²", sp.diff(-time, sigma),
              (sp.log(odds) - scale / (scale - 1)) / (2 * sigma**2), *where),
        Holds(says="ln X > 2 where X > e²", condition=sp.log(ODDS) > said.least_log, where=(sp.exp(2) < ODDS,)),
        Holds(says="ln X > a/(a − 1) where a ≥ 2 and ln X > 2", condition=LOG_ODDS > SCALE / (SCALE - 1),
              where=(said.least_scale <= SCALE, said.least_log < LOG_ODDS)),
        Increasing(says="X grows with σ", expr=odds, variable=sigma, where=tuple(FRACTION.values())),
    )


SCALE, ODDS, LOG_ODDS = sp.symbols("a X ln_X", positive=True)  # σe^(2δ), (a − 1) f/(1 − f) and its logarithm
SMALL = {"σ e^(2δ) ≥ 2": sigma * sp.exp(2 * delta) >= 2,
         "(σ e^(2δ) − 1) f/(1 − f) > e²": (sigma * sp.exp(2 * delta) - 1) * fraction / (1 - fraction) > sp.exp(2)}
POINT |= {SCALE: sp.Integer(3), ODDS: sp.Integer(8), LOG_ODDS: sp.Integer(3)}

CLAIMS = (
    Claim(
        id="learning-time",
        says="Fraction f of a mode is reached at T = (1/2σ) ln((σ e^(2δ) − 1) f/(1 − f)), and T/δ → 1/σ as δ → ∞.",
        source=PAPER,
        stated={"time": TIME, "scaled": 1 / sigma},
        hypotheses={**FRACTION, **STARTS_BELOW},
        witnesses=(POINT,),
        parts=_time_parts,
        runs=lambda said: (
            Agrees(says="relative error of learning times measured on vanilla runs", uses=("time",),
                   measure=lambda: runs.learning_time_error(said.time), bound=runs.TIME_TOLERANCE),),
        near_misses=(
            NearMiss("1/σ in place of 1/2σ", {"time": 2 * TIME}),
            NearMiss("f/(1 − f) inverted",
                     {"time": sp.log((sigma * sp.exp(2 * delta) - 1) * (1 - fraction) / fraction) / (2 * sigma)}),
            NearMiss("the 1 left out of σe^(2δ) − 1",
                     {"time": sp.log(sigma * sp.exp(2 * delta) * fraction / (1 - fraction)) / (2 * sigma)}),
            NearMiss("T/δ → 2/σ", {"scaled": 2 / sigma}),
        ),
        coq={
            "s(T) = fσ": ("dynamics.learning_time.mode_reaches_its_fraction_at_learning_time",
                         "dynamics.scalar_flow.strength_at_learning_time"),
            "is the time derived from the closed form": ("dynamics.learning_time.learning_time_is_the_derived_time",),
            "T/δ → 1/σ for every f": ("dynamics.learning_time.scaled_learning_time_tends_to_reciprocal",
                                    "dynamics.scalar_flow.learning_time_over_delta"),
        },
    ),
    Claim(
        id="majority-first",
        says="STEP, vanilla: majority, then middle, then minority modes, whatever the initial scale.",
        source=PAPER,
        stated={"premises": tuple(STARTS_BELOW.values())},
        hypotheses={"n_maj > n_min": n_majority > n_minority, **FRACTION, **STARTS_BELOW},
        witnesses=(POINT,),
        parts=_any_scale_parts,
        repaired_by="majority-first-of-small-initialisation",
        coq={
            "the majority modes are faster than the middle mode": ("dynamics.order.majority_modes_faster_than_middle",),
            "the middle mode is faster than the minority modes": ("dynamics.order.middle_mode_faster_than_minority",),
            "a larger σ is learned earlier: −T increases in σ":
                ("counterexamples.majority_first.larger_singular_value_not_earlier",),
        },
    ),
    Claim(
        id="majority-first-of-small-initialisation",
        says="STEP, vanilla: majority, then middle, then minority modes, where (σ e^(2δ) − 1) f/(1 − f) > e² and "
             "σ e^(2δ) ≥ 2 for the slowest mode.",
        source=OURS,
        stated={"least_log": sp.Integer(2), "least_scale": sp.Integer(2)},
        hypotheses={"n_maj > n_min": n_majority > n_minority, **FRACTION, **SMALL},
        witnesses=(POINT,),
        parts=_small_scale_parts,
        runs=lambda said: (
            Agrees(says="vanilla STEP runs whose modes are out of order", measure=runs.order_violations, bound=0),),
        near_misses=(
            NearMiss("ln X > 1/2 is enough", {"least_log": HALF}),
            NearMiss("ln X > 3 follows", {"least_log": sp.Integer(3)}),
            NearMiss("σ e^(2δ) ≥ 3/2 is enough", {"least_scale": sp.Rational(3, 2)}),
        ),
        coq={
            "the majority modes are faster than the middle mode":
                ("dynamics.order.majority_modes_faster_than_middle_of_small_initialisation",),
            "the middle mode is faster than the minority modes":
                ("dynamics.order.middle_mode_faster_than_minority_of_small_initialisation",),
            "the slope of −T in σ is (ln X − a/(a − 1))/2σ²": ("dynamics.order.slope_of_learning_time_is_that_of_odds",),
            "ln X > 2 where X > e²": ("dynamics.order.logarithm_above_2_above_square_of_e",),
            "ln X > a/(a − 1) where a ≥ 2 and ln X > 2": ("dynamics.order.logarithm_above_ratio_of_scale",),
            "X grows with σ": ("dynamics.order.odds_grow_with_singular_value",),
        },
    ),
)
