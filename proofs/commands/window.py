"""`ufm window`: the modes of a setting, their rates as the paper has them and exactly, and the windows."""

from __future__ import annotations

import contextlib
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import sympy as sp
import typer
from rich.table import Table

from numerics.integrate import TooLarge
from numerics.unconstrained_features import measure, middle, spectrum
from numerics.unconstrained_features.experiment import Experiment
from proofs.commands import options
from proofs.commands.options import (
    ClassWeightOption,
    CountsOption,
    ExponentOption,
    JsonOption,
    LongTailedOption,
    NormalizationOption,
    Setting,
    StepOption,
)
from proofs.commands.simulate import integrate
from proofs.report import progress, tables
from proofs.report.studies import Curve, RatioStudy
from theory import symbols
from theory.data import counts as class_counts
from theory.data import labels
from theory.data.counts import Group
from theory.data.weights import class_weights
from theory.exact import InvalidInput
from theory.losses import loss_named
from theory.unconstrained_features import middle as theory_middle
from theory.unconstrained_features import modes, timing

MOST_EXACT_GROUPS = 12  # roots of a polynomial of this degree are isolated in well under a second
MOST_SIMULATED_CLASSES = 64  # a run of so many takes some seconds
PLOT_RATIOS = (10, 100, 1000)
PLOT_DELTA = 16.0
PLOT_RUNS = 2 * len(PLOT_RATIOS)


def window(
    counts: class_counts.ClassCounts, class_weight: str | Sequence[Any] = "none", normalization: str = "raw", delta: float | None = None
) -> dict[str, Any]:
    """Modes, rates and windows of class counts under class weights: the document of `ufm window --json`.

    Arguments: `class_weight` and `normalization` as `theory.data.weights.class_weights` takes them; `delta` as in `document`.
    Raises: InvalidInput as `class_weights` does.
    """
    weights = class_weights(counts, class_weight, normalization)  # type: ignore[arg-type]
    return document(Setting(counts, weights, normalization, "", "", class_weight, None), delta)  # type: ignore[arg-type]


def document(setting: Setting, delta: float | None = None) -> dict[str, Any]:
    """The JSON document of the contract: floats, with exact strings beside them where there is a closed form.

    Arguments: `delta`, where given, adds each mode's simulated learning time at that initial scale, and the time
    that the offset law predicts.
    """
    found = spectrum.spectrum(setting.counts, [float(w) for w in setting.weights])
    exact = _closed_forms(setting, len(found.modes))
    records: list[dict[str, Any]] = [
        {
            "singular_value": mode.singular_value,
            "multiplicity": mode.multiplicity,
            "effective_weight": mode.effective_weight,
            "effective_singular_value": mode.effective_weight and mode.singular_value * mode.effective_weight,
            "escape_rate": rate,
        }
        for mode, rate in zip(found.modes, _escape_rate_of_modes(setting, found), strict=True)
    ]
    if len(exact) == len(records):
        for record, strings in zip(records, exact, strict=True):
            record.update({f"{name}_exact": str(value) for name, value in strings.items()})
    if delta is not None:
        _add_times(setting, delta, records)
    return {
        **setting.as_json(),
        "delta": delta,
        "modes": records,
        "escape_rates": _escape_rates(setting, found),
        "window": {
            "effective": _window(found.effective, exact, "effective_singular_value"),
            "escape": _window(found.escape, exact, "escape_rate"),
        },
    }


def _add_times(setting: Setting, delta: float, records: list[dict[str, Any]]) -> None:
    """Add "learning_time" (a run at δ; null for one that is too large) and "predicted_time" (STEP; else null) to the modes.

    Prediction: within a group T = ln((√n e^(2δ) − 1) f/(1 − f))/(2ω√n), exact; on the middle mode δ/ρ and the
    offset that is left as δ → ∞. f = 1/2.
    """
    found: list[float | None] = [None] * len(records)
    if setting.counts.c <= MOST_SIMULATED_CLASSES:
        with contextlib.suppress(TooLarge):
            found = list(measure.mode_learning_times(integrate(_experiment(setting, delta))))
    elif not (math.isfinite(delta) and delta > 0):
        raise InvalidInput(f"delta={delta} must be > 0: it is minus the logarithm of the initial scale")
    predicted = _predicted(setting, delta)
    for record, time in zip(records, found, strict=True):
        record["learning_time"] = time
        record["predicted_time"] = predicted.get(record["multiplicity"], {}).get(round(record["singular_value"], 9))


