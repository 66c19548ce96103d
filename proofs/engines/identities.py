"""Polynomial identities in any number of variables: expanded by SymPy, and again, from the statement, by FLINT."""

from __future__ import annotations

import math
import random
from itertools import chain

import flint
import sympy as sp

from proofs.checker.witness import admitted
from proofs.kernel.statements import Holds, Statement
from proofs.kernel.verdict import Evidence, Outcome, Strength

Equations = list[tuple[sp.Expr, sp.Expr]]
POINTS = 50  # a polynomial of low degree is nonzero at almost every small rational point
SEED = 20260112


def decide(statement: Statement, deadline: float) -> Evidence | None:
    """On an equation of polynomials, or several at once: HOLDS where it expands to zero, FAILS at an exact point.

    None for any other statement, and where no admitted point was found.
    """
    equations = _equations(statement)
    if not equations:
        return None
    if all(sp.expand(left - right) == 0 for left, right in equations):
        return Evidence(road="symbolic", engine="identities", outcome=Outcome.HOLDS, strength=Strength.CERTIFIED,
                        number="0", bound="0", trusts=("polynomial expansion by FLINT",),
                        certificate={"zero polynomials": len(equations)})
    generator = random.Random(SEED)
    symbols = _symbols(statement, equations)
    for size in range(1, POINTS):
        point = {symbol: sp.Integer(generator.randint(1, size)) for symbol in symbols}
        if _fails_at(statement, equations, point):
            return Evidence(road="symbolic", engine="identities", outcome=Outcome.FAILS, number="nonzero", bound="0",
                            witness={symbol.name: str(value) for symbol, value in point.items()},
                            note="an exact counterexample")
    return None


def recheck(statement: Statement, evidence: Evidence) -> bool:
    """HOLDS: whether both sides are one polynomial to FLINT. FAILS: whether the witness is admitted and parts two sides."""
    equations = _equations(statement)
    names = _symbols(statement, equations)
    if not equations or len({symbol.name for symbol in names}) != len(names):
        return False
    if evidence.outcome is Outcome.FAILS:
        witness = evidence.witness or {}
        point = {symbol: sp.Rational(witness[symbol.name]) for symbol in names}
        return _fails_at(statement, equations, point)
    ring = flint.fmpq_mpoly_ctx.get(("x", len(names)), flint.Ordering.lex)
    variables = dict(zip(names, ring.gens(), strict=True))
    return all(_value(left, variables, ring) == _value(right, variables, ring) for left, right in equations)


def _symbols(statement: Statement, equations: Equations) -> list[sp.Symbol]:
    free = {symbol for part in (*chain(*equations), *statement.where) for symbol in part.free_symbols}
    return sorted(free, key=str)


def _fails_at(statement: Statement, equations: Equations, point: dict[sp.Symbol, sp.Rational]) -> bool:
    """Whether the exact point keeps every premise and every sign assumption, and two sides differ there."""
    if not admitted(statement.where, point):
        return False
    values = [(left.subs(point), right.subs(point)) for left, right in equations]
    return any(left.is_Rational and right.is_Rational and left != right for left, right in values)


def _equations(statement: Statement) -> Equations:
    """Both sides of each equation, where the statement is made of polynomial equations alone."""
    if not isinstance(statement, Holds) or statement.defined:
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


def _value(expression: sp.Expr, variables: dict[sp.Symbol, flint.fmpq_mpoly], ring: flint.fmpq_mpoly_ctx) -> flint.fmpq_mpoly:
    """The expression as a FLINT polynomial, built bottom up."""
    if expression.is_Rational:
        return ring.constant(flint.fmpq(int(expression.p), int(expression.q)))
    if expression.is_Symbol:
        return variables[expression]
    if isinstance(expression, sp.Pow):
        return _value(expression.base, variables, ring) ** int(expression.exp)
    parts = [_value(part, variables, ring) for part in expression.args]
    return sum(parts) if isinstance(expression, sp.Add) else math.prod(parts)
