"""What weight decay leaves under STEP, over the weight exponent and the decay: a study from derived thresholds and from minimisers."""

from __future__ import annotations

import numpy as np
import sympy as sp
from matplotlib.figure import Figure

from numerics.weight_decay import minimiser
from proofs.report.drawings import EXPONENT, PLAIN
from proofs.report.studies import Series, Study
from proofs.report.style import FAINT, LOOKS, QUIET, note, panels
from theory.data import counts as class_counts
from theory.data.weights import exponent_weights
from theory.symbols import gamma
from theory.weight_decay import step

LOWEST, HIGHEST = 0.1, 12.0  # of the decay shown
MARKED = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)  # the exponents at which minimisers are asked
HALVINGS = 14  # of the interval between LOWEST and HIGHEST, on a scale of logarithms: a mark is good to 3e-4 of its height
GONE = 1e-8  # a logit below this is 0: the minimiser is certified to less
KINDS = ("majority", "minority", "middle")


def phases(c: int = 4, ratio: int = 20) -> Study:
    """The decay from which on each kind of modes is 0 at the minimiser, over γ: derived, and found by halving at sample level."""
    counts = class_counts.step(c, ratio)
    groups = counts.groups()
    weights = exponent_weights(groups, gamma)
    mu = sp.Symbol("mu", positive=True)
    within = [
        sp.solve(step.residual(groups, weights, step.candidate(groups, weights, (0, 0), sp.Integer(0), mu)).diagonal[g] - mu, mu)[0]
        for g in range(2)
    ]
    derived = [sp.lambdify(gamma, line, "numpy") for line in (*within, sp.sqrt(step.threshold_of_middle(groups, weights)))]
    grid = np.linspace(-0.05, 1.05, 111)
    lines = [
        Series("", kind, "derived", tuple(map(float, grid)), tuple(map(float, line(grid) * np.ones_like(grid))))
        for kind, line in zip(KINDS, derived, strict=True)
    ]
    marks = [Series("", kind, "run", MARKED, tuple(_last(counts, power, kind) for power in MARKED)) for kind in KINDS]
    return Study("weight exponent", "weight decay from which on the modes are 0", (*lines, *marks), {"ratio": ratio})


def _last(counts: class_counts.ClassCounts, power: float, kind: str) -> float:
    """The least decay at which the minimiser at sample level has no modes of this kind."""
    half = counts.c // 2
    sample = 0 if kind == "majority" else counts.per_class[0] * half
    weights = np.array(counts.per_class, dtype=float) ** -power
    low, high = np.log(LOWEST / 2), np.log(2 * HIGHEST)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        logits = minimiser.of_samples(counts, weights, float(np.exp(middle))).logits
        if kind == "middle":
            left = abs(logits[:half, 0].mean() - logits[half:, 0].mean())
        else:
            left = (
                abs(logits[0, sample] - logits[1, sample]) if kind == "majority" else abs(logits[half, sample] - logits[half + 1, sample])
            )
        low, high = (middle, high) if left > GONE else (low, middle)
    return float(np.exp((low + high) / 2))


def draw_phases(figure: Figure, study: Study, wide: bool) -> None:
    """The three lines with their marks, and words in the regions between them."""
    (axis,) = panels(figure, [""], wide)
    lines = {one.name: one for one in study.series if one.made == "derived"}
    top = np.maximum(lines["majority"].y, lines["minority"].y)
    axis.fill_between(lines["majority"].x, top, HIGHEST, color=FAINT, alpha=0.45, lw=0)
    for kind in ("majority", "minority"):
        upper, lower = np.array(lines["minority" if kind == "majority" else "majority"].y), np.array(lines[kind].y)
        axis.fill_between(lines[kind].x, lower, upper, where=upper > lower, color=LOOKS[kind].colour, alpha=0.16, lw=0)
    for kind in KINDS:
        own = LOOKS[kind]
        for one in study.of("", kind):
            if one.made == "derived":
                axis.plot(one.x, one.y, color=own.colour, ls=own.line, lw=1.4, label=f"{kind} modes gone above")
            else:
                axis.plot(one.x, one.y, own.mark, color=own.colour, ms=4, mfc="white")
    for words, place in (
        ("nothing left", (0.75, 4.0)),
        ("minority\ncollapsed", (0.05, 1.42)),
        ("majority\ncollapsed", (0.9, 0.55)),
        ("all classes separated", (0.22, 0.3)),
    ):
        note(axis, words, place, ha="center", va="center", color=QUIET)
    axis.axvline(0.5, color=FAINT, lw=0.8, zorder=0)
    axis.set_yscale("log")
    axis.yaxis.set_major_formatter(PLAIN)
    axis.set(xlim=(-0.05, 1.05), ylim=(LOWEST, HIGHEST), xlabel=EXPONENT, ylabel=r"weight decay $\mu=\sqrt{\lambda_W\lambda_H}$")
    figure.legend(loc="outside upper center", ncols=3 if wide else 1, handlelength=2.2)
