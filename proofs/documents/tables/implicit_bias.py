"""Reference values of ends that forget the weights."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp
from scipy.optimize import root

from proofs.documents.tables import Table
from theory.implicit_bias import diagonal, smoothing
from theory.symbols import c

DATA = ((1, 2, -1, sp.Rational(1, 2)), (sp.Rational(3, 10), -1, 1, 2))
LABELS = (1, -sp.Rational(1, 2))
STARTS = (sp.Rational(3, 100), sp.Rational(3, 10), 3)
DIGITS = 30


def _gains() -> Iterator[tuple[sp.Expr, ...]]:
    for classes in (4, 10, 1000):
        yield sp.Integer(classes), smoothing.end_gain().subs({smoothing.SHARE: sp.Rational(1, 10), c: classes})


def diagonal_end(start: sp.Expr) -> list[sp.Expr]:
    """The β = 2α² sinh(Xᵀν) with Xβ = y of these data, at the α of the start: near it by Levenberg and Marquardt, then by Newton."""
    nu, X, y = sp.symbols("nu_1 nu_2"), sp.Matrix(DATA), sp.Matrix(LABELS)
    beta = (X.T * sp.Matrix(nu)).applyfunc(lambda slope: diagonal.end(slope).subs(diagonal.ALPHA, start))
    equations = X * beta - y
    near = root(sp.lambdify([nu], list(equations)), [0.0, 0.0], method="lm").x
    found = sp.nsolve(equations, nu, list(near), prec=DIGITS)
    return [sp.N(entry.subs(dict(zip(nu, found, strict=True))), DIGITS) for entry in beta]


def _diagonal_rows() -> Iterator[tuple[str | sp.Expr, ...]]:
    for start in STARTS:
        yield str(sp.Rational(start)), *diagonal_end(sp.Rational(start))


TABLES = (
    Table("The end under smoothed labels", "κ of the end κZ at ε = 1/10.", ("classes", "κ"), _gains),
    Table(
        "The end of a diagonal linear network",
        "β at the end of u² − v² from u = v = α, on the samples (1, 2, −1, 1/2) and (3/10, −1, 1, 2) with labels 1 and −1/2.",
        ("α", "β_1", "β_2", "β_3", "β_4"),
        _diagonal_rows,
    ),
)
