"""The first time at which something reaches a level: on a record of a run, and on its path."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from numerics import Array

READS_AT_ONCE = 1024  # grid points whose readings are in memory together
READS_PER_STEP = 4  # a level is looked for at these many points of each step: a crossing there and back shows


def of_record(times: Array | NDArray[np.int_], excess: Array) -> Array:
    """The first time at which each entry of a record is ≥ 0, linear between its times.

    Arguments: `times`, k of them, ascending; `excess`, k × …, what is recorded less its level.
    Returns: an array of shape …; the first time where it is so there already, NaN where it never is.
    """
    reached = excess >= 0
    first = np.argmax(reached, axis=0)
    before = np.maximum(first - 1, 0)
    late, early = (np.take_along_axis(excess, place[None], axis=0)[0] for place in (first, before))
    share = np.divide(early, early - late, out=np.zeros_like(late, dtype=float), where=first > 0)
    found = times[before] + share * (times[first] - times[before])
    return np.where(reached.any(axis=0), found, np.nan)


def on_path(steps: Array, excess: Callable[[float | Array], Array]) -> tuple[float | None, ...]:
    """The first time at which each entry of `excess` is ≥ 0: bracketed on a grid of the accepted steps, then a root.

    Arguments: `excess`, of a time, g numbers; of k times, k × g.
    Returns: 0.0 where it is so at the start, None where it is not on the path.
    """
    grid = np.append((steps[:-1, None] + np.diff(steps)[:, None] * np.arange(READS_PER_STEP) / READS_PER_STEP).ravel(), steps[-1])
    first = _first_places(grid, excess)
    times: list[float | None] = [None] * len(first)
    for i in np.argsort(first, kind="stable"):  # in the order of time, in which a path is read fastest
        if first[i] == 0:
            times[i] = 0.0
        elif first[i] < len(grid):
            times[i] = float(brentq(lambda t, i=i: float(excess(t)[i]), grid[first[i] - 1], grid[first[i]]))
    return tuple(times)


def _first_places(grid: Array, excess: Callable[[float | Array], Array]) -> NDArray[np.int_]:
    """The first place on the grid where each entry of `excess` is ≥ 0; the length of the grid where it never is."""
    first: NDArray[np.int_] | None = None
    for start in range(0, len(grid), READS_AT_ONCE):
        reached = excess(grid[start : start + READS_AT_ONCE]) >= 0
        places = np.where(reached.any(axis=0), start + np.argmax(reached, axis=0), len(grid))
        first = places if first is None else np.minimum(first, places)
    assert first is not None  # a run has a step
    return first
