"""The flow of L = WVX at every time: block Gram matrices, squared loss, starts on the singular vectors of ZΩXᵀ.

From V(0) in the span of the class means, features of the samples of a class are alike, and with h = VM, one column a class,

    dW/dt = E diag(a) hᵀ,    dh/dt = Wᵀ E diag(a) B,    E = P − Wh,

B the Gram matrix of the class means: κ, and d_g = β_g − κ more on the diagonal. With W = CQᵀ, h = QF and QᵀQ = P this is the
flow of C and PF at width c, and C and F keep their form of block-symmetric matrices: contrasts inside a group see their own
diagonal values α_g of C and β_g of F alone. The middle row of F is z diag(b, e), z the unit middle direction.
A contrast has the rich rate √e_g = a_g√d_g, the rate of the first escape, and the lazy rate ℓ_g = a_g d_g.
Source: derived here; exact modes under an input covariance: Saxe, McClelland, Ganguli, arXiv 1312.6120.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from theory.algebra.partition import BlockMatrix, block_diagonal, centring
from theory.symbols import delta, fraction, within_classifiers, within_features
from theory.unconstrained_features.middle import STATE, classifier_of, features_of

MIDDLE = STATE  # uᵀWq, and the middle feature of a majority and of a minority class in units of its target
RICH, LAZY = sp.symbols("r_rich r_lazy", positive=True)  # √e and ℓ of a contrast
BALANCE = sp.Symbol("Delta", positive=True)  # Δ = a₀² − b₀², of the amplitudes of W and V
AMPLITUDES = sp.symbols("w v", real=True)  # of W and of V on one contrast
PRODUCT = sp.Symbol("y", positive=True)  # wv
LAYERS = sp.Symbol("N", positive=True, integer=True)
AMPLITUDE, OTHER = sp.symbols("x x_1", positive=True)  # of every layer but one on a contrast, and of that one


def class_mean_flow(W: BlockMatrix, h: BlockMatrix, means: BlockMatrix, mass: Sequence[sp.Expr]) -> tuple[BlockMatrix, BlockMatrix]:
    """(dW/dt, dh/dt) at width c."""
    a = block_diagonal(means.sizes, mass)
    error = centring(means.sizes) - W @ h
    return error @ a @ h.T, W.T @ error @ a @ means


def flow_on_frame(C: BlockMatrix, F: BlockMatrix, means: BlockMatrix, mass: Sequence[sp.Expr]) -> tuple[BlockMatrix, BlockMatrix]:
    """What stands left of Qᵀ in dW/dt and right of Q in dh/dt, for W = CQᵀ, h = QF with QᵀQ = P: the flow of C and PF."""
    return class_mean_flow(C, centring(means.sizes) @ F, means, mass)


def embedded(sizes: Sequence[sp.Expr]) -> tuple[BlockMatrix, BlockMatrix]:
    """C and F of the state: the three scalars of the middle mode, and α_g, β_g of each group's contrasts."""
    classifier, *features = MIDDLE
    return classifier_of(sizes, classifier, within_classifiers), features_of(sizes, features, within_features)


def block_mean(means: BlockMatrix) -> sp.Matrix:
    """B̄, g × g: the mean of B over each block of classes, its diagonal included."""
    return sp.Matrix(means.blocks) + sp.diag(*(d / m for d, m in zip(means.diagonal, means.sizes, strict=True)))


def pulls(means: BlockMatrix, mass: Sequence[sp.Expr], errors: Sequence[sp.Expr]) -> tuple[sp.Expr, sp.Expr]:
    """The row z diag(errors) diag(a) B in units of z on each of two groups: Σ_k B̄_gk m_k a_k errors_k z_k/z_g, z_k/z_g = −m_g/m_k."""
    (first, second), mean = means.sizes, block_mean(means)
    majority, minority = (a * error for a, error in zip(mass, errors, strict=True))
    return first * (mean[0, 0] * majority - mean[0, 1] * minority), second * (mean[1, 1] * minority - mean[1, 0] * majority)


