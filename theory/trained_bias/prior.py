"""What a class loses and wins while the bias learns the weighted frequencies, and how fast features escape once it has.

The logits are L = WH + b1ᵀ with b(0) = 0. How the bias moves is that of `theory.constrained_features.output_bias`: at W = H = 0 the
features, constrained or not, have no part in it. a_g = n_g ω_g is the weight of a whole class, S = Σ m_g a_g, π_g = a_g/S.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from theory.algebra.partition import BlockMatrix, block_diagonal
from theory.constrained_features.output_bias import cross_entropy_velocity, settled_bias, settled_residual, squared_velocity
from theory.constrained_features.rates import masses
from theory.data import labels
from theory.data.counts import Group
from theory.losses import loss_named
from theory.losses.checks import sample_value
from theory.losses.classes import OWN_LABEL, Grouped

LOSSES = ("squared", "cross-entropy")
SMALL = sp.Symbol("epsilon", real=True)  # a time so short that logits are proportional to it


def class_loss(groups: Sequence[Group], logits: Sequence[sp.Expr], own: int, loss: str) -> sp.Expr:
    """The unweighted loss of a sample of group `own` where all samples have the logits that are given, one a group."""
    many = (sp.Integer(1), *(group.size - int(g == own) for g, group in enumerate(groups)))
    counts = [group.count for group in groups]
    grouped = (Grouped((values[own], *values), many) for values in (logits, counts))
    logits_of, counts_of = grouped
    return sample_value(loss_named(loss), logits_of, OWN_LABEL, counts_of)


def initial_loss_rates(groups: Sequence[Group], weights: Sequence[sp.Expr], loss: str) -> tuple[sp.Expr, ...]:
    """dℓ_g/dt at the start, W = H = 0 and b = 0, for a sample of each group: along the velocity that the bias has there.

    Raises: InvalidInput for a loss whose settled bias is not known.
    """
    sizes, mass, still = [group.size for group in groups], masses(groups, weights), [sp.Integer(0)] * len(groups)
    moving = (squared_velocity if loss == "squared" else cross_entropy_velocity)(sizes, mass, still)
    along = [SMALL * speed for speed in moving]
    return tuple(sp.diff(class_loss(groups, along, g, loss), SMALL).subs(SMALL, 0) for g in range(len(groups)))


def plateaus(groups: Sequence[Group], weights: Sequence[sp.Expr], loss: str) -> tuple[sp.Expr, ...]:
    """The loss of a sample of each group at the settled bias, before any feature has grown.

    Arguments: `loss`, "squared" or "cross-entropy". Raises: InvalidInput for another one.
    """
    rest = settled_bias([group.size for group in groups], masses(groups, weights), loss)
    return tuple(class_loss(groups, rest, g, loss) for g in range(len(groups)))


def drive_gram(groups: Sequence[Group], weights: Sequence[sp.Expr], loss: str = "squared") -> BlockMatrix:
    """G Gᵀ of the target G = (Y − π1ᵀ)Ω that the settled bias leaves, not simplified: C diag(nω²) Cᵀ with C its class columns.

    The escape rates are the roots of its eigenvalues; the vector 1 has the eigenvalue 0.
    """
    sizes = [group.size for group in groups]
    columns = settled_residual(sizes, masses(groups, weights), loss)
    return columns @ block_diagonal(sizes, [group.count * w**2 for group, w in zip(groups, weights, strict=True)]) @ columns.T


def escape_rates(groups: Sequence[Group], weights: Sequence[sp.Expr]) -> tuple[tuple[sp.Expr, sp.Expr], ...]:
    """The escape rates after the bias with multiplicities, c − 1 in all: ω√n within groups, then the others.

    Valid when: sizes, counts and weights are numbers with a rational Gram matrix, or there are two groups at most.
    """
    return tuple((sp.sqrt(value), many) for value, many in labels.mode_values(drive_gram(groups, weights).simplify()))
