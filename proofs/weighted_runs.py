"""The runs behind the verdicts on the full weighted flow. See `proofs.runs` for the rules they keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache

import numpy as np
import sympy as sp

from numerics import flow, measure, middle, spectrum
from numerics.experiment import Experiment
from proofs.kernel.statements import Measurement
from proofs.runs import SEED, centred_labels, compiled, relative, step_cases, trajectory, worst
from theory import offset, symbols
from theory.counts import ClassCounts, step
from theory.losses import loss_named
from theory.weights import class_weights

GROWTH_TOLERANCE = 1e-5  # the decaying half of a mode's amplitude is e^(−14) of it where its growth is read
SLOPE_TOLERANCE = 1e-3  # dT/dδ between δ = 8 and 16: the neutral direction of the start still counts e^(−8)
REDUCTION_TOLERANCE = 1e-8  # issue: the reduced system agrees with the full flow to 1e-8
DIGITS_TOLERANCE = 5e-6  # half a unit of the fifth decimal, the last that the reference values give
LAW_TOLERANCE = 1e-4  # the next order, D(p)/√R, is 1e-5 at R = 1e10
CONSTANT_TOLERANCE = 1e-6  # issue: the constant to six digits
EXPONENT_TOLERANCE = 5e-3  # the error of the law at R = 1e12 is of order R^(−1/4) = 1e-3 at γ = 3/4, smaller elsewhere
OFFSET_TOLERANCE = 1e-5  # finite δ = 16: the neutral direction counts e^(−16), times a constant of order ten
EQUAL_TOLERANCE = 0.03  # dT/dδ between δ = 5 and 8: e^(−5) times the spread of a random start's projections
SPLITS = (0.5, 0.25, 0.2, 0.75, 0.9)
EQUALISING_RUNS = (("squared loss, spectral start", "squared", "spectral"), ("squared loss, random start", "squared", "random"),
                   ("cross-entropy, spectral start", "cross-entropy", "spectral"),
                   ("cross-entropy, random start", "cross-entropy", "random"))
RANDOM_RUNS = {"squared": 65, "cross-entropy": 35}  # from each start: 200 in all


def _sample_weights(counts: ClassCounts, weights: Sequence[float] | np.ndarray) -> np.ndarray:
    return np.array(weights)[list(counts.labels)]


def _power_weights(counts: ClassCounts, gamma: float) -> np.ndarray:
    return np.array(counts.per_class, dtype=float) ** -gamma


def _leaks(counts: ClassCounts, weights: Sequence[float] | np.ndarray) -> np.ndarray:
    """‖(I − VVᵀ)Ωv_i‖² for the right singular vectors of Z, singular values descending."""
    _, _, Vt = np.linalg.svd(centred_labels(counts), full_matrices=False)
    V = Vt[:counts.c - 1].T
    moved = _sample_weights(counts, weights)[:, None] * V
    return ((moved - V @ (V.T @ moved)) ** 2).sum(axis=0)


def leak_error(mass: sp.Expr) -> Measurement:
    """The middle mode's leak² against the variance of ω when v_mid² puts the stated mass on the majority."""
    value = compiled(mass, symbols.m_majority, symbols.m_minority, symbols.n_majority, symbols.n_minority)
    generator = np.random.default_rng(SEED)

    def errors() -> Iterator[tuple[str, float]]:
        for _ in range(60):
            big, small = (int(k) for k in generator.integers(1, 5, 2))
            ratio, (heavy, light) = int(generator.integers(2, 50)), generator.uniform(0.1, 3, 2)
            counts = ClassCounts((ratio,) * big + (1,) * small)
            share = float(value(big, small, ratio, 1))
            found = _leaks(counts, [heavy] * big + [light] * small)
            yield f"m={big},{small}, R={ratio}", abs(found[big - 1] - share * (1 - share) * (heavy - light) ** 2)
    return worst(errors())


def exact_modes() -> Measurement:
    """How many modes do not leak, over random distinct counts and exponents."""
    generator = np.random.default_rng(SEED)

    def errors() -> Iterator[tuple[str, float]]:
        for _ in range(200):
            c, gamma = int(generator.integers(2, 9)), float(generator.uniform(0.1, 1.5))
            counts = ClassCounts(tuple(int(n) for n in generator.choice(np.arange(1, 100), c, replace=False)))
            weights = _power_weights(counts, gamma)
            yield f"{counts.per_class}, γ={gamma:.3f}", float((_leaks(counts, weights) < 1e-18).sum())
    return worst(errors())


