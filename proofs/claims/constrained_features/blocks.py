"""What the chapters on flows share: STEP with a block Gram matrix of the class means, and the settings of their runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache

import numpy as np
import sympy as sp

from numerics.constrained_features.inputs import block_gram, inputs_of
from numerics.constrained_features.runs import Run, linear_features_run, spectral_start
from numerics.problem import Problem
from theory.algebra.partition import BlockMatrix
from theory.data.counts import ClassCounts
from theory.losses import loss_named
from theory.symbols import m_majority, m_minority, n_majority, n_minority, similarity_between, w_majority, w_minority

SIZES = (m_majority, m_minority)
COUNTS = (n_majority, n_minority)
WEIGHTS = (w_majority, w_minority)
MASS = sp.symbols("a_maj a_min", positive=True)  # a_g = n_g ω_g of one class
EXCESS = sp.symbols("d_maj d_min", positive=True)  # d_g = β_g − κ
KAPPA = similarity_between
TOTAL = m_majority * MASS[0] + m_minority * MASS[1]  # A
MEANS = BlockMatrix(SIZES, EXCESS, (KAPPA * sp.ones(2, 2)).as_immutable())  # B
POINT = {
    m_majority: sp.Integer(2),
    m_minority: sp.Integer(2),
    n_majority: sp.Integer(4),
    n_minority: sp.Integer(1),
    w_majority: sp.Integer(1),
    w_minority: sp.Integer(2),
    MASS[0]: sp.Integer(4),
    MASS[1]: sp.Integer(2),
    EXCESS[0]: sp.Rational(1, 4),
    EXCESS[1]: sp.Integer(1),
    KAPPA: sp.Rational(1, 10),
}


def share_of_bias(m: sp.Expr, k: sp.Expr, n: sp.Expr, less: sp.Expr, gap: sp.Expr) -> sp.Expr:
    """The stated share of the middle mode that a bias has learned, of m_maj, m_min, n_maj, n_min and b_maj − b_min."""
    return m * k * (n - less) * gap / (k * n + m * less)


SEED = 20261126
# Counts, ρ and κ of the block Gram matrices that are run; one has classes of one sample, one a negative κ, one no common mean.
SETTINGS = (
    (ClassCounts((6, 6, 2, 2)), 0.35, 0.15),
    (ClassCounts((9, 9, 9, 1, 1)), 0.3, 0.1),
    (ClassCounts((5, 5, 3, 3, 3)), 0.2, 0.0),
    (ClassCounts((8, 8, 2, 2, 2, 2)), 0.5, -0.05),
)


def setting_of(counts: ClassCounts, exponent: float = 0.5, loss: str = "squared") -> Problem:
    """Weights n^(−γ)."""
    return Problem(counts, tuple(float(n) ** -exponent for n in counts.per_class), loss_named(loss))


def majority_of(counts: ClassCounts) -> int:
    """The number of classes of the first group: those whose count is the first."""
    return counts.per_class.count(counts.per_class[0])


def directions(counts: ClassCounts) -> np.ndarray:
    """Unit vectors, c × 3: a contrast of two majority classes, the middle direction, a contrast of two minority classes."""
    first, c = majority_of(counts), counts.c
    middle = np.concatenate([np.full(first, 1.0 / first), np.full(c - first, -1.0 / (c - first))])
    majority, minority = np.zeros(c), np.zeros(c)
    majority[:2], minority[-2:] = (1, -1), (1, -1)
    return np.column_stack([vector / np.linalg.norm(vector) for vector in (majority, middle, minority)])


def numbers_of(counts: ClassCounts, within: float, between: float, exponent: float) -> tuple[float, ...]:
    """m_maj, m_min, a_maj, a_min, d_maj, d_min, κ: the numbers of a setting, in the order of `ARGUMENTS`."""
    first, last = counts.per_class[0], counts.per_class[-1]
    mass = [n ** (1.0 - exponent) for n in (first, last)]
    excess = [within + (1 - within) / n - between for n in (first, last)]
    return (majority_of(counts), counts.c - majority_of(counts), *mass, *excess, between)


ARGUMENTS = (*SIZES, *MASS, *EXCESS, KAPPA)


@cache
def spectral_run(counts: ClassCounts, within: float, between: float, exponent: float, delta: float, horizon: float) -> Run:
    """A run of the squared loss at sample level from a spectral start; kept for the process, so that near misses meet it too."""
    setting, X = setting_of(counts, exponent), inputs_of(block_gram(counts, within, between))
    return linear_features_run(setting, X, *spectral_start(setting, X, delta), horizon)


def along(run: Run, read: Callable[[np.ndarray], np.ndarray], times: float | np.ndarray) -> np.ndarray:
    """A reading of the logits at a time, or at k times, stacked along a new first axis."""
    return run.path.at(times, lambda state: read(run.logits(state)))


def block_cases(exponents: Iterable[float]) -> Iterator[tuple[str, ClassCounts, float, float, float]]:
    """Every setting at every exponent, by name."""
    for counts, within, between in SETTINGS:
        for exponent in exponents:
            yield f"{counts.per_class}, ρ={within}, κ={between}, γ={exponent}", counts, within, between, exponent
