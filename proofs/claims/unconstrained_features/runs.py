"""The runs behind the verdicts: each function holds a stated formula against what happens, and measures.

Every function returns the worst error over its cases. The runs know nothing of the formula, and they are
kept for the process, so that a near miss meets the same runs with the same tolerance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any

import flint
import numpy as np
import sympy as sp
from scipy.integrate import solve_ivp

from numerics.unconstrained_features import descent, flow, measure
from numerics.unconstrained_features.experiment import Experiment, Init
from proofs.kernel.statements import Measurement
from theory import symbols
from theory.data.counts import ClassCounts, long_tailed, step
from theory.data.weights import class_weights
from theory.losses import loss_named
from theory.unconstrained_features.flow import H, Omega, W, Z

SVD_TOLERANCE = 1e-11  # LAPACK's backward error times the sizes met here, with a decade to spare
DIFFERENCE_TOLERANCE = 1e-7  # central differences at step 1e-5 of a quartic: rounding 1e-11/1e-5, with a decade to spare
STRENGTH_TOLERANCE = 1e-8  # issue: relative, over the whole path
TIME_TOLERANCE = 1e-6  # issue: relative
DRIFT_TOLERANCE = 1e-9  # the integrator's 1e-12 a step over some thousand steps
STAIRCASE_TOLERANCE = 1e-3  # e^(−2δ·distance in τ·σ) at δ = 46 and the closest plateaus of the cases
WINDOW_TOLERANCE = 1e-6  # T/δ from δ = 8 and 16: the rest is e^(−16)
TERMINAL_TOLERANCE = 1e-6  # the runs end 30 relaxation times after their last learning time, or later
TERMINAL_ROUNDING = 1e-8  # of ‖Z − L‖²: a subtraction leaves ten digits of what is 1e-6 of Z, with a decade to spare
DESCENT_TOLERANCE = 1e-4  # third order in the step after extrapolation, σ·step = 1/50 at the coarsest

SPLITS = ((4, Fraction(1, 2)), (4, Fraction(1, 4)), (10, Fraction(1, 2)), (10, Fraction(1, 5)))
RATIOS = (1, 10, 100, 1000)
DELTAS = (4, 8, 16)
SEED = 20260112


def step_cases(ratios: Iterable[int] = RATIOS) -> Iterator[tuple[str, ClassCounts]]:
    """The STEP counts of the grid, by name."""
    for c, share in SPLITS:
        for ratio in ratios:
            yield f"STEP({c}, {ratio}, {share})", step(c, ratio, share)


def tailed_cases(number: int = 3) -> Iterator[tuple[str, ClassCounts]]:
    """Random long-tailed counts, the same at every run."""
    generator = np.random.default_rng(SEED)
    for _ in range(number):
        c, ratio = int(generator.integers(3, 11)), int(np.exp(generator.uniform(0, np.log(1000))))
        yield f"long-tailed({c}, {ratio})", long_tailed(c, ratio)


@cache
def trajectory(
    counts: ClassCounts,
    gamma: Fraction,
    delta: float,
    init: Init = "spectral",
    seed: int = 0,
    level: flow.Level | None = None,
    time: float | None = None,
) -> flow.Trajectory:
    """One run of the squared loss with ω = n^(−γ), raw."""
    weights = tuple(float(w) for w in class_weights(counts, gamma, "raw"))
    experiment = Experiment(counts, weights, loss_named("squared"), delta, init, None, seed)
    return flow.simulate(experiment, level=level, time=time)


@cache
def learning_times(counts: ClassCounts, delta: float, fraction: float = 0.5) -> np.ndarray:
    """Learning times of the mode groups of a vanilla run, σ descending; NaN where a mode is not learned."""
    return np.array(measure.mode_learning_times(trajectory(counts, Fraction(0), delta), fraction), dtype=float)


def vanilla_cases() -> Iterator[tuple[str, flow.Trajectory, float]]:
    """Every vanilla run of the grid, with its δ."""
    for name, counts in (*step_cases(), *tailed_cases()):
        for delta in DELTAS:
            yield f"{name}, δ={delta}", trajectory(counts, Fraction(0), float(delta)), float(delta)


def worst(errors: Iterable[tuple[str, float]]) -> Measurement:
    """The largest of the named errors; a NaN is larger than anything."""
    largest, where, cases = -1.0, "", 0
    for name, error in errors:
        cases += 1
        if not error <= largest:
            largest, where = float(error), name
            if np.isnan(error):
                break
    return Measurement(largest, cases, where)


def compiled(expression: sp.Expr, *arguments: sp.Basic) -> Callable[..., Any]:
    """The expression as a function of floats or arrays; what overflows, as some near misses do, is infinite and no warning."""
    return np.errstate(over="ignore")(sp.lambdify(arguments, expression, "numpy"))


def relative(found: Any, expected: Any) -> float:
    """max |found − expected| / |expected|, over arrays; infinite where something is expected to be 0 and is not."""
    with np.errstate(divide="ignore", over="ignore"):
        return float(np.max(np.abs(np.asarray(found) - expected) / np.abs(expected)))


# Labels ------------------------------------------------------------------------------------------------------


def centred_labels(counts: ClassCounts) -> np.ndarray:
    """Z = PY, c × n, in floating point."""
    Y = np.eye(counts.c)[:, list(counts.labels)]
    return Y - 1 / counts.c


def step_spectrum_error(majority: sp.Expr, minority: sp.Expr, middle_squared: sp.Expr) -> Measurement:
    """Relative error of the stated singular values against an SVD of Z, for many sizes."""
    arguments = (symbols.m_majority, symbols.m_minority, symbols.n_majority, symbols.n_minority)
    values = [compiled(value, *arguments) for value in (majority, minority, sp.sqrt(middle_squared))]

    def errors() -> Iterator[tuple[str, float]]:
        for big in range(1, 5):
            for small in range(1, 5):
                for counts in ((5, 2), (40, 1), (9, 8)):
                    Z_found = centred_labels(ClassCounts((counts[0],) * big + (counts[1],) * small))
                    found = np.linalg.svd(Z_found, compute_uv=False)[: big + small - 1]
                    point = (big, small, *counts)
                    stated = [values[0](*point)] * (big - 1) + [values[1](*point)] * (small - 1) + [values[2](*point)]
                    yield f"m={big},{small}, n={counts}", relative(found, np.sort(stated)[::-1])

    return worst(errors())


def interlacing_violations(upper_shift: int, lower_shift: int) -> Measurement:
    """How often n_(j+upper_shift) ≥ σ_j² ≥ n_(j+lower_shift) fails, over random counts, decided exactly.

    The polynomial det(x − P diag(n) P) has real roots alone, so the number of its roots above a rational y,
    with multiplicity, is the number of sign changes of its coefficients after the shift x → x + y (Descartes).
    """
    generator = np.random.default_rng(SEED)

    def errors() -> Iterator[tuple[str, float]]:
        for _ in range(200):
            c = int(generator.integers(2, 11))
            counts = sorted((int(n) for n in np.exp(generator.uniform(0, np.log(1000), c))), reverse=True)
            polynomial = _gram_polynomial(counts)
            violations = 0
            for j in range(1, c):
                upper, lower = counts[j - 1 + upper_shift], counts[j - 1 + lower_shift]
                # σ_j² ≤ upper: at most j − 1 roots above it; σ_j² ≥ lower: at least j roots not below it.
                violations += _roots_above(polynomial, upper) > j - 1
                violations += c - _roots_above(_mirrored(polynomial), -lower) < j
            yield str(counts), float(violations)

    return worst(errors())


def _gram_polynomial(counts: list[int]) -> flint.fmpq_poly:
    c = len(counts)
    P = flint.fmpq_mat(c, c, [flint.fmpq(c * (i == j) - 1, c) for i in range(c) for j in range(c)])
    N = flint.fmpq_mat(c, c, [flint.fmpq(counts[i] * (i == j)) for i in range(c) for j in range(c)])
    return (P * N * P).charpoly()


def _mirrored(polynomial: flint.fmpq_poly) -> flint.fmpq_poly:
    return polynomial(flint.fmpq_poly([0, -1]))


def _roots_above(polynomial: flint.fmpq_poly, value: int) -> int:
    signs = [coefficient > 0 for coefficient in polynomial(flint.fmpq_poly([value, 1])).coeffs() if coefficient != 0]
    return sum(a != b for a, b in pairwise(signs))


def effective_weight_error(middle: sp.Expr) -> Measurement:
    """Largest entry of VᵀΩV less the stated diagonal, V from an SVD of Z, random sizes, ratios and weights."""
    value = compiled(middle, symbols.p, symbols.R, symbols.w_majority, symbols.w_minority)
    generator = np.random.default_rng(SEED)

    def errors() -> Iterator[tuple[str, float]]:
        for _ in range(60):
            big, small = (int(k) for k in generator.integers(1, 5, 2))
            ratio, weights = int(generator.integers(2, 50)), generator.uniform(0.1, 3, 2)
            counts = ClassCounts((ratio,) * big + (1,) * small)
            _, _, Vt = np.linalg.svd(centred_labels(counts), full_matrices=False)
            V = Vt[: counts.c - 1].T
            omega = np.array([weights[0]] * (ratio * big) + [weights[1]] * small)
            expected = np.diag(
                [weights[0]] * (big - 1) + [float(value(small / (big + small), ratio, *weights))] + [weights[1]] * (small - 1)
            )
            yield f"m={big},{small}, R={ratio}", float(np.abs(V.T @ (omega[:, None] * V) - expected).max())

    return worst(errors())


# Gradient and balance ------------------------------------------------------------------------------------------


def gradient_error(dW: sp.MatrixExpr, dH: sp.MatrixExpr) -> Measurement:
    """The stated right-hand side against minus central differences of the loss, at random points."""
    right_hand_sides = [sp.lambdify((W, H, Z, Omega), side, "numpy") for side in (dW, dH)]
    generator = np.random.default_rng(SEED)
    step_size = 1e-5

    def loss(w: np.ndarray, h: np.ndarray, z: np.ndarray, omega: np.ndarray) -> float:
        return float((omega * (z - w @ h) ** 2).sum() / 2)

    def errors() -> Iterator[tuple[str, float]]:
        for case in range(20):
            c, d = (int(k) for k in generator.integers(2, 5, 2))
            counts = ClassCounts(tuple(int(n) for n in generator.integers(1, 4, c)))
            z, omega = centred_labels(counts), generator.uniform(0.2, 2, counts.n)
            w, h = generator.normal(size=(c, d)), generator.normal(size=(d, counts.n))
            stated_W, stated_H = (np.asarray(side(w, h, z, np.diag(omega))) for side in right_hand_sides)
            along_W, along_H = generator.normal(size=w.shape), generator.normal(size=h.shape)
            ahead = loss(w + step_size * along_W, h, z, omega), loss(w, h + step_size * along_H, z, omega)
            behind = loss(w - step_size * along_W, h, z, omega), loss(w, h - step_size * along_H, z, omega)
            slopes = [-(a - b) / (2 * step_size) for a, b in zip(ahead, behind, strict=True)]
            stated = [float((stated_W * along_W).sum()), float((stated_H * along_H).sum())]
            scale = 1 + max(map(abs, slopes))
            yield f"case {case}", max(abs(a - b) for a, b in zip(slopes, stated, strict=True)) / scale

    return worst(errors())


def conservation_drift(conserved: sp.MatrixExpr) -> Measurement:
    """How far the stated matrix moves along runs, relative to the size of WᵀW."""
    value = sp.lambdify((W, H), conserved, "numpy")

    def errors() -> Iterator[tuple[str, float]]:
        for gamma in (Fraction(0), Fraction(1, 2), Fraction(1)):
            for init in ("spectral", "random"):
                for name, counts in (("STEP(4, 10, 1/4)", step(4, 10, "1/4")), ("long-tailed(5, 30)", long_tailed(5, 30))):
                    run = trajectory(counts, gamma, 2.0, init)
                    times = run.t[:: max(1, len(run.t) // 40)]
                    moved = [value(w, h) for w, h in zip(run.W(times), run.H(times), strict=True)]
                    size = max(np.linalg.norm(w.T @ w) for w in run.W(times))
                    drift = max(np.linalg.norm(later - moved[0]) for later in moved) / size
                    yield f"{name}, γ={gamma}, {init}", float(drift)

    return worst(errors())


# Modes ---------------------------------------------------------------------------------------------------------


def _scalar_path(rate: Callable[[float, float, float], float], sigma: float, weight: float, start: float, times: np.ndarray) -> np.ndarray:
    """The stated scalar equation integrated for ln s, by a method that the flow does not use; infinite from where it leaves its
    range."""

    def derivative(t: float, y: np.ndarray) -> list[float]:
        return [rate(np.exp(y[0]), sigma, weight) / np.exp(y[0])]

    def left_range(t: float, y: np.ndarray) -> float:
        return float(y[0]) - np.log(1e3 * sigma)

    left_range.terminal = True  # type: ignore[attr-defined]
    with np.errstate(over="ignore", invalid="ignore"):
        solution = solve_ivp(
            derivative, (0, times[-1]), [np.log(start)], method="LSODA", t_eval=times, rtol=1e-12, atol=1e-12, events=left_range
        )
    path = np.full(len(times), np.inf)
    path[: len(solution.t)] = np.exp(solution.y[0])
    return path


def _scalar_error(run: flow.Trajectory, delta: float, rate: sp.Expr, weights: dict[float, float]) -> float:
    """Strengths of the mode groups with these singular values against the stated equation with these weights."""
    function = compiled(rate, symbols.strength, symbols.sigma, symbols.rate)
    times = np.linspace(0, run.t[-1], 60)
    found = measure.group_strengths(run, times)
    errors = [0.0]
    for k, group in enumerate(measure.mode_groups(run)):
        weight = next((w for sigma, w in weights.items() if np.isclose(sigma, group.singular_value)), None)
        if weight is not None:
            path = _scalar_path(function, group.singular_value, weight, np.exp(-2 * delta), times)
            errors.append(relative(found[:, k], path) if np.isfinite(path).all() else np.inf)
    return max(errors)


def scalar_equation_error(rate: sp.Expr) -> Measurement:
    """Per-sample vanilla runs against the stated scalar equation, and their off-diagonal strengths against 0."""

    def errors() -> Iterator[tuple[str, float]]:
        for name, counts in (
            ("STEP(4, 10)", step(4, 10)),
            ("STEP(4, 10, 1/4)", step(4, 10, "1/4")),
            ("long-tailed(4, 20)", long_tailed(4, 20)),
            ("STEP(2, 9)", step(2, 9)),
        ):
            for delta in (2.0, 4.0):
                run = trajectory(counts, Fraction(0), delta, level="sample")
                ones = {group.singular_value: 1.0 for group in measure.mode_groups(run)}
                yield f"{name}, δ={delta}", _scalar_error(run, delta, rate, ones)

    return worst(errors())


def within_group_error(rate: sp.Expr) -> Measurement:
    """Within-group strengths of weighted runs against the stated equation with λ = the group's weight."""

    def errors() -> Iterator[tuple[str, float]]:
        for name, counts in step_cases(ratios=(10, 1000)):
            for gamma in (Fraction(1, 2), Fraction(1)):
                ratio = float(counts.imbalance_ratio)
                weights = {np.sqrt(n): float(n) ** -float(gamma) for n in (ratio, 1.0) if counts.per_class.count(int(n)) > 1}
                run = trajectory(counts, gamma, 8.0)
                yield f"{name}, γ={gamma}, δ=8", _scalar_error(run, 8.0, rate, weights)

    return worst(errors())


