"""Exact points: whether they are admitted, and whether a condition is true, false or undefined at them.

Independent of the normal forms except for the last step, whether a constant that balls cannot tell from
zero is exactly zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sympy as sp
from flint import ctx

from proofs.checker import balls
from proofs.checker.field import is_zero_constant
from proofs.checker.logic import Atom, definedness, relation_atom

Point = Mapping[sp.Symbol, sp.Expr]
MOST_EXPONENT = 10_000  # of a power that is written out in digits


def sign_at(expr: sp.Expr, point: Point) -> int | None:
    """The exact sign of `expr` at an exact point; None where it is not settled.

    Raises: balls.Undefined where the expression surely or possibly has no real value there.
    """
    fast = _fast_sign(expr, point)
    if fast is not None or large_power(expr, point):
        return fast
    constant = expr.subs(dict(point), simultaneous=True) if point else expr
    if constant.free_symbols:
        return None
    sign = balls.sign(constant, precisions=(64, 256))
    if sign is not None:
        return sign
    if is_zero_constant(constant):
        return 0
    return balls.sign(constant, precisions=(1024, 4096))


def large_power(expr: sp.Expr, point: Point) -> bool:
    """Whether some power at the point has an exponent that is too large to be written out in digits, as `subs` would."""
    with ctx.workprec(80):
        for power in expr.atoms(sp.Pow):
            try:
                if not abs(balls.value(power.exp, {s: balls.value(v) for s, v in point.items()})) < MOST_EXPONENT:
                    return True
            except balls.Undefined:  # and the power with it
                continue
    return False


def _fast_sign(expr: sp.Expr, point: Point) -> int | None:
    """The sign where plain balls at 80 bits show it to be nonzero."""
    try:
        with ctx.workprec(80):
            ball = balls.value(expr, {s: balls.value(v) for s, v in point.items()})
    except balls.Undefined:
        return None
    return 1 if ball > 0 else (-1 if ball < 0 else None)


def atom_at(atom: Atom, point: Point) -> bool | None:
    """Whether an atom holds at an exact point; None where it is not settled or not defined."""
    try:
        if not is_defined(atom[0], point):
            return None
        sign = sign_at(atom[0], point)
    except (balls.Undefined, ZeroDivisionError, OverflowError):
        return None
    if sign is None:
        return None
    return {">=": sign >= 0, ">": sign > 0, "==": sign == 0, "!=": sign != 0}[atom[1]]


def is_defined(expr: sp.Expr, point: Point) -> bool:
    """Whether every part of `expr` surely has a real value at the point."""
    for cases, _ in definedness(expr):
        if not any(all(_plain(atom, point) for atom in case) for case in cases):
            return False
    return True


def undefined_part(expr: sp.Basic, point: Point) -> sp.Expr | None:
    """The part of `expr` that surely has no real value at the point, or None."""
    for cases, node in definedness(expr):
        if all(any(_plain(atom, point) is False for atom in case) for case in cases):
            return node
    return None


def _plain(atom: Atom, point: Point) -> bool | None:
    try:
        sign = sign_at(atom[0], point)
    except (balls.Undefined, ZeroDivisionError, OverflowError):
        return None
    if sign is None:
        return None
    return {">=": sign >= 0, ">": sign > 0, "==": sign == 0, "!=": sign != 0}[atom[1]]


def condition_at(condition: sp.Basic, point: Point) -> bool | None:
    """Whether a condition (relation, and, or, not) holds at an exact point; None where not settled."""
    if condition in (sp.true, True):
        return True
    if condition in (sp.false, False):
        return False
    if isinstance(condition, sp.Not):
        inner = condition_at(condition.args[0], point)
        return None if inner is None else not inner
    if isinstance(condition, (sp.And, sp.Or)):
        values = [condition_at(arg, point) for arg in condition.args]
        decisive = isinstance(condition, sp.Or)
        if decisive in values:
            return decisive
        return None if None in values else not decisive
    return atom_at(relation_atom(condition), point)


def admitted(where: Sequence[sp.Basic], point: Point) -> bool:
    """Whether the point surely satisfies every premise and the sign assumptions of its symbols."""
    for symbol, value in point.items():
        for holds, atom in (
            (symbol.is_positive, (value, ">")),
            (symbol.is_negative, (-value, ">")),
            (symbol.is_nonnegative, (value, ">=")),
            (symbol.is_nonpositive, (-value, ">=")),
            (symbol.is_nonzero, (value, "!=")),
        ):
            if holds and atom_at(atom, {}) is not True:
                return False
        if symbol.is_integer and not value.is_Integer:
            return False
    return all(condition_at(premise, point) is True for premise in where)
