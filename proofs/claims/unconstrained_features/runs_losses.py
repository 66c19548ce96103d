"""The runs behind the claims on other losses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache

import numpy as np
import sympy as sp

from numerics.compiled import compile_loss
from numerics.unconstrained_features import flow, measure
from numerics.unconstrained_features.experiment import Experiment
from proofs.claims.unconstrained_features.runs import compiled, relative, worst
from proofs.kernel.statements import Measurement
from theory import symbols
from theory.data.counts import ClassCounts
from theory.data.weights import class_weights
from theory.losses import loss_named

ENTRY_TOLERANCE = 1e-10  # a compiled gradient: some hundred roundings of entries up to the scale 30 of LDAM
GROWTH_TOLERANCE = 1e-4  # issue: escape rates against measured growth rates
LINEAR_TOLERANCE = 1e-8  # relative, over the whole path, as for the closed form of the squared loss
SLOPE_TOLERANCE = 1e-2  # dT/dδ from δ = 8 and 12: what is left of δ decays like e^(−2δ) times powers of δ
SIZES = ((2, 2, 9, 1), (1, 3, 4, 1), (3, 2, 10, 2))  # m_maj, m_min, n_maj, n_min
PLACES = (symbols.m_majority, symbols.m_minority, symbols.n_majority, symbols.n_minority)


def _counts(sizes: Sequence[int]) -> ClassCounts:
    return ClassCounts((sizes[2],) * sizes[0] + (sizes[3],) * sizes[1])


def target_error(name: str, columns: Mapping[tuple[int, int, bool], sp.Expr]) -> Measurement:
    """Compiled gradients at zero logits against stated entries (row group, label group, own class)."""
    stated = {place: compiled(entry, *PLACES) for place, entry in columns.items()}

    def errors() -> Iterator[tuple[str, float]]:
        for sizes in SIZES:
            counts = _counts(sizes)
            found = -compile_loss(loss_named(name), counts, range(counts.c)).gradient(np.zeros((counts.c, counts.c)))
            group = [0] * sizes[0] + [1] * sizes[1]
            for k in range(counts.c):
                for y in range(counts.c):
                    expected = float(stated[group[k], group[y], k == y](*sizes))
                    yield (f"sizes and counts {sizes}, entry ({k}, {y})", abs(found[k, y] - expected) / (1 + abs(expected)))

    return worst(errors())


@cache
def _growth(name: str, sizes: tuple[int, ...], gamma: Fraction) -> np.ndarray:
    """Growth rates of a run at δ = 12 from a random start, descending: logarithms of its propagator."""
    counts = _counts(sizes)
    weights = tuple(float(w) for w in class_weights(counts, gamma, "raw"))
    width = counts.c + counts.n
    experiment = Experiment(counts, weights, loss_named(name), 12.0, "random", width, 4)
    fastest = np.linalg.norm(
        compile_loss(experiment.loss, counts, counts.labels).gradient(np.zeros((counts.c, counts.n)))
        * np.array(weights)[list(counts.labels)],
        2,
    )
    time = float(1 / fastest)
    run = flow.simulate(experiment, time=time)
    before, after = (np.vstack([run.W(t), run.H(t).T]) for t in (0.0, time))
    propagator = after @ np.linalg.inv(before)
    found: np.ndarray = np.sort(np.log(np.linalg.eigvalsh((propagator + propagator.T) / 2)) / time)[::-1]
    return found


def growth_error(name: str, majority: sp.Expr, minority: sp.Expr, others: Sequence[sp.Expr]) -> Measurement:
    """Growth rates of runs against stated ones: of the within-group modes (m − 1 of each), and the others once each."""
    rates = [compiled(rate, *PLACES, symbols.gamma) for rate in (majority, minority, *others)]

    def errors() -> Iterator[tuple[str, float]]:
        for sizes in SIZES:
            for gamma in (Fraction(0), Fraction(1, 2), Fraction(1)):
                values = [float(rate(*map(float, sizes), float(gamma))) for rate in rates]
                stated = np.sort([values[0]] * (sizes[0] - 1) + [values[1]] * (sizes[1] - 1) + values[2:])[::-1]
                yield (f"sizes and counts {sizes}, γ={gamma}", relative(_growth(name, sizes, gamma)[: len(stated)], stated))

    return worst(errors())


def linear_flow_error(strength: sp.Expr, gamma_cases: Sequence[Fraction]) -> Measurement:
    """Mode strengths of the unhinged loss over whole runs under STEP, against the stated s(t).

    The stated s(t) takes the rate μ, the overlap ρ = uᵀZΩv/μ of the mode with its growing direction, δ and t.
    """
    stated = compiled(strength, symbols.growth, symbols.overlap, symbols.delta, symbols.t)

    def errors() -> Iterator[tuple[str, float]]:
        for sizes in ((2, 2, 9, 1), (3, 2, 4, 1)):
            counts = _counts(sizes)
            for gamma in gamma_cases:
                weights = np.array([float(n) ** -float(gamma) for n in counts.per_class])
                run = flow.simulate(Experiment(counts, tuple(weights), loss_named("unhinged"), 3.0), time=1.5)
                times = np.linspace(0, run.t[-1], 40)
                found = measure.group_strengths(run, times)
                for k, (rate, overlap) in enumerate(_rates_and_overlaps(counts, weights, run)):
                    yield (f"{counts.per_class}, γ={gamma}, mode {k}", relative(found[:, k], stated(rate, overlap, 3.0, times)))

    return worst(errors())


def _rates_and_overlaps(counts: ClassCounts, weights: np.ndarray, run: flow.Trajectory) -> Iterator[tuple[float, float]]:
    """μ = ‖uᵀZΩ‖ and ρ = uᵀZΩv/μ for one mode of each singular value, from floating-point vectors."""
    Z = np.eye(counts.c)[:, list(counts.labels)] - 1 / counts.c
    for group in measure.mode_groups(run):
        u = _left_vector(counts, group.singular_value)
        v = Z.T @ u / group.singular_value
        row = (u @ Z) * weights[list(counts.labels)]
        yield float(np.linalg.norm(row)), float(row @ v / np.linalg.norm(row))


def _left_vector(counts: ClassCounts, sigma: float) -> np.ndarray:
    """A unit left singular vector of Z with that singular value."""
    Z = np.eye(counts.c)[:, list(counts.labels)] - 1 / counts.c
    values, vectors = np.linalg.eigh(Z @ Z.T)
    vector: np.ndarray = vectors[:, int(np.argmin(np.abs(values - sigma**2)))]
    return vector


def equal_times_error(name: str, exponent: sp.Expr, slope: sp.Expr) -> Measurement:
    """dT/dδ of every class at ω = n^(−exponent), from δ = 8 and 12, against the stated slope."""
    gamma, expected = float(exponent), float(slope)

    def errors() -> Iterator[tuple[str, float]]:
        for sizes in ((2, 2, 9, 1), (2, 2, 25, 1)):
            counts = _counts(sizes)
            weights = tuple(float(n) ** -gamma for n in counts.per_class)
            early, late = (
                np.array(
                    measure.class_learning_times(flow.simulate(Experiment(counts, weights, loss_named(name), delta), time=2.5 * delta)),
                    dtype=float,
                )
                for delta in (8.0, 12.0)
            )
            yield f"{counts.per_class}", relative((late - early) / 4, np.full(counts.c, expected))

    return worst(errors())
