"""The middle mode of STEP by integration: learning times, and their offset as δ → ∞.

The class-mean flow on two groups, in one channel: w_g and h_g are the entries of W and M on group g, and ⟨·⟩ is
the average over classes (with d = 1 and lengths scaled by √c the number of classes drops out):

    dw_g/dt = n_g ω_g h_g − ⟨nωh⟩ − w_g ⟨nωh²⟩,    dh_g/dt = ω_g (w_g − ⟨w⟩ − ⟨w²⟩ h_g).

Start. While strengths are below ε = 1e-9 (in units of where the flow bends) the flow is linear to relative error
ε², below rounding. The linear flow is solved exactly, from spectral init or, for δ → ∞, on the unstable direction
alone: so no δ is too large.

Clock. The independent variable is ℓ = ln s, the logarithm of the mode strength; the state is ln|w_g|, ln|h_g| and
the excess ρt − ℓ/2, which is zero on the linear flow. The end s = fσ is then an end point and not an event, stages
of very different speed take like numbers of steps, and nothing is subtracted from a large time.

Error. LSODA at relative tolerance 1e-12; the same at 1e-11 gives the stated error, the difference of the two, which
is an estimate and not an enclosure; it is printed beside every value, and tests compare the value with another
formula (a quadrature in the clock ∫ a dt) and another integrator. An absolute error of 1e-9/ρ is typical.
`numerics.integrate` is not used: it has one tolerance, and its explicit steps grow in number like the root of the ratio of the rates,
threefold for each power of ten, while those of LSODA hardly do.

This module knows none of `theory`'s formulas. Times are in units of the weights as given (`raw` for ω = n^(−γ)).
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from theory.exact import InvalidInput

Vector = NDArray[np.float64]

START = 1e-9  # its square, the relative error of the linear start, is below rounding
TOLERANCE, COARSE_TOLERANCE = 1e-12, 1e-11
# Longest steps in ln s, tried in this order: a longer trial step may overflow, and whether LSODA's iteration converges over forty
# decades hangs on rounding, which differs between machines. The stated error is that of whichever attempt came through.
LONGEST_STEPS = (0.5, 0.25, 1.0, 0.125)
LARGEST_EXPONENT = 250.0  # e^250 is beyond every ratio of amplitudes in a run, and its square times a count is finite
# Noise of 1e-16 in the fast rates must stay small against the slow rate: their ratio is at most 1e8.
LARGEST_RATE_RATIO = 1e8
# The limit problem runs over ln θ from −18, where it is linear to relative e^(−36), to where (xθ)^(−4) is e^(−28).
CONNECTION_START, CONNECTION_END, CONNECTION_TOLERANCE = 18.0, 7.0, 1e-14
SIGNS = np.array([1.0, -1.0])  # w and h have opposite signs on the two groups


@dataclass(frozen=True)
class TwoGroups:
    """STEP as numbers: the share p of minority classes; counts and weights (majority, minority)."""

    minority_share: float
    counts: tuple[float, float]
    weights: tuple[float, float]

    def __post_init__(self) -> None:
        if not 0 < self.minority_share < 1:
            raise InvalidInput(
                f"minority_share={self.minority_share} must lie strictly between 0 and 1: it is the share of minority classes"
            )
        for name, values in (("count", self.counts), ("class weight", self.weights)):
            for value in values:
                if not (value > 0 and math.isfinite(value)):
                    raise InvalidInput(f"{name}={value} must be a positive finite number: give a group samples and a weight")
        rates = [weight * math.sqrt(count) for weight, count in zip(self.weights, self.counts, strict=True)]
        if max(rates) > LARGEST_RATE_RATIO * min(rates):
            raise InvalidInput(
                f"ω√n of the two groups is {rates}, and their ratio must be ≤ {LARGEST_RATE_RATIO:g} in "
                "double precision: take an exponent nearer 1/2 or a smaller ratio"
            )

    @property
    def shares(self) -> Vector:
        """Shares of classes (majority, minority)."""
        return np.array([1 - self.minority_share, self.minority_share])


def step_groups(ratio: float, minority_share: float = 0.5, exponent: float = 0.5) -> TwoGroups:
    """STEP(R, p) with n_min = 1 and raw weights ω_j = n_j^(−γ).

    Raises: InvalidInput unless R ≥ 1 and finite, 0 < p < 1, γ finite.
    """
    if not (ratio >= 1 and math.isfinite(ratio)):
        raise InvalidInput(f"R={ratio} must be a finite number ≥ 1: it is max n_j / min n_j")
    if not math.isfinite(exponent):
        raise InvalidInput(f"weight exponent={exponent} must be finite: give for example 0.5")
    return TwoGroups(minority_share, (ratio, 1.0), (ratio**-exponent, 1.0))


@dataclass(frozen=True)
class Offset:
    """`value` = lim T − δ/`escape_rate` as δ → ∞, in flow time; `error`, its estimated absolute error."""

    value: float
    error: float
    escape_rate: float


@dataclass(frozen=True)
class LearningTime:
    """`value`, in flow time; `error`, its estimated absolute error."""

    value: float
    error: float


def middle_offset(groups: TwoGroups, fraction: float = 0.5) -> Offset:
    """lim_δ→∞ of T_mid − δ/ρ: the learning time of the middle mode beyond leading order, spectral init.

    Arguments: `fraction` f in (0, 1): learned when s ≥ fσ.
    Raises: InvalidInput for f outside (0, 1); ArithmeticError if the integration fails.
    """
    _check_fraction(fraction)
    linear = _Linear(groups)
    # The run starts with amplitude ε on the unstable direction, where spectral init is at (δ + ln(ε/κ))/ρ.
    fine, coarse = (_time_from(linear, linear.at_unstable(), fraction, tolerance) for tolerance in (TOLERANCE, COARSE_TOLERANCE))
    shift = math.log(linear.start / linear.overlap) / linear.rate
    return Offset(fine + shift, abs(fine - coarse), linear.rate)


def middle_learning_time(groups: TwoGroups, delta: float, fraction: float = 0.5) -> LearningTime:
    """T_mid from spectral init at scale e^(−δ), for any δ: the linear stage is exact, so that δ = 1e6 is possible.

    Raises: InvalidInput for f outside (0, 1), or where the mode is learned at t = 0 already.
    """
    _check_fraction(fraction)
    linear = _Linear(groups)
    if not math.isfinite(delta) or -2 * delta >= math.log(fraction * linear.singular_value):
        raise InvalidInput(
            f"delta={delta} must be finite with e^(−2δ) < fσ = {fraction * linear.singular_value:g}: "
            "the mode must not be learned at the start. Give a larger δ"
        )
    begin = max(0.0, (delta + math.log(linear.start / linear.overlap)) / linear.rate)
    state = linear.from_spectral(begin, delta)
    fine, coarse = (_time_from(linear, state, fraction, tolerance) for tolerance in (TOLERANCE, COARSE_TOLERANCE))
    return LearningTime(begin + fine, abs(fine - coarse))


def _check_fraction(fraction: float) -> None:
    if not 0 < fraction < 1:
        raise InvalidInput(f"fraction={fraction} must lie strictly between 0 and 1: s never exceeds its target")


class _Linear:
    """The flow linearised at zero, in coordinates √m w and √(mn) h where it is symmetric.

    There dŵ/dt = Kĥ, dĥ/dt = Kᵀŵ with K = ρ u vᵀ of rank one: rates ρ, −ρ, and 0 across v.
    """

    def __init__(self, groups: TwoGroups) -> None:
        self.groups = groups
        self.counts, self.weights = np.array(groups.counts), np.array(groups.weights)
        self.roots = np.sqrt(groups.shares)
        self.rate, self.u, self.v = self._leading(np.sqrt(self.counts) * self.weights)
        self.singular_value, self.label_u, self.label_v = self._leading(np.sqrt(self.counts))
        self.overlap = float(self.u @ self.label_u + self.v @ self.label_v) / 2  # overlap of the spectral start with (u, v)
        self.start = START * math.sqrt(self.rate / max(groups.weights))

    def _leading(self, columns: Vector) -> tuple[float, Vector, Vector]:
        """Leading singular triple of P diag(columns) on group-constant vectors, positive on the majority."""
        left, values, _ = np.linalg.svd((np.eye(2) - np.outer(self.roots, self.roots)) * columns)
        u = left[:, 0] * np.sign(left[0, 0])
        return float(values[0]), u, (u - self.roots * (self.roots @ u)) * columns / values[0]

    def at_unstable(self) -> Vector:
        """ln|w_g|, ln|h_g| at amplitude `start` on the unstable direction."""
        return self._logarithms(self.start * self.u, self.start * self.v)

    def from_spectral(self, time: float, delta: float) -> Vector:
        """ln|w_g|, ln|h_g| after `time` of linear flow from spectral init."""
        grown = self.overlap * math.exp(self.rate * time - delta)
        faded = (1 - self.overlap) * math.exp(-self.rate * time - delta)
        neutral = math.exp(-delta) * (self.label_v - self.v * (self.v @ self.label_v))
        return self._logarithms((grown + faded) * self.u, (grown - faded) * self.v + neutral)

    def _logarithms(self, w: Vector, h: Vector) -> Vector:
        return np.log(np.concatenate([SIGNS * w / self.roots, SIGNS * h / (self.roots * np.sqrt(self.counts))]))


def _time_from(linear: _Linear, logarithms: Vector, fraction: float, tolerance: float) -> float:
    """Flow time from this state to s = fσ."""
    # s is a product of two linear forms: one of w, from uᵀW, and one of h, from the features along v.
    form_w, form_h = linear.roots * linear.label_u, linear.roots * np.sqrt(linear.counts) * linear.label_v
    right_side = _right_side(linear, SIGNS * form_w, SIGNS * form_h)
    w, h = SIGNS * np.exp(logarithms[:2]), SIGNS * np.exp(logarithms[2:])
    begin, end = math.log((form_w @ w) * (form_h @ h)), math.log(fraction * linear.singular_value)
    for longest in LONGEST_STEPS:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "lsoda:", UserWarning)  # an attempt that fails says so by its status as well
            run = solve_ivp(
                right_side, (begin, end), np.append(logarithms, 0.0), method="LSODA", rtol=tolerance, atol=tolerance, max_step=longest
            )
        excess = float(run.y[4, -1])
        if run.success and math.isfinite(excess):
            return ((end - begin) / 2 + excess) / linear.rate
    raise ArithmeticError(f"the integration of {linear.groups} failed: {run.message}")


def _right_side(linear: _Linear, form_w: Vector, form_h: Vector) -> Callable[[float, Vector], Vector]:
    """The flow of ln|w_g|, ln|h_g| and the excess in the clock ln s; `form_w` and `form_h`, the linear forms of |w_g| and |h_g| in s.

    It is written for two numbers at a time, because an array of two takes ten times as long.
    """
    rate = linear.rate
    (p, q), (u, v) = linear.groups.shares.tolist(), linear.weights.tolist()
    (m, n), (a, b), (c, d) = (linear.counts * linear.weights).tolist(), form_w.tolist(), form_h.tolist()

    def right_side(_: float, state: Vector) -> Vector:
        w, x, h, k, _excess = state.tolist()
        squares = p * m * _power(2 * h) + q * n * _power(2 * k)
        rate_w = m * _power(h - w) - (p * m * _power(h - w) - q * n * _power(k - w)) - squares
        rate_x = n * _power(k - x) - (q * n * _power(k - x) - p * m * _power(h - x)) - squares
        squares = p * _power(2 * w) + q * _power(2 * x)
        rate_h = u * (_power(w - h) - (p * _power(w - h) - q * _power(x - h)) - squares)
        rate_k = v * (_power(x - k) - (q * _power(x - k) - p * _power(w - k)) - squares)
        growth = _average(rate_w, rate_x, a, b * _power(x - w)) + _average(rate_h, rate_k, c, d * _power(k - h))  # d ln s / dt
        return np.array([rate_w, rate_x, rate_h, rate_k, rate - growth / 2]) / growth

    return right_side


def _power(exponent: float) -> float:
    """e^x, finite at whatever trial state the integrator asks for: a state of the flow is far from where x is cut off."""
    return math.exp(min(max(exponent, -LARGEST_EXPONENT), LARGEST_EXPONENT))


def _average(one: float, other: float, weight: float, other_weight: float) -> float:
    """The average of two numbers with these weights: how fast the logarithm of a linear form grows. NaN where they add up to 0."""
    total = weight + other_weight
    return (one * weight + other * other_weight) / total if total else math.nan


@dataclass(frozen=True)
class ConnectionIntegrals:
    """At γ = ½ and R → ∞: how the early growth of the middle mode joins the late growth, and the response of that to 1/√R."""

    leading: float
    response: float


def connection_integrals(minority_share: float) -> ConnectionIntegrals:
    """The two integrals of the limit problem R → ∞ at γ = ½, to about 1e-11 and 1e-9, relative where large.

    Formula: with x = √p, y = √(1−p), a² = x²θ² + E², dE/dθ = y − aE, E(0) = 0:
    leading = lim ∫_0^θ (1/a − 1/θ') dθ' − (1/x − 1) ln θ. At finite z = 1/√R, with dB/dθ = x − z aB as well,
    response = lim d/dz [ln B + z B²/(2x) − x ∫ dθ/a] at z = 0.
    Integrated in ln θ, in ψ = E/(xθ) and the relative first-order changes of B (plus xθ²/3) and E, so that
    nothing large cancels.
    Raises: InvalidInput unless 0 < p < 1.
    """
    if not 0 < minority_share < 1:
        raise InvalidInput(f"minority_share={minority_share} must lie strictly between 0 and 1: it is the share of minority classes")
    x, y = math.sqrt(minority_share), math.sqrt(1 - minority_share)

    def right_side(log_theta: float, state: Vector) -> Vector:
        psi, change_b, change_e, _, _ = state
        square = math.exp(2 * log_theta)
        root = math.sqrt(1 + psi * psi)  # a = xθ·root
        excess = x * square * psi * psi / (1 + root)  # θ(a − xθ)
        change_a = x * square / root * (change_b - x * square / 3 + psi * psi * change_e)  # θ times
        bend = -math.expm1(-1.5 * math.log1p(psi * psi))  # 1 − (xθ/a)³
        return np.array(
            [
                y / x - psi * (1 + x * square * root),
                -excess - change_b,
                -change_a - change_e * (y / x) / psi,
                (1 / root - (x if log_theta < 0 else 1)) / x,
                -excess + (x * square / 3 - change_b) * bend + psi * psi * change_e / root**3,
            ]
        )

    state = np.array([y / x, 0.0, 0.0, 0.0, 0.0])
    end = CONNECTION_END - math.log(x)
    for span in ((-CONNECTION_START, 0.0), (0.0, end)):  # the reference 1/θ changes to 1/(xθ) at θ = 1
        run = solve_ivp(right_side, span, state, method="LSODA", rtol=TOLERANCE, atol=CONNECTION_TOLERANCE)
        state = run.y[:, -1]
        if not (run.success and np.all(np.isfinite(state))):
            raise ArithmeticError(f"the limit problem at p={minority_share} failed: {run.message}")
    # Beyond the end E = y/a up to relative (xθ)^(−2): the rest of the integrals, to that accuracy.
    level = y * y / (x * math.exp(2 * end))
    return ConnectionIntegrals(float(state[3]) - level**2 / (8 * x**3 * y * y), float(state[4]) + level / (6 * x * x))
