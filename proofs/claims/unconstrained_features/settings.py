"""The settings that the claims of this theory are run at, and how far a run is from what is stated.

A measurement returns the worst error over its cases. Runs know nothing of the formula, and they are kept for the process, so
that a near miss meets the same runs with the same tolerance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import sympy as sp

from numerics.unconstrained_features import flow, measure
from numerics.unconstrained_features.experiment import Experiment, Init
from proofs.kernel.statements import Measurement
from theory.data.counts import ClassCounts, long_tailed, step
from theory.data.weights import class_weights
from theory.losses import loss_named

SVD_TOLERANCE = 1e-11  # LAPACK's backward error times the sizes met here, with a decade to spare
STRENGTH_TOLERANCE = 1e-8  # relative, over the whole path
TERMINAL_TOLERANCE = 1e-6  # the runs end 30 relaxation times after their last learning time, or later
SPLITS = ((4, Fraction(1, 2)), (4, Fraction(1, 4)), (10, Fraction(1, 2)), (10, Fraction(1, 5)))
RATIOS = (1, 10, 100, 1000)
DELTAS = (4, 8, 16)
SEED = 20260112


def step_cases(ratios: Iterable[int] = RATIOS) -> Iterator[tuple[str, ClassCounts]]:
    """The STEP counts of the grid, by name."""
    for c, share in SPLITS:
        for ratio in ratios:
            yield f"STEP({c}, {ratio}, {share})", step(c, ratio, share)


def tailed_cases(number: int = 3) -> Iterator[tuple[str, ClassCounts]]:
    """Random long-tailed counts, the same at every run."""
    generator = np.random.default_rng(SEED)
    for _ in range(number):
        c, ratio = int(generator.integers(3, 11)), int(np.exp(generator.uniform(0, np.log(1000))))
        yield f"long-tailed({c}, {ratio})", long_tailed(c, ratio)


@cache
def trajectory(
    counts: ClassCounts,
    gamma: Fraction,
    delta: float,
    init: Init = "spectral",
    seed: int = 0,
    level: flow.Level | None = None,
    time: float | None = None,
) -> flow.Trajectory:
    """One run of the squared loss with ω = n^(−γ), raw."""
    weights = tuple(float(w) for w in class_weights(counts, gamma, "raw"))
    experiment = Experiment(counts, weights, loss_named("squared"), delta, init, None, seed)
    return flow.simulate(experiment, level=level, time=time)


@cache
def learning_times(counts: ClassCounts, delta: float, fraction: float = 0.5) -> np.ndarray:
    """Learning times of the mode groups of a vanilla run, σ descending; NaN where a mode is not learned."""
    return np.array(measure.mode_learning_times(trajectory(counts, Fraction(0), delta), fraction), dtype=float)


def vanilla_cases() -> Iterator[tuple[str, flow.Trajectory, float]]:
    """Every vanilla run of the grid, with its δ."""
    for name, counts in (*step_cases(), *tailed_cases()):
        for delta in DELTAS:
            yield f"{name}, δ={delta}", trajectory(counts, Fraction(0), float(delta)), float(delta)


def worst(errors: Iterable[tuple[str, float]], enough: float = np.inf) -> Measurement:
    """The largest of the named errors, up to the first that is larger than `enough`; a NaN is larger than anything."""
    largest, where, cases = -1.0, "", 0
    for name, error in errors:
        cases += 1
        if not error <= largest:
            largest, where = float(error), name
            if not error <= enough:
                break
    return Measurement(largest, cases, where)


def compiled(expression: sp.Expr, *arguments: sp.Basic) -> Callable[..., Any]:
    """The expression as a function of floats or arrays; what overflows, as some near misses do, is infinite and no warning."""
    return np.errstate(over="ignore")(sp.lambdify(arguments, expression, "numpy"))


def relative(found: Any, expected: Any) -> float:
    """max |found − expected| / |expected|, over arrays; infinite where something is expected to be 0 and is not."""
    with np.errstate(divide="ignore", over="ignore"):
        return float(np.max(np.abs(np.asarray(found) - expected) / np.abs(expected)))


def power_weights(counts: ClassCounts, gamma: float) -> np.ndarray:
    return np.array(counts.per_class, dtype=float) ** -gamma


def grouped_counts(sizes: Sequence[int]) -> ClassCounts:
    return ClassCounts((sizes[2],) * sizes[0] + (sizes[3],) * sizes[1])
