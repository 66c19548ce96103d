"""The middle mode of STEP under any class weights: three scalars, exactly.

Class-mean flow, W (c × d), M (d × c), error E = P − WM:

    dW/dt = E diag(nω) Mᵀ,    dM/dt = Wᵀ E diag(ω).

Two groups of m_maj and m_min classes leave P with the within-group projectors Π_maj, Π_min and one more
direction: the unit vector u, constant on groups and orthogonal to 1, with uuᵀ = P − Π_maj − Π_min.
Initial conditions of spectral type have the form

    W = (a uuᵀ + Σ_g α_g Π_g) Qᵀ,    M = Q (uuᵀ diag(b, e) + Σ_g β_g Π_g),    QᵀQ = P,

and the flow keeps it: `reduce_flow` substitutes it in the algebra of block-symmetric matrices with symbolic sizes,
reads the seven rates off, and returns what is left over, which is exactly zero. With the shares p = m_min/c of
minority and 1 − p of majority classes the rates are

    da/dt = p n_maj ω_maj b (1 − ab) + (1 − p) n_min ω_min e (1 − ae),
    db/dt = ω_maj a (1 − ab),    de/dt = ω_min a (1 − ae),
    dα_g/dt = n_g ω_g β_g (1 − α_g β_g),    dβ_g/dt = ω_g α_g (1 − α_g β_g).

Features are in units of their targets: a class is fitted where ab = 1, or ae = 1. The projectors are identities
on within-group vectors, and so are P and the weights up to a factor: α_g and β_g may differ from mode to mode.
Q is any isometry of the vectors that sum to zero, so every width d ≥ c − 1 has one: it cancels.

Conserved: a² − p n_maj b² − (1 − p) n_min e², and α_g² − n_g β_g². Spectral init makes them zero.
Where ω_maj ≠ ω_min the ratio b : e moves, and that is how the spectral ansatz leaks.

Valid when: two groups, squared loss, equal initial features inside a class. Source: derived here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import sympy as sp

from theory.algebra.partition import BlockMatrix, block_diagonal, centring
from theory.data.counts import Group
from theory.exact import InvalidInput, exact
from theory.models.reduction import Reduction
from theory.symbols import classifier_strength, delta, majority_feature, minority_feature, rate, sigma, within_classifiers, within_features
from theory.unconstrained_features import flow, timing

Groups = tuple[Group, Group]  # majority, minority; sizes and counts numbers or symbols
Weights = tuple[sp.Expr, sp.Expr]  # one a group
W = flow.W
M = sp.MatrixSymbol("M", flow.width, flow.rows)  # the features of one sample of each class
STATE = (classifier_strength, majority_feature, minority_feature)


def class_mean_flow(W: BlockMatrix, M: BlockMatrix, groups: Groups, weights: Weights) -> tuple[BlockMatrix, BlockMatrix]:
    """(dW/dt, dM/dt) for block-symmetric W and M with d = c."""
    sizes = [group.size for group in groups]
    error = centring(sizes) - W @ M
    mass = block_diagonal(sizes, [group.count * weight for group, weight in zip(groups, weights, strict=True)])
    return error @ mass @ M.T, W.T @ error @ block_diagonal(sizes, weights)


def within_projector(sizes: Sequence[sp.Expr], group: int) -> BlockMatrix:
    """Π_g: the identity on vectors of group g that sum to zero, zero elsewhere."""
    g = len(sizes)
    diagonal = tuple(sp.Integer(k == group) for k in range(g))
    blocks = sp.ImmutableMatrix(g, g, lambda i, j: -1 / sizes[group] if i == j == group else sp.Integer(0))
    return BlockMatrix(tuple(sizes), diagonal, blocks)


def middle_projector(sizes: Sequence[sp.Expr]) -> BlockMatrix:
    """uuᵀ = P − Π_maj − Π_min: what centring leaves of two groups."""
    return (centring(sizes) - within_projector(sizes, 0) - within_projector(sizes, 1)).simplify()


def classifier_of(sizes: Sequence[sp.Expr], middle: sp.Expr, within: Sequence[sp.Expr]) -> BlockMatrix:
    """a uuᵀ + Σ_g α_g Π_g: what the ansatz has of W, to the left of Qᵀ."""
    parts = (strength * within_projector(sizes, g) for g, strength in enumerate(within))
    return sum(parts, middle * middle_projector(sizes))


def features_of(sizes: Sequence[sp.Expr], middle: Sequence[sp.Expr], within: Sequence[sp.Expr]) -> BlockMatrix:
    """uuᵀ diag(b, e) + Σ_g β_g Π_g: what the ansatz has of M, to the right of Q."""
    parts = (strength * within_projector(sizes, g) for g, strength in enumerate(within))
    return sum(parts, middle_projector(sizes) @ block_diagonal(sizes, middle))


def flow_on_ansatz(groups: Groups, weights: Weights) -> tuple[BlockMatrix, BlockMatrix]:
    """What stands to the left of Qᵀ in dW/dt and to the right of Q in dM/dt on the ansatz, not simplified.

    Formula: with W = AQᵀ, M = QB and QᵀQ = P, where Q = QP, the error is P − APB, and
    dW/dt = (P − APB) diag(nω) BᵀP Qᵀ, dM/dt = Q Aᵀ(P − APB) diag(ω): the flow of A and PB at d = c.
    """
    sizes = [group.size for group in groups]
    a, b, e = STATE
    A, B = classifier_of(sizes, a, within_classifiers), features_of(sizes, (b, e), within_features)
    return class_mean_flow(A, centring(sizes) @ B, groups, weights)


@cache
def reduce_flow(groups: Groups, weights: Weights) -> Reduction:
    """Substitute the ansatz into the class-mean flow, read the rates off, keep the residual.

    Arguments: `groups`, majority then minority, sizes and counts numbers or symbols; `weights`, one a group.
    Returns: the reduction to a, b, e and one pair α_g, β_g for each group; embedding and residual are of what stands to
    the left of Qᵀ in W, and to the right of Q in M.
    Raises: InvalidInput unless there are two groups and two weights.
    """
    _two(groups, weights)
    a, b, e = STATE
    sizes = [group.size for group in groups]
    uu = middle_projector(sizes)
    dW, dM = (side.simplify() for side in flow_on_ansatz(groups, weights))
    da = sp.factor((uu @ dW).trace())
    db, de = (
        sp.factor((uu @ dM @ part).trace() / (uu @ part).trace()) for part in (block_diagonal(sizes, [1, 0]), block_diagonal(sizes, [0, 1]))
    )
    return Reduction(
        {W: classifier_of(sizes, a, within_classifiers), M: features_of(sizes, (b, e), within_features)},
        {
            **dict(zip(STATE, (da, db, de), strict=True)),
            **dict(zip(within_classifiers, dW.diagonal, strict=True)),
            **dict(zip(within_features, dM.diagonal, strict=True)),
        },
        {W: (dW - classifier_of(sizes, da, dW.diagonal)).simplify(), M: (dM - features_of(sizes, (db, de), dM.diagonal)).simplify()},
        "two groups of classes, one weight each; features that start alike inside a class, with the stated form",
    )


def middle_rates(groups: Groups, weights: Weights) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    """(da, db, de)/dt, the rates of the middle mode; raises InvalidInput as `reduce_flow` does."""
    da, db, de = (reduce_flow(groups, weights).velocity[variable] for variable in STATE)
    return da, db, de


def _two(groups: Groups, weights: Weights) -> None:
    if len(groups) != 2 or len(weights) != 2:
        raise InvalidInput(
            f"{len(groups)} groups and {len(weights)} weights were given, and STEP has a majority "
            "and a minority group, one weight each: give two and two"
        )
    for weight in weights:
        exact(weight, "class weight")


def shares(groups: Groups) -> tuple[sp.Expr, sp.Expr]:
    """(p, 1 − p) = (m_min/c, m_maj/c): squared norm of the middle mode's target over a majority, minority group.

    A majority class has the *minority's* share: u is large on the small group.
    """
    majority, minority = groups
    c = majority.size + minority.size
    return minority.size / c, majority.size / c


def singular_value(groups: Groups) -> sp.Expr:
    """σ_mid = √(p n_maj + (1 − p) n_min)."""
    p, q = shares(groups)
    return sp.sqrt(sp.factor(p * groups[0].count + q * groups[1].count))


def mode_strength(groups: Groups) -> sp.Expr:
    """s = uᵀLv = a (p n_maj b + (1 − p) n_min e)/σ; it is σ at the fixed point."""
    a, b, e = STATE
    p, q = shares(groups)
    return a * (p * groups[0].count * b + q * groups[1].count * e) / singular_value(groups)


def spectral_start(groups: Groups) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    """(a, b, e)(0) = e^(−δ) (1, 1/σ, 1/σ): spectral init on the middle mode, by v ∝ Zᵀu."""
    scale = sp.exp(-delta)
    return scale, scale / singular_value(groups), scale / singular_value(groups)


def invariant(groups: Groups) -> sp.Expr:
    """a² − p n_maj b² − (1 − p) n_min e²: the balance law on the middle mode."""
    a, b, e = STATE
    p, q = shares(groups)
    return a**2 - p * groups[0].count * b**2 - q * groups[1].count * e**2


def escape_matrix(groups: Groups, weights: Weights) -> sp.Matrix:
    """Jacobian of (a, b, e) at zero, 3 × 3; its eigenvalues are ρ, 0 and −ρ."""
    return _jacobian(groups, weights, dict.fromkeys(STATE, sp.Integer(0)))


def escape_rate(groups: Groups, weights: Weights) -> sp.Expr:
    """ρ = √(p n_maj ω_maj² + (1 − p) n_min ω_min²): the middle singular value of ZΩ."""
    J = escape_matrix(groups, weights)
    return sp.sqrt(sp.factor((J[0, 1:] * J[1:, 0])[0]))


def unstable_share(groups: Groups, weights: Weights) -> sp.Expr:
    """κ: from spectral init a(t) ≈ κ e^(ρt − δ) while strengths are small.

    Formula: κ = ½ (1 + σλ/ρ), with σλ the paper's effective singular value; κ = 1 iff the weights are equal.
    The escape matrix J has zero diagonal blocks, so (1, J_1:/ρ) is its right eigenvector for ρ and (1, J_:1/ρ)
    its left one; their product is 2, and κ e^(−δ) is the left one times the start over 2.
    """
    J, rho = escape_matrix(groups, weights), escape_rate(groups, weights)
    left = sp.Matrix([[1, J[0, 1] / rho, J[0, 2] / rho]])
    return sp.expand((left * sp.Matrix(spectral_start(groups)))[0] * sp.exp(delta)) / 2


def fixed_point(groups: Groups) -> dict[sp.Symbol, sp.Expr]:
    """a = √σ, b = e = 1/√σ: where L = Z on the invariant's zero level."""
    root = sp.sqrt(singular_value(groups))
    return dict(zip(STATE, (root, 1 / root, 1 / root), strict=True))


