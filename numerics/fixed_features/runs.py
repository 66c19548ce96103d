"""Runs at sample level from V = 0, and of W and H by the signs of minus the gradient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from numerics import Array
from numerics.compiled import compile_loss
from numerics.constrained_features.runs import Run, class_margins, sample_weights
from numerics.integrate import integrate
from numerics.model_run import ModelFlow
from numerics.problem import Problem
from theory.exact import InvalidInput
from theory.models.fixed_features import MODEL, V, X
from theory.models.model import descent


def class_features(problem: Problem) -> Array:
    """Y, c × n: the feature e_y for every sample of class y."""
    return np.eye(problem.counts.c)[:, list(problem.counts.labels)]


def fixed_features_run(problem: Problem, horizon: float) -> Run:
    """The gradient flow of L = VY from V = 0 up to a horizon in flow time; raises as `numerics.integrate.integrate`."""
    losses = compile_loss(problem.loss, problem.counts, problem.counts.labels)
    start = {V: np.zeros((problem.counts.c, problem.counts.c))}
    flow = ModelFlow(MODEL, descent(MODEL), losses, sample_weights(problem), start, {X: class_features(problem)})
    return Run(integrate(flow, horizon, MODEL.name), flow.logits)


@dataclass(frozen=True)
class SignRun:
    """Margins of each class and the first layer at times step, 2 step, …: `times` k, `margins` k × c, `layers` k × c × (columns)."""

    times: Array
    margins: Array
    layers: Array


def sign_descent(problem: Problem, step: float, steps: int, scale: float | None = None) -> SignRun:
    """Steps of sign descent: of L = VY from V = 0, or with a scale of L = WH from W = scale I, H = scale Y; width c.

    Raises: InvalidInput for a step or scale that is not > 0, and for fewer than one step.
    """
    if not (step > 0 and steps >= 1 and (scale is None or scale > 0)):
        raise InvalidInput(f"step={step}, steps={steps}, scale={scale} must be > 0, ≥ 1, and > 0 or none")
    losses = compile_loss(problem.loss, problem.counts, problem.counts.labels)
    weights, read, Y = sample_weights(problem), class_margins(problem), class_features(problem)
    W, H = (np.zeros((len(Y), len(Y))), Y) if scale is None else (scale * np.eye(len(Y)), scale * Y)
    margins, layers = [], []
    for _ in range(steps):
        residual = -losses.gradient(W @ H) * weights
        by_W, by_H = residual @ H.T, W.T @ residual
        W = W + step * np.sign(by_W)
        if scale is not None:
            H = H + step * np.sign(by_H)
        margins.append(read(W @ H))
        layers.append(W)
    return SignRun(step * np.arange(1.0, steps + 1), np.array(margins), np.array(layers))
