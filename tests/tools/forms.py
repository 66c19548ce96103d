"""Objections to verdicts on limit, sup, inf, attained and increasing: by samples, and by boxes of balls where it is compact.

Objections are made at exact parameters that satisfy their premises, and only where they can be shown.
"""

from __future__ import annotations

import ast
import itertools
import random
from collections.abc import Iterator, Sequence
from fractions import Fraction

from flint import arb, ctx

from tests.tools import numbers, oracle
from tests.tools.numbers import Look, Number, Undefined, Unsure
from tests.tools.oracle import UNDEFINED, UNKNOWN, Objection, Point, Read, admits, names, truth, value

PARAMETERS = 40  # number of admitted parameters that are tried
BOXES = 400
SCALES = [Fraction(10) ** -k for k in (3, 6, 9, 12, 30, 100, 300)]
FAR = 10**6


class Form:
    """The parts of a form, such as limit(f, x, a) == v."""

    def __init__(self, node: ast.expr) -> None:
        self.negated = isinstance(node, ast.UnaryOp)
        inner = node.operand if isinstance(node, ast.UnaryOp) else node
        self.value: ast.expr | None = None
        if isinstance(inner, ast.Compare):
            inner, self.value = inner.left, inner.comparators[0]
        assert isinstance(inner, ast.Call)
        assert isinstance(inner.func, ast.Name)
        assert isinstance(inner.args[1], ast.Name)
        self.name, self.expr, self.x, self.ends = inner.func.id, inner.args[0], inner.args[1].id, inner.args[2:]


def _infinite(node: ast.expr) -> int:
    """1 for oo, −1 for -oo, else 0."""
    text = ast.unparse(node).replace(" ", "").replace("(", "").replace(")", "").replace("+", "")
    return {"oo": 1, "-oo": -1, "--oo": 1}.get(text, 0)


def parameters(form: Form, given: Read, rng: random.Random, count: int) -> Iterator[dict[str, Number]]:
    """Parameters that satisfy every premise that does not mention the variable."""
    on_them = [p for p in given.premises if form.x not in names([p])]
    others = [v for v in given.variables if v != form.x]
    seen: set[str] = set()
    for at in oracle.points(given, rng, count):
        chosen = {v: at[v] for v in others}
        if str(chosen) not in seen and admits(on_them, chosen) is True:
            seen.add(str(chosen))
            yield chosen
            if len(seen) >= PARAMETERS or not others:
                return


def objection_to_proved(node: ast.expr, given: Read, rng: random.Random, count: int) -> Objection | None:
    """An objection to a form that is said to hold."""
    form = Form(node)
    inside = [p for p in given.premises if form.x in names([p])]
    for chosen in parameters(form, given, rng, count):
        found = _object(form, inside, chosen, rng, given)
        if found is not None:
            return Objection(chosen, found)
    return None


def _object(form: Form, inside: Sequence[ast.expr], chosen: Point, rng: random.Random, given: Read) -> str | None:
    if form.name == "increasing":
        return _not_increasing(form, inside, chosen, rng, given)
    if form.name == "limit":
        return _not_the_limit(form, inside, chosen)
    return _not_the_supremum(form, inside, chosen, rng, given)


def objection_to_refuted(given: Read, at: dict[str, ast.expr], rng: random.Random) -> Objection | None:
    """An objection to a form that is said to fail at a witness: premises on the parameters fail, or it holds there."""
    forms = [Form(g) for g in given.goals]
    for form in forms:
        chosen = {k: v for k, v in at.items() if k != form.x}
        on_them = [p for p in given.premises if form.x not in names([p])]
        if not set(names(on_them)) <= set(chosen):
            if len(forms) == 1:
                return Objection(at, "not all parameters are given")
            continue
        if admits(on_them, chosen) is False:
            return Objection(at, "a premise on the parameters does not hold")
    if len(forms) > 1:
        return None
    form = forms[0]
    inside = [p for p in given.premises if form.x in names([p])]
    wanted = set(given.variables) - {form.x}
    if not wanted <= set(chosen):
        return Objection(at, "not all parameters are given")
    if _seems_to_hold(form, inside, chosen, rng, given):
        return Objection(at, "the form holds there, as far as samples tell")
    return None


