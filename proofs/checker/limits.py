"""Limits: leading terms from inside the premises, with every sign of a parameter proved, and their replay."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import sympy as sp

from proofs.checker import holds, rules
from proofs.checker.leading import Expansion, NeedCase, Signs, Unknown, limit_at_infinity
from proofs.checker.logic import Atom, Canonical, Cases, Sequent, canonical, clauses, definedness, minus, needs_of, premise_cases, product
from proofs.checker.witness import admitted, canonical_admitted, condition_at, read_constant, read_point
from proofs.kernel.reader import read
from proofs.kernel.statements import Limit
from proofs.kernel.terms import add, difference, mul, power, replaced
from proofs.kernel.verdict import Evidence, Outcome
from theory.exact import InvalidInput

INFINITE = (sp.oo, -sp.oo)
TERMS_OF_PREMISES = 8


class NotAdmitted(Exception):
    """For some parameters the premises leave no values near the point."""


def flat(where: Sequence[sp.Basic]) -> list[sp.Basic]:
    """The premises, conjunctions taken apart."""
    return [part for each in where for part in (flat(each.args) if isinstance(each, sp.And) else [each])]


class Approach:
    """What tends where, in canonical variables: parameters by cases, and the ways near the point that premises may admit."""

    def __init__(self, statement: Limit) -> None:
        point, value = (sp.Integer(0) if end in INFINITE else end for end in (statement.point, statement.value))
        where, known = flat(statement.where), [part for each in statement.known for part in (*each.where, each.condition)]
        self.names = names = canonical([statement.expr, point, value, *where, *known, statement.variable])
        self.x = names.to(statement.variable)
        self.expr, self.point, self.value = (
            part if part in INFINITE else names.to(part) for part in (statement.expr, statement.point, statement.value)
        )
        on_x = [w for w in where if w.has(statement.variable)]
        self.where = [names.to(w) for w in where if w not in on_x]
        self.cases = premise_cases(
            self.where,
            [
                dataclasses.replace(k, where=tuple(map(names.to, k.where)), condition=names.to(k.condition))
                for k in statement.known
                if not any(part.has(statement.variable) for part in (*k.where, k.condition))
            ],
            [atom for atom in names.premises if not atom[0].has(self.x)],
        )
        parts: list[Cases] = [[[atom for atom in names.premises if atom[0].has(self.x)]]]
        for condition in map(names.to, on_x):
            parts += [*(cases for cases, _ in needs_of(condition)), clauses(condition)]
        self.near = product(parts)
        self.needs = [cases for part in (self.expr, self.point, self.value) for cases, _ in definedness(part) if part not in INFINITE]

    @property
    def parameters(self) -> dict[sp.Symbol, sp.Symbol]:
        """The canonical names of the other variables."""
        return {old: new for old, new in self.names.names.items() if new != self.x}

    def admits(self, point: Mapping[sp.Symbol, sp.Expr]) -> bool:
        """Whether exact parameters surely satisfy every premise on them."""
        signs = tuple(atom for atom in self.names.premises if not atom[0].has(self.x))
        integers = self.names.integers - {self.x}
        return canonical_admitted(self.where, Canonical(self.names.names, signs, integers), point)

    def paths(self) -> list[sp.Expr]:
        """x as a function of X → +oo (written x again) for each way to the point."""
        if self.point in INFINITE:
            return [self.x if self.point == sp.oo else minus(self.x)]
        return [add(self.point, mul(sp.Integer(side), power(self.x, sp.Integer(-1)))) for side in (1, -1)]

    def subsequence(self, written: str, signs: Signs) -> list[sp.Expr]:
        """A way to the point that whole numbers number, in the variable's own name, for `limits`.

        Raises: Unknown where it is not seen to tend to the point without meeting it.
        """
        path = read(written, {"n": self.x})
        gap = path if self.point in INFINITE else difference(path, self.point)
        if limit_at_infinity(gap, self.x, signs) != (self.point if self.point in INFINITE else 0):
            raise Unknown("it does not tend to the point")
        if self.x in self.names.integers or not self._ahead((gap, "!="), self.x, signs):
            raise Unknown("it meets the point")
        return [path]

    def limits(self, signs: Signs, numbered: str | None = None) -> list[sp.Expr]:
        """The limits on every admitted way, or on the subsequence that is `numbered`, the parameters' signs being known.

        Raises: Unknown, also where the statement is not defined near the point; NeedCase; NotAdmitted.
        """
        found, whole = [], numbered is not None
        if self.x in self.names.integers and self.point not in INFINITE:
            raise NotAdmitted
        for path in self.paths() if numbered is None else self.subsequence(numbered, signs):
            if any(all(self._ahead(atom, path, signs, whole) for atom in case) for case in self.near):
                for cases in self.needs:
                    if not any(all(self._ahead(atom, path, signs, whole) for atom in case) for case in cases):
                        shown = " or ".join(" and ".join(f"{e} {rel} 0" for e, rel in case) for case in cases)
                        raise Unknown(f"not defined for some admitted values: needs {shown}")
                found.append(limit_at_infinity(replaced(self.expr, {self.x: path}), self.x, signs, whole))
        if not found:
            raise NotAdmitted
        return found

    def _ahead(self, atom: Atom, path: sp.Expr, signs: Signs, whole: bool = False) -> bool:
        """Whether an atom holds on the path, from some place on, at whole numbers alone where it is `whole`."""
        expansion = Expansion(self.x, signs, TERMS_OF_PREMISES, whole)
        sign = expansion.eventual_sign(expansion.series(replaced(atom[0], {self.x: path})))
        return {">": sign > 0, ">=": sign >= 0, "==": sign == 0, "!=": sign != 0}[atom[1]]

    def obligations(self, limit: sp.Expr, facts: tuple[Atom, ...]) -> list[Sequent] | None:
        """What shows that this limit is the value; None where it cannot be, one of them being infinite."""
        if limit in INFINITE or self.value in INFINITE:
            return [] if limit == self.value else None
        needs = [Sequent(facts, atom) for cases, _ in definedness(limit) for atom in cases[0]]
        return [*needs, Sequent(facts, (difference(limit, self.value), "=="))]


def signed(expr: sp.Expr) -> tuple[Atom, Atom, Atom]:
    """The three signs of a parameter expression."""
    return (expr, ">"), (minus(expr), ">"), (expr, "==")


def key(sequent: Sequent) -> str:
    """The name of a sign in a certificate."""
    return f"{sequent.goal[0]} {sequent.goal[1]} 0"


def certified(statement: Limit, certificate: Mapping[str, Any]) -> bool:
    """Whether the certificate proves the limit: for all parameters some way is admitted, and all of these have the value."""
    approach, trees = Approach(statement), certificate["cases"]
    point = read_point(approach.parameters, certificate["admitted"])
    return (
        point is not None
        and approach.admits(point)
        and all(_stands(approach, facts, tree) for facts, tree in zip(approach.cases, trees, strict=True))
    )


def _stands(approach: Approach, facts: tuple[Atom, ...], tree: Mapping[str, Any]) -> bool:
    if "impossible" in tree:
        return rules.holds(Sequent(facts, rules.NEVER), tree["impossible"])
    if "split" in tree:
        parameters = {s.name: s for s in approach.parameters.values()}
        expr = read(tree["split"], dict(parameters))
        defined = [Sequent(facts, atom) for cases, _ in definedness(expr) for atom in cases[0]]
        return (
            expr.free_symbols <= set(parameters.values())
            and holds.replayed(defined, tree["defined"])
            and all(_stands(approach, (*facts, atom), then) for atom, then in zip(signed(expr), tree["then"], strict=True))
        )
    proved = tree["signs"]

    def prover(sequent: Sequent) -> bool:
        return key(sequent) in proved and rules.holds(sequent, proved[key(sequent)])

    try:
        limits = approach.limits(Signs(facts, prover))
    except (Unknown, NeedCase, NotAdmitted):
        return False
    needed = [approach.obligations(limit, facts) for limit in limits]
    return all(sequents is not None and holds.replayed(sequents, proofs) for sequents, proofs in zip(needed, tree["values"], strict=True))


def refuted(statement: Limit, witness: Mapping[str, str]) -> bool:
    """Whether at the parameters of the witness, where every sign is a constant's, some admitted way has another limit.

    Where the witness has the variable too, the way is over these values of it for n = 1, 2, 3, …
    """
    fixed = fix(statement, witness)
    if fixed is None:
        return False
    approach, numbered = Approach(fixed), witness.get(statement.variable.name)
    try:
        return any(
            differs(limit, approach.value)
            for facts in approach.cases
            for limit in approach.limits(Signs(facts, lambda sequent: False), numbered)
        )
    except (Unknown, NeedCase, NotAdmitted, InvalidInput):
        return False


def differs(limit: sp.Expr, value: sp.Expr) -> bool:
    """Whether two constants, finite or not, surely differ."""
    if limit in INFINITE or value in INFINITE:
        return bool(limit != value)
    return condition_at(sp.Ne(limit, value, evaluate=False), {}) is True


def fix(statement: Any, witness: Mapping[str, str], parts: Sequence[str] = ("expr", "point", "value")) -> Any:
    """The statement at the parameters of a witness that satisfies the premises on them, or None.

    The others of its premises keep what they say of the variable.
    """
    x = statement.variable
    where = flat(statement.where)
    symbols: set[sp.Symbol] = set().union(
        *(part.free_symbols for part in (*(getattr(statement, name) for name in parts), *where) if part is not None)
    ) - {x}
    values = {symbol: read_constant(witness.get(symbol.name, "")) for symbol in symbols}
    if None in values.values() or len({s.name for s in symbols}) != len(symbols):
        return None
    if not admitted([w for w in where if not w.has(x)], values):
        return None
    changed = {
        name: part if part is None or part in INFINITE else replaced(part, values) for name in parts for part in (getattr(statement, name),)
    }
    return dataclasses.replace(statement, **changed, known=(), where=tuple(replaced(w, values) for w in where if w.has(x)))


def recheck(statement: Limit, evidence: Evidence) -> bool:
    """Whether the certificate or the witness stands up, from the statement alone."""
    if evidence.outcome is Outcome.FAILS:
        return evidence.witness is not None and refuted(statement, evidence.witness)
    return evidence.outcome is Outcome.HOLDS and certified(statement, evidence.certificate or {})
