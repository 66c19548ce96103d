"""The re-check refuses certificates and witnesses that were tampered with, or that belong to another statement."""

from __future__ import annotations

import copy
import dataclasses
import functools
from collections.abc import Iterator
from typing import Any

import pytest
import sympy as sp

from proofs.checker import holds, monotone, recheck
from proofs.engines import decide
from proofs.kernel.reader import read_statement
from proofs.kernel.statements import Holds, Increasing, Known
from proofs.kernel.terms import joined
from proofs.kernel.verdict import Evidence, Outcome, Strength
from tests.tools.statements import limit, supremum

x, y = sp.symbols("x y", real=True)
n = sp.Symbol("n", integer=True, positive=True)
oo = sp.oo


def holding(condition, *where, known=()):
    return Holds(says="s", condition=condition, where=where, known=known)


TRUE = [
    holding(sp.And(x**2 >= 0, x + 1 > 0, sp.sqrt(x) + 1 > 0), x >= 0),
    holding(x**2 + y**2 >= 2 * x * y),
    holding(sp.Or(x > 0, y > 0), x + y > 0),
    holding(1 / x + 1 / y > 0, joined(sp.Or, x > 1, x > 2), y > 0),
    holding(x + y**2 > 1, x > 2, known=(Known(where=(x > 1,), condition=x + y**2 > 1),)),
    holding(sp.Eq(sp.sqrt(x**2 + 2 * x + 1), sp.Abs(x + 1)), sp.Ne(x, 0)),
    holding(sp.log(x) <= x - 1, x > 0),
    holding(sp.Ge(n, 1, evaluate=False)),
    Increasing(says="s", expr=x**3 + 1 / x, variable=x, where=(x > 2,)),
    Increasing(says="s", expr=x**3, variable=x),
    Increasing(says="s", expr=sp.sqrt(x), variable=x, where=(x >= 0,)),
    supremum(x / (x + 1), 0, oo, 1),
    supremum(x / (x + 1), 0, oo, 1, attained=False),
    supremum(x * (1 - x), 0, 1, "1/4", attained=True),
    supremum(x / (x + 1), 0, oo, None, attained=False),
    supremum(-(x**2), -oo, oo, None, attained=True),
    supremum(x, 0, oo, oo),
    supremum(y * x - x**2, 0, oo, y**2 / 4, where=(y > 0,)),
    supremum(x, 0, 2, 2, where=(x < 2,)),
    limit(sp.sin(x) / x, 0, 1),
    limit(y * x, oo, oo, y > 0),
    limit(sp.exp(-y * x), oo, 0, y > 0),
    limit((1 + y / x) ** x, oo, sp.exp(y)),
    limit(sp.Abs(y) * x / (x + 1), oo, sp.Abs(y)),
    limit(1 / x, 0, oo, x > 0),
    limit(sp.log(y * x) / sp.log(x), oo, 1, y > 0),
]
FALSE = [
    holding(x**2 >= x),
    holding(sp.Or(x > 0, y > 0), x + y >= 0),
    holding(n * (n - 1) > 0),
    holding(sp.Eq(sp.sqrt(x**2), x)),
    Increasing(says="s", expr=x**2, variable=x, where=(x > -1,)),
    supremum(x / (x + 1), 0, oo, "1/2"),
    supremum(x / (x + 1), 0, oo, 2),
    supremum(x * (1 - x), 0, 1, "1/4", attained=False),
    supremum(x / (x + 1), 0, oo, 1, attained=True),
    supremum(x / (x + 1), 0, oo, None, attained=True),
    supremum(x, 0, oo, None, attained=True),
    supremum(1 / (x + 1), 0, oo, oo),
    limit(sp.sin(x) / x, 0, 2),
    limit(y * x, oo, oo, y >= 0),
    limit(1 / x, 0, oo),
]
SECONDS = 10.0


def named(of):
    return str(of.condition if isinstance(of, Holds) else (of.expr, getattr(of, "value", None), getattr(of, "attained", None)))


@functools.cache
def evidence_of(true):
    return decide(true, SECONDS)


def lists_in(data: Any) -> Iterator[list[Any]]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key not in ("args",):
                yield from lists_in(value)
    elif isinstance(data, list):
        yield data
        for value in data:
            yield from lists_in(value)