def _predicted(setting: Setting, delta: float) -> dict[int, dict[float, float]]:
    """Predicted learning times of two groups of classes, by multiplicity and singular value."""
    groups, weights = _groups(setting)
    if len(groups) != 2 or groups[0].count == groups[1].count:
        return {}
    predicted: dict[int, dict[float, float]] = {}
    for group, weight in zip(groups, weights, strict=True):
        if group.size > 1:
            exact = theory_middle.within_group_time(group, weight).subs(
                {symbols.delta: sp.Float(delta), symbols.fraction: sp.Rational(1, 2)}
            )
            predicted.setdefault(int(group.size) - 1, {})[round(math.sqrt(group.count), 9)] = float(exact)
    share = float(groups[1].size / setting.counts.c)
    numbers = middle.TwoGroups(share, (float(groups[0].count), float(groups[1].count)), (float(weights[0]), float(weights[1])))
    offset = middle.middle_offset(numbers)
    sigma = round(float(theory_middle.singular_value((groups[0], groups[1]))), 9)
    predicted.setdefault(1, {})[sigma] = delta / offset.escape_rate + offset.value
    return predicted


def _experiment(setting: Setting, delta: float) -> Experiment:
    return Experiment(setting.counts, tuple(float(w) for w in setting.weights), loss_named("squared"), delta)


def _escape_rate_of_modes(setting: Setting, found: spectrum.Spectrum) -> list[float | None]:
    """The escape rate that stands beside each mode of Z.

    Inside a group of equal counts and weights the mode itself escapes, at √n ω. The remaining escape rates
    belong to other directions than the remaining modes; they are set beside them in order of size. None for
    a multiple mode whose classes have different weights.
    """
    pairs = Counter(zip(setting.counts.per_class, (float(w) for w in setting.weights), strict=True))
    alike = {n for n, weights in Counter(count for count, _ in pairs).items() if weights == 1}
    within = {math.sqrt(n): (math.sqrt(n) * w, m - 1) for (n, w), m in pairs.items() if n in alike and m > 1}
    left: Counter[float] = Counter()
    for rate in found.escape_rates:
        left[rate.value] += rate.multiplicity
    for own, multiplicity in within.values():
        for value in sorted(left, key=lambda value: abs(value - own)):
            taken_here = min(multiplicity, left[value])
            left[value] -= taken_here
            multiplicity -= taken_here
    rest = [value for value, multiplicity in left.items() for _ in range(multiplicity)]
    beside: list[float | None] = []
    for mode in found.modes:
        group = within.get(mode.singular_value)
        if group and group[1] == mode.multiplicity:
            beside.append(group[0])
        else:
            taken, rest = rest[: mode.multiplicity], rest[mode.multiplicity :]
            beside.append(taken[0] if len(set(taken)) == 1 else None)
    return beside


def _escape_rates(setting: Setting, found: spectrum.Spectrum) -> list[dict[str, Any]]:
    """Every escape rate with its multiplicity; exact where the effective counts n ω² are rational."""
    records: list[dict[str, Any]] = [{"value": rate.value, "multiplicity": rate.multiplicity} for rate in found.escape_rates]
    effective = [n * w**2 for n, w in zip(setting.counts.per_class, setting.weights, strict=True)]
    if all(value.is_Rational for value in effective):
        for record, value in zip(records, _label_values(effective, len(records)), strict=False):
            record["exact"] = str(value)
    return records