# -- one variable ---------------------------------------------------------------------


def exact(node: ast.expr, at: Point) -> Number | None:
    """A value that is the same at every precision, or a ball; None where it is not known."""
    try:
        with ctx.workprec(600):
            return value(node, oracle.refreshed(at), Look(600, False))
    except (Undefined, Unsure, OverflowError):
        return None


def samples(form: Form, inside: Sequence[ast.expr], chosen: Point, rng: random.Random, given: Read) -> list[tuple[Number, bool | str]]:
    """Values of the variable between the ends and whether they are admitted (or UNKNOWN)."""
    low, high = (exact(e, chosen) if not _infinite(e) else None for e in form.ends) if len(form.ends) == 2 else (None, None)
    tried: list[Number] = [*oracle.SIMPLE, *oracle.constants([*given.goals, *given.premises])]
    for edge in oracle.critical([*given.goals, *given.premises]):
        if form.x in names([edge]) and not any(isinstance(v, ast.expr) for v in chosen.values()):
            tried += oracle.moved(edge, form.x, dict(chosen))
    for end in (low, high):
        if end is not None and not isinstance(end, arb):
            tried.append(end)
    look = Look(600, False)
    near: list[Number] = [numbers.add(t, b, look) for t in tried[-12:] for b in oracle.BESIDE[4:]]
    tried += near
    if isinstance(low, Fraction) and isinstance(high, Fraction):
        tried += [low + (high - low) * Fraction(k, 41) for k in range(42)]
    else:
        base = next((e for e in (low, high) if isinstance(e, Fraction)), Fraction(0))
        for k in range(-24, 25):
            tried += [base + Fraction(3) ** k, base - Fraction(3) ** k]
    between: list[ast.expr] = []
    x = ast.Name(form.x)
    if len(form.ends) == 2:
        if not _infinite(form.ends[0]):
            between.append(ast.Compare(x, [ast.GtE()], [form.ends[0]]))
        if not _infinite(form.ends[1]):
            between.append(ast.Compare(x, [ast.LtE()], [form.ends[1]]))
    unique = {str(t): t for t in tried}
    return [(t, admits([*inside, *between], {**chosen, form.x: t})) for t in unique.values()]


def _empty(form: Form, inside: Sequence[ast.expr], chosen: Point) -> bool:
    """Whether boxes show that no value between the ends is admitted (as far as FAR where they are infinite)."""
    if _infinite(form.ends[0]) == 1 or _infinite(form.ends[1]) == -1:
        return True
    low = Fraction(-FAR) if _infinite(form.ends[0]) else exact(form.ends[0], chosen)
    high = Fraction(FAR) if _infinite(form.ends[1]) else exact(form.ends[1], chosen)
    if low is None or high is None:
        return False
    with ctx.workprec(128):
        look = Look(128, False)
        a, b = numbers.ball(low, look), numbers.ball(high, look)
        if a > b:
            return True
        return a <= b and all(_excluded(inside, chosen, form.x, box) for box in _boxes(a, b, inside, chosen, form.x))


def _boxes(a: arb, b: arb, inside: Sequence[ast.expr], chosen: Point, x: str) -> Iterator[arb]:
    """Boxes that cover a to b, divided where they are not excluded."""
    stack, left = [a.union(b)], BOXES
    while stack:
        box = stack.pop()
        if left > 0 and box.rad() > arb(2) ** -60 and not _excluded(inside, chosen, x, box):
            left -= 1
            middle = box.mid()
            stack += [box.lower().union(middle), middle.union(box.upper())]
        else:
            yield box


