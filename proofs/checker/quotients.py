"""Quotients N/D of polynomials over ℚ in generators that may be tied by relations, and their arithmetic (python-flint)."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, prod
from typing import Any

import sympy as sp
from flint import Ordering, fmpq, fmpq_mpoly_ctx

SLOTS = 28  # generators in one normal form; more is beyond what the engines can use
MAX_POWER = 60  # exponents above this are refused, but of few terms: an expansion would not end
MAX_POWER_TERMS = 500
MOST_POWER = 5000
MAX_TERMS = 4000
RING = fmpq_mpoly_ctx.get([f"g{i}" for i in range(SLOTS)], Ordering.lex)
GENS = RING.gens()
ZERO, ONE = RING.constant(0), RING.constant(1)
NO_EXPONENT = (0,) * SLOTS


class Unsupported(ValueError):
    """The expression is outside what the normal form can hold."""


@dataclass(frozen=True)
class Rat:
    """N/D in lowest terms (up to the relations of its generators)."""

    num: Any
    den: Any


@dataclass
class Gen:
    """One generator: what it stands for, and the bounds that hold for it."""

    kind: str  # "var", "root", "exp", "log", "sin", "cos", "cosine", "pi"
    expr: sp.Expr  # its value as an expression
    base: Any = None  # the variable, the polynomial under the root or log, the exponent m
    unit: int = 1
    low: fmpq | None = None
    low_strict: bool = False
    high: fmpq | None = None
    high_strict: bool = False
    partner: int = -1  # of sin: the index of its cos
    constant: bool = False

    def bound(self, end: fmpq, sign: int | None, strict: bool) -> None:
        """An end below where `sign` is that of the value minus `end`, or above, or none where it is not known."""
        if sign in (0, 1):
            self.low, self.low_strict = end, strict
        elif sign is not None:
            self.high, self.high_strict = end, strict


class Quotients:
    """The arithmetic of N/D in generators: what is reduced by r^q = A and sin² = 1 − cos² stays so."""

    gens: list[Gen]

    def _finish(self, num: Any, den: Any) -> Rat:
        num, den = self.reduce(num), self.reduce(den)
        if den.is_zero():
            raise Unsupported("division by zero")
        if num.is_zero():
            return Rat(ZERO, ONE)
        if not den.is_constant():
            common = num.gcd(den)
            if not common.is_constant():
                num, den = num / common, den / common
        lead = den.leading_coefficient()
        return Rat(num / lead, den / lead)

    def _sum(self, parts: list[Rat]) -> Rat:
        total = parts[0]
        for part in parts[1:]:
            if str(total.den) == str(part.den):
                total = Rat(total.num + part.num, total.den)
            else:
                common = total.den.gcd(part.den)
                left, right = total.den / common, part.den / common
                total = Rat(total.num * right + part.num * left, total.den * right)
            if len(total.num) > MAX_TERMS:
                raise Unsupported("too many terms")
        return self._finish(total.num, total.den)

    def mul(self, a: Rat, b: Rat) -> Rat:
        """a·b."""
        if len(a.num) * len(b.num) > 50 * MAX_TERMS:
            raise Unsupported("too many terms")
        return self._finish(a.num * b.num, a.den * b.den)

    def div(self, a: Rat, b: Rat) -> Rat:
        """a/b."""
        if b.num.is_zero():
            raise Unsupported("division by zero")
        return self._finish(a.num * b.den, a.den * b.num)

    def neg(self, a: Rat) -> Rat:
        """−a."""
        return Rat(-a.num, a.den)

    def sub(self, a: Rat, b: Rat) -> Rat:
        """a − b."""
        return self._sum([a, self.neg(b)])

    def power(self, a: Rat, n: int) -> Rat:
        """a^n for a whole n."""
        if n < 0:
            if a.num.is_zero():
                raise Unsupported("division by zero")
            a, n = Rat(a.den, a.num), -n
        terms = max(most_terms(a.num, n), most_terms(a.den, n))
        if terms > 10 * MAX_TERMS or (n > MAX_POWER and terms > MAX_POWER_TERMS) or n > MOST_POWER:
            raise Unsupported(f"the power {n} is too high")
        return self._finish(a.num**n, a.den**n)

    def reduce(self, poly: Any) -> Any:
        """Apply r^q = A and sin² = 1 − cos² until no power is left to reduce."""
        for index, gen in reversed(list(enumerate(self.gens))):
            if gen.kind in ("root", "cosine"):
                poly = reduced_power(poly, index, gen.unit, gen.base)
            elif gen.kind == "sin":
                poly = reduced_power(poly, index, 2, ONE - GENS[gen.partner] ** 2)
        return poly

    def _scaled(self, rat: Rat, factor: Any) -> Rat:
        return Rat(rat.num * fmpq(factor.numerator, factor.denominator), rat.den)

    def poly_sympy(self, poly: Any) -> sp.Expr:
        """The polynomial as a SymPy expression."""
        terms = []
        for exponents, c in poly.terms():
            factors = [gen.expr ** int(n) for gen, n in zip(self.gens, exponents, strict=False) if n]
            terms.append(sp.Mul(sp.Rational(int(c.p), int(c.q)), *factors))
        return sp.Add(*terms)

    def sympy(self, rat: Rat) -> sp.Expr:
        """The normal form as a SymPy expression."""
        return self.poly_sympy(rat.num) / self.poly_sympy(rat.den)


def most_terms(poly: Any, n: int) -> int:
    """No fewer terms than poly^n has, by the number of its terms and by its degrees."""
    return min(comb(max(len(poly) + n - 1, 0), n), prod(n * int(degree) + 1 for degree in poly.degrees()))


def whole_power(poly: Any, n: int) -> Rat:
    """poly^n for a whole n."""
    return Rat(poly**n, ONE) if n >= 0 else Rat(ONE, poly**-n)


def by_powers(poly: Any, index: int) -> dict[int, Any]:
    """The coefficients of the powers of one generator, by the power: polynomials in the others."""
    powers: dict[int, dict[tuple[int, ...], Any]] = {}
    for exponents, c in poly.terms():
        rest = list(map(int, exponents))
        n, rest[index] = rest[index], 0
        powers.setdefault(n, {})[tuple(rest)] = c
    return {n: poly.context().from_dict(terms) for n, terms in sorted(powers.items())}


def reduced_power(poly: Any, index: int, order: int, replacement: Any) -> Any:
    """The polynomial with generator^order replaced, so that only lower powers of the generator stay."""
    while poly.degrees()[index] >= order:
        poly = sum((c * GENS[index] ** (n % order) * replacement ** (n // order) for n, c in by_powers(poly, index).items()), ZERO)
    return poly


def single_generator(poly: Any) -> int | None:
    """The index of the generator that `poly` is, or None."""
    if len(poly) != 1 or poly.total_degree() != 1 or poly.leading_coefficient() != 1:
        return None
    return list(poly.degrees()).index(1)
