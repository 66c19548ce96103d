"""A second, strict reading of `ufm check`'s statements: Python's tree at exact points, no code of proofs/.

`Claim` holds the text; `truth` says of a condition at a point: True, False, UNDEFINED (some part of it as written has no
real value there) or UNKNOWN. Names bound by `let` stand for their text. `admitted_points` samples points
that the text itself suggests: its constants, solutions of its equalities and edges, places where a divisor, a radicand
or the argument of a log is zero, and values beside them. Objections to verdicts are in `objections`.
"""

from __future__ import annotations

import ast
import itertools
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from flint import arb, ctx

from tests.tools import numbers
from tests.tools.numbers import Look, Number, Surd, Undefined, Unsure

LOOKS = ((128, False), (600, False), (4_000, True))
FUNCTIONS = {"sqrt", "exp", "log", "Abs", "abs", "sin", "cos", "tan", "sinh", "cosh", "tanh"}
EXTREMES = {"Min", "Max", "min", "max"}
CONSTANTS = {"pi", "E", "oo"}
FORMS = {"limit", "sup", "inf", "attained", "increasing"}

UNDEFINED, UNKNOWN = "undefined", "unknown"
Point = Mapping[str, Number]


@dataclass(frozen=True)
class Claim:
    """A statement as a user writes it."""

    statement: str
    where: tuple[str, ...] = ()
    let: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        where = f" where {', '.join(self.where)}" if self.where else ""
        let = " let " + ", ".join(f"{k} = {v}" for k, v in self.let) if self.let else ""
        return f"{self.statement}{where}{let}"


@dataclass
class Read:
    """A claim as trees, with its lets substituted."""

    goals: list[ast.expr]
    premises: list[ast.expr]
    variables: list[str] = field(default_factory=list)


# -- trees ----------------------------------------------------------------------------


class _Exact(ast.NodeTransformer):
    """Literals as Fractions, by their text; names of lets as their trees."""

    def __init__(self, text: str, lets: Mapping[str, ast.expr]) -> None:
        self.text, self.lets = text, lets

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return ast.Constant(Fraction(ast.get_source_segment(self.text, node) or str(node.value)))

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.lets.get(node.id, node)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        return ast.Call(node.func, [self.visit(a) for a in node.args], [])


def parse(text: str, lets: Mapping[str, ast.expr] | None = None) -> ast.expr:
    """The tree of a text."""
    return _Exact(text.strip(), lets or {}).visit(ast.parse(text.strip(), mode="eval").body)


def read(claim: Claim) -> Read:
    """The trees of a claim."""
    lets: dict[str, ast.expr] = {}
    for name, text in claim.let:
        lets[name] = parse(text, lets)
    premises = [parse(w, lets) for w in claim.where]
    tree = parse(claim.statement, lets)
    goals = [tree]
    if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) and any(form(v) for v in tree.values):
        goals = tree.values
    return Read(goals, premises, names([*goals, *premises]))


