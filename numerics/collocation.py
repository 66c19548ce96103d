"""Integration of a few stiff numbers: each step is a polynomial that solves the flow at the Radau points of the step.

A polynomial of degree DEGREE whose derivative is that of the flow at DEGREE points, of which the last is the end of the step, is
Radau's implicit Runge-Kutta method: fast components that have settled set no bound on the step, whatever their rate. The
polynomial itself is as good as the step, so that a path is read between its steps without a loss of digits. It is held by its
values, and not as the integral of the derivative, in which the rounding of what is fast is large. An equation of DEGREE times
the length of the state is solved in each step: the method is for states of a few numbers.
Source: E. Hairer and G. Wanner, Solving Ordinary Differential Equations II, section IV.5 and IV.8.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.polynomial import legendre

from numerics import Array
from numerics.integrate import MOST_STEPS, IntegrationFailed, TooLarge, one_thread

DEGREE = 16
TOLERANCE = 1e-13  # of the last terms of a step's polynomial in Legendre's basis, relative to the size of each number
EPS = float(np.finfo(float).eps)
ROUNDING = 1e-14  # of these terms: an error below is none, or steps would shrink for ever
FIRST_STEP = 1.0  # in units of the time in which the state grows or turns
LARGEST_GROWTH, SMALLEST_GROWTH = 1.5, 0.2  # of a step over the one before it
SAFETY = 0.9
LARGEST_GUESS, SHORT_GUESS = 1.2, 5  # the last polynomial, continued, is the first guess of a step up to this growth, else its first terms
MOST_ITERATIONS = 12  # of Newton's method in a step; from a good guess it takes three
SOLVED = 1e-13  # relative change by Newton's method after which the next is below rounding
FAR = 0.05  # a change after which the Jacobian is taken again
LARGEST_LEFT = 1e-10  # such a change, if the next cannot be smaller: the one after it would be its square
DIFFERENCE = 1e-7  # relative step of the differences from which the Jacobian is taken: it need not be exact


class StiffFlow(Protocol):
    """What is integrated: y' = f(y) on many states at once, how large the numbers of a state are, and how rough f is.

    `noise` is the rounding in y' relative to the sizes, per unit of time: steps do not pursue it.
    """

    noise: float

    def derivative(self, t: float, state: Array) -> Array:
        """y' at each of k states, k × N; the flow does not depend on t."""

    def sizes(self, state: Array) -> Array:
        """N positive numbers, or zeros: what errors in the N numbers of a state are relative to."""


def _points() -> tuple[Array, Array]:
    """The Radau points on [−1, 1], and the integrals from −1 to each of a polynomial, from its values there."""
    x = np.sort(legendre.legroots([0.0] * (DEGREE - 1) + [-1.0, 1.0]).real)
    x[-1] = 1.0
    P = legendre.legvander(x, DEGREE)
    integrals = np.concatenate([x[:, None] + 1, (P[:, 2:] - P[:, :-2]) / (2 * np.arange(1, DEGREE) + 1)], axis=1)
    return x, np.asarray(np.linalg.solve(P[:, :-1].T, integrals.T).T, dtype=float)


POINTS, WEIGHTS = _points()
TO_COEFFICIENTS = np.linalg.inv(legendre.legvander(np.append(-1.0, POINTS), DEGREE))  # in Legendre's basis, from values


class Polynomials:
    """y(t) between accepted steps: the polynomials that were solved for."""

    def __init__(self, start: float, state: Array) -> None:
        self._times, self._coefficients = [start], [np.concatenate([state[None], np.zeros((DEGREE, len(state)))])]
        self._stacked: tuple[Array, Array] | None = None

    @property
    def t(self) -> Array:
        """The accepted steps, from the start."""
        return np.array(self._times)

    def append(self, end: float, coefficients: Array) -> None:
        """Add a step up to `end`: the coefficients of y in Legendre's basis, (DEGREE + 1) × N."""
        self._times.append(end)
        self._coefficients.append(coefficients)
        self._stacked = None

    def states(self, times: Array) -> Array:
        """The states at k times, k × N; beyond the ends the outer polynomials go on."""
        if self._stacked is None:
            self._stacked = np.array(self._times), np.array(self._coefficients)
        ends, coefficients = self._stacked
        step = np.clip(np.searchsorted(ends, times), 1, len(ends) - 1) if len(ends) > 1 else np.zeros(len(times), dtype=int)
        before = ends[np.maximum(step - 1, 0)]
        length = np.where(step > 0, ends[step] - before, 1.0)
        inner = legendre.legvander(2 * (times - before) / length - 1, DEGREE)
        return np.asarray(np.einsum("kd,kdn->kn", inner, coefficients[step]))


