"""The engine of limits: what it decides and what it says."""

from __future__ import annotations

import dataclasses

import pytest
import sympy as sp

from proofs.checker import recheck
from proofs.engines import limits
from proofs.kernel.verdict import Outcome, Reason, Strength
from tests.tools.limits import later
from tests.tools.statements import limit

x, y, z = sp.symbols("x y z", real=True)
POSITIVE = sp.Symbol("p", positive=True)
oo = sp.oo


@pytest.mark.parametrize(
    ("statement", "note", "reason"),
    [
        (limit(1 / x, oo, 0), "by leading terms", None),
        (limit(1 / x, oo, 1), "the limit is 0", None),
        (limit(y + 1 / x, oo, 2 * y), "the limit is y", None),
        (limit(y * x, oo, oo), "the limit is -oo", None),
        (limit(x, 1, x), "the point or the value mentions the variable", Reason.TOO_COMPLEX),
        (limit(x, 1, 1, x < 0), "the premises admit no values near the point", Reason.NOTHING_ADMITTED),
        (limit(x, 1, 1, x > y), "the premises admit no values near the point at y = ", Reason.NOTHING_ADMITTED),
        (limit(sp.sin(x + sp.exp(x)), oo, 0), "the limit is not settled: the terms cancel", Reason.OUT_OF_TIME),
    ],
    ids=str,
)
def test_what_is_said_of_a_limit(statement, note, reason):
    found = limits.decide(statement, later())
    assert found.note.startswith(note), found.note
    assert found.reason is reason


def test_a_limit_that_is_not_settled_is_told_in_the_statements_own_names():
    found = limits.decide(limit(sp.log(y) + 1 / x, oo, sp.log(y)), later())
    assert found.outcome is Outcome.UNSETTLED
    assert "y" in found.note
    assert "v0" not in found.note


@pytest.mark.parametrize(
    ("found", "value", "facts", "outcome"),
    [
        (oo, oo, (), True),
        (oo, -oo, (), False),
        (oo, sp.Integer(1), (), False),
        (y, oo, (), False),
        (-oo, -oo, (), True),
        (y, y, (), True),
        ((y + 1) ** 2, y**2 + 2 * y + 1, (), True),
        (y, z, (), False),
        (y, z, (sp.Eq(y, z),), True),
        (y**2, 4 * y, (sp.Eq(y, 4),), True),
        (sp.Integer(2), sp.Integer(3), (), False),
    ],
    ids=str,
)
def test_a_limit_against_its_value(found, value, facts, outcome):
    expr = {oo: x, -oo: -x}.get(found, found + 1 / x if found not in (oo, -oo) else x)
    statement = limit(expr, oo, value, *facts)
    evidence = limits.decide(statement, later())
    assert (evidence.outcome is Outcome.HOLDS) is outcome
    assert evidence.outcome in (Outcome.HOLDS, Outcome.FAILS)
    assert recheck(statement, evidence)


def test_a_refuted_limit_names_parameters_at_which_it_differs():
    found = limits.decide(limit(y + 1 / x, oo, y**2, y >= 0), later())
    assert found.outcome is Outcome.FAILS
    at = sp.sympify(found.witness["y"])
    assert at >= 0
    assert at != at**2
    found = limits.decide(limit(y * x, oo, oo, y >= 0), later())
    assert found.witness == {"y": "0"}  # the one that makes it false


@pytest.mark.parametrize(
    ("statement", "outcome"),
    [
        (limit(y * x / (y * x + 1), oo, 1, y > 0), Outcome.HOLDS),
        (limit(y * x / (y * x + 1), oo, 1, y >= 0), Outcome.FAILS),
        (limit(sp.Abs(y) * x / (x + 1), oo, y), Outcome.FAILS),
        (limit(sp.Abs(y) * x / (x + 1), oo, y, y >= 0), Outcome.HOLDS),
        (limit(sp.exp(y * x) + z, oo, z, y < 0), Outcome.HOLDS),
        (limit(sp.exp(-y * x) * sp.exp(z * x), oo, 0, y > z), Outcome.HOLDS),
        (limit(sp.exp(-y * x) * sp.exp(z * x), oo, 0, y >= z), Outcome.FAILS),
        (limit(sp.Max(y, z) + 1 / x, oo, y, y > z), Outcome.HOLDS),
        (limit((y * x + z) / (x + 1), oo, y), Outcome.HOLDS),
    ],
    ids=str,
)
def test_limits_in_every_case_of_the_signs_of_their_parameters(statement, outcome):
    found = limits.decide(statement, later())
    assert found.outcome is outcome, found.note
    assert recheck(statement, found)


