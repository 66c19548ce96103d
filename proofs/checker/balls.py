"""Rigorous evaluation with Arb balls: the independent yardstick of the engines.

`value` encloses an expression at a point; `sign` decides the sign of an exact constant. Neither shares
code with the normal forms of `field`, so that each can catch the other's mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import sympy as sp
from flint import arb, ctx, fmpq

PRECISIONS = (64, 256, 1024, 4096)  # bits; a sign that 4096 bits leave open is settled exactly or not at all


Zero = Callable[[sp.Expr], bool]


class Undefined(ValueError):
    """The expression has no real value at the point: a division by zero, the root or log of a negative."""


def rational(number: sp.Rational) -> fmpq:
    """The flint rational equal to a SymPy rational."""
    return fmpq(int(number.p), int(number.q))


def value(
    expr: sp.Basic, at: Mapping[sp.Symbol, Any] | None = None, memo: dict[sp.Basic, Any] | None = None, is_zero: Zero | None = None
) -> Any:
    """An Arb ball that contains `expr` at the balls or rationals `at`, in the current precision.

    Arguments: `is_zero` says of a constant under a root whether it is exactly zero, where its ball cannot tell.
    Raises: Undefined where the ball of a denominator contains zero, or a root or log is not surely real.
    A ball of no information (NaN) is never returned.
    """
    result = _Evaluation(at or {}, {} if memo is None else memo, is_zero).value(expr)
    if result.is_nan():
        raise Undefined(f"{expr} has no finite value")
    return result


@dataclass(frozen=True)
class _Evaluation:
    """One evaluation: the values of the variables, the parts that are done, and the oracle for exact zeros."""

    at: Mapping[sp.Symbol, Any]
    memo: dict[sp.Basic, Any]
    is_zero: Zero | None

    def value(self, expr: sp.Basic) -> Any:
        found = self.memo.get(expr)
        if found is None:
            found = self.memo[expr] = self._compute(expr)
        return found

    def _compute(self, expr: sp.Basic) -> Any:
        if expr.is_Rational:
            return arb(rational(expr))
        if expr.is_Symbol:
            if expr not in self.at:
                raise Undefined(f"{expr} has no value")
            return arb(self.at[expr])
        if expr is sp.pi:
            return arb.pi()
        if expr is sp.E:
            return arb(1).exp()
        if isinstance(expr, sp.Pow):
            return self._power(expr.base, expr.exp)
        args = [self.value(arg) for arg in expr.args]
        if not args:
            raise Undefined(f"{expr} is not a real number")
        if expr.is_Add:
            return sum(args[1:], args[0])
        if expr.is_Mul:
            return prod(args[1:], start=args[0])
        return _function(expr, args)

    def _power(self, base: sp.Expr, exponent: sp.Expr) -> Any:
        if base is sp.E:
            return self.value(exponent).exp()
        ball = self.value(base)
        if exponent.is_Integer:
            n = int(exponent)
            if n < 0 and ball.contains(0):
                raise Undefined(f"division by {base}, which may be zero")
            return ball**n
        if exponent.is_Rational:
            if not ball >= 0:
                if ball.is_exact() or ball < 0:
                    raise Undefined(f"root of {base}, which is negative")
                if exponent > 0 and self.is_zero is not None and not base.free_symbols and self.is_zero(base):
                    return arb(0)
                raise Undefined(f"root of {base}, whose sign is not known")
            root = ball.sqrt() if exponent.q == 2 else ball.root(int(exponent.q))
            if exponent.p < 0 and root.contains(0):
                raise Undefined(f"division by a root of {base}, which may be zero")
            return root ** int(exponent.p)
        power = self.value(exponent)
        if ball > 0:
            return (power * ball.log()).exp()
        if ball.is_exact() and ball == 0 and power > 0:
            return arb(0)
        raise Undefined(f"power of {base}, which is not surely positive")


def _function(expr: sp.Basic, args: list[Any]) -> Any:
    x = args[0]
    name = type(expr).__name__
    if name == "log":
        if not x > 0:
            raise Undefined(f"log of {expr.args[0]}, which is not surely positive")
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
            raise Undefined(f"tan of {expr.args[0]}, which may be a pole")
        return x.tan()
    raise Undefined(f"{name} is not known to the ball arithmetic")


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
