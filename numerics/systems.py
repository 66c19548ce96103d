"""The gradient flow as first-order systems y' = f(y), in the coordinates that suit each case.

`PlainSystem` takes any loss, logits and samples as they are. `RotatedSystem` takes the squared loss on
centred labels and rotates logits and classes to the modes, where the target is exactly diagonal. Both rotate
the features, by `growth_frame`. Two roundings are at stake when some modes are learned and others are still
at e^(−δ): that of logits, which the rotation to the modes removes, and that of features, which the frame
removes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from numerics.basis import Array, mode_basis
from numerics.compiled import CompiledLoss, compile_loss, is_linear, is_squared_on_centred_labels
from numerics.experiment import Experiment, initial_W_and_H
from theory.counts import ClassCounts

EPS = float(np.finfo(float).eps)
NEGLIGIBLE = 1e-13  # share of the initial scale (rotated) or of the largest entry (plain) that is noise
ROUNDINGS = 32  # roundings that gather in a derivative over one unit of the fastest time
SQUARED_GAP = 53.0  # the frame leaves rounding at second order: eps² e^53 is 5e-9, and times are good to 1e-6
OTHER_GAP = 29.0  # a learned class keeps a gradient, and couples features: eps e^29 is 1e-3, times as good


class System(ABC):
    """One set of coordinates of the flow: where it starts, its derivative, and what a state means.

    A state is a vector as long as `initial_state`. `largest_gap` bounds δ (1 − μ_min/μ_max), μ the growth
    rates: how far in e-folds the last mode may lag when the first is learned, and still be clear of rounding.
    """

    initial_state: Array
    largest_gap: float

    @abstractmethod
    def derivative(self, t: float, state: Array) -> Array:
        """y' at state y; the flow does not depend on t."""

    @abstractmethod
    def resolution(self, state: Array) -> Array:
        """The change in each entry of a state below which it is noise: the absolute tolerance there."""

    @abstractmethod
    def first_order_target(self) -> Array:
        """A matrix with c rows whose singular values are the growth rates of small W and H."""

    @abstractmethod
    def W(self, state: Array) -> Array:
        """W, c × d."""

    @abstractmethod
    def H(self, state: Array) -> Array:
        """H, d × n, samples ordered by class."""

    @abstractmethod
    def M(self, state: Array) -> Array:
        """Class means of the features, d × c."""

    @abstractmethod
    def mode_logits(self, state: Array) -> Array:
        """Uᵀ L V, (c − 1) × (c − 1), each entry to its own relative accuracy where the coordinates allow."""

    @abstractmethod
    def imbalance(self, state: Array) -> Array:
        """WᵀW − HHᵀ, d × d."""

    @abstractmethod
    def weighted_loss(self, state: Array) -> float:
        """Σ_i ω_(y_i) ℓ(l_i, y_i), a plain sum over the n samples."""