def tampered(certificate: Any) -> Iterator[Any]:
    """The certificate with one proof or record less, one twice, or one rule that does not exist."""
    for index, found in enumerate(lists_in(certificate)):
        for change in ("less", "more"):
            if found:
                changed = copy.deepcopy(certificate)
                place = list(lists_in(changed))[index]
                if change == "less":
                    del place[-1]
                else:
                    place.append(copy.deepcopy(place[-1]))
                yield changed
    for key in certificate.keys() - {"kind"}:
        yield {k: v for k, v in certificate.items() if k != key}


@pytest.mark.parametrize("true", TRUE, ids=named)
def test_a_certificate_stands_as_it_is_and_in_no_changed_form(true):
    evidence = evidence_of(true)
    assert evidence.outcome is Outcome.HOLDS
    assert recheck(true, evidence)
    for certificate in tampered(dict(evidence.certificate)):
        assert not recheck(true, dataclasses.replace(evidence, certificate=certificate)), certificate
    for other in (Outcome.FAILS, Outcome.UNSETTLED, Outcome.ABSENT):
        assert not recheck(true, dataclasses.replace(evidence, outcome=other))
    assert not recheck(true, dataclasses.replace(evidence, certificate=None))
    assert not recheck(true, dataclasses.replace(evidence, engine="another"))


@pytest.mark.parametrize("false", FALSE, ids=named)
def test_a_refutation_stands_and_no_certificate_of_a_true_statement_does(false):
    evidence = decide(false, SECONDS)
    assert evidence.outcome is Outcome.FAILS
    assert recheck(false, evidence)
    assert not recheck(false, dataclasses.replace(evidence, outcome=Outcome.HOLDS, strength=Strength.CERTIFIED))
    assert not recheck(false, dataclasses.replace(evidence, outcome=Outcome.UNSETTLED))
    for true in TRUE:
        if type(true) is type(false):
            assert not recheck(false, evidence_of(true))
            assert not recheck(true, evidence)


@pytest.mark.parametrize("point", [{}, {"x": "-1"}, {"x": "y"}, {"x": "1/0"}, {"y": "1"}, None, "x", {"x": "import os"}])
def test_a_certificate_needs_a_point_that_its_premises_admit(point):
    true = holding(x + 1 > 0, x >= 0)
    evidence = decide(true, SECONDS)
    assert not recheck(true, dataclasses.replace(evidence, certificate={**evidence.certificate, "admitted": point}))


def test_a_point_of_a_certificate_is_whole_where_its_symbols_are():
    true = holding(sp.Ge(n, 1, evaluate=False))
    evidence = decide(true, SECONDS)
    for value, stands in (("1", True), ("2", True), ("3/2", False), ("0", False), ("-1", False)):
        assert recheck(true, dataclasses.replace(evidence, certificate={**evidence.certificate, "admitted": {"n": value}})) is stands


LIMIT = 60.0  # of processor time, of which each takes less than one


@pytest.mark.parametrize("outcome", [Outcome.ABSENT, Outcome.UNSETTLED])
def test_only_what_holds_or_fails_is_rechecked(outcome):
    statement = Holds(says="s", condition=sp.Ge(x**2, x, evaluate=False))
    found = Evidence(road="exact", engine="holds", outcome=Outcome.FAILS, witness={"x": "1/2"})
    assert holds.recheck(statement, found)
    assert not holds.recheck(statement, Evidence(road="exact", engine="holds", outcome=outcome, witness={"x": "1/2"}))


def read_and_decided(text, where=()):
    (statement,) = read_statement(text, where)
    found = decide(statement, LIMIT)
    assert found.outcome is Outcome.HOLDS
    assert recheck(statement, found)
    return statement, found


def test_a_certificate_of_an_unknown_kind_shows_nothing():
    statement, found = read_and_decided("increasing(x**3, x)")
    for kind in ("nonsense", "", "no two", "holds "):
        assert not monotone.recheck(statement, dataclasses.replace(found, certificate={**found.certificate, "kind": kind}))


def test_evidence_of_the_wrong_kind_is_none():
    assert not recheck(supremum(x, 0, 1, 1), Evidence(road="exact", engine="suprema", outcome=Outcome.UNSETTLED))
