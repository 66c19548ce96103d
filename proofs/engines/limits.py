"""The engine for limits: leading terms, with the signs of parameters proved; these proofs are the certificate."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

import sympy as sp

from proofs.checker import rules, solver
from proofs.checker.leading import NeedCase, Signs, Unknown
from proofs.checker.limits import INFINITE, Approach, NotAdmitted, fix, key, refuted, signed
from proofs.checker.logic import Atom, Sequent, TooComplex, definedness
from proofs.engines.holds import rule_names, unsettled
from proofs.kernel.statements import Limit
from proofs.kernel.verdict import Evidence, Outcome, Reason, Strength
from proofs.search import proving as search
from proofs.search import refute
from proofs.search.text import text
from proofs.search.ways import numbered_ways

MAX_SPLITS = 4
SIGN_SECONDS = 1.0
VALUE_SECONDS = 2.0
PARAMETER_POINTS = 40
PARAMETERS_OF_WAYS = 3


class Different(Exception):
    """On some admitted way the limit is not seen to be the value: this limit, under these facts."""

    def __init__(self, limit: sp.Expr, facts: tuple[Atom, ...]) -> None:
        super().__init__(str(limit))
        self.limit, self.facts = limit, facts


class Empty(Exception):
    """Under these facts on the parameters the premises leave no values near the point."""

    def __init__(self, facts: tuple[Atom, ...]) -> None:
        super().__init__(str(facts))
        self.facts = facts


def decide(statement: Limit, deadline: float) -> Evidence:
    """Evidence on a Limit statement."""
    if statement.variable in statement.value.free_symbols | statement.point.free_symbols:
        return unsettled("the point or the value mentions the variable", Reason.TOO_COMPLEX, "limits")
    try:
        approach = Approach(statement)
    except TooComplex as error:
        return unsettled(str(error), Reason.TOO_COMPLEX, "limits")
    try:
        return _decided(statement, approach, deadline)
    except Unknown as error:
        note = f"the limit is not settled: {_own_names(str(error), approach)}"
        return _oscillates(statement, approach) or unsettled(note, Reason.OUT_OF_TIME, "limits")


def _decided(statement: Limit, approach: Approach, deadline: float) -> Evidence:
    if not approach.cases:
        return unsettled("the premises contradict each other: nothing satisfies them", Reason.CONTRADICTORY_PREMISES, "limits")
    point = next(_points(approach, ()), None)
    try:
        cases = [_tree(approach, facts, MAX_SPLITS, deadline) for facts in approach.cases]
    except Empty as empty:
        at = next(_points(approach, empty.facts), None)
        where = ", ".join(f"{name} = {value}" for name, value in at.items()) if at else "some parameters"
        return unsettled(
            f"the premises admit no values near the point at {where}" if at != {} else "the premises admit no values near the point",
            Reason.NOTHING_ADMITTED,
            "limits",
        )
    except Different as found:
        return _different(statement, approach, found)
    if point is None:
        return unsettled("no value that satisfies the premises was found", Reason.NOTHING_ADMITTED, "limits")
    return Evidence(
        road="symbolic",
        engine="limits",
        outcome=Outcome.HOLDS,
        note="by leading terms",
        strength=Strength.CERTIFIED,
        trusts=solver.trusts_of({"far"} | rule_names(cases)),
        certificate={"kind": "limit", "cases": cases, "admitted": point},
    )


def _different(statement: Limit, approach: Approach, found: Different) -> Evidence:
    limit = text(approach.names.back(found.limit) if found.limit not in INFINITE else found.limit)
    for witness in _points(approach, found.facts):
        if refuted(statement, witness):
            return Evidence(road="symbolic", engine="limits", outcome=Outcome.FAILS, note=f"the limit is {limit}", witness=witness)
    return unsettled(f"the limit seems to be {limit}, which is not shown equal to the value", Reason.OUT_OF_TIME, "limits")


def _oscillates(statement: Limit, approach: Approach) -> Evidence | None:
    """A way over numbered values of the variable, on which a sine or cosine stands still, with another limit; or None."""
    x = statement.variable
    for witness in itertools.islice(_points(approach, ()), PARAMETERS_OF_WAYS):
        fixed = fix(statement, witness)
        for way in numbered_ways(fixed.expr, x) if fixed is not None else ():
            along = {**witness, x.name: text(way)}
            if refuted(statement, along):
                note = f"it does not tend there for {x.name} = {along[x.name]}, n = 1, 2, 3, …"
                return Evidence(road="symbolic", engine="limits", outcome=Outcome.FAILS, note=note, witness=along)
    return None


def _points(approach: Approach, facts: tuple[Atom, ...]) -> Any:
    """Admitted parameters, by the statement's own names, that satisfy the facts."""
    own = {new: old.name for old, new in approach.parameters.items()}
    for premises in [facts] if facts else approach.cases:
        for point in refute.admitted_points(premises, tuple(own), PARAMETER_POINTS):
            if approach.admits(point):
                yield {own[s]: text(value) for s, value in point.items()}


