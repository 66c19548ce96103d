"""Evidence on suprema: what each kind shows, at which parameters, and for which statement."""

from __future__ import annotations

import dataclasses
import time

import pytest
import sympy as sp

from proofs.checker import recheck
from proofs.checker import suprema as checked
from proofs.engines import decide, suprema
from proofs.kernel.statements import Holds, Known, Supremum
from proofs.kernel.verdict import Evidence, Outcome
from tests.tools.limits import later
from tests.tools.statements import supremum

x, y, z = sp.symbols("x y z", real=True)
p = sp.Symbol("p", positive=True)
oo = sp.oo
SECONDS = 10.0


def named(of):
    return str(of.condition if isinstance(of, Holds) else (of.expr, getattr(of, "value", None), getattr(of, "attained", None)))


def grows_to_infinity():
    """The certificate that x tends to oo."""
    return decide(supremum(x, 0, oo, oo), SECONDS).certificate["limit"]


@pytest.mark.parametrize(
    ("certificate", "witness", "of"),
    [
        ({"kind": "unbounded", "at": "oo"}, {}, supremum(x, 0, oo, oo)),  # unbounded, as the statement says
        ({"kind": "unbounded", "at": "oo"}, {}, supremum(x, 0, oo, None, attained=False)),
        ({"kind": "unbounded", "at": "oo", "supremum": "3"}, {}, supremum(x, 0, oo, None, attained=False)),
        (
            {"kind": "the supremum is attained", "approach": "point", "at": "1", "supremum": "1/2"},
            {},
            supremum(x / (x + 1), 0, oo, None, attained=False),
        ),  # a value, not the supremum
        (
            {"kind": "above", "supremum": "-5"},
            {"x": "0"},
            supremum(-(x**2), -oo, oo, None, attained=True),
        ),  # above what the certificate says
        ({"kind": "below", "supremum": "5", "value": "1"}, {}, supremum(-(x**2), -oo, oo, None, attained=True)),
    ],
)
def test_a_refutation_of_a_supremum_that_the_statement_does_not_say_is_none(certificate, witness, of):
    bounds = [decide(supremum(f, a, oo, value), SECONDS).certificate["bound"] for f, a, value in ((x / (x + 1), 0, 1), (-(x**2), -oo, 0))]
    for bound in (None, *bounds):
        found = {**certificate, "limit": grows_to_infinity(), **({"bound": bound} if bound else {})}
        assert not recheck(of, Evidence(road="exact", engine="suprema", outcome=Outcome.FAILS, certificate=found, witness=witness))


def test_an_unbounded_expression_refutes_a_finite_supremum_and_one_that_is_attained():
    evidence = Evidence(
        road="exact",
        engine="suprema",
        outcome=Outcome.FAILS,
        witness={},
        certificate={"kind": "unbounded", "at": "oo", "limit": grows_to_infinity()},
    )
    for of in (supremum(x, 0, oo, 3), supremum(x, 0, oo, None, attained=True), supremum(x, 0, oo, oo, attained=True)):
        assert recheck(of, evidence)
    assert not recheck(supremum(1 / (x + 1), 0, oo, 3), evidence)
    bare = {"kind": "unbounded", "at": "oo"}
    assert not recheck(supremum(x, 0, oo, 3), dataclasses.replace(evidence, certificate=bare))


def test_an_infinite_supremum_is_never_attained():
    unbounded = decide(supremum(x, 0, oo, oo), SECONDS)
    assert unbounded.certificate["kind"] == "unbounded"
    for attained, stands in ((None, True), (False, True), (True, False)):
        of = supremum(x, 0, oo, oo, attained=attained)
        assert recheck(of, unbounded) is stands
        assert (suprema.decide(of, time.process_time() + SECONDS).outcome is Outcome.HOLDS) is stands


def test_an_approach_in_a_limit_shows_no_attainment():
    approached = decide(supremum(x / (x + 1), 0, oo, 1), SECONDS)
    assert approached.certificate["approach"] == "limit"
    assert not recheck(supremum(x / (x + 1), 0, oo, 1, attained=True), approached)


@pytest.mark.parametrize(
    "of",
    [
        supremum(y * x / (x + 1), 0, oo, y, attained=True, where=(y > 0,)),
        supremum(y - x**2, -oo, oo, y, attained=False),
        supremum(y * x / (x + 1), 0, oo, 2 * y, where=(y > 0,)),
    ],
    ids=named,
)
def test_a_refuted_supremum_names_its_parameters(of):
    found = suprema.decide(of, time.process_time() + SECONDS)
    assert found.outcome is Outcome.FAILS
    assert "y" in found.witness
    assert recheck(of, found)


R = sp.Rational


def decided(statement):
    found = suprema.decide(statement, later())
    assert found is not None
    return found


