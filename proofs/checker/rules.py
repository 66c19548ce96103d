"""The rules of proof: the trusted kernel of the exact engines.

A rule turns a sequent and plain-data arguments into the sequents that suffice for it, or raises
`Broken`. The search chooses rules; `holds` replays a finished proof with no search at all. Soundness
rests on this file, on `field`, `coefficients`, `boxes`, `leading` and, where a proof says so, a solver.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import sympy as sp

from proofs.checker import balls
from proofs.checker.field import Field, NeedSign, Rat, Unsupported
from proofs.checker.logic import Atom, Sequent, definedness
from proofs.checker.sampling import violated

Proof = dict[str, Any]  # {"rule": name, "args": [text, …], "then": [Proof, …]}
MAX_DEPTH = 60
SCEPTIC_POINTS = 12


class Broken(ValueError):
    """The rule does not apply: the proof is not one."""


def normal(sequent: Sequent) -> tuple[Field, Rat]:
    """The goal's expression in normal form, under the premises.

    Raises: NeedSign, Unsupported.
    """
    return normal_form(sequent.premises, sequent.goal[0])


@functools.lru_cache(maxsize=512)
def normal_form(premises: tuple[Atom, ...], expr: sp.Expr) -> tuple[Field, Rat]:
    """A field of its own for each expression, so that no later one changes its generators."""
    found = Field(premises)
    return found, found.rat(expr)


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
        Sequent((*sequent.premises, (-at, ">=")), sequent.goal),
    ]


def _split3(sequent: Sequent, at: sp.Expr) -> list[Sequent]:
    """Three cases: at > 0, at < 0, at = 0."""
    return [
        *_defined(sequent, at),
        Sequent((*sequent.premises, (at, ">")), sequent.goal),
        Sequent((*sequent.premises, (-at, ">")), sequent.goal),
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
    for poly, power in factors:
        s, odd = f.sign(poly), power % 2
        if rel == ">=" or power < 0 or f.sign_strict(poly):  # where it is zero, the goal holds or is not defined
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
    for poly, power in factors:
        s = next(chosen, None)
        if s not in (1, -1):
            raise Broken("a sign for each factor")
        strict = rel == ">" or power < 0
        if power % 2 == 0:
            if strict and power > 0:
                children.append(Sequent(sequent.premises, (s * f.poly_sympy(poly), ">")))
            continue
        total *= int(s)
        children.append(
            Sequent(sequent.premises, (s * f.poly_sympy(poly), ">" if strict and power > 0 else ">="))
        )
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
    return [
        Sequent(rest, (-expr, ">" if rel == ">=" else ">=")),
        *_defined(Sequent(rest, sequent.goal), expr),
    ]


def _add(sequent: Sequent, index: sp.Expr, multiplier: sp.Expr) -> list[Sequent]:
    """The goal minus multiplier·premise, where the multiplier is ≥ 0."""
    expr, rel = sequent.premises[int(index)]
    if rel not in (">=", ">", "==") or sequent.goal[1] not in (">=", ">"):
        raise Broken("only for inequalities")
    children = [] if rel == "==" else [Sequent(sequent.premises, (multiplier, ">="))]
    return [
        *_defined(sequent, multiplier),
        *children,
        Sequent(sequent.premises, (sequent.goal[0] - multiplier * expr, sequent.goal[1])),
    ]


def _substitute(sequent: Sequent, old: sp.Expr, new: sp.Expr) -> list[Sequent]:
    """Replace the variable `old` by base ± w (or e^w) with a fresh w: a bijection of the reals (or x > 0)."""
    fresh = sorted(new.free_symbols - _variables(sequent), key=str)
    if not old.is_Symbol or len(fresh) != 1 or new.has(old):
        raise Broken("one variable by one fresh variable")
    w = fresh[0]
    slope = sp.diff(new, w)
    if slope not in (1, -1) and not (slope == new == sp.exp(w) and old.is_positive):
        raise Broken("the change of variable is not a bijection")
    needed = [a for cases, _ in definedness(new) for case in cases[:1] for a in case]
    if needed and old in set().union(*(a[0].free_symbols for a in needed)):
        raise Broken("the change of variable is not defined")
    premises = []
    for e, rel in sequent.premises:
        premises.append((e.subs(old, new), rel))
    if old.is_positive and slope in (1, -1):
        premises.append((new, ">"))
    return [
        *(Sequent(tuple(p for p in sequent.premises if not p[0].has(old)), a) for a in needed),
        Sequent(tuple(dict.fromkeys(premises)), (sequent.goal[0].subs(old, new), sequent.goal[1])),
    ]


def _variables(sequent: Sequent) -> set[sp.Symbol]:
    return set().union(sequent.goal[0].free_symbols, *(e.free_symbols for e, _ in sequent.premises))


def _eliminate(sequent: Sequent, index: sp.Expr, x: sp.Expr, sign: sp.Expr) -> list[Sequent]:
    """A premise a·x + b = 0 with sign·a > 0: put x = −b/a everywhere."""
    i = int(index)
    expr, rel = sequent.premises[i]
    rest = (*sequent.premises[:i], *sequent.premises[i + 1 :])
    if rel != "==" or not x.is_Symbol or sign not in (1, -1):
        raise Broken("only for equalities")
    a = sp.diff(expr, x)
    if a.has(x) or a == 0:
        raise Broken("the premise is not linear in the variable")
    solution = sp.cancel(sp.together(-expr.subs(x, 0) / a))
    new = [(e.subs(x, solution), r) for e, r in rest]
    if x.is_positive:
        new.append((solution, ">"))
    without = tuple(p for p in rest if not p[0].has(x))
    return [
        Sequent(without, (sign * a, ">")),
        Sequent(tuple(dict.fromkeys(new)), (sequent.goal[0].subs(x, solution), sequent.goal[1])),
    ]


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
    return [
        Sequent(premises, (a, ">=")),
        Sequent(premises, (c, ">=")),
        Sequent(premises, (discriminant, ">=")),
    ]


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
    plus, minus = (_log_of_sum(f, sides[s]) for s in (1, -1))
    return [Sequent(sequent.premises, (plus - minus, sequent.goal[1]))]


def _log_of_sum(f: Field, terms: list[tuple[Any, Any]]) -> sp.Expr:
    if len(terms) > 1:
        parts = [
            sp.Mul(
                sp.Rational(int(c.p), int(c.q)),
                *(g.expr ** int(n) for g, n in zip(f.gens, e, strict=False) if n),
            )
            for e, c in terms
        ]
        return sp.log(sp.Add(*parts))
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
    f, g = normal_form(sequent.premises, sp.exp(expr) - 1)
    return [Sequent(sequent.premises, (f.sympy(g), rel))]


def along(
    premises: tuple[Atom, ...], x: sp.Symbol
) -> tuple[tuple[Atom, ...], list[tuple[sp.Expr, bool]], list[tuple[sp.Expr, bool]]]:
    """Premises without x, and the ends (end, strict) below and above x that premises linear in x give."""
    rest: list[Atom] = []
    lows: list[tuple[sp.Expr, bool]] = []
    highs: list[tuple[sp.Expr, bool]] = []
    for expr, rel in premises:
        if not expr.has(x):
            rest.append((expr, rel))
            continue
        slope = sp.diff(expr, x)
        if slope in (1, -1) and rel in (">=", ">"):
            end = sp.expand(x - expr) if slope == 1 else sp.expand(x + expr)
            if not end.has(x):
                (lows if slope == 1 else highs).append((end, rel == ">"))
    return tuple(rest), lows, highs


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
    if x.is_positive and (sp.Integer(0), True) not in lows:
        lows = [*lows, (sp.Integer(0), True)]
    ends, others = (lows, highs) if up == 1 else (highs, lows)
    strict = next((s for e, s in ends if e == end), None)
    if strict is None:
        raise Broken("the premises do not give this end")
    if rel == ">" and mode == 1 and not strict:
        raise Broken("the end itself is admitted")
    closed = up * (x - end)
    # The far side holds on the whole way because it holds at x; bounds on the near side need not.
    far = [(up * (e - x), ">" if s else ">=") for e, s in others]
    at_end = expr.subs(x, end)
    slope = sp.diff(expr, x) * up
    if slope.has(sp.Derivative, sp.DiracDelta, sp.sign, sp.Heaviside) or at_end.has(
        sp.nan, sp.zoo, sp.oo, sp.I
    ):
        raise Broken("not differentiable, or not defined at the end")
    inside = (*rest, *far, (closed, ">"))
    way = (*rest, *far, (closed, ">="))
    start = (*rest, *((e.subs(x, end), r) for e, r in far))
    return [
        Sequent(start, (at_end, rel if mode == 0 else ">=")),
        Sequent(inside, (slope, ">" if rel == ">" and mode == 1 else ">=")),
        *_defined(Sequent(way, sequent.goal), end),
        *_defined(Sequent(way, sequent.goal), expr),
        *(Sequent(inside, atom) for atom in _smooth(expr, x)),
    ]


def _smooth(expr: sp.Expr, x: sp.Symbol) -> list[Atom]:
    """Radicands (and bases of powers) that must be > 0 for the derivative to exist inside."""
    found = []
    for node in sp.preorder_traversal(expr):
        if (
            isinstance(node, sp.Pow)
            and node.base is not sp.E
            and not node.exp.is_Integer
            and node.base.has(x)
        ):
            found.append((node.base, ">"))
        elif isinstance(node, (sp.Abs, sp.Max, sp.Min)):
            raise Broken("not differentiable: split the cases first")
    return list(dict.fromkeys(found))


def _unequal(sequent: Sequent, side: sp.Expr) -> list[Sequent]:
    """h ≠ 0 from h > 0 or from h < 0."""
    if sequent.goal[1] != "!=" or side not in (1, -1):
        raise Broken("only for ≠")
    return [Sequent(sequent.premises, (side * sequent.goal[0], ">"))]


def _antisymmetry(sequent: Sequent) -> list[Sequent]:
    """h = 0 from h ≥ 0 and h ≤ 0."""
    if sequent.goal[1] != "==":
        raise Broken("only for =")
    return [
        Sequent(sequent.premises, (sequent.goal[0], ">=")),
        Sequent(sequent.premises, (-sequent.goal[0], ">=")),
    ]


def _weaken(sequent: Sequent, *indices: sp.Expr) -> list[Sequent]:
    """Drop premises."""
    gone = {int(i) for i in indices}
    return [Sequent(tuple(p for i, p in enumerate(sequent.premises) if i not in gone), sequent.goal)]


def _solver(sequent: Sequent, *names: sp.Expr) -> list[Sequent]:
    from proofs.checker.solver import refuted

    if not refuted(sequent, confirm=True):
        raise Broken("the solver does not confirm")
    del names
    return []


def _squares(sequent: Sequent, scale: sp.Expr, *terms: sp.Expr) -> list[Sequent]:
    """scale·goal = Σ m·q² over the pairs (m, q) of `terms`, with scale > 0 and every m ≥ 0 by their signs.

    For >, some m·q² must be > 0 by its sign. The identity is one of normal forms. What the arguments need to
    be defined is left to be shown.
    """
    expr, rel = sequent.goal
    if rel not in (">=", ">") or not terms or len(terms) % 2:
        raise Broken("not a sum of squares for an inequality")
    parts = [m * q**2 for m, q in zip(terms[::2], terms[1::2], strict=True)]
    f = Field(sequent.premises)
    rest, factor, *known = f.rats([scale * expr - sp.Add(*parts), scale, *terms])
    if not rest.num.is_zero():
        raise Broken("the squares do not add up to the goal")
    if f.sign_rat(factor) != 1 or not f.strict_rat(factor):
        raise Broken("the factor of the goal is not surely positive")
    weights, roots = known[::2], known[1::2]
    if any(f.sign_rat(m) not in (0, 1) for m in weights):
        raise Broken("a multiplier is not surely positive or zero")
    if rel == ">" and not any(
        f.strict_rat(m) and f.sign_rat(q) is not None and f.strict_rat(q)
        for m, q in zip(weights, roots, strict=True)
    ):
        raise Broken("no term is surely positive")
    return list(dict.fromkeys(s for e in (scale, *terms) for s in _defined(sequent, e)))


def _roots(sequent: Sequent) -> list[Sequent]:
    from proofs.checker.roots import positive_on

    if not positive_on(*normal(sequent), sequent.goal[1]):
        raise Broken("the roots do not give the goal")
    return []


def _boxes(sequent: Sequent, budget: sp.Expr) -> list[Sequent]:
    from proofs.checker.boxes import positive_on_boxes

    if not positive_on_boxes(sequent, int(budget)):
        raise Broken("the boxes do not give the goal")
    return []


def _far(sequent: Sequent, x: sp.Expr, end: sp.Expr, up: sp.Expr) -> list[Sequent]:
    """h > 0 (or ≥ 0) from lim h ≥ 0 at an end of x that x does not reach, and h strictly monotone from there.

    `end` is oo or −oo, or a finite end that the premises exclude (x > end for up = 1, x < end for up = −1).
    """
    from proofs.checker.leading import NeedCase, Signs, Unknown, limit_at_infinity

    expr, rel = sequent.goal
    if rel not in (">=", ">") or not x.is_Symbol or up not in (1, -1):
        raise Broken("not a monotone step")
    rest, lows, highs = along(sequent.premises, x)
    if x.is_positive:
        lows = [*lows, (sp.Integer(0), True)]
    near, far = (lows, highs) if up == 1 else (highs, lows)
    side = [(up * (e - x), ">" if s else ">=") for e, s in far]
    if end in (sp.oo, -sp.oo):
        if end != -up * sp.oo:
            raise Broken("the wrong end")
        path, gap = -up * x, []
    else:
        if (end, True) not in near or end.has(x):
            raise Broken("the premises do not give this end")
        path, gap = (end + up / x), [(up * (x - end), ">")]
    slope = up * sp.diff(expr, x)
    if slope.has(sp.Derivative, sp.DiracDelta, sp.sign, sp.Heaviside):
        raise Broken("not differentiable")
    inside = (*rest, *side, *gap)
    try:
        limit = limit_at_infinity(expr.xreplace({x: path}), x, Signs(rest, lambda s: close_by_signs(s)))
    except (NeedCase, Unknown, ValueError) as error:
        raise Broken(str(error)) from error
    if limit == -sp.oo:
        raise Broken("the limit is negative")
    start = [] if limit == sp.oo else [Sequent(rest, (limit, ">="))]
    return [
        *start,
        Sequent(inside, (slope, ">=" if rel == ">=" or limit == sp.oo else ">")),
        *_defined(Sequent(inside, sequent.goal), expr),
        *(Sequent(inside, atom) for atom in _smooth(expr, x)),
    ]


def _concave(sequent: Sequent, x: sp.Expr, low: sp.Expr, high: sp.Expr) -> list[Sequent]:
    """h ≥ 0 between two ends of x from h ≥ 0 at both and ∂²h/∂x² ≤ 0 between them."""
    expr, rel = sequent.goal
    if rel != ">=" or not x.is_Symbol or low.has(x) or high.has(x):
        raise Broken("not a concave step")
    rest, lows, highs = along(sequent.premises, x)
    if low not in [e for e, _ in lows] or high not in [e for e, _ in highs]:
        raise Broken("the premises do not give these ends")
    curve = -sp.diff(expr, x, 2)
    ends = [expr.subs(x, low), expr.subs(x, high)]
    if curve.has(sp.Derivative, sp.DiracDelta, sp.sign) or any(
        e.has(sp.nan, sp.zoo, sp.oo, sp.I) for e in ends
    ):
        raise Broken("not differentiable, or not defined at the ends")
    inside = (*rest, (x - low, ">"), (high - x, ">"))
    way = (*rest, (x - low, ">="), (high - x, ">="))
    start = (*rest, (high - low, ">="))
    return [
        *(Sequent(start, (e, ">=")) for e in ends),
        Sequent(inside, (curve, ">=")),
        *_defined(Sequent(way, sequent.goal), expr),
        *(Sequent(inside, atom) for atom in _smooth(expr, x)),
    ]


def _scale(sequent: Sequent, old: sp.Expr, base: sp.Expr, fresh: sp.Expr) -> list[Sequent]:
    """Replace a positive variable `old` by base·w with base > 0 and a fresh w > 0."""
    if (
        not old.is_Symbol
        or not old.is_positive
        or not fresh.is_Symbol
        or fresh in _variables(sequent)
        or base.has(old)
    ):
        raise Broken("a positive variable by a multiple of a fresh one")
    w = sp.Symbol(fresh.name, positive=True)
    if w in _variables(sequent):
        raise Broken("the variable is not fresh")
    new = base * w
    without = tuple(p for p in sequent.premises if not p[0].has(old))
    premises = (*((e.subs(old, new), rel) for e, rel in sequent.premises), (w, ">"))
    return [
        Sequent(without, (base, ">")),
        *_defined(Sequent(without, sequent.goal), base),
        Sequent(tuple(dict.fromkeys(premises)), (sequent.goal[0].subs(old, new), sequent.goal[1])),
    ]


RULES: Mapping[str, Callable[..., list[Sequent]]] = {
    "signs": _signs,
    "split": _split,
    "split3": _split3,
    "clear": _clear,
    "factors": _factors,
    "absurd": _absurd,
    "add": _add,
    "substitute": _substitute,
    "eliminate": _eliminate,
    "square": _square,
    "quadratic": _quadratic,
    "logarithm": _logarithm,
    "exponentiate": _exponentiate,
    "monotone": _monotone,
    "unequal": _unequal,
    "antisymmetry": _antisymmetry,
    "weaken": _weaken,
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
    except (NeedSign, Unsupported, TypeError, KeyError, IndexError, ZeroDivisionError) as error:
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
    except Broken:
        return False
    steps = proof.get("then", [])
    return len(children) == len(steps) and all(
        holds(c, s, depth + 1) for c, s in zip(children, steps, strict=True)
    )


def _argument(text: str, sequent: Sequent) -> sp.Expr:
    from proofs.kernel.reader import read

    symbols = {s.name: s for s in _variables(sequent)}
    known = set(symbols)
    expr = read(text, symbols)
    for name in set(symbols) - known:  # a fresh variable of a substitution
        if expr.has(symbols[name]):
            expr = expr.subs(symbols[name], fresh_symbol(name))
    return expr


def fresh_symbol(name: str) -> sp.Symbol:
    """The fresh variable of a substitution: w… is positive or zero only by its premises, so plain real."""
    return sp.Symbol(name, real=True)
