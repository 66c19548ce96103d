"""Every constructor of the reader, nested at random: what the tool makes of a text against what the oracle reads in it.

At exact points the value, whether there is one, and the truth must be the same for the expression as read, printed and read
again, with other expressions for its variables, differentiated, in normal form, by balls and as a witness is judged.
"""

from __future__ import annotations

import ast
import copy
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import sympy as sp
from flint import arb, ctx, fmpq

from proofs.checker import balls, witness
from proofs.checker.field import Field, NeedSign
from proofs.checker.logic import TooComplex, clauses, needs_of, premise_cases
from proofs.checker.quotients import Unsupported
from proofs.kernel.reader import COMPARISONS, FUNCTIONS, Reading, exact_decimals, read, read_relation, read_statement, syntax_tree
from proofs.kernel.terms import NotDifferentiable, derivative, replaced
from tests.tools import numbers, oracle, trees
from tests.tools.numbers import Look, Number, Surd, Undefined, Unsure
from tests.tools.oracle import LOOKS, UNDEFINED, UNKNOWN, Point, Read, names, truth, value
from theory.exact import InvalidInput

SYMBOLS = {name: sp.Symbol(name, real=True) for name in ("x", "y")}
ROOT_TWO = Surd({2: Fraction(1)})
MOST_SHOWN = 200
STEP = Fraction(1, 2**400)  # of a difference quotient; it errs by about STEP²
NUMBERS = ["0", "1", "2", "3", "1/2", "-1", "0.5", "4", "1.5e0", "10", "-2", "pi", "E", "2/3"]

TEMPLATES: dict[str, list[str]] = {
    "number": ["{n}", "{n}", "({n})"],
    "name": ["x", "y", "x", "(x)"],
    "plus": ["({a} + {b})", "({a} + {n})", "(+{a})"],
    "minus": ["({a} - {b})", "({a} - {n})", "(-{a})", "({a} - {a})", "(-({a} + {b}))", "(-{a}**2)"],
    "times": ["({a}*{b})", "({n}*{a})", "(0*{a})", "({a}*{a})", "({a}*{b}*{a})"],
    "over": ["({a}/{b})", "({a}/{a})", "({n}/{a})", "(1/(1/{a}))", "({a}/{b}/{a})", "({a}/({b}*{a}))", "(0/{a})"],
    "power": [
        "({a}**2)",
        "({a}**0)",
        "({a}**(-1))",
        "({a}**(1/2))",
        "({a}**(-1/2))",
        "({a}**(3/2))",
        "({a}**(1/3))",
        "({a}**3)",
        "(({a}**2)**(1/2))",
        "(({a}**(1/2))**2)",
        "(({a}**(-1))**(-2))",
        "(({a}**2*{b})**(1/2))",
        "({a}**(2/1))",
        "(({a}*{b})**(-2))",
    ],
    "to a variable": ["({a}**{b})", "(2**{a})", "({a}**x)", "(E**{a})", "(pi**{a})", "({a}**sqrt(2))"],
    "diff": ["diff({s}, x)", "diff({s}, y)", "diff({s}*{t}, x)", "diff({s}/{t}, x)", "diff(diff({s}, x), x)"],
    **{name: [f"{name}({{a}})"] for name in ("exp", "Abs", "abs", "sin", "cos", "tan", "tanh", "sinh", "cosh")},
    "sqrt": ["sqrt({a})", "sqrt({a})**2", "sqrt({a}**2)", "sqrt({a}*{b})", "sqrt({a})*sqrt({b})", "sqrt({a}**2*{b})", "1/sqrt({a})"],
    "log": ["log({a})", "log({a}) - log({a})", "log({a}*{b})", "log({a}**2)", "exp(log({a}))", "log(exp({a}))", "0*log({a})"],
    **{
        name: [f"{name}({{a}}, {{b}})", f"{name}({{a}})", f"{name}({{a}}, {{n}}, {{b}})", f"{name}({{a}}, {{a}})"]
        for name in ("Min", "Max", "min", "max")
    },
}
SMOOTH = [
    "x",
    "y",
    "x**2",
    "(x*y)",
    "exp(x)",
    "log(x)",
    "sqrt(x)",
    "1/x",
    "(x - 1)",
    "x**(3/2)",
    "sin(x)",
    "cos(x*y)",
    "tan(x)",
    "tanh(x)",
    "sinh(y)",
    "cosh(x)",
    "x**y",
    "2**x",
    "log(x*y)",
    "(x**2*y)**(1/2)",
    "3",
    "(x + y)**(-2)",
    "exp(1/x)",
    "sqrt(x**2)",
    "x/x",
    "(x - x)",
    "x**0",
    "log(y)",
    "0*x",
]
COMPARED = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


