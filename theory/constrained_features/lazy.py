"""The lazy flow dL/dt = EK of the squared loss with a block Gram matrix: logits that move by a kernel that stands still.

Samples of a class that start together stay together, so L has one column a class: dL̄/dt = (P − L̄) diag(a) B, with B the
Gram matrix of the class means, β_g on its diagonal and κ elsewhere. A contrast of two classes of group g has the rate
ℓ_g = a_g (β_g − κ) = ω_g (1 − ρ)(1 + θ n_g), θ = (ρ − κ)/(1 − ρ). For n^(−γ) the rates of two groups are equal at γ*_lazy.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp


def contrast_rate(mass: sp.Expr, excess: sp.Expr) -> sp.Expr:
    """ℓ = a (β − κ), the rate of a contrast of two classes of weight a."""
    return mass * excess


def quotient_rates(
    sizes: Sequence[sp.Expr], mass: Sequence[sp.Expr], excess: Sequence[sp.Expr], between: sp.Expr
) -> tuple[sp.Expr, sp.Expr]:
    """(slow, fast): the two rates of what is constant on groups, eigenvalues of diag(ℓ) + κ qqᵀ with q_g = √(m_g a_g).

    Valid when: there are two groups.
    """
    (first, second), (x, y) = (
        [contrast_rate(a, d) for a, d in zip(mass, excess, strict=True)],
        [m * a for m, a in zip(sizes, mass, strict=True)],
    )
    root = sp.sqrt((first + between * x - second - between * y) ** 2 + 4 * between**2 * x * y)
    total = first + second + between * (x + y)
    return (total - root) / 2, (total + root) / 2


def middle_row(sizes: Sequence[sp.Expr]) -> tuple[sp.Expr, sp.Expr]:
    """The middle direction of two groups up to scale: 1/m on the first, −1/m on the second, which sums to 0."""
    return 1 / sizes[0], -1 / sizes[1]


def moved_row(
    row: Sequence[sp.Expr], sizes: Sequence[sp.Expr], mass: Sequence[sp.Expr], excess: Sequence[sp.Expr], between: sp.Expr
) -> tuple[sp.Expr, ...]:
    """A row that is constant on groups, times diag(a) B: y_g ℓ_g + κ Σ_h m_h a_h y_h."""
    together = between * sp.Add(*(m * a * y for m, a, y in zip(sizes, mass, row, strict=True)))
    return tuple(y * contrast_rate(a, d) + together for y, a, d in zip(row, mass, excess, strict=True))


def middle_parts(
    sizes: Sequence[sp.Expr], counts: Sequence[sp.Expr], mass: Sequence[sp.Expr], excess: Sequence[sp.Expr], between: sp.Expr
) -> tuple[sp.Expr, sp.Expr]:
    """How much of the middle mode moves at the slow and at the fast quotient rate: its learned share is Σ part (1 − e^(−rate·t)).

    Formula: the parts of e^(−diag(a)Bt) = Σ e^(−λt) (diag(a)B − λ')/(λ − λ') along the middle row, read by diag(n).
    """
    slow, fast = quotient_rates(sizes, mass, excess, between)
    row = middle_row(sizes)
    moved = moved_row(row, sizes, mass, excess, between)
    samples = [m * n for m, n in zip(sizes, counts, strict=True)]
    along = sp.Add(*(k * y * value for k, y, value in zip(samples, row, moved, strict=True)))
    whole = sp.Add(*(k * y**2 for k, y in zip(samples, row, strict=True)))
    return (along / whole - fast) / (slow - fast), (along / whole - slow) / (fast - slow)