class PlainSystem(System):
    """Any loss, one column of features a sample, or one a class where its samples move together.

    Formula: dW/dt = G diag(m) Fᵀ, dF/dt = Wᵀ G, with G = −ω_y ∂ℓ/∂l at l = W f, column by column, and m
    the samples behind each column.
    """

    def __init__(self, experiment: Experiment, *, by_class: bool) -> None:
        counts = experiment.counts
        W, H = initial_W_and_H(experiment)
        self._experiment, self._by_class = experiment, by_class
        self.largest_gap = (SQUARED_GAP if is_squared_on_centred_labels(experiment.loss, counts)
                            else OTHER_GAP)
        self._labels = np.arange(counts.c) if by_class else np.array(counts.labels)
        features = H[:, _first_samples(counts)] if by_class else H
        self._samples = np.array(counts.per_class if by_class else np.ones(counts.n), dtype=float)
        self._omega = np.array(experiment.weights)[self._labels]
        self._loss: CompiledLoss = compile_loss(experiment.loss, counts, self._labels.tolist())
        self._basis = mode_basis(counts, experiment.weights)
        if is_linear(experiment.loss, counts):
            self.largest_gap = linear_gap(self.first_order_target())
        self._frame = growth_frame(self.first_order_target(), W, features * np.sqrt(self._samples))
        self.initial_state = np.concatenate([(W @ self._frame).ravel(), (self._frame.T @ features).ravel()])

    def _split(self, state: Array) -> tuple[Array, Array]:
        c, d = self._experiment.counts.c, self._experiment.d
        return state[:c * d].reshape(c, d), state[c * d:].reshape(d, -1)

    def derivative(self, t: float, state: Array) -> Array:
        W, F = self._split(state)
        G = -self._loss.gradient(W @ F) * self._omega
        return np.concatenate([((G * self._samples) @ F.T).ravel(), (W.T @ G).ravel()])

    def resolution(self, state: Array) -> Array:
        # An entry mixes all modes of its feature, so none is resolved finer than the largest there.
        W, F = (np.abs(part) for part in self._split(state))
        initial = np.exp(-self._experiment.delta)
        size = NEGLIGIBLE * np.maximum(initial, np.maximum(W.max(axis=0), F.max(axis=1)))
        return np.concatenate([np.broadcast_to(size, W.shape).ravel(), np.repeat(size, F.shape[1])])

    def first_order_target(self) -> Array:
        zero = np.zeros((self._experiment.counts.c, len(self._labels)))
        return -self._loss.gradient(zero) * self._omega * np.sqrt(self._samples)

    def W(self, state: Array) -> Array:
        return self._split(state)[0] @ self._frame.T

    def H(self, state: Array) -> Array:
        F = self._frame @ self._split(state)[1]
        return F[:, list(self._experiment.counts.labels)] if self._by_class else F

    def M(self, state: Array) -> Array:
        F = self._frame @ self._split(state)[1]
        return F if self._by_class else class_means(F, self._experiment.counts)

    def mode_logits(self, state: Array) -> Array:
        root = np.sqrt(self._experiment.counts.per_class)
        return (self._basis.U.T @ (self.W(state) @ self.M(state) * root) @ self._basis.V)[:-1, :-1]

    def imbalance(self, state: Array) -> Array:
        W, F = self._split(state)
        return W.T @ W - (F * self._samples) @ F.T

    def weighted_loss(self, state: Array) -> float:
        W, F = self._split(state)
        return float(self._loss.value(W @ F) @ (self._omega * self._samples))


