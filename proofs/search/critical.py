"""Candidate values for counterexamples: places where the difference of two sides may vanish or turn, exact where they can be."""

from __future__ import annotations

import functools
import itertools
import math
import random
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import sympy as sp
from flint import fmpq, fmpq_poly

from proofs.checker import balls, roots, sampling
from proofs.checker.bounds import Bound, variable_bounds
from proofs.checker.field import Field, NeedSign
from proofs.checker.logic import Sequent
from proofs.checker.quotients import Rat, Unsupported
from proofs.kernel.terms import replaced

WIDTH = fmpq(1, 10**14)
FAR = fmpq(10**12)
CORNERS = (sp.Abs, sp.Max, sp.Min)
MOST_PARTS = 8
CORNER_VARIABLES = 4
GAPS = [sp.Rational(1, 10**k) for k in (2, 4, 6, 8, 10, 12, 14)]
TOUCHING = 1e-7  # a numeric minimum this small beside its neighbours may be an exact zero


def exact(value: fmpq) -> sp.Rational:
    return sp.Rational(int(value.p), int(value.q))


def values(sequent: Sequent, x: sp.Symbol, deadline: float) -> Iterator[sp.Expr]:
    """Candidate values of the only variable x: roots of the goal and its derivative, and points between."""
    yield from algebraic_values(sequent, x)
    yield from numeric_values(sequent, x, deadline)


def algebraic_values(sequent: Sequent, x: sp.Symbol) -> Iterator[sp.Expr]:
    """Exact roots, and rationals between them, where goal and premises are polynomials of one root of x."""
    try:
        field = Field(sequent.premises)
        rats = field.rats([sequent.goal[0], sp.diff(sequent.goal[0], x), *(e for e, _ in sequent.premises if not e.has(*CORNERS))])
    except (NeedSign, Unsupported):
        return
    for index, gen in enumerate(field.gens):
        if gen.kind == "var" and gen.base == x:
            yield from _from_roots(rats, index, functools.partial(_to_power, gen.unit), -FAR, FAR)
        elif gen.kind == "exp" and sp.diff(gen.base, x) != 0 and not sp.diff(gen.base, x).has(x):
            slope = sp.diff(gen.base, x)
            rest = gen.base - slope * x
            yield from _from_roots(rats, index, functools.partial(_from_log, slope, rest, gen.unit), fmpq(0), FAR)
        elif gen.kind == "log" and field.poly_sympy(gen.base) == x:
            yield from _from_roots(rats, index, sp.exp, -fmpq(300), fmpq(300))


def smooth_parts(expr: sp.Expr) -> list[sp.Expr]:
    """The expression with one branch for each Abs, Max and Min: what it may be near a point, by the signs there."""
    nodes = [node for node in expr.atoms(*CORNERS) if not any(arg.has(*CORNERS) for arg in node.args)]
    branches = [[node.args[0], -node.args[0]] if isinstance(node, sp.Abs) else list(node.args) for node in nodes]
    choices = itertools.islice(itertools.product(*branches), MOST_PARTS)
    return [replaced(expr, dict(zip(nodes, choice, strict=True))) for choice in choices]


def corners(sequent: Sequent, free: tuple[sp.Symbol, ...]) -> Iterator[dict[sp.Symbol, sp.Expr]]:
    """Points close to the corners of the box that the premises give, or to 0 where they give no end: the most at which the goal fails."""
    if not 0 < len(free) <= CORNER_VARIABLES:
        return
    bounds, h = variable_bounds(sequent.premises), evaluator(sequent.goal[0], free)
    for gap in GAPS:
        options = [_beside(bounds.get(x, Bound()), gap) for x in free]
        for values in itertools.product(*options):
            y = h(*(float(value) for value in values))
            if y is not None and y <= 0:
                yield dict(zip(free, values, strict=True))


def _beside(bound: Bound, gap: sp.Rational) -> list[sp.Rational]:
    ends = [exact(bound.low) + gap] if bound.low is not None else []
    ends += [exact(bound.high) - gap] if bound.high is not None else []
    return ends or [sp.Integer(0), gap, -gap]


