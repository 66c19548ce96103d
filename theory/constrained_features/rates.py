"""Gram matrices of which the rates are made: they see the inputs only through the class means.

A class of n_j samples with weight ω_j weighs a_j = n_j ω_j as a whole, and A = Σ a_j. B is the Gram matrix of the class
means of the inputs, `theory.data.inputs`. The squared growth rates at a small start of L = WVX are the eigenvalues of the
Gram matrix of the first-order target times the inputs, T diag(a) B diag(a) Tᵀ with T the c × c matrix that turns one-hot
labels into the residual at zero logits; the rates of the lazy flow dL/dt = EK are the eigenvalues of diag(√a) B diag(√a).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy as sp

from theory.algebra.partition import BlockMatrix, block_diagonal, centring
from theory.data.counts import Group
from theory.data.inputs import class_mean_gram
from theory.symbols import similarity_between, similarity_within


def masses(groups: Sequence[Group], weights: Sequence[sp.Expr]) -> tuple[sp.Expr, ...]:
    """a_g = n_g ω_g, what a class of group g weighs as a whole."""
    return tuple(group.count * weight for group, weight in zip(groups, weights, strict=True))


def total_mass(sizes: Sequence[sp.Expr], mass: Sequence[sp.Expr]) -> sp.Expr:
    """A = Σ m_g a_g."""
    return sp.Add(*(size * a for size, a in zip(sizes, mass, strict=True)))


def one_hot_gram(means: BlockMatrix, mass: Sequence[sp.Expr]) -> BlockMatrix:
    """diag(a) B diag(a): squared rates of one-hot labels and the squared loss."""
    a = block_diagonal(means.sizes, mass)
    return a @ means @ a


def centred_gram(means: BlockMatrix, mass: Sequence[sp.Expr]) -> BlockMatrix:
    """P diag(a) B diag(a) P: squared rates of centred labels and the squared loss, and of cross-entropy."""
    P = centring(means.sizes)
    return P @ one_hot_gram(means, mass) @ P


def settled_gram(means: BlockMatrix, mass: Sequence[sp.Expr]) -> BlockMatrix:
    """(diag(a) − aaᵀ/A) B (diag(a) − aaᵀ/A): squared rates once an output bias has learned the class frequencies."""
    outer = sp.Matrix([[a * b for b in mass] for a in mass]) / total_mass(means.sizes, mass)
    T = BlockMatrix(means.sizes, tuple(mass), (-outer).as_immutable())
    return T @ means @ T


def lazy_gram(means: BlockMatrix, mass: Sequence[sp.Expr]) -> BlockMatrix:
    """diag(√a) B diag(√a): rates of the lazy flow dL/dt = EK of the squared loss, one-hot or centred labels alike."""
    root = block_diagonal(means.sizes, [sp.sqrt(a) for a in mass])
    return root @ means @ root


@dataclass(frozen=True)
class StepSquares:
    """Squared rates of two groups: of the contrasts of each, and of the middle mode, the groups against each other."""

    majority: sp.Expr
    middle: sp.Expr
    minority: sp.Expr


def step_squares(means: BlockMatrix, mass: Sequence[sp.Expr]) -> StepSquares:
    """The eigenvalues of `centred_gram` for two groups, not simplified: on contrasts, and on 1/m_maj and −1/m_min."""
    gram = centred_gram(means, mass)
    m_maj, m_min = means.sizes
    middle = m_maj * (gram.quotient() * sp.Matrix([1 / m_maj, -1 / m_min]))[0]
    return StepSquares(gram.diagonal[0], middle, gram.diagonal[1])


def least_similarity(groups: Sequence[Group], weights: Sequence[sp.Expr], within: sp.Expr = similarity_within) -> sp.Expr:
    """κ at which the middle mode is as fast as the majority's contrasts of a block Gram matrix; above it, it is first.

    Valid when: the majority weighs more, a_maj > a_min, and its contrasts are not slower than the minority's.
    """
    squares = step_squares(class_mean_gram(groups, within, similarity_between), masses(groups, weights))
    (found,) = sp.roots(sp.factor(squares.middle - squares.majority), similarity_between)
    return sp.factor(found)
