"""The flow on the modes of Z: the spectral ansatz, what leaks out of it, the scalar equation, its solution.

The ansatz is W = U a(t) Qᵀ, H = Q a(t) Vᵀ with a diagonal, from Z = U S Vᵀ and QᵀQ = I. Whether the flow
stays on it is computed here by substitution, never assumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import sympy as sp

from theory.algebra import words
from theory.data import labels
from theory.data.counts import Group
from theory.models.model import squared_descent
from theory.models.reduction import Reduction, S, modes, reduce
from theory.shown import Sheet, Shown
from theory.symbols import delta, rate, s0, second_moment, sigma, strength, t
from theory.unconstrained_features import flow

U = sp.MatrixSymbol("U", flow.rows, modes)
V = sp.MatrixSymbol("V", flow.samples, modes)
Q = sp.MatrixSymbol("Q", flow.width, modes)
A = sp.MatrixSymbol("a", modes, modes)  # diagonal: the amplitudes, s_i = a_i²
AMPLITUDE = sp.Symbol("a", positive=True)  # one entry of a

ORTHONORMAL, DIAGONAL = (U, V, Q), (S, A, flow.Omega)
EMBEDDING = {flow.W: U * A * Q.T, flow.H: Q * A * V.T}
# The names of one mode's entry in each matrix that is diagonal on the modes: σ, a, λ = vᵀΩv and μ = vᵀΩ²v.
ENTRIES = {S: sigma, A: AMPLITUDE, V.T * flow.Omega * V: rate, V.T * flow.Omega**2 * V: second_moment}


@cache
def ansatz_flow(weighted: bool) -> Reduction:
    """The squared-loss flow on the ansatz, with Ω a general diagonal matrix (`weighted`) or the identity: ȧ, and what leaks."""
    weights = flow.Omega if weighted else sp.Identity(flow.samples)
    return reduce(
        squared_descent(flow.MODEL),
        EMBEDDING,
        coordinates={A: U.T * flow.W * Q},
        given={flow.Z: U * S * V.T, flow.Omega: weights},
        orthonormal=ORTHONORMAL,
        diagonal=DIAGONAL,
        valid_when="W and H start with equal amplitudes on the modes of Z, and the logits hold no other part",
    )


def amplitude_rate(weighted: bool) -> sp.Expr:
    """da/dt of one mode's amplitude a, an entry of the projected flow in W: terms in a, σ and λ, not combined."""
    return words.entry(ansatz_flow(weighted).velocity[A], ENTRIES)


@cache
def strength_rate(weighted: bool) -> sp.Expr:
    """ds/dt of a mode's strength s = a², from the projected flow: 2 λ s (σ − s), with λ = 1 unweighted."""
    return sp.factor((2 * AMPLITUDE * amplitude_rate(weighted)).subs(AMPLITUDE, sp.sqrt(strength)))


# What `solve_strength` derives, written down for those who only build on it: to derive it takes a quarter of a second.
STRENGTH = 1 / (sp.exp(2 * delta) * sp.exp(-2 * rate * sigma * t) + 1 / sigma - sp.exp(-2 * rate * sigma * t) / sigma)


@cache
def solve_strength() -> sp.Expr:
    """s(t): the solution of the scalar equation with s(0) = e^(−2δ), from the equation for u = 1/s.

    1/s obeys a linear equation, where `dsolve` loses no solution and chooses no branch.
    """
    u = sp.Function("u")
    derivative = sp.expand((-strength_rate(weighted=True) / strength**2).subs(strength, 1 / u(t)))
    solution = sp.dsolve(sp.Eq(u(t).diff(t), derivative), u(t), ics={u(0): 1 / s0}).rhs
    return (1 / sp.expand(solution)).subs(s0, sp.exp(-2 * delta))


