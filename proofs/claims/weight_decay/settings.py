"""What the claims of this theory share: STEP, symbols of the two decays, and the settings of their runs.

μ = √(λ_W λ_H); s are the singular values of ZΩ, the escape rates; L* is the minimiser of ½‖(Z − L)Ω^(1/2)‖² + μ‖L‖_*.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import sympy as sp

from numerics.matrices import random_factors
from numerics.weight_decay import minimiser, runs
from proofs.claims.common import STEP_WITNESS
from theory.data.counts import ClassCounts, symbolic_step
from theory.symbols import (
    R,
    gamma,
    m_majority,
    m_minority,
    middle_value,
    n_majority,
    n_minority,
    shrinkage,
    w_majority,
    w_minority,
    within_values,
)

SIZES, COUNTS, WEIGHTS = (m_majority, m_minority), (n_majority, n_minority), (w_majority, w_minority)
GROUPS = symbolic_step()
C = m_majority + m_minority
NAMES = ("majority", "minority")
POINT = {
    **STEP_WITNESS,
    w_majority: sp.Integer(1),
    w_minority: sp.Integer(2),
    shrinkage: sp.Rational(1, 2),
    middle_value: sp.Integer(1),
    within_values[0]: sp.Integer(1),
    within_values[1]: sp.Integer(1),
    R: sp.Integer(4),
    gamma: sp.Rational(1, 4),
}
SEED = 20260112
MINIMISER_TOLERANCE = 1e-9  # the certified distance to the minimiser is at most 1e-11 in these runs

# Majority and minority classes, their counts, the exponent γ of weights n^(−γ), and μ: every phase of STEP occurs.
STEP_CASES = (
    (2, 2, 10, 1, 0.0, 0.5),
    (2, 2, 10, 1, 0.0, 1.5),
    (2, 2, 10, 1, 0.5, 0.6),
    (2, 2, 10, 1, 1.0, 0.4),
    (3, 2, 9, 1, 0.25, 0.6),
    (2, 3, 8, 2, 0.75, 0.5),
    (2, 2, 6, 2, 0.0, 1.8),
    (3, 2, 4, 3, 0.3, 5.0),
)


def step_cases() -> Iterator[tuple[str, tuple[int, int, int, int], ClassCounts, np.ndarray, float]]:
    """Each STEP case: its name, sizes and counts of the groups, class counts, weights, μ."""
    for big, small, many, few, exponent, mu in STEP_CASES:
        counts = ClassCounts((many,) * big + (few,) * small)
        weights = np.array(counts.per_class, dtype=float) ** -exponent
        yield f"m={big},{small}, n={many},{few}, γ={exponent}, μ={mu}", (big, small, many, few), counts, weights, mu


@cache
def minimised(per_class: tuple[int, ...], weights: tuple[float, ...], mu: float) -> minimiser.Minimiser:
    """L* at sample level, from a random start."""
    counts = ClassCounts(per_class)
    start = np.random.default_rng(SEED).normal(size=(counts.c, counts.n))
    return minimiser.of_samples(counts, np.array(weights), mu, start)


@cache
def descended(per_class: tuple[int, ...], weights: tuple[float, ...], decays: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """W and H where plain gradient descent with decay comes to rest from a random start; the width is a class more than c − 1."""
    counts = ClassCounts(per_class)
    return runs.descended(counts, np.array(weights), decays, random_factors(counts.c, counts.c, counts.n, 0.3, SEED))


def random_cases(number: int, most: int = 20) -> Iterator[tuple[str, ClassCounts, np.ndarray]]:
    """Random counts with random weights, the same at every run."""
    generator = np.random.default_rng(SEED)
    for _ in range(number):
        c = int(generator.integers(3, 6))
        counts = ClassCounts(tuple(int(n) for n in generator.integers(1, most, c)))
        yield f"counts {counts.per_class}", counts, np.exp(generator.uniform(-1, 1, c))


def drive(counts: ClassCounts, weights: np.ndarray) -> np.ndarray:
    """ZΩ at sample level, c × n, summed over nothing: its singular values are the escape rates."""
    labels = np.array(counts.labels)
    targets = (np.arange(counts.c)[:, None] == labels) - 1 / counts.c
    found: np.ndarray = targets * weights[labels]
    return found
