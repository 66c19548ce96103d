"""With an output bias the class frequencies are learned first, by the bias alone; what is left then is that of centred inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from operator import itemgetter
from typing import Any

import numpy as np
import sympy as sp

from numerics.constrained_features.inputs import block_gram, inputs_of
from numerics.constrained_features.runs import Run, linear_features_run, mode_shares
from proofs.claims.common import HALF, at, identities, identity
from proofs.claims.constrained_features.blocks import (
    ARGUMENTS,
    COUNTS,
    MASS,
    POINT,
    SEED,
    SETTINGS,
    SIZES,
    TOTAL,
    WEIGHTS,
    along,
    directions,
    majority_of,
    numbers_of,
    setting_of,
    share_of_bias,
)
from proofs.claims.unconstrained_features import settings
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Increasing, Limit, MatrixIdentity, Measurement
from theory.constrained_features import output_bias
from theory.data import counts
from theory.models.decay_and_bias import bias, ones
from theory.models.linear_features import WITH_BIAS, V, W, X
from theory.models.model import squared_descent
from theory.symbols import R, c, delta, fraction, gamma, m_majority, m_minority, n_majority, n_minority, t, tau, w_majority, w_minority

Z, Omega = WITH_BIAS.target, WITH_BIAS.weights
LOSSES = ("squared", "cross-entropy")
NUMBER = m_majority + m_minority
SQUARED_REST = tuple(a / TOTAL - 1 / NUMBER for a in MASS)  # Pπ: the mean of π over the classes is 1/c
LOG_GAP = sp.log(MASS[0] / MASS[1])
ENTROPY_REST = (m_minority * LOG_GAP / NUMBER, -m_majority * LOG_GAP / NUMBER)  # P ln π
BIAS_ALONE = (Z - bias * ones.T) * Omega * ones
GAP = sp.Symbol("x", real=True)  # b_maj − b_min
LEVEL = {"0 < f < 1": fraction < 1}
TEN = sp.Integer(10)
SQUARED_EXPONENT = 1 - sp.log((3 * R - 1) / (R - 3)) / sp.log(R)
ENTROPY_EXPONENT = 1 - (R + 1) / (c * (R - 1) * sp.log(R))
WITNESS = {**POINT, R: TEN, c: TEN, gamma: sp.Integer(0), delta: sp.Integer(1), fraction: HALF}
MIDWAY = {**WITNESS, R: sp.Integer(4), gamma: sp.Integer(1)}
BALANCED = {**WITNESS, MASS[1]: MASS[0].subs(WITNESS)}


def _frequency_parts(said):
    velocity = output_bias.squared_velocity(SIZES, MASS, output_bias.BIAS)
    paths = [said.growth * rest for rest in said.squared]
    return (
        MatrixIdentity(
            id="features-push-to-second-order",
            says="squared loss: db/dt is what the bias does alone, less a term of second order in W and V",
            left=squared_descent(WITH_BIAS)[bias],
            right=said.alone - W * V * X * Omega * ones,
            diagonal=(Omega,),
        ),
        identities(
            "squared-bias-relaxes-to-frequencies",
            "squared loss, W = V = 0: db/dt = A (Pπ − b)",
            [(moving, TOTAL * (rest - b)) for moving, rest, b in zip(velocity, said.squared, output_bias.BIAS, strict=True)],
        ),
        identities(
            "stated-path-solves",
            "b(t) = (1 − e^(−At)) Pπ solves it",
            zip((sp.diff(path, t) for path in paths), output_bias.squared_velocity(SIZES, MASS, paths), strict=True),
        ),
        identities("path-starts-at-zero", "it starts at 0", [(at(path, {t: sp.Integer(0)}), sp.Integer(0)) for path in paths]),
        *(
            Limit(
                id=f"{name}-bias-is-there-at-every-scaled-time",
                says=f"b(δτ) → Pπ as δ → ∞ for every τ > 0, {name} classes",
                expr=path.subs(t, delta * tau),
                variable=delta,
                point=sp.oo,
                value=rest,
            )
            for name, path, rest in zip(("majority", "minority"), paths, SQUARED_REST, strict=True)
        ),
        Limit(
            id="scaled-time-of-bias-vanishes",
            says="the time −ln(1 − f)/A at which it has learned the fraction f, over δ, tends to 0",
            expr=-sp.log(1 - fraction) / TOTAL / delta,
            variable=delta,
            point=sp.oo,
            value=said.scaled,
            where=tuple(LEVEL.values()),
        ),
        *_cross_entropy_parts(said),
        identities(
            "inverse-frequency-leaves-no-bias",
            "where all classes weigh alike, as at γ = 1, both rests are 0",
            [(value, sp.Integer(0)) for value in (*said.squared, *said.entropy)],
            said.alike,
        ),
    )


def _cross_entropy_parts(said):
    entropy = output_bias.cross_entropy_velocity(SIZES, MASS, output_bias.BIAS)
    gap_rate = (entropy[0] - entropy[1]).subs(dict(zip(output_bias.BIAS, (GAP, 0), strict=True)), simultaneous=True)
    return (
        identities(
            "cross-entropy-bias-rests-at-log-frequencies",
            "cross-entropy, W = V = 0: nothing moves at b = P ln π",
            [(at(moving, dict(zip(output_bias.BIAS, said.entropy, strict=True))), sp.Integer(0)) for moving in entropy],
        ),
        identity(
            "cross-entropy-bias-stays-centred",
            "cross-entropy: the rates of b sum to 0 over the classes",
            sp.Add(*(m * moving for m, moving in zip(said.members, entropy, strict=True))),
            sp.Integer(0),
        ),
        Increasing(
            id="cross-entropy-rest-attracts",
            says="cross-entropy: minus the rate of x = b_maj − b_min increases in x, so x moves towards its one rest",
            expr=said.sign * gap_rate,
            variable=GAP,
        ),
    )


def _share_parts(said):
    halves = counts.symbolic_step(n_majority=R, n_minority=sp.Integer(1), m_majority=m_minority)
    powers = (R**-gamma, sp.Integer(1))
    squared, entropy = (output_bias.share_of_the_middle(halves, powers, loss) for loss in LOSSES)
    entropy_halves = said.entropy_halves.subs(c, 2 * m_minority)
    return (
        *(
            identity(
                f"share-of-{loss}",
                f"STEP, any split and weights, {loss}: uᵀL Zᵀu/‖Zᵀu‖² at L = b1ᵀ",
                output_bias.share_of_the_middle(counts.symbolic_step(), WEIGHTS, loss),
                said.share(*SIZES, *COUNTS, gap),
            )
            for loss, gap in zip(LOSSES, (said.squared_gap, said.entropy_gap), strict=True)
        ),
        identity("equal-halves-squared", "the share at equal halves, squared loss", squared, said.squared_halves, R > 1),
        identity("equal-halves-cross-entropy", "the share at equal halves, cross-entropy", entropy, entropy_halves, R > 1),
        *_ratio_threshold(said, output_bias.share_of_the_middle(halves, (sp.Integer(1),) * 2, "squared")),
        *_exponent_threshold("squared", "squared loss", squared, said.squared_exponent, (R > 3,)),
        Holds(
            id="never-half-below-ratio-3",
            says="squared loss: the share is below 1/2 at every γ where R ≤ 3",
            condition=squared < HALF,
            where=(R > 1, said.least_ratio >= R),
        ),
        *_exponent_threshold("cross-entropy", "cross-entropy", entropy, said.entropy_exponent.subs(c, 2 * m_minority), (R > 1,)),
        *_digits(said),
    )


def _ratio_threshold(said, unweighted):
    return (
        Holds(
            id="half-from-this-ratio",
            says="unweighted, squared loss: the share is 1/2 or more from R = 3 + 2√2 on",
            condition=unweighted >= HALF,
            where=(said.ratio <= R,),
        ),
        Holds(
            id="less-than-half-below-it",
            says="unweighted, squared loss: it is less below",
            condition=unweighted < HALF,
            where=(R >= 1, said.upper_ratio > R),
        ),
    )


def _exponent_threshold(name, words_of_loss, value, exponent, where):
    return (
        Holds(
            id=f"half-up-to-exponent-{name}",
            says=f"{words_of_loss}: the share is 1/2 or more up to this γ",
            condition=value >= HALF,
            where=(*where, gamma <= exponent),
        ),
        Holds(
            id=f"less-beyond-exponent-{name}",
            says=f"{words_of_loss}: it is less beyond",
            condition=value < HALF,
            where=(*where, gamma > exponent),
        ),
    )


def _digits(said):
    """At R = 10, and c = 10 for cross-entropy, the share is 1/2 or more at the stated five digits, and less one unit of the last above."""
    found = []
    for loss, digits in zip(LOSSES, (said.squared_digits, said.entropy_digits), strict=True):
        groups = counts.symbolic_step(TEN, sp.Integer(1), sp.Integer(5), sp.Integer(5))
        value = output_bias.share_of_the_middle(groups, (TEN**-gamma, sp.Integer(1)), loss)
        unit = sp.Rational(1, 10**5)
        found += [
            Holds(
                id=f"digits-{loss}",
                says=f"R = 10, {loss}: the share is 1/2 or more up to γ = {float(digits):.5f}",
                condition=value >= HALF,
                where=(gamma <= digits,),
            ),
            Holds(
                id=f"next-digits-{loss}",
                says=f"R = 10, {loss}: the share is less than 1/2 from γ = {float(digits + unit):.5f} on",
                condition=value < HALF,
                where=(gamma >= digits + unit,),
            ),
        ]
    return found


# How it is run ----------------------------------------------------------------------------

FAINT = 0.05  # by this factor inputs are shorter than 1 where the bias is to settle long before the features grow
SETTLING_TIME = 12.0  # the slowest bias of the settings has relaxed 22 times over by then, and no feature has grown e-fold twice
BIAS_TOLERANCE = 1e-7  # the features' logits are e^(−2δ + 2·1.5) at most, δ = 12


@cache
def _bias_run(case: int, exponent: float, loss: str) -> Run:
    counts_, within, between = SETTINGS[case]
    setting, d = setting_of(counts_, exponent, loss), counts_.c - 1
    generator = np.random.default_rng(SEED + case)
    X = FAINT * inputs_of(block_gram(counts_, within, between))
    W, V = (np.exp(-12.0) * generator.standard_normal(shape) / np.sqrt(d) for shape in ((counts_.c, d), (d, counts_.n)))
    return linear_features_run(setting, X, W, V, SETTLING_TIME, with_bias=True)


def _bias_cases() -> Iterator[tuple[str, int, float, str]]:
    for case in range(len(SETTINGS)):
        for exponent in (0.0, 1.0):
            for loss in LOSSES:
                yield f"{SETTINGS[case][0].per_class}, γ={exponent}, {loss}", case, exponent, loss


def bias_error(growth: sp.Expr, squared: tuple[sp.Expr, ...], entropy: tuple[sp.Expr, ...]) -> Measurement:
    """The bias along runs with small features: against the stated path of the squared loss, against its stated rest for cross-entropy."""
    path = [settings.compiled(growth * rest, *ARGUMENTS, t) for rest in squared]
    rest = [settings.compiled(value, *ARGUMENTS) for value in entropy]

    def errors() -> Iterator[tuple[str, float]]:
        for name, case, exponent, loss in _bias_cases():
            counts_, within, between = SETTINGS[case]
            numbers, first = numbers_of(counts_, within, between, exponent), majority_of(counts_)
            times = np.array([0.05, 0.2, 1.0, SETTLING_TIME] if loss == "squared" else [SETTLING_TIME])
            found = _bias_run(case, exponent, loss).path.at(times, itemgetter(slice(-counts_.c, None)))
            of_group = [value(*numbers, times) if loss == "squared" else value(*numbers) for value in (path if loss == "squared" else rest)]
            stated = np.column_stack([np.broadcast_to(of_group[int(j >= first)], times.shape) for j in range(counts_.c)])
            yield name, float(np.abs(found - stated).max())

    return settings.worst(errors())


def share_error(share: Callable[..., Any], squared_gap: sp.Expr, entropy_gap: sp.Expr) -> Measurement:
    """The middle mode's share of the logits of the same runs, against the stated share."""
    arguments = (*SIZES, *COUNTS, *WEIGHTS)
    stated = {
        loss: settings.compiled(share(*SIZES, *COUNTS, gap), *arguments)
        for loss, gap in zip(LOSSES, (squared_gap, entropy_gap), strict=True)
    }

    def errors() -> Iterator[tuple[str, float]]:
        for name, case, exponent, loss in _bias_cases():
            counts_, _, _ = SETTINGS[case]
            run, setting = _bias_run(case, exponent, loss), setting_of(counts_, exponent, loss)
            read = mode_shares(setting, directions(counts_)[:, 1:2])
            ends, first = (counts_.per_class[0], counts_.per_class[-1]), majority_of(counts_)
            expected = stated[loss](first, counts_.c - first, *ends, setting.weights[0], setting.weights[-1])
            yield name, abs(along(run, read, SETTLING_TIME)[0] - float(expected))

    return settings.worst(errors())


