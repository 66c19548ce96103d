"""The flow from the spectral start on cells of interchangeable classes: in closed form where modes are alone, else a few numbers.

The logits of such a run treat all classes of a cell alike, because the start, the counts, the weights and the loss do. So a
contrast inside a cell keeps a feature of its own in which W and H stay equal, one number a for all contrasts of the cell; and
what is constant on cells is one block of A and B, no larger than the number g of cells.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import block_diag

from numerics import Array
from numerics.basis import ModeBasis, mode_basis
from numerics.collocation import Polynomials, collocate
from numerics.integrate import Accepted, TooLarge, integrate
from numerics.path import Path, Readable
from numerics.symmetric import CellLoss
from numerics.unconstrained_features.cells import cells
from numerics.unconstrained_features.experiment import Experiment
from numerics.unconstrained_features.moving import Moving, Turning
from numerics.unconstrained_features.systems import (
    NEGLIGIBLE,
    OTHER_GAP,
    SQUARED_GAP,
    Further,
    Masks,
    System,
    growth_frame,
    linear_gap,
    require_features,
)
from theory.losses.loss import LossKind

MOST_SOLVED = 50  # coupled numbers for which steps are solved for: explicit ones are up to three times as fast, or a hundred times as slow
MOST_READ = 1000  # classes of which matrices of c² numbers are read, in 8 MB each
SMALL_START = 1e-9  # its square, the relative error of the linear start, is below rounding
MOST_TOGETHER = 1_000_000  # numbers of matrices that are in memory at once where many states are read
CLOSED_STEPS = 32  # points of a path that is known in closed form, between which it is read to find first times


class GroupedSystem(System):
    """Spectral start, features of a class that start equal, and a loss that treats classes of equal count alike.

    Formula: with L the logits, s_j = a_j² of a contrast in cell j and K = AB of the block, in the bases U, V of `cells`, and
    G = −∂ℓ/∂L diag(ω_j √n_j) in class coordinates: da_j/dt = α_j a_j, dA/dt = G Bᵀ and dB/dt = Aᵀ G, α_j what G is on a
    contrast. For the squared loss α_j = (σ − a²) ω, a logistic equation, and G = (S − AB) Ω; modes that Ω couples to no other
    obey the same equation as contrasts do. For the linear loss of target Z, α = σω and G = SΩ for all time.
    A state is a, A and B. While a, A and B are below SMALL_START the flow is linear up to rounding, and is solved exactly.
    """

    def __init__(self, experiment: Experiment, loss: CellLoss | None) -> None:
        """Arguments: `loss`, the loss of the cells; None for the squared and the linear loss, which need none."""
        self.experiment, self._loss = experiment, loss
        self._cells = held = cells(experiment.counts, experiment.weights)
        self.kinds, g, self._delta = held.of_class, len(held.count), experiment.delta
        self._linear = experiment.kind is LossKind.LINEAR
        coupled = ((held.Omega != 0) & ~np.eye(g, dtype=bool)).any(axis=0) if loss is None else np.ones(g, dtype=bool)
        alone = np.flatnonzero(~coupled[:-1])
        self._block = np.flatnonzero(coupled)
        inside = np.flatnonzero(held.size > 1)
        self._pairs = np.concatenate([inside, g + alone])  # in the numbering of `Cells.order`
        self._multiplicity = np.concatenate([held.size[inside] - 1, np.ones(len(alone))])
        self._sigma, self._omega = held.values[self._pairs], np.concatenate([held.weight, held.Omega.diagonal()])[self._pairs]
        features = self._block[self._block < g - 1]
        rows = features if loss is None else self._block  # the squared loss leaves the mean of the logits at 0
        self._features, self.shape = features, (len(rows), len(features), len(self._block))
        self.S = np.zeros((len(rows), len(self._block)))
        np.fill_diagonal(self.S, held.sigma[self._block])
        self.Omega = held.Omega[np.ix_(self._block, self._block)]
        self._set_loss_frame()
        self._set_start()

    def _set_loss_frame(self) -> None:
        """What turns numbers of modes into logits of cells and back."""
        held = self._cells
        root_m, self._root_n = np.sqrt(held.size), np.sqrt(held.count)
        self._scale = self._root_n * held.weight
        self._apart = np.outer(root_m, root_m)  # a block of equal entries between two cells, in normalised indicators
        self._left, self._right = held.U[:, self._block][:, : self.shape[0]], held.V[:, self._block]

    def _set_start(self) -> None:
        """Growth rates at zero logits, the frame of the features, and where the linear start ends."""
        r, f, k = self.shape
        zeros = np.zeros(len(self._pairs)), np.zeros((r, f)), np.zeros((f, k))
        self.rates, self._target = (np.asarray(part) for part in self.drive(*zeros))
        A, B = np.eye(r, f), np.eye(f, k)
        frame = growth_frame(self._target, A, B)
        self._frame = frame
        self._A0, self._B0 = A @ frame, frame.T @ B
        self._X, self._mu, self._Yt = np.linalg.svd(self._target, full_matrices=False)
        moving = self._mu if self.is_closed else np.concatenate([self._mu, self.rates])
        moving = np.abs(moving[np.abs(moving) > NEGLIGIBLE * np.abs(moving).max(initial=0.0)])
        small = SMALL_START * math.sqrt(min(1.0, moving.min() / self._cells.weight.max())) if len(moving) else 1.0
        self.begin = max(0.0, (self._delta + math.log(small)) / moving.max()) if len(moving) else 0.0
        if f < 2:
            self.largest_gap = np.inf  # one feature is scaled as a whole, however small
        elif self._linear:
            inner = self._target[:, :f]
            self.largest_gap = np.inf if np.array_equal(inner, np.diag(inner.diagonal())) else linear_gap(self.first_order_target())
        else:
            self.largest_gap = SQUARED_GAP if self._loss is None else OTHER_GAP
        self.explicit = self.numbers > MOST_SOLVED
        self.initial_state = self.early(np.zeros(1))[0]
        self.fastest = float(np.abs(np.concatenate([self._mu, self.rates])).max(initial=0.0)) or 1.0

    @property
    def is_closed(self) -> bool:
        """Whether modes that nothing couples are known in closed form."""
        return self._loss is None

    @property
    def turns(self) -> bool:
        """Whether one feature of two modes is all that is coupled."""
        return self._loss is None and not self._linear and self.shape == (1, 1, 2)

    @property
    def numbers(self) -> int:
        """How many numbers are integrated: none where all is known in closed form."""
        r, f, k = self.shape
        if self.turns:
            return 2
        return (0 if self.is_closed else len(self._pairs)) + (0 if self._linear else (r + k) * f)

    @property
    def reduction(self) -> str:
        """By what the run is reduced, in words."""
        g = len(self._cells.count)
        each = f"{g} group{'s' * (g > 1)} of interchangeable classes"
        if not self.numbers:
            return f"{each}: closed form"
        closed = ", closed form inside a group" if self.is_closed and len(self._pairs) else ""
        return f"{each}{closed}: {self.numbers} coupled numbers"

    def _split(self, state: Array) -> tuple[Array, Array, Array]:
        """a, A and B of states, … × N."""
        r, f, k = self.shape
        p = state.shape[-1] - (r + k) * f
        a, A, B = state[..., :p], state[..., p : p + r * f], state[..., p + r * f :]
        return a, A.reshape(*A.shape[:-1], r, f), B.reshape(*B.shape[:-1], f, k)

    @staticmethod
    def _joined(a: Array, A: Array, B: Array) -> Array:
        return np.concatenate([a, *(part.reshape(*part.shape[:-2], part.shape[-2] * part.shape[-1]) for part in (A, B))], axis=-1)

    def drive(self, a: Array, A: Array, B: Array) -> tuple[Array, Array]:
        """α of the pairs and G of the block; without the numbers a, where they are closed forms, without their α."""
        if self._linear:
            return self._sigma * self._omega + 0 * a, self.S @ self.Omega + 0 * (A @ B)
        if self._loss is None:
            p = a.shape[-1]
            return (self._sigma[:p] - a**2) * self._omega[:p], (self.S - A @ B) @ self.Omega
        own, others = self._loss.gradient(*self._cell_logits(*self._strengths(a, A, B)))
        same = np.diagonal(others, axis1=-2, axis2=-1)
        G = -others * self._apart * self._scale
        place = np.arange(len(self._scale))
        G[..., place, place] = -(own + (self._cells.size - 1) * same) * self._scale
        return (-(own - same) * self._scale)[..., self._pairs], self._left.T @ G @ self._right

    def largest_drive(self, A: Array, B: Array) -> Array:
        """What the terms of G are no larger than, where A and B are absolute values."""
        return np.asarray(np.abs(self._target) + (A @ B) @ np.abs(self.Omega))

    def _strengths(self, a: Array, A: Array, B: Array) -> tuple[Array, Array]:
        """s of a contrast in each cell, … × g, and K in the bases of the cells, … × g × g."""
        g = len(self._scale)
        inner, K = np.zeros((*a.shape[:-1], g)), np.zeros((*a.shape[:-1], g, g))
        here = self._pairs < g
        alone = self._pairs[~here] - g
        inner[..., self._pairs[here]] = a[..., here] ** 2
        K[..., alone, alone] = a[..., ~here] ** 2
        K[..., self._block[: self.shape[0], None], self._block] = A @ B
        return inner, K

    def _cell_logits(self, inner: Array, K: Array) -> tuple[Array, Array]:
        """The logit of a sample's own class, … × g, and of the other classes of each cell, … × g × g."""
        held = self._cells
        alone = inner / self._root_n
        others = (held.U @ K @ held.V.T) / self._root_n / self._apart
        place = np.arange(len(alone.T))
        own = others[..., place, place] + alone * (1 - 1 / held.size)
        others[..., place, place] -= alone / held.size
        return own, others

    def derivative(self, t: float, state: Array) -> Array:
        a, A, B = self._split(state)
        alpha, G = self.drive(a, A, B)
        return self._joined(alpha * a, G @ B.swapaxes(-1, -2), A.swapaxes(-1, -2) @ G)

    def resolution(self, state: Array) -> Array:
        return NEGLIGIBLE * np.abs(state) + np.finfo(float).tiny

    def early(self, times: Array) -> Array:
        """The states at k times of the linear start."""
        size, A, B = self.directions(times)
        a = self._alone(times) if self.is_closed else np.exp(self.rates * times[:, None] - self._delta)
        return self._joined(a, A * np.exp(size)[:, None, :], B * np.exp(size)[:, :, None])

    def directions(self, times: Array) -> tuple[Array, Array, Array]:
        """The linear start at k times, W and H along singular vectors of the target: logarithms of the sizes of the features, k × f,
        and A and B in units of these, which no δ is too large for.

        In the frame of the features no feature has a part of a mode that is faster than its own.
        """
        f = self.shape[1]
        along_A, along_B, mu, t = self._X.T @ self._A0, self._Yt @ self._B0.T, self._mu, times[:, None, None]
        grows = np.tril(along_A + along_B) / 2 * np.exp(np.minimum(mu[:, None] - mu[:f], 0) * t)
        fades = (along_A - along_B) / 2 * np.exp(-(mu[:, None] + mu[:f]) * t)
        still = np.exp(-mu[:f] * t)
        A = self._X @ (grows + fades) + (self._A0 - self._X @ along_A) * still
        B = self._Yt.T @ (grows - fades) + (self._B0.T - self._Yt.T @ along_B) * still
        return mu[:f] * times[:, None] - self._delta, A, B.swapaxes(-1, -2)

    def _alone(self, times: Array) -> Array:
        """a of the pairs in closed form, k × p."""
        growth = 2 * (self._sigma * self._omega * times[:, None] - self._delta)
        if self._linear:
            return np.exp(growth / 2)
        with np.errstate(over="ignore"):  # where e^(2δ) is infinite, a is zero to all digits
            return np.asarray(np.sqrt(self._sigma / (1 + (self._sigma - math.exp(-2 * self._delta)) * np.exp(-growth))))

    def whole(self, times: Array, a: Array, A: Array, B: Array) -> Array:
        """The states at k times, from the numbers that are integrated."""
        return self._joined(self._alone(times) if self.is_closed else a, A, B)

    def closed_times(self, fraction: float) -> dict[int, float]:
        """When modes of one kind that nothing couples have a fraction of σ, by their place in `Cells.groups`: flow times.

        Formula: s/(σ − s) grows as e^(2σωt) from e^(−2δ)/(σ − e^(−2δ)) for the squared loss, and s as e^(2σωt) for the linear one.
        """
        if not self.is_closed:
            return {}
        found = {}
        for place, group in enumerate(self._cells.groups):
            kinds = np.unique(self._cells.order[group.columns])
            pair = np.flatnonzero(np.isin(self._pairs, kinds))
            if len(pair) == len(kinds) and len(set(self._omega[pair].tolist())) == 1:
                sigma, omega = group.singular_value, float(self._omega[pair[0]])
                odds = fraction * sigma if self._linear else (sigma - math.exp(-2 * self._delta)) * fraction / (1 - fraction)
                growth = 2 * self._delta + math.log(odds) if odds > 0 else 0.0  # where it is larger than σ at the start, it is learned
                found[place] = max(0.0, growth / (2 * sigma * omega))
        return found

    def run(
        self, horizon: float, name: str, longest_step: float, progress: Callable[[float], None], further: Further, accepted: Accepted
    ) -> Readable:
        """The path up to a horizon; raises as `integrate` and `collocate` do."""
        if not self.numbers:
            return self._closed_path(horizon, further, accepted)
        begin = min(self.begin, horizon)
        early = GroupedPath(self, None, begin)
        if begin == horizon and (later := further(early)) is not None:
            return self.run(later, name, longest_step, progress, further, accepted)
        if accepted(early.t, early.states) or begin == horizon:
            return early
        flow = Turning(self, begin) if self.turns else Moving(self, begin)

        def asked(inner: Path | Polynomials) -> float | None:
            return further(GroupedPath(self, inner, begin, flow))

        def seen(steps: Array, states: Callable[[Array], Array]) -> bool:
            return accepted(steps, lambda times: flow.whole(times, states(times)))

        if self.explicit:
            return GroupedPath(self, integrate(flow, horizon, name, longest_step, progress, asked, seen, begin), begin, flow)
        inner = collocate(flow, flow.initial_state, begin, horizon, name, progress, asked)
        seen(inner.t, inner.states)
        return GroupedPath(self, inner, begin, flow)

    def _closed_path(self, horizon: float, further: Further, accepted: Accepted) -> Readable:
        seen = 0.0
        while True:
            path = GroupedPath(self, None, horizon)
            later = None if accepted(np.append(seen, path.t[path.t > seen]), path.states) else further(path)
            if later is None:
                return path
            seen, horizon = horizon, later

    def grid(self, end: float) -> Array:
        """Times up to an end between which a path in closed form is read: evenly, and where modes that are alone are learned."""
        even = np.linspace(0, end, CLOSED_STEPS + 1)
        if not self.is_closed or self._linear or not len(self._pairs):
            return even
        rate = 2 * self._sigma * self._omega
        middle = (2 * self._delta + np.log(np.maximum(self._sigma - math.exp(-2 * self._delta), NEGLIGIBLE))) / rate
        close = (middle[:, None] + np.linspace(-8, 8, 9) / rate[:, None]).ravel()
        return np.unique(np.concatenate([even, close[(close > 0) & (close < end)]]))

    # What is read off a state: a state, or k of them at once for what is told so.

    def learning(self, states: Array, asked: Masks | None = None, margin: float = -np.inf) -> Array:
        together = max(1, MOST_TOGETHER // len(self._scale) ** 2)
        if len(states) > together:
            return np.concatenate([self.learning(states[i : i + together]) for i in range(0, len(states), together)])
        inner, K = self._strengths(*self._split(states))
        each = np.concatenate([inner, np.diagonal(K, axis1=-2, axis2=-1)], axis=-1)
        kinds, shares, starts = self._cells.kinds_of_groups
        return np.concatenate([np.add.reduceat(each[..., kinds] * shares, starts, axis=-1), self._margins(inner, K)], axis=-1)

    def _margins(self, inner: Array, K: Array) -> Array:
        """Margins of each cell, … × g; where logits grow for ever, from differences of rows: a mode that two classes share drops out."""
        if not self._linear:
            own, others = self._cell_logits(inner, K)
            place = np.arange(len(self._scale))
            gaps = own[..., None, :] - others
            gaps[..., place, place] = np.where(self._cells.size > 1, inner / self._root_n, np.inf)
            return np.asarray(gaps.min(axis=-2))
        held = self._cells
        rows, columns = held.U / np.sqrt(held.size)[:, None], K @ (held.V / (np.sqrt(held.size) * self._root_n)[:, None]).T
        alone, found = inner / self._root_n, []
        for j, size in enumerate(held.size):
            gaps = ((rows[j] - rows) @ columns[..., j, None])[..., 0] + alone[..., [j]] * (1 - 1 / size)
            gaps[..., j] = alone[..., j] if size > 1 else np.inf
            found.append(gaps.min(axis=-1))
        return np.stack(found, axis=-1)

    def class_margins(self, state: Array) -> Array:
        return self._margins(*self._strengths(*self._split(state)))

    def strengths(self, state: Array) -> Array:
        inner, K = self._strengths(*self._split(state))
        return np.concatenate([inner, K.diagonal()])[self._cells.order[:-1]]

    def mode_logits(self, state: Array) -> Array:
        inner, K = self._strengths(*self._split(state))
        order = self._cells.order[:-1]
        self._require_readable()
        found = np.diag(np.concatenate([inner, K.diagonal()])[order])
        outer = np.flatnonzero(order >= len(inner))
        found[np.ix_(outer, outer)] = K[: len(outer), : len(outer)]
        return found

    def first_order_target(self) -> Array:
        return np.asarray(block_diag(np.diag(self.rates), self._target))

    def W(self, state: Array) -> Array:
        basis, pairs, block = self._columns()
        a, A, _ = self._split(state)
        found = np.zeros((len(self.kinds), self.experiment.d))
        for number, own in zip(a, pairs, strict=True):
            found[:, own] = number * basis.U[:, own]
        found[:, block[: A.shape[1]]] = basis.U[:, block[: A.shape[0]]] @ (A @ self._frame.T)
        return found

    def M(self, state: Array) -> Array:
        basis, pairs, block = self._columns()
        a, _, B = self._split(state)
        found = np.zeros((self.experiment.d, len(self.kinds)))
        for number, own in zip(a, pairs, strict=True):
            found[own] = number * basis.V[:, own].T
        found[block[: B.shape[0]]] = (self._frame @ B) @ basis.V[:, block].T
        return found / np.sqrt(self.experiment.counts.per_class)

    def H(self, state: Array) -> Array:
        require_features(self.experiment.counts.n, self.experiment.d)
        return np.repeat(self.M(state), self.experiment.counts.per_class, axis=1)

    def _columns(self) -> tuple[ModeBasis, list[NDArray[np.int_]], NDArray[np.int_]]:
        """The basis of the modes, the columns in it of each pair, and those of the block."""
        self._require_readable()
        order, g = self._cells.order, len(self._scale)
        basis = mode_basis(self.experiment.counts, self.experiment.weights)
        return basis, [np.flatnonzero(order == kind) for kind in self._pairs], np.flatnonzero(np.isin(order, g + self._block))

    def _require_readable(self) -> None:
        c, d = len(self.kinds), self.experiment.d
        if max(c * c, c * d) > MOST_READ**2:
            raise TooLarge(
                f"c={c} classes of width {d} have matrices of {max(c * c, c * d)} numbers, and at most {MOST_READ**2} are read: "
                "read strengths, margins and learning times, or give fewer classes"
            )

    def gram(self, state: Array) -> Array:
        a, A, _ = self._split(state)
        return np.concatenate([np.sqrt(self._multiplicity) * a**2, (A.T @ A).ravel()])

    def imbalance(self, state: Array) -> Array:
        a, A, B = self._split(state)
        return np.concatenate([0 * a, (A.T @ A - B @ B.T).ravel()])

    def weighted_loss(self, state: Array) -> float:
        a, A, B = self._split(state)
        held = self._cells
        if self._loss is not None:
            return float(self._loss.value(*self._cell_logits(*self._strengths(a, A, B))) @ (held.size * held.count * held.weight))
        if self._linear:
            mass = float(np.sum(held.size * held.count * held.weight))
            return mass - float(np.sum(self._multiplicity * self.rates * a**2) + np.sum(self._target * (A @ B)))
        E = self.S - A @ B
        return float(np.sum(self._multiplicity * self._omega * (self._sigma - a**2) ** 2) + np.sum((E @ self.Omega) * E)) / 2


class GroupedPath(Readable):
    """The path of a `GroupedSystem`: in closed form up to `begin`, and then the one that was integrated, if any."""

    def __init__(self, system: GroupedSystem, inner: Path | Polynomials | None, begin: float, flow: Moving | Turning | None = None) -> None:
        self._system, self.inner, self._begin, self._flow = system, inner, begin, flow

    @property
    def t(self) -> Array:
        """The steps, from 0: a grid where the path is in closed form, and then the accepted ones."""
        early = self._system.grid(self._begin) if self._begin > 0 else np.zeros(1)
        return early if self.inner is None else np.concatenate([early[:-1], self.inner.t])

    def states(self, times: Array) -> Array:
        """The states at times that ascend."""
        split = len(times) if self.inner is None else int(np.searchsorted(times, self._begin))
        parts = [self._system.early(times[:split])]
        if self.inner is not None and self._flow is not None and split < len(times):
            late = times[split:]
            inner = self.inner.states(late) if isinstance(self.inner, Polynomials) else np.array(list(self.inner.states(late)))
            parts.append(self._flow.whole(late, inner))
        return np.concatenate(parts)
