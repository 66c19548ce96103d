"""Runs at sample level: features that are linear in constant inputs, and logits that move by a fixed kernel.

They know nothing of class means: the state is W, V (and b) with all samples, or the logits of all samples.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from numerics import Array
from numerics.basis import centred_labels
from numerics.compiled import compile_loss
from numerics.first_time import on_path
from numerics.integrate import integrate
from numerics.model_run import NEGLIGIBLE, ModelFlow
from numerics.path import Path
from numerics.problem import Problem
from theory.models import linear_features
from theory.models.decay_and_bias import bias, ones
from theory.models.model import descent


@dataclass(frozen=True)
class Run:
    """A solved run: its path, and the logits (c × n) of a state."""

    path: Path
    logits: Callable[[Array], Array]

    def first_times(self, reading: Callable[[Array], Array], level: float = 0.5) -> tuple[float | None, ...]:
        """When each entry of a reading of the logits first reaches a level; None where it does not on this run."""
        return on_path(self.path.t, lambda times: self.path.at(times, lambda state: reading(self.logits(state))) - level)


def spectral_start(problem: Problem, X: Array, delta: float) -> tuple[Array, Array]:
    """W(0) = e^(−δ) U Qᵀ and V(0) = e^(−δ) Q Sᵀ with ZΩXᵀ = U Σ Sᵀ; Q is the first c − 1 columns of the identity."""
    drive = (centred_labels(problem.counts) * sample_weights(problem)) @ X.T
    U, _, St = np.linalg.svd(drive, full_matrices=False)
    modes = problem.counts.c - 1
    return np.exp(-delta) * U[:, :modes], np.exp(-delta) * St[:modes]


def sample_weights(problem: Problem) -> Array:
    """ω of each sample, samples ordered by class."""
    return np.array(problem.weights)[list(problem.counts.labels)]


def linear_features_run(problem: Problem, X: Array, W: Array, V: Array, horizon: float, with_bias: bool = False) -> Run:
    """The gradient flow of L = WVX from W, V, or of L = WVX + b1ᵀ from b = 0, up to a horizon in flow time.

    Arguments: X, d₀ × n, one column a sample, in class order. Raises: as `numerics.integrate.integrate`.
    """
    model = linear_features.WITH_BIAS if with_bias else linear_features.MODEL
    start, given = {linear_features.W: W, linear_features.V: V}, {linear_features.X: X}
    if with_bias:
        start[bias], given[ones] = np.zeros((problem.counts.c, 1)), np.ones((X.shape[1], 1))
    losses = compile_loss(problem.loss, problem.counts, problem.counts.labels)
    flow = ModelFlow(model, descent(model), losses, sample_weights(problem), start, given)
    return Run(integrate(flow, horizon, model.name), flow.logits)


class LazyFlow:
    """dL/dt = E K from L(0) = 0: what a network of the fixed tangent kernel K ⊗ I_c does, E the residual at L."""

    def __init__(self, problem: Problem, K: Array) -> None:
        counts = problem.counts
        self._shape, self._weights, self._kernel = (counts.c, counts.n), sample_weights(problem), K
        self._losses = compile_loss(problem.loss, counts, counts.labels)
        self.initial_state = np.zeros(counts.c * counts.n)

    def logits(self, state: Array) -> Array:
        """L, c × n."""
        return state.reshape(self._shape)

    def derivative(self, t: float, state: Array) -> Array:
        """dL/dt, one row of the logits after another."""
        return np.ravel(-(self._losses.gradient(self.logits(state)) * self._weights) @ self._kernel)

    def resolution(self, state: Array) -> Array:
        """Logits of order one are what is learned."""
        return np.full(len(state), NEGLIGIBLE)


def lazy_run(problem: Problem, K: Array, horizon: float) -> Run:
    """The lazy flow up to a horizon in flow time; raises as `numerics.integrate.integrate`."""
    flow = LazyFlow(problem, K)
    return Run(integrate(flow, horizon, "the lazy flow"), flow.logits)


def mode_shares(problem: Problem, directions: Array) -> Callable[[Array], Array]:
    """The learned share uᵀL Zᵀu/‖Zᵀu‖² of the modes with left vectors u, the columns of `directions` (c × k)."""
    read = centred_labels(problem.counts).T @ directions
    read = read / (read**2).sum(axis=0)
    return lambda logits: np.einsum("ck,cn,nk->k", directions, logits, read)


def class_margins(problem: Problem) -> Callable[[Array], Array]:
    """The margin of each class: the logit of its label less the greatest other one, the mean over its samples."""
    labels = np.array(problem.counts.labels)
    members = np.eye(problem.counts.c)[labels]

    def read(logits: Array) -> Array:
        own = logits[labels, np.arange(len(labels))]
        others = np.where(members.T == 1, -np.inf, logits).max(axis=0)
        margins: Array = (own - others) @ members / problem.counts.per_class
        return margins

    return read
