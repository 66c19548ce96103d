"""What is to be learned: class counts, class weights, and a loss."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from numerics.compiled import NumericLoss, kind_of
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput
from theory.losses.loss import Loss, LossKind


@dataclass(frozen=True)
class Problem:
    """Minimise Σ_i ω_(y_i) ℓ(l_i, y_i) over the logits l_i of n samples.

    Arguments: `counts`; `weights`, ω_j > 0, one a class, already normalised (time is in their unit); `loss`.
    Raises: InvalidInput for another number of weights than of classes, or a weight that is not finite and > 0.
    """

    counts: ClassCounts
    weights: tuple[float, ...]
    loss: Loss | NumericLoss

    def __post_init__(self) -> None:
        if len(self.weights) != self.counts.c:
            raise InvalidInput(f"weights={list(self.weights)} are {len(self.weights)} for {self.counts.c} classes: give one a class")
        for weight in self.weights:
            if not (math.isfinite(weight) and weight > 0):
                raise InvalidInput(f"weight={weight} must be finite and > 0: a class of weight 0 is never learned")

    @cached_property
    def kind(self) -> LossKind:
        """What the loss is as a function of the logits: asked once, and never by name."""
        return kind_of(self.loss, self.counts)
