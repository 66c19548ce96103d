"""The one style of all figures: sizes, colours that colour-blind readers tell apart, lines, marks, and how a figure is saved.

Colour never stands alone: what has a colour has a line style or a mark of its own as well, and a label beside it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from proofs.report.files import written_whole

FULL, COLUMN = 6.9, 3.3  # inches: the width of a page, and of one column of two
INK, QUIET, FAINT = "#1f1f1f", "#5c5c5c", "#b8b8b8"  # for text, for secondary text and lines, for guides
BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY = "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"  # Okabe and Ito
COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)
LINES: tuple = ("-", (0, (5, 2)), (0, (6, 1.5, 1.2, 1.5)), (0, (1.2, 1.4)), (0, (9, 3)), (0, (3, 1, 1, 1, 1, 1)))
MARKS = ("o", "s", "^", "D", "v", "P")
RESOLUTION = 200  # dots per inch of pixel pictures

STYLE = {
    "font.family": "DejaVu Sans",  # Matplotlib ships this font: figures are alike on every machine
    "mathtext.fontset": "dejavusans",
    "font.size": 8.5,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "axes.labelsize": 8.5,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "legend.handlelength": 2.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "text.color": INK,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "lines.linewidth": 1.6,
    "lines.markersize": 4.5,
    "savefig.dpi": RESOLUTION,
    "savefig.facecolor": "none",
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "figure.constrained_layout.use": True,
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
}


@dataclass(frozen=True)
class Look:
    """How one kind of thing looks in every figure."""

    colour: Any
    line: Any
    mark: str


LOOKS = {
    "majority": Look(BLUE, LINES[0], MARKS[0]),
    "minority": Look(VERMILION, LINES[1], MARKS[2]),
    "middle": Look(GREEN, LINES[2], MARKS[1]),
}


def look(k: int) -> Look:
    """The look of the k-th of several things that have no look of their own."""
    return Look(COLOURS[k % len(COLOURS)], LINES[k % len(LINES)], MARKS[k % len(MARKS)])


@contextmanager
def style(name: str = "ufm") -> Iterator[None]:
    """Matplotlib's settings for the figures; `name` fixes the identifiers in the SVG."""
    with mpl.rc_context({**STYLE, "svg.hashsalt": name}):
        yield


def panels(figure: Figure, titles: Sequence[str], wide: bool, **shared: Any) -> list[Axes]:
    """One axes for each title, beside each other on a page and below each other in a column; several titles are lettered."""
    shape = (1, len(titles)) if wide else (len(titles), 1)
    axes = list(figure.subplots(*shape, squeeze=False, **shared).ravel())
    for axis, title, letter in zip(axes, titles, "abcdef", strict=False):
        axis.set_title(f"{letter}  {title}" if len(titles) > 1 else title)
    return axes


def note(axis: Axes, text: str, at: tuple[float, float], shift: tuple[float, float] = (0, 0), **settings: Any) -> None:
    """A label in the drawing, `shift` points from the place it speaks of."""
    axis.annotate(text, at, xytext=shift, textcoords="offset points", **{"fontsize": 7.5, **settings})


def svg(figure: Figure) -> str:
    """The figure as SVG on a transparent ground, without a date: the same figure gives the same text."""
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    return text.getvalue()


def on_white(text: str) -> str:
    """An SVG that `svg` made, on a white ground: the ground is the first thing that is drawn."""
    return text.replace("fill: none", "fill: #ffffff", 1)


def save(figure: Figure, path: Path) -> None:
    """Write the figure whole, on white, in the format that the suffix names."""
    if path.suffix.lower() == ".svg":
        write_text(path, on_white(svg(figure)))
        return
    undated = {"CreationDate": None, "Creator": None, "Producer": None} if path.suffix.lower() == ".pdf" else None
    with written_whole(path) as draft:
        figure.savefig(draft, facecolor="white", metadata=undated)


def write_text(path: Path, text: str) -> None:
    """Write a text whole."""
    with written_whole(path) as draft:
        draft.write_text(text, encoding="utf-8")
