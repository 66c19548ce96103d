"""From a statement to sequents: one goal under plain premises, over canonical variables."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp

from proofs.kernel.statements import Known
from proofs.kernel.terms import difference, mul, positive_constant, replaced

Atom = tuple[sp.Expr, str]  # (expr, rel) means: expr rel 0, with rel one of >=, >, ==, !=
Cases = list[list[Atom]]  # alternatives, each of atoms that hold together
Need = tuple[Cases, sp.Expr]  # what a part needs to be a real number, and the part
MAX_CASES = 32
# What the symbol x may assume, the strongest first: that ±x is so to zero.
ASSUMPTIONS = (
    ("is_positive", 1, ">"),
    ("is_negative", -1, ">"),
    ("is_nonnegative", 1, ">="),
    ("is_nonpositive", -1, ">="),
    ("is_nonzero", 1, "!="),
)
MAX_SPLIT_PREMISES = 5  # ≠ premises that are split into > and <


class TooComplex(ValueError):
    """The statement falls into too many cases."""


@dataclass(frozen=True)
class Sequent:
    """At all values that satisfy the premises, the goal holds. Everything in it is defined there."""

    premises: tuple[Atom, ...]
    goal: Atom

    @property
    def variables(self) -> set[sp.Symbol]:
        """The variables of goal and premises."""
        return set().union(self.goal[0].free_symbols, *(expr.free_symbols for expr, _ in self.premises))


@functools.lru_cache(maxsize=1024)  # a condition is asked at many points
def relation_atom(relation: sp.Basic) -> Atom:
    """The atom of a relation of two sides."""
    left, right = relation.args
    if isinstance(relation, sp.GreaterThan):
        return difference(left, right), ">="
    if isinstance(relation, sp.StrictGreaterThan):
        return difference(left, right), ">"
    if isinstance(relation, sp.LessThan):
        return difference(right, left), ">="
    if isinstance(relation, sp.StrictLessThan):
        return difference(right, left), ">"
    if isinstance(relation, sp.Equality):
        return difference(left, right), "=="
    if isinstance(relation, sp.Unequality):
        return difference(left, right), "!="
    raise TypeError(f"{relation} is not a relation")


def relation(atom: Atom) -> sp.Basic:
    """The relation of an atom."""
    return {">=": sp.Ge, ">": sp.Gt, "==": sp.Eq, "!=": sp.Ne}[atom[1]](atom[0], 0, evaluate=False)


def relations(condition: sp.Basic) -> list[sp.Basic]:
    """The relations in a condition, from left to right."""
    if getattr(condition, "is_Relational", False):
        return [condition]
    return [found for arg in condition.args for found in relations(arg)]


def minus(expr: sp.Expr) -> sp.Expr:
    """−expr."""
    return mul(sp.Integer(-1), expr)


def negated(atom: Atom) -> Atom:
    """The atom that holds exactly where this one fails, and is defined where it is."""
    expr, rel = atom
    if rel in (">=", ">"):
        return minus(expr), ">" if rel == ">=" else ">="
    return expr, "!=" if rel == "==" else "=="


def clauses(condition: sp.Basic, positive: bool = True) -> Cases:
    """Disjunctive normal form of a condition (or of its negation): a list of cases, each a list of atoms."""
    if condition in (sp.true, True):
        return [[]] if positive else []
    if condition in (sp.false, False):
        return [] if positive else [[]]
    if isinstance(condition, sp.Not):
        return clauses(condition.args[0], not positive)
    if isinstance(condition, (sp.And, sp.Or)):
        parts = [clauses(arg, positive) for arg in condition.args]
        together = isinstance(condition, sp.And) == positive
        cases = product(parts) if together else list(itertools.chain(*parts))
        if len(cases) > MAX_CASES * 8:
            raise TooComplex("the condition has too many cases")
        return cases
    if isinstance(condition, sp.Basic) and condition.is_Relational:
        atom = relation_atom(condition)
        return [[atom if positive else negated(atom)]]
    raise TypeError(f"{condition} is not a condition")


def product(parts: Iterable[Cases]) -> Cases:
    """The cases in which one case of each part holds; what contradicts itself word for word is left out.

    Raises: TooComplex.
    """
    cases: Cases = [[]]
    for options in parts:
        cases = [merged for case in cases for option in options if (merged := _merged(case, option)) is not None]
        if len(cases) > MAX_CASES * 8:
            raise TooComplex("the premises have too many cases")
    return cases


def _merged(case: list[Atom], option: list[Atom]) -> list[Atom] | None:
    """Both lists of atoms, None where an atom and its negation stand in them."""
    merged = list(dict.fromkeys((*case, *option)))
    known = set(merged)
    return None if any(_denied(atom, known) for atom in option) else merged


def _denied(atom: Atom, known: set[Atom]) -> bool:
    expr, rel = atom
    if negated(atom) in known:
        return True
    if rel == ">":
        return (minus(expr), ">") in known or (expr, "==") in known or (minus(expr), "==") in known
    return rel == "==" and ((expr, ">") in known or (minus(expr), ">") in known)


def definedness(expr: sp.Basic) -> list[Need]:
    """What `expr` needs to be a real number: (cases of atoms, the part that needs it), innermost first."""
    found: list[Need] = []
    seen: set[sp.Basic] = set()

    def visit(node: sp.Basic) -> None:
        if node in seen:
            return
        seen.add(node)
        for arg in node.args:
            visit(arg)
        if isinstance(node, sp.Pow) and node.base is not sp.E:
            base, exponent = node.args
            if exponent.is_Integer:
                if exponent < 0:
                    found.append(([[(base, "!=")]], node))
            elif exponent.is_Rational:
                found.append(([[(base, ">" if exponent < 0 else ">=")]], node))
            else:
                found.append(([[(base, ">")], [(base, ">="), (exponent, ">")]], node))
        elif isinstance(node, sp.log):
            found.append(([[(node.args[0], ">")]], node))
        elif isinstance(node, sp.tan):
            found.append(([[(sp.cos(node.args[0], evaluate=False), "!=")]], node))
        elif node in (sp.nan, sp.zoo, sp.oo, -sp.oo, sp.I):
            found.append(([[(sp.Integer(0), ">")]], node))

    visit(expr)
    return [(cases, node) for cases, node in found if not any(all(map(evident, case)) for case in cases)]


def evident(atom: Atom) -> bool:
    """Whether an atom of numbers holds by what the numbers are; False where that is not seen."""
    expr, rel = atom
    if expr.is_Rational:
        return bool({">=": expr >= 0, ">": expr > 0, "==": expr == 0, "!=": expr != 0}[rel])
    return positive_constant(expr) and rel != "=="


def needs_of(condition: sp.Basic) -> list[Need]:
    """What a condition needs to be defined: every part of it as it is written, whichever of them decides."""
    found: dict[Any, Need] = {}
    for each in relations(condition):
        for side in each.args:
            for cases, node in definedness(side):
                found.setdefault(tuple(map(tuple, cases)), (cases, node))
    return list(found.values())


@dataclass(frozen=True)
class Canonical:
    """The variables of a statement under canonical names, with their sign assumptions as premises."""

    names: dict[sp.Symbol, sp.Symbol]  # original -> canonical
    premises: tuple[Atom, ...]  # from the assumptions of the symbols
    integers: frozenset[sp.Symbol]  # canonical symbols that stand for whole numbers

    def to(self, expr: sp.Basic) -> sp.Basic:
        """`expr` in canonical variables."""
        return replaced(expr, self.names)

    def back(self, expr: sp.Basic) -> sp.Basic:
        """`expr` in the statement's own variables."""
        return replaced(expr, {new: old for old, new in self.names.items()})