@cache
def relaxation_rates(groups: Groups, weights: Weights) -> tuple[sp.Expr, sp.Expr]:
    """(slow, fast): minus the two non-zero eigenvalues at the fixed point.

    Formula: roots of x² − (σ(ω_maj + ω_min) + σλ) x + 2 σ² ω_maj ω_min, with σλ the effective singular value.
    The third eigenvalue is 0, along the fixed points of other levels of the invariant. The rates are the error
    components' e-folding rates, so equal weights ω give 2σω, the logistic rate, and σω.
    """
    J = _jacobian(groups, weights, fixed_point(groups))
    pairs = ([0, 1], [0, 2], [1, 2])
    total = sp.factor(-J.trace())
    product = sp.factor(sp.Add(*(J.extract(pair, pair).det() for pair in pairs)))
    root = sp.sqrt(sp.factor(total**2 - 4 * product))
    return (total - root) / 2, (total + root) / 2


def _jacobian(groups: Groups, weights: Weights, point: dict[sp.Symbol, sp.Expr]) -> sp.Matrix:
    return sp.Matrix(middle_rates(groups, weights)).jacobian(STATE).subs(point, simultaneous=True)


def within_group_time(group: Group, weight: sp.Expr) -> sp.Expr:
    """Learning time of a within-group mode at fraction f, at every finite δ.

    Formula: T = ln((√n e^(2δ) − 1) f/(1 − f))/(2ω√n). At γ = ½, ω√n = 1 and f = ½ it is
    T = δ + ¼ ln n + ½ ln(1 − e^(−2δ)/√n): so T_maj − δ → ¼ ln R, T_min − δ → 0 if and only if n_min = 1.
    Spectral init starts at α = √n β, which the flow keeps, so s = αβ√n obeys ds/dt = 2ωs(√n − s).
    Valid when: the group has two classes or more; e^(−2δ) < f√n; normalisation as the weights are.
    """
    return timing.learning_time().subs({sigma: sp.sqrt(group.count), rate: weight}, simultaneous=True)
