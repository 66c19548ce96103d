"""Which exponent, and which weights, give all contrasts of classes one rate where the data constrain the features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from numerics import Array
from numerics.constrained_features.rates import signals
from proofs.advise.inputs import Inputs
from theory.constrained_features.flattening import contrast_means
from theory.data.counts import ClassCounts

EVEN = 1e-12  # relative: numbers that differ by less are equal but for rounding
MOST_SHOWN = 12  # weights in a line


@dataclass(frozen=True)
class Flattening:
    """For each regime, the exponent γ of ω = n^(−γ) and the weights, of mean 1, that equalise; None where there are none.

    `rich` is the first escape from a small start, `lazy` the flow of a fixed kernel. `exact`, whether every contrast of two
    classes has one rate under the weights; else the class means are not that regular, and the weights are a fit.
    """

    rich: float | None
    lazy: float | None
    rich_weights: tuple[float, ...] | None
    lazy_weights: tuple[float, ...] | None
    exact: bool

    def as_json(self) -> dict[str, Any]:
        """The part of a document that says what flattens."""
        return {
            "rich": self.rich,
            "lazy": self.lazy,
            "rich_weights": self.rich_weights and list(self.rich_weights),
            "lazy_weights": self.lazy_weights and list(self.lazy_weights),
            "exact": self.exact,
        }


def flattening(counts: ClassCounts, inputs: Inputs, pulls: Array | None = None) -> Flattening:
    """What flattens, from one number d_j a class: contrasts have the mean squared rich rate a_j² p_j² d_j and, under the squared
    loss, the mean lazy rate a_j d_j, a_j = n_j ω_j.

    Formula: d_j is half the mean squared distance of two class means of the classes that have this count, or what
    `numerics.constrained_features.rates.signals` gives for a class that has its count alone. Weights a_j p_j √d_j = const
    (rich) and a_j d_j = const (lazy); exponents 1 + s/2, s the slope of ln(p_j² d_j) against ln n_j by least squares, and
    1 + s of that of ln d_j: for two counts these are the exponents of `theory.constrained_features.flattening`.
    Arguments: `pulls`, p_j, by how much the gradient of a sample's loss at zero logits is larger in the logit of its label
    than in another; None where they are equal, as for cross-entropy and the squared loss. Where they are not, no lazy
    weights are given: under another loss than these a fixed kernel has no rates.
    """
    n = np.array(counts.per_class, dtype=float)
    p = np.ones(counts.c) if pulls is None else np.abs(pulls)
    if counts.c < 3 or not ((d := _distances(counts, inputs.gram)).min() > 0 and p.min() > 0):
        return Flattening(None, None, None, None, False)
    even = bool(np.ptp(p) <= EVEN * p.max())
    rich, lazy = _slope(n, p**2 * d), _slope(n, d) if even else None
    return Flattening(
        None if rich is None else 1 + rich / 2,
        None if lazy is None else 1 + lazy,
        _of_mean_one(1 / (n * p * np.sqrt(d))),
        _of_mean_one(1 / (n * d)) if even else None,
        inputs.similarity is not None,
    )


def _distances(counts: ClassCounts, gram: Array) -> Array:
    """d_j of each class."""
    found = signals(gram)
    for count in set(counts.per_class):
        members = [j for j, n in enumerate(counts.per_class) if n == count]
        if len(members) > 1:
            found[members] = contrast_means(gram, members)
    return found


def _slope(counts: Array, values: Array) -> float | None:
    """The slope of ln(value) against ln(count) by least squares; None for equal counts."""
    spread = np.log(counts) - np.log(counts).mean()
    return float(spread @ np.log(values) / (spread @ spread)) if spread.any() else None


def _of_mean_one(weights: Array) -> tuple[float, ...]:
    return tuple(float(w) for w in weights / weights.mean())


def in_words(found: Flattening, inputs: Inputs) -> list[str]:
    """What a table says beside its rows where the data constrain the features."""
    if found.rich_weights is None:
        return [f"{inputs.described}: which weights give contrasts of classes one rate is not known for these"]
    way = "give all contrasts of classes one rate" if found.exact else "come nearest to giving all contrasts of classes one rate"
    said = [f"{inputs.described}; weights that {way}:"]
    for when, exponent, weights in (
        ("from a small start", found.rich, found.rich_weights),
        ("with a fixed kernel", found.lazy, found.lazy_weights),
    ):
        if weights is None:
            continue
        power = "" if exponent is None else f"n^(−{exponent:.4g}), "
        said.append(f"{when}: {power}{', '.join(f'{w:.4g}' for w in weights[:MOST_SHOWN])}{' …' * (len(weights) > MOST_SHOWN)}")
    return said
