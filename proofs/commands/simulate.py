"""`ufm simulate`: one run and the document that describes it."""

from __future__ import annotations

import math
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Annotated, Any, TypeAlias

import numpy as np
import typer
from rich.table import Table

from numerics.compiled import kind_of
from numerics.integrate import IntegrationFailed
from numerics.losses import loss_named
from numerics.unconstrained_features import flow, measure
from numerics.unconstrained_features.experiment import Experiment
from proofs.commands import limits, options
from proofs.commands.learned import entries
from proofs.commands.options import JsonOption, Setting
from proofs.report import progress, tables
from proofs.report.files import written_whole
from proofs.sweep.reading import Reading
from proofs.sweep.stepped import IN_STEPS
from proofs.sweep.together import require_together, require_used_seed
from theory.data.weights import class_weights
from theory.exact import InvalidInput, meant
from theory.losses.checks import check
from theory.losses.loss import Loss

Times: TypeAlias = tuple[float | None, ...]
FLOW = "flow"
RULES = (FLOW, *IN_STEPS)
DELTA = 8.0  # where no initial scale is given
STRENGTHS_HEIGHT = 3.0  # height in inches of the figure of strengths
ROWS_AT_ONCE = 1_000_000  # at most so many numbers of a saved path are in memory together


@dataclass(frozen=True)
class Run:
    """A trajectory, the seconds it took, and what went before it where the weights were switched.

    `asked` says whether a horizon was given; `before` is the run up to the switch, whose times go on in `trajectory`; `decay`,
    λ_W and λ_H where there is weight decay.
    """

    trajectory: flow.Trajectory
    seconds: float
    asked: bool = False
    before: flow.Trajectory | None = None
    decay: tuple[float, float] | None = None

    @property
    def start(self) -> float:
        """Flow time at which `trajectory` starts."""
        return 0.0 if self.before is None else float(self.before.t[-1])

    def first_times(self, read: Callable[[flow.Trajectory], Times]) -> Times:
        """The first times of something on the whole run, from those on a trajectory."""
        late = tuple(None if time is None else self.start + time for time in read(self.trajectory))
        return late if self.before is None else tuple(map(_either, read(self.before), late))


def _either(early: float | None, late: float | None) -> float | None:
    return late if early is None else early


def integrate(
    experiment: Experiment,
    time: float | None = None,
    level: flow.Level | None = None,
    fraction: float = 0.5,
    margin: float = 0.5,
    decay: tuple[float, float] | None = None,
) -> flow.Trajectory:
    """`flow.simulate` with a progress bar for a long run, where a run that breaks down is reported as wrong input.

    Raises: InvalidInput, one line, as `flow.simulate` does, for a loss that `theory.losses.checks.check` refuses, and where
    the integrator stops or the loss overflows.
    """
    try:
        with progress.share("running") as tell:
            return flow.simulate(experiment, time=time, level=level, fraction=fraction, margin=margin, decay=decay, progress=tell)
    except (IntegrationFailed, FloatingPointError) as error:
        raise InvalidInput(
            f"delta={experiment.delta:g}, loss={experiment.loss.name}: the run must stay finite and did not "
            f"({error}): give a smaller delta or time"
        ) from None


def run(
    experiment: Experiment,
    horizon: float | None,
    level: str | None = None,
    fraction: float = 0.5,
    margin: float = 0.5,
    decay: tuple[float, float] | None = None,
) -> Run:
    """Integrate the flow of the experiment; raises InvalidInput as `flow.simulate` does."""
    with limits.of_a_loss(experiment.loss.name):
        if isinstance(experiment.loss, Loss):
            check(experiment.loss)
        kind_of(experiment.loss, experiment.counts)  # kept, so that the run does not ask again
    start = time.perf_counter()
    trajectory = integrate(experiment, horizon, level, fraction, margin, decay)  # type: ignore[arg-type]
    return Run(trajectory, time.perf_counter() - start, horizon is not None, decay=decay)


