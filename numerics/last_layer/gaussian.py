"""Last layers on Gaussian classes: many draws of the data, each trained and its errors computed from the trained layer.

The errors of a trained layer are those on new samples. For two classes they are exact; for more they are those on new scores,
which are Gaussian, given the layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import ndtr

from numerics import Array

NEW_SAMPLES = 1000  # scores that are drawn for each class of a trained layer


@dataclass(frozen=True)
class Draws:
    """One row a draw of the data: `intercepts`, draws × outputs; `means`, draws × classes × outputs, scores of the class means without
    the intercept; `errors`, draws × classes; `covariances`, draws × outputs × outputs, of a sample's scores about its class mean."""

    intercepts: Array
    means: Array
    errors: Array
    covariances: Array


def two_classes(counts: Sequence[int], features: int, length: float, weights: Sequence[float], *, draws: int, seed: int) -> Draws:
    """Labels 1 and −1 in the order of `counts`, features yμ + g in `features` dimensions with ‖μ‖ = `length`."""
    mean = np.zeros((2, features))
    mean[:, 0] = length, -length
    targets = np.array([[1.0], [-1.0]])
    found = _draws(counts, mean, targets, weights, draws, seed)
    signs = np.array([1, -1])
    scores = signs * (found.means[:, :, 0] + found.intercepts) / np.sqrt(found.covariances[:, :, 0])
    return Draws(found.intercepts, found.means, ndtr(-scores), found.covariances)


def simplex_classes(counts: Sequence[int], features: int, length: float, weights: Sequence[float], *, draws: int, seed: int) -> Draws:
    """One-hot targets, class means of norm `length` at the corners of a regular simplex about 0; the largest score decides."""
    c = len(counts)
    corners = np.eye(c) - 1 / c
    mean = np.zeros((c, features))
    mean[:, :c] = corners * (length / np.linalg.norm(corners[0]))
    found = _draws(counts, mean, np.eye(c), weights, draws, seed)
    generator = np.random.default_rng(seed + 1)
    errors = np.empty((draws, c))
    for k, covariance in enumerate(found.covariances):
        about = generator.standard_normal((c, NEW_SAMPLES, c)) @ _root(covariance).T
        scores = about + (found.means[k] + found.intercepts[k])[:, None]
        errors[k] = np.mean(scores.argmax(axis=2) != np.arange(c)[:, None], axis=1)
    return Draws(found.intercepts, found.means, errors, found.covariances)


def _root(covariance: Array) -> Array:
    """A matrix whose product with its transpose is the covariance, which is singular where scores sum to a constant."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0)))


def _draws(counts: Sequence[int], mean: Array, targets: Array, weights: Sequence[float], draws: int, seed: int) -> Draws:
    """Each draw's weighted fit by its normal equations, in which a class is its moments times its weight."""
    moments, each = _moments(tuple(counts), mean.tobytes(), mean.shape[1], draws, seed), np.asarray(weights, dtype=float)
    right = np.einsum("k,nki,ko->nio", each, moments[:, :, :, 0], targets)
    solved = np.linalg.solve(np.einsum("k,nkij->nij", each, moments), right)
    intercepts, coefficients = solved[:, 0], solved[:, 1:]
    covariances = np.einsum("nio,nip->nop", coefficients, coefficients)
    return Draws(intercepts, mean @ coefficients, np.zeros((draws, len(counts))), covariances)


@lru_cache(maxsize=2)  # other weights, such as those of a near miss, are fitted to the same draws
def _moments(counts: tuple[int, ...], mean: bytes, features: int, draws: int, seed: int) -> Array:
    """Σ xxᵀ over the samples of each class, x with a first entry of 1: draws × classes × (d + 1) × (d + 1).

    Arguments: `mean`, the bytes of the class means.
    """
    generator, means = np.random.default_rng(seed), np.frombuffer(mean).reshape(-1, features)
    found = np.empty((draws, len(counts), features + 1, features + 1))
    for each in found:
        drawn = generator.standard_normal((sum(counts), features))
        for moment, own, at in zip(each, np.split(drawn, np.cumsum(counts)[:-1]), means, strict=True):
            own += at
            moment[0, 0], moment[0, 1:] = len(own), own.sum(axis=0)
            moment[1:, 0], moment[1:, 1:] = moment[0, 1:], own.T @ own
    return found
