"""From a statement to sequents: one goal under plain premises, over canonical variables."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sympy as sp

from proofs.checker.field import Bound, variable_bounds

Atom = tuple[sp.Expr, str]  # (expr, rel) means: expr rel 0, with rel one of >=, >, ==, !=
MAX_CASES = 32
MAX_SPLIT_PREMISES = 5  # ≠ premises that are split into > and <


class TooComplex(ValueError):
    """The statement falls into too many cases."""


@dataclass(frozen=True)
class Sequent:
    """At all values that satisfy the premises, the goal holds. Everything in it is defined there."""

    premises: tuple[Atom, ...]
    goal: Atom


def relation_atom(relation: sp.Basic) -> Atom:
    """The atom of a relation of two sides."""
    left, right = relation.args
    if isinstance(relation, sp.GreaterThan):
        return left - right, ">="
    if isinstance(relation, sp.StrictGreaterThan):
        return left - right, ">"
    if isinstance(relation, sp.LessThan):
        return right - left, ">="
    if isinstance(relation, sp.StrictLessThan):
        return right - left, ">"
    if isinstance(relation, sp.Equality):
        return left - right, "=="
    if isinstance(relation, sp.Unequality):
        return left - right, "!="
    raise TypeError(f"{relation} is not a relation")


def negated(atom: Atom) -> Atom:
    """The atom that holds exactly where this one fails."""
    expr, rel = atom
    if rel in (">=", ">"):
        return -expr, ">" if rel == ">=" else ">="
    return expr, "!=" if rel == "==" else "=="


def clauses(condition: sp.Basic, positive: bool = True) -> list[list[Atom]]:
    """Disjunctive normal form of a condition (or of its negation): a list of cases, each a list of atoms."""
    if condition in (sp.true, True):
        return [[]] if positive else []
    if condition in (sp.false, False):
        return [] if positive else [[]]
    if isinstance(condition, sp.Not):
        return clauses(condition.args[0], not positive)
    if isinstance(condition, (sp.And, sp.Or)):
        parts = [clauses(arg, positive) for arg in condition.args]
        if isinstance(condition, sp.And) == positive:
            cases = [list(itertools.chain(*choice)) for choice in itertools.product(*parts)]
        else:
            cases = list(itertools.chain(*parts))
        if len(cases) > MAX_CASES * 8:
            raise TooComplex("the condition has too many cases")
        return cases
    if isinstance(condition, sp.Basic) and condition.is_Relational:
        atom = relation_atom(condition)
        return [[atom if positive else negated(atom)]]
    raise TypeError(f"{condition} is not a condition")


def definedness(expr: sp.Basic) -> list[tuple[list[list[Atom]], sp.Expr]]:
    """What `expr` needs to be a real number: (cases of atoms, the part that needs it), innermost first."""
    found: list[tuple[list[list[Atom]], sp.Expr]] = []
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
            found.append(([[(sp.cos(node.args[0]), "!=")]], node))

    visit(expr)
    return [(cases, node) for cases, node in found if not _evident(cases)]


def _evident(cases: list[list[Atom]]) -> bool:
    return any(all(_evident_atom(atom) for atom in case) for case in cases)


def _evident_atom(atom: Atom) -> bool:
    expr, rel = atom
    if expr.is_Rational:
        return bool({">=": expr >= 0, ">": expr > 0, "==": expr == 0, "!=": expr != 0}[rel])
    return False


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


def replaced(expr: sp.Basic, names: Mapping[sp.Symbol, sp.Expr]) -> sp.Basic:
    """`expr` with other symbols; relations are kept as they are, not evaluated anew."""
    if isinstance(expr, (sp.And, sp.Or, sp.Not)) or getattr(expr, "is_Relational", False):
        return expr.func(*(replaced(arg, names) for arg in expr.args), evaluate=False)
    return expr.xreplace(names)


def symbols_in_order(exprs: Sequence[sp.Basic]) -> list[sp.Symbol]:
    """Free symbols by first appearance in a walk from left to right."""
    order: dict[sp.Symbol, None] = {}
    for expr in exprs:
        for node in sp.preorder_traversal(expr):
            if isinstance(node, sp.Symbol):
                order.setdefault(node)
    return list(order)


def canonical(exprs: Sequence[sp.Basic], where: Sequence[sp.Basic]) -> Canonical:
    """Canonical variables for the expressions of a statement and its premises."""
    symbols = symbols_in_order([*exprs, *where])
    atoms: list[Atom] = []
    for condition in where:
        if condition.is_Relational:
            atoms.append(relation_atom(condition))
        elif isinstance(condition, sp.And):
            atoms += [relation_atom(arg) for arg in condition.args if arg.is_Relational]
    bounds = variable_bounds(atoms)
    surely_positive = _positive_symbols(symbols, atoms, bounds)
    names, premises, integers = {}, [], []
    for i, symbol in enumerate(symbols):
        positive = symbol in surely_positive
        new = sp.Symbol(f"v{i}", positive=True) if positive else sp.Symbol(f"v{i}", real=True)
        names[symbol] = new
        if symbol.is_integer:
            integers.append(new)
        if symbol.is_positive and symbol.is_integer:
            premises.append((new - 1, ">="))
        elif positive:
            premises.append((new, ">"))
        elif symbol.is_nonnegative:
            premises.append((new, ">="))
        elif symbol.is_negative:
            premises.append((-new, ">"))
        elif symbol.is_nonpositive:
            premises.append((-new, ">="))
        elif symbol.is_nonzero:
            premises.append((new, "!="))
    return Canonical(names, tuple(premises), frozenset(integers))


def _positive_symbols(
    symbols: Sequence[sp.Symbol], atoms: Sequence[Atom], bounds: Mapping[sp.Symbol, Bound]
) -> set[sp.Symbol]:
    """Symbols that are > 0 by their assumptions, by a bound, or by x ≥ (a sum of positive terms)."""
    found = {s for s in symbols if s.is_positive}
    for symbol, bound in bounds.items():
        if bound.low is not None and (bound.low > 0 or (bound.low == 0 and bound.low_strict)):
            found.add(symbol)
    for _ in symbols:
        known = {s: sp.Dummy(positive=True) for s in found}
        for expr, rel in atoms:
            for symbol in expr.free_symbols - found if rel in (">", ">=") else ():
                rest = symbol - expr
                if not rest.has(symbol) and rest.xreplace(known).is_positive:
                    found.add(symbol)
        if len(found) == len(known):
            break
    return found


def premise_cases(where: Sequence[sp.Basic], extra: Sequence[Atom]) -> list[tuple[Atom, ...]]:
    """The admitted values as a union of cases without or, not or ≠, definedness of the premises included."""
    cases: list[list[Atom]] = [list(extra)]
    for condition in where:
        cases = [case + atoms for case in cases for atoms in clauses(condition)]
        if len(cases) > MAX_CASES:
            raise TooComplex("the premises have too many cases")
    done: list[tuple[Atom, ...]] = []
    for case in cases:
        defined = [case]
        for expr, _ in case:
            for options, _node in definedness(expr):
                defined = [d + option for d in defined for option in options]
        for full in defined:
            done += _without_unequal(full)
        if len(done) > MAX_CASES:
            raise TooComplex("the premises have too many cases")
    return done


def _without_unequal(atoms: list[Atom]) -> list[tuple[Atom, ...]]:
    plain = [a for a in dict.fromkeys(atoms) if a[1] != "!="]
    unequal = [a[0] for a in dict.fromkeys(atoms) if a[1] == "!="]
    unequal = [e for e in unequal if (e, ">") not in plain and (-e, ">") not in plain]
    if len(unequal) > MAX_SPLIT_PREMISES:
        raise TooComplex("too many ≠ premises")
    return [
        (*plain, *((s * e, ">") for s, e in zip(signs, unequal, strict=True)))
        for signs in itertools.product((1, -1), repeat=len(unequal))
    ]