def check_all_are_covered() -> None:
    """Checks that every function and comparison that the reader knows has texts here."""
    assert set(FUNCTIONS) <= set(TEMPLATES), set(FUNCTIONS) - set(TEMPLATES)
    assert set(COMPARED) == set(COMPARISONS)


def text(rng: random.Random, depth: int, top: str | None = None) -> str:
    """A random expression, with a given constructor outside."""
    if depth == 0 and top is None:
        return rng.choice(["x", "x", "y", "x", "(x - 1)", "(y - x)", rng.choice(NUMBERS)])
    made = rng.choice(TEMPLATES[top or rng.choice(list(TEMPLATES))])
    parts = {k: text(rng, max(depth - 1, 0)) for k in "ab"}
    return made.format(n=rng.choice(NUMBERS), s=rng.choice(SMOOTH), t=rng.choice(SMOOTH), **parts)


def condition(rng: random.Random, depth: int = 1) -> str:
    """A random condition."""
    a, b, c = (text(rng, rng.choice((0, 1, 1, 2))) for _ in range(3))
    op, other = rng.choice(list(COMPARED.values())), rng.choice(list(COMPARED.values()))
    if depth == 0 or rng.random() < 0.3:
        return rng.choice(
            [f"{a} {op} {b}", f"{a} {op} {b}", f"{a} {op} {b} {other} {c}", f"{a} {op} {a}", f"{a} {op} {rng.choice(NUMBERS)}"]
        )
    p, q = condition(rng, depth - 1), condition(rng, depth - 1)
    return rng.choice(
        [
            f"({p}) and ({q})",
            f"({p}) or ({q})",
            f"not ({p})",
            f"({p}) or not ({p})",
            f"not ({p}) and ({p})",
            f"({p}) or ({p})",
            f"{a} {op} {b} or {a} {_opposite(op)} {b}",
            f"{a} {op} {b} and {a} {_opposite(op)} {b}",
            f"({p}) or ({q}) and not ({p})",
        ]
    )


def _opposite(op: str) -> str:
    return {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}[op]


# -- what is found at a point ---------------------------------------------------------


def outcome(node: ast.expr, at: Point) -> Number | str:
    """The value at a point, UNDEFINED or UNKNOWN."""
    found: Number | str = UNKNOWN
    for bits, last in LOOKS:
        try:
            with ctx.workprec(bits):
                found = value(node, at, Look(bits, last))
            if not isinstance(found, arb) or found.rad() < arb(2) ** -60:
                return found
        except Undefined:
            return UNDEFINED
        except (Unsure, OverflowError, ValueError):
            continue
    return found


def same(one: Number | str, other: Number | str) -> bool:
    """Whether two outcomes may be the same."""
    if UNKNOWN in (one, other):
        return True
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    with ctx.workprec(300):
        return bool(numbers.ball(one, Look(300, False)).overlaps(numbers.ball(other, Look(300, False))))


def points(node: ast.expr, rng: random.Random, count: int) -> Iterator[dict[str, Number]]:
    """Points that the text suggests, each with values of x and y; now and then √2."""
    given = Read(
        [ast.Compare(node, [ast.Eq()], [ast.Constant(Fraction(1))])]
        if not isinstance(node, (ast.Compare, ast.BoolOp, ast.UnaryOp))
        else [node],
        [],
        ["x", "y"],
    )
    for i, at in enumerate(oracle.points(given, rng, count)):
        yield {**at, "x": ROOT_TWO} if i % 9 == 8 else at


