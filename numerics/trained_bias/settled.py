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
    others, first = _others(prior), int(prior.argmax())
    squares = (prior**2).sum() - prior**2
    squares[first] = (np.delete(prior, first) ** 2).sum()
    squared = 0.5 * (squares + others**2)  # half the squared distance of e_j from π
    cross_entropy = -np.log(prior)
    cross_entropy[first] = -np.log1p(-others[first])
    return Settled(prior, {"squared": squared, "cross-entropy": cross_entropy})


def drive(counts: ClassCounts, weights: Sequence[float]) -> Array:
    """n_jω_j (e_j − π), c × c, one column a class: minus the gradient of the summed squared loss or cross-entropy at the settled bias."""
    masses = np.array(counts.per_class) * np.array(weights, dtype=float)
    prior = masses / masses.sum()
    left = np.tile(-prior[:, None], counts.c)
    np.fill_diagonal(left, _others(prior))
    columns: Array = left * masses
    return columns


def _others(prior: Array) -> Array:
    """1 − π_j; of the largest share it is the sum of the others, because the difference has no digits left where π_j is near 1."""
    first = int(prior.argmax())
    others = 1 - prior
    others[first] = np.delete(prior, first).sum()
    return others
