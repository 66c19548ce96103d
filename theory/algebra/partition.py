"""The algebra of block-symmetric matrices, with symbolic group sizes.

With g groups of interchangeable classes of sizes m_1 … m_g, a matrix that commutes with every permutation
inside the groups has the form

    M = ⊕_g d_g I_{m_g}  +  Σ_{g,h} b_gh 1_{m_g} 1_{m_h}ᵀ.

Sums, products, transposes and inverses stay in the form, so a statement proved for the few numbers d, b
with the sizes as symbols is proved for every number of classes at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sympy as sp

from theory.exact import InvalidInput, exact


@dataclass(frozen=True)
class BlockMatrix:
    """The matrix that is `diagonal[g]` times I on group g, plus the constant `blocks[g, h]` on block (g, h).

    In a group of one class the diagonal and the block are the same entry; it is kept in the block, so that
    equal matrices compare equal.
    """

    sizes: tuple[sp.Expr, ...]
    diagonal: tuple[sp.Expr, ...]
    blocks: sp.ImmutableMatrix

    def __post_init__(self) -> None:
        g = len(self.sizes)
        if len(self.diagonal) != g or self.blocks.shape != (g, g):
            raise InvalidInput(
                f"{g} group sizes need {g} diagonal values and {g}×{g} blocks, but there are "
                f"{len(self.diagonal)} and {self.blocks.shape}: give one a group"
            )
        diagonal, blocks = list(self.diagonal), self.blocks.as_mutable()
        for k, size in enumerate(self.sizes):
            if size == 1:
                blocks[k, k] += diagonal[k]
                diagonal[k] = sp.Integer(0)
        object.__setattr__(self, "diagonal", tuple(diagonal))
        object.__setattr__(self, "blocks", sp.ImmutableMatrix(blocks))

    def _same_sizes(self, other: BlockMatrix) -> None:
        if self.sizes != other.sizes:
            raise InvalidInput(f"group sizes {self.sizes} and {other.sizes} differ: both matrices must have the same groups")

    def __add__(self, other: BlockMatrix) -> BlockMatrix:
        self._same_sizes(other)
        diagonal = tuple(a + b for a, b in zip(self.diagonal, other.diagonal, strict=True))
        return BlockMatrix(self.sizes, diagonal, self.blocks + other.blocks)

    def __mul__(self, factor: Any) -> BlockMatrix:
        factor = exact(factor, "factor")
        return BlockMatrix(self.sizes, tuple(factor * d for d in self.diagonal), factor * self.blocks)

    __rmul__ = __mul__

    def __sub__(self, other: BlockMatrix) -> BlockMatrix:
        return self + (-1) * other

    def __matmul__(self, other: BlockMatrix) -> BlockMatrix:
        self._same_sizes(other)
        D, E = sp.diag(*self.diagonal), sp.diag(*other.diagonal)
        blocks = D * other.blocks + self.blocks * E + self.blocks * sp.diag(*self.sizes) * other.blocks
        return BlockMatrix(self.sizes, tuple(a * b for a, b in zip(self.diagonal, other.diagonal, strict=True)), sp.ImmutableMatrix(blocks))

    @property
    def T(self) -> BlockMatrix:
        """The transpose."""
        return BlockMatrix(self.sizes, self.diagonal, self.blocks.T)

    def entries(self) -> tuple[sp.Expr, ...]:
        """The entries of which the full matrix is made: the diagonal one of each group, then the constant of each block.

        A group of one class has no entry off the diagonal: there the entry on the diagonal is returned twice.
        """
        return (*(d + self.blocks[k, k] for k, d in enumerate(self.diagonal)), *self.blocks)

    @property
    def is_ZeroMatrix(self) -> bool:
        """Whether every entry is 0 without any simplification; the name is SymPy's."""
        return not any(self.diagonal) and self.blocks.is_zero_matrix is True

    def trace(self) -> sp.Expr:
        """Σ_g m_g (d_g + b_gg)."""
        return sp.Add(*(m * (d + self.blocks[k, k]) for k, (m, d) in enumerate(zip(self.sizes, self.diagonal, strict=True))))

    def quotient(self) -> sp.ImmutableMatrix:
        """The g × g action on vectors that are constant on groups: diag(d) + b diag(m)."""
        return sp.ImmutableMatrix(sp.diag(*self.diagonal) + self.blocks * sp.diag(*self.sizes))

    def within(self) -> tuple[tuple[int, sp.Expr, sp.Expr], ...]:
        """(group, d_g, m_g − 1): the values on vectors that live in one group and sum to zero there."""
        return tuple((k, d, size - 1) for k, (d, size) in enumerate(zip(self.diagonal, self.sizes, strict=True)) if size != 1)

    def spectrum(self) -> tuple[tuple[sp.Expr, sp.Expr], ...]:
        """Eigenvalues with multiplicities that add up to Σ m_g: within-group values, then the quotient's.

        Valid when: the quotient's characteristic polynomial factors into radicals, or has rational
        coefficients and real roots (a symmetric matrix always has); otherwise InvalidInput is raised.
        """
        values = [(d, multiplicity) for _, d, multiplicity in self.within()]
        return (*values, *eigenvalues(self.quotient()))

    def inverse(self) -> BlockMatrix:
        """The inverse: 1/d_g on the diagonals, and the quotient's inverse on group-constant vectors.

        Raises: InvalidInput where a within-group value of a group of two or more classes, or the quotient's
        determinant, is identically zero.
        """
        determinant = sp.factor(self.quotient().det())
        if determinant == 0 or any(sp.simplify(d) == 0 for _, d, _ in self.within()):
            raise InvalidInput("the block matrix must have no zero eigenvalue to be inverted: this one is singular")
        quotient = self.quotient().inv()
        # A group of one class has no within-group value: its diagonal may be anything, so it is zero.
        diagonal = tuple(sp.Integer(0) if m == 1 else 1 / d for m, d in zip(self.sizes, self.diagonal, strict=True))
        return self._from_quotient(diagonal, quotient)

    def apply(self, function: Callable[[sp.Expr], sp.Expr]) -> BlockMatrix:
        """f(M) for a diagonalisable M: f on the within-group values and, by interpolation, on the quotient.

        Formula: f(Q) = Σ_i f(λ_i) Π_{j≠i} (Q − λ_j)/(λ_i − λ_j) over the distinct eigenvalues of the quotient.
        """
        Q, identity = self.quotient(), sp.eye(len(self.sizes))
        distinct = [value for value, _ in eigenvalues(Q)]
        result = sp.zeros(*Q.shape)
        for i, value in enumerate(distinct):
            term = function(value) * identity
            for j, other in enumerate(distinct):
                if j != i:
                    term = term * (Q - other * identity) / (value - other)
            result += term
        return self._from_quotient(tuple(function(d) for d in self.diagonal), result)

    def _from_quotient(self, diagonal: Sequence[sp.Expr], quotient: sp.Matrix) -> BlockMatrix:
        """The matrix with these within-group values and this action on group-constant vectors."""
        blocks = (quotient - sp.diag(*diagonal)) * sp.diag(*(1 / m for m in self.sizes))
        return BlockMatrix(self.sizes, tuple(diagonal), sp.ImmutableMatrix(blocks))

    def simplify(self) -> BlockMatrix:
        """The same matrix with every entry in factored normal form."""
        return BlockMatrix(self.sizes, tuple(_factored(d) for d in self.diagonal), self.blocks.applyfunc(_factored))

    def explicit(self) -> sp.Matrix:
        """The full matrix; the sizes must be numbers."""
        rows = [sp.Matrix.hstack(*(self.blocks[g, h] * sp.ones(m, k) for h, k in enumerate(self.sizes))) for g, m in enumerate(self.sizes)]
        full = sp.Matrix.vstack(*rows)
        return full + sp.diag(*(d for d, m in zip(self.diagonal, self.sizes, strict=True) for _ in range(m)))


