"""The engine for first times: it chooses the steps of a rigorous run, and takes more bits where the balls decide nothing."""

from __future__ import annotations

import time
from dataclasses import dataclass
from math import exp

from flint import ctx, fmpq

from proofs.checker.balls import Undefined, rational
from proofs.checker.enclosures import Flow, State, Unenclosed, below, step, value
from proofs.engines.holds import unsettled
from proofs.kernel.statements import FirstTime
from proofs.kernel.verdict import Evidence, Outcome, Reason, Strength

BITS = (288, 576, 1152)
BITS_PER_ORDER = 6  # a step of radius/e² gains e^(−2) = 2^(−2.9) an order; half of the bits are for what the balls lose on the way
SHORTEST = fmpq(1, 2**80)  # of the time up to the next target: a step shorter than this shows that the balls are too wide
LOOKED_AT = 16  # the order of the coefficients that tell how long a step may be


@dataclass
class Path:
    """The steps that were taken, where they lead, and whether expr < level surely all the way."""

    state: State
    time: fmpq
    lengths: list[fmpq]
    under: bool


def decide(statement: FirstTime, deadline: float) -> Evidence:
    """Evidence on a FirstTime statement."""
    for bits in BITS:
        try:
            with ctx.workprec(bits):
                found = _run(statement, bits, deadline)
        except (Unenclosed, Undefined) as error:
            return unsettled(str(error), None, "enclosures")
        if found is not None:
            return found
        if time.process_time() > deadline:
            return unsettled("out of time", Reason.OUT_OF_TIME, "enclosures")
    return unsettled(f"{BITS[-1]} bits do not decide when the level is reached", None, "enclosures")


def _run(statement: FirstTime, bits: int, deadline: float) -> Evidence | None:
    """The evidence by balls of so many bits; None where they decide nothing."""
    flow, order = Flow.of(statement), bits // BITS_PER_ORDER
    low, high = rational(statement.low), rational(statement.high)
    path = Path(flow.start, fmpq(0), [], bool(value(flow.gap, flow.start) < 0))
    if not path.under and not value(flow.gap, flow.start) >= 0:
        return None
    while path.time < high:
        if not path.under and path.time < low:
            return _found(path, order, bits, Outcome.FAILS, "the level is reached before")
        if time.process_time() > deadline or not _advance(flow, path, low, high, order):
            return None
    if path.under:
        return _found(path, order, bits, Outcome.FAILS, "the level is not reached by then")
    return _found(path, order, bits, Outcome.HOLDS, "a rigorous run") if value(flow.gap, path.state) >= 0 else None


def _found(path: Path, order: int, bits: int, outcome: Outcome, note: str) -> Evidence:
    holds = outcome is Outcome.HOLDS
    return Evidence(
        road="exact",
        engine="enclosures",
        outcome=outcome,
        strength=Strength.CERTIFIED if holds else None,
        certificate={"steps": [_text(length) for length in path.lengths], "order": order, "bits": bits},
        witness=None if holds else {"t": _text(path.time)},
        note=f"{note}: {len(path.lengths)} Taylor steps of order {order} in balls of {bits} bits",
    )


def _text(number: fmpq) -> str:
    return f"{number.p}/{number.q}"


def _advance(flow: Flow, path: Path, low: fmpq, high: fmpq, order: int) -> bool:
    """One step further, to `low` and `high` exactly; False where no step that is not too short can be taken."""
    before_low = path.time < low
    target = low if before_low else high
    length = min(_length(flow, path.state), target - path.time)
    shortest = min(length, target * SHORTEST)
    while length >= shortest:
        try:
            taken = step(flow, path.state, length, order)
        except Unenclosed:
            length = length / 2
            continue
        under = path.under and below(flow, taken)
        at_low = before_low and path.time + length == target
        if path.under and not under and (at_low or not value(flow.gap, taken.end) >= 0):
            length = length / 2  # it is not seen that the level is passed, or that it is passed before `low`
            continue
        path.state, path.time, path.under = taken.end, path.time + length, under
        path.lengths.append(length)
        return True
    return False


def _length(flow: Flow, state: State) -> fmpq:
    """A step of e^(−2) of the radius of convergence, as far as a few coefficients tell it; a dyadic number.

    Source: Jorba and Zou, Experimental Mathematics 14 (2005) 99-117, for the share e^(−2).
    """
    series = flow.coefficients(tuple(ball.mid() for ball in state), LOOKED_AT)
    size, *sizes = (max(abs(coordinate[k]) for coordinate in series) for k in (0, LOOKED_AT - 1, LOOKED_AT))
    radii = [(size / largest).root(k) for k, largest in zip((LOOKED_AT - 1, LOOKED_AT), sizes, strict=True) if size > 0 and largest > 0]
    share = min((float(radius.mid()) for radius in radii), default=1.0) * exp(-2)
    return fmpq(*float(f"{share:.3g}").as_integer_ratio())
