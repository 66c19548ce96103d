"""The singular basis of the centred labels, canonical where singular values tie.

Class coordinates: a matrix that is constant over the samples of each class, such as Z (c × n), is carried
by its class columns times √n_j, c × c. Singular values and right vectors carry over: the entry of v_i at a
sample of class j is V[j, i]/√n_j.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from numerics import Array
from numerics.secular import Secular, roots
from theory.data.counts import ClassCounts


@dataclass(frozen=True)
class ModeBasis:
    """P diag(√n_j) = U diag(σ) Vᵀ, with the weights in the basis V.

    Arguments: `U`, `V`, c × c orthogonal, the last columns spanning the two null spaces; `sigma`, c values,
    descending, the last one 0; `Omega` = Vᵀ diag(ω_j) V, c × c, whose structural zeros are exact zeros;
    `groups`, for each distinct singular value the slice of its columns.
    """

    U: Array
    sigma: Array
    V: Array
    Omega: Array
    groups: tuple[slice, ...]


@dataclass(frozen=True)
class _Columns:
    """Some columns of the basis: singular value, left and right vectors (class coordinates, c × k)."""

    sigma: float
    left: Array
    right: Array


@lru_cache(maxsize=4)  # asked for at every read of a run; one of 1000 classes is 24 MB
def mode_basis(counts: ClassCounts, weights: tuple[float, ...]) -> ModeBasis:
    """The singular basis of the centred labels, adapted to classes of equal count and equal weight.

    Formula: contrasts inside each group of equal count (σ = √n_j), then the singular vectors of the
    g × g quotient by the g groups of equal count.
    Arguments: `weights`, one positive number a class, in class order.
    Returns: a ModeBasis. Modes of one group are contrasts inside a set of equal weights before contrasts
    between such sets, so that weights couple as few modes as possible.
    Valid when: the tied modes of a group are one of many bases; only their span is meaningful.
    """
    n, omega = np.array(counts.per_class, dtype=float), np.array(weights, dtype=float)
    inner, outer = _columns(n, omega)
    left, right = (np.hstack([getattr(part, side) for part in inner + outer]) for side in ("left", "right"))
    widths = [part.left.shape[1] for part in inner + outer]
    sigma = np.repeat([part.sigma for part in inner + outer], widths)
    Omega = _weights_in_basis(inner, outer, omega)
    # The null pair is the last column built and has the only σ = 0, so that a stable sort leaves it last.
    order = np.argsort(-sigma, kind="stable")
    sigma = sigma[order]
    starts = [i for i in range(len(sigma) - 1) if i == 0 or sigma[i] != sigma[i - 1]]
    groups = tuple(slice(i, j) for i, j in zip(starts, [*starts[1:], len(sigma) - 1], strict=True))
    return ModeBasis(left[:, order], sigma, right[:, order], Omega[np.ix_(order, order)], groups)


def _columns(n: Array, omega: Array) -> tuple[list[_Columns], list[_Columns]]:
    """Basis columns that vanish outside one set of equal count and weight, and the rest (null pair last)."""
    inner, between, indicators = [], [], []
    distinct = np.unique(n)[::-1]
    for count in distinct:
        cells = [(n == count) & (omega == weight) for weight in np.unique(omega[n == count])]
        for cell in cells:
            contrasts = _embed(orthogonal_contrasts(np.ones(cell.sum())), cell)
            inner.append(_Columns(np.sqrt(count), contrasts, contrasts))
        means = np.stack([cell / np.sqrt(cell.sum()) for cell in cells], axis=1)
        contrasts = means @ orthogonal_contrasts(np.sqrt([cell.sum() for cell in cells]))
        between.append(_Columns(np.sqrt(count), contrasts, contrasts))
        indicators.append((n == count) / np.sqrt((n == count).sum()))
    left, sigma, right = centred_svd(np.array([(n == count).sum() for count in distinct]), distinct)
    indicator = np.stack(indicators, axis=1)
    quotient = [_Columns(value, indicator @ left[:, [k]], indicator @ right[:, [k]]) for k, value in enumerate(sigma)]
    return inner, between + quotient


def _embed(columns: Array, cell: NDArray[np.bool_]) -> Array:
    """Rows of `columns` placed on the classes of `cell`, zero elsewhere."""
    full = np.zeros((len(cell), columns.shape[1]))
    full[cell] = columns
    return full


def _weights_in_basis(inner: list[_Columns], outer: list[_Columns], omega: Array) -> Array:
    """Vᵀ diag(ω) V with exact zeros: ω is constant on an inner contrast, and ω − min ω is zero if ω is."""
    diagonal = [np.full(part.right.shape[1], omega[part.right[:, 0] != 0][0] if part.right.size else 0.0) for part in inner]
    V = np.hstack([part.right for part in outer])
    lowest = omega.min()
    coupled = V.T @ ((omega - lowest)[:, None] * V) + lowest * np.eye(V.shape[1])
    done = sum(len(part) for part in diagonal)
    Omega = np.zeros((len(omega), len(omega)))
    Omega[np.arange(done), np.arange(done)] = np.concatenate(diagonal)
    Omega[done:, done:] = (coupled + coupled.T) / 2
    return Omega


def centred_labels(counts: ClassCounts) -> Array:
    """Z = (I − 11ᵀ/c) Y, c × n: one-hot labels less 1/c, samples ordered by class."""
    return (np.arange(counts.c)[:, None] == np.array(counts.labels)) - 1 / counts.c


def orthogonal_contrasts(q: Array) -> Array:
    """Orthonormal basis of the complement of a positive vector; of a constant one, the Helmert contrasts.

    Formula: column i is q_j q_i/√(S_i S_(i+1)) for j < i and −√(S_i/S_(i+1)) at j = i, S_i = Σ_(j<i) q_j².
    Arguments: `q`, k positive numbers.
    Returns: k × (k − 1).
    """
    k = len(q)
    total = np.concatenate([[0.0], np.cumsum(q**2)])
    columns = np.zeros((k, k - 1))
    for i in range(1, k):
        columns[:i, i - 1] = q[:i] * q[i] / np.sqrt(total[i] * total[i + 1])
        columns[i, i - 1] = -np.sqrt(total[i] / total[i + 1])
    return columns


def centred_svd(sizes: NDArray[np.int_], squares: Array) -> tuple[Array, Array, Array]:
    """Full SVD of P diag(a) on vectors constant over groups, a_k > 0 the scale of the classes of group k.

    Formula: (I − qqᵀ) diag(a) = X diag(σ) Yᵀ with q_k = √(m_k/c), in the basis of normalised indicators. σ² is a root λ of the
    secular equation, x_k ∝ √m_k/(a_k² − λ) and y_k = x_k a_k up to a factor; the null vectors are q and ∝ √m_k/a_k.
    Arguments: `sizes` m_k and `squares` a_k², g of each, all different; group k has m_k classes.
    Returns: X (g × g), σ (g, descending; the last is 0), Y (g × g); the first entry of each column of X that is not small is positive.
    """
    order, scales = np.argsort(squares), np.sqrt(squares)
    found = roots(Secular(squares[order], np.asarray(sizes[order], dtype=float)))
    inverses = np.empty((len(found.shift), len(order)))
    inverses[:, order] = found.inverses()
    weighted = np.sqrt(sizes) * inverses[::-1]
    X, Y = unit_columns(np.vstack([weighted, np.sqrt(sizes)])), unit_columns(np.vstack([weighted * scales, np.sqrt(sizes) / scales]))
    sign = np.sign(X[np.argmax(np.abs(X) > np.sqrt(np.finfo(float).eps), axis=0), np.arange(len(order))])
    # Where X and Y have both the sign of 1/(d − λ), P diag(a) takes y to +σx: P a y ∝ λ/(d − λ) on the complement of q.
    return X * sign, np.append(np.sqrt(found.values[::-1]), 0.0), Y * sign


def unit_columns(rows: Array) -> Array:
    """The rows divided by their lengths, as columns; a row of zeros stays one."""
    largest = np.abs(rows).max(axis=1, initial=0.0, keepdims=True)  # the squares of numbers below 1 do not overflow
    scaled = rows / np.where(largest > 0, largest, 1.0)
    columns: Array = (scaled / np.maximum(np.linalg.norm(scaled, axis=1, keepdims=True), np.finfo(float).tiny)).T
    return columns
