"""Counterexamples that z3 sees: hints, to be verified."""

from __future__ import annotations

from typing import Any

import sympy as sp

from proofs.checker.field import NeedSign
from proofs.checker.limited import limited
from proofs.checker.logic import Sequent
from proofs.checker.quotients import Unsupported
from proofs.checker.solver import Z3, Z3_SECONDS, Query, facts, installed, load, violation


def model(sequent: Sequent, seconds: float = Z3_SECONDS) -> dict[sp.Symbol, sp.Expr] | None:
    """Values at which z3 sees the premises hold and the goal fail: a hint, to be verified."""
    try:
        field, premises, goal = facts(sequent)
    except (NeedSign, Unsupported):
        return None
    if not installed():
        return None
    variables = tuple(i for i, gen in enumerate(field.gens) if gen.kind == "var")
    found = limited(values, violation(field, premises, goal), variables, seconds=seconds)
    if found is None:
        return None
    return {field.gens[i].base: sp.Pow(value, field.gens[i].unit) for i, value in found.items()}


def values(query: Query, unknowns: tuple[int, ...]) -> dict[int, sp.Expr] | None:
    """Values of those of the unknowns that a query has, where z3 finds such as satisfy it and they are algebraic."""
    import z3

    solver, names = load(Z3, query)
    if str(solver.check()) != "sat":
        return None
    found = solver.model()
    numbers = {i: number(z3, found.eval(names[i], model_completion=True)) for i in unknowns if i in names}
    return None if None in numbers.values() else numbers


def number(z3: Any, value: Any) -> sp.Expr | None:
    """The exact value that z3 means, a rational or a real root; None for what is neither."""
    if z3.is_rational_value(value):
        return sp.Rational(value.numerator_as_long(), value.denominator_as_long())
    if z3.is_algebraic_value(value):
        x = sp.Symbol("x")
        poly = sp.Poly([number(z3, c) for c in reversed(value.poly())], x)
        return sp.real_roots(poly)[value.index() - 1]
    return None