@pytest.mark.parametrize(
    ("statement", "outcome"),
    [
        (limit(sp.sin(x) / x, 0, 1), Outcome.HOLDS),
        (limit(sp.sin(x) / x, 0, 2), Outcome.FAILS),
        (limit(1 / x, 0, sp.oo, x > 0), Outcome.HOLDS),
        (limit(1 / x, 0, -sp.oo, x < 0), Outcome.HOLDS),
        (limit(1 / x, 0, sp.oo), Outcome.FAILS),
        (limit(1 / x, 0, -sp.oo, x > 0), Outcome.FAILS),
        (limit(1 / x, sp.oo, 0), Outcome.HOLDS),
        (limit(1 / x, -sp.oo, 0), Outcome.HOLDS),
        (limit(sp.exp(x), -sp.oo, 0), Outcome.HOLDS),
        (limit(sp.exp(x), sp.oo, 0), Outcome.FAILS),
        (limit(y * x, sp.oo, sp.oo, y > 0), Outcome.HOLDS),
        (limit(y * x, sp.oo, sp.oo, y >= 0), Outcome.FAILS),
        (limit(y * x, sp.oo, -sp.oo, y > 0), Outcome.FAILS),
        (limit(y + 1 / x, sp.oo, y), Outcome.HOLDS),
        (limit(y + 1 / x, sp.oo, 2 * y), Outcome.FAILS),
        (limit(sp.sqrt(x), 4, 2), Outcome.HOLDS),
        (limit(sp.sqrt(x), 4, 3), Outcome.FAILS),
        (limit(sp.sqrt(x), 0, 0), Outcome.UNSETTLED),
        (limit(sp.sqrt(x), 0, 0, x > 0), Outcome.HOLDS),
        (limit(sp.sin(x), sp.oo, 0), Outcome.FAILS),
        (limit(sp.sin(2 * sp.pi * x), sp.oo, 0), Outcome.FAILS),  # which is 0 at whole numbers
        (limit(sp.cos(2 * sp.pi * x), sp.oo, 1), Outcome.FAILS),
        (limit(x, 1, 1, x < 0), Outcome.UNSETTLED),
        (limit(x, y, y), Outcome.HOLDS),
        (limit((x**2 - y**2) / (x - y), y, 2 * y), Outcome.HOLDS),
        (limit(sp.Abs(x) / x, 0, 1), Outcome.FAILS),
        (limit(sp.Abs(x) / x, 0, 1, x > 0), Outcome.HOLDS),
        (limit(POSITIVE, 0, 0, variable=POSITIVE), Outcome.HOLDS),
        (limit(1 / POSITIVE, 0, sp.oo, variable=POSITIVE), Outcome.HOLDS),
        (limit(sp.log(POSITIVE), 0, -sp.oo, variable=POSITIVE), Outcome.HOLDS),
        (limit(x, 1, x), Outcome.UNSETTLED),
        (limit(sp.exp(y * x), sp.oo, 0, y < 0), Outcome.HOLDS),
    ],
    ids=str,
)
def test_limits_are_decided_and_decided_again(statement, outcome):
    found = limits.decide(statement, later())
    assert found.outcome is outcome, found.note
    assert recheck(statement, found) is (outcome is not Outcome.UNSETTLED)
    if outcome is Outcome.FAILS:
        assert not recheck(statement, dataclasses.replace(found, outcome=Outcome.HOLDS))
        assert not recheck(statement, dataclasses.replace(found, witness={"y": "z"})) or not statement.expr.has(y)
    if outcome is Outcome.HOLDS:
        assert found.strength is Strength.CERTIFIED
        assert not recheck(dataclasses.replace(statement, value=sp.Integer(7)), found)
    assert (found.strength is not None) is (found.trusts != ()) is (outcome is Outcome.HOLDS)
