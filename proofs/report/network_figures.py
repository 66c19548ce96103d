"""The pictures of the network check. Each is written whole."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.animation import FuncAnimation, PillowWriter
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from numerics.networks import measure
from numerics.networks.measure import History
from proofs.claims.networks.runs import closed_form
from proofs.report import style
from proofs.report.drawings import plain_logarithmic
from proofs.report.files import written_whole
from proofs.report.style import FAINT, LOOKS, QUIET, Look

GROUPS, MODES = ("majority", "minority"), ("majority modes", "middle mode", "minority modes")
FRAMES_PER_SECOND, RESOLUTION = 4, 64  # of the animation
SHOWN = (0.0, 0.5)  # the exponents that are shown beside each other


def write(folder: Path, history: History) -> None:
    """Write accuracy.png, strengths.png, exponents.png and confusion.gif into the folder."""
    with style.style():
        for name, draw in (("accuracy", _accuracy), ("strengths", _strengths), ("exponents", _exponents)):
            style.save(draw(history), folder / f"{name}.png")
        with mpl.rc_context({"figure.constrained_layout.use": False}), written_whole(folder / "confusion.gif") as draft:
            writer = PillowWriter(fps=FRAMES_PER_SECOND)
            _confusion(history).save(draft, writer=writer, dpi=RESOLUTION, savefig_kwargs={"facecolor": "white"})


def _place(history: History, gamma: float) -> int:
    return [float(exponent) for exponent in history.plan.exponents].index(gamma)


def _title(loss: str, gamma: float) -> str:
    return f"{loss}, " + ("no weights" if gamma == 0 else "ω = n^(−1/2)")


def _panels(history: History, width: float, height: float) -> tuple[Figure, dict[tuple[int, float], Axes]]:
    """Axes with one row for each loss and one column for each shown exponent."""
    figure = Figure(figsize=(2 * width, len(history.plan.losses) * height))
    axes = figure.subplots(len(history.plan.losses), 2, squeeze=False, sharex="row", sharey="row")
    panels = {(k, gamma): axes[k, column] for k in range(len(history.plan.losses)) for column, gamma in enumerate(SHOWN)}
    for (k, gamma), axis in panels.items():
        axis.set_title(_title(history.plan.losses[k], gamma))
        if k == len(history.plan.losses) - 1:
            axis.set_xlabel("steps; median over seeds, band: quartiles", fontsize=9)
    return figure, panels


def _band(axis: Axes, x: np.ndarray, values: np.ndarray, own: Look, label: str, marks: bool = False) -> None:
    """Median over seeds (the second axis), and the band between the quartiles."""
    low, median, high = np.quantile(values, (0.25, 0.5, 0.75), axis=1)
    axis.plot(x, median, color=own.colour, ls=own.line, label=label, marker=own.mark if marks else "")
    axis.fill_between(x, low, high, color=own.colour, alpha=0.2, lw=0)


def _accuracy(history: History) -> Figure:
    figure, panels = _panels(history, style.FULL / 2, 2.5)
    accuracy = measure.by_group(history, measure.accuracies(history.test_confusion))
    for (k, gamma), axis in panels.items():
        for group, name in enumerate(GROUPS):
            _band(axis, history.steps[1:], accuracy[1:, :, k, _place(history, gamma), group], LOOKS[name], name)
        axis.set_xscale("log")
        axis.set_ylim(-0.01, 1)
        if gamma == 0:
            axis.set_ylabel("test accuracy")
    panels[0, 0.0].legend(loc="upper left")
    return figure


def _strengths(history: History) -> Figure:
    figure, panels = _panels(history, style.FULL / 2, 2.5)
    found = measure.strengths(history)
    for (k, gamma), axis in panels.items():
        place = _place(history, gamma)
        predicted = closed_form(history, k, place)
        for mode, name in enumerate(MODES):
            _band(axis, history.steps[1:], found[1:, :, k, place, mode], LOOKS[name.split()[0]], name)
            axis.plot(history.steps[1:], predicted[1:, mode], color=LOOKS[name.split()[0]].colour, lw=1, ls=":")
        axis.plot([], [], color=QUIET, lw=1, ls=":", label="closed form")
        axis.axhline(0.5, color=FAINT, lw=0.8, zorder=0)
        axis.set_xscale("log")
        axis.set_ylim(-0.1, 1.6)
        if gamma == 0:
            axis.set_ylabel("mode strength s/σ")
    panels[len(history.plan.losses) - 1, 0.0].legend(loc="upper left", ncols=2, fontsize=8)
    return figure


def _exponents(history: History) -> Figure:
    figure = Figure(figsize=(style.FULL, 2.8))
    gammas = np.array([float(gamma) for gamma in history.plan.exponents])
    times = measure.by_group(history, measure.class_times(history))
    for k, axis in enumerate(figure.subplots(1, len(history.plan.losses), squeeze=False)[0]):
        for group, name in enumerate(GROUPS):
            _band(axis, gammas, times[:, k, :, group].T, LOOKS[name], name, marks=True)
        axis.axvline(0.5, color=FAINT, lw=1)
        axis.annotate(
            "free features",
            (0.5, 1),
            xycoords=("data", "axes fraction"),
            xytext=(3, -3),
            textcoords="offset points",
            va="top",
            color=QUIET,
            fontsize=8,
        )
        plain_logarithmic(axis)
        axis.set_xticks(gammas, [str(gamma) for gamma in history.plan.exponents])
        axis.set_xlabel("weight exponent γ")
        axis.set_title(history.plan.losses[k])
        if k == 0:
            axis.set_ylabel("steps to margin 1/2")
            axis.legend(loc="lower right")
    return figure


def _confusion(history: History) -> FuncAnimation:
    """Shares of each class's test images by the class they are called, a frame a logged step; mean over seeds."""
    shares = history.test_confusion.mean(axis=1)
    shares = shares / shares.sum(axis=-1, keepdims=True)
    figure = Figure(figsize=(7.6, 3.6 * len(history.plan.losses)))
    axes = figure.subplots(len(history.plan.losses), 2, squeeze=False)
    figure.subplots_adjust(left=0.04, right=0.99, bottom=0.08, top=0.88, hspace=0.4, wspace=0)
    pictures = []
    for k, loss in enumerate(history.plan.losses):
        for column, gamma in enumerate(SHOWN):
            axis = axes[k, column]
            place = _place(history, gamma)
            pictures.append((axis.imshow(shares[0, k, place], vmin=0, vmax=1, cmap="Blues"), k, place))
            axis.set_title(_title(loss, gamma))
            axis.set_xticks(range(history.plan.counts.c))
            axis.set_yticks(range(history.plan.counts.c))
            axis.set_xlabel("called")
            if column == 0:
                axis.set_ylabel("class")
    heading = figure.suptitle("")

    def frame(number: int) -> list:
        heading.set_text(f"test images, step {history.steps[number]}")
        for picture, k, place in pictures:
            picture.set_data(shares[number, k, place])
        return [heading, *(picture for picture, _, _ in pictures)]

    return FuncAnimation(figure, frame, frames=len(history.steps))
