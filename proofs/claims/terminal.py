"""What the end of training knows of the weights: nothing, wherever the loss tends to zero."""

import sympy as sp

from proofs import runs
from proofs.kernel.claim import PAPER, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Limit

weight, least, error, loss = sp.symbols("omega omega_least e_squared loss", nonnegative=True)
POSITIVE = {"every weight is positive": least > 0, "ω_least is the least weight": weight >= least}
POINT = {weight: sp.Integer(2), least: sp.Integer(1), error: sp.Integer(3), loss: sp.Integer(1)}


def _parts(said):
    """One sample's term; the claim is the sum of the terms over any number of samples."""
    return (
        Holds(says="each sample: ‖z − l‖² ≤ (2/ω_least) · its loss", condition=error <= said.factor * weight * error / 2,
              where=tuple(POSITIVE.values())),
        Limit(says="so ‖Z − L‖² ≤ (2/ω_least) · loss → 0 with the loss", expr=said.factor * loss, variable=loss,
              point=sp.Integer(0), value=sp.Integer(0), where=(least > 0, loss > 0)),
    )


CLAIMS = (
    Claim(
        id="terminal-equivalence",
        says="Wherever the weighted loss tends to zero, L → Z, whatever the (positive) weights: ‖Z − L‖² ≤ 2·loss/ω_least.",
        source=PAPER,
        stated={"factor": 2 / least},
        hypotheses=POSITIVE,
        witnesses=(POINT,),
        parts=_parts,
        runs=lambda said: (
            Agrees(says="‖Z − L‖/‖Z‖ at the end of runs with random weights", measure=runs.terminal_error,
                   bound=runs.TERMINAL_TOLERANCE),),
        near_misses=(
            NearMiss("the constant halved", {"factor": 1 / least}),
            NearMiss("ω² in place of ω", {"factor": 2 / least**2}),
        ),
        coq={
            "each sample: ‖z − l‖² ≤ (2/ω_least) · its loss": ("dynamics.weighted_flow.sample_error_below_its_loss",),
            "so ‖Z − L‖² ≤ (2/ω_least) · loss → 0 with the loss": ("dynamics.weighted_flow.error_vanishes_with_loss",),
        },
    ),
)
