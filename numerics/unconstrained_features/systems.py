"""The gradient flow as first-order systems y' = f(y), in the coordinates that suit each case.

`PlainSystem` takes any loss, logits and samples as they are. `WithinSystem` takes the squared loss on centred labels and rotates
logits and classes to the modes, where the target is exactly diagonal; so does `GroupedSystem` of `grouped`, which takes every
loss that treats classes alike. All rotate the features, by `growth_frame`. Two roundings are at stake when some modes are learned
and others are still at e^(−δ): that of logits, which the rotation to the modes removes, and that of features, which the frame
removes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from numerics import Array
from numerics.basis import mode_basis
from numerics.compiled import SampleLosses, compile_loss
from numerics.integrate import Accepted, TooLarge, integrate
from numerics.path import Readable
from numerics.unconstrained_features.cells import ModeGroup, cells
from numerics.unconstrained_features.experiment import Experiment, initial_W_and_H, spectral_W_and_M
from theory.data.counts import ClassCounts
from theory.losses.loss import LossKind

Further = Callable[[Readable], float | None]
Masks = NDArray[np.bool_]
EPS = float(np.finfo(float).eps)
NEGLIGIBLE = 1e-13  # a smaller share of the initial scale (rotated) or of the largest entry (plain) is noise
MIXED = 1e-11  # of the typical size of the entries of a mode or a feature, whichever is smaller: what is finer in one entry is noise
ROUNDINGS = 32  # roundings that gather in a derivative over one unit of the fastest time
SQUARED_GAP = 53.0  # the frame leaves rounding of second order, eps² e^53 = 5e-9: times are good to 1e-6
MOST_FEATURES = 4_000_000  # numbers in H where samples have features of their own; a run has few copies of it
OTHER_GAP = 29.0  # a learned class keeps a gradient, and couples features: times are good to eps e^29 = 1e-3


class System(ABC):
    """One set of coordinates of the flow: where it starts, its derivative, and what a state means.

    A state is a vector as long as `initial_state`. `largest_gap` bounds δ (1 − μ_min/μ_max), μ the growth
    rates: how far in e-folds the last mode may lag when the first is learned, and still be clear of rounding.
    `kinds` tells for each class which of the `class_margins` is its own: classes that stay alike share one.
    """

    experiment: Experiment
    initial_state: Array
    largest_gap: float
    kinds: NDArray[np.int_]
    rates: Array = np.zeros(0)  # growth rates of modes that are alone, where they are known however small they are beside others
    explicit: bool = True  # whether a run is one of explicit steps, whose number grows with the stiffness

    @property
    @abstractmethod
    def reduction(self) -> str:
        """What is integrated in place of every sample, in words."""

    @property
    def groups(self) -> tuple[ModeGroup, ...]:
        """The modes of each distinct singular value, descending."""
        return cells(self.experiment.counts, self.experiment.weights).groups

    def closed_times(self, fraction: float) -> dict[int, float]:
        """Flow times at which modes that are known in closed form have a fraction of their σ, by their place in `groups`."""
        return {}

    def run(
        self, horizon: float, name: str, longest_step: float, progress: Callable[[float], None], further: Further, accepted: Accepted
    ) -> Readable:
        """The path up to a horizon; the arguments are those of `numerics.integrate.integrate`, and so is what it raises."""
        return integrate(self, horizon, name, longest_step, progress, further, accepted)

    @abstractmethod
    def derivative(self, t: float, state: Array) -> Array:
        """y' at state y; the flow does not depend on t."""

    @abstractmethod
    def resolution(self, state: Array) -> Array:
        """The change in each entry of a state below which it is noise: the absolute tolerance there."""

    @abstractmethod
    def first_order_target(self) -> Array:
        """A matrix whose singular values are the growth rates of small W and H, each at least once."""

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

    def strengths(self, state: Array) -> Array:
        """The diagonal of `mode_logits`, c − 1 numbers."""
        return np.diagonal(self.mode_logits(state))

    def learning(self, states: Array, asked: Masks | None = None, margin: float = -np.inf) -> Array:
        """Mean strength of the modes of each of the `groups`, and the margin of each kind of classes, of k states: k × (groups + kinds).

        Arguments: `asked`, k masks of what is wanted, None for all; the rest may have any value. Margins need only tell on which
        side of `margin` they are, and be right where they are above.
        """
        g = len(self.groups)
        found = np.full((len(states), g + int(self.kinds.max()) + 1), -np.inf)
        every = np.ones(found.shape, dtype=bool)
        for row, state, wanted in zip(found, states, every if asked is None else asked, strict=True):
            each = self.strengths(state)
            row[:g] = [each[group.columns].mean() for group in self.groups]
            if wanted[g:].any():
                row[g:][wanted[g:]] = self.margins_of(state, wanted[g:], margin)
        return found

    def margins_of(self, state: Array, wanted: Masks, margin: float) -> Array:
        """`class_margins` of the wanted kinds, of which those below `margin` may be any number below it."""
        return self.class_margins(state)[wanted]

    @abstractmethod
    def class_margins(self, state: Array) -> Array:
        """min over samples of L_yy − max_(k≠y) L_ky, one number for each of the `kinds` of classes."""

    @abstractmethod
    def gram(self, state: Array) -> Array:
        """WᵀW, d × d in orthonormal features; features that are zero on the whole run may be left out."""

    @abstractmethod
    def imbalance(self, state: Array) -> Array:
        """WᵀW − HHᵀ in the features of `gram`."""

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
        W, features = (spectral_W_and_M if by_class else initial_W_and_H)(experiment)
        self.experiment, self._by_class = experiment, by_class
        self.largest_gap = SQUARED_GAP if experiment.kind is LossKind.SQUARED else OTHER_GAP
        self._labels = np.arange(counts.c) if by_class else np.array(counts.labels)
        self._starts = np.flatnonzero(np.diff(self._labels, prepend=-1))
        self.kinds = np.arange(counts.c)
        self._samples = np.array(counts.per_class if by_class else np.ones(counts.n), dtype=float)
        self._omega = np.array(experiment.weights)[self._labels]
        self._loss: SampleLosses = compile_loss(experiment.loss, counts, self._labels.tolist())
        self._basis = mode_basis(counts, experiment.weights)
        if experiment.kind.is_affine:
            self.largest_gap = linear_gap(self.first_order_target())
        self._frame = growth_frame(self.first_order_target(), W, features * np.sqrt(self._samples))
        self.initial_state = self.state_of(W, features)

    @property
    def reduction(self) -> str:
        return f"{'class means' if self._by_class else 'none, every sample'}: {len(self.initial_state)} numbers"

    def state_of(self, W: Array, features: Array) -> Array:
        """The state of a classifier, c × d, and features, d × columns."""
        return np.concatenate([(W @ self._frame).ravel(), (self._frame.T @ features).ravel()])

    def _split(self, state: Array) -> tuple[Array, Array]:
        c, d = self.experiment.counts.c, self.experiment.d
        return state[: c * d].reshape(c, d), state[c * d :].reshape(d, -1)

    def derivative(self, t: float, state: Array) -> Array:
        W, F = self._split(state)
        G = -self._loss.gradient(W @ F) * self._omega
        return np.concatenate([((G * self._samples) @ F.T).ravel(), (W.T @ G).ravel()])

    def resolution(self, state: Array) -> Array:
        # An entry mixes all modes of its feature, so none is resolved finer than the largest there.
        W, F = (np.abs(part) for part in self._split(state))
        initial = np.exp(-self.experiment.delta)
        size = NEGLIGIBLE * np.maximum(initial, np.maximum(W.max(axis=0), F.max(axis=1)))
        return np.concatenate([np.broadcast_to(size, W.shape).ravel(), np.repeat(size, F.shape[1])])

    def first_order_target(self) -> Array:
        zero = np.zeros((self.experiment.counts.c, len(self._labels)))
        return -self._loss.gradient(zero) * self._omega * np.sqrt(self._samples)

    def W(self, state: Array) -> Array:
        return self._split(state)[0] @ self._frame.T

    def H(self, state: Array) -> Array:
        F = self._frame @ self._split(state)[1]
        return F[:, list(self.experiment.counts.labels)] if self._by_class else F

    def M(self, state: Array) -> Array:
        F = self._frame @ self._split(state)[1]
        return F if self._by_class else class_means(F, self.experiment.counts)

    def mode_logits(self, state: Array) -> Array:
        root = np.sqrt(self.experiment.counts.per_class)
        return (self._basis.U.T @ (self.W(state) @ self.M(state) * root) @ self._basis.V)[:-1, :-1]

    def class_margins(self, state: Array) -> Array:
        return self.margins_of(state, np.ones(len(self.kinds), dtype=bool), -np.inf)

    def margins_of(self, state: Array, wanted: Masks, margin: float) -> Array:
        W, F = self._split(state)
        columns = np.flatnonzero(wanted[self._labels])
        labels = self._labels[columns]
        return np.minimum.reduceat(least_gaps(W @ F[:, columns], labels), np.flatnonzero(np.diff(labels, prepend=-1)))

    def gram(self, state: Array) -> Array:
        W, _ = self._split(state)
        return W.T @ W

    def imbalance(self, state: Array) -> Array:
        W, F = self._split(state)
        return W.T @ W - (F * self._samples) @ F.T

    def weighted_loss(self, state: Array) -> float:
        W, F = self._split(state)
        return float(self._loss.value(W @ F) @ (self._omega * self._samples))


