"""How large a step of descent may be: the curvature that a state feels."""

from __future__ import annotations

import numpy as np
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigs

from numerics import Array
from numerics.integrate import Motion, one_thread

DIFFERENCE = 1e-6  # step of the central differences, relative to the state: they are good to some nine digits for a smooth flow
SMALLEST = 5  # entries of a state below which all eigenvalues are found at once


@one_thread
def largest_curvature(flow: Motion, state: Array) -> float:
    """The largest eigenvalue of minus the Jacobian of a gradient flow at a state, which is that of the Hessian of the loss.

    Steps x ← x + η v(x) shrink every small error where η is below 2/curvature, and let some error grow where η is above.
    Valid when: the coordinates scale the gradient by a constant positive matrix, so that the eigenvalues are those of the Hessian.
    """
    step = DIFFERENCE * max(float(np.abs(state).max()), DIFFERENCE)

    def minus_jacobian(direction: Array) -> Array:
        unit = np.ravel(direction) / np.linalg.norm(direction)
        change = flow.derivative(0.0, state - step * unit) - flow.derivative(0.0, state + step * unit)
        return change / (2 * step) * float(np.linalg.norm(direction))

    size = len(state)
    if size <= SMALLEST:
        matrix = np.array([minus_jacobian(unit) for unit in np.eye(size)]).T
        return float(np.linalg.eigvals(matrix).real.max())
    start = np.random.default_rng(0).standard_normal(size)
    try:
        values = eigs(
            LinearOperator((size, size), minus_jacobian, dtype=float), 1, which="LR", v0=start, tol=1e-4, return_eigenvectors=False
        )
    except ArpackNoConvergence as error:
        values = error.eigenvalues if len(error.eigenvalues) else np.array([np.nan])
    return float(values[0].real)
