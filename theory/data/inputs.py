"""Constant inputs: the Gram matrix of their class means.

The inputs X have one column a sample, K = XᵀX. The class means M = (M_1 … M_c) have the Gram matrix B = MᵀM, whose entry
B_jk is the mean of K over the samples of the classes j and k, the diagonal of K included. In a *block* Gram matrix the
samples are unit vectors, two of one class have the inner product ρ, two of different classes κ.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from theory.algebra.partition import BlockMatrix
from theory.data.counts import Group
from theory.symbols import similarity_between, similarity_within


def own_mean(count: sp.Expr, within: sp.Expr = similarity_within) -> sp.Expr:
    """β = ρ + (1 − ρ)/n, the squared length of the mean of n unit inputs of one class."""
    return within + (1 - within) / count


def class_mean_gram(groups: Sequence[Group], within: sp.Expr = similarity_within, between: sp.Expr = similarity_between) -> BlockMatrix:
    """B of a block Gram matrix: β_j on the diagonal, κ elsewhere.

    Valid when: K is positive semidefinite, which is not checked here: 1 − ρ ≥ 0, and B is positive semidefinite.
    """
    g = len(groups)
    diagonal = tuple(own_mean(group.count, within) - between for group in groups)
    return BlockMatrix(tuple(group.size for group in groups), diagonal, (between * sp.ones(g, g)).as_immutable())
