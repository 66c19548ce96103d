"""The variance of a step that estimates Σ_i ω_i g_i from one sample, v_i = ‖g_i‖²: by the probabilities with which samples are drawn.

A sample drawn with probability q_i enters with ω_i/q_i, so that the mean is Σ ω_i g_i whatever q is. Drawing evenly, q = 1/n, is
weighting; drawing by the weights, q = ω_i/Σω, is sampling.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

SAMPLES = sp.Symbol("n", positive=True)  # the number of samples
SUM, SUM_V, SUM_SQUARES, SUM_LENGTHS = sp.symbols("A B C D", positive=True)  # Σω, Σωv, Σω²v, Σv
WEIGHT, LENGTH, GRADIENT = sp.Symbol("omega", positive=True), sp.Symbol("v", positive=True), sp.Symbol("g", real=True)
PROBABILITY = sp.Symbol("q", positive=True)
OTHER_WEIGHT, OTHER_LENGTH = sp.symbols("omega_i v_i", positive=True)  # of a sample that is there already
EVENLY, BY_WEIGHT = 1 / SAMPLES, WEIGHT / SUM  # the probabilities of weighting and of sampling


def mean_term(probability: sp.Expr = PROBABILITY) -> sp.Expr:
    """What one sample adds to the mean of an entry of the step: probability times factor times gradient, not simplified."""
    return sp.Mul(probability, WEIGHT / probability, GRADIENT, evaluate=False)


def square_term(probability: sp.Expr = PROBABILITY) -> sp.Expr:
    """What one sample adds to E‖step‖², from which every q takes the same ‖Σωg‖²: q (ω/q)² v."""
    return sp.Mul(probability, (WEIGHT / probability) ** 2, LENGTH, evaluate=False)


def summed(term: sp.Expr) -> sp.Expr:
    """The sum over the samples of a polynomial in ω and v, by the sums: 1 gives n, and ω, v, ωv and ω²v give theirs.

    Raises: KeyError for another power.
    """
    sums = {(0, 0): SAMPLES, (1, 0): SUM, (0, 1): SUM_LENGTHS, (1, 1): SUM_V, (2, 1): SUM_SQUARES}
    return sum((factor * sums[powers] for powers, factor in sp.Poly(sp.expand(term), WEIGHT, LENGTH).terms()), sp.Integer(0))


def with_another_sample(expression: sp.Expr, weight: sp.Expr, length: sp.Expr) -> sp.Expr:
    """An expression in the sums, where there is one more sample with this ω and v."""
    grown = {SAMPLES: SAMPLES + 1, SUM: SUM + weight, SUM_V: SUM_V + weight * length, SUM_SQUARES: SUM_SQUARES + weight**2 * length}
    return expression.subs(grown, simultaneous=True)


def difference() -> sp.Expr:
    """tr Cov of weighting less that of sampling: the sums of their square terms."""
    return summed(square_term(EVENLY)) - summed(square_term(BY_WEIGHT))


def explicit_difference(weights: Sequence[sp.Expr], lengths: Sequence[sp.Expr]) -> sp.Expr:
    """The same for so many given samples, as a sum over them, not simplified."""
    total, n = sum(weights), sp.Integer(len(weights))
    apart = square_term(EVENLY) - square_term(BY_WEIGHT)
    given = [{SAMPLES: n, SUM: total, WEIGHT: w, LENGTH: v} for w, v in zip(weights, lengths, strict=True)]
    return sp.Add(*(apart.subs(values, simultaneous=True) for values in given))


def split_square(sizes: Sequence[sp.Expr], counts: Sequence[sp.Expr], weights: Sequence[sp.Expr], exponent: sp.Expr) -> sp.Expr:
    """E‖step‖² where all v are 1 and a class of n samples is drawn in proportion to n^(1 − `exponent`), evenly within.

    Arguments: `sizes` classes of each group, with `counts` samples and the weight `weights` each.
    """
    total = sum(m * n ** (1 - exponent) for m, n in zip(sizes, counts, strict=True))
    draws = [n**-exponent / total for n in counts]  # of one sample
    terms = [square_term().subs({WEIGHT: w, PROBABILITY: q, LENGTH: 1}, simultaneous=True) for w, q in zip(weights, draws, strict=True)]
    return sp.Add(*(m * n * term for m, n, term in zip(sizes, counts, terms, strict=True)))
