"""Rules: how −gradient becomes a velocity. A rule takes a model and gives the velocity of each matrix that moves.

`model.descent`, the gradient flow, is the first of them. All others are made from it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import sympy as sp

from theory.exact import InvalidInput
from theory.models.model import Model, Velocity, descent

Rule: TypeAlias = Callable[[Model], Velocity]


class Polar(sp.MatrixExpr):
    """The polar factor of M: the sum of u vᵀ over the singular triples (σ, u, v) of M with σ > 0."""

    def __new__(cls, matrix: Any) -> Polar:
        """The polar factor of a matrix expression or of an explicit matrix."""
        made: Polar = sp.MatrixExpr.__new__(cls, sp.sympify(matrix))
        return made

    @property
    def shape(self) -> tuple[sp.Expr, sp.Expr]:
        """The shape of M."""
        rows, columns = self.args[0].shape
        return rows, columns

    def doit(self, **hints: Any) -> sp.MatrixExpr:
        """The exact factor where M is explicit and has full rank: M (MᵀM)^(−1/2), or (MMᵀ)^(−1/2) M if that root is smaller.

        Raises: InvalidInput for an explicit M of lower rank.
        """
        matrix = self.args[0].doit(**hints)
        if not isinstance(matrix, sp.MatrixBase):
            return Polar(matrix)
        if matrix.rows < matrix.cols:
            return Polar(matrix.T).doit().T
        if matrix.rank() < matrix.cols:
            raise InvalidInput(f"the polar factor of {matrix} must be that of a matrix of full rank to be written out")
        return (matrix * (matrix.T * matrix) ** sp.Rational(-1, 2)).as_immutable()


def sign(model: Model) -> Velocity:
    """Sign descent: each entry moves by the sign of −gradient."""
    return {X: downhill.applyfunc(sp.sign) for X, downhill in descent(model).items()}


def spectral(model: Model) -> Velocity:
    """Spectral descent: each matrix moves by the polar factor of −gradient."""
    return {X: Polar(downhill) for X, downhill in descent(model).items()}


def momentum(inertia: sp.Expr) -> Rule:
    """Heavy ball, μẌ + Ẋ = −gradient: the momentum Ẋ of each parameter X is a matrix of the state."""

    def rule(model: Model) -> Velocity:
        downhill = descent(model)
        return {
            **{X: momentum_of(X) for X in downhill},
            **{momentum_of(X): (down - momentum_of(X)) / inertia for X, down in downhill.items()},
        }

    return rule


def momentum_of(parameter: sp.MatrixSymbol) -> sp.MatrixSymbol:
    """The symbol that stands for Ẋ in the state of `momentum`."""
    return sp.MatrixSymbol(f"{parameter.name}_dot", *parameter.shape)


def class_parts(model: Model, members: Sequence[sp.MatrixSymbol]) -> tuple[Velocity, ...]:
    """Minus the gradient of each class's part of the loss.

    Arguments: `members`, for each class the diagonal matrix with ones at its samples.
    Raises: InvalidInput for a model with penalties, which belong to no class.
    """
    if model.penalties:
        raise InvalidInput(f"the penalties {model.penalties} of the model {model.name!r} must be left out: they belong to no class")
    G = model.residual
    return tuple({X: downhill.xreplace({G: G * E}) for X, downhill in descent(model).items()} for E in members)


def class_normalised(members: Sequence[sp.MatrixSymbol]) -> Rule:
    """The rule that divides each class's −gradient by its norm over all parameters together, and sums over the classes."""

    def rule(model: Model) -> Velocity:
        parts = class_parts(model, members)
        norms = [sp.sqrt(sp.Add(*(sp.Trace(downhill * downhill.T) for downhill in part.values()))) for part in parts]
        return {X: sp.MatAdd(*(part[X] / norm for part, norm in zip(parts, norms, strict=True))) for X in model.parameters}

    return rule
