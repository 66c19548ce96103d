"""The laws of the theory, for a simulator or a formula of yours: which of them does your code break, and where?

A simulator is one function of plain NumPy arrays, for the flow of the squared loss

    dW/dt = (Z − WH) Ω Hᵀ,   dH/dt = Wᵀ (Z − WH) Ω,   Z = (I − 11ᵀ/c) Y,   Ω = diag(ω_(y_i)):

    def simulate(W0, H0, labels, weights, times):
        '''W0 c × d, H0 d × n, labels n whole numbers from 0, weights c positive numbers, times k flow times from 0
        on, increasing. Returns W, k × c × d, and H, k × d × n, at these times, or the logits alone, k × c × n.'''

`check_all(simulate)` in a test file tries every law on small random cases, shrinks what fails to the plainest case,
and raises one `LawBroken` that names each broken law with it, and the usual cause that explains it (`diagnose`): a mean in
place of the sum, weight decay, momentum and their like. `check_all(simulate, loss=…)` is for the flow of another loss,
dW/dt = −∂ℓ/∂L Ω Hᵀ, dH/dt = −Wᵀ ∂ℓ/∂L Ω: a name, a loss of your own, or a torch criterion.

A formula for the strength of one mode without weights from spectral start, `strength(sigma, delta, t)`, is checked by
`check_formula(strength)`.

`accuracy` is what you claim of your code: the largest error of W and of H at any of the times, in Frobenius norm,
relative to the largest norm of that matrix over the run. Every tolerance follows from it and stands with its law.

Needs Hypothesis: `pip install ufm-verifier[test]`.
"""

from proofs.laws.causes import CAUSES, Cause, Diagnosis, diagnose
from proofs.laws.checking import EXAMPLES, FORMULA_LAWS, LAWS, Law, check_all, check_formula
from proofs.laws.formula import (
    strength_approaches_sigma,
    strength_ends_at_sigma,
    strength_is_learned_on_time,
    strength_scales_with_sigma,
    strength_starts_at_the_initial_scale,
)
from proofs.laws.runs import ACCURACY, Case, LawBroken, Run, run
from proofs.laws.simulator import (
    balance_is_conserved,
    energy_decays,
    equal_counts_are_balanced,
    learning_times_follow,
    logits_end_at_the_labels,
    means_follow_the_reduced_flow,
    relabelling_commutes,
    replicas_speed_up,
    rotations_commute,
    starts_where_told,
    weights_rescale_time,
)

__all__ = [
    "ACCURACY",
    "CAUSES",
    "EXAMPLES",
    "FORMULA_LAWS",
    "LAWS",
    "Case",
    "Cause",
    "Diagnosis",
    "Law",
    "LawBroken",
    "Run",
    "balance_is_conserved",
    "check_all",
    "check_formula",
    "diagnose",
    "energy_decays",
    "equal_counts_are_balanced",
    "learning_times_follow",
    "logits_end_at_the_labels",
    "means_follow_the_reduced_flow",
    "relabelling_commutes",
    "replicas_speed_up",
    "rotations_commute",
    "run",
    "starts_where_told",
    "strength_approaches_sigma",
    "strength_ends_at_sigma",
    "strength_is_learned_on_time",
    "strength_scales_with_sigma",
    "strength_starts_at_the_initial_scale",
    "weights_rescale_time",
]
