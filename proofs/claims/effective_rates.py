"""Effective weights Λ = VᵀΩV and effective singular values σλ under STEP."""

import sympy as sp

from proofs import runs
from proofs.claims.common import HALF, RATIO, SHARE, STEP_WITNESS, equal, step_rates
from proofs.kernel.claim import PAPER, Claim, NearMiss
from proofs.kernel.statements import Agrees
from theory import counts, labels, modes
from theory.symbols import R, c, gamma, n_minority, p, w_majority, w_minority

MEAN = (p * R * w_majority + (1 - p) * w_minority) / (p * R + 1 - p)
POINT = {**STEP_WITNESS, R: sp.Integer(4), p: sp.Rational(1, 4), gamma: HALF, c: sp.Integer(4)}


def _commutator():
    """The entries of [ZZᵀ, ZΩZᵀ] in the block algebra: zero means that Λ commutes with Σ²."""
    groups = counts.symbolic_step()
    gram, weighted = labels.label_gram(groups), labels.weighted_gram(groups, (w_majority, w_minority))
    difference = gram @ weighted - weighted @ gram
    return (*difference.diagonal, *difference.blocks)


def _diagonal_parts(said):
    groups = counts.symbolic_step(n_majority=R * n_minority, m_majority=(1 - p) * c, m_minority=p * c)
    majority, minority, middle = modes.step_modes(groups, (w_majority, w_minority))
    where = (*RATIO.values(), *SHARE.values())
    return (
        *(equal(f"Λ commutes with Σ²: entry {k}", entry, sp.Integer(0)) for k, entry in enumerate(_commutator())),
        equal("λ within the majority group", majority.effective_weight, w_majority, *where),
        equal("λ within the minority group", minority.effective_weight, w_minority, *where),
        equal("λ of the middle mode", middle.effective_weight, said.middle, *where),
    )


def _values_parts(said):
    majority, minority, middle = step_rates()
    half = {gamma: HALF}
    where = (*RATIO.values(), *SHARE.values())
    return (
        equal("σλ within the majority group", majority.effective_singular_value, said.majority, *where),
        equal("σλ within the minority group", minority.effective_singular_value, said.minority, *where),
        equal("σλ of the middle mode", middle.effective_singular_value, said.middle, *where),
        equal("1 within the majority group at γ = 1/2", majority.effective_singular_value.subs(half), sp.Integer(1), *where),
        equal("equal halves at γ = 1/2", middle.effective_singular_value.subs({**half, p: HALF}), said.middle_halves,
              *RATIO.values()),
    )


CLAIMS = (
    Claim(
        id="effective-weights-diagonal",
        says="STEP with one weight a group: Λ = VᵀΩV is diagonal, ω_g within group g, and its middle entry is "
             "(p R ω_maj + (1 − p) ω_min)/(p R + 1 − p).",
        source=PAPER,
        stated={"middle": MEAN},
        hypotheses={**RATIO, **SHARE},
        witnesses=(POINT,),
        parts=_diagonal_parts,
        runs=lambda said: (
            Agrees(says="VᵀΩV in floating point for many sizes, splits and weights: all its entries", uses=("middle",),
                   measure=lambda: runs.effective_weight_error(said.middle), bound=runs.SVD_TOLERANCE),),
        near_misses=(
            NearMiss("the groups exchanged", {"middle": (p * w_majority + (1 - p) * R * w_minority) / (p + (1 - p) * R)}),
            NearMiss("a plain mean of the weights", {"middle": p * w_majority + (1 - p) * w_minority}),
        ),
        coq={
            **dict.fromkeys(("λ within the majority group", "λ within the minority group"),
                            ("matrices.modes.within_group_modes_are_exact",)),
            "Λ commutes with Σ²: entry 3": ("rates.effective.squares_commute_entry_3",),
            "Λ commutes with Σ²: entry 4": ("rates.effective.squares_commute_entry_4",),
            "λ of the middle mode": ("rates.effective.middle_weight_is_weighted_mean",),
        },
    ),
    Claim(
        id="effective-singular-values",
        says="STEP, n_min = 1, ω = n^(−γ): σλ is R^(1/2 − γ) and 1 within the groups and (p R^(1−γ) + 1 − p)/√(p R + 1 − p) "
             "in the middle; at γ = 1/2 and equal halves (√R + 1)/√(2(R + 1)).",
        source=PAPER,
        stated={"majority": R ** (HALF - gamma), "minority": sp.Integer(1),
                "middle": (p * R ** (1 - gamma) + 1 - p) / sp.sqrt(p * R + 1 - p),
                "middle_halves": (sp.sqrt(R) + 1) / sp.sqrt(2 * (R + 1))},
        hypotheses={**RATIO, **SHARE},
        witnesses=(POINT,),
        parts=_values_parts,
        near_misses=(
            NearMiss("exponent 0.4 − γ in place of 1/2 − γ", {"majority": R ** (sp.Rational(2, 5) - gamma)}),
            NearMiss("R^γ in place of R^(1−γ)", {"middle": (p * R**gamma + 1 - p) / sp.sqrt(p * R + 1 - p)}),
            NearMiss("√(R + 1) without the 2", {"middle_halves": (sp.sqrt(R) + 1) / sp.sqrt(R + 1)}),
        ),
        coq={
            "σλ within the majority group": ("rates.effective.majority_effective_value_is_a_power",),
            "σλ of the middle mode": ("rates.effective.middle_effective_value_for_every_exponent",),
            "equal halves at γ = 1/2": ("rates.effective.middle_effective_value_of_equal_halves",),
        },
    ),
)
