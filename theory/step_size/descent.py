"""Gradient descent in steps: one mode's amplitude, small deviations from a minimum, and the largest step at weights of mean one."""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from theory.data.counts import Group
from theory.data.weights import normalize
from theory.symbols import sigma
from theory.unconstrained_features.modes import AMPLITUDE, amplitude_rate

ETA = sp.Symbol("eta", positive=True)  # the step size
DEVIATION = sp.Symbol("w", real=True)  # from a minimum


def amplitude_step() -> sp.Expr:
    """a after a step of descent without weights, from W = U a Qᵀ, H = Q a Vᵀ: a + η da/dt, not combined."""
    return AMPLITUDE + ETA * amplitude_rate(weighted=False)


def amplitude_multiplier() -> sp.Expr:
    """By what a small deviation from the learned amplitude a = √σ is multiplied in a step."""
    return sp.expand(sp.diff(amplitude_step(), AMPLITUDE).subs(AMPLITUDE, sp.sqrt(sigma)))


def deviation_step(curvature: sp.Expr) -> sp.Expr:
    """Where a step takes the deviation w along an eigenvector of the Hessian, of eigenvalue x: w − η d/dw of x w²/2."""
    return DEVIATION - ETA * sp.diff(curvature * DEVIATION**2 / 2, DEVIATION)


def mean_weight(groups: Sequence[Group], weights: Sequence[sp.Expr]) -> sp.Expr:
    """Σ_g m_g n_g ω_g / Σ_g m_g n_g, the mean weight of a sample: by this weights are divided to be of mean one."""
    sizes, counts = zip(*((group.size, group.count) for group in groups), strict=True)
    return sp.cancel(weights[0] / normalize(weights, sizes, counts, "mass")[0])