def growth_rate_error(power: int) -> Measurement:
    """Growth rates of W along the left singular vectors of ZΩ, small random starts, against √eig P diag(n ω^power) P."""
    generator = np.random.default_rng(SEED)

    def errors() -> Iterator[tuple[str, float]]:
        for seed in range(20):
            c, gamma = int(generator.integers(2, 5)), float(generator.choice([0.25, 0.5, 0.75]))
            counts = ClassCounts(tuple(int(n) for n in generator.integers(1, 9, c)))
            weights = _power_weights(counts, gamma)
            Z = centred_labels(counts)
            U, rates, _ = np.linalg.svd(Z * _sample_weights(counts, weights), full_matrices=False)
            gram = (Z * _sample_weights(counts, weights**power)) @ Z.T
            stated = np.sqrt(np.linalg.eigvalsh(gram)[::-1][:c - 1])
            run = flow.simulate(Experiment(counts, tuple(weights), loss_named("squared"), 25.0, "random", None, seed),
                                time=9.5 / float(rates[c - 2]))
            for k in range(c - 1):
                early, late = (np.linalg.norm(U[:, k] @ run.W(t / rates[k])) for t in (7.0, 9.0))
                yield f"{counts.per_class}, γ={gamma}", relative(np.log(late / early) * rates[k] / 2, stated[k])
    return worst(errors())


def flatness_error(exponent: sp.Expr) -> Measurement:
    """max/min − 1 of the escape rates of ω = n^(−exponent), over random counts of three classes or more."""
    gamma = float(exponent)
    generator = np.random.default_rng(SEED)

    def errors() -> Iterator[tuple[str, float]]:
        for _ in range(200):
            c = int(generator.integers(3, 12))
            counts = ClassCounts(tuple(int(n) for n in np.exp(generator.uniform(0, np.log(1e6), c))))
            found = spectrum.spectrum(counts, [float(w) for w in _power_weights(counts, gamma)])
            yield str(counts.per_class), found.escape.relative
    return worst(errors())


def _slopes(counts: ClassCounts, gamma: Fraction) -> np.ndarray:
    """dT/dδ of the mode groups between δ = 8 and 16."""
    early, late = (np.array(measure.mode_learning_times(trajectory(counts, gamma, delta)), dtype=float)
                   for delta in (8.0, 16.0))
    return (late - early) / 8


@cache
def _simulated_windows() -> tuple[tuple[str, float, float, float], ...]:
    """(name, R, γ, window of dT/dδ relative to the first) of weighted STEP runs with two classes or more a group."""
    found = []
    for name, counts in step_cases(ratios=(10, 100)):
        if min(counts.per_class.count(n) for n in set(counts.per_class)) >= 2:
            for gamma in (Fraction(0), Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(1)):
                slopes = _slopes(counts, gamma)
                found.append((f"{name}, γ={gamma}", float(counts.imbalance_ratio), float(gamma),
                              float((slopes.max() - slopes.min()) / slopes.min())))
    return tuple(found)


def escape_window_error(below: sp.Expr, above: sp.Expr) -> Measurement:
    """Windows of weighted runs against the stated ones, `below` for γ ≤ 1/2 and `above` from there, relative to 1 + window."""
    stated = [compiled(window, symbols.R, symbols.gamma) for window in (below, above)]

    def errors() -> Iterator[tuple[str, float]]:
        for name, ratio, gamma, window in _simulated_windows():
            sides = stated[:1] * (gamma <= 0.5) + stated[1:] * (gamma >= 0.5)
            for side in sides:
                expected = float(side(ratio, gamma))
                yield name, abs(window - expected) / (1 + abs(expected))
    return worst(errors())


def reduction_error() -> Measurement:
    """Relative difference of the middle mode's learning time: reduced system against the class-level flow."""
    def errors() -> Iterator[tuple[str, float]]:
        for name, counts in step_cases(ratios=(10, 100)):
            for gamma in (Fraction(1, 4), Fraction(1, 2), Fraction(1)):
                run = trajectory(counts, gamma, 8.0)
                full = [time for group, time in zip(measure.mode_groups(run), measure.mode_learning_times(run), strict=True)
                        if not _within_group(group.singular_value, counts)]
                share = counts.per_class.count(1) / counts.c
                groups = middle.step_groups(float(counts.imbalance_ratio), share, float(gamma))
                reduced = middle.middle_learning_time(groups, 8.0).value
                yield f"{name}, γ={gamma}", relative(np.array(full, dtype=float), reduced)
    return worst(errors())


def _within_group(singular_value: float, counts: ClassCounts) -> bool:
    return any(np.isclose(singular_value**2, n) for n in set(counts.per_class))


def geometry_error(power: int) -> Measurement:
    """‖(WWᵀ)^power − ZZᵀ‖/‖ZZᵀ‖ at the end of weighted runs from spectral starts."""
    def errors() -> Iterator[tuple[str, float]]:
        for name, counts in (("STEP(4, 10)", step(4, 10)), ("counts 7,4,2", ClassCounts((7, 4, 2))),
                             ("counts 9,1", ClassCounts((9, 1)))):
            for gamma in (Fraction(0), Fraction(1, 2), Fraction(1)):
                first = trajectory(counts, gamma, 6.0)
                run = trajectory(counts, gamma, 6.0, time=4 * float(first.t[-1]))
                W, Z = run.W(run.t[-1]), centred_labels(counts)
                gap = np.linalg.matrix_power(W @ W.T, power) - Z @ Z.T
                yield f"{name}, γ={gamma}", float(np.linalg.norm(gap) / np.linalg.norm(Z @ Z.T))
    return worst(errors())


