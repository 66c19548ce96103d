"""What is timed: for each workload the ways to do it, ours first. Each is made ready here, and gives the function that is timed.

A workload of runs asks for the times at which the groups of modes reach half of their singular value. The peers integrate
W and H sample by sample, as who has no reduction would, up to the last of these times; diffrax is told the times to look around.
What they find is compared with the closed form of the modes within a group, and with our time of the middle one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from scipy.integrate import DOP853, LSODA, OdeSolver
from scipy.interpolate import KroghInterpolator
from scipy.optimize import brentq

from numerics.unconstrained_features import flow, measure, spectrum
from numerics.unconstrained_features.experiment import Experiment, initial_W_and_H
from theory.data.counts import ClassCounts, step
from theory.losses import loss_named

Task = Callable[[], np.ndarray]  # what is timed; it gives the numbers by which its accuracy is judged
AROUND = 1e-3 * np.cos(np.pi * (np.arange(7) + 0.5) / 7)[::-1]  # relative places around a time at which a peer gives strengths
TOLERANCE = 1e-11  # of a peer's steps
SMALLEST = 1e-15


@dataclass(frozen=True)
class Contender:
    """A way to do a workload: its name, and a function that makes it ready."""

    name: str
    ready: Callable[[], Task]


@dataclass(frozen=True)
class Workload:
    """What is to be done, by whom, and the numbers that all should find (None: those of the first contender)."""

    id: str
    title: str
    contenders: tuple[Contender, ...]
    truth: Callable[[], np.ndarray] | None = None
    repeats: bool = True


def weighted(counts: ClassCounts, exponent: float = 0.5) -> tuple[float, ...]:
    """Weights n^(−γ) in floating point."""
    return tuple(float(n) ** -exponent for n in counts.per_class)


def experiment(c: int, ratio: int, loss: str = "squared", delta: float = 8.0, init: Any = "spectral", n_min: int = 1) -> Experiment:
    """STEP(c, R) with weights n^(−1/2)."""
    counts = step(c, ratio, n_min=n_min)
    return Experiment(counts, weighted(counts), loss_named(loss), delta, init)


def times(one: Experiment) -> np.ndarray:
    """Our learning times of the groups of modes; NaN where one is not reached."""
    found = measure.mode_learning_times(flow.simulate(one))
    return np.array([math.nan if time is None else time for time in found])


def ours(one: Experiment, read: Callable[[Experiment], np.ndarray] = times) -> Contender:
    return Contender("ours", lambda: lambda: read(one))


def with_classes(one: Experiment) -> np.ndarray:
    """Our learning times of modes and of classes."""
    run = flow.simulate(one)
    return np.array([*measure.mode_learning_times(run), *measure.class_learning_times(run)], dtype=float)


def closed_form(one: Experiment) -> np.ndarray:
    """The times of modes within the groups of STEP, which learn by themselves; our time of the middle one.

    Formula: T = ln((σ − s₀)/s₀)/(2ωσ) with s₀ = e^(−2δ), σ = √n.
    """
    start = math.exp(-2 * one.delta)
    exact = {
        math.sqrt(n): math.log((math.sqrt(n) - start) / start) / (2 * w * math.sqrt(n))
        for n, w in zip(one.counts.per_class, one.weights, strict=True)
    }
    found = times(one)
    sigma = [mode.singular_value for mode in measure.modes_of(one)]
    return np.array([next((exact[s] for s in exact if math.isclose(s, value)), time) for value, time in zip(sigma, found, strict=True)])


class Samples:
    """The weighted squared loss sample by sample: what a peer integrates, written out here and not taken from `numerics`."""

    def __init__(self, one: Experiment) -> None:
        labels = np.array(one.counts.labels)
        c = one.counts.c
        self.Z = np.eye(c)[:, labels] - 1 / c
        self.omega = np.array(one.weights)[labels]
        self.W, self.H = initial_W_and_H(one)
        U, sigma, Vt = np.linalg.svd(np.diag(np.sqrt(one.counts.per_class)) - np.sqrt(one.counts.per_class) / c)
        groups = [np.isclose(sigma, mode.singular_value) for mode in measure.modes_of(one)]
        size = np.sqrt(one.counts.per_class)
        # The mean strength of a group is the sum of P ∘ L over the logits of the class means.
        self.readers = np.array([(U[:, g] @ Vt[g] * size) / g.sum() for g in groups])
        self.means = np.eye(c)[labels] / np.array(one.counts.per_class)
        self.levels = np.array([mode.singular_value for mode in measure.modes_of(one)]) / 2

    @property
    def start(self) -> np.ndarray:
        return np.concatenate([self.W.ravel(), self.H.ravel()])

    def split(self, state: Any) -> tuple[Any, Any]:
        at = self.W.size
        return state[:at].reshape(self.W.shape), state[at:].reshape(self.H.shape)

    def strengths(self, state: np.ndarray) -> np.ndarray:
        W, H = self.split(state)
        return np.einsum("gij,ij->g", self.readers, W @ (H @ self.means))

    def strength(self, path: Callable[[float], np.ndarray], group: int, time: float) -> float:
        """The strength of one group at a time of a path."""
        return float(self.strengths(path(time))[group])

    def derivative(self, t: float, state: np.ndarray) -> np.ndarray:
        W, H = self.split(state)
        residual = (self.Z - W @ H) * self.omega
        return np.concatenate([(residual @ H.T).ravel(), (W.T @ residual).ravel()])


def crossings(places: np.ndarray, found: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """The time at which each group reaches its level, from its strengths around that time."""
    number, times = len(AROUND), []
    for k, (around, level) in enumerate(zip(places.reshape(-1, number), levels, strict=True)):
        times.append(root(KroghInterpolator(around, found[number * k : number * (k + 1), k]), level, around[0], around[-1]))
    return np.array(times)


def root(strength: Callable[[float], Any], level: float, first: float, last: float) -> float:
    """The time between two at which a strength reaches a level."""
    return float(brentq(lambda t: float(strength(t)) - level, first, last, xtol=1e-13))


def scipy_on_samples(one: Experiment, method: type[OdeSolver]) -> Contender:
    """A solver of `scipy.integrate` on every sample, stepped until every group has reached its level."""

    def ready() -> Task:
        problem = Samples(one)

        def task() -> np.ndarray:
            solver = method(problem.derivative, 0.0, problem.start, math.inf, rtol=TOLERANCE, atol=SMALLEST)
            found, before = np.full(len(problem.levels), math.nan), problem.strengths(solver.y) - problem.levels
            while np.isnan(found).any():
                solver.step()
                after = problem.strengths(solver.y) - problem.levels
                if (passed := (before < 0) & (after >= 0)).any():
                    path = solver.dense_output()
                    for k in np.flatnonzero(passed):
                        found[k] = root(partial(problem.strength, path, k), problem.levels[k], solver.t_old, solver.t)
                before = after
            return found

        return task

    return Contender(f"SciPy {method.__name__} on samples", ready)


def diffrax_on_samples(one: Experiment) -> Contender:
    """Diffrax's Dopri8 on every sample, compiled by JAX."""

    def ready() -> Task:
        import diffrax
        import jax
        import jax.numpy as jnp

        jax.config.update("jax_enable_x64", True)
        problem, places = Samples(one), np.outer(times(one), 1 + AROUND).ravel()
        order = np.argsort(places)
        Z, omega, readers, means = map(jnp.asarray, (problem.Z, problem.omega, problem.readers, problem.means))

        def derivative(t: Any, state: Any, args: Any) -> Any:
            W, H = state
            residual = (Z - W @ H) * omega
            return residual @ H.T, W.T @ residual

        @jax.jit
        def solve(start: Any, at: Any) -> Any:
            return diffrax.diffeqsolve(
                diffrax.ODETerm(derivative),
                diffrax.Dopri8(),
                t0=0.0,
                t1=at[-1],
                dt0=None,
                y0=start,
                saveat=diffrax.SaveAt(ts=at, fn=lambda t, y, args: jnp.einsum("gij,ij->g", readers, y[0] @ (y[1] @ means))),
                stepsize_controller=diffrax.PIDController(rtol=TOLERANCE, atol=SMALLEST),
                max_steps=100_000,
            ).ys

        def task() -> np.ndarray:
            found = np.empty((len(places), len(problem.levels)))
            found[order] = np.asarray(solve((jnp.asarray(problem.W), jnp.asarray(problem.H)), jnp.asarray(places[order])))
            return crossings(places, found, problem.levels)

        return task

    return Contender("diffrax Dopri8 on samples", ready)


