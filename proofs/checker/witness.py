"""Exact points: whether they are admitted, and whether a condition is true, false or undefined at them.

Independent of the normal forms except for the last step, whether a constant that balls cannot tell from
zero is exactly zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import sympy as sp
from flint import ctx

from proofs.checker import balls
from proofs.checker.field import is_zero_constant
from proofs.checker.logic import ASSUMPTIONS, Atom, Canonical, definedness, relation, relation_atom, understood
from proofs.kernel.reader import read
from proofs.kernel.terms import replaced
from theory.exact import InvalidInput

Point = Mapping[sp.Symbol, sp.Expr]
MOST_EXPONENT = 10_000  # of a power that is written out in digits
MOST_ROOT = 100  # of the values in an exponent: SymPy looks for the factors of a number of k digits to the power 1/100 000 for minutes


def sign_at(expr: sp.Expr, point: Point) -> int | None:
    """The exact sign of `expr` at an exact point; None where it is not settled.

    Raises: balls.Undefined where the expression surely or possibly has no real value there.
    """
    fast = _fast_sign(expr, point)
    if fast is not None or large_power(expr, point):
        return fast
    constant = replaced(expr, point)
    if constant.free_symbols:
        return None
    sign = balls.sign(constant, (64, 256), is_zero_constant)
    if sign is not None:
        return sign
    if is_zero_constant(constant):
        return 0
    return balls.sign(constant, (1024, 4096), is_zero_constant)


def large_power(expr: sp.Expr, point: Point) -> bool:
    """Whether some power at the point has an exponent that is too large, or too fine, to be written out in digits.

    Of exponentials too where a logarithm is in the exponent, or in a value: SymPy makes b^q of exp(q log b).
    """
    with ctx.workprec(80):
        exponents = _exponents(expr, any(value.has(sp.log) for value in point.values()))
        return any(_is_large(exponent, point, logarithms) for exponent, logarithms in exponents)


@lru_cache(maxsize=1024)
def _exponents(expr: sp.Expr, of_all: bool) -> list[tuple[sp.Expr, Point]]:
    """The exponents that may be large at some point, inner ones first, and what stands for logarithms in each."""
    logarithms = {log: sp.Dummy() for log in expr.atoms(sp.log)}
    powers = [power for power in expr.atoms(sp.Pow, sp.exp) if of_all or isinstance(power, sp.Pow) or power.args[-1].has(sp.log)]
    found = [(power.args[-1], {} if isinstance(power, sp.Pow) else logarithms) for power in sorted(powers, key=sp.count_ops)]
    return [pair for pair in found if pair[0].free_symbols or _is_large(pair[0], {}, pair[1])]  # a small constant is small everywhere


def _is_large(exponent: sp.Expr, point: Point, logarithms: Point) -> bool:
    try:
        if not abs(balls.value(exponent, {s: balls.value(v) for s, v in point.items()})) < MOST_EXPONENT:
            return True
    except balls.Undefined:  # and the power with it
        return False
    return any(factor.q > MOST_ROOT for factor in replaced(exponent, {**point, **logarithms}).atoms(sp.Rational))


def _fast_sign(expr: sp.Expr, point: Point) -> int | None:
    """The sign where plain balls at 80 bits show it to be nonzero."""
    try:
        with ctx.workprec(80):
            ball = balls.value(expr, {s: balls.value(v) for s, v in point.items()})
    except balls.Undefined:
        return None
    return 1 if ball > 0 else (-1 if ball < 0 else None)


def atom_at(atom: Atom, point: Point) -> bool | None:
    """Whether an atom holds at an exact point; None where it is not settled or not surely defined."""
    return _plain(atom, point) if is_defined(atom[0], point) else None


def is_defined(expr: sp.Basic, point: Point) -> bool:
    """Whether every part of `expr` surely has a real value at the point."""
    return all(any(all(_plain(atom, point) for atom in case) for case in cases) for cases, _ in definedness(expr))


def _plain(atom: Atom, point: Point) -> bool | None:
    """As `atom_at`, of an expression whose parts are known to be defined."""
    try:
        sign = sign_at(atom[0], point)
    except (balls.Undefined, ZeroDivisionError, OverflowError):
        return None
    if sign is None:
        return None
    return {">=": sign >= 0, ">": sign > 0, "==": sign == 0, "!=": sign != 0}[atom[1]]


def condition_at(condition: sp.Basic, point: Point) -> bool | None:
    """Whether a condition (relation, and, or, not) holds at an exact point.

    None where it is not settled, or some part of the condition, whichever of them decides, is not surely defined there.
    """
    return _truth(condition, point) if is_defined(condition, point) else None


def _truth(condition: sp.Basic, point: Point) -> bool | None:
    if condition in (sp.true, sp.false):
        return bool(condition)
    if isinstance(condition, sp.Not):
        inner = _truth(condition.args[0], point)
        return None if inner is None else not inner
    if isinstance(condition, (sp.And, sp.Or)):
        values = [_truth(arg, point) for arg in condition.args]
        decisive = isinstance(condition, sp.Or)
        if decisive in values:
            return decisive
        return None if None in values else not decisive
    return _plain(relation_atom(condition), point)


def admitted(where: Sequence[sp.Basic], point: Point) -> bool:
    """Whether the point surely satisfies every premise and the sign assumptions of its symbols."""
    for symbol, value in point.items():
        if any(getattr(symbol, name) and atom_at((sign * value, rel), {}) is not True for name, sign, rel in ASSUMPTIONS):
            return False
        if not understood(symbol) or (symbol.is_integer and not value.is_Integer):
            return False
    return all(condition_at(premise, point) is True for premise in where)


def canonical_admitted(where: Sequence[sp.Basic], names: Canonical, point: Point) -> bool:
    """As `admitted`, of a point in canonical variables, with the signs that the statement's own symbols carry."""
    return (
        all(point[s].is_Integer for s in names.integers)
        and admitted(where, point)
        and all(condition_at(relation(atom), point) is True for atom in names.premises)
    )


def read_constant(text: str) -> sp.Expr | None:
    """A real constant from text, by the reader of `ufm check`; None for anything else."""
    try:
        value = read(text, {})
    except InvalidInput:
        return None
    return value if not value.free_symbols and is_defined(value, {}) else None


def read_point(names: Mapping[sp.Symbol, sp.Symbol], point: Mapping[str, str]) -> dict[sp.Symbol, sp.Expr] | None:
    """The point by the symbols that `names` gives, read from text; None unless it gives every variable."""
    values = {new: read_constant(point.get(old.name, "")) for old, new in names.items()}
    return values if None not in values.values() else None


def refutes(condition: sp.Basic, where: Sequence[sp.Basic], witness: Mapping[str, str]) -> bool:
    """Whether at the witness the premises surely hold and the condition is surely defined and false, as it is written."""
    symbols = condition.free_symbols.union(*(w.free_symbols for w in where))
    if len({s.name for s in symbols}) != len(symbols):
        return False  # two variables of one name cannot be told apart in a witness
    point = read_point({s: s for s in symbols}, witness)
    return point is not None and admitted(where, point) and condition_at(condition, point) is False
