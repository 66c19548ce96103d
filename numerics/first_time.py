"""The first time at which something reaches a level: on a record of a run, and on its path."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import elementwise

from numerics import Array

READS_AT_ONCE = 1024  # grid points whose readings are in memory together
ROOT = 1e-15  # relative accuracy of a root, as far as rounding lets it come
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


Excess = Callable[[Array, NDArray[np.bool_] | None], Array]


class Watch:
    """The first time at which each of g numbers is ≥ 0, found while a run goes on: bracketed on a grid of its steps, then a root."""

    def __init__(self) -> None:
        self._found: list[float | None] = []
        self._before: float | None = None

    @property
    def times(self) -> tuple[float | None, ...]:
        """What is found: 0.0 (or the first time seen) for what is so at the start, None for what is not yet so."""
        return tuple(self._found)

    def see(self, steps: Array, excess: Excess) -> None:
        """Look at some steps that follow those seen before.

        Arguments: `steps`, the ends of steps, ascending; `excess`, of k times and a k × g mask of what is asked for, or None for all, gives
        k × g numbers; those that are not asked for may have any value.
        """
        grid = np.append((steps[:-1, None] + np.diff(steps)[:, None] * np.arange(READS_PER_STEP) / READS_PER_STEP).ravel(), steps[-1])
        if self._before is not None:
            grid = grid[1:]
        for start in range(0, len(grid), READS_AT_ONCE):
            self._see(grid[start : start + READS_AT_ONCE], excess)

    def _see(self, grid: Array, excess: Excess) -> None:
        asked = np.array([time is None for time in self._found], dtype=bool)
        if self._found and not asked.any():
            return
        reached = excess(grid, np.tile(asked, (len(grid), 1))) >= 0 if self._found else excess(grid, None) >= 0
        if not self._found:
            self._found, asked = [None] * reached.shape[1], np.ones(reached.shape[1], dtype=bool)
        first = np.where(asked & reached.any(axis=0), np.argmax(reached, axis=0), len(grid))
        before = self._before
        for i in np.flatnonzero((first == 0) & (before is None)):
            self._found[i] = float(grid[0])
        late = first if before is None else first + 1
        places = grid if before is None else np.append(before, grid)
        crossing = np.flatnonzero((late > 0) & (first < len(grid)))
        for i, time in zip(crossing, _roots(crossing, places[late[crossing] - 1], places[late[crossing]], excess, len(first)), strict=True):
            self._found[i] = float(time)
        self._before = float(grid[-1])


def _roots(entries: NDArray[np.int_], low: Array, high: Array, excess: Excess, count: int) -> Array:
    """Where some entries of `excess` cross from < 0 to ≥ 0, each between its `low` and `high`: all at once."""
    if not len(entries):
        return low

    def value(times: Array, entry: NDArray[np.int_]) -> Array:
        order = np.argsort(times, kind="stable")  # in the order of time, in which a path is read
        found = np.empty(len(times))
        found[order] = excess(times[order], np.arange(count) == entry[order, None])[np.arange(len(times)), entry[order]]
        return found

    tolerances = {"xatol": 0.0, "xrtol": ROOT, "fatol": 0.0, "frtol": 0.0}
    return np.asarray(elementwise.find_root(value, (low, high), args=(entries,), tolerances=tolerances).x)


def on_path(steps: Array, excess: Callable[[float | Array], Array]) -> tuple[float | None, ...]:
    """The first time at which each entry of `excess` is ≥ 0: bracketed on a grid of the accepted steps, then a root.

    Arguments: `excess`, of k times, k × g numbers.
    Returns: 0.0 where it is so at the start, None where it is not on the path.
    """
    watch = Watch()
    watch.see(steps, lambda times, asked: excess(times))
    return watch.times
