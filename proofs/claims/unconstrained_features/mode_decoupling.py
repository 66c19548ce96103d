"""Whether the flow decouples over the modes of Z: always without weights, not always with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np
import sympy as sp
from scipy.integrate import solve_ivp

from numerics.unconstrained_features import measure
from numerics.unconstrained_features.flow import Trajectory
from proofs.claims.common import HALF, STEP_WITNESS, STRICT_RATIO, identity
from proofs.claims.unconstrained_features import settings
from proofs.kernel.claim import PAPER, Claim, NearMiss
from proofs.kernel.statements import Agrees, MatrixIdentity, Measurement
from theory import symbols
from theory.data import counts, weights
from theory.data.counts import long_tailed, step
from theory.models.model import squared_descent
from theory.models.reduction import S
from theory.symbols import R, m_minority, rate, second_moment, sigma, strength, w_majority, w_minority
from theory.unconstrained_features import flow, modes

FRAMES = {"orthonormal": (modes.U, modes.V, modes.Q), "diagonal": (S, modes.A)}
LOGISTIC = 2 * strength * (sigma - strength)
TWO_CLASSES = {"c ≥ 4: two classes or more in each half": m_minority >= 2}
POINT = {R: sp.Integer(4), m_minority: sp.Integer(2), strength: sp.Rational(1, 10)}


def _vanilla_parts(said):
    point = {**modes.EMBEDDING, flow.Z: modes.U * S * modes.V.T, flow.Omega: sp.Identity(flow.samples)}
    dW, dH = (side.xreplace(point) for side in squared_descent(flow.MODEL).values())
    return (
        MatrixIdentity(
            id="flow-in-w-stays-on-modes",
            says="dW/dt stays of the form U ȧ Qᵀ",
            left=dW,
            right=modes.U * said.amplitude * modes.Q.T,
            **FRAMES,
        ),
        MatrixIdentity(
            id="flow-in-h-stays-on-modes",
            says="dH/dt stays of the form Q ȧ Vᵀ, with the same ȧ",
            left=dH,
            right=modes.Q * said.amplitude * modes.V.T,
            **FRAMES,
        ),
        _scalar_equation("scalar-equation", "ds/dt = 2a ȧ of one mode, s = a²", False, said.strength_rate),
    )


def _scalar_equation(part_id, says, weighted, stated):
    return identity(part_id, says, 2 * modes.AMPLITUDE * modes.amplitude_rate(weighted), stated.xreplace({strength: modes.AMPLITUDE**2}))


def _weighted_parts(said):
    groups = counts.symbolic_step(n_majority=R, n_minority=sp.Integer(1), m_majority=m_minority)
    *_, middle = modes.step_modes(groups, weights.exponent_weights(groups, HALF))
    gap = modes.acceleration_gap().subs(
        {rate: middle.effective_weight, sigma: middle.sigma, second_moment: middle.leak_squared + middle.effective_weight**2}
    )
    where = (*STRICT_RATIO.values(), *TWO_CLASSES.values())
    return (
        identity(
            "nothing-leaks-from-middle-mode",
            "nothing leaks from the middle mode: (I − VVᵀ)Ωv = 0",
            middle.leak_squared,
            sp.Integer(0),
            *where,
        ),
        identity(
            "middle-mode-accelerates-as-scalar-equation",
            "the middle mode's d²s/dt² is that of the scalar equation",
            gap,
            sp.Integer(0),
            *where,
            strength < middle.sigma,
        ),
    )


def _within_parts(said):
    """v = Zᵀu/σ of the difference u of two classes: σ², σ² vᵀΩv and σ² vᵀΩ²v from the Gram entries, as sums."""
    groups = counts.symbolic_step()
    square, first, second = (modes.step_moments(groups, (w_majority**k, w_minority**k)) for k in range(3))
    return (
        identity(
            "weight-within-majority",
            "λ = vᵀΩv within the majority group is its weight",
            first.majority / square.majority,
            said.majority_weight,
        ),
        identity(
            "weight-within-minority",
            "λ = vᵀΩv within the minority group is its weight",
            first.minority / square.minority,
            said.minority_weight,
        ),
        identity(
            "nothing-leaks-within-majority",
            "vᵀΩ²v is λ² within the majority group: ‖Ωv − λv‖ = 0, nothing leaks",
            second.majority / square.majority,
            said.majority_weight**2,
        ),
        identity(
            "nothing-leaks-within-minority",
            "vᵀΩ²v is λ² within the minority group: ‖Ωv − λv‖ = 0, nothing leaks",
            second.minority / square.minority,
            said.minority_weight**2,
        ),
        _scalar_equation("scalar-equation", "ds/dt = 2a ȧ of one mode with VᵀΩv = λ, s = a²", True, said.strength_rate),
    )


# How it is run ----------------------------------------------------------------------------


def _scalar_path(rate: Callable[[float, float, float], float], sigma: float, weight: float, start: float, times: np.ndarray) -> np.ndarray:
    """The stated scalar equation integrated for ln s, by a method that the flow does not use; infinite from where it leaves its
    range."""

    def derivative(t: float, y: np.ndarray) -> list[float]:
        return [rate(np.exp(y[0]), sigma, weight) / np.exp(y[0])]

    def left_range(t: float, y: np.ndarray) -> float:
        return float(y[0]) - np.log(1e3 * sigma)

    left_range.terminal = True  # type: ignore[attr-defined]
    with np.errstate(over="ignore", invalid="ignore"):
        solution = solve_ivp(
            derivative, (0, times[-1]), [np.log(start)], method="LSODA", t_eval=times, rtol=1e-12, atol=1e-12, events=left_range
        )
    path = np.full(len(times), np.inf)
    path[: len(solution.t)] = np.exp(solution.y[0])
    return path


def _scalar_error(run: Trajectory, delta: float, rate: sp.Expr, weights: dict[float, float]) -> float:
    """Strengths of the mode groups with these singular values against the stated equation with these weights."""
    function = settings.compiled(rate, symbols.strength, symbols.sigma, symbols.rate)
    times = np.linspace(0, run.t[-1], 60)
    found = measure.group_strengths(run, times)
    errors = [0.0]
    for k, group in enumerate(measure.mode_groups(run)):
        weight = next((w for sigma, w in weights.items() if np.isclose(sigma, group.singular_value)), None)
        if weight is not None:
            path = _scalar_path(function, group.singular_value, weight, np.exp(-2 * delta), times)
            errors.append(settings.relative(found[:, k], path) if np.isfinite(path).all() else np.inf)
    return max(errors)


def scalar_equation_error(rate: sp.Expr) -> Measurement:
    """Per-sample vanilla runs against the stated scalar equation, and their off-diagonal strengths against 0."""

    def errors() -> Iterator[tuple[str, float]]:
        for name, class_counts in (
            ("STEP(4, 10)", step(4, 10)),
            ("STEP(4, 10, 1/4)", step(4, 10, "1/4")),
            ("long-tailed(4, 20)", long_tailed(4, 20)),
            ("STEP(2, 9)", step(2, 9)),
        ):
            for delta in (2.0, 4.0):
                run = settings.trajectory(class_counts, Fraction(0), delta, level="sample")
                ones = {group.singular_value: 1.0 for group in measure.mode_groups(run)}
                yield f"{name}, δ={delta}", _scalar_error(run, delta, rate, ones)

    return settings.worst(errors())


def within_group_error(rate: sp.Expr) -> Measurement:
    """Within-group strengths of weighted runs against the stated equation with λ = the group's weight."""

    def errors() -> Iterator[tuple[str, float]]:
        for name, class_counts in settings.step_cases(ratios=(10, 1000)):
            for gamma in (Fraction(1, 2), Fraction(1)):
                ratio = float(class_counts.imbalance_ratio)
                weights = {np.sqrt(n): float(n) ** -float(gamma) for n in (ratio, 1.0) if class_counts.per_class.count(int(n)) > 1}
                run = settings.trajectory(class_counts, gamma, 8.0)
                yield f"{name}, γ={gamma}, δ=8", _scalar_error(run, 8.0, rate, weights)

    return settings.worst(errors())


