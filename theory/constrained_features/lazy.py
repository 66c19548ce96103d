"""The lazy flow dL/dt = EK of the squared loss with a block Gram matrix: logits that move by a kernel that stands still.

Samples of a class that start together stay together, so L has one column a class: dL̄/dt = (P − L̄) diag(a) B, with B the
Gram matrix of the class means, β_g on its diagonal and κ elsewhere. A contrast of two classes of group g has the rate
ℓ_g = a_g (β_g − κ) = ω_g (1 − ρ)(1 + θ n_g), θ = (ρ − κ)/(1 − ρ). For n^(−γ) the rates of two groups are equal at γ*_lazy.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from theory.algebra.partition import BlockMatrix, block_diagonal, centring
from theory.symbols import fraction, t


def class_flow(logits: BlockMatrix, means: BlockMatrix, mass: Sequence[sp.Expr]) -> BlockMatrix:
    """dL̄/dt = (P − L̄) diag(a) B."""
    return (centring(means.sizes) - logits) @ block_diagonal(means.sizes, mass) @ means


def contrast_rate(mass: sp.Expr, excess: sp.Expr) -> sp.Expr:
    """ℓ = a (β − κ), the rate of a contrast of two classes of weight a."""
    return mass * excess


def contrast_share(rate: sp.Expr) -> sp.Expr:
    """1 − e^(−ℓt), how much of a contrast is learned at flow time t."""
    return 1 - sp.exp(-rate * t)


def contrast_time(rate: sp.Expr, level: sp.Expr = fraction) -> sp.Expr:
    """T = −ln(1 − f)/ℓ, when the fraction f of a contrast is learned."""
    return -sp.log(1 - level) / rate


def quotient_rates(sizes: Sequence[sp.Expr], mass: Sequence[sp.Expr], excess: Sequence[sp.Expr], between: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """(slow, fast): the two rates of what is constant on groups, eigenvalues of diag(ℓ) + κ qqᵀ with q_g = √(m_g a_g).

    Valid when: there are two groups.
    """
    (first, second), (x, y) = [contrast_rate(a, d) for a, d in zip(mass, excess, strict=True)], [m * a for m, a in zip(sizes, mass, strict=True)]
    trace = first + second + between * (x + y)
    determinant = first * second + between * (x * second + y * first)
    root = sp.sqrt(trace**2 - 4 * determinant)
    return (trace - root) / 2, (trace + root) / 2


def flattening_exponent(ratio: sp.Expr, excess: Sequence[sp.Expr]) -> sp.Expr:
    """γ*_lazy = 1 + ln(d_maj/d_min)/ln R, at which n^(−γ) makes the contrasts of two groups equally fast.

    Arguments: `excess`, d_g = β_g − κ, or for any Gram matrix half the mean squared distance of two class means of group g.
    """
    return 1 + sp.log(excess[0] / excess[1]) / sp.log(ratio)


def flattening_exponent_of_signal(ratio: sp.Expr, counts: Sequence[sp.Expr], signal: sp.Expr) -> sp.Expr:
    """γ*_lazy = ln((1 + θ n_maj)/(1 + θ n_min))/ln R of a block Gram matrix, from its signal to noise θ."""
    return sp.log((1 + signal * counts[0]) / (1 + signal * counts[1])) / sp.log(ratio)