def _from_roots(rats: list[Rat], index: int, value: Callable[[sp.Expr], sp.Expr], low: fmpq, high: fmpq) -> Iterator[sp.Expr]:
    """Values of the variable at the roots of the polynomials in one generator, and between the roots."""
    polys = [p for r in rats for p in (r.num, r.den) if not p.is_constant()]
    polys = [p for p in polys if [i for i, d in enumerate(p.degrees()) if d > 0] == [index]]
    exact_roots: list[tuple[fmpq, fmpq, sp.Expr]] = []
    symbol = sp.Symbol("x")
    for poly in polys:
        for factor, _ in roots.univariate(poly, index).factor()[1]:
            f = roots.factor_poly(factor)
            intervals = isolate(f, -FAR, FAR, WIDTH)
            named = _root_expressions(f, symbol, len(intervals))
            for k, (a, b) in enumerate(intervals):
                exact_roots.append((a, b, named[k] if named else exact(b)))
    exact_roots = sorted((r for r in exact_roots if low <= r[0] and r[1] <= high), key=lambda r: (r[0], r[1]))
    for _, _, root in exact_roots:
        if not (low == 0 and root == 0):
            yield value(root)
    if not polys:
        return
    ends = [low, *(e for a, b, _ in exact_roots for e in (a, b)), high]
    for a, b in pairwise(ends):
        if b > a:
            yield value(exact(simplest_between(a, b)))
            yield value(exact((a + b) / 2))
            yield value(exact((a + 3 * b) / 4))


def isolate(poly: fmpq_poly, low: fmpq, high: fmpq, width: fmpq) -> list[tuple[fmpq, fmpq]]:
    """Intervals (a, b] of at most `width` between `low` and `high`, each with exactly one root."""
    sequence = roots.sturm(poly)
    found, stack = [], [(low, high, roots.variations(sequence, low), roots.variations(sequence, high))]
    while stack:
        a, b, va, vb = stack.pop()
        if va == vb:
            continue
        if va - vb == 1 and b - a <= width:
            found.append((a, b))
            continue
        m = (a + b) / 2
        vm = roots.variations(sequence, m)
        stack += [(m, b, vm, vb), (a, m, va, vm)]
    return sorted(found)


def _to_power(unit: int, root: sp.Expr) -> sp.Expr:
    return root**unit


def _from_log(slope: sp.Expr, rest: sp.Expr, unit: int, root: sp.Expr) -> sp.Expr:
    return (unit * sp.log(root) - rest) / slope


def _root_expressions(poly: Any, symbol: sp.Symbol, count: int) -> list[sp.Expr] | None:
    if poly.degree() > 4:
        return None
    p = sp.Poly([exact(c) for c in reversed(poly.coeffs())], symbol)
    found = sp.real_roots(p, radicals=True)
    found = list(dict.fromkeys(found))
    return found if len(found) == count else None


def simplest_between(a: fmpq, b: fmpq) -> fmpq:
    """The rational of the smallest denominator strictly between a and b."""
    if a < 0 < b:
        return fmpq(0)
    if b <= 0:
        return -simplest_between(-b, -a)
    floor = fmpq(a.floor())
    if floor + 1 < b:
        return floor + 1
    if a == floor:
        n = (fmpq(1) / (b - floor)).floor() + 1
        return floor + fmpq(1) / fmpq(n)
    return floor + fmpq(1) / simplest_between(fmpq(1) / (b - floor), fmpq(1) / (a - floor))


def numeric_values(sequent: Sequent, x: sp.Symbol, deadline: float) -> Iterator[sp.Expr]:
    """Values near numeric minima of the goal along a wide grid, with recognisable exact values first."""
    expr, rel = sequent.goal
    bound = variable_bounds(sequent.premises).get(x, Bound())
    h = evaluator(expr, (x,))
    samples = [(v, y) for v in grid(bound) if (y := h(v)) is not None]
    for v, y in samples:
        if y < 0 and rel != "!=":
            yield sp.Rational(v).limit_denominator(10**6)
    for (a, ya), (_, yb), (c, yc) in zip(samples, samples[1:], samples[2:], strict=False):
        if time.process_time() > deadline:
            return
        if abs(yb) <= abs(ya) and abs(yb) <= abs(yc):
            best = golden(lambda v: _absolute(h, v) if rel in ("!=",) else (h(v) if h(v) is not None else math.inf), a, c)
            yield from recognised(best)
            step = max(abs(best), 1e-3)
            yield from (sp.Rational(best + step * d).limit_denominator(10**9) for d in (0, 1e-7, -1e-7, 1e-4, -1e-4))
    for (a, ya), (b, yb) in pairwise(samples):
        if ya * yb < 0:
            crossing = bisect(h, a, b)
            if rel in ("!=", ">"):
                yield from recognised(crossing)
            yield sp.Rational(crossing).limit_denominator(10**9)


