"""The normal form of one expression under premises, kept between questions, and what its signs show of a goal."""

from __future__ import annotations

import functools

import sympy as sp

from proofs.checker import balls
from proofs.checker.field import Field
from proofs.checker.logic import Atom, Sequent, definedness
from proofs.checker.quotients import Rat


@functools.lru_cache(maxsize=4096)
def normal_form(premises: tuple[Atom, ...], expr: sp.Expr) -> tuple[Field, Rat]:
    """A field of its own for each expression, so that no later one changes its generators.

    Raises: NeedSign, Unsupported.
    """
    found = Field(premises)
    return found, found.rat(expr)


class Broken(ValueError):
    """The rule does not apply: the proof is not one."""


def goal_form(sequent: Sequent) -> tuple[Field, Rat]:
    """The goal's expression in normal form, under the premises.

    Raises: NeedSign, Unsupported.
    """
    return normal_form(sequent.premises, sequent.goal[0])


def close_by_signs(sequent: Sequent) -> bool:
    """Whether the goal is seen from the signs of the factors of its normal form."""
    rel = sequent.goal[1]
    if not sequent.goal[0].free_symbols and rel != "==":
        sign = _constant_sign(sequent.goal[0])
        if sign:
            return sign > 0 or rel == "!="
    f, rat = goal_form(sequent)
    if rat.num.is_zero():
        return rel in ("==", ">=")
    if rel == "==":
        return False
    if rel == "!=":
        return f.strict_rat(rat)
    return f.sign_rat(rat) == 1 and (rel == ">=" or f.strict_rat(rat))


def _constant_sign(expr: sp.Expr) -> int | None:
    try:
        return balls.sign(expr)
    except balls.Undefined:
        return None


def defined(sequent: Sequent, expr: sp.Expr) -> list[Sequent]:
    """What must be shown for `expr` to be real at all admitted values."""
    if expr.has(sp.nan, sp.zoo, sp.oo, sp.I):
        raise Broken("not a real expression")
    return [Sequent(sequent.premises, atom) for cases, _ in definedness(expr) for atom in cases[0]]
