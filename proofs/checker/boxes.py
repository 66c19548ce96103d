"""Branch and bound with balls on compact boxes: strict inequalities on a box that the premises give."""

from __future__ import annotations

import itertools
from typing import Any

import sympy as sp
from flint import arb, ctx, fmpq

from proofs.checker import balls
from proofs.checker.bounds import variable_bounds
from proofs.checker.logic import Sequent
from proofs.kernel.terms import NotDifferentiable, derivative

BITS = 128
MAX_VARIABLES = 3


def positive_on_boxes(sequent: Sequent, budget: int) -> bool:
    """Whether the goal is > 0 on the whole box (closed) of its variables, with at most `budget` boxes.

    The premises other than the sides of the box are not used. Each box is enclosed by the value at its
    centre plus the slopes times its half-widths (the mean value form), or by plain evaluation.
    """
    expr, rel = sequent.goal
    if rel not in (">", ">="):
        return False
    variables = sorted(expr.free_symbols, key=str)
    if len(variables) > MAX_VARIABLES:
        return False
    bounds = variable_bounds(sequent.premises)
    sides: list[tuple[fmpq, fmpq]] = []
    for x in variables:
        bound = bounds.get(x)
        if bound is None or bound.low is None or bound.high is None:
            return False
        sides.append((bound.low, bound.high))
    try:
        slopes = [derivative(expr, x) for x in variables]
    except NotDifferentiable:
        slopes = []
    with ctx.workprec(BITS):
        if not all(surely_positive(expr, [], variables, tuple((c, c) for c in corner)) for corner in itertools.product(*sides)):
            return False
        stack, used = [tuple(sides)], 0
        while stack:
            used += 1
            if used > budget:
                return False
            box = stack.pop()
            if surely_positive(expr, slopes, variables, box):
                continue
            stack += halves(box)
    return True


def _ball(low: fmpq, high: fmpq) -> Any:
    return arb(low).union(arb(high))


def surely_positive(expr: sp.Expr, slopes: list[sp.Expr], variables: list[sp.Symbol], box: tuple[tuple[fmpq, fmpq], ...]) -> bool:
    """Whether the expression is surely > 0 on the box."""
    at = {x: _ball(a, b) for x, (a, b) in zip(variables, box, strict=True)}
    try:
        if balls.value(expr, at) > 0:
            return True
    except balls.Undefined:
        return False
    if not slopes:
        return False
    try:
        total = balls.value(expr, {x: (a + b) / 2 for x, (a, b) in zip(variables, box, strict=True)})
        for slope, (a, b) in zip(slopes, box, strict=True):
            half = arb(b - a) / 2
            total = total + balls.value(slope, at) * (-half).union(half)
    except balls.Undefined:
        return False
    return bool(total > 0)


def halves(box: tuple[tuple[fmpq, fmpq], ...]) -> list[tuple[tuple[fmpq, fmpq], ...]]:
    """The box cut in two along its widest side."""
    widest = max(range(len(box)), key=lambda i: box[i][1] - box[i][0])
    a, b = box[widest]
    m = (a + b) / 2
    return [(*box[:widest], side, *box[widest + 1 :]) for side in ((a, m), (m, b))]
