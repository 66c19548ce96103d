"""Descent of the unconstrained features model with one sample a step: drawn by its weight, or drawn evenly and weighted."""

from __future__ import annotations

from functools import cache
from typing import Literal, get_args

import numpy as np

from numerics import Array
from numerics.compiled import SampleLosses, compile_loss
from numerics.unconstrained_features.descent import Descent, SampleFlow, recorded
from numerics.unconstrained_features.experiment import Experiment
from theory.exact import InvalidInput

Draw = Literal["sampling", "weights"]


def require_draw(draw: str) -> None:
    """Raises InvalidInput for another name than those of `Draw`."""
    if draw not in get_args(Draw):
        raise InvalidInput(f"draw={draw!r} must be one of {', '.join(get_args(Draw))}: by what samples are drawn")


def probabilities(weights: Array, draw: Draw) -> Array:
    """The probability of each sample: in proportion to its weight under sampling, even under weights; raises as `require_draw` does."""
    require_draw(draw)
    return weights / weights.sum() if draw == "sampling" else np.full(len(weights), 1 / len(weights))


class OneSampleFlow(SampleFlow):
    """W and H, entry by entry, whose derivative is an estimate from one drawn sample: its mean is that of `SampleFlow`.

    Formula: sample i with probability q_i gives −(ω_i/q_i) times the gradient of its own loss.
    """

    def __init__(self, experiment: Experiment, draw: Draw, seed: int) -> None:
        super().__init__(experiment)
        weights = np.array(experiment.weights)[self._labels]
        self.probabilities = probabilities(weights, draw)
        self._factors = weights / self.probabilities
        self._cumulative = np.cumsum(self.probabilities)
        self._generator = np.random.default_rng(seed)

        @cache
        def loss_of(label: int) -> SampleLosses:
            return compile_loss(experiment.loss, experiment.counts, [label])

        self._loss_of = loss_of

    def derivative(self, t: float, state: Array) -> Array:
        """The estimate from a sample that is drawn anew at every call."""
        drawn = np.searchsorted(self._cumulative, self._generator.random() * self._cumulative[-1], side="right")
        return self.estimate(state, int(drawn))

    def estimate(self, state: Array, sample: int) -> Array:
        """The estimate from this sample: it moves W, and of H its own column."""
        W, H = self.split(state)
        residual = self._factors[sample] * self._loss_of(int(self._labels[sample])).gradient(W @ H[:, [sample]])
        moved = np.zeros_like(H)
        moved[:, [sample]] = W.T @ residual
        return -np.concatenate([(residual @ H[:, [sample]].T).ravel(), moved.ravel()])


def descend_by_samples(
    experiment: Experiment, *, step_size: float, steps: int, seed: int, draw: Draw, until: tuple[float, float] | None = None
) -> Descent:
    """Descent on Σ_i ω_(y_i) ℓ(W h_i, y_i) with one sample a step.

    Formula: a sample i drawn with probability q_i, then W and h_i move by −η (ω_i/q_i) times the gradient of its own loss;
    q_i = ω_i/Σω for `sampling`, 1/n for `weights`.
    Arguments: `step_size` η > 0, the flow time of the mean step, the same both ways; `steps` ≥ 1; `seed`, of the draws alone: that of
    a random start is the experiment's; `draw`, "sampling" or "weights"; `until`, as of full-batch descent.
    Returns: a Descent, one row a step, as of full-batch descent with this step size.
    Valid when: η Σω under sampling, and η n ω_j under weights, are below 2 over the largest curvature of one sample's loss.
    Raises: InvalidInput for another `draw`, and as `numerics.descent.descend` does, where the run diverges included.
    """
    require_draw(draw)
    return recorded(experiment, OneSampleFlow(experiment, draw, seed), step_size=step_size, steps=steps, until=until)
