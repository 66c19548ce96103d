"""Polynomial identities in any number of variables: expanded by SymPy, and again, from the statement, by FLINT."""

from __future__ import annotations

import flint
import sympy as sp

from proofs.statements import Holds, Statement
from proofs.verdict import Evidence, Outcome, Strength


def decide(statement: Statement, deadline: float) -> Evidence | None:  # noqa: ARG001 (an expansion has no steps to stop at)
    """HOLDS for an equation of polynomials, or several at once, that expands to zero; None for anything else."""
    differences = _differences(statement)
    if not differences or any(sp.expand(difference) != 0 for difference in differences):
        return None
    return Evidence(road="symbolic", engine="identities", outcome=Outcome.HOLDS, strength=Strength.CERTIFIED, number="0",
                    bound="0", trusts=("polynomial expansion by FLINT",), certificate={"zero polynomials": len(differences)})


def recheck(statement: Statement, evidence: Evidence) -> bool:  # noqa: ARG001 (the statement alone decides)
    """Whether every difference is the zero polynomial in FLINT's arithmetic."""
    differences = _differences(statement)
    names = sorted({symbol for difference in differences for symbol in difference.free_symbols}, key=str)
    if not differences or len({symbol.name for symbol in names}) != len(names):
        return False
    ring = flint.fmpq_mpoly_ctx.get([symbol.name for symbol in names] or ["x"], flint.Ordering.lex)
    variables = dict(zip(names, ring.gens(), strict=False))
    return all(_value(difference, variables, ring) == 0 for difference in differences)


def _differences(statement: Statement) -> list[sp.Expr]:
    """left − right of each equation, where the statement is made of polynomial equations alone."""
    if not isinstance(statement, Holds) or statement.defined:
        return []
    condition = statement.condition
    equations = condition.args if isinstance(condition, sp.And) else (condition,)
    if not all(isinstance(equation, sp.Eq) for equation in equations):
        return []
    differences = [sp.Add(equation.lhs, -equation.rhs, evaluate=False) for equation in equations]
    return differences if all(_is_polynomial(difference) for difference in differences) else []


def _is_polynomial(expression: sp.Expr) -> bool:
    if isinstance(expression, (sp.Add, sp.Mul)):
        return all(_is_polynomial(part) for part in expression.args)
    if isinstance(expression, sp.Pow):
        return bool(expression.exp.is_Integer and expression.exp > 0) and _is_polynomial(expression.base)
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
    result = parts[0]
    for part in parts[1:]:
        result = result + part if isinstance(expression, sp.Add) else result * part
    return result
