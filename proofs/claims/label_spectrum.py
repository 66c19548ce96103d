"""The singular values of the centred labels: exact under STEP, interlaced with the counts in general."""

import sympy as sp

from proofs import runs
from proofs.claims.common import HALF, STEP_WITNESS, equal
from proofs.kernel.claim import OURS, PAPER, Claim, NearMiss
from proofs.kernel.statements import Agrees
from theory import counts, labels
from theory.symbols import R, m_majority, m_minority, n_majority, n_minority

MIDDLE_SQUARED = (m_minority * n_majority + m_majority * n_minority) / (m_majority + m_minority)


def _step_parts(said):
    (majority, m_within_majority), (minority, m_within_minority), (middle, m_middle) = labels.label_spectrum(
        counts.symbolic_step())
    halves = {m_majority: m_minority, n_majority: R, n_minority: 1}
    return (
        equal("σ within the majority group", majority, said.majority),
        equal("σ within the minority group", minority, said.minority),
        equal("σ² of the middle mode", middle**2, said.middle_squared),
        equal("multiplicity within the majority group", m_within_majority, m_majority - 1),
        equal("multiplicity within the minority group", m_within_minority, m_minority - 1),
        equal("multiplicity of the middle mode", m_middle, sp.Integer(1)),
        equal("σ of the middle mode for equal halves", middle.subs(halves, simultaneous=True), said.middle_halves),
    )


CLAIMS = (
    Claim(
        id="label-spectrum-step",
        says="STEP: the singular values of Z are √n_maj (m_maj − 1 times), √n_min (m_min − 1 times) and one middle "
             "value with σ² = (m_min n_maj + m_maj n_min)/c.",
        source=PAPER,
        stated={"majority": sp.sqrt(n_majority), "minority": sp.sqrt(n_minority), "middle_squared": MIDDLE_SQUARED,
                "middle_halves": sp.sqrt((R + 1) / 2)},
        witnesses=(STEP_WITNESS,),
        parts=_step_parts,
        runs=lambda said: (
            Agrees(says="floating-point SVD of Z for many sizes", uses=("majority", "minority", "middle_squared"),
                   measure=lambda: runs.step_spectrum_error(said.majority, said.minority, said.middle_squared),
                   bound=runs.SVD_TOLERANCE),),
        near_misses=(
            NearMiss("the middle value weighs each count with its own group", {"middle_squared":
                     (m_majority * n_majority + m_minority * n_minority) / (m_majority + m_minority)}),
            NearMiss("the middle value doubled", {"middle_squared": 2 * MIDDLE_SQUARED}),
            NearMiss("σ = n_maj without the root", {"majority": n_majority}),
            NearMiss("equal halves: 0.4 in place of 1/2", {"middle_halves": (R / HALF * sp.Rational(2, 5)) ** HALF}),
        ),
        coq={
            **dict.fromkeys(("σ within the majority group", "σ within the minority group", "σ² of the middle mode",
                             "multiplicity within the majority group", "multiplicity within the minority group",
                             "multiplicity of the middle mode"), ("matrices.spectrum.label_spectrum_of_step",)),
            "σ of the middle mode for equal halves": ("rates.effective.middle_singular_value_of_equal_halves",),
        },
    ),
    Claim(
        id="label-spectrum-interlaces-counts",
        says="Any counts n_(1) ≥ … ≥ n_(c): n_(j) ≥ σ_j² ≥ n_(j+1).",
        source=OURS,
        stated={"upper_shift": 0, "lower_shift": 1},
        runs=lambda said: (
            Agrees(says="violations among random counts, decided by exact root counting of the characteristic "
                        "polynomial", uses=("upper_shift", "lower_shift"),
                   measure=lambda: runs.interlacing_violations(said.upper_shift, said.lower_shift), bound=0),),
        near_misses=(
            NearMiss("σ_j² ≥ n_(j): the lower bound one place too high", {"lower_shift": 0}),
            NearMiss("n_(j+1) ≥ σ_j²: the upper bound one place too low", {"upper_shift": 1}),
        ),
    ),
)