def strength_error(strength: sp.Expr) -> Measurement:
    """Relative error of simulated strengths over the whole path, vanilla grid, against the stated s(t)."""
    stated = compiled(strength, symbols.t, symbols.sigma, symbols.delta)

    def errors() -> Iterator[tuple[str, float]]:
        for name, run, delta in vanilla_cases():
            sigma = np.array([group.singular_value for group in measure.mode_groups(run)])
            found = measure.group_strengths(run, run.t)
            yield name, relative(found, stated(run.t[:, None], sigma, delta))

    return worst(errors())


def descent_error(strength: sp.Expr) -> Measurement:
    """Relative error of plain gradient descent, extrapolated to step 0 from three steps, against the stated s(t)."""
    stated = compiled(strength, symbols.t, symbols.sigma, symbols.delta)
    delta = 2.0

    def errors() -> Iterator[tuple[str, float]]:
        for name, counts in (("STEP(4, 4)", step(4, 4)), ("STEP(4, 9, 1/4)", step(4, 9, "1/4")), ("long-tailed(3, 5)", long_tailed(3, 5))):
            coarse, half, quarter = (_descended(counts, delta, part) for part in (1, 2, 4))
            found = (coarse.strengths - 6 * half.strengths[::2] + 8 * quarter.strengths[::4]) / 3
            times = coarse.step_size * np.arange(len(found))
            yield name, relative(found, stated(times[:, None], coarse.singular_values, delta))

    return worst(errors())