def _excluded(inside: Sequence[ast.expr], chosen: Point, x: str, box: arb) -> bool:
    for premise in inside:
        try:
            if oracle.truth_of(premise, {**oracle.refreshed(chosen), x: box}, Look(128, False)) is False:
                return True
        except Undefined:
            return True
        except Unsure:
            continue
    return False


def _stays_below(form: Form, inside: Sequence[ast.expr], chosen: Point, bound: ast.expr, sign: int) -> bool:
    """Whether boxes show sign·expr < sign·bound with room on a compact range."""
    low, high = (exact(e, chosen) if not _infinite(e) else None for e in form.ends)
    if low is None or high is None:
        return False
    with ctx.workprec(128):
        look = Look(128, False)
        a, b = numbers.ball(low, look), numbers.ball(high, look)
        top = exact(bound, chosen)
        if top is None or not a <= b:
            return False
        goal, stack, left = numbers.ball(top, look) * sign, [a.union(b)], BOXES
        while stack:
            box = stack.pop()
            if _excluded(inside, chosen, form.x, box):
                continue
            try:
                f = numbers.ball(value(form.expr, {**oracle.refreshed(chosen), form.x: box}, look), look) * sign
                if f < goal - arb(2) ** -20:
                    continue
            except (Undefined, Unsure):
                pass
            left -= 1
            if left <= 0:
                return False
            middle = box.mid()
            stack += [box.lower().union(middle), middle.union(box.upper())]
    return True


def _not_the_supremum(form: Form, inside: Sequence[ast.expr], chosen: Point, rng: random.Random, given: Read) -> str | None:
    for part in (*form.ends, *([form.value] if form.value is not None else [])):
        if not _infinite(part) and _undefined(part, chosen):
            return f"{ast.unparse(part)} is not defined"
    sign = -1 if form.name == "inf" else 1
    seen = samples(form, inside, chosen, rng, given)
    admitted = [t for t, how in seen if how is True]
    for t in admitted:
        if _undefined(form.expr, {**chosen, form.x: t}):
            return f"not defined for {form.x} = {t}"
    if not admitted and _empty(form, inside, chosen):
        return "no value is admitted"
    if form.value is None:
        return _wrong_attainment(form, inside, chosen, admitted, seen)
    infinite = _infinite(form.value) * sign
    if infinite < 0:
        return "the supremum of something is not −oo" if admitted else None
    if infinite > 0:
        big = ast.Constant(Fraction(sign * 10**9))
        return "bounded" if _stays_below(form, inside, chosen, big, sign) else None
    for t in admitted:
        above = ast.Compare(form.expr, [ast.LtE() if sign > 0 else ast.GtE()], [form.value])
        if truth(above, {**chosen, form.x: t}) is False:
            return f"beyond the value for {form.x} = {t}"
    if admitted and _stays_below(form, inside, chosen, form.value, sign):
        return "stays away from the value"
    return None


def _undefined(node: ast.expr, at: Point) -> bool:
    return truth(ast.Compare(node, [ast.Eq()], [node]), at) == UNDEFINED


def _best(form: Form, chosen: Point, admitted: Sequence[Number]) -> tuple[Number, list[Number]] | None:
    """The sample at which the expression is greatest, and all at which it is as great."""
    best: list[Number] = []
    for t in admitted:
        if not best:
            best = [t]
            continue
        higher = _greater(form, chosen, t, best[0])
        if higher is None:
            return None
        if higher > 0:
            best = [t]
        elif higher == 0:
            best.append(t)
    return (best[0], best) if best else None


def _greater(form: Form, chosen: Point, s: Number, t: Number) -> int | None:
    for bits, last in oracle.LOOKS:
        look = Look(bits, last)
        try:
            with ctx.workprec(bits):
                at = oracle.refreshed(chosen)
                a, b = value(form.expr, {**at, form.x: s}, look), value(form.expr, {**at, form.x: t}, look)
                return numbers.sign(numbers.add(a, numbers.neg(b), look), look)
        except Unsure:
            continue
        except (Undefined, OverflowError):
            return None
    return None


