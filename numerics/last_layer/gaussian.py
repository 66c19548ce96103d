"""Last layers on Gaussian classes: many draws of the data, each trained and its errors computed from the trained layer.

The errors of a trained layer are those on new samples. For two classes they are exact; for more they are those on new scores,
which are Gaussian, given the layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from numerics import Array
from numerics.last_layer.least_squares import fit

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
    generator = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(counts)), counts)
    each = np.asarray(weights, dtype=float)[labels]
    intercepts, means, covariances = [], [], []
    for _ in range(draws):
        trained = fit(mean[labels] + generator.standard_normal((len(labels), mean.shape[1])), targets[labels], each)
        intercepts.append(trained.intercept)
        means.append(mean @ trained.coefficients)
        covariances.append(trained.coefficients.T @ trained.coefficients)
    return Draws(np.array(intercepts), np.array(means), np.zeros((draws, len(counts))), np.array(covariances))
