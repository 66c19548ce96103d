"""Identities between matrix expressions of symbolic sizes: DERIVED, or refuted by explicit matrices.

Holds: both sides have the same expanded normal form as non-commuting words with XᵀX = I for orthonormal X and
Dᵀ = D for diagonal D; and, independently, their difference is exactly zero at random rational matrices of
random sizes. Orthonormal columns are rational: the Cayley transform of a random skew matrix.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from itertools import groupby
from typing import Any

import sympy as sp

from proofs.kernel.statements import MatrixIdentity, Statement
from proofs.kernel.verdict import Evidence, Outcome, Strength
from theory.flow import matrix_terms, reduced_word

RANDOM_POINTS = 3
SEED = 20260112


def decide(statement: Statement, deadline: float) -> Evidence | None:
    """Evidence on a `MatrixIdentity`, None for any other kind."""
    if not isinstance(statement, MatrixIdentity):
        return None
    generator = random.Random(SEED)
    for _ in range(RANDOM_POINTS):
        point = _random_point(statement, generator)
        if not _zero_at(statement, point):
            return Evidence(road="symbolic", engine="matrices", outcome=Outcome.FAILS, number="nonzero",
                            bound="0", witness={name: str(value.tolist()) for name, value in point.items()})
    if _words(statement, statement.left) != _words(statement, statement.right):
        return Evidence(road="symbolic", engine="matrices", outcome=Outcome.UNSETTLED,
                        note="zero at random matrices, but the normal forms differ")
    return Evidence(road="symbolic", engine="matrices", outcome=Outcome.HOLDS, strength=Strength.DERIVED,
                    number="0", bound="0", trusts=("matrix words", f"exact zero at {RANDOM_POINTS} random rational points"))


def recheck(statement: Statement, evidence: Evidence) -> bool:
    """Whether the witness matrices keep the constraints and give two different sides, in exact arithmetic."""
    if not isinstance(statement, MatrixIdentity) or evidence.witness is None:
        return False
    point = {name: sp.Matrix(_read(value)) for name, value in evidence.witness.items()}
    orthonormal = [point[X.name] for X in _symbols(statement) if X in statement.orthonormal]
    diagonals = [point[D.name] for D in _symbols(statement) if D in statement.diagonal]
    kept = all((value.T * value).is_Identity for value in orthonormal) and all(value.is_diagonal() for value in diagonals)
    return kept and not _zero_at(statement, point)


def _read(text: str) -> list[list[sp.Rational]]:
    """Rows of rationals, as `str(Matrix.tolist())` prints them."""
    return [[sp.Rational(entry) for entry in row.split(", ")] for row in text[2:-2].split("], [")]


def _words(statement: MatrixIdentity, expression: sp.MatrixExpr) -> dict[tuple[sp.MatrixExpr, ...], sp.Expr]:
    """Expanded normal form: coefficient of each word."""
    words: dict[tuple[sp.MatrixExpr, ...], sp.Expr] = {}
    for scale, factors in matrix_terms(expression):
        word = reduced_word(factors, statement.orthonormal, statement.diagonal)
        ordered = tuple(letter for is_diagonal, run in groupby(word, statement.diagonal.__contains__)
                        for letter in (sorted(run, key=str) if is_diagonal else run))  # diagonal matrices commute
        words[ordered] = words.get(ordered, 0) + scale
    return {word: scale for word, scale in words.items() if scale != 0}


def _symbols(statement: MatrixIdentity) -> list[sp.MatrixSymbol]:
    found = statement.left.atoms(sp.MatrixSymbol) | statement.right.atoms(sp.MatrixSymbol)
    return sorted(found, key=lambda X: X.name)


def _random_point(statement: MatrixIdentity, generator: random.Random) -> dict[str, sp.Matrix]:
    """Rational matrices by name, of random sizes in which every orthonormal matrix has enough rows."""
    symbols = _symbols(statement)
    dimensions = {size for X in symbols for size in X.shape}
    columns = {X.shape[1] for X in statement.orthonormal}
    size = {dimension: generator.randint(1, 2) if dimension in columns else generator.randint(2, 4)
            for dimension in sorted(dimensions, key=str)}
    point = {}
    for X in symbols:
        r, k = (size[dimension] for dimension in X.shape)
        if X in statement.orthonormal:
            point[X.name] = _orthonormal(r, k, generator)
        elif X in statement.diagonal:
            point[X.name] = sp.diag(*(_entry(generator) for _ in range(r)))
        else:
            point[X.name] = sp.Matrix(r, k, lambda *_: _entry(generator))
    return point


def _entry(generator: random.Random) -> sp.Integer:
    return sp.Integer(generator.randint(1, 99))


def _orthonormal(rows: int, columns: int, generator: random.Random) -> sp.Matrix:
    """Columns of (I − K)(I + K)⁻¹ for a random skew K, which is orthogonal and rational."""
    K = sp.zeros(rows, rows)
    for i in range(rows):
        for j in range(i):
            K[i, j] = _entry(generator)
            K[j, i] = -K[i, j]
    return ((sp.eye(rows) - K) * (sp.eye(rows) + K).inv())[:, :columns]


def _zero_at(statement: MatrixIdentity, point: Mapping[str, sp.Matrix]) -> bool:
    values = {X: point[X.name] for X in _symbols(statement)}
    difference = _evaluate(statement.left, values) - _evaluate(statement.right, values)
    return bool(difference.is_zero_matrix)


def _evaluate(expression: sp.MatrixExpr, values: Mapping[sp.MatrixSymbol, Any]) -> sp.Matrix:
    """The explicit matrix behind an expression of sums, products, powers and transposes."""
    size = {dimension: n for X, value in values.items() for dimension, n in zip(X.shape, value.shape, strict=True)}
    if isinstance(expression, sp.MatrixSymbol):
        return values[expression]
    if isinstance(expression, sp.Transpose):
        return _evaluate(expression.arg, values).T
    if isinstance(expression, sp.MatAdd):
        first, *rest = (_evaluate(term, values) for term in expression.args)
        return sum(rest, first)
    if isinstance(expression, sp.MatPow):
        return _evaluate(expression.base, values) ** int(expression.exp)
    if isinstance(expression, sp.MatMul):
        scale, matrices = expression.as_coeff_matrices()
        product = scale * _evaluate(matrices[0], values)
        for factor in matrices[1:]:
            product = product * _evaluate(factor, values)
        return product
    shape = tuple(int(size.get(dimension, dimension)) for dimension in expression.shape)
    if isinstance(expression, sp.Identity):
        return sp.eye(shape[0])
    if expression.is_ZeroMatrix:
        return sp.zeros(*shape)
    raise TypeError(f"{type(expression).__name__} is not a matrix polynomial")
