"""What the figures show, as numbers: each from a derivation of `theory`, a run of `numerics`, or the kept evidence."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import sympy as sp
from scipy.optimize import brentq

from numerics.unconstrained_features import flow, measure, middle, spectrum
from numerics.unconstrained_features.experiment import Experiment
from proofs.claims import registry
from proofs.report.files import written_whole
from theory import symbols
from theory.data import counts as class_counts
from theory.data import labels
from theory.data.counts import ClassCounts, Group
from theory.data.weights import class_weights
from theory.losses import LOSSES, loss_named
from theory.unconstrained_features import first_order, modes, offset
from theory.unconstrained_features import middle as theory_middle

Made = Literal["derived", "run", "measured"]
Simulate = Callable[[Experiment], flow.Trajectory]
HALF = sp.Rational(1, 2)
EVIDENCE = Path(__file__).parents[1] / "evidence"
DIGITS = 8  # significant digits of a number in the kept tables
KINDS = ("majority", "middle", "minority")
WINDOW_RATIOS, WINDOW_DELTAS = (10, 100, 1000), (8.0, 32.0, 128.0)
WINDOW_RUNS = len(WINDOW_RATIOS) * (1 + len(WINDOW_DELTAS))  # the number with weights; without weights there are fewer
FINE = 100  # samples in the smallest class, where R on a curve need not be whole


@dataclass(frozen=True)
class Series:
    """Points of one curve, or of one row of marks, in one panel; `low` and `high` where there is an interval."""

    panel: str
    name: str
    made: Made
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


@dataclass(frozen=True)
class Study:
    """All that a figure shows. `x` and `y` name the quantities; `told` has what its drawing and its caption need beside the points."""

    x: str
    y: str
    series: tuple[Series, ...]
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def panels(self) -> list[str]:
        """The titles of the panels, in order."""
        return list(dict.fromkeys(one.panel for one in self.series))

    def of(self, panel: str, name: str = "") -> list[Series]:
        """The series of a panel whose names start so."""
        return [one for one in self.series if one.panel == panel and one.name.startswith(name)]


def write_table(path: Path, study: Study) -> None:
    """The points as CSV: panel, series, whether derived, run or measured, x, y, and the interval where there is one."""
    with written_whole(path) as draft, draft.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["panel", "series", "made", study.x, study.y, "low", "high"])
        for one in study.series:
            for k, (x, y) in enumerate(zip(one.x, one.y, strict=True)):
                interval = [_digits(one.low[k]), _digits(one.high[k])] if one.low else ["", ""]
                table.writerow([one.panel, one.name, one.made, _digits(x), _digits(y), *interval])


def _digits(value: float) -> str:
    return f"{value:.{DIGITS}g}"


def _floats(values: Any) -> tuple[float, ...]:
    return tuple(float(value) for value in np.ravel(values))


def _run(counts: ClassCounts, weights: Sequence[float], delta: float) -> flow.Trajectory:
    return flow.simulate(Experiment(counts, tuple(weights), loss_named("squared"), delta))


def _powers(counts: ClassCounts, exponent: float) -> tuple[float, ...]:
    """ω = n^(−γ), raw."""
    return tuple(float(n) ** -exponent for n in counts.per_class)


def kinds(counts: ClassCounts) -> dict[float, str]:
    """Which mode of STEP has which singular value, to nine digits; nothing where the counts are no STEP with two classes in each group."""
    groups = counts.groups()
    if len(groups) != 2 or any(group.size < 2 for group in groups):
        return {}
    values = [float(mode.sigma) for mode in modes.step_modes(groups, (sp.Integer(1),) * 2)]
    return {round(value, 9): kind for value, kind in zip(values, ("majority", "minority", "middle"), strict=True)}


# Strengths, losses and leaks over time --------------------------------------------------------------------------


def strengths(runs: Sequence[tuple[str, flow.Trajectory]]) -> Study:
    """Mode strengths s/σ over scaled time, a panel a run; a series a singular value."""
    series = []
    for title, run in runs:
        times = np.linspace(0, run.t[-1], 500)
        names = kinds(run.experiment.counts)
        groups, found = measure.mode_groups(run), measure.group_strengths(run, times)
        for k, group in enumerate(groups):
            name = names.get(round(group.singular_value, 9), f"σ = {group.singular_value:.3g}")
            many = f" (× {group.multiplicity})" if group.multiplicity > 1 else ""
            made = _floats(times / run.experiment.delta), _floats(found[:, k] / group.singular_value)
            series.append(Series(title, name + many, "run", *made))
    values = [group.singular_value for group in measure.mode_groups(runs[0][1])]
    return Study("scaled time", "strength over its end", tuple(series), {"delta": runs[0][1].experiment.delta, "sigma": values})


def beside_vanilla(title: str, run: flow.Trajectory, simulate: Simulate = flow.simulate) -> list[tuple[str, flow.Trajectory]]:
    """The run, after the same run without weights where it has weights."""
    own = run.experiment
    if len(set(own.weights)) == 1:
        return [(title, run)]
    vanilla = Experiment(own.counts, (1.0,) * own.counts.c, own.loss, own.delta, own.init, own.width, own.seed)
    return [("no weights", simulate(vanilla)), (title, run)]


def step_strengths() -> Study:
    """Strengths of STEP(10, 100) without weights and with n^(−1/2)."""
    counts = class_counts.step(10, 100)
    return strengths(beside_vanilla("weights $n^{-1/2}$", _run(counts, _powers(counts, 0.5), 8.0)))


def staircase(per_class: tuple[int, ...] = (36, 16, 9, 4, 1), deltas: tuple[float, ...] = (4.0, 12.0, 60.0)) -> Study:
    """The loss over scaled time without weights: runs at several δ, and the limit of `loss-staircase`."""
    counts = ClassCounts(per_class)
    series = []
    for delta in deltas:
        run = _run(counts, (1.0,) * counts.c, delta)
        times = np.linspace(0, min(run.t[-1], 1.6 * delta), 800)
        found = measure.weighted_loss(run, times)
        series.append(Series("", f"δ = {delta:g}", "run", _floats(times / delta), _floats(found / found[0])))
    sigma = np.sort([float(value) for value, many in labels.label_spectrum(counts.groups()) for _ in range(int(many))])[::-1]
    left = np.append(np.cumsum(sigma[::-1] ** 2)[::-1], 0) / np.sum(sigma**2)  # the share of the loss that the modes not yet learned keep
    series.append(Series("", "δ → ∞", "derived", (0.0, *_floats(1 / sigma)), _floats(left)))
    return Study("scaled time", "loss over its start", tuple(series), {"counts": per_class, "sigma": _floats(sigma)})


def leak(exponents: tuple[float, ...] = (0.25, 0.5, 1.0), ratio: int = 100, delta: float = 8.0) -> Study:
    """How the weighted flow leaves the spectral ansatz under STEP(4, R).

    The middle mode's strength in a run at γ = 1/2 beside the solution of ds/dt = 2λs(σ − s), and for each exponent the
    share of the logits that is of no form U diag Vᵀ: √(‖L‖² − Σ s_i²)/‖L‖, which rounding hides below 1e-8.
    """
    counts = class_counts.step(4, ratio)
    closed = sp.lambdify((symbols.t, symbols.sigma, symbols.rate, symbols.delta), modes.solve_strength())
    middle_mode = modes.step_modes(counts.groups(), [group.count**-HALF for group in counts.groups()])[2]
    sigma, weight = float(middle_mode.sigma), float(middle_mode.effective_weight)
    (place,) = (k for k, value in enumerate(sorted(kinds(counts), reverse=True)) if kinds(counts)[value] == "middle")
    series = []
    for exponent in exponents:
        run = _run(counts, _powers(counts, exponent), delta)
        slowest = min(spectrum.spectrum(counts, _powers(counts, exponent)).escape_rates, key=lambda rate: rate.value).value
        times = np.linspace(0, min(run.t[-1], 2.0 * delta / slowest), 500)
        if exponent == 0.5:
            found = measure.group_strengths(run, times)[:, place] / sigma
            series += [
                Series("middle mode", "the flow", "run", _floats(times / delta), _floats(found)),
                Series("middle mode", "ansatz", "derived", _floats(times / delta), _floats(closed(times, sigma, weight, delta) / sigma)),
            ]
        logits = run.class_logits(times) * np.sqrt(np.array(counts.per_class, dtype=float))
        whole, kept = np.sum(logits**2, axis=(1, 2)), np.sum(measure.strengths(run, times) ** 2, axis=1)
        outside = np.sqrt(np.maximum(whole - kept, 0) / whole)
        series.append(Series("outside the ansatz", f"γ = {Fraction(exponent)}", "run", _floats(times * slowest / delta), _floats(outside)))
    return Study("scaled time", "strength over its end; share", tuple(series), {"delta": delta, "R": ratio, "lambda": weight})


# Windows and learning times -------------------------------------------------------------------------------------


def windows(
    c: Any,
    share: Any,
    choice: Any,
    normalization: str,
    weighting: str,
    ratios: Sequence[int] = WINDOW_RATIOS,
    deltas: Sequence[float] = WINDOW_DELTAS,
    simulate: Simulate = flow.simulate,
    progress: Callable[[str], None] = lambda done: None,
) -> Study:
    """The window relative to the first learning time over R, for STEP(c, R, share) and these weights, beside no weights.

    Curves are spectra, in the limit δ → ∞; marks are runs at several δ. The bound is the one that `window-bound-any-split`
    states, told where the weights are those that it is about.
    """
    scale_free = isinstance(choice, str) and not choice.startswith("effective-number")  # then only ratios of counts matter
    grid = np.unique(np.round(np.logspace(0, 3, 61) * FINE)) / FINE if scale_free else np.unique(np.round(np.logspace(0, 3, 61)))

    def setting(ratio: Any, chosen: Any, least: int = 1) -> tuple[ClassCounts, tuple[float, ...]]:
        counts = class_counts.step(c, ratio, share, least)
        return counts, _floats(class_weights(counts, chosen, normalization))  # type: ignore[arg-type]

    def curve(chosen: Any, kind: str) -> list[spectrum.Window | None]:
        settings = (setting(sp.Rational(round(r * FINE), FINE), chosen, FINE if scale_free else 1) for r in grid)
        return [getattr(spectrum.spectrum(*one), kind) for one in settings]

    def runs(panel: str, chosen: Any, delta: float) -> Series:
        found = []
        for ratio in ratios:
            found.append(_spread(*setting(ratio, chosen), delta, simulate))
            progress(f"R = {ratio}, δ = {delta:g}")
        return Series(panel, f"run, δ = {delta:g}", "run", _floats(ratios), tuple(found))

    series = []
    for panel, chosen, run_deltas in (("no weights", "none", deltas[:1]), (weighting, choice, deltas)):
        for kind in ("effective", "escape"):
            found = [(r, one.relative) for r, one in zip(grid, curve(chosen, kind), strict=True) if one is not None]
            if found and not (chosen == "none" and kind == "escape"):
                series.append(Series(panel, kind, "derived", *map(_floats, zip(*found, strict=True))))
        series += [runs(panel, chosen, delta) for delta in run_deltas]
        if len(set(setting(2, choice)[1])) == 1:
            break
    told: dict[str, Any] = {"c": c, "share": str(share)}
    if isinstance(choice, str) and choice in ("1/2", "0.5"):
        bound = registry.claims(["window-bound-any-split"])[0].stated["bound"]
        told["bound"] = float(bound.subs(symbols.p, sp.Rational(str(share))))
    return Study("imbalance ratio R", "last over first learning time, less 1", tuple(series), told)


def _spread(counts: ClassCounts, weights: tuple[float, ...], delta: float, simulate: Simulate) -> float:
    """Last over first mode learning time of a run, less 1."""
    times = [
        time
        for time in measure.mode_learning_times(simulate(Experiment(counts, weights, loss_named("squared"), delta)))
        if time is not None
    ]
    return max(times) / min(times) - 1


def half_windows() -> Study:
    """Windows of STEP(4, R) without weights and with n^(−1/2), from R = 1.5 to 1000."""
    return windows(4, "1/2", "1/2", "raw", "weights $n^{-1/2}$", ratios=(3, 10, 40, 200, 1000), deltas=(8.0, 24.0, 72.0))


def class_times(ratio: int = 100, deltas: tuple[float, ...] = (8.0, 20.0)) -> Study:
    """Learning times of majority and minority classes over the weight exponent, of STEP(4, R) runs, and where they cross.

    Weights have mean 1, so that the exponents share a unit of time.
    """
    counts = class_counts.step(4, ratio)

    def times(exponent: float, delta: float) -> tuple[float, float]:
        raw = np.array(_powers(counts, exponent))
        found = measure.class_learning_times(_run(counts, _floats(raw / raw.mean()), delta))
        return float(found[0] or math.nan), float(found[-1] or math.nan)

    series, crossings = [], {}
    exponents = np.linspace(0, 1, 11)
    for delta in deltas:
        found = np.array([times(exponent, delta) for exponent in exponents]) / delta
        for k, kind in enumerate(("majority", "minority")):
            series.append(Series("", f"{kind}, δ = {delta:g}", "run", _floats(exponents), _floats(found[:, k])))
        crossing = brentq(lambda gamma, delta=delta: np.subtract(*np.log(times(gamma, delta))), 0.3, 0.7, xtol=1e-3)
        crossings[f"{delta:g}"] = float(crossing)
        series.append(Series("", f"crossing, δ = {delta:g}", "run", (float(crossing),), (times(crossing, delta)[0] / delta,)))
    return Study("weight exponent", "scaled learning time", tuple(series), {"crossings": crossings, "R": ratio})


def offsets(shares: tuple[float, ...] = (0.25, 0.5, 0.75)) -> Study:
    """T_mid − δ as δ → ∞ over R at γ = 1/2: of the integrated flow, of the derived law, and of full runs at δ = 16."""
    law = offset.offset_law(HALF).subs(symbols.fraction, HALF)
    value = sp.lambdify((symbols.R, symbols.p, symbols.connection), law)
    grid = np.logspace(0, 12, 49)
    series = []
    for share in shares:
        name = f"p = {Fraction(share)}"
        integral = middle.connection_integrals(share).leading
        series.append(Series("", f"law, {name}", "derived", _floats(grid), _floats([value(ratio, share, integral) for ratio in grid])))
        found = [middle.middle_offset(middle.step_groups(ratio, share)).value for ratio in np.logspace(0, 12, 13)]
        series.append(Series("", f"reduced flow, {name}", "run", _floats(np.logspace(0, 12, 13)), _floats(found)))
    ratios, delta = (3, 30, 300, 3000), 16.0
    whole = []
    for ratio in ratios:
        counts = class_counts.step(4, ratio)
        (place,) = (k for k, sigma in enumerate(sorted(kinds(counts), reverse=True)) if kinds(counts)[sigma] == "middle")
        whole.append(float(measure.mode_learning_times(_run(counts, _powers(counts, 0.5), delta))[place] or math.nan) - delta)
    series.append(Series("", f"full run, p = 1/2, δ = {delta:g}", "run", _floats(ratios), _floats(whole)))
    return Study("imbalance ratio R", "T_mid less δ", tuple(series))


# Which mode is first, over ratio and exponent -------------------------------------------------------------------


def phases(deltas: tuple[float, ...] = (3.0, 6.0, 24.0), wedge: float = 6.0) -> Study:
    """Which modes are learned first and last under STEP with equal halves, over R and the weight exponent γ (raw, n_min = 1).

    The line T_maj = T_min at each δ, from the derived times; the exponents between which the middle mode is the last,
    from the reduced flow at one δ; and the window of the escape rates in the limit δ → ∞, derived.
    """
    majority, minority = _within_times()
    fine = np.logspace(np.log10(1.5), 3, 41)
    series = []
    for delta in deltas:
        meet = [-math.log(majority(ratio, 1.0, delta) / minority(delta)) / math.log(ratio) for ratio in fine]
        series.append(Series("", f"T_maj = T_min, δ = {delta:g}", "derived", _floats(fine), tuple(meet)))
    flat = first_order.flattening(_squared_target()).exponent or math.nan
    series.append(Series("", "T_maj = T_min, δ → ∞", "derived", (1.0, 1000.0), (float(flat),) * 2))
    coarse = np.logspace(np.log10(1.5), 3, 9)
    for name, other in (("minority", lambda ratio, gamma: minority(wedge)), ("majority", lambda r, g: majority(r, r**-g, wedge))):
        found = [_middle_meets(other, ratio, wedge, name == "majority") for ratio in coarse]
        series.append(Series("", f"T_mid = T_{name[:3]}, δ = {wedge:g}", "run", _floats(coarse), tuple(found)))
    return Study("imbalance ratio R", "weight exponent", tuple(series), {"window": _escape_window(), "wedge": wedge})


def _within_times() -> tuple[Callable[[float, float, float], float], Callable[[float], float]]:
    """(R, ω, δ) → T_maj and δ → T_min, derived, at f = 1/2 and n_min = 1."""
    group = Group(sp.Integer(2), symbols.R)
    majority = theory_middle.within_group_time(group, symbols.w_majority).subs(symbols.fraction, HALF)
    minority = theory_middle.within_group_time(Group(sp.Integer(2), sp.Integer(1)), sp.Integer(1)).subs(symbols.fraction, HALF)
    return sp.lambdify((symbols.R, symbols.w_majority, symbols.delta), majority), sp.lambdify(symbols.delta, minority)


def _middle_meets(other: Callable[[float, float], float], ratio: float, delta: float, above: bool) -> float:
    """The exponent at which the middle mode is learned together with another; there is one on each side of where it is the last."""

    def lateness(gamma: float) -> float:
        return middle.middle_learning_time(middle.step_groups(ratio, 0.5, gamma), delta).value - other(ratio, gamma)

    return float(brentq(lateness, 0.45, 1.6, xtol=1e-3) if above else brentq(lateness, -0.5, 0.55, xtol=1e-3))


def _escape_window() -> Callable[[Any, Any], Any]:
    """(R, γ) → last over first learning time in the limit δ → ∞, from the derived escape rates of STEP with equal halves."""
    groups = class_counts.symbolic_step(n_majority=symbols.R, n_minority=sp.Integer(1), m_majority=symbols.m_minority)
    weights = [symbols.R**-symbols.gamma, sp.Integer(1)]
    squares = [value for value, _ in labels.mode_values(labels.weighted_gram(groups, [weight**2 for weight in weights]))]
    rates = sp.lambdify((symbols.R, symbols.gamma), [sp.sqrt(square) for square in squares], "numpy")

    def window(ratio: Any, gamma: Any) -> Any:
        found = np.array(rates(ratio, gamma) if np.ndim(ratio) == 0 else [value + 0 * ratio for value in rates(ratio, gamma)])
        return found.max(axis=0) / found.min(axis=0)

    return window


@cache
def _squared_target() -> first_order.Target:
    return first_order.step_target(loss_named("squared"))


# Losses and networks --------------------------------------------------------------------------------------------


def bands(ratios: tuple[int, ...] = (10, 100), most: float = 2.0) -> Study:
    """For each registered loss the weight exponents at which the last mode takes at most `most` times as long as the first.

    STEP with 5 + 5 classes, from the derived escape rates in the limit δ → ∞. A series a loss and ratio: the least window,
    at its exponent, with the band as interval; x is NaN where no exponent keeps the window so small.
    """
    grid = np.linspace(-0.5, 1.75, 901)
    series, exact = [], {}
    for loss in LOSSES:
        target = first_order.step_target(loss_named(loss.name))
        exponent = first_order.flattening(target).exponent
        exact[loss.name] = None if exponent is None else str(exponent)
        for ratio in ratios:
            rates = _rates_of(target, ratio)(grid)
            spread = rates.max(axis=0) / rates.min(axis=0)
            best, inside = int(np.argmin(spread)), grid[spread <= most]
            low, high = (inside[0], inside[-1]) if len(inside) else (math.nan, math.nan)
            series.append(Series(f"R = {ratio}", loss.name, "derived", (grid[best],), (spread[best] - 1,), (low,), (high,)))
    return Study("weight exponent", "least window", tuple(series), {"exact": exact, "most": most, "ratios": ratios})


def _rates_of(target: first_order.Target, ratio: int) -> Callable[[Any], Any]:
    """γ → the escape rates of STEP(10, R), a row each."""
    groups = class_counts.step(10, ratio).groups()
    weights = [group.count**-symbols.gamma for group in groups]
    found = first_order.escape_rates(target.at(groups), weights)
    each = sp.lambdify(symbols.gamma, [rate for rate, multiplicity in found if multiplicity > 0], "numpy")
    return lambda grid: np.array([np.real(value + 0 * grid) for value in each(grid.astype(complex))])


EQUAL_TIMES = "exponent of equal learning times"


def networks() -> Study:
    """The exponent at which trained networks learn minority and majority together: proofs/evidence/networks.json."""
    document = json.loads((EVIDENCE / "networks.json").read_text(encoding="utf-8"))
    series = [
        Series(item["loss"], variant["variant"], "measured", (item["mean"],), (float(k),), (item["low"],), (item["high"],))
        for k, variant in enumerate(document["variants"])
        for item in variant["statistics"]
        if item["statistic"] == EQUAL_TIMES
    ]
    return Study("weight exponent of equal learning times", "experiment", tuple(series), {"seeds": len(document["variants"][0]["seeds"])})


def network_times() -> Study:
    """Steps to margin 1/2 of a small network's majority and minority classes over the exponent: proofs/evidence/quick/quick.json."""
    document = json.loads((EVIDENCE / "quick" / "quick.json").read_text(encoding="utf-8"))
    larger = np.array(document["counts"]) == max(document["counts"])
    series = []
    for loss in dict.fromkeys(row["loss"] for row in document["runs"]):
        rows = [row for row in document["runs"] if row["loss"] == loss]
        exponents = _floats([float(Fraction(row["weight_exponent"])) for row in rows])
        times = np.array([row["class_learning_steps"] for row in rows])
        for kind, which in (("majority", larger), ("minority", ~larger)):
            series.append(Series(loss, kind, "measured", exponents, _floats(times[:, which].mean(axis=1))))
        (equal,) = (item for item in document["statistics"] if item["loss"] == loss and item["statistic"] == EQUAL_TIMES)
        series.append(Series(loss, "equal", "measured", (equal["mean"],), (math.nan,), (equal["low"],), (equal["high"],)))
    return Study("weight exponent", "steps to margin 1/2", tuple(series), {"seeds": len(document["seeds"])})
