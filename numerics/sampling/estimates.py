"""What a step from one drawn sample is in the mean, and how far it varies, over all samples that may be drawn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from numerics import Array
from numerics.sampling.one_sample import Draw, probabilities


def trace_of_covariance(gradients: Array, weights: Array, draw: Draw) -> float:
    """E‖step − E step‖² of the step that estimates Σ ω_i g_i from one sample, summed over the samples that may be drawn.

    Arguments: `gradients`, one row a sample; `weights`, one a sample.
    Raises: InvalidInput for another `draw`.
    """
    q = probabilities(weights, draw)
    steps = gradients * (weights / q)[:, None]
    return float(q @ ((steps - q @ steps) ** 2).sum(axis=1))


def square_factors(counts: Sequence[int], weights: Sequence[float], step_size: float, draw: Draw) -> Array:
    """E e_j² after one step from e_j = 1 of one logit a class on orthonormal class features, summed over the samples that may be drawn.

    Formula: sample i of class j moves v_j by −η (ω̄_i/q_i) times the derivative of ½(1 − v_j)², weights ω̄ of sum 1 over the samples.
    """
    labels = np.repeat(np.arange(len(counts)), counts)
    each = np.array(weights, dtype=float)[labels]
    each /= each.sum()
    q = probabilities(each, draw)
    found = np.zeros(len(counts))
    for i, label in enumerate(labels):
        errors = np.ones(len(counts))
        errors[label] -= step_size * each[i] / q[i]
        found += q[i] * errors**2
    return found
