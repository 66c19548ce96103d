"""Formulas as people write them in a line of text: √R, e^(−2δ), ln c, n_maj; and the abbreviations of class counts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy as sp
from sympy.printing.precedence import PRECEDENCE, precedence
from sympy.printing.pretty.pretty_symbology import pretty_symbol
from sympy.printing.str import StrPrinter

from theory.losses import grouped

CLASSES, SAMPLES = sp.Symbol("c", positive=True), sp.Symbol("n", positive=True)
ABBREVIATIONS = {CLASSES: "c = m_maj + m_min", SAMPLES: "n = m_maj n_maj + m_min n_min"}
LONG = 160  # entries of more characters than this together are written with names for what they share


def positive_first(terms: Iterable[Any]) -> list[Any]:
    """Terms of a sum in their order, but none with a minus sign comes first where another has none: √2 − 1 and not −1 + √2."""
    found = list(terms)
    first = next((term for term in found if not term.could_extract_minus_sign()), None)
    if first is not None and found[0].could_extract_minus_sign():
        found.remove(first)
        found.insert(0, first)
    return found


class _Reader(StrPrinter):
    """SymPy's one-line printer in the notation of the prose."""

    def _print_Symbol(self, expr: Any) -> str:
        name, mark, below = expr.name.partition("_")
        return f"{pretty_symbol(name)}{mark}{below}"

    def _as_ordered_terms(self, expr: Any, order: Any = None) -> list[Any]:
        return positive_first(super()._as_ordered_terms(expr, order=order))

    def _print_Mul(self, expr: Any) -> str:
        return str(super()._print_Mul(expr)).replace("*", "·")

    def _print_Pow(self, expr: Any, rational: bool = False) -> str:
        base, exponent = expr.args
        if exponent == sp.Rational(1, 2):
            return f"√{self.parenthesize(base, PRECEDENCE['Atom'], strict=True)}"
        if exponent.could_extract_minus_sign():
            under = self._print(sp.Pow(base, -exponent, evaluate=False)) if exponent != -1 else self.parenthesize(base, PRECEDENCE["Pow"])
            return f"1/{under}"
        return self._raised(self.parenthesize(base, PRECEDENCE["Pow"], strict=False), exponent)

    def _print_exp(self, expr: Any) -> str:
        return self._raised("e", expr.args[0])

    def _raised(self, base: str, exponent: Any) -> str:
        above = self._print(exponent)
        return f"{base}^{above}" if exponent.is_Symbol or (exponent.is_Integer and exponent >= 0) else f"{base}^({above})"

    def _print_log(self, expr: Any) -> str:
        return f"ln({self._print(expr.args[0])})"

    def _print_Min(self, expr: Any) -> str:
        return f"min({', '.join(sorted(map(self._print, expr.args)))})"

    def _print_Max(self, expr: Any) -> str:
        return f"max({', '.join(sorted(map(self._print, expr.args)))})"

    def _print_Abs(self, expr: Any) -> str:
        return f"|{self._print(expr.args[0])}|"

    def _print_Piecewise(self, expr: Any) -> str:
        cases = [f"{self._print(value)} {'otherwise' if where == sp.true else f'where {self._print(where)}'}" for value, where in expr.args]
        return f"[{'; '.join(cases)}]"

    def _print_KroneckerDelta(self, expr: Any) -> str:
        left, right = map(self._print, expr.args)
        return f"[1 where {left} = {right}; 0 otherwise]"

    def _print_Relational(self, expr: Any) -> str:
        signs = {"==": "=", "!=": "≠", "<=": "≤", ">=": "≥"}
        sides = [self.parenthesize(side, precedence(expr)) for side in (expr.lhs, expr.rhs)]
        return f"{sides[0]} {signs.get(expr.rel_op, expr.rel_op)} {sides[1]}"


def readable(expression: Any) -> str:
    """The expression in a line of text."""
    return str(_Reader().doprint(expression)).replace("-", "−")


def in_classes(expression: sp.Expr) -> sp.Expr:
    """The expression of STEP with c for the number of classes and n for that of samples, where that leaves no numbers of classes."""
    majority, minority = grouped.SIZES
    samples = grouped.SIZES[0] * grouped.COUNTS[0] + grouped.SIZES[1] * grouped.COUNTS[1]
    found = sp.sympify(expression)
    for old, new in ((samples, SAMPLES), (majority, CLASSES - minority)):
        numerator, denominator = sp.fraction(sp.together(found.subs(old, new)))
        if not found.has(sp.exp):  # factoring exponentials need not end
            numerator, denominator = sp.fraction(sp.factor(numerator / denominator))
        else:
            numerator, denominator = sp.expand(numerator), sp.expand(denominator)
        short = numerator / denominator
        if old is samples or not short.has(majority, minority):
            found = short
    return found


def abbreviations(expressions: Iterable[sp.Expr]) -> str:
    """What c and n stand for, where these expressions have them, as the end of a line."""
    used = set().union(*(in_classes(each).free_symbols for each in expressions))
    told = [meaning for name, meaning in ABBREVIATIONS.items() if name.name in {symbol.name for symbol in used}]
    return f", with {', '.join(told)}" if told else ""


def shared(entries: list[sp.Expr]) -> tuple[list[tuple[sp.Symbol, sp.Expr]], list[sp.Expr]]:
    """Entries that are long together, with names for what they share, so that it is said once; short entries stay as they are."""
    if sum(len(readable(entry)) for entry in entries) <= LONG:
        return [], entries
    named, reduced = sp.cse(entries, symbols=sp.numbered_symbols("u_", start=1), optimizations="basic")
    return list(named), list(reduced)
