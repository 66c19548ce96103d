"""Ways of a variable over whole numbers, on which a sine or cosine stands still: what has several limits has none."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

TURNS = [sp.Rational(k, 12) for k in (0, 6, 3, 9, 1)]  # where on the circle, as parts of 2π
NUMBER = sp.Symbol("n", positive=True)


def numbered_ways(expr: sp.Expr, x: sp.Symbol) -> Iterator[sp.Expr]:
    """Values of x, one for each n = 1, 2, 3, …, at which the angle of a sine or cosine in the expression is ±2πn + c."""
    angles = sorted({node.args[0] for node in expr.atoms(sp.sin, sp.cos, sp.tan) if node.has(x)}, key=sp.count_ops)
    plain = sp.Dummy(real=True)
    for angle in angles:
        for turn in TURNS:
            for sign in (1, -1):
                try:
                    solutions = sp.solve(angle.xreplace({x: plain}) - sign * 2 * sp.pi * (NUMBER + turn), plain)
                except (NotImplementedError, ValueError, TypeError, RecursionError, AttributeError):
                    continue
                yield from (s.xreplace({NUMBER: sp.Symbol("n", real=True)}) for s in solutions if not s.has(sp.I, plain, sp.Piecewise))
