"""Counterexamples that z3 sees: hints, to be verified."""

from __future__ import annotations

from typing import Any

import sympy as sp

from proofs.checker.field import NeedSign
from proofs.checker.logic import Sequent
from proofs.checker.quotients import Unsupported
from proofs.checker.solver import Z3_SECONDS, facts, installed, limited, load


def model(sequent: Sequent, seconds: float = Z3_SECONDS) -> dict[sp.Symbol, sp.Expr] | None:
    """Values at which z3 sees the premises hold and the goal fail: a hint, to be verified."""
    try:
        field, premises, goal = facts(sequent)
    except (NeedSign, Unsupported):
        return None
    if not installed():
        return None
    import z3

    def values() -> dict[sp.Symbol, sp.Expr] | None:
        solver, names = load(z3, field, premises, goal)
        if str(solver.check()) != "sat":
            return None
        found = solver.model()
        numbers = {
            gen.base: (number(z3, found.eval(names[i], model_completion=True)), gen.unit)
            for i, gen in enumerate(field.gens)
            if gen.kind == "var" and i in names
        }
        return None if any(n is None for n, _ in numbers.values()) else {x: sp.Pow(n, unit) for x, (n, unit) in numbers.items()}

    return limited(values, seconds)


def number(z3: Any, value: Any) -> sp.Expr | None:
    """The exact value that z3 means, a rational or a real root; None for what is neither."""
    if z3.is_rational_value(value):
        return sp.Rational(value.numerator_as_long(), value.denominator_as_long())
    if z3.is_algebraic_value(value):
        x = sp.Symbol("x")
        poly = sp.Poly([number(z3, c) for c in reversed(value.poly())], x)
        return sp.real_roots(poly)[value.index() - 1]
    return None
