"""Rational bounds of variables, as premises of one variable imply them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sympy as sp
from flint import ctx, fmpq

from proofs.checker import balls
from proofs.kernel.terms import add

CONSTANT_BITS = 256


@dataclass(frozen=True)
class Bound:
    """Rational bounds of one variable that the premises imply."""

    low: fmpq | None = None
    low_strict: bool = False
    high: fmpq | None = None
    high_strict: bool = False


def variable_bounds(atoms: Iterable[tuple[sp.Expr, str]]) -> dict[sp.Symbol, Bound]:
    """Bounds from the premises `a·x + b rel 0` with rational a, b. Constant b is rounded outwards."""
    bounds: dict[sp.Symbol, Bound] = {}
    for expr, rel in atoms:
        free = expr.free_symbols
        if len(free) != 1 or rel == "!=":
            continue
        x = next(iter(free))
        slope, rest = line(expr, x)
        if slope == 0:
            continue
        low, low_strict, high, high_strict = enclosure(-rest / slope)
        if low is None or high is None:
            continue
        old = bounds.get(x, Bound())
        if rel == "==" or slope > 0:
            strict = rel == ">" or low_strict
            if old.low is None or low > old.low or (low == old.low and strict):
                old = Bound(low, strict, old.high, old.high_strict)
        if rel == "==" or slope < 0:
            strict = rel == ">" or high_strict
            if old.high is None or high < old.high or (high == old.high and strict):
                old = Bound(old.low, old.low_strict, high, strict)
        bounds[x] = old
    return bounds


def line(expr: sp.Expr, x: sp.Symbol) -> tuple[sp.Rational, sp.Expr]:
    """slope, rest with expr = slope·x + rest, the slope rational and the rest a constant; slope 0 for any other form."""
    slope, rest = sp.Integer(0), []
    for term in sp.Add.make_args(expr):
        coefficient, factor = term.as_coeff_Mul() if term.has(x) else (None, None)
        if coefficient is None:
            rest.append(term)
        elif factor == x:
            slope += coefficient
        else:
            return sp.Integer(0), sp.Integer(0)
    return slope, add(*rest)


def enclosure(constant: sp.Expr) -> tuple[fmpq | None, bool, fmpq | None, bool]:
    """Rational ends around a constant, and whether it surely lies strictly within each; None where it is not defined."""
    if constant.is_Rational:
        exact = balls.rational(constant)
        return exact, False, exact, False
    try:
        with ctx.workprec(CONSTANT_BITS):
            ball = balls.value(constant)
            return (*_end(ball.lower(), 0), *_end(ball.upper(), 1))
    except balls.Undefined:
        return None, False, None, False


def _end(end: Any, up: int) -> tuple[fmpq, bool]:
    """An end of a ball rounded outwards to few digits, and whether it moved."""
    mantissa, exponent = end.man_exp() if end.is_finite() else (0, CONSTANT_BITS**3)
    if abs(int(exponent)) > CONSTANT_BITS**2:
        raise balls.Undefined("a number of too many digits")  # FLINT ends the process where it cannot write one out
    exact = fmpq(mantissa) * (fmpq(2) ** int(exponent))
    floor = fmpq((exact * fmpq(2) ** 40).floor())
    rounded = (floor if not up or floor == exact * fmpq(2) ** 40 else floor + 1) / fmpq(2) ** 40
    return rounded, rounded != exact


def root_bound(bound: fmpq, order: int, up: bool) -> tuple[fmpq, bool]:
    """A rational below (above) bound^(1/order), and whether it is exact."""
    p, q = int(bound.p), int(bound.q)
    a, b = sp.integer_nthroot(p, order), sp.integer_nthroot(q, order)
    if a[1] and b[1]:
        return fmpq(int(a[0]), int(b[0])), True
    scale = 10**9
    root = sp.integer_nthroot(p * scale**order // q, order)[0]
    return fmpq(int(root) + (1 if up else 0), scale), False