def form(node: ast.expr) -> str | None:
    """The form that a part of a statement is, or None."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return form(node.operand)
    if isinstance(node, ast.Compare):
        node = node.left
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FORMS:
        return node.func.id
    return None


def names(trees: Sequence[ast.AST]) -> list[str]:
    """The variables, in a fixed order."""
    found = {n.id for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Name)}
    return sorted(found - CONSTANTS - FUNCTIONS - EXTREMES - FORMS - {"diff"})


def derivative(node: ast.expr, x: str) -> ast.expr:
    """The derivative of an expression as an expression.

    Raises: Unsure for functions with corners, which the language refuses.
    """
    if x not in names([node]):
        return _number(0)
    if isinstance(node, ast.Name):
        return _number(1)
    if isinstance(node, ast.UnaryOp):
        return ast.UnaryOp(node.op, derivative(node.operand, x))
    if isinstance(node, ast.BinOp):
        a, b = node.left, node.right
        if isinstance(node.op, ast.Pow):
            return _power_derivative(a, b, x)
        da, db = derivative(a, x), derivative(b, x)
        if isinstance(node.op, (ast.Add, ast.Sub)):
            return ast.BinOp(da, node.op, db)
        if isinstance(node.op, ast.Mult):
            return _op(_op(da, ast.Mult(), b), ast.Add(), _op(a, ast.Mult(), db))
        top = _op(_op(da, ast.Mult(), b), ast.Sub(), _op(a, ast.Mult(), db))
        return _op(top, ast.Div(), _op(b, ast.Mult(), b))
    assert isinstance(node, ast.Call)
    assert isinstance(node.func, ast.Name)
    if node.func.id == "diff":
        assert isinstance(node.args[1], ast.Name)
        return derivative(derivative(node.args[0], node.args[1].id), x)
    u = node.args[0]
    outer = {
        "exp": "exp(u)",
        "log": "1/u",
        "sqrt": "1/(2*sqrt(u))",
        "sin": "cos(u)",
        "cos": "-sin(u)",
        "tan": "1 + tan(u)**2",
        "sinh": "cosh(u)",
        "cosh": "sinh(u)",
        "tanh": "1 - tanh(u)**2",
    }.get(node.func.id)
    if outer is None:
        raise Unsure
    return _op(parse(outer, {"u": u}), ast.Mult(), derivative(u, x))


def _power_derivative(a: ast.expr, b: ast.expr, x: str) -> ast.expr:
    """b·a^(b−1)·a′ + a^b·log(a)·b′, without the summands that are constant in x."""
    if not names([b]) and value(b, {}, Look(64, False)) == 0:
        return _number(0)
    by_exponent = _op(_op(_op(a, ast.Pow(), b), ast.Mult(), ast.Call(ast.Name("log"), [a], [])), ast.Mult(), derivative(b, x))
    if x not in names([a]):
        return by_exponent
    by_base = _op(_op(b, ast.Mult(), _op(a, ast.Pow(), _op(b, ast.Sub(), _number(1)))), ast.Mult(), derivative(a, x))
    return by_base if x not in names([b]) else _op(by_exponent, ast.Add(), by_base)


def _number(n: int) -> ast.expr:
    return ast.Constant(Fraction(n))


def _op(a: ast.expr, op: ast.operator, b: ast.expr) -> ast.expr:
    return ast.BinOp(a, op, b)


# -- values ---------------------------------------------------------------------------


def value(node: ast.expr, at: Point, look: Look) -> Number:
    """The value of an expression at a point.

    Raises: Undefined, Unsure.
    """
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        if node.id in at:
            return at[node.id]
        if node.id == "pi":
            return arb.pi()
        if node.id == "E":
            return arb(1).exp()
        raise KeyError(node.id)
    if isinstance(node, ast.UnaryOp):
        inner = value(node.operand, at, look)
        return numbers.neg(inner) if isinstance(node.op, ast.USub) else inner
    if isinstance(node, ast.BinOp):
        return _operation(node, at, look)
    assert isinstance(node, ast.Call)
    assert isinstance(node.func, ast.Name)
    if node.func.id == "diff":
        assert isinstance(node.args[1], ast.Name)
        value(node.args[0], at, look)
        return value(derivative(node.args[0], node.args[1].id), at, look)
    args = _all(node.args, at, look)
    if node.func.id in EXTREMES:
        return numbers.extreme(node.func.id, args, look)
    return numbers.function(node.func.id, args[0], look)


def _all(nodes: Sequence[ast.expr], at: Point, look: Look) -> list[Number]:
    """The values of all nodes; an undefined one raises Undefined, also where another is unsure."""
    found, unsure = [], False
    for node in nodes:
        try:
            found.append(value(node, at, look))
        except Unsure:
            unsure = True
    if unsure:
        raise Unsure
    return found


def _operation(node: ast.BinOp, at: Point, look: Look) -> Number:
    left, right = _all((node.left, node.right), at, look)
    if isinstance(node.op, ast.Add):
        return numbers.add(left, right, look)
    if isinstance(node.op, ast.Sub):
        return numbers.add(left, numbers.neg(right), look)
    if isinstance(node.op, ast.Mult):
        return numbers.mul(left, right, look)
    if isinstance(node.op, ast.Div):
        return numbers.mul(left, numbers.inverse(right, look), look)
    assert isinstance(node.op, ast.Pow)
    if not names([node.right]) and isinstance(right, Fraction):
        if right.denominator == 1:
            return numbers.whole_power(left, right.numerator, look)
        return numbers.rational_power(left, right, look)
    return numbers.power(left, right, look)


def truth_of(node: ast.expr, at: Point, look: Look) -> bool | None:
    """Whether a condition holds, None where a comparison is open.

    Raises: Undefined, and Unsure where it is open whether all of it is defined.
    """
    if isinstance(node, ast.BoolOp):
        verdicts: list[bool | None] = []
        unsure = False
        for part in node.values:
            try:
                verdicts.append(truth_of(part, at, look))
            except Unsure:
                unsure = True
        if unsure:
            raise Unsure
        decisive = isinstance(node.op, ast.Or)
        if decisive in verdicts:
            return decisive
        return None if None in verdicts else not decisive
    if isinstance(node, ast.UnaryOp):
        inner = truth_of(node.operand, at, look)
        return None if inner is None else not inner
    assert isinstance(node, ast.Compare)
    sides = _all((node.left, *node.comparators), at, look)
    verdicts = [_compare(a, op, b, look) for a, op, b in zip(sides, node.ops, sides[1:], strict=False)]
    if False in verdicts:
        return False
    return None if None in verdicts else True


def _compare(a: Number, op: ast.cmpop, b: Number, look: Look) -> bool | None:
    try:
        s = numbers.sign(numbers.add(a, numbers.neg(b), look), look)
    except Unsure:
        return None
    return {ast.Lt: s < 0, ast.LtE: s <= 0, ast.Gt: s > 0, ast.GtE: s >= 0, ast.Eq: s == 0, ast.NotEq: s != 0}[type(op)]


def truth(node: ast.expr, at: Point) -> bool | str:
    """True, False, UNDEFINED or UNKNOWN at a point."""
    for bits, last in LOOKS:
        look = Look(bits, last)
        try:
            with ctx.workprec(bits):
                found = truth_of(node, refreshed(at), look)
        except Undefined:
            return UNDEFINED
        except (Unsure, OverflowError, ValueError):
            continue
        if found is not None:
            return found
    return UNKNOWN


def refreshed(at: Point) -> Point:
    """The point at the present precision, where some values are given as texts."""
    if not any(isinstance(v, ast.expr) for v in at.values()):
        return at
    return {k: value(v, {}, Look(ctx.prec, ctx.prec >= LOOKS[-1][0])) if isinstance(v, ast.expr) else v for k, v in at.items()}


def admits(premises: Sequence[ast.expr], at: Point) -> bool | str:
    """True where every premise holds; False where one is false or undefined; else UNKNOWN."""
    verdicts = [truth(p, at) for p in premises]
    if False in verdicts or UNDEFINED in verdicts:
        return False
    return UNKNOWN if UNKNOWN in verdicts else True


# -- points ---------------------------------------------------------------------------

SIMPLE = [Fraction(t) for t in ("0", "1", "2", "-1", "1/2", "3", "-2", "1/3", "-1/2", "4", "5", "-3", "1/4", "10", "3/2", "7", "9/4")]
BESIDE = [Fraction(t) for t in ("1", "-1", "1/2", "-1/2", "1/1000", "-1/1000", "1/1000000", "-1/1000000")]


def constants(trees: Sequence[ast.expr]) -> list[Fraction]:
    """The numbers that occur in the text, quotients of literals among them."""
    found: dict[Fraction, None] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if (
                isinstance(node, (ast.Constant, ast.BinOp))
                and not names([node])
                and "pi" not in (text := ast.unparse(node))
                and "E" not in text
            ):
                try:
                    v = value(node, {}, Look(64, False))
                except (Undefined, Unsure, KeyError):
                    continue
                if isinstance(v, Fraction) and abs(v) < 10**40:
                    found[v] = found[-v] = None
    return list(found)[:40]


def critical(trees: Sequence[ast.expr]) -> list[ast.expr]:
    """Expressions whose zeros are edges of the text: differences of sides, divisors, radicands, corners."""
    found: list[ast.expr] = []
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Compare):
                sides = [node.left, *node.comparators]
                if form(node) is None:
                    found += [_op(a, ast.Sub(), b) for a, b in itertools.pairwise(sides)]
            elif isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Div, ast.Pow)):
                found.append(node.right if isinstance(node.op, ast.Div) else node.left)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id in ("sqrt", "Abs", "abs"):
                    found.append(node.args[0])
                elif node.func.id == "log":
                    found += [node.args[0], _op(node.args[0], ast.Sub(), _number(1))]
                elif node.func.id in EXTREMES:
                    found += [_op(node.args[0], ast.Sub(), b) for b in node.args[1:]]
                elif node.func.id in ("sup", "inf", "attained", "limit"):
                    found += [_op(node.args[1], ast.Sub(), b) for b in node.args[2:] if "oo" not in ast.unparse(b)]
                    if len(node.args) == 4 and "oo" not in ast.unparse(node):
                        found.append(_op(node.args[2], ast.Sub(), node.args[3]))
    unique: dict[str, ast.expr] = {}
    for node in found:
        if names([node]):
            unique.setdefault(ast.unparse(node), node)
    return list(unique.values())


def moved(node: ast.expr, x: str, at: dict[str, Number]) -> list[Number]:
    """Values of x at which the expression is zero while the other variables keep theirs, where it is quadratic in x."""
    values = []
    for k in (0, 1, 2, 3):
        try:
            v = value(node, {**at, x: Fraction(k)}, Look(64, False))
        except (Undefined, Unsure):
            return []
        if not isinstance(v, Fraction):
            return []
        values.append(v)
    f0, f1, f2, f3 = values
    a = (f2 - 2 * f1 + f0) / 2
    b = f1 - f0 - a
    if a * 9 + b * 3 + f0 != f3:
        return []
    if a == 0:
        return [] if b == 0 else [-f0 / b]
    discriminant = b * b - 4 * a * f0
    if discriminant < 0:
        return []
    look = Look(64, False)
    root = numbers.square_root(discriminant, look)
    if isinstance(root, arb):
        return []
    return [numbers.mul(numbers.add(-b, r, look), 1 / (2 * a), look) for r in (root, numbers.neg(root))]


def points(read_claim: Read, rng: random.Random, count: int) -> Iterator[dict[str, Number]]:
    """Points that the text suggests, admitted or not."""
    trees = [*read_claim.goals, *read_claim.premises]
    variables, edges, known = read_claim.variables, critical(trees), constants(trees)
    equal = [e for p in read_claim.premises for e in _equalities(p)]
    for i in range(count):
        at: dict[str, Number] = {x: _number_for(rng, known) for x in variables}
        for _ in range(rng.choice((0, 1, 1, 2)) if edges else 0):
            _move(at, rng.choice(edges), rng)
        if equal and i % 5:
            for e in rng.sample(equal, len(equal)):
                _move(at, e, rng)
        yield at


def _equalities(premise: ast.expr) -> list[ast.expr]:
    if isinstance(premise, ast.BoolOp):
        return [e for v in premise.values for e in _equalities(v)]
    if isinstance(premise, ast.Compare):
        sides = [premise.left, *premise.comparators]
        return [_op(a, ast.Sub(), b) for a, op, b in zip(sides, premise.ops, sides[1:], strict=False) if isinstance(op, ast.Eq)]
    return []


def _move(at: dict[str, Number], edge: ast.expr, rng: random.Random) -> None:
    inside = [x for x in names([edge]) if x in at]
    if not inside:
        return
    x = rng.choice(inside)
    found = moved(edge, x, at)
    if found:
        at[x] = rng.choice(found)
        if rng.random() < 0.2:
            at[x] = numbers.add(at[x], rng.choice(BESIDE), Look(64, False))


def _number_for(rng: random.Random, known: list[Fraction]) -> Fraction:
    kind = rng.random()
    if kind < 0.35 or (kind < 0.55 and not known):
        return rng.choice(SIMPLE)
    if kind < 0.55:
        beside = rng.random()
        return rng.choice(known) + (rng.choice(BESIDE) if beside < 0.3 else 0) if beside < 0.8 else rng.choice(known) * rng.choice(BESIDE)
    if kind < 0.8:
        return Fraction(rng.randint(-400, 600), 100)
    return Fraction(rng.randint(-99, 99)) * Fraction(10) ** rng.randint(-4, 2)


def admitted_points(claim: Read, rng: random.Random, count: int) -> Iterator[dict[str, Number]]:
    """Those among `count` points at which every premise surely holds."""
    for at in points(claim, rng, count):
        if admits(claim.premises, at) is True:
            yield at


@dataclass(frozen=True)
class Objection:
    """Why a verdict is wrong: at which point, and what is found there."""

    at: Mapping[str, Number]
    found: str

    def __str__(self) -> str:
        place = ", ".join(f"{k} = {v}" for k, v in sorted(_shown(self.at).items()))
        return f"{self.found} at {place}" if place else self.found


def _shown(at: Mapping[str, Number]) -> dict[str, str]:
    return {k: _text(v) if isinstance(v, ast.expr) else str(v) for k, v in at.items()}


def _text(node: ast.expr) -> str:
    return re.sub(r"Fraction\((-?\d+), (\d+)\)", lambda m: m[1] if m[2] == "1" else f"{m[1]}/{m[2]}", ast.unparse(node))


__all__ = ["Claim", "Objection", "Surd", "admits", "admitted_points", "points", "read", "truth"]