def _own_names(message: str, approach: Approach) -> str:
    """A message with the statement's own names for the canonical ones."""
    names = {new.name: old.name for old, new in approach.names.names.items()}
    return re.sub(r"\bv[0-9]+\b", lambda match: names.get(match.group(0), match.group(0)), message)


def _proof(sequent: Sequent, deadline: float, seconds: float, depth: int) -> Mapping[str, Any] | None:
    found = search.prove(sequent, min(deadline, time.process_time() + seconds), depth=depth)
    return found if found is not None and rules.holds(sequent, found) else None


def shown(sequent: Sequent, deadline: float) -> bool:
    """Whether a sign is proved."""
    return _proof(sequent, deadline, SIGN_SECONDS, 4) is not None


def _tree(approach: Approach, facts: tuple[Atom, ...], splits: int, deadline: float) -> dict[str, Any]:
    """The certificate under these facts on the parameters, split where a sign is open.

    Raises: Unknown; Different; Empty.
    """
    signs: dict[str, Any] = {}

    def prover(sequent: Sequent) -> bool:
        if key(sequent) not in signs:
            found = _proof(sequent, deadline, SIGN_SECONDS, 4)
            if found is None:
                return False
            signs[key(sequent)] = found
        return True

    try:
        limits = approach.limits(Signs(facts, prover))
    except NeedCase as need:
        return _split(approach, facts, need.expr, splits, deadline)
    except NotAdmitted:
        impossible = _proof(Sequent(facts, rules.NEVER), deadline, SIGN_SECONDS, 3)
        if impossible is None:
            raise Empty(facts) from None
        return {"impossible": impossible}
    return {"signs": signs, "values": [_value(approach, limit, facts, deadline) for limit in limits]}


def _value(approach: Approach, limit: sp.Expr, facts: tuple[Atom, ...], deadline: float) -> list[Any]:
    sequents = approach.obligations(limit, facts)
    proofs: Sequence[Any] = [None] if sequents is None else [_proof(s, deadline, VALUE_SECONDS, 3) for s in sequents]
    if None in proofs:
        raise Different(limit, facts)
    return list(proofs)


def _split(approach: Approach, facts: tuple[Atom, ...], expr: sp.Expr, splits: int, deadline: float) -> dict[str, Any]:
    if splits == 0 or time.process_time() > deadline:
        raise Unknown(f"the sign of {expr} is open")
    open_sign = expr.args[0] if isinstance(expr, sp.Abs) else expr
    defined = [_proof(Sequent(facts, atom), deadline, SIGN_SECONDS, 4) for cases, _ in definedness(open_sign) for atom in cases[0]]
    if None in defined:
        raise Unknown(f"{open_sign} is not surely defined")
    then = []
    for atom in signed(open_sign):
        impossible = _proof(Sequent((*facts, atom), rules.NEVER), deadline, SIGN_SECONDS, 3)
        then.append({"impossible": impossible} if impossible else _tree(approach, (*facts, atom), splits - 1, deadline))
    return {"split": text(open_sign), "defined": defined, "then": then}
