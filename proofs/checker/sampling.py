"""Sample values of the variables that satisfy the premises: they guide the search, and one at which the goal fails refutes it."""

from __future__ import annotations

import copy
import functools
import itertools
import random
from collections.abc import Callable, Iterator

import sympy as sp
from flint import ctx, fmpq

from proofs.checker import balls
from proofs.checker.bounds import Bound, variable_bounds
from proofs.checker.logic import Atom, Sequent

BITS = 96
SEED = 20261
SIMPLE = [
    fmpq(v)
    for v in (
        "0",
        "1",
        "2",
        "1/2",
        "-1",
        "3",
        "4",
        "1/3",
        "1/4",
        "9",
        "10",
        "-2",
        "-1/2",
        "1/10",
        "100",
        "3/2",
        "-3",
        "9/10",
        "11/10",
        "1/100",
        "99/100",
        "1000",
        "5",
        "16",
        "-10",
    )
]
POWERS = [fmpq(10) ** power for power in range(-2, 4)]
FIRST = 5  # of the simple values of each variable, all of which are tried together
MOST_TOGETHER = 150
TRIES = 6  # for each point, in each of two ways
FEW_TRIES = 1  # where premises are equations, which points satisfy soon or hardly ever
SIMPLE_SHARE = 0.3  # of the values after them


def truth(atom: Atom) -> Callable[[dict[sp.Symbol, fmpq]], bool | None]:
    """Whether an atom holds at a rational point, by balls, as a function of the point: True, False or None (undecided or undefined)."""
    enclosure, rel = balls.enclosure(atom[0]), atom[1]

    def at_point(at: dict[sp.Symbol, fmpq]) -> bool | None:
        try:
            ball = enclosure(at, None)
        except balls.Undefined:
            return None
        if ball > 0:
            return rel != "=="
        if ball < 0:
            return rel == "!="
        if ball.is_exact() and ball == 0:
            return rel in (">=", "==")
        return None

    return at_point


def points(premises: tuple[Atom, ...], variables: tuple[sp.Symbol, ...], count: int) -> list[dict[sp.Symbol, fmpq]]:
    """Up to `count` rational points that satisfy the premises: simple ones first, then random ones."""
    with ctx.workprec(BITS):
        return list(copy.copy(_points(premises, variables, count, TRIES)))


@functools.lru_cache(maxsize=512)
def _points(premises: tuple[Atom, ...], variables: tuple[sp.Symbol, ...], count: int, tries: int) -> Iterator[dict[sp.Symbol, fmpq]]:
    """The points as they are asked for; a copy of this iterator begins at the first, and no point is sought twice."""
    return itertools.tee(_sought(premises, variables, count, tries), 1)[0]


def _sought(premises: tuple[Atom, ...], variables: tuple[sp.Symbol, ...], count: int, tries: int) -> Iterator[dict[sp.Symbol, fmpq]]:
    bounds, rng = variable_bounds(premises), random.Random(SEED)
    found: set[tuple[fmpq, ...]] = set()
    # Few points satisfy an equation, and at the others no more is asked.
    admits = [truth(premise) for premise in sorted(premises, key=lambda premise: premise[1] != "==")]
    # Simple values together vary the last few variables alone, where there are many: half of the points are scattered.
    for stream, most in ((candidates(bounds, variables, rng), count - count // 2), (_scattered(bounds, variables, rng), count)):
        for at in itertools.islice(stream, tries * count):
            if len(found) >= most:
                break
            if all(premise(at) for premise in admits) and (values := tuple(at.values())) not in found:
                found.add(values)
                yield at


def candidates(bounds: dict[sp.Symbol, Bound], variables: tuple[sp.Symbol, ...], rng: random.Random) -> Iterator[dict[sp.Symbol, fmpq]]:
    """Points within the bounds without end: simple values of all variables together, then simple or random ones of each."""
    if not variables:
        yield {}
        return
    first = (_simple(bounds.get(x, Bound()))[:FIRST] or [random_value(bounds[x], rng)] for x in variables)
    for values in itertools.islice(itertools.product(*first), MOST_TOGETHER):
        yield dict(zip(variables, values, strict=True))
    yield from _scattered(bounds, variables, rng)


def _scattered(bounds: dict[sp.Symbol, Bound], variables: tuple[sp.Symbol, ...], rng: random.Random) -> Iterator[dict[sp.Symbol, fmpq]]:
    """Points of simple or random values, each variable for itself."""
    within = {x: bounds.get(x, Bound()) for x in variables}
    simple = {x: _simple(bound) for x, bound in within.items()}
    while variables:
        yield {
            x: rng.choice(simple[x]) if simple[x] and rng.random() < SIMPLE_SHARE else random_value(bound, rng)
            for x, bound in within.items()
        }


def _simple(bound: Bound) -> list[fmpq]:
    return [v for v in SIMPLE + near_ends(bound) if inside(v, bound)]


def near_ends(bound: Bound) -> list[fmpq]:
    """The ends of a bound, values beside them, and its middle; some may be outside."""
    near = []
    if bound.low is not None:
        near += [bound.low, bound.low + fmpq(1, 1000), bound.low + 1]
    if bound.high is not None:
        near += [bound.high, bound.high - fmpq(1, 1000)]
    if bound.low is not None and bound.high is not None:
        near.append((bound.low + bound.high) / 2)
    return near


def inside(v: fmpq, bound: Bound) -> bool:
    """Whether the value respects the bound."""
    if bound.low is not None and (v < bound.low or (v == bound.low and bound.low_strict)):
        return False
    return not (bound.high is not None and (v > bound.high or (v == bound.high and bound.high_strict)))


def random_value(bound: Bound, rng: random.Random) -> fmpq:
    """A value within the bound: uniform between two ends, else at a distance of any size from the one end or from 0."""
    unit = rng.randrange(1, 998)
    if bound.low is not None and bound.high is not None:
        return bound.low + (bound.high - bound.low) * fmpq(unit, 998)
    scale = fmpq(rng.randrange(1, 1000), 250) * POWERS[rng.randrange(6)]
    if bound.low is not None:
        return bound.low + scale
    if bound.high is not None:
        return bound.high - scale
    return scale * rng.choice([-1, 1])


@functools.lru_cache(maxsize=4096)  # a search comes to the same sequents again, each time with more steps left
def violated(sequent: Sequent, count: int = 40) -> bool:
    """Whether some sample point surely satisfies the premises and surely violates the goal."""
    return violation(sequent, count) is not None


def violation(sequent: Sequent, count: int = 40) -> dict[sp.Symbol, fmpq] | None:
    """A sample point that satisfies the premises and violates the goal, or None."""
    expressions = [sequent.goal[0], *(e for e, _ in sequent.premises)]
    variables = tuple(sorted(set().union(*(e.free_symbols for e in expressions)), key=str))
    tries = FEW_TRIES if any(rel == "==" for _, rel in sequent.premises) else TRIES
    with ctx.workprec(BITS):
        goal = truth(sequent.goal)
        return next((at for at in copy.copy(_points(sequent.premises, variables, count, tries)) if goal(at) is False), None)
