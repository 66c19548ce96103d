"""Rules of proof by derivatives: a goal holds from one end on, from a limit on, or between two ends."""

from __future__ import annotations

import sympy as sp

from proofs.checker import leading
from proofs.checker.logic import Atom, Sequent, minus
from proofs.checker.normal import Broken, close_by_signs, defined
from proofs.kernel.terms import NotDifferentiable, add, derivative, difference, mul, power, replaced

Ends = list[tuple[sp.Expr, bool]]


def along(premises: tuple[Atom, ...], x: sp.Expr) -> tuple[tuple[Atom, ...], Ends, Ends]:
    """Premises without x, and the ends (end, strict) below and above x that premises x − end and end − x give."""
    rest: list[Atom] = []
    lows: Ends = []
    highs: Ends = []
    for expr, rel in premises:
        if not expr.has(x):
            rest.append((expr, rel))
        elif rel in (">=", ">"):
            for ends, end in ((lows, difference(x, expr)), (highs, add(x, expr))):
                if not end.has(x):
                    ends.append((end, rel == ">"))
    return tuple(rest), lows, highs


def _slope(expr: sp.Expr, x: sp.Symbol, times: int = 1) -> sp.Expr:
    """The derivative by x, `times` over.

    Raises: Broken where there is none.
    """
    try:
        for _ in range(times):
            expr = derivative(expr, x)
    except NotDifferentiable as error:
        raise Broken("not differentiable: split the cases first") from error
    return expr


def monotone(sequent: Sequent, x: sp.Expr, end: sp.Expr, up: sp.Expr, mode: sp.Expr) -> list[Sequent]:
    """h ≥ 0 from h ≥ 0 at an end of x and h monotone from there.

    `up` = 1: x ≥ end and ∂h/∂x ≥ 0; `up` = −1: x ≤ end and ∂h/∂x ≤ 0. For >: mode = 0 asks h > 0 at the
    end; mode = 1 asks h ≥ 0 there and a strict derivative, where the premises exclude the end.
    Premises that mention x are dropped except bounds, so that the whole way from the end is admitted; h
    must be defined and differentiable on it (shown as further sequents).
    """
    expr, rel = sequent.goal
    if rel not in (">=", ">") or not x.is_Symbol or up not in (1, -1) or mode not in (0, 1) or end.has(x):
        raise Broken("not a monotone step")
    rest, lows, highs = along(sequent.premises, x)
    ends, others = (lows, highs) if up == 1 else (highs, lows)
    strict = next((s for e, s in ends if e == end), None)
    if strict is None:
        raise Broken("the premises do not give this end")
    if rel == ">" and mode == 1 and not strict:
        raise Broken("the end itself is admitted")
    closed = mul(up, difference(x, end))
    # The far side holds on the whole way because it holds at x; bounds on the near side need not.
    far = [(mul(up, difference(e, x)), ">" if s else ">=") for e, s in others]
    inside = (*rest, *far, (closed, ">"))
    way = (*rest, *far, (closed, ">="))
    start = (*rest, *((replaced(e, {x: end}), r) for e, r in far))
    return [
        Sequent(start, (replaced(expr, {x: end}), rel if mode == 0 else ">=")),
        Sequent(inside, (mul(up, _slope(expr, x)), ">" if rel == ">" and mode == 1 else ">=")),
        *defined(Sequent(way, sequent.goal), end),
        *defined(Sequent(way, sequent.goal), expr),
        *(Sequent(inside, atom) for atom in smooth(expr, x)),
    ]


def smooth(expr: sp.Expr, x: sp.Symbol) -> list[Atom]:
    """Radicands (and bases of powers) that must be > 0 for the derivative to exist inside."""
    return list(
        dict.fromkeys(
            (node.base, ">")
            for node in sp.preorder_traversal(expr)
            if isinstance(node, sp.Pow) and node.base is not sp.E and not node.exp.is_Integer and node.base.has(x)
        )
    )


def far(sequent: Sequent, x: sp.Expr, end: sp.Expr, up: sp.Expr) -> list[Sequent]:
    """h > 0 (or ≥ 0) from lim h ≥ 0 at an end of x that x does not reach, and h strictly monotone from there.

    `end` is oo or −oo, or a finite end that the premises exclude (x > end for up = 1, x < end for up = −1).
    """
    expr, rel = sequent.goal
    if rel not in (">=", ">") or not x.is_Symbol or up not in (1, -1):
        raise Broken("not a monotone step")
    rest, lows, highs = along(sequent.premises, x)
    near, far = (lows, highs) if up == 1 else (highs, lows)
    side = [(mul(up, difference(e, x)), ">" if s else ">=") for e, s in far]
    if end in (sp.oo, -sp.oo):
        if end != -up * sp.oo:
            raise Broken("the wrong end")
        path, gap = mul(-up, x), []
    else:
        if (end, True) not in near or end.has(x):
            raise Broken("the premises do not give this end")
        path, gap = add(end, mul(up, power(x, sp.Integer(-1)))), [(mul(up, difference(x, end)), ">")]
    inside = (*rest, *side, *gap)
    try:
        limit = leading.limit_at_infinity(replaced(expr, {x: path}), x, leading.Signs(rest, close_by_signs))
    except (leading.NeedCase, leading.Unknown, ValueError) as error:
        raise Broken(str(error)) from error
    if limit == -sp.oo:
        raise Broken("the limit is negative")
    start = [] if limit == sp.oo else [*defined(Sequent(rest, sequent.goal), limit), Sequent(rest, (limit, ">="))]
    return [
        *start,
        Sequent(inside, (mul(up, _slope(expr, x)), ">=" if rel == ">=" or limit == sp.oo else ">")),
        *defined(Sequent(inside, sequent.goal), expr),
        *(Sequent(inside, atom) for atom in smooth(expr, x)),
    ]


def concave(sequent: Sequent, x: sp.Expr, low: sp.Expr, high: sp.Expr) -> list[Sequent]:
    """h ≥ 0 between two ends of x from h ≥ 0 at both and ∂²h/∂x² ≤ 0 between them."""
    expr, rel = sequent.goal
    if rel != ">=" or not x.is_Symbol or low.has(x) or high.has(x):
        raise Broken("not a concave step")
    rest, lows, highs = along(sequent.premises, x)
    if low not in [e for e, _ in lows] or high not in [e for e, _ in highs]:
        raise Broken("the premises do not give these ends")
    inside = (*rest, (difference(x, low), ">"), (difference(high, x), ">"))
    way = (*rest, (difference(x, low), ">="), (difference(high, x), ">="))
    start = (*rest, (difference(high, low), ">="))
    return [
        *(Sequent(start, (replaced(expr, {x: end}), ">=")) for end in (low, high)),
        Sequent(inside, (minus(_slope(expr, x, 2)), ">=")),
        *defined(Sequent(way, sequent.goal), expr),
        *(Sequent(inside, atom) for atom in smooth(expr, x)),
    ]
