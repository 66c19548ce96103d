"""Real numbers for the independent oracle: exact where they are sums of square roots of rationals, else Arb balls.

A value is a Fraction, a `Surd` (a sum of rational multiples of square roots of square-free whole numbers; such a sum
is zero only where every coefficient is), or a ball. Ties of the first two are decided exactly. A ball that is not
separated from zero raises `Unsure`, and the caller looks again with more bits; on the last look, and only where no huge
or tiny number was met, a ball of radius below 2^-1500 about zero is taken for zero and the look says so (`guessed`).
Nothing here is shared with proofs/.
"""

from __future__ import annotations

import math
from fractions import Fraction

from flint import arb, ctx, fmpq

MOST_BITS = 4_000  # an exact number has at most so many bits; beyond them it becomes a ball
LARGE = 150  # bits: beyond 2^150 or below 2^-150 no tie is guessed
TIE = 1_500  # bits: what the last look finds nearer to zero than 2^-1500 is taken for zero


class Undefined(Exception):
    """The expression surely has no real value here."""


class Unsure(Exception):
    """More bits are needed to tell, or nothing can be told."""


class Look:
    """One look at a point: with how many bits, whether it is the last, and what was met on the way."""

    def __init__(self, bits: int, last: bool) -> None:
        self.bits, self.last = bits, last
        self.guessed = self.wild = False


class Surd:
    """A sum of Fractions times square roots of distinct square-free whole numbers, at least one of them not 1."""

    __slots__ = ("parts",)

    def __init__(self, parts: dict[int, Fraction]) -> None:
        self.parts = parts

    def ball(self) -> arb:
        return sum((arb(fmpq(c.numerator, c.denominator)) * arb(n).sqrt() for n, c in self.parts.items()), arb(0))

    def __repr__(self) -> str:
        return " + ".join(f"{c}*sqrt({n})" for n, c in self.parts.items())


Number = Fraction | Surd | arb


def _parts(x: Number) -> dict[int, Fraction]:
    return {1: x} if isinstance(x, Fraction) else x.parts


def surd(parts: dict[int, Fraction]) -> Number:
    """The number of these parts, as a Fraction where it is one."""
    parts = {n: c for n, c in parts.items() if c}
    if set(parts) <= {1}:
        return parts.get(1, Fraction(0))
    return Surd(parts)


def ball(x: Number, look: Look) -> arb:
    """The number as a ball."""
    if isinstance(x, Fraction):
        if x and abs(x.numerator.bit_length() - x.denominator.bit_length()) > LARGE:
            look.wild = True
        return arb(fmpq(x.numerator, x.denominator))
    return x.ball() if isinstance(x, Surd) else x


def _exact(*xs: Number) -> bool:
    return not any(isinstance(x, arb) for x in xs)


def add(x: Number, y: Number, look: Look) -> Number:
    if isinstance(x, Fraction) and isinstance(y, Fraction):
        return x + y
    if _exact(x, y):
        total = dict(_parts(x))
        for n, c in _parts(y).items():
            total[n] = total.get(n, Fraction(0)) + c
        return surd(total)
    return ball(x, look) + ball(y, look)


def neg(x: Number) -> Number:
    return Surd({n: -c for n, c in x.parts.items()}) if isinstance(x, Surd) else -x


def mul(x: Number, y: Number, look: Look) -> Number:
    if isinstance(x, Fraction) and isinstance(y, Fraction):
        return x * y
    if (isinstance(x, Fraction) and not x) or (isinstance(y, Fraction) and not y):
        return Fraction(0)  # both factors are defined
    if _exact(x, y) and len(_parts(x)) * len(_parts(y)) <= 64:
        total: dict[int, Fraction] = {}
        for n, c in _parts(x).items():
            for m, d in _parts(y).items():
                g = math.gcd(n, m)
                key = n * m // g**2
                total[key] = total.get(key, Fraction(0)) + c * d * g
        return surd(total)
    return ball(x, look) * ball(y, look)


def inverse(x: Number, look: Look) -> Number:
    """1/x.

    Raises: Undefined at zero, Unsure where that is open.
    """
    if sign(x, look) == 0:
        raise Undefined("division by zero")
    if isinstance(x, Fraction):
        return 1 / x
    if isinstance(x, arb):
        return 1 / x
    top: Number = Fraction(1)
    below: Number = x
    while isinstance(below, Surd):
        prime = next((p for n in below.parts if n > 1 for p in _primes(n)), 0)
        conjugate = surd({n: (-c if n % prime == 0 else c) for n, c in below.parts.items()})
        top, below = mul(top, conjugate, look), mul(below, conjugate, look)
        if isinstance(below, arb) or isinstance(top, arb):
            return 1 / ball(x, look)
    return mul(top, 1 / below, look)


def _primes(n: int) -> list[int]:
    return [p for p in range(2, n + 1) if n % p == 0 and all(p % q for q in range(2, math.isqrt(p) + 1))]


def sign(x: Number, look: Look) -> int:
    """The sign.

    Raises: Unsure where it is open.
    """
    if isinstance(x, Fraction):
        return (x > 0) - (x < 0)
    if isinstance(x, Surd):
        bits = 128
        while bits <= 1 << 16:
            with ctx.workprec(bits):
                enclosure = x.ball()
            if enclosure > 0 or enclosure < 0:
                return 1 if enclosure > 0 else -1
            bits *= 4
        raise Unsure
    if x > 0:
        return 1
    if x < 0:
        return -1
    if x.is_exact() and x == 0:
        return 0
    if look.last and not look.wild and not x.is_nan() and abs(x) < arb(2) ** -TIE:
        look.guessed = True
        return 0
    raise Unsure


