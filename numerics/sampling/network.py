"""A small network trained on all samples at once: on copies of samples, and on samples with weights."""

from __future__ import annotations

import numpy as np

from numerics import Array

HIDDEN = 5


def train(features: Array, targets: Array, weights: Array, *, step_size: float, steps: int, seed: int) -> Array:
    """The parameters, one row a step, of a tanh network with HIDDEN units under Σ_i ω_i (t_i − aᵀ tanh(Ux_i))² / (2 Σ_i ω_i).

    Arguments: `features`, n × d; `targets` and `weights`, n numbers.
    """
    generator = np.random.default_rng(seed)
    U, a = generator.standard_normal((HIDDEN, features.shape[1])), generator.standard_normal(HIDDEN)
    share = weights / weights.sum()
    path = []
    for _ in range(steps):
        hidden = np.tanh(features @ U.T)
        error = share * (hidden @ a - targets)
        by_U, by_a = (np.outer(error, a) * (1 - hidden**2)).T @ features, hidden.T @ error
        U, a = U - step_size * by_U, a - step_size * by_a
        path.append(np.concatenate([U.ravel(), a]))
    return np.array(path)