def switched(run: Run, setting: Setting, switch: tuple[float, str], horizon: float | None, fraction: float, margin: float) -> Run:
    """The run that goes on under other weights where another ended: deferred re-weighting.

    Raises: InvalidInput for weights that are none, for a horizon before the switch, and as `flow.continued` does.
    """
    when, choice = switch
    if horizon is not None and not horizon > when:
        raise InvalidInput(f"time={horizon:g} must be after the switch at {when:g}: give a longer --time, or an earlier --switch")
    words: Any = choice.split(",") if "," in choice else choice
    weights = class_weights(setting.counts, words, setting.normalization)  # type: ignore[arg-type]
    start, left = time.perf_counter(), None if horizon is None else horizon - when
    later = flow.continued(run.trajectory, tuple(map(float, weights)), at=when, time=left, fraction=fraction, margin=margin)
    return Run(later, run.seconds + time.perf_counter() - start, horizon is not None, run.trajectory)


def document(setting: Setting, run: Run, fraction: float, margin: float) -> dict[str, Any]:
    """The JSON document of `ufm simulate`. A learning time that is not reached is null."""
    trajectory = run.trajectory
    with progress.share("reading") as tell:  # a path that is not kept whole is computed again for every reading
        mode_times = run.first_times(lambda part: measure.mode_learning_times(part, fraction))
        tell(1 / 3)
        class_times = run.first_times(lambda part: measure.class_learning_times(part, margin))
        tell(2 / 3)
        drift = max(measure.balance_drift(part) for part in (run.before, trajectory) if part is not None)
    found = {
        "loss": trajectory.experiment.loss.name,
        **setting.as_json(),
        "delta": trajectory.experiment.delta,
        "init": trajectory.experiment.init,
        "level": trajectory.level,
        "reduction": trajectory.system.reduction,
        "time": run.start + float(trajectory.t[-1]),
        "switched_at": None if run.before is None else run.start,
        "ends": trajectory.end,
        "time_needed": _time_needed(run, fraction, margin, [*mode_times, *class_times]),
        "fraction": fraction,
        "margin": margin,
        **entries(measure.mode_groups(trajectory), mode_times, setting.counts.per_class, trajectory.experiment.weights, class_times),
        "loss_final": float(measure.weighted_loss(trajectory, trajectory.t[-1])),
        "balance_drift": drift,
        "seconds": run.seconds,
    }
    if run.decay is not None:
        found["decay"] = list(run.decay)
        for record, strength in zip(found["modes"], measure.group_strengths(trajectory, trajectory.t[-1]), strict=True):
            record["final_strength"] = float(strength)
    return found


def _time_needed(run: Run, fraction: float, margin: float, found: Sequence[float | None]) -> float | None:
    """A horizon by which all is learned, where the one that was asked for is too short; None where there is none to tell."""
    trajectory = run.trajectory
    if None not in found or trajectory.end != "horizon" or not run.asked or run.before is not None:
        return None
    longer = integrate(trajectory.experiment, None, trajectory.level, fraction, margin, run.decay)
    times = [*measure.mode_learning_times(longer, fraction), *measure.class_learning_times(longer, margin)]
    return max(time for time in times if time is not None) if None not in times else None


def keep(path: Path, run: Run) -> None:
    """Keep the path as a NumPy archive: times, mode strengths and margins, W, and class-mean features."""
    trajectory = run.trajectory
    readings = {
        "strengths": lambda t: measure.strengths(trajectory, t),
        "margins": lambda t: measure.margins(trajectory, t),
        "W": trajectory.W,
        "M": trajectory.M,
    }
    with written_whole(path) as draft, progress.share("saving"), zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
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
        file.write(read(times[start : start + together]).astype("<f8").tobytes())