def square_root(x: Number, look: Look) -> Number:
    """The root of a number ≥ 0.

    Raises: Undefined below zero, Unsure where that is open.
    """
    s = sign(x, look)
    if s < 0:
        raise Undefined("root of a negative number")
    if s == 0:
        return Fraction(0)
    if isinstance(x, Fraction):
        n = x.numerator * x.denominator
        root = math.isqrt(n)
        if root * root == n:
            return Fraction(root, x.denominator)
        outside, inside = 1, n
        for p in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31):
            while inside % (p * p) == 0:
                inside //= p * p
                outside *= p
        if inside < 1000:  # every square of a prime above 31 is larger than that
            return Surd({inside: Fraction(outside, x.denominator)})
    return ball(x, look).sqrt()


def whole_power(x: Number, n: int, look: Look) -> Number:
    """x**n; 0**0 is 1.

    Raises: Undefined at zero for n < 0.
    """
    if n < 0:
        return whole_power(inverse(x, look), -n, look)
    if isinstance(x, Fraction) and max(abs(x.numerator), x.denominator).bit_length() * n <= MOST_BITS:
        return x**n
    if isinstance(x, Surd) and n <= 6:
        result: Number = Fraction(1)
        for _ in range(n):
            result = mul(result, x, look)
        return result
    if n * max(1, abs(float(ball(x, look).abs_upper().log().mid())) if sign_is_known(x) else 1) > LARGE:
        look.wild = True
    return ball(x, look) ** n


def sign_is_known(x: Number) -> bool:
    """Whether a number is surely not zero; False where that is not known, which must do no harm where this is called."""
    return bool(not isinstance(x, arb) or x > 0 or x < 0) and not (isinstance(x, Fraction) and not x)


def rational_power(x: Number, q: Fraction, look: Look) -> Number:
    """x**q for a q that is no whole number: real for x ≥ 0, and x > 0 where q < 0."""
    s = sign(x, look)
    if s < 0 or (s == 0 and q < 0):
        raise Undefined("power of a number that is not positive")
    if s == 0:
        return Fraction(0)
    if q.denominator == 2:
        return whole_power(square_root(x, look), q.numerator, look)
    if isinstance(x, Fraction):
        top, below = _root(x.numerator, q.denominator), _root(x.denominator, q.denominator)
        if top and below:
            return whole_power(Fraction(top, below), q.numerator, look)
    return ball(x, look).root(q.denominator) ** q.numerator if q.denominator < 10_000 else exp_of(ball(q, look) * ball(x, look).log(), look)


def _root(n: int, k: int) -> int | None:
    guess = round(n ** (1 / k)) if n.bit_length() < 900 else 0
    return guess if guess**k == n else None


def power(x: Number, y: Number, look: Look) -> Number:
    """x**y for an exponent that is no rational constant: real for x > 0, and 0 at x = 0 where y > 0."""
    s = sign(x, look)
    if s < 0:
        raise Undefined("power of a negative number")
    if s == 0:
        if sign(y, look) <= 0:
            raise Undefined("power of zero")
        return Fraction(0)
    if isinstance(y, Fraction) and y.denominator == 1 and abs(y.numerator) <= 64:
        return whole_power(x, y.numerator, look)
    if isinstance(y, Fraction) and y.denominator != 1 and y.denominator < 64:
        return rational_power(x, y, look)
    return exp_of(ball(y, look) * ball(x, look).log(), look)


def exp_of(x: arb, look: Look) -> arb:
    """e^x of a ball."""
    if not abs(x) < 100:
        look.wild = True
    return x.exp()


def function(name: str, x: Number, look: Look) -> Number:
    """A function of one argument by its name.

    Raises: Undefined, Unsure.
    """
    if name == "sqrt":
        return square_root(x, look)
    if name in ("Abs", "abs"):
        return (neg(x) if sign(x, look) < 0 else x) if not isinstance(x, arb) else abs(x)
    if name == "log":
        if sign(x, look) <= 0:
            raise Undefined("log of a number that is not positive")
        return Fraction(0) if x == 1 and isinstance(x, Fraction) else ball(x, look).log()
    if isinstance(x, Fraction) and not x:
        return Fraction(int(name in ("exp", "cos", "cosh")))
    enclosure = ball(x, look)
    if name == "exp":
        return exp_of(enclosure, look)
    if name in ("sinh", "cosh", "tanh") and not abs(enclosure) < 100:
        look.wild = True
    if name == "tan":
        if sign(enclosure.cos(), look) == 0:
            raise Undefined("pole of tan")
        return enclosure.tan()
    return getattr(enclosure, name)()


def extreme(name: str, xs: list[Number], look: Look) -> Number:
    """The least or the greatest."""
    best, up = xs[0], name.lower() == "max"
    for x in xs[1:]:
        if _exact(best, x):
            if (sign(add(x, neg(best), look), look) > 0) == up:
                best = x
        else:
            a, b = ball(best, look), ball(x, look)
            best = a.max(b) if up else a.min(b)
    return best