class RotatedSystem(System):
    """The squared loss on centred labels, in the basis of the modes.

    Formula: with A = UᵀW, B = M diag(√n_j) V, S the diagonal of singular values and Ω = Vᵀ diag(ω_j) V,
    dA/dt = (S − AB) Ω Bᵀ − A Σ_k ω_k C_k and dB/dt = Aᵀ (S − AB) Ω. Deviations of features from their class
    mean obey the linear dD/dt = −ω_k AᵀA D, so that one propagator Φ_k (d × d, Φ_k(0) = 1) for each distinct
    weight ω_k carries them all; C_k = Φ_k C_k(0) Φ_kᵀ is their Gram matrix, summed over samples.
    Arguments: `within`, whether features of a class start unequal; if not, there are no Φ_k.
    """

    def __init__(self, experiment: Experiment, *, within: bool) -> None:
        counts, d = experiment.counts, experiment.d
        self._labels = np.array(counts.labels)
        self._shape = (counts.c, d)
        self._basis = mode_basis(counts, experiment.weights)
        self._S, Omega = np.diag(self._basis.sigma), self._basis.Omega
        # Weights that do not couple the modes leave the zeros between them exact, and δ free.
        self.largest_gap = np.inf if np.array_equal(Omega, np.diag(Omega.diagonal())) else SQUARED_GAP
        self._root_n = np.sqrt(counts.per_class)
        self._mass = float(np.dot(counts.per_class, experiment.weights))
        A, B, self._D0 = self._initial(experiment)
        self._frame = growth_frame(self.first_order_target(), A, B)
        A, B, self._D0 = A @ self._frame, self._frame.T @ B, self._frame.T @ self._D0
        omega, self._propagator_of = np.unique(experiment.weights, return_inverse=True)
        self._omega = omega if within else omega[:0]
        owner = self._propagator_of[self._labels]
        parts = [self._D0[:, owner == k] for k in range(len(self._omega))]
        self._C0 = np.array([part @ part.T for part in parts]).reshape(-1, d, d)
        Phi = np.tile(np.eye(d), (len(self._omega), 1, 1))
        self.initial_state = np.concatenate([A.ravel(), B.ravel(), Phi.ravel()])
        self._floor = NEGLIGIBLE * np.concatenate([np.full(A.size + B.size, np.exp(-experiment.delta)),
                                                   np.ones(Phi.size)])
        self._fastest = np.linalg.norm(self.first_order_target(), 2)

    def _initial(self, experiment: Experiment) -> tuple[Array, Array, Array]:
        """A(0), B(0) and the deviations D(0), d × n; the spectral init is exactly diagonal here."""
        c, d = self._shape
        if experiment.init == "spectral":
            A = np.exp(-experiment.delta) * np.eye(c, d)
            A[-1] = 0.0  # the direction of equal logits is no mode; it has a column of its own only if d ≥ c
            return A, A.T.copy(), np.zeros((d, len(self._labels)))
        W, H = initial_W_and_H(experiment)
        M = class_means(H, experiment.counts)
        return self._basis.U.T @ W, (M * self._root_n) @ self._basis.V, H - M[:, self._labels]

    def _split(self, state: Array) -> tuple[Array, Array, Array]:
        c, d = self._shape
        return (state[:c * d].reshape(c, d), state[c * d:2 * c * d].reshape(d, c),
                state[2 * c * d:].reshape(-1, d, d))

    def _weighted_spread(self, Phi: Array) -> Array:
        """Σ_k ω_k C_k, d × d."""
        return np.einsum("k,kij->ij", self._omega, self._grams(Phi))

    def _grams(self, Phi: Array) -> Array:
        """C_k, one d × d matrix for each distinct weight."""
        return Phi @ self._C0 @ Phi.transpose(0, 2, 1)

    def derivative(self, t: float, state: Array) -> Array:
        A, B, Phi = self._split(state)
        G = (self._S - A @ B) @ self._basis.Omega
        dA, dB = G @ B.T, A.T @ G
        if not len(Phi):
            return np.concatenate([dA.ravel(), dB.ravel()])
        dA -= A @ self._weighted_spread(Phi)
        dPhi = -self._omega[:, None, None] * ((A.T @ A) @ Phi)
        return np.concatenate([dA.ravel(), dB.ravel(), dPhi.ravel()])

    def resolution(self, state: Array) -> Array:
        # An entry is no finer than the rounding of its derivative, a sum of products that may cancel: at the
        # end of a weighted run some entries decay to that rounding, and pursuing them would stall the run.
        A, B, Phi = (np.abs(part) for part in self._split(state))
        G = (self._S + A @ B) @ np.abs(self._basis.Omega)
        dA = G @ B.T + A @ np.abs(self._weighted_spread(Phi))
        dPhi = self._omega[:, None, None] * ((A.T @ A) @ Phi)
        derivative = np.concatenate([dA.ravel(), (A.T @ G).ravel(), dPhi.ravel()])
        return self._floor + ROUNDINGS * EPS / self._fastest * derivative

    def first_order_target(self) -> Array:
        return self._S @ self._basis.Omega

    def W(self, state: Array) -> Array:
        return self._basis.U @ self._split(state)[0] @ self._frame.T

    def M(self, state: Array) -> Array:
        return self._frame @ self._split(state)[1] @ self._basis.V.T / self._root_n

    def H(self, state: Array) -> Array:
        Phi = self._split(state)[2]
        deviations = np.zeros_like(self._D0)
        for k, propagator in enumerate(Phi):
            own = self._propagator_of[self._labels] == k
            deviations[:, own] = propagator @ self._D0[:, own]
        return self.M(state)[:, self._labels] + self._frame @ deviations

    def mode_logits(self, state: Array) -> Array:
        A, B, _ = self._split(state)
        return A[:-1] @ B[:, :-1]

    def imbalance(self, state: Array) -> Array:
        A, B, Phi = self._split(state)
        return A.T @ A - B @ B.T - self._grams(Phi).sum(axis=0)

    def weighted_loss(self, state: Array) -> float:
        A, B, Phi = self._split(state)
        E = self._S - A @ B
        return float(np.sum((E @ self._basis.Omega) * E) + np.sum((A @ self._weighted_spread(Phi)) * A)) / 2


