"""What the end of training knows of the weights: nothing, if the loss tends to zero."""

import sympy as sp

from proofs.claims.unconstrained_features import runs
from proofs.kernel.claim import PAPER, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Limit

weight, least, error, loss = sp.symbols("omega omega_least e_squared loss", nonnegative=True)
POSITIVE = {"every weight is positive": least > 0, "ω_least is the least weight": weight >= least}
POINT = {weight: sp.Integer(2), least: sp.Integer(1), error: sp.Integer(3), loss: sp.Integer(1)}


def _parts(said):
    """One sample's term; the claim is the sum of the terms over any number of samples."""
    return (
        Holds(
            id="sample-error-below-its-loss",
            says="each sample: ‖z − l‖² ≤ (2/ω_least) · its loss",
            condition=error <= said.factor * weight * error / 2 + said.rest,
            where=tuple(POSITIVE.values()),
        ),
        Limit(
            id="error-vanishes-with-loss",
            says="so ‖Z − L‖² ≤ (2/ω_least) · loss → 0 with the loss",
            expr=said.factor * loss + said.rest,
            variable=loss,
            point=sp.Integer(0),
            value=sp.Integer(0),
            where=(least > 0, loss > 0),
        ),
    )


CLAIMS = (
    Claim(
        id="terminal-equivalence",
        says="If the weighted loss ½ Σ ω‖z − l‖² tends to zero along a run (which is assumed here, and seen in runs), then L → Z, "
        "whatever the positive weights: ‖Z − L‖² ≤ 2·loss/ω_least.",
        source=PAPER,
        stated={"factor": 2 / least, "rest": sp.Integer(0)},
        hypotheses=POSITIVE,
        witnesses=(POINT,),
        parts=_parts,
        runs=lambda said: (
            Agrees(
                id="bound-along-runs",
                says="excess of ‖Z − L‖² over the bound, relatively, along runs with random and equal weights",
                uses=("factor",),
                measure=lambda: runs.terminal_bound_excess(said.factor, least),
                bound=runs.TERMINAL_ROUNDING,
            ),
            Agrees(
                id="end-of-runs",
                says="‖Z − L‖/‖Z‖ at the end of runs with random weights",
                measure=runs.terminal_error,
                bound=runs.TERMINAL_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("the constant halved", {"factor": 1 / least}),
            NearMiss("ω² in place of ω", {"factor": 2 / least**2}),
            NearMiss("a rest that stays", {"rest": 1 / least}),
        ),
        without_near_miss={"end-of-runs": "it holds no formula: it shows that the loss of runs does tend to zero, as is assumed"},
        coq={
            "sample-error-below-its-loss": ("dynamics.weighted_flow.sample_error_below_its_loss",),
            "error-vanishes-with-loss": ("dynamics.weighted_flow.error_vanishes_with_loss",),
        },
    ),
)