def torch_descent(one: Experiment, rate: float) -> Contender:
    """Full-batch descent of W and H in torch, in double precision: its times are those of the flow to first order in the rate."""

    def ready() -> Task:
        import torch

        torch.set_num_threads(1)
        problem, last = Samples(one), float(times(one).max()) * 1.05
        Z, omega, readers, means = (torch.tensor(each) for each in (problem.Z, problem.omega, problem.readers, problem.means))

        def task() -> np.ndarray:
            W, H = (torch.tensor(each, requires_grad=True) for each in (problem.W, problem.H))
            optimiser, seen = torch.optim.SGD([W, H], lr=rate), []
            for _ in range(math.ceil(last / rate)):
                with torch.no_grad():
                    seen.append(torch.einsum("gij,ij->g", readers, W @ (H @ means)))
                optimiser.zero_grad()
                (0.5 * ((Z - W @ H) ** 2 * omega).sum()).backward()
                optimiser.step()
            found = torch.stack(seen).numpy()
            return np.array([np.interp(level, found[:, k], rate * np.arange(len(found))) for k, level in enumerate(problem.levels)])

        return task

    return Contender(f"torch, steps of {rate:g}", ready)


# -- spectra ---------------------------------------------------------------------------------


def distinct(c: int) -> tuple[ClassCounts, tuple[float, ...]]:
    """So many classes, all of different counts, and weights n^(−1/4)."""
    counts = ClassCounts(tuple(10 + 3 * j for j in range(c)))
    return counts, weighted(counts, 0.25)


