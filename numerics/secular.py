"""Eigenvalues of a diagonal matrix changed by rank one or two: roots of a secular function between its poles, each one certified.

Two matrices on classes are meant, with d_j = a_j². Without a bias P diag(a), P = I − 11ᵀ/c: the squares of its singular values
other than 0 are the roots of Σ_j 1/(d_j − λ) = 0, one between each two neighbouring poles. After a bias (I − π1ᵀ) diag(a), Σ_j π_j = 1:
λ ≠ 0 is such a square where det K(λ) = 0, K = Wᵀ(diag(d) − λ)⁻¹W + diag(c/λ, 0), W = (1, π). Both follow from
(diag(d) − λ)v = a∘(…), solved for v and summed against 1 and π.

How many eigenvalues lie below λ follows from Sylvester's law of inertia: (poles below λ) + (positive eigenvalues of K) − 1, where
without a bias K is the sum itself and the last term is left out. λ ↦ λK has a positive definite derivative between poles, so that a
root is where one eigenvalue of K, which the count names, grows through 0.

Roots are kept as the nearest pole and the shift from it, as LAPACK's dlaed4 does: the distance to a pole keeps its relative accuracy.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from numerics import Array

Indices = NDArray[np.intp]
UNIT = 2.0**-53  # relative error of one rounding
CERTIFIED = 16 * UNIT  # each root is proved to lie so near the number returned, relative to the root
CLOSED = 2.0**-50  # a search ends when the shift from the pole is known so well, relative to itself
MAGNIFIED = 2.0**30  # a distance whose rounding is magnified more is left to balls: below it, squares of errors do not count
NEAREST = 2.0**-200  # the search begins at this share of a gap: a root that is nearer to its pole is found by counts, see `mended`
MOST_STEPS = 200  # bisection alone takes so many from NEAREST; the interpolation some ten
BLOCK = 2**16  # entries of a matrix of roots × poles that are worked on at once: they stay in the processor's cache
BALL_BITS = (192, 768, 3072)  # working precisions of a count that floating point leaves open


@dataclass(frozen=True)
class Secular:
    """The poles of a secular function: `poles` d > 0, ascending; `masses` m, how many classes each stands for; `shares`, π of
    one class of each times any factor > 0, or None without a bias.

    Without a bias the poles are distinct; after one, poles that are equal have different shares.
    """

    poles: Array
    masses: Array
    shares: Array | None = None

    def __len__(self) -> int:
        return len(self.poles)

    @property
    def scaled(self) -> Array:
        """The shares times the power of two that brings their mean near 1: nothing is rounded."""
        shares = np.asarray(self.shares)
        found: Array = shares * 2.0 ** round(math.log2(self.masses.sum() / (self.masses @ shares)))
        return found

    @property
    def top(self) -> float:
        """Above all eigenvalues: ‖I − π1ᵀ‖² = c‖π‖² times the largest pole."""
        spread = 1.0
        if self.shares is not None:
            spread = float(self.masses.sum() * (self.masses @ self.shares**2) / (self.masses @ self.shares) ** 2)
        return float(self.poles[-1]) * max(spread, 1.0) * (1 + 1e-9)


@dataclass(frozen=True)
class Roots:
    """Eigenvalues λ = poles[near] + shift of a secular function, in the order asked for."""

    of: Secular
    near: Indices
    shift: Array

    @property
    def values(self) -> Array:
        """The eigenvalues themselves."""
        return _ends(self.of)[self.near] + self.shift

    def rows(self, rows: slice) -> Roots:
        """Some of them."""
        return Roots(self.of, self.near[rows], self.shift[rows])

    def inverses(self) -> Array:
        """1/(d_k − λ_i), one row a root and one column a pole; 0 where the root is the pole."""
        distances = (self.of.poles - _ends(self.of)[self.near][:, None]) - self.shift[:, None]
        return np.divide(1.0, distances, out=np.zeros_like(distances), where=distances != 0)


def _ends(secular: Secular) -> Array:
    """The ends of the gaps in which roots lie: the poles, and an upper bound after the last."""
    return np.append(secular.poles, secular.top)


def roots(secular: Secular, which: Indices | None = None) -> Roots:
    """Eigenvalues other than 0, ascending, each within CERTIFIED of the exact one for these poles, masses and shares.

    Arguments: `which`, places from 0 to g − 2 of those that are wanted; None for all. The cost is g for each.
    """
    place = 1 + (np.arange(len(secular) - 1) if which is None else which)  # the eigenvalue in place 0 is 0
    near, shift = np.empty(len(place), dtype=np.intp), np.empty(len(place))
    with np.errstate(all="ignore"):  # at a pole the function is not finite, and what a search makes of it is checked
        for rows in row_blocks(len(place), len(secular)):
            near[rows], shift[rows] = _certified(secular, place[rows], *searched(secular, place[rows]))
    return Roots(secular, near, shift)


def row_blocks(rows: int, columns: int) -> Iterator[slice]:
    """The rows of a matrix in slices of some BLOCK entries."""
    size = max(BLOCK // columns, 1)
    return (slice(start, min(start + size, rows)) for start in range(0, rows, size))


def searched(secular: Secular, place: Indices) -> tuple[Indices, Array]:
    """The nearest pole and the shift of each root, by bracketed inverse quadratic interpolation from the middle of its gap.

    Source: Chandrupatla, A new hybrid quadratic/bisection algorithm for finding the zero of a nonlinear function, 1997.
    """
    ends, gap = _ends(secular), place - 1
    lower = np.ones(len(place), dtype=bool)
    if secular.shares is not None:
        gap, lower = _gaps(secular, place)
    width = ends[gap + 1] - ends[gap]
    half = width / 2
    above = _branch(secular, secular.poles - ends[gap][:, None] - half[:, None], ends[gap] + half, gap, lower) > 0
    near = np.where(above, gap, gap + 1)
    side = np.where(above, 1.0, -1.0)
    distances = secular.poles - ends[near][:, None]
    shifted = np.empty_like(distances)  # written over again and again: to ask the system for memory takes longer than to fill it
    # After a bias the smaller eigenvalue of K has a pole at the left end of its gap alone, and the larger at the right end.
    left, right = (True, True) if secular.shares is None else (lower, ~lower)
    at_near, at_far = np.where(above, left, right), np.where(above, right, left)

    def value(x: Array) -> Array:
        shift = side * x
        np.subtract(distances, shift[:, None], out=shifted)
        found = _branch(secular, shifted, ends[near] + shift, near, lower)
        return side * found * np.where(at_near, x, 1.0) * np.where(at_far, width - x, 1.0)  # smooth up to the ends

    a, b = np.maximum(width * NEAREST, np.finfo(float).tiny), half
    fa, fb = value(a), value(b)
    best = a.copy()
    best_value = np.full(len(a), np.inf)
    t = np.full(len(a), 0.5)
    open_ = (width > 0) & (fa < 0)
    for _ in range(MOST_STEPS):
        if not open_.any():
            break
        x = a + t * (b - a)
        fx = value(x)
        same = np.sign(fx) == np.sign(fa)
        c, fc = np.where(same, a, b), np.where(same, fa, fb)
        b, fb = np.where(same, b, a), np.where(same, fb, fa)
        a, fa = x, fx
        better = np.abs(fa) < np.abs(fb)
        best, best_value = np.where(open_, np.where(better, a, b), best), np.where(better, fa, fb)
        limit = CLOSED * best / np.abs(b - a)
        open_ &= (limit < 0.5) & (best_value != 0)
        xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
        t = fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
        t = np.where((phi**2 < xi) & ((1 - phi) ** 2 < 1 - xi), t, 0.5)
        t = np.clip(t, np.minimum(limit, 0.5), np.maximum(1 - limit, 0.5))
    return near, np.where(width > 0, side * best, 0.0)


def _gaps(secular: Secular, place: Indices) -> tuple[Indices, NDArray[np.bool_]]:
    """After a bias: the gap of each root by its left end, and whether it is the smaller eigenvalue of K that vanishes there.

    Formula: the eigenvalue in place i lies between the poles i − 1 and i + 1, and below pole i where
    Σ_k m_k(π_k − π_i)²/(d_k − d_i) + cπ_i²/d_i > 0: the eigenvalue of K that stays finite at the pole. Of equal poles, which have
    different shares, the first has +∞ there, the last −∞, and all between are eigenvalues.
    """
    d, m, pi = secular.poles, secular.masses, secular.scaled
    first, last = np.searchsorted(d, d[place], "left"), np.searchsorted(d, d[place], "right") - 1
    terms = m * (pi - pi[place][:, None]) ** 2 / (d - d[place][:, None])
    terms[d == d[place][:, None]] = 0.0
    below = terms.sum(axis=1) + m.sum() * pi[place] ** 2 / d[place] > 0
    below = np.where(first < last, place < last, below)  # one between equal poles falls into a gap of width 0
    return np.where(below, place - 1, place), below


def _branch(secular: Secular, distances: Array, values: Array, near: Indices, lower: NDArray[np.bool_]) -> Array:
    """The eigenvalue of K that vanishes at the root, or a positive multiple of it; the distances d_k − λ are overwritten."""
    inverses = np.divide(1.0, distances, out=distances)
    if secular.shares is None:
        found: Array = inverses @ secular.masses
        return found
    c, m = secular.masses.sum(), secular.masses
    shares = secular.scaled
    offsets = shares - np.append(shares, 1.0)[near][:, None]
    ones, both = inverses @ m, inverses @ (m * shares**2)
    inverses *= offsets
    mixed = inverses @ m
    inverses *= offsets
    determinant = c / values * both + ones * (inverses @ m) - mixed**2
    return _eigenvalue(determinant, c / values + ones, both, lower)


def _eigenvalue(determinant: Array, first: Array, second: Array, lower: NDArray[np.bool_]) -> Array:
    """One eigenvalue of a symmetric 2 × 2 matrix of this determinant and diagonal: the smaller where `lower`."""
    middle = (first + second) / 2
    far = middle + np.copysign(np.sqrt(np.maximum(middle**2 - determinant, 0.0)), middle)
    other = determinant / np.where(far == 0, 1.0, far)
    found: Array = np.where(lower, np.minimum(far, other), np.maximum(far, other))
    return found


def _certified(secular: Secular, place: Indices, near: Indices, shift: Array) -> tuple[Indices, Array]:
    """The roots, each proved to be within CERTIFIED of its number by the count of eigenvalues on both sides; mended where it is not."""
    values = _ends(secular)[near] + shift
    reach = CERTIFIED * values
    low, low_known = count_below(secular, near, shift - reach)
    high, high_known = count_below(secular, near, shift + reach)
    for i in np.flatnonzero(~(low_known & high_known & (low <= place) & (high > place))):
        near[i], shift[i] = mended(secular, int(place[i]), int(near[i]), float(shift[i]))
    return near, shift


def count_below(secular: Secular, near: Indices, shift: Array) -> tuple[Indices, NDArray[np.bool_]]:
    """How many eigenvalues are less than ends[near] + shift, and whether the bound on all roundings decides it."""
    m = secular.masses
    spread = secular.poles - _ends(secular)[near][:, None]
    inverses = spread - shift[:, None]
    poles_below = (inverses < 0).sum(axis=1)
    np.divide(1.0, inverses, out=inverses)
    # The rounding of d_k − d_near is magnified where the shift undoes the distance; later ones of a term are 3, after a bias up to 7.
    later = 4 if secular.shares is None else 8
    np.abs(np.multiply(spread, inverses, out=spread), out=spread)
    clear = spread.max(axis=1) < MAGNIFIED
    spread += later + len(m).bit_length()  # those of the sum, at most ⌈log₂ g⌉ a term, included
    np.abs(np.multiply(spread, inverses, out=spread), out=spread)

    def summed(factors: Array) -> tuple[Array, Array]:
        return _tree_sum(inverses * factors), (1 + 2.0**-20) * UNIT * _dot(spread, np.abs(factors))

    ones, ones_error = summed(m)
    if secular.shares is None:
        return poles_below + (ones > 0), clear & (np.abs(ones) > ones_error)
    c = m.sum()
    shares = secular.scaled
    offsets = shares - np.append(shares, 1.0)[near][:, None]
    both, both_error = summed(m * shares**2)
    mixed, mixed_error = summed(m * offsets)
    square, square_error = summed(m * offsets**2)
    values = _ends(secular)[near] + shift
    determinant = c / values * both + ones * square - mixed**2
    error = c / values * both_error + np.abs(ones) * square_error + np.abs(square) * ones_error + ones_error * square_error
    error += mixed_error * (2 * np.abs(mixed) + mixed_error)
    error += 16 * UNIT * (c / values * np.abs(both) + np.abs(ones * square) + mixed**2)
    positive = np.where(determinant < 0, 1, np.where(both > 0, 2, 0))
    return poles_below + positive - 1, clear & (np.abs(determinant) > error) & ((determinant < 0) | (np.abs(both) > both_error))


def _tree_sum(terms: Array) -> Array:
    """Row sums by halves, so that no term is rounded more than ⌈log₂ of their number⌉ times; the terms are overwritten."""
    n = terms.shape[1]
    while n > 1:
        half = n // 2
        terms[:, :half] += terms[:, n - half : n]
        n -= half
    return terms[:, 0]


def _dot(terms: Array, factors: Array) -> Array:
    """Row sums of terms times factors, these one for all rows or a row for each."""
    found: Array = terms @ factors if factors.ndim == 1 else np.einsum("ij,ij->i", terms, factors)
    return found


def mended(secular: Secular, place: int, near: int, shift: float) -> tuple[int, float]:
    """One root by counts in ball arithmetic: as it is where they enclose it, else from a wider bracket that is halved.

    Where the search has missed the root by more than a part of it, the bracket is all that interlacing leaves, told by the shift
    from the pole below it: that shift is positive, so that the root keeps its relative accuracy however small it is.
    """
    ends = _ends(secular)
    value = float(ends[near]) + shift
    reach = CERTIFIED * value
    low, high = shift - reach, shift + reach

    def between() -> bool:
        return count_by_balls(secular, near, low) <= place < count_by_balls(secular, near, high)

    found = value > 0 and between()
    if found:
        return near, shift
    while not found and 0 < reach < value / 64:
        reach *= 8
        low, high = shift - reach, shift + reach
        found = between()
    if not found:
        near, low, high = place - 1, 0.0, float(ends[place + 1] - ends[place - 1])
    origin = float(ends[near])
    for _ in range(MOST_STEPS):
        wide = low >= 0 and high > 4 * low and 4 * high > origin  # then halves of the logarithm come to the root's size sooner
        middle = math.sqrt(max(low, np.finfo(float).tiny)) * math.sqrt(high) if wide else (low + high) / 2
        if high - low <= CERTIFIED * (origin + low) / 2 or not low < middle < high:
            break
        low, high = (low, middle) if count_by_balls(secular, near, middle) > place else (middle, high)
    return near, (low + high) / 2


def count_by_balls(secular: Secular, near: int, shift: float) -> int:
    """How many eigenvalues are less than ends[near] + shift, a real number that is no pole, with as many bits as it takes."""
    origin, before = float(_ends(secular)[near]), ctx.prec
    try:
        for ctx.prec in BALL_BITS:
            distances = [arb(float(d)) - origin - shift for d in secular.poles]
            if (found := _inertia(secular, distances, arb(origin) + shift)) is not None:
                return found
    finally:
        ctx.prec = before
    # The number is an eigenvalue or a pole to a thousand digits: one unit in the last place to its right is not.
    return count_by_balls(secular, near, math.nextafter(shift, math.inf))


def _inertia(secular: Secular, distances: list[arb], value: arb) -> int | None:
    """The count of `count_below` from balls around d_k − λ; None where one of the signs that it needs is open."""
    if any(x.contains(0) for x in distances):
        return None
    below = sum(1 for x in distances if x < 0)
    masses = [arb(float(m)) for m in secular.masses]
    ones = sum((m / x for m, x in zip(masses, distances, strict=True)), arb(0))
    if secular.shares is None:
        return None if ones.contains(0) else below + (1 if ones > 0 else 0)
    shares = [arb(float(share)) for share in secular.shares]
    mixed = sum((m * p / x for m, p, x in zip(masses, shares, distances, strict=True)), arb(0))
    both = sum((m * p * p / x for m, p, x in zip(masses, shares, distances, strict=True)), arb(0))
    determinant = (sum(masses, arb(0)) / value + ones) * both - mixed * mixed
    if determinant < 0:
        return below
    return below + (1 if both > 0 else -1) if determinant > 0 and not both.contains(0) else None
