"""Growth rates in floating point, from the Gram matrix of the class means of the inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from numerics import Array
from numerics.basis import mode_basis
from numerics.integrate import one_thread
from numerics.unconstrained_features import spectrum
from numerics.unconstrained_features.spectrum import Rate, Spectrum
from theory.data.counts import ClassCounts

VANISHING = 1e-13  # squared rates below this share of the largest are rounding of 0
SAME = 1e-9  # relative distance of two rates that are reported as one: eigenvalues of a dense matrix are rounded


def growth(columns: Array, masses: Array, gram: Array) -> tuple[Array, Array]:
    """Rates, descending, and their left vectors, c × k: the singular values of C diag(a) Mᵀ.

    Arguments: `columns` C, c × c, minus the gradient at zero logits for each label; `masses`, a_j = n_j ω_j; `gram`, B = MᵀM.
    """
    driven = columns * masses
    squares, vectors = np.linalg.eigh(driven @ gram @ driven.T)
    kept = squares > VANISHING * squares[-1]
    return np.sqrt(squares[kept])[::-1], vectors[:, kept][:, ::-1]


def settled_columns(masses: Array) -> Array:
    """I − π1ᵀ, minus the gradient for each label where an output bias has settled, squared loss or cross-entropy: π = a/Σa."""
    columns: Array = np.eye(len(masses)) - (masses / masses.sum())[:, None]
    return columns


@one_thread
def constrained(counts: ClassCounts, weights: Sequence[float], gram: Array, bias: bool = False) -> Spectrum:
    """The spectrum of the labels, with escape rates of the squared loss for inputs whose class means have the Gram matrix `gram`,
    with `bias` those after a trained output bias.

    A mode's escape rate is the root mean square of the rates whose left vectors lie nearest to its own; all are paired at once.
    Raises: InvalidInput as `numerics.unconstrained_features.spectrum.spectrum` does.
    """
    free = spectrum.spectrum(counts, weights)
    n = np.array(counts.per_class, dtype=float)
    masses = n * np.array(weights)
    columns = settled_columns(masses) if bias else np.eye(counts.c) - 1 / counts.c
    rates, vectors = growth(columns, masses, gram)
    basis = mode_basis(counts, tuple(weights))
    overlaps = (basis.U[:, :-1].T @ vectors) ** 2
    rows, columns = linear_sum_assignment(overlaps, maximize=True)
    paired = np.zeros(counts.c - 1)
    paired[rows] = rates[columns]
    means = [float(np.sqrt(np.mean(paired[group] ** 2))) for group in basis.groups]
    modes = tuple(replace(mode, escape_rate=rate) for mode, rate in zip(free.modes, means, strict=True))
    return replace(free, modes=modes, escape_rates=merged(rates), escape=spectrum.window_of(rates))


def merged(rates: Array) -> tuple[Rate, ...]:
    """Rates with multiplicities, from rates that descend."""
    starts = [0, *(i for i in range(1, len(rates)) if rates[i] < rates[i - 1] * (1 - SAME))]
    return tuple(Rate(float(rates[i]), j - i) for i, j in zip(starts, [*starts[1:], len(rates)], strict=True))


def signals(gram: Array) -> Array:
    """d_j, c numbers: half the squared distances of the class means as sums of one number a class, ‖M_j − M_k‖² ≈ d_j + d_k.

    Formula: least squares over all pairs; for a block Gram matrix d_j = β_j − κ exactly.
    Valid when: there are three classes or more, of which two give the sum alone.
    """
    c = len(gram)
    own = np.diagonal(gram)
    from_each = (own[:, None] + own - 2 * gram).sum(axis=1)
    found: Array = (from_each - from_each.sum() / (2 * (c - 1))) / (c - 2)
    return found
