"""Limits on every way to the point that the premises admit."""

from __future__ import annotations

import copy
import dataclasses

import pytest
import sympy as sp

from proofs.check import check_statement
from proofs.checker import limits as checked_limits
from proofs.checker import recheck, rules
from proofs.checker.leading import NeedCase, Signs, Unknown
from proofs.checker.limits import Approach, NotAdmitted
from proofs.engines import decide, limits
from proofs.kernel.reader import read_statement
from proofs.kernel.statements import Known
from proofs.kernel.verdict import Outcome
from proofs.search import proving
from tests.tools.limits import later
from tests.tools.statements import limit

x, y, z = sp.symbols("x y z", real=True)
n = sp.Symbol("n", integer=True)
oo = sp.oo


def shown(sequent):
    found = proving.prove(sequent, later(), 3)
    return found is not None and rules.holds(sequent, found)


def ways(statement):
    """The limits on the admitted ways to the point, in the statement's own names, under the first case of its parameters."""
    approach = Approach(statement)
    return [found if found in (oo, -oo) else approach.names.back(found) for found in approach.limits(Signs(approach.cases[0], shown))]


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        (limit(x, oo, 0), [oo]),
        (limit(x, -oo, 0), [-oo]),
        (limit(x**2 + y, y, 0), [y**2 + y] * 2),
        (limit(1 / x, 0, 0), [oo, -oo]),
        (limit(1 / x, 0, 0, x > 0), [oo]),
        (limit(1 / x, 0, 0, x >= 0), [oo]),
        (limit(1 / x, 0, 0, x < 0), [-oo]),
        (limit(1 / (x - 2), 2, 0, x > 2, x < 3), [oo]),
        (limit(1 / (x - 2), 2, 0, x < 2), [-oo]),
        (limit(1 / (x - 2), 2, 0, sp.Ne(x, 2)), [oo, -oo]),
        (limit(x, oo, 0, x > 10**6), [oo]),
        (limit(x, 2, 0, sp.Or(x > 2, x < 1)), [sp.Integer(2)]),
        (limit(1 / (x - 2), 2, 0, sp.Or(x > 2, x < 2)), [oo, -oo]),
        (limit(sp.log(x), 0, 0, sp.Ge(sp.sqrt(x), 0)), [-oo]),
        (limit(1 / x, 0, 0, sp.Eq(x / sp.Abs(x), 1)), [oo]),
        (limit(1 / (x - y), y, 0, x > y), [oo]),
    ],
    ids=str,
)
def test_every_way_that_the_premises_admit_from_some_place_on_has_its_limit(statement, values):
    found = ways(statement)
    assert len(found) == len(values)
    assert all(a == b or sp.expand(a - b) == 0 for a, b in zip(found, values, strict=True))


@pytest.mark.parametrize(
    "statement",
    [
        limit(x, 2, 2, sp.Eq(x, 2)),
        limit(x, oo, oo, x < 10**6),
        limit(x, -oo, 0, x > -(10**6)),
        limit(x, 0, 0, x > 1),
        limit(x, 0, 0, x > 0, x < 0),
        limit(x, y, 0, x > y + 1),
        limit(x, 0, 0, sp.Ge(sp.sqrt(-x - 1), 0)),
        limit(n, 2, 2, variable=n),
    ],
    ids=str,
)
def test_where_no_way_is_admitted_there_is_no_limit(statement):
    with pytest.raises(NotAdmitted):
        ways(statement)
    assert limits.decide(statement, later(5)).outcome is Outcome.UNSETTLED


def test_the_expression_must_be_defined_on_every_admitted_way():
    for statement in (limit(sp.sqrt(x), 0, 0), limit(x + sp.log(y), 0, sp.log(y), y < 0)):
        with pytest.raises(Unknown, match="not defined"):
            ways(statement)
    with pytest.raises(NeedCase):
        ways(limit(x + sp.log(y), 0, sp.log(y)))
    assert ways(limit(sp.sqrt(x), 0, 0, x > 0)) == [0]


def test_a_limit_at_fixed_parameters():
    of = limit(y * x + z, y, z, y > 0, x < y, known=(Known(condition=z > 0),))
    fixed = checked_limits.fix(of, {"y": "2", "z": "3"})
    assert (fixed.expr, fixed.point, fixed.value, fixed.where, fixed.known) == (2 * x + 3, 2, 3, (x < 2,), ())
    assert checked_limits.fix(of, {"y": "-2", "z": "3"}) is checked_limits.fix(of, {"y": "2"}) is checked_limits.fix(of, {}) is None
    assert checked_limits.fix(limit(x, 1, 1), {}) == limit(x, 1, 1)


def test_evidence_on_a_limit_is_looked_at_again():
    true, false = limit(1 / x, oo, 0), limit(y / x + y, oo, 2 * y, y > 0)
    holds, fails = limits.decide(true, later()), limits.decide(false, later())
    assert recheck(true, holds)
    assert recheck(false, fails)
    assert not recheck(limit(1 / x, oo, 1), holds)
    assert not recheck(limit(y / x + y, oo, y, y > 0), fails)
    assert not recheck(false, dataclasses.replace(fails, witness={"y": "-1"}))
    assert not recheck(true, dataclasses.replace(holds, outcome=Outcome.UNSETTLED))
    assert not recheck(false, dataclasses.replace(fails, witness=None))
    assert holds.trusts == ("leading-term analysis",)
    assert fails.trusts == ()


