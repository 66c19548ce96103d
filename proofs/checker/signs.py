"""The signs of normal forms, on all values that the premises admit.

A quotient has the sign of the product of its irreducible factors. The sign of a factor is what a premise says of it, or
follows from its coefficients and the ends of its generators.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from proofs.checker.coefficients import sign_by_coefficients
from proofs.checker.quotients import Quotients, Rat


class SignedQuotients(Quotients):
    """Quotients whose signs are asked, each found once; a sign that is not seen is None, and then nothing follows."""

    def _forget_signs(self) -> None:
        """Begin with no sign found and none told."""
        self._signs: dict[str, tuple[int | None, bool]] = {}
        self._known: dict[str, tuple[int, bool]] = {}

    def factors(self, rat: Rat) -> tuple[fmpq, list[tuple[Any, int]]]:
        """The rational content of N/D, and its irreducible factors with their powers, negative for those of D."""
        content = fmpq(1)
        factors: list[tuple[Any, int]] = []
        for poly, direction in ((rat.num, 1), (rat.den, -1)):
            c, found = poly.factor()
            content = content * c if direction > 0 else content / c
            factors += [(p, e * direction) for p, e in found]
        return content, factors

    def _learn(self, rat: Rat, strict: bool) -> None:
        """Record the sign of the one factor of a premise N/D ≥ 0 whose sign is not yet known."""
        content, factors = (rat.num * rat.den).factor()
        total, unknown = (1 if content > 0 else -1), []
        for poly, power in factors:
            if power % 2 == 0 and strict:
                continue  # it is not zero, and its square says no more
            sign, nonzero = self._sign(poly)
            if sign is None or not nonzero:
                unknown.append((poly, power))
            elif power % 2:
                total *= sign
        if len(unknown) == 1 and unknown[0][1] % 2:
            poly = unknown[0][0]
            if self.sign(poly) in (None, total):
                self._known[str(poly)] = (total, strict)
                self._signs.clear()

    def sign_rat(self, rat: Rat) -> int | None:
        """1 if N/D ≥ 0, −1 if ≤ 0, 0 if = 0, on all admitted values where it is defined; None if not seen."""
        if rat.num.is_zero():
            return 0
        content, factors = self.factors(rat)
        total = 1 if content > 0 else -1
        for poly, power in factors:
            if power % 2:
                s = self.sign(poly)
                if s is None:
                    return None
                total *= s
        return total

    def strict_rat(self, rat: Rat) -> bool:
        """Whether N/D, of known sign, is nowhere zero."""
        if rat.num.is_zero():
            return False
        _, factors = self.factors(rat)
        return all(power < 0 or (self.sign(poly) is not None and self.sign_strict(poly)) for poly, power in factors)

    def sign(self, poly: Any) -> int | None:
        """The weak sign of a polynomial in the generators: 1 for ≥ 0, −1 for ≤ 0, 0 for = 0, or None."""
        return self._sign(poly)[0]

    def sign_strict(self, poly: Any) -> bool:
        """Whether the sign found by `sign` is strict at every admitted value."""
        return self._sign(poly)[1]

    def _sign(self, poly: Any) -> tuple[int | None, bool]:
        key = str(poly)
        if key not in self._signs:
            self._signs[key] = None, False  # a sign may not rest on itself
            self._signs[key] = self._find_sign(poly)
        return self._signs[key]

    def _find_sign(self, poly: Any) -> tuple[int | None, bool]:
        if poly.is_zero():
            return 0, False
        content, factors = poly.factor()
        total, strict = (1 if content > 0 else -1), True
        for factor, power in factors:
            s, nonzero = self._irreducible_sign(factor)
            if power % 2:
                if s is None:
                    return (None, False) if len(factors) == 1 else sign_by_coefficients(poly, self.gens)
                total *= s
            strict = strict and nonzero
        return total, strict

    def _irreducible_sign(self, poly: Any) -> tuple[int | None, bool]:
        """Of a factor as FLINT gives it, its leading coefficient positive: so are those that premises have told of."""
        key = str(poly)
        if key in self._known:
            return self._known[key]
        return sign_by_coefficients(poly, self.gens)
