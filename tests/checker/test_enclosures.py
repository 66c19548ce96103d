"""First times on solutions that are enclosed: against closed forms, and what a forged certificate is worth."""

from __future__ import annotations

import dataclasses
import time

import pytest
import sympy as sp
from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st

from proofs.checker import recheck
from proofs.checker.enclosures import Flow, Unenclosed, step
from proofs.engines import decide
from proofs.kernel.statements import FirstTime
from proofs.kernel.verdict import Evidence, Outcome

R = sp.Rational
HALF, TENTH = R(1, 2), R(1, 10)
x, y, k = sp.symbols("x y k", real=True)


def logistic(low, high, start=TENTH, level=HALF):
    """y = 1/(1 + 9 e^(−2t)) from 1/10: ½ at ln 9/2 = 1.09861228866810969…"""
    return FirstTime(says="", velocity={y: 2 * y * (1 - y)}, start={y: start}, expr=y, level=level, low=R(low), high=R(high))


def circle(low, high, level=HALF):
    """(x, y) = (cos t, sin t): y is first ½ at π/6 = 0.5235987755982988…, and again at 5π/6."""
    return FirstTime(says="", velocity={x: -y, y: x}, start={x: R(1), y: R(0)}, expr=y, level=level, low=R(low), high=R(high))


HOLDS = [
    logistic("1.0986122886681096", "1.0986122886681098"),
    logistic(0, 5),
    logistic("1.09", "1.1"),
    circle("0.5235987755982988", "0.5235987755982989"),
    FirstTime(says="", velocity={y: y**2}, start={y: R(1)}, expr=y, level=R(10), low=R("0.8999999999"), high=R("0.9000000001")),
    FirstTime(
        says="", velocity={y: sp.sqrt(2) * y}, start={y: sp.exp(-40)}, expr=y**2, level=R(1), low=R("28.284271"), high=R("28.284272")
    ),
    FirstTime(says="", velocity={x: R(1)}, start={x: R(0)}, expr=x**3 - x, level=R(6), low=R("1.999"), high=R("2.001")),
]
FAILS = [
    logistic("1.0986122886681098", "1.2"),
    logistic("1.09", "1.0986122886681096"),
    logistic(2, 3),
    circle(2, R("2.9")),  # the level is passed before, and once more there
    circle("0.6", R("2.5")),
    circle(0, 20, level=R(11, 10)),  # it is never reached
    logistic("1.5", 3, start=R(3, 4)),  # it is passed at the start
]


def evidence_on(statement):
    return decide(statement, 60)


def window(statement):
    return f"{statement.expr} = {statement.level} in [{statement.low}, {statement.high}]"


@pytest.mark.parametrize("statement", HOLDS, ids=window)
def test_a_first_time_that_lies_there_is_proved_and_replays(statement):
    found = evidence_on(statement)
    assert found.outcome is Outcome.HOLDS, found.note
    assert recheck(statement, found)
    for other in (Outcome.FAILS, Outcome.UNSETTLED, Outcome.ABSENT):
        assert not recheck(statement, dataclasses.replace(found, outcome=other))


@pytest.mark.parametrize("statement", FAILS, ids=window)
def test_a_first_time_that_lies_elsewhere_is_refuted_and_replays(statement):
    found = evidence_on(statement)
    assert found.outcome is Outcome.FAILS, found.note
    assert recheck(statement, found)
    assert not recheck(statement, dataclasses.replace(found, outcome=Outcome.HOLDS))


def test_a_window_whose_end_is_below_the_level_again_is_not_proved():
    found = evidence_on(circle("0.5", 3))
    assert found.outcome is Outcome.UNSETTLED  # sin 3 < 1/2: it was reached, and the end does not show it


@pytest.mark.parametrize(
    "statement",
    [
        dataclasses.replace(logistic(0, 5), velocity={y: sp.sqrt(y)}),
        dataclasses.replace(logistic(0, 5), velocity={y: k * y}),
        dataclasses.replace(logistic(0, 5), start={x: R(1)}),
        dataclasses.replace(logistic(0, 5), where=(y > 0,)),
        dataclasses.replace(logistic(0, 5), expr=sp.exp(y)),
        dataclasses.replace(logistic(0, 5), start={y: sp.log(-1)}),
        FirstTime(says="", velocity={y: y**2}, start={y: R(1)}, expr=y, level=R(10), low=R(1, 2), high=R(2)),  # it is infinite at 1
    ],
    ids=str,
)
def test_what_is_not_enclosed_is_not_decided(statement):
    found = decide(statement, 2)
    assert found.outcome is Outcome.UNSETTLED
    assert found.note
    certificate = {"steps": ["1/8"] * 40, "order": 30, "bits": 200}
    forged = Evidence(road="exact", engine="enclosures", outcome=Outcome.HOLDS, certificate=certificate)
    assert not recheck(statement, forged)


def test_a_certificate_proves_its_own_statement_alone():
    statement = logistic("1.098", "1.099")
    found = evidence_on(statement)
    assert recheck(statement, found)
    for other in (
        logistic("1.098", "1.0985"),
        logistic("1.0987", "1.099"),
        logistic("1.098", "1.099", start=R(1, 11)),
        logistic("1.098", "1.099", level=R(2, 5)),
    ):
        assert not recheck(other, found)


