"""The minimiser of ½‖(T − L)Ω^(1/2)‖² + μ‖L‖_*, by proximal gradient steps, and how far it is from the true one.

A step takes L to the soft threshold of the singular values of L + (T − L)Ω/ω_max at μ/ω_max, with Nesterov's momentum, which is
dropped where it points uphill. A step also gives a subgradient of the objective at the point that it reaches. The objective less
(ω_min/2)‖L‖² is convex, so the minimiser is no farther than the length of that subgradient over ω_min.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from numerics import Array
from numerics.basis import centred_labels
from numerics.integrate import one_thread
from theory.data.counts import ClassCounts, interchangeable
from theory.exact import InvalidInput

MOST_STEPS = 100_000  # with momentum the steps grow like the square root of ω_max/ω_min: these do for ratios up to some 10^7
ENOUGH = 2e-15  # a move of a step below this share of the target is rounding


@dataclass(frozen=True)
class Minimiser:
    """L, its singular values in falling order with exact zeros, and what is certain of it.

    `error`, a bound on the Frobenius distance to the true minimiser; `dual_norm`, the spectral norm of the residual (T − L)Ω over
    μ, which is at most 1 at the minimiser; `next_dual`, the largest singular value of that residual over μ beyond the rank, which is
    0 where none is left: below 1 it says that the rank of the true minimiser is no larger.
    """

    logits: Array
    singular_values: Array
    error: float
    dual_norm: float
    next_dual: float

    @property
    def rank(self) -> int:
        """How many singular values are not 0."""
        return int(np.count_nonzero(self.singular_values))


@one_thread
def minimise(target: Array, weights: Array, mu: float, start: Array | None = None) -> Minimiser:
    """The minimiser for a target of one column a sample or class, each with its weight.

    Arguments: `weights`, ω > 0, one a column; `mu`, μ > 0; `start`, where the steps start (default: 0).
    Raises: InvalidInput for another μ, and where MOST_STEPS steps are not enough.
    """
    if not (math.isfinite(mu) and mu > 0):
        raise InvalidInput(f"decay={mu:g} must be finite and > 0: without decay the minimiser is Z itself")
    step = 1.0 / float(weights.max())
    found = np.zeros_like(target) if start is None else start
    ahead, momentum, least = found, 1.0, ENOUGH * float(np.linalg.norm(target))
    for _ in range(MOST_STEPS):
        moved, values = _shrunk(ahead + step * (target - ahead) * weights, step * mu)
        if float(np.sum((ahead - moved) * (moved - found))) > 0:
            momentum, ahead = 1.0, moved
        else:
            following = (1 + math.sqrt(1 + 4 * momentum**2)) / 2
            ahead = moved + (momentum - 1) / following * (moved - found)
            momentum = following
        change, found = float(np.linalg.norm(moved - found)), moved
        if change <= least:
            break
    else:
        raise InvalidInput(f"decay={mu:g} at these weights needs more than {MOST_STEPS} steps: give weights that differ less")
    last, values = _shrunk(found + step * (target - found) * weights, step * mu)
    return _certified(target, weights, mu, found, last, values)


def _shrunk(matrix: Array, by: float) -> tuple[Array, Array]:
    """The matrix with singular values less `by`, or 0, and these values."""
    U, values, Vt = np.linalg.svd(matrix, full_matrices=False)
    values = np.maximum(values - by, 0.0)
    return (U * values) @ Vt, values


def _certified(target: Array, weights: Array, mu: float, before: Array, after: Array, values: Array) -> Minimiser:
    """What is certain of the point `after` that a plain step from `before` reaches."""
    subgradient = (before - after) * (float(weights.max()) - weights)
    dual = np.linalg.svd((target - after) * weights, compute_uv=False) / mu
    rank = int(np.count_nonzero(values))
    error = float(np.linalg.norm(subgradient)) / float(weights.min())
    return Minimiser(after, values, error, float(dual[0]), float(dual[rank]) if rank < len(dual) else 0.0)


def of_samples(counts: ClassCounts, weights: Array, mu: float, start: Array | None = None) -> Minimiser:
    """The minimiser at sample level: Z, c × n, one column a sample.

    Arguments: `weights`, ω, one a class; the others as in `minimise`.
    """
    return minimise(centred_labels(counts), np.asarray(weights, dtype=float)[list(counts.labels)], mu, start)


@dataclass(frozen=True)
class Value:
    """A singular value of the minimiser and its multiplicity."""

    value: float
    multiplicity: int


@dataclass(frozen=True)
class Spectrum:
    """The c − 1 singular values of the minimiser: within each kind of classes, and between kinds in falling order; and its rank.

    `within` is by (count, weight). `left` has a column for each value between kinds: its left vector, one entry a kind and then
    times the root of how many classes it has.
    """

    within: dict[tuple[int, float], Value]
    kinds: tuple[tuple[int, float], ...]
    between: Array
    left: Array

    @property
    def rank(self) -> int:
        """How many singular values are not 0."""
        inside = sum(value.multiplicity for value in self.within.values() if value.value > 0)
        return inside + int(np.count_nonzero(self.between))


def spectrum(counts: ClassCounts, weights: list[float], mu: float) -> Spectrum:
    """Singular values of the minimiser for any counts and weights.

    Formula: classes of equal count and weight may be exchanged, so that the one minimiser is the same under it: on their contrasts
    it is (√n − μ/ω)_+, and on what is constant over each kind it is the minimiser of the g × g problem of g kinds.
    Raises: InvalidInput as `minimise` does.
    """
    groups = interchangeable(counts, weights)
    sizes = np.array([len(classes) for classes in groups.values()])
    q = np.sqrt(sizes / sizes.sum())
    target = (np.eye(len(q)) - np.outer(q, q)) * np.array([math.sqrt(count) for count, _ in groups])
    found = minimise(target, np.array([weight for _, weight in groups]), mu)
    within = {
        (count, weight): Value(max(math.sqrt(count) - mu / weight, 0.0), len(classes) - 1)
        for (count, weight), classes in groups.items()
        if len(classes) > 1
    }
    left, between, _ = np.linalg.svd(found.logits)
    between = np.where(np.arange(len(between)) < found.rank, between, 0.0)[:-1]
    return Spectrum(within, tuple(groups), between, left[:, :-1])
