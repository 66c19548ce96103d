"""Signs read off coefficients: shifted to its bounds, a polynomial without negative coefficients is ≥ 0."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from math import prod
from typing import Any

from flint import arb, ctx, fmpq

from proofs.checker import balls
from proofs.checker.quotients import by_powers

MAX_CHOICES = 81
MAX_TERMS = 2_000
MAX_PATTERNS = 3_000  # of ends at which the variables may lie together
BITS = (192, 1500)


def sign_by_coefficients(poly: Any, gens: Sequence[Any]) -> tuple[int | None, bool]:
    """The weak sign (1, −1 or None) of `poly` on the box of its generators' bounds, and whether it is strict.

    Formula: with g = low + u, g = high − u or g = (low + high·u)/(1 + u), u ≥ 0, coefficients of one sign.
    """
    used = [i for i, d in enumerate(poly.degrees()) if d > 0 and not gens[i].constant]
    if prod(int(poly.degrees()[i]) + 1 for i in used) > MAX_TERMS:
        return None, False  # moved to its bounds it would have that many terms
    choices = []
    for i in used:
        gen = gens[i]
        ends = [name for name, end in (("low", gen.low), ("high", gen.high)) if end is not None]
        choices.append([*ends, "both"] if len(ends) == 2 else ends or ["free"])
    for count, choice in enumerate(itertools.product(*choices)):
        if count >= MAX_CHOICES:
            break
        sign, strict = _try(poly, gens, used, choice)
        if sign is not None:
            return sign, strict
    return None, False


def _try(poly: Any, gens: Sequence[Any], used: list[int], choice: Sequence[str]) -> tuple[int | None, bool]:
    ring = poly.context()
    variables = list(ring.gens())
    degrees = poly.degrees()
    shifted = poly
    for i, how in zip(used, choice, strict=True):
        gen, g = gens[i], variables[i]
        if how == "low" and gen.low != 0:
            shifted = _substitute(shifted, i, g + gen.low, variables)
        elif how == "high":
            shifted = _substitute(shifted, i, gen.high - g, variables)
        elif how == "both":
            shifted = _moebius(shifted, i, int(degrees[i]), gen.low, gen.high, variables)
    groups: dict[tuple[int, ...], dict[tuple[int, ...], Any]] = {}
    for exponents, c in shifted.terms():
        exps = tuple(map(int, exponents))
        monomial = tuple(exps[i] for i in used)
        rest = tuple(0 if i in used else e for i, e in enumerate(exps))
        groups.setdefault(monomial, {})[rest] = c
    total = 0
    for monomial, coefficient in groups.items():
        s = _coefficient_sign(coefficient, gens)
        if s is None or (total and s != total):
            return None, False
        if any(how == "free" and e % 2 for how, e in zip(choice, monomial, strict=True)):
            return None, False
        total = s
    return total, _is_strict(list(groups), gens, used, choice, [int(degrees[i]) for i in used])


def _substitute(poly: Any, index: int, value: Any, variables: list[Any]) -> Any:
    images = list(variables)
    images[index] = value
    return poly.compose(*images)


def _moebius(poly: Any, index: int, degree: int, low: fmpq, high: fmpq, variables: list[Any]) -> Any:
    """(1 + u)^degree · poly at g = (low + high·u)/(1 + u)."""
    u = variables[index]
    terms = (c * (low + high * u) ** power * (1 + u) ** (degree - power) for power, c in by_powers(poly, index).items())
    return sum(terms, poly.context().constant(0))


def _coefficient_sign(terms: dict[tuple[int, ...], Any], gens: Sequence[Any]) -> int | None:
    """The sign of a polynomial in the constant generators, by balls; 0 is not claimed of nonzero forms."""
    if len(terms) == 1 and not any(next(iter(terms))):
        c = next(iter(terms.values()))
        return 1 if c > 0 else -1
    for bits in BITS:
        with ctx.workprec(bits):
            total = arb(0)
            for exponents, c in terms.items():
                term = arb(c)
                for gen, n in zip(gens, exponents, strict=False):
                    if n:
                        term = term * balls.value(gen.expr) ** n
                total = total + term
            if total > 0 or total < 0:
                return 1 if total > 0 else -1
    return None


def _is_strict(monomials: list[tuple[int, ...]], gens: Sequence[Any], used: list[int], choice: Sequence[str], degrees: list[int]) -> bool:
    """Whether some monomial is nonzero at every point of the box, its closed ends included."""
    states = []
    for i, how in zip(used, choice, strict=True):
        gen = gens[i]
        options = ["inside"]
        if how == "free" or (how == "low" and not gen.low_strict) or (how == "high" and not gen.high_strict):
            options.append("zero")
        if how == "both":
            if not gen.low_strict:
                options.append("zero")
            if not gen.high_strict:
                options.append("infinity")
        states.append(options)
    if prod(map(len, states)) > MAX_PATTERNS:
        return False  # not all of them would be looked at
    for pattern in itertools.product(*states):
        alive = any(
            all(
                (state == "inside") or (state == "zero" and e == 0) or (state == "infinity" and e == d)
                for state, e, d in zip(pattern, monomial, degrees, strict=True)
            )
            for monomial in monomials
        )
        if not alive:
            return False
    return True
