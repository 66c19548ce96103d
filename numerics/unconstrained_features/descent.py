"""Plain gradient descent, sample by sample: a second oracle that shares no equation with `flow`."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from numerics import Array
from numerics.compiled import compile_loss
from numerics.unconstrained_features.experiment import Experiment, initial_W_and_H
from theory.exact import InvalidInput

TIED = 1e-9  # relative distance of two singular values that are one: those of a group agree to rounding
DIVERGED = 1e9  # logits of this size are no longer those of a descent


@dataclass(frozen=True)
class Descent:
    """A finished run; row k of each record is the state after k steps.

    Arguments: `step_size` η, flow time per step; `singular_values`, g distinct ones, descending;
    `strengths`, (steps + 1) × g, mean strength u_iᵀ L v_i over the modes of each; `margins`,
    (steps + 1) × c, least L_yy − max_(k≠y) L_ky over the samples of each class.
    """

    step_size: float
    singular_values: Array
    strengths: Array
    margins: Array

    def mode_learning_steps(self, fraction: float = 0.5) -> tuple[float | None, ...]:
        """Steps, interpolated, at which each group of modes reaches a fraction of its singular value."""
        return tuple(
            _first_reached(column - fraction * sigma) for column, sigma in zip(self.strengths.T, self.singular_values, strict=True)
        )

    def class_learning_steps(self, margin: float = 0.5) -> tuple[float | None, ...]:
        """Steps, interpolated, at which each class margin first reaches `margin`."""
        return tuple(_first_reached(column - margin) for column in self.margins.T)


def descend(experiment: Experiment, *, step_size: float, steps: int) -> Descent:
    """Full-batch gradient descent on Σ_i ω_(y_i) ℓ(W h_i, y_i).

    Formula: W ← W − η ∂/∂W, H ← H − η ∂/∂H, both at the old W and H.
    Arguments: `step_size` η > 0, in flow time; `steps` ≥ 1.
    Returns: a Descent. Steps times η tend to flow times at first order in η.
    Valid when: amplitudes stay above 1e-16 of the largest logit; coordinates are plain.
    Raises: InvalidInput for η or steps out of range, and where η is so large that the run diverges.
    """
    if not (math.isfinite(step_size) and step_size > 0):
        raise InvalidInput(f"step_size={step_size} must be finite and > 0: it is the flow time of a step")
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
        raise InvalidInput(f"steps={steps!r} must be a whole number ≥ 1")
    labels = np.array(experiment.counts.labels)
    omega = np.array(experiment.weights)[labels]
    loss = compile_loss(experiment.loss, experiment.counts, labels.tolist())
    projection, singular_values = _group_projections(labels, experiment.counts.c)
    W, H = initial_W_and_H(experiment)
    strengths, margins = [], []
    for step in range(steps + 1):
        L = W @ H
        if not np.abs(L).max() < DIVERGED:
            raise InvalidInput(f"step_size={step_size} diverged after {step} steps: give a smaller one")
        strengths.append(np.einsum("gij,ij->g", projection, L))
        margins.append(_margins(L, labels))
        residual = loss.gradient(L) * omega
        W, H = W - step_size * residual @ H.T, H - step_size * W.T @ residual
    return Descent(step_size, singular_values, np.array(strengths), np.array(margins))


def _group_projections(labels: Array, c: int) -> tuple[Array, Array]:
    """For each distinct singular value of Z its mean of u_i v_iᵀ (c × n), and the values, descending."""
    Z = (np.arange(c)[:, None] == labels) - 1 / c
    U, sigma, Vt = np.linalg.svd(Z, full_matrices=False)
    U, sigma, Vt = U[:, : c - 1], sigma[: c - 1], Vt[: c - 1]
    starts = [i for i in range(c - 1) if i == 0 or sigma[i] < sigma[i - 1] * (1 - TIED)]
    groups = [slice(i, j) for i, j in zip(starts, [*starts[1:], c - 1], strict=True)]
    return (np.array([U[:, group] @ Vt[group] / (group.stop - group.start) for group in groups]), sigma[starts])


def _margins(L: Array, labels: Array) -> Array:
    """The least margin over the samples of each class."""
    own = np.arange(len(L))[:, None] == labels
    gaps = L[own.argmax(axis=0), np.arange(L.shape[1])] - np.where(own, -np.inf, L).max(axis=0)
    return np.array([gaps[row].min() for row in own])


def _first_reached(excess: Array) -> float | None:
    """Where a record first reaches zero from below, linear between steps; 0.0 at the start, None if never."""
    reached = np.flatnonzero(excess >= 0)
    if not len(reached):
        return None
    k = int(reached[0])
    return 0.0 if k == 0 else k - 1 + float(excess[k - 1] / (excess[k - 1] - excess[k]))
