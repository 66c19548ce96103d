"""Expressions as they are written.

SymPy's own evaluation changes where an expression is defined: x/x becomes 1, √x² becomes x, 0·log x becomes 0, and
√(x²y), which is 0 at x = 0 for every y, becomes |x|√y. The functions here build, change and differentiate expressions so
that the result is defined exactly where the text is: what is total (a real number for all real values of its variables, as
its form shows) is evaluated, everything else is kept as it stands.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import sympy as sp

TOTAL_FUNCTIONS = (sp.exp, sp.sin, sp.cos, sp.sinh, sp.cosh, sp.tanh, sp.Abs, sp.Min, sp.Max)
_ORDER = functools.cmp_to_key(sp.Basic.compare)
ZERO, ONE = sp.Integer(0), sp.Integer(1)


class NotDifferentiable(ValueError):
    """The expression has corners: Abs, Min or Max of what moves."""


def positive_constant(expr: sp.Basic) -> bool:
    """Whether the form shows a positive number: a rational, π, e, and rational powers of these."""
    if isinstance(expr, sp.Pow):
        return expr.exp.is_Rational and positive_constant(expr.base)
    return expr in (sp.pi, sp.E) or bool(expr.is_Rational and expr > 0)


@functools.lru_cache(maxsize=100_000)
def total(expr: sp.Basic) -> bool:
    """Whether the form shows a real number at all real values of the variables."""
    if expr.is_Rational or expr.is_Symbol or expr in (sp.pi, sp.E):
        return True
    if isinstance(expr, sp.Pow):
        base, exponent = expr.args
        if exponent.is_Integer:
            return total(base) and bool(exponent >= 0 or (base.is_Rational and base != 0) or positive_constant(base))
        return (positive_constant(base) and total(exponent)) or bool(base == 0 and exponent.is_Rational and exponent > 0)
    if isinstance(expr, sp.log):
        return positive_constant(expr.args[0])
    return isinstance(expr, (sp.Add, sp.Mul, *TOTAL_FUNCTIONS)) and all(map(total, expr.args))


def add(*terms: sp.Expr) -> sp.Expr:
    """The sum: total terms are collected, the others stand as they are."""
    plain, rest = _sorted_out(sp.Add, terms)
    collected = sp.Add(*plain)
    if not rest:
        return collected
    kept = [*(sp.Add.make_args(collected) if collected != 0 else ()), *rest]
    return kept[0] if len(kept) == 1 else sp.Add(*sorted(kept, key=_ORDER), evaluate=False)


def mul(*factors: sp.Expr) -> sp.Expr:
    """The product: total factors are collected, the others stand as they are, beside a factor 0 too."""
    plain, rest = _sorted_out(sp.Mul, factors)
    collected = sp.Mul(*plain)
    if not rest:
        return collected
    if collected == -1 and len(rest) == 1 and isinstance(rest[0], sp.Add):
        return add(*(mul(collected, term) for term in rest[0].args))
    kept = [*(sp.Mul.make_args(collected) if collected != 1 else ()), *rest]
    return kept[0] if len(kept) == 1 else sp.Mul(*sorted(kept, key=_ORDER), evaluate=False)


def _sorted_out(kind: Any, parts: tuple[sp.Expr, ...]) -> tuple[list[sp.Expr], list[sp.Expr]]:
    """Total parts, and the others, nested sums (or products) taken apart."""
    plain: list[sp.Expr] = []
    rest: list[sp.Expr] = []
    waiting = list(reversed(parts))
    while waiting:
        part = waiting.pop()
        if total(part):
            plain.append(part)
        elif isinstance(part, kind):
            waiting += reversed(part.args)
        else:
            rest.append(part)
    return plain, rest


def power(base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
    """base^exponent, 1/(ab) as 1/a·1/b, and 1/aᵏ as a⁻ᵏ, which are defined at the same places."""
    if exponent == 1:
        return base
    unevaluated = sp.Pow(base, exponent, evaluate=False)
    if total(unevaluated):
        return sp.Pow(base, exponent)
    if exponent.is_Integer and exponent < 0:
        if isinstance(base, sp.Mul):
            return mul(*(power(factor, exponent) for factor in base.args))
        if isinstance(base, sp.Pow) and base.exp.is_Rational and base.exp > 0 and (base.exp.is_Integer or exponent == -1):
            return power(base.base, base.exp * exponent)
    return unevaluated


def apply(function: type, *args: sp.Expr) -> sp.Expr:
    """function(args…); logarithms of positive constants and functions of total arguments are evaluated."""
    if (function in TOTAL_FUNCTIONS and all(map(total, args))) or (function is sp.log and positive_constant(args[0])):
        return function(*args)
    return function(*args, evaluate=False)


def difference(left: sp.Expr, right: sp.Expr) -> sp.Expr:
    """left − right."""
    return add(left, mul(sp.Integer(-1), right))


def rebuilt(expr: sp.Basic, args: tuple[sp.Basic, ...]) -> sp.Basic:
    """The same operation on other arguments."""
    if isinstance(expr, sp.Add):
        return add(*args)
    if isinstance(expr, sp.Mul):
        return mul(*args)
    if isinstance(expr, sp.Pow):
        return apply(sp.exp, args[1]) if args[0] is sp.E else power(*args)
    if isinstance(expr, (sp.Function, sp.Min, sp.Max)):
        return apply(expr.func, *args)
    if isinstance(expr, (sp.And, sp.Or)):
        return joined(expr.func, *args)
    return expr.func(*args, evaluate=False)  # relations and not


def joined(connective: type, *conditions: sp.Basic) -> sp.Basic:
    """And or Or of conditions as they stand: SymPy's own, even unevaluated, makes true of x > 0 ∨ x ≤ 0, and of log x the same."""
    kept = tuple(sp.ordered(dict.fromkeys(conditions)))
    if len(kept) < 2:
        return kept[0] if kept else sp.true if connective is sp.And else sp.false
    result = sp.Basic.__new__(connective, *kept)
    result._argset = frozenset(kept)
    return result


