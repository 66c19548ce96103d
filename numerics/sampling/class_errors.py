"""One linear logit a class on orthonormal class features under the squared loss, trained by one sample a step: many runs at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from numerics import Array
from numerics.sampling.one_sample import Draw, probabilities
from theory.exact import InvalidInput


def final_errors(
    counts: Sequence[int], weights: Sequence[float], *, step_size: float, steps: int, runs: int, seed: int, draw: Draw
) -> Array:
    """1 − v_j of each class after `steps` steps from v = 0, in `runs` independent runs: runs × classes.

    Formula: a sample i of class j drawn with probability q_i moves v_j by −η (ω̄_i/q_i) ∂/∂v_j ½(1 − v_j)², with the weights ω̄ of
    all samples of sum 1, so that the mean step of all classes is η.
    Arguments: `weights`, one a class; `step_size`, η.
    Raises: InvalidInput for another number of weights than of classes, and for another `draw`.
    """
    if len(weights) != len(counts):
        raise InvalidInput(f"{len(weights)} weights for {len(counts)} classes: give one a class")
    labels = np.repeat(np.arange(len(counts)), counts)
    each = np.array(weights, dtype=float)[labels]
    each /= each.sum()
    q = probabilities(each, draw)
    generator = np.random.default_rng(seed)
    logits, row = np.zeros((runs, len(counts))), np.arange(runs)
    for _ in range(steps):
        drawn = np.minimum(np.searchsorted(np.cumsum(q), generator.random(runs), side="right"), len(q) - 1)
        gradient = logits[row, labels[drawn]] - 1
        logits[row, labels[drawn]] -= step_size * each[drawn] / q[drawn] * gradient
    return np.asarray(1 - logits)
