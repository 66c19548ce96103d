"""Spectra and windows in floating point, for millions of classes: nothing grows with their number."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from numerics import Array
from numerics.basis import orthogonal_contrasts, unit_columns
from numerics.integrate import one_thread
from numerics.secular import Roots, Secular, roots, row_blocks
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput
from theory.shown import Sheet, Shown

MOST_PAIRED = 2000  # distinct counts and weights: pairing modes with rates takes the overlaps of all their vectors
Groups = Counter[tuple[int, float]]  # (count, weight): how many classes
LARGEST_WEIGHT = 1e100  # and the smallest is its inverse: squares of rates, and their ratios, are normal numbers
TIED = 1e-12  # relative distance of two rates reported as one: √n_j·ω_j is rounded twice or three times


@dataclass(frozen=True)
class LabelMode:
    """A singular value of Z, its multiplicity, the effective weight of its right vectors, and how fast it escapes.

    `effective_weight` is vᵀΩv; `escape_rate`, the singular value of ZΩ whose left vector lies nearest; all modes are
    paired at once. Both are None where the modes of a multiple value have unequal weights, so that they would depend on the
    basis chosen. `escape_rate` is None, too, for the modes between counts where more than MOST_PAIRED groups have unequal weights.
    """

    singular_value: float
    multiplicity: int
    effective_weight: float | None
    escape_rate: float | None


@dataclass(frozen=True)
class Rate:
    """A singular value of ZΩ and its multiplicity."""

    value: float
    multiplicity: int


@dataclass(frozen=True)
class Window:
    """The spread of learning times over all modes of rates r, in scaled time t/δ.

    Formula: `absolute` 1/min r − 1/max r; `relative`, in units of the first time, max r/min r − 1.
    """

    absolute: float
    relative: float


@dataclass(frozen=True, repr=False)
class Spectrum(Shown):
    """The modes of the labels and the rates at which a weighted flow leaves small initialisation.

    Arguments: `modes`, singular values descending; `escape_rates`, descending; windows of the singular
    values (`vanilla`), of singular value times effective weight (`effective`, None where one is None) and
    of the escape rates (`escape`).
    """

    modes: tuple[LabelMode, ...]
    escape_rates: tuple[Rate, ...]
    vanilla: Window
    effective: Window | None
    escape: Window

    def brief(self) -> str:
        """How many modes, and the window of the escape rates."""
        return f"{sum(mode.multiplicity for mode in self.modes)} modes, window of the escape rates {self.escape.relative:.6g}"

    def shown(self) -> Sheet:
        """One row for each mode, and the windows relative to the first learning time."""
        windows = {"singular values": self.vanilla, "effective singular values": self.effective, "escape rates": self.escape}
        facts = {f"window of the {name}": window and window.relative for name, window in windows.items()}
        rows = [(mode.singular_value, mode.multiplicity, mode.effective_weight) for mode in self.modes]
        return Sheet(f"spectrum: {self.brief()}", facts, ("singular value", "multiplicity", "effective weight"), rows)


@dataclass(frozen=True)
class Extremes:
    """The ends of both spectra, where a list of all their modes is not wanted.

    Arguments: `multiplicity`, how many modes there are, c − 1; of the modes of Z and of the escape rates the largest and the smallest.
    The escape rate of a mode is None unless all weights are equal.
    """

    multiplicity: int
    modes: tuple[LabelMode, LabelMode]
    escape_rates: tuple[Rate, Rate]

    @property
    def vanilla(self) -> Window:
        """The window of the singular values."""
        return window_of([end.singular_value for end in self.modes])

    @property
    def escape(self) -> Window:
        """The window of the escape rates."""
        return window_of([end.value for end in self.escape_rates])


@dataclass(frozen=True)
class _Quotient:
    """P diag(a) or, with `shares`, (I − π1ᵀ) diag(a), by groups of equal a, and after a bias of equal π besides.

    Arguments: `secular`, its poles a² and masses; `pole`, for each group given the place of its pole; `sizes`, classes of each group.
    """

    secular: Secular
    pole: NDArray[np.intp]
    sizes: NDArray[np.int_]

    @staticmethod
    def of(sizes: NDArray[np.int_], squares: Array, shares: Array | None = None) -> _Quotient:
        if shares is None:
            poles, pole = np.unique(squares, return_inverse=True)
            return _Quotient(Secular(poles, np.bincount(pole, sizes).astype(float)), pole, sizes)
        order = np.lexsort((shares, squares))
        return _Quotient(Secular(squares[order], sizes[order].astype(float), shares[order]), np.argsort(order), sizes)

    def rates(self, found: Roots) -> Array:
        """The singular values between groups, one fewer than groups: of the roots, then those of groups that have one pole."""
        repeats = np.bincount(self.pole) - 1
        return np.sqrt(np.concatenate([found.values, np.repeat(self.secular.poles, repeats)]))

    def ends(self) -> tuple[Rate, Rate]:
        """The largest and the smallest singular value, and their multiplicities."""
        poles, masses = self.secular.poles, np.bincount(self.pole, self.sizes)
        found = [Rate(math.sqrt(poles[k]), int(masses[k]) - 1) for k in np.flatnonzero(masses > 1)[[0, -1]]] if (masses > 1).any() else []
        if len(poles) > 1:
            found += [Rate(float(value), 1) for value in np.sqrt(roots(self.secular, np.array([0, len(poles) - 2])).values)]
        return max(found, key=lambda rate: rate.value), min(found, key=lambda rate: rate.value)

    def left(self, found: Roots) -> Array:
        """The left vectors of `rates`, one entry a group, in the basis of normalised indicators.

        Formula: x_j ∝ 1/(d_j − λ); after a bias (d_j r + λtπ_j)/(d_j − λ) with (r, t) in the kernel of K(λ) of `numerics.secular`.
        """
        inverses, values = found.inverses(), found.values[:, None]
        if self.secular.shares is not None:
            m, shares = self.secular.masses, self.secular.scaled
            first, mixed, second = inverses @ m + m.sum() / values[:, 0], inverses @ (m * shares), inverses @ (m * shares**2)
            r = np.where(np.abs(second) > np.abs(first), second, -mixed)[:, None]
            t = np.where(np.abs(second) > np.abs(first), -mixed, first)[:, None]
            inverses *= self.secular.poles * r + values * t * shares
        columns = [unit_columns(np.sqrt(self.sizes) * inverses[:, self.pole])]
        for k in np.flatnonzero(np.bincount(self.pole) > 1):
            alike = np.flatnonzero(self.pole == k)
            contrasts = np.zeros((len(self.pole), len(alike) - 1))
            contrasts[alike] = orthogonal_contrasts(np.sqrt(self.sizes[alike]))
            columns.append(contrasts)
        return np.hstack(columns)


@one_thread
def spectrum(counts: ClassCounts, weights: Sequence[float], bias: bool = False) -> Spectrum:
    """Singular values of Z and ZΩ, effective weights and windows.

    Formula: both are those of P diag(a_j), with a_j = √n_j for Z and √n_j ω_j for ZΩ. Each group of m classes of equal a gives a
    with multiplicity m − 1; the other values are the roots of a secular equation, one between each two neighbouring a.
    Arguments: `weights`, ω_j > 0, one a class; times are in their normalisation; `bias`, whether the escape rates are those after a
    trained output bias, the singular values of (Y − π1ᵀ)Ω, with π_j = n_jω_j/Σ_k n_kω_k.
    Returns: a Spectrum, each singular value and escape rate to a relative accuracy of 2e-15; escape rates that are nearer to each other
    than TIED are told as one, the largest. Modes are paired with escape rates where the weights are equal, and else up to
    MOST_PAIRED groups.
    Raises: InvalidInput for a wrong number of weights, or one that is not finite and > 0, or not within LARGEST_WEIGHT of 1.
    """
    groups = _interchangeable(counts, weights)
    labels = _labels(groups)
    paired: Array | None
    if not bias and (paired := _scaled(groups, labels)) is not None:
        between = paired
    else:
        growth = _growth(groups, bias)
        found = roots(growth.secular)
        between = growth.rates(found)
        paired = _paired(groups, labels, growth, found) if len(groups) <= MOST_PAIRED else None
    modes, escape = _label_modes(groups, labels, paired), _escape_rates(groups, between)
    effective = [mode.singular_value * mode.effective_weight for mode in modes if mode.effective_weight is not None]
    return Spectrum(
        modes,
        escape,
        window_of([mode.singular_value for mode in modes]),
        window_of(effective) if len(effective) == len(modes) else None,
        window_of([rate.value for rate in escape]),
    )


@one_thread
def extremes(counts: ClassCounts, weights: Sequence[float], bias: bool = False) -> Extremes:
    """The largest and smallest singular values of Z and escape rates, and their windows; the cost grows as the number of groups.

    Arguments, accuracy and errors are those of `spectrum`.
    """
    groups = _interchangeable(counts, weights)
    labels = _labels(groups, ends=True)
    modes = _label_modes(groups, labels, None if bias else _scaled(groups, labels))
    return Extremes(counts.c - 1, (modes[0], modes[-1]), _growth(groups, bias).ends())


def _labels(groups: Groups, ends: bool = False) -> Roots:
    """The squares of the singular values of Z between counts; with `ends` the smallest and the largest alone."""
    counts = np.array([count for count, _ in groups])
    distinct, place = np.unique(counts, return_inverse=True)
    sizes = np.bincount(place, [*groups.values()]).astype(float)
    between = len(distinct) - 1
    return roots(Secular(distinct.astype(float), sizes), np.unique([0, between - 1]) if ends and between > 0 else None)


def _scaled(groups: Groups, labels: Roots) -> Array | None:
    """The escape rates of the modes between counts where all weights are equal, so that ZΩ = ωZ; else None."""
    weights = {weight for _, weight in groups}
    found: Array | None = weights.pop() * np.sqrt(labels.values) if len(weights) == 1 else None
    return found


def _growth(groups: Groups, bias: bool) -> _Quotient:
    """The matrix ZΩ, or (Y − π1ᵀ)Ω, by groups."""
    sizes, counts, weights = np.array([*groups.values()]), *np.array([*groups], dtype=float).T
    masses = counts * weights
    return _Quotient.of(sizes, masses * weights, masses if bias else None)


def _interchangeable(counts: ClassCounts, weights: Sequence[float]) -> Groups:
    """How many classes there are of each pair of count and weight, in rising order; raises as `spectrum` says."""
    if len(weights) != counts.c:
        raise InvalidInput(f"weights are {len(weights)} for {counts.c} classes: give one a class")
    each = np.array(weights, dtype=float)
    if not (valid := np.isfinite(each) & (each > 0)).all():
        raise InvalidInput(f"weight={each[~valid][0]} must be finite and > 0: a class of weight 0 is never learned")
    if not (valid := (each > 1 / LARGEST_WEIGHT) & (each < LARGEST_WEIGHT)).all():
        raise InvalidInput(
            f"weight={each[~valid][0]} must be between {1 / LARGEST_WEIGHT:g} and {LARGEST_WEIGHT:g}: its square times a count is a "
            "square of a rate. Give weights nearer 1, which divide all times by one factor"
        )
    # NumPy sorts complex numbers by their real parts, then by their imaginary parts.
    pairs, sizes = np.unique(np.array(counts.per_class) + 1j * each, return_counts=True)
    return Counter(dict(zip(zip(pairs.real.astype(int).tolist(), pairs.imag.tolist(), strict=True), sizes.tolist(), strict=True)))


def _label_modes(groups: Groups, labels: Roots, paired: Array | None) -> tuple[LabelMode, ...]:
    """Modes of Z; weights enter by their mean over the classes of each count.

    Arguments: `labels`, the squares of the singular values between counts; `paired`, the escape rate that goes with each of them.
    """
    cells: dict[int, list[tuple[float, int]]] = {}
    for (count, weight), size in groups.items():
        cells.setdefault(count, []).append((weight, size))
    distinct = sorted(cells)
    sizes = labels.of.masses.astype(int).tolist()
    means = np.array([sum(weight * size for weight, size in cells[count]) for count in distinct]) / labels.of.masses
    weights, rates = _effective_weights(labels, means).tolist(), [None] * len(labels.shift) if paired is None else paired.tolist()
    modes = [LabelMode(s, 1, weight, rate) for s, weight, rate in zip(np.sqrt(labels.values).tolist(), weights, rates, strict=True)]
    for count, size, mean in zip(distinct, sizes, means.tolist(), strict=True):
        if size > 1:
            # Two classes have one contrast, whatever their weights; more have one weight only if all agree.
            settled = size == 2 or len(cells[count]) == 1
            rate = math.sqrt(count) * cells[count][0][0] if len(cells[count]) == 1 else None
            modes.append(LabelMode(math.sqrt(count), size - 1, mean if settled else None, rate))
    return tuple(sorted(modes, key=lambda mode: -mode.singular_value))


def _effective_weights(labels: Roots, means: Array) -> Array:
    """vᵀΩv of the modes between counts: the mean of ω under the squares of v_j ∝ √n_j/(n_j − λ), all terms positive."""
    weights = np.empty(len(labels.shift))
    masses = labels.of.masses * labels.of.poles
    for rows in row_blocks(len(weights), len(masses)):
        squares = labels.rows(rows).inverses() ** 2
        weights[rows] = squares @ (masses * means) / (squares @ masses)
    return weights


def _paired(groups: Groups, labels: Roots, growth: _Quotient, found: Roots) -> Array:
    """The escape rate that goes with each mode between counts."""
    left = unit_columns(np.sqrt(labels.of.masses) * labels.inverses())
    return nearest_values(groups, labels.of.poles.astype(int).tolist(), left, growth.left(found), growth.rates(found))


def nearest_values(groups: Groups, distinct: list[int], left: Array, vectors: Array, rates: Array) -> Array:
    """For each mode between counts, with its left vector on the counts, the singular value of another matrix with the nearest one.

    Formula: the pairing of left vectors with the largest sum of squared overlaps.
    Arguments: `left`, one row a count and one column a mode; `vectors` and `rates`, one row a group of that matrix's left vectors.
    """
    place = {count: k for k, count in enumerate(distinct)}
    whole = Counter[int]()
    for (count, _), size in groups.items():
        whole[count] += size
    # A vector on counts, seen on the classes of one count and weight each.
    spread = np.array([left[place[count]] * math.sqrt(size / whole[count]) for (count, _), size in groups.items()])
    rows, columns = linear_sum_assignment((vectors.T @ spread) ** 2, maximize=True)
    found: Array = rates[rows[np.argsort(columns)]]
    return found


def _escape_rates(groups: Groups, between: Array) -> tuple[Rate, ...]:
    """Singular values of ZΩ, between classes of different count or weight and among those alike; equal ones are merged."""
    among = [(math.sqrt(count) * weight, size - 1) for (count, weight), size in groups.items() if size > 1]
    rates = [(value, 1) for value in between.tolist()] + among
    merged: list[Rate] = []
    for value, multiplicity in sorted(rates, reverse=True):
        if merged and value > merged[-1].value * (1 - TIED):
            merged[-1] = Rate(merged[-1].value, merged[-1].multiplicity + multiplicity)
        else:
            merged.append(Rate(value, multiplicity))
    return tuple(merged)


def window_of(rates: Sequence[float] | Array) -> Window:
    """The window of these rates."""
    slowest, fastest = float(min(rates)), float(max(rates))
    return Window(1 / slowest - 1 / fastest, fastest / slowest - 1)
