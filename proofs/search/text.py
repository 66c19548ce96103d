"""Expressions as text, in the grammar of the reader: what the search writes into certificates and witnesses.

SymPy's own printer evaluates some products on its way.
"""

from __future__ import annotations

import sympy as sp

from proofs.kernel.terms import ONE, mul


def text(expr: sp.Expr) -> str:
    """The expression in the grammar of the reader; read again, it is the same: SymPy's printer evaluates some products."""
    if isinstance(expr, sp.Add):
        first, *rest = sorted(expr.args, key=lambda term: bool(term.is_Rational))
        return text(first) + "".join(
            f" - {_factor(mul(sp.Integer(-1), term), 2)}" if _coefficient(term) < 0 else f" + {_factor(term, 2)}" for term in rest
        )
    if isinstance(expr, sp.Mul):
        return _product_text(expr)
    if isinstance(expr, sp.Rational):
        return str(expr)
    if isinstance(expr, sp.Pow) and expr.base is not sp.E:
        base, exponent = expr.args
        if exponent == sp.Rational(1, 2):
            return f"sqrt({text(base)})"
        if exponent.is_Rational and exponent < 0:
            return f"1/{_factor(_inverse(expr), 4)}"
        return f"{_factor(base, 5)}**{_factor(exponent, 5)}"
    if expr.args:
        name, args = ("exp", expr.args[-1:]) if isinstance(expr, sp.Pow) else (type(expr).__name__, expr.args)
        return f"{name}({', '.join(map(text, args))})"
    return str(expr)


def _coefficient(term: sp.Expr) -> sp.Rational:
    return next((arg for arg in (term, *(term.args if isinstance(term, sp.Mul) else ())) if arg.is_Rational), ONE)


def _inverse(expr: sp.Pow) -> sp.Expr:
    """1/expr, for a power with a negative exponent, whose form stays apart from that of its base."""
    return expr.base if expr.exp == -1 else sp.Pow(expr.base, -expr.exp, evaluate=False)


def _product_text(expr: sp.Mul) -> str:
    coefficient = _coefficient(expr)
    factors = [arg for arg in expr.args if arg is not coefficient]
    below = [arg for arg in factors if isinstance(arg, sp.Pow) and arg.base is not sp.E and arg.exp.is_Rational and arg.exp < 0]
    above = [_factor(arg, 3) for arg in factors if arg not in below]
    if abs(coefficient.p) != 1 or not above:
        above = [str(abs(coefficient.p)), *above]
    denominators = [str(coefficient.q)] if coefficient.q != 1 else []
    denominators += [_factor(_inverse(arg), 4) for arg in below]
    return ("-" if coefficient < 0 else "") + "*".join(above) + "".join(f"/{part}" for part in denominators)


def _factor(expr: sp.Expr, strength: int) -> str:
    """The text, in brackets unless it binds at least so strongly: 2 as a term, 3 as a factor, 4 under a division or a power."""
    written = text(expr)
    return written if _binding(expr) >= strength else f"({written})"


def _binding(expr: sp.Expr) -> int:
    """1 sums and what begins with a minus, 2 products and quotients, 4 powers, 5 what needs no brackets."""
    if isinstance(expr, sp.Add) or _coefficient(expr) < 0:
        return 1
    if isinstance(expr, sp.Mul):
        return 2
    if expr.is_Rational:
        return 5 if expr.is_Integer else 2
    if isinstance(expr, sp.Pow) and expr.base is not sp.E and expr.exp != sp.Rational(1, 2):
        return 2 if expr.exp.is_Rational and expr.exp < 0 else 4
    return 5
