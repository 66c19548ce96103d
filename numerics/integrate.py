"""Adaptive integration of any first-order system y' = f(y)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from scipy.integrate import DOP853
from threadpoolctl import ThreadpoolController

from numerics import Array
from numerics.path import Path
from theory.exact import InvalidInput

RELATIVE_TOLERANCE = 1e-12  # of each step; the error of a whole path is some hundred times larger, as the tests measure
MOST_STEPS = 100_000  # a step of few classes takes half a millisecond
Accepted = Callable[[Array, Callable[[Array], Array]], None]  # some ascending ends of steps, and the k × N states at k times there
# With one thread a run is the same to the last bit on any number of cores, and runs beside each other do not compete for cores.
one_thread = ThreadpoolController().wrap(limits=1, user_api="blas")


class IntegrationFailed(RuntimeError):
    """The integrator gave up. The message says where and why."""


class TooLarge(InvalidInput):
    """The run would take more memory than 500 MB, or more than MOST_STEPS steps.

    It is raised before the run starts where that is known by then.
    """


class Motion(Protocol):
    """What moves: where it starts, and how fast. A state is a vector."""

    initial_state: Array

    def derivative(self, t: float, state: Array) -> Array:
        """y' at state y; the flow does not depend on t."""


class Flow(Motion, Protocol):
    """What is integrated: a motion, and how small a change of a state is noise."""

    def resolution(self, state: Array) -> Array:
        """The change in each entry of a state below which it is noise: the absolute tolerance there."""


@one_thread
def integrate(
    flow: Flow,
    horizon: float,
    name: str,
    longest_step: float = np.inf,
    progress: Callable[[float], None] = lambda share: None,
    further: Callable[[Path], float | None] = lambda path: None,
    accepted: Accepted = lambda steps, states: None,
    start: float = 0.0,
) -> Path:
    """The path of a flow from `start` to a horizon, by DOP853.

    Arguments: `name`, what a message calls the run; `longest_step`, flow time; `progress` is called with the share that is
    run; `further`, asked at the horizon, gives a later one, or None to stop there. It must stop a run of many steps itself.
    `accepted` is called after each step with its two ends and what gives the states at times between them.
    Raises: TooLarge for more than MOST_STEPS steps; IntegrationFailed if the integrator stops.
    """
    solver = DOP853(
        flow.derivative,
        start,
        flow.initial_state,
        horizon,
        max_step=longest_step,
        rtol=RELATIVE_TOLERANCE,
        atol=flow.resolution(flow.initial_state),
    )
    path = Path(flow.derivative, start)
    steps = 0
    while solver.status == "running":
        if steps == MOST_STEPS:
            raise TooLarge(
                f"time={horizon:.6g} is more than {MOST_STEPS} steps, which end at {solver.t:.6g}: give a shorter "
                "time, or a smaller imbalance or delta"
            )
        steps += 1
        reason = solver.step()
        if solver.status == "failed":
            raise IntegrationFailed(f"the integration of {name} stopped at flow time {solver.t:.6g} of {horizon:.6g}: {reason}")
        states = path.append(solver)
        accepted(np.array([solver.t_old, solver.t]), states)
        progress(solver.t / horizon)
        # SciPy reads `atol` at each step. Fixed, it would either miss the small entries or chase rounding.
        solver.atol = flow.resolution(solver.y)
        if solver.status == "finished" and (later := further(path)) is not None:
            horizon = solver.t_bound = later
            solver.status = "running"
    return path
