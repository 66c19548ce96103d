"""What the claims of this theory share: a class beside two groups of others, and the runs at sample level.

a = nω is what a class weighs as a whole, S the sum over all classes, π = a/S. A named class stands beside two groups of others.
What is said of it depends on the others through sums over them alone (their number, Σa, Σa², Σln a), and two groups of any sizes and
weights, of real sizes, give such sums every value that other classes can. The identities are rational in the sizes, so that they
hold at real sizes where they hold at all whole ones: hence for any counts and weights.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import sympy as sp

from numerics.problem import Problem
from proofs.claims.constrained_features.blocks import COUNTS, MASS, SIZES, TOTAL, WEIGHTS
from theory.data.counts import ClassCounts, Group, symbolic_step
from theory.losses import loss_named
from theory.symbols import R, c, gamma, m_majority, m_minority, p

LOSSES = ("squared", "cross-entropy")
OWN = sp.Symbol("a_j", positive=True)  # a of the named class
ALL = (OWN, *MASS)
NAMED = (Group(sp.Integer(1), OWN), *(Group(size, a) for size, a in zip(SIZES, MASS, strict=True)))
ONES = (sp.Integer(1),) * 3  # a count of a and the weight 1 have the mass a
NUMBER, WHOLE = 1 + m_majority + m_minority, OWN + TOTAL
GROUPS = symbolic_step()
MASSES = tuple(n * w for n, w in zip(COUNTS, WEIGHTS, strict=True))
TWO_A_GROUP = {"two classes or more in each group": sp.And(m_majority >= 2, m_minority >= 2)}
POINT = {
    **dict.fromkeys(SIZES, sp.Integer(2)),
    **dict(zip(COUNTS, (sp.Integer(4), sp.Integer(1)), strict=True)),
    **dict(zip(WEIGHTS, (sp.Integer(1), sp.Integer(2)), strict=True)),
    **dict(zip(ALL, map(sp.Integer, (1, 4, 2)), strict=True)),
    R: sp.Integer(4),
    c: sp.Integer(4),
    p: sp.Rational(1, 2),
    gamma: sp.Integer(0),
}

SEED = 20261127
DEPTH = 60.0  # W and H start at e^(−60): the bias is at rest, and they have grown for long, before logits of theirs matter
CASES = (ClassCounts((7, 4, 2)), ClassCounts((5, 3, 3, 2)), ClassCounts((4, 1)))
EXPONENTS = (0.0, 0.5)


def setting_of(counts: ClassCounts, exponent: float, loss: str) -> Problem:
    """Weights n^(−γ), as floats."""
    return Problem(counts, tuple(float(n) ** -exponent for n in counts.per_class), loss_named(loss))


def settings_run() -> Iterator[tuple[str, Problem]]:
    """Every case at every exponent and under both losses, by name."""
    for counts in CASES:
        for exponent in EXPONENTS:
            for loss in LOSSES:
                yield f"{counts.per_class}, γ={exponent}, {loss}", setting_of(counts, exponent, loss)


def small_start(counts: ClassCounts, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """W and H with independent normal entries of scale e^(−DEPTH); the width is the number of classes less one."""
    width = counts.c - 1
    W, H = (np.exp(-DEPTH) * generator.standard_normal(shape) for shape in ((counts.c, width), (width, counts.n)))
    return W, H


def masses_of(problem: Problem) -> np.ndarray:
    """a of each class."""
    found: np.ndarray = np.array(problem.counts.per_class) * np.array(problem.weights)
    return found