def in_sympy(at: Point) -> dict[sp.Symbol, sp.Expr] | None:
    """The point in SymPy's numbers."""
    return {SYMBOLS[k]: found for k, v in at.items() if (found := _number(v)) is not None}


def _number(x: Number) -> sp.Expr | None:
    if isinstance(x, Fraction):
        return sp.Rational(x.numerator, x.denominator)
    if isinstance(x, Surd):
        return sp.Add(*(sp.Rational(c.numerator, c.denominator) * sp.sqrt(n) for n, c in x.parts.items()))
    return None


class _Put(ast.NodeTransformer):
    def __init__(self, values: Mapping[str, ast.expr]) -> None:
        self.values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.values.get(node.id, node)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        return ast.Call(node.func, [self.visit(a) for a in node.args], [])


def composed(node: ast.expr, values: Mapping[str, ast.expr]) -> ast.expr:
    """The tree with other trees in place of its names; it must contain no derivative, which is taken by a name and not a value."""
    return _Put(values).visit(copy.deepcopy(node))  # type: ignore[no-any-return]


# -- the checks -----------------------------------------------------------------------


@dataclass
class Tally:
    """How much was compared, and which outcomes differ."""

    compared: dict[str, int] = field(default_factory=dict)
    open: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def add(self, what: str, good: bool, *shown: object) -> None:
        self.compared[what] = self.compared.get(what, 0) + 1
        if not good and len(self.wrong) < MOST_SHOWN:
            self.wrong.append(f"{what}: {' | '.join(map(str, shown))}")

    def left_open(self, what: str) -> None:
        self.open[what] = self.open.get(what, 0) + 1


def check_expression(source: str, rng: random.Random, tally: Tally, count: int = 8) -> None:
    """Compare everything that the tool makes of a text, at points."""
    try:
        expr = read(source, SYMBOLS)
    except InvalidInput:
        tally.left_open("refused")
        return
    node = oracle.parse(source)
    made = {"read": trees.tree(expr)}
    printed = sp.sstr(expr)
    try:
        made["printed and read again"] = trees.tree(read(printed, SYMBOLS))
    except InvalidInput:
        tally.add("printed and read again", False, source, printed)
    for at in points(node, rng, count):
        want = outcome(node, at)
        for what, tree in made.items():
            found = outcome(tree, at)
            tally.add(what, same(found, want), source, expr, at, found, want)
        _check_numbers(source, expr, at, want, tally)
    if "diff" not in source:
        _check_replaced(source, expr, rng, tally)
        _check_derivative(source, node, expr, rng, tally, count)
    _check_normal_form(source, node, expr, rng, tally, count)


def _check_numbers(source: str, expr: sp.Expr, at: Point, want: Number | str, tally: Tally) -> None:
    point = in_sympy(at)
    if want == UNKNOWN or point is None:
        return
    defined = witness.is_defined(expr, point)
    tally.add("defined", not (defined and want == UNDEFINED), source, at)
    if not defined and want != UNDEFINED:
        tally.left_open("defined")
    with ctx.workprec(300):
        try:
            ball = balls.value(expr, {s: balls.value(v) for s, v in point.items()})
        except balls.Undefined:
            if want != UNDEFINED:
                tally.left_open("balls")
            return
        # a ball of an undefined expression is wrong only where the expression is not guarded: 0**x and the like raise
        tally.add("balls", want != UNDEFINED and same(ball, want), source, expr, at, ball, want)


def _check_replaced(source: str, expr: sp.Expr, rng: random.Random, tally: Tally) -> None:
    inner = {k: text(rng, rng.choice((0, 1, 1, 2))) for k in rng.choice((("x",), ("y",), ("x", "y")))}
    if any("diff" in t for t in inner.values()):
        return
    try:
        values = {SYMBOLS[k]: read(t, SYMBOLS) for k, t in inner.items()}
        result = replaced(expr, values)
    except InvalidInput:
        return
    # what was cancelled by total parts when the text was read is gone: the tree of the expression is composed
    whole = composed(trees.tree(expr), {k: oracle.parse(t) for k, t in inner.items()})
    try:
        tree = trees.tree(result)
    except trees.NotReal:
        for at in points(whole, rng, 6):
            tally.add("replaced", outcome(whole, at) in (UNDEFINED, UNKNOWN), source, inner, result, at)
        return
    for at in points(whole, rng, 6):
        want = outcome(whole, at)
        found = outcome(tree, at)
        tally.add("replaced", same(found, want), source, inner, result, at, found, want)


