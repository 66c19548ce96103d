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
from numerics.basis import centred_svd
from numerics.integrate import one_thread
from theory.data.counts import ClassCounts, interchangeable
from theory.exact import InvalidInput
from theory.shown import Sheet, Shown

MOST_GROUPS = 2000  # distinct counts and weights: the quotient is a dense matrix of this size
Groups = Counter[tuple[int, float]]  # (count, weight): how many classes
TIED = 1e-12  # relative distance of two rates reported as one: √n_j·ω_j is rounded twice or three times


@dataclass(frozen=True)
class LabelMode:
    """A singular value of Z, its multiplicity, the effective weight of its right vectors, and how fast it escapes.

    `effective_weight` is vᵀΩv; `escape_rate`, the singular value of ZΩ whose left vector lies nearest; all modes are
    paired at once. Both are None where the modes of a multiple value have unequal weights, so that they would depend on the
    basis chosen.
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


@one_thread
def spectrum(counts: ClassCounts, weights: Sequence[float], bias: bool = False) -> Spectrum:
    """Singular values of Z and ZΩ, effective weights and windows.

    Formula: both from the g × g quotient of P diag(a_j) by groups of equal a, with a_j = √n_j for Z and
    √n_j ω_j for ZΩ: each group of m classes gives a with multiplicity m − 1, the quotient the other g − 1.
    Arguments: `weights`, ω_j > 0, one a class; times are in their normalisation; `bias`, whether the escape rates are those after a
    trained output bias, the singular values of (Y − π1ᵀ)Ω, with π_j = n_jω_j/Σ_k n_kω_k.
    Returns: a Spectrum, to a relative accuracy of some 1e-15 · max a/min a.
    Raises: InvalidInput for a wrong number of weights, one that is not finite and > 0, or more than
    MOST_GROUPS distinct pairs of count and weight.
    """
    groups = _interchangeable(counts, weights)
    sizes, scales = np.array([*groups.values()]), np.array([math.sqrt(count) * weight for count, weight in groups])
    masses = np.array([count * weight for count, weight in groups])
    growth = _settled_svd(sizes, scales, masses) if bias else centred_svd(sizes, scales)
    modes, escape = _label_modes(groups, growth), _escape_rates(groups, growth[1])
    effective = [mode.singular_value * mode.effective_weight for mode in modes if mode.effective_weight is not None]
    return Spectrum(
        modes,
        escape,
        window_of([mode.singular_value for mode in modes]),
        window_of(effective) if len(effective) == len(modes) else None,
        window_of([rate.value for rate in escape]),
    )


def _settled_svd(sizes: NDArray[np.int_], scales: Array, masses: Array) -> tuple[Array, Array, Array]:
    """Full SVD of (I − π1ᵀ) diag(a) on vectors constant over groups, in the basis of normalised indicators; the last value is 0."""
    root = np.sqrt(sizes)
    X, sigma, Yt = np.linalg.svd((np.eye(len(sizes)) - np.outer(root * masses / (sizes @ masses), root)) * scales)
    sigma[-1] = 0.0  # rank g − 1 exactly: πᵀ1 = 1
    return X, sigma, Yt.T


def _interchangeable(counts: ClassCounts, weights: Sequence[float]) -> Groups:
    """How many classes there are of each pair of count and weight; raises as `spectrum` says."""
    groups = Counter({pair: len(classes) for pair, classes in interchangeable(counts, weights).items()})
    for _, weight in groups:
        if not (math.isfinite(weight) and weight > 0):
            raise InvalidInput(f"weight={weight} must be finite and > 0: a class of weight 0 is never learned")
    if len(groups) > MOST_GROUPS:
        raise InvalidInput(
            f"counts and weights make {len(groups)} groups of interchangeable classes, and at "
            f"most {MOST_GROUPS} are taken: round the counts to fewer distinct ones"
        )
    return groups


def _label_modes(groups: Groups, growth: tuple[Array, Array, Array]) -> tuple[LabelMode, ...]:
    """Modes of Z; weights enter by their mean over the classes of each count.

    Arguments: `growth`, the singular vectors and values of ZΩ on classes of equal count and weight.
    """
    distinct = sorted({count for count, _ in groups}, reverse=True)
    cells: dict[int, list[tuple[float, int]]] = {count: [] for count in distinct}
    for (count, weight), size in groups.items():
        cells[count].append((weight, size))
    sizes = np.array([sum(size for _, size in cells[count]) for count in distinct])
    means = np.array([sum(weight * size for weight, size in cells[count]) for count in distinct]) / sizes
    left, sigma, right = centred_svd(sizes, np.sqrt(np.array(distinct, dtype=float)))
    weights = (right**2).T @ means
    rates = nearest_values(groups, distinct, left[:, :-1], growth)
    modes = [LabelMode(float(value), 1, *map(float, read)) for value, *read in zip(sigma[:-1], weights[:-1], rates, strict=True)]
    for count, size, mean in zip(distinct, sizes, means, strict=True):
        if size > 1:
            # Two classes have one contrast, whatever their weights; more have one weight only if all agree.
            settled = size == 2 or len(cells[count]) == 1
            rate = math.sqrt(count) * cells[count][0][0] if len(cells[count]) == 1 else None
            modes.append(LabelMode(math.sqrt(count), int(size) - 1, float(mean) if settled else None, rate))
    return tuple(sorted(modes, key=lambda mode: -mode.singular_value))


def nearest_values(groups: Groups, distinct: list[int], left: Array, growth: tuple[Array, Array, Array]) -> Array:
    """For each mode between counts, with its left vector on the counts, the singular value of another matrix with the nearest one.

    Formula: the pairing of left vectors with the largest sum of squared overlaps.
    """
    vectors, rates, _ = growth
    place = {count: k for k, count in enumerate(distinct)}
    whole = Counter[int]()
    for (count, _), size in groups.items():
        whole[count] += size
    # A vector on counts, seen on the classes of one count and weight each.
    spread = np.array([left[place[count]] * math.sqrt(size / whole[count]) for (count, _), size in groups.items()])
    rows, columns = linear_sum_assignment((vectors[:, :-1].T @ spread) ** 2, maximize=True)
    found: Array = rates[rows[np.argsort(columns)]]
    return found


def _escape_rates(groups: Groups, between: Array) -> tuple[Rate, ...]:
    """Singular values of ZΩ, between classes of different count or weight and among those alike; equal ones are merged."""
    among = [(math.sqrt(count) * weight, size - 1) for (count, weight), size in groups.items() if size > 1]
    rates = [(float(value), 1) for value in between[:-1]] + among
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
