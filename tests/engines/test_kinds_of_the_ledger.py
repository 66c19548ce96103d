"""The kinds of statement that the ledger needs are decided, and every decision survives its re-check."""

from __future__ import annotations

import dataclasses

import pytest
import sympy as sp

from proofs.engines import decide, recheck
from proofs.kernel.statements import Holds, Increasing, Limit, Supremum
from proofs.kernel.verdict import Evidence, Outcome, Strength
from theory.symbols import R, delta, fraction, gamma, m_majority, m_minority, n_majority, n_minority, p, sigma, t, tau

HALF, ONE = sp.Rational(1, 2), sp.Integer(1)
STRENGTH = sigma / (1 + (sigma * sp.exp(2 * delta) - 1) * sp.exp(-2 * sigma * t))
TIME = sp.log((sigma * sp.exp(2 * delta) - 1) * fraction / (1 - fraction)) / (2 * sigma)
MIDDLE = (p * sp.sqrt(R) + 1 - p) / sp.sqrt(p * R + 1 - p)
SPECTRUM = (m_minority * n_majority + m_majority * n_minority) / (m_majority + m_minority)
GROWS = sigma * sp.exp(2 * delta) > 1
SPLIT = (R >= 1, p < 1)

TRUE = [
    Holds(
        says="closed form solves the equation",
        where=(GROWS, t >= 0),
        condition=sp.Eq(sp.diff(STRENGTH, t), 2 * STRENGTH * (sigma - STRENGTH)),
    ),
    Holds(
        says="fraction is reached at the learning time",
        where=(GROWS, fraction < 1),
        condition=sp.Eq(STRENGTH.subs(t, TIME), fraction * sigma),
    ),
    Holds(says="equal halves", where=(R >= 1,), condition=sp.Eq(MIDDLE.subs(p, HALF), (sp.sqrt(R) + 1) / sp.sqrt(2 * (R + 1)))),
    Holds(says="symbolic exponent", condition=sp.Eq(R ** (HALF - gamma), sp.sqrt(R) * R**-gamma)),
    Holds(
        says="symbolic sizes", condition=sp.Eq(SPECTRUM - n_minority, m_minority * (n_majority - n_minority) / (m_majority + m_minority))
    ),
    Holds(says="middle rate at most one", condition=MIDDLE <= 1, where=SPLIT),
    Holds(says="window bound", condition=1 / sp.sqrt(p) - 1 > 1 / MIDDLE - 1, where=SPLIT),
    Increasing(says="middle rate decreases", expr=-MIDDLE, variable=R, where=(R > 1, p < 1)),
    Increasing(says="window increases", expr=1 / MIDDLE - 1, variable=R, where=SPLIT),
    Supremum(
        says="window bound for any split",
        expr=1 / MIDDLE - 1,
        variable=R,
        start=ONE,
        end=sp.oo,
        value=1 / sp.sqrt(p) - 1,
        attained=False,
        where=(p < 1,),
    ),
    Supremum(
        says="window bound", expr=1 / MIDDLE.subs(p, HALF) - 1, variable=R, start=ONE, end=sp.oo, value=sp.sqrt(2) - 1, attained=False
    ),
    Holds(says="equality at R = 1", condition=sp.Eq(MIDDLE.subs(R, 1), 1), where=(p < 1,)),
    Increasing(says="relative window increases", expr=1 - 1 / sp.sqrt(R), variable=R, where=(R >= 1,)),
    Supremum(says="relative window below one", expr=1 - 1 / sp.sqrt(R), variable=R, start=ONE, end=sp.oo, value=ONE, attained=False),
    Limit(says="window unbounded", expr=sp.sqrt(R) - 1, variable=R, point=sp.oo, value=sp.oo),
    Limit(says="unbounded off half", expr=R ** (HALF - gamma), variable=R, point=sp.oo, value=sp.oo, where=(gamma < HALF,)),
    Holds(says="escape window", condition=R ** sp.Abs(HALF - gamma) - 1 >= 0, where=(R >= 1,)),
    Limit(says="learning time in scaled units", expr=TIME / delta, variable=delta, point=sp.oo, value=1 / sigma, where=(fraction < 1,)),
    Limit(
        says="step below", expr=STRENGTH.subs(t, delta * tau), variable=delta, point=sp.oo, value=sp.Integer(0), where=(sigma * tau < 1,)
    ),
    Limit(says="step above", expr=STRENGTH.subs(t, delta * tau), variable=delta, point=sp.oo, value=sigma, where=(sigma * tau > 1,)),
    Limit(
        says="step at",
        expr=STRENGTH.subs(t, delta * tau),
        variable=delta,
        point=sp.oo,
        value=sigma / (1 + sigma),
        where=(sp.Eq(sigma * tau, 1),),
    ),
    Limit(says="saturates", expr=STRENGTH, variable=t, point=sp.oo, value=sigma),
    Increasing(says="strength increases", expr=STRENGTH, variable=t, where=(GROWS,)),
    Holds(says="interlaces", where=(n_majority >= n_minority,), condition=sp.And(n_majority >= SPECTRUM, n_minority <= SPECTRUM)),
]

