"""Whether the flow decouples over the modes of Z: always without weights, not always with them."""

import sympy as sp

from proofs.claims.common import HALF, STEP_WITNESS, STRICT_RATIO, identity
from proofs.claims.unconstrained_features import runs
from proofs.kernel.claim import PAPER, Claim, NearMiss
from proofs.kernel.statements import Agrees, MatrixIdentity
from theory.data import counts, weights
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
                measure=lambda: runs.scalar_equation_error(said.strength_rate),
                bound=runs.STRENGTH_TOLERANCE,
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
                measure=lambda: runs.within_group_error(said.strength_rate),
                bound=runs.STRENGTH_TOLERANCE,
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