class RotatedLinearSystem(RotatedSystem):
    """The linear loss of target Z in the basis of the modes: G = SΩ for all time.

    Formula: dA/dt = SΩBᵀ, dB/dt = AᵀSΩ; features of a class that start equal stay equal.
    """

    def __init__(self, experiment: Experiment) -> None:
        super().__init__(experiment, within=False)
        self._target = self.first_order_target()
        inner = self._target[:-1, :-1]
        # Modes that the weights do not couple keep exact zeros between them, however far one has grown.
        decoupled = np.array_equal(inner, np.diag(inner.diagonal()))
        self.largest_gap = np.inf if decoupled else linear_gap(inner)

    def derivative(self, t: float, state: Array) -> Array:
        A, B, _ = self._split(state)
        return np.concatenate([(self._target @ B.T).ravel(), (A.T @ self._target).ravel()])

    def resolution(self, state: Array) -> Array:
        return self._floor

    def weighted_loss(self, state: Array) -> float:
        A, B, _ = self._split(state)
        return float(self._mass - np.sum(self._target * (A @ B)))


    def class_margins(self, state: Array) -> Array:
        """Margins of the classes, c numbers, from differences taken before the large modes are multiplied in.

        Formula: ((U_y − U_k) A)(B V_yᵀ)/√n_y: a mode that two classes share drops out exactly.
        """
        A, B, _ = self._split(state)
        U, features = self._basis.U, B @ self._basis.V.T / self._root_n
        differences = (U[:, None, :] - U[None, :, :]) @ A  # class y, class k, feature
        found = np.einsum("ykd,dy->yk", differences, features)
        np.fill_diagonal(found, np.inf)
        return np.asarray(found.min(axis=1))


def linear_gap(target: Array) -> float:
    """`largest_gap` where learned modes go on growing: rounding grows by e^(μ_max t) until δ/μ_min."""
    rates = np.linalg.svd(target, compute_uv=False)
    rates = rates[rates > NEGLIGIBLE * rates[0]]
    return float(OTHER_GAP * rates[-1] / rates[0])


def growth_frame(target: Array, W: Array, F: Array) -> Array:
    """A rotation of the d features in which each grows with one mode of the linearised flow, fastest first.

    Formula: where dW/dt = TFᵀ, dF/dt = WᵀT and T = Σ μ_k x_k y_kᵀ, the vector Wᵀx_k + Fy_k grows at μ_k; the
    frame orthogonalises these vectors in order.
    Arguments: `target` T (c × k), `W` (c × d), `F` (d × k), at the start.
    Returns: d × d orthogonal.

    The flow is linear in each feature's column of W and row of F, given G. In this frame the slow modes are
    in columns of their own, so that rounding of columns already learned cannot swamp them, however small.
    """
    X, _, Yt = np.linalg.svd(target, full_matrices=False)
    return np.linalg.qr(W.T @ X + F @ Yt.T, mode="complete").Q


def class_means(H: Array, counts: ClassCounts) -> Array:
    """Means of the columns of each class: d × n, samples ordered by class, to d × c."""
    return np.add.reduceat(H, _first_samples(counts), axis=1) / np.array(counts.per_class)


def _first_samples(counts: ClassCounts) -> NDArray[np.int_]:
    """The index of the first sample of each class."""
    return np.cumsum((0, *counts.per_class[:-1]))