def test_an_expression_below_its_claimed_supremum_stays_below_a_smaller_one():
    for statement in (supremum(x / (x + 1), 0, oo, 2), supremum(1 / (x**2 + 1), -oo, oo, oo), supremum(y * x, 0, 1, 3 * y, where=(y > 0,))):
        found = decided(statement)
        assert found.outcome is Outcome.FAILS
        assert found.certificate["kind"] == "below"
        smaller = sp.sympify(found.certificate["value"])
        assert found.certificate["value"] in found.note
        fixed = checked.fixed(statement, found.witness)
        assert fixed.value == oo or smaller < fixed.value
        assert recheck(statement, found)
        tampered = dataclasses.replace(found, certificate={**found.certificate, "value": "-5"})
        assert not recheck(statement, tampered)
        if fixed.value != oo:
            at_value = dataclasses.replace(found, certificate={**found.certificate, "value": sp.sstr(fixed.value)})
            assert not recheck(statement, at_value)  # a bound, and no smaller one


def test_evidence_of_one_kind_is_none_of_another():
    """Each kind stands for the statement that it was found for, and for none that asks for something else."""
    top = supremum(x * (2 - x), 0, 2, 1)
    open_end = supremum(x / (x + 1), 0, oo, 1)
    unbounded = supremum(x, 0, oo, oo)
    at_point, in_limit, grows = decided(top), decided(open_end), decided(unbounded)
    for attained, stands in ((None, True), (True, True), (False, False)):
        assert recheck(dataclasses.replace(top, attained=attained), at_point) is stands
    for attained, stands in ((None, True), (True, False)):
        assert recheck(dataclasses.replace(open_end, attained=attained), in_limit) is stands
    assert not recheck(dataclasses.replace(open_end, value=sp.Integer(2)), in_limit)
    assert not recheck(dataclasses.replace(open_end, value=R(1, 2)), in_limit)
    assert not recheck(dataclasses.replace(unbounded, value=sp.Integer(7)), grows)
    assert not recheck(dataclasses.replace(unbounded, expr=x / (x + 1)), grows)
    assert not recheck(open_end, dataclasses.replace(in_limit, certificate={**in_limit.certificate, "at": "0"}))
    assert not recheck(open_end, dataclasses.replace(in_limit, certificate={**in_limit.certificate, "at": "nonsense"}))
    assert not recheck(open_end, dataclasses.replace(in_limit, certificate={**in_limit.certificate, "approach": "point"}))
    assert not recheck(top, dataclasses.replace(at_point, certificate={**at_point.certificate, "at": "x"}))
    assert not recheck(top, dataclasses.replace(at_point, certificate={**at_point.certificate, "at": "1/2"}))
    assert not recheck(top, dataclasses.replace(at_point, certificate={**at_point.certificate, "at": "5"}))
    for found, statement in ((at_point, top), (in_limit, open_end), (grows, unbounded)):
        assert not recheck(statement, dataclasses.replace(found, certificate=None))
        assert not recheck(statement, dataclasses.replace(found, outcome=Outcome.FAILS))


def test_an_expression_that_is_not_defined_somewhere_has_no_supremum():
    for statement in (supremum(x + 1 / x, -1, oo, oo), supremum(sp.log(x), -1, oo, oo)):
        assert suprema.decide(statement, later(3)).outcome is not Outcome.HOLDS
        assert decide(checked.defined(statement), 3.0).outcome is Outcome.UNSETTLED
    for statement, everywhere in (
        (supremum(x + 1 / x, 1, oo, oo), True),
        (supremum(sp.sqrt(x - y), 1, oo, oo, where=(y < 1,)), True),
        (supremum(sp.sqrt(x - y), 1, oo, oo, where=(y < 2,)), False),
    ):
        assert (decide(checked.defined(statement), 10.0).outcome is Outcome.HOLDS) is everywhere


def test_what_shows_that_a_value_is_taken_at_a_point():
    of = supremum(p * y, 0, 2, variable=p, where=(p < y + 3, y > 0))
    taken = [h.condition for h in checked.at_point(of, 2 * y, sp.Integer(2))]
    assert sp.Eq(2 * y, 2 * y, evaluate=False) in taken
    assert any(c.has(y) and c.subs(y, 1) == sp.true and c.subs(y, -2) == sp.false for c in taken)  # 2 < y + 3
    assert all(decide(h, 10.0).outcome is Outcome.HOLDS for h in checked.at_point(of, 2 * y, sp.Integer(2)))
    assert {h.where for h in checked.at_point(of, 2 * y, sp.Integer(2))} == {(y > 0,)}
    outside = checked.at_point(supremum(x, 0, 1), sp.Integer(2), sp.Integer(2))
    assert not all(decide(h, 10.0).outcome is Outcome.HOLDS for h in outside)
    undefined = checked.at_point(supremum(1 / x, 0, 1), sp.Integer(1), sp.Integer(0))
    assert decide(undefined[0], 3.0).outcome is Outcome.UNSETTLED