def _absolute(h: Callable[..., float | None], v: float) -> float:
    y = h(v)
    return abs(y) if y is not None else math.inf


def grid(bound: Bound) -> list[float]:
    low = int(bound.low.p) / int(bound.low.q) if bound.low is not None else None
    high = int(bound.high.p) / int(bound.high.q) if bound.high is not None else None
    if low is not None and high is not None:
        inner = [low + (high - low) * k / 400 for k in range(401)]
        inner += [low + (high - low) * 10.0**-k for k in range(3, 10)] + [high - (high - low) * 10.0**-k for k in range(3, 10)]
        return sorted(inner)
    steps = sorted({10 ** (k / 24) for k in range(-144, 145)} | {k / 8 for k in range(161)})
    if low is not None:
        return [low + s for s in steps]
    if high is not None:
        return [high - s for s in reversed(steps)]
    return sorted([-s for s in steps] + steps)


def evaluator(expr: sp.Expr, variables: tuple[sp.Symbol, ...]) -> Callable[..., float | None]:
    """A fast float evaluation; None where it is undefined, or too large."""
    if any(_is_huge(node) for node in expr.atoms(sp.exp) if not node.free_symbols):  # the printer computes digits of constants
        return lambda *args: None
    f = sp.lambdify(variables, expr, modules="math")

    def call(*args: float) -> float | None:
        try:
            y = f(*args)
        except (ValueError, OverflowError, ZeroDivisionError, TypeError):
            return None
        return y if isinstance(y, (int, float)) and math.isfinite(y) else None

    return call


def _is_huge(constant: sp.Expr) -> bool:
    """Whether it is not seen that a constant is a float."""
    try:
        return not abs(balls.value(constant)) < sys.float_info.max
    except balls.Undefined:
        return True


def golden(f: Callable[[float], Any], a: float, b: float) -> float:
    """A local minimum of f between a and b by golden sections."""
    ratio = (math.sqrt(5) - 1) / 2
    c, d = b - ratio * (b - a), a + ratio * (b - a)
    fc, fd = f(c), f(d)
    for _ in range(80):
        if fc < fd:
            b, d, fd = d, c, fc
            c = b - ratio * (b - a)
            fc = f(c)
        else:
            a, c, fc = c, d, fd
            d = a + ratio * (b - a)
            fd = f(d)
    return (a + b) / 2


def bisect(h: Callable[..., float | None], a: float, b: float) -> float:
    """A point just beyond the sign change, on the negative side."""
    start = h(a)
    negative_left = start is not None and start < 0
    for _ in range(60):
        m = (a + b) / 2
        y = h(m)
        if y is None:
            break
        if (y < 0) == negative_left:
            a = m
        else:
            b = m
    return a if negative_left else b


def recognised(value: float) -> Iterator[sp.Expr]:
    """Exact numbers that a float may be: they are only tried, never believed."""
    if not math.isfinite(value):
        return
    seen: set[sp.Expr] = set()

    def guess(v: float, make: Callable[[sp.Rational], sp.Expr | None]) -> Iterator[sp.Expr]:
        for limit in (1, 10, 100):
            r = sp.Rational(v).limit_denominator(limit)
            if abs(float(r) - v) <= 2e-6 * max(1, abs(v)):
                e = make(r)
                if e is not None and e not in seen and e.is_real:
                    seen.add(e)
                    yield e
                return

    yield from guess(value, lambda r: r)
    yield from guess(value**2, lambda r: sp.sqrt(r) * (1 if value >= 0 else -1))
    if abs(value) < 50:
        yield from guess(math.exp(value), lambda r: sp.log(r) if r > 0 else None)
    if value > 0:
        yield from guess(math.log(value), sp.exp)
    yield from guess(value / math.pi, lambda r: r * sp.pi)


