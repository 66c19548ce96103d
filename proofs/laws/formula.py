"""The laws of a formula s(σ, δ, t) for the strength of one mode without weights, from spectral start."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from proofs.laws.runs import FRACTIONS, LawBroken, demand, learning_time

Strength = Callable[[float, float, float], float]

ROUNDING = 1e-12  # relative error of a formula of a few operations in floating point


def strength_starts_at_the_initial_scale(strength: Strength, sigma: float, delta: float, accuracy: float) -> None:
    """At t = 0 the strength is the square of the initial scale.

    Formula: s(σ, δ, 0) = e^(−2δ).
    Tolerance: the accuracy, relative.
    """
    _near(strength(sigma, delta, 0.0), math.exp(-2 * delta), accuracy, f"s({sigma:g}, {delta:g}, 0)")


def strength_ends_at_sigma(strength: Strength, sigma: float, delta: float, accuracy: float) -> None:
    """t → ∞: the mode is learned.

    Formula: s(σ, δ, t) → σ; read at t = (δ + 20)/σ, where e^(−2σt) is e^(−40) of what it was.
    Tolerance: the accuracy, relative.
    """
    _near(strength(sigma, delta, (delta + 20) / sigma), sigma, accuracy, f"s({sigma:g}, {delta:g}, late)")


def strength_approaches_sigma(strength: Strength, sigma: float, delta: float, accuracy: float) -> None:
    """The loss of a mode decays.

    Formula: the distance of s(σ, δ, t) from σ does not grow with t; read at eight times up to (δ + 2)/σ.
    Tolerance: the accuracy of each strength, relative to the larger of s and σ.
    """
    times = np.linspace(0, (delta + 2) / sigma, 8)
    values = np.array([strength(sigma, delta, float(t)) for t in times])
    rise = np.diff(np.abs(sigma - values)).max()
    demand(float(rise), 2 * (accuracy + ROUNDING) * max(sigma, float(np.abs(values).max())), "|σ − s| grows")


def strength_scales_with_sigma(strength: Strength, sigma: float, delta: float, accuracy: float) -> None:
    """A mode of k times the singular value is k times as strong and k times as fast.

    Formula: s(kσ, δ − ln(k)/2, t/k) = k s(σ, δ, t), here at k = 2 and t = δ/σ.
    Tolerance: twice the accuracy, relative, for two values.
    """
    t = delta / sigma
    _near(
        strength(2 * sigma, delta - math.log(2) / 2, t / 2),
        2 * strength(sigma, delta, t),
        2 * accuracy,
        f"s({2 * sigma:g}, {delta:g} − ln(2)/2, {t / 2:g})",
    )


def strength_is_learned_on_time(strength: Strength, sigma: float, delta: float, accuracy: float) -> None:
    """The learning time follows.

    Formula: s(σ, δ, T) = fσ at T = ln((σ e^(2δ) − 1) f/(1 − f))/(2σ), for f = 0.1, 0.5 and 0.9 where T > 0.
    Tolerance: the accuracy, relative.
    """
    for f in FRACTIONS:
        if sigma * math.exp(2 * delta) * f > 1:  # otherwise the mode is learned at the start
            time = learning_time(sigma, delta, f)
            _near(strength(sigma, delta, time), f * sigma, accuracy, f"s({sigma:g}, {delta:g}, {time:.6g})")


def _near(found: float, expected: float, accuracy: float, what: str) -> None:
    """`found` must be `expected` within the accuracy and rounding, both relative."""
    if not abs(found - expected) <= (accuracy + ROUNDING) * abs(expected):
        raise LawBroken(f"{what} is {found:.9g} and must be {expected:.9g}")