def replaced(expr: sp.Basic, values: Mapping[sp.Basic, sp.Basic]) -> sp.Basic:
    """`expr` with other expressions for its symbols, all at once; nothing is lost of where it is defined."""
    memo: dict[sp.Basic, sp.Basic] = dict(values)

    def visit(node: sp.Basic) -> sp.Basic:
        if node not in memo:
            memo[node] = rebuilt(node, tuple(map(visit, node.args))) if node.args else node
        return memo[node]

    return visit(expr)


def derivative(expr: sp.Expr, x: sp.Symbol) -> sp.Expr:
    """∂expr/∂x where `expr` is defined and the radicands that move are positive.

    Raises: NotDifferentiable for Abs, Min and Max of what moves.
    """
    if expr == x:
        return ONE
    if not expr.has(x):
        return ZERO
    args = expr.args
    if isinstance(expr, sp.Add):
        return add(*(derivative(arg, x) for arg in args))
    if isinstance(expr, sp.Mul):
        return add(*(mul(*args[:i], derivative(arg, x), *args[i + 1 :]) for i, arg in enumerate(args) if arg.has(x)))
    if isinstance(expr, sp.Pow):
        return _derivative_of_power(expr, x)
    inner, outer = derivative(args[0], x), _outer_derivative(expr)
    return mul(outer, inner)


def _derivative_of_power(expr: sp.Pow, x: sp.Symbol) -> sp.Expr:
    base, exponent = expr.args
    if not exponent.has(x):
        return mul(
            exponent, power(base, exponent - 1) if exponent.is_Rational else power(base, add(exponent, sp.Integer(-1))), derivative(base, x)
        )
    by_exponent = mul(expr, apply(sp.log, base), derivative(exponent, x))
    if not base.has(x):
        return mul(expr, derivative(exponent, x)) if base is sp.E else by_exponent
    return add(by_exponent, mul(expr, exponent, power(base, sp.Integer(-1)), derivative(base, x)))


def _outer_derivative(expr: sp.Expr) -> sp.Expr:
    argument = expr.args[0]
    if isinstance(expr, sp.exp):
        return expr
    if isinstance(expr, sp.log):
        return power(argument, sp.Integer(-1))
    if isinstance(expr, (sp.sin, sp.sinh)):
        return apply(sp.cos if isinstance(expr, sp.sin) else sp.cosh, argument)
    if isinstance(expr, sp.cos):
        return mul(sp.Integer(-1), apply(sp.sin, argument))
    if isinstance(expr, sp.cosh):
        return apply(sp.sinh, argument)
    if isinstance(expr, (sp.tan, sp.tanh)):
        square = power(expr, sp.Integer(2))
        return add(ONE, square if isinstance(expr, sp.tan) else mul(sp.Integer(-1), square))
    raise NotDifferentiable(f"{type(expr).__name__} has corners")
