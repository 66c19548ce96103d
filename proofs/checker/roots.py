"""Polynomials in one generator with rational coefficients: exact root counting by Sturm sequences."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from flint import fmpq, fmpq_poly

from proofs.checker.field import Field
from proofs.checker.quotients import Rat

MAX_DEGREE = 60
X = fmpq_poly([0, 1])


def positive_on(field: Field, rat: Rat, rel: str) -> bool:
    """Whether N/D ≥ 0 (> 0 for rel ">", ≠ 0 for "!=") between the bounds of the one generator in it."""
    poly = rat.num * rat.den
    used = [i for i, d in enumerate(poly.degrees()) if d > 0]
    if len(used) != 1 or int(poly.degrees()[used[0]]) > MAX_DEGREE:
        return False
    gen = field.gens[used[0]]
    dense = univariate(poly, used[0])
    inside = _roots_with_sign_change(dense, gen.low, gen.high)
    ends = [end for end, strict in ((gen.low, gen.low_strict), (gen.high, gen.high_strict)) if end is not None and not strict]
    numerator = univariate(rat.num, used[0])
    if rel in (">", "!=") and (count_roots(numerator, gen.low, gen.high) or any(numerator(e) == 0 for e in ends)):
        return False
    if rel == "!=":
        return True
    return inside == 0 and dense(point_between(dense, gen.low, gen.high)) > 0


def univariate(poly: Any, index: int) -> fmpq_poly:
    """The dense polynomial in generator `index`, the only one that occurs."""
    return sum((c * X ** int(exponents[index]) for exponents, c in poly.terms()), fmpq_poly())


def _roots_with_sign_change(poly: fmpq_poly, low: fmpq | None, high: fmpq | None) -> int:
    return sum(count_roots(factor_poly(factor), low, high) for factor, power in poly.factor()[1] if power % 2)


def factor_poly(factor: Any) -> fmpq_poly:
    """A factor as a rational polynomial."""
    return fmpq_poly(list(map(fmpq, factor.coeffs())))


def sturm(poly: fmpq_poly) -> list[fmpq_poly]:
    """The Sturm sequence of the square-free part of `poly`."""
    free = poly // poly.gcd(poly.derivative())
    sequence = [free, free.derivative()]
    while sequence[-1].degree() > 0:
        sequence.append(-(sequence[-2] % sequence[-1]))
    return sequence


def variations(sequence: list[fmpq_poly], at: fmpq) -> int:
    """The changes of sign along the sequence at a point."""
    signs = [value > 0 for value in (p(at) for p in sequence) if value != 0]
    return sum(a != b for a, b in pairwise(signs))


def count_roots(poly: fmpq_poly, low: fmpq | None, high: fmpq | None) -> int:
    """The number of distinct real roots strictly between `low` and `high` (None: no end)."""
    if poly.degree() <= 0:
        return 0
    beyond = 1 + max(abs(c / poly.leading_coefficient()) for c in poly.coeffs())  # every root is nearer to zero
    low, high = -beyond if low is None else low, beyond if high is None else high
    sequence = sturm(poly)
    half_open = variations(sequence, low) - variations(sequence, high)  # roots in (low, high]
    return half_open - (1 if poly(high) == 0 else 0)


def point_between(poly: fmpq_poly, low: fmpq | None, high: fmpq | None) -> fmpq:
    """A rational strictly between the ends at which `poly` does not vanish."""
    for k in range(1, poly.degree() + 3):
        if low is not None and high is not None:
            x = low + (high - low) * fmpq(k, poly.degree() + 3)
        elif low is not None:
            x = low + k
        elif high is not None:
            x = high - k
        else:
            x = fmpq(k)
        if poly(x) != 0:
            return x
    raise ValueError("a nonzero polynomial vanishes at more points than its degree")
