"""What small W and H feel of a loss, in numbers: its target at zero logits, escape rates, and the order of learning.

At zero logits the flow is dW/dt = GHᵀ, dH/dt = WᵀG with G = −∂(weighted loss)/∂L, so that modes grow at the singular
values of G. Samples of a class share a column of G, and it is carried by its class columns times √n_j.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from numerics import Array, first_time
from numerics.basis import mode_basis
from numerics.compiled import NumericLoss, compile_loss
from numerics.problem import Problem
from numerics.unconstrained_features.flow import VANISHING
from numerics.unconstrained_features.systems import least_gaps
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput
from theory.losses.loss import Loss

GRID = 400  # number of times at which margins are read, to bracket the first crossing between two of them
LARGEST_LOGARITHM = 340  # of the size of a mode of W or H: logits are products of two and must be finite
FURTHER = 3.0  # e-folds beyond the initial scale by which the slowest mode is learned


@dataclass(frozen=True)
class FirstOrder(Problem):
    """A loss at zero logits, with class counts and class weights; see `first_order`."""

    @cached_property
    def columns(self) -> Array:
        """B, c × c: column j is −∂ℓ/∂l at zero logits for label j, unweighted."""
        c = self.counts.c
        return -compile_loss(self.loss, self.counts, range(c)).gradient(np.zeros((c, c)))

    @cached_property
    def target(self) -> Array:
        """G in class coordinates, c × c.

        Formula: B diag(√n_j ω_j).
        """
        return self.columns * np.sqrt(self.counts.per_class) * self.weights

    @property
    def escape_rates(self) -> Array:
        """The rates at which small modes grow, per flow time of the summed loss, descending.

        Formula: the positive singular values of G; what is below 1e-12 of the largest is rounding of 0.
        """
        rates = np.linalg.svd(self.target, compute_uv=False)
        return np.asarray(rates[rates > VANISHING * rates[0]], dtype=float)

    @property
    def modes(self) -> Array:
        """Left singular vectors of G, c × (number of escape rates): the logits in which each mode grows.

        Valid when: those of equal rates are one of many bases.
        """
        return np.asarray(np.linalg.svd(self.target)[0][:, : len(self.escape_rates)], dtype=float)

    @property
    def flatness(self) -> float:
        """The largest escape rate over the smallest: 1 where all modes escape together."""
        rates = self.escape_rates
        if not len(rates):
            raise InvalidInput(f"loss={self.loss.name} has no gradient at zero logits, so that small W and H never grow: take another loss")
        return float(rates[0] / rates[-1])

    def flatness_of(self, exponents: Sequence[float]) -> Array:
        """The flatness with weights n_j^(−γ) for each exponent γ, in place of this object's own weights."""
        return np.array(
            [replace(self, weights=tuple(float(n) ** -float(gamma) for n in self.counts.per_class)).flatness for gamma in exponents]
        )

    def class_escape_times(self, delta: float, margin: float = 0.5) -> tuple[float | None, ...]:
        """When each class reaches a margin while W and H grow by the target at zero logits alone; its order is that of escape.

        Formula: with G = X diag(μ) Yᵀ, XᵀW and YᵀFᵀ (F the features in class coordinates) have sums that grow as e^(μt) and
        differences that decay as e^(−μt), from the spectral start at e^(−δ).
        Returns: flow times in class order; None where faster modes keep a class from its margin, so that it comes after them.
        Valid when: compared with one another. What is learned first saturates and moves the gradient of the rest, which is
        left out: `simulate` has it.
        Raises: InvalidInput as `Experiment` and `flatness` do.
        """
        self.flatness  # noqa: B018 - it raises where nothing grows
        if not (math.isfinite(delta) and delta > 0):
            raise InvalidInput(f"delta={delta} must be finite and > 0: it is minus the logarithm of the initial scale")
        basis, root = mode_basis(self.counts, self.weights), np.sqrt(self.counts.per_class)
        X, mu, Yt = np.linalg.svd(self.target)
        W, F = (math.exp(-delta) * side for side in (X.T @ basis.U[:, :-1], Yt @ basis.V[:, :-1]))  # mode by mode
        grows, decays, labels = (W + F) / 2, (W - F) / 2, np.arange(self.counts.c)

        def excess(times: float | Array) -> Array:
            found = []
            for t in np.atleast_1d(times):
                up, down = (np.exp(sign * mu * t)[:, None] for sign in (1, -1))
                L = X @ (up * grows + down * decays) @ (up * grows - down * decays).T @ Yt / root
                found.append(least_gaps(L, labels) - margin)
            return np.array(found) if np.ndim(times) else found[0]

        horizon = min((delta + FURTHER + math.log(max(1.0, margin))) / self.escape_rates[-1], LARGEST_LOGARITHM / mu[0])
        return first_time.on_path(np.linspace(0, horizon, GRID), excess)


def first_order(loss: Loss | NumericLoss, counts: ClassCounts, weights: Sequence[float] | None = None) -> FirstOrder:
    """What small W and H feel of any loss, in floating point: target columns, escape rates, flatness and order.

    Arguments: `loss`, registered, your own, or `losses.from_torch(criterion)`; `weights`, ω, one a class, None for no weights.
    Returns: a FirstOrder; rates and times are those of the loss summed over samples.
    Raises: InvalidInput for another number of weights than of classes, or a weight that is not finite and > 0.
    """
    return FirstOrder(counts, (1.0,) * counts.c if weights is None else tuple(map(float, weights)), loss)
