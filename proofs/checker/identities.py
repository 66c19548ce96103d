"""Polynomial identities in any number of variables, expanded by FLINT from the statement."""

from __future__ import annotations

import math
from itertools import chain

import flint
import sympy as sp

from proofs.checker.witness import admitted
from proofs.kernel.statements import Holds, Statement
from proofs.kernel.terms import replaced
from proofs.kernel.verdict import Evidence, Outcome

Equations = list[tuple[sp.Expr, sp.Expr]]


def equations(statement: Statement) -> Equations:
    """Both sides of each equation, where the statement is made of polynomial equations alone."""
    if not isinstance(statement, Holds):
        return []
    condition = statement.condition
    parts = condition.args if isinstance(condition, sp.And) else (condition,)
    if not all(isinstance(part, sp.Eq) and _is_polynomial(part.lhs) and _is_polynomial(part.rhs) for part in parts):
        return []
    return [(part.lhs, part.rhs) for part in parts]


def _is_polynomial(expression: sp.Expr) -> bool:
    if isinstance(expression, (sp.Add, sp.Mul)):
        return all(_is_polynomial(part) for part in expression.args)
    if isinstance(expression, sp.Pow):
        return bool(expression.exp.is_Integer and expression.exp.is_nonnegative) and _is_polynomial(expression.base)
    return bool(expression.is_Symbol or expression.is_Rational)


def variables(statement: Statement) -> list[sp.Symbol]:
    """The variables of the equations and of the premises."""
    free = {symbol for part in (*chain(*equations(statement)), *statement.where) for symbol in part.free_symbols}
    return sorted(free, key=str)


def identical(statement: Statement) -> bool:
    """Whether both sides of every equation are one polynomial to FLINT."""
    names = variables(statement)
    if len({symbol.name for symbol in names}) != len(names):
        return False
    ring = flint.fmpq_mpoly_ctx.get(("x", len(names)), flint.Ordering.lex)
    generators = dict(zip(names, ring.gens(), strict=True))
    return all(_value(left, generators, ring) == _value(right, generators, ring) for left, right in equations(statement))


def fails_at(statement: Statement, point: dict[sp.Symbol, sp.Rational]) -> bool:
    """Whether the exact point keeps every premise and every sign assumption, and two sides differ there."""
    if not admitted(statement.where, point):
        return False
    values = [(replaced(left, point), replaced(right, point)) for left, right in equations(statement)]
    return any(left.is_Rational and right.is_Rational and left != right for left, right in values)


def recheck(statement: Statement, evidence: Evidence) -> bool:
    """HOLDS: whether both sides are one polynomial to FLINT. FAILS: whether the witness is admitted and parts two sides."""
    if not equations(statement):
        return False
    if evidence.outcome is Outcome.FAILS:
        witness = evidence.witness or {}
        return fails_at(statement, {symbol: sp.Rational(witness[symbol.name]) for symbol in variables(statement)})
    return evidence.outcome is Outcome.HOLDS and identical(statement)


def _value(expression: sp.Expr, generators: dict[sp.Symbol, flint.fmpq_mpoly], ring: flint.fmpq_mpoly_ctx) -> flint.fmpq_mpoly:
    """The expression as a FLINT polynomial, built bottom up."""
    if expression.is_Rational:
        return ring.constant(flint.fmpq(int(expression.p), int(expression.q)))
    if expression.is_Symbol:
        return generators[expression]
    if isinstance(expression, sp.Pow):
        return _value(expression.base, generators, ring) ** int(expression.exp)
    parts = [_value(part, generators, ring) for part in expression.args]
    return sum(parts) if isinstance(expression, sp.Add) else math.prod(parts)
