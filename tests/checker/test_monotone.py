"""Functions that increase: what two points and derivatives show, and what they do not."""

from __future__ import annotations

import dataclasses
import time

import pytest
import sympy as sp

from proofs.checker import monotone, recheck
from proofs.engines import decide, holds
from proofs.kernel.statements import Increasing, Known
from proofs.kernel.verdict import Outcome

x, y = sp.symbols("x y", real=True)
n = sp.Symbol("n", integer=True, positive=True)
SECONDS = 10.0


def test_growth_is_asked_of_two_points():
    grows = Increasing(says="s", expr=x * y, variable=x, where=(x > 0, y > 0), known=(Known(where=(x > 1,), condition=y > x),))
    pairs = monotone.two_points(grows)
    (u,) = pairs.condition.free_symbols - {x, y}
    assert (u.name, u.is_real, u.is_positive) == ("x_second", True, None)
    assert pairs.condition == sp.Gt(u * y, x * y, evaluate=False)
    assert pairs.where == (x > 0, y > 0, u > 0, sp.Gt(u, x, evaluate=False))
    assert pairs.known == (grows.known[0], Known(where=(u > 1,), condition=y > u))


@pytest.mark.parametrize("taken", ["x_second", "x_second x_second_", "x_second x_second__"])
def test_the_second_point_has_a_name_that_nothing_has(taken):
    others = [sp.Symbol(name, real=True) for name in taken.split()]
    for expr, where in ((x * sp.Add(*others), ()), (x, tuple(other > 0 for other in others))):
        pairs = monotone.two_points(Increasing(says="s", expr=expr, variable=x, where=where))
        free = pairs.condition.free_symbols.union(*(w.free_symbols for w in pairs.where)) - {x, *others}
        assert len(free) == 1
        assert not {s.name for s in free} & {x.name, *(other.name for other in others)}


def at(value):
    return {sp.Symbol("v0", real=True): sp.Integer(value)}


def growth(expr, *where, variable=x):
    return Increasing(says="s", expr=expr, variable=variable, where=where)


@pytest.mark.parametrize(
    ("grows", "moves", "sequents"),
    [
        (growth(x**3), None, [((), "3*v0**2 > 0")]),
        (growth(x**3), 1, [((), "3*v0**2 >= 0")]),
        (growth(x**3), 0, None),
        (growth(x**3, x > 1), 1, None),
        (growth(x**2, x >= 0), None, [(("v0 > 0",), "2*v0 > 0")]),
        (growth(x**2, x > 0, x <= 5), None, [(("v0 > 0", "5 - v0 > 0"), "2*v0 > 0")]),
        (growth(sp.sqrt(x), x >= 0), None, [(("v0 > 0",), "v0 > 0"), (("v0 > 0",), "1/(2*sqrt(v0)) > 0")]),
        (growth(x * y, y > 0), None, [(("v1 > 0",), "v1 > 0")]),
        (growth(x * y, y > 0), 1, None),
        (growth(x**3 + y, y > 0), 1, None),
        (growth(x * y, y >= x), None, [(("v1 - v0 > 0",), "v1 > 0")]),
        (growth(x**2, x * y > 0), None, None),
        (growth(x, sp.Ne(x, 0)), None, None),
        (growth(x, 2 * x > 1), None, None),
        (growth(x, sp.Eq(x, 1)), None, None),
        (growth(sp.Abs(x)), None, None),
        (growth(sp.Max(x, 1)), None, None),
        (growth(sp.Integer(3)), 1, None),
        (growth(n, variable=n), None, None),
        (growth(x, sp.Or(x > 1, x < 0)), None, None),
    ],
    ids=str,
)
def test_what_suffices_for_growth(grows, moves, sequents):
    problem = monotone.one_point(grows)
    found = None
    if len(problem.cases) == 1:
        facts = holds.prove_defined(problem.cases[0], problem.needs(), time.process_time() + 25)
        assert facts is not None
        found = monotone.slope_sequents(grows, problem, facts[0], None if moves is None else at(moves))
    if sequents is None:
        assert found is None
        return
    names = {s.name: s for s in problem.names.names.values()}

    def atom(text):
        expr, rel, _ = text.rsplit(" ", 2)
        return sp.sympify(expr, names), rel

    assert [s.goal for s in found] == [atom(goal) for _, goal in sequents]
    for one, (premises, _) in zip(found, sequents, strict=True):
        assert (
            set(map(atom, premises))
            <= set(one.premises)
            <= set(map(atom, premises)) | {(e, r) for e, r in facts[0]} | {s.goal for s in found}
        )


def test_what_is_constant_in_disguise_does_not_grow():
    constant = growth((x + 1) ** 2 - x**2 - 2 * x)
    assert monotone.slope_sequents(constant, monotone.one_point(constant), (), at(1)) is None
    assert decide(constant, SECONDS).outcome is Outcome.FAILS


@pytest.mark.parametrize("moves", ["0", "oo", "y", "", None])
def test_growth_with_a_derivative_that_vanishes_names_a_point_at_which_it_does_not(moves):
    found = decide(growth(x**3), SECONDS)
    assert recheck(growth(x**3), found)
    assert sp.Rational(found.certificate["moves"]["x"]) != 0
    changed = {**found.certificate, "moves": {"x": moves} if moves is not None else {}}
    assert not recheck(growth(x**3), dataclasses.replace(found, certificate=changed))


def test_a_derivative_shows_nothing_where_the_range_is_no_interval():
    found = decide(growth(x**3 + x), SECONDS)
    assert found.certificate["kind"] == "derivative"
    assert recheck(growth(x**3 + x), found)
    for where in ((sp.Ne(x, 0),), (sp.Or(x < 0, x > 1),), (x**2 > 1,)):
        assert not recheck(growth(x**3 + x, *where), found)


def test_growth_is_stated_as_it_stands():
    constant = Increasing(says="s", expr=sp.Integer(3), variable=x)
    assert isinstance(monotone.two_points(constant).condition, sp.StrictGreaterThan)
    nowhere = Increasing(says="s", expr=x, variable=x, where=(x > 0, x < 0))
    assert monotone.inside(monotone.one_point(nowhere), (), sp.Symbol("v0", real=True)) is None


def test_growth_of_several_variables_is_not_shown_by_one_point_of_them():
    grows = Increasing(says="s", expr=x**3 + y, variable=x, where=(y > 0,))
    problem = monotone.one_point(grows)
    names = list(problem.names.names.values())
    assert len(names) == 2
    assert monotone.slope_sequents(grows, problem, problem.cases[0], dict.fromkeys(names, sp.Integer(1))) is None
    anywhere = dataclasses.replace(grows, where=())
    problem = monotone.one_point(anywhere)
    assert monotone.slope_sequents(anywhere, problem, problem.cases[0], {problem.names.to(x): sp.Integer(1)}) is None
