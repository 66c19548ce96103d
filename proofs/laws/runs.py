"""What the laws speak of: a case, the run that a simulator makes of it, and the error that says which law is broken."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proofs.strategies import Start
from theory.data.counts import ClassCounts

Array = NDArray[np.float64]
Simulate = Callable[[Array, Array, Array, Array, Array], tuple[Array, Array]]

ACCURACY = 1e-5  # what an adaptive integrator at relative tolerance 1e-8 keeps on these cases with room to spare
FRACTIONS = (0.1, 0.5, 0.9)  # of σ, at which learning times are read


class LawBroken(AssertionError):
    """A law does not hold for this code. The message says which, by how much, and on which case."""


@dataclass(frozen=True)
class Case:
    """One run: `counts`, `weights` (c), where it starts, and the `times` at which it is read, the first one 0."""

    counts: ClassCounts
    weights: tuple[float, ...]
    start: Start
    times: tuple[float, ...]

    def __repr__(self) -> str:
        return (
            f"counts {self.counts.per_class}, weights {self.weights}, start {self.start!r}, times {tuple(round(t, 6) for t in self.times)}"
        )

    @property
    def labels(self) -> NDArray[np.int_]:
        """The class of each sample, in class order."""
        return np.array(self.counts.labels)

    @property
    def Z(self) -> Array:
        """The centred labels, c × n."""
        return (np.arange(self.counts.c)[:, None] == self.labels) - 1 / self.counts.c

    @property
    def sigma(self) -> Array:
        """The c − 1 singular values of Z, descending."""
        return np.asarray(np.linalg.svd(self.Z, compute_uv=False)[: self.counts.c - 1], dtype=float)


@dataclass(frozen=True)
class Run:
    """W (k × c × d) and H (k × d × n) that a simulator returned, checked for shape and finiteness."""

    W: Array
    H: Array

    @property
    def L(self) -> Array:
        """The logits WH, k × c × n."""
        return self.W @ self.H

    @property
    def size_W(self) -> float:
        """The largest ‖W‖ over the run."""
        return float(np.linalg.norm(self.W, axis=(1, 2)).max())

    @property
    def size_H(self) -> float:
        """The largest ‖H‖ over the run."""
        return float(np.linalg.norm(self.H, axis=(1, 2)).max())

    @property
    def size_L(self) -> float:
        """‖W‖‖H‖, in which an error of W and H by `accuracy` moves the logits by twice the accuracy at most."""
        return self.size_W * self.size_H


def run(simulate: Simulate, case: Case) -> Run:
    """Run a case as it stands."""
    return called(simulate, case.start.W, case.start.H, case.labels, case.weights, case.times)


def called(simulate: Simulate, W0: Array, H0: Array, labels: Any, weights: Any, times: Any) -> Run:
    """Call the simulator with copies, so that it cannot change the case, and look at what it returns.

    Raises: LawBroken where that is not two finite arrays of the right shapes.
    """
    t = np.array(times, dtype=float)
    W, H = (
        np.asarray(part, dtype=float) for part in simulate(W0.copy(), H0.copy(), np.array(labels), np.array(weights, dtype=float), t.copy())
    )
    for name, found, start in (("W", W, W0), ("H", H, H0)):
        if found.shape != (len(t), *start.shape):
            raise LawBroken(f"{name} has shape {found.shape} and must have {(len(t), *start.shape)}: times first")
        if not np.isfinite(found).all():
            raise LawBroken(f"{name} is not finite at every time")
    return Run(W, H)


def demand(error: float, bound: float, what: str) -> None:
    """Raises: LawBroken where the error is above the bound, or is no number."""
    if not error <= bound:
        raise LawBroken(f"{what}: off by {error:.3g}, allowed {bound:.3g}")


def same(found: Run, expected: Run, accuracy: float, what: str) -> None:
    """Two runs that must be one: each is off by the accuracy at most, so twice the accuracy apart."""
    for name in ("W", "H"):
        one, other = getattr(found, name), getattr(expected, name)
        size = max(np.linalg.norm(part, axis=(1, 2)).max() for part in (one, other))
        demand(float(np.linalg.norm(one - other, axis=(1, 2)).max()), 2 * accuracy * size, f"{what}, {name}")


def learning_time(sigma: float, delta: float, fraction: float) -> float:
    """T = ln((σ e^(2δ) − 1) f/(1 − f))/(2σ), flow time without weights; > 0 where σ e^(2δ) f > 1."""
    return math.log((sigma * math.exp(2 * delta) - 1) * fraction / (1 - fraction)) / (2 * sigma)
