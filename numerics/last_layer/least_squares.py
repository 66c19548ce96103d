"""Weighted least squares with an intercept: the fit, its leverages, and its residuals when a sample is left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from numerics import Array
from theory.exact import InvalidInput


@dataclass(frozen=True)
class Fit:
    """The minimiser of Σ_i ω_i ‖t_i − b − x_i w‖²: `coefficients`, w, d × outputs; `intercept`, b."""

    coefficients: Array
    intercept: Array

    def scores(self, features: Array) -> Array:
        """b + x w, one row a sample."""
        return np.asarray(features @ self.coefficients + self.intercept)


def fit(features: Array, targets: Array, weights: Array) -> Fit:
    """The weighted fit, by its normal equations.

    Arguments: `features`, n × d; `targets`, n, or n × outputs; `weights`, n numbers > 0.
    Valid when: the features with the intercept have full column rank, and a condition number well below 1e8.
    Raises: InvalidInput for sizes that do not match.
    """
    inputs, weighted = _with_intercept(features, targets, weights)
    solved: Array = np.asarray(np.linalg.solve(weighted.T @ inputs, weighted.T @ targets), dtype=float)
    return Fit(solved[1:], solved[0])


def leverages(features: Array, weights: Array) -> Array:
    """h_i, how much sample i's own target moves its prediction: the diagonal of X(XᵀΩX)⁻¹XᵀΩ, X with a column of ones."""
    inputs, weighted = _with_intercept(features, np.zeros(len(features)), weights)
    return np.asarray(np.einsum("ij,ji->i", inputs, np.linalg.solve(weighted.T @ inputs, weighted.T)))


def left_out_residuals(features: Array, targets: Array, weights: Array) -> Array:
    """Residual of each sample under the fit to all others, by as many fits."""
    everyone = np.arange(len(features))
    found = [
        targets[i] - fit(features[rest], targets[rest], weights[rest]).scores(features[i])
        for i in everyone
        for rest in [everyone[everyone != i]]
    ]
    return np.array(found)


def _with_intercept(features: Array, targets: Array, weights: Array) -> tuple[Array, Array]:
    if not len(features) == len(targets) == len(weights):
        raise InvalidInput(
            f"{len(features)} features, {len(targets)} targets and {len(weights)} weights must be as many: give one a sample"
        )
    inputs = np.column_stack([np.ones(len(features)), features])
    return inputs, inputs * np.asarray(weights)[:, None]
