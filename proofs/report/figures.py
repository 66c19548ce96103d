"""The figures of README, manual and page: what each is called, what it says, and how it is written.

for picture in gallery(): picture.id, picture.title, picture.caption, picture.svg
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from proofs.claims import registry
from proofs.report import decay_figures, drawings, prediction_figures, regime_figures, studies, style
from proofs.report.drawings import Drawing
from proofs.report.studies import Study
from theory.exact import InvalidInput

FORMATS = ("svg", "pdf", "png")
DARK = "@media (prefers-color-scheme: dark) { svg { color: #e6e6e6 } }"


@dataclass(frozen=True)
class Kind:
    """A figure before it is computed. `caption` says what is derived and what is run; `heights`, of page and column, inches."""

    id: str
    title: str
    caption: str
    study: Callable[[], Study]
    draw: Drawing
    heights: tuple[float, float]


KINDS = (
    Kind(
        "strengths",
        "Modes are learned one after the other, and with weights n^(−1/2) together",
        "Runs of the flow of the squared loss under STEP(10, 100) from a spectral start at δ = 8: the strength of the modes within the "
        "majority, between the groups and within the minority, in units of its end, over scaled time. The modes of one kind move "
        "together. Both panels have the same axes.",
        studies.step_strengths,
        drawings.strengths,
        (2.6, 4.2),
    ),
    Kind(
        "window",
        "The window closes with n^(−1/2), below the paper's bound",
        "How much longer the last mode takes than the first, over the imbalance ratio, for STEP with equal halves. Lines are derived, "
        "in the limit δ → ∞: from the singular values without weights; with weights n^(−1/2) from the effective singular values, which "
        "stay below the paper's bound √2 − 1, and from the escape rates, which are all equal. Marks are runs of the flow at several δ: "
        "with weights they fall towards the escape rates as δ grows.",
        studies.half_windows,
        drawings.windows,
        (2.9, 5.2),
    ),
    Kind(
        "class-times",
        "Majority and minority classes are learned together near γ = 1/2",
        "Runs of the flow of the squared loss under STEP(4, 100) with weights n^(−γ) of mean 1: scaled times at which the margin of a "
        "class reaches 1/2. Rings mark the exponent of equal times, found by bisection; it tends to 1/2 as the start gets smaller.",
        studies.class_times,
        drawings.class_times,
        (3.0, 2.7),
    ),
    Kind(
        "phases",
        "Which modes are first and which are last, over imbalance and weight exponent",
        "STEP with equal halves and weights n^(−γ). Black lines: majority and minority modes are learned at once, from the derived "
        "learning times at three initial scales and in the limit. Green: the middle mode is the last of all at δ = 6, by the integrated "
        "reduced flow. Grey: how many times longer the last mode takes than the first in the limit δ → ∞, from the derived escape rates.",
        studies.phases,
        drawings.phases,
        (3.8, 3.1),
    ),
    Kind(
        "decay-phases",
        "With weight decay the weights decide which classes collapse",
        "STEP(4, 20) with weights n^(−γ), squared loss with weight decay on W and H: from which μ = √(λ_W λ_H) on the modes within the "
        "majority, within the minority and between the groups are zero at the minimum. Lines are derived; marks are minimisers at sample "
        "level. For γ < 1/2 the minority classes share one logit vector first, for γ > 1/2 the majority classes; at γ = 1/2 all "
        "collapse at once.",
        decay_figures.phases,
        decay_figures.draw_phases,
        (3.4, 3.8),
    ),
    Kind(
        "exponents",
        "Which weight exponent makes classes learn together depends on the regime",
        "Classes with 16 samples and with one: the γ of weights n^(−γ) at which the contrasts of both groups learn at one rate, over the "
        "similarity ρ of two features of a class. Lines are derived: 0 for free logits, 1/2 for free features from small starts at two "
        "layers or more, 1 for one fixed feature a class, and between 0 and 1 for a kernel that stands still, where the classifier alone "
        "moves logits (W = 0) or features do so as well (WWᵀ = I). Marks are runs at sample level without weights: at κ = 300, of 2 and 3 "
        "layers, and of cross-entropy on fixed features.",
        regime_figures.exponents,
        regime_figures.draw_exponents,
        (3.2, 3.4),
    ),
    Kind(
        "leak",
        "The weighted flow leaves the spectral ansatz",
        "Runs under STEP(4, 100) at δ = 8 with weights n^(−γ). (a) The middle mode's strength in the flow, and what the ansatz says of it, "
        "with the derived λ. (b) The share of the logits that is of no form U diag Vᵀ: zero at the start, and zero again at the end, "
        "where the weights are forgotten.",
        studies.leak,
        drawings.leak,
        (2.6, 4.4),
    ),
    Kind(
        "offset",
        "The middle mode is late by a logarithm of the imbalance",
        "By how much the middle mode's learning time exceeds δ at γ = 1/2, for three shares p of minority classes. Lines: the derived law "
        "for large R, whose slope is 1/(4√p). Marks: the reduced flow, integrated in the limit δ → ∞, and full runs at δ = 16.",
        studies.offsets,
        drawings.offsets,
        (3.2, 2.8),
    ),
    Kind(
        "staircase",
        "The loss is a staircase in the limit of small initialisation",
        "The squared loss without weights over scaled time, counts 36, 16, 9, 4 and 1: runs at three initial scales, and the limit, "
        "in which the mode of σ gives up its ½σ² at τ = 1/σ.",
        studies.staircase,
        drawings.staircase,
        (2.9, 2.6),
    ),
    Kind(
        "losses",
        "Which exponents keep the window small, loss by loss",
        "For each registered loss under STEP(10, R): the exponents γ of weights n^(−γ) at which the last mode takes at most twice as long "
        "as the first, from the derived escape rates. A diamond: this exponent makes all rates equal for every R. A circle: none does, "
        "and the least window is given beside it.",
        studies.bands,
        drawings.bands,
        (3.6, 3.9),
    ),
    Kind(
        "network-times",
        "A small network on MNIST: the crossing lies above 1/2",
        "Trained networks (the quick experiment, means over ten seeds): steps until the margin of a class reaches 1/2, over the weight "
        "exponent. The grey band is the 95 % interval of the exponent of equal times.",
        studies.network_times,
        drawings.network_times,
        (2.7, 4.4),
    ),
    Kind(
        "networks",
        "The exponent of equal learning times, one thing changed at a time",
        "Trained networks, means over ten seeds with bootstrap intervals (all of one experiment hold together, at 95 %): the exponent at "
        "which majority and minority are learned together. For free features it is 1/2.",
        studies.networks,
        drawings.networks,
        (3.0, 3.2),
    ),
    Kind(
        "predicted-exponents",
        "The exponent of equal mode times, predicted before and measured after",
        "Bars: the bracket from γ*_lazy to γ*_rich that the tangent kernel of the untrained network gives, mean over seeds, written down "
        "before the runs. Marks: the exponent at which the modes within majority and minority were then learned together, means over "
        "twenty fresh seeds with bootstrap intervals that hold together, at 95 %. The line at 1/2 is the exponent of free features.",
        prediction_figures.exponents,
        prediction_figures.draw_exponents,
        (2.7, 3.6),
    ),
    Kind(
        "middle-times",
        "The middle mode is late where the classifier's bias alone no longer learns it",
        "Steps until the middle mode (class frequencies) reaches half of its strength, over the weight exponent, geometric means over "
        "seeds. Marks: measured. Dotted: the lazy flow of the tangent kernel at the start with the bias, as far as it comes. The "
        "upright line is the exponent at which the bias alone learns half of the mode.",
        prediction_figures.middle_times,
        prediction_figures.draw_middle_times,
        (3.1, 5.6),
    ),
    Kind(
        "class-means",
        "What the prediction is made of: class means of the untrained network's tangent kernel",
        "Means of the kernel over pairs of images of two classes, mean over seeds, in units of the mean of all; the five majority "
        "classes first. Only differences between such means enter the exponents.",
        prediction_figures.class_means,
        prediction_figures.draw_class_means,
        (2.5, 6.4),
    ),
)


@dataclass(frozen=True)
class Picture:
    """A finished figure: `svg` has a transparent ground, takes the colour of the text around it, and can stand in a page with others."""

    id: str
    title: str
    caption: str
    svg: str


def named(names: Sequence[str] = ()) -> tuple[Kind, ...]:
    """The named figures, or all.

    Raises: InvalidInput for an unknown name.
    """
    known = {kind.id: kind for kind in KINDS}
    for name in names:
        if name not in known:
            raise InvalidInput(f"figure {name!r} is not there{registry.meant(name, known)}: give some of {', '.join(known)}")
    return tuple(known[name] for name in dict.fromkeys(names)) or KINDS


def gallery(names: Sequence[str] = ()) -> Iterator[Picture]:
    """The figures, for a page. Each is computed when it is asked for: some seconds of processor time."""
    for kind in named(names):
        with style.style(kind.id):
            yield Picture(kind.id, kind.title, kind.caption, adapted(style.svg(drawn(kind, kind.study(), True)), kind))


def adapted(text: str, kind: Kind) -> str:
    """The SVG with text in the colour of the page, a name for screen readers, and identifiers that no other figure has.

    What lies under a mark has the colour of the page's variable --figure-ground, if there is one.
    """
    for ink in (style.INK, style.QUIET):
        text = text.replace(ink, "currentColor")
    text = text.replace("#ffffff", "var(--figure-ground, none)")
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{kind.id}-", text[text.index("<svg") :])
    return text.replace("<svg ", f'<svg role="img" aria-label="{kind.title}" ', 1)


def alone(text: str) -> str:
    """An adapted SVG as a file of its own: its text is light where the reader's system is dark."""
    place = text.index(">") + 1
    return text[:place] + f"<style>svg {{ color: {style.INK} }} {DARK}</style>" + text[place:]


