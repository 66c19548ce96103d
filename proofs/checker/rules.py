"""The rules of proof: the trusted kernel of the exact engines.

A rule turns a sequent and plain-data arguments into the sequents that suffice for it, or raises
`Broken`. The search chooses rules; `holds` replays a finished proof with no search at all. Soundness
rests on this file, on `field`, `coefficients`, `boxes`, `leading` and, where a proof says so, a solver.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sympy as sp

from proofs.checker import balls, boxes, leading, roots, solver
from proofs.checker.field import Field, NeedSign
from proofs.checker.logic import Atom, Sequent, definedness, minus
from proofs.checker.normal import normal_form
from proofs.checker.quotients import Rat, Unsupported
from proofs.checker.sampling import violated
from proofs.kernel.reader import read
from proofs.kernel.terms import NotDifferentiable, add, derivative, difference, mul, power, replaced
from proofs.kernel.terms import apply as applied
from theory.exact import InvalidInput

Proof = dict[str, Any]  # {"rule": name, "args": [text, …], "then": [Proof, …]}
MAX_DEPTH = 60
SCEPTIC_POINTS = 12
NEVER: Atom = (sp.Integer(-1), ">=")  # the goal of premises that contradict each other


class Broken(ValueError):
    """The rule does not apply: the proof is not one."""


def normal(sequent: Sequent) -> tuple[Field, Rat]:
    """The goal's expression in normal form, under the premises.

    Raises: NeedSign, Unsupported.
    """
    return normal_form(sequent.premises, sequent.goal[0])


def close_by_signs(sequent: Sequent) -> bool:
    """Whether the goal is seen from the signs of the factors of its normal form."""
    rel = sequent.goal[1]
    if not sequent.goal[0].free_symbols and rel != "==":
        sign = _constant_sign(sequent.goal[0])
        if sign:
            return sign > 0 or rel == "!="
    f, rat = normal(sequent)
    if rat.num.is_zero():
        return rel in ("==", ">=")
    if rel == "==":
        return False
    if rel == "!=":
        return f.strict_rat(rat)
    s = f.sign_rat(rat)
    if rel == ">=":
        return s in (1, 0)
    return s == 1 and f.strict_rat(rat)


def _constant_sign(expr: sp.Expr) -> int | None:
    try:
        return balls.sign(expr)
    except balls.Undefined:
        return None


def _signs(sequent: Sequent) -> list[Sequent]:
    if not close_by_signs(sequent):
        raise Broken("the signs do not give the goal")
    return []


def _split(sequent: Sequent, at: sp.Expr) -> list[Sequent]:
    """Two cases: at ≥ 0 and at ≤ 0. What is split must be defined wherever the premises hold."""
    return [
        *_defined(sequent, at),
        Sequent((*sequent.premises, (at, ">=")), sequent.goal),
        Sequent((*sequent.premises, (minus(at), ">=")), sequent.goal),
    ]


def _split3(sequent: Sequent, at: sp.Expr) -> list[Sequent]:
    """Three cases: at > 0, at < 0, at = 0."""
    return [
        *_defined(sequent, at),
        Sequent((*sequent.premises, (at, ">")), sequent.goal),
        Sequent((*sequent.premises, (minus(at), ">")), sequent.goal),
        Sequent((*sequent.premises, (at, "==")), sequent.goal),
    ]


def _defined(sequent: Sequent, expr: sp.Expr) -> list[Sequent]:
    """What must be shown for `expr` to be real at all admitted values."""
    if expr.has(sp.nan, sp.zoo, sp.oo, sp.I):
        raise Broken("not a real expression")
    return [Sequent(sequent.premises, atom) for cases, _ in definedness(expr) for atom in cases[0]]


def _clear(sequent: Sequent) -> list[Sequent]:
    """Divide the goal by its factors of known sign; even powers go too (for >, only where nonzero)."""
    f, rat = normal(sequent)
    rel = sequent.goal[1]
    if rel not in (">=", ">") or rat.num.is_zero():
        raise Broken("nothing to clear")
    content, factors = f._factors(rat)
    total, rest = (1 if content > 0 else -1), []
    for poly, times in factors:
        s, odd = f.sign(poly), times % 2
        if rel == ">=" or times < 0 or f.sign_strict(poly):  # where it is zero, the goal holds or is not defined
            if not odd:
                continue
            if s in (1, -1):
                total *= s
                continue
        rest.append(f.poly_sympy(poly) if odd else f.poly_sympy(poly) ** 2)
    if not rest:
        raise Broken("nothing is left: use the signs")
    return [Sequent(sequent.premises, (sp.Mul(total, *rest), rel))]


def _factors(sequent: Sequent, *signs: sp.Expr) -> list[Sequent]:
    """Each factor of unknown sign by itself, with the given signs (1 or −1) whose product must fit."""
    f, rat = normal(sequent)
    rel = sequent.goal[1]
    if rel not in (">=", ">"):
        raise Broken("only for inequalities")
    content, factors = f._factors(rat)
    total, children = (1 if content > 0 else -1), []
    chosen = iter(signs)
    for poly, times in factors:
        s = next(chosen, None)
        if s not in (1, -1):
            raise Broken("a sign for each factor")
        strict = rel == ">" or times < 0
        if times % 2 == 0:
            if strict and times > 0:
                children.append(Sequent(sequent.premises, (s * f.poly_sympy(poly), ">")))
            continue
        total *= int(s)
        children.append(Sequent(sequent.premises, (s * f.poly_sympy(poly), ">" if strict and times > 0 else ">=")))
    if total != 1:
        raise Broken("the signs do not multiply to the goal's")
    return children


def _absurd(sequent: Sequent, index: sp.Expr) -> list[Sequent]:
    """The premises contradict each other: the others imply the negation of one."""
    i = int(index)
    expr, rel = sequent.premises[i]
    rest = (*sequent.premises[:i], *sequent.premises[i + 1 :])
    if rel not in (">=", ">"):
        raise Broken("only for inequalities")
    return [Sequent(rest, (minus(expr), ">" if rel == ">=" else ">=")), *_defined(Sequent(rest, sequent.goal), expr)]


def _positive(sequent: Sequent, x: sp.Expr) -> bool:
    """Whether x > 0 stands among the premises."""
    return (x, ">") in sequent.premises


def _substitute(sequent: Sequent, old: sp.Expr, new: sp.Expr) -> list[Sequent]:
    """Replace the variable `old` by base ± w (or e^w, where old > 0) with a fresh w: every value of it is one of w."""
    fresh = sorted(new.free_symbols - sequent.variables, key=str)
    if not old.is_Symbol or len(fresh) != 1 or new.has(old):
        raise Broken("one variable by one fresh variable")
    w = fresh[0]
    slope = derivative(new, w)
    if slope not in (1, -1) and not (new == sp.exp(w) and _positive(sequent, old)):
        raise Broken("the change of variable is not a bijection")
    return [*_defined(_without(sequent, old), new), _moved(sequent, {old: new})]


def _without(sequent: Sequent, x: sp.Expr) -> Sequent:
    """The sequent with the premises that do not mention x."""
    return Sequent(tuple(p for p in sequent.premises if not p[0].has(x)), sequent.goal)


def _moved(sequent: Sequent, values: Mapping[sp.Expr, sp.Expr], *more: Atom) -> Sequent:
    """The sequent with other expressions for variables, and more premises."""
    premises = (*((replaced(expr, values), rel) for expr, rel in sequent.premises), *more)
    return Sequent(tuple(dict.fromkeys(premises)), (replaced(sequent.goal[0], values), sequent.goal[1]))


def _eliminate(sequent: Sequent, index: sp.Expr, x: sp.Expr, sign: sp.Expr) -> list[Sequent]:
    """A premise a·x + b = 0 with sign·a > 0: put x = −b/a everywhere."""
    i = int(index)
    expr, rel = sequent.premises[i]
    if rel != "==" or not x.is_Symbol or sign not in (1, -1):
        raise Broken("only for equalities")
    a = derivative(expr, x)
    if a.has(x) or a == 0:
        raise Broken("the premise is not linear in the variable")
    rest = Sequent((*sequent.premises[:i], *sequent.premises[i + 1 :]), sequent.goal)
    solution = minus(mul(replaced(expr, {x: sp.Integer(0)}), power(a, sp.Integer(-1))))
    return [Sequent(_without(rest, x).premises, (mul(sign, a), ">")), _moved(rest, {x: solution})]


def _square(sequent: Sequent, root: sp.Expr, how: sp.Expr) -> list[Sequent]:
    """A + B·r ≥ 0 with r = the root `root`: by the signs of A, B and of A² − B²r².

    how = 0: A ≥ 0 and B ≥ 0 (one of them > 0 for >). how = 1: A ≥ 0 and A² ≥ B²r². how = 2: B ≥ 0 and
    B²r² ≥ A².
    """
    f, rat = normal(sequent)
    rel = sequent.goal[1]
    if rel not in (">=", ">") or not rat.den.is_one():
        raise Broken("only for a polynomial goal")
    index = next((i for i, g in enumerate(f.gens) if g.expr == root), None)
    low = None if index is None else f.gens[index].low
    if index is None or f.gens[index].kind not in ("root", "var") or low is None or low < 0:
        raise Broken("the root is not a generator that is ≥ 0")
    if f.gens[index].kind == "root" and f.gens[index].unit != 2:
        raise Broken("not a square root")
    parts: dict[int, dict[tuple[int, ...], Any]] = {0: {}, 1: {}}
    for exponents, c in rat.num.terms():
        exps = list(map(int, exponents))
        odd = exps[index] % 2
        exps[index] -= odd
        parts[odd][tuple(exps)] = c
    ring = rat.num.context()
    a = f.poly_sympy(ring.from_dict(parts[0]))
    b = f.poly_sympy(ring.from_dict(parts[1]))
    premises = sequent.premises
    difference = sp.expand(a**2 - b**2 * root**2)
    if how == 0:
        strict_b = [Sequent(premises, (b * root, ">="))]
        return [Sequent(premises, (a, rel)), *strict_b]
    if how == 1:
        return [Sequent(premises, (a, ">=")), Sequent(premises, (difference, rel))]
    if how == 2:
        return [Sequent(premises, (b, ">=")), Sequent(premises, (-difference, rel))]
    raise Broken("no such way to square")


def _quadratic(sequent: Sequent, g: sp.Expr) -> list[Sequent]:
    """a·g² + b·g + c ≥ 0 for every real g: a ≥ 0, c ≥ 0 and 4ac − b² ≥ 0 (a ≥ 0 and 4ac − b² > 0 for >)."""
    f, rat = normal(sequent)
    rel = sequent.goal[1]
    index = next((i for i, gen in enumerate(f.gens) if gen.expr == g), None)
    if rel not in (">=", ">") or not rat.den.is_one() or index is None or int(rat.num.degrees()[index]) != 2:
        raise Broken("not a quadratic polynomial")
    parts: dict[int, dict[tuple[int, ...], Any]] = {0: {}, 1: {}, 2: {}}
    for exponents, coefficient in rat.num.terms():
        exps = list(map(int, exponents))
        power, exps[index] = exps[index], 0
        parts[power][tuple(exps)] = coefficient
    ring = rat.num.context()
    c, b, a = (f.poly_sympy(ring.from_dict(parts[k])) for k in (0, 1, 2))
    discriminant = sp.expand(4 * a * c - b**2)
    premises = sequent.premises
    if rel == ">":
        return [Sequent(premises, (a, ">=")), Sequent(premises, (discriminant, ">"))]
    return [Sequent(premises, (a, ">=")), Sequent(premises, (c, ">=")), Sequent(premises, (discriminant, ">="))]


def _logarithm(sequent: Sequent) -> list[Sequent]:
    """P − Q ≥ 0 for sums P, Q of positive monomials with positive coefficients: log P − log Q ≥ 0."""
    f, rat = normal(sequent)
    if sequent.goal[1] not in (">=", ">") or not rat.den.is_one():
        raise Broken("not a difference of two sums")
    sides: dict[int, list[tuple[Any, Any]]] = {1: [], -1: []}
    for exponents, c in rat.num.terms():
        for gen, n in zip(f.gens, exponents, strict=False):
            if n and (gen.low is None or gen.low < 0 or (gen.low == 0 and not gen.low_strict)):
                raise Broken("a generator that is not surely positive")
        sides[1 if c > 0 else -1].append((exponents, abs(c)))
    if not sides[1] or not sides[-1] or min(len(sides[1]), len(sides[-1])) > 1:
        raise Broken("not a difference with a single term on one side")
    plus, less = (_log_of_sum(f, sides[s]) for s in (1, -1))
    return [Sequent(sequent.premises, (difference(plus, less), sequent.goal[1]))]


def _log_of_sum(f: Field, terms: list[tuple[Any, Any]]) -> sp.Expr:
    if len(terms) > 1:
        parts = [
            sp.Mul(sp.Rational(int(c.p), int(c.q)), *(g.expr ** int(n) for g, n in zip(f.gens, e, strict=False) if n)) for e, c in terms
        ]
        return applied(sp.log, add(*parts))
    exponents, c = terms[0]
    total = sp.log(sp.Rational(int(c.p), int(c.q)))
    for gen, n in zip(f.gens, exponents, strict=False):
        if n:
            total += int(n) * (gen.base / gen.unit if gen.kind == "exp" else sp.log(gen.expr))
    return total


def _exponentiate(sequent: Sequent) -> list[Sequent]:
    """h ≥ 0 from exp(h) − 1 ≥ 0."""
    expr, rel = sequent.goal
    if rel not in (">=", ">"):
        raise Broken("only for inequalities")
    f, g = normal_form(sequent.premises, add(applied(sp.exp, expr), sp.Integer(-1)))
    return [Sequent(sequent.premises, (f.sympy(g), rel))]


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


def _monotone(sequent: Sequent, x: sp.Expr, end: sp.Expr, up: sp.Expr, mode: sp.Expr) -> list[Sequent]:
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
        *_defined(Sequent(way, sequent.goal), end),
        *_defined(Sequent(way, sequent.goal), expr),
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


def _cut(sequent: Sequent, expr: sp.Expr) -> list[Sequent]:
    """expr > 0 by itself, and then as a premise."""
    fact = (expr, ">")
    return [*_defined(sequent, expr), Sequent(sequent.premises, fact), Sequent((*sequent.premises, fact), sequent.goal)]


def _unequal(sequent: Sequent, side: sp.Expr) -> list[Sequent]:
    """h ≠ 0 from h > 0 or from h < 0."""
    if sequent.goal[1] != "!=" or side not in (1, -1):
        raise Broken("only for ≠")
    return [Sequent(sequent.premises, (mul(side, sequent.goal[0]), ">"))]


def _contrary(sequent: Sequent) -> list[Sequent]:
    """h ≠ 0 because h = 0 contradicts the premises."""
    expr, rel = sequent.goal
    if rel != "!=":
        raise Broken("only for ≠")
    return [Sequent((*sequent.premises, (expr, "==")), NEVER)]


def _antisymmetry(sequent: Sequent) -> list[Sequent]:
    """h = 0 from h ≥ 0 and h ≤ 0."""
    if sequent.goal[1] != "==":
        raise Broken("only for =")
    return [Sequent(sequent.premises, (sequent.goal[0], ">=")), Sequent(sequent.premises, (minus(sequent.goal[0]), ">="))]


def _solver(sequent: Sequent) -> list[Sequent]:
    if not solver.refuted(sequent, confirm=True):
        raise Broken("the solvers do not confirm")
    return []


def _squares(sequent: Sequent, scale: sp.Expr, *terms: sp.Expr) -> list[Sequent]:
    """scale·goal = Σ m·q² over the pairs (m, q) of `terms`, with scale > 0 and every m ≥ 0 by their signs.

    For >, some m·q² must be > 0 by its sign. The identity is one of normal forms. What the arguments need to
    be defined is left to be shown.
    """
    expr, rel = sequent.goal
    if rel not in (">=", ">") or not terms or len(terms) % 2:
        raise Broken("not a sum of squares for an inequality")
    parts = [mul(m, power(q, sp.Integer(2))) for m, q in zip(terms[::2], terms[1::2], strict=True)]
    f = Field(sequent.premises)
    rest, factor, *known = f.rats([difference(mul(scale, expr), add(*parts)), scale, *terms])
    if not rest.num.is_zero():
        raise Broken("the squares do not add up to the goal")
    if f.sign_rat(factor) != 1 or not f.strict_rat(factor):
        raise Broken("the factor of the goal is not surely positive")
    weights, roots = known[::2], known[1::2]
    if any(f.sign_rat(m) not in (0, 1) for m in weights):
        raise Broken("a multiplier is not surely positive or zero")
    if rel == ">" and not any(
        f.strict_rat(m) and f.sign_rat(q) is not None and f.strict_rat(q) for m, q in zip(weights, roots, strict=True)
    ):
        raise Broken("no term is surely positive")
    return list(dict.fromkeys(s for e in (scale, *terms) for s in _defined(sequent, e)))


def _roots(sequent: Sequent) -> list[Sequent]:
    if sequent.goal[1] == "==" or not roots.positive_on(*normal(sequent), sequent.goal[1]):
        raise Broken("the roots do not give the goal")
    return []


def _boxes(sequent: Sequent, budget: sp.Expr) -> list[Sequent]:
    if not boxes.positive_on_boxes(sequent, int(budget)):
        raise Broken("the boxes do not give the goal")
    return []


def _far(sequent: Sequent, x: sp.Expr, end: sp.Expr, up: sp.Expr) -> list[Sequent]:
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
    start = [] if limit == sp.oo else [*_defined(Sequent(rest, sequent.goal), limit), Sequent(rest, (limit, ">="))]
    return [
        *start,
        Sequent(inside, (mul(up, _slope(expr, x)), ">=" if rel == ">=" or limit == sp.oo else ">")),
        *_defined(Sequent(inside, sequent.goal), expr),
        *(Sequent(inside, atom) for atom in smooth(expr, x)),
    ]


def _concave(sequent: Sequent, x: sp.Expr, low: sp.Expr, high: sp.Expr) -> list[Sequent]:
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
        *_defined(Sequent(way, sequent.goal), expr),
        *(Sequent(inside, atom) for atom in smooth(expr, x)),
    ]


def _scale(sequent: Sequent, old: sp.Expr, base: sp.Expr, w: sp.Expr) -> list[Sequent]:
    """Replace a positive variable `old` by base·w with base > 0 and a fresh w > 0."""
    if not (old.is_Symbol and w.is_Symbol and _positive(sequent, old)) or w in sequent.variables | base.free_symbols or base.has(old):
        raise Broken("a positive variable by a multiple of a fresh one")
    without = _without(sequent, old)
    return [Sequent(without.premises, (base, ">")), *_defined(without, base), _moved(sequent, {old: mul(base, w)}, (w, ">"))]


RULES: Mapping[str, Callable[..., list[Sequent]]] = {
    "signs": _signs,
    "split": _split,
    "cut": _cut,
    "split3": _split3,
    "clear": _clear,
    "factors": _factors,
    "absurd": _absurd,
    "substitute": _substitute,
    "eliminate": _eliminate,
    "square": _square,
    "quadratic": _quadratic,
    "logarithm": _logarithm,
    "exponentiate": _exponentiate,
    "monotone": _monotone,
    "unequal": _unequal,
    "contrary": _contrary,
    "antisymmetry": _antisymmetry,
    "solver": _solver,
    "squares": _squares,
    "roots": _roots,
    "boxes": _boxes,
    "far": _far,
    "concave": _concave,
    "scale": _scale,
}


def apply(sequent: Sequent, rule: str, args: list[sp.Expr]) -> list[Sequent]:
    """The sequents that suffice for `sequent` by `rule`.

    Raises: Broken where the rule does not apply.
    """
    try:
        return RULES[rule](sequent, *args)
    except (NeedSign, Unsupported, TypeError, KeyError, IndexError, ValueError, ZeroDivisionError) as error:
        raise Broken(f"{rule}: {error}") from error


def holds(sequent: Sequent, proof: Proof, depth: int = 0) -> bool:
    """Replay a proof: every step by its rule, no search. False for anything that is not a proof.

    A sceptic looks at every sequent on the way: sample values that violate it by balls, which share no
    code with the normal forms, end the replay.
    """
    if depth > MAX_DEPTH or violated(sequent, SCEPTIC_POINTS):
        return False
    try:
        children = apply(sequent, proof["rule"], [_argument(text, sequent) for text in proof.get("args", [])])
    except (Broken, InvalidInput):
        return False
    steps = proof.get("then", [])
    return len(children) == len(steps) and all(holds(c, s, depth + 1) for c, s in zip(children, steps, strict=True))


def _argument(text: str, sequent: Sequent) -> sp.Expr:
    return read(text, {s.name: s for s in sequent.variables})