LossOption = Annotated[
    str, typer.Option("--loss", metavar="NAME", help="A registered loss, or module:Class of your own or of a torch criterion.")
]
WidthOption = Annotated[
    int | None, typer.Option("--width", metavar="d", help="Feature width, at least c − 1 (the default).", show_default=False)
]
LevelOption = Annotated[
    str | None,
    typer.Option(
        "--level",
        metavar="class|within|sample",
        help="Class means, means and covariances within classes, or every sample (default: the cheapest that is exact).",
        show_default=False,
    ),
]
SwitchOption = Annotated[
    str | None,
    typer.Option("--switch", metavar="T:W", help="Other weights from flow time T on: deferred re-weighting.", show_default=False),
]
DecayOption = Annotated[
    str | None, typer.Option("--decay", metavar="λ[,λ_H]", help="Weight decay of W and H, or of each.", show_default=False)
]
TimeOption = Annotated[
    str | None, typer.Option("--time", metavar="T", help="Horizon in flow time (default: long enough).", show_default=False)
]
PlotOption = Annotated[Path | None, typer.Option("--plot", metavar="FILE", help="Draw the mode strengths, beside those without weights.")]
InitOption = Annotated[
    str | None, typer.Option("--init", metavar="spectral|random", help="Where W and H start (default: spectral).", show_default=False)
]
DeltaOption = Annotated[str | None, typer.Option("--delta", metavar="D", help="Initial scale e^(−D) (default: 8).", show_default=False)]
SeedOption = Annotated[
    int | None,
    typer.Option("--seed", metavar="S", help="Seed of a random start, and of the draws of sgd (default: 0).", show_default=False),
]
DepthOption = Annotated[
    int | None, typer.Option("--depth", metavar="N", help="N linear layers in place of two, from a spectral start.", show_default=False)
]
FixedOption = Annotated[
    str | None, typer.Option("--features", metavar="fixed", help="One fixed orthonormal feature a class, from V = 0.", show_default=False)
]
RuleOption = Annotated[
    str,
    typer.Option("--rule", metavar="NAME", help="How W and H move: flow, sign, per-class-normalised, spectral (Muon), heavy-ball or sgd."),
]
StepSizeOption = Annotated[
    str | None, typer.Option("--step-size", metavar="H", help="Flow time of a step, under a rule other than flow.", show_default=False)
]
InertiaOption = Annotated[
    str | None, typer.Option("--inertia", metavar="μ", help="Of a heavy ball, in flow time (default: 1).", show_default=False)
]
DrawOption = Annotated[
    str | None,
    typer.Option(
        "--draw", metavar="HOW", help="Of sgd: weights (even draws, the default) or sampling (draws by weight).", show_default=False
    ),
]


