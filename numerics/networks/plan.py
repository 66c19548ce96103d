"""What an experiment on images trains: data only, no torch."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np

from theory.data.counts import ClassCounts
from theory.data.weights import class_weights
from theory.exact import InvalidInput

LOSSES = ("cross-entropy", "squared")
SLICE = 1024  # images that are taken at once, which bounds the memory of a full batch
LOGGED = 40  # number of logged steps, evenly spaced on a logarithmic scale: dense early, sparse late


@dataclass(frozen=True)
class Plan:
    """What an experiment trains, and how.

    Arguments: `counts` of the training subset, in class order, drawn anew for each seed; `losses` of `LOSSES` with a
    step size each; `exponents` γ of the weights n^(−γ), normalised as `normalization` says; `seeds`, each of them one
    subset, one start and one order of batches for all losses and exponents; `level`, the test accuracy of the minority
    whose step is asked for; `batch`, None for full-batch descent; `init_scale` times torch's usual start; `pixels`,
    28, or 14 for images averaged over 2 × 2 pixels; `test_per_class`, None for all test images; `noise`, every image
    replaced by its own independent noise, so that images of a class have nothing in common; `width`, of two linear layers
    L = WVX without biases in place of the convolutions, None for these; `classifier_bias`, False where it is frozen at 0;
    `centred`, whether the mean feature of the images that are taken together (of all training images, at each step; of
    the test images, where these are called) is taken off before the classifier; `output_scale` α, logits α(f − f₀) with f₀
    those at the start and steps η/α², None for the logits f themselves.
    """

    dataset: str
    counts: ClassCounts
    steps: int
    step_sizes: tuple[float, ...]
    losses: tuple[str, ...] = LOSSES
    exponents: tuple[Fraction, ...] = tuple(Fraction(k, 4) for k in range(7))  # the best exponent lies well inside
    seeds: tuple[int, ...] = tuple(range(10))
    level: float = 0.25
    normalization: str = "mass"
    batch: int | None = None
    init_scale: float = 1.0
    channels: tuple[int, int, int] = (4, 8, 16)
    pixels: int = 28
    test_per_class: int | None = None
    noise: bool = False
    width: int | None = None
    classifier_bias: bool = True
    centred: bool = False
    output_scale: float | None = None

    def __post_init__(self) -> None:
        if self.batch is not None and not 1 <= self.batch <= self.counts.n:
            raise InvalidInput(f"batch={self.batch} must lie between 1 and n = {self.counts.n}: None is the full batch")
        if self.pixels not in (14, 28):
            raise InvalidInput(f"pixels={self.pixels} must be 28, or 14 for averaged images")
        if len(self.step_sizes) != len(self.losses) or not set(self.losses) <= set(LOSSES):
            raise InvalidInput(f"losses={list(self.losses)} must be of {', '.join(LOSSES)}, with a step size each")
        if self.centred and (self.batch is not None or self.counts.n > SLICE):
            raise InvalidInput(f"centred=True needs all images at once: give batch=None and at most {SLICE} images")

    @property
    def logged_steps(self) -> tuple[int, ...]:
        """0, and about `LOGGED` steps up to the last."""
        return tuple(sorted({0, *(round(step) for step in np.geomspace(1, self.steps, LOGGED))}))

    def weights(self) -> np.ndarray:
        """ω, exponents × classes."""
        return np.array(
            [
                [float(w) for w in class_weights(self.counts, gamma, self.normalization)]  # type: ignore[arg-type]
                for gamma in self.exponents
            ]
        )

    def batch_at(self, seed: int, step: int) -> np.ndarray | None:
        """Positions in the subset that step `step` uses: a fresh order each epoch, known without the steps before it."""
        if self.batch is None:
            return None
        epoch, place = divmod(step, self.counts.n // self.batch)
        return _epoch_order(self.counts.n, seed, epoch)[place * self.batch : (place + 1) * self.batch]


@lru_cache(maxsize=64)  # asked for at every step of an epoch, by several seeds at once
def _epoch_order(n: int, seed: int, epoch: int) -> np.ndarray:
    return np.random.default_rng([seed, epoch]).permutation(n)
