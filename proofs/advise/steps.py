"""How large a step of descent leaves an end stable: 2 over the least curvature of an end, and over that of the flow's end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar

from numerics import Array
from theory.data.counts import ClassCounts, interchangeable

FINEST = 1e-13  # of the search for the least curvature, relative
ROUNDING = 1e-12  # of eigenvalues, relative to the largest


@dataclass(frozen=True)
class Curvatures:
    """Of the weighted squared loss, largest eigenvalues of the Hessian: at its flattest minimum, and at the end of the flow."""

    flattest: float
    balanced: float


def curvatures(counts: ClassCounts, weights: Sequence[float]) -> Curvatures:
    """The curvatures of these counts and class weights, ω as it multiplies the plain sum over the samples.

    Formula: λ_max(Ω^(1/2)(aI + S²/a)Ω^(1/2)), least over a > 0, and λ_max(Ω^(1/2)(σ_1 I + S)Ω^(1/2)), S² = N^(1/2) P N^(1/2).
    Raises: InvalidInput for another number of weights than of classes.
    """
    members = interchangeable(counts, tuple(weights))
    n, w = (np.array(values, dtype=float) for values in zip(*members, strict=True))
    m = np.array([len(classes) for classes in members.values()], dtype=float)
    square = np.sqrt(np.outer(n, n)) * (np.eye(len(n)) - np.sqrt(np.outer(m, m)) / counts.c)  # on vectors that are constant on groups
    values, vectors = np.linalg.eigh(square)
    values[values < ROUNDING * values[-1]] = 0  # the vector of ones
    root = (vectors * np.sqrt(values)) @ vectors.T
    within, of_groups = np.sqrt(n[m >= 2]), np.sqrt(np.outer(w, w))

    def largest(scale: float, on_differences: Array, on_groups: Array) -> float:
        inside = w[m >= 2] * (scale + on_differences)
        constant = np.linalg.eigvalsh(of_groups * (scale * np.eye(len(n)) + on_groups))
        return float(max(*inside, constant[-1])) if len(inside) else float(constant[-1])

    top = float(np.sqrt(n.max()))

    def spread(a: float) -> float:
        return largest(a, within**2 / a, square / a)

    near = float(minimize_scalar(spread, bounds=(FINEST * top, top), method="bounded").x)
    found = minimize_scalar(spread, bracket=(0.9 * near, near, 1.1 * near), method="golden", tol=FINEST)  # the least may be at a kink
    sigma = float(np.sqrt(max([values[-1], *within**2])))
    return Curvatures(float(found.fun), largest(sigma, within, root))
