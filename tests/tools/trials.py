"""Trials of rules: a sequent that is false at a point, and where a sequent that suffices for it must be false too."""

from __future__ import annotations

import ast
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import sympy as sp

from proofs.checker.logic import Sequent
from tests.tools import oracle, trees
from tests.tools.forms import exact
from tests.tools.numbers import Look, Number, ball
from tests.tools.oracle import Point, Read
from tests.tools.trees import NotReal

BESIDE = [Fraction(1, 10**k) for k in (2, 3, 6, 9)]
WAY = [*(Fraction(k, 24) for k in range(25)), *BESIDE, *(1 - t for t in BESIDE), *(Fraction(2 * k + 1, 400) for k in range(200))]
FAR = [Fraction(10) ** k for k in (1, 2, 3, 6, 9)]
ON_THE_WAY = 60  # number of points of any kind: a divisor may be zero at one place of the way only


@dataclass
class Trial:
    """A sequent that is false at a point (or of which that is not known: no point), a rule and its arguments."""

    sequent: Sequent
    rule: str
    args: list[sp.Expr]
    at: dict[str, Number] | None = None
    images: tuple[tuple[str, ast.expr], ...] = ()  # values of fresh variables at the image of the point
    way: sp.Symbol | None = None  # the variable along which the rule goes

    def __str__(self) -> str:
        premises = ", ".join(f"{e} {r} 0" for e, r in self.sequent.premises)
        goal = f"{self.sequent.goal[0]} {self.sequent.goal[1]} 0"
        return f"{self.rule}{self.args}: {premises} ⊢ {goal} is false at {self.at}"


def sequent_as_read(sequent: Sequent) -> Read | None:
    """A sequent for the oracle; None where its goal has no real value, which no rule can prove."""
    premises = []
    for premise in sequent.premises:
        try:
            trees.tree(premise[0])
        except NotReal:
            continue
        premises.append(premise)
    try:
        return trees.sequent(premises, sequent.goal)
    except NotReal:
        return None


def counterexample(sequent: Sequent, trial: Trial, rng: random.Random, points: int = 0) -> dict[str, Number] | None:
    """A point at which a sequent is false: the image of the trial's point, on the way that the rule goes, or any of so many others.

    Each rule is justified at one point at a time: where a sequent is false at a point, one of the sequents that suffice for
    it must be false at the image of the point or on the way to it.
    """
    given = sequent_as_read(sequent)
    if given is None:
        return {}
    others = points or (ON_THE_WAY if trial.way is not None else 0)
    for at in itertools.chain(_images(trial, given), oracle.points(given, rng, others)):
        if set(given.variables) <= set(at) and trees.fails_at(given, at):
            return at
    return None


def _images(trial: Trial, given: Read) -> Iterator[dict[str, Number]]:
    at = dict(trial.at or {})
    yield {k: v for k, v in at.items() if k in given.variables}
    for name, node in trial.images:
        yield {**{k: v for k, v in at.items() if k in given.variables}, name: node}  # type: ignore[dict-item]
    if trial.way is None or trial.way.name not in given.variables:
        return
    x, there = trial.way.name, at[trial.way.name]
    ends = [e for arg in trial.args if (e := _near(arg, at)) is not None]
    for end in dict.fromkeys(ends):
        for t in WAY:
            yield {**at, x: end + (there - end) * t}  # type: ignore[operator]
    for far in FAR:
        yield {**at, x: there + far}  # type: ignore[operator]
        yield {**at, x: there - far}  # type: ignore[operator]


def _near(expr: sp.Expr, at: Point) -> Fraction | None:
    """The value at a point, or a rational beside it."""
    try:
        found = exact(trees.tree(expr), at)
    except (NotReal, KeyError):
        return None
    if found is None or isinstance(found, Fraction):
        return found
    return Fraction(float(ball(found, Look(64, False)).mid())).limit_denominator(10**6)
