"""Squared loss on one orthonormal feature a class, one sample a step: the factors by which a class's error shrinks.

A sample of class j moves the error e_j = 1 − v_j of its own logit alone: e_j ← (1 − step) e_j. Classes are drawn with their shares
of the samples, p_j = n_j/n, or by their weights, q_j = n_jω_j/Σnω; the mean step of class j is η q_j both ways.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

ETA = sp.Symbol("eta", positive=True)  # the mean step, over all classes
FREQUENCY, SHARE = sp.symbols("p q", positive=True)  # p_j = n_j/n, and q_j = n_jω_j/Σnω; below 1 where there are other classes
ERROR = sp.Symbol("e", real=True)


def moved(step: sp.Expr) -> sp.Expr:
    """The error after a step on a sample of its class: e less step times the derivative of e²/2."""
    return ERROR - step * sp.diff(ERROR**2 / 2, ERROR)


def expected(power: int, probability: sp.Expr, step: sp.Expr) -> sp.Expr:
    """E e^power after a draw: the class is drawn with this probability, and not moved otherwise."""
    return probability * moved(step) ** power + (1 - probability) * ERROR**power


def by_sampling(power: int) -> sp.Expr:
    """E e^power where samples are drawn by their weights, each with the step η."""
    return expected(power, SHARE, ETA)


def by_weights(power: int) -> sp.Expr:
    """E e^power where samples are drawn evenly, the class's with the step ηq/p."""
    return expected(power, FREQUENCY, ETA * SHARE / FREQUENCY)


def shares(sizes: Sequence[sp.Expr], counts: Sequence[sp.Expr], weights: Sequence[sp.Expr]) -> tuple[tuple[sp.Expr, sp.Expr], ...]:
    """(p_j, q_j) of one class of each group: `sizes` classes with `counts` samples and the weight `weights` each."""
    samples = sum(m * n for m, n in zip(sizes, counts, strict=True))
    mass = sum(m * n * w for m, n, w in zip(sizes, counts, weights, strict=True))
    return tuple((sp.sympify(n) / samples, sp.sympify(n) * w / mass) for n, w in zip(counts, weights, strict=True))
