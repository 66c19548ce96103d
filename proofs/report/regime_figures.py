"""Which weight exponent makes two groups of classes learn together in which regime: derived lines, and marks from runs without weights."""

from __future__ import annotations

import numpy as np
import sympy as sp
from matplotlib.figure import Figure

from numerics.constrained_features.runs import class_margins, mode_shares
from numerics.depth.layers import layers_run, spectral_layers
from numerics.first_time import on_path
from numerics.fixed_features.runs import fixed_features_run
from numerics.kernel_regime.runs import lazy_margins
from numerics.problem import Problem
from proofs.report.studies import Series, Study
from proofs.report.style import look, note, panels
from theory.data.counts import ClassCounts
from theory.kernel_regime.classes import ALPHA, BETA, COUNT, RHO, WEIGHT, class_rate
from theory.losses import loss_named

RATIO = 16
COUNTS = ClassCounts((RATIO, RATIO, 1, 1))
CLASSIFIERS = (0.0, 1.0)  # α of the two kernels, WWᵀ = αI, with β = 1: at 0 only the classifier moves logits, by the features
MARKED = (0.05, 0.25, 0.5, 0.75, 0.95)  # similarities at which runs are made
SCALE, TIME = 300.0, 0.05  # of the kernel runs: κ, and a time in 1/κ at which no margin is near its end
STARTS = {2: (1e-4, 1e-8), 3: (0.02, 0.01)}
NAMES = {0.0: "kernel, classifier alone", 1.0: "kernel, both layers"}
LEVELS = {"free logits": 0.0, "small start, any depth": 0.5, "fixed class features": 1.0}


def exponents() -> Study:
    """γ of flat weights over the similarity ρ of two features of a class, counts 16 and 1, and the exponents that know no ρ."""
    grid = np.linspace(0, 1, 101)
    lines = []
    for alpha in CLASSIFIERS:
        kernel = sp.lambdify((RHO, COUNT), class_rate().subs({ALPHA: alpha, BETA: 1, WEIGHT: 1}), "numpy")
        lines.append(Series("", NAMES[alpha], "derived", tuple(map(float, grid)), tuple(_exponent(kernel(grid, RATIO) / kernel(grid, 1)))))
    lines += [Series("", name, "derived", (0.0, 1.0), (level, level)) for name, level in LEVELS.items()]
    marks = [Series("", NAMES[alpha], "run", MARKED, tuple(_kernel_run(alpha, rho) for rho in MARKED)) for alpha in CLASSIFIERS]
    rich = tuple(_depth_run(number) for number in STARTS)
    marks += [
        Series("", "small start, any depth", "run", (0.35, 0.65), rich),
        Series("", "fixed class features", "run", (0.5,), (_fixed_run(),)),
    ]
    return Study("similarity of two features of a class", "exponent of flat weights", (*lines, *marks), {"ratio": RATIO})


def _exponent(ratio: np.ndarray) -> np.ndarray:
    """γ of weights n^(−γ) that undo a ratio of rates."""
    return np.log(ratio) / np.log(RATIO)


def _problem(loss: str) -> Problem:
    return Problem(COUNTS, (1.0,) * COUNTS.c, loss_named(loss))


def _kernel_run(alpha: float, rho: float) -> float:
    margins = lazy_margins(_problem("squared"), alpha, 1.0, rho, SCALE, TIME)
    rates = -np.log1p(-margins)
    return float(_exponent(rates[0] / rates[-1]))


def _depth_run(number: int) -> float:
    """From how much later each contrast is learned for a smaller start."""
    problem = _problem("squared")
    read = mode_shares(problem, np.array([[1, -1, 0, 0], [0, 0, 1, -1.0]]).T)
    times = []
    for start in STARTS[number]:
        horizon = 1.6 * (-np.log(start) if number == 2 else 1 / start) + 8
        run = layers_run(problem, spectral_layers(problem, number, np.full(COUNTS.c - 1, start)), horizon)
        times.append(np.array(run.first_times(read), dtype=float))
    majority, minority = times[1] - times[0]
    return float(_exponent(minority / majority))


def _fixed_run() -> float:
    """From times to the margin 1/2."""
    problem = _problem("cross-entropy")
    run, read = fixed_features_run(problem, 1.0), class_margins(problem)
    times = on_path(run.path.t, lambda at: run.path.at(at, lambda state: read(run.logits(state))) - 0.5)
    return float(_exponent(np.array(times, dtype=float)[-1] / np.array(times, dtype=float)[0]))


def draw_exponents(figure: Figure, study: Study, wide: bool) -> None:
    """The lines of the two kernels, level lines for the other regimes, and marks of runs."""
    (axis,) = panels(figure, [""], wide)
    for k, name in enumerate((*NAMES.values(), *LEVELS)):
        own = look(k)
        for one in study.of("", name):
            if one.made == "derived":
                axis.plot(one.x, one.y, color=own.colour, ls=own.line, lw=1.4)
            else:
                axis.plot(one.x, one.y, own.mark, color=own.colour, ms=4, mfc="white")
        if name in LEVELS:
            note(axis, name, (0.99, LEVELS[name] + 0.02), ha="right", va="bottom", color=own.colour)
    note(axis, NAMES[0.0], (0.02, 0.82), ha="left", va="bottom", color=look(0).colour)
    note(axis, NAMES[1.0], (0.42, 0.44), ha="left", va="top", color=look(1).colour)
    axis.set(xlim=(0, 1), ylim=(-0.05, 1.12), xlabel=r"similarity $\rho$ of two features of a class", ylabel=r"$\gamma$ of flat weights")
