"""Random expressions, premises and sequents around one exact point: only the oracle says what holds there.

Expressions are built by `proofs.kernel.terms`, so that they are as raw as those the checker meets.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Sequence
from fractions import Fraction

import sympy as sp

from proofs.checker.logic import Sequent
from proofs.kernel.terms import add, apply, difference, mul, power
from tests.tools import oracle, trees
from tests.tools.forms import exact
from tests.tools.numbers import Number
from tests.tools.trees import Atom, NotReal

X, Y, Z = VARIABLES = sp.symbols("v0 v1 v2", real=True)
PLACES = [
    Fraction(t) for t in ("0", "0", "1", "1", "-1", "2", "1/2", "-1/2", "3", "4", "1/4", "-2", "1/3", "3/2", "9/4", "-3", "10", "1/10")
]
NUMBERS = [sp.Rational(t) for t in ("0", "1", "1", "2", "-1", "1/2", "3", "-2", "4", "1/3", "5", "-1/2")]
SMALL = [sp.Rational(t) for t in ("1", "1/2", "1/10", "1/1000", "1/1000000")]


class Maker:
    """Random expressions and sequents around one point."""

    def __init__(self, rng: random.Random, count: int = 3) -> None:
        self.rng = rng
        self.variables = VARIABLES[:count]
        self.at: dict[str, Number] = {v.name: rng.choice(PLACES) for v in self.variables}

    def pick(self, options: Sequence[sp.Expr]) -> sp.Expr:
        return self.rng.choice(options)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def variable(self) -> sp.Symbol:
        return self.rng.choice(self.variables)

    def number(self) -> sp.Rational:
        return self.rng.choice(NUMBERS)

    # -- expressions ------------------------------------------------------------------

    def polynomial(self, without: sp.Symbol | None = None) -> sp.Expr:
        free = [v for v in self.variables if v != without] or [sp.Integer(1)]
        a, b, k = self.rng.choice(free), self.rng.choice(free), self.number()
        return self.rng.choice(
            [
                a,
                a,
                sp.Add(a, -k),
                sp.Add(k, -a),
                a - b,
                a * b,
                a**2,
                a**2 - k,
                a**3,
                a * (a - k),
                a + b,
                a**2 - b**2,
                (a - k) ** 2,
                a * b**2,
                a**2 * (b - k),
                (a - k) * (b - 1),
                a**4 - a,
                a**2 + b**2 - k,
                k * a,
            ]
        )

    def partial(self, without: sp.Symbol | None = None, depth: int = 1) -> sp.Expr:
        """An expression that may be undefined somewhere, or has corners."""
        a = self.polynomial(without) if depth <= 1 or self.chance(0.4) else self.partial(without, depth - 1)
        b = self.polynomial(without) if depth <= 1 or self.chance(0.4) else self.partial(without, depth - 1)
        half = sp.Rational(1, 2)
        made: list[Callable[[], sp.Expr]] = [
            lambda: power(a, half),
            lambda: power(a, sp.Integer(-1)),
            lambda: mul(a, power(a, sp.Integer(-1))),
            lambda: mul(b, power(a, sp.Integer(-1))),
            lambda: apply(sp.log, a),
            lambda: apply(sp.exp, a),
            lambda: apply(sp.exp, a),
            lambda: apply(sp.Abs, a),
            lambda: apply(sp.Max, a, b),
            lambda: apply(sp.Min, a, b),
            lambda: power(a, sp.Rational(self.rng.choice((3, 1, -1, 2)), self.rng.choice((2, 2, 3)))),
            lambda: power(a, sp.Integer(self.rng.choice((-1, -2, 2, 3)))),
            lambda: add(power(a, half), b),
            lambda: add(apply(sp.log, a), b),
            lambda: mul(sp.Integer(0), apply(sp.log, a)),
            lambda: power(power(a, half), sp.Integer(2)),
            lambda: mul(power(a, half), power(b, half)),
            lambda: power(mul(a, b), half),
            lambda: difference(apply(sp.exp, a), add(sp.Integer(1), b)),
            lambda: mul(a, apply(sp.log, b)),
            lambda: apply(sp.tanh, a),
            lambda: apply(self.rng.choice((sp.sin, sp.cos)), a if total_of_small(a) else self.variable()),
            lambda: power(apply(sp.Abs, a), half),
            lambda: difference(power(power(a, sp.Integer(2)), half), a),
            lambda: difference(power(a, half), power(b, half)),
            lambda: power(apply(sp.Max, a, b), b) if self.chance(0.5) else power(a, b),
        ]
        return self.rng.choice(made)()

    def expression(self, without: sp.Symbol | None = None) -> sp.Expr:
        return self.polynomial(without) if self.chance(0.4) else self.partial(without, self.rng.choice((1, 1, 2)))

    def value(self, expr: sp.Expr) -> Number | None:
        """The value at the point; None where it is undefined or not known."""
        try:
            return exact(trees.tree(expr), self.at)
        except (NotReal, ValueError, ZeroDivisionError):
            return None

    def rational(self, expr: sp.Expr) -> sp.Rational | None:
        """The value at the point where it is rational."""
        found = self.value(expr)
        return sp.Rational(found.numerator, found.denominator) if isinstance(found, Fraction) else None

    def zeroed(self, expr: sp.Expr) -> sp.Expr:
        """The expression moved so that it is zero at the point, if its value there is rational."""
        value = self.rational(expr)
        return expr if value is None else add(expr, -value)

    def sign(self, expr: sp.Expr) -> int | None:
        try:
            node = trees.tree(expr)
        except NotReal:
            return None
        zero = ast.Constant(Fraction(0))
        above = oracle.truth(ast.Compare(node, [ast.Gt()], [zero]), self.at)
        if above is True:
            return 1
        if above is not False:
            return None
        equal = oracle.truth(ast.Compare(node, [ast.Eq()], [zero]), self.at)
        return {True: 0, False: -1}.get(equal) if isinstance(equal, bool) else None

    # -- sequents ---------------------------------------------------------------------

    def premise(self, expr: sp.Expr) -> Atom | None:
        """An atom of an expression that holds at the point."""
        s = self.sign(expr)
        if s is None:
            return None
        if s == 0:
            return self.rng.choice([(expr, ">="), (expr, ">="), (expr, "=="), (mul(sp.Integer(-1), expr), ">=")])
        return (expr if s > 0 else mul(sp.Integer(-1), expr)), self.rng.choice([">", ">", ">="])

    def bound(self, x: sp.Symbol) -> Atom:
        """A bound of a variable at or beside its place."""
        place = self.rational(x)
        assert place is not None
        gap = self.rng.choice([sp.Integer(0), sp.Integer(0), self.rng.choice(SMALL), sp.Integer(1), sp.Integer(2), abs(place)])
        rel = ">=" if gap == 0 else self.rng.choice([">", ">="])
        return self.rng.choice([(add(x, gap - place), rel), (add(place + gap, -x), rel)])

    def premises(self, most: int = 3) -> list[Atom]:
        found: list[Atom | None] = []
        for _ in range(self.rng.randint(0, most)):
            kind = self.rng.random()
            if kind < 0.45:
                found.append(self.bound(self.variable()))
            elif kind < 0.6:
                found.append(self.premise(self.zeroed(self.expression())))
            else:
                found.append(self.premise(self.expression()))
        return [p for p in found if p is not None]

    def false(self, expr: sp.Expr, rels: Sequence[str] = (">=", ">", "==", "!=")) -> Atom | None:
        """A goal with the expression, moved or with the other sign, that is false at the point."""
        if self.chance(0.35):
            expr = self.zeroed(expr)
        elif self.chance(0.3) and (value := self.rational(expr)) is not None:
            expr = add(expr, -value - self.rng.choice(SMALL))
        s = self.sign(expr)
        if s is None:
            return None
        fit = [r for r in rels if r in ((">=", ">", "==") if s else (">", "!="))]
        if not fit:
            return None
        rel = self.rng.choice(fit)
        return (mul(sp.Integer(-1), expr) if s > 0 and rel in (">=", ">") else expr), rel

    def sequent(
        self, goal: sp.Expr | None = None, rels: Sequence[str] = (">=", ">", "==", "!="), more: Sequence[Atom | None] = ()
    ) -> Sequent | None:
        """A sequent with this goal (moved, or with the other sign) that is false at the point."""
        atom = self.false(self.expression() if goal is None else goal, rels)
        if atom is None or None in more:
            return None
        premises = [*[m for m in more if m is not None], *self.premises()]
        self.rng.shuffle(premises)
        return Sequent(tuple(dict.fromkeys(premises)), atom)


def total_of_small(expr: sp.Expr) -> bool:
    """Whether an angle is so simple that its sine does not expand into hundreds of products."""
    return bool(expr.is_polynomial() and sp.count_ops(expr) <= 3)
