"""Modes in steps, without weights: when a learned mode is stable, and how many steps each mode takes."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache

import numpy as np
import sympy as sp

from numerics.unconstrained_features.descent import descend
from numerics.unconstrained_features.experiment import Experiment
from proofs.claims.common import identity
from proofs.claims.unconstrained_features import settings as plain
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Increasing, Limit, Measurement
from theory.data.counts import ClassCounts
from theory.losses import loss_named
from theory.step_size import descent
from theory.symbols import delta, fraction, sigma
from theory.unconstrained_features.modes import AMPLITUDE as a

ETA = descent.ETA
x = sp.Symbol("x", positive=True)  # ησ of a mode
POINT = {a: sp.Rational(1, 2), sigma: sp.Integer(2), delta: sp.Integer(8), fraction: sp.Rational(1, 2), x: sp.Integer(1)}
WITNESSES = tuple({**POINT, ETA: value} for value in (sp.Rational(1, 4), sp.Integer(2)))


def _parts(said):
    step, multiplier = descent.amplitude_step(), descent.amplitude_multiplier()
    needed = (delta + sp.log(fraction * sigma) / 2) / delta  # of growth, for the amplitude √(fσ), in units of δ
    return (
        identity("mode-in-steps", "spectral init, γ = 0: a step of descent takes a to a(1 + η(σ − a²))", step, said.step),
        Holds(
            id="stable-below",
            says="ησ below the stated number: a small deviation from a = √σ shrinks",
            condition=multiplier**2 < 1,
            where=(ETA * sigma < said.limit,),
        ),
        Holds(id="unstable-above", says="above it a small deviation grows", condition=multiplier**2 > 1, where=(ETA * sigma > said.limit,)),
        Holds(
            id="growth-between",
            says="while a² ≤ fσ a step multiplies a by at least 1 + ησ(1 − f) and at most 1 + ησ",
            condition=sp.And(step >= said.least * a, step <= said.most * a),
            where=(a**2 <= fraction * sigma, fraction < 1),
        ),
        Limit(
            id="steps-at-least",
            says="so δ + ½ ln(fσ) of growth takes steps that, over δ, tend to at least the stated number as δ → ∞",
            expr=needed / sp.log(said.most),
            variable=delta,
            point=sp.oo,
            value=said.steps,
        ),
        Limit(
            id="steps-at-most",
            says="and to at most a number which tends to the same as f → 0; from there to half of σ the steps do not depend on δ",
            expr=1 / sp.log(said.least),
            variable=fraction,
            point=sp.Integer(0),
            value=said.steps,
            where=(fraction < 1,),
        ),
        Increasing(
            id="steps-times-rate-increases",
            says="x/ln(1 + x) increases in x = ησ, so that the window ln(1 + ησ_1)/ln(1 + ησ_k) − 1 is below σ_1/σ_k − 1",
            expr=said.faster(x) / sp.log(1 + x),
            variable=x,
        ),
    )


# How it is run -----------------------------------------------------------------------------------------------------------

SLOPE_TOLERANCE = 1e-2  # steps are whole, and between the two δ some hundred pass: their crossing is interpolated
COUNTS = ClassCounts((9, 9, 1, 1))
STEP_SIZES = (0.05, 0.2, 0.3)  # ησ_1 up to 0.9


@cache
def _slopes() -> tuple[tuple[str, float, np.ndarray, np.ndarray], ...]:
    """(name, η, singular values, steps that each mode takes for one more δ) of descents at sample level without weights."""
    found = []
    for step_size in STEP_SIZES:
        runs = []
        for level in (15.0, 30.0):
            experiment = Experiment(COUNTS, (1.0,) * COUNTS.c, loss_named("squared"), level)
            runs.append(descend(experiment, step_size=step_size, steps=int(45 / np.log1p(step_size))))
        early, late = (run.mode_learning_steps() for run in runs)
        found.append((f"η={step_size}", step_size, runs[0].singular_values, (late - early) / 15.0))
    return tuple(found)


def slope_error(steps: sp.Expr) -> Measurement:
    """Steps that a mode takes for one more δ, against the stated ones."""
    stated = plain.compiled(steps, ETA, sigma)
    return plain.worst((name, plain.relative(found, stated(step_size, values))) for name, step_size, values, found in _slopes())


def stability_error(limit: sp.Expr) -> Measurement:
    """How often a run of the largest mode settles, or not, otherwise than ησ_1 against the stated number says."""

    def errors() -> Iterator[tuple[str, float]]:
        for share in (Fraction(1, 2), Fraction(9, 10), Fraction(21, 20)):
            experiment = Experiment(COUNTS, (1.0,) * COUNTS.c, loss_named("squared"), 3.0)
            run = descend(experiment, step_size=float(share) / 3, steps=800)
            settled = abs(run.strengths[-1, 0] / run.singular_values[0] - 1) < 1e-3
            yield f"ησ_1 = {share}", float(settled != (share < limit))

    return plain.worst(errors())


CLAIMS = (
    Claim(
        id="per-mode-limit",
        says="γ = 0, spectral balanced init W = e^(−δ)UQᵀ, H = e^(−δ)QVᵀ: descent with step η takes each mode's amplitude a to "
        "a(1 + η(σ − a²)). To first order the amplitude of a learned mode is stable below ησ = 1 and unstable above. "
        "Steps until half of σ is learned, over δ, tend to "
        "1/ln(1 + ησ) as δ → ∞ for ησ < 1; the window in steps is ln(1 + ησ_1)/ln(1 + ησ_k) − 1 < σ_1/σ_k − 1 for σ_1 > σ_k.",
        source=OURS,
        stated={
            "step": a * (1 + ETA * (sigma - a**2)),
            "limit": sp.Integer(1),
            "least": 1 + ETA * sigma * (1 - fraction),
            "most": 1 + ETA * sigma,
            "steps": 1 / sp.log(1 + ETA * sigma),
            "faster": lambda x: x,
        },
        witnesses=WITNESSES,
        parts=_parts,
        runs=lambda said: (
            Agrees(
                id="steps-of-descents",
                says="steps for one more δ of gradient descent at sample level, mode by mode",
                uses=("steps",),
                measure=lambda: slope_error(said.steps),
                bound=SLOPE_TOLERANCE,
            ),
            Agrees(
                id="stability-of-descents",
                says="whether the largest mode of gradient descent at sample level settles",
                uses=("limit",),
                measure=lambda: stability_error(said.limit),
                bound=0.0,
            ),
        ),
        near_misses=(
            NearMiss("a(1 + η(σ − a))", {"step": a * (1 + ETA * (sigma - a))}),
            NearMiss("stable up to ησ = 2", {"limit": sp.Integer(2)}),
            NearMiss("stable up to ησ = 1/2", {"limit": sp.Rational(1, 2)}),
            NearMiss("growth by 1 + ησ at least", {"least": 1 + ETA * sigma}),
            NearMiss("growth by 1 + ησ/2 at most", {"most": 1 + ETA * sigma / 2}),
            NearMiss("1/(ησ), as of the flow", {"steps": 1 / (ETA * sigma)}),
            NearMiss("√x/ln(1 + x)", {"faster": sp.sqrt}),
        ),
        plain="in steps the window without weights is narrower than in flow time, and a mode with ησ > 1 does not stay learned",
        coq={
            "mode-in-steps": ("step_size.steps.mode_in_steps",),
            "stable-below": ("step_size.steps.stable_below",),
            "unstable-above": ("step_size.steps.unstable_above",),
            "growth-between": ("step_size.steps.growth_between",),
        },
    ),
)
