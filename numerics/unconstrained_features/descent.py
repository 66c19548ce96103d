"""Descent in steps, sample by sample, by the plain gradient or another rule: a second oracle that shares no equation with `flow`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from numerics import Array, descent, first_time
from numerics.basis import centred_labels
from numerics.compiled import compile_loss
from numerics.integrate import Motion
from numerics.matrices import polar
from numerics.unconstrained_features.experiment import Experiment, initial_W_and_H
from theory.shown import Sheet, Shown

Parts: TypeAlias = tuple[Array, Array]  # of W, c × d, and of H, d × n
# The velocity of W and H, from W, H, the residual G = −∂ℓ/∂L Ω (c × n) and the class of each sample. All but `class_normalised` take
# stacks of matrices as well.
Rule: TypeAlias = Callable[[Array, Array, Array, Array], Parts]
TIED = 1e-9  # relative distance of two singular values that are one: those of a group agree to rounding


@dataclass(frozen=True, repr=False)
class Descent(Shown):
    """A finished run; row k of each record is the state after k steps.

    Arguments: `step_size` η, flow time per step; `singular_values`, g distinct ones, descending;
    `strengths`, (steps + 1) × g, mean strength u_iᵀ L v_i over the modes of each; `margins`,
    (steps + 1) × c, least L_yy − max_(k≠y) L_ky over the samples of each class; `losses`, Σ ω ℓ of each state.
    """

    step_size: float
    singular_values: Array
    strengths: Array
    margins: Array
    losses: Array

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


def gradient(W: Array, H: Array, G: Array, labels: Array) -> Parts:
    """Minus the gradient: GHᵀ and WᵀG."""
    return G @ H.swapaxes(-1, -2), W.swapaxes(-1, -2) @ G


def sign(W: Array, H: Array, G: Array, labels: Array) -> Parts:
    """The sign of each entry of minus the gradient."""
    by_W, by_H = gradient(W, H, G, labels)
    return np.sign(by_W), np.sign(by_H)


def spectral(W: Array, H: Array, G: Array, labels: Array) -> Parts:
    """The polar factor of minus the gradient in W, and of that in H."""
    by_W, by_H = gradient(W, H, G, labels)
    return polar(by_W), polar(by_H)


def class_normalised(W: Array, H: Array, G: Array, labels: Array) -> Parts:
    """The sum over classes of minus the gradient of the class's loss, divided by its norm over W and H together; 0 for one that is 0."""
    by_W, by_H = np.zeros_like(W), W.T @ G
    for j in range(len(W)):
        own = labels == j
        part = G[:, own] @ H[:, own].T
        whole = np.concatenate([part.ravel(), by_H[:, own].ravel()])
        largest = np.abs(whole).max() or 1.0  # squares of numbers below 1e-162 are 0, and of those above 1e154 infinite
        norm = np.linalg.norm(whole / largest) or 1.0
        by_W += part / largest / norm
        by_H[:, own] = by_H[:, own] / largest / norm
    return by_W, by_H


class SampleFlow:
    """W and H, entry by entry, as the state of `numerics.descent`.

    Formula: by the plain gradient dW/dt = −∂ℓ/∂L Ω Hᵀ, dH/dt = −Wᵀ ∂ℓ/∂L Ω; else as the rule makes of it.
    """

    def __init__(self, experiment: Experiment, rule: Rule = gradient) -> None:
        labels = np.array(experiment.counts.labels)
        self._labels, self._rule = labels, rule
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

    def total_loss(self, logits: Array) -> float:
        """Σ ω ℓ at these logits."""
        return float(self._omega @ self._loss.value(logits))

    def derivative(self, t: float, state: Array) -> Array:
        """What the rule makes of minus the gradient at a state; the flow does not depend on t."""
        W, H = self.split(state)
        residual = -self._loss.gradient(W @ H) * self._omega
        return np.concatenate([part.ravel() for part in self._rule(W, H, residual, self._labels)])