@cache
def _descended(counts: ClassCounts, delta: float, part: int) -> descent.Descent:
    """Descent to flow time 3δ/2 of the slowest mode, with a `part` of the coarsest step."""
    step_size = 0.02 / float(np.sqrt(max(counts.per_class)))
    experiment = Experiment(counts, (1.0,) * counts.c, loss_named("squared"), delta)
    steps = round(1.5 * delta / float(np.sqrt(min(counts.per_class))) / step_size)
    return descent.descend(experiment, step_size=step_size / part, steps=part * steps)


def learning_time_error(time: sp.Expr) -> Measurement:
    """Relative error of measured learning times, vanilla grid, fractions 1/4, 1/2 and 9/10, against the stated T."""
    stated = compiled(time, symbols.sigma, symbols.delta, symbols.fraction)

    def errors() -> Iterator[tuple[str, float]]:
        for name, run, delta in vanilla_cases():
            for fraction in (0.25, 0.5, 0.9):
                expected = [stated(group.singular_value, delta, fraction) for group in measure.mode_groups(run)]
                yield f"{name}, f={fraction}", relative(learning_times(run.experiment.counts, delta, fraction), np.array(expected))

    return worst(errors())


def order_violations(earlier: Callable[[Any, Any], Any]) -> Measurement:
    """Vanilla STEP runs, R > 1, in which the time of a mode is not `earlier` than that of the next smaller σ."""

    def errors() -> Iterator[tuple[str, float]]:
        for name, counts in step_cases(ratios=(10, 100, 1000)):
            for delta in DELTAS:
                times = learning_times(counts, float(delta))
                in_order = bool(np.all(earlier(times[:-1], times[1:])))  # a NaN is not in order
                yield f"{name}, δ={delta}", float(not in_order)

    return worst(errors())


