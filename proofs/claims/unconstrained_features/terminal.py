"""What the end of training knows of the weights: nothing, where the loss tends to zero, as from spectral init under STEP."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import sympy as sp

from numerics.basis import centred_labels
from numerics.unconstrained_features import measure
from numerics.unconstrained_features.experiment import Experiment, Init
from numerics.unconstrained_features.flow import Trajectory, simulate
from proofs.claims.unconstrained_features import settings
from proofs.kernel.claim import PAPER, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Limit, Measurement
from theory.data.counts import ClassCounts
from theory.losses import loss_named

weight, least, error, loss = sp.symbols("omega omega_least e_squared loss", nonnegative=True)
POSITIVE = {"every weight is positive": least > 0, "ω_least is the least weight": weight >= least}
POINT = {weight: sp.Integer(2), least: sp.Integer(1), error: sp.Integer(3), loss: sp.Integer(1)}


def _parts(said):
    """The bound for the term of one sample; the claim is the sum over any number of samples."""
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


# How it is run ----------------------------------------------------------------------------

TERMINAL_ROUNDING = 1e-8  # relative error of ‖Z − L‖²: where Z − L is 1e-6 of Z the subtraction leaves ten digits, and a decade is to spare


@cache
def _terminal_runs() -> tuple[tuple[str, Trajectory], ...]:
    """Runs to the end with random counts and weights, the last with weights that are all 2; spectral and random starts."""
    generator = np.random.default_rng(settings.SEED)
    found = []
    for case in range(12):
        c = int(generator.integers(2, 6))
        counts = ClassCounts(tuple(int(n) for n in np.exp(generator.uniform(0, np.log(50), c))))
        weights = tuple(float(w) for w in np.exp(generator.uniform(-1.5, 1.5, c))) if case < 11 else (2.0,) * c
        init: Init = "spectral" if case % 2 else "random"
        experiment = Experiment(counts, weights, loss_named("squared"), 3.0, init, None, case)
        first = simulate(experiment)
        found.append((f"counts {counts.per_class}, {init}", simulate(experiment, time=4 * float(first.t[-1]))))
    return tuple(found)


def terminal_error() -> Measurement:
    """‖Z − L‖/‖Z‖ at the end of the runs."""

    def errors() -> Iterator[tuple[str, float]]:
        for name, run in _terminal_runs():
            Z_found = centred_labels(run.experiment.counts)
            yield name, float(np.linalg.norm(Z_found - run.logits(run.t[-1])) / np.linalg.norm(Z_found))

    return settings.worst(errors())


def terminal_bound_excess(factor: sp.Expr, least: sp.Symbol) -> Measurement:
    """The largest of ‖Z − L‖²/(factor · loss) − 1, or 0, at forty times of each run, for its least weight.

    Times are left out at which ‖Z − L‖² is below 1e-12 of what it was at the start: there it is rounding.
    """
    stated = settings.compiled(factor, least)

    def errors() -> Iterator[tuple[str, float]]:
        for name, run in _terminal_runs():
            times = np.linspace(0, run.t[-1], 40)
            squares = ((centred_labels(run.experiment.counts) - run.logits(times)) ** 2).sum(axis=(1, 2))
            bound = stated(min(run.experiment.weights)) * measure.weighted_loss(run, times)
            beyond_rounding = squares > 1e-12 * squares[0]
            yield name, max(0.0, float(np.max(squares[beyond_rounding] / bound[beyond_rounding])) - 1)

    return settings.worst(errors())


CLAIMS = (
    Claim(
        id="terminal-equivalence",
        says="Where the weighted loss ½ Σ ω‖z − l‖² tends to zero along a run, L → Z, whatever the positive weights: "
        "‖Z − L‖² ≤ 2·loss/ω_least. Under STEP from spectral init, one weight a group, it does tend to zero (flow-converges), so "
        "there L → Z without a premise; for other starts, counts and weights that is assumed here, and seen in runs.",
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
                measure=lambda: terminal_bound_excess(said.factor, least),
                bound=TERMINAL_ROUNDING,
            ),
            Agrees(
                id="end-of-runs",
                says="‖Z − L‖/‖Z‖ at the end of runs with random weights",
                measure=terminal_error,
                bound=settings.TERMINAL_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("the constant halved", {"factor": 1 / least}),
            NearMiss("ω² in place of ω", {"factor": 2 / least**2}),
            NearMiss("a rest that stays", {"rest": 1 / least}),
        ),
        without_near_miss={
            "end-of-runs": "it holds no formula: it shows that the loss of runs tends to zero, as is assumed where it is not proved"
        },
        coq={
            "sample-error-below-its-loss": ("dynamics.weighted_flow.sample_error_below_its_loss",),
            "error-vanishes-with-loss": ("dynamics.weighted_flow.error_vanishes_with_loss", "dynamics.convergence.logits_tend_to_labels"),
        },
    ),
)
