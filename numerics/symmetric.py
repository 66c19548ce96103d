"""Losses that treat classes of equal count alike, at logits that are constant on cells of such classes.

A loss that is written with `theory.losses.classes` never asks which class its label is. One formula then serves every label, with
one symbol for the logits of all classes of a cell, and its cost does not grow with the number of classes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import sympy as sp

from numerics import Array
from numerics.compiled import NEAR_ZERO, require_finite
from theory.exact import InvalidInput
from theory.losses.checks import sample_value
from theory.losses.classes import OWN_LABEL, Grouped
from theory.losses.loss import Loss


@dataclass(frozen=True)
class CellLoss:
    """ℓ and ∂ℓ/∂logits of a sample of each of g cells.

    Arguments: `size` and `count`, classes in each cell and samples in each class. Logits are given as `own`, … × g, that of the
    sample's own class, and `others`, … × g × g: entry (h, j) is the logit of every other class of cell h for a sample of cell j.
    """

    name: str
    size: Array
    count: Array
    _value: Callable[..., Array]
    _gradient: Callable[..., list[Array]]

    def value(self, own: Array, others: Array) -> Array:
        """ℓ, … × g."""
        return np.broadcast_to(self._value(*self._arguments(own, others)), own.shape)

    def gradient(self, own: Array, others: Array) -> tuple[Array, Array]:
        """∂ℓ/∂(own logit), … × g, and ∂ℓ/∂(logit of one other class of cell h), … × g × g, which is 0 where there is none.

        Raises: FloatingPointError where it is not finite.
        """
        with np.errstate(all="ignore"):  # the result is checked below
            found = self._gradient(*self._arguments(own, others))
            if not own.any() and not others.any() and not all(np.isfinite(entry).all() for entry in found):
                found = self._gradient(*self._arguments(own + NEAR_ZERO, others + NEAR_ZERO))
        first = np.broadcast_to(found[0], own.shape)
        rest = np.stack([np.broadcast_to(entry, own.shape) for entry in found[1:]], axis=-2)
        rest = np.where(self._multiplicity > 0, rest, 0.0)
        return require_finite(self.name, first, own), require_finite(self.name, rest, own)

    @property
    def _multiplicity(self) -> Array:
        """Other classes of cell h for a sample of cell j, g × g."""
        return np.asarray(self.size[:, None] - np.eye(len(self.size)))

    def _arguments(self, own: Array, others: Array) -> list[Array]:
        # Where a cell has no other class, its logit has no meaning: the own one takes the place, which no maximum feels.
        others = np.where(self._multiplicity > 0, others, own[..., None, :])
        return [own, *np.moveaxis(others, -2, 0), *self._multiplicity, self.count, *self.count]


def cell_loss(loss: Loss, size: Array, count: Array) -> CellLoss | None:
    """The loss of cells of classes; None for a loss that is written out over its classes."""
    found = _formulas(loss, len(size))
    return None if found is None else CellLoss(loss.name, np.asarray(size, dtype=float), count, *found)


@lru_cache(maxsize=64)
def _formulas(loss: Loss, kinds: int) -> tuple[Callable[..., Array], Callable[..., list[Array]]] | None:
    """NumPy functions of the own logit, the others', how many others there are, and the counts: ℓ and its derivatives."""
    own, own_count = sp.Symbol("x", real=True), sp.Symbol("n", positive=True)
    others = sp.symbols(f"u_0:{kinds}", real=True)
    many, counts = sp.symbols(f"k_0:{kinds}", nonnegative=True), sp.symbols(f"n_0:{kinds}", positive=True)
    multiplicities = (sp.Integer(1), *many)
    logits, all_counts = Grouped((own, *others), multiplicities), Grouped((own_count, *counts), multiplicities)
    try:
        value = sample_value(loss, logits, OWN_LABEL, all_counts)
    except InvalidInput:
        return None
    arguments = (own, *others, *many, own_count, *counts)
    slopes = [sp.diff(value, own), *(sp.diff(value, u) / k for u, k in zip(others, many, strict=True))]
    return sp.lambdify(arguments, value, "numpy", cse=True), sp.lambdify(arguments, slopes, "numpy", cse=True)
