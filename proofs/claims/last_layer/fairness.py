"""What equal errors cost: when the equalising weights are the best for the worse class, and the best weights for the mean error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
import sympy as sp

from proofs.claims.common import at, identity
from proofs.claims.last_layer.settings import BELOW, COUNTS, FEW, POINT, STANDARD_ERRORS, drawn
from proofs.claims.unconstrained_features import settings as plain
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Increasing, Measurement
from theory.last_layer import law
from theory.last_layer.law import FEATURES, LENGTH, SHARES, TILT
from theory.symbols import n_majority, n_minority

MORE = {"n_maj > n_min": n_majority > n_minority}
SETTING = {**FEW, **MORE}
BEFORE = tuple(SETTING.values())
ADMITTED = (*BELOW.values(), *(FEATURES * q < n for q, n in zip(SHARES, COUNTS, strict=True)), *BEFORE)
ZERO = sp.Integer(0)
GAP = 1 / n_minority - 1 / n_majority
CONDITION = FEATURES * ((1 + LENGTH**2) / n_minority + (1 - LENGTH**2) / n_majority)
LEAN, ROOM, ROOM_AT_ZERO = sp.symbols("V Q Q_0", positive=True)  # Δ/(1 − Δ²) and 1 − d Σ q²/n, the latter at Δ = 0 too
CENTRE, WIDTH = sp.symbols("x a", positive=True)  # of an interval, and half its length
MINORITY = sp.Integer(-1)
INSTANCE = {n_majority: 800, n_minority: 200, FEATURES: 300, LENGTH: 2}
POINTS = (
    {**POINT, LEAN: sp.Rational(1, 5), ROOM: sp.Rational(1, 2), ROOM_AT_ZERO: sp.Integer(1), CENTRE: sp.Integer(1), WIDTH: sp.Integer(1)},
    {**POINT, TILT: -sp.Rational(1, 10)},
    {**POINT, FEATURES: sp.Integer(300), TILT: sp.Rational(1, 10)},
)


def _optimal_parts(said):
    small = sp.Le(CONDITION, said.enough)
    room = law.room().subs(TILT, 0)
    slopes = [sp.diff(law.short_score(sign), TILT).subs(TILT, 0) for sign in law.SIGNS]
    return (
        Increasing(
            id="ratio-falls-with-tilt",
            says="ω_min/ω_maj falls as Δ grows: Δ = 0 is the equaliser, Δ > 0 a smaller ratio",
            expr=said.order * law.weight_of_share(n_majority, SHARES[0]) / law.weight_of_share(n_minority, SHARES[1]),
            variable=TILT,
            where=ADMITTED,
        ),
        Holds(
            id="room-shrinks",
            says="Δ < 0: 1 − d Σ q²/n is below its value at the equaliser",
            condition=law.room() < said.shrinkage * room,
            where=(*ADMITTED, TILT < 0),
        ),
        Holds(
            id="lean-at-most-tilt", says="Δ < 0: Δ/(1 − Δ²) is at most Δ", condition=law.lean() <= said.tilt, where=(TILT < 0, TILT > -1)
        ),
        Holds(
            id="larger-ratios-are-worse",
            says="from these two, V = −Δ/(1 − Δ²): the square of a positive score of the majority, (ρ² − V)² (1 − d Σ q²/n), is below "
            "that at the "
            "equaliser",
            condition=said.shrinkage * LENGTH**4 * ROOM_AT_ZERO > (LENGTH**2 - LEAN) ** 2 * ROOM,
            where=(LEAN < LENGTH**2, ROOM < ROOM_AT_ZERO),
        ),
        Holds(
            id="lean-at-least-tilt", says="Δ > 0: Δ/(1 − Δ²) is at least Δ", condition=law.lean() >= said.tilt, where=(TILT > 0, TILT < 1)
        ),
        Holds(
            id="room-grows-slowly",
            says="Δ > 0 and the condition: 1 − d Σ q²/n is below (1 + 2Δ/ρ²) times its value at the equaliser",
            condition=law.room() < room * (1 + said.slowness * TILT / LENGTH**2),
            where=(*ADMITTED, TILT > 0, small),
        ),
        Holds(
            id="smaller-ratios-are-worse",
            says="from these two: the square of a positive score of the minority, (ρ² − Δ/(1 − Δ²))² (1 − d Σ q²/n), is below that at the "
            "equaliser",
            condition=(LENGTH**2 - LEAN) ** 2 * ROOM < LENGTH**4 * ROOM_AT_ZERO,
            where=(TILT > 0, LEAN >= TILT, LEAN < LENGTH**2, ROOM_AT_ZERO * (1 + said.slowness * TILT / LENGTH**2) > ROOM),
        ),
        Holds(
            id="smaller-ratio-hurts-within",
            says="with the condition the score of the minority does not grow with Δ at the equaliser",
            condition=slopes[1] <= 0,
            where=(*BEFORE, small),
        ),
        Holds(
            id="smaller-ratio-helps-beyond",
            says="without the condition both scores grow with Δ at the equaliser: a somewhat smaller ratio lowers both errors",
            condition=sp.And(*(slope > 0 for slope in slopes)),
            where=(*BEFORE, sp.Gt(CONDITION, said.needed)),
        ),
    )


def _fairest_parts(said):
    square = (law.short_score(MINORITY) ** 2).subs(INSTANCE)
    return (
        Holds(
            id="equaliser-has-the-larger-score",
            says="counts (800, 200), d = 300, ρ = 2: no Δ from 0 to 1/4 has a larger square of the score of the class that errs more",
            condition=square <= said.factor * square.subs(TILT, 0),
            where=(TILT > 0, sp.Rational(1, 4) > TILT),
        ),
    )


@cache  # a claim and its near misses are held against the same derivatives
def _at_no_features() -> tuple[sp.Expr, ...]:
    """At Δ = d = 0: the second derivative of the sum of the errors in Δ, unevaluated in d, and evaluated; its derivative in d and Δ; and
    the derivatives of ln(ω_min/ω_maj) in Δ and in d."""
    slope, logarithm = law.mean_error_slope(), law.logarithm_of_ratio()
    bend = sp.diff(slope, TILT).subs(TILT, 0)
    return (
        at(bend, {FEATURES: ZERO}),
        bend.subs(FEATURES, 0),
        sp.diff(slope.subs(TILT, 0), FEATURES).subs(FEATURES, 0),
        sp.diff(logarithm, TILT).subs({TILT: 0, FEATURES: 0}),
        sp.diff(logarithm.subs(TILT, 0), FEATURES).subs(FEATURES, 0),
    )


def _balanced_parts(said):
    scores = [law.short_score(sign) for sign in law.SIGNS]
    unevaluated, curvature, by_features, ratio_by_tilt, ratio_by_features = _at_no_features()
    return (
        identity(
            "length-of-the-interval",
            "the sum of both errors is 1 less the mass of the interval between −score_min and score_maj, 2ρ² √((1 − d Σ q²/n)/(ρ² + (d/4) "
            "Σ 1/n)) long",
            sum(scores),
            said.whole * LENGTH * sp.sqrt(law.room() / law.spread()),
            *ADMITTED,
        ),
        Holds(
            id="narrower-beyond-the-equaliser",
            says="Δ < 0: 1 − d Σ q²/n is less than at Δ = 0, so that the interval is shorter",
            condition=law.room() < said.shrinkage * law.room().subs(TILT, 0),
            where=(*ADMITTED, TILT < 0),
        ),
        Holds(
            id="less-mass-off-centre",
            says="and off the centre, where an interval of a given length has less mass: its ends have the densities exp(−(x ± a)²/2)",
            condition=sp.exp(-((CENTRE + WIDTH) ** 2) / 2) < said.mass * sp.exp(-((CENTRE - WIDTH) ** 2) / 2),
        ),
        Holds(
            id="smaller-ratio-helps",
            says="at the equaliser the sum of the errors falls with Δ",
            condition=law.mean_error_slope(ZERO) < said.least,
            where=BEFORE,
        ),
        identity(
            "one-length-at-no-features",
            "as d tends to 0 the interval has one length for every Δ: off the centre, at any Δ other than 0, the sum is larger",
            at(sum(scores), {FEATURES: ZERO}),
            said.whole,
            *BELOW.values(),
        ),
        identity(
            "curvature-at-no-features",
            "its second derivative at Δ = 0 tends to 2 exp(−ρ²/2)/ρ, which is positive",
            unevaluated,
            said.curvature,
        ),
        identity(
            "tilt-of-first-order",
            "so that its minimum is, to first order in d, at Δ = d (ρ²/4)(1/n_min − 1/n_maj)",
            curvature * said.first,
            -by_features,
        ),
        identity(
            "ratio-of-first-order",
            "where ln(ω_min/ω_maj) has the slope (1 − ρ²)(1/n_min − 1/n_maj)/2 in d",
            ratio_by_tilt * said.first + ratio_by_features,
            said.slope,
        ),
        identity(
            "ratio-at-no-features", "from inverse frequency", sp.exp(at(law.logarithm_of_ratio(), {TILT: ZERO, FEATURES: ZERO})), said.start
        ),
    )


# How it is run -----------------------------------------------------------------------------------------------------------

# counts, d, ρ, a factor to the ratio of the equaliser, draws
WORST = (((400, 100), 150, 2.0, 0.4, 150), ((200, 50), 50, 1.0, 0.5, 300), ((200, 50), 50, 1.0, 2.0, 300), ((200, 50), 40, 2.0, 0.5, 300))
MEAN = (((400, 100), 150, 2.0, 0.4, 150), ((200, 50), 50, 2.0, 0.5, 300))


def _difference(case: tuple, read: Callable) -> tuple[float, float]:
    """What is read off both class errors at a ratio less that at the equaliser, over the same draws, and 4.5 standard errors of it."""
    counts, features, length, scale, draws = case
    ratio = (counts[0] - features / 2) / (counts[1] - features / 2)
    runs = [drawn(counts, features, length, (1.0, each), draws) for each in (ratio * scale, ratio)]
    found = read(runs[0].errors) - read(runs[1].errors)
    return float(found.mean()), float(STANDARD_ERRORS * found.std(ddof=1) / draws**0.5)


def _of_worse_class(errors: np.ndarray) -> np.ndarray:
    """The errors of the class that errs more in the mean over the draws."""
    return np.asarray(errors[:, int(errors.mean(axis=0).argmax())])


def worst_error(limit: sp.Expr) -> Measurement:
    """How often a ratio off the equaliser is not better, or not worse, for the worse class as the condition says, by whole intervals."""
    condition = plain.compiled(CONDITION, *COUNTS, FEATURES, LENGTH)

    def errors() -> Iterator[tuple[str, float]]:
        for case in WORST:
            mean, within = _difference(case, _of_worse_class)
            better = case[3] < 1 and condition(*case[0], case[1], case[2]) > float(limit)
            yield f"{case}: {mean:.5f} ± {within:.5f}", float(not (mean + within < 0 if better else mean - within > 0))

    return plain.worst(errors())


def mean_error(least: sp.Expr) -> Measurement:
    """How often the mean error at a smaller ratio is not below that at the equaliser by a whole interval, as the stated sign says."""

    def errors() -> Iterator[tuple[str, float]]:
        for case in MEAN:
            mean, within = _difference(case, lambda found: found.mean(axis=1))
            yield f"{case}: {mean:.5f} ± {within:.5f}", float(not mean + within < float(least))

    return plain.worst(errors())


CLAIMS = (
    Claim(
        id="equalising-is-worst-class-optimal-iff",
        says="By the leverage law, two classes, n_maj > n_min and 0 < d < 2n_min: of all weights those that equalise the errors minimise "
        "the "
        "larger of them iff d((1 + ρ²)/n_min + (1 − ρ²)/n_maj) ≤ 4. Beyond, a somewhat smaller weight of the minority lowers the errors "
        "of both.",
        source=OURS,
        stated={
            "enough": sp.Integer(4),
            "needed": sp.Integer(4),
            "limit_of_runs": sp.Integer(4),  # a run tells limits apart only where the condition of some setting lies between them
            "order": sp.Integer(1),
            "shrinkage": sp.Integer(1),
            "tilt": TILT,
            "slowness": sp.Integer(2),
        },
        hypotheses=SETTING,
        witnesses=POINTS,
        parts=_optimal_parts,
        runs=lambda said: (
            Agrees(
                id="worse-class",
                says="whether other ratios are better or worse for the worse class, over draws, by intervals of 4.5 standard errors",
                uses=("limit_of_runs",),
                measure=lambda: worst_error(said.limit_of_runs),
                bound=0.0,
            ),
        ),
        near_misses=(
            NearMiss("the ratio grows with Δ", {"order": sp.Integer(-1)}),
            NearMiss("room shrinks by a tenth", {"shrinkage": sp.Rational(9, 10)}),
            NearMiss("Δ/(1 − Δ²) at least 11/10 Δ", {"tilt": sp.Rational(11, 10) * TILT}),
            NearMiss("room grows by less than 3/2 Δ/ρ²", {"slowness": sp.Rational(3, 2)}),
            NearMiss("room grows by less than 5Δ/ρ² suffices", {"slowness": sp.Integer(5)}),
            NearMiss("if ≤ 41/10", {"enough": sp.Rational(41, 10)}),
            NearMiss("only if ≤ 39/10", {"needed": sp.Rational(39, 10)}),
            NearMiss("≤ 10/3 in the runs", {"limit_of_runs": sp.Rational(10, 3)}),
            NearMiss("≤ 13/2 in the runs", {"limit_of_runs": sp.Rational(13, 2)}),
        ),
        plain="with many features weights that make both classes err alike can raise the error of the minority itself: beyond "
        "d((1 + ρ²)/n_min + (1 − ρ²)/n_maj) = 4 smaller weights are better for both classes",
    ),
    Claim(
        id="equalising-is-worst-class-optimal",
        says="By the leverage law, two classes and d < 2n_min: the weights that equalise the class errors minimise the larger of them.",
        source="ours, of what fairness suggests",
        stated={"factor": sp.Integer(1)},
        hypotheses=SETTING,
        witnesses=POINTS[:1],
        parts=_fairest_parts,
        repaired_by="equalising-is-worst-class-optimal-iff",
    ),
    Claim(
        id="balanced-accuracy-optimum",
        says="By the leverage law, two classes, n_maj > n_min and 0 < d < 2n_min: the mean of the class errors is lower at some ratio "
        "ω_min/ω_maj "
        "below the equaliser than at the equaliser and at every larger ratio. As d tends to 0 the minimum has ln(ω_min/ω_maj) = ln R + "
        "(d/2)(1/n_min − 1/n_maj)(1 − ρ²) + O(d²): above inverse frequency for ρ < 1, below for ρ > 1.",
        source=OURS,
        stated={
            "shrinkage": sp.Integer(1),
            "mass": sp.Integer(1),
            "whole": 2 * LENGTH,
            "least": ZERO,
            "curvature": 2 * sp.exp(-(LENGTH**2) / 2) / LENGTH,
            "first": LENGTH**2 * GAP / 4,
            "slope": (1 - LENGTH**2) * GAP / 2,
            "start": n_majority / n_minority,
        },
        hypotheses=SETTING,
        witnesses=POINTS[:2],
        parts=_balanced_parts,
        runs=lambda said: (
            Agrees(
                id="mean-errors",
                says="whether the mean error at a smaller ratio is below that at the equaliser, over draws, by intervals of 4.5 standard "
                "errors",
                uses=("least",),
                measure=lambda: mean_error(said.least),
                bound=0.0,
            ),
        ),
        near_misses=(
            NearMiss("1 + ρ²", {"slope": (1 + LENGTH**2) * GAP / 2}),
            NearMiss("Δ of half the size", {"first": LENGTH**2 * GAP / 8}),
            NearMiss("from √R", {"start": sp.sqrt(n_majority / n_minority)}),
            NearMiss("room shrinks by a tenth", {"shrinkage": sp.Rational(9, 10)}),
            NearMiss("half the density", {"mass": sp.Rational(1, 2)}),
            NearMiss("an interval of length ρ", {"whole": LENGTH}),
            NearMiss("a slope below −1", {"least": -sp.Integer(1)}),
            NearMiss("half the curvature", {"curvature": sp.exp(-(LENGTH**2) / 2) / LENGTH}),
        ),
    ),
)
