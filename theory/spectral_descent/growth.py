"""How small parameters grow under linear rules: each mode by itself, at a rate that depends on its escape rate s alone.

The growth matrix of one mode, of the amplitudes in W and in H, is that of `theory.models.laws`.
"""

from __future__ import annotations

from functools import cache

import sympy as sp

from theory.models import decay_and_bias
from theory.models.laws import growth, mode_matrix
from theory.models.model import Model, Velocity, descent
from theory.models.rules import Rule, momentum
from theory.symbols import sigma
from theory.unconstrained_features.flow import MODEL

INERTIA = sp.Symbol("mu", positive=True)  # of a heavy ball, in flow time
RADIUS = sp.Symbol("r", positive=True)  # of the ascent
ETA = sp.Symbol("eta", positive=True)  # the step size
DECAY = sp.Symbol("lambda_0", positive=True)  # of both factors
EXPONENT = sp.Symbol("x", real=True)


def ascent(radius: sp.Expr) -> Rule:
    """Descent by the gradient after a step of ascent, w' = −∇f(w + r∇f(w)), with the radius r not divided by a norm.

    Valid when: the residual is held while the gradient is taken, as it is in the growth of small parameters.
    """

    def rule(model: Model) -> Velocity:
        downhill = descent(model)
        moved = {X: X - radius * down for X, down in downhill.items()}
        return {X: down.xreplace(moved) for X, down in downhill.items()}

    return rule


@cache
def growth_matrix(rule: Rule) -> sp.Matrix:
    """The matrix of the linear flow of one mode's amplitudes at zero, σ the escape rate."""
    (small,) = growth(MODEL)
    return mode_matrix(small, rule)


def characteristic(matrix: sp.Matrix, exponent: sp.Expr = EXPONENT) -> sp.Expr:
    """det(M − xI), as the determinant is expanded."""
    return (matrix - exponent * sp.eye(matrix.rows)).det(method="berkowitz")


HEAVY_BALL = momentum(INERTIA)
ASCENT = ascent(RADIUS)


def decayed_matrix() -> sp.Matrix:
    """The growth matrix of one mode with the same decay λ of both factors, beside an output bias at rest."""
    (small,) = growth(decay_and_bias.MODEL)
    return mode_matrix(small).subs({decay_and_bias.decay_W: DECAY, decay_and_bias.decay_H: DECAY})


def step_matrix() -> sp.Matrix:
    """What a step of descent multiplies the amplitudes of one mode by: I + η times the growth matrix of the flow."""
    return sp.eye(2) + ETA * growth_matrix(descent)


def heavy_ball_growth(rate: sp.Expr = sigma) -> sp.Expr:
    """(√(1 + 4μs) − 1)/(2μ), the growth of a mode under a heavy ball: the positive root of μx² + x = s."""
    return (sp.sqrt(1 + 4 * INERTIA * rate) - 1) / (2 * INERTIA)