def _check_derivative(source: str, node: ast.expr, expr: sp.Expr, rng: random.Random, tally: Tally, count: int) -> None:
    try:
        slope = trees.tree(derivative(expr, SYMBOLS["x"]))
    except (NotDifferentiable, trees.NotReal):
        return
    for at in points(node, rng, count):
        x = at["x"]
        quotient = difference_quotient(node, at) if isinstance(x, Fraction) else None
        if quotient is None:
            continue
        found = outcome(slope, at)
        if isinstance(found, str):
            tally.left_open("derivative")
            continue
        with ctx.workprec(600):
            got = numbers.ball(found, Look(600, False))
            good = not bool(abs(got - quotient) > (1 + abs(got)) * arb(2) ** -50)
        tally.add("derivative", good, source, at, got, quotient)


def difference_quotient(node: ast.expr, at: Point) -> arb | None:
    """The slope along x at a point, by the values on both sides of it; None where they are not known or do not fit together."""
    x = at["x"]
    assert isinstance(x, Fraction)
    with ctx.workprec(4_000):
        try:
            low, middle, high = (
                numbers.ball(value(node, {**at, "x": x + k * STEP}, Look(4_000, True)), Look(4_000, True)) for k in (-1, 0, 1)
            )
        except (Undefined, Unsure, OverflowError, ValueError):
            return None
        h = arb(fmpq(STEP.numerator, STEP.denominator))
        left, right = (middle - low) / h, (high - middle) / h
        if not abs(left - right) < (1 + abs(left)) * arb(2) ** -60:
            return None
        return (left + right) / 2


def _check_normal_form(source: str, node: ast.expr, expr: sp.Expr, rng: random.Random, tally: Tally, count: int) -> None:
    """The normal form under premises that the points satisfy has the value wherever the expression is defined."""
    x, y = SYMBOLS["x"], SYMBOLS["y"]
    premises = rng.choice(
        [
            (),
            ((x, ">"),),
            ((x, ">"), (y, ">")),
            ((x, ">="), (y, ">=")),
            ((x - 1, ">="), (y, ">")),
            ((-x, ">"),),
            ((x - y, ">"), (y, ">=")),
            ((x * y, ">="),),
            ((x**2 * y, ">="), (1 - x, ">=")),
        ]
    )
    field_ = Field(premises)
    try:
        normal = field_.sympy(field_.rat(expr))
        tree = trees.tree(normal)
    except (NeedSign, Unsupported, ZeroDivisionError, trees.NotReal):
        return
    where = [trees.atom(p) for p in premises]
    for at in points(node, rng, 3 * count):
        if oracle.admits(where, at) is not True:
            continue
        want = outcome(node, at)
        if not isinstance(want, str):
            got = outcome(tree, at)
            tally.add("normal form", same(got, want), source, premises, normal, at, got, want)


