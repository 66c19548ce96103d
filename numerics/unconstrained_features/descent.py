"""Plain gradient descent, sample by sample: a second oracle that shares no equation with `flow`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from numerics import Array, descent, first_time
from numerics.basis import centred_labels
from numerics.compiled import compile_loss
from numerics.unconstrained_features.experiment import Experiment, initial_W_and_H
from theory.shown import Sheet, Shown

TIED = 1e-9  # relative distance of two singular values that are one: those of a group agree to rounding


@dataclass(frozen=True, repr=False)
class Descent(Shown):
    """A finished run; row k of each record is the state after k steps.

    Arguments: `step_size` η, flow time per step; `singular_values`, g distinct ones, descending;
    `strengths`, (steps + 1) × g, mean strength u_iᵀ L v_i over the modes of each; `margins`,
    (steps + 1) × c, least L_yy − max_(k≠y) L_ky over the samples of each class.
    """

    step_size: float
    singular_values: Array
    strengths: Array
    margins: Array

    def brief(self) -> str:
        """Steps and their size."""
        return f"{len(self.strengths) - 1} steps of η = {self.step_size:g}"

    def shown(self) -> Sheet:
        """Modes with the steps at which they are half learned."""
        modes = zip(self.singular_values, self.strengths[-1], self.mode_learning_steps(), strict=True)
        rows = [tuple(map(float, mode)) for mode in modes]
        return Sheet(
            f"gradient descent: {self.brief()}", columns=("singular value", "strength at the end", "steps to half of it"), rows=rows
        )

    def mode_learning_steps(self, fraction: float = 0.5) -> Array:
        """Steps, interpolated, at which each group of modes reaches a fraction of its singular value; NaN where it does not."""
        return first_time.of_record(np.arange(len(self.strengths)), self.strengths - fraction * self.singular_values)

    def class_learning_steps(self, margin: float = 0.5) -> Array:
        """Steps, interpolated, at which each class margin first reaches `margin`; NaN where it does not."""
        return first_time.of_record(np.arange(len(self.margins)), self.margins - margin)


class SampleFlow:
    """W and H, entry by entry, as the state of `numerics.descent`.

    Formula: dW/dt = −∂ℓ/∂L Ω Hᵀ, dH/dt = −Wᵀ ∂ℓ/∂L Ω.
    """

    def __init__(self, experiment: Experiment) -> None:
        labels = np.array(experiment.counts.labels)
        self._omega = np.array(experiment.weights)[labels]
        self._loss = compile_loss(experiment.loss, experiment.counts, labels.tolist())
        W, H = initial_W_and_H(experiment)
        self._shape = W.shape
        self.initial_state = np.concatenate([W.ravel(), H.ravel()])

    def split(self, state: Array) -> tuple[Array, Array]:
        """W, c × d, and H, d × n, of a state."""
        rows, width = self._shape
        return state[: rows * width].reshape(rows, width), state[rows * width :].reshape(width, -1)

    def logits(self, state: Array) -> Array:
        """L = WH, c × n."""
        W, H = self.split(state)
        return W @ H

    def derivative(self, t: float, state: Array) -> Array:
        """Minus the gradient at a state; the flow does not depend on t."""
        W, H = self.split(state)
        residual = self._loss.gradient(W @ H) * self._omega
        return -np.concatenate([(residual @ H.T).ravel(), (W.T @ residual).ravel()])


def descend(experiment: Experiment, *, step_size: float, steps: int) -> Descent:
    """Full-batch gradient descent on Σ_i ω_(y_i) ℓ(W h_i, y_i).

    Formula: W ← W − η ∂/∂W, H ← H − η ∂/∂H, both at the old W and H.
    Arguments: `step_size` η > 0, in flow time; `steps` ≥ 1.
    Returns: a Descent. Steps times η tend to flow times at first order in η.
    Valid when: amplitudes stay above 1e-16 of the largest logit; coordinates are plain.
    Raises: InvalidInput for η or steps out of range, and where η is so large that the run diverges.
    """
    return recorded(experiment, SampleFlow(experiment), step_size=step_size, steps=steps)


def recorded(experiment: Experiment, flow: SampleFlow, *, step_size: float, steps: int) -> Descent:
    """The record of a descent along a flow of the experiment's W and H; arguments and errors as of `descend`."""
    labels = np.array(experiment.counts.labels)
    projection, singular_values = _group_projections(experiment)

    def read(state: Array) -> Array:
        L = flow.logits(state)
        return np.concatenate([np.einsum("gij,ij->g", projection, L), _margins(L, labels)])

    record = descent.descend(flow, step_size=step_size, steps=steps, read=read)
    return Descent(step_size, singular_values, *np.split(record, [len(singular_values)], axis=1))


def _group_projections(experiment: Experiment) -> tuple[Array, Array]:
    """For each distinct singular value of Z its mean of u_i v_iᵀ (c × n), and the values, descending."""
    modes = experiment.counts.c - 1
    U, sigma, Vt = np.linalg.svd(centred_labels(experiment.counts), full_matrices=False)
    U, sigma, Vt = U[:, :modes], sigma[:modes], Vt[:modes]
    starts = [i for i in range(modes) if i == 0 or sigma[i] < sigma[i - 1] * (1 - TIED)]
    groups = [slice(i, j) for i, j in zip(starts, [*starts[1:], modes], strict=True)]
    return (np.array([U[:, group] @ Vt[group] / (group.stop - group.start) for group in groups]), sigma[starts])


def _margins(L: Array, labels: Array) -> Array:
    """The least margin over the samples of each class."""
    own = np.arange(len(L))[:, None] == labels
    gaps = L[own.argmax(axis=0), np.arange(L.shape[1])] - np.where(own, -np.inf, L).max(axis=0)
    return np.array([gaps[row].min() for row in own])
