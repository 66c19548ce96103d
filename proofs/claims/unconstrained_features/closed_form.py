"""The closed form of a mode's strength, its step limit, and the loss staircase that follows."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache

import numpy as np
import sympy as sp

from numerics.unconstrained_features import measure
from numerics.unconstrained_features.descent import Descent, descend
from numerics.unconstrained_features.experiment import Experiment
from proofs.claims.common import HALF, at, identity
from proofs.claims.unconstrained_features import settings
from proofs.kernel.claim import OURS, PAPER, Claim, NearMiss
from proofs.kernel.statements import Agrees, Increasing, Limit, MatrixIdentity, Measurement
from theory import symbols
from theory.data.counts import ClassCounts, long_tailed, step
from theory.losses import loss_named
from theory.models.reduction import S
from theory.symbols import delta, rate, sigma, strength, t, tau
from theory.unconstrained_features import flow, modes

STRENGTH = sigma / (1 + (sigma * sp.exp(2 * delta) - 1) * sp.exp(-2 * sigma * t))
STARTS_BELOW = {"σ e^(2δ) > 1: the mode starts below σ": sigma * sp.exp(2 * delta) > 1}
POINT = {sigma: sp.Integer(2), delta: sp.Integer(1), t: sp.Integer(1), tau: sp.Rational(1, 4)}
LATE = {**POINT, tau: sp.Integer(3)}


def _closed_form_parts(said):
    derived = modes.solve_strength().subs(rate, 1)
    equation = modes.strength_rate(weighted=False).subs(strength, said.strength)
    where = tuple(STARTS_BELOW.values())
    later = (*where, t >= 0)
    return (
        identity("solves-scalar-equation", "solves ds/dt = 2s(σ − s)", sp.diff(said.strength, t), equation, *later),
        identity("starts-at-scale", "starts at e^(−2δ)", at(said.strength, {t: sp.Integer(0)}), sp.exp(-2 * delta), *where),
        identity("is-derived-solution", "is the solution derived from the scalar equation", said.strength, derived, *later),
        Increasing(id="increases", says="increases in t", expr=said.strength, variable=t, where=where),
        Limit(id="tends-to-singular-value", says="tends to σ", expr=said.strength, variable=t, point=sp.oo, value=sigma, where=where),
    )


def _step_limit_parts(said):
    scaled = STRENGTH.subs(t, delta * tau)
    return (
        Limit(
            id="vanishes-before-threshold",
            says="s(δτ) → 0 before the threshold",
            expr=scaled,
            variable=delta,
            point=sp.oo,
            value=sp.Integer(0),
            where=(tau < said.threshold,),
        ),
        Limit(
            id="complete-after-threshold",
            says="s(δτ) → σ after the threshold",
            expr=scaled,
            variable=delta,
            point=sp.oo,
            value=sigma,
            where=(tau > said.threshold,),
        ),
    )


def _staircase_parts(said):
    point = {**modes.EMBEDDING, flow.Z: modes.U * S * modes.V.T}
    error = (flow.Z - flow.W * flow.H).xreplace(point)
    term = said.share * (sigma - STRENGTH.subs(t, delta * tau)) ** 2
    return (
        MatrixIdentity(
            id="squared-error-on-modes",
            says="on the modes the squared error (Z − WH)ᵀ(Z − WH) is V (S − a²)² Vᵀ, with trace Σ(σ − s)²",
            left=error.T * error,
            right=modes.V * said.gap * said.gap * modes.V.T,
            orthonormal=(modes.U, modes.V, modes.Q),
            diagonal=(S, modes.A),
        ),
        Limit(
            id="unlearned-mode-keeps-its-loss",
            says="a mode not yet learned contributes ½σ²",
            expr=term,
            variable=delta,
            point=sp.oo,
            value=sigma**2 / 2,
            where=(tau < said.learned,),
        ),
        Limit(
            id="learned-mode-has-no-loss",
            says="a learned mode contributes nothing",
            expr=term,
            variable=delta,
            point=sp.oo,
            value=sp.Integer(0),
            where=(tau > said.learned,),
        ),
    )


# How it is run ----------------------------------------------------------------------------

STAIRCASE_TOLERANCE = 1e-3  # e^(−2δ·distance in τ·σ) at δ = 46 and the closest plateaus of the cases
DESCENT_TOLERANCE = 1e-4  # third order in the step after extrapolation, σ·step = 1/50 at the coarsest


def strength_error(strength: sp.Expr) -> Measurement:
    """Relative error of simulated strengths over the whole path, vanilla grid, against the stated s(t)."""
    stated = settings.compiled(strength, symbols.t, symbols.sigma, symbols.delta)

    def errors() -> Iterator[tuple[str, float]]:
        for name, run, depth in settings.vanilla_cases():
            sigma = np.array([group.singular_value for group in measure.mode_groups(run)])
            found = measure.group_strengths(run, run.t)
            yield name, settings.relative(found, stated(run.t[:, None], sigma, depth))

    return settings.worst(errors())


def descent_error(strength: sp.Expr) -> Measurement:
    """Relative error of plain gradient descent, extrapolated to step 0 from three steps, against the stated s(t)."""
    stated = settings.compiled(strength, symbols.t, symbols.sigma, symbols.delta)
    delta = 2.0

    def errors() -> Iterator[tuple[str, float]]:
        for name, counts in (("STEP(4, 4)", step(4, 4)), ("STEP(4, 9, 1/4)", step(4, 9, "1/4")), ("long-tailed(3, 5)", long_tailed(3, 5))):
            coarse, half, quarter = (_descended(counts, delta, part) for part in (1, 2, 4))
            found = (coarse.strengths - 6 * half.strengths[::2] + 8 * quarter.strengths[::4]) / 3
            times = coarse.step_size * np.arange(len(found))
            yield name, settings.relative(found, stated(times[:, None], coarse.singular_values, delta))

    return settings.worst(errors())


@cache
def _descended(counts: ClassCounts, delta: float, part: int) -> Descent:
    """Descent to flow time 3δ/2 of the slowest mode, with a `part` of the coarsest step."""
    step_size = 0.02 / float(np.sqrt(max(counts.per_class)))
    experiment = Experiment(counts, (1.0,) * counts.c, loss_named("squared"), delta)
    steps = round(1.5 * delta / float(np.sqrt(min(counts.per_class))) / step_size)
    return descend(experiment, step_size=step_size / part, steps=part * steps)


def staircase_error(share: sp.Expr) -> Measurement:
    """Relative error of the loss half-way between learning times at δ = 46, against share · Σσ² not yet learned."""
    delta, part = 46.0, float(share)

    def errors() -> Iterator[tuple[str, float]]:
        for name, counts in (("STEP(4, 10)", step(4, 10)), ("STEP(10, 100)", step(10, 100)), ("long-tailed(4, 100)", long_tailed(4, 100))):
            run = settings.trajectory(counts, Fraction(0), delta)
            groups = measure.mode_groups(run)
            learned = sorted(1 / group.singular_value for group in groups)
            for moment in ((a + b) / 2 for a, b in zip([0.0, *learned], learned, strict=False)):
                plateau = sum(part * group.multiplicity * group.singular_value**2 for group in groups if 1 / group.singular_value > moment)
                yield f"{name}, τ={moment:.3g}", settings.relative(measure.weighted_loss(run, moment * delta), plateau)

    return settings.worst(errors())


CLAIMS = (
    Claim(
        id="mode-closed-form",
        says="Where σ > 0 and σ e^(2δ) > 1 (the mode starts below σ), s(t) = σ / (1 + (σ e^(2δ) − 1) e^(−2σt)) solves "
        "ds/dt = 2s(σ − s), the flow of the summed loss on a mode, for t ≥ 0, starts at e^(−2δ), increases and tends to σ.",
        source=PAPER,
        stated={"strength": STRENGTH},
        hypotheses=STARTS_BELOW,
        witnesses=(POINT,),
        parts=_closed_form_parts,
        runs=lambda said: (
            Agrees(
                id="simulated-strengths",
                says="relative error of simulated strengths over the whole path, vanilla STEP and long-tailed",
                uses=("strength",),
                measure=lambda: strength_error(said.strength),
                bound=settings.STRENGTH_TOLERANCE,
            ),
            Agrees(
                id="gradient-descent",
                says="plain gradient descent, extrapolated to step 0",
                uses=("strength",),
                measure=lambda: descent_error(said.strength),
                bound=DESCENT_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("e^(−σt): half the rate", {"strength": sigma / (1 + (sigma * sp.exp(2 * delta) - 1) * sp.exp(-sigma * t))}),
            NearMiss("e^(3δ) in place of e^(2δ)", {"strength": sigma / (1 + (sigma * sp.exp(3 * delta) - 1) * sp.exp(-2 * sigma * t))}),
            NearMiss("the 1 left out of σe^(2δ) − 1", {"strength": sigma / (1 + sigma * sp.exp(2 * delta) * sp.exp(-2 * sigma * t))}),
            NearMiss("e^(2σt): time backwards", {"strength": sigma / (1 + (sigma * sp.exp(2 * delta) - 1) * sp.exp(2 * sigma * t))}),
        ),
        coq={
            "solves-scalar-equation": (
                "dynamics.closed_form.strength_solves_scalar_equation",
                "dynamics.scalar_flow.strength_solves_its_equation",
                "dynamics.scalar_flow.solution_is_unique",
            ),
            "starts-at-scale": ("dynamics.closed_form.strength_starts_at_scale", "dynamics.scalar_flow.strength_starts_at_scale"),
            "is-derived-solution": ("dynamics.closed_form.strength_is_the_derived_solution",),
            "increases": ("dynamics.closed_form.strength_increases_from_below",),
            "tends-to-singular-value": ("dynamics.closed_form.strength_tends_to_singular_value",),
        },
    ),
    Claim(
        id="step-limit",
        says="For the closed form s of a mode with σ > 0, as δ → ∞: s(δτ) → 0 for 0 < τ < 1/σ, and s(δτ) → σ for τ > 1/σ.",
        source=PAPER,
        stated={"threshold": 1 / sigma},
        witnesses=(POINT, LATE),
        parts=_step_limit_parts,
        near_misses=(
            NearMiss("the threshold doubled", {"threshold": 2 / sigma}),
            NearMiss("the threshold halved", {"threshold": 1 / (2 * sigma)}),
            NearMiss("1/σ² in place of 1/σ", {"threshold": 1 / sigma**2}),
        ),
        coq={
            "vanishes-before-threshold": ("dynamics.closed_form.strength_vanishes_before_threshold",),
            "complete-after-threshold": ("dynamics.closed_form.strength_complete_after_threshold",),
        },
    ),
    Claim(
        id="loss-staircase",
        says="Vanilla squared loss, spectral init: in the δ → ∞ limit the loss at a scaled time τ that is no 1/σ_j is ½ Σ σ_j² "
        "over the modes with 1/σ_j > τ.",
        source=OURS,
        stated={"share": HALF, "learned": 1 / sigma, "gap": S - modes.A**2},
        witnesses=(POINT, LATE),
        parts=_staircase_parts,
        runs=lambda said: (
            Agrees(
                id="loss-of-runs",
                says="loss of runs at δ = 46, half-way between learning times, against the staircase",
                uses=("share",),
                measure=lambda: staircase_error(said.share),
                bound=STAIRCASE_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("Σσ² without the half", {"share": sp.Integer(1)}),
            NearMiss("0.4 in place of 1/2", {"share": sp.Rational(2, 5)}),
            NearMiss("a mode is learned at half its time", {"learned": 1 / (2 * sigma)}),
            NearMiss("S − a in place of S − a²", {"gap": S - modes.A}),
        ),
        coq={
            "squared-error-on-modes": ("dynamics.matrix_flow.squared_error_on_modes",),
            "unlearned-mode-keeps-its-loss": ("dynamics.closed_form.unlearned_mode_keeps_its_loss",),
            "learned-mode-has-no-loss": ("dynamics.closed_form.learned_mode_has_no_loss",),
        },
    ),
)
