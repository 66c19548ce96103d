"""What the claims on depth share: STEP as it is run, and learning times of layers at sample level."""

from __future__ import annotations

from functools import cache

import numpy as np

from numerics.constrained_features.runs import mode_shares
from numerics.depth.layers import layers_run, spectral_layers
from numerics.problem import Problem
from theory.data.counts import ClassCounts
from theory.losses import loss_named

DIRECTIONS = np.array([[1, -1, 0, 0], [1, 1, -1, -1], [0, 0, 1, -1.0]]).T  # majority contrast, middle, minority contrast


def setting(ratio: int, gamma: float) -> Problem:
    """Two majority classes of `ratio` samples, two minority classes of one, ω = n^(−γ), the squared loss."""
    counts = ClassCounts((ratio, ratio, 1, 1))
    return Problem(counts, tuple(float(n) ** -gamma for n in counts.per_class), loss_named("squared"))


@cache
def learning_times(
    ratio: int,
    gamma: float,
    number: int,
    start: float,
    fraction: float = 0.5,
    weighted: bool = False,
    strengths: tuple[float, ...] = (1, 1, 1),
) -> np.ndarray:
    """When the majority contrast, the middle mode and the minority contrast reach a fraction, from amplitudes start·strength.

    The strengths are those of the modes, σ descending. `weighted` starts along ZΩ in place of Z.
    """
    problem = setting(ratio, gamma)
    growth = -np.log(start) if number == 2 else start ** (2 - number) / (number - 2)
    slowest = min(np.sqrt(n) * w for n, w in zip(problem.counts.per_class, problem.weights, strict=True))
    horizon = 1.3 * growth / slowest / min(strengths) ** (number - 2) + 8
    begin, shares = spectral_layers(problem, number, start * np.array(strengths), weighted), mode_shares(problem, DIRECTIONS)
    run = layers_run(problem, begin, horizon, lambda logits: bool((shares(logits) >= fraction).all()))
    return np.array(run.first_times(shares, fraction), dtype=float)


def time_slopes(ratio: int, gamma: float, number: int, starts: tuple[float, float], fraction: float = 0.5, **more) -> np.ndarray:
    """(T(ε') − T(ε)) over how much ε^(2−N)/(N − 2) grows, or δ = −ln ε for two layers: it tends to the limit of (N−2)ε^(N−2) T, of T/δ."""
    late, early = (learning_times(ratio, gamma, number, start, fraction, **more) for start in starts[::-1])
    growth = [-np.log(start) if number == 2 else start ** (2 - number) / (number - 2) for start in starts]
    return (late - early) / (growth[1] - growth[0])