def vanilla_window_error(of_first: sp.Expr) -> Measurement:
    """Relative error of the window (last less first, of the first), dT/dδ from δ = 8 and 16, two classes a group."""
    stated = compiled(of_first, symbols.R)

    def errors() -> Iterator[tuple[str, float]]:
        for name, counts in step_cases(ratios=(10, 100, 1000)):
            if min(counts.per_class.count(n) for n in set(counts.per_class)) >= 2:
                early, late = (learning_times(counts, delta) for delta in (8.0, 16.0))
                scaled = (late - early) / 8
                window = (scaled.max() - scaled.min()) / scaled.min()
                yield name, relative(window, stated(float(counts.imbalance_ratio)))

    return worst(errors())


def staircase_error(share: sp.Expr) -> Measurement:
    """Relative error of the loss half-way between learning times at δ = 46, against share · Σσ² not yet learned."""
    delta, part = 46.0, float(share)

    def errors() -> Iterator[tuple[str, float]]:
        for name, counts in (("STEP(4, 10)", step(4, 10)), ("STEP(10, 100)", step(10, 100)), ("long-tailed(4, 100)", long_tailed(4, 100))):
            run = trajectory(counts, Fraction(0), delta)
            groups = measure.mode_groups(run)
            learned = sorted(1 / group.singular_value for group in groups)
            for tau in ((a + b) / 2 for a, b in zip([0.0, *learned], learned, strict=False)):
                plateau = sum(part * group.multiplicity * group.singular_value**2 for group in groups if 1 / group.singular_value > tau)
                yield f"{name}, τ={tau:.3g}", relative(measure.weighted_loss(run, tau * delta), plateau)

    return worst(errors())