def _wrong_attainment(
    form: Form, inside: Sequence[ast.expr], chosen: Point, admitted: Sequence[Number], seen: Sequence[tuple[Number, bool | str]]
) -> str | None:
    attained = _attained(form, inside, chosen, admitted, seen)
    if attained is None or attained != form.negated:
        return None
    return "attained, as far as samples tell" if attained else "not attained, as far as samples tell"


def _attained(
    form: Form, inside: Sequence[ast.expr], chosen: Point, admitted: Sequence[Number], seen: Sequence[tuple[Number, bool | str]]
) -> bool | None:
    """Whether the supremum is attained, judged only where the greatest value lies clearly at an admitted or excluded edge.

    The values that premises exclude are put in: where one of these is strictly above all admitted ones, and admitted
    values come near it, the supremum is not attained; where the best admitted value is at least all of these, it is.
    """
    if any(how == UNKNOWN for _, how in seen):
        return None
    low, high = (exact(e, chosen) if not _infinite(e) else None for e in form.ends)
    if not isinstance(low, Fraction) or not isinstance(high, Fraction) or not low < high:
        return None
    excluded = [t for t, how in seen if how is False and not isinstance(t, arb) and _between(t, low, high)]
    found = _best(form, chosen, admitted)
    if found is None:
        return None
    best = found[0]
    look = Look(600, False)
    for t in excluded:
        if any(
            admits(inside, {**chosen, form.x: numbers.add(t, s * e, look)}) is True
            for s in (1, -1)
            for e in (Fraction(1, 10**9), Fraction(1, 10**12))
        ):
            higher = _greater(form, chosen, t, best)
            if higher is None:
                return None
            if higher > 0:
                return False if all((_greater(form, chosen, t, u) or 0) >= 0 for u in excluded) else None
    if _polynomial(form.expr) and len(found[1]) >= 1 and _at_edge_or_top(form, inside, chosen, best):
        return True
    return None


def _between(t: Number, low: Fraction, high: Fraction) -> bool:
    look = Look(600, False)
    return numbers.sign(numbers.add(t, -low, look), look) >= 0 and numbers.sign(numbers.add(high, numbers.neg(t), look), look) >= 0


def _polynomial(node: ast.expr) -> bool:
    return all(
        not isinstance(n, ast.Call) and not (isinstance(n, ast.BinOp) and isinstance(n.op, ast.Div) and names([n.right]))
        for n in ast.walk(node)
    )


def _at_edge_or_top(form: Form, inside: Sequence[ast.expr], chosen: Point, best: Number) -> bool:
    """Whether boxes show that nothing admitted is above the value at the best sample."""
    try:
        with ctx.workprec(128):
            look = Look(128, False)
            at = oracle.refreshed(chosen)
            top = numbers.ball(value(form.expr, {**at, form.x: best}, look), look)
    except (Undefined, Unsure):
        return False
    bound = ast.Name("top_of_the_samples")
    return _stays_below(form, inside, {**chosen, bound.id: top + arb(2) ** -10}, bound, 1)


def _not_the_limit(form: Form, inside: Sequence[ast.expr], chosen: Point) -> str | None:
    assert form.value is not None
    for part in (*form.ends, form.value):
        if not _infinite(part) and _undefined(part, chosen):
            return f"{ast.unparse(part)} is not defined"
    ways = _ways(form, chosen)
    if ways is None:
        return None
    anywhere = False
    for way in ways:
        how = [(t, admits(inside, {**chosen, form.x: t})) for t in way]
        near = [t for t, admitted in how if admitted is True]
        if any(admitted == UNKNOWN for _, admitted in how):
            anywhere = True
        if len(near) < len(SCALES) or how[-1][1] is not True:
            anywhere = anywhere or how[-1][1] is True
            continue
        anywhere = True
        if _undefined(form.expr, {**chosen, form.x: near[-1]}) and _undefined(form.expr, {**chosen, form.x: near[-2]}):
            return f"not defined for {form.x} = {near[-2]}"
        if _far_from(form, chosen, near):
            return f"the values stay away on a way to {ast.unparse(form.ends[0])}"
    return None if anywhere else "no value near the point is admitted"