class SampleFlows:
    """The flows of experiments that differ in weights and start alone, side by side: the state is W and H of one after another."""

    def __init__(self, experiments: Sequence[Experiment], rule: Rule = gradient) -> None:
        first = experiments[0]
        self._labels, self._rule = np.array(first.counts.labels), rule
        self._omega = np.array([each.weights for each in experiments])[:, None, self._labels]
        self._loss = compile_loss(first.loss, first.counts, self._labels.tolist() * len(experiments))
        starts = list(map(initial_W_and_H, experiments))
        self._shape, self._entries = (len(starts), *starts[0][0].shape), starts[0][0].size
        self.initial_state = np.concatenate([part.ravel() for start in starts for part in start])

    def split(self, state: Array) -> tuple[Array, Array]:
        """W, k × c × d, and H, k × d × n, of a state of k experiments."""
        k, c, d = self._shape
        each = state.reshape(k, -1)
        return each[:, : self._entries].reshape(k, c, d), each[:, self._entries :].reshape(k, d, -1)

    def logits(self, state: Array) -> Array:
        """L = WH, k × c × n."""
        W, H = self.split(state)
        return W @ H

    def derivative(self, t: float, state: Array) -> Array:
        """What the rule makes of minus the gradient of each."""
        W, H = self.split(state)
        samples = (W @ H).swapaxes(0, 1)  # c × k × n: the samples of all experiments are columns of one loss
        residual = -self._loss.gradient(samples.reshape(len(samples), -1)).reshape(samples.shape).swapaxes(0, 1) * self._omega
        by_W, by_H = self._rule(W, H, residual, self._labels)
        return np.concatenate([by_W.reshape(len(W), -1), by_H.reshape(len(H), -1)], axis=1).ravel()


class HeavyBall:
    """μẌ + Ẋ = v(X) for a flow v: the state is X and Ẋ, which starts at 0."""

    def __init__(self, flow: SampleFlow, inertia: float) -> None:
        """Arguments: `inertia`, μ > 0, in flow time."""
        self._flow, self._inertia = flow, inertia
        self.initial_state = np.concatenate([flow.initial_state, np.zeros_like(flow.initial_state)])

    def derivative(self, t: float, state: Array) -> Array:
        """Ẋ, and (v(X) − Ẋ)/μ."""
        X, moving = np.split(state, 2)
        return np.concatenate([moving, (self._flow.derivative(t, X) - moving) / self._inertia])


def descend(
    experiment: Experiment,
    *,
    step_size: float,
    steps: int,
    rule: Rule = gradient,
    inertia: float = 0.0,
    until: tuple[float, float] | None = None,
) -> Descent:
    """Full-batch descent on Σ_i ω_(y_i) ℓ(W h_i, y_i).

    Formula: by the plain gradient W ← W − η ∂/∂W, H ← H − η ∂/∂H, both at the old W and H.
    Arguments: `step_size` η > 0, in flow time; `steps` ≥ 1; `inertia` μ > 0 for a heavy ball; `until`, a fraction and a margin: the
    descent ends where every mode has had the fraction of its singular value, and every class the margin.
    Returns: a Descent. Steps times η tend to flow times at first order in η.
    Valid when: amplitudes stay above 1e-16 of the largest logit; coordinates are plain.
    Raises: InvalidInput for η or steps out of range, and where η is so large that the run diverges.
    """
    return recorded(experiment, SampleFlow(experiment, rule), step_size=step_size, steps=steps, inertia=inertia, until=until)


def learning_times(experiments: Sequence[Experiment], *, step_size: float, steps: int, rule: Rule, fraction: float = 0.5) -> Array:
    """Times, as of `Descent.mode_learning_steps`, of experiments of the same counts, loss and width: one row each.

    Raises: as `descend`.
    """
    flow = SampleFlows(experiments, rule)
    projection, singular_values = _group_projections(experiments[0])
    read = projection.reshape(len(projection), -1).T

    def strengths(state: Array) -> Array:
        found: Array = flow.logits(state).reshape(len(experiments), -1) @ read
        return found

    record = descent.descend(flow, step_size=step_size, steps=steps, read=strengths)
    return step_size * first_time.of_record(np.arange(len(record)), record - fraction * singular_values)


def recorded(
    experiment: Experiment,
    plain: SampleFlow,
    *,
    step_size: float,
    steps: int,
    inertia: float = 0.0,
    until: tuple[float, float] | None = None,
) -> Descent:
    """The record of a descent along a flow of the experiment's W and H; arguments and errors as of `descend`."""
    flow: Motion = HeavyBall(plain, inertia) if inertia else plain
    labels = np.array(experiment.counts.labels)
    projection, singular_values = _group_projections(experiment)
    size, modes = len(plain.initial_state), len(singular_values)

    def read(state: Array) -> Array:
        L = plain.logits(state[:size])
        return np.concatenate([np.einsum("gij,ij->g", projection, L), _margins(L, labels), [plain.total_loss(L)]])

    wanted = None if until is None else np.append(until[0] * singular_values, np.full(experiment.counts.c, until[1]))
    reached = np.zeros(modes + experiment.counts.c, dtype=bool)

    def enough(numbers: Array) -> bool:
        reached[:] |= wanted is not None and numbers[:-1] >= wanted
        return bool(reached.all())

    record = descent.descend(flow, step_size=step_size, steps=steps, read=read, enough=enough)
    strengths, margins, losses = np.split(record, [modes, record.shape[1] - 1], axis=1)
    return Descent(step_size, singular_values, strengths, margins, losses[:, 0])


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