CLAIMS = (
    Claim(
        id="bias-learns-frequencies",
        says="STEP, any split and weights, L = WVX + b1ᵀ with b(0) = 0, as long as W and V are 0: for the squared loss "
        "b(t) = (1 − e^(−At)) Pπ, for cross-entropy b stays centred and moves towards its one rest P ln π; δ does not occur in these "
        "flows, and W and V push b to second order only. So at every scaled time τ > 0 the squared loss's b(δτ) → Pπ as δ → ∞, and "
        "the scaled time that it takes vanishes. Where all classes weigh alike, as at γ = 1, b stays 0.",
        source="ours; in kind Rubruck et al., arXiv 2406.17467",
        stated={
            "alone": BIAS_ALONE,
            "growth": 1 - sp.exp(-TOTAL * t),
            "squared": SQUARED_REST,
            "entropy": ENTROPY_REST,
            "scaled": sp.Integer(0),
            "members": SIZES,
            "sign": -1,
            "alike": sp.Eq(*MASS),
        },
        hypotheses=LEVEL,
        witnesses=(WITNESS, BALANCED),
        parts=_frequency_parts,
        shares="the runs whose bias settles",
        runs=lambda said: (
            Agrees(
                id="bias-of-runs",
                says="the bias of runs at sample level with small features, both losses, γ = 0, 1/2 and 1",
                uses=("growth", "squared", "entropy"),
                measure=lambda: bias_error(said.growth, said.squared, said.entropy),
                bound=BIAS_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("the bias feels no weights", {"alone": (Z - bias * ones.T) * ones}),
            NearMiss("it stops half way", {"growth": (1 - sp.exp(-TOTAL * t)) / 2}),
            NearMiss("it starts half way", {"growth": 1 - sp.exp(-TOTAL * t) / 2}),
            NearMiss("π in place of Pπ", {"squared": tuple(a / TOTAL for a in MASS)}),
            NearMiss("half of P ln π", {"entropy": tuple(value / 2 for value in ENTROPY_REST)}),
            NearMiss("its time counts 1/A in scaled time", {"scaled": 1 / TOTAL}),
            NearMiss("a group counts once, whatever its size", {"members": (1, 1)}),
            NearMiss("x moves away from its rest", {"sign": 1}),
            NearMiss("b stays 0 where majority classes weigh twice as much", {"alike": sp.Eq(MASS[0], 2 * MASS[1])}),
        ),
        plain="an output bias learns the class frequencies before any feature has grown",
    ),
    Claim(
        id="bias-share-of-the-middle",
        says="STEP, ω = n^(−γ) in the thresholds: of the middle mode's σ the settled bias alone reaches "
        "m_maj m_min (n_maj − n_min)(b_maj − b_min)/(m_min n_maj + m_maj n_min), with b_maj − b_min = π_maj − π_min (squared) and "
        "ln(a_maj/a_min) (cross-entropy). At equal halves and n_min = 1 this is 1/2 or more, unweighted and squared, iff R ≥ 3 + 2√2; "
        "squared, iff R > 3 and γ ≤ 1 − ln((3R − 1)/(R − 3))/ln R; cross-entropy, iff γ ≤ 1 − (R + 1)/(c (R − 1) ln R). At R = 10 "
        "(and c = 10) the two exponents are 0.38270 and 0.94691, cut after the fifth digit.",
        source=OURS,
        stated={
            "share": share_of_bias,
            "squared_gap": (n_majority * w_majority - n_minority * w_minority)
            / (m_majority * n_majority * w_majority + m_minority * n_minority * w_minority),
            "entropy_gap": sp.log(n_majority * w_majority / (n_minority * w_minority)),
            "squared_halves": (R - 1) * (R ** (1 - gamma) - 1) / ((R + 1) * (R ** (1 - gamma) + 1)),
            "entropy_halves": c * (R - 1) * (1 - gamma) * sp.log(R) / (2 * (R + 1)),
            "ratio": 3 + 2 * sp.sqrt(2),
            "upper_ratio": 3 + 2 * sp.sqrt(2),
            "least_ratio": sp.Integer(3),
            "squared_exponent": SQUARED_EXPONENT,
            "entropy_exponent": ENTROPY_EXPONENT,
            "squared_digits": sp.Rational(38270, 10**5),
            "entropy_digits": sp.Rational(94691, 10**5),
        },
        witnesses=(WITNESS, MIDWAY, {**WITNESS, R: sp.Integer(2)}),
        parts=_share_parts,
        shares="the runs whose bias settles",
        runs=lambda said: (
            Agrees(
                id="middle-share-of-runs",
                says="the middle mode's share of the logits of runs at sample level whose bias has settled, both losses",
                uses=("share", "squared_gap", "entropy_gap"),
                measure=lambda: share_error(said.share, said.squared_gap, said.entropy_gap),
                bound=BIAS_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("the group sizes exchanged", {"share": lambda m, k, n, less, gap: m * k * (n - less) * gap / (m * n + k * less)}),
            NearMiss(
                "frequencies without weights",
                {"squared_gap": (n_majority - n_minority) / (m_majority * n_majority + m_minority * n_minority)},
            ),
            NearMiss("ln of the counts' ratio, whatever the weights", {"entropy_gap": sp.log(n_majority / n_minority)}),
            NearMiss("R^(−γ) in place of R^(1−γ)", {"squared_halves": (R - 1) * (R**-gamma - 1) / ((R + 1) * (R**-gamma + 1))}),
            NearMiss("c in place of c/2", {"entropy_halves": c * (R - 1) * (1 - gamma) * sp.log(R) / (R + 1)}),
            NearMiss("half from R = 5 on", {"ratio": sp.Integer(5)}),
            NearMiss("less than half up to R = 6", {"upper_ratio": sp.Integer(6)}),
            NearMiss("never half below R = 4", {"least_ratio": sp.Integer(4)}),
            NearMiss("half up to γ = 1 at every R", {"squared_exponent": sp.Integer(1), "entropy_exponent": sp.Integer(1)}),
            NearMiss("half at no γ > 0", {"squared_exponent": sp.Integer(0), "entropy_exponent": sp.Integer(0)}),
            NearMiss(
                "digits more by a unit of the fourth",
                {"squared_digits": sp.Rational(3828, 10**4), "entropy_digits": sp.Rational(9470, 10**4)},
            ),
            NearMiss(
                "digits less by a unit of the fourth",
                {"squared_digits": sp.Rational(3826, 10**4), "entropy_digits": sp.Rational(9468, 10**4)},
            ),
        ),
        plain="without weights the bias alone takes the middle mode past one half from an imbalance ratio of 3 + 2√2 on",
        coq={
            "half-from-this-ratio": ("constrained.output_bias.half_from_this_ratio",),
            "less-than-half-below-it": ("constrained.output_bias.less_than_half_below_it",),
            "digits-squared": ("constrained.output_bias.digits_squared",),
            "next-digits-squared": ("constrained.output_bias.next_digits_squared",),
            "digits-cross-entropy": ("constrained.output_bias.digits_cross_entropy",),
            "next-digits-cross-entropy": ("constrained.output_bias.next_digits_cross_entropy",),
        },
    ),
)