def symbols_in_order(exprs: Sequence[sp.Basic]) -> list[sp.Symbol]:
    """Free symbols by first appearance in a walk from left to right."""
    order: dict[sp.Symbol, None] = {}
    for expr in exprs:
        for node in sp.preorder_traversal(expr):
            if isinstance(node, sp.Symbol):
                order.setdefault(node)
    return list(order)


@functools.lru_cache(maxsize=1024)
def understood(symbol: sp.Symbol) -> bool:
    """Whether a symbol assumes no more than to be real, a whole number or of a sign: of even or irrational ones nothing is said."""
    assumed = ["real", "integer", *(name.removeprefix("is_") for name, _, _ in ASSUMPTIONS)]
    plain = sp.Symbol(symbol.name, **{name: True for name in assumed if getattr(symbol, f"is_{name}")})
    return bool(symbol.assumptions0.items() <= plain.assumptions0.items())


def canonical(exprs: Sequence[sp.Basic]) -> Canonical:
    """Canonical variables for the expressions of a statement and its premises: plain real ones.

    The signs that symbols carry become premises, so that no rule can lose them unseen.

    Raises: TooComplex where a symbol assumes something else.
    """
    names, premises, integers = {}, [], []
    for i, symbol in enumerate(symbols_in_order(exprs)):
        if not understood(symbol):
            raise TooComplex(f"{symbol} assumes more than its sign and that it is whole")
        new = names[symbol] = sp.Symbol(f"v{i}", real=True)
        if symbol.is_integer:
            integers.append(new)
        told = [(sign * new, rel) for name, sign, rel in ASSUMPTIONS if getattr(symbol, name)][:1]
        premises += [(new - 1, ">=")] if symbol.is_integer and symbol.is_positive else told
    return Canonical(names, tuple(premises), frozenset(integers))


def premise_cases(where: Sequence[sp.Basic], known: Sequence[Known], extra: Sequence[Atom]) -> list[tuple[Atom, ...]]:
    """The admitted values as a union of cases without or, not or ≠.

    A premise admits a value only where every part of it is defined. What is `known` holds wherever its own premises do.

    Raises: TooComplex.
    """
    parts: list[Cases] = [[list(extra)]]
    for condition in where:
        parts += [*(cases for cases, _ in needs_of(condition)), clauses(condition)]
    parts += [_known_cases(each) for each in known]
    done = [full for case in product(parts) for full in without_unequal(case)]
    if len(done) > MAX_CASES:
        raise TooComplex("the premises have too many cases")
    return done


def _known_cases(known: Known) -> Cases:
    """The statement holds and is defined, or one of its premises is false or not defined."""
    cases = product([*(need for need, _ in needs_of(known.condition)), clauses(known.condition)])
    for premise in known.where:
        needs = [need for need, _ in needs_of(premise)]
        for i, need in enumerate(needs):  # innermost first: the parts before it are defined
            cases += product([*needs[:i], *([[negated(atom)] for atom in case] for case in need)])
        cases += product([*needs, clauses(premise, positive=False)])
    return cases


def without_unequal(atoms: Sequence[Atom]) -> list[tuple[Atom, ...]]:
    """The cases > and < of every ≠.

    Raises: TooComplex.
    """
    plain = [a for a in dict.fromkeys(atoms) if a[1] != "!="]
    unequal = [a[0] for a in dict.fromkeys(atoms) if a[1] == "!="]
    unequal = [e for e in unequal if (e, ">") not in plain and (minus(e), ">") not in plain]
    if len(unequal) > MAX_SPLIT_PREMISES:
        raise TooComplex("too many ≠ premises")
    return [
        (*plain, *((e if sign > 0 else minus(e), ">") for sign, e in zip(signs, unequal, strict=True)))
        for signs in itertools.product((1, -1), repeat=len(unequal))
    ]
