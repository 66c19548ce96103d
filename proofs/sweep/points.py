"""One run of a sweep: what is run, the row that it gives, and the key by which a kept row is found again."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import inspect
import json
import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from time import perf_counter
from typing import Any, TypeAlias

from numerics.integrate import IntegrationFailed, one_thread
from numerics.losses import loss_named
from numerics.unconstrained_features.experiment import Experiment, Init
from proofs.store.dependencies import fingerprint
from proofs.sweep import layered, rules
from proofs.sweep.reading import Outcome, Reading
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput
from theory.losses import imported, read_name

Row: TypeAlias = dict[str, Any]  # plain values by the name of their column

FAILED = (IntegrationFailed, FloatingPointError, OverflowError, MemoryError)
# What SymPy, mpmath and BLAS are set to holds for a whole process: runs in threads beside each other could disturb each other.
_one_run_of_a_process = threading.RLock()


@dataclass(frozen=True)
class Point:
    """One run: the arguments of an `Experiment`, the rule by which it moves, and what is read.

    `weights` are those of the choice `weighting` under `normalization`; `depth` is a number of layers other than that of an
    `Experiment`, and `features` are "fixed", or None where they are free; the rest are those of a `Reading`.
    """

    counts: tuple[int, ...]
    weighting: str
    normalization: str
    weights: tuple[float, ...]
    loss: str
    delta: float
    init: Init
    seed: int
    width: int | None
    rule: str
    level: str | None
    time: float | None
    fraction: float
    margin: float
    step_size: float | None
    inertia: float | None
    draw: str | None
    depth: int | None
    features: str | None

    def experiment(self) -> Experiment:
        """What is run; raises InvalidInput as `Experiment` and `loss_named` do."""
        return Experiment(ClassCounts(self.counts), self.weights, _loss(self.loss), self.delta, self.init, self.width, self.seed)

    def outcome(self) -> Outcome:
        """The run, and what is read off it; raises as the rule does."""
        reading = Reading(self.level, self.time, self.fraction, self.margin, self.step_size, self.inertia, self.draw)
        layers = 1 if self.features else self.depth
        if layers is not None:
            return layered.run(self.experiment(), reading, layers)
        return rules.rule_named(self.rule)(self.experiment(), reading)

    def key(self) -> str:
        """A name of what is run and of the code that runs it: points that could give different rows have different keys."""
        content = json.dumps([vars(self), code(self.loss)], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    def settings(self) -> Row:
        """The columns that say what was asked for, None where it has no effect on the run."""
        free = self.features is None
        return {
            "counts": _runs_of(self.counts),
            "classes": len(self.counts),
            "samples": sum(self.counts),
            "ratio": max(self.counts) / min(self.counts),
            "weighting": self.weighting,
            "normalization": self.normalization,
            "loss": self.loss,
            "delta": self.delta if free else None,
            "init": self.init if free else "zero",
            "seed": self.seed if free else None,
            "width": self.experiment().d if free else None,
            "rule": self.rule,
            "step_size": self.step_size,
            "inertia": self.inertia,
            "draw": self.draw,
            "depth": self.depth,
            "features": self.features,
            "fraction": self.fraction,
            "margin": self.margin,
        }


def run_some(points: Sequence[Point], seconds: float) -> list[Row]:
    """The results of the points, in order, until so many seconds are used: of the first at least, and perhaps not of all.

    Which points are run here says nothing about what their results are. Runs of one process are made one after the other.
    """
    start, results = perf_counter(), list[Row]()
    with _one_run_of_a_process:
        for point in points:
            results.append(result(point))
            if perf_counter() - start > seconds:
                break
    return results


@one_thread
def result(point: Point) -> Row:
    """The columns that a run gives. A run that is refused or fails says why in `why`, and gives nothing else."""
    try:
        outcome = point.outcome()
    except InvalidInput as error:
        return {"ends": "refused", "why": _one_line(error)}
    except FAILED as error:
        return {"ends": "failed", "why": _one_line(error)}
    except Exception as error:  # noqa: BLE001 - one run that breaks must not take the others with it
        return failure(error)
    classes = [
        (*kind, len(list(members)))
        for kind, members in groupby(zip(point.counts, point.weights, map(_plain, outcome.class_times), strict=True))
    ]
    return {
        "ends": outcome.end,
        "why": None,
        **outcome.used,
        "level": outcome.level,
        "time": float(outcome.time),
        "loss_final": _plain(outcome.loss_final),
        "mode_singular_values": [float(mode.singular_value) for mode in outcome.modes],
        "mode_multiplicities": [mode.multiplicity for mode in outcome.modes],
        "mode_times": [_plain(time) for time in outcome.mode_times],
        "class_counts": [count for count, *_ in classes],
        "class_weights": [weight for _, weight, *_ in classes],
        "class_multiplicities": [number for *_, number in classes],
        "class_times": [time for _, _, time, _ in classes],
    }


def failure(error: BaseException) -> Row:
    """The result of a run that has ended with an error that is not for the user to mend."""
    return {"ends": "failed", "why": f"{type(error).__name__}: {_one_line(error)}"}


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _plain(number: float | None) -> float | None:
    """A number as a float of Python; None for none, and for what is not finite."""
    return None if number is None or not math.isfinite(number) else float(number)


def _runs_of(counts: Sequence[int]) -> str:
    """The counts as a text: 5 × 100, 5 × 1."""
    return ", ".join(f"{len(list(same))} × {count}" for count, same in groupby(counts))


@functools.cache
def _loss(name: str) -> Any:
    return loss_named(name)


@functools.cache
def code(loss: str) -> str:
    """A fingerprint of Python, of the libraries and of all code that a run is made by, the source of the user's own loss included."""
    head, _ = read_name(loss)
    own = imported(head) if ":" in head else type(_loss(loss))
    with contextlib.suppress(TypeError, OSError):  # a loss that was typed in at a prompt has no source
        source = inspect.getsourcefile(own)
        if source is not None:
            return fingerprint(__name__) + hashlib.sha256(Path(source).read_bytes()).hexdigest()
    return fingerprint(__name__)