@one_thread
def collocate(
    flow: StiffFlow,
    state: Array,
    start: float,
    horizon: float,
    name: str,
    progress: Callable[[float], None] = lambda share: None,
    further: Callable[[Polynomials], float | None] = lambda path: None,
) -> Polynomials:
    """The path of a flow of a few numbers from a state at `start` to a horizon.

    Arguments: `name`, what a message calls the run; `progress` is called with the share that is run; `further`, asked at the
    horizon, gives a later one, or None to stop there.
    Raises: TooLarge for more than MOST_STEPS steps; IntegrationFailed where no step is short enough.
    """
    path = Polynomials(start, state)
    t, slope = start, np.abs(flow.derivative(start, state[None])[0])
    sizes = _positive(flow.sizes(state))
    step = FIRST_STEP / max(float((slope / sizes).max()), 1 / (horizon - start))
    guess: Array | None = None
    attempts = 0
    while True:
        if attempts == MOST_STEPS:
            raise TooLarge(f"time={horizon:.6g} is more than {MOST_STEPS} steps, which end at {t:.6g}: give a shorter time")
        attempts += 1
        last = step >= (horizon - t) * (1 - 1e-12)
        step = horizon - t if last else step
        found = _solved(flow, state, step, guess)
        if found is None:
            step, guess = step * SMALLEST_GROWTH, None
            if not t + step > t:
                raise IntegrationFailed(f"the integration of {name} stopped at flow time {t:.6g} of {horizon:.6g}: no step is short enough")
            continue
        states, coefficients, error = found
        tolerance = TOLERANCE + flow.noise * step
        factor = min(LARGEST_GROWTH, max(SMALLEST_GROWTH, SAFETY * (tolerance / max(error - ROUNDING, EPS * ROUNDING)) ** (1 / DEGREE)))
        if error > ROUNDING + 10 * tolerance and t + step * factor > t:
            step, guess = step * factor, None
            continue
        t, state = horizon if last else t + step, states[-1]
        path.append(t, coefficients)
        progress(t / horizon)
        if last:
            later = further(path)
            if later is None:
                return path
            horizon = later
        terms = DEGREE if factor <= LARGEST_GUESS else SHORT_GUESS
        guess = legendre.legvander(1 + (POINTS + 1) * factor, terms) @ coefficients[: terms + 1]
        step *= factor


def _positive(sizes: Array) -> Array:
    return np.where(sizes > 0, sizes, max(float(sizes.max(initial=0.0)), np.finfo(float).tiny))


def _solved(flow: StiffFlow, start: Array, step: float, guess: Array | None) -> tuple[Array, Array, float] | None:
    """The states at the points of a step, the coefficients of y, and the relative error; None where Newton's method fails."""
    sizes, number = _positive(flow.sizes(start)), len(start)
    Y = _straight(flow, start, step, sizes) if guess is None else guess
    weights = step / 2 * WEIGHTS
    before, inverse = math.inf, None
    with np.errstate(all="ignore"):  # a trial state may be far away: what is not finite is refused below
        for iteration in range(MOST_ITERATIONS):
            try:
                slopes = flow.derivative(0.0, Y)
            except FloatingPointError:
                return None
            if inverse is None or (before > FAR and iteration < 5):
                inverse = _inverse(flow, Y, slopes, sizes, weights)
                if inverse is None:
                    return None
            change = (inverse @ ((Y - start - weights @ slopes) / sizes).ravel()).reshape(DEGREE, number)
            Y = Y - change * sizes
            moved = float(np.abs(change).max())
            if not moved < 1e6:
                return None
            if moved < SOLVED or (moved < LARGEST_LEFT and moved > before / 2):
                break
            before = moved
        if not moved < LARGEST_LEFT + 10 * flow.noise * step:
            return None
        coefficients = TO_COEFFICIENTS @ np.concatenate([start[None], Y])
        error = np.abs(coefficients[-2:]).max(axis=0) / np.maximum(sizes, _positive(flow.sizes(Y[-1])))
    return (Y, coefficients, float(error.max())) if np.isfinite(Y).all() else None


def _straight(flow: StiffFlow, start: Array, step: float, sizes: Array) -> Array:
    """A first guess along the tangent, on which nothing moves by more than its size."""
    change = np.clip(step * flow.derivative(0.0, start) / sizes, -1, 1)
    return np.asarray(start + sizes * change * (POINTS[:, None] + 1) / 2)


def _inverse(flow: StiffFlow, Y: Array, slopes: Array, sizes: Array, weights: Array) -> Array | None:
    """The inverse of the Jacobian of a step's equations, in units of the sizes, by differences."""
    number = len(sizes)
    nudged = Y[:, None, :] + DIFFERENCE * np.diag(sizes)
    try:
        moved = flow.derivative(0.0, nudged.reshape(-1, number)).reshape(DEGREE, number, number)
    except FloatingPointError:
        return None
    jacobian = (moved - slopes[:, None, :]) / (DIFFERENCE * sizes)  # point, by what, of what
    matrix = -(weights[:, None, :, None] * jacobian.transpose(2, 0, 1)).reshape(DEGREE * number, DEGREE * number)
    matrix.flat[:: DEGREE * number + 1] += 1
    if not np.isfinite(matrix).all():
        return None
    try:
        return np.asarray(np.linalg.inv(matrix), dtype=float)
    except np.linalg.LinAlgError:
        return None
