"""The flow of the weighted squared loss at class level, from a start on two modes, and of rank one from the mode that grows first.

Classes have equal features inside: A = P diag(√n_j) stands for Z. The two columns of W and rows of H start on two left and right
singular vectors of AΩ, so that the second stays as small beside the first as the flow makes it, and is not lost in rounding.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from numerics import Array
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput

TOLERANCE = 1e-11  # relative, of each step; small entries are as accurate as large ones
LEARNED = 0.3  # share of the second singular value of A that ends the second stage
SETTLED = 400.0  # flow time after δ/s_1 in which the flow of rank one has landed
LATEST = 500.0  # flow time after 6 δ/s_2 by which the second stage has ended


@dataclass(frozen=True)
class Stages:
    """Counts, and one positive weight a class.

    Raises: InvalidInput for another number of weights than of classes, for one that is not > 0, and for two classes, which
    have one stage.
    """

    counts: ClassCounts
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.weights) != self.counts.c or not all(math.isfinite(w) and w > 0 for w in self.weights):
            raise InvalidInput(f"weights={self.weights} must be one finite number > 0 for each of {self.counts.c} classes")
        if self.counts.c < 3:
            raise InvalidInput(f"counts={list(self.counts.per_class)} are two classes, which have one stage: give three or more")

    @cached_property
    def target(self) -> Array:
        """A, c × c."""
        c = self.counts.c
        return (np.eye(c) - 1 / c) * np.sqrt(self.counts.per_class)

    @cached_property
    def _omega(self) -> Array:
        return np.array(self.weights)

    @cached_property
    def escape_rates(self) -> Array:
        """s_1 ≥ … ≥ s_(c−1)."""
        return np.array(np.linalg.svd(self.target * self._omega, compute_uv=False)[:-1], dtype=float)

    def second_time(self, delta: float) -> float:
        """When the second singular value of the logits reaches LEARNED of that of A; NaN where it does not."""
        goal = LEARNED * np.linalg.svd(self.target, compute_uv=False)[1]

        def excess(t: float, state: Array) -> float:
            W, H = self._split(state, 2)
            return float(np.linalg.svd(W @ H, compute_uv=False)[1] - goal)

        excess.terminal = True  # type: ignore[attr-defined]
        found = self._solve(delta, 2, 6 * delta / self.escape_rates[1] + LATEST, excess)
        return float(found.t_events[0][0]) if len(found.t_events[0]) else math.nan

    def later_rate(self, delta: float) -> float:
        """The largest singular value of (I − ppᵀ)AΩ at the end p of the flow of rank one."""
        c = self.counts.c
        end = self._solve(delta, 1, delta / self.escape_rates[0] + SETTLED).y[:c, -1]
        p = end / np.linalg.norm(end)
        return float(np.linalg.norm((np.eye(c) - np.outer(p, p)) @ (self.target * self._omega), 2))

    def _split(self, state: Array, width: int) -> tuple[Array, Array]:
        c = self.counts.c
        return state[: c * width].reshape(c, width), state[c * width :].reshape(width, c)

    def _solve(self, delta: float, width: int, time: float, *events: Any) -> Any:
        U, _, Vt = np.linalg.svd(self.target * self._omega)

        def velocity(t: float, state: Array) -> Array:
            W, H = self._split(state, width)
            G = (self.target - W @ H) * self._omega
            return np.concatenate([(G @ H.T).ravel(), (W.T @ G).ravel()])

        start = math.exp(-delta) * np.concatenate([U[:, :width].ravel(), Vt[:width].ravel()])
        return solve_ivp(velocity, (0.0, time), start, method="DOP853", rtol=TOLERANCE, atol=1e-300, events=events or None)
