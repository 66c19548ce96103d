"""`ufm simulate` by another rule, with more layers or with fixed features: the run of `ufm sweep`, and the document that describes it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from numerics.compiled import kind_of
from numerics.integrate import IntegrationFailed
from numerics.problem import Problem
from numerics.unconstrained_features.experiment import Experiment
from proofs.commands import limits
from proofs.commands.learned import entries
from proofs.commands.options import Setting
from proofs.sweep import layered, rules
from proofs.sweep.reading import Outcome, Reading
from theory.exact import InvalidInput
from theory.losses.checks import check
from theory.losses.loss import Loss


def by_rule(setting: Setting, experiment: Experiment, rule: str, reading: Reading) -> dict[str, Any]:
    """The document of a descent in steps: that of a flow, with the rule, the step, the inertia and the draws; raises as the rule does."""
    moved = rules.rule_named(rule)
    found, seconds = _run(experiment, lambda: moved(experiment, reading))
    steps = f"steps of {found.used['step_size']:g}, sample by sample: {round(found.time / found.used['step_size'])} of them"
    own = {"rule": rule, **found.used}
    return _told(setting, experiment, found, reading, steps, experiment.delta, experiment.init) | own | {"seconds": seconds}


def of_layers(setting: Setting, experiment: Experiment, depth: int, reading: Reading) -> dict[str, Any]:
    """The document of a run of so many layers, 1 for fixed features: that of a flow, with the depth.

    Raises: as `proofs.sweep.layered.run`, and InvalidInput where the integrator stops or the loss overflows.
    """
    try:
        found, seconds = _run(experiment, lambda: layered.run(experiment, reading, depth))
    except (IntegrationFailed, FloatingPointError) as error:
        raise InvalidInput(
            f"delta={experiment.delta:g}, loss={experiment.loss.name}: the run must stay finite and did not ({error}): "
            "give a smaller delta or time"
        ) from None
    start = ("zero", None) if depth == 1 else ("spectral", experiment.delta)
    numbers = f"every sample: {found.numbers} numbers"
    return _told(setting, experiment, found, reading, numbers, start[1], start[0]) | {"depth": depth, "seconds": seconds}


def _run(problem: Problem, run: Callable[[], Outcome]) -> tuple[Outcome, float]:
    """The outcome, and the seconds that it took beside what SymPy makes of the loss."""
    with limits.of_a_loss(problem.loss.name):
        if isinstance(problem.loss, Loss):
            check(problem.loss)
        kind_of(problem.loss, problem.counts)  # kept, so that the run does not ask again
    start = time.perf_counter()
    return run(), time.perf_counter() - start


def _told(
    setting: Setting, problem: Problem, found: Outcome, reading: Reading, reduction: str, delta: float | None, init: str
) -> dict[str, Any]:
    return {
        "loss": problem.loss.name,
        **setting.as_json(),
        "delta": delta,
        "init": init,
        "level": found.level,
        "reduction": reduction,
        "time": found.time,
        "switched_at": None,
        "ends": found.end,
        "time_needed": None,
        "fraction": reading.fraction,
        "margin": reading.margin,
        **entries(found.modes, found.mode_times, setting.counts.per_class, problem.weights, found.class_times),
        "loss_final": found.loss_final,
        "balance_drift": found.drift,
    }