def _ways(form: Form, chosen: Point) -> list[list[Number]] | None:
    infinite = _infinite(form.ends[0])
    if infinite:
        return [[infinite / s for s in SCALES]]
    point = exact(form.ends[0], chosen)
    if point is None or isinstance(point, arb):
        return None
    look = Look(600, False)
    return [[numbers.add(point, side * s, look) for s in SCALES] for side in (1, -1)]


def _far_from(form: Form, chosen: Point, near: Sequence[Number]) -> bool:
    """Whether the values on a way stay clearly away from the value of the limit."""
    assert form.value is not None
    infinite = _infinite(form.value)
    gaps = []
    for t in (near[2], near[-2], near[-1]):
        try:
            with ctx.workprec(4_000):
                look = Look(4_000, False)
                at = oracle.refreshed(chosen)
                f = numbers.ball(value(form.expr, {**at, form.x: t}, look), look)
                gap = f * infinite if infinite else abs(f - numbers.ball(value(form.value, at, look), look))
                gaps.append(float(gap.mid()) if gap.rad() < 1 else float("nan"))
        except (Undefined, Unsure, OverflowError):
            return False
    if infinite:
        return gaps[2] < 50 and gaps[2] <= gaps[1] + 1e-9
    return gaps[2] > 0.02 and gaps[2] > 0.5 * gaps[0]


def _not_increasing(form: Form, inside: Sequence[ast.expr], chosen: Point, rng: random.Random, given: Read) -> str | None:
    form.ends = []
    seen = [t for t, how in samples(form, inside, chosen, rng, given) if how is True and not isinstance(t, arb)]
    with ctx.workprec(600):
        seen.sort(key=lambda t: float(numbers.ball(t, Look(64, False)).mid()))
    for t in seen:
        if _undefined(form.expr, {**chosen, form.x: t}):
            return f"not defined for {form.x} = {t}"
    for s, t in itertools.pairwise(seen):
        if numbers.sign(numbers.add(t, numbers.neg(s), Look(600, False)), Look(600, False)) <= 0:
            continue
        higher = _greater(form, chosen, t, s)
        if higher is not None and higher <= 0:
            return f"not increasing from {form.x} = {s} to {t}"
    return None


def _seems_to_hold(form: Form, inside: Sequence[ast.expr], chosen: Point, rng: random.Random, given: Read) -> bool:
    """Whether the form at these parameters has no objection and is seen to hold; only where that is clear."""
    if form.name == "increasing":
        return False
    if form.name == "limit":
        return False
    if _object(form, inside, chosen, rng, given) is not None:
        return False
    seen = samples(form, inside, chosen, rng, given)
    admitted = [t for t, how in seen if how is True]
    if form.value is None:
        attained = _attained(form, inside, chosen, admitted, seen)
        return attained is not None and attained != form.negated
    if not admitted or _infinite(form.value):
        return False
    reached = ast.Compare(form.expr, [ast.Eq()], [form.value])
    return any(truth(reached, {**chosen, form.x: t}) is True for t in admitted) and _at_most(form, inside, chosen)


def _at_most(form: Form, inside: Sequence[ast.expr], chosen: Point) -> bool:
    assert form.value is not None
    sign = -1 if form.name == "inf" else 1
    room = ast.BinOp(form.value, ast.Add(), ast.Constant(Fraction(sign, 1000)))
    return _stays_below(form, inside, chosen, room, sign)
