"""Counterexamples that z3 sees: hints, to be verified."""

from __future__ import annotations

from typing import Any

import sympy as sp

from proofs.checker.field import NeedSign, Unsupported
from proofs.checker.logic import Sequent
from proofs.checker.solver import Z3_MILLISECONDS, facts, installed, load


def model(sequent: Sequent, milliseconds: int = Z3_MILLISECONDS) -> dict[sp.Symbol, sp.Expr] | None:
    """Values at which z3 sees the premises hold and the goal fail: a hint, to be verified."""
    try:
        field, premises, goal = facts(sequent)
    except (NeedSign, Unsupported):
        return None
    if not installed():
        return None
    import z3

    solver, names = load(z3, field, premises, goal, milliseconds)
    if str(solver.check()) != "sat":
        return None
    found = solver.model()
    values: dict[sp.Symbol, sp.Expr] = {}
    for i, gen in enumerate(field.gens):
        if gen.kind == "var" and i in names:
            value = found.eval(names[i], model_completion=True)
            number = _number(z3, value)
            if number is None:
                return None
            values[gen.base] = number**gen.unit
    return values


def _number(z3: Any, value: Any) -> sp.Expr | None:
    if z3.is_rational_value(value):
        return sp.Rational(value.numerator_as_long(), value.denominator_as_long())
    if z3.is_algebraic_value(value):
        x = sp.Symbol("x")
        poly = sp.Poly([_number(z3, c) for c in reversed(value.poly())], x)
        return sp.real_roots(poly)[value.index() - 1]
    return None
