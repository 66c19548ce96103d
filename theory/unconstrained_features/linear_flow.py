"""The flow of a loss whose gradient does not depend on the logits, on the modes of STEP.

G is constant, so dW/dt = GHᵀ, dH/dt = WᵀG is linear and modes are superposed. From spectral init, with e^(−δ) left
out, a mode is W = a u qᵀ with a(0) = 1, and H = q hᵀ with h(0) = v. With B the class columns of G = BΩ:

- middle mode: u = y/‖y‖ with y = 1/m_maj on majority classes and −1/m_min on minority classes, and h = b u on the samples
  of a majority class, e u on those of a minority class. The flow keeps this form exactly when G h is again along u, and
  uᵀG is again u on each group up to a factor;
- within-group modes: u sums to zero inside one group, and h = b u there.

Valid when: two groups, spectral init. With more groups ZΩ and Z have other left singular vectors, and modes mix.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from theory.algebra.partition import BlockMatrix, block_diagonal
from theory.data.counts import Group


def pattern(groups: Sequence[Group]) -> sp.Matrix:
    """y of the middle mode: one entry a group."""
    majority, minority = groups
    return sp.Matrix([1 / majority.size, -1 / minority.size])


def classifier_velocity(
    columns: BlockMatrix, groups: Sequence[Group], weights: Sequence[sp.Expr], features: Sequence[sp.Expr]
) -> sp.Matrix:
    """‖y‖ GHᵀq of the middle mode, one entry a group: what d(a y)/dt must be."""
    mass = [group.count * weight * feature for group, weight, feature in zip(groups, weights, features, strict=True)]
    return (columns @ block_diagonal(columns.sizes, mass)).quotient() * pattern(groups)


def feature_velocity(columns: BlockMatrix, groups: Sequence[Group], weights: Sequence[sp.Expr], classifier: sp.Expr) -> sp.Matrix:
    """‖y‖ GᵀWq of the middle mode on a sample of each group: what d(b y)/dt and d(e y)/dt must be."""
    return sp.diag(*weights) * columns.T.quotient() * pattern(groups) * classifier


def within_velocity(
    columns: BlockMatrix, group: int, count: sp.Expr, weight: sp.Expr, classifier: sp.Expr, feature: sp.Expr
) -> tuple[sp.Expr, sp.Expr]:
    """(da/dt, db/dt) of a mode inside one group."""
    entry = columns.diagonal[group]
    return entry * count * weight * feature, entry * weight * classifier