# Offsets -------------------------------------------------------------------------------------------------------


@cache
def _offset(ratio: float, share: float, gamma: float) -> middle.Offset:
    return middle.middle_offset(middle.step_groups(ratio, share, gamma))


def reference_error(references: Mapping[int, str]) -> Measurement:
    """T_mid − δ, equal halves, γ = 1/2, against decimal reference values."""
    return worst((f"R={ratio}", abs(_offset(float(ratio), 0.5, 0.5).value - float(value)))
                 for ratio, value in references.items())


def growth_law_error(growth: sp.Expr, splits: Sequence[float]) -> Measurement:
    """The growth of T_mid − δ in ln R between 1e10 and 1e12, γ = 1/2, against the stated one (a function of p)."""
    value = compiled(growth, symbols.p)
    return worst((f"p={share}", abs((_offset(1e12, share, 0.5).value - _offset(1e10, share, 0.5).value) / np.log(100)
                                    - float(value(share)))) for share in splits)


def law_error(rate: sp.Expr) -> Measurement:
    """T_mid − δ at γ = 1/2, R = 1e12, against ¼ ln R and the constant over the stated rate, and the next order."""
    law = ((sp.log(symbols.R) / 4 + offset.joining_constant("1/2")) / rate + offset.next_order() / sp.sqrt(symbols.R))
    value = compiled(law, symbols.R, symbols.p, symbols.connection, symbols.connection_slope)

    def errors() -> Iterator[tuple[str, float]]:
        for share in SPLITS:
            integrals = middle.connection_integrals(share)
            stated = value(1e12, share, integrals.leading, integrals.response)
            yield f"p={share}", abs(_offset(1e12, share, 0.5).value - float(stated))
    return worst(errors())


def exponent_law_error(shift: sp.Expr) -> Measurement:
    """x(T_mid − δ/ρ) at R = 1e12 against the derived law for γ ≠ 1/2 plus a shift, several splits."""
    def errors() -> Iterator[tuple[str, float]]:
        for gamma in ("0", "1/4", "3/4", "1"):
            rate = compiled(offset.majority_rate(gamma), symbols.R, symbols.p)
            law = compiled(offset.offset_law(gamma), symbols.R, symbols.p, symbols.fraction)
            for share in SPLITS:
                x = float(rate(1e12, share))
                found = _offset(1e12, share, float(Fraction(gamma))).value
                yield f"γ={gamma}, p={share}", abs(x * (found - float(law(1e12, share, 0.5))) - float(shift))
    return worst(errors())


def offset_run_error(majority: sp.Expr) -> Measurement:
    """T − δ at δ = 16 of class-level runs, γ = 1/2, equal halves: minority 0, majority as stated, middle from its limit."""
    value = compiled(majority, symbols.R)

    def errors() -> Iterator[tuple[str, float]]:
        for ratio in (10, 100, 1000):
            run = trajectory(step(4, ratio), Fraction(1, 2), 16.0)
            found = np.array(measure.mode_learning_times(run), dtype=float) - 16
            expected = [float(value(float(ratio))), _offset(float(ratio), 0.5, 0.5).value, 0.0]
            yield f"R={ratio}", float(np.abs(found - expected).max())
    return worst(errors())


# Equal scaled times --------------------------------------------------------------------------------------------


@cache
def _equalising_slopes(loss: str, init: str, gamma: Fraction) -> tuple[tuple[str, tuple[float, ...]], ...]:
    """dT/dδ between δ = 5 and 8 of every mode group and class, over random counts, widths and seeds."""
    generator = np.random.default_rng(SEED)
    found = []
    for seed in range(RANDOM_RUNS[loss]):
        c = int(generator.integers(2, 5))
        counts = ClassCounts(tuple(int(n) for n in np.exp(generator.uniform(0, np.log(13), c))))
        width = c - 1 + int(generator.integers(0, 4))
        weights = tuple(float(w) for w in class_weights(counts, gamma, "raw"))
        times = []
        for delta in (5.0, 8.0):
            run = flow.simulate(Experiment(counts, weights, loss_named(loss), delta, init, width, seed))  # type: ignore[arg-type]
            times.append(np.array((*measure.mode_learning_times(run), *measure.class_learning_times(run)), dtype=float))
        found.append((f"{counts.per_class}, d={width}, seed {seed}", tuple((times[1] - times[0]) / 3)))
    return tuple(found)


def equalised_error(loss: str, init: str, exponent: sp.Expr, limit: sp.Expr) -> Measurement:
    """Largest |dT/dδ − limit| over modes and classes; a mode or class that is not learned is a NaN."""
    slopes = _equalising_slopes(loss, init, Fraction(str(exponent)))
    return worst((name, float(np.abs(np.array(found) - float(limit)).max())) for name, found in slopes)
