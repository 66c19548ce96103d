"""Inputs as arrays: a Gram matrix of samples, inputs that have it, and its means over pairs of classes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from numerics import Array
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput

AT_ONCE = 8_000_000  # numbers of the features that are in memory at once: 64 MB
ROUNDING = 1e-12  # a negative eigenvalue of a Gram matrix of this share of the largest is rounding


def block_gram(counts: ClassCounts, within: float, between: float) -> Array:
    """K, n × n, of unit inputs: ρ = `within` for two samples of one class, κ = `between` for two of different classes."""
    labels = np.array(counts.labels)
    K = np.where(labels[:, None] == labels, float(within), float(between))
    np.fill_diagonal(K, 1.0)
    return K


def inputs_of(K: Array) -> Array:
    """X, n × n, with XᵀX = K: the symmetric root.

    Raises: InvalidInput where K is not positive semidefinite.
    """
    values, vectors = np.linalg.eigh(K)
    if values[0] < -ROUNDING * values[-1]:
        raise InvalidInput(f"the Gram matrix has the eigenvalue {values[0]:.3g} and must have none below 0: no inputs have it")
    root: Array = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
    return root


def class_mean_gram(K: Array, counts: ClassCounts) -> Array:
    """B, c × c: the mean of K over the samples of each two classes, the diagonal of K included."""
    average = np.eye(counts.c)[:, list(counts.labels)] / np.array(counts.per_class, dtype=float)[:, None]
    B: Array = average @ K @ average.T
    return B


def means_of(features: Any, labels: NDArray[np.int_], c: int) -> Array:
    """The class means of features, c × d₀, in one pass over them, a part at a time.

    Arguments: `features`, n × d₀, an array or one that is mapped from a file; `labels`, n whole numbers 0 … c − 1, each of which occurs.
    Raises: InvalidInput for another shape, for what is no number, and for entries that are not finite.
    """
    if len(np.shape(features)) != 2 or len(features) != len(labels) or not features.shape[1]:
        raise InvalidInput(
            f"features of shape {np.shape(features)} must be n × d with a row for each of the {len(labels)} samples: "
            "give one row of numbers a sample"
        )
    if not (np.issubdtype(features.dtype, np.number) and np.isrealobj(features)):
        raise InvalidInput(f"features are of type {features.dtype}, and must be real numbers: give one row of numbers a sample")
    n, width = features.shape
    sums, rows = np.zeros((c, width)), max(1, AT_ONCE // width)
    for start in range(0, n, rows):
        part = np.asarray(features[start : start + rows], dtype=float)
        if not np.isfinite(part).all():
            raise InvalidInput(f"features hold an entry that is not finite in rows {start} to {start + len(part) - 1}: drop or mend it")
        members = csr_array((np.ones(len(part)), (labels[start : start + rows], np.arange(len(part)))), shape=(c, len(part)))
        sums += members @ part
    means: Array = sums / np.bincount(labels, minlength=c)[:, None]
    return means
