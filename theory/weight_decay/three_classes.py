"""Three classes of any counts and weights: matrices of rank one and two that a residual may certify as minimisers.

In class coordinates Z is A = P diag(√n), 3 × 3. A plane vector u is orthogonal to 1, and w to both, so P = uuᵀ/uᵀu + wwᵀ/wᵀw.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from theory.data.labels import centring_matrix
from theory.exact import InvalidInput

Triple = Sequence[sp.Expr]


def turned(u: Triple) -> tuple[sp.Expr, ...]:
    """w, which is orthogonal to 1 and u: the cross product of both."""
    return (u[2] - u[1], u[0] - u[2], u[1] - u[0])


def targets(counts: Triple) -> sp.Matrix:
    """A = P diag(√n)."""
    return centring_matrix(3) * sp.diag(*map(sp.sqrt, counts))


def right_vector(left: Triple, value: sp.Expr, counts: Triple, weights: Triple, mu: sp.Expr) -> sp.Matrix:
    """v with uᵀ(A − L)Ω = μvᵀ where uᵀL = σvᵀ: v_j = √n_j u_j ω_j/(σω_j + μ), for u orthogonal to 1.

    Arguments: `left`, u; `value`, σ; `counts` and `weights`, one a class; `mu`, μ > 0.
    """
    return sp.Matrix([sp.sqrt(n) * x * w / (value * w + mu) for n, x, w in zip(counts, left, weights, strict=True)])


def square(vector: Triple | sp.Matrix) -> sp.Expr:
    """The sum of squares."""
    return sp.Add(*(entry**2 for entry in vector))


def candidate(left: Triple, values: Sequence[sp.Expr], counts: Triple, weights: Triple, mu: sp.Expr) -> tuple[sp.Matrix, sp.Matrix]:
    """L = σ_1 u vᵀ/uᵀu + σ_2 w zᵀ/wᵀw, and u vᵀ/uᵀu + w zᵀ/wᵀw, which is the polar factor of L where v and z are right vectors.

    Arguments: `left`, u; `values`, σ_1 and σ_2; the others as in `right_vector`.
    """
    logits = polar = sp.zeros(3, 3)
    for vector, value in zip((left, turned(left)), values, strict=True):
        dyad = sp.Matrix(vector) * right_vector(vector, value, counts, weights, mu).T / square(vector)
        logits, polar = logits + value * dyad, polar + dyad
    return logits, polar


def escape_polynomial(counts: Triple, weights: Triple, at: sp.Expr) -> sp.Expr:
    """(x − s_1²)(x − s_2²) at x: the characteristic polynomial of P diag(nω²)P over x."""
    P = centring_matrix(3)
    whole = P * sp.diag(*(n * w**2 for n, w in zip(counts, weights, strict=True))) * P
    *found, zero = whole.charpoly().all_coeffs()
    if sp.expand(zero) != 0:
        raise ArithmeticError("a matrix P(·)P takes 1 to 0, but its determinant is not 0")
    return sp.Add(*(coefficient * at**power for coefficient, power in zip(found, (2, 1, 0), strict=True)))


def rank_one_value(left: Triple, counts: Triple, weights: Triple, mu: sp.Expr) -> sp.Expr:
    """The one σ at which wᵀ(A − L)Ωv = 0 for L = σuvᵀ/uᵀu, which a minimiser of rank one must satisfy.

    Formula: Σ_j n_j u_j w_j ω_j²/(σω_j + μ) = 0.
    Valid when: ω = 1/n. Then this is linear in σ, because u and w are orthogonal.
    """
    value = sp.Dummy("sigma")
    v = right_vector(left, value, counts, weights, mu)
    seen = sp.Matrix(turned(left)).T * targets(counts) * sp.diag(*weights) * v
    slope, constant = sp.Poly(sp.expand(sp.numer(sp.together(seen[0]))), value).all_coeffs()
    return sp.factor(-constant / slope)


def last_of_the_second(counts: Triple) -> sp.Expr:
    """The μ at which the rank of the minimiser falls from two to one, ω = 1/n: an algebraic number.

    Formula: with u = (1, t, −1 − t), σ is μρ(t) by `rank_one_value`; then vᵀv = uᵀu gives μ², and that w sees μ of the labels,
    ‖wᵀAΩ‖ = μ‖w‖, gives it again: an equation for t, whose one real root with ρ > 0 is taken.
    Raises: InvalidInput unless the counts are three different numbers.
    """
    if len(set(counts)) != 3:
        raise InvalidInput(f"counts {', '.join(map(str, counts))} must be three different numbers: of equal ones the second is lost at s_2")
    t = sp.Symbol("t", real=True)
    weights, u = [1 / n for n in counts], (sp.Integer(1), t, -1 - t)
    value = rank_one_value(u, counts, weights, sp.Integer(1))
    level = square(right_vector(u, value, counts, weights, sp.Integer(1))) / square(u)
    seen = sp.Matrix(turned(u)).T * targets(counts) * sp.diag(*weights)
    equation = sp.Poly(sp.numer(sp.together(level - square(seen) / square(turned(u)))), t)
    (place,) = (root for root in sp.real_roots(equation) if value.subs(t, root).evalf(30) > 0)
    return sp.sqrt(level.subs(t, place))