def drawn(kind: Kind, study: Study, wide: bool) -> Figure:
    """The figure, as wide as a page or as a column. It is called, and the figure saved, inside `style.style`."""
    figure = Figure(figsize=(style.FULL if wide else style.COLUMN, kind.heights[0 if wide else 1]))
    kind.draw(figure, study, wide)
    figure.draw_without_rendering()  # the layout is found once, and kept for every format
    figure.set_layout_engine("none")
    return figure


def write(
    folder: Path, names: Sequence[str] = (), formats: Sequence[str] = ("svg", "pdf"), progress: Callable[[str], None] = lambda done: None
) -> None:
    """Write NAME.FORMAT as wide as a page, NAME-column.FORMAT as wide as a column, on white, and NAME.csv with the points.

    Where the formats have SVG, NAME-transparent.svg is written as well, whose text is light where the reader's system is dark.
    """
    for kind in named(names):
        study = kind.study()
        studies.write_table(folder / f"{kind.id}.csv", study)
        with style.style(kind.id):
            for suffix, wide in (("", True), ("-column", False)):
                figure = drawn(kind, study, wide)
                for form in (form for form in formats if form != "svg"):
                    style.save(figure, folder / f"{kind.id}{suffix}.{form}")
                if "svg" in formats:
                    text = style.svg(figure)
                    style.write_text(folder / f"{kind.id}{suffix}.svg", style.on_white(text))
                    if wide:
                        style.write_text(folder / f"{kind.id}-transparent.svg", alone(adapted(text, kind)))
        progress(kind.id)


def draw_one(path: Path, draw: Drawing, study: Study, height: float) -> None:
    """One picture of a study of the reader's own, as `ufm window --plot` and `ufm simulate --plot` write it."""
    with style.style():
        figure = Figure(figsize=(style.FULL, height))
        draw(figure, study, True)
        style.save(figure, path)