def _label_values(counts: Sequence[sp.Expr], expected: int) -> list[sp.Expr]:
    """Exact singular values of P diag(√counts), descending; none where they are too many or not `expected`."""
    groups = [Group(sp.Integer(list(counts).count(n)), n) for n in dict.fromkeys(counts)]
    if len(groups) > MOST_EXACT_GROUPS:
        return []
    values = [value for value, _ in labels.label_spectrum(groups)]
    return sorted(values, key=float, reverse=True) if len(values) == expected else []


def _closed_forms(setting: Setting, modes_found: int) -> list[dict[str, sp.Expr]]:
    """Exact values of each mode, σ descending: all rates for two groups of classes at most, else σ alone."""
    groups, weights = _groups(setting)
    if len(groups) > 2 or len({group.count for group in groups}) < len(groups):
        per_class = [sp.Integer(n) for n in setting.counts.per_class]
        return [{"singular_value": value} for value in _label_values(per_class, modes_found)]
    escape = labels.mode_values(labels.weighted_gram(groups, [w**2 for w in weights]))
    found = [
        {"singular_value": mode.sigma, "effective_singular_value": mode.effective_singular_value, "escape_rate": sp.sqrt(rate)}
        for mode, (rate, _) in zip(modes.step_modes(groups, weights), escape, strict=True)
    ]
    return sorted(found, key=lambda mode: -float(mode["singular_value"]))


def _groups(setting: Setting) -> tuple[tuple[Group, ...], tuple[sp.Expr, ...]]:
    """Classes of equal count and weight, largest count first."""
    pairs = list(zip(setting.counts.per_class, setting.weights, strict=True))
    distinct = sorted(set(pairs), key=lambda pair: (-pair[0], float(pair[1])))
    groups = tuple(Group(sp.Integer(pairs.count(pair)), sp.Integer(pair[0])) for pair in distinct)
    return groups, tuple(weight for _, weight in distinct)


def _window(found: spectrum.Window | None, exact: list[dict[str, sp.Expr]], rate: str) -> dict[str, Any]:
    """Last less first scaled learning time 1/rate, absolute and relative to the first."""
    if found is None:
        return {"absolute": None, "relative": None}
    window: dict[str, Any] = {"absolute": found.absolute, "relative": found.relative}
    if exact and rate in exact[0]:
        closed = timing.window_of([mode[rate] for mode in exact])
        window.update(absolute_exact=str(sp.radsimp(closed.absolute)), relative_exact=str(sp.radsimp(closed.relative)))
    return window


def require_step(setting: Setting) -> None:
    """Raises InvalidInput unless the counts are STEP: a window against R needs counts that follow R."""
    if setting.step is None:
        raise InvalidInput("--plot needs counts that follow R, and these do not: give them with --step")


def against_ratio(setting: Setting, progress: Callable[[str], None]) -> RatioStudy:
    """Windows against R for the setting's c, split and weights, beside those without weights.

    Lines are formulas in the limit δ → ∞, marks are runs at δ = PLOT_DELTA and R = 10, 100, 1000.
    """
    require_step(setting)
    c, _, *rest = setting.step or ()
    share = rest[0] if rest else "1/2"
    grid = tuple(int(r) for r in np.unique(np.round(np.logspace(0, 3, 25))))

    def at(ratio: int, choice: Any) -> Setting:
        counts = class_counts.step(c, ratio, share)
        weights = class_weights(counts, choice, setting.normalization)  # type: ignore[arg-type]
        return replace(setting, counts=counts, weights=weights)

    def runs(choice: Any) -> tuple[float, ...]:
        windows = []
        for ratio in PLOT_RATIOS:
            windows.append(_simulated(at(ratio, choice)))
            progress(f"R = {ratio}")
        return tuple(windows)

    def formulas(choice: Any, kind: str) -> tuple[float, ...]:
        return tuple(document(at(ratio, choice))["window"][kind]["relative"] for ratio in grid)

    curves = [
        Curve("no weights: singular values", grid, formulas("none", "effective"), "-", 0),
        Curve(f"no weights: runs, δ = {PLOT_DELTA:g}", PLOT_RATIOS, runs("none"), "o", 0),
    ]
    if len(set(setting.weights)) > 1:
        curves += [
            Curve(f"{setting.weighting}: effective singular values", grid, formulas(setting.choice, "effective"), "--", 1),
            Curve(f"{setting.weighting}: escape rates", grid, formulas(setting.choice, "escape"), "-", 1),
            Curve(f"{setting.weighting}: runs, δ = {PLOT_DELTA:g}", PLOT_RATIOS, runs(setting.choice), "s", 1),
        ]
    minority = Fraction(setting.counts.per_class.count(min(setting.counts.per_class)), setting.counts.c)
    half = isinstance(setting.choice, str) and setting.choice in ("1/2", "0.5")
    return RatioStudy(
        f"STEP, c = {c}, minority share {minority}",
        grid,
        tuple(curves),
        float(minority) ** -0.5 - 1 if half else None,
        f"the paper's bound 1/√p − 1, p = {minority}",
    )


