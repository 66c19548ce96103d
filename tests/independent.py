"""A second reading of statements for the tests: Python's tree and mpmath, no code of the engines."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator, Mapping, Sequence

import mpmath

DIGITS = 40
MARGIN = mpmath.mpf(10) ** -25  # a difference below this is not believed either way

FUNCTIONS = {
    "sqrt": mpmath.sqrt,
    "exp": mpmath.exp,
    "log": mpmath.log,
    "Abs": abs,
    "Min": min,
    "Max": max,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tanh": mpmath.tanh,
}
CONSTANTS = {"pi": mpmath.pi, "E": mpmath.e}


class NotReal(Exception):
    """No real value at the point."""


def value(node: ast.expr, at: Mapping[str, mpmath.mpf]) -> mpmath.mpf:
    """The value of an expression at a point.

    Raises: NotReal; KeyError for forms such as limit.
    """
    if isinstance(node, ast.Constant):
        return mpmath.mpf(str(node.value))
    if isinstance(node, ast.Name):
        return +CONSTANTS[node.id] if node.id in CONSTANTS else at[node.id]
    if isinstance(node, ast.UnaryOp):
        return -value(node.operand, at)
    if isinstance(node, ast.BinOp):
        left, right = value(node.left, at), value(node.right, at)
        try:
            if isinstance(node.op, ast.Add):
                return left + right
            if isinstance(node.op, ast.Sub):
                return left - right
            if isinstance(node.op, ast.Mult):
                return left * right
            if isinstance(node.op, ast.Div):
                return left / right
            result = left**right
        except (ZeroDivisionError, OverflowError, ValueError):
            raise NotReal from None
        return _real(result)
    assert isinstance(node, ast.Call)
    assert isinstance(node.func, ast.Name)
    if node.func.id == "diff":
        assert isinstance(node.args[1], ast.Name)
        name = node.args[1].id
        return _real(mpmath.diff(lambda v: value(node.args[0], {**at, name: v}), at[name]))
    try:
        return _real(FUNCTIONS[node.func.id](*(value(arg, at) for arg in node.args)))
    except (ValueError, ZeroDivisionError, OverflowError):
        raise NotReal from None


def _real(x: mpmath.mpf) -> mpmath.mpf:
    if isinstance(x, mpmath.mpc) or not mpmath.isfinite(x):
        raise NotReal
    return x


def truth(node: ast.expr, at: Mapping[str, mpmath.mpf]) -> bool | None:
    """Whether a condition holds at a point; None where the margin is too small to tell."""
    if isinstance(node, ast.BoolOp):
        values = [truth(v, at) for v in node.values]
        decisive = isinstance(node.op, ast.Or)
        if decisive in values:
            return decisive
        return None if None in values else not decisive
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = truth(node.operand, at)
        return None if inner is None else not inner
    assert isinstance(node, ast.Compare)
    sides = [value(side, at) for side in (node.left, *node.comparators)]
    verdicts = [_compare(a, op, b) for a, op, b in zip(sides, node.ops, sides[1:], strict=False)]
    if False in verdicts:
        return False
    return None if None in verdicts else True


def _compare(a: mpmath.mpf, op: ast.cmpop, b: mpmath.mpf) -> bool | None:
    gap = a - b
    if abs(gap) <= MARGIN * max(1, abs(a), abs(b)):
        return None
    return {
        ast.Lt: gap < 0,
        ast.LtE: gap < 0,
        ast.Gt: gap > 0,
        ast.GtE: gap > 0,
        ast.Eq: False,
        ast.NotEq: True,
    }[type(op)]


def names(trees: Sequence[ast.expr]) -> list[str]:
    """The variables, in a fixed order."""
    found = {n.id for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Name)}
    return sorted(found - set(CONSTANTS) - set(FUNCTIONS) - {"diff"})


def points(variables: Sequence[str], rng: random.Random, count: int) -> Iterator[dict[str, mpmath.mpf]]:
    """Points over many scales, small whole numbers among them."""
    for _ in range(count):
        at = {}
        for name in variables:
            kind = rng.random()
            if kind < 0.3:
                at[name] = mpmath.mpf(rng.choice([-3, -2, -1, 1, 2, 3, 4, 5])) / rng.choice([1, 1, 2, 3, 10])
            elif kind < 0.6:
                at[name] = mpmath.mpf(rng.random())
            else:
                at[name] = mpmath.mpf(rng.uniform(-1, 1)) * mpmath.mpf(10) ** rng.uniform(-3, 3)
        yield at


def counterexample(
    statement: str, where: Sequence[str], count: int = 300, seed: int = 5
) -> dict[str, mpmath.mpf] | None:
    """A point at which the premises hold and the statement is false or not real, by mpmath alone; or None.

    Raises: KeyError, AssertionError for statements that are not conditions at points (limit, sup, …).
    """
    tree = ast.parse(statement, mode="eval").body
    premises = [ast.parse(w, mode="eval").body for w in where]
    rng = random.Random(seed)
    with mpmath.workdps(DIGITS):
        for at in points(names([tree, *premises]), rng, count):
            try:
                if not all(truth(p, at) is True for p in premises):
                    continue
            except NotReal:
                continue
            try:
                if truth(tree, at) is False:
                    return at
            except NotReal:
                return at
    return None
