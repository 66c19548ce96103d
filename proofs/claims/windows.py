"""The window between the first and the last learned mode: without weights, and as the paper bounds it."""

import sympy as sp

from proofs import runs
from proofs.claims.common import HALF, RATIO, SHARE, STRICT_RATIO, equal, step_rates
from proofs.kernel.claim import OURS, PAPER, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Increasing, Limit, Supremum
from theory import timing
from theory.symbols import R, c, gamma, p

POINT = {R: sp.Integer(4), p: sp.Rational(1, 4), c: sp.Integer(4), gamma: sp.Integer(0)}
EVEN = {**POINT, p: HALF, gamma: sp.Rational(1, 4)}
STEEP = {**POINT, p: HALF, gamma: sp.Rational(3, 4)}
INVERSE = {**POINT, p: HALF, gamma: sp.Integer(2)}


def _vanilla_parts(said):
    majority, minority, _ = step_rates(exponent=sp.Integer(0))
    derived = timing.window(minority.effective_singular_value, majority.effective_singular_value)
    return (
        equal("the window in units of the last learning time", derived.absolute / (1 / minority.sigma), said.of_last,
              *RATIO.values()),
        equal("the window in units of the first learning time", derived.relative, said.of_first, *RATIO.values()),
        Supremum(says="in units of the last it stays below 1, its supremum", expr=said.of_last, variable=R,
                 start=sp.Integer(1), end=sp.oo, value=sp.Integer(1), attained=False),
        Limit(says="in units of the first it grows without bound", expr=said.of_first, variable=R, point=sp.oo,
              value=sp.oo),
    )


def _vanilla_every_split_parts(said):
    """With one minority class (p = 1/c) there is no mode within the minority: the middle mode is the last."""
    majority, middle = step_rates(exponent=sp.Integer(0), share=1 / c)
    window = timing.window(middle.effective_singular_value, majority.effective_singular_value)
    return (Limit(says="one minority class: the window in units of the first grows without bound", expr=window.relative,
                  variable=R, point=sp.oo, value=said.limit, where=(c >= 3,)),)


def _bound_parts(said):
    *_, middle = step_rates(exponent=HALF, share=said.share)
    window = 1 / said.middle - 1
    where = tuple(RATIO.values()) + (tuple(SHARE.values()) if said.share == p else ())
    share_where = where[1:]
    return (
        equal("the middle effective singular value", middle.effective_singular_value, said.middle, *where),
        Holds(says="no rate exceeds 1: the middle mode is the last", condition=said.middle <= 1, where=where),
        Holds(says="the window lies below the bound", condition=window < said.bound, where=where),
        equal("the window is zero at R = 1", window.subs(R, 1), sp.Integer(0), *share_where),
        Increasing(says="the window increases in R", expr=window, variable=R, where=where),
        Supremum(says="the bound is the supremum and is not attained", expr=window, variable=R, start=sp.Integer(1),
                 end=sp.oo, value=said.bound, attained=False, where=share_where),
    )


def _off_half_parts(said):
    """At least two classes in each group: both within-group rates occur, and the window is at least theirs."""
    majority, minority, _ = step_rates()
    rates = (majority.effective_singular_value, minority.effective_singular_value)
    below, above = timing.window(rates[1], rates[0]).relative, timing.window(rates[0], rates[1]).relative
    return (
        equal("the majority rate for every exponent", rates[0], R ** (HALF - gamma)),
        Limit(says="γ below the threshold: the minority is the later, without bound", expr=below, variable=R, point=sp.oo,
              value=sp.oo, where=(gamma < said.threshold,)),
        Limit(says="γ above the threshold: the majority is the later, without bound", expr=above, variable=R, point=sp.oo,
              value=sp.oo, where=(gamma > said.threshold,)),
    )


def _off_half_every_split_parts(said):
    """With one minority class only the majority and the middle mode occur; γ < 1/2 is enough to see it."""
    majority, middle = step_rates(exponent=said.exponent, share=1 / c)
    window = timing.window(middle.effective_singular_value, majority.effective_singular_value)
    return (Limit(says="one minority class: the window of the effective singular values is unbounded", expr=window.relative,
                  variable=R, point=sp.oo, value=sp.oo, where=(c >= 3,)),)


MIDDLE = (p * sp.sqrt(R) + 1 - p) / sp.sqrt(p * R + 1 - p)
MIDDLE_HALVES = (sp.sqrt(R) + 1) / sp.sqrt(2 * (R + 1))
VANILLA = {"of_last": 1 - 1 / sp.sqrt(R), "of_first": sp.sqrt(R) - 1}

