"""The objects of the laws: a case, the run that a simulator makes of it, and the error that says which law is broken."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from numerics.compiled import NumericLoss, SampleLosses, compile_loss
from proofs.strategies import Start
from theory.data.counts import ClassCounts
from theory.losses.loss import Loss
from theory.losses.squared import Squared

Array = NDArray[np.float64]
Simulate = Callable[[Array, Array, Array, Array, Array], tuple[Array, Array] | Array]

SQUARED = Squared()
ACCURACY = 1e-5  # an adaptive integrator at relative tolerance 1e-8 keeps this on these cases with room to spare
FRACTIONS = (0.1, 0.5, 0.9)  # the fractions of σ at which learning times are read


class LawBroken(AssertionError):
    """A law does not hold for this code. The message says which, by how much, and on which case."""


@dataclass(frozen=True)
class Case:
    """One run: `counts`, `weights` (c), where it starts, the `times` at which it is read, the first one 0, and the loss."""

    counts: ClassCounts
    weights: tuple[float, ...]
    start: Start
    times: tuple[float, ...]
    loss: Loss | NumericLoss = SQUARED

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
    def is_squared(self) -> bool:
        """Whether the loss is that of the closed forms, ½ ‖e_y − 1/c − l‖²."""
        return isinstance(self.loss, Squared)

    @property
    def omega(self) -> Array:
        """The weight of each sample."""
        return np.array(self.weights)[self.labels]

    @property
    def losses(self) -> SampleLosses:
        """The loss and its gradient, of each sample."""
        return losses_of(self.loss, self.counts, self.labels.tolist())

    @property
    def sigma(self) -> Array:
        """The c − 1 singular values of Z, descending."""
        return np.asarray(np.linalg.svd(self.Z, compute_uv=False)[: self.counts.c - 1], dtype=float)


@dataclass(frozen=True)
class SquaredLosses(SampleLosses):
    """½ ‖z_i − l_i‖² with its gradient, of samples with the centred labels Z."""

    Z: Array

    def value(self, L: Array) -> Array:
        return np.asarray(np.sum((self.Z - L) ** 2, axis=0) / 2)

    def gradient(self, L: Array) -> Array:
        return L - self.Z


def losses_of(loss: Loss | NumericLoss, counts: ClassCounts, labels: list[int]) -> SampleLosses:
    """The loss and its gradient of samples of these labels; the squared loss, of which every law speaks, without deriving it."""
    if isinstance(loss, Squared):
        return SquaredLosses((np.arange(counts.c)[:, None] == np.array(labels)) - 1 / counts.c)
    return compile_loss(loss, counts, labels)


@dataclass(frozen=True)
class Run:
    """What a simulator returned, checked for shape and finiteness: L (k × c × n), and W (k × c × d) and H (k × d × n) if it gave them."""

    L: Array
    W: Array | None = None
    H: Array | None = None

    @classmethod
    def of(cls, W: Array, H: Array) -> Run:
        """The run of W (k × c × d) and H (k × d × n), with the logits L = WH."""
        return cls(W @ H, W, H)

    def changed(self, W: Changed, H: Changed, L: Changed) -> Run:
        """The run with W, H and L each changed by its function; W and H stay None where the run has none."""
        if self.W is None or self.H is None:
            return Run(L(self.L))
        return Run(L(self.L), W(self.W), H(self.H))

    @property
    def parts(self) -> dict[str, Array]:
        """The arrays in which two runs are compared: W and H, or the logits where the run has nothing else."""
        return {"logits": self.L} if self.W is None or self.H is None else {"W": self.W, "H": self.H}

    @property
    def size_L(self) -> float:
        """‖W‖‖H‖, in which an error of W and H by `accuracy` moves the logits by twice the accuracy at most; ‖L‖ of logits alone."""
        return math.prod(map(largest_norm, self.parts.values()))


Changed = Callable[[Array], Array]


def largest_norm(part: Array) -> float:
    """The largest Frobenius norm over the run."""
    return float(np.linalg.norm(part, axis=(1, 2)).max())


def unchanged(part: Array) -> Array:
    """The part itself."""
    return part


def run(simulate: Simulate, case: Case) -> Run:
    """Run a case as it stands."""
    return called(simulate, case.start.W, case.start.H, case.labels, case.weights, case.times)


def called(simulate: Simulate, W0: Array, H0: Array, labels: Any, weights: Any, times: Any) -> Run:
    """Call the simulator with copies, so that it cannot change the case, and look at what it returns: W and H, or the logits.

    Raises: LawBroken where that is not finite arrays of the right shapes.
    """
    t = np.array(times, dtype=float)
    returned = simulate(W0.copy(), H0.copy(), np.array(labels), np.array(weights, dtype=float), t.copy())
    if isinstance(returned, tuple | list):
        W, H = (np.asarray(part, dtype=float) for part in returned)
        _require({"W": (W, W0.shape), "H": (H, H0.shape)}, len(t))
        return Run.of(W, H)
    L = np.asarray(returned, dtype=float)
    _require({"L": (L, (len(W0), H0.shape[1]))}, len(t))
    return Run(L)


def _require(parts: dict[str, tuple[Array, tuple[int, ...]]], times: int) -> None:
    for name, (found, shape) in parts.items():
        if found.shape != (times, *shape):
            raise LawBroken(f"{name} has shape {found.shape} and must have {(times, *shape)}: times first")
        if not np.isfinite(found).all():
            raise LawBroken(f"{name} is not finite at every time")


def demand(error: float, bound: float, what: str) -> None:
    """Raises: LawBroken where the error is above the bound, or is no number."""
    if not error <= bound:
        raise LawBroken(f"{what}: off by {error:.3g}, allowed {bound:.3g}")


def same(found: Run, expected: Run, accuracy: float, what: str) -> None:
    """Raises: LawBroken where two runs differ by more than twice the accuracy, since each may be off by the accuracy."""
    for name, one in found.parts.items():
        other = expected.parts[name]
        size = max(largest_norm(one), largest_norm(other))
        demand(float(np.linalg.norm(one - other, axis=(1, 2)).max()), 2 * accuracy * size, f"{what}, {name}")


def learning_time(sigma: float, delta: float, fraction: float) -> float:
    """T = ln((σ e^(2δ) − 1) f/(1 − f))/(2σ), flow time without weights; > 0 where σ e^(2δ) f > 1."""
    return math.log((sigma * math.exp(2 * delta) - 1) * fraction / (1 - fraction)) / (2 * sigma)
