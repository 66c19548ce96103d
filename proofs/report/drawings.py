"""How each study is drawn: a function of the figure, the study, and whether it is as wide as a page or as a column."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from proofs.report import style
from proofs.report.studies import Series, Study
from proofs.report.style import FAINT, INK, LOOKS, MARKS, QUIET, Look, look, note, panels

Drawing = Callable[[Figure, Study, bool], None]
SCALED_TIME = r"scaled time $\tau = t/\delta$"
PLAIN = FuncFormatter(lambda value, _: f"{value:g}")
RATIO, EXPONENT = r"imbalance ratio $R$", r"weight exponent $\gamma$"


def _plot(axis: Axes, one: Series, own: Look, **settings: Any) -> None:
    """A curve where it is a curve, marks where the points are single."""
    if settings.pop("marks", False):
        axis.plot(one.x, one.y, ls="", marker=own.mark, color=own.colour, **{"mfc": "none", "mew": 1.2, **settings})
    else:
        axis.plot(one.x, one.y, ls=own.line, color=own.colour, **settings)


def strengths(figure: Figure, study: Study, wide: bool) -> None:
    """One panel for each run, with one scale for all; many modes are told apart by a colour scale of σ."""
    axes = panels(figure, study.panels, wide, sharex=True, sharey=True)
    many = len(study.of(study.panels[0])) > len(LOOKS) * 2
    scale = ScalarMappable(LogNorm(min(study.told["sigma"]), max(study.told["sigma"])), "viridis") if many else None
    last = max(_done(one) for one in study.series)
    for axis, panel in zip(axes, study.panels, strict=True):
        axis.axhline(0.5, color=FAINT, lw=0.8, zorder=0)
        for k, one in enumerate(study.of(panel)):
            own = LOOKS.get(one.name.split()[0], look(k))
            if scale:
                own = Look(scale.to_rgba(study.told["sigma"][k]), "-", "")
            _plot(axis, one, own, label=one.name.replace("σ", r"$\sigma$"), **({"lw": 1} if many else {}))
        axis.set(xlim=(0, 1.08 * last), ylim=(-0.03, 1.06))
        axis.set_xlabel(SCALED_TIME if wide or axis is axes[-1] else "")
        axis.set_ylabel(r"mode strength $s/\sigma$" if not wide or axis is axes[0] else "")
    if scale:
        figure.colorbar(scale, ax=axes, label=r"$\sigma$ of the mode")
    else:
        axes[-1].legend(loc="best", title="modes")


def _done(one: Series) -> float:
    """Where a mode has 99 % of its strength, or the end of the series."""
    done = np.array(one.y) >= 0.99
    return one.x[int(np.argmax(done))] if done.any() else one.x[-1]


def windows(figure: Figure, study: Study, wide: bool) -> None:
    """One panel without weights and one with them, each with a scale of its own: the second shows what happens near 0."""
    axes = panels(figure, study.panels, wide)
    derived = {"effective": (r"effective singular values $\sigma\lambda$", look(1)), "escape": ("escape rates", look(0))}
    for axis, panel in zip(axes, study.panels, strict=True):
        bare = not study.of(panel, "escape")
        for one in study.of(panel):
            if one.made == "derived":
                label, own = ("singular values", look(0)) if bare else derived[one.name]
                _plot(axis, one, own, label=rf"{label}, $\delta\to\infty$", clip_on=False, zorder=4)
        for k, one in enumerate(study.of(panel, "run")):
            _plot(axis, one, Look(INK, "", MARKS[k % len(MARKS)]), marks=True, label="runs" if k == 0 else None, zorder=5, clip_on=False)
            note(axis, rf"$\delta = {one.name.split()[-1]}$", (one.x[-1], one.y[-1]), (6, 0), va="center")
        _ratio_axis(axis, study.of(panel)[-1].x[-1])
        axis.set_xlabel(RATIO if wide or axis is axes[-1] else "")
        axis.set_ylim(0, 1.1 * max(max(one.y) for one in study.of(panel)))
        axis.set_ylabel("window: last over first\nlearning time, less 1" if not wide or axis is axes[0] else "")
        axis.legend(loc="upper left")
    if "bound" in study.told:
        bound = study.told["bound"]
        axes[-1].axhline(bound, color=QUIET, lw=1, ls=(0, (1, 1.5)))
        note(axes[-1], rf"the paper's bound $1/\sqrt{{p}}-1 = {bound:.3f}$", (1, bound), (3, 3), va="bottom")
        axes[-1].set_ylim(top=max(axes[-1].get_ylim()[1], 1.65 * bound))


def _ratio_axis(axis: Axes, last: float, room: float = 6.0) -> None:
    """R on a logarithmic axis, with room for labels beside the last marks."""
    axis.set_xscale("log")
    axis.set_xlim(0.9, last * room)
    axis.set_xticks([tick for tick in (1, 10, 100, 1000) if tick <= last])
    axis.xaxis.set_major_formatter(PLAIN)
    axis.xaxis.set_minor_locator(NullLocator())


def plain_logarithmic(axis: Axes) -> None:
    """A logarithmic axis of y with 1, 2 and 5 of each power of ten as plain numbers."""
    axis.set_yscale("log")
    axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.yaxis.set_major_formatter(PLAIN)
    axis.yaxis.set_minor_locator(NullLocator())


def class_times(figure: Figure, study: Study, wide: bool) -> None:
    """Two lines for each δ, with a ring and a label at their crossing."""
    (axis,) = panels(figure, [""], wide)
    fills = dict(zip(study.told["crossings"], ("white", None), strict=True))
    for one in study.series:
        kind, _, delta = one.name.partition(", δ = ")
        if kind == "crossing":
            axis.plot(one.x, one.y, "o", ms=10, mfc="none", color=INK, zorder=5)
            label = rf"$\delta = {delta}$: equal at $\gamma = {one.x[0]:.2f}$"
            axis.plot([], [], ls="", marker="o", ms=4, color=INK, mfc=fills[delta] or INK, label=label)
        else:
            own = LOOKS[kind]
            axis.plot(one.x, one.y, color=own.colour, ls=own.line, marker=own.mark, ms=3.8, mfc=fills[delta] or own.colour)
            if not fills[delta]:
                place, shift = (1, (10, -9)) if kind == "majority" else (9, (-10, 7))
                note(axis, f"{kind} classes", (one.x[place], one.y[place]), shift)
    axis.axvline(0.5, color=FAINT, lw=0.8, zorder=0)
    plain_logarithmic(axis)
    axis.set(xlabel=EXPONENT, ylabel=r"scaled learning time $T/\delta$")
    axis.legend(loc="upper left", handlelength=1)


def leak(figure: Figure, study: Study, wide: bool) -> None:
    """The middle mode beside what the ansatz says, and the share of the logits outside it."""
    axes = panels(figure, ["middle mode, $\\gamma = 1/2$", "outside the ansatz"], wide)
    flow, ansatz = study.of("middle mode")
    _plot(axes[0], flow, look(0))
    _plot(axes[0], ansatz, look(1))
    note(axes[0], "the flow", _at(flow, 0.75), (-4, 2), ha="right")
    note(axes[0], r"$\dot s = 2\lambda s(\sigma - s)$", _at(ansatz, 0.35), (5, -4))
    axes[0].set(xlim=(0.5, 2), ylim=(-0.02, 1.05), xlabel=SCALED_TIME, ylabel=r"strength $s/\sigma$")
    for k, one in enumerate(study.of("outside the ansatz")):
        inside = np.array(one.y) > 1e-7
        axes[1].plot(
            np.array(one.x)[inside],
            np.array(one.y)[inside],
            color=look(k).colour,
            ls=look(k).line,
            label=one.name.replace("γ", r"$\gamma$"),
        )
    axes[1].set(ylim=(0, None), xlim=(0, 2), xlabel=r"$\tau$ times the slowest rate", ylabel="share of the logits")
    axes[1].legend(loc="upper right")


def _at(one: Series, level: float) -> tuple[float, float]:
    """The first point of a series that reaches the level."""
    place = int(np.argmax(np.array(one.y) >= level))
    return one.x[place], one.y[place]


def offsets(figure: Figure, study: Study, wide: bool) -> None:
    """Lines are the law, marks the integrated flow; the slope stands beside each line."""
    (axis,) = panels(figure, [""], wide)
    for k, one in enumerate(study.of("", "law")):
        _plot(axis, one, look(k))
        slope = (one.y[-1] - one.y[-2]) / (np.log(one.x[-1]) - np.log(one.x[-2]))
        share = one.name.removeprefix("law, ").replace("p", "$p$")
        note(axis, f"{share}\nslope {slope:.3f}", (one.x[-1], one.y[-1]), (5, 0), va="center")
        _plot(axis, study.of("", "reduced flow")[k], look(k), marks=True)
    (whole,) = study.of("", "full run")
    _plot(axis, whole, Look(INK, "", "x"), marks=True, label=whole.name.replace("δ", r"$\delta$").replace("p =", "$p$ ="))
    axis.plot([], [], ls="-", color=QUIET, label=r"law, large $R$")
    axis.plot([], [], ls="", marker="o", mfc="none", color=QUIET, label=r"reduced flow, $\delta\to\infty$")
    axis.set_xscale("log")
    axis.set(xlabel=RATIO + " (logarithmic)", ylabel=r"offset $T_{\mathrm{mid}} - \delta$", xlim=(1, None), ylim=(-0.6, 16.5))
    axis.set_xlim(0.7, 10**12 * (10**2.1 if wide else 10**4))
    axis.set_xticks([1, 1e3, 1e6, 1e9, 1e12])
    axis.xaxis.set_minor_locator(NullLocator())
    axis.legend(loc="upper left")


def staircase(figure: Figure, study: Study, wide: bool) -> None:
    """Runs at several δ that tend to the steps."""
    (axis,) = panels(figure, [""], wide)
    *runs, limit = study.series
    axis.step([*limit.x, 1.6], [*limit.y, 0], where="post", color=INK, lw=0.9, label=r"$\delta\to\infty$", zorder=5)
    for k, one in enumerate(runs):
        _plot(axis, one, look(k), label=one.name.replace("δ", r"$\delta$"), zorder=4 - k)
    for k, sigma in enumerate(study.told["sigma"]):
        note(axis, rf"$1/\sigma_{k + 1}$", (1 / sigma, limit.y[k]), (2, 2) if k else (4, 2))
    axis.set(xlim=(0, 0.95), ylim=(0, 1.12), xlabel=SCALED_TIME, ylabel="loss over its start")
    axis.legend(loc="upper right")


def phases(figure: Figure, study: Study, wide: bool) -> None:
    """The lines between the phases, the wedge in which the middle mode is the last, and contours of the window."""
    (axis,) = panels(figure, [""], wide)
    ratio, gamma = np.meshgrid(np.logspace(0, 3, 121), np.linspace(-0.1, 1.4, 121))
    levels = (2, 5, 10, 30)
    contours = axis.contour(ratio, gamma, study.told["window"](ratio, gamma), levels, colors=FAINT, linewidths=0.8, zorder=1)
    places = [(550, 0.5 + side * np.log(level) / np.log(550)) for level in levels for side in (1, -1)]  # where the labels stand
    axis.clabel(contours, fmt=lambda level: f"×{level:g}", fontsize=7, colors=QUIET, manual=places)
    lower, upper = study.of("", "T_mid = T_min")[0], study.of("", "T_mid = T_maj")[0]
    axis.fill_between(lower.x, lower.y, upper.y, color=LOOKS["middle"].colour, alpha=0.18, lw=0, zorder=2)
    for one in (lower, upper):
        axis.plot(one.x, one.y, color=LOOKS["middle"].colour, lw=1, ls=LOOKS["middle"].line, zorder=3)
    for k, one in enumerate(study.of("", "T_maj = T_min")):
        limit = "∞" in one.name
        delta = r"$\delta\to\infty$" if limit else one.name.split(", ")[1].replace("δ", r"$\delta$")
        _plot(
            axis, one, Look(INK, "-", "") if limit else Look(INK, style.LINES[3 - k], ""), lw=1.4 if limit else 1.1, label=delta, zorder=4
        )
    box = {"boxstyle": "round,pad=0.2", "fc": "white", "ec": "none", "alpha": 0.75}
    for words, height in (("majority first, minority last", 0.12), ("minority first, majority last", 0.92)):
        axis.text(14, height, words, ha="center", bbox=box, zorder=6)
    axis.text(60, 0.605, rf"middle last, $\delta = {study.told['wedge']:g}$", ha="center", va="center", fontsize=7.5, zorder=6)
    axis.set_xscale("log")
    axis.xaxis.set_major_formatter(PLAIN)
    axis.set(xlim=(1.5, 1000), ylim=(-0.1, 1.15), xlabel=RATIO, ylabel=EXPONENT)
    title = r"$T_{\mathrm{maj}} = T_{\mathrm{min}}$ at"
    axis.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), title=title, ncols=4 if wide else 2, columnspacing=1.4)


def bands(figure: Figure, study: Study, wide: bool) -> None:
    """One row for each loss: where the window is small, and whether some exponent makes it zero."""
    (axis,) = panels(figure, [""], wide)
    names = list(dict.fromkeys(one.name for one in study.series))
    for k, panel in enumerate(study.panels):
        own = look(k)
        for one in study.of(panel):
            row = names.index(one.name) + 0.17 * (1 - 2 * k)
            axis.plot([one.low[0], one.high[0]], [row, row], color=own.colour, lw=(5, 2.6)[k], solid_capstyle="butt", alpha=0.9)
            flat = study.told["exact"][one.name] is not None
            axis.plot(one.x, [row], marker="D" if flat else "o", ms=4, mfc=INK if flat else "white", mec=INK, zorder=5)
            if not flat:
                shown = f"{one.y[0]:.2g}" if one.y[0] >= 0.005 else "< 0.01"
                note(axis, shown, (np.nanmax([one.high[0], one.x[0]]), row), (5, 0), va="center", fontsize=7)
    axis.axvline(0.5, color=FAINT, lw=0.8, zorder=0)
    axis.set_yticks(range(len(names)), names)
    axis.invert_yaxis()
    axis.set(xlabel=EXPONENT, xlim=(0.15, 0.93))
    for k, panel in enumerate(study.panels):
        axis.plot([], [], color=look(k).colour, lw=(5, 2.6)[k], label=f"window below ×{study.told['most']:g}, ${panel}$")
    axis.plot([], [], "D", color=INK, ms=4, label="no window")
    axis.plot([], [], "o", mec=INK, mfc="white", ms=4, label="least window")
    figure.legend(loc="outside upper center", ncols=4 if wide else 2, columnspacing=1.2, handlelength=1.6)


def networks(figure: Figure, study: Study, wide: bool) -> None:
    """One row for each experiment, with a mark and its interval for each loss."""
    (axis,) = panels(figure, [""], wide)
    names = list(dict.fromkeys(one.name for one in study.series))
    for k, loss in enumerate(study.panels):
        own = look(k)
        for one in study.of(loss):
            row = one.y[0] + 0.16 * (2 * k - 1)
            axis.errorbar(
                one.x,
                [row],
                xerr=[[one.x[0] - one.low[0]], [one.high[0] - one.x[0]]],
                fmt=own.mark,
                color=own.colour,
                ms=4.5,
                capsize=2,
                lw=1.3,
                label=loss if one.y[0] == 0 else None,
            )
    for place, words in ((0.5, "free features"), (1.0, "inverse frequency")):
        words = words if wide else words.replace(" ", "\n")
        axis.axvline(place, color=FAINT, lw=0.8, zorder=0)
        axis.text(place, -0.7, words, ha="center", va="bottom", fontsize=7.5, color=QUIET)
    axis.set_yticks(range(len(names)), names)
    axis.set_ylim(len(names) - 0.5, -0.6)
    axis.set_xlim(0.15, 1.18)
    axis.set_xlabel(r"weight exponent $\gamma$ of equal learning times" if wide else r"exponent $\gamma$ of equal times")
    figure.legend(loc="outside lower center", ncols=2, handlelength=1)


def network_times(figure: Figure, study: Study, wide: bool) -> None:
    """One panel for each loss, with two lines and the interval in which they cross."""
    axes = panels(figure, study.panels, wide, sharey=True)
    for axis, loss in zip(axes, study.panels, strict=True):
        for kind in ("majority", "minority"):
            (one,), own = study.of(loss, kind), LOOKS[kind]
            axis.plot(one.x, one.y, color=own.colour, ls=own.line, marker=own.mark, ms=4, label=f"{kind} classes")
        (equal,) = study.of(loss, "equal")
        axis.axvspan(equal.low[0], equal.high[0], color=QUIET, alpha=0.18, lw=0)
        axis.axvline(0.5, color=FAINT, lw=0.8, zorder=0)
        plain_logarithmic(axis)
        axis.set_xlabel(EXPONENT if wide or axis is axes[-1] else "")
        axis.set_ylabel("steps to margin 1/2" if not wide or axis is axes[0] else "")
        axis.text(equal.x[0], 0.98, f"equal at {equal.x[0]:.2f}", transform=axis.get_xaxis_transform(), ha="center", va="top", fontsize=7.5)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
