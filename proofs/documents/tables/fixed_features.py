"""Reference values of cross-entropy on fixed class features: margins, losses, and times to a margin."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from proofs.documents.tables import Table
from theory.fixed_features import softmax
from theory.fixed_features.softmax import MARGIN, MASS
from theory.symbols import c

CASES = ((4, 5), (4, sp.Rational(1, 2)), (5, 100), (1000, 10))
CLASSES = (2, 4, 10, 1000)
DIGITS = 30


def clock(classes: int) -> sp.Expr:
    """n ω t at the margin z: the integral of n ω over the derived rate, from 0."""
    z = sp.Symbol("zeta", nonnegative=True)
    pace = sp.expand(sp.simplify(MASS / softmax.margin_rate().subs(c, classes)).subs(MARGIN, z))
    return sp.integrate(pace, (z, 0, MARGIN))


def margin(classes: int, time: sp.Expr) -> sp.Float:
    """z at n ω t = `time`, by Newton."""
    return sp.nsolve(clock(classes) - time, MARGIN, float(sp.log(1 + time)) + 0.1, prec=DIGITS)


def _margins() -> Iterator[tuple[str | sp.Expr, ...]]:
    for classes, time in CASES:
        z = margin(classes, sp.sympify(time))
        yield sp.Integer(classes), str(time), z, softmax.at_margin(softmax.loss()).subs({c: classes, MARGIN: z})


def _times() -> Iterator[tuple[str | sp.Expr, ...]]:
    for classes in CLASSES:
        yield sp.Integer(classes), clock(classes).subs(MARGIN, sp.Rational(1, 2))


TABLES = (
    Table(
        "Margins on fixed class features",
        "The margin and the loss of a class with one orthonormal feature, cross-entropy from zero logits, at n ω t.",
        ("classes", "n ω t", "margin", "loss"),
        _margins,
    ),
    Table("Times on fixed class features", "n ω t at the margin 1/2.", ("classes", "n ω t"), _times),
)