@options.with_setting
def command(
    setting: Setting,
    loss: LossOption = "squared",
    init: InitOption = None,
    delta: DeltaOption = None,
    seed: SeedOption = None,
    width: WidthOption = None,
    level: LevelOption = None,
    time: TimeOption = None,
    fraction: Annotated[str, typer.Option("--fraction", metavar="F", help="A mode is learned at F of its σ.")] = "1/2",
    margin: Annotated[str, typer.Option("--margin", metavar="M", help="A class is learned at margin M.")] = "1/2",
    plot: PlotOption = None,
    switch: SwitchOption = None,
    decay: DecayOption = None,
    depth: DepthOption = None,
    features: FixedOption = None,
    rule: RuleOption = "flow",
    step_size: StepSizeOption = None,
    inertia: InertiaOption = None,
    draw: DrawOption = None,
    save: Annotated[Path | None, typer.Option("--save", metavar="FILE", help="Keep the path as a NumPy .npz file.")] = None,
    as_json: JsonOption = False,
) -> int:
    """Run the gradient flow; learning times by mode and by class, in flow time of the printed normalisation.

    The table says by which reduction it ran. From a spectral start classes of equal count and weight cost what one of them does,
    up to 10,000 classes; else up to 1000 classes, 500 MB and 100,000 steps: more is refused, before it starts where that is known.
    With --bias an output bias is trained besides, in a spectral run by class. A --rule other than flow goes in steps, and --depth and
    --features fixed run other models, both sample by sample.
    """
    started = {"init": init, "delta": delta, "seed": seed, "width": width}
    kept = {"level": level, "switch": switch, "plot": plot, "save": save, "decay": decay}
    steps = {"step_size": _number(step_size, "step size"), "inertia": _number(inertia, "inertia"), "draw": draw}
    other = {"depth": depth, "features": features, "bias": setting.bias or None}
    _require_rule(rule)
    given = {"rule": rule, **_given({**started, **kept, **steps, **other})}
    require_together(given)
    require_used_seed(given)
    scale, shares = _number(delta, "delta", DELTA), (options.read_number(fraction, "fraction"), options.read_number(margin, "margin"))
    measure.require_fraction(shares[0])
    horizon = _number(time, "time")
    reading = Reading(level, horizon, *shares, **steps)
    began = Experiment(setting.counts, tuple(setting.floats), loss_named(loss), scale, init or "spectral", width, seed or 0)  # type: ignore[arg-type]
    if setting.bias or depth is not None or features is not None or rule != FLOW:
        return _shown(setting, _otherwise(setting, began, reading, rule, 1 if features else depth), as_json)
    _require_together(switch, plot, save, decay)
    decays = None if decay is None else options.read_decay(decay)
    options.picture(plot)
    options.writable(save)
    change = None if switch is None else options.read_switch(switch)
    first = horizon if change is None else change[0]
    finished = run(began, first, level, *shares, decays)
    if change is not None:
        finished = switched(finished, setting, change, horizon, *shares)
    found = document(setting, finished, *shares)
    _keep_and_draw(save, plot, setting, finished)
    return _shown(setting, found, as_json)


def _given(asked: dict[str, Any]) -> dict[str, Any]:
    """The options that were given."""
    return {name: value for name, value in asked.items() if value is not None}


def _number(text: str | None, name: str, default: float | None = None) -> Any:
    return default if text is None else options.read_number(text, name)


def _require_rule(rule: str) -> None:
    """Raises InvalidInput for a rule that there is not."""
    if rule not in RULES:
        raise InvalidInput(f"rule={rule!r} must be one of {', '.join(RULES)}{meant(rule, RULES)}")


def _keep_and_draw(save: Path | None, plot: Path | None, setting: Setting, finished: Run) -> None:
    """Keeps the path of a run, and draws its mode strengths beside those without weights, where it is asked for."""
    if save:
        keep(save, finished)
    if plot:
        from proofs.report import drawings, figures, studies

        study = studies.strengths(studies.beside_vanilla(setting.weighting, finished.trajectory, integrate))
        figures.draw_one(plot, drawings.strengths, study, STRENGTHS_HEIGHT)


def _require_together(switch: str | None, plot: Path | None, save: Path | None, decay: str | None) -> None:
    """Raises InvalidInput for options that do not go together."""
    if switch is not None and (plot or save):
        raise InvalidInput(
            f"--switch and {'--plot' if plot else '--save'} do not go together: a path is drawn and kept under one weighting"
        )
    if decay is not None and (switch or plot):
        raise InvalidInput(f"--decay and {'--switch' if switch else '--plot'} do not go together: give one of them")


def _otherwise(setting: Setting, began: Experiment, reading: Reading, rule: str, depth: int | None) -> dict[str, Any]:
    """The document of a run with a bias, of a number of layers, 1 for fixed features, or else by another rule than the flow."""
    from proofs.commands import biased, outcomes  # loaded where it is asked for

    if setting.bias:
        return biased.document(setting, began, reading.time, reading.fraction, reading.margin)
    if depth is not None:
        return outcomes.of_layers(setting, began, depth, reading)
    return outcomes.by_rule(setting, began, rule, reading)


