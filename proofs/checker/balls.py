"""Rigorous evaluation with Arb balls: the independent yardstick of the engines.

`value` encloses an expression at a point; `sign` decides the sign of an exact constant. Neither shares
code with the normal forms of `field`, so that each can catch the other's mistake.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from operator import add, mul
from typing import Any

import sympy as sp
from flint import arb, ctx, fmpq

PRECISIONS = (64, 256, 1024, 4096)  # bits; a sign that 4096 bits leave open is settled exactly or not at all


Zero = Callable[[sp.Expr], bool]


class Undefined(ValueError):
    """The expression has no real value at the point: a division by zero, the root or log of a negative.

    Its arguments together are what is told, and are put into words only where somebody reads them.
    """

    def __str__(self) -> str:
        return "".join(map(str, self.args))


def rational(number: sp.Rational) -> fmpq:
    """The flint rational equal to a SymPy rational."""
    return fmpq(int(number.p), int(number.q))


def value(expr: sp.Basic, at: Mapping[sp.Symbol, Any] | None = None, is_zero: Zero | None = None) -> Any:
    """An Arb ball that contains `expr` at the balls or rationals `at`, in the current precision.

    Arguments: `is_zero` says of a constant under a root whether it is exactly zero, where its ball cannot tell.
    Raises: Undefined where the ball of a denominator contains zero, or a root or log is not surely real.
    A ball of no information (NaN) is never returned.
    """
    return enclosure(expr)(at or {}, is_zero)


# The ball of a part of an expression, from the balls of what it is made of, the values of the variables, and the oracle for zeros.
Operation = Callable[[sp.Basic, list[Any], Mapping[sp.Symbol, Any], Zero | None], Any]


@functools.lru_cache(maxsize=4096)
def enclosure(expr: sp.Basic) -> Callable[[Mapping[sp.Symbol, Any], Zero | None], Any]:
    """`value` of this expression, as a function of the rest: for many points, at which the expression is taken apart once."""
    places: dict[sp.Basic, int] = {}
    steps: list[tuple[Operation, sp.Basic, tuple[int, ...]]] = []  # each part once, after those that it is made of and their places

    def visit(part: sp.Basic) -> int:
        if part not in places:
            operation, operands = _operation(part)
            steps.append((operation, part, tuple([visit(operand) for operand in operands])))
            places[part] = len(steps) - 1
        return places[part]

    def value_at(at: Mapping[sp.Symbol, Any], is_zero: Zero | None) -> Any:
        done: list[Any] = []
        for operation, part, operands in steps:
            done.append(operation(part, [done[place] for place in operands], at, is_zero))
        if done[-1].is_nan():
            raise Undefined(expr, " has no finite value")
        return done[-1]

    visit(expr)
    return value_at


def _operation(part: sp.Basic) -> tuple[Operation, tuple[sp.Basic, ...]]:
    """How the ball of a part follows, and what it is made of."""
    if part.is_Rational:
        number = rational(part)
        return lambda part, args, at, is_zero: arb(number), ()
    if part is sp.pi or part is sp.E:
        return lambda part, args, at, is_zero: arb.pi() if part is sp.pi else arb(1).exp(), ()
    if not part.args:
        return _variable, ()
    if isinstance(part, sp.Pow):
        if part.base is sp.E:
            return lambda part, args, at, is_zero: args[0].exp(), (part.exp,)
        return (_rational_power, (part.base,)) if part.exp.is_Rational else (_power, part.args)
    if part.is_Add or part.is_Mul:
        join = add if part.is_Add else mul
        return lambda part, args, at, is_zero: functools.reduce(join, args), part.args
    return _function, part.args


def _variable(part: sp.Basic, _args: list[Any], at: Mapping[sp.Symbol, Any], _is_zero: Zero | None) -> Any:
    try:
        return arb(at[part])
    except KeyError:
        raise Undefined(part, " has no value") from None


def _rational_power(part: sp.Pow, args: list[Any], _at: Mapping[sp.Symbol, Any], is_zero: Zero | None) -> Any:
    (root,), base, exponent = args, part.base, part.exp
    if exponent.q > 1:
        if not root >= 0:
            if root.is_exact() or root < 0:
                raise Undefined("root of ", base, ", which is negative")
            if exponent > 0 and is_zero is not None and not base.free_symbols and is_zero(base):
                return arb(0)
            raise Undefined("root of ", base, ", whose sign is not known")
        root = root.sqrt() if exponent.q == 2 else root.root(int(exponent.q))
    if exponent.p < 0 and root.contains(0):
        raise Undefined("division by a power of ", base, ", which may be zero")
    return root ** int(exponent.p)


def _power(part: sp.Pow, args: list[Any], _at: Mapping[sp.Symbol, Any], _is_zero: Zero | None) -> Any:
    ball, power = args
    if ball > 0:
        return (power * ball.log()).exp()
    if ball.is_exact() and ball == 0 and power > 0:
        return arb(0)
    raise Undefined("power of ", part.base, ", which is not surely positive")


def _function(part: sp.Basic, args: list[Any], _at: Mapping[sp.Symbol, Any], _is_zero: Zero | None) -> Any:
    x = args[0]
    name = type(part).__name__
    if name == "log":
        if not x > 0:
            raise Undefined("log of ", part.args[0], ", which is not surely positive")
        return x.log()
    if name == "Abs":
        return abs(x)
    if name in ("Max", "Min"):
        for other in args[1:]:
            x = x.max(other) if name == "Max" else x.min(other)
        return x
    if name in ("exp", "sin", "cos", "sinh", "cosh", "tanh"):
        return getattr(x, name)()
    if name == "tan":
        cosine = x.cos()
        if cosine.contains(0):
            raise Undefined("tan of ", part.args[0], ", which may be a pole")
        return x.tan()
    raise Undefined(name, " is not known to the ball arithmetic")


def sign(constant: sp.Expr, precisions: tuple[int, ...] = PRECISIONS, is_zero: Zero | None = None) -> int | None:
    """The sign (−1, 1) of an exact constant, or None where balls cannot separate it from 0; `is_zero` as in `value`.

    Returns 0 only where the value is an exact rational zero.
    Raises: Undefined where it has no real value, or it is not seen that it has one.
    """
    if constant.is_Rational:
        return int(sp.sign(constant))
    last: Undefined | None = None
    for bits in precisions:
        with ctx.workprec(bits):
            try:
                ball = value(constant, is_zero=is_zero)
            except Undefined as error:
                last = error
                continue
            last = None
            if ball > 0:
                return 1
            if ball < 0:
                return -1
            if ball.is_exact() and ball == 0:
                return 0
    if last is not None:
        raise last
    return None
