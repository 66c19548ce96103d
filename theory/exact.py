"""How exact values enter: which values are accepted, and the error that refuses all others."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # SymPy takes a third of a second to load, and the command line's help needs only the error
    import sympy as sp


class InvalidInput(ValueError):
    """The input is wrong. The message is one line that gives the value, the rule that it breaks, and the fix."""


def meant(name: str, names: Iterable[str]) -> str:
    """The known name nearest to an unknown one, for its message: " (did you mean 'focal'?)"; empty where none is near."""
    close = difflib.get_close_matches(name, list(names), 1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def exact(value: Any, name: str) -> sp.Expr:
    """The exact SymPy object behind `value`.

    Arguments: `value`, an int, a Fraction, a string such as "1/2" or "0.25" (read as the rational it
    writes), or a SymPy expression without floats; `name`, what the error message calls it.
    Raises: InvalidInput for floats, NaN, infinities, booleans and anything unreadable.
    """
    import sympy as sp

    if isinstance(value, sp.Expr):
        if value.has(sp.Float):
            raise InvalidInput(
                f"{name}={value} holds a floating-point number, and only exact numbers are taken here: write it as a Rational"
            )
        if value.has(sp.nan, sp.zoo, sp.oo, -sp.oo):
            raise InvalidInput(f"{name}={value} must be finite: give a number or a symbol")
        return value
    if isinstance(value, float):
        raise InvalidInput(
            f"{name}={value!r} is a floating-point number, and only exact numbers are taken "
            "here: give an integer, a Fraction or a string such as '1/2'"
        )
    if isinstance(value, (int, Fraction, str)) and not isinstance(value, bool):
        try:
            fraction = Fraction(value)
        except (ValueError, ZeroDivisionError):
            raise InvalidInput(f"{name}={value!r} must be an exact number: write it as 2, 1/2 or 0.5") from None
        return sp.Rational(fraction.numerator, fraction.denominator)
    raise InvalidInput(f"{name}={value!r} must be an exact number: give an integer, a Fraction or a string such as '1/2'")