def _shown(setting: Setting, found: dict[str, Any], as_json: bool) -> int:
    """Prints a document as JSON or as a table; the exit status."""
    if as_json:
        tables.print_json(found)
    else:
        print_table(setting, found)
    return 0


def _why_not_reached(document: dict[str, Any]) -> str:
    """Why something is not learned, in words; empty where everything is."""
    if None not in [item["learning_time"] for item in (*document["modes"], *document["classes"])]:
        return ""
    asked = f"fraction {document['fraction']:g} and margin {document['margin']:g}"
    if document["ends"] == "settled":
        return f"not reached: the run has settled below {asked}, and a longer one would not reach them"
    needed = document["time_needed"]
    hint = f"--time {needed * 1.01:.3g} would do" if needed else "a longer --time may do"
    return f"not reached: the run ends at its horizon {document['time']:.4g} before {asked}; {hint}"


def _after_the_switch(document: dict[str, Any]) -> str:
    when = document["switched_at"]
    return "" if when is None else f"; the weights below from t = {when:g} on"


def _moved(document: dict[str, Any]) -> str:
    """The rule in words, where it is not the flow."""
    inertia = f" of inertia {document['inertia']:g}" if "inertia" in document else ""
    draws = f" by {document['draw']}" if "draw" in document else ""
    return f"{document['rule']} descent{inertia}{draws}, " if "rule" in document else ""


def print_table(setting: Setting, document: dict[str, Any]) -> None:
    """Prints learning times by mode and by class."""
    console = tables.console()
    delta = document["delta"]
    scale = "" if delta is None else f", δ = {delta:g}"
    console.print(
        f"{setting.described}; {setting.weighting}; {document['loss']} loss, {_moved(document)}{document['init']} start{scale}; "
        f"times in flow time of the summed loss{_after_the_switch(document)}",
        highlight=False,
        soft_wrap=True,
    )
    scaled = [] if delta is None else ["T/δ"]
    modes = Table("singular value", "multiplicity", "learning time T", *scaled, title="modes", title_justify="left", box=None)
    for mode in document["modes"]:
        reached = mode["learning_time"]
        modes.add_row(
            tables.number(mode["singular_value"]),
            str(mode["multiplicity"]),
            tables.number(reached, "not reached"),
            *(tables.number(reached and reached / delta) for _ in scaled),
        )
    classes = Table("samples", "weight", "classes", "learning time T", title="classes", title_justify="left", box=None)
    alike = Counter(
        (item["count"], item["weight"], item["learning_time"] and round(item["learning_time"], 6)) for item in document["classes"]
    )
    for (count, weight, reached), number in alike.items():
        classes.add_row(str(count), tables.number(weight), str(number), tables.number(reached, "not reached"))
    tables.show(modes)
    tables.show(classes)
    if setting.bias:
        values = ", ".join(tables.number(value) for value in dict.fromkeys(round(value, 9) for value in document["final_bias"]))
        limit = "" if document["loss"] == "squared" else " (when the run ends, which need not be a limit)"
        console.print(
            f"with a trained output bias, which ends at {values}{limit}; times include what the bias alone learns",
            highlight=False,
            soft_wrap=True,
        )
    if why := _why_not_reached(document):
        console.print(why, highlight=False, soft_wrap=True)
    if "decay" in document:
        ends = ", ".join(tables.number(mode["final_strength"]) for mode in document["modes"])
        console.print(
            f"weight decay {' and '.join(f'{d:g}' for d in document['decay'])} on W and H: the strengths of the modes end at {ends}",
            highlight=False,
            soft_wrap=True,
        )
    drift = "" if document["balance_drift"] is None else f"balance drift {document['balance_drift']:.2g}, "
    console.print(
        f"{document['reduction']}; final loss {document['loss_final']:.3g}, {drift}{document['seconds']:.2f} s",
        highlight=False,
        soft_wrap=True,
    )
