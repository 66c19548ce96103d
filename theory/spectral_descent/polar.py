"""Spectral descent on the squared loss: each matrix moves by the polar factor of minus its gradient.

On the modes of Z both amplitudes move at speed 1 while a mode is not learned, whatever its singular value. Under STEP minus the gradient
is a sum of parts within each group and of the middle mode, which meet in neither rows nor columns, and so is its polar factor.
"""

from __future__ import annotations

from functools import cache

import sympy as sp

from theory.algebra.words import entry
from theory.data.counts import symbolic_step
from theory.models.model import Velocity, squared_descent
from theory.models.reduction import Reduction, S, on_modes
from theory.models.rules import Polar
from theory.symbols import delta, sigma, t, w_majority, w_minority, within_classifiers, within_features
from theory.unconstrained_features.flow import MODEL, Omega, Z, samples
from theory.unconstrained_features.middle import reduce_flow
from theory.unconstrained_features.modes import AMPLITUDE, EMBEDDING, U, V


@cache
def on_amplitudes() -> Reduction:
    """Spectral descent on the squared loss without weights, W = U a Qᵀ and H = Q a Vᵀ."""
    return on_modes(MODEL, {X: Polar(downhill) for X, downhill in squared_descent(MODEL).items()})


def gradients_on_modes() -> Velocity:
    """Minus the gradients at W = U a Qᵀ, H = Q a Vᵀ of Z = U S Vᵀ, without weights, not multiplied out."""
    given = {Z: U * S * V.T, Omega: sp.Identity(samples)}
    return {X: downhill.xreplace(given).xreplace(EMBEDDING) for X, downhill in squared_descent(MODEL).items()}


def margins_of_validity() -> tuple[sp.Expr, ...]:
    """What has to be positive for these speeds: the singular values of minus the gradients, a(σ − a²) of each factor."""
    return tuple(entry(condition, _names()) for condition in on_amplitudes().positive)


def _names() -> dict[sp.MatrixExpr, sp.Expr]:
    return {S: sigma, **dict.fromkeys(on_amplitudes().state, AMPLITUDE)}


@cache
def strength() -> sp.Expr:
    """s(t) = a(t)² of a mode that is not learned, a(0) = e^(−δ)."""
    a = sp.Function("a")
    speed, _ = on_amplitudes().entries(_names())
    return sp.dsolve(sp.Eq(a(t).diff(t), speed), a(t), ics={a(0): sp.exp(-delta)}).rhs ** 2


def within_descent(group: int) -> tuple[sp.Expr, sp.Expr]:
    """Minus the gradient of the weighted squared loss in the classifier and the features of a within-group mode, under STEP.

    Both have equal amplitudes a at a spectral start: α = a, β = a/√n. In units in which features are orthonormal the second is
    √n dβ/dt. Neither is simplified.
    """
    groups = symbolic_step()
    root = sp.sqrt(groups[group].count)
    here = {within_classifiers[group]: AMPLITUDE, within_features[group]: AMPLITUDE / root}
    velocity = reduce_flow(groups, (w_majority, w_minority)).velocity
    by_W, by_H = (velocity[name].xreplace(here) for name in (within_classifiers[group], within_features[group]))
    return by_W, root * by_H
