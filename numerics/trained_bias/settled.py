"""What a trained bias is when it has settled and no feature has grown, and what each class then loses, for millions of classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from numerics import Array
from theory.data.counts import ClassCounts


@dataclass(frozen=True)
class Settled:
    """The weighted frequency π_j of each class, and the unweighted loss of a sample of each class, by the name of the loss."""

    prior: Array
    plateaus: dict[str, Array]


def settled(counts: ClassCounts, weights: Sequence[float]) -> Settled:
    """The logits of every sample are π − 1/c (squared loss) or ln π (cross-entropy); the losses are those at them."""
    masses = np.array(counts.per_class) * np.array(weights, dtype=float)
    prior = masses / masses.sum()
    squared = 0.5 * ((prior**2).sum() - prior**2 + (1 - prior) ** 2)  # half the squared distance of e_j from π
    return Settled(prior, {"squared": squared, "cross-entropy": -np.log(prior)})