CLAIMS = (
    Claim(
        id="modes-decouple-vanilla",
        says="From spectral init the unweighted flow of the squared loss stays of the form W = U a Qᵀ, H = Q a Vᵀ with a "
        "diagonal, and ds_i/dt = 2 s_i(σ_i − s_i).",
        source=PAPER,
        stated={"amplitude": S * modes.A - modes.A**3, "strength_rate": LOGISTIC},
        parts=_vanilla_parts,
        runs=lambda said: (
            Agrees(
                id="strengths-of-runs",
                says="strengths of per-sample runs against the scalar equation, integrated",
                uses=("strength_rate",),
                measure=lambda: scalar_equation_error(said.strength_rate),
                bound=settings.STRENGTH_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("s(σ − s): half the rate", {"strength_rate": strength * (sigma - strength)}),
            NearMiss("2s(σ + s): the sign", {"strength_rate": 2 * strength * (sigma + strength)}),
            NearMiss("2s(σ² − s)", {"strength_rate": 2 * strength * (sigma**2 - strength)}),
            NearMiss("ȧ = Sa − a²", {"amplitude": S * modes.A - modes.A**2}),
        ),
        coq={
            "scalar-equation": ("dynamics.weighted_flow.scalar_equation_without_weights", "matrices.flow.strength_rate_of_decoupled_flow"),
            "flow-in-w-stays-on-modes": ("dynamics.matrix_flow.decoupled_W", "matrices.flow.decoupled_curve_solves_flow"),
            "flow-in-h-stays-on-modes": ("dynamics.matrix_flow.decoupled_H",),
        },
    ),
    Claim(
        id="modes-decouple-weighted",
        says="STEP with equal halves, c ≥ 4 and R > 1, γ = 1/2, spectral init: ds_i/dt = 2 λ_i s_i(σ_i − s_i), λ_i = v_iᵀΩv_i, for "
        "every mode of the weighted flow.",
        source="ours: the paper's argument for re-weighting, read for every mode",
        hypotheses={**STRICT_RATIO, **TWO_CLASSES},
        witnesses=(POINT,),
        parts=_weighted_parts,
        repaired_by="modes-decouple-weighted-within-groups",
        coq={
            "nothing-leaks-from-middle-mode": ("counterexamples.modes_decouple_weighted.middle_mode_leaks",),
            "middle-mode-accelerates-as-scalar-equation": ("counterexamples.modes_decouple_weighted.middle_mode_leaves_scalar_equation",),
        },
    ),
    Claim(
        id="modes-decouple-weighted-within-groups",
        says="STEP with one weight a group, spectral init: ds_i/dt = 2 ω_g s_i(σ_i − s_i) for every mode inside group g of the "
        "weighted flow.",
        source="ours: modes-decouple-weighted, repaired",
        stated={"strength_rate": rate * LOGISTIC, "majority_weight": w_majority, "minority_weight": w_minority},
        witnesses=(STEP_WITNESS,),
        parts=_within_parts,
        runs=lambda said: (
            Agrees(
                id="strengths-of-runs",
                says="within-group strengths of weighted runs, the middle mode running beside them",
                uses=("strength_rate",),
                measure=lambda: within_group_error(said.strength_rate),
                bound=settings.STRENGTH_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("the weight left out of the rate", {"strength_rate": LOGISTIC}),
            NearMiss("the groups' weights exchanged", {"majority_weight": w_minority, "minority_weight": w_majority}),
        ),
        coq={
            **{
                part: (f"rates.step.{theorem}", "matrices.modes.within_group_modes_are_exact")
                for part, theorem in (
                    ("weight-within-majority", "weight_within_majority"),
                    ("weight-within-minority", "weight_within_minority"),
                    ("nothing-leaks-within-majority", "second_moment_within_majority"),
                    ("nothing-leaks-within-minority", "second_moment_within_minority"),
                )
            },
            "scalar-equation": ("dynamics.weighted_flow.scalar_equation_within_groups",),
        },
    ),
)
