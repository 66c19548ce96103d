"""Proofs in one variable by pieces: around each zero of the goal by derivatives, between them by boxes, beyond them by other means."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import sympy as sp

from proofs.checker import analytic, balls
from proofs.checker.logic import Sequent
from proofs.checker.rules import Proof
from proofs.checker.sampling import violated
from proofs.checker.witness import sign_at
from proofs.kernel.terms import difference
from proofs.search import critical, steps
from proofs.search.steps import step

Prove = Callable[[Sequent, int], Proof | None]  # a sequent with so many steps left
End = tuple[sp.Expr, bool]  # an end of the variable, and whether it is excluded
BOXES = 1500
ORDERS = 6  # of a zero
SHARES = (2, 8, 40, 200)  # a piece around a zero is this part of the way to the next
FAR = (1, 4, 16, 64, 256)  # where a piece without end begins
MOST_OPERATIONS = 400


def by_pieces(sequent: Sequent, prove: Prove) -> Proof | None:
    """A proof of an inequality in one variable, or None."""
    free = sorted(sequent.variables, key=str)
    if len(free) != 1 or sequent.goal[1] not in (">=", ">") or violated(sequent):
        return None
    x = free[0]
    low, high = _ends(sequent, x)
    if low is None and high is None:
        return None
    ends = ({low[0]} if low else set()) | ({high[0]} if high else set())
    zeros = [zero for zero in critical.touching(sequent, x)[0] if zero not in ends] if sequent.goal[1] == ">=" else []
    places = sorted(zeros, key=float)
    for up, end, other in ((1, low, high), (-1, high, low)):
        if other is None and end is not None:
            start = max([up * float(end[0]), *(up * float(place) for place in places)])
            far = (sp.Integer(up * (math.ceil(start) + distance)) for distance in FAR)
            tail = [next((place for place in far if _goes_on(sequent, x, place, up, prove)), None)]
            places = [*places, *(p for p in tail if p is not None)] if up == 1 else [*(p for p in tail if p is not None), *places]
    marks = [low[0] if low else None, *places, high[0] if high else None]
    return _split(sequent, x, marks, prove)


def _ends(sequent: Sequent, x: sp.Symbol) -> tuple[End | None, End | None]:
    """The highest end below x and the lowest above it."""
    _, lows, highs = analytic.along(sequent.premises, x)
    if any(end.free_symbols for end, _ in (*lows, *highs)):
        return None, None
    return max(lows, key=_place, default=None), min(highs, key=_place, default=None)


def _place(end: End) -> float:
    return float(end[0])


def _goes_on(sequent: Sequent, x: sp.Symbol, far: sp.Expr, up: int, prove: Prove) -> bool:
    """Whether the rest from a place on has a proof by other means."""
    children = steps.children(sequent, "split", (difference(x, far),))
    return children is not None and prove(children[0 if up == 1 else 1], 2) is not None


def _split(sequent: Sequent, x: sp.Symbol, marks: list[sp.Expr | None], prove: Prove) -> Proof | None:
    """The pieces between neighbouring marks, the first of which (None: no end) are those that the sequent has already."""
    if len(marks) == 2:
        return _piece(sequent, x, marks[0], marks[1], prove)
    at = difference(x, marks[1])
    children = steps.children(sequent, "split", (at,))
    if children is None or len(children) != 2:
        return None
    above, below = children
    first = _piece(below, x, marks[0], marks[1], prove)
    rest = None if first is None else _split(above, x, marks[1:], prove)
    return None if rest is None or first is None else step("split", [at], [rest, first])


def _piece(sequent: Sequent, x: sp.Symbol, low: sp.Expr | None, high: sp.Expr | None, prove: Prove) -> Proof | None:
    """Between two marks: boxes where the goal is positive at both, else a part around each zero that is a mark."""
    if low is None or high is None:
        return prove(sequent, 2)
    found = boxed(sequent)
    if found is not None:
        return found
    delicate = [not _is_positive(sequent, x, end) for end in (low, high)]
    return _around(sequent, x, low, high, 1 if delicate[0] else -1, all(delicate), prove) if any(delicate) else None


def _is_positive(sequent: Sequent, x: sp.Symbol, end: sp.Expr) -> bool:
    try:
        return sign_at(sequent.goal[0], {x: end}) == 1
    except (balls.Undefined, ZeroDivisionError, OverflowError):
        return False


def boxed(sequent: Sequent, budget: int = BOXES) -> Proof | None:
    """The proof by boxes, or None."""
    if violated(sequent) or sp.count_ops(sequent.goal[0]) > MOST_OPERATIONS:
        return None
    args = (sp.Integer(budget),)
    return None if steps.children(sequent, "boxes", args) is None else step("boxes", list(args), [])


def _around(sequent: Sequent, x: sp.Symbol, low: sp.Expr, high: sp.Expr, up: int, both: bool, prove: Prove) -> Proof | None:
    """A part from a zero (or from where the goal is not defined) by derivatives, and what is left of the piece after it."""
    near, length = (low if up == 1 else high), float(high) - float(low)
    for far, whole in _parts(near, length, up):
        if whole:
            found = chain(sequent, x, near, up, prove)
            if found is not None:
                return found
            continue
        at = difference(x, far)
        children = steps.children(sequent, "split", (at,))
        if children is None or len(children) != 2:
            continue
        own, other = (children[1], children[0]) if up == 1 else children
        first = chain(own, x, near, up, prove) or prove(own, 1)
        if first is None:
            continue
        rest = _around(other, x, far, high, -1, False, prove) if both else boxed(other)
        if rest is not None:
            return step("split", [at], [rest, first] if up == 1 else [first, rest])
    return None


def _parts(near: sp.Expr, length: float, up: int) -> Iterator[tuple[sp.Expr, bool]]:
    yield near, True
    for share in SHARES:
        place = float(near) + up * length / share
        yield sp.Rational(place).limit_denominator(max(10, math.ceil(20 * share / length))), False


def chain(sequent: Sequent, x: sp.Symbol, end: sp.Expr, up: int, prove: Prove, left: int = ORDERS) -> Proof | None:
    """By the sign of a derivative, of an order at which the goal is no more zero at the end."""
    if left == 0 or violated(sequent) or sp.count_ops(sequent.goal[0]) > MOST_OPERATIONS:
        return None
    _, lows, highs = analytic.along(sequent.premises, x)
    strict = (end, True) in (lows if up == 1 else highs)
    for mode in (1, 0) if sequent.goal[1] == ">" and strict else (0,):
        args = (x, end, sp.Integer(up), sp.Integer(mode))
        children = steps.children(sequent, "monotone", args)
        start = None if children is None else prove(children[0], 1)
        if children is None or start is None:
            continue
        slope = prove(children[1], 0) or boxed(children[1], BOXES // 4) or chain(children[1], x, end, up, prove, left - 1)
        rest = [] if slope is None else [prove(child, 1) for child in children[2:]]
        if slope is not None and None not in rest:
            return step("monotone", list(args), [start, slope, *(proof for proof in rest if proof is not None)])
    return None
