"""Reference values of the kernel regime: class margins at a time, by the similarity of features inside a class."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from proofs.documents.tables import Table
from theory.kernel_regime.classes import ALPHA, BETA, COUNT, RHO, WEIGHT, class_rate

COUNTS = (8, 4, 1)
TIME = sp.Rational(3, 5)


def _margins() -> Iterator[tuple[str | sp.Expr, ...]]:
    for similarity in (sp.Integer(0), sp.Rational(1, 2), sp.Integer(1)):
        values = {ALPHA: 1, BETA: sp.Rational(1, 2), RHO: similarity}
        kernels = [class_rate().subs({**values, COUNT: n, WEIGHT: 1}) for n in COUNTS]
        flat = {1 - sp.exp(-class_rate().subs({**values, COUNT: n, WEIGHT: 1 / k}) * TIME) for n, k in zip(COUNTS, kernels, strict=True)}
        (common,) = flat
        yield str(similarity), *(1 - sp.exp(-kernel * TIME) for kernel in kernels), common


TABLES = (
    Table(
        "Margins in the kernel regime",
        "Free features with WWᵀ = I and a feature Gram matrix 1/2 on the diagonal, ρ/2 inside a class: class margins at t = 3/5, squared "
        "loss without weights, and with the weights that make all classes alike.",
        ("ρ", *(f"n = {n}" for n in COUNTS), "flat weights"),
        _margins,
    ),
)
