"""Effective weights Λ = VᵀΩV and effective singular values σλ under STEP."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import sympy as sp

from numerics.basis import centred_labels
from proofs.claims.common import HALF, RATIO, SHARE, STEP_WITNESS, identity
from proofs.claims.unconstrained_features import settings
from proofs.kernel.claim import PAPER, Claim, NearMiss
from proofs.kernel.statements import Agrees, Measurement
from theory import symbols
from theory.data import counts, weights
from theory.data.counts import ClassCounts
from theory.symbols import R, c, gamma, m_majority, m_minority, n_majority, n_minority, p, w_majority, w_minority
from theory.unconstrained_features import modes

MEAN = (p * R * w_majority + (1 - p) * w_minority) / (p * R + 1 - p)
POINT = {**STEP_WITNESS, R: sp.Integer(4), p: sp.Rational(1, 4), gamma: HALF, c: sp.Integer(4)}
ONES = (sp.Integer(1),) * 2


def _overlap(count, class_weights, first, second):
    """Σ over samples of ω v v′, class by class, for v = Zᵀu: a sample of class j has u_j. Nothing is evaluated."""
    with sp.evaluate(False):
        return sp.Add(*(count * weight * sp.Integer(a) * b for weight, a, b in zip(class_weights, first, second, strict=True)))


def _diagonal_parts(said):
    """Off the diagonal: contrasts of two classes of a group against the middle mode, and against another contrast.

    The middle mode has u = m_min on the majority and −m_maj on the minority; contrasts of two groups share no sample.
    """
    majority = (w_majority, said.other_majority_weight, w_majority)
    minority = (w_minority, said.other_minority_weight, w_minority)
    contrast, other = (1, -1, 0), (sp.Integer(1), sp.Integer(1), sp.Integer(-2))
    groups = counts.symbolic_step(n_majority=R * n_minority, m_majority=(1 - p) * c, m_minority=p * c)
    squares, first = modes.step_moments(groups, ONES), modes.step_moments(groups, (w_majority, w_minority))
    where = (*RATIO.values(), *SHARE.values())
    return (
        identity(
            "majority-contrast-against-middle",
            "Λ is 0 between a majority contrast and the middle mode",
            _overlap(n_majority, majority, contrast, (m_minority,) * 3),
            sp.Integer(0),
        ),
        identity(
            "minority-contrast-against-middle",
            "Λ is 0 between a minority contrast and the middle mode",
            _overlap(n_minority, minority, contrast, (-m_majority,) * 3),
            sp.Integer(0),
        ),
        identity(
            "majority-contrasts",
            "Λ is 0 between two orthogonal majority contrasts",
            _overlap(n_majority, majority, contrast, other),
            sp.Integer(0),
        ),
        identity(
            "minority-contrasts",
            "Λ is 0 between two orthogonal minority contrasts",
            _overlap(n_minority, minority, contrast, other),
            sp.Integer(0),
        ),
        identity("weight-within-majority", "λ within the majority group", first.majority / squares.majority, said.majority, *where),
        identity("weight-within-minority", "λ within the minority group", first.minority / squares.minority, said.minority, *where),
        identity("weight-of-middle", "λ of the middle mode", first.middle / squares.middle, said.middle, *where),
    )


def _values_parts(said):
    """σλ = (σ²λ)/√(σ²), both from the entries of Gram matrices, as sums."""
    groups = counts.symbolic_step(n_majority=R, n_minority=sp.Integer(1), m_majority=(1 - p) * c, m_minority=p * c)
    squares, first = modes.step_moments(groups, ONES), modes.step_moments(groups, weights.exponent_weights(groups, gamma))
    majority, minority, middle = (getattr(first, mode) / sp.sqrt(getattr(squares, mode)) for mode in ("majority", "minority", "middle"))
    half = {gamma: HALF}
    where = (*RATIO.values(), *SHARE.values())
    return (
        identity("value-within-majority", "σλ within the majority group", majority, said.majority, *where),
        identity("value-within-minority", "σλ within the minority group", minority, said.minority, *where),
        identity("value-of-middle", "σλ of the middle mode", middle, said.middle, *where),
        identity("majority-at-half", "1 within the majority group at γ = 1/2", majority.subs(half), said.majority.subs(half), *where),
        identity("equal-halves-at-half", "equal halves at γ = 1/2", middle.subs({**half, p: HALF}), said.middle_halves, *RATIO.values()),
    )


# How it is run ----------------------------------------------------------------------------


def effective_weight_error(middle: sp.Expr) -> Measurement:
    """Largest entry of VᵀΩV less the stated diagonal, V from an SVD of Z, random sizes, ratios and weights."""
    value = settings.compiled(middle, symbols.p, symbols.R, symbols.w_majority, symbols.w_minority)
    generator = np.random.default_rng(settings.SEED)

    def errors() -> Iterator[tuple[str, float]]:
        for _ in range(60):
            big, small = (int(k) for k in generator.integers(1, 5, 2))
            ratio, weights = int(generator.integers(2, 50)), generator.uniform(0.1, 3, 2)
            counts = ClassCounts((ratio,) * big + (1,) * small)
            _, _, Vt = np.linalg.svd(centred_labels(counts), full_matrices=False)
            V = Vt[: counts.c - 1].T
            omega = np.array([weights[0]] * (ratio * big) + [weights[1]] * small)
            expected = np.diag(
                [weights[0]] * (big - 1) + [float(value(small / (big + small), ratio, *weights))] + [weights[1]] * (small - 1)
            )
            yield f"m={big},{small}, R={ratio}", float(np.abs(V.T @ (omega[:, None] * V) - expected).max())

    return settings.worst(errors())


CLAIMS = (
    Claim(
        id="effective-weights-diagonal",
        says="STEP with imbalance ratio R ≥ 1, minority share 0 < p < 1 and one weight a group: Λ = VᵀΩV is diagonal, ω_g within "
        "group g, and its middle entry is (p R ω_maj + (1 − p) ω_min)/(p R + 1 − p).",
        source=PAPER,
        stated={
            "majority": w_majority,
            "minority": w_minority,
            "middle": MEAN,
            "other_majority_weight": w_majority,
            "other_minority_weight": w_minority,
        },
        hypotheses={**RATIO, **SHARE},
        witnesses=(POINT,),
        parts=_diagonal_parts,
        runs=lambda said: (
            Agrees(
                id="floating-point-svd",
                says="VᵀΩV in floating point for many sizes, splits and weights: all its entries",
                uses=("middle",),
                measure=lambda: effective_weight_error(said.middle),
                bound=settings.SVD_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("the groups exchanged", {"middle": (p * w_majority + (1 - p) * R * w_minority) / (p + (1 - p) * R)}),
            NearMiss("a plain mean of the weights", {"middle": p * w_majority + (1 - p) * w_minority}),
            NearMiss("the weights of the groups exchanged", {"majority": w_minority, "minority": w_majority}),
            NearMiss("a majority class with a weight of its own", {"other_majority_weight": w_minority}),
            NearMiss("a minority class with a weight of its own", {"other_minority_weight": w_majority}),
        ),
        coq={
            **{
                part: (f"rates.step.{theorem}",)
                for part, theorem in (
                    ("majority-contrast-against-middle", "majority_contrast_against_middle"),
                    ("minority-contrast-against-middle", "minority_contrast_against_middle"),
                    ("majority-contrasts", "two_majority_contrasts"),
                    ("minority-contrasts", "two_minority_contrasts"),
                )
            },
            "weight-within-majority": ("rates.effective.majority_weight", "matrices.modes.within_group_modes_are_exact"),
            "weight-within-minority": ("rates.effective.minority_weight", "matrices.modes.within_group_modes_are_exact"),
            "weight-of-middle": ("rates.effective.middle_weight_is_weighted_mean",),
        },
    ),
    Claim(
        id="effective-singular-values",
        says="STEP with counts R ≥ 1 and 1, minority share 0 < p < 1, ω = n^(−γ): σλ is R^(1/2 − γ) and 1 within the groups and "
        "(p R^(1−γ) + 1 − p)/√(p R + 1 − p) in the middle; at γ = 1/2 and equal halves (√R + 1)/√(2(R + 1)).",
        source=f"{PAPER}; for every exponent and split: ours",
        stated={
            "majority": R ** (HALF - gamma),
            "minority": sp.Integer(1),
            "middle": (p * R ** (1 - gamma) + 1 - p) / sp.sqrt(p * R + 1 - p),
            "middle_halves": (sp.sqrt(R) + 1) / sp.sqrt(2 * (R + 1)),
        },
        hypotheses={**RATIO, **SHARE},
        witnesses=(POINT,),
        parts=_values_parts,
        near_misses=(
            NearMiss("exponent 0.4 − γ in place of 1/2 − γ", {"majority": R ** (sp.Rational(2, 5) - gamma)}),
            NearMiss("R^(−γ) within the minority group", {"minority": R**-gamma}),
            NearMiss("R^γ in place of R^(1−γ)", {"middle": (p * R**gamma + 1 - p) / sp.sqrt(p * R + 1 - p)}),
            NearMiss("√(R + 1) without the 2", {"middle_halves": (sp.sqrt(R) + 1) / sp.sqrt(R + 1)}),
        ),
        coq={
            "value-within-majority": ("rates.effective.majority_effective_value_is_a_power",),
            "value-within-minority": ("rates.effective.minority_effective_value_is_1",),
            "majority-at-half": ("rates.effective.majority_effective_value_is_1_at_half",),
            "value-of-middle": ("rates.effective.middle_effective_value_for_every_exponent",),
            "equal-halves-at-half": ("rates.effective.middle_effective_value_of_equal_halves",),
        },
    ),
)
