"""Rigorous evaluation with Arb balls: the independent yardstick of the engines.

`value` encloses an expression at a point; `sign` decides the sign of an exact constant. Neither shares
code with the normal forms of `field`, so that each can catch the other's mistake.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp
from flint import arb, ctx, fmpq

PRECISIONS = (64, 256, 1024, 4096)  # bits; a sign that 4096 bits leave open is settled exactly or not at all


class Undefined(ValueError):
    """The expression has no real value at the point: a division by zero, the root or log of a negative."""


def rational(number: sp.Rational) -> fmpq:
    """The flint rational equal to a SymPy rational."""
    return fmpq(int(number.p), int(number.q))


def value(
    expr: sp.Basic, at: Mapping[sp.Symbol, Any] | None = None, memo: dict[sp.Basic, Any] | None = None
) -> Any:
    """An Arb ball that contains `expr` at the balls or rationals `at`, in the current precision.

    Raises: Undefined where the ball of a denominator contains zero, or a root or log is not surely real.
    A ball of no information (NaN) is never returned.
    """
    memo = {} if memo is None else memo
    result = _value(expr, at or {}, memo)
    if result.is_nan():
        raise Undefined(f"{expr} has no finite value")
    return result


def _value(expr: sp.Basic, at: Mapping[sp.Symbol, Any], memo: dict[sp.Basic, Any]) -> Any:
    found = memo.get(expr)
    if found is None:
        found = memo[expr] = _compute(expr, at, memo)
    return found


def _compute(expr: sp.Basic, at: Mapping[sp.Symbol, Any], memo: dict[sp.Basic, Any]) -> Any:
    if expr.is_Rational:
        return arb(rational(expr))
    if expr.is_Symbol:
        if expr not in at:
            raise Undefined(f"{expr} has no value")
        return arb(at[expr])
    if expr is sp.pi:
        return arb.pi()
    if expr is sp.E:
        return arb(1).exp()
    if isinstance(expr, sp.Pow):
        return _power(expr.base, expr.exp, at, memo)
    args = [_value(arg, at, memo) for arg in expr.args]
    if not args:
        raise Undefined(f"{expr} is not a real number")
    if expr.is_Add:
        return sum(args[1:], args[0])
    if expr.is_Mul:
        product = args[0]
        for arg in args[1:]:
            product = product * arg
        return product
    return _function(expr, args)


def _power(base: sp.Expr, exponent: sp.Expr, at: Mapping[sp.Symbol, Any], memo: dict[sp.Basic, Any]) -> Any:
    if base is sp.E:
        return _value(exponent, at, memo).exp()
    ball = _value(base, at, memo)
    if exponent.is_Integer:
        n = int(exponent)
        if n < 0 and ball.contains(0):
            raise Undefined(f"division by {base}, which may be zero")
        return ball**n
    if exponent.is_Rational:
        if not ball >= 0:
            if ball.is_exact() or ball < 0:
                raise Undefined(f"root of {base}, which is negative")
            if ball.contains(0) and exponent > 0 and _is_zero(base):
                return arb(0)
            raise Undefined(f"root of {base}, whose sign is not known")
        root = ball.sqrt() if exponent.q == 2 else ball.root(int(exponent.q))
        if exponent.p < 0 and root.contains(0):
            raise Undefined(f"division by a root of {base}, which may be zero")
        return root ** int(exponent.p)
    power = _value(exponent, at, memo)
    if ball > 0:
        return (power * ball.log()).exp()
    if ball.is_exact() and ball == 0 and power > 0:
        return arb(0)
    raise Undefined(f"power of {base}, which is not surely positive")


def _is_zero(base: sp.Expr) -> bool:
    """Whether a constant is exactly zero by SymPy's exact evaluation over rationals and radicals."""
    if base.free_symbols:
        return False
    from proofs.checker.field import is_zero_constant

    return is_zero_constant(base)


def _function(expr: sp.Basic, args: list[Any]) -> Any:
    x = args[0]
    name = type(expr).__name__
    if name == "log":
        if not x > 0:
            raise Undefined(f"log of {expr.args[0]}, which is not surely positive")
        return x.log()
    if name == "Abs":
        return abs(x)
    if name == "Max":
        best = x
        for other in args[1:]:
            best = best.max(other)
        return best
    if name == "Min":
        best = x
        for other in args[1:]:
            best = best.min(other)
        return best
    if name in ("exp", "sin", "cos", "sinh", "cosh", "tanh"):
        return getattr(x, name)()
    if name == "tan":
        cosine = x.cos()
        if cosine.contains(0):
            raise Undefined(f"tan of {expr.args[0]}, which may be a pole")
        return x.tan()
    raise Undefined(f"{name} is not known to the ball arithmetic")


def sign(
    expr: sp.Basic, at: Mapping[sp.Symbol, sp.Expr] | None = None, precisions: tuple[int, ...] = PRECISIONS
) -> int | None:
    """The sign (−1, 1) of `expr` at exact constants `at`, or None where balls cannot separate it from 0.

    Returns 0 only where the value is an exact rational zero.
    """
    constant = expr.subs(dict(at), simultaneous=True) if at else expr
    if constant.is_Rational:
        return int(sp.sign(constant))
    if constant.has(sp.nan, sp.zoo, sp.oo, -sp.oo, sp.I):
        raise Undefined(f"{expr} has no real value")
    last: Undefined | None = None
    for bits in precisions:
        with ctx.workprec(bits):
            try:
                ball = value(constant)
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
