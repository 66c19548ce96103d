"""Learning times at γ = 1/2 beyond leading order, and the growth of the middle mode's offset in ln R."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache

import numpy as np
import sympy as sp

from numerics.unconstrained_features import measure
from numerics.unconstrained_features.experiment import Experiment
from numerics.unconstrained_features.flow import simulate
from numerics.unconstrained_features.middle import (
    ConnectionIntegrals,
    Offset,
    connection_integrals,
    middle_learning_time,
    middle_offset,
    step_groups,
)
from proofs.claims.common import HALF, SHARE, STRICT_RATIO, identity
from proofs.claims.unconstrained_features import settings
from proofs.claims.unconstrained_features.middle_limit import DRIFT_TOLERANCE, REFERENCES, limit_drift, rigorous_run
from proofs.claims.unconstrained_features.weighted_flow import TWO_A_GROUP
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Limit, Measurement
from theory import symbols
from theory.data.counts import ClassCounts, Group, step
from theory.data.weights import class_weights
from theory.losses import loss_named
from theory.symbols import R, connection, connection_slope, delta, fraction, gamma, m_majority, m_minority, p
from theory.unconstrained_features import middle, offset

POINT = {
    R: sp.Integer(4),
    p: HALF,
    m_majority: sp.Integer(2),
    m_minority: sp.Integer(2),
    connection: sp.Integer(1),
    connection_slope: sp.Integer(1),
}
LIMITS = {10: "0.77779581", 100: "1.86922364", 1000: "2.74488491"}
ROOT = sp.sqrt(p)


def _within_time(count, exponent=HALF):
    """Learning time of a within-group mode at f = 1/2 and ω = n^(−γ), derived at every finite δ."""
    group = Group(sp.Integer(2), count)
    return middle.within_group_time(group, count**-exponent).subs(fraction, HALF)


def _within_parts(said):
    return (
        Limit(
            id="minority-offset",
            says="T_min − δ → 0 (n_min = 1, raw weights)",
            expr=_within_time(sp.Integer(1)) - delta,
            variable=delta,
            point=sp.oo,
            value=said.minority,
        ),
        Limit(
            id="majority-offset",
            says="T_maj − δ → ¼ ln R",
            expr=_within_time(R) - delta,
            variable=delta,
            point=sp.oo,
            value=said.majority,
            where=tuple(STRICT_RATIO.values()),
        ),
    )


def _offset_parts(said):
    return (
        *_within_parts(said),
        *(rigorous_run(ratio, sp.Rational(value)) for ratio, value in said.references.items()),
        Agrees(
            id="middle-offset-tends-to-a-limit",
            says="T_mid − δ/ρ with ρ = 1 has a limit as δ → ∞; in runs it stays the same from δ = 20 to 40, R = 10, 100 and 1000",
            uses=("rate",),
            measure=lambda: limit_drift(said.rate),
            bound=DRIFT_TOLERANCE,
        ),
        Agrees(
            id="growth-of-middle-offset",
            says="from some R on the limit, and T_mid − δ at every δ ≥ 0, stay within a constant of (√2/4) ln R; in runs: growth of the "
            "limit in ln R, from R = 1e10 to 1e12",
            uses=("growth",),
            measure=lambda: growth_law_error(said.growth, (0.5,)),
            bound=LAW_TOLERANCE,
        ),
    )


def _law_parts(said):
    """The rescaled limits are exact, and the constants follow from κ; that they join into the law is measured."""
    a, B, _ = middle.STATE  # B stands in the second place of the rescaled system
    classifier, majority, _ = offset.late_limit()
    together = (B * classifier + a * majority).subs(B, a)
    formulas = said.rate, said.constant, said.next_order
    return (
        identity(
            "late-growth-is-that-of-majority-part",
            "late, S = aB = a² of the majority part alone: dS/dt = 2√p S (1 − S/√p) in units of √R",
            together,
            2 * said.rate * a**2 * (1 - a**2 / said.rate),
            *SHARE.values(),
        ),
        identity(
            "constant-of-the-law",
            "C(p) from the share κ of the start that grows, R → ∞",
            offset.joining_constant(HALF) / ROOT,
            said.constant,
            *SHARE.values(),
        ),
        identity("next-order-of-the-law", "D(p) from the first order of κ in 1/√R", offset.next_order(), said.next_order, *SHARE.values()),
        Agrees(
            id="growth-at-several-splits",
            says="from some R on the limit, and T_mid − δ at every δ ≥ 0, stay within a constant of ln R/(4√p); in runs: growth of the "
            "limit in ln R, from R = 1e10 to 1e12, at five splits",
            uses=("rate",),
            measure=lambda: growth_law_error(1 / (4 * said.rate), MINORITY_SHARES),
            bound=LAW_TOLERANCE,
        ),
        Agrees(
            id="offset-at-ratio-1e12",
            says="the limit of T_mid − δ at R = 1e12 against law, constant and next order, at five splits",
            uses=("rate", "constant", "next_order"),
            measure=lambda: law_error(*formulas),
            bound=CONSTANT_TOLERANCE,
        ),
        Agrees(
            id="next-order-at-ratio-1e8",
            says="√R times what the limit of T_mid − δ at R = 1e8 has beyond law and constant, against D(p), at five splits",
            uses=("rate", "constant", "next_order"),
            measure=lambda: next_order_error(*formulas),
            bound=NEXT_ORDER_TOLERANCE,
        ),
    )


def _late_parts(said):
    return (
        Agrees(
            id="offset-within-a-constant",
            says="growth of T_mid − δ in ln R, from R = 1e10 to 1e12: several splits, f = 1/10, 1/2 and 9/10, δ = 0 and 20",
            uses=("growth",),
            measure=lambda: late_growth_error(said.growth),
            bound=LAW_TOLERANCE,
        ),
    )


def _equalising(said, part_id, name, loss, init):
    return Agrees(
        id=part_id,
        says=f"dT/dδ of every mode and class, {name}: random counts, widths and seeds",
        uses=("exponent", "limit"),
        measure=lambda: equalised_error(loss, init, said.exponent, said.limit),
        bound=EQUAL_TOLERANCE,
    )


CONSTANT = connection - sp.log(p) / (4 * ROOT) - sp.log((1 + ROOT) / 2)
NEXT_ORDER = -connection_slope / ROOT - (1 - p) / (ROOT * (1 + ROOT))
BELOW, ABOVE = sp.log(p) / 4, HALF + sp.log(4 * p / (1 - p)) / 4
OF_FRACTION = sp.log(fraction / (1 - fraction)) / 2


# How it is run ----------------------------------------------------------------------------

DIGITS_TOLERANCE = 1e-8  # the error of the limit problem, solved in doubles, is some 1e-9
LAW_TOLERANCE = 1e-4  # the next order, D(p)/√R, is 1e-5 at R = 1e10
CONSTANT_TOLERANCE = 1e-6  # the constant to six digits
NEXT_ORDER_TOLERANCE = 2e-3  # the term after the next order is ln R/√R times as large: 2e-3 at R = 1e8
EXPONENT_TOLERANCE = 5e-4  # the error of the law is of order R^(1/2 − γ) = 1e-4 for γ > 1/2, smaller for γ < 1/2
OFFSET_TOLERANCE = 1e-5  # finite δ = 16: the neutral direction counts e^(−16), times a constant of order ten
LARGE_TOLERANCE = 1e-6  # dT/dδ between δ = 15 and 30: e^(−15) = 3e-7 over 15, times an offset of some ten
EQUAL_TOLERANCE = 0.03  # dT/dδ between δ = 5 and 8: e^(−5) times the spread of a random start's projections
MINORITY_SHARES = (0.5, 0.25, 0.2, 0.75, 0.9)
EQUALISING_RUNS = tuple(
    (f"{loss}-from-{init}-start", f"{name}, {init} start", loss, init)  # part, words, loss, start
    for loss, name in (("squared", "squared loss"), ("cross-entropy", "cross-entropy"))
    for init in ("spectral", "random")
)
LARGE_COUNTS = ((10,) * 2 + (1,) * 2, (10_000,) * 10 + (1,) * 10, (10_000,) * 5 + (300,) * 7 + (1,) * 8)
RANDOM_RUNS = {"squared": 65, "cross-entropy": 35}  # number of runs from each start: 200 in all


@cache
def _offset(ratio: float, share: float, gamma: float, fraction: float = 0.5) -> Offset:
    return middle_offset(step_groups(ratio, share, gamma), fraction)


def reference_error(references: Mapping[int, str]) -> Measurement:
    """The limit of T_mid − δ as δ → ∞, equal halves, γ = 1/2, against decimal reference values."""
    return settings.worst((f"R={ratio}", abs(_offset(float(ratio), 0.5, 0.5).value - float(value))) for ratio, value in references.items())


def growth_law_error(growth: sp.Expr, splits: Sequence[float]) -> Measurement:
    """The growth of the limit of T_mid − δ in ln R between 1e10 and 1e12, γ = 1/2, against the stated one (a function of p)."""
    value = settings.compiled(growth, symbols.p)
    return settings.worst(
        (f"p={share}", abs((_offset(1e12, share, 0.5).value - _offset(1e10, share, 0.5).value) / np.log(100) - float(value(share))))
        for share in splits
    )


@cache
def _late_growth(share: float, level: float, depth: float) -> float:
    late, early = (middle_learning_time(step_groups(ratio, share), depth, level).value for ratio in (1e12, 1e10))
    return float((late - early) / np.log(100))


def late_growth_error(growth: sp.Expr) -> Measurement:
    """The growth of T_mid in ln R between 1e10 and 1e12, γ = 1/2, at several f and δ, against the stated one (a function of p)."""
    value = settings.compiled(growth, symbols.p)

    return settings.worst(
        (f"p={share}, f={level}, δ={depth:g}", abs(_late_growth(share, level, depth) - float(value(share))))
        for share in (0.2, 0.5, 0.9)
        for level in (0.1, 0.5, 0.9)
        for depth in (0.0, 20.0)
    )


def law_error(rate: sp.Expr, constant: sp.Expr, next_order: sp.Expr) -> Measurement:
    """The limit of T_mid − δ at γ = 1/2, R = 1e12, against ln R/(4·rate), the constant and the next order over √R."""
    law = sp.log(symbols.R) / (4 * rate) + constant + next_order / sp.sqrt(symbols.R)
    return _law_gaps(1e12, law, lambda gap, ratio: gap)


def next_order_error(rate: sp.Expr, constant: sp.Expr, next_order: sp.Expr) -> Measurement:
    """What the limit of T_mid − δ at γ = 1/2, R = 1e8, has beyond ln R/(4·rate) and the constant, times √R, against the next order."""
    law = sp.log(symbols.R) / (4 * rate) + constant + next_order / sp.sqrt(symbols.R)
    return _law_gaps(1e8, law, lambda gap, ratio: gap * np.sqrt(ratio))


def _law_gaps(ratio: float, law: sp.Expr, scaled: Callable[[float, float], float]) -> Measurement:
    value = settings.compiled(law, symbols.R, symbols.p, symbols.connection, symbols.connection_slope)

    def errors() -> Iterator[tuple[str, float]]:
        for share in MINORITY_SHARES:
            integrals = _integrals(share)
            stated = value(ratio, share, integrals.leading, integrals.response)
            yield f"p={share}", abs(scaled(_offset(ratio, share, 0.5).value - float(stated), ratio))

    return settings.worst(errors())


@cache
def _integrals(share: float) -> ConnectionIntegrals:
    return connection_integrals(share)


def exponent_law_error(of_fraction: sp.Expr, below: sp.Expr, above: sp.Expr) -> Measurement:
    """x lim(T_mid − δ/ρ) where R^|1/2 − γ| = 1e4, against ¼ ln R + the stated function of f + k, several splits and fractions."""
    rate = settings.compiled(sp.sqrt(symbols.p) * symbols.R ** (sp.Rational(1, 2) - symbols.gamma), symbols.R, symbols.p, symbols.gamma)
    laws = [settings.compiled(sp.log(symbols.R) / 4 + of_fraction + k, symbols.R, symbols.p, symbols.fraction) for k in (below, above)]

    def errors() -> Iterator[tuple[str, float]]:
        for power in (0.0, 0.25, 0.4, 0.6, 0.75, 1.0):
            ratio = 1e4 ** (1 / abs(power - 0.5))
            for share in (0.5, 0.2, 0.9):
                for level in (0.1, 0.5, 0.9):
                    found = float(rate(ratio, share, power)) * _offset(ratio, share, power, level).value
                    stated = float(laws[power > 0.5](ratio, share, level))
                    yield f"γ={power}, p={share}, f={level}", abs(found - stated)

    return settings.worst(errors())


def offset_run_error(minority: sp.Expr, majority: sp.Expr) -> Measurement:
    """T − δ at δ = 16 of class-level runs, γ = 1/2, equal halves: minority and majority as stated, middle from its limit."""
    values = [settings.compiled(time, symbols.R) for time in (majority, minority)]

    def errors() -> Iterator[tuple[str, float]]:
        for ratio in (10, 100, 1000):
            run = settings.trajectory(step(4, ratio), Fraction(1, 2), 16.0)
            found = np.array(measure.mode_learning_times(run), dtype=float) - 16
            first, last = (float(value(float(ratio))) for value in values)
            yield f"R={ratio}", float(np.abs(found - [first, _offset(float(ratio), 0.5, 0.5).value, last]).max())

    return settings.worst(errors())


def _random_setting(seed: int, generator: np.random.Generator) -> tuple[ClassCounts, int, int]:
    """Random counts, width and seed."""
    c = int(generator.integers(2, 5))
    counts = ClassCounts(tuple(int(n) for n in np.exp(generator.uniform(0, np.log(13), c))))
    return counts, c - 1 + int(generator.integers(0, 4)), seed


@cache
def _equalising_slopes(loss: str, init: str, gamma: Fraction, counts: ClassCounts, width: int, seed: int) -> tuple[float, ...]:
    """dT/dδ between δ = 5 and 8 of every mode group and class of a run."""
    weights = tuple(float(w) for w in class_weights(counts, gamma, "raw"))
    times = []
    for depth in (5.0, 8.0):
        run = simulate(Experiment(counts, weights, loss_named(loss), depth, init, width, seed), until_learned=True)  # type: ignore[arg-type]
        times.append(np.array((*measure.mode_learning_times(run), *measure.class_learning_times(run)), dtype=float))
    return tuple((times[1] - times[0]) / 3)


@cache
def _slopes_of_large_runs(loss: str, gamma: Fraction) -> tuple[tuple[str, tuple[float, ...]], ...]:
    """dT/dδ between δ = 15 and 30 of every mode group and class, spectral start, up to 20 classes and counts up to 10⁴."""
    found = []
    for per_class in LARGE_COUNTS:
        counts = ClassCounts(per_class)
        weights = tuple(float(w) for w in class_weights(counts, gamma, "raw"))
        early, late = (
            np.array((*measure.mode_learning_times(run), *measure.class_learning_times(run)), dtype=float)
            for run in (
                simulate(Experiment(counts, weights, loss_named(loss), depth, "spectral"), until_learned=True) for depth in (15.0, 30.0)
            )
        )
        found.append((f"{len(per_class)} classes of {sorted(set(per_class))} samples", tuple((late - early) / 15)))
    return tuple(found)


def large_runs_error(exponent: sp.Expr, limit: sp.Expr) -> Measurement:
    """Largest |dT/dδ − limit| of the large runs, both losses; a mode or class that is not learned is a NaN."""
    runs = [run for loss in RANDOM_RUNS for run in _slopes_of_large_runs(loss, Fraction(str(exponent)))]
    return settings.worst((name, float(np.abs(np.array(found) - float(limit)).max())) for name, found in runs)


def equalised_error(loss: str, init: str, exponent: sp.Expr, limit: sp.Expr) -> Measurement:
    """Largest |dT/dδ − limit| over modes and classes, until one is too large; a mode or class that is not learned is a NaN."""
    generator = np.random.default_rng(settings.SEED)

    def errors() -> Iterator[tuple[str, float]]:
        for number in range(RANDOM_RUNS[loss]):
            counts, width, seed = _random_setting(number, generator)
            slopes = _equalising_slopes(loss, init, Fraction(str(exponent)), counts, width, seed)
            yield f"{counts.per_class}, d={width}, seed {seed}", float(np.abs(np.array(slopes) - float(limit)).max())

    return settings.worst(errors(), EQUAL_TOLERANCE)


CLAIMS = (
    Claim(
        id="finite-init-offset",
        says="γ = 1/2, squared loss, STEP equal halves, n_min = 1, two classes or more a group, R > 1, raw weights, spectral init, "
        "f = 1/2: T_min − δ → 0, T_maj − δ → ¼ ln R, and T_mid − δ tends to a limit, which from some R on differs from (√2/4) ln R by at "
        "most a constant. At δ = 40 and R = 10, 100, 1000 T_mid − δ is 0.7777958061182, 1.8692236397677 and 2.7448849053545, to 13 "
        "decimals. (The kernel's theorems on T_mid are about the scalars of middle-mode-reduces-to-three-scalars, as in "
        "middle-offset-has-a-limit.)",
        source=OURS,
        stated={
            "minority": sp.Integer(0),
            "majority": sp.log(R) / 4,
            "references": REFERENCES,
            "limits": LIMITS,
            "rate": sp.Integer(1),
            "growth": sp.sqrt(2) / 4,
        },
        hypotheses={**STRICT_RATIO, **TWO_A_GROUP},
        witnesses=(POINT,),
        parts=_offset_parts,
        runs=lambda said: (
            Agrees(
                id="class-level-runs-at-delta-16",
                says="T − δ of class-level runs at δ = 16 against the limits",
                uses=("minority", "majority"),
                measure=lambda: offset_run_error(said.minority, said.majority),
                bound=OFFSET_TOLERANCE,
            ),
            Agrees(
                id="limit-problem-in-doubles",
                says="the limit of T_mid − δ as δ → ∞ from the limit problem in doubles, to eight decimals",
                uses=("limits",),
                measure=lambda: reference_error(said.limits),
                bound=DIGITS_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("√2/4 and 1/1000", {"growth": sp.sqrt(2) / 4 + sp.Rational(1, 1000)}),
            NearMiss("½ ln R in place of ¼ ln R", {"majority": sp.log(R) / 2}),
            NearMiss("the minority is late by ½ ln 2", {"minority": sp.log(2) / 2}),
            NearMiss(
                "reference values moved by a unit of the last digit",
                {"references": {10: "0.7777958061183", 100: "1.8692236397676", 1000: "2.7448849053546"}},
            ),
            NearMiss("a rate larger by a millionth", {"rate": 1 + sp.Rational(1, 10**6)}),
            NearMiss("limits moved by a unit of the seventh decimal", {"limits": {10: "0.7777959", 100: "1.8692237", 1000: "2.7448850"}}),
        ),
        plain="at γ = 1/2 and equal halves the middle mode is late by (√2/4) ln R up to a constant, and not by a share of δ",
        coq={
            "minority-offset": ("dynamics.learning_time.minority_offset_vanishes",),
            "majority-offset": ("dynamics.learning_time.majority_offset_is_a_quarter_logarithm",),
            "middle-offset-tends-to-a-limit": ("dynamics.middle_offset_limit.middle_offset_tends_to_a_limit",),
            "growth-of-middle-offset": ("dynamics.middle_offset_limit.growth_of_middle_offset",),
        },
    ),
    Claim(
        id="middle-offset-within-constant-of-logarithm",
        says="γ = 1/2, squared loss, STEP with minority share 0 < p < 1, n_min = 1, raw weights, spectral init, any fraction 0 < f < 1: "
        "there are constants C and R_0, which depend on p and f alone, such that for all R ≥ R_0 and δ ≥ 0 the middle mode's learning "
        "time differs from δ + ln R/(4√p) by at most C. (The kernel's theorem is about the three scalars of "
        "middle-mode-reduces-to-three-scalars: no s ≥ fσ before the one time, and some s ≥ fσ by the other if the flow goes on until then, "
        "as one does for all time by flow-converges.)",
        source=OURS,
        stated={"growth": 1 / (4 * ROOT)},
        hypotheses={**SHARE, **STRICT_RATIO, "0 < f < 1": fraction < 1},
        witnesses=({**POINT, fraction: HALF},),
        parts=_late_parts,
        near_misses=(
            NearMiss("√2/4 at every split", {"growth": sp.sqrt(2) / 4}),
            NearMiss("1/4, as within the majority", {"growth": sp.Rational(1, 4)}),
            NearMiss("√(1 − p)", {"growth": 1 / (4 * sp.sqrt(1 - p))}),
            NearMiss("larger by 1/1000", {"growth": 1 / (4 * ROOT) + sp.Rational(1, 1000)}),
        ),
        plain="how late the middle mode is depends on R by ln R/(4√p) and a bounded rest, whatever the split, the fraction and δ",
        coq={"offset-within-a-constant": ("dynamics.middle_offset.offset_within_a_constant",)},
    ),
    Claim(
        id="middle-offset-grows-as-root-p",
        says="γ = 1/2, squared loss, STEP with minority share p, n_min = 1, raw weights, spectral init, f = 1/2: the limit of "
        "T_mid − δ as δ → ∞ is ln R/(4√p) + C(p) + D(p)/√R + o(1/√R), with √p the escape rate of the majority part of the "
        "middle mode alone (1/√2 at equal halves), C = J − ln p/(4√p) − ln((1 + √p)/2) and "
        "D = −J_1/√p − (1 − p)/(√p (1 + √p)), where J and J_1 are integrals of the limit problem.",
        source=OURS,
        stated={"rate": ROOT, "constant": CONSTANT, "next_order": NEXT_ORDER},
        hypotheses={**SHARE, **STRICT_RATIO},
        witnesses=(POINT,),
        parts=_law_parts,
        near_misses=(
            NearMiss("√2/4 at every split", {"rate": 1 / sp.sqrt(2)}),
            NearMiss("√(1 − p)", {"rate": sp.sqrt(1 - p)}),
            NearMiss("√p larger by 1/1000", {"rate": ROOT * sp.Rational(1001, 1000)}),
            NearMiss("C larger by 1/100000", {"constant": CONSTANT + sp.Rational(1, 10**5)}),
            NearMiss("D larger by 1/100", {"next_order": NEXT_ORDER + sp.Rational(1, 100)}),
            NearMiss("C as if all of the start grew", {"constant": CONSTANT + sp.log((1 + ROOT) / 2)}),
            NearMiss("D as if all of the start grew", {"next_order": -connection_slope / ROOT}),
        ),
        measured_because="the rescaled limits, C and D are exact, and that the two pieces of the path join with an error of o(1/√R) is "
        "measured; that T_mid − δ has a limit as δ → ∞, which from some R on stays within a constant of ln R/(4√p), is proved",
        coq={
            "late-growth-is-that-of-majority-part": ("dynamics.weighted_flow.late_growth_is_that_of_majority_part",),
            "growth-at-several-splits": ("dynamics.middle_offset_limit.growth_at_several_splits",),
        },
    ),
    Claim(
        id="middle-offset-of-every-exponent",
        says="STEP with minority share p, n_min = 1, squared loss, raw weights n^(−γ), spectral init, mode learned at fraction f, "
        "x = √p R^(1/2 − γ): as δ → ∞ and then R → ∞ at fixed γ, p and f, x(T_mid − δ/ρ) = ¼ ln R + ½ ln(f/(1 − f)) + k(p) + o(1) "
        "with k = ¼ ln p for 0 ≤ γ < 1/2 and k = ½ + ¼ ln(4p/(1 − p)) for 1/2 < γ ≤ 1.",
        source=OURS,
        stated={"of_fraction": OF_FRACTION, "below": BELOW, "above": ABOVE},
        hypotheses={**SHARE, "0 ≤ γ ≤ 1, not 1/2": sp.And(gamma >= 0, gamma <= 1, sp.Ne(gamma, HALF)), "0 < f < 1": fraction < 1},
        witnesses=({**POINT, gamma: sp.Rational(1, 4), fraction: HALF}, {**POINT, gamma: sp.Integer(1), fraction: HALF}),
        parts=lambda said: (
            Agrees(
                id="law-at-six-exponents",
                uses=("of_fraction", "below", "above"),
                says="the law at R^|1/2 − γ| = 1e4, exponents 0, 1/4, 2/5, 3/5, 3/4, 1, several splits and fractions",
                measure=lambda: exponent_law_error(said.of_fraction, said.below, said.above),
                bound=EXPONENT_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("k larger by 1/1000 below 1/2", {"below": BELOW + sp.Rational(1, 1000)}),
            NearMiss("k larger by 1/1000 above 1/2", {"above": ABOVE + sp.Rational(1, 1000)}),
            NearMiss("the same at every fraction f", {"of_fraction": sp.Integer(0)}),
            NearMiss("½ ln(f/(1 − f)) larger by a part in 500", {"of_fraction": OF_FRACTION * sp.Rational(501, 500)}),
            NearMiss("one k on both sides of 1/2", {"above": BELOW}),
        ),
        measured_because="that T_mid − δ/ρ has a limit as δ → ∞ is proved at every exponent (middle-offset-has-a-limit), and the law at "
        "γ = 0 (middle-offset-without-weights); at the others it joins an early and a late piece of the path, each solved for R → ∞, and "
        "how far the whole path is from them at finite R is measured, and no theorem bounds it",
    ),
    Claim(
        id="scaled-times-equalise",
        says="γ = 1/2, raw weights, full non-linear flow of the squared loss or cross-entropy, from a spectral or a random start of "
        "scale e^(−δ): T_i/δ → 1 for all modes and all classes as δ → ∞.",
        source=OURS,
        stated={"exponent": HALF, "limit": sp.Integer(1)},
        parts=lambda said: (
            *(_equalising(said, *kind) for kind in EQUALISING_RUNS),
            Agrees(
                id="large-runs-from-spectral-starts",
                says="dT/dδ of every mode and class, both losses, δ from 15 to 30, up to 20 classes in two or three groups, counts to 10⁴",
                uses=("exponent", "limit"),
                measure=lambda: large_runs_error(said.exponent, said.limit),
                bound=LARGE_TOLERANCE,
            ),
        ),
        near_misses=(NearMiss("exponent 0.4", {"exponent": sp.Rational(2, 5)}), NearMiss("a limit of 0.9", {"limit": sp.Rational(9, 10)})),
        measured_because="that no mode is learned before δ/s is proved for every start and every convex loss, and that each is learned by "
        "δ/s + O(1) for the squared loss under STEP from the spectral start; for other counts, random starts and cross-entropy the upper "
        "bound is measured",
    ),
)
