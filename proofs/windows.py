"""`ufm window`: the modes of a setting, their rates as the paper has them and exactly, and the windows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numerics import flow, measure, spectrum
from numerics.experiment import Experiment
from proofs.options import Setting
from theory import counts as class_counts
from theory import labels, modes, timing
from theory.counts import Group
from theory.exact import InvalidInput
from theory.losses import loss_named
from theory.weights import class_weights

PLOT_RATIOS = (10, 100, 1000)
PLOT_DELTA = 16.0
PLOT_RUNS = 2 * len(PLOT_RATIOS)


def document(setting: Setting) -> dict[str, Any]:
    """The JSON document of the contract: floats, with exact strings beside them where there is a closed form.

    A mode's escape rate stands beside it inside the groups; the other escape rates, which belong to other
    directions than the modes of Z, are listed in order of size.
    """
    found = spectrum.modes(setting.counts, [float(w) for w in setting.weights])
    exact = _closed_forms(setting)
    records = [{"singular_value": mode.singular_value, "multiplicity": mode.multiplicity,
                "effective_weight": mode.effective_weight, "effective_singular_value": mode.effective_singular_value,
                "escape_rate": mode.escape_rate} for mode in found]
    if len(exact) == len(records):
        for record, strings in zip(records, exact, strict=True):
            record.update({f"{name}_exact": str(value) for name, value in strings.items()})
    rates = ("effective_singular_value", "escape_rate")
    effective, escape = (_window(records, exact, rate) for rate in rates)
    return {**setting.as_json(), "modes": records, "window": {"effective": effective, "escape": escape}}


def _closed_forms(setting: Setting) -> list[dict[str, sp.Expr]]:
    """σ, σλ and escape rate of each mode, σ descending, for two groups of classes at most; else nothing."""
    groups, weights = _groups(setting)
    if len(groups) > 2 or len({group.count for group in groups}) < len(groups):
        return []
    escape = labels.mode_values(labels.weighted_gram(groups, [w**2 for w in weights]))
    found = [{"singular_value": mode.sigma, "effective_singular_value": mode.effective_singular_value,
              "escape_rate": sp.sqrt(rate)} for mode, (rate, _) in zip(modes.step_modes(groups, weights), escape, strict=True)]
    return sorted(found, key=lambda mode: -float(mode["singular_value"]))


def _groups(setting: Setting) -> tuple[tuple[Group, ...], tuple[sp.Expr, ...]]:
    """Classes of equal count and weight, largest count first."""
    pairs = list(zip(setting.counts.per_class, setting.weights, strict=True))
    distinct = sorted(set(pairs), key=lambda pair: (-pair[0], float(pair[1])))
    groups = tuple(Group(sp.Integer(pairs.count(pair)), sp.Integer(pair[0])) for pair in distinct)
    return groups, tuple(weight for _, weight in distinct)


def _window(records: list[dict[str, Any]], exact: list[dict[str, sp.Expr]], rate: str) -> dict[str, Any]:
    """Last less first scaled learning time 1/rate, absolute and relative to the first."""
    rates = [record[rate] for record in records]
    if None in rates:
        return {"absolute": None, "relative": None}
    window = {"absolute": 1 / min(rates) - 1 / max(rates), "relative": max(rates) / min(rates) - 1}
    if exact:
        found = timing.window_of([mode[rate] for mode in exact])
        window.update(absolute_exact=str(sp.radsimp(found.absolute)), relative_exact=str(sp.radsimp(found.relative)))
    return window


@dataclass(frozen=True)
class Curve:
    """Windows relative to the first learning time, at these ratios; `style` is a line or a mark."""

    label: str
    ratios: tuple[int, ...]
    windows: tuple[float, ...]
    style: str
    colour: int


@dataclass(frozen=True)
class RatioStudy:
    """What the figure of windows against R shows; `bound` is the paper's, where the weights are its choice."""

    title: str
    ratios: tuple[int, ...]
    curves: tuple[Curve, ...]
    bound: float | None
    bound_label: str


def require_step(setting: Setting) -> None:
    """Raises InvalidInput unless the counts are STEP: a window against R needs counts that follow R."""
    if setting.step is None:
        raise InvalidInput("--plot needs counts that follow R, and these do not: give them with --step")


def against_ratio(setting: Setting, progress: Callable[[str], None]) -> RatioStudy:
    """Windows against R for the setting's c, split and weights, beside those without weights.

    Lines are formulas in the limit δ → ∞, marks are runs at δ = PLOT_DELTA and R = 10, 100, 1000.
    """
    require_step(setting)
    c, _, *share = setting.step or ()
    grid = tuple(int(r) for r in np.unique(np.round(np.logspace(0, 3, 25))))

    def at(ratio: int, choice: Any) -> Setting:
        counts = class_counts.step(c, ratio, *share)
        weights = class_weights(counts, choice, setting.normalization)
        return replace(setting, counts=counts, weights=weights)

    def runs(choice: Any) -> tuple[float, ...]:
        windows = []
        for ratio in PLOT_RATIOS:
            windows.append(_simulated(at(ratio, choice)))
            progress(f"R = {ratio}")
        return tuple(windows)

    def formulas(choice: Any, kind: str) -> tuple[float, ...]:
        return tuple(document(at(ratio, choice))["window"][kind]["relative"] for ratio in grid)

    curves = [Curve("no weights: singular values", grid, formulas("none", "effective"), "-", 0),
              Curve(f"no weights: runs, δ = {PLOT_DELTA:g}", PLOT_RATIOS, runs("none"), "o", 0)]
    if len(set(setting.weights)) > 1:
        curves += [Curve(f"{setting.weighting}: effective singular values", grid, formulas(setting.choice, "effective"),
                         "--", 1),
                   Curve(f"{setting.weighting}: escape rates", grid, formulas(setting.choice, "escape"), "-", 1),
                   Curve(f"{setting.weighting}: runs, δ = {PLOT_DELTA:g}", PLOT_RATIOS, runs(setting.choice), "s", 1)]
    minority = Fraction(setting.counts.per_class.count(min(setting.counts.per_class)), setting.counts.c)
    half = isinstance(setting.choice, str) and setting.choice in ("1/2", "0.5")
    return RatioStudy(f"STEP, c = {c}, minority share {minority}", grid, tuple(curves),
                      float(minority) ** -0.5 - 1 if half else None, f"the paper's bound 1/√p − 1, p = {minority}")


def _simulated(setting: Setting) -> float:
    """last/first mode learning time − 1 of a run."""
    experiment = Experiment(setting.counts, tuple(float(w) for w in setting.weights), loss_named("squared"), PLOT_DELTA)
    times = [time for time in measure.mode_learning_times(flow.simulate(experiment)) if time is not None]
    return max(times) / min(times) - 1
