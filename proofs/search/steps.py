"""Single steps of a search, kept for the process: a search comes to the same sequents again, each time with more steps left."""

from __future__ import annotations

import functools

import sympy as sp

from proofs.checker import normal, rules, solver
from proofs.checker.field import NeedSign
from proofs.checker.logic import Sequent
from proofs.checker.normal import Broken
from proofs.checker.quotients import Unsupported
from proofs.checker.rules import Proof
from proofs.search.text import text

SOLVER_SECONDS = 0.15
Taken = list[tuple[str, tuple[sp.Expr, ...], list[Proof]]]  # rules with their arguments, and the proofs of all that they ask but the last


@functools.lru_cache(maxsize=4096)
def closed_by_signs(sequent: Sequent) -> bool | NeedSign | None:
    """Whether signs alone close the goal; the sign that is missing, or None where the goal has no normal form."""
    try:
        return normal.close_by_signs(sequent)
    except NeedSign as need:
        return need.with_traceback(None)
    except (Unsupported, ZeroDivisionError):
        return None


@functools.lru_cache(maxsize=4096)
def children(sequent: Sequent, rule: str, args: tuple[sp.Expr, ...]) -> tuple[Sequent, ...] | None:
    """What suffices for the sequent by a rule; None where it does not apply, or where an argument divides by zero.

    Where a variable is eliminated for zero such an end of a range can come up, and no replay reads its text.
    """
    if any(power.base == 0 and power.exp.is_negative for arg in args for power in arg.atoms(sp.Pow)):
        return None
    try:
        return tuple(rules.apply(sequent, rule, list(args)))
    except Broken:
        return None


@functools.lru_cache(maxsize=4096)
def refuted(sequent: Sequent, seconds: float = SOLVER_SECONDS) -> bool:
    """Whether both solvers, in little time, find no values that satisfy the premises and violate the goal.

    Arguments: `seconds` for z3, at most what a replay gives it.
    Raises: NeedSign, Unsupported.
    """
    return solver.refuted(sequent, confirm=True, seconds=min(seconds, solver.Z3_SECONDS))


def step(rule: str, args: list[sp.Expr], then: list[Proof]) -> Proof:
    """A proof node; arguments as text."""
    return {"rule": rule, "args": [text(a) for a in args], "then": then}


def taken_back(taken: Taken, found: Proof) -> Proof:
    """The proof of the sequent before the steps that were taken, from one of what they left."""
    for rule, args, shown in reversed(taken):
        found = step(rule, list(args), [*shown, found])
    return found
