"""Observables, and reductions: a smaller state that the flow keeps to, or how it leaves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sympy as sp

from theory.algebra.partition import BlockMatrix
from theory.algebra.words import collected, entry, matrix_terms, rate_along
from theory.exact import InvalidInput
from theory.models.model import Model, Velocity
from theory.models.rules import Polar, momentum_of
from theory.shown import Sheet, Shown

modes = sp.Symbol("k", positive=True, integer=True)
S = sp.MatrixSymbol("S", modes, modes)  # diagonal: the singular values


@dataclass(frozen=True)
class Observable:
    """A quantity that is read off a state: an expression in parameters and data, and its unit, "1" for a number without one."""

    name: str
    expression: sp.MatrixExpr
    unit: str = "1"


@dataclass(frozen=True, repr=False)
class Reduction(Shown):
    """A smaller state and how it moves.

    `embedding`, each matrix of the model as a polynomial in the state; `velocity`, of each matrix or scalar of the state;
    `residual`, for each matrix of the model, its velocity on the embedding less that of its embedding: what leaks, zero
    exactly where the flow keeps to the embedding. Embedding and residual are matrix expressions, or block-symmetric matrices
    where the state is scalars. Valid when: matrices in `orthonormal` have orthonormal columns, those in `diagonal` are
    diagonal, the diagonal matrices that `positive` gives are positive, and what `valid_when` says in words.
    """

    embedding: Mapping[sp.MatrixSymbol, sp.MatrixExpr | BlockMatrix]
    velocity: Mapping[sp.Basic, sp.Basic]
    residual: Mapping[sp.MatrixSymbol, sp.MatrixExpr | BlockMatrix]
    valid_when: str
    orthonormal: tuple[sp.MatrixSymbol, ...] = ()
    diagonal: tuple[sp.MatrixSymbol, ...] = ()
    positive: tuple[sp.MatrixExpr, ...] = ()

    def brief(self) -> str:
        """The state, and whether the reduction is exact."""
        return f"state {', '.join(map(str, self.state))}, {'exact' if self.is_exact else 'with a leak'}"

    def shown(self) -> Sheet:
        """How each matrix is made of the state, how the state moves, what leaks."""
        facts = {f"{X}": made for X, made in self.embedding.items()} | {f"d{X}/dt": moved for X, moved in self.velocity.items()}
        leaks = {f"what leaks from {X}": leak for X, leak in self.residual.items() if not leak.is_ZeroMatrix}
        return Sheet(f"reduction: {self.brief()}", {**facts, **leaks, "valid when": self.valid_when})

    @property
    def state(self) -> tuple[sp.Basic, ...]:
        """The matrices or scalars of the state."""
        return tuple(self.velocity)

    @property
    def is_exact(self) -> bool:
        """Whether nothing leaks."""
        return all(leak.is_ZeroMatrix for leak in self.residual.values())

    def entries(self, names: Mapping[sp.MatrixExpr, sp.Expr]) -> sp.Matrix:
        """The velocity of one diagonal entry of each matrix of a diagonal state, a column, from names of the entries."""
        return sp.Matrix([entry(moved, names) for moved in self.velocity.values()])


def reduce(
    velocity: Velocity,
    embedding: Velocity,
    coordinates: Velocity,
    given: Mapping[sp.MatrixSymbol, sp.MatrixExpr],
    orthonormal: Sequence[sp.MatrixSymbol],
    diagonal: Sequence[sp.MatrixSymbol],
    valid_when: str,
) -> Reduction:
    """Substitute an embedding into a flow, project on its coordinates, keep what leaks.

    Arguments: `coordinates`, each matrix of the state as it is read off the model's matrices; `given`, what stands for
    the residual and the data, in parameters and frames.
    Raises: InvalidInput for coordinates that do not give the state back.
    """
    positive: list[sp.MatrixExpr] = []

    def on_embedding(expression: sp.MatrixExpr) -> sp.MatrixExpr:
        placed = expression.xreplace(dict(given)).xreplace(dict(embedding))
        for factor in placed.atoms(Polar):
            left, middle, right = on_frames(factor.args[0], orthonormal, diagonal)
            positive.append(middle)
            placed = placed.xreplace({factor: left * right.T})
        return collected(placed, orthonormal, diagonal)

    for variable, coordinate in coordinates.items():
        if (read := on_embedding(coordinate)) != variable:
            raise InvalidInput(f"the coordinate {coordinate} must read {variable} off the embedding, and reads {read}")
    reduced = {variable: on_embedding(rate_along(coordinate, velocity)) for variable, coordinate in coordinates.items()}
    residual = {
        X: collected(on_embedding(moved) - rate_along(embedding[X], reduced), orthonormal, diagonal) for X, moved in velocity.items()
    }
    return Reduction(embedding, reduced, residual, valid_when, tuple(orthonormal), tuple(diagonal), tuple(dict.fromkeys(positive)))


def on_frames(
    matrix: sp.MatrixExpr, orthonormal: Sequence[sp.MatrixSymbol], diagonal: Sequence[sp.MatrixSymbol]
) -> tuple[sp.MatrixSymbol, sp.MatrixExpr, sp.MatrixSymbol]:
    """U, D and V of a matrix U D Vᵀ with orthonormal U and V and a diagonal D; its polar factor is UVᵀ where D is positive.

    Raises: InvalidInput for a matrix that is not of this form.
    """
    terms = matrix_terms(collected(matrix, orthonormal, diagonal))
    ends = {(factors[0], sp.Transpose(factors[-1]).doit()) for _, factors in terms}
    if not (len(ends) == 1 and set(*ends) <= set(orthonormal) and all({*factors[1:-1]} <= set(diagonal) for _, factors in terms)):
        raise InvalidInput(f"{matrix} must be U D Vᵀ with orthonormal U, V and a diagonal D for its polar factor to be UVᵀ")
    ((left, right),) = ends
    return left, collected(left.T * matrix * right, orthonormal, diagonal), right


def on_modes(model: Model, velocity: Velocity) -> Reduction:
    """The spectral ansatz X_i = U_(i−1) a_i U_iᵀ of a model whose logits are the product X_1 ⋯ X_N of its parameters.

    U_0 S U_Nᵀ is put in for the residual where the velocity contains it (the residual is then held there), and for the
    target of the squared loss with equal weights where the velocity contains that. Momenta have the same singular vectors.
    Raises: InvalidInput for a model whose logits are not the bare product of its parameters.
    """
    if model.words != ((1, model.parameters),):
        raise InvalidInput(
            f"the logits {model.logits} of the model {model.name!r} must be the product of its parameters in their "
            "order to have modes: take its small start, or give the reduction itself"
        )
    sizes = (*(X.shape[0] for X in model.parameters), model.logits.shape[1])
    frames = [sp.MatrixSymbol(f"U_{k}", size, modes) for k, size in enumerate(sizes)]
    between = {matrix: sides for X, *sides in zip(model.parameters, frames, frames[1:], strict=False) for matrix in (X, momentum_of(X))}
    embedding, coordinates = {}, {}
    for matrix in velocity:
        (left, right), amplitude = between[matrix], sp.MatrixSymbol(f"a_{matrix.name}", modes, modes)
        embedding[matrix] = left * amplitude * right.T
        coordinates[amplitude] = left.T * matrix * right
    whole = frames[0] * S * frames[-1].T
    given = {model.residual: whole, model.target: whole, model.weights: sp.Identity(model.logits.shape[1])}
    return reduce(
        velocity, embedding, coordinates, given, frames, (S, *coordinates), "every factor starts on these frames, with diagonal amplitudes"
    )
