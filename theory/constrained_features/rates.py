"""Gram matrices of which the rates are made: they see the inputs only through the class means.

A class of n_j samples with weight ω_j weighs a_j = n_j ω_j as a whole, and A = Σ a_j. B is the Gram matrix of the class
means of the inputs, `theory.data.inputs`. The squared growth rates at a small start of L = WVX are the eigenvalues of the
Gram matrix of the first-order target times the inputs, T diag(a) B diag(a) Tᵀ with T the c × c matrix that turns one-hot
labels into the residual at zero logits; the rates of the lazy flow dL/dt = EK are the eigenvalues of diag(√a) B diag(√a).
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from theory.algebra.partition import BlockMatrix, block_diagonal, centring
from theory.data.counts import Group


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
