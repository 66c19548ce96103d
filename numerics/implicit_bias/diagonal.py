"""The flow of a diagonal linear network on weighted least squares, layer by layer."""

from __future__ import annotations

import numpy as np
from scipy.integrate import solve_ivp

from numerics import Array
from theory.exact import InvalidInput

RELATIVE, ABSOLUTE = 1e-11, 1e-13  # tolerances of a step of the integrator


def diagonal_flow(X: Array, y: Array, weights: Array, *, start: float, time: float, decay: float = 0.0) -> Array:
    """β = u² − v² at a time, from u = v = `start`, under u' = −∂/∂u, v' = −∂/∂v of Σ_i ω_i (x_iᵀβ − y_i)² + λ(‖u‖² + ‖v‖²)/2.

    Arguments: `X`, one row a sample; `weights`, one a sample; `decay`, λ.
    Raises: InvalidInput for sizes that do not match, and for a start or time that is not > 0.
    """
    samples, entries = X.shape
    if y.shape != (samples,) or weights.shape != (samples,):
        raise InvalidInput(f"y and weights have shapes {y.shape} and {weights.shape}, and X has {samples} rows: give one a row")
    if not (start > 0 and time > 0):
        raise InvalidInput(f"start={start} and time={time} must be > 0")

    def motion(t: float, state: Array) -> Array:
        u, v = np.split(state, 2)
        by_beta = 2 * X.T @ (weights * (X @ (u**2 - v**2) - y))
        return np.concatenate([-2 * u * by_beta - decay * u, 2 * v * by_beta - decay * v])

    run = solve_ivp(motion, (0.0, time), np.full(2 * entries, start), method="LSODA", rtol=RELATIVE, atol=ABSOLUTE)
    u, v = np.split(run.y[:, -1], 2)
    return np.asarray(u**2 - v**2)