@lru_cache(maxsize=4096)  # the same entries stand in many matrices
def _factored(entry: sp.Expr) -> sp.Expr:
    return sp.factor(entry)


def block_diagonal(sizes: Sequence[sp.Expr], values: Sequence[sp.Expr]) -> BlockMatrix:
    """The diagonal matrix that has one value for each group."""
    return BlockMatrix(tuple(sizes), tuple(values), sp.ImmutableMatrix.zeros(len(sizes), len(sizes)))


def identity(sizes: Sequence[sp.Expr]) -> BlockMatrix:
    """The identity matrix for groups of these sizes."""
    return block_diagonal(sizes, [sp.Integer(1)] * len(sizes))


def centring(sizes: Sequence[sp.Expr]) -> BlockMatrix:
    """P = I − 11ᵀ/c with c = Σ m_g."""
    g = len(sizes)
    return BlockMatrix(tuple(sizes), (sp.Integer(1),) * g, -sp.ones(g, g).as_immutable() / sp.Add(*sizes))


def eigenvalues(matrix: sp.Matrix) -> tuple[tuple[sp.Expr, sp.Expr], ...]:
    """Exact eigenvalues of a small matrix with real spectrum, with multiplicities.

    For symbolic entries SymPy must find as many roots as the degree, since it can drop some. For rational entries
    the real roots are isolated, so that high degrees give `CRootOf`.
    Raises: InvalidInput where not all roots are found.
    """
    return _eigenvalues(matrix.as_immutable())


@lru_cache(maxsize=1024)  # a claim and its near misses ask for the same spectra
def _eigenvalues(matrix: sp.ImmutableMatrix) -> tuple[tuple[sp.Expr, sp.Expr], ...]:
    x = sp.Dummy("x")
    polynomial = sp.Poly([sp.factor(coefficient) for coefficient in matrix.charpoly(x).all_coeffs()], x)
    if all(entry.is_Rational for entry in matrix):
        roots = sp.real_roots(polynomial)
        found = {root: roots.count(root) for root in roots}
    else:
        found = sp.roots(sp.factor(polynomial.as_expr(), x), x)
    if sum(found.values()) != polynomial.degree():
        raise InvalidInput(
            f"the {polynomial.degree()} eigenvalues of the group quotient must have closed forms, and "
            f"{sum(found.values())} were found: give numbers in place of symbols"
        )
    return tuple((value, sp.Integer(multiplicity)) for value, multiplicity in found.items())
