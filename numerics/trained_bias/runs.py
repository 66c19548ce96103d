"""Runs at sample level of L = WH + b1ᵀ, the features of every sample free, and what classes lose along them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import sympy as sp

from numerics import Array
from numerics.compiled import compile_loss
from numerics.constrained_features.runs import Run, sample_weights
from numerics.integrate import integrate
from numerics.model_run import NEGLIGIBLE, ModelFlow
from numerics.problem import Problem
from theory.models.decay_and_bias import H, W, bias, ones
from theory.models.model import descent
from theory.models.trained_bias import MODEL

DEPTH = 60.0  # what is left out is cubic: e^(2·(2.5·10 − 60)) of the fastest mode at the end
RELAXATIONS = 30.0  # of the slowest part of the bias: e^(−30) of it is left


class BiasedFlow(ModelFlow):
    """L = WH + b1ᵀ, whose smallest matrix decides what is noise: a bias of order one may stand beside features that are far smaller."""

    def __init__(self, problem: Problem, start: dict[sp.MatrixSymbol, Array]) -> None:
        counts = problem.counts
        losses = compile_loss(problem.loss, counts, counts.labels)
        super().__init__(MODEL, descent(MODEL), losses, sample_weights(problem), start, {ones: np.ones((counts.n, 1))})
        largest = [np.max(np.abs(matrix)) for matrix in start.values() if matrix.any()]
        self._least = NEGLIGIBLE * min(largest, default=1.0)


def biased_run(problem: Problem, start_W: Array, start_H: Array, horizon: float, start_bias: Array | None = None) -> Run:
    """The gradient flow of L = WH + b1ᵀ up to a horizon in flow time.

    Arguments: the starts of W (c × d), of H (d × n, samples in class order) and of b (c × 1; 0 by default).
    Raises: as `numerics.integrate.integrate`.
    """
    start = {W: start_W, H: start_H, bias: np.zeros((problem.counts.c, 1)) if start_bias is None else start_bias}
    flow = BiasedFlow(problem, start)
    return Run(integrate(flow, horizon, MODEL.name), flow.logits)


def class_losses(problem: Problem) -> Callable[[Array], Array]:
    """The mean unweighted loss of the samples of each class, as a reading of the logits (c × n)."""
    counts = problem.counts
    losses = compile_loss(problem.loss, counts, counts.labels)
    average = np.eye(counts.c)[list(counts.labels)] / np.array(counts.per_class)

    def read(logits: Array) -> Array:
        found: Array = losses.value(logits) @ average
        return found

    return read


def escape_rates(problem: Problem, seed: int) -> Array:
    """How fast W grows in a run whose bias is at rest, along the left singular vectors of the residual there, fastest first.

    The bias comes to rest in a run without features; W and H then start at random at e^(−60). The residual is that of the compiled
    loss at the logits of the bias that the first run has found.
    Valid when: the fastest rate is at most some 2.5 times the slowest, beyond which its rounding reaches the slowest mode.
    """
    counts, generator, width = problem.counts, np.random.default_rng(seed), problem.counts.c - 1
    shapes = (counts.c, width), (width, counts.n)
    settling = RELAXATIONS / float(np.min(np.array(counts.per_class) * problem.weights))
    alone = biased_run(problem, np.zeros(shapes[0]), np.zeros(shapes[1]), settling)
    rest = alone.path.at(settling, lambda state: state[-counts.c :])
    losses = compile_loss(problem.loss, counts, counts.labels)
    drive = -losses.gradient(np.repeat(rest[:, None], counts.n, axis=1)) * sample_weights(problem)
    U, values, _ = np.linalg.svd(drive, full_matrices=False)
    U, values = U[:, :width], values[:width]
    start_W, start_H = (np.exp(-DEPTH) * generator.standard_normal(shape) for shape in shapes)
    times = np.array([8.0, 10.0])[:, None] / values
    run = biased_run(problem, start_W, start_H, float(times.max()), rest[:, None])
    sizes = run.path.at(times.ravel(), lambda state: np.linalg.norm(U.T @ state[: counts.c * width].reshape(counts.c, width), axis=1))
    before, after = sizes.reshape(2, width, width)
    growing: Array = np.log(np.diag(after) / np.diag(before)) * values / 2
    return growing
