"""`ufm simulate --bias`: the run with a trained output bias, and the document that describes it."""

from __future__ import annotations

import contextlib
import time
from typing import Any

import numpy as np

from numerics import Array
from numerics.compiled import kind_of
from numerics.constrained_features import class_level
from numerics.constrained_features.class_level import ClassLevelRun
from numerics.integrate import IntegrationFailed, TooLarge
from numerics.problem import Problem
from numerics.trained_bias import free_features
from numerics.trained_bias.settled import settled
from numerics.unconstrained_features import measure
from numerics.unconstrained_features.experiment import Experiment
from proofs.advise.inputs import gram_of
from proofs.commands import limits
from proofs.commands.learned import entries
from proofs.commands.options import Setting
from theory.exact import InvalidInput
from theory.losses.checks import check
from theory.losses.loss import Loss


def by_class(setting: Setting, problem: Problem, delta: float) -> class_level.Setting:
    """The setting at class level, on which constrained features and a trained bias are run."""
    return class_level.Setting(problem, gram_of(setting.counts, setting.inputs), delta, setting.bias)


def document(setting: Setting, experiment: Experiment, horizon: float | None, fraction: float, margin: float) -> dict[str, Any]:
    """The JSON document of `ufm simulate --bias`: that of a run without a bias, the final bias, and what it learns first.

    Raises: InvalidInput where the integrator stops or the loss overflows; TooLarge as `free_features.simulate`.
    """
    with limits.of_a_loss(experiment.loss.name):
        if isinstance(experiment.loss, Loss):
            check(experiment.loss)
        kind_of(experiment.loss, experiment.counts)  # kept, so that the run does not ask again
    start = time.perf_counter()
    try:
        run = free_features.simulate(experiment, experiment.delta, time=horizon, fraction=fraction, margin=margin)
    except (IntegrationFailed, FloatingPointError) as error:
        raise InvalidInput(
            f"delta={experiment.delta:g}, loss={experiment.loss.name}: the run must stay finite and did not ({error}): "
            "give a smaller delta or time"
        ) from None
    seconds = time.perf_counter() - start
    found = _told(setting, experiment, run, fraction, margin)
    if horizon is not None and found["ends"] == "horizon":
        found["time_needed"] = _time_needed(experiment, fraction, margin)
    return found | {"seconds": seconds}


def _told(setting: Setting, experiment: Experiment, run: ClassLevelRun, fraction: float, margin: float) -> dict[str, Any]:
    end, problem = float(run.t[-1]), run.setting.problem
    mode_times = class_level.mode_learning_times(run, fraction)
    class_times = measure.class_learning_times(run, margin)
    return {
        "loss": experiment.loss.name,
        **setting.as_json(),
        "delta": experiment.delta,
        "init": "spectral",
        "level": "class",
        "reduction": f"class means and the bias: {len(run.system.initial_state)} numbers",
        "time": end,
        "switched_at": None,
        "ends": "learned" if None not in (*mode_times, *class_times) else run.end,
        "time_needed": None,
        "fraction": fraction,
        "margin": margin,
        **entries(measure.modes_of(problem), mode_times, setting.counts.per_class, problem.weights, class_times),
        "loss_final": float(run.at(end, run.system.total_loss)),
        "balance_drift": _drift(run),
        "final_bias": run.at(end, _bias_of(run)).tolist(),
        "prior": settled(problem.counts, problem.weights).prior.tolist(),
    }


def _time_needed(experiment: Experiment, fraction: float, margin: float) -> float | None:
    """A horizon by which all is learned, from a run that has none; None where that run is too long, or does not learn all either."""
    with contextlib.suppress(TooLarge, IntegrationFailed, FloatingPointError):
        longer = free_features.simulate(experiment, experiment.delta, fraction=fraction, margin=margin)
        times = [*class_level.mode_learning_times(longer, fraction), *measure.class_learning_times(longer, margin)]
        return max(time for time in times if time is not None) if None not in times else None
    return None


def _bias_of(run: ClassLevelRun) -> Any:
    return lambda state: state[-run.setting.problem.counts.c :]


def _drift(run: ClassLevelRun) -> float:
    """How far WᵀW − VVᵀ moves over the run, relative to the size of WᵀW."""
    c = run.setting.problem.counts.c

    def read(state: Array) -> Array:
        W = state[: c * (c - 1)].reshape(c, c - 1)
        V = state[c * (c - 1) : -c].reshape(c - 1, -1)
        return np.stack([W.T @ W - V @ V.T, W.T @ W])

    balance, gram = np.moveaxis(run.at(run.t, read), 1, 0)
    return float(np.linalg.norm(balance - balance[0], axis=(1, 2)).max() / np.linalg.norm(gram, axis=(1, 2)).max())
