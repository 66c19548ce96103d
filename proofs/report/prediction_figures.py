"""What was predicted of trained networks and what was measured afterwards: three studies from the kept files, and their drawings."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from numerics.networks import measure
from numerics.networks.plan import LOSSES
from proofs.claims.networks import kept, predictions, runs
from proofs.claims.networks import predicted_networks as networks
from proofs.report.drawings import EXPONENT, PLAIN
from proofs.report.studies import Series, Study
from proofs.report.style import FAINT, QUIET, look, note, panels

KERNELS_SHOWN = 3  # of the experiments, in their order
BRACKET = "bracket"


def exponents() -> Study:
    """Exponents of equal mode times: the bracket of each experiment's kernels, and what was measured, means over seeds."""
    brackets = []
    for k, name in enumerate(networks.BRACKETED):
        lazy, rich = (float(networks.ends(name, "tangent", end).mean()) for end in ("lazy", "rich"))
        brackets.append(Series(BRACKET, name, "derived", ((lazy + rich) / 2,), (float(k),), (lazy,), (rich,)))
    found = [
        Series(loss, name, "measured", (estimate.mean,), (float(k),), (estimate.low,), (estimate.high,))
        for k, name in enumerate(networks.BRACKETED)
        for loss in LOSSES
        for estimate in [runs.estimate(networks.equal_exponent(name, loss), networks.table_error(networks.BRACKETED))]
    ]
    return Study("weight exponent of equal mode times", "experiment", (*brackets, *found))


def draw_exponents(figure: Figure, study: Study, wide: bool) -> None:
    """One row for each experiment: a bar from the lazy to the rich end, and a mark with its interval for each loss."""
    (axis,) = panels(figure, [""], wide)
    bars = study.of(BRACKET)
    for one in bars:
        row, low, high = one.y[0], one.low[0], one.high[0]
        axis.barh(row, high - low, left=low, height=0.62, color=FAINT, alpha=0.55, lw=0, label="predicted" if row == 0 else None)
        if row == 0:
            for place, words, side in ((low, r"$\gamma^*_{lazy}$", "right"), (high, r"$\gamma^*_{rich}$", "left")):
                note(axis, words, (place, row - 0.33), ha=side, va="bottom", color=QUIET)
    for k, loss in enumerate(LOSSES):
        own = look(k)
        for one in study.of(loss):
            ends = [[one.x[0] - one.low[0]], [one.high[0] - one.x[0]]]
            label = loss if one.y[0] == 0 else None
            row = one.y[0] + 0.14 * (2 * k - 1)
            axis.errorbar(one.x, [row], xerr=ends, fmt=own.mark, color=own.colour, ms=4.5, capsize=2, lw=1.3, label=label)
    axis.axvline(0.5, color=FAINT, lw=0.8, zorder=0)
    names = [one.name for one in bars]
    axis.set_yticks(range(len(names)), names if wide else [name.replace(", ", ",\n") for name in names])
    axis.set_ylim(len(names) - 0.5, -0.85)
    axis.set_xlabel(r"weight exponent $\gamma$ of equal mode times" if wide else EXPONENT)
    figure.legend(loc="outside lower center", ncols=3 if wide else 2, handlelength=1.4)


def middle_times() -> Study:
    """Steps to half of the middle mode over the exponent, measured and in the lazy flow of the kernel, and where the bias' share is 1/2."""
    predicted, _ = kept.read()
    series = []
    for loss in LOSSES:
        for name in networks.BRACKETED:
            gammas = tuple(networks.exponents(name))
            lazy = np.array([one[loss] for one in predicted["experiments"][name]["lazy_times"]])[..., networks.MIDDLE]
            reached = np.median(lazy, axis=0) < predictions.EXPERIMENTS[name].steps
            for made, times, shown in (
                ("measured", networks.times(name, loss)[..., networks.MIDDLE], np.full(len(gammas), True)),
                ("derived", lazy, reached),
            ):
                middle = np.exp(np.log(times).mean(axis=0))
                points = [(gamma, float(value)) for gamma, value, there in zip(gammas, middle, shown, strict=True) if there]
                series.append(Series(loss, name, made, *map(tuple, zip(*points, strict=True))))  # type: ignore[arg-type]
    thresholds = {loss: _half_share(loss) for loss in LOSSES}
    return Study("weight exponent", "steps to half of the middle mode", tuple(series), {"thresholds": thresholds})


