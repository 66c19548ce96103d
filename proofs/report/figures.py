"""Figures. Each is written whole, in the format that the file's suffix names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from proofs.report.files import written_whole
from proofs.report.studies import Panel, RatioStudy

STYLE = {
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "savefig.dpi": 160,
    "figure.constrained_layout.use": True,
}
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")  # told apart by colour-blind readers


def _save(figure: Figure, path: Path) -> None:
    with written_whole(path) as draft:
        figure.savefig(draft)


def strengths(path: Path, panels: Sequence[Panel]) -> None:
    """Mode strengths s/σ over scaled time t/δ, a panel for each weighting; many modes are told apart by a scale of σ."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(4.2 * len(panels), 3.4))
        axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        for axis, panel in zip(axes, panels, strict=True):
            scale = _scale(panel.singular_values)
            colours = COLOURS if scale is None else scale.to_rgba(np.array(panel.singular_values))
            for k, sigma in enumerate(panel.singular_values):
                times = "" if panel.multiplicities[k] == 1 else f" (× {panel.multiplicities[k]})"
                axis.plot(
                    panel.times / panel.delta,
                    panel.strengths[:, k] / sigma,
                    lw=2 if scale is None else 1,
                    color=colours[k],
                    label=f"σ = {sigma:.3g}{times}",
                )
            axis.axhline(0.5, color="0.8", lw=0.8, zorder=0)
            axis.set_title(panel.title)
            axis.set_xlabel(f"scaled time t/δ, δ = {panel.delta:g}")
            axis.set_xlim(0, min(panel.times[-1] / panel.delta, 1.15 * _last_learned(panel)))
            if scale is None:
                axis.legend(loc="lower right", title="modes")
            else:
                figure.colorbar(scale, ax=axis, label=f"σ of {sum(panel.multiplicities)} modes")
        axes[0].set_ylabel("mode strength s/σ")
        _save(figure, path)


def _scale(singular_values: Sequence[float]) -> ScalarMappable | None:
    """Colours by σ, on a logarithmic scale, where there are more values than colours."""
    if len(singular_values) <= len(COLOURS):
        return None
    return ScalarMappable(LogNorm(min(singular_values), max(singular_values)), "viridis")


def _last_learned(panel: Panel) -> float:
    """The scaled time at which every mode has 99 % of its strength, or the horizon."""
    done = np.all(panel.strengths >= 0.99 * np.array(panel.singular_values), axis=1)
    return float(panel.times[np.argmax(done)] if done.any() else panel.times[-1]) / panel.delta


def windows(path: Path, study: RatioStudy) -> None:
    """The window relative to the first learning time, against R: lines are formulas, marks are runs."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5.6, 3.8))
        axis = figure.subplots()
        for k, curve in enumerate(study.curves):
            axis.plot(
                curve.ratios,
                curve.windows,
                curve.style,
                color=COLOURS[curve.colour],
                label=curve.label,
                lw=1.8,
                ms=6,
                mfc="white" if curve.style == "o" else None,
                zorder=3 + k,
            )
        if study.bound is not None:
            axis.axhline(study.bound, color="0.5", lw=1, ls=":")
            axis.annotate(
                study.bound_label,
                (study.ratios[-1], study.bound),
                xytext=(0, 3),
                textcoords="offset points",
                color="0.35",
                ha="right",
                va="bottom",
            )
        axis.set_xscale("log")
        axis.set_yscale("symlog", linthresh=1, linscale=1.2)
        axis.set_ylim(bottom=-0.03)
        axis.set_xlabel("imbalance ratio R")
        axis.set_ylabel("window, last/first learning time − 1")
        axis.set_title(study.title, fontsize=10)
        axis.legend(fontsize=8, loc="upper left")
        _save(figure, path)
