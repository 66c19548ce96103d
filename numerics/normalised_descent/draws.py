"""How fast the loss of each class changes at a state, from the gradients of the class losses alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from numerics import Array
from numerics.compiled import compile_loss
from numerics.problem import Problem


@dataclass(frozen=True)
class State:
    """A problem at W (c × d) and H (d × n)."""

    problem: Problem
    W: Array
    H: Array

    def class_gradients(self) -> Array:
        """Minus the gradient of each class's weighted loss in W and H together, a row a class."""
        labels = np.array(self.problem.counts.labels)
        omega = np.array(self.problem.weights)[labels]
        residual = -compile_loss(self.problem.loss, self.problem.counts, labels.tolist()).gradient(self.W @ self.H) * omega
        rows = []
        for j in range(self.problem.counts.c):
            own = residual * (labels == j)
            rows.append(np.concatenate([(own @ self.H.T).ravel(), (self.W.T @ own).ravel()]))
        return np.array(rows)

    def loss_rates(self, power: float) -> Array:
        """dℓ_j/dt over ‖g_j‖ for each class j, where Ẋ = Σ_k g_k/‖g_k‖^power in units of the largest ‖g_k‖^(1 − power).

        Power 1 is class-normalised descent, 0 the plain gradient.
        """
        parts = self.class_gradients()
        norms = np.linalg.norm(parts, axis=1)
        velocity = (parts / norms[:, None] ** power).sum(axis=0) / norms.max() ** (1 - power)
        return -(parts @ velocity) / norms


def random_state(problem: Problem, width: int, scale: float, seed: int) -> State:
    """Independent normal entries of this deviation, H with a common part of random size: features that point alike are a hard case."""
    rng = np.random.default_rng(seed)
    common = rng.standard_normal((width, 1)) * rng.exponential()
    W = scale * rng.exponential() * rng.standard_normal((problem.counts.c, width))
    return State(problem, W, scale * (common + rng.standard_normal((width, problem.counts.n))))
