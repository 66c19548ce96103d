"""Premises and specialisations that several claims share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sympy as sp

from proofs.kernel.statements import Holds
from theory.data import counts, weights
from theory.symbols import R, c, gamma, m_majority, m_minority, n_majority, n_minority, p
from theory.unconstrained_features import modes

RATIO = {"R ≥ 1": R >= 1}
STRICT_RATIO = {"R > 1": R > 1}
SHARE = {"p > 0": p > 0, "p < 1": p < 1}
HALF = sp.Rational(1, 2)


def identity(part_id: str, says: str, left: sp.Expr, right: sp.Expr, *where: sp.Basic) -> Holds:
    """The identity left = right as the part `part_id`, both sides as they were derived or stated: an engine decides it."""
    return Holds(id=part_id, says=says, condition=sp.Eq(left, right, evaluate=False), where=where)


def identities(part_id: str, says: str, pairs: Iterable[tuple[sp.Expr, sp.Expr]], *where: sp.Basic) -> Holds:
    """Several identities that are one part, such as the entries of two matrices."""
    sides = [sp.Eq(left, right, evaluate=False) for left, right in pairs]
    return Holds(id=part_id, says=says, condition=sp.And(*sides, evaluate=False), where=where)


def product(left: sp.Matrix, right: sp.Matrix) -> sp.ImmutableMatrix:
    """The matrix product, every entry the sum of products that it is: an engine has to find what the sums are equal to."""
    return sp.ImmutableMatrix(left.rows, right.cols, lambda i, j: _sum_of_products(left[i, :], right[:, j]))


def _sum_of_products(row: sp.Matrix, column: sp.Matrix) -> sp.Expr:
    terms = [sp.Mul(x, y, evaluate=False) for x, y in zip(row, column, strict=True) if x != 0 and y != 0]
    return terms[0] if len(terms) == 1 else sp.Add(*terms, evaluate=False)


def at(expression: sp.Expr, values: Mapping[sp.Basic, sp.Expr]) -> sp.Expr:
    """The expression with values in place of symbols and nothing evaluated: an engine has to find its value."""
    with sp.evaluate(False):
        return expression.xreplace(values)


def step_rates(exponent: sp.Expr = gamma, share: sp.Expr = p) -> tuple[modes.Mode, ...]:
    """Majority, minority and middle mode of STEP(c, R, p) with n_min = 1 and ω = n^(−γ), derived."""
    groups = counts.symbolic_step(n_majority=R, n_minority=sp.Integer(1), m_majority=(1 - share) * c, m_minority=share * c)
    return modes.step_modes(groups, weights.exponent_weights(groups, exponent))


STEP_WITNESS = {m_majority: sp.Integer(2), m_minority: sp.Integer(2), n_majority: sp.Integer(4), n_minority: sp.Integer(1)}