LIMIT = 60.0  # of processor time, of which each takes less than one


def test_a_limit_of_the_root_of_what_vanishes():
    assert check_statement("limit(sqrt(log(x) - log(x)), x, oo) == 0", [], {}, LIMIT)["verdict"] == "proved"
    assert check_statement("limit(x, x, oo) == oo", ["log(x) - log(x) >= 0"], {}, LIMIT)["verdict"] == "proved"


def read_and_decided(text, where=()):
    (statement,) = read_statement(text, where)
    found = decide(statement, LIMIT)
    assert found.outcome is Outcome.HOLDS
    assert recheck(statement, found)
    return statement, found


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("limit(x*sqrt(y**2)/(x + 1), x, oo) == Abs(y)", ()),
        ("limit((x*y + 1)/(x*y + 2), x, oo) == 1", ("y != 0",)),
        ("limit(x**y, x, oo) == oo", ("y > 0",)),
        ("limit((x + y)/(x + 1), x, oo) == 1", ()),
    ],
)
def test_no_proof_of_a_limit_is_left_over(text, where):
    statement, found = read_and_decided(text, where)
    lists = list(proofs_in(found.certificate))
    assert lists
    for number in range(len(lists)):
        changed = copy.deepcopy(found.certificate)
        list(proofs_in(changed))[number].append({"rule": "signs", "args": [], "then": []})
        assert not recheck(statement, dataclasses.replace(found, certificate=changed))


def proofs_in(node):
    """The lists of a certificate that a rule's own steps are no part of."""
    if isinstance(node, dict) and "rule" not in node:
        for value in node.values():
            yield from proofs_in(value)
    elif isinstance(node, list):
        yield node
        for value in node:
            yield from proofs_in(value)


@pytest.mark.parametrize(
    ("statement", "witness", "against"),
    [
        (limit(sp.sin(x), oo, 0), {"x": "2*pi*n + pi/2"}, True),
        (limit(sp.sin(x), oo, 0), {"x": "pi*(4*n + 1)/2"}, True),
        (limit(sp.sin(x), oo, 0), {"x": "2*pi*n"}, False),  # there it tends to 0
        (limit(sp.sin(x), oo, 0), {"x": "pi*n + pi/2"}, False),  # there it has no limit that is seen
        (limit(sp.sin(x), oo, 0), {"x": "n"}, False),
        (limit(sp.sin(x), oo, 0), {"x": "2*pi*n**2 + 1"}, False),
        (limit(sp.sin(x), oo, 0), {"x": "-2*pi*n - 1"}, False),  # it tends to the other end
        (limit(sp.sin(x), -oo, 0), {"x": "-2*pi*n - 1"}, True),
        (limit(sp.sin(x), oo, 0), {"x": "1 + 2*pi*n", "n": "1"}, True),
        (limit(sp.sin(x), oo, 0), {"x": "1 + 2*pi*m"}, False),
        (limit(sp.sin(x), oo, 0, x < 5), {"x": "2*pi*n + 1"}, False),  # not admitted there
        (limit(sp.cos(1 / x), 0, 1), {"x": "1/(2*pi*n + pi)"}, True),
        (limit(sp.cos(1 / x), 0, 1), {"x": "1/(2*pi*n)"}, False),
        (limit(sp.cos(1 / x), 0, 1, x < 0), {"x": "1/(2*pi*n + pi)"}, False),
        (limit(sp.cos(1 / x), 0, 1, x < 0), {"x": "-1/(2*pi*n + pi)"}, True),
        (limit(sp.cos(1 / x), 1, 1), {"x": "1/(2*pi*n + pi)"}, False),  # it tends to 0 and not to 1
        (limit(sp.cos(x), 0, 0), {"x": "0"}, False),  # it meets the point
        (limit(sp.cos(x), 0, 0), {"x": "0/n"}, False),
        (limit(sp.cos(x), 0, 0), {"x": "1/n"}, True),
        (limit(sp.sin(y * x), oo, 0, y > 0), {"x": "2*pi*n + pi/2", "y": "1"}, True),
        (limit(sp.sin(y * x), oo, 0, y > 0), {"x": "2*pi*n + pi/2", "y": "-1"}, False),
        (limit(sp.sin(sp.pi * n), oo, 1, variable=n), {"n": "n"}, False),  # whole numbers have ways of their own
        (limit(sp.cos(x) / (2 + sp.sin(x)), oo, 0), {"x": "2*pi*n"}, True),  # on this way, and not on all, it is seen to be defined
        (limit(1 / sp.sin(x), oo, 0), {"x": "2*pi*n"}, False),  # not defined there
        (limit(sp.sin(x), oo, 0, sp.Gt(sp.cos(x), 0)), {"x": "2*pi*n + pi/3"}, True),
        (limit(sp.sin(x), oo, 0, sp.Gt(sp.cos(x), 0)), {"x": "2*pi*n + 2*pi/3"}, False),
        (limit(sp.exp(sp.sin(x) * x), oo, 0), {"x": "2*pi*n + pi/2"}, True),
        (limit(sp.exp(sp.sin(x) * x), oo, oo), {"x": "2*pi*n + pi/2"}, False),
    ],
    ids=str,
)
def test_a_numbered_way_speaks_against_a_limit_only_where_it_tends_to_the_point_and_the_value_elsewhere(statement, witness, against):
    assert checked_limits.refuted(statement, witness) is against
