"""The flow of L = WVX at every time: block Gram matrices, squared loss, starts on the singular vectors of ZΩXᵀ.

From V(0) in the span of the class means, features of the samples of a class are alike, and with h = VM, one column a class,

    dW/dt = E diag(a) hᵀ,    dh/dt = Wᵀ E diag(a) B,    E = P − Wh,

B the Gram matrix of the class means: κ, and d_g = β_g − κ more on the diagonal. With W = CQᵀ, h = QF and QᵀQ = P this is the
flow of C and PF at width c, and C and F keep their form of block-symmetric matrices: contrasts inside a group see their own
diagonal values α_g of C and β_g of F alone. The middle row of F is uᵀ F = (h_maj, …, h_min, …), u the unit middle direction.
A contrast has the rich rate √e_g = a_g√d_g, the rate of the first escape, and the lazy rate ℓ_g = a_g d_g.
Source: derived here; exact modes under an input covariance: Saxe, McClelland, Ganguli, arXiv 1312.6120.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from theory.algebra.partition import BlockMatrix, block_diagonal, centring
from theory.symbols import classifier_strength, delta, fraction, within_classifiers, within_features
from theory.unconstrained_features.middle import classifier_of, middle_projector, within_projector

MIDDLE = (classifier_strength, *sp.symbols("h_maj h_min", real=True))  # uᵀWq, and the middle feature of a class of each group
RICH, LAZY = sp.symbols("r_rich r_lazy", positive=True)  # √e and ℓ of a contrast
BALANCE = sp.Symbol("Delta", positive=True)  # Δ = a₀² − b₀², of the amplitudes of W and V
AMPLITUDES = sp.symbols("w v", real=True)  # of W and of V on one contrast
PRODUCT = sp.Symbol("y", positive=True)  # wv
LAYERS = sp.Symbol("N", positive=True, integer=True)
AMPLITUDE, OTHER = sp.symbols("x z", positive=True)  # of every layer but one on a contrast, and of that one


def class_mean_flow(W: BlockMatrix, h: BlockMatrix, means: BlockMatrix, mass: Sequence[sp.Expr]) -> tuple[BlockMatrix, BlockMatrix]:
    """(dW/dt, dh/dt) at width c."""
    a = block_diagonal(means.sizes, mass)
    error = centring(means.sizes) - W @ h
    return error @ a @ h.T, W.T @ error @ a @ means


def flow_on_frame(C: BlockMatrix, F: BlockMatrix, means: BlockMatrix, mass: Sequence[sp.Expr]) -> tuple[BlockMatrix, BlockMatrix]:
    """What stands left of Qᵀ in dW/dt and right of Q in dh/dt, for W = CQᵀ, h = QF with QᵀQ = P: the flow of C and PF."""
    return class_mean_flow(C, centring(means.sizes) @ F, means, mass)


def features_of(sizes: Sequence[sp.Expr], middle: Sequence[sp.Expr], within: Sequence[sp.Expr]) -> BlockMatrix:
    """F with the middle row (h_maj, …, h_min, …) and β_g on contrasts of group g: uuᵀ diag(h_g/z_g) + Σ β_g Π_g, z the entries of u."""
    z = middle_direction(sizes)
    row = middle_projector(sizes) @ block_diagonal(sizes, [feature / entry for feature, entry in zip(middle, z, strict=True)])
    return sum((strength * within_projector(sizes, g) for g, strength in enumerate(within)), row)


def middle_direction(sizes: Sequence[sp.Expr]) -> tuple[sp.Expr, sp.Expr]:
    """z_g, the entries of the unit vector u that is constant on two groups, positive on the first, and sums to 0."""
    first, second = sizes
    return sp.sqrt(second / (first * (first + second))), -sp.sqrt(first / (second * (first + second)))


def embedded(sizes: Sequence[sp.Expr]) -> tuple[BlockMatrix, BlockMatrix]:
    """C and F of the state: the three scalars of the middle mode, and α_g, β_g of each group's contrasts."""
    return classifier_of(sizes, MIDDLE[0], within_classifiers), features_of(sizes, MIDDLE[1:], within_features)


def block_mean(means: BlockMatrix) -> sp.Matrix:
    """B̄, g × g: the mean of B over each block of classes, its diagonal included."""
    return sp.Matrix(means.blocks) + sp.diag(*(d / m for d, m in zip(means.diagonal, means.sizes, strict=True)))


def middle_rates(means: BlockMatrix, mass: Sequence[sp.Expr]) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    """(da, dh_maj, dh_min)/dt: da = Σ m_g a_g (z_g − a h_g) h_g, dh_g = a Σ_k B̄_gk m_k a_k (z_k − a h_k)."""
    a, *h = MIDDLE
    z = middle_direction(means.sizes)
    errors = [m * x * (target - a * feature) for m, x, target, feature in zip(means.sizes, mass, z, h, strict=True)]
    pulled = block_mean(means) * sp.Matrix(errors)
    classifier = sp.Add(*(error * feature for error, feature in zip(errors, h, strict=True)))
    return classifier, a * pulled[0], a * pulled[1]


