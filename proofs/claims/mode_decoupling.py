"""Whether the flow decouples over the modes of Z: always without weights, not always with them."""

import sympy as sp

from proofs import runs
from proofs.claims.common import STEP_WITNESS, STRICT_RATIO, equal
from proofs.kernel.claim import PAPER, Claim, NearMiss
from proofs.kernel.statements import Agrees, MatrixIdentity
from theory import counts, flow, modes, weights
from theory.symbols import (
    R,
    gamma,
    m_majority,
    m_minority,
    rate,
    second_moment,
    sigma,
    strength,
    w_majority,
    w_minority,
)

FRAMES = {"orthonormal": (modes.U, modes.V, modes.Q), "diagonal": (modes.S, modes.A)}


def _vanilla_parts(said):
    point = {flow.W: modes.U * modes.A * modes.Q.T, flow.H: modes.Q * modes.A * modes.V.T,
             flow.Z: modes.U * modes.S * modes.V.T, flow.Omega: sp.Identity(flow.samples)}
    dW, dH = (side.xreplace(point) for side in flow.squared_loss_flow())
    amplitude = modes.ansatz_flow(weighted=False).amplitude_W
    return (
        MatrixIdentity(says="dW/dt stays of the form U ȧ Qᵀ", left=dW, right=modes.U * amplitude * modes.Q.T, **FRAMES),
        MatrixIdentity(says="dH/dt stays of the form Q ȧ Vᵀ, with the same ȧ", left=dH,
                       right=modes.Q * amplitude * modes.V.T, **FRAMES),
        equal("ds/dt of one mode", modes.strength_rate(weighted=False), said.strength_rate),
    )


def _step(**sizes):
    groups = counts.symbolic_step(n_majority=R, n_minority=sp.Integer(1), **sizes)
    return modes.step_modes(groups, weights.exponent_weights(groups, gamma))


def _weighted_parts(said):
    *_, middle = _step()
    gap = modes.acceleration_gap().subs({rate: middle.effective_weight,
                                         second_moment: middle.leak_squared + middle.effective_weight**2})
    return (
        equal("nothing leaks from the middle mode: (I − VVᵀ)Ωv = 0", middle.leak_squared, sp.Integer(0),
              *STRICT_RATIO.values(), said.weighted),
        equal("the middle mode's d²s/dt² is that of the scalar equation", gap, sp.Integer(0), *STRICT_RATIO.values(),
              said.weighted, strength < sigma),
    )


def _within_parts(said):
    groups = counts.symbolic_step()
    majority, minority, _ = modes.step_modes(groups, (w_majority, w_minority))
    rates = modes.strength_rate(weighted=True)
    return (
        equal("nothing leaks from the within-majority modes", majority.leak_squared, sp.Integer(0)),
        equal("nothing leaks from the within-minority modes", minority.leak_squared, sp.Integer(0)),
        equal("λ within the majority group is its weight", majority.effective_weight, said.majority_weight),
        equal("λ within the minority group is its weight", minority.effective_weight, said.minority_weight),
        equal("ds/dt of one mode with Λ diagonal", rates, said.strength_rate),
    )


LOGISTIC = 2 * strength * (sigma - strength)
POINT = {R: sp.Integer(4), gamma: sp.Rational(1, 2), m_majority: sp.Integer(2), m_minority: sp.Integer(2),
         strength: sp.Rational(1, 10), sigma: sp.Integer(1)}

CLAIMS = (
    Claim(
        id="modes-decouple-vanilla",
        says="From spectral init the unweighted flow stays of the form W = U a Qᵀ, H = Q a Vᵀ with a diagonal, and "
             "ds_i/dt = 2 s_i(σ_i − s_i).",
        source=PAPER,
        stated={"strength_rate": LOGISTIC},
        parts=_vanilla_parts,
        runs=lambda said: (
            Agrees(says="strengths of per-sample runs against the scalar equation, integrated", uses=("strength_rate",),
                   measure=lambda: runs.scalar_equation_error(said.strength_rate), bound=runs.STRENGTH_TOLERANCE),),
        near_misses=(
            NearMiss("s(σ − s): half the rate", {"strength_rate": strength * (sigma - strength)}),
            NearMiss("2s(σ + s): the sign", {"strength_rate": 2 * strength * (sigma + strength)}),
            NearMiss("2s(σ² − s)", {"strength_rate": 2 * strength * (sigma**2 - strength)}),
        ),
        coq={
            "ds/dt of one mode": ("dynamics.weighted_flow.scalar_equation_without_weights",
                                 "matrices.flow.strength_rate_of_decoupled_flow"),
            "dW/dt stays of the form U ȧ Qᵀ": ("dynamics.matrix_flow.decoupled_W", "matrices.flow.decoupled_curve_solves_flow"),
            "dH/dt stays of the form Q ȧ Vᵀ, with the same ȧ": ("dynamics.matrix_flow.decoupled_H",),
        },
    ),
    Claim(
        id="modes-decouple-weighted",
        says="ds_i/dt = 2 λ_i s_i(σ_i − s_i), λ_i = v_iᵀΩv_i, for every mode of the weighted flow.",
        source="the paper's argument for re-weighting, read for every mode",
        stated={"weighted": sp.Ne(gamma, 0)},
        hypotheses={**STRICT_RATIO, "γ ≠ 0": sp.Ne(gamma, 0)},
        witnesses=(POINT,),
        parts=_weighted_parts,
        repaired_by="modes-decouple-weighted-within-groups",
        coq={
            "nothing leaks from the middle mode: (I − VVᵀ)Ωv = 0": ("counterexamples.modes_decouple_weighted.middle_mode_leaks",),
            "the middle mode's d²s/dt² is that of the scalar equation":
                ("counterexamples.modes_decouple_weighted.middle_mode_leaves_scalar_equation",),
        },
    ),
    Claim(
        id="modes-decouple-weighted-within-groups",
        says="STEP: ds_i/dt = 2 ω_g s_i(σ_i − s_i) for every mode inside group g of the weighted flow.",
        source="ours: modes-decouple-weighted, repaired",
        stated={"strength_rate": rate * LOGISTIC, "majority_weight": w_majority, "minority_weight": w_minority},
        witnesses=(STEP_WITNESS,),
        parts=_within_parts,
        runs=lambda said: (
            Agrees(says="within-group strengths of weighted runs, the middle mode running beside them",
                   uses=("strength_rate",), measure=lambda: runs.within_group_error(said.strength_rate),
                   bound=runs.STRENGTH_TOLERANCE),),
        near_misses=(
            NearMiss("the weight left out of the rate", {"strength_rate": LOGISTIC}),
            NearMiss("the groups' weights exchanged", {"majority_weight": w_minority, "minority_weight": w_majority}),
        ),
        coq={
            **dict.fromkeys(("nothing leaks from the within-majority modes", "nothing leaks from the within-minority modes",
                             "λ within the majority group is its weight", "λ within the minority group is its weight"),
                            ("matrices.modes.within_group_modes_are_exact",)),
            "ds/dt of one mode with Λ diagonal": ("dynamics.weighted_flow.scalar_equation_within_groups",),
        },
    ),
)
