"""Exact normal forms: rational functions over generators, with the relations between them.

A real expression becomes N/D with N, D polynomials over ℚ (python-flint) in generators: x^(1/q) for a
variable, A^(1/q) for an irreducible A, exp(m), log A, sin m, cos m, π. Roots and sin² are reduced by
their relations. N = 0 proves the expression zero; N ≠ 0 proves nothing by itself.

Every step that needs a sign (√(A²B) = |A|√B, log AB = log A + log B) asks `Field.sign`, which rests on
the premises alone, and raises `NeedSign` where they do not settle it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from typing import Any

import sympy as sp
from flint import fmpq, fmpz, fmpz_poly

from proofs.checker import balls
from proofs.checker.bounds import Bound, enclosure, root_bound, variable_bounds
from proofs.checker.quotients import (
    GENS,
    MAX_POWER,
    MAX_TERMS,
    ONE,
    RING,
    SLOTS,
    ZERO,
    Gen,
    Rat,
    Unsupported,
    single_generator,
    whole_power,
)
from proofs.checker.signs import SignedQuotients
from proofs.kernel.terms import difference


class NeedSign(Exception):
    """The normal form needs the sign of `expr`, which the premises do not give: split into cases.

    `strict`: it needs to know as well whether `expr` is zero.
    """

    def __init__(self, expr: sp.Expr, strict: bool = False) -> None:
        super().__init__(str(expr))
        self.expr, self.strict = expr, strict


class _Refine(Exception):
    """A generator must be replaced by its root of order `unit`: start again with the finer one."""

    def __init__(self, key: Any, unit: int) -> None:
        super().__init__(str(key))
        self.key, self.unit = key, unit


class Field(SignedQuotients):
    """The normal forms under given premises (pairs `(expr, rel)` that mean expr rel 0)."""

    def __init__(self, premises: Sequence[tuple[sp.Expr, str]] = ()) -> None:
        self.premises = tuple(premises)
        self.bounds = variable_bounds(premises)
        self._units: dict[Any, int] = {}
        self._reset()
        self._restartable(self._load)

    # -- building -------------------------------------------------------------------------------------

    def _reset(self) -> None:
        self.gens: list[Gen] = []
        self._index: dict[Any, int] = {}
        self._memo: dict[sp.Expr, Rat] = {}
        self._forget_signs()
        self._loaded = False

    def _restartable(self, action: Any) -> Any:
        for _ in range(12):
            try:
                return action()
            except _Refine as refine:
                self._units[refine.key] = lcm(self._units.get(refine.key, 1), refine.unit)
                if self._units[refine.key] > MAX_POWER:
                    raise Unsupported("roots of too high an order") from None
                self._reset()
        raise Unsupported("the roots do not settle")

    def _load(self) -> None:
        """Turn premises that are not plain bounds into known signs of irreducible polynomials."""
        if self._loaded:
            return
        self._loaded = True
        for expr, rel in self.premises:
            if rel in ("!=", "=="):
                continue
            try:
                self._learn(self._rat(expr), rel == ">")
            except (NeedSign, Unsupported):
                continue

    def rat(self, expr: sp.Expr) -> Rat:
        """The normal form of `expr`.

        Raises: Unsupported; NeedSign where a case distinction is needed first.
        """
        return self.rats([expr])[0]

    def rats(self, exprs: Sequence[sp.Expr]) -> list[Rat]:
        """Normal forms that can be used together (`rat` may refine generators and so void older forms)."""

        def action() -> list[Rat]:
            self._load()
            return [self._rat(expr) for expr in exprs]

        result: list[Rat] = self._restartable(action)
        return result

    def _rat(self, expr: sp.Expr) -> Rat:
        found = self._memo.get(expr)
        if found is None:
            found = self._convert(expr)
            if len(found.num) > MAX_TERMS or len(found.den) > MAX_TERMS:
                raise Unsupported("too many terms")
            self._memo[expr] = found
        return found

    def _convert(self, expr: sp.Expr) -> Rat:
        if expr.is_Rational:
            return Rat(RING.constant(balls.rational(expr)), ONE)
        if expr.is_Symbol:
            return self._generator_power(expr, Fraction(1), self._make_var)
        if expr.is_Add:
            return self._sum([self._rat(arg) for arg in expr.args])
        if expr.is_Mul:
            total = Rat(ZERO if sp.S.Zero in expr.args else ONE, ONE)
            for arg in expr.args if not total.num.is_zero() else ():
                total = self.mul(total, self._rat(arg))
            return total
        if isinstance(expr, sp.Pow):
            if expr.base is sp.E:
                return self._exp(self._rat(expr.exp))
            if expr.exp.is_Integer:
                return self.power(self._rat(expr.base), int(expr.exp))
            if expr.exp.is_Rational:
                return self._root(self._rat(expr.base), Fraction(int(expr.exp.p), int(expr.exp.q)))
            return self._general_power(expr)
        if expr is sp.E:
            return self._exp(Rat(ONE, ONE))
        if expr is sp.pi:
            return Rat(GENS[self._slot("pi", lambda: self._constant_gen("pi", sp.pi))], ONE)
        return self._function(expr)

    def _general_power(self, expr: sp.Pow) -> Rat:
        """exp(exponent·log base) where the base is surely positive, 0 where it can only be zero (and the exponent positive)."""
        base = self._rat(expr.base)
        sign, strict = self.sign_rat(base), self.strict_rat(base)
        if sign == 1 and strict:
            return self._exp(self.mul(self._rat(expr.exp), self._log(base)))
        if sign == 0 or (sign == -1 and not strict):
            return Rat(ZERO, ONE)
        if sign == -1:
            raise Unsupported("a power of a negative number")
        raise NeedSign(expr.base, strict=True)

    def _function(self, expr: sp.Expr) -> Rat:
        if isinstance(expr, (sp.Abs, sp.Max, sp.Min)):
            return self._piecewise(expr)
        if not expr.args:
            raise Unsupported(f"{expr} is not a real number")
        argument = expr.args[0]
        if isinstance(expr, sp.exp):
            return self._exp(self._rat(argument))
        if isinstance(expr, sp.log):
            return self._log(self._rat(argument))
        if isinstance(expr, (sp.sinh, sp.cosh, sp.tanh)):
            up = self._exp(self._rat(argument))
            down = Rat(up.den, up.num)
            even, odd = self._sum([up, down]), self._sum([up, self.neg(down)])
            if isinstance(expr, sp.tanh):
                return self.div(odd, even)
            return self._scaled(odd if isinstance(expr, sp.sinh) else even, Fraction(1, 2))
        if isinstance(expr, (sp.sin, sp.cos, sp.tan)):
            sine, cosine = self._trig(self._rat(argument))
            if isinstance(expr, sp.tan):
                return self.div(sine, cosine)
            return sine if isinstance(expr, sp.sin) else cosine
        raise Unsupported(f"{type(expr).__name__} has no normal form")

    def _piecewise(self, expr: sp.Expr) -> Rat:
        best = self._rat(expr.args[0])
        if isinstance(expr, sp.Abs):
            s = self.sign_rat(best)
            if s is None:
                raise NeedSign(expr.args[0])
            return best if s >= 0 else self.neg(best)
        for other in expr.args[1:]:
            candidate = self._rat(other)
            s = self.sign_rat(self._sum([candidate, self.neg(best)]))
            if s is None:
                raise NeedSign(difference(other, self.sympy(best)))
            if (s if isinstance(expr, sp.Max) else -s) > 0:
                best = candidate
        return best

    # -- generators -----------------------------------------------------------------------------------

    def _slot(self, key: Any, make: Any) -> int:
        if key not in self._index:
            gen = make()
            if len(self.gens) >= SLOTS:
                raise Unsupported("too many different roots, exponentials and variables")
            self._index[key] = len(self.gens)
            self.gens.append(gen)
        return self._index[key]

    def _constant_gen(self, kind: str, expr: sp.Expr, base: Any = None, unit: int = 1) -> Gen:
        return Gen(kind, expr, base, unit, *enclosure(expr), constant=True)

    def _generator_power(self, key: Any, exponent: Fraction, make: Any) -> Rat:
        """key^exponent as a power of the generator key^(1/unit)."""
        unit = self._units.get(key, 1)
        power = exponent * unit
        if power.denominator != 1:
            raise _Refine(key, exponent.denominator)
        if abs(power) > MAX_POWER:
            raise Unsupported("the power is too high")
        index = self._slot(key, lambda: make(key, unit))
        return whole_power(GENS[index], int(power))

    def _make_var(self, x: sp.Symbol, unit: int) -> Gen:
        bound = self.bounds.get(x, Bound())
        low, low_strict, high, high_strict = bound.low, bound.low_strict, bound.high, bound.high_strict
        if unit > 1:
            if high is not None and high < 0:
                raise Unsupported(f"a root of {x}, which is negative")
            if low is None or low < 0:
                low, low_strict = fmpq(0), False
            low, low_exact = root_bound(low, unit, False)
            low_strict = low_strict or not low_exact
            if high is not None:
                high, high_exact = root_bound(high, unit, True)
                high_strict = high_strict or not high_exact
        return Gen("var", x ** sp.Rational(1, unit), x, unit, low, low_strict, high, high_strict)

    def _poly_power(self, poly: Any, exponent: Fraction) -> Rat:
        """poly^exponent for an irreducible poly that is known to be ≥ 0 (> 0 under a negative exponent)."""
        index = single_generator(poly)
        if index is not None:
            gen = self.gens[index]
            if gen.kind in ("var", "exp"):
                make = self._make_var if gen.kind == "var" else self._make_exp
                key = gen.base if gen.kind == "var" else ("exp", gen.base)
                return self._generator_power(key, exponent / gen.unit, make)
            if gen.kind == "root":
                return self._poly_power_key(gen.base, exponent / gen.unit)
        return self._poly_power_key(poly, exponent)

    def _poly_power_key(self, poly: Any, exponent: Fraction) -> Rat:
        if exponent.denominator == 1:
            return whole_power(poly, int(exponent))
        expr = self.poly_sympy(poly)
        key = ("root", expr)
        unit = self._units.get(key, 1)
        if (exponent * unit).denominator != 1:
            raise _Refine(key, exponent.denominator)
        index = self._slot(key, lambda: self._make_root(poly, expr, unit))
        whole, part = divmod(exponent * unit, unit)
        return self.mul(Rat(GENS[index] ** int(part), ONE), whole_power(poly, int(whole)))

    def _make_root(self, poly: Any, expr: sp.Expr, unit: int) -> Gen:
        value = expr ** sp.Rational(1, unit)
        if self._is_constant(poly):
            return self._constant_gen("root", value, poly, unit)
        gen = Gen("root", value, poly, unit, fmpq(0), self.sign(poly) == 1 and self.sign_strict(poly))
        gen.bound(fmpq(1), *self._sign(poly - 1))
        return gen

    def _make_exp(self, key: Any, unit: int) -> Gen:
        m = key[1]
        value = sp.exp(m / unit)
        if not m.free_symbols:
            return self._constant_gen("exp", value, m, unit)
        gen = Gen("exp", value, m, unit, fmpq(0), True)
        rat = self._rat(m)
        gen.bound(fmpq(1), self.sign_rat(rat), self.strict_rat(rat))
        return gen

    def _make_log(self, poly: Any, expr: sp.Expr) -> Gen:
        if self._is_constant(poly):
            return self._constant_gen("log", sp.log(expr), poly)
        gen = Gen("log", sp.log(expr), poly)
        gen.bound(fmpq(0), *self._sign(poly - 1))
        return gen

    def _is_constant(self, poly: Any) -> bool:
        return all(self.gens[i].constant for i, d in enumerate(poly.degrees()) if d > 0)

    # -- roots, exponentials, logarithms, circular functions -----------------------------------------

    def _signed_factors(self, rat: Rat, positive: bool) -> tuple[fmpq, list[tuple[Any, int]]]:
        """Factors of a `rat` that is ≥ 0 (> 0 for `positive`) where it is defined, each made ≥ 0 by its sign.

        The sign of one factor follows from those of the others only where these are not zero: x²y ≥ 0 says nothing of y
        at x = 0. The content is negative where the signs leave only the value 0.
        """
        content, factors = self.factors(rat)
        good: list[tuple[Any, int]] = []
        unknown: list[tuple[Any, int]] = []
        for poly, power in factors:
            s = self.sign(poly)
            if s is None:
                unknown.append((poly, power))
                continue
            good.append((poly if s >= 0 else -poly, power))
            content = -content if s < 0 and power % 2 else content
        if not unknown:
            return content, good
        poly, power = unknown[0]
        if len(unknown) > 1 or power % 2 == 0:
            raise NeedSign(self.poly_sympy(poly))
        if not positive and not all(power < 0 or self.sign_strict(other) for other, power in good):
            raise NeedSign(self.poly_sympy(poly))
        return abs(content), [*good, (poly if content > 0 else -poly, power)]

    def _root(self, rat: Rat, exponent: Fraction) -> Rat:
        if rat.num.is_zero():
            if exponent < 0:
                raise Unsupported("division by zero")
            return rat
        content, factors = self._signed_factors(rat, positive=exponent < 0)
        if content < 0:  # ≤ 0 by its signs and ≥ 0 where it is defined
            if exponent < 0:
                raise Unsupported("the root of a negative number")
            return Rat(ZERO, ONE)
        total = Rat(ONE, ONE)
        for number, direction in ((int(content.p), 1), (int(content.q), -1)):
            for prime, power in prime_powers(number):
                total = self.mul(total, self._poly_power_key(RING.constant(prime), exponent * power * direction))
        for poly, power in factors:
            total = self.mul(total, self._poly_power(poly, exponent * power))
        return total

    def _log(self, rat: Rat) -> Rat:
        if rat.num.is_zero():
            raise Unsupported("log of zero")
        content, factors = self._signed_factors(rat, positive=True)
        if content < 0:
            raise Unsupported("the log of a negative number")
        total = Rat(ZERO, ONE)
        for number, direction in ((int(content.p), 1), (int(content.q), -1)):
            for prime, power in prime_powers(number):
                total = self._sum([total, self._scaled(self._log_gen(RING.constant(prime)), power * direction)])
        for poly, power in factors:
            total = self._sum([total, self._scaled(self._log_factor(poly), power)])
        return total

    def _log_factor(self, poly: Any) -> Rat:
        index = single_generator(poly)
        if index is not None:
            gen = self.gens[index]
            if gen.kind == "exp":
                return self._scaled(self._rat(gen.base), Fraction(1, gen.unit))
            if gen.kind == "var" and gen.unit > 1:
                base = self._slot(("log", gen.base), lambda: self._make_log(poly**gen.unit, gen.base))
                return self._scaled(Rat(GENS[base], ONE), Fraction(1, gen.unit))
            if gen.kind == "root":
                return self._scaled(self._log_gen(gen.base), Fraction(1, gen.unit))
        return self._log_gen(poly)

    def _log_gen(self, poly: Any) -> Rat:
        expr = self.poly_sympy(poly)
        index = self._slot(("log", expr), lambda: self._make_log(poly, expr))
        return Rat(GENS[index], ONE)

    def _exp(self, rat: Rat) -> Rat:
        total = Rat(ONE, ONE)
        for coefficient, m in self._terms(rat):
            total = self.mul(total, self._exp_term(coefficient, m))
        return total

    def _terms(self, rat: Rat) -> list[tuple[Fraction, Rat]]:
        """rat as Σ c·m with rational c and monic monomials over the common denominator."""
        terms = []
        for exponents, c in rat.num.terms():
            m = self._finish(RING.from_dict({tuple(exponents): fmpq(1)}), rat.den)
            lead = m.num.leading_coefficient()
            terms.append((Fraction(int((c * lead).p), int((c * lead).q)), Rat(m.num / lead, m.den)))
        return terms

    def _exp_term(self, coefficient: Fraction, m: Rat) -> Rat:
        if m.den.is_one():
            index = single_generator(m.num)
            if index is not None and self.gens[index].kind == "log":
                base = self.gens[index].base
                if self._is_constant(base) and base.is_constant():
                    return self._poly_power_key(base, coefficient)
                content, factors = base.factor()
                if content == 1 and len(factors) == 1:
                    poly, power = factors[0]
                    return self._poly_power(poly, coefficient * power)
                return self._root(Rat(base, ONE), coefficient)
        return self._generator_power(("exp", self.sympy(m)), coefficient, self._make_exp)

    def _trig(self, rat: Rat) -> tuple[Rat, Rat]:
        sine, cosine = Rat(ZERO, ONE), Rat(ONE, ONE)
        for coefficient, m in self._terms(rat):
            sine, cosine = self._turned(sine, cosine, *self._trig_term(coefficient, m))
        return sine, cosine

    def _turned(self, sine: Rat, cosine: Rat, s: Rat, c: Rat) -> tuple[Rat, Rat]:
        """Sine and cosine of an angle to which another one, of sine s and cosine c, is added."""
        return self._sum([self.mul(sine, c), self.mul(cosine, s)]), self._sum([self.mul(cosine, c), self.neg(self.mul(sine, s))])

    def _trig_term(self, coefficient: Fraction, m: Rat) -> tuple[Rat, Rat]:
        expr = self.sympy(m)
        if expr is sp.pi:
            angle = sp.Rational(coefficient.numerator, coefficient.denominator) * sp.pi
            exact = [f(angle) for f in (sp.sin, sp.cos)]
            if "cosine" not in self._units and not any(e.has(sp.sin, sp.cos) for e in exact):
                return self._rat(exact[0]), self._rat(exact[1])
            return self._cosine(Fraction(1, 2) - coefficient), self._cosine(coefficient)
        key = ("trig", expr)
        unit = self._units.get(key, 1)
        multiple = coefficient * unit
        if multiple.denominator != 1:
            raise _Refine(key, coefficient.denominator)
        if abs(multiple) > 12:
            raise Unsupported("a multiple angle that is too high")
        constant = not expr.free_symbols
        c_index = self._slot((*key, "cos"), lambda: self._make_circular("cos", expr / unit, constant))
        s_index = self._slot((*key, "sin"), lambda: self._make_circular("sin", expr / unit, constant))
        self.gens[s_index].partner = c_index
        s1, c1 = Rat(GENS[s_index], ONE), Rat(GENS[c_index], ONE)
        sine, cosine = Rat(ZERO, ONE), Rat(ONE, ONE)
        for _ in range(abs(int(multiple))):
            sine, cosine = self._turned(sine, cosine, s1, c1)
        return (sine if multiple >= 0 else self.neg(sine)), cosine

    def _cosine(self, turn: Fraction) -> Rat:
        """cos(turn·π) as a Chebyshev polynomial of g = cos(π/unit), whose powers are reduced by its minimal polynomial."""
        unit = self._units.get("cosine", 1)
        if (turn * unit).denominator != 1:
            raise _Refine("cosine", turn.denominator)
        minimal = fmpz_poly.cos_minpoly(2 * unit)  # of 2g
        degree = minimal.degree()
        g = GENS[self._slot("cosine", lambda: self._constant_gen("cosine", sp.cos(sp.pi / unit)))]
        lower = sum((int(minimal[k]) * g**k * fmpq(2) ** (k - degree) for k in range(degree)), ZERO)
        gen = self.gens[self._index["cosine"]]
        gen.base, gen.unit = -lower, degree
        multiple = fmpz_poly.chebyshev_t(int(abs(turn) % 2 * unit))  # by whole turns less
        return self._finish(sum((int(c) * g**k for k, c in enumerate(multiple.coeffs())), ZERO), ONE)

    def _make_circular(self, kind: str, angle: sp.Expr, constant: bool) -> Gen:
        value = sp.sin(angle) if kind == "sin" else sp.cos(angle)
        if constant:
            return self._constant_gen(kind, value, angle)
        gen = Gen(kind, value, angle, 1, fmpq(-1), False, fmpq(1), False)
        turn = [angle, sp.pi - angle] if kind == "sin" else [sp.pi / 2 - angle, sp.pi / 2 + angle]
        signs = [self.sign_rat(self._rat(e)) for e in turn]
        if all(s is not None and s >= 0 for s in signs):
            gen.low = fmpq(0)
            gen.low_strict = all(self.strict_rat(self._rat(e)) for e in turn)
        return gen


def prime_powers(n: int) -> list[tuple[int, int]]:
    """Prime factors of a positive whole number; a large one is kept whole."""
    if n == 1:
        return []
    if n > 10**15:
        return [(n, 1)]
    return [(int(p), int(e)) for p, e in fmpz(n).factor()]


def is_zero_constant(expr: sp.Expr) -> bool:
    """Whether a constant is exactly zero by its normal form."""
    try:
        return bool(Field().rat(expr).num.is_zero())
    except (NeedSign, Unsupported, ZeroDivisionError):
        return False