@cache
def _terminal_runs() -> tuple[tuple[str, flow.Trajectory], ...]:
    """Runs to the end with random counts and weights, the last with weights that are all 2; spectral and random starts."""
    generator = np.random.default_rng(SEED)
    found = []
    for case in range(12):
        c = int(generator.integers(2, 6))
        counts = ClassCounts(tuple(int(n) for n in np.exp(generator.uniform(0, np.log(50), c))))
        weights = tuple(float(w) for w in np.exp(generator.uniform(-1.5, 1.5, c))) if case < 11 else (2.0,) * c
        init: Init = "spectral" if case % 2 else "random"
        experiment = Experiment(counts, weights, loss_named("squared"), 3.0, init, None, case)
        first = flow.simulate(experiment)
        found.append((f"counts {counts.per_class}, {init}", flow.simulate(experiment, time=4 * float(first.t[-1]))))
    return tuple(found)


def terminal_error() -> Measurement:
    """‖Z − L‖/‖Z‖ at the end of the runs."""

    def errors() -> Iterator[tuple[str, float]]:
        for name, run in _terminal_runs():
            Z_found = centred_labels(run.experiment.counts)
            yield name, float(np.linalg.norm(Z_found - run.logits(run.t[-1])) / np.linalg.norm(Z_found))

    return worst(errors())


def terminal_bound_excess(factor: sp.Expr, least: sp.Symbol) -> Measurement:
    """The largest of ‖Z − L‖²/(factor · loss) − 1, or 0, at forty times of each run, for its least weight.

    Times are left out at which ‖Z − L‖² is below 1e-12 of what it was at the start: there it is rounding.
    """
    stated = compiled(factor, least)

    def errors() -> Iterator[tuple[str, float]]:
        for name, run in _terminal_runs():
            times = np.linspace(0, run.t[-1], 40)
            squares = ((centred_labels(run.experiment.counts) - run.logits(times)) ** 2).sum(axis=(1, 2))
            bound = stated(min(run.experiment.weights)) * measure.weighted_loss(run, times)
            beyond_rounding = squares > 1e-12 * squares[0]
            yield name, max(0.0, float(np.max(squares[beyond_rounding] / bound[beyond_rounding])) - 1)

    return worst(errors())