def _half_share(loss: str) -> float:
    """The exponent at which the bias alone learns half of the middle mode, by bisection of the share."""
    from dataclasses import replace
    from fractions import Fraction

    low, high = Fraction(0), Fraction(1)
    for _ in range(20):
        middle = (low + high) / 2
        share = predictions.bias_shares(replace(predictions.QUICK, exponents=(middle,)), loss)[0]
        low, high = (middle, high) if share >= 0.5 else (low, middle)
    return float(low)


def draw_middle_times(figure: Figure, study: Study, wide: bool) -> None:
    """One panel for each loss; a line where the share of the bias is one half."""
    axes = panels(figure, study.panels, wide, sharey=True)
    for axis, loss in zip(axes, study.panels, strict=True):
        names = list(dict.fromkeys(one.name for one in study.of(loss)))
        for one in study.of(loss):
            own = look(names.index(one.name))
            if one.made == "measured":
                axis.plot(one.x, one.y, color=own.colour, ls=own.line, marker=own.mark, ms=4, label=one.name)
            else:
                axis.plot(one.x, one.y, color=own.colour, ls=":", lw=0.9)
        axis.axvline(study.told["thresholds"][loss], color=QUIET, lw=0.9, zorder=0)
        axis.set_yscale("log")
        axis.yaxis.set_major_formatter(PLAIN)
        axis.set_xlabel(EXPONENT if wide or axis is axes[-1] else "")
        axis.set_ylabel(study.y if not wide or axis is axes[0] else "")
        note(axis, "the bias alone\nlearns half", (study.told["thresholds"][loss], 1), (4, 0), ha="left", va="bottom", color=QUIET)
    axes[0].plot([], [], color=QUIET, ls=":", lw=0.9, label="lazy flow of the kernel")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2 if wide else 1)


def class_means() -> Study:
    """The class-mean Gram matrix B of the tangent kernel, mean over seeds, in units of its mean entry; majority classes first."""
    predicted, _ = kept.read()
    series = []
    for name in networks.BRACKETED[:KERNELS_SHOWN]:
        B = np.array(predicted["experiments"][name]["kernels"]["tangent"]["class_means"])
        order = np.argsort(~measure.majority(predictions.EXPERIMENTS[name].counts), kind="stable")
        B = B[np.ix_(order, order)] / B.mean()
        series += [Series(name, f"class {order[j]}", "run", tuple(map(float, order)), tuple(map(float, row))) for j, row in enumerate(B)]
    return Study("class", "mean of the kernel", tuple(series))


def draw_class_means(figure: Figure, study: Study, wide: bool) -> None:
    """One panel for each experiment, with one scale of colours."""
    axes = panels(figure, [title if wide else title.replace(", ", ",\n") for title in study.panels], wide)
    matrices = [np.array([one.y for one in study.of(panel)]) for panel in study.panels]
    low, high = min(B.min() for B in matrices), max(B.max() for B in matrices)
    for axis, panel, B in zip(axes, study.panels, matrices, strict=True):
        shown = axis.imshow(B, vmin=low, vmax=high, cmap="viridis")
        classes = [f"{k:g}" for k in study.of(panel)[0].x]
        axis.set_xticks(range(len(classes)), classes)
        axis.set_yticks(range(len(classes)), classes)
        axis.set_title(axis.get_title(loc="left").replace(", ", ",\n"), fontsize=8)
        for place in (axis.axhline, axis.axvline):
            place(4.5, color="white", lw=0.8)
    figure.colorbar(shown, ax=axes, shrink=0.8 if wide else 0.5, label="class mean of the kernel / mean")
