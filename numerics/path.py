"""The path of a run, read at any time: in memory that does not grow with its steps."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator

import numpy as np
from scipy.integrate import DOP853, DenseOutput

from numerics import Array
from theory.exact import InvalidInput

MOST_KEPT = 8_000_000  # at most so many numbers of dense output are kept: 64 MB
NUMBERS_PER_ENTRY = 8  # DOP853's dense output holds the state before the step and seven differences


class Readable(ABC):
    """The path of a run, of whatever it is made."""

    @property
    @abstractmethod
    def t(self) -> Array:
        """The accepted steps, ascending."""

    @abstractmethod
    def states(self, times: Array) -> Iterable[Array]:
        """The states at times that ascend; they must lie on the path."""

    def at(self, times: float | Array, read: Callable[[Array], Array | float]) -> Array:
        """`read` of the state at a time, or at k times, stacked along a new first axis; raises InvalidInput outside the run."""
        start, last = self.t[[0, -1]]
        if not (np.min(times) >= start and np.max(times) <= last):
            raise InvalidInput(
                f"times from {np.min(times)} to {np.max(times)} must lie on the run, from {start:g} to {last}: give a longer time"
            )
        each = np.ravel(times)
        order = np.argsort(each, kind="stable")
        found: Array | None = None
        for place, state in zip(order, self.states(each[order]), strict=True):
            value = np.asarray(read(state))
            if found is None:
                found = np.empty((len(each), *value.shape))
            found[place] = value
        if found is None:
            raise InvalidInput("times are empty: give at least one")
        return found[0] if np.ndim(times) == 0 else found


class Path(Readable):
    """y(t) between accepted steps, by DOP853's interpolant of order 7.

    The interpolants of all steps are kept while they fit in MOST_KEPT numbers; beyond, those of every second, fourth, …
    step, and the steps between are taken again when they are read, from the kept ones and with the step sizes they had.
    Reading in the order of time takes each step again once.
    """

    def __init__(self, derivative: Callable[[float, Array], Array], start: float = 0.0) -> None:
        self._derivative = derivative
        self._kept: list[DenseOutput] = []
        self._stride = 1  # the kept interpolants are those of steps 0, stride, 2·stride, …
        self._times = [start]
        self._last: tuple[int, DenseOutput] | None = None

    @property
    def t(self) -> Array:
        """The accepted steps, from the start."""
        return np.array(self._times)

    def append(self, solver: DOP853) -> Callable[[Array], Array]:
        """Add the step that the solver has just accepted; returns what gives the states at k times of it, k × N."""
        step = len(self._times) - 1
        self._times.append(solver.t)
        made: list[DenseOutput] = []
        if step % self._stride == 0:
            made.append(solver.dense_output())
            self._kept.append(made[0])
            most = max(1, MOST_KEPT // (NUMBERS_PER_ENTRY * solver.n))
            while len(self._kept) > most:
                self._kept = self._kept[::2]
                self._stride *= 2

        def states(times: Array) -> Array:
            if not made:  # it takes evaluations of its own, and is not kept
                made.append(solver.dense_output())
            return np.asarray(made[0](times).T)

        return states

    def states(self, times: Array) -> Iterator[Array]:
        """The states at times that ascend; they must lie on the path."""
        step = np.clip(np.searchsorted(self._times, times) - 1, 0, len(self._times) - 2)
        together = max(1, MOST_KEPT // (NUMBERS_PER_ENTRY * self._kept[0].y_old.size))  # states in memory at once
        starts = np.flatnonzero(np.diff(step, prepend=-1))
        for start, stop in zip(starts, [*starts[1:], len(times)], strict=True):
            for first in range(start, stop, together):
                yield from self._interpolant(int(step[start]))(times[first : min(first + together, stop)]).T

    def _interpolant(self, step: int) -> DenseOutput:
        """The interpolant of one step: a kept one, or one made again from the nearest kept or last used one before it."""
        place = step - step % self._stride
        found = self._kept[place // self._stride]
        if self._last and place < self._last[0] <= step:
            place, found = self._last
        while place < step:
            place += 1
            found = self._again(place, found(self._times[place]))
        self._last = (step, found)
        return found

    def _again(self, step: int, state: Array) -> DenseOutput:
        """The interpolant of a step from its start: with an infinite tolerance the same step is accepted."""
        start, end = self._times[step : step + 2]
        solver = DOP853(self._derivative, start, state, end, first_step=end - start, atol=np.inf)
        solver.step()
        found = solver.dense_output()
        vars(solver).clear()  # the solver refers to itself: its 16 stages would stay in memory until Python collects such cycles
        return found
