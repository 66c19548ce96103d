"""Descent in steps, x ← x + η v(x), of any flow y' = v(y): gradient descent where v is −gradient."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from numerics import Array
from numerics.integrate import Motion
from theory.exact import InvalidInput

DIVERGED = 1e9  # an entry this large, in units of the largest one at the start or of 1, means that the descent diverges


def descend(
    flow: Motion, *, step_size: float, steps: int, read: Callable[[Array], Array], enough: Callable[[Array], bool] = lambda numbers: False
) -> Array:
    """What is read off each state of a descent from the start of a flow.

    Arguments: `step_size` η > 0, flow time a step; `steps` ≥ 1; `read`, numbers of a state; `enough`, of these numbers, ends the
    descent where it is true.
    Returns: (steps + 1) × numbers, fewer where it was enough; row k is read after k steps. Steps times η tend to flow times at first
    order in η.
    Raises: InvalidInput for η or steps out of range, and where η is so large that the descent diverges.
    """
    if not (math.isfinite(step_size) and step_size > 0):
        raise InvalidInput(f"step_size={step_size} must be finite and > 0: it is the flow time of a step")
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
        raise InvalidInput(f"steps={steps!r} must be a whole number ≥ 1")
    state = flow.initial_state
    largest = DIVERGED * max(1.0, float(np.abs(state).max()))
    record = [read(state)]
    for step in range(steps):
        try:
            state = state + step_size * flow.derivative(step * step_size, state)
        except FloatingPointError:
            state = np.full_like(state, np.inf)
        if not np.abs(state).max() < largest:
            raise InvalidInput(f"step_size={step_size} diverged after {step + 1} steps: give a smaller one")
        record.append(read(state))
        if enough(record[-1]):
            break
    return np.array(record)
