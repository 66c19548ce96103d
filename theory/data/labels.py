"""One-hot labels Y, simplex-encoded labels Z = PY, and their exact spectrum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import sympy as sp

from theory.algebra.partition import BlockMatrix, block_diagonal, centring
from theory.data.counts import ClassCounts, Group


def one_hot(counts: ClassCounts) -> sp.ImmutableMatrix:
    """Y, c × n: column i is the unit vector of sample i's class."""
    return sp.ImmutableMatrix(counts.c, counts.n, lambda k, i: sp.Integer(counts.labels[i] == k))


def centring_matrix(c: int) -> sp.ImmutableMatrix:
    """P = I − 11ᵀ/c, c × c."""
    return sp.ImmutableMatrix(sp.eye(c) - sp.ones(c, c) / c)


def centred_labels(counts: ClassCounts) -> sp.ImmutableMatrix:
    """Z = PY, c × n: the simplex-encoded labels."""
    return centring_matrix(counts.c) * one_hot(counts)


def gram_product(groups: Sequence[Group], factors: Sequence[sp.Expr]) -> BlockMatrix:
    """Z diag(x) Zᵀ = P diag(n_g x_g) P for a sample factor x that is constant on each group, not simplified.

    x = 1 gives the Gram matrix ZZᵀ, x = ω gives ZΩZᵀ, x = ω² the Gram matrix of ZΩ.
    """
    sizes = [group.size for group in groups]
    P = centring(sizes)
    return P @ block_diagonal(sizes, [group.count * x for group, x in zip(groups, factors, strict=True)]) @ P


def weighted_gram(groups: Sequence[Group], factors: Sequence[sp.Expr]) -> BlockMatrix:
    """`gram_product` in normal form."""
    return _weighted_gram(tuple(groups), tuple(factors))


@lru_cache(maxsize=1024)  # a claim and its near misses derive the same matrices
def _weighted_gram(groups: tuple[Group, ...], factors: tuple[sp.Expr, ...]) -> BlockMatrix:
    return gram_product(groups, factors).simplify()


@dataclass(frozen=True)
class GramEntries:
    """The entries of a matrix that treats the classes of a group alike, as sums over the classes that are not simplified.

    `own[g]` is the entry of a class of group g with itself; `other[g][h]`, that of two different classes of the groups g and h.
    """

    own: tuple[sp.Expr, ...]
    other: tuple[tuple[sp.Expr, ...], ...]


def gram_entries(groups: Sequence[Group], factors: Sequence[sp.Expr]) -> GramEntries:
    """The entries of Z diag(x) Zᵀ as the matrix product writes them: Σ_j P_ij n_j x_j P_jk over all classes j.

    This function counts classes, while `weighted_gram` multiplies in the block algebra and simplifies: they share P alone.
    """
    masses = [group.count * x for group, x in zip(groups, factors, strict=True)]
    across = -1 / sp.Add(*(group.size for group in groups))
    along = 1 + across

    def entry(row: int, column: int, same: bool) -> sp.Expr:
        rest = [group.size - int(h == row) - int(h == column and not same) for h, group in enumerate(groups)]
        named = along**2 * masses[row] if same else along * across * masses[row] + across * along * masses[column]
        return named + sp.Add(*(m * across**2 * mass for m, mass in zip(rest, masses, strict=True)))

    places = range(len(groups))
    return GramEntries(tuple(entry(g, g, True) for g in places), tuple(tuple(entry(g, h, False) for h in places) for g in places))


def label_gram(groups: Sequence[Group]) -> BlockMatrix:
    """ZZᵀ = P diag(n) P, c × c."""
    return weighted_gram(groups, [sp.Integer(1)] * len(groups))


def mode_values(gram: BlockMatrix) -> tuple[tuple[sp.Expr, sp.Expr], ...]:
    """Eigenvalues of a Gram matrix P(·)P with their multiplicities, but for the 0 that it always has at the vector 1.

    Returns: first the eigenvalues of vectors inside one group, then the others."""
    quotient = []
    zeros = 0
    for value, multiplicity in gram.spectrum()[len(gram.within()) :]:
        if value == 0:
            zeros, multiplicity = zeros + 1, multiplicity - 1
        if multiplicity != 0:
            quotient.append((value, multiplicity))
    if zeros != 1:
        raise ArithmeticError("a matrix P(·)P has the vector 1 in its kernel, but no zero was found in its quotient")
    return (*((d, multiplicity) for _, d, multiplicity in gram.within()), *quotient)


def label_spectrum(groups: Sequence[Group]) -> tuple[tuple[sp.Expr, sp.Expr], ...]:
    """Singular values σ of Z with multiplicities, c − 1 in all: √n_g within group g, then the others.

    Valid when: the group sizes and counts are numbers, or there are two groups at most.
    """
    return tuple((sp.sqrt(value), multiplicity) for value, multiplicity in mode_values(label_gram(groups)))


def secular_function(counts: Sequence[sp.Expr], value: sp.Expr) -> sp.Expr:
    """φ(x) = Σ_j 1/(n_j − x): for distinct counts its c − 1 roots are the σ².

    The reason: (P diag(n) P) v = x v holds for v_j = 1/(n_j − x) exactly when Σ v_j = 0.
    """
    return sp.Add(*(1 / (count - value) for count in counts))