def middle_rates(means: BlockMatrix, mass: Sequence[sp.Expr]) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    """The rates of the middle mode's classifier a and of its features b, e in units of the target, in a majority and a minority class.

    Formula: da/dt = p a_maj b (1 − ab) + (1 − p) a_min e (1 − ae), and db/dt, de/dt = a times `pulls` of the errors 1 − ab, 1 − ae;
    p = m_min/c is the share of the target on the majority. Valid when: classes of a group have equal features and B treats them alike.
    """
    a, *features = MIDDLE
    errors = [1 - a * feature for feature in features]
    moved = sp.Add(*(x * share * error * f for x, share, error, f in zip(mass, target_shares(means.sizes), errors, features, strict=True)))
    majority, minority = pulls(means, mass, errors)
    return moved, a * majority, a * minority


def target_shares(sizes: Sequence[sp.Expr]) -> tuple[sp.Expr, sp.Expr]:
    """(p, 1 − p): m_g z_g² of two groups."""
    first, second = sizes
    return second / (first + second), first / (first + second)


def middle_square(means: BlockMatrix, mass: Sequence[sp.Expr]) -> sp.Expr:
    """μ², the squared rate at which the middle mode leaves a small start."""
    return sp.Add(*(a * share * k for a, share, k in zip(mass, target_shares(means.sizes), pulls(means, mass, (1, 1)), strict=True)))


def middle_start(means: BlockMatrix, mass: Sequence[sp.Expr]) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    """(a, b, e) of a spectral start: e^(−δ) (1, (zᵀ diag(a) B)_g/(z_g μ))."""
    majority, minority = (k / sp.sqrt(middle_square(means, mass)) for k in pulls(means, mass, (1, 1)))
    return sp.exp(-delta), sp.exp(-delta) * majority, sp.exp(-delta) * minority


def middle_share(sizes: Sequence[sp.Expr], counts: Sequence[sp.Expr]) -> sp.Expr:
    """How much of the middle mode of Z is learned: a Σ m_g z_g² n_g f_g over its value at a f_g = 1, f the features b, e."""
    a, *features = MIDDLE
    read = [share * n for share, n in zip(target_shares(sizes), counts, strict=True)]
    return a * sp.Add(*(x * f for x, f in zip(read, features, strict=True))) / sp.Add(*read)


def decoupling_gap(sizes: Sequence[sp.Expr], mass: Sequence[sp.Expr], excess: Sequence[sp.Expr], between: sp.Expr) -> sp.Expr:
    """a_maj (β_maj + (c − 1)κ) − a_min (β_min + (c − 1)κ): 0 where the middle mode of STEP keeps to one direction for all time.

    Arguments: `excess`, β − κ. Valid when: B is regular on what is constant on groups.
    """
    first, second = (a * (d + sp.Add(*sizes) * between) for a, d in zip(mass, excess, strict=True))
    return first - second


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
    return exponent_of_logarithms(ratio, excess, [sp.log(sp.exp(2 * delta) / sp.sqrt(d) - 1) for d in excess])


def exponent_of_logarithms(ratio: sp.Expr, excess: Sequence[sp.Expr], logarithms: Sequence[sp.Expr]) -> sp.Expr:
    """γ*_rich − ln(L_maj/L_min)/ln R, at which the times L_g/(2√e_g) of two groups are equal."""
    return rich_exponent(ratio, excess) - sp.log(logarithms[0] / logarithms[1]) / sp.log(ratio)


def rich_exponent(ratio: sp.Expr, excess: Sequence[sp.Expr]) -> sp.Expr:
    """γ*_rich = 1 + ln(d_maj/d_min)/(2 ln R), at which n^(−γ) makes the rich rates of the contrasts of two groups equal."""
    return 1 + sp.log(excess[0] / excess[1]) / (2 * sp.log(ratio))


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
