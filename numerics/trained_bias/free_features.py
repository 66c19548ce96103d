"""Runs of L = WH + b1ᵀ with free features from a spectral start, by class, of a size that can be run."""

from __future__ import annotations

import math

import numpy as np

from numerics.constrained_features import class_level
from numerics.integrate import MOST_STEPS, TooLarge
from numerics.problem import Problem
from numerics.unconstrained_features.flow import STABLE_STEP
from theory.exact import InvalidInput

MOST_CLASSES = 64  # a state of W, V and b, and singular vectors, for each class


def simulate(
    problem: Problem, delta: float, *, time: float | None = None, fraction: float = 0.5, margin: float = 0.5
) -> class_level.ClassLevelRun:
    """The flow from e^(−δ) and a bias of 0, up to a horizon in flow time, or until all is learned or settled.

    Arguments: those of `class_level.simulate`. Free features are inputs that are orthonormal, one a sample: the Gram matrix of
    their class means is diag(1/n_j).
    Raises: InvalidInput for a horizon that is not finite and > 0; TooLarge for more than MOST_CLASSES classes, and for more than
    MOST_STEPS steps, before they are made; besides as `class_level.simulate`.
    """
    _require_small(problem, delta, time)
    gram = np.diag(1 / np.array(problem.counts.per_class, dtype=float))
    return class_level.simulate(class_level.Setting(problem, gram, delta, True), time=time, margin=margin, fraction=fraction)


def _require_small(problem: Problem, delta: float, time: float | None) -> None:
    counts, weights = problem.counts, problem.weights
    if counts.c > MOST_CLASSES:
        raise TooLarge(f"{counts.c} classes are too many for a run with a bias: give at most {MOST_CLASSES}")
    if time is not None and not (math.isfinite(time) and time > 0):
        raise InvalidInput(f"time={time} must be finite and > 0: it is the horizon in flow time")
    slowest = min(w * math.sqrt(n) for n, w in zip(counts.per_class, weights, strict=True))
    lasting = (1.5 * delta + 5) / slowest if time is None else time
    steps = lasting * sum(n * w for n, w in zip(counts.per_class, weights, strict=True)) / STABLE_STEP
    if steps > MOST_STEPS:
        raise TooLarge(
            f"a bias that relaxes at the rate Σ nω makes this run some {steps:.3g} steps long, and at most {MOST_STEPS} are run: "
            "give smaller counts, a smaller delta or a shorter --time"
        )
