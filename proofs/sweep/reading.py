"""How far a run goes and what is read off it: the same for every rule and model of `ufm simulate` and `ufm sweep`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from numerics.unconstrained_features.measure import ModeGroup


@dataclass(frozen=True)
class Reading:
    """How far a run goes, in which steps, and what is read off it.

    Arguments: `level`, `time`, `fraction` and `margin` are those of `ufm.simulate`; `step_size` and `inertia`, in flow time, and `draw`
    are of rules that go in steps, None for the default.
    """

    level: Any = None
    time: float | None = None
    fraction: float = 0.5
    margin: float = 0.5
    step_size: float | None = None
    inertia: float | None = None
    draw: Any = None


@dataclass(frozen=True)
class Outcome:
    """What is read off a run: why and when it ends, its loss there, and the learning times, None where one is not reached.

    Arguments: `used`, the step, the inertia and the draws that a rule in steps took; `numbers`, how many a state of another model has;
    `drift`, how far its layers have come from balance, relative to the size of the last one's Gram matrix; None where there is none.
    """

    end: str
    level: str
    time: float
    loss_final: float
    modes: tuple[ModeGroup, ...]
    mode_times: tuple[float | None, ...]
    class_times: tuple[float | None, ...]
    used: Mapping[str, Any] = field(default_factory=dict)
    numbers: int | None = None
    drift: float | None = None
