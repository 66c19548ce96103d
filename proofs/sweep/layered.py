"""Runs of other models than two layers of free features, by sample: N layers from a spectral start, and one fixed feature a class."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from numerics import Array
from numerics.basis import mode_basis
from numerics.compiled import compile_loss
from numerics.constrained_features.runs import Run, class_margins, mode_shares, sample_weights
from numerics.depth.layers import layers_run, spectral_layers
from numerics.first_time import on_path
from numerics.fixed_features.runs import fixed_features_run
from numerics.integrate import MOST_STEPS
from numerics.problem import Problem
from numerics.unconstrained_features import measure
from numerics.unconstrained_features.experiment import Experiment
from proofs.sweep.reading import Outcome, Reading
from theory.exact import InvalidInput
from theory.losses import LOSSES

MOST_NUMBERS = 20_000  # entries of all layers together: a step then takes some milliseconds
LARGEST_DELTA = 30.0  # below e^(−30) the rounding of modes that are learned would start the others
MOST_ASYMMETRY = 0.02  # of the level that is read, in logits that the flow keeps symmetric: what runs have there comes from rounding
STABLE = 6.0  # the longest stable step of the integrator over the fastest rate


def run(problem: Experiment, reading: Reading, depth: int) -> Outcome:
    """The gradient flow of this many linear layers from amplitudes e^(−δ), or with a depth of 1 of fixed features from V = 0, without δ.

    Raises: InvalidInput for layers from a δ beyond 30, for a horizon that is not > 0, for a run that is too large or
    too long, and where rounding has moved the modes; IntegrationFailed and FloatingPointError where the run breaks down.
    """
    delta = problem.delta
    if depth > 1 and delta > LARGEST_DELTA:
        raise InvalidInput(
            f"delta={delta:g} must be at most {LARGEST_DELTA:g} with depth: the start is e^(−δ), and rounding must stay below it"
        )
    horizon = reading.time
    if horizon is not None and not (math.isfinite(horizon) and horizon > 0):
        raise InvalidInput(f"time={horizon} must be finite and > 0: it is the horizon in flow time")
    lasting = _lasting(problem, delta, depth) if horizon is None else horizon
    _require_short(problem, delta, depth, lasting)
    found = _run(problem, delta, depth, lasting)
    outcome = _read(problem, found, reading, depth)
    if depth > 1 and type(problem.loss) in LOSSES:
        reached = [time for time in (*outcome.mode_times, *outcome.class_times) if time is not None]
        until = outcome.time if outcome.end == "horizon" else max(reached)
        _require_symmetric(problem, found, until, min(reading.fraction, reading.margin if reading.margin > 0 else 1.0))
    return outcome


def _run(problem: Problem, delta: float, depth: int, horizon: float) -> Run:
    if depth == 1:
        return fixed_features_run(problem, horizon)
    return layers_run(problem, spectral_layers(problem, depth, np.full(problem.counts.c - 1, math.exp(-delta))), horizon)


def _rates(problem: Problem, depth: int) -> list[float]:
    """n ω with fixed features, else √n ω, of each class."""
    power = 1.0 if depth == 1 else 0.5
    return [float(n) ** power * w for n, w in zip(problem.counts.per_class, problem.weights, strict=True)]


def _lasting(problem: Problem, delta: float, depth: int) -> float:
    """A horizon by which modes and classes are learned under STEP and a usual loss."""
    growth = 0.0 if depth == 1 else delta if depth == 2 else math.exp(min(delta * (depth - 2), 700.0)) / (depth - 2)
    return float((1.5 * growth + 5) / min(_rates(problem, depth)))


def _require_short(problem: Problem, delta: float, depth: int, lasting: float) -> None:
    c, n = problem.counts.c, problem.counts.n
    numbers = c * n if depth == 1 else (c - 1) * (c + n + (depth - 2) * (c - 1))
    if numbers > MOST_NUMBERS:
        raise InvalidInput(f"counts={n} samples of {c} classes are {numbers} numbers, and at most {MOST_NUMBERS} are run at sample level")
    steps = lasting * depth * max(_rates(problem, depth)) * max(problem.counts.per_class) ** 0.5 / STABLE
    if steps > MOST_STEPS:
        asked = f"delta={delta:g} at {depth} layers" if depth > 1 else f"time={lasting:g} with fixed features"
        mend = "a smaller delta or a shorter time" if depth > 1 else "a shorter time"
        raise InvalidInput(f"{asked} makes this run some {steps:.3g} steps long, and at most {MOST_STEPS} are run: give {mend}")


def _require_symmetric(problem: Problem, run: Run, until: float, level: float) -> None:
    """Classes of equal count and weight are alike for the flow from a spectral start, so that class-mean logits are too.

    Arguments: `until`, the last time that is told; `level`, the least fraction or margin that was read.
    Raises: InvalidInput where they differ by more than MOST_ASYMMETRY of that at a step before.
    """
    per_class, c = problem.counts.per_class, problem.counts.c
    alike = list(zip(per_class, problem.weights, strict=True))
    kinds = np.array([alike.index(one) for one in alike])
    same = (c * kinds[:, None] + kinds) * 2 + np.eye(c, dtype=int)  # one number for all entries that are equal
    means = np.eye(c)[list(problem.counts.labels)] / np.repeat(per_class, per_class)[:, None]
    many = np.maximum(np.bincount(same.ravel()), 1)

    def asymmetry(state: Array) -> float:
        logits = run.logits(state) @ means
        return float(np.abs(logits - (np.bincount(same.ravel(), logits.ravel()) / many)[same]).max())

    times = np.array([*run.path.t[run.path.t < until], until])
    apart = run.path.at(times, asymmetry)
    if not apart.max() <= MOST_ASYMMETRY * level:
        raise InvalidInput(
            f"logits of classes that are alike differ by {apart.max():.2g} by t={times[np.argmax(apart)]:.4g}: rounding beside the modes "
            "has grown there as no exact run would, so give a smaller delta or a shorter time"
        )


def _read(problem: Problem, run: Run, reading: Reading, depth: int) -> Outcome:
    basis = mode_basis(problem.counts, problem.weights)
    each, starts = mode_shares(problem, basis.U[:, :-1]), [part.start for part in basis.groups]
    many = [part.stop - part.start for part in basis.groups]
    mode_times = run.first_times(lambda logits: np.add.reduceat(each(logits), starts) / many, reading.fraction)
    margins, path = class_margins(problem), run.path
    class_times = on_path(path.t, lambda times: path.at(times, lambda state: margins(run.logits(state))) - reading.margin)
    end = float(path.t[-1])
    losses = compile_loss(problem.loss, problem.counts, problem.counts.labels)
    return Outcome(
        end="learned" if None not in (*mode_times, *class_times) else "horizon",
        level="sample",
        time=end,
        loss_final=float(sample_weights(problem) @ losses.value(path.at(end, run.logits))),
        modes=measure.modes_of(problem),
        mode_times=tuple(mode_times),
        class_times=tuple(class_times),
        numbers=len(path.at(end, lambda state: state)),
        drift=None if depth == 1 else _drift(run, problem, depth),
    )


def _drift(run: Run, problem: Problem, depth: int) -> float:
    """How far neighbouring layers, which start balanced, are from it at the end, relative to the size of the last layer's Gram matrix."""
    c, modes, n = problem.counts.c, problem.counts.c - 1, problem.counts.n
    sizes = [c, *[modes] * (depth - 1), n]
    shapes = list(pairwise(sizes))
    ends = np.cumsum([rows * columns for rows, columns in shapes])
    parts = np.split(run.path.at(float(run.path.t[-1]), lambda state: state), ends[:-1])
    layers = [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]
    apart = max(float(np.linalg.norm(A.T @ A - B @ B.T)) for A, B in pairwise(layers))
    return apart / float(np.linalg.norm(layers[0].T @ layers[0]))