def middle_start(means: BlockMatrix, mass: Sequence[sp.Expr]) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    """(a, h_maj, h_min) of a spectral start: e^(−δ) (1, (zᵀ diag(a) B)_g/μ), μ the middle singular value of ZΩXᵀ."""
    z = middle_direction(means.sizes)
    weighted = [m * x * entry for m, x, entry in zip(means.sizes, mass, z, strict=True)]
    row = list(block_mean(means) * sp.Matrix(weighted))
    mu = sp.sqrt(sp.Add(*(x * value for x, value in zip(weighted, row, strict=True))))
    return tuple(sp.exp(-delta) * value for value in (sp.Integer(1), row[0] / mu, row[1] / mu))


def rich_rate(mass: sp.Expr, excess: sp.Expr) -> sp.Expr:
    """√e = a√(β − κ), the rate at which a contrast leaves a small start."""
    return mass * sp.sqrt(excess)


def contrast_half_time(mass: sp.Expr, excess: sp.Expr, level: sp.Expr = sp.Rational(1, 2)) -> sp.Expr:
    """When a contrast reaches the share f of its target from a spectral start: T = ln((e^(2δ)/√d − 1) f/(1 − f))/(2√e).

    Arguments: `mass`, a of one class; `excess`, d = β − κ; `level`, f. Valid when: e^(−2δ)√d < f.
    """
    return sp.log((sp.exp(2 * delta) / sp.sqrt(excess) - 1) * level / (1 - level)) / (2 * rich_rate(mass, excess))


def equal_times_exponent(ratio: sp.Expr, excess: Sequence[sp.Expr]) -> sp.Expr:
    """γ*(δ): the exponent of n^(−γ) at which the contrasts of two groups reach one half together from a spectral start.

    Formula: γ*_rich − ln(L_maj/L_min)/ln R, γ*_rich = 1 + ln(d_maj/d_min)/(2 ln R), L_g = ln(e^(2δ)/√d_g − 1).
    Valid when: R > 1 and e^(−2δ)√d_g < 1/2 for both groups.
    """
    first, second = (sp.log(sp.exp(2 * delta) / sp.sqrt(d) - 1) for d in excess)
    return rich_exponent(ratio, excess) - sp.log(first / second) / sp.log(ratio)


def rich_exponent(ratio: sp.Expr, excess: Sequence[sp.Expr]) -> sp.Expr:
    """γ*_rich = 1 + ln(d_maj/d_min)/(2 ln R), at which n^(−γ) makes the rich rates of the contrasts of two groups equal."""
    return 1 + sp.log(excess[0] / excess[1]) / (2 * sp.log(ratio))


def amplitude_rates(rich: sp.Expr = RICH, lazy: sp.Expr = LAZY) -> tuple[sp.Expr, sp.Expr]:
    """(dw/dt, dv/dt) of the amplitudes of W and V on one contrast: v(√e − ℓwv), w(√e − ℓwv)."""
    w, v = AMPLITUDES
    return v * (rich - lazy * w * v), w * (rich - lazy * w * v)


def unbalanced_rate() -> sp.Expr:
    """r = √(4e + Δ²ℓ²), the rate of a contrast from a start with Δ = w² − v²."""
    return sp.sqrt(4 * RICH**2 + BALANCE**2 * LAZY**2)


def unbalanced_time(start: sp.Expr, end: sp.Expr) -> sp.Expr:
    """T from wv = `start` to wv = `end`: [ln((e^x − s₋)/(s₊ − e^x))]/r between x = arsinh(2wv/Δ), s_± = (√e ± r/2)/(ℓΔ/2).

    Arguments: products of amplitudes, 0 ≤ start ≤ end < √e/ℓ; the share of the target is wv ℓ/√e. Valid when: Δ > 0.
    """
    r = unbalanced_rate()
    low, high = ((RICH + sign * r / 2) / (LAZY * BALANCE / 2) for sign in (-1, 1))

    def ratio(product: sp.Expr) -> sp.Expr:
        grown = (2 * product + sp.sqrt(BALANCE**2 + 4 * product**2)) / BALANCE  # e^x
        return (grown - low) / (high - grown)

    return (sp.log(ratio(end)) - sp.log(ratio(start))) / r


def unbalanced_half_time(level: sp.Expr = fraction) -> sp.Expr:
    """T to the share f of a contrast from V(0) = 0 and W(0)W(0)ᵀ = Δ I."""
    return unbalanced_time(sp.Integer(0), level * RICH / LAZY)


def layer_rate(rich: sp.Expr = RICH, lazy: sp.Expr = LAZY) -> sp.Expr:
    """dx/dt of the amplitude of every one of N balanced layers on a contrast: the slope of √e y − ℓy²/2, y their product, in one."""
    product = OTHER * AMPLITUDE ** (LAYERS - 1)
    return sp.diff(rich * product - lazy * product**2 / 2, OTHER).subs(OTHER, AMPLITUDE)
