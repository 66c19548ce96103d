"""`ufm simulate`: one run and the document that describes it."""

from __future__ import annotations

import math
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from numerics.integrate import IntegrationFailed
from numerics.unconstrained_features import flow, measure
from numerics.unconstrained_features.experiment import Experiment
from proofs.options import Setting
from proofs.report import tables
from proofs.report.files import written_whole
from theory.exact import InvalidInput
from theory.losses import loss_named

ROWS_AT_ONCE = 1_000_000  # numbers of a saved path that are in memory together


@dataclass(frozen=True)
class Run:
    """A trajectory and the seconds it took."""

    trajectory: flow.Trajectory
    seconds: float


def integrate(experiment: Experiment, time: float | None = None, level: flow.Level | None = None) -> flow.Trajectory:
    """`flow.simulate`, with a run that breaks down told as input that is wrong; a long one shows its progress.

    Raises: InvalidInput, one line, as `flow.simulate` does, and where the integrator stops or the loss overflows.
    """
    try:
        with tables.share("running") as progress:
            return flow.simulate(experiment, time=time, level=level, progress=progress)
    except (IntegrationFailed, FloatingPointError) as error:
        raise InvalidInput(f"delta={experiment.delta:g}, loss={experiment.loss.name}: the run must stay finite and did not "
                           f"({error}): give a smaller delta or time") from None


def run(setting: Setting, loss: str, init: str, delta: float, seed: int, width: int | None, horizon: float | None,
        level: str | None = None) -> Run:
    """Integrate the flow of the setting.

    Raises: InvalidInput as `Experiment` and `flow.simulate` do.
    """
    experiment = Experiment(setting.counts, tuple(float(w) for w in setting.weights), loss_named(loss), delta,
                            init, width, seed)  # type: ignore[arg-type]
    start = time.perf_counter()
    trajectory = integrate(experiment, horizon, level)  # type: ignore[arg-type]
    return Run(trajectory, time.perf_counter() - start)


def document(setting: Setting, run: Run, fraction: float, margin: float) -> dict[str, Any]:
    """The JSON document of the contract. A time that is not reached is null."""
    trajectory = run.trajectory
    with tables.share("reading") as progress:  # a path that is not kept whole is taken again for every reading
        mode_times = measure.mode_learning_times(trajectory, fraction)
        progress(1 / 3)
        class_times = measure.class_learning_times(trajectory, margin)
        progress(2 / 3)
        drift = measure.balance_drift(trajectory)
    modes = zip(measure.mode_groups(trajectory), mode_times, strict=True)
    classes = zip(setting.counts.per_class, trajectory.experiment.weights, class_times, strict=True)
    return {
        "loss": trajectory.experiment.loss.name, **setting.as_json(), "delta": trajectory.experiment.delta,
        "init": trajectory.experiment.init, "level": trajectory.level, "time": float(trajectory.t[-1]),
        "fraction": fraction, "margin": margin,
        "modes": [{"singular_value": group.singular_value, "multiplicity": group.multiplicity, "learning_time": reached}
                  for group, reached in modes],
        "classes": [{"count": count, "weight": weight, "learning_time": reached} for count, weight, reached in classes],
        "loss_final": float(measure.weighted_loss(trajectory, trajectory.t[-1])),
        "balance_drift": drift,
        "seconds": run.seconds,
    }


def save(path: Path, run: Run) -> None:
    """Keep the path as a NumPy archive: times, mode strengths and margins, W, and class-mean features."""
    trajectory = run.trajectory
    readings = {"strengths": lambda t: measure.strengths(trajectory, t), "margins": lambda t: measure.margins(trajectory, t),
                "W": trajectory.W, "M": trajectory.M}
    with written_whole(path) as draft, tables.share("saving"), zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("t.npy", "w") as file:
            np.lib.format.write_array(file, trajectory.t)
        for name, read in readings.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                _write_rows(file, trajectory.t, read)


def _write_rows(file: IO[bytes], times: np.ndarray, read: Callable[[Any], np.ndarray]) -> None:
    """What `read` finds at the times, as one array in NumPy's format; some rows are in memory at once."""
    shape = np.shape(read(times[0]))
    header = {"descr": "<f8", "fortran_order": False, "shape": (len(times), *shape)}
    np.lib.format.write_array_header_1_0(file, header)
    together = max(1, ROWS_AT_ONCE // math.prod(shape))
    for start in range(0, len(times), together):
        file.write(read(times[start:start + together]).astype("<f8").tobytes())


@dataclass(frozen=True)
class Panel:
    """Mode strengths over flow time for a figure: `strengths` is times × groups."""

    title: str
    times: np.ndarray
    singular_values: tuple[float, ...]
    multiplicities: tuple[int, ...]
    strengths: np.ndarray
    delta: float


def beside_vanilla(setting: Setting, run: Run) -> tuple[Panel, ...]:
    """The run's panel, with the same run without weights before it where it has weights."""
    experiment = run.trajectory.experiment
    panels = [_panel(setting.weighting, run.trajectory)]
    if len(set(experiment.weights)) > 1:
        vanilla = Experiment(experiment.counts, (1.0,) * experiment.counts.c, experiment.loss, experiment.delta,
                             experiment.init, experiment.width, experiment.seed)
        panels.insert(0, _panel("no weights", integrate(vanilla)))
    return tuple(panels)


def _panel(title: str, trajectory: flow.Trajectory) -> Panel:
    times = np.linspace(0, trajectory.t[-1], 600)
    groups = measure.mode_groups(trajectory)
    return Panel(title, times, tuple(group.singular_value for group in groups),
                 tuple(group.multiplicity for group in groups), measure.group_strengths(trajectory, times),
                 trajectory.experiment.delta)
