"""Objections of the oracle to verdicts: a counterexample, a false witness, a place that is defined, a point that is admitted."""

from __future__ import annotations

import ast
import random
from collections.abc import Mapping

from tests.tools import forms
from tests.tools.oracle import UNDEFINED, UNKNOWN, Claim, Objection, Read, admits, admitted_points, form, names, parse, read, truth


def counterexample(claim: Claim, count: int = 200, seed: int = 5) -> Objection | None:
    """An objection to `proved`: an admitted point at which the statement as written is false or not defined."""
    given, rng = read(claim), random.Random(seed)
    for goal in given.goals:
        if form(goal):
            found = forms.objection_to_proved(goal, given, rng, count)
            if found is not None:
                return found
            continue
        for at in admitted_points(given, rng, count):
            verdict = truth(goal, at)
            if verdict is False or verdict == UNDEFINED:
                return Objection(at, "false" if verdict is False else "not defined")
    return None


def witness_point(witness: Mapping[str, str]) -> dict[str, ast.expr]:
    """A witness as the tool gives it: exact values as texts."""
    return {name: parse(str(text)) for name, text in witness.items()}


def objection_to_refuted(claim: Claim, witness: Mapping[str, str] | None, seed: int = 5) -> Objection | None:
    """An objection to `refuted` by this witness: it does not satisfy the premises, or the statement is not false there.

    Where that is not known at the witness, there is no objection.
    """
    given = read(claim)
    at = witness_point(witness or {})
    if all(form(goal) for goal in given.goals):
        return forms.objection_to_refuted(given, at, random.Random(seed))
    missing = [x for x in names([*given.goals]) if x not in at] if not any(form(g) for g in given.goals) else []
    if missing:
        return Objection(at, f"no value of {', '.join(missing)}")
    if any(form(goal) for goal in given.goals):
        return None
    verdicts = [truth(p, at) if set(names([p])) <= set(at) else UNKNOWN for p in given.premises]
    if False in verdicts or UNDEFINED in verdicts:
        return Objection(at, "a premise does not hold")
    results = [truth(goal, at) for goal in given.goals]
    if UNDEFINED in results:
        return Objection(at, "the statement is not defined")
    if all(r is True for r in results):
        return Objection(at, "the statement is true")
    return None


def objection_to_place(claim: Claim, place: Mapping[str, str]) -> Objection | None:
    """An objection to "not defined at this place": the premises do not hold there, or the statement is defined there."""
    given, at = read(claim), witness_point(place)
    if any(form(goal) for goal in given.goals) or not set(given.variables) <= set(at):
        return None
    if admits(given.premises, at) is False:
        return Objection(at, "a premise does not hold")
    if not {truth(goal, at) for goal in given.goals} & {UNDEFINED, UNKNOWN}:
        return Objection(at, "the statement is defined")
    return None


def objection_to_contradiction(claim: Claim, count: int = 200, seed: int = 5) -> Objection | None:
    """An objection to "nothing satisfies the premises": an admitted point."""
    given = read(claim)
    given = Read([], given.premises, names(given.premises))
    at = next(admitted_points(given, random.Random(seed), count), None)
    return None if at is None else Objection(at, "the premises hold")
