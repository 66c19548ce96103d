"""W and H at sample level from a start with WWᵀ = ακI, a given Gram matrix of features, and WH = 0."""

from __future__ import annotations

import numpy as np

from numerics import Array
from numerics.constrained_features.runs import class_margins
from numerics.depth.layers import layers_run
from numerics.problem import Problem
from theory.exact import InvalidInput


def lazy_start(problem: Problem, alpha: float, beta: float, rho: float, scale: float) -> list[Array]:
    """W = √(ακ)(I, 0) and H = √κ(0, C) with CᵀC of entries β on the diagonal, βρ inside a class, 0 across; κ = `scale`.

    Raises: InvalidInput unless α, β ≥ 0, 0 ≤ ρ ≤ 1 and κ > 0.
    """
    if not (alpha >= 0 and beta >= 0 and 0 <= rho <= 1 and scale > 0):
        raise InvalidInput(f"alpha={alpha}, beta={beta}, rho={rho}, scale={scale} must be ≥ 0, ≥ 0, between 0 and 1, and > 0")
    labels = np.array(problem.counts.labels)
    gram = beta * ((1 - rho) * np.eye(len(labels)) + rho * (labels[:, None] == labels))
    values, vectors = np.linalg.eigh(gram)
    root = np.sqrt(np.maximum(values, 0))[:, None] * vectors.T
    c = problem.counts.c
    W = np.hstack([np.sqrt(alpha) * np.eye(c), np.zeros((c, len(labels)))])
    return [np.sqrt(scale) * W, np.sqrt(scale) * np.vstack([np.zeros((c, len(labels))), root])]


def lazy_margins(problem: Problem, alpha: float, beta: float, rho: float, scale: float, time: float) -> Array:
    """The margin of each class at t/κ of the flow of free features from `lazy_start`."""
    run = layers_run(problem, lazy_start(problem, alpha, beta, rho, scale), time / scale)
    return class_margins(problem)(run.path.at(run.path.t[-1], run.logits))
