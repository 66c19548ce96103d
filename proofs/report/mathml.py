"""Mathematics as MathML: formulas and statements, from the SymPy objects that were judged.

SymPy's presentation printer gives a tree; it is written here as text in the subset that browsers draw (MathML Core), with the names
that the prose uses (ln, −). Nothing is evaluated or simplified on the way.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from xml.dom.minidom import Node

import sympy as sp
from sympy.printing.mathml import MathMLPresentationPrinter

from proofs.kernel.statements import Agrees, Estimated, FirstTime, Holds, Increasing, Limit, MatrixIdentity, Statement, Supremum
from proofs.report.formulas import positive_first

MOST_SYMBOLS = 2000  # most symbols of one statement: more would not help a reader, and a page of a whole theory has to load at once
INVISIBLE = "&InvisibleTimes;"
WORDS = {"-": "−", INVISIBLE: "\u2062", "&dd;": "d", "&ExponentialE;": "e", "&ImaginaryI;": "i"}
SUPREMUM_ENDS = ("≤", "<")  # an end at infinity is not taken


class _Printer(MathMLPresentationPrinter):
    """SymPy's printer, with the logarithm of this field's prose and relations between matrices."""

    def _print_log(self, e: Any) -> Any:
        row = self.dom.createElement("mrow")
        name = self.dom.createElement("mi")
        name.appendChild(self.dom.createTextNode("ln"))
        row.appendChild(name)
        argument = self._print(e.args[0])
        plain = e.args[0].is_Atom and not (e.args[0].is_number and e.args[0].is_negative)
        row.appendChild(argument if plain else self._l_r(argument))
        return row

    def _as_ordered_terms(self, expr: Any, order: Any = None) -> Any:
        return positive_first(super()._as_ordered_terms(expr, order=order))

    def _l_r(self, inside: Any) -> Any:
        row = self.dom.createElement("mrow")
        for child in (self._l_paren(), inside, self._r_paren()):
            row.appendChild(child)
        return row


def formula(expression: Any) -> str:
    """The expression as MathML, without the `math` element around it."""
    return _text(_Printer()._print(expression))


def _text(node: Any) -> str:
    """A tree of the printer as text; it writes entities as text, which are resolved, and everything is escaped once."""
    if node.nodeType == Node.TEXT_NODE:
        return html.escape(html.unescape(WORDS.get(node.data, node.data)), quote=False)
    if node.tagName == "mo" and node.firstChild.data == INVISIBLE and _begins_with_a_number(node.nextSibling):
        return "<mo>·</mo>"  # 2·1, which would read as 21
    inside = "".join(map(_text, node.childNodes))
    if node.tagName == "mrow" and len(node.childNodes) == 1:
        return inside
    if node.tagName == "mn" and inside.startswith("-"):
        inside = f"−{inside[1:]}"
    return f"<{node.tagName}>{inside}</{node.tagName}>"


def _begins_with_a_number(node: Any) -> bool:
    while node is not None and node.nodeType != Node.TEXT_NODE:
        if node.tagName == "mn":
            return True
        node = node.firstChild
    return False


def math(*rows: str, block: bool = False) -> str:
    """A `math` element around finished rows."""
    display = ' display="block"' if block else ""
    return f"<math{display}><mrow>{''.join(rows)}</mrow></math>"


def size(expression: Any) -> int:
    """How many nodes an expression has."""
    return 1 + sum(map(size, expression.args)) if isinstance(expression, sp.Basic) else 1


@dataclass(frozen=True)
class Shown:
    """A statement for a reader: its formulas line by line, the premises, and how many lines are left out for their length."""

    lines: tuple[str, ...]
    where: tuple[str, ...]
    omitted: int = 0


def statement(said: Statement) -> Shown:
    """The statement in mathematics, one line for each relation. Where the whole is too long, it has the lines that fit."""
    lines, omitted, room = [], 0, MOST_SYMBOLS
    for symbols, line in _lines(said):
        room -= symbols
        if room >= 0:
            lines.append(line())
        else:
            omitted += 1
    where = tuple(math(formula(premise)) for premise in dict.fromkeys(said.where))
    return Shown(tuple(lines), where, omitted)


def _lines(said: Statement) -> list[tuple[int, Any]]:
    """Each relation of a statement with its size; the text is made when it is asked for."""
    if isinstance(said, Holds):
        parts = said.condition.args if isinstance(said.condition, sp.And) else (said.condition,)
        return [(size(part), lambda part=part: math(formula(part), block=True)) for part in parts]
    if isinstance(said, MatrixIdentity):
        return [(size(said.left) + size(said.right), lambda: math(formula(said.left), _operator("="), formula(said.right), block=True))]
    if isinstance(said, Limit):
        return [(size(said.expr), lambda: math(_limit(said), _operator("="), formula(said.value), block=True))]
    if isinstance(said, Supremum):
        return [(size(said.expr), lambda: math(*_supremum(said), block=True))]
    if isinstance(said, Increasing):
        return [(size(said.expr), lambda: math(formula(said.expr), _words("increases strictly in"), formula(said.variable), block=True))]
    if isinstance(said, FirstTime):
        return _first_time(said)
    if isinstance(said, Agrees | Estimated):
        return []
    raise TypeError(f"{type(said).__name__} is no statement that can be shown")


def _operator(sign: str) -> str:
    return f"<mo>{sign}</mo>"


def _words(text: str) -> str:
    return f"<mtext>\u00a0{html.escape(text)}\u00a0</mtext>"


def _under(name: str, *below: str) -> str:
    return f"<munder><mo>{name}</mo><mrow>{''.join(below)}</mrow></munder><mo>&#x2061;</mo>"


def _limit(said: Limit) -> str:
    return _under("lim", formula(said.variable), _operator("→"), formula(said.point)) + _bracketed(said.expr)


def _supremum(said: Supremum) -> Iterable[str]:
    signs = [SUPREMUM_ENDS[abs(end) == sp.oo] for end in (said.start, said.end)]
    below = (
        formula(said.start),
        _operator(html.escape(signs[0])),
        formula(said.variable),
        _operator(html.escape(signs[1])),
        formula(said.end),
    )
    yield _under("sup", *below) + _bracketed(said.expr)
    if said.value is not None:
        yield _operator("=") + formula(said.value)
    if said.attained is not None:
        yield _words(", attained" if said.attained else ", not attained")


def _first_time(said: FirstTime) -> list[tuple[int, Any]]:
    """The system, the start, and between which times the level is reached first."""
    time = sp.Symbol("t")
    rates = [
        (size(rate), lambda y=y, rate=rate: math(formula(sp.Derivative(y, time)), _operator("="), formula(rate), block=True))
        for y, rate in said.velocity.items()
    ]
    starts = [
        (size(value), lambda y=y, value=value: math(formula(sp.Function(y.name)(0)), _operator("="), formula(value), block=True))
        for y, value in said.start.items()
    ]
    reached = (formula(said.low), _operator("≤"), formula(time), _operator("≤"), formula(said.high))
    end = (size(said.expr), lambda: math(formula(said.expr), _operator("="), formula(said.level), _words("first at"), *reached, block=True))
    return [*rates, *starts, end]


def _bracketed(expression: sp.Expr) -> str:
    inside = formula(expression)
    return f"<mrow><mo>(</mo>{inside}<mo>)</mo></mrow>" if expression.is_Add else inside


def equations(values: Iterable[tuple[Any, Any]]) -> tuple[str, ...]:
    """The equation name = value for each pair, as inline mathematics."""
    return tuple(math(formula(name), _operator("="), formula(value)) for name, value in values)


def values(found: Any) -> tuple[str, ...]:
    """What a claim states by a name, as mathematics: an expression, a number, or several; empty for anything else."""
    if isinstance(found, sp.Basic | sp.MatrixBase) and not isinstance(found, sp.Lambda):
        return (math(formula(found)),)
    if isinstance(found, bool) or found is None:
        return ()
    if isinstance(found, int | float):
        return (f"<math><mn>{found:g}</mn></math>",)
    if isinstance(found, Sequence) and not isinstance(found, str):
        return tuple(shown for each in found for shown in values(each))
    return ()