@pytest.mark.parametrize(
    "change",
    [
        lambda record: {**record, "steps": record["steps"][:-1]},
        lambda record: {**record, "steps": record["steps"][1:]},
        lambda record: {**record, "steps": [*record["steps"], "1/8"]},
        lambda record: {**record, "steps": ["1099/1000"]},
        lambda record: {**record, "steps": ["1099/1000", "-1/1000", "1/1000"]},
        lambda record: {**record, "steps": ["0/1", *record["steps"]]},
        lambda record: {**record, "order": 0},
        lambda record: {**record, "order": 1},
        lambda record: {**record, "order": 10**6},
        lambda record: {**record, "bits": 0},
        lambda record: {**record, "bits": 4},
        lambda record: {**record, "bits": 10**9},
        lambda record: {},
    ],
)
def test_a_forged_certificate_is_worth_nothing(change):
    statement = logistic("1.098", "1.099")
    found = evidence_on(statement)
    start = time.process_time()
    assert not recheck(statement, dataclasses.replace(found, certificate=change(dict(found.certificate))))
    assert time.process_time() - start < 60


def test_a_forged_witness_is_worth_nothing():
    early, late = logistic(2, 3), circle(0, 20, level=R(11, 10))
    for statement in (early, late):
        found = evidence_on(statement)
        assert not recheck(statement, dataclasses.replace(found, witness={"t": "5/2"}))
        assert not recheck(statement, dataclasses.replace(found, witness=None))
        assert not recheck(
            statement, dataclasses.replace(found, certificate={**found.certificate, "steps": found.certificate["steps"][:-1]})
        )


@given(
    start=st.fractions(min_value="1/100", max_value="99/100", max_denominator=1000),
    length=st.fractions(min_value="1/1000", max_value="1/8", max_denominator=1000),
    order=st.integers(1, 40),
    share=st.fractions(min_value=0, max_value=1, max_denominator=50),
)
def test_a_step_holds_the_solution_along_it_and_at_its_end(start, length, order, share):
    """Of y' = 2y(1 − y), which is 1/(1 + (1/y(0) − 1) e^(−2t)), from every y(0) in a ball."""
    with ctx.workprec(200):
        flow = Flow.of(logistic(0, 1))
        low, high = fmpq(start.numerator, start.denominator), fmpq(start.numerator, start.denominator) * fmpq(1001, 1000)
        h = fmpq(length.numerator, length.denominator)
        taken = step(flow, (arb(low).union(arb(high)),), h, order)
        for first in (low, (low + high) / 2, high):

            def solution(t, first=first):
                return 1 / (1 + (1 / arb(first) - 1) * (-2 * arb(t)).exp())

            assert taken.end[0].contains(solution(h))
            assert taken.along[0].contains(solution(h * fmpq(share.numerator, share.denominator)))


def test_a_step_that_no_ball_holds_is_refused():
    with ctx.workprec(200), pytest.raises(Unenclosed):
        step(Flow.of(logistic(0, 1)), (arb(1) / 10,), fmpq(20), 30)


def test_the_remainder_is_taken_over_the_whole_step():
    """The third-order term of the start alone would miss the solution at the end of a long step."""
    with ctx.workprec(200):
        flow, h = Flow.of(logistic(0, 1)), arb(fmpq(1, 4))
        solution = 1 / (1 + 9 * (-2 * h).exp())
        assert step(flow, (arb(1) / 10,), fmpq(1, 4), 3).end[0].contains(solution)
        (series,) = flow.coefficients((arb(1) / 10,), 3)
        assert not sum((coefficient * h**k for k, coefficient in enumerate(series)), arb(0)).contains(solution)


def forged(outcome, steps, witness=None):
    return Evidence(
        road="exact", engine="enclosures", outcome=outcome, certificate={"steps": steps, "order": 30, "bits": 300}, witness=witness
    )


def test_a_level_that_is_passed_within_a_step_is_not_missed():
    """sin t first reaches 99/100 at 1.43, and all these steps end below it until t = 7.85."""
    steps = ["7/20"] * 22 + ["3/20"]
    assert not recheck(circle(7, "7.85", level=R(99, 100)), forged(Outcome.HOLDS, steps))
    assert recheck(circle(0, "1.5", level=R(99, 100)), forged(Outcome.HOLDS, ["1/4"] * 6))


def test_a_run_that_starts_at_the_level_or_above_it_does_not_reach_it_later():
    for start in (R(1, 2), R(3, 4)):
        assert not recheck(logistic(0, 1, start=start), forged(Outcome.HOLDS, ["1/8"] * 8))
        assert not recheck(logistic(0, 0, start=start), forged(Outcome.FAILS, [], {"t": "0/1"}))
    assert recheck(logistic(0, 0), forged(Outcome.FAILS, [], {"t": "0/1"}))


HUGE = sp.exp(sp.exp(sp.exp(10)))  # no ball of Arb holds it but the whole line


@pytest.mark.parametrize(("rate", "start"), [(y**2, HUGE), (HUGE * y**2, R(1))], ids=["start", "coefficient"])
def test_a_solution_that_ends_before_is_not_taken_for_one_that_goes_on(rate, start):
    """y is infinite long before x = t is 1; the ball of all numbers holds y, and shows nothing of its existence."""
    statement = FirstTime(says="", velocity={x: R(1), y: rate}, start={x: R(0), y: start}, expr=x, level=R(1), low=HALF, high=R(2))
    assert decide(statement, 2).outcome is Outcome.UNSETTLED
    assert not recheck(statement, forged(Outcome.HOLDS, ["1/2", "3/2"]))
    assert recheck(dataclasses.replace(statement, velocity={x: R(1), y: -y}, start={x: R(0), y: R(1)}), forged(Outcome.HOLDS, ["1/2"] * 4))


def test_that_a_level_is_not_reached_yet_refutes_nothing():
    statement = logistic("1.098", "1.099")
    assert not recheck(statement, forged(Outcome.FAILS, ["1/8"] * 4, {"t": "1/2"}))
    assert not recheck(statement, forged(Outcome.FAILS, ["1/8"] * 9, {"t": "9/8"}))  # it is reached by then, and not before `low`