FALSE = [
    Holds(says="wrong exponent", condition=sp.Eq(R ** (HALF - gamma), R * R**-gamma), where=(R >= 1,)),
    Holds(says="half the window bound", condition=(1 / sp.sqrt(p) - 1) / 2 > 1 / MIDDLE - 1, where=SPLIT),
    Supremum(
        says="bound too small", expr=1 / MIDDLE.subs(p, HALF) - 1, variable=R, start=ONE, end=sp.oo, value=sp.Rational(2, 5), attained=False
    ),
    Supremum(says="bound too large", expr=1 / MIDDLE.subs(p, HALF) - 1, variable=R, start=ONE, end=sp.oo, value=HALF),
    Supremum(says="attained", expr=1 / MIDDLE.subs(p, HALF) - 1, variable=R, start=ONE, end=sp.oo, value=sp.sqrt(2) - 1, attained=True),
    Limit(says="unbounded beyond half", expr=R ** (HALF - gamma), variable=R, point=sp.oo, value=sp.oo, where=(gamma < 1,)),
    Limit(says="half the learning time", expr=TIME / delta, variable=delta, point=sp.oo, value=1 / (2 * sigma), where=(fraction < 1,)),
    Increasing(says="strength increases from above", expr=STRENGTH, variable=t, where=(sigma * sp.exp(2 * delta) < 1, t >= 0)),
]


@pytest.mark.parametrize("statement", TRUE, ids=lambda s: s.says)
def test_true_statement_holds_and_survives_recheck(statement):
    evidence = decide(statement)
    assert evidence.outcome is Outcome.HOLDS, evidence.note
    assert evidence.strength in (Strength.CERTIFIED, Strength.DERIVED)
    assert recheck(statement, evidence)


@pytest.mark.parametrize("statement", FALSE, ids=lambda s: s.says)
def test_false_statement_fails_with_a_witness_that_survives_recheck(statement):
    evidence = decide(statement)
    assert evidence.outcome is Outcome.FAILS, evidence.note
    assert evidence.witness is not None
    assert recheck(statement, evidence)


@pytest.mark.parametrize("statement", FALSE, ids=lambda s: s.says)
def test_certificate_of_a_true_neighbour_does_not_prove_a_false_statement(statement):
    for neighbour in TRUE:
        if type(neighbour) is type(statement):
            evidence = decide(neighbour)
            assert not recheck(statement, evidence)


def test_bare_claim_of_holds_is_not_accepted():
    bare = Evidence(
        road="exact",
        engine="holds",
        outcome=Outcome.HOLDS,
        strength=Strength.CERTIFIED,
        certificate={
            "kind": "holds",
            "admitted": {"R": "2"},
            "proof": {"cases": [{"defined": [], "goals": [{"choice": 0, "proofs": [{"rule": "signs", "args": [], "then": []}]}]}]},
        },
    )
    false = Holds(says="false", condition=R >= 2, where=(R >= 1,))
    assert not recheck(false, bare)
    assert not recheck(false, dataclasses.replace(bare, outcome=Outcome.FAILS, witness={"R": "3"}))
