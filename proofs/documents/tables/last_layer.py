"""Reference values of the leverage law: what weighted least squares does on two Gaussian classes."""

from __future__ import annotations

from collections.abc import Iterator

import mpmath
import sympy as sp

from proofs.documents.tables import Table
from theory.last_layer import law

DIGITS = 30
# counts, d, ρ, ω_min/ω_maj
CASES = (
    ((800, 200), 100, 2, sp.Integer(1)),
    ((800, 200), 100, 2, sp.Integer(4)),
    ((800, 200), 100, 2, sp.Integer(5)),
    ((800, 200), 300, 2, sp.Integer(13)),
    ((600, 400), 500, 2, sp.Rational(7, 3)),
)
UNFAIR = ((800, 200), 300, 2)


def tilt(counts: tuple[int, int], features: int, ratio: sp.Expr) -> sp.Expr:
    """Δ of these weights: where the logarithm of the ratio is the given one, which falls as Δ grows."""
    n = dict(zip(law.COUNTS, counts, strict=True)) | {law.FEATURES: features}
    majority, minority = (law.weight_of_share(count, q).subs(n) for count, q in zip(law.COUNTS, law.SHARES, strict=True))
    roots = sp.roots(sp.numer(sp.together(minority - ratio * majority)), law.TILT, multiple=True)
    (found,) = [root for root in roots if abs(root) < 1 and all(features * q.subs(law.TILT, root) < n[c] for q, c in _shares())]
    return found


def _shares() -> Iterator[tuple[sp.Expr, sp.Symbol]]:
    yield from zip(law.SHARES, law.COUNTS, strict=True)


def errors(counts: tuple[int, int], features: int, length: int, at: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """Φ of minus the scores of both classes at Δ = `at`."""
    given = {**dict(zip(law.COUNTS, counts, strict=True)), law.FEATURES: features, law.LENGTH: length, law.TILT: at}
    first, second = (sp.erfc(law.score(sign).subs(given) / sp.sqrt(2)) / 2 for sign in law.SIGNS)
    return first, second


def _law_rows() -> Iterator[tuple[str | sp.Expr, ...]]:
    for counts, features, length, ratio in CASES:
        at = tilt(counts, features, ratio)
        given = {**dict(zip(law.COUNTS, counts, strict=True)), law.FEATURES: features, law.LENGTH: length, law.TILT: at}
        found = {unknown: value.subs(given) for unknown, value in law.solution().items()}
        values = (found[law.B], found[law.M], sp.sqrt(found[law.S2]), *errors(counts, features, length, at))
        yield str(counts), str(features), str(length), str(ratio), *values


def best_tilt() -> mpmath.mpf:
    """The Δ > 0 at which the minority's score, the smaller one there, is largest, for the counts of UNFAIR."""
    counts, features, length = UNFAIR
    given = {**dict(zip(law.COUNTS, counts, strict=True)), law.FEATURES: features, law.LENGTH: length}
    slope = sp.diff(law.short_score(sp.Integer(-1)).subs(given), law.TILT)
    return sp.nsolve(slope, law.TILT, 0.1, prec=DIGITS)


def _unfair_rows() -> Iterator[tuple[str | sp.Expr, ...]]:
    counts, features, length = UNFAIR
    ratio = law.logarithm_of_ratio().subs({**dict(zip(law.COUNTS, counts, strict=True)), law.FEATURES: features})
    for name, at in (("equal errors", sp.Integer(0)), ("least larger error", best_tilt())):
        yield name, sp.exp(ratio.subs(law.TILT, at)), *errors(counts, features, length, at)


TABLES = (
    Table(
        "The leverage law of a last layer",
        "Weighted least squares with an intercept on two Gaussian classes at distance 2ρ, d features.",
        ("counts", "d", "ρ", "ω_min/ω_maj", "b", "m", "‖w‖", "error of the majority", "of the minority"),
        _law_rows,
    ),
    Table(
        "Equal errors can be larger errors",
        "Counts (800, 200), d = 300, ρ = 2: the weights that equalise the errors, and those with the least error of the worse class.",
        ("weights for", "ω_min/ω_maj", "error of the majority", "of the minority"),
        _unfair_rows,
    ),
)
