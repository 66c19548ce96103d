"""The engine for identities between matrix expressions of symbolic sizes: tried at random matrices, and proved as words.

A random matrix of orthonormal columns is rational here: it is taken from the Cayley transform of a random skew matrix.
"""

from __future__ import annotations

import random

import sympy as sp

from proofs.checker.matrices import equal_as_words, equal_at, letters
from proofs.kernel.statements import MatrixIdentity
from proofs.kernel.verdict import Evidence, Outcome, Strength

RANDOM_POINTS = 3
SEED = 20260112


def decide(statement: MatrixIdentity, deadline: float) -> Evidence:
    """Evidence on an identity between matrices."""
    generator = random.Random(SEED)
    for _ in range(RANDOM_POINTS):
        point = random_point(statement, generator)
        if not equal_at(statement, point):
            return Evidence(
                road="symbolic",
                engine="matrices",
                outcome=Outcome.FAILS,
                number="nonzero",
                bound="0",
                witness={name: str(value.tolist()) for name, value in point.items()},
            )
    if not equal_as_words(statement):
        return Evidence(
            road="symbolic", engine="matrices", outcome=Outcome.UNSETTLED, note="equal at random matrices, but the words differ"
        )
    return Evidence(
        road="symbolic",
        engine="matrices",
        outcome=Outcome.HOLDS,
        strength=Strength.CERTIFIED,
        number="0",
        bound="0",
        certificate={"kind": "words"},
        note=f"equal as words, and at {RANDOM_POINTS} random rational points",
    )


def random_point(statement: MatrixIdentity, generator: random.Random) -> dict[str, sp.Matrix]:
    """Rational matrices by name, of random sizes in which every orthonormal matrix has enough rows."""
    symbols = letters(statement)
    dimensions = {size for X in symbols for size in X.shape}
    columns = {X.shape[1] for X in statement.orthonormal}
    size = {
        dimension: generator.randint(1, 2) if dimension in columns else generator.randint(2, 4) for dimension in sorted(dimensions, key=str)
    } | {number: int(number) for number in dimensions if number.is_Integer}
    point = {}
    for X in symbols:
        r, k = (size[dimension] for dimension in X.shape)
        if X in statement.orthonormal:
            point[X.name] = random_orthonormal(r, k, generator)
        elif X in statement.diagonal:
            point[X.name] = sp.diag(*(_entry(generator) for _ in range(r)))
        else:
            point[X.name] = sp.Matrix(r, k, lambda *_: _entry(generator))
    return point


def _entry(generator: random.Random) -> sp.Integer:
    return sp.Integer(generator.randint(1, 99))


def random_orthonormal(rows: int, columns: int, generator: random.Random) -> sp.Matrix:
    """Columns of (I − K)(I + K)⁻¹ for a random skew K, which is orthogonal and rational."""
    K = sp.zeros(rows, rows)
    for i in range(rows):
        for j in range(i):
            K[i, j] = _entry(generator)
            K[j, i] = -K[i, j]
    return ((sp.eye(rows) - K) * (sp.eye(rows) + K).inv())[:, :columns]
