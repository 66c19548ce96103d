"""Growth of modes beside the origin, measured on solved paths of the gradient flow's relatives."""

from __future__ import annotations

import numpy as np

from numerics import Array
from numerics.integrate import Motion, integrate
from numerics.problem import Problem
from numerics.unconstrained_features.descent import SampleFlow
from numerics.unconstrained_features.experiment import Experiment

NEGLIGIBLE = 1e-13  # of the largest entry of a state


class Solvable:
    """A motion with a tolerance that follows the largest entry of the state."""

    def __init__(self, motion: Motion) -> None:
        self._motion = motion
        self.initial_state = motion.initial_state

    def derivative(self, t: float, state: Array) -> Array:
        """That of the motion."""
        return self._motion.derivative(t, state)

    def resolution(self, state: Array) -> Array:
        """NEGLIGIBLE of the largest entry, in every entry."""
        return np.full_like(state, NEGLIGIBLE * np.abs(state).max())


class Ascent:
    """w' = v(w − r v(w)) for v minus the gradient: descent by the gradient after a step of ascent of radius r."""

    def __init__(self, flow: SampleFlow, radius: float) -> None:
        """Arguments: `radius`, r ≥ 0, in flow time; it is not divided by a norm."""
        self._flow, self._radius = flow, radius
        self.initial_state = flow.initial_state

    def derivative(self, t: float, state: Array) -> Array:
        """Minus the gradient where ascent has led."""
        return self._flow.derivative(t, state - self._radius * self._flow.derivative(t, state))


def growth_rates(problem: Problem, motion: Motion, logits: SampleFlow, time: float) -> Array:
    """d ln|u_iᵀLv_i|/dt halved, over the second half of a time, for the modes of ZΩ from the largest singular value down.

    L is quadratic in the parameters, so that this is the growth of W and H. Logits have to stay small on the way.
    """
    labels = np.array(problem.counts.labels)
    target = (np.eye(problem.counts.c) - 1 / problem.counts.c)[:, labels] * np.array(problem.weights)[labels]
    U, _, Vt = np.linalg.svd(target, full_matrices=False)
    path = integrate(Solvable(motion), time, "a small start")
    size = len(logits.initial_state)

    def strengths(state: Array) -> Array:
        return np.abs(np.diag(U.T @ logits.logits(state[:size]) @ Vt.T))[: problem.counts.c - 1]

    middle, end = (path.at(moment, strengths) for moment in (time / 2, time))
    found: Array = np.log(end / middle) / time
    return found


def small_start(problem: Problem, delta: float, seed: int) -> SampleFlow:
    """The flow of a problem from a random start of scale e^(−δ)."""
    return SampleFlow(Experiment(problem.counts, problem.weights, problem.loss, delta, "random", None, seed))
