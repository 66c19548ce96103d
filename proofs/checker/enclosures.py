"""First times on a solution of a polynomial system, by balls: the solution is enclosed step by step over its whole path.

A step from a ball X of states over the times 0 to h, for y' = f(y), has two parts. First a bounded ball P of states is found with
X + [0, h] f(P) inside P: then the solution from every state in X exists on the whole step and stays in P (Picard and
Lindelöf). Then Taylor's formula with the remainder of Lagrange holds in every coordinate,

    y(h) ∈ Σ_(k<N) y_k(X) h^k + y_N(P) h^N,

with y_k the Taylor coefficients of the solution through a state, by the recurrence (k + 1) y_(k+1) = f(y)_k. A certificate is a
list of step lengths, with order and precision: none of it is believed, since P is found anew in each step.

Source: Moore, Interval Analysis (1966), chapter 11.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul
from typing import Any

import sympy as sp
from flint import arb, ctx, fmpq

from proofs.checker import balls
from proofs.kernel.statements import FirstTime
from proofs.kernel.verdict import Evidence, Outcome

MOST_BITS, MOST_ORDER, MOST_STEPS = 20_000, 400, 100_000
ATTEMPTS = 12  # at finding a ball that holds a step; each is an eighth wider than what the one before it reached
Monomials = tuple[tuple[Any, tuple[int, ...]], ...]  # coefficients, and the places of the factors in the state
State = tuple[Any, ...]


class Unenclosed(ValueError):
    """The solution is not enclosed: the system is not polynomial, or a step is too long."""


def monomials(expr: sp.Expr, state: Sequence[sp.Symbol]) -> Monomials:
    """A polynomial in the state as coefficients and factors; raises Unenclosed for anything else."""
    try:
        poly = sp.Poly(expr, *state)
    except sp.PolynomialError as error:
        raise Unenclosed(f"{expr} is no polynomial in the state") from error
    if poly.free_symbols - set(state):
        raise Unenclosed(f"{expr} has other symbols than the state")
    return tuple(
        (balls.value(coefficient), tuple(place for place, power in enumerate(powers) for _ in range(power)))
        for powers, coefficient in poly.terms()
    )


def value(poly: Monomials, state: State) -> Any:
    """The ball of a polynomial at a ball of states."""
    total = arb(0)
    for coefficient, factors in poly:
        product = coefficient
        for place in factors:
            product = product * state[place]
        total = total + product
    return total


@dataclass(frozen=True)
class Flow:
    """A statement as balls in the current precision: f, the start, expr − level, and its derivative along the flow."""

    velocity: tuple[Monomials, ...]
    start: State
    gap: Monomials
    slope: Monomials

    @classmethod
    def of(cls, statement: FirstTime) -> Flow:
        """Raises Unenclosed where the system is not polynomial in the state, with closed real coefficients."""
        state = tuple(statement.velocity)
        if set(statement.start) != set(state) or statement.where or statement.known:
            raise Unenclosed("the velocity and the start must be of the same variables, and there are no premises")
        gap = statement.expr - statement.level
        slope = sum(sp.diff(gap, variable) * rate for variable, rate in statement.velocity.items())
        return cls(
            tuple(monomials(rate, state) for rate in statement.velocity.values()),
            tuple(balls.value(statement.start[variable]) for variable in state),
            monomials(gap, state),
            monomials(sp.sympify(slope), state),
        )

    def rates(self, state: State) -> State:
        """f at a ball of states."""
        return tuple(value(rate, state) for rate in self.velocity)

    def coefficients(self, state: State, order: int) -> list[list[Any]]:
        """y_0, …, y_order of each coordinate, through a ball of states."""
        series: list[list[Any]] = [[start] for start in state]
        known: dict[tuple[int, ...], list[Any]] = {(): [arb(1), *(arb(0),) * order]}  # of a product, the coefficients up to the k-th

        def product(factors: tuple[int, ...]) -> list[Any]:
            """The coefficients of a product of coordinates, a list that grows with k, after that of all but its last factor."""
            if len(factors) == 1:
                return series[factors[0]]
            if factors not in known:
                rest = product(factors[:-1])
                convolved.append((known.setdefault(factors, []), rest, series[factors[-1]]))
            return known[factors]

        convolved: list[tuple[list[Any], list[Any], list[Any]]] = []
        rates = [[(c, product(factors)) for c, factors in rate] for rate in self.velocity]
        for k in range(order):
            for done, rest, last in convolved:
                done.append(sum(map(mul, rest[: k + 1], last[k::-1]), arb(0)))
            found = [sum((c * done[k] for c, done in rate), arb(0)) / (k + 1) for rate in rates]
            for coordinate, new in zip(series, found, strict=True):
                coordinate.append(new)
        return series


@dataclass(frozen=True)
class Step:
    """A step: balls of the states along it, and at its end."""

    along: State
    end: State


def step(flow: Flow, state: State, length: fmpq, order: int) -> Step:
    """The solution from a ball of states over one step.

    Raises: Unenclosed where no ball is found that holds the step.
    """
    along = _along(flow, state, length)
    h = arb(length)
    taylor, rest = flow.coefficients(state, order - 1), flow.coefficients(along, order)
    end = []
    for coefficients, remainder in zip(taylor, rest, strict=True):
        total = remainder[order]
        for coefficient in reversed(coefficients):
            total = total * h + coefficient
        end.append(total)
    return Step(along, tuple(end))


def _along(flow: Flow, state: State, length: fmpq) -> State:
    """A ball P of states with X + [0, h] f(P) inside P, and bounded: where P is all numbers, this says nothing of a solution."""
    times = arb(length / 2, length / 2)
    held = state
    for attempt in range(ATTEMPTS):
        reached = tuple(x + times * rate for x, rate in zip(state, flow.rates(held), strict=True))
        if attempt and all(ball.is_finite() and ball.contains(new) for ball, new in zip(held, reached, strict=True)):
            return reached
        held = tuple(arb(ball.mid(), ball.rad() * arb(fmpq(9, 8))) for ball in reached)
    raise Unenclosed(f"a step of length {length} is not held by any ball that was tried")


def below(flow: Flow, taken: Step) -> bool:
    """Whether expr < level surely on the whole step: by its ball, or since it increases to its end."""
    if value(flow.gap, taken.along) < 0:
        return True
    return bool(value(flow.slope, taken.along) > 0 and value(flow.gap, taken.end) < 0)


def recheck(statement: FirstTime, evidence: Evidence) -> bool:
    """Whether the evidence on a FirstTime statement stands up: the path is enclosed again, by the steps that are named."""
    record = evidence.certificate or {}
    lengths, order, bits = [fmpq(*map(int, text.split("/"))) for text in record["steps"]], int(record["order"]), int(record["bits"])
    if not (0 < order <= MOST_ORDER and 0 < bits <= MOST_BITS and len(lengths) <= MOST_STEPS and all(h > 0 for h in lengths)):
        return False
    low, high = balls.rational(statement.low), balls.rational(statement.high)
    with ctx.workprec(bits):
        time, gap, under = _walk(statement, lengths, order)
        if evidence.outcome is Outcome.HOLDS:
            return time == high and under >= max(low, fmpq(0)) and bool(gap >= 0)
        if evidence.outcome is not Outcome.FAILS or fmpq(*map(int, (evidence.witness or {})["t"].split("/"))) != time:
            return False
        return (under == time and time >= high) or (time < low and bool(gap >= 0))


def _walk(statement: FirstTime, lengths: Sequence[fmpq], order: int) -> tuple[fmpq, Any, fmpq]:
    """The time at the end of the steps, expr − level there, and up to which time it is surely negative (−1 where it is not at 0)."""
    flow, time = Flow.of(statement), fmpq(0)
    state, under = flow.start, time if value(flow.gap, flow.start) < 0 else fmpq(-1)
    for length in lengths:
        taken = step(flow, state, length, order)
        if under == time and below(flow, taken):
            under = time + length
        time, state = time + length, taken.end
    return time, value(flow.gap, state), under
