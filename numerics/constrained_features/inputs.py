"""Inputs as arrays: a Gram matrix of samples, inputs that have it, and its means over pairs of classes."""

from __future__ import annotations

import numpy as np

from numerics import Array
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput

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
