"""Runs of the factored problem with weight decay, with every sample on its own: plain gradient descent, and the flow."""

from __future__ import annotations

import math

import numpy as np

from numerics import Array
from numerics.basis import centred_labels
from numerics.compiled import compile_loss
from numerics.model_run import ModelFlow, ModelRun, run
from theory.data.counts import ClassCounts
from theory.losses import loss_named
from theory.models.decay_and_bias import WITHOUT_BIAS, H, W, decay_H, decay_W
from theory.models.model import descent

MOST_STEPS = 400_000
AT_REST = 1e-13  # the largest entry of the gradient at which a descent has ended

Decays = tuple[float, float]  # λ_W and λ_H


def descended(counts: ClassCounts, weights: Array, decays: Decays, start: tuple[Array, Array]) -> tuple[Array, Array]:
    """W and H where plain gradient descent on ½ Σ ω‖z − Wh‖² + (λ_W/2)‖W‖² + (λ_H/2)‖H‖² comes to rest.

    Arguments: `weights`, one a class; `decays`, λ_W and λ_H > 0; `start`, W and H.
    Raises: ArithmeticError where it is not at rest after MOST_STEPS steps.
    """
    Z, omega = centred_labels(counts), np.asarray(weights, dtype=float)[list(counts.labels)]
    (left, right), (on_W, on_H) = start, decays
    step = 0.4 / (2 * float(omega.max()) * math.sqrt(max(counts.per_class)) + on_W + on_H)
    for _ in range(MOST_STEPS):
        G = (Z - left @ right) * omega
        down_W, down_H = G @ right.T - on_W * left, left.T @ G - on_H * right
        left, right = left + step * down_W, right + step * down_H
        if max(np.abs(down_W).max(), np.abs(down_H).max()) < AT_REST:
            return left, right
    raise ArithmeticError(f"the descent of counts {counts.per_class} with decay {decays} is not at rest after {MOST_STEPS} steps")


def decayed_flow(counts: ClassCounts, weights: Array, decays: Decays, start: tuple[Array, Array], horizon: float) -> ModelRun:
    """The gradient flow of the squared loss and both penalties from W and H, up to a horizon in flow time."""
    losses = compile_loss(loss_named("squared"), counts, counts.labels)
    omega = np.asarray(weights, dtype=float)[list(counts.labels)]
    given = {decay_W: decays[0], decay_H: decays[1]}
    return run(ModelFlow(WITHOUT_BIAS, descent(WITHOUT_BIAS), losses, omega, {W: start[0], H: start[1]}, given), horizon)


def objective(counts: ClassCounts, weights: Array, decays: Decays, factors: tuple[Array, Array]) -> float:
    """½ Σ ω‖z − Wh‖² + (λ_W/2)‖W‖² + (λ_H/2)‖H‖²."""
    left, right = factors
    error = centred_labels(counts) - left @ right
    omega = np.asarray(weights, dtype=float)[list(counts.labels)]
    return float(np.sum(error**2 * omega) + decays[0] * np.sum(left**2) + decays[1] * np.sum(right**2)) / 2
