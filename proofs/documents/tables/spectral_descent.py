"""Reference values of spectral descent, of a heavy ball and of a step of ascent before descent."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from proofs.documents.tables import Table
from theory.data.counts import explicit
from theory.data.labels import label_spectrum
from theory.models.model import descent
from theory.spectral_descent import growth, polar
from theory.symbols import delta, sigma, t

HALF = sp.Rational(1, 2)
COUNTS = (1, 10, 100)
INERTIAS = ("1/100", "1", "100")
RATIO = 100
ASCENT = (10, 10, 1, 1)


def _time_rows() -> Iterator[tuple[sp.Expr, ...]]:
    """The time at which s(t) is half of σ = √n, in the limit of a small start."""
    for count in COUNTS:
        (time,) = sp.solve(sp.Eq(polar.strength(), HALF * sp.sqrt(count)), t)[-1:]
        yield sp.Integer(count), sp.limit(time, delta, sp.oo)


def _heavy_rows() -> Iterator[tuple[str, sp.Expr]]:
    large, small = (growth.heavy_ball_growth(sp.sqrt(count)) for count in (RATIO, 1))
    for inertia in INERTIAS:
        yield inertia, (large / small - 1).subs(growth.INERTIA, sp.Rational(inertia))


def _ascent_rows() -> Iterator[tuple[sp.Expr, ...]]:
    """The larger eigenvalue of the growth matrix of each mode, at the radius that makes the groups alike."""
    rates = [value for value, _ in label_spectrum(explicit(ASCENT).groups())]
    within = (sp.sqrt(ASCENT[0]), sp.sqrt(ASCENT[-1]))
    radius = 1 / sp.Add(*within)
    for rate in sorted(set(rates), key=float, reverse=True):
        matrix = growth.growth_matrix(growth.ASCENT).subs({sigma: rate, growth.RADIUS: radius})
        grown = max(matrix.eigenvals(), key=lambda value: float(value))
        plain = max(growth.growth_matrix(descent).subs(sigma, rate).eigenvals(), key=lambda value: float(value))
        yield radius, plain, grown


TABLES = (
    Table(
        "Learning times of spectral descent within groups",
        "The time to half of σ = √n, at every weighting, as δ → ∞.",
        ("n", "time"),
        _time_rows,
    ),
    Table(
        "The window of a heavy ball",
        "The ratio of the growth of two modes, less 1: escape rates 10 and 1, as within groups at R = 100 without weights.",
        ("μ", "window"),
        _heavy_rows,
    ),
    Table(
        "A step of ascent before descent",
        "Growth of the modes of the counts (10, 10, 1, 1) without weights, where the radius makes both groups alike.",
        ("radius", "growth of the flow", "growth after ascent"),
        _ascent_rows,
    ),
)
