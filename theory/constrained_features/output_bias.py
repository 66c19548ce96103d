"""An output bias learns the class frequencies before the features have grown, and what is left for them to learn.

With W = V = 0 the logits of L = WVX + b1ᵀ are b in every column, and only b moves: db/dt is the sum of the residuals. Classes
of a group stay alike, so b is one number a group here. a_g = n_g ω_g is the weight of a whole class, A = Σ m_g a_g.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from theory.algebra.partition import BlockMatrix, block_diagonal, centring, identity
from theory.constrained_features.rates import masses, total_mass
from theory.data.counts import Group
from theory.exact import InvalidInput

BIAS = sp.symbols("b_maj b_min", real=True)  # the bias of a majority, of a minority class


def priors(sizes: Sequence[sp.Expr], mass: Sequence[sp.Expr]) -> tuple[sp.Expr, ...]:
    """π_g = a_g/A, the weighted frequency of one class of each group."""
    total = total_mass(sizes, mass)
    return tuple(a / total for a in mass)


def centred(sizes: Sequence[sp.Expr], values: Sequence[sp.Expr]) -> tuple[sp.Expr, ...]:
    """P times the vector with one value a group: the value less the mean over all classes."""
    mean = sp.Add(*(size * value for size, value in zip(sizes, values, strict=True))) / sp.Add(*sizes)
    return tuple(value - mean for value in values)


def squared_velocity(sizes: Sequence[sp.Expr], mass: Sequence[sp.Expr], bias: Sequence[sp.Expr]) -> tuple[sp.Expr, ...]:
    """db/dt = (P − b1ᵀ) a of the squared loss at W = V = 0, one number a group."""
    residual = centring(sizes) - _columns(sizes, bias)
    return tuple(residual.quotient() * sp.Matrix(mass))


def cross_entropy_velocity(sizes: Sequence[sp.Expr], mass: Sequence[sp.Expr], bias: Sequence[sp.Expr]) -> tuple[sp.Expr, ...]:
    """db/dt = (I − softmax(b)1ᵀ) a of cross-entropy at W = V = 0, one number a group."""
    residual = identity(sizes) - _columns(sizes, softmax(sizes, bias))
    return tuple(residual.quotient() * sp.Matrix(mass))


def softmax(sizes: Sequence[sp.Expr], logits: Sequence[sp.Expr]) -> tuple[sp.Expr, ...]:
    """The probability of one class of each group at logits that are one number a group."""
    total = sp.Add(*(size * sp.exp(logit) for size, logit in zip(sizes, logits, strict=True)))
    return tuple(sp.exp(logit) / total for logit in logits)


def _columns(sizes: Sequence[sp.Expr], column: Sequence[sp.Expr]) -> BlockMatrix:
    """The matrix with this column for every class, b1ᵀ."""
    g = len(sizes)
    return BlockMatrix(tuple(sizes), (sp.Integer(0),) * g, sp.ImmutableMatrix(g, g, lambda i, j: column[i]))


def settled_bias(sizes: Sequence[sp.Expr], mass: Sequence[sp.Expr], loss: str) -> tuple[sp.Expr, ...]:
    """Where the bias comes to rest: Pπ for the squared loss, P ln π for cross-entropy, one number a group.

    Arguments: `loss`, "squared" (centred labels) or "cross-entropy". Raises: InvalidInput for another loss.
    """
    prior = priors(sizes, mass)
    if loss == "squared":
        return centred(sizes, prior)
    if loss == "cross-entropy":
        return centred(sizes, [sp.log(share) for share in prior])
    raise InvalidInput(f"loss={loss!r} must be squared or cross-entropy: where the bias of other losses rests is not known here")


def share_of_the_middle(groups: Sequence[Group], weights: Sequence[sp.Expr], loss: str) -> sp.Expr:
    """How much of the middle mode of STEP the settled bias alone has learned: uᵀL Zᵀu/‖Zᵀu‖² at L = b1ᵀ.

    Formula: m_maj m_min (n_maj − n_min)(b_maj − b_min)/(m_min n_maj + m_maj n_min). Here u is the unit middle direction up to
    scale, 1/m_maj on majority and −1/m_min on minority classes, and Zᵀu is u_k − mean(u) on the samples of class k, mean 0.

    Arguments: `groups`, majority then minority; `weights`, one a group; `loss` as in `settled_bias`.
    Raises: InvalidInput unless there are two groups, and as `settled_bias` does.
    """
    if len(groups) != 2:
        raise InvalidInput(f"{len(groups)} groups were given, and there is one middle mode between two: give majority and minority")
    sizes = [group.size for group in groups]
    bias = settled_bias(sizes, masses(groups, weights), loss)
    u = [1 / sizes[0], -1 / sizes[1]]
    samples = [group.size * group.count for group in groups]
    along = sp.Add(*(size * x * b for size, x, b in zip(sizes, u, bias, strict=True)))
    read = sp.Add(*(n * x for n, x in zip(samples, u, strict=True)))
    square = sp.Add(*(n * x**2 for n, x in zip(samples, u, strict=True)))
    return along * read / square


def settled_residual(sizes: Sequence[sp.Expr], mass: Sequence[sp.Expr], loss: str) -> BlockMatrix:
    """The residuals at the settled bias, one column a class: P − b1ᵀ for the squared loss, I − softmax(b)1ᵀ for cross-entropy."""
    bias = settled_bias(sizes, mass, loss)
    return centring(sizes) - _columns(sizes, bias) if loss == "squared" else identity(sizes) - _columns(sizes, softmax(sizes, bias))


def settled_target(sizes: Sequence[sp.Expr], mass: Sequence[sp.Expr], loss: str) -> BlockMatrix:
    """The residuals at the settled bias, one column a class, times diag(a): (P − b1ᵀ) diag(a), or (I − softmax(b)1ᵀ) diag(a).

    Its product with Mᵀ, the class means of the inputs, has the growth rates of W and V as singular values.
    """
    return settled_residual(sizes, mass, loss) @ block_diagonal(sizes, mass)


def settled_middle_square(sizes: Sequence[sp.Expr], mass: Sequence[sp.Expr], excess: Sequence[sp.Expr]) -> sp.Expr:
    """μ₂², the squared middle rate of STEP after the bias: c m_maj m_min (a_maj a_min/A)² Σ_g (β_g − κ)/m_g.

    Arguments: `excess`, β_g − κ, of the Gram matrix of the class means; κ itself drops out.
    """
    sum_of_shares = sp.Add(*(d / m for d, m in zip(excess, sizes, strict=True)))
    return sp.Add(*sizes) * sp.Mul(*sizes) * (sp.Mul(*mass) / total_mass(sizes, mass)) ** 2 * sum_of_shares
