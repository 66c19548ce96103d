"""Runs at sample level of L = WH + b1ᵀ, the features of every sample free, and what classes lose along them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from numerics import Array
from numerics.compiled import compile_loss
from numerics.constrained_features.runs import Run, sample_weights
from numerics.integrate import integrate
from numerics.model_run import ModelFlow
from numerics.problem import Problem
from theory.models.decay_and_bias import H, W, bias, ones
from theory.models.model import descent
from theory.models.trained_bias import MODEL


def biased_run(problem: Problem, start_W: Array, start_H: Array, horizon: float) -> Run:
    """The gradient flow of L = WH + b1ᵀ from W (c × d), H (d × n, samples in class order) and b = 0, up to a horizon in flow time.

    Raises: as `numerics.integrate.integrate`.
    """
    counts = problem.counts
    start = {W: start_W, H: start_H, bias: np.zeros((counts.c, 1))}
    losses = compile_loss(problem.loss, counts, counts.labels)
    flow = ModelFlow(MODEL, descent(MODEL), losses, sample_weights(problem), start, {ones: np.ones((counts.n, 1))})
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
