"""Classes of equal count and weight are interchangeable: a cell of classes, and the basis of the modes cell by cell.

The centred labels in class coordinates, P diag(√n_j), act on vectors that are constant on cells, in the basis of normalised
indicators, as a g × g matrix for g cells; on contrasts inside a cell they are √n times the identity. What is of size c × c in
`numerics.basis` is of size g × g here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from numerics import Array
from numerics.basis import centred_svd, orthogonal_contrasts
from theory.data.counts import ClassCounts, interchangeable


@dataclass(frozen=True)
class ModeGroup:
    """The modes of one singular value: the value, how many there are, and their places among the c − 1 modes."""

    singular_value: float
    multiplicity: int
    columns: slice


@dataclass(frozen=True)
class Cells:
    """g cells of classes, the largest count first and then the smallest weight.

    Arguments: `count`, `weight` and `size`, the number of classes, g numbers each; `members`, the classes of each; `U`, `sigma`,
    `V`, the singular vectors and values of the labels on vectors that are constant on cells: g × g in normalised indicators,
    σ descending, the last one 0. `order` gives for each of the c columns of `numerics.basis.mode_basis` the cell j of which it
    is a contrast, or g + k where it is column k of U and V.
    """

    count: Array
    weight: Array
    size: Array
    members: tuple[tuple[int, ...], ...]
    U: Array
    sigma: Array
    V: Array
    order: NDArray[np.int_]

    @cached_property
    def of_class(self) -> NDArray[np.int_]:
        """The cell of each class."""
        found = np.empty(len(self.order), dtype=int)
        for j, classes in enumerate(self.members):
            found[list(classes)] = j
        return found

    @cached_property
    def values(self) -> Array:
        """σ of a mode of each kind: √n of the contrasts of each cell, and then σ of each column of U."""
        return np.concatenate([np.sqrt(self.count), self.sigma])

    @cached_property
    def Omega(self) -> Array:
        """Vᵀ diag(ω) V, g × g; exactly a multiple of the identity for equal weights, as ω − min ω is zero then."""
        lowest = self.weight.min()
        found = self.V.T @ ((self.weight - lowest)[:, None] * self.V) + lowest * np.eye(len(self.weight))
        return np.asarray((found + found.T) / 2)

    @cached_property
    def groups(self) -> tuple[ModeGroup, ...]:
        """The distinct singular values of Z, descending, with multiplicities."""
        value = self.values[self.order[:-1]]
        starts = [i for i in range(len(value)) if i == 0 or value[i] != value[i - 1]]
        ends = [*starts[1:], len(value)]
        return tuple(ModeGroup(float(value[i]), j - i, slice(i, j)) for i, j in zip(starts, ends, strict=True))


@lru_cache(maxsize=16)
def cells(counts: ClassCounts, weights: tuple[float, ...]) -> Cells:
    """The cells of these counts and weights, and their basis, whose columns are those of `mode_basis`."""
    members = interchangeable(counts, weights)
    pairs = sorted(members, key=lambda pair: (-pair[0], pair[1]))
    count, weight = (np.array(numbers, dtype=float) for numbers in zip(*pairs, strict=True))
    many = np.array([len(members[pair]) for pair in pairs])
    size = many.astype(float)
    U, sigma, V = _basis(count, size)
    inside = np.repeat(np.arange(len(pairs)), many - 1)
    kinds = np.concatenate([inside, len(pairs) + np.arange(len(pairs))])
    order = np.argsort(-np.concatenate([np.sqrt(count), sigma])[kinds], kind="stable")
    by_value = np.argsort(-sigma, kind="stable")
    place = np.empty_like(by_value)
    place[by_value] = np.arange(len(by_value))
    kinds[len(inside) :] = len(pairs) + place
    return Cells(count, weight, size, tuple(members[pair] for pair in pairs), U[:, by_value], sigma[by_value], V[:, by_value], kinds[order])


def _basis(count: Array, size: Array) -> tuple[Array, Array, Array]:
    """Contrasts between cells of equal count, and then the singular vectors of the quotient by the distinct counts."""
    places = [list(places) for _, places in groupby(range(len(count)), key=lambda j: count[j])]
    distinct, together = count[[own[0] for own in places]], np.array([int(size[own].sum()) for own in places])
    left, value, right = centred_svd(together, distinct)
    indicator, contrasts = np.zeros((len(count), len(places))), []
    for k, own in enumerate(places):
        indicator[own, k] = np.sqrt(size[own] / together[k])
        contrast = np.zeros((len(count), len(own) - 1))
        contrast[own] = orthogonal_contrasts(np.sqrt(size[own]))
        contrasts.append(contrast)
    between = np.hstack(contrasts)
    repeated = np.repeat(np.sqrt(distinct), [len(own) - 1 for own in places])
    return np.hstack([between, indicator @ left]), np.concatenate([repeated, value]), np.hstack([between, indicator @ right])