def our_extremes(c: int) -> Contender:
    def ready() -> Task:
        counts, weights = distinct(c)

        def task() -> np.ndarray:
            found = spectrum.extremes(counts, weights)
            return np.array([found.vanilla.relative, found.escape.relative])

        return task

    return Contender("ours", ready)


def our_spectrum(c: int) -> Contender:
    def ready() -> Task:
        counts, weights = distinct(c)

        def task() -> np.ndarray:
            found = spectrum.spectrum(counts, weights)
            values = [(mode.singular_value, mode.multiplicity) for mode in found.modes]
            rates = [(rate.value, rate.multiplicity) for rate in found.escape_rates]
            return np.array([value for value, number in (*values, *rates) for _ in range(number)])

        return task

    return Contender("ours", ready)


def eigvalsh(c: int, read: Callable[[np.ndarray, np.ndarray], Sequence[float]]) -> Contender:
    """The singular values of Z and of ZΩ from the eigenvalues of ZZᵀ and of ZΩ²Zᵀ, c × c."""

    def ready() -> Task:
        counts, weights = distinct(c)
        sizes = np.array(counts.per_class, dtype=float)

        def values(diagonal: np.ndarray) -> np.ndarray:
            matrix = np.diag(diagonal) - diagonal / c - diagonal[:, None] / c + diagonal.sum() / c**2
            return np.sqrt(np.linalg.eigvalsh(matrix)[:0:-1])

        return lambda: np.array(read(values(sizes), values(sizes * np.array(weights) ** 2)))

    return Contender("numpy.linalg.eigvalsh", ready)


def windows(labels: np.ndarray, rates: np.ndarray) -> list[float]:
    """The two windows relative to the first."""
    return [values[0] / values[-1] - 1 for values in (labels, rates)]


