"""`ufm simulate --depth N` and `--features fixed`: N linear layers from a spectral start, and one fixed feature a class, by sample."""

from __future__ import annotations

import math
import time as clock
from itertools import pairwise
from typing import Any

import numpy as np

from numerics import Array
from numerics.basis import mode_basis
from numerics.compiled import compile_loss, kind_of
from numerics.constrained_features.runs import Run, class_margins, mode_shares, sample_weights
from numerics.depth.layers import layers_run, spectral_layers
from numerics.first_time import on_path
from numerics.fixed_features.runs import fixed_features_run
from numerics.integrate import MOST_STEPS, IntegrationFailed
from numerics.losses import loss_named
from numerics.problem import Problem
from numerics.unconstrained_features import measure
from proofs.commands import limits
from proofs.commands.learned import entries
from proofs.commands.options import Setting
from theory.exact import InvalidInput
from theory.losses import LOSSES
from theory.losses.checks import check
from theory.losses.loss import Loss

MOST_NUMBERS = 20_000  # entries of all layers together: a step then takes some milliseconds
LARGEST_DELTA = 30.0  # below e^(−30) the rounding of modes that are learned would start the others
MOST_ASYMMETRY = 0.02  # of the level that is read, in logits that the flow keeps symmetric: what runs have there comes from rounding
STABLE = 6.0  # the longest stable step of the integrator over the fastest rate


def read(depth: int | None, features: str | None, beside: list[str]) -> int:
    """The number of layers that is asked for, 1 for fixed features; one of the two is given.

    Raises: InvalidInput for another number than one ≥ 2, for features other than "fixed", for both, and beside other options.
    """
    if depth is not None and features is not None:
        raise InvalidInput("--depth and --features do not go together: fixed features have no depth")
    if depth is not None and depth < 2:
        raise InvalidInput(f"depth={depth} must be a whole number ≥ 2: two layers are the free features of every other run")
    if features not in (None, "fixed"):
        raise InvalidInput(f"features={features!r} must be 'fixed', one orthonormal feature a class; without it features are free")
    for name in beside:
        own = "--depth" if depth is not None else "--features"
        raise InvalidInput(f"{own} and {name} do not go together: such a run starts spectrally, at sample level; leave out one of them")
    return depth or 1


def document(
    setting: Setting, loss: str, delta: float, horizon: float | None, fraction: float, margin: float, depth: int
) -> dict[str, Any]:
    """The JSON document of such a run: that of `ufm simulate`, and `depth`, 1 for fixed features.

    Raises: InvalidInput as `Problem` does, for layers from a δ that is not > 0 and ≤ 30, for a horizon that is not > 0, for a run
    that is too large or too long, where the integrator stops, and where rounding has moved the modes.
    """
    if depth > 1 and not 0 < delta <= LARGEST_DELTA:
        raise InvalidInput(
            f"delta={delta} must be > 0 and ≤ {LARGEST_DELTA:g} with --depth: the start is e^(−δ), and rounding must stay below it"
        )
    problem = Problem(setting.counts, tuple(setting.floats), loss_named(loss))
    with limits.of_a_loss(loss):
        if isinstance(problem.loss, Loss):
            check(problem.loss)
        kind_of(problem.loss, problem.counts)
    if horizon is not None and not (math.isfinite(horizon) and horizon > 0):
        raise InvalidInput(f"time={horizon} must be finite and > 0: it is the horizon in flow time")
    lasting = _lasting(problem, delta, depth) if horizon is None else horizon
    _require_short(problem, delta, depth, lasting)
    start = clock.perf_counter()
    try:
        run = _run(problem, delta, depth, lasting)
    except (IntegrationFailed, FloatingPointError) as error:
        raise InvalidInput(
            f"delta={delta:g}, loss={problem.loss.name}: the run must stay finite and did not ({error}): give a smaller delta or time"
        ) from None
    found = _told(setting, problem, run, fraction, margin, depth) | {"delta": delta if depth > 1 else None, "depth": depth}
    if depth > 1 and type(problem.loss) in LOSSES:
        reached = [item["learning_time"] for item in (*found["modes"], *found["classes"])]
        _require_symmetric(problem, run, found["time"] if None in reached else max(reached), min(fraction, margin if margin > 0 else 1.0))
    return found | {"balance_drift": None if depth == 1 else _drift(run, problem, depth), "seconds": clock.perf_counter() - start}


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
        mend = "a smaller delta or a shorter --time" if depth > 1 else "a shorter --time"
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
            "has grown there as no exact run would, so give a smaller delta or a shorter --time"
        )


def _told(setting: Setting, problem: Problem, run: Run, fraction: float, margin: float, depth: int) -> dict[str, Any]:
    groups, basis = measure.modes_of(problem), mode_basis(problem.counts, problem.weights)
    each, starts = mode_shares(problem, basis.U[:, :-1]), [part.start for part in basis.groups]
    many = [part.stop - part.start for part in basis.groups]
    mode_times = run.first_times(lambda logits: np.add.reduceat(each(logits), starts) / many, fraction)
    margins, path = class_margins(problem), run.path
    class_times = on_path(path.t, lambda times: path.at(times, lambda state: margins(run.logits(state))) - margin)
    end = float(path.t[-1])
    last = path.at(end, run.logits)
    losses = compile_loss(problem.loss, problem.counts, problem.counts.labels)
    return {
        "loss": problem.loss.name,
        **setting.as_json(),
        "init": "zero" if depth == 1 else "spectral",
        "level": "sample",
        "reduction": f"every sample: {len(run.path.at(end, lambda state: state))} numbers",
        "time": end,
        "switched_at": None,
        "ends": "learned" if None not in (*mode_times, *class_times) else "horizon",
        "time_needed": None,
        "fraction": fraction,
        "margin": margin,
        **entries(groups, mode_times, setting.counts.per_class, problem.weights, class_times),
        "loss_final": float(sample_weights(problem) @ losses.value(last)),
    }


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