@dataclass(frozen=True, repr=False)
class Mode(Shown):
    """A group of equal modes: σ (singular value of Z), λ = vᵀΩv, leak² = ‖(I − VVᵀ)Ωv‖², multiplicity."""

    sigma: sp.Expr
    effective_weight: sp.Expr
    leak_squared: sp.Expr
    multiplicity: sp.Expr

    @property
    def effective_singular_value(self) -> sp.Expr:
        """σλ: the rate of the mode in the paper's argument."""
        return self.sigma * self.effective_weight

    def brief(self) -> str:
        """σ, λ and the multiplicity."""
        return f"σ = {self.sigma}, λ = {self.effective_weight}, multiplicity {self.multiplicity}"

    def shown(self) -> Sheet:
        """The rates of the mode, and what leaks."""
        rates = {"effective weight λ": self.effective_weight, "effective singular value σλ": self.effective_singular_value}
        formula = sp.Eq(sigma, self.sigma, evaluate=False)
        return Sheet("mode", {"multiplicity": self.multiplicity, **rates, "leak²": self.leak_squared}, formula=formula)


def step_modes(groups: Sequence[Group], weights: Sequence[sp.Expr]) -> tuple[Mode, ...]:
    """The modes of two groups, within-group first (those of one class have none), then the middle mode.

    The three Gram matrices P diag(n ω^k) P, k = 0, 1, 2, are scalar within each group, and on the middle mode each is
    one number: so they commute, vᵀΩ^k v is the ratio of eigenvalues, and Λ = VᵀΩV is diagonal.
    """
    return _step_modes(tuple(groups), tuple(weights))


@cache
def _step_modes(groups: tuple[Group, ...], weights: tuple[sp.Expr, ...]) -> tuple[Mode, ...]:
    powers = [labels.mode_values(labels.weighted_gram(groups, [w**k for w in weights])) for k in range(3)]
    modes_found = []
    for (square, multiplicity), (first, _), (second, _) in zip(*powers, strict=True):
        mean = sp.factor(first / square)
        modes_found.append(Mode(sp.sqrt(square), mean, sp.factor(second / square - mean**2), multiplicity))
    return tuple(modes_found)


@dataclass(frozen=True)
class Moments:
    """uᵀ Z diag(x) Zᵀ u / uᵀu of the three modes of two groups: σ² for x = 1, and σ² vᵀ diag(x) v with v = Zᵀu/σ."""

    majority: sp.Expr
    minority: sp.Expr
    middle: sp.Expr


def step_moments(groups: Sequence[Group], factors: Sequence[sp.Expr]) -> Moments:
    """The moments of a sample factor x, constant on groups, from the entries of the Gram matrix, not simplified.

    u is the difference of two classes of one group, or 1/m on the majority and −1/m on the minority: the vectors of
    `label-spectrum-step`. `step_modes` has the same numbers from the eigenvalues of the block algebra, simplified.
    """
    entries = labels.gram_entries(groups, factors)
    within = [entries.own[g] - entries.other[g][g] for g in range(2)]
    sizes = [group.size for group in groups]
    rows = [entries.own[g] + (m - 1) * entries.other[g][g] for g, m in enumerate(sizes)]
    form = rows[0] / sizes[0] + rows[1] / sizes[1] - 2 * entries.other[0][1]
    return Moments(within[0], within[1], form / (1 / sizes[0] + 1 / sizes[1]))


@cache
def acceleration_gap() -> sp.Expr:
    """How far d²s/dt² at an ansatz point is from what the weighted scalar equation says.

    Formula: with the residual a second moment μ = vᵀΩ²v, the gap is d²s/dt² − d/dt[2λs(σ − s)], a multiple
    of the leak² μ − λ². Where it is not zero the mode does not obey the scalar equation, whatever the basis.
    Valid when: Λ = VᵀΩV and VᵀΩ²V are diagonal.
    """
    velocity = squared_descent(flow.MODEL)
    acceleration = words.rate_along(words.rate_along(flow.W * flow.H, velocity), velocity)
    on_ansatz = acceleration.xreplace({flow.Z: U * S * V.T, **EMBEDDING})
    projected = words.entry(words.collected(U.T * on_ansatz * V, ORTHONORMAL, DIAGONAL), ENTRIES)
    scalar_rate = strength_rate(weighted=True)
    predicted = scalar_rate * sp.diff(scalar_rate, strength)
    return sp.factor(projected.subs(AMPLITUDE, sp.sqrt(strength)) - predicted)
