"""Relations, their cases, and what an expression needs to be defined."""

from __future__ import annotations

import itertools
import random

import pytest
import sympy as sp

from proofs.check import check_statement
from proofs.checker import logic, witness
from proofs.checker.logic import TooComplex
from proofs.kernel.statements import Known
from proofs.kernel.terms import joined

x, y = sp.symbols("x y", real=True)
RELATIONS = [x > 0, x >= 1, x < 2, x <= 0, sp.Eq(x, y), sp.Ne(x, y), y > x, y <= 1]
POINTS = [dict(zip((x, y), map(sp.Rational, at), strict=True)) for at in itertools.product(("-1", "0", "1/2", "1", "2", "3"), repeat=2)]


def holds_at(atom, point):
    value = atom[0].subs(point)
    return bool({">=": value >= 0, ">": value > 0, "==": value == 0, "!=": value != 0}[atom[1]])


@pytest.mark.parametrize("relation", RELATIONS, ids=str)
def test_an_atom_holds_where_its_relation_does_and_its_negation_elsewhere(relation):
    atom = logic.relation_atom(relation)
    for point in POINTS:
        assert holds_at(atom, point) is bool(relation.subs(point))
        assert holds_at(logic.negated(atom), point) is not bool(relation.subs(point))


def condition_of(rng, depth):
    if depth == 0:
        return rng.choice(RELATIONS)
    parts = [condition_of(rng, depth - 1) for _ in range(2)]
    make = rng.choice([sp.And, sp.Or, sp.Not])
    return sp.Not(parts[0], evaluate=False) if make is sp.Not else joined(make, *parts)


def test_cases_are_the_condition():
    rng = random.Random(2)
    for _ in range(60):
        condition = condition_of(rng, 2)
        for positive in (True, False):
            cases = logic.clauses(condition, positive)
            for point in POINTS[::3]:
                assert any(all(holds_at(a, point) for a in case) for case in cases) is (bool(condition.subs(point)) is positive)
    for truth in (sp.true, True):
        assert (logic.clauses(truth), logic.clauses(truth, False)) == ([[]], [])
    for falsehood in (sp.false, False):
        assert (logic.clauses(falsehood), logic.clauses(falsehood, False)) == ([], [[]])
    with pytest.raises(TypeError):
        logic.clauses(x + 1)
    with pytest.raises(TypeError):
        logic.relation_atom(sp.And(x > 0, y > 0))


def test_too_many_cases_are_refused():
    distinct = [sp.Or(sp.Symbol(f"s{k}", real=True) > k, sp.Symbol(f"s{k}", real=True) < -k) for k in range(1, 10)]
    assert len(logic.clauses(joined(sp.And, *distinct[:8]))) == 256
    with pytest.raises(TooComplex):
        logic.clauses(joined(sp.And, *distinct))
    assert len(logic.premise_cases(distinct[:5], (), ())) == 32
    with pytest.raises(TooComplex):
        logic.premise_cases(distinct[:6], (), ())
    with pytest.raises(TooComplex):
        logic.premise_cases(distinct[:5], [Known(condition=sp.Or(y > 1, y < 0))], ())
    unequal = [sp.Ne(sp.Symbol(f"s{i}", real=True), 0) for i in range(6)]
    assert len(logic.premise_cases(unequal[:5], (), ())) == 32
    with pytest.raises(TooComplex):
        logic.premise_cases(unequal, (), ())
    with pytest.raises(TooComplex):
        logic.premise_cases([*unequal[:5], distinct[0]], (), ())


@pytest.mark.parametrize(
    ("expr", "needs"),
    [
        (1 / x, [([[(x, "!=")]], 1 / x)]),
        (x**2, []),
        (x**-2, [([[(x, "!=")]], x**-2)]),
        (sp.sqrt(x), [([[(x, ">=")]], sp.sqrt(x))]),
        (x ** sp.Rational(-1, 3), [([[(x, ">")]], x ** sp.Rational(-1, 3))]),
        (x**y, [([[(x, ">")], [(x, ">="), (y, ">")]], x**y)]),
        (sp.log(x), [([[(x, ">")]], sp.log(x))]),
        (sp.tan(x), [([[(sp.cos(x), "!=")]], sp.tan(x))]),
        (sp.exp(1 / x), [([[(x, "!=")]], 1 / x)]),
        (sp.sqrt(2) + 2**x + sp.Integer(2) ** sp.Rational(-1, 2) + sp.log(3), []),
        (sp.Integer(1) / 3 + sp.exp(x), []),
        (sp.log(sp.Integer(-2), evaluate=False), [([[(sp.Integer(-2), ">")]], sp.log(sp.Integer(-2), evaluate=False))]),
        (sp.log(sp.sqrt(x)), [([[(x, ">=")]], sp.sqrt(x)), ([[(sp.sqrt(x), ">")]], sp.log(sp.sqrt(x)))]),
    ],
    ids=str,
)
def test_what_an_expression_needs_to_be_defined(expr, needs):
    assert logic.definedness(expr) == needs


