"""Gradient descent on ½ Σ_i ω_(y_i) ‖z_i − W h_i‖², from its gradient alone, and its curvature at WH = Z, from that of the logits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import minimize

from numerics import Array
from numerics.basis import centred_labels
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput

DIFFERENCE = 1e-4  # of the central differences: the gradient is a cubic, so that they are off by the square of this
DIVERGED = 1e6  # a loss this many times that of zero logits
ENDED = 1e-20  # a loss below this share of that of zero logits is an end
NUDGE = 1e-9  # how far beside a minimum descent starts, a coordinate
LINEAR = 1e-8  # a loss from which residuals no longer grow as the linear part says
ROUNDING = 1e-25  # a loss below this is rounding
BISECTIONS = 16
SCATTER = 0.3  # of the start of a search, around the balanced minimum
SEARCH_STEPS = 1000
SETTLED = 1e-9  # relative: a search that gains less than this is at its end


@dataclass(frozen=True)
class Samples:
    """The loss of these counts and class weights, as a function of W (c × d) and H (d × n).

    Raises: InvalidInput for another number of weights than of classes, and for a weight that is not > 0.
    """

    counts: ClassCounts
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.weights) != self.counts.c or not all(math.isfinite(w) and w > 0 for w in self.weights):
            raise InvalidInput(f"weights={self.weights} must be one finite number > 0 for each of {self.counts.c} classes")

    @cached_property
    def target(self) -> Array:
        """Z, one column a sample."""
        return centred_labels(self.counts)

    def loss(self, W: Array, H: Array) -> float:
        """½ Σ_i ω_(y_i) ‖z_i − W h_i‖²."""
        return float(np.sum(self._omega * (self.target - W @ H) ** 2)) / 2

    def gradient(self, W: Array, H: Array) -> tuple[Array, Array]:
        """The derivatives of the loss by W and by H."""
        residual = (W @ H - self.target) * self._omega
        return residual @ H.T, W.T @ residual

    @cached_property
    def _omega(self) -> Array:
        return np.array(self.weights)[list(self.counts.labels)]

    def curvature(self, W: Array, H: Array) -> float:
        """The largest eigenvalue of the Hessian, from central differences of the gradient along every coordinate."""
        state, size = np.concatenate([W.ravel(), H.ravel()]), W.size

        def gradient(x: Array) -> Array:
            parts = self.gradient(x[:size].reshape(W.shape), x[size:].reshape(H.shape))
            return np.concatenate([part.ravel() for part in parts])

        columns = [
            (gradient(state + DIFFERENCE * unit) - gradient(state - DIFFERENCE * unit)) / (2 * DIFFERENCE) for unit in np.eye(len(state))
        ]
        hessian = np.array(columns)
        return float(np.linalg.eigvalsh((hessian + hessian.T) / 2)[-1])

    def random_minimum(self, width: int, seed: int) -> tuple[Array, Array]:
        """W and H of zero loss: a random W, the least H with WH = Z, and a random part of H that W does not see.

        Raises: InvalidInput for a width below c − 1, where W holds no Z; W then has a column space with that of Z in it.
        """
        c = self.counts.c
        if width < c - 1:
            raise InvalidInput(f"width={width} must be at least c − 1 = {c - 1}: narrower features cannot hold every mode")
        rng = np.random.default_rng(seed)
        space = np.linalg.svd(self.target, full_matrices=False)[0][:, : c - 1] if width == c - 1 else np.eye(c)
        W = space @ rng.standard_normal((space.shape[1], width))
        inverse = np.linalg.pinv(W)
        unseen = np.eye(width) - inverse @ W
        return W, inverse @ self.target + unseen @ rng.standard_normal((width, self.counts.n)) / 2

    def random_start(self, width: int, scale: float, seed: int) -> tuple[Array, Array]:
        """Independent normal entries of this deviation."""
        rng = np.random.default_rng(seed)
        return scale * rng.standard_normal((self.counts.c, width)), scale * rng.standard_normal((width, self.counts.n))

    def descend(self, W: Array, H: Array, *, step_size: float, steps: int) -> tuple[Array, Array] | None:
        """Plain gradient descent until the loss is ENDED; None where it diverges, or the steps are done before.

        Raises: InvalidInput for a step size or a number of steps that is not > 0.
        """
        if not (math.isfinite(step_size) and step_size > 0) or steps < 1:
            raise InvalidInput(f"step_size={step_size}, steps={steps} must be a finite number > 0 and a whole number ≥ 1")
        first = self.loss(np.zeros_like(W), np.zeros_like(H))
        for _ in range(steps):
            by_W, by_H = self.gradient(W, H)
            W, H = W - step_size * by_W, H - step_size * by_H
            loss = self.loss(W, H)
            if not loss < DIVERGED * first:
                return None
            if loss < ENDED * first:
                return W, H
        return None

    def flattest_found(self, seed: int, rounds: int = 6) -> float:
        """The least curvature that a search without derivatives finds over all factorisations of Z of width c − 1.

        Formula: W = US^(1/2) G, H = G⁻¹ S^(1/2)Vᵀ of Z = USVᵀ, G lower triangular: a rotation of the features changes no curvature.
        """
        modes = self.counts.c - 1
        U, s, Vt = np.linalg.svd(self.target, full_matrices=False)
        A, B = U[:, :modes] * np.sqrt(s[:modes]), np.sqrt(s[:modes])[:, None] * Vt[:modes]
        places = np.tril_indices(modes)

        def curvature(entries: Array) -> float:
            G = np.zeros((modes, modes))
            G[places] = entries
            try:
                return self.curvature_of_logits(A @ G, np.linalg.solve(G, B))
            except np.linalg.LinAlgError:
                return math.inf

        x = np.eye(modes)[places] + SCATTER * np.random.default_rng(seed).standard_normal(len(places[0]))
        least = math.inf
        for _ in range(rounds):  # a search that starts anew at its end leaves a flat simplex behind
            found = minimize(curvature, x, method="Nelder-Mead", options={"maxfev": SEARCH_STEPS, "xatol": 1e-9, "fatol": 1e-10})
            x, gain, least = found.x, least - float(found.fun), float(found.fun)
            if gain < SETTLED * least:
                break
        return least

    def curvature_of_logits(self, W: Array, H: Array) -> float:
        """The largest squared singular value of (X, Y) ↦ (XH + WY)Ω^(1/2), as an explicit matrix: at zero loss that of the Hessian."""
        root = np.sqrt(self._omega)
        by_W = np.kron(np.eye(len(W)), (H * root).T)
        by_H = np.kron(W, np.diag(root))
        return float(np.linalg.eigvalsh(by_W @ by_W.T + by_H @ by_H.T)[-1])

    def largest_stable_step(self, W: Array, H: Array, *, guess: float, steps: int = 2000) -> float:
        """The step size, by bisection up to 4 times a guess, above which residuals beside this minimum grow from step to step.

        Descent starts 1e-9 beside the minimum; it is stopped where the residual is large enough to feel more than its linear part.
        """
        rng = np.random.default_rng(0)
        start_W, start_H = (part + NUDGE * rng.standard_normal(part.shape) for part in (W, H))
        low, high = 0.0, 4 * guess
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            if self._grows(start_W, start_H, middle, steps):
                high = middle
            else:
                low = middle
        return (low + high) / 2

    def _grows(self, W: Array, H: Array, step_size: float, steps: int) -> bool:
        """Whether the loss is larger in the end than half way."""
        half = math.nan
        for step in range(steps):
            by_W, by_H = self.gradient(W, H)
            W, H = W - step_size * by_W, H - step_size * by_H
            if step == steps // 2:
                half = self.loss(W, H)
            if self.loss(W, H) > LINEAR:
                return True
        return self.loss(W, H) > max(half, ROUNDING)
