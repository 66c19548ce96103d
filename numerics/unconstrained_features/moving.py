"""The numbers of coupled modes in which steps are taken: logarithms of sizes, and directions."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np

from numerics import Array
from numerics.unconstrained_features.experiment import Experiment
from numerics.unconstrained_features.systems import EPS, NEGLIGIBLE, ROUNDINGS

LOGARITHM_OF_ROUNDING = 8.0  # a logarithm of which the rounding is one of a number of size 1


class Driven(Protocol):
    """What moves: pairs a, and a block of A (r × f) and B (f × k); see `GroupedSystem`."""

    experiment: Experiment
    rates: Array
    shape: tuple[int, int, int]
    fastest: float
    S: Array
    Omega: Array

    @property
    def is_closed(self) -> bool:
        """Whether a is known in closed form."""

    def directions(self, times: Array) -> tuple[Array, Array, Array]:
        """The linear start: logarithms of the sizes of the features, and A and B in units of these."""

    def drive(self, a: Array, A: Array, B: Array) -> tuple[Array, Array]:
        """α of the pairs and G of the block."""

    def largest_drive(self, A: Array, B: Array) -> Array:
        """What the terms of G are no larger than, where A and B are absolute values."""

    def whole(self, times: Array, a: Array, A: Array, B: Array) -> Array:
        """The states at k times, from the numbers that are integrated."""


class Moving:
    """The numbers of a `GroupedSystem` that are integrated: each feature of A and B as a logarithm and a direction.

    Formula: A_f = e^(s_f) Â_f and B_f = e^(s_f) B̂_f with |Â_f|² + |B̂_f|² = 2, so that ds_f/dt = Â_fᵀ G B̂_f = ρ_f,
    dÂ_f/dt = G B̂_f − ρ_f Â_f and dB̂_f/dt = Gᵀ Â_f − ρ_f B̂_f: while a feature grows nothing but its logarithm moves, however small
    it is. A state is ln a, where a is integrated, s, Â and B̂.
    """

    def __init__(self, system: Driven, begin: float) -> None:
        self._system, self._pairs = system, 0 if system.is_closed else len(system.rates)
        # The gradient of a learned class is a small difference of numbers of the size that it starts from.
        self.noise = 0.0 if system.is_closed else ROUNDINGS * EPS * system.fastest
        size, A, B = system.directions(np.array([begin]))
        norm = np.sqrt(((A**2).sum(axis=1) + (B**2).sum(axis=2)) / 2)
        logarithms = system.rates[: self._pairs] * begin - system.experiment.delta
        hats = (A / norm[:, None, :], B / norm[:, :, None])
        self.initial_state = np.concatenate([logarithms, (size + np.log(norm))[0], *(part[0].ravel() for part in hats)])

    def _split(self, state: Array) -> tuple[Array, Array, Array, Array]:
        p, (r, f, k) = self._pairs, self._system.shape
        A, B = state[..., p + f : p + f + r * f], state[..., p + f + r * f :]
        return state[..., :p], state[..., p : p + f], A.reshape(*A.shape[:-1], r, f), B.reshape(*B.shape[:-1], f, k)

    def whole(self, times: Array, moving: Array) -> Array:
        """The states of the system at k times."""
        logarithm, size, A, B = self._split(moving)
        scale = np.exp(size)
        return self._system.whole(times, np.exp(logarithm), A * scale[..., None, :], B * scale[..., None])

    def derivative(self, t: float, state: Array) -> Array:
        """y' at one state, or at each of k."""
        logarithm, size, A, B = self._split(state)
        scale = np.exp(size)
        alpha, G = self._system.drive(np.exp(logarithm), A * scale[..., None, :], B * scale[..., None])
        dA, dB = G @ B.swapaxes(-1, -2), A.swapaxes(-1, -2) @ G
        rho = (A * dA).sum(axis=-2)
        dA, dB = dA - rho[..., None, :] * A, dB - rho[..., None] * B
        lead = state.shape[:-1]
        return np.concatenate([alpha[..., : self._pairs], rho, dA.reshape(*lead, -1), dB.reshape(*lead, -1)], axis=-1)

    def sizes(self, state: Array) -> Array:
        """A change of a logarithm or a direction is a relative one; that of a large logarithm is rounded with it."""
        ones = np.ones(len(state))
        logarithms = self._pairs + self._system.shape[1]
        ones[:logarithms] = np.maximum(1.0, np.abs(state[:logarithms]) / LOGARITHM_OF_ROUNDING)
        return ones

    def resolution(self, state: Array) -> Array:
        # An entry is no finer than the rounding of its derivative, a sum of products that may cancel: at the
        # end of a weighted run some entries decay to that rounding, and pursuing them would stall the run.
        logarithm, size, A, B = self._split(state)
        A, B = np.abs(A), np.abs(B)
        G = self._system.largest_drive(A * np.exp(size), B * np.exp(size)[:, None])
        dA, dB = G @ B.T, A.T @ G
        rough = np.concatenate([0 * logarithm, (A * dA).sum(axis=0), dA.ravel(), dB.ravel()])
        return NEGLIGIBLE + ROUNDINGS * EPS / self._system.fastest * rough


class Turning:
    """One feature of two modes under the squared loss: the logarithm s of its size, and an angle φ.

    Formula: A = ±e^s and B = ±e^s b with b = (cos φ, sin φ), as AᵀA − BBᵀ is 0 at the start and conserved. With
    G = (S − e^(2s) bᵀ)Ω: ds/dt = G b and dφ/dt = G b′, b′ = (−sin φ, cos φ). A state is s and φ.
    """

    noise = 0.0

    def __init__(self, system: Driven, begin: float) -> None:
        self._system, self._weights, self._target = system, system.Omega, system.S[0]
        size, A, B = system.directions(np.array([begin]))
        self._sign = math.copysign(1.0, A[0, 0, 0])
        first, second = self._sign * B[0, 0]
        self.initial_state = np.array([size[0, 0] + math.log(abs(A[0, 0, 0])), math.atan2(second, first)])

    def whole(self, times: Array, moving: Array) -> Array:
        """The states of the system at k times."""
        scale, angle = self._sign * np.exp(moving[:, 0]), moving[:, 1]
        B = (scale * np.stack([np.cos(angle), np.sin(angle)])).T
        return self._system.whole(times, np.zeros((len(moving), 0)), scale[:, None, None], B[:, None, :])

    def derivative(self, t: float, state: Array) -> Array:
        """y' at one state, or at each of k."""
        size, angle = state[..., 0], state[..., 1]
        strength, cos, sin = np.exp(2 * size), np.cos(angle), np.sin(angle)
        (first, mixed), (_, last) = self._weights
        left, right = self._target[0] - strength * cos, self._target[1] - strength * sin
        along, across = left * first + right * mixed, left * mixed + right * last
        found = np.empty_like(state)
        found[..., 0], found[..., 1] = along * cos + across * sin, across * cos - along * sin
        return found

    def sizes(self, state: Array) -> Array:
        """A change of the logarithm or the angle is a relative one; that of a large logarithm is rounded with it."""
        return np.array([max(1.0, abs(state[0]) / LOGARITHM_OF_ROUNDING), 1.0])