@pytest.mark.parametrize("number", [-1, 0, 1])
def test_atoms_of_numbers_are_evident_where_they_hold(number):
    for rel, held in ((">=", number >= 0), (">", number > 0), ("==", number == 0), ("!=", number != 0)):
        assert logic.evident((sp.Integer(number), rel)) is held
    assert not logic.evident((x, ">="))
    for rel, held in ((">=", True), (">", True), ("==", False), ("!=", True)):
        assert logic.evident((sp.sqrt(2) * 1, rel)) is held
        assert logic.evident((sp.pi, rel)) is held


def test_premises_are_the_union_of_their_cases_where_they_are_defined():
    def cases(*where, known=(), extra=()):
        return {frozenset(case) for case in logic.premise_cases(where, known, extra)}

    assert cases(sp.Or(x > 0, x < -1), extra=((y, ">="),)) == {frozenset({(y, ">="), (x, ">")}), frozenset({(y, ">="), (-x - 1, ">")})}
    assert cases(1 / x > y) == {frozenset({(1 / x - y, ">"), (x, ">")}), frozenset({(1 / x - y, ">"), (-x, ">")})}
    assert cases(1 / x > y, x > 0) == {frozenset({(1 / x - y, ">"), (x, ">")})}
    assert cases(1 / x > y, x < 0) == {frozenset({(1 / x - y, ">"), (-x, ">")})}
    assert cases(sp.sqrt(x) >= y) == {frozenset({(sp.sqrt(x) - y, ">="), (x, ">=")})}
    assert cases(sp.Ne(x, y), sp.Ne(x, y)) == {frozenset({(x - y, ">")}), frozenset({(-x + y, ">")})}
    assert cases(x > 0, x <= 0) == set()
    # what each alternative needs is needed whichever of them decides
    assert cases(joined(sp.Or, x > 0, sp.Gt(sp.log(y), 5))) == {
        frozenset({(y, ">"), (x, ">")}),
        frozenset({(y, ">"), (sp.log(y) - 5, ">")}),
    }


def admits(cases, point):
    return any(all(witness.atom_at(atom, point) for atom in case) for case in cases)


@pytest.mark.parametrize(
    "known",
    [
        Known(condition=x >= 1),
        Known(where=(y > 0,), condition=x >= 1),
        Known(where=(y > 0, x < 3), condition=sp.Or(x > 1, y > 2)),
        Known(where=(sp.log(y) >= 0,), condition=x > 0),
        Known(where=(sp.Or(y > 1, x > 2),), condition=sp.Ne(x, 2)),
        Known(where=(sp.Ge(1 / y, 0), sp.sqrt(x) >= 1), condition=sp.log(x) > 0),
        Known(where=(sp.Gt(sp.sqrt(1 / y), 1),), condition=x > 5),
    ],
    ids=str,
)
def test_what_is_known_takes_away_exactly_the_points_at_which_it_is_false_under_its_own_premises(known):
    """Where a premise of it is false or not defined, nothing is known."""
    cases = logic.premise_cases((), (known,), ())
    for point in POINTS:
        applies = all(witness.condition_at(premise, point) is True for premise in known.where)
        assert admits(cases, point) is (not applies or witness.condition_at(known.condition, point) is True), point


def test_canonical_variables_carry_the_signs_of_their_symbols():
    names = {
        "a": {"positive": True},
        "b": {"nonnegative": True},
        "c": {"negative": True},
        "d": {"nonpositive": True},
        "e": {"real": True, "nonzero": True},
        "f": {"real": True},
        "n": {"integer": True, "positive": True},
        "k": {"integer": True},
    }
    symbols = [sp.Symbol(name, **assumptions) for name, assumptions in names.items()]
    found = logic.canonical(symbols)
    new = [found.names[s] for s in symbols]
    assert [str(s) for s in new] == [f"v{i}" for i in range(8)]
    assert all(s.is_real and s.is_positive is None and s.is_integer is None and s.is_zero is None for s in new)  # no rule loses it unseen
    assert found.premises == ((new[0], ">"), (new[1], ">="), (-new[2], ">"), (-new[3], ">="), (new[4], "!="), (new[6] - 1, ">="))
    assert found.integers == {new[6], new[7]}
    assert found.back(found.to(symbols[0] + symbols[5])) == symbols[0] + symbols[5]


LIMIT = 60.0  # of processor time, of which each takes less than one


def test_a_weak_premise_and_an_equality_hold_together():
    assert logic.product([[[(x, ">=")]], [[(x, "==")]]]) == [[(x, ">="), (x, "==")]]
    assert check_statement("x == 1", ["x >= 0", "x == 0"], {}, LIMIT)["verdict"] == "refuted"


@pytest.mark.parametrize("node", [sp.nan, sp.zoo, sp.oo, -sp.oo, sp.I], ids=str)
def test_what_is_no_real_number_is_nowhere_defined(node):
    ((cases, named),) = logic.definedness(node)
    assert named == node
    assert cases == [[(sp.Integer(0), ">")]]