def lines(sequent: Sequent, free: list[sp.Symbol], deadline: float) -> Iterator[dict[sp.Symbol, sp.Expr]]:
    """Candidates on coordinate lines: all variables but one at sample values, that one at critical values."""
    points = sampling.points(tuple(p for p in sequent.premises if p[1] != "=="), tuple(free), 14)
    for at in points:
        point = {s: exact(v) for s, v in at.items()}
        for x in free:
            if time.process_time() > deadline:
                return
            others = {s: v for s, v in point.items() if s != x}
            try:
                premises = tuple((e.subs(others), r) for e, r in sequent.premises if e.has(x))
                goal = (sequent.goal[0].subs(others), sequent.goal[1])
            except ValueError:  # of what is not defined there, no largest is found
                continue
            if not goal[0].has(x):
                continue
            for value in algebraic_values(Sequent(premises, goal), x):
                yield {**others, x: value}


def optimised(sequent: Sequent, free: list[sp.Symbol], deadline: float) -> Iterator[dict[sp.Symbol, sp.Expr]]:
    """Numeric minima of the goal from several starts, rounded to simple and to precise rationals."""
    from scipy.optimize import minimize

    h = evaluator(sequent.goal[0], tuple(free))
    rng = random.Random(7)
    starts = sampling.points(sequent.premises, tuple(free), 24)
    rng.shuffle(starts)
    inequalities = [(evaluator(e, tuple(free)), r) for e, r in sequent.premises if r in (">", ">=")]

    def cost(v: list[float]) -> float:
        y = h(*map(float, v))
        penalty = 0.0
        for g, _ in inequalities:
            s = g(*map(float, v))
            if s is None:
                return 1e12
            penalty += 1e4 * max(0.0, -s) * max(0.0, -s) + (1e3 if s < 0 else 0)  # a power would raise where it overflows
        return 1e12 if y is None else float(y) + penalty

    for at in starts[:8]:
        if time.process_time() > deadline:
            return
        start = [int(at[s].p) / int(at[s].q) for s in free]
        best = minimize(cost, start, method="Nelder-Mead", options={"maxiter": 400, "xatol": 1e-9, "fatol": 1e-14}).x
        for limit in (1, 4, 12, 100, 10**4, 10**9):
            yield {s: sp.Rational(float(v)).limit_denominator(limit) for s, v in zip(free, best, strict=True)}


def touching(sequent: Sequent, x: sp.Symbol) -> tuple[list[sp.Expr], list[sp.Expr]]:
    """For a goal in one variable: exact zeros inside the domain, and points around its smallest value."""
    from proofs.checker.witness import sign_at

    bound = variable_bounds(sequent.premises).get(x, Bound())
    h = evaluator(sequent.goal[0], (x,))
    samples = [(v, y) for v in grid(bound) if (y := h(v)) is not None]
    zeros: list[sp.Expr] = []
    lowest: list[tuple[float, float]] = []
    for (a, ya), (_, yb), (c, yc) in zip(samples, samples[1:], samples[2:], strict=False):
        if yb > ya or yb > yc or (yb == ya == yc):
            continue
        best = golden(lambda v: y if (y := h(v)) is not None else math.inf, a, c)
        value = h(best)
        lowest.append((value if value is not None else yb, best))
        if value is None or abs(value) > TOUCHING * max(1.0, abs(ya), abs(yc)):
            continue
        for candidate in recognised(best):
            try:
                if sign_at(sequent.goal[0], {x: candidate}) == 0:
                    zeros.append(candidate)
                    break
            except balls.Undefined:
                continue
        if len(zeros) >= 5 or len(lowest) > 12:
            break
    ends = {bound.low, bound.high}
    zeros = [z for z in zeros if not (z.is_Rational and fmpq(int(z.p), int(z.q)) in ends)]
    if lowest:
        _, place = min(lowest)
        simple = sp.Rational(place).limit_denominator(4)
        return zeros[:4], [simple, simple + 2, simple - 2]
    return zeros[:4], [sp.Integer(0), sp.Integer(1)]