def _simulated(setting: Setting) -> float:
    """last/first mode learning time − 1 of a run."""
    times = [time for time in measure.mode_learning_times(integrate(_experiment(setting, PLOT_DELTA))) if time is not None]
    return max(times) / min(times) - 1


def command(
    counts: CountsOption = None,
    step: StepOption = None,
    long_tailed: LongTailedOption = None,
    weight_exponent: ExponentOption = None,
    class_weight: ClassWeightOption = None,
    normalization: NormalizationOption = "raw",
    delta: Annotated[str, typer.Option("--delta", metavar="D", help="Initial scale e^(−D) of the simulated times.")] = "8",
    as_json: JsonOption = False,
    plot: Annotated[Path | None, typer.Option("--plot", metavar="FILE", help="Draw the window against R, for --step.")] = None,
) -> int:
    """Learning times and windows for given counts and weights, as the paper has them and exactly.

    In scaled time (τ = t/δ, δ → ∞) a mode of rate r is learned at 1/r. Beside the rates stand the learning times
    of a run at --delta, in flow time, and those that the offset law predicts.
    """
    setting = options.read_setting(counts, step, long_tailed, weight_exponent, class_weight, normalization)
    if options.picture(plot):
        require_step(setting)
    found = document(setting, options.read_number(delta, "delta"))
    if plot:
        from proofs.report import figures

        with progress.bar("running", PLOT_RUNS) as advance:
            figures.windows(plot, against_ratio(setting, advance))
    if as_json:
        tables.print_json(found)
    else:
        print_table(setting, found)
    return 0


def print_table(setting: Setting, document: dict[str, Any]) -> None:
    """The modes with their rates and times, then the windows."""
    console = tables.console()
    console.print(f"{setting.described}; {setting.weighting}; times of a run at δ = {document['delta']:g}", highlight=False, soft_wrap=True)
    table = Table("σ", "mult.", "σλ (paper)", "escape rate", "T (run)", "T (predicted)", box=None)
    for mode in document["modes"]:
        table.add_row(
            tables.number(mode["singular_value"]),
            str(mode["multiplicity"]),
            tables.number(mode["effective_singular_value"], "undefined"),
            tables.number(mode["escape_rate"]),
            tables.number(mode["learning_time"]),
            tables.number(mode["predicted_time"]),
        )
    tables.show(table)
    if any(mode["effective_singular_value"] is None for mode in document["modes"]):
        console.print(
            "undefined: classes of equal count have different weights, so v'Ωv depends on the basis of a multiple σ",
            highlight=False,
            soft_wrap=True,
        )
    windows = Table("window in scaled time", "absolute", "of the first", "exactly", box=None)
    for kind, name in (("effective", "σλ (paper)"), ("escape", "escape rates")):
        found = document["window"][kind]
        windows.add_row(name, tables.number(found["absolute"]), tables.number(found["relative"]), found.get("relative_exact", "–"))
    tables.show(windows)