def all_values(labels: np.ndarray, rates: np.ndarray) -> list[float]:
    return [*labels, *rates]


# -- the list --------------------------------------------------------------------------------

LARGE, LONG, SMALL = experiment(100, 100), experiment(10, 1000), experiment(10, 10)
RANDOM = experiment(100, 100, init="random")


def runs() -> tuple[Workload, ...]:
    """Runs beside the peers that can make them."""
    return (
        Workload(
            "step-100-100",
            "STEP(100, 100), δ = 8, γ = 1/2",
            (ours(LARGE), scipy_on_samples(LARGE, DOP853), diffrax_on_samples(LARGE)),
            lambda: closed_form(LARGE),
        ),
        Workload(
            "step-10-1000",
            "STEP(10, 1000), δ = 8, γ = 1/2",
            (ours(LONG), scipy_on_samples(LONG, DOP853), diffrax_on_samples(LONG)),
            lambda: closed_form(LONG),
        ),
        Workload(
            "step-10-10",
            "STEP(10, 10), δ = 8, γ = 1/2",
            (ours(SMALL), scipy_on_samples(SMALL, LSODA), scipy_on_samples(SMALL, DOP853), torch_descent(SMALL, 2e-3)),
            lambda: closed_form(SMALL),
        ),
        Workload("random-100-100", "random start, STEP(100, 100)", (ours(RANDOM), scipy_on_samples(RANDOM, DOP853))),
        Workload("random-classes", "the same, times of the classes too", (ours(RANDOM, with_classes),)),
        Workload("step-1000-1000", "STEP(1000, 1000)", (ours(experiment(1000, 1000)),)),
        Workload("extreme", "STEP(10, 10¹²), δ = 300", (ours(experiment(10, 10**12, delta=300.0)),)),
        Workload("cross-entropy-300", "cross-entropy, STEP(300, 100)", (ours(experiment(300, 100, "cross-entropy")),)),
        Workload("cross-entropy-1000", "cross-entropy, STEP(1000, 100)", (ours(experiment(1000, 100, "cross-entropy")),)),
    )


def spectra() -> tuple[Workload, ...]:
    """Spectra of classes that all have different counts."""
    return (
        *(Workload(f"extremes-{c}", f"extremes, {c} distinct counts", (our_extremes(c), eigvalsh(c, windows))) for c in (1000, 4000)),
        *(Workload(f"spectrum-{c}", f"all values, {c} distinct counts", (our_spectrum(c), eigvalsh(c, all_values))) for c in (1000, 4000)),
        Workload("spectrum-10000", "all values, 10000 distinct counts", (our_spectrum(10_000),)),
        Workload("extremes-100000", "extremes, 100000 distinct counts", (our_extremes(100_000),)),
    )


def workloads() -> dict[str, Workload]:
    """All of them by id, in order."""
    return {each.id: each for each in (*runs(), *spectra())}


@dataclass(frozen=True)
class Growth:
    """How the cost of our runs grows with one number: its name, its values, and the experiment of each."""

    id: str
    title: str
    values: tuple[float, ...]
    experiment: Callable[[Any], Experiment]


GROWTHS = (
    Growth("c", "classes c: STEP(c, 100)", (10, 30, 100, 300, 1000), lambda c: experiment(c, 100)),
    Growth("R", "ratio R: STEP(10, R)", (10, 10**2, 10**4, 10**6, 10**9, 10**12), lambda ratio: experiment(10, ratio)),
    Growth("δ", "δ: STEP(10, 100)", (2, 8, 32, 128, 300, 1000), lambda delta: experiment(10, 100, delta=float(delta))),
    Growth("n", "samples n: random start, STEP(4, 10)", (1, 10, 100, 1000), lambda n: experiment(4, 10, init="random", n_min=n)),
    Growth("c, cross-entropy", "classes c: cross-entropy", (4, 10, 30, 100, 300, 1000), lambda c: experiment(c, 100, "cross-entropy")),
)
