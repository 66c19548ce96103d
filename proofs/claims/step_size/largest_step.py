"""Which step sizes leave a minimum stable, which end descent then has, and what weights of mean one cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from types import SimpleNamespace

import numpy as np
import sympy as sp

from numerics.matrices import random_factors
from proofs.claims.common import HALF, identity
from proofs.claims.step_size.flattest import EXPONENTS, LEAST, SEARCHED, searched
from proofs.claims.step_size.settings import COUNTS, POINT, TWO_A_GROUP, in_roots, random_samples, roots, samples_of
from proofs.claims.step_size.sharpness import CLAIMS as SHARPNESS
from proofs.claims.unconstrained_features import settings as plain
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Limit, Measurement
from theory.data.counts import Group
from theory.step_size import descent
from theory.symbols import R, m_majority, n_majority, n_minority

ETA = descent.ETA
BALANCED = SHARPNESS[1].said()  # the curvatures at the balanced end that are stated there
x, largest = sp.symbols("x Lambda", positive=True)  # an eigenvalue of the Hessian, and the largest
WHOLE = sp.Symbol("k", positive=True, integer=True)  # the fourth root of n_maj, where n_min is 1
STRICT = (roots[0] > roots[1],)


def _stability_parts(said):
    multiplier = said.multiplier
    yield identity(
        "multiplier",
        "a deviation along an eigenvector is multiplied by 1 − ηx in a step",
        descent.deviation_step(x),
        multiplier * descent.DEVIATION,
    )
    yield Holds(
        id="stable-up-to-the-limit",
        says="η ≤ 2/Λ: for no eigenvalue x ≤ Λ does a deviation grow",
        condition=multiplier**2 <= 1,
        where=(x <= largest, said.limit(largest) >= ETA),
    )
    yield Holds(
        id="unstable-beyond",
        says="η > 2/Λ: along the largest it grows",
        condition=multiplier.subs(x, largest) ** 2 > 1,
        where=(said.limit(largest) < ETA,),
    )
    for case in ("half", "inverse"):
        exponent = EXPONENTS[case]
        yield Holds(
            id=f"window-of-steps-{case}",
            says=f"γ = {exponent}, n_maj > n_min: the limit of the balanced end is below that of the flattest minimum, n = r⁴",
            condition=said.limit(in_roots(getattr(BALANCED, case), exponent)) < said.limit(in_roots(said.least[case], exponent)),
            where=STRICT,
        )


def _whatever_parts(said):
    one_sample = {roots[0]: WHOLE, roots[1]: 1}
    balanced, least = (in_roots(value, HALF).subs(one_sample) for value in (BALANCED.half, LEAST["half"]))
    return (
        Holds(
            id="balanced-end-stable-wherever-one-is",
            says="γ = 1/2: at every η at which the flattest minimum is stable the balanced end is stable, n_maj = k⁴ and n_min = 1",
            condition=ETA * balanced <= said.most,
            where=(WHOLE > 1, ETA * least <= 2),
        ),
    )


# The cost of weights of mean one -----------------------------------------------------------------------------------------

HALVES = (Group(m_majority, R * n_minority), Group(m_majority, n_minority))
COST = {"half": 2 * R ** sp.Rational(3, 4) / (R + 1), "inverse": 2 * sp.sqrt(R) / (R + 1)}
CUBIC = sp.Symbol("v", positive=True)  # R^(1/4)


def relative_step(case: str) -> sp.Expr:
    """The largest step with weights of mean one over that without, from the least curvatures of `flattest-minimum`."""
    exponent = EXPONENTS[case]
    weights = [group.count**-exponent for group in HALVES]
    here = {n_majority: R * n_minority}
    return LEAST["none"].subs(here) / (LEAST[case].subs(here) / descent.mean_weight(HALVES, weights))


def _cost_parts(said):
    for case, exponent in EXPONENTS.items():
        if case == "none":
            continue
        yield identity(
            f"cost-{case}",
            f"γ = {exponent}, equal halves: the largest step over that without weights is as stated, R = v⁴",
            relative_step(case).subs(R, CUBIC**4),
            said.cost[case].subs(R, CUBIC**4),
        )
        yield Limit(
            id=f"cost-{case}-at-large-ratio",
            says=f"γ = {exponent}: times the stated power of R it tends to 2",
            expr=sp.powsimp(said.cost[case] * R ** said.power[case]),
            variable=R,
            point=sp.oo,
            value=sp.Integer(2),
        )
    yield Holds(
        id="square-root-gains-below",
        says="γ = 1/2: it is more than 1 where 1 < v and v³ < v² + v + 1, v = R^(1/4)",
        condition=said.cost["half"].subs(R, CUBIC**4) > 1,
        where=(CUBIC > 1, said.cubic < 0),
    )
    yield Holds(
        id="square-root-costs-beyond",
        says="γ = 1/2: it is less than 1 where v³ > v² + v + 1",
        condition=said.cost["half"].subs(R, CUBIC**4) < 1,
        where=(CUBIC > 1, said.cubic > 0),
    )
    yield Holds(
        id="inverse-always-costs",
        says="γ = 1: it is less than 1 for every R > 1, R = v⁴",
        condition=said.cost["inverse"].subs(R, CUBIC**4) < 1,
        where=(CUBIC > 1,),
    )


# How it is run -----------------------------------------------------------------------------------------------------------

BISECTED = 2e-3  # modes that decay slowly hide growth by less than 1/600 a step in 600 steps
START = 0.05  # deviation of the entries of a random start
STEPS = 5000
UNBALANCED = 0.1  # ‖WᵀW − HHᵀ‖/‖WᵀW‖ of an end that is not balanced: steps below half the limit leave 0.03 of it


@cache
def _stable_steps() -> tuple[tuple[str, float, float], ...]:
    """(name, curvature by differences, largest stable step by bisection) of random minima of random losses."""
    found = []
    for name, loss, width, seed in random_samples(8, plain.SEED + 1):
        W, H = loss.random_minimum(width, seed)
        curvature = loss.curvature(W, H)
        found.append((name, curvature, loss.largest_stable_step(W, H, guess=1 / curvature, steps=600)))
    return tuple(found)


def stable_step_error(limit: Callable) -> Measurement:
    """The stated limit against the step at which residuals beside a minimum begin to grow."""
    return plain.worst((name, plain.relative(step, float(limit(curvature)))) for name, curvature, step in _stable_steps())


@cache
def unbalanced_end(counts: tuple[int, ...], exponent: float, step_size: float, seed: int) -> float | None:
    """‖WᵀW − HHᵀ‖/‖WᵀW‖ where descent from a small random start ends; None where it does not."""
    loss = samples_of(counts, exponent)
    end = loss.descend(*random_factors(loss.counts.c, loss.counts.c - 1, loss.counts.n, START, seed), step_size=step_size, steps=STEPS)
    if end is None:
        return None
    W, H = end
    return float(np.linalg.norm(W.T @ W - H @ H.T) / np.linalg.norm(W.T @ W))


def ends_error(said: SimpleNamespace) -> Measurement:
    """How often a descent ends otherwise than said: balanced below the limit of the balanced end, unbalanced above, nowhere beyond."""

    def errors() -> Iterator[tuple[str, float]]:
        for counts in ((10, 10, 1, 1), (9, 9, 1, 1)):
            for case in ("half", "inverse"):
                values = (getattr(BALANCED, case), said.least[case])
                turn, last = (float(said.limit(value).subs(dict(zip(COUNTS, (counts[0], counts[-1]), strict=True)))) for value in values)
                for seed in range(2):
                    for step_size, expected in ((0.5 * turn, "balanced"), (1.2 * turn, "not balanced"), (1.02 * last, "none")):
                        off = unbalanced_end(counts, float(EXPONENTS[case]), step_size, seed)
                        found = "none" if off is None else "not balanced" if off > UNBALANCED else "balanced"
                        yield f"{counts}, {case}, η={step_size:.3f}, seed {seed}", float(found != expected)

    return plain.worst(errors())


def cost_error(cost: dict[str, sp.Expr]) -> Measurement:
    """The stated ratio against that of the least curvatures which a search finds, at weights of mean one over the samples."""

    def errors() -> Iterator[tuple[str, float]]:
        for case in ("half", "inverse"):
            for counts in SEARCHED:
                exponent, n = float(EXPONENTS[case]), np.array(counts, dtype=float)
                mean = float(np.sum(n ** (1 - exponent)) / np.sum(n))
                found = searched(counts, 0.0) / (searched(counts, exponent) / mean)
                yield f"{counts}, {case}", plain.relative(found, float(cost[case].subs(R, counts[0] // counts[-1])))

    return plain.worst(errors())


SEARCHED_COST = 1e-6  # as of the searches themselves

CLAIMS = (
    Claim(
        id="largest-step",
        says="Descent with step η multiplies a small deviation along an eigenvector of the Hessian by 1 − ηx: at a minimum with largest "
        "curvature Λ none grows iff η ≤ 2/Λ, so that beyond 2/λ*, λ* that of the flattest minimum, every minimum is unstable. STEP with "
        "two classes or more in each group and n_maj > n_min, γ = 1/2 and γ = 1: there is a window of steps beyond the limit of the "
        "balanced end and below 2/λ*. In runs from small random starts at counts 10, 10, 1, 1 and 9, 9, 1, 1 descent ends within a tenth "
        "of balance at half the first limit, further off at 6/5 of it, and not within 5000 steps at 51/50 of 2/λ*.",
        source=OURS,
        stated={"multiplier": 1 - ETA * x, "limit": lambda curvature: 2 / curvature, "least": LEAST},
        hypotheses=TWO_A_GROUP,
        witnesses=tuple({**POINT, x: sp.Integer(1), largest: sp.Integer(1), ETA: sp.Integer(eta)} for eta in (1, 3)),
        parts=lambda said: tuple(_stability_parts(said)),
        runs=lambda said: (
            Agrees(
                id="growth-beside-minima",
                says="the step, by bisection, at which residuals of descent beside random minima begin to grow",
                uses=("limit",),
                measure=lambda: stable_step_error(said.limit),
                bound=BISECTED,
            ),
            Agrees(
                id="ends-of-descents",
                says="where descents from small random starts end at steps below, in and above the window",
                uses=("limit", "least"),
                measure=lambda: ends_error(said),
                bound=0.0,
            ),
        ),
        near_misses=(
            NearMiss("1 − ηx²", {"multiplier": 1 - ETA * x**2}),
            NearMiss("1/Λ", {"limit": lambda curvature: 1 / curvature}),
            NearMiss("3/Λ", {"limit": lambda curvature: 3 / curvature}),
            NearMiss(
                "the flattest minimum is as sharp as the balanced end",
                {"least": {**LEAST, "half": BALANCED.half, "inverse": BALANCED.inverse}},
            ),
        ),
        plain="under weights n^(−1/2) the end of the flow is unstable at steps between 2/(1 + √R) and 2/(R^(1/4) + R^(−1/4)), where "
        "flatter ends are stable: in runs at 6/5 of the first descent ended elsewhere",
        coq={
            "stable-up-to-the-limit": ("step_size.steps.stable_up_to_the_limit",),
            "unstable-beyond": ("step_size.steps.unstable_beyond",),
            "window-of-steps-half": ("step_size.steps.window_of_steps_half",),
            "window-of-steps-inverse": ("step_size.steps.window_of_steps_inverse",),
        },
    ),
    Claim(
        id="balanced-end-whatever-the-step",
        says="STEP with two classes or more in each group, ω = n^(−1/2): the terminal geometry is that of the flow whatever the step, the "
        "balanced end being stable at every step size at which some minimum is.",
        source="ours, of what the flow's end suggests",
        stated={"most": sp.Integer(2)},
        hypotheses=TWO_A_GROUP,
        witnesses=({**POINT, ETA: sp.Rational(1, 10), WHOLE: sp.Integer(2)},),
        parts=_whatever_parts,
        repaired_by="largest-step",
        coq={"balanced-end-stable-wherever-one-is": ("counterexamples.balanced_end.balanced_end_not_stable_wherever_one_is",)},
    ),
    Claim(
        id="cost-at-mean-weight-one",
        says="STEP with equal halves of two classes or more, weights of mean one over the samples: 2/λ*, the largest step at which some "
        "minimum is stable, over what it is without weights, is 2R^(3/4)/(R + 1) ~ 2R^(−1/4) at γ = 1/2 and 2√R/(R + 1) ~ 2R^(−1/2) at "
        "γ = 1. At γ = 1/2 it is more than 1, a gain, for 1 < R < v⁴ with v³ = v² + v + 1.",
        source=OURS,
        stated={"cost": COST, "power": {"half": sp.Rational(1, 4), "inverse": HALF}, "cubic": CUBIC**3 - CUBIC**2 - CUBIC - 1},
        hypotheses={"two classes or more in each half": m_majority >= 2},
        witnesses=({**POINT, CUBIC: sp.Rational(3, 2)}, {**POINT, CUBIC: sp.Integer(2)}),
        parts=lambda said: tuple(_cost_parts(said)),
        shares="the search for the flattest minimum",
        runs=lambda said: (
            Agrees(
                id="searched-costs",
                says="least curvatures that searches over all factorisations of width c − 1 find, at weights of mean one",
                uses=("cost",),
                measure=lambda: cost_error(said.cost),
                bound=SEARCHED_COST,
            ),
        ),
        near_misses=(
            NearMiss("weights of mean one over the classes", {"cost": {case: value * (R + 1) / 2 for case, value in COST.items()}}),
            NearMiss("half of it", {"cost": {case: value / 2 for case, value in COST.items()}}),
            NearMiss("twice of it", {"cost": {case: 2 * value for case, value in COST.items()}}),
            NearMiss("R^(1/2) at γ = 1/2 and R at γ = 1", {"power": {"half": HALF, "inverse": sp.Integer(1)}}),
            NearMiss("a gain up to R = 2⁴ and more", {"cubic": CUBIC - 2}),
            NearMiss("a cost from v = 3/2 on", {"cubic": CUBIC - sp.Rational(3, 2)}),
        ),
        plain="at mean weight one, for equal halves, weights n^(−1/2) multiply the largest step at which some end is stable by "
        "2R^(3/4)/(R + 1), above 1 up to R = 11.4, and weights 1/n by 2√R/(R + 1)",
        coq={
            "cost-half": ("step_size.steps.cost_half",),
            "cost-inverse": ("step_size.steps.cost_inverse",),
            "square-root-gains-below": ("step_size.steps.square_root_gains_below",),
            "square-root-costs-beyond": ("step_size.steps.square_root_costs_beyond",),
            "inverse-always-costs": ("step_size.steps.inverse_always_costs",),
        },
    ),
)
