"""The window between the first and the last learned mode: without weights, and as the paper bounds it."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from proofs.claims.common import HALF, RATIO, SHARE, at, identity, step_rates
from proofs.claims.unconstrained_features import settings
from proofs.kernel.claim import OURS, PAPER, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Increasing, Limit, Measurement, Supremum
from theory import symbols
from theory.data import counts, weights
from theory.symbols import R, c, gamma, m_majority, m_minority, n_minority, p
from theory.unconstrained_features import modes, timing

POINT = {
    R: sp.Integer(4),
    p: sp.Rational(1, 4),
    c: sp.Integer(4),
    gamma: sp.Integer(0),
    m_majority: sp.Integer(2),
    m_minority: sp.Integer(2),
    n_minority: sp.Integer(1),
}
EVEN = {**POINT, p: HALF, gamma: sp.Rational(1, 4)}
STEEP = {**POINT, p: HALF, gamma: sp.Rational(3, 4)}
INVERSE = {**POINT, p: HALF, gamma: sp.Integer(2)}
TWO_CLASSES = {"two majority classes or more": m_majority >= 2, "two minority classes or more": m_minority >= 2}
ONES = (sp.Integer(1),) * 2


def _vanilla_parts(said):
    """The squares of the singular values from the entries of ZZᵀ, as sums, at counts R n_min and n_min."""
    squares = modes.step_moments(counts.symbolic_step(n_majority=R * n_minority), ONES)
    first, last = sp.sqrt(squares.majority), sp.sqrt(squares.minority)
    derived = timing.window(last, first)
    where = (*RATIO.values(), *TWO_CLASSES.values())
    return (
        Holds(
            id="middle-mode-not-before-majority",
            says="the middle mode is not learned before the majority modes: σ_mid² ≤ n_maj",
            condition=squares.middle <= said.middle_at_most,
            where=where,
        ),
        Holds(
            id="middle-mode-not-after-minority",
            says="the middle mode is not learned after the minority modes: σ_mid² ≥ n_min",
            condition=squares.middle >= said.middle_at_least,
            where=where,
        ),
        identity("window-of-last", "the window in units of the last learning time", derived.absolute / (1 / last), said.of_last, *where),
        identity("window-of-first", "the window in units of the first learning time", derived.relative, said.of_first, *where),
        Supremum(
            id="window-of-last-below-1",
            says="in units of the last it stays below 1, its supremum",
            expr=said.of_last,
            variable=R,
            start=sp.Integer(1),
            end=sp.oo,
            value=said.most_of_last,
            attained=False,
        ),
        Limit(
            id="window-of-first-unbounded",
            says="in units of the first it grows without bound",
            expr=said.of_first,
            variable=R,
            point=sp.oo,
            value=sp.oo,
        ),
    )


def _vanilla_every_split_parts(said):
    """With one minority class (p = 1/c) there is no mode within the minority: the middle mode is the last."""
    majority, middle = step_rates(exponent=sp.Integer(0), share=1 / c)
    window = timing.window(middle.effective_singular_value, majority.effective_singular_value)
    return (
        Limit(
            id="one-minority-class",
            says="one minority class: the window in units of the first grows without bound",
            expr=window.relative,
            variable=R,
            point=sp.oo,
            value=sp.oo,
            where=(c >= 3,),
        ),
    )


def _bound_parts(said):
    groups = counts.symbolic_step(n_majority=R, n_minority=sp.Integer(1), m_majority=(1 - said.share) * c, m_minority=said.share * c)
    squares = modes.step_moments(groups, ONES)
    weighted = modes.step_moments(groups, weights.exponent_weights(groups, HALF))
    window = 1 / said.middle - 1
    where = tuple(RATIO.values()) + (tuple(SHARE.values()) if said.share == p else ())
    share_where = where[1:]
    return (
        identity("middle-rate", "the middle effective singular value", weighted.middle / sp.sqrt(squares.middle), said.middle, *where),
        Holds(id="middle-rate-at-most-one", says="no rate exceeds 1: the middle mode is the last", condition=said.middle <= 1, where=where),
        Holds(id="window-below-bound", says="the window lies below the bound", condition=window < said.bound, where=where),
        identity("no-window-at-balance", "the window is zero at R = 1", at(window, {R: sp.Integer(1)}), sp.Integer(0), *share_where),
        Increasing(id="window-increases", says="the window increases in R", expr=window, variable=R, where=where),
        Supremum(
            id="bound-is-supremum",
            says="the bound is the supremum and is not attained",
            expr=window,
            variable=R,
            start=sp.Integer(1),
            end=sp.oo,
            value=said.bound,
            attained=False,
            where=share_where,
        ),
    )


def _off_half_parts(said):
    """At least two classes in each group: both within-group rates occur, and the window is at least theirs."""
    majority, minority, _ = step_rates()
    rates = (majority.effective_singular_value, minority.effective_singular_value)
    below, above = timing.window(rates[1], rates[0]).relative, timing.window(rates[0], rates[1]).relative
    return (
        identity("majority-rate", "the majority rate for every exponent, in units of the minority's", rates[0] / rates[1], said.majority),
        Limit(
            id="unbounded-below-half",
            says="γ below the threshold: the minority is the later, without bound",
            expr=below,
            variable=R,
            point=sp.oo,
            value=sp.oo,
            where=(gamma < said.threshold,),
        ),
        Limit(
            id="unbounded-above-half",
            says="γ above the threshold: the majority is the later, without bound",
            expr=above,
            variable=R,
            point=sp.oo,
            value=sp.oo,
            where=(gamma > said.threshold,),
        ),
    )


MIDDLE = (p * sp.sqrt(R) + 1 - p) / sp.sqrt(p * R + 1 - p)
MIDDLE_HALVES = (sp.sqrt(R) + 1) / sp.sqrt(2 * (R + 1))
MEAN_COUNT = (R + 1) * n_minority / 2


# How it is run ----------------------------------------------------------------------------

WINDOW_TOLERANCE = 1e-6  # T/δ from δ = 8 and 16: the rest is e^(−16)


def vanilla_window_error(of_first: sp.Expr) -> Measurement:
    """Relative error of the window (last less first, of the first), dT/dδ from δ = 8 and 16, two classes a group."""
    stated = settings.compiled(of_first, symbols.R)

    def errors() -> Iterator[tuple[str, float]]:
        for name, class_counts in settings.step_cases(ratios=(10, 100, 1000)):
            if min(class_counts.per_class.count(n) for n in set(class_counts.per_class)) >= 2:
                early, late = (settings.learning_times(class_counts, delta) for delta in (8.0, 16.0))
                scaled = (late - early) / 8
                window = (scaled.max() - scaled.min()) / scaled.min()
                yield name, settings.relative(window, stated(float(class_counts.imbalance_ratio)))

    return settings.worst(errors())


CLAIMS = (
    Claim(
        id="vanilla-window-unbounded",
        says="STEP, vanilla, at least two classes in each group, R ≥ 1: the scaled window is 1 − 1/√R of the last learning time "
        "(below 1, its supremum) and √R − 1 of the first, which grows without bound in R.",
        source=f"{PAPER}; the formulas and the condition: ours",
        stated={
            "of_last": 1 - 1 / sp.sqrt(R),
            "of_first": sp.sqrt(R) - 1,
            "most_of_last": sp.Integer(1),
            "middle_at_most": R * n_minority,
            "middle_at_least": n_minority,
        },
        hypotheses={**RATIO, **TWO_CLASSES},
        witnesses=(POINT,),
        parts=_vanilla_parts,
        runs=lambda said: (
            Agrees(
                id="windows-of-runs",
                says="windows of vanilla runs, T/δ extrapolated to δ → ∞",
                uses=("of_first",),
                measure=lambda: vanilla_window_error(said.of_first),
                bound=WINDOW_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("R − 1 in place of √R − 1", {"of_first": R - 1}),
            NearMiss("1/R in place of 1/√R", {"of_last": 1 - 1 / R}),
            NearMiss("exponent 0.4 in place of 1/2", {"of_first": R ** sp.Rational(2, 5) - 1}),
            NearMiss("of the first it is what it is of the last", {"of_first": 1 - 1 / sp.sqrt(R)}),
            NearMiss("of the last it stays below 9/10", {"most_of_last": sp.Rational(9, 10)}),
            NearMiss("the middle mode lies below the mean of the two counts", {"middle_at_most": MEAN_COUNT}),
            NearMiss("the middle mode lies above the mean of the two counts", {"middle_at_least": MEAN_COUNT}),
        ),
        coq={
            "middle-mode-not-before-majority": ("windows.unbounded.middle_value_at_most_majority",),
            "middle-mode-not-after-minority": ("windows.unbounded.middle_value_at_least_minority",),
            "window-of-last": ("windows.unbounded.window_of_last_of_step",),
            "window-of-first": ("windows.unbounded.window_of_first_of_step",),
            "window-of-last-below-1": ("windows.unbounded.window_of_last_has_supremum_1_not_attained",),
            "window-of-first-unbounded": ("windows.unbounded.window_of_first_grows_without_bound",),
        },
    ),
    Claim(
        id="vanilla-window-unbounded-of-any-split",
        says="STEP, vanilla, any split of c ≥ 3 classes: the scaled window relative to the first learning time grows without bound in R.",
        source="ours: the paper's unbounded window, read for every split",
        hypotheses={"c ≥ 3": c >= 3},
        witnesses=(POINT,),
        parts=_vanilla_every_split_parts,
        repaired_by="vanilla-window-unbounded",
        coq={"one-minority-class": ("counterexamples.vanilla_window_unbounded.window_of_one_minority_class_not_unbounded",)},
    ),
    Claim(
        id="window-bound",
        says="STEP with equal halves, counts R and 1, γ = 1/2: 1/(σλ)_mid − 1 < √2 − 1 for every finite R ≥ 1; it is zero at R = 1 "
        "and increases in R, and √2 − 1 is its supremum, not attained.",
        source=PAPER,
        stated={"share": HALF, "middle": MIDDLE_HALVES, "bound": sp.sqrt(2) - 1},
        hypotheses=RATIO,
        witnesses=(POINT,),
        parts=_bound_parts,
        near_misses=(
            NearMiss("0.4 in place of √2 − 1", {"bound": sp.Rational(2, 5)}),
            NearMiss("the bound doubled", {"bound": 2 * (sp.sqrt(2) - 1)}),
            NearMiss("another split, p = 2/5, with the same bound", {"share": sp.Rational(2, 5)}),
            NearMiss("the middle value without its 2", {"middle": (sp.sqrt(R) + 1) / sp.sqrt(R + 1)}),
            NearMiss("R in place of √R", {"middle": (R + 1) / sp.sqrt(2 * (R + 1))}),
        ),
        coq={
            "middle-rate": ("windows.bound.middle_rate_of_equal_halves",),
            "no-window-at-balance": ("windows.bound.no_window_at_balance_of_equal_halves",),
            "middle-rate-at-most-one": ("windows.bound.middle_rate_at_most_1_of_equal_halves",),
            "window-below-bound": ("windows.bound.window_below_bound_of_equal_halves",),
            "window-increases": ("windows.bound.window_increases_in_ratio_of_equal_halves",),
            "bound-is-supremum": ("windows.bound.bound_is_supremum_not_attained_of_equal_halves",),
        },
    ),
    Claim(
        id="window-bound-any-split",
        says="STEP with minority share 0 < p < 1, counts R ≥ 1 and 1, γ = 1/2: 1/(σλ)_mid − 1 < 1/√p − 1; it is zero at R = 1 and "
        "increases in R, and 1/√p − 1 is its supremum, not attained.",
        source=OURS,
        stated={"share": p, "middle": MIDDLE, "bound": 1 / sp.sqrt(p) - 1},
        hypotheses={**RATIO, **SHARE},
        witnesses=(POINT,),
        parts=_bound_parts,
        near_misses=(
            NearMiss("√2 − 1 for every split", {"bound": sp.sqrt(2) - 1}),
            NearMiss("1/p in place of 1/√p", {"bound": 1 / p - 1}),
            NearMiss("the shares exchanged", {"bound": 1 / sp.sqrt(1 - p) - 1}),
            NearMiss("R in place of √R", {"middle": (p * R + 1 - p) / sp.sqrt(p * R + 1 - p)}),
            NearMiss("the p left out of 1 − p", {"middle": (p * sp.sqrt(R) + 1) / sp.sqrt(p * R + 1 - p)}),
        ),
        coq={
            "middle-rate": ("windows.bound.middle_rate_of_any_split",),
            "no-window-at-balance": ("windows.bound.no_window_at_balance_of_any_split",),
            "middle-rate-at-most-one": ("windows.bound.middle_rate_at_most_1_of_any_split",),
            "window-below-bound": ("windows.bound.window_below_bound_of_any_split",),
            "window-increases": ("windows.bound.window_increases_in_ratio_of_any_split",),
            "bound-is-supremum": ("windows.bound.bound_is_supremum_not_attained_of_any_split",),
        },
    ),
    Claim(
        id="window-unbounded-off-half",
        says="STEP with at least two classes in each group and ω = n^(−γ): for every fixed γ ≠ 1/2 the window of the effective "
        "singular values, relative to the first learning time, is unbounded in R.",
        source=OURS,
        stated={"threshold": HALF, "majority": R ** (HALF - gamma)},
        hypotheses=TWO_CLASSES,
        witnesses=(EVEN, STEEP, INVERSE),
        parts=_off_half_parts,
        near_misses=(
            NearMiss("0.6 in place of 1/2", {"threshold": sp.Rational(3, 5)}),
            NearMiss("0.4 in place of 1/2", {"threshold": sp.Rational(2, 5)}),
            NearMiss("R^(1 − γ) in place of R^(1/2 − γ)", {"majority": R ** (1 - gamma)}),
        ),
        coq={
            "majority-rate": ("windows.unbounded.majority_rate_is_a_power",),
            "unbounded-below-half": ("windows.unbounded.window_unbounded_below_half",),
            "unbounded-above-half": ("windows.unbounded.window_unbounded_above_half",),
        },
    ),
)
