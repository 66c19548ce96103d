"""What a class's loss loses and gains under Ẋ = Σ_j g_j/‖g_j‖, g_j minus the gradient of the loss of class j in W and H together.

The loss of class j falls at ⟨g_j, Ẋ⟩ = ‖g_j‖ (1 + Σ_(k≠j) cos(g_j, g_k)). Features of different classes are different parameters, so
that g_j and g_k meet in W alone: with equal features m_j inside each class ⟨g_j, g_k⟩ = n_j n_k (r_j·r_k)(m_j·m_k), r_j the residual of
a sample of class j.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from theory.algebra.partition import BlockMatrix, block_diagonal, centring, identity
from theory.data.counts import Group
from theory.models.model import Velocity
from theory.models.reduction import modes
from theory.models.rules import class_parts
from theory.symbols import c, delta
from theory.unconstrained_features.flow import MODEL, G, Omega, rows, samples
from theory.unconstrained_features.middle import within_projector

MEMBERS = sp.MatrixSymbol("K", samples, modes)  # the unit vectors of the samples of one class, as columns
SLOPE = sp.MatrixSymbol("S", rows, samples)  # −∂ℓ/∂L, without weights
REST = sp.MatrixSymbol("D", samples, samples)  # diagonal: the weights of the other samples
WEIGHT = sp.Symbol("omega", positive=True)  # of the class
SHIFT = sp.Symbol("K", positive=True)  # what the features of all classes share


def class_descent(residual: sp.MatrixExpr, weights: sp.MatrixExpr) -> Velocity:
    """Minus the gradient of the loss of the class of MEMBERS, in W and in H, at this residual with these weights in it."""
    E = sp.MatrixSymbol("E", samples, samples)
    (part,) = class_parts(MODEL, (E,))
    return {X: down.xreplace({E: MEMBERS * MEMBERS.T, G: residual}).xreplace({Omega: weights}) for X, down in part.items()}


def weights_of_a_class() -> sp.MatrixExpr:
    """Ω with the weight ω on one class, and any weights on the other samples."""
    others = sp.Identity(samples) - MEMBERS * MEMBERS.T
    return WEIGHT * MEMBERS * MEMBERS.T + others * REST * others


@dataclass(frozen=True)
class Overlaps:
    """Of a named class and each of the c − 1 others: ‖g‖² of the named class, of another, and their inner product."""

    own: sp.Expr
    other: sp.Expr
    inner: sp.Expr

    def loss_rate(self) -> sp.Expr:
        """dℓ/dt of the named class, −(‖g‖² /‖g‖ + (c − 1) ⟨g, g'⟩/‖g'‖), not simplified."""
        return -(self.own / sp.sqrt(self.own) + (c - 1) * self.inner / sp.sqrt(self.other))


def shifted_features() -> tuple[BlockMatrix, BlockMatrix]:
    """BBᵀ and MᵀM of W = [0 B], m_j = (K, Bᵀe_j), where B spans the vectors on classes 2 … c that sum to zero: WM = BBᵀ."""
    sizes = (sp.Integer(1), c - 1)
    logits = within_projector(sizes, 1)
    ones = BlockMatrix(sizes, (sp.Integer(0), sp.Integer(0)), sp.ones(2, 2).as_immutable())
    return logits, SHIFT**2 * ones + logits


def shifted_overlaps() -> Overlaps:
    """The overlaps of class 1 with the others at `shifted_features`, one sample a class: WᵀR = 0, so that g_j has its part in W alone."""
    logits, features = shifted_features()
    residual = centring(logits.sizes) - logits
    inner, features_inner = residual.T @ residual, features
    own, other = (inner.entries()[k] * features_inner.entries()[k] for k in range(2))
    return Overlaps(own, other, inner.blocks[0, 1] * features_inner.blocks[0, 1])


def row_projector(groups: tuple[Group, ...]) -> BlockMatrix:
    """I − kkᵀ/kᵀk with k_j = n_j^(−1/2): the projector on the row space of P N^(1/2), whose rank is c − 1."""
    sizes = tuple(group.size for group in groups)
    entries = sp.ImmutableMatrix(len(groups), len(groups), lambda i, j: 1 / sp.sqrt(groups[i].count * groups[j].count))
    whole = sp.Add(*(group.size / group.count for group in groups))
    return identity(sizes) - BlockMatrix(sizes, (sp.Integer(0),) * len(sizes), entries / whole)


def class_level_labels(groups: tuple[Group, ...]) -> BlockMatrix:
    """P N^(1/2)."""
    sizes = [group.size for group in groups]
    return centring(sizes) @ block_diagonal(sizes, [sp.sqrt(group.count) for group in groups])


def spectral_norm_squared(count: sp.Expr, projected: sp.Expr) -> sp.Expr:
    """‖g_j‖² at spectral init where the residual is z_j: W = e^(−δ)UQᵀ, H = e^(−δ)QVᵀ.

    Formula: the part in W is z_j times the sum of n_j equal features of norm² e^(−2δ) x/n_j, x = `projected` the class's entry of
    `row_projector`; the parts in H are n_j times Wᵀz_j, of norm² e^(−2δ)‖z_j‖²; ‖z_j‖² = 1 − 1/c.
    """
    label = 1 - 1 / c
    feature = sp.exp(-2 * delta) * projected / count
    return label * count**2 * feature + count * sp.exp(-2 * delta) * label
