"""Leading terms: expansions in exp-log scales as a variable tends to infinity, with symbolic coefficients.

A series is a sum of terms c·exp(Σ a·X^d·log(X)^k), sorted from large to small, and a bound for what was
left out. Which of two growths is larger depends on signs of symbolic coefficients; those are settled
by the prover under the premises (`Signs`), never guessed. Source: the classical calculus of transseries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy as sp

from proofs.checker import balls
from proofs.checker.field import NeedSign, is_zero_constant
from proofs.checker.logic import Atom, Sequent, definedness
from proofs.checker.normal import normal_form
from proofs.checker.quotients import Unsupported

Growth = tuple[tuple[tuple[sp.Rational, int], sp.Expr], ...]  # ((d, k), a): exp(Σ a X^d log(X)^k), largest first
ONE: Growth = ()
X: Growth = (((sp.Integer(0), 1), sp.Integer(1)),)
TERMS = (1, 2, 4, 8, 20)  # how many terms are kept, tried in turn


class Unknown(Exception):
    """The expansion does not settle the limit; `longer`: one with more terms may."""

    def __init__(self, why: str, longer: bool = False) -> None:
        super().__init__(why)
        self.longer = longer


class NeedCase(Exception):
    """The limit depends on the sign of a parameter expression that the premises leave open."""

    def __init__(self, expr: sp.Expr) -> None:
        super().__init__(str(expr))
        self.expr = expr


class Signs:
    """Signs of expressions in the parameters, proved from the premises."""

    def __init__(self, premises: tuple[Atom, ...], prover: Callable[[Sequent], bool]) -> None:
        self.premises, self.prover = premises, prover
        self.known: dict[sp.Expr, int] = {}

    def __call__(self, expr: sp.Expr) -> int:
        """−1, 0 or 1.

        Raises: NeedCase where the premises leave it open; Unknown for constants that are too close to zero.
        """
        if expr.is_Rational:
            return int(sp.sign(expr))
        if expr not in self.known:
            self.known[expr] = self._find(expr)
        return self.known[expr]

    def _find(self, expr: sp.Expr) -> int:
        if not expr.free_symbols:
            try:
                sign = balls.sign(expr, (64, 512), is_zero_constant)
            except balls.Undefined as error:
                raise Unknown(str(error)) from error
            if sign is not None:
                return sign
            if is_zero_constant(expr):
                return 0
            raise Unknown(f"the sign of {expr}")
        for cases, node in definedness(expr):
            if not any(all(self.prover(Sequent(self.premises, atom)) for atom in case) for case in cases):
                raise Unknown(f"{node} is not surely defined")
        try:
            if normal_form(self.premises, expr)[1].num.is_zero():
                return 0
        except (NeedSign, Unsupported):
            pass
        if any(rel == "==" for _, rel in self.premises) and self.prover(Sequent(self.premises, (expr, "=="))):
            return 0
        for sign in (1, -1):
            if self.prover(Sequent(self.premises, (sign * expr, ">"))):
                return sign
        raise NeedCase(expr)


@dataclass
class Series:
    """Terms from large to small, and the growth that bounds the rest (None: nothing was left out)."""

    terms: list[tuple[Growth, sp.Expr]]
    rest: Growth | None = None


class Expansion:
    """Expansions of expressions of one variable that tends to +oo, over whole numbers alone where it is `whole`."""

    def __init__(self, variable: sp.Symbol, signs: Signs, count: int, whole: bool = False) -> None:
        self.x, self.signs, self.count, self.whole = variable, signs, count, whole
        self._memo: dict[sp.Expr, Series] = {}

    # -- growths ----------------------------------------------------------------------------------------

    def compare(self, a: Growth, b: Growth) -> int:
        """1 if a grows faster than b, −1 if slower, 0 if they are equal."""
        return self.size(_combine(a, b, -1))

    def size(self, g: Growth) -> int:
        """1 if the growth tends to oo, −1 if to 0, 0 if it is 1."""
        for _, coefficient in g:
            sign = self.signs(coefficient)
            if sign:
                return sign
        return 0

    def clean(self, g: Growth) -> Growth:
        """The growth without exponents that are zero under the premises."""
        return tuple((key, a) for key, a in g if a.is_Rational or self.signs(a) != 0)

    # -- series -----------------------------------------------------------------------------------------

    def series(self, expr: sp.Expr) -> Series:
        """The expansion of `expr`.

        Raises: Unknown, NeedCase.
        """
        if expr not in self._memo:
            self._memo[expr] = self._series(expr)
        return self._memo[expr]

    def _series(self, expr: sp.Expr) -> Series:
        if not expr.has(self.x):
            return Series([(ONE, expr)] if expr != 0 else [])
        if expr == self.x:
            return Series([(X, sp.Integer(1))])
        if expr.is_Add:
            return self.add([self.series(arg) for arg in expr.args])
        if expr.is_Mul:
            total = Series([(ONE, sp.Integer(1))])
            for arg in expr.args:
                total = self.mul(total, self.series(arg))
            return total
        if isinstance(expr, sp.Pow) and expr.base is not sp.E:
            if not expr.exp.has(self.x):
                return self.power(self.series(expr.base), expr.exp)
            return self.exp(self.mul(self.series(expr.exp), self.log(self.series(expr.base))))
        return self._function(expr)

    def _function(self, expr: sp.Expr) -> Series:
        name = type(expr).__name__
        if name == "Pow":
            return self.exp(self.series(expr.exp))
        args = [self.series(arg) for arg in expr.args]
        if name == "exp":
            return self.exp(args[0])
        if name == "log":
            return self.log(args[0])
        if name in ("sinh", "cosh", "tanh"):
            up, down = self.exp(args[0]), self.exp(self.scale(args[0], sp.Integer(-1)))
            plus, minus = self.add([up, down]), self.add([up, self.scale(down, sp.Integer(-1))])
            if name == "tanh":
                return self.mul(minus, self.power(plus, sp.Integer(-1)))
            return self.scale(minus if name == "sinh" else plus, sp.Rational(1, 2))
        if name in ("sin", "cos"):
            return self._circular(name, args[0])
        if name == "tan":
            return self.mul(self._circular("sin", args[0]), self.power(self._circular("cos", args[0]), sp.Integer(-1)))
        if name == "Abs":
            return self.scale(args[0], sp.Integer(self.eventual_sign(args[0])))
        if name in ("Max", "Min"):
            best = args[0]
            for other in args[1:]:
                difference = self.add([other, self.scale(best, sp.Integer(-1))])
                if self.eventual_sign(difference) * (1 if name == "Max" else -1) > 0:
                    best = other
            return best
        raise Unknown(f"{name} is not expanded")

    def eventual_sign(self, series: Series) -> int:
        """The sign from some X on."""
        for _, c in series.terms:
            sign = self.signs(c)
            if sign:
                return sign
        if series.rest is None:
            return 0
        raise Unknown("the terms cancel", longer=True)

    def _collect(self, terms: list[tuple[Growth, sp.Expr]], rest: Growth | None) -> Series:
        """Sort, merge equal growths, drop zeros and what lies at or below `rest`."""
        groups: list[list[Any]] = []
        for growth, coefficient in terms:
            if rest is not None and self.compare(growth, rest) <= 0:
                continue
            low, high = 0, len(groups)
            placed = False
            while low < high:
                middle = (low + high) // 2
                order = self.compare(growth, groups[middle][0])
                if order == 0:
                    groups[middle][1].append(coefficient)
                    placed = True
                    break
                low, high = (low, middle) if order > 0 else (middle + 1, high)
            if not placed:
                groups.insert(low, [growth, [coefficient]])
        kept: list[tuple[Growth, sp.Expr]] = []
        for growth, coefficients in groups:
            total = coefficients[0] if len(coefficients) == 1 else self._tidy(sp.Add(*coefficients))
            if len(coefficients) > 1 and self._vanishes(total):
                continue
            if len(kept) == self.count:
                return Series(kept, growth)
            kept.append((growth, total))
        return Series(kept, rest)

    def _vanishes(self, coefficient: sp.Expr) -> bool:
        """Whether a sum of coefficients is surely zero; one that may be zero is kept."""
        try:
            return self.signs(coefficient) == 0
        except NeedCase:
            return False

    def _tidy(self, expr: sp.Expr) -> sp.Expr:
        expr = sp.expand(expr)
        return expr if expr.is_Rational or sp.count_ops(expr) < 60 else sp.cancel(sp.together(expr))

    def _larger(self, a: Growth | None, b: Growth | None) -> Growth | None:
        if a is None or b is None:
            return b if a is None else a
        return a if self.compare(a, b) >= 0 else b

    def add(self, parts: list[Series]) -> Series:
        """The sum."""
        rest: Growth | None = None
        for part in parts:
            rest = self._larger(rest, part.rest)
        return self._collect([t for part in parts for t in part.terms], rest)

    def scale(self, series: Series, factor: sp.Expr) -> Series:
        """A constant multiple; the factor must be nonzero, or 0 for the zero series."""
        if factor == 0:
            return Series([], series.rest)
        return Series([(g, factor * c) for g, c in series.terms], series.rest)

    def mul(self, a: Series, b: Series) -> Series:
        """The product."""
        rest: Growth | None = None
        for one, other in ((a, b), (b, a)):
            lead = other.terms[0][0] if other.terms else other.rest
            if one.rest is not None and lead is not None:
                rest = self._larger(rest, _combine(one.rest, lead, 1))
        terms = [(self.clean(_combine(g, h, 1)), c * d) for g, c in a.terms for h, d in b.terms]
        return self._collect(terms, rest)

    def _relative(self, series: Series) -> tuple[Growth, sp.Expr, Series]:
        """series = c·G·(1 + ε): G, c and ε."""
        terms = list(series.terms)
        while terms and self.signs(terms[0][1]) == 0:
            terms.pop(0)
        if not terms:
            raise Unknown("the leading term is not known", longer=True)
        growth, c = terms[0]
        inverse = _combine(ONE, growth, -1)
        small = [(self.clean(_combine(g, inverse, 1)), d / c) for g, d in terms[1:]]
        rest = None if series.rest is None else self.clean(_combine(series.rest, inverse, 1))
        return growth, c, Series(small, rest)

    def _compose(self, coefficients: Callable[[int], sp.Expr], small: Series) -> Series:
        """Σ coefficients(n)·εⁿ for a series ε that tends to 0."""
        lead = small.terms[0][0] if small.terms else small.rest
        constant = Series([(ONE, coefficients(0))] if coefficients(0) != 0 else [])
        if lead is None:
            return constant
        power = Series([(ONE, sp.Integer(1))])
        order: Growth = ONE
        parts = [constant]
        for n in range(1, self.count + 1):
            power = self.mul(power, small)
            order = _combine(order, lead, 1)
            if coefficients(n) != 0:
                parts.append(self.scale(power, coefficients(n)))
            if not power.terms:
                break
        parts.append(Series([], self.clean(_combine(order, lead, 1))))
        return self.add(parts)

    def power(self, series: Series, exponent: sp.Expr) -> Series:
        """series^exponent for an exponent free of the variable."""
        if exponent.is_Integer and exponent >= 0 and len(series.terms) <= 2 and exponent <= 8:
            total = Series([(ONE, sp.Integer(1))])
            for _ in range(int(exponent)):
                total = self.mul(total, series)
            return total
        if not series.terms and series.rest is None:
            if self.signs(exponent) > 0:
                return Series([])
            raise Unknown("a power of zero")
        growth, c, small = self._relative(series)
        if not exponent.is_Integer and self.signs(c) <= 0:
            raise Unknown("a root of what is negative")
        lead = (tuple((key, a * exponent) for key, a in growth), c**exponent)
        body = self._compose(lambda n: sp.ff(exponent, n) / sp.factorial(n), small)
        return self.mul(Series([(self.clean(lead[0]), lead[1])]), body)

    def log(self, series: Series) -> Series:
        """log of an eventually positive series."""
        growth, c, small = self._relative(series)
        if self.signs(c) <= 0:
            raise Unknown("a log of what is negative")
        parts = [self._compose(lambda n: sp.Integer(0) if n == 0 else sp.Rational((-1) ** (n + 1), n), small)]
        constant = sp.log(c)
        if constant != 0:
            parts.append(Series([(ONE, constant)]))
        for (d, k), a in growth:
            if k == -1:
                raise Unknown("iterated logarithms")
            parts.append(Series([(self._monomial(d, k), a)]))
        return self.add(parts)

    def _monomial(self, d: sp.Expr, k: int) -> Growth:
        """X^d·log(X)^k as a growth; log(X)^k is exp(k·loglog X), kept under the key (0, −1)."""
        keys = []
        if d != 0:
            keys.append(((sp.Integer(0), 1), d))
        if k:
            keys.append(((sp.Integer(0), -1), sp.Integer(k)))
        return tuple(keys)

    def exp(self, series: Series) -> Series:
        """exp of a series; what tends to infinity in it must be a combination of X^d·log(X)^k."""
        growth: Growth = ONE
        constant, small = sp.Integer(0), []
        for g, c in series.terms:
            size = self.size(g)
            if size > 0:
                d, k = self._shape(g)
                growth = _combine(growth, (((d, k), c),), 1)
            elif size == 0:
                constant = constant + c
            else:
                small.append((g, c))
        if series.rest is not None and self.size(series.rest) >= 0:
            raise Unknown("the exponent is not known closely enough", longer=True)
        body = self._compose(lambda n: sp.Integer(1) / sp.factorial(n), Series(small, series.rest))
        return self.mul(Series([(self.clean(growth), sp.exp(constant))]), body)

    def _shape(self, g: Growth) -> tuple[sp.Expr, int]:
        d, k = sp.Integer(0), 0
        for (degree, logs), a in g:
            if (degree, logs) == (0, 1) and a.is_Rational:
                d = a
            elif (degree, logs) == (0, -1) and a.is_Integer:
                k = int(a)
            else:
                raise Unknown("an exponential of an exponential, or of a symbolic power")
        if d == 0 and k == 1:
            return sp.Integer(0), 1
        if d <= 0 or k < 0:
            raise Unknown("an exponential of powers of a logarithm")
        return d, k

    def _circular(self, name: str, series: Series) -> Series:
        constant, small = sp.Integer(0), []
        for g, c in series.terms:
            size = self.size(g)
            if self.whole and g == X and (c / (2 * sp.pi)).is_Integer:
                continue  # whole turns
            if size > 0:
                return Series([], ONE)  # bounded by 1, no more is known
            if size == 0:
                constant = constant + c
            else:
                small.append((g, c))
        if series.rest is not None and self.size(series.rest) >= 0:
            return Series([], ONE)
        cycle = [sp.sin(constant), sp.cos(constant), -sp.sin(constant), -sp.cos(constant)]
        shift = 0 if name == "sin" else 1
        return self._compose(lambda n: cycle[(n + shift) % 4] / sp.factorial(n), Series(small, series.rest))


def _combine(a: Growth, b: Growth, sign: int) -> Growth:
    """a·b^sign."""
    table = dict(a)
    for key, c in b:
        table[key] = sp.expand(table.get(key, sp.Integer(0)) + sign * c)
    kept = [(key, c) for key, c in table.items() if c != 0]
    return tuple(sorted(kept, key=lambda item: (item[0][0], item[0][1]), reverse=True))


def limit_at_infinity(expr: sp.Expr, x: sp.Symbol, signs: Signs, whole: bool = False) -> sp.Expr:
    """The limit of `expr` as x tends to +oo, over whole numbers alone where it is `whole`: an expression free of x, oo or −oo.

    Raises: Unknown, NeedCase.
    """
    for count in TERMS:
        try:
            return _limit(Expansion(x, signs, count, whole), expr)
        except Unknown as error:
            if not error.longer or count == TERMS[-1]:
                raise
    raise AssertionError("the last expansion returns or raises")


def _limit(expansion: Expansion, expr: sp.Expr) -> sp.Expr:
    series = expansion.series(expr)
    for growth, c in series.terms:
        size = expansion.size(growth)
        if size < 0:
            return sp.Integer(0)
        if size == 0:
            return c
        if expansion.signs(c):
            return sp.oo * expansion.signs(c)
    if series.rest is None or expansion.size(series.rest) < 0:
        return sp.Integer(0)
    raise Unknown("the terms cancel", longer=True)