def check_condition(source: str, rng: random.Random, tally: Tally, count: int = 8) -> None:
    """Compare, at points, a condition as it is read, as a witness of it is judged, and as its cases of atoms."""
    try:
        relation = read_relation(syntax_tree(exact_decimals(source)), Reading(dict(SYMBOLS)))
    except InvalidInput:
        tally.left_open("refused")
        return
    node = oracle.parse(source)
    tree, cases, positive, negative = trees.tree(relation), None, [], []
    try:
        cases = premise_cases((relation,), (), ())
        positive, negative = clauses(relation), clauses(relation, positive=False)
    except TooComplex:
        pass
    for at in points(node, rng, count):
        want, point = truth(node, at), in_sympy(at)
        if want == UNKNOWN:
            continue
        again = truth(tree, at)
        tally.add("condition as read", again in (want, UNKNOWN), source, relation, at, again, want)
        assert point is not None
        judged = witness.condition_at(relation, point)
        tally.add("condition of a witness", judged is None or judged is want, source, at, judged, want)
        if judged is None and want != UNDEFINED:
            tally.left_open("condition of a witness")
        if cases is None:
            continue
        admitted = [_all_hold(case, at) for case in cases]
        if UNKNOWN not in admitted:
            tally.add("premise cases", (True in admitted) is (want is True), source, at, admitted, cases, want)
        if want != UNDEFINED:
            for found, expected in ((positive, want), (negative, not want)):
                held = [_all_hold(case, at) for case in found]
                if UNKNOWN not in held:
                    tally.add("clauses", (True in held) is expected, source, at, held, found, want)
        needed = [[_all_hold(case, at) for case in alternatives] for alternatives, _ in needs_of(relation)]
        if not any(UNKNOWN in held for held in needed):
            tally.add("needs", all(True in held for held in needed) is (want != UNDEFINED), source, at, needs_of(relation), want)


def _all_hold(case: object, at: Point) -> bool | str:
    held = [truth(trees.atom(a), at) for a in case]  # type: ignore[attr-defined]
    if False in held or UNDEFINED in held:
        return False
    return UNKNOWN if UNKNOWN in held else True


FORMS = [
    "limit({f}, x, {p}) == {v}",
    "limit({f}, x, oo) == oo",
    "sup({f}, x, {p}, {v}) == {w}",
    "inf({f}, x, {p}, oo) == {w}",
    "attained({f}, x, {p}, {v})",
    "not attained({f}, x, -oo, {v})",
    "increasing({f}, x)",
    "inf({f}, x, {p}, {v}) == -oo",
]


def check_form(rng: random.Random, tally: Tally) -> None:
    """The parts of a form as read: each has the value that the text has, an infimum those of the negatives."""
    # with the variable in the ends or values the reader refuses, so they are made of y alone
    only_y = [
        t.replace("x", "y").replace("eyp", "exp").replace("May", "Max").replace("may", "max") for t in (text(rng, 1) for _ in range(3))
    ]
    source = rng.choice(FORMS).format(f=text(rng, 2), p=only_y[0], v=only_y[1], w=only_y[2])
    try:
        (statement,) = read_statement(source)
    except (InvalidInput, ValueError):
        tally.left_open("refused")
        return
    from tests.tools.forms import Form

    form = Form(oracle.parse(source))
    negative = form.name == "inf"
    parts = [("expr", form.expr, negative), ("value", form.value, negative)]
    parts += (
        [("point", form.ends[0], False)]
        if form.name == "limit"
        else [("start", form.ends[0], False), ("end", form.ends[1], False)]
        if len(form.ends) == 2
        else []
    )
    for name, node, turned in parts:
        got = getattr(statement, name, None)
        if node is None or got is None:
            tally.add("form", node is None and got is None, source, name)
            continue
        if got in (sp.oo, -sp.oo):
            sign = 1 if got == sp.oo else -1
            plain = ast.unparse(node).replace(" ", "").replace("(", "").replace(")", "")
            tally.add("form", plain == ("oo" if sign * (-1 if turned else 1) > 0 else "-oo"), source, name)
            continue
        for at in points(node, rng, 4):
            want = outcome(ast.UnaryOp(ast.USub(), node) if turned else node, at)
            tally.add("form", same(outcome(trees.tree(got), at), want), source, name, got, at, want)


def attack(seeds: range, tops: list[str] | None = None) -> Tally:
    """The tally of the texts of these seeds, in which each constructor in turn is the outermost."""
    tally, chosen = Tally(), tops or list(TEMPLATES)
    for seed in seeds:
        rng = random.Random(f"constructors-{seed}")
        check_expression(text(rng, rng.choice((1, 1, 2, 2, 3)), chosen[seed % len(chosen)]), rng, tally)
        check_condition(condition(rng), rng, tally)
        check_form(rng, tally)
    return tally


__all__ = ["Tally", "attack", "check_all_are_covered", "check_condition", "check_expression", "check_form", "names"]