class WithinSystem(System):
    """The squared loss on centred labels, class means and the spread around them, in the basis of the modes.

    Formula: with A = UᵀW, B = M diag(√n_j) V, S the diagonal of singular values and Ω = Vᵀ diag(ω_j) V, dA/dt = (S − AB) Ω Bᵀ
    − A Σ_k ω_k C_k and dB/dt = Aᵀ (S − AB) Ω. Deviations of features from their class mean obey the linear dD/dt = −ω_k AᵀA D,
    the same for all classes of one weight ω_k: with Q_k an orthonormal basis of the span of theirs at the start, d × r_k, F_k = Q_k
    at the start and dF_k/dt = −ω_k AᵀA F_k, they are F_k Q_kᵀ D(0). Q_k are left singular vectors, so that their Gram matrix is
    C_k = F_k diag(λ_k) F_kᵀ, λ_k the squares of the singular values.
    The rank r_k is no larger than d, nor than the number of samples of these classes beyond the first of each.
    """

    def __init__(self, experiment: Experiment) -> None:
        counts, d = experiment.counts, experiment.d
        self.experiment, self._labels = experiment, np.array(counts.labels)
        self._starts = _first_samples(counts)
        self._shape = (counts.c, d)
        self._basis = mode_basis(counts, experiment.weights)
        self._S, Omega = np.diag(self._basis.sigma), self._basis.Omega
        # Weights that do not couple the modes leave the zeros between them exact, and set no bound on δ.
        self.largest_gap = np.inf if np.array_equal(Omega, np.diag(Omega.diagonal())) else SQUARED_GAP
        self._Omega_diagonal, beside = Omega.diagonal(), Omega - np.diag(Omega.diagonal())
        self._coupled = np.flatnonzero(beside.any(axis=0))
        self._Omega_coupled = beside[np.ix_(self._coupled, self._coupled)]
        self._root_n = np.sqrt(counts.per_class)
        self.kinds = np.arange(counts.c)
        W, H = initial_W_and_H(experiment)
        M = class_means(H, counts)
        A, B, D = self._basis.U.T @ W, (M * self._root_n) @ self._basis.V, H - M[:, self._labels]
        self._frame = growth_frame(self.first_order_target(), A, B)
        A, B, D = A @ self._frame, self._frame.T @ B, self._frame.T @ D
        X = np.hstack([B, self._set_spread(D)])
        self.initial_state = np.concatenate([A.ravel(), X.ravel()])
        of_X = np.ones_like(X)
        of_X[:, : counts.c] = np.exp(-experiment.delta)
        self._floor = NEGLIGIBLE * np.concatenate([np.full(A.size, np.exp(-experiment.delta)), of_X.ravel()])
        self._pull = np.empty((counts.c, X.shape[1]))
        self._Omega_rough = np.abs(self._Omega_coupled)
        self._fastest = np.linalg.norm(self.first_order_target(), 2)

    def _set_spread(self, D: Array) -> Array:
        """The bases Q_k side by side, d × r; and of each class which columns carry its deviations, with Q_kᵀ D(0)."""
        weights, owner = np.unique(self.experiment.weights, return_inverse=True)
        several = np.array(self.experiment.counts.per_class) > 1
        bases, rates, squares = [np.zeros((len(D), 0))], [np.zeros(0)], [np.zeros(0)]
        self._spread: dict[int, tuple[slice, Array]] = {}
        done = self._shape[0]
        for k, weight in enumerate(weights):
            own = np.flatnonzero((owner == k) & several)
            if not len(own):
                continue
            deviations = np.hstack([D[:, self._labels == j] for j in own])
            _, R = np.linalg.qr(deviations.T)
            Q, sizes, _ = np.linalg.svd(R.T, full_matrices=False)
            rank = int(np.count_nonzero(sizes > EPS * sizes[0]))
            for j in own:
                self._spread[int(j)] = (slice(done, done + rank), Q[:, :rank].T @ D[:, self._labels == j])
            bases, rates, squares = [*bases, Q[:, :rank]], [*rates, np.full(rank, weight)], [*squares, sizes[:rank] ** 2]
            done += rank
        self._rates, self._squares = np.concatenate(rates), np.concatenate(squares)
        return np.hstack(bases)

    @property
    def reduction(self) -> str:
        return f"class means and the spread of features around them: {len(self.initial_state)} numbers"

    def _split(self, state: Array) -> tuple[Array, Array]:
        """A, c × d, and X, d × (c + r): B and the factors side by side."""
        c, d = self._shape
        return state[: c * d].reshape(c, d), state[c * d :].reshape(d, -1)

    def _weighted(self, E: Array, coupled: Array | None = None) -> Array:
        """E Ω, of which all but the coupled modes are columns times numbers; with what couples them given, or that of Ω."""
        found = E * self._Omega_diagonal
        if len(self._coupled):
            found[:, self._coupled] += E[:, self._coupled] @ (self._Omega_coupled if coupled is None else coupled)
        return np.asarray(found)

    def derivative(self, t: float, state: Array) -> Array:
        # Large arrays are written over: to ask the system for their memory takes longer than to fill it.
        c = self._shape[0]
        A, X = self._split(state)
        pull = np.matmul(A, X, out=self._pull)
        E, slowed = pull[:, :c], pull[:, c:]
        np.subtract(self._S, E, out=E)
        E[:] = self._weighted(E)
        slowed *= -self._rates
        found = np.empty_like(state)
        np.matmul(A.T, pull, out=found[A.size :].reshape(X.shape))
        slowed *= self._squares
        np.matmul(pull, X.T, out=found[: A.size].reshape(A.shape))
        return found

    def resolution(self, state: Array) -> Array:
        # An entry is no finer than the rounding of its derivative, a sum of products that may cancel: at the
        # end of a weighted run some entries decay to that rounding, and pursuing them would stall the run.
        # Nor is it finer than what is typical of its mode and of its feature, parts of which it mixes.
        c = self._shape[0]
        A, X = self._split(np.abs(state))
        pull, rounding = np.matmul(A, X, out=self._pull), ROUNDINGS * EPS / self._fastest
        E, slowed = pull[:, :c], pull[:, c:]
        E += self._S
        E[:] = self._weighted(E, self._Omega_rough)
        slowed *= self._rates
        found = np.empty_like(state)
        of_A, of_X = self._split(found)
        np.matmul(A.T, pull, out=of_X)
        slowed *= self._squares
        np.matmul(pull, X.T, out=of_A)
        found *= rounding
        found += self._floor
        for part, own in ((A, of_A), (X[:, :c], of_X[:, :c]), (X[:, c:], of_X[:, c:])):
            if part.size:
                squares = part**2
                own += MIXED * np.sqrt(np.minimum(squares.mean(axis=1)[:, None], squares.mean(axis=0)))
        return found

    def first_order_target(self) -> Array:
        return self._S @ self._basis.Omega

    def W(self, state: Array) -> Array:
        return self._basis.U @ self._split(state)[0] @ self._frame.T

    def _means(self, X: Array, classes: NDArray[np.int_] | slice = slice(None)) -> Array:
        """Class means of the features of some classes in the frame, one a column."""
        return np.asarray(X[:, : self._shape[0]] @ (self._basis.V[classes].T / self._root_n[classes]))

    def M(self, state: Array) -> Array:
        return self._frame @ self._means(self._split(state)[1])

    def H(self, state: Array) -> Array:
        X = self._split(state)[1]
        means = self._means(X)
        return self._frame @ np.hstack([self._features(j, means[:, [j]], X) for j in range(self._shape[0])])

    def _features(self, j: int, mean: Array, X: Array) -> Array:
        """The features of the samples of a class around its mean, d × 1, in the frame: d × n_j."""
        if j not in self._spread:
            return mean
        columns, inner = self._spread[j]
        return mean + X[:, columns] @ inner

    def mode_logits(self, state: Array) -> Array:
        A, X = self._split(state)
        return A[:-1] @ X[:, : len(A) - 1]

    def strengths(self, state: Array) -> Array:
        A, X = self._split(state)
        return np.einsum("kf,fk->k", A[:-1], X[:, : len(A) - 1])

    def class_margins(self, state: Array) -> Array:
        return self.margins_of(state, np.ones(self._shape[0], dtype=bool), -np.inf)

    def margins_of(self, state: Array, wanted: Masks, margin: float) -> Array:
        A, X = self._split(state)
        classes = np.flatnonzero(wanted)
        means = self._means(X, classes)
        found = least_gaps(self._basis.U @ (A @ means), classes)  # the margin of a mean is no smaller than the least of its samples
        for place in np.flatnonzero(found >= margin):
            j = int(classes[place])
            if j in self._spread:
                logits = self._basis.U @ (A @ self._features(j, means[:, [place]], X))
                found[place] = least_gaps(logits, np.full(logits.shape[1], j)).min()
        return found

    def gram(self, state: Array) -> Array:
        A = self._split(state)[0]
        return A.T @ A

    def imbalance(self, state: Array) -> Array:
        A, X = self._split(state)
        B, F = X[:, : len(A)], X[:, len(A) :]
        return A.T @ A - B @ B.T - (F * self._squares) @ F.T

    def weighted_loss(self, state: Array) -> float:
        A, X = self._split(state)
        E = self._S - A @ X[:, : len(A)]
        spread = (A @ X[:, len(A) :]) ** 2 @ (self._rates * self._squares)
        return float(np.sum(self._weighted(E) * E) + np.sum(spread)) / 2


def least_gaps(L: Array, labels: NDArray[np.int_]) -> Array:
    """L_yy − max_(k≠y) L_ky of each column y of logits."""
    columns = np.arange(L.shape[1])
    own = L[labels, columns]
    others = L.copy()
    others[labels, columns] = -np.inf
    return np.asarray(own - others.max(axis=0))


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


def require_features(samples: int, width: int) -> None:
    """Raises TooLarge where H, samples × width, is too large to be held."""
    if samples * width > MOST_FEATURES:
        raise TooLarge(
            f"n={samples} samples of {width} feature(s) are {samples * width} numbers, and at most {MOST_FEATURES} "
            "are run: give smaller counts of the same ratios"
        )
