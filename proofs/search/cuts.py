"""Places at which a search tells two sides apart: where the goal touches zero or turns."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator

import sympy as sp

from proofs.checker import normal
from proofs.checker.field import NeedSign
from proofs.checker.logic import Sequent
from proofs.checker.quotients import Unsupported
from proofs.kernel.terms import NotDifferentiable, derivative, difference

MOST_OPERATIONS = 60  # of a derivative that is solved for a variable


def candidates(sequent: Sequent, free: list[sp.Symbol]) -> list[sp.Expr]:
    """Expressions whose zero set is worth a case distinction."""
    if len(free) == 1:
        zeros, others = touching_points(sequent, free[0])
        return [free[0] - c for c in (zeros or others)]
    found = [*turning_points(sequent, free), *(x - y for x, y in itertools.combinations(free, 2))]
    return found + [x for x in free if (x, ">") not in sequent.premises] + [x - 1 for x in free]


@functools.lru_cache(maxsize=256)
def touching_points(sequent: Sequent, x: sp.Symbol) -> tuple[list[sp.Expr], list[sp.Expr]]:
    """Exact points inside the domain at which the goal is zero, and points around where it is smallest."""
    from proofs.search import critical

    return critical.touching(sequent, x)


def settled_side(sequent: Sequent, at: sp.Expr) -> bool:
    """Whether the premises already say on which side of zero `at` lies."""
    for sign in (1, -1):
        try:
            if normal.close_by_signs(Sequent(sequent.premises, (sign * at, ">="))):
                return True
        except (NeedSign, Unsupported):
            return True
    return False


def turning_points(sequent: Sequent, free: list[sp.Symbol]) -> Iterator[sp.Expr]:
    """x − g for each variable x at whose value g(the others) the derivative by x is zero, where that is solved in closed form."""
    for x in free:
        try:
            slope = derivative(sequent.goal[0], x)
        except NotDifferentiable:
            continue
        if sp.count_ops(slope) <= MOST_OPERATIONS and (place := _zero(slope, x)) is not None and place.free_symbols:
            yield difference(x, place)


def _zero(expr: sp.Expr, x: sp.Symbol) -> sp.Expr | None:
    """The x at which A + B·φ(x) = 0, for φ an exponential, a logarithm or a power of x."""
    rest: list[sp.Expr] = []
    parts: dict[sp.Expr, sp.Expr] = {}
    for term in sp.Add.make_args(sp.expand(sp.numer(sp.together(sp.powsimp(expr))))):
        factor, moving = term.as_independent(x, as_Add=False)
        if moving == 1:
            rest.append(factor)
        else:
            parts[moving] = parts.get(moving, sp.Integer(0)) + factor
    if len(parts) == 2 and not rest:  # a common factor of both
        (one, a), (other, b) = parts.items()
        rest, parts = [a], {sp.powsimp(other / one): b}
    if len(parts) != 1:
        return None
    ((moving, factor),) = parts.items()
    value = sp.cancel(-sp.Add(*rest) / factor)
    if isinstance(moving, sp.log) and moving.args[0] == x:
        return sp.exp(value)
    if isinstance(moving, sp.exp) and sp.diff(moving.exp, x).is_Rational:
        return (sp.log(value) - moving.exp.subs(x, 0)) / sp.diff(moving.exp, x)
    if isinstance(moving, sp.Pow) and moving.base == x and moving.exp.is_Rational:
        return sp.powdenest(value ** (1 / moving.exp))
    return value if moving == x else None