CLAIMS = (
    Claim(
        id="vanilla-window-unbounded",
        says="STEP, vanilla, any split: the scaled window relative to the first learning time grows without bound in R.",
        source=PAPER,
        stated={"limit": sp.oo},
        hypotheses={"c ≥ 3": c >= 3},
        witnesses=(POINT,),
        parts=_vanilla_every_split_parts,
        repaired_by="vanilla-window-unbounded-of-two-classes-a-group",
        coq={
            "one minority class: the window in units of the first grows without bound":
                ("counterexamples.vanilla_window_unbounded.window_of_one_minority_class_not_unbounded",),
        },
    ),
    Claim(
        id="vanilla-window-unbounded-of-two-classes-a-group",
        says="STEP, vanilla, at least two classes in each group, n_min = 1: the scaled window is 1 − 1/√R of the last "
             "learning time (bounded by 1) and √R − 1 of the first (unbounded).",
        source="the paper's statement with its condition: ours",
        stated=VANILLA,
        hypotheses=RATIO,
        witnesses=(POINT,),
        parts=_vanilla_parts,
        runs=lambda said: (
            Agrees(says="windows of vanilla runs, T/δ extrapolated to δ → ∞", uses=("of_first",),
                   measure=lambda: runs.vanilla_window_error(said.of_first), bound=runs.WINDOW_TOLERANCE),),
        near_misses=(
            NearMiss("R − 1 in place of √R − 1", {"of_first": R - 1}),
            NearMiss("1/R in place of 1/√R", {"of_last": 1 - 1 / R}),
            NearMiss("exponent 0.4 in place of 1/2", {"of_first": R ** sp.Rational(2, 5) - 1}),
        ),
        coq={
            "in units of the last it stays below 1, its supremum":
                ("windows.unbounded.window_of_last_has_supremum_1_not_attained",),
            "in units of the first it grows without bound": ("windows.unbounded.window_of_first_grows_without_bound",),
        },
    ),
    Claim(
        id="window-bound",
        says="Equal halves, γ = 1/2: 1/(σλ)_mid − 1 < √2 − 1 for every finite R ≥ 1; zero at R = 1, increasing in R, and "
             "√2 − 1 is the supremum, not attained.",
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
        ),
        coq={
            "the middle effective singular value": ("windows.bound.middle_rate_of_equal_halves",),
            "no rate exceeds 1: the middle mode is the last": ("windows.bound.middle_rate_at_most_1_of_equal_halves",),
            "the window lies below the bound": ("windows.bound.window_below_bound_of_equal_halves",),
            "the window increases in R": ("windows.bound.window_increases_in_ratio_of_equal_halves",),
            "the bound is the supremum and is not attained": ("windows.bound.bound_is_supremum_not_attained_of_equal_halves",),
        },
    ),
    Claim(
        id="window-bound-any-split",
        says="Minority share p, γ = 1/2: 1/(σλ)_mid − 1 < 1/√p − 1, a supremum that is not attained.",
        source=OURS,
        stated={"share": p, "middle": MIDDLE, "bound": 1 / sp.sqrt(p) - 1},
        hypotheses={**RATIO, **SHARE},
        witnesses=(POINT,),
        parts=_bound_parts,
        near_misses=(
            NearMiss("√2 − 1 for every split", {"bound": sp.sqrt(2) - 1}),
            NearMiss("1/p in place of 1/√p", {"bound": 1 / p - 1}),
            NearMiss("the shares exchanged", {"bound": 1 / sp.sqrt(1 - p) - 1}),
        ),
        coq={
            "no rate exceeds 1: the middle mode is the last": ("windows.bound.middle_rate_at_most_1_of_any_split",),
            "the window lies below the bound": ("windows.bound.window_below_bound_of_any_split",),
            "the window increases in R": ("windows.bound.window_increases_in_ratio_of_any_split",),
            "the bound is the supremum and is not attained": ("windows.bound.bound_is_supremum_not_attained_of_any_split",),
        },
    ),
    Claim(
        id="window-unbounded-off-half",
        says="STEP, any split: for every fixed γ ≠ 1/2 the window of the effective singular values, relative to the first "
             "learning time, is unbounded in R.",
        source=OURS,
        stated={"exponent": sp.Integer(0)},
        hypotheses={"c ≥ 3": c >= 3},
        witnesses=(POINT,),
        parts=_off_half_every_split_parts,
        repaired_by="window-unbounded-off-half-of-two-classes-a-group",
        coq={
            "one minority class: the window of the effective singular values is unbounded":
                ("counterexamples.window_unbounded_off_half.window_of_one_minority_class_not_unbounded",),
        },
    ),
    Claim(
        id="window-unbounded-off-half-of-two-classes-a-group",
        says="STEP with at least two classes in each group: for every fixed γ ≠ 1/2 that window is unbounded in R.",
        source=OURS,
        stated={"threshold": HALF},
        hypotheses=STRICT_RATIO,
        witnesses=(EVEN, STEEP, INVERSE),
        parts=_off_half_parts,
        near_misses=(
            NearMiss("0.6 in place of 1/2", {"threshold": sp.Rational(3, 5)}),
            NearMiss("0.4 in place of 1/2", {"threshold": sp.Rational(2, 5)}),
        ),
        coq={
            "the majority rate for every exponent": ("windows.unbounded.majority_rate_is_a_power",),
            "γ below the threshold: the minority is the later, without bound": ("windows.unbounded.window_unbounded_below_half",),
            "γ above the threshold: the majority is the later, without bound": ("windows.unbounded.window_unbounded_above_half",),
        },
    ),
)
