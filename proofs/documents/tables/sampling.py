"""Reference values of one sample a step: drawing by the weights against weighting what is drawn."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from proofs.documents.tables import Table
from theory.sampling import class_features, variance

EXPONENTS = ("0", "1/4", "1/2", "3/4", "1")
LATE = ((1, 1, 1, 4), (1, 1, 1, sp.Rational(1, 100)))  # ω and v once a minority of one sample is nearly learned
COUNTS, WEIGHTS, ETA, STEPS = (10, 1), (sp.Rational(1, 10), sp.Integer(1)), sp.Rational(3, 10), 20


def _split_rows() -> Iterator[tuple[str | sp.Expr, ...]]:
    counts = (sp.Integer(100), sp.Integer(1))
    for exponent in EXPONENTS:
        yield exponent, variance.split_square((5, 5), counts, tuple(1 / n for n in counts), sp.Rational(exponent))


def squares(weights: tuple[sp.Expr, ...], lengths: tuple[sp.Expr, ...]) -> tuple[sp.Expr, sp.Expr]:
    """E‖step‖² of weights and of sampling."""
    n, total = len(weights), sum(weights)
    even, drawn = variance.square_term(variance.EVENLY), variance.square_term(variance.BY_WEIGHT)
    given = [
        {variance.SAMPLES: n, variance.SUM: total, variance.WEIGHT: w, variance.LENGTH: v} for w, v in zip(weights, lengths, strict=True)
    ]
    first, second = (sum(term.subs(values) for values in given) for term in (even, drawn))
    return first, second


def _late_rows() -> Iterator[tuple[str | sp.Expr, ...]]:
    yield "1, 1, 1, 4", "1, 1, 1, 1/100", *squares(*LATE)


def _moment_rows() -> Iterator[tuple[str | sp.Expr, ...]]:
    pairs = class_features.shares((1, 1), COUNTS, WEIGHTS)
    for count, (p, q) in zip(COUNTS, pairs, strict=True):
        given = {class_features.FREQUENCY: p, class_features.SHARE: q, class_features.ETA: ETA, class_features.ERROR: 1}
        by = (class_features.by_sampling, class_features.by_weights)
        sampling, weights = (moments(2).subs(given) ** STEPS for moments in by)
        yield str(count), sampling, weights, by[0](1).subs(given) ** STEPS, 2 * p / q


TABLES = (
    Table(
        "How a class is best drawn",
        "E‖step‖² of one sample a step with weights 1/n and gradients of length 1, five classes with 100 samples and five with one: a "
        "class "
        "is drawn in proportion to n^(1 − a), from as often as it occurs to all alike.",
        ("a", "E‖step‖²"),
        _split_rows,
    ),
    Table(
        "Where weights vary less",
        "E‖step‖² by even draws and weights, and by draws by the weights.",
        ("ω", "v", "weights", "sampling"),
        _late_rows,
    ),
    Table(
        "Errors after twenty steps",
        "Counts (10, 1), weights 1/n, mean step η = 3/10, from an error of 1: its mean square, its mean, which is the same both ways, and "
        "the mean step up to which its mean square shrinks under weights.",
        ("samples of the class", "E e², sampling", "E e², weights", "E e", "η below"),
        _moment_rows,
    ),
)