def test_a_statement_at_fixed_parameters():
    of = supremum(y * x + z, y - 1, oo, z, where=(y > 0, x < y))
    fixed = checked.fixed(of, {"y": "2", "z": "sqrt(2)"})
    assert (fixed.expr, fixed.start, fixed.end, fixed.value) == (2 * x + sp.sqrt(2), 1, oo, sp.sqrt(2))
    assert fixed.where == (x < 2,)
    assert checked.fixed(of, {"y": "-2", "z": "1"}) is None  # against the premises
    assert checked.fixed(of, {"y": "2"}) is None
    assert checked.fixed(of, {"y": "2", "z": "w"}) is None
    assert checked.fixed(supremum(x, 0, 1), {}).value is None
    two_of_one_name = supremum(y * sp.Symbol("y", positive=True) * x, 0, 1)
    assert checked.fixed(two_of_one_name, {"y": "2"}) is None


def test_what_is_known_of_all_parameters_is_not_kept_where_they_are_fixed():
    of = dataclasses.replace(supremum(x, 0, y, y, where=(y > 0,)), known=(Known(condition=y > 3),))
    assert checked.fixed(of, {"y": "1"}).known == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [("y/2", y / 2), ("3", sp.Integer(3)), ("w", None), ("1/", None), ("sqrt(y)", sp.sqrt(y)), ("__import__('os')", None)],
)
def test_a_place_is_read_in_the_statements_own_symbols(text, value):
    assert checked.parsed(supremum(y * x, 0, 1), text) == value


def test_infinite_ends_are_read():
    assert [checked.parsed(supremum(x, 0, 1), text) for text in ("oo", "-oo")] == [oo, -oo]


LIMIT = 60.0  # of processor time, of which each takes less than one


def test_a_supremum_that_is_taken_is_stated_as_it_stands():
    taken = Supremum(says="s", expr=sp.Integer(3), variable=x, start=sp.Integer(0), end=sp.Integer(1), value=sp.Integer(3))
    assert isinstance(checked.at_point(taken, sp.Integer(3), sp.Integer(0))[0].condition, sp.Equality)


def test_some_value_refutes_the_supremum_of_nothing_and_no_other():
    def sup(value):
        return Supremum(says="s", expr=x, variable=x, start=sp.Integer(0), end=sp.Integer(1), value=value)

    shown = Evidence(road="exact", engine="suprema", outcome=Outcome.FAILS, witness={"x": "1/2"}, certificate={"kind": "some value"})
    assert checked.recheck(sup(-sp.oo), shown)
    assert not checked.recheck(sup(sp.Integer(1)), shown)
    assert not checked.recheck(sup(sp.oo), shown)
    assert not checked.recheck(sup(-sp.oo), dataclasses.replace(shown, witness={"x": "2"}))


def test_a_supremum_over_positive_values_may_be_taken_below_one():
    positive = sp.Symbol("q", positive=True)
    taken = Supremum(
        says="s", expr=positive * (1 - positive), variable=positive, start=sp.Integer(0), end=sp.Integer(1), value=sp.Rational(1, 4)
    )
    found = decide(taken, LIMIT)
    assert found.outcome is Outcome.HOLDS
    assert recheck(taken, found)


@pytest.mark.parametrize(
    ("assumed", "top", "taken"),
    [
        ({"negative": True}, 1, False),
        ({"negative": True}, 0, False),
        ({"negative": True}, -1, True),
        ({"nonpositive": True}, 1, False),
        ({"nonpositive": True}, 0, True),
        ({"nonzero": True}, 0, False),
        ({"nonzero": True}, 1, True),
        ({"nonnegative": True}, -1, False),
        ({"nonnegative": True}, 0, True),
        ({"positive": True}, 0, False),
        ({"positive": True}, 1, True),
        ({}, 0, True),
    ],
    ids=str,
)
def test_a_supremum_is_taken_only_where_the_sign_of_the_variable_allows_it(assumed, top, taken):
    """−(s − top)² takes 0 at top alone, and the certificate for numbers of any sign shows nothing of those that may not be top."""
    plain, signed = sp.Symbol("s", real=True), sp.Symbol("s", real=True, **assumed)
    of = supremum(-((signed - top) ** 2), -oo, oo, 0, attained=True, variable=signed)
    found = decide(of, LIMIT)
    assert (found.outcome is Outcome.HOLDS and recheck(of, found)) is taken
    of_any_sign = decide(supremum(-((plain - top) ** 2), -oo, oo, 0, attained=True, variable=plain), LIMIT)
    assert of_any_sign.certificate["approach"] == "point"
    assert taken or not recheck(of, of_any_sign)


def test_every_assumption_on_the_variable_is_asked_at_the_point_where_a_supremum_is_taken():
    """A variable that is zero is neither below nor above it; the first of the two alone would let it be 1."""
    zero = sp.Symbol("s", zero=True)
    for point, admitted in ((-1, False), (0, True), (1, False)):
        asked = checked.at_point(supremum(zero, -oo, oo, 0, attained=True, variable=zero), sp.Integer(point), sp.Integer(point))
        assert all(part.condition.doit() == sp.true for part in asked) is admitted
