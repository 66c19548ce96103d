"""Which rules the search tries on a sequent, with which arguments, and how much depth it leaves to what remains."""

from __future__ import annotations

import time

import pytest
import sympy as sp

from proofs.checker import rules
from proofs.checker.logic import Sequent
from proofs.search import tactics as search

x, y, z, a, b, c, d = sp.symbols("x y z a b c d", real=True)
p, q = sp.symbols("p q", real=True)
FIVE, SEVEN = (x, y, z, a, b), (x, y, z, a, b, c, d)


def at_hand(premises=(), seconds=20.0):
    return search.Search(time.process_time() + seconds, {}, {}, tuple(premises))


@pytest.fixture
def asked(monkeypatch):
    """What is tried, as (rule, arguments, depth); nothing succeeds."""
    tried = []

    def refuse(sequent, rule, args, state, depth):
        tried.append((rule, " ".join(str(arg).replace(" ", "") for arg in args), depth))

    monkeypatch.setattr(search, "_by_rule", refuse)
    return tried


PROPOSED = [  # tactic, goal, premises, depth, what is tried
    (search._factorwise, (x * y, ">="), (), 3, [("split", "y", 2), ("split", "x", 2)]),
    (search._factorwise, (x * (x - y), ">="), ((-x, ">="), (y, ">=")), 3, [("factors", "-1 -1", 2)]),
    (search._factorwise, (-x * y, ">="), ((x, ">="), (-y, ">=")), 3, [("factors", "-1 1", 2)]),
    (search._factorwise, (x * y**2 * z, ">"), ((x * z, ">"),), 3, [("split", "z", 2), ("split", "x", 2)]),
    (search._factorwise, (p * (x - y), ">="), ((p, ">"),), 3, [("split", "x-y", 2)]),
    (search._factorwise, (x + y, ">="), (), 3, []),
    (search._factorwise, (sp.prod(FIVE), ">="), tuple((v - 1, ">=") for v in FIVE), 3, [("factors", "1 1 1 1 1", 2)]),
    (search._factorwise, (sp.prod(SEVEN), ">="), tuple((v - 1, ">=") for v in SEVEN), 3, []),
    (
        search._squares,
        (x - sp.sqrt(x**2 - 1), ">"),
        ((x - 1, ">="),),
        3,
        [("square", f"sqrt(x{end}) {how}", 2) for end in ("-1", "+1") for how in (0, 1, 2)],
    ),
    (search._squares, (p - sp.sqrt(p) + 1, ">="), ((p, ">"),), 3, [("square", f"sqrt(p) {how}", 2) for how in (0, 1, 2)]),
    (
        search._squares,
        (x - sp.sqrt(y) - sp.sqrt(z), ">="),
        ((y, ">="), (z, ">="), (sp.sqrt(a) - 1, ">=")),
        3,
        [("square", f"sqrt({v}) {how}", 2) for v in "yz" for how in (0, 1, 2)],
    ),
    (search._squares, (x**2 - y, ">="), (), 3, []),
    (search._squares, (sp.exp(x) - x, ">="), (), 3, []),
    (search._quadratics, (x**2 * y**2 - y**3 + a, ">="), (), 3, [("quadratic", "x", 2)]),
    (search._quadratics, (x**2 + y**2 + z, ">="), (), 4, [("quadratic", "x", 3), ("quadratic", "y", 3)]),
    (search._logs, (sp.exp(x) - sp.exp(y), ">="), (), 3, [("logarithm", "", 2)]),
    (search._logs, (sp.log(p) - p, ">="), ((p, ">"),), 3, [("exponentiate", "", 1)]),
    (search._logs, (sp.exp(x) - sp.log(p), ">="), ((p, ">"),), 3, [("logarithm", "", 2), ("exponentiate", "", 1)]),
    (search._logs, (sp.exp(x) - sp.log(p), ">="), ((p, ">"),), 1, [("logarithm", "", 0)]),
    (search._logs, (x - y, ">="), (), 3, []),
    (
        search._order,
        (x * y, ">="),
        ((x - y, ">="), (z - 2 * x, ">="), (y, ">"), (x - y - z, ">"), (z - y, "==")),
        3,
        [("substitute", "x w0+y", 2), ("substitute", "y -w0+x", 2), ("substitute", "x w0+y+z", 2), ("substitute", "y -w0+x-z", 2)],
    ),
    (search._order, (x, ">="), ((x - y, ">="), (a - b, ">="), (x * y + z, ">")), 3, [("substitute", "x w0+y", 2)]),
    (search._order, (y, ">="), ((x - y - 3, ">"),), 2, [("substitute", "y -w0+x-3", 1)]),
    (
        search._monotones,
        (p * x, ">"),
        ((p, ">"), (x - 1, ">"), (3 - x, ">=")),
        3,
        [
            ("monotone", "p 0 1 1", 2),
            ("monotone", "p 0 1 0", 2),
            ("monotone", "x 1 1 1", 2),
            ("monotone", "x 1 1 0", 2),
            ("monotone", "x 3 -1 0", 2),
        ],
    ),
    (
        search._monotones,
        (p * x, ">="),
        ((p, ">"), (x - 1, ">"), (3 - x, ">=")),
        3,
        [("monotone", "p 0 1 0", 2), ("monotone", "x 1 1 0", 2), ("monotone", "x 3 -1 0", 2)],
    ),
    (search._monotones, (p + x, ">="), ((p, ">"),), 2, [("monotone", "p 0 1 0", 1)]),
    (search._monotones, (x * z, ">"), ((x - 1, ">="),), 3, [("monotone", "x 1 1 0", 2)]),
    (
        search._concaves,
        (x * y, ">="),
        ((x - 1, ">="), (x, ">"), (3 - x, ">"), (y, ">=")),
        3,
        [("concave", "x 1 3", 2), ("concave", "x 0 3", 2)],
    ),
    (search._concaves, (x * y, ">"), ((x - 1, ">="), (3 - x, ">"), (y, ">="), (1 - y, ">=")), 3, []),
    (
        search._fars,
        (p * x * y * z * a, ">"),
        ((p, ">"), (x - 1, ">"), (x, ">="), (3 - y, ">"), (y - 1, ">"), (z - 2, ">="), (5 - a, ">")),
        3,
        [
            ("far", "a 5 -1", 2),
            ("far", "a -oo 1", 2),
            ("far", "p 0 1", 2),
            ("far", "p oo -1", 2),
            ("far", "x 1 1", 2),
            ("far", "x oo -1", 2),
            ("far", "y 1 1", 2),
            ("far", "y 3 -1", 2),
            ("far", "z oo -1", 2),
        ],
    ),
    (search._cuts, (x * y, ">="), ((x - 2, ">="),), 3, [("split", "x-y", 2), ("split", "y", 2), ("split", "y-1", 2)]),
    (search._cuts, (x * p, ">="), ((p - 2, ">="),), 3, [("split", "p-x", 2), ("split", "x", 2), ("split", "x-1", 2)]),
    (search._cuts, (x * y, ">="), ((x - 2, ">="),), 1, []),
    (search._cuts, (x - 1 - sp.log(x), ">="), ((x, ">"),), 3, [("split", "x-1", 2)]),
    (search._touches, (x - 1 - sp.log(x), ">="), ((x, ">"),), 3, [("split", "x-1", 2)]),
    (search._touches, (x - 1 - sp.log(x), ">"), ((x, ">"),), 3, []),
    (search._touches, (x - 1 - sp.log(x), ">="), ((x, ">"),), 1, []),
    (search._touches, ((x**2 - 2) ** 2 * (x**2 - 3) ** 2, ">="), ((x - sp.sqrt(2), ">="),), 2, [("split", "x-sqrt(3)", 1)]),
    (search._touches, ((x - y) ** 2, ">="), (), 3, []),
    (search._scales, (p + q - 2 * sp.sqrt(p * q), ">="), ((p, ">"), (q, ">")), 3, [("scale", "p q w0", 2), ("scale", "q p w0", 2)]),
    (search._scales, (p / q + q / p - 2, ">="), ((p, ">"), (q, ">")), 3, [("scale", "p q w0", 2), ("scale", "q p w0", 2)]),
    (search._scales, (p + q**2 - 2 * sp.sqrt(p * q), ">="), ((p, ">"), (q, ">")), 3, []),
    (search._scales, (p * q - 1, ">="), ((p, ">"), (q, ">")), 3, []),
    (search._scales, (sp.sqrt(p) + x, ">="), ((p, ">"),), 3, []),
    (search._contradiction, (x, "=="), ((x, ">"), (y, ">="), (z, ">")), 3, [("absurd", "2", 1), ("absurd", "1", 1), ("absurd", "0", 1)]),
    (search._contradiction, (x, "=="), ((x, ">"), (y, ">=")), 1, [("absurd", "1", 0), ("absurd", "0", 0)]),
    (search._contradiction, (x, "=="), ((x, ">"), (y, ">=")), 0, []),
    (search._attempt, (x - y, ">="), ((x - 2 * y, "=="), (y, ">=")), 0, []),
    (search._attempt, (x + 1, "!="), ((x, ">"), (y - x, "!=")), 0, []),
    (search._attempt, (x - y, "!="), (), 2, [("unequal", "1", 2), ("unequal", "-1", 2), ("contrary", "", 1)]),
    (search._attempt, (x - y, "=="), ((x - y, ">="), (y - x, ">=")), 3, [("absurd", "1", 1), ("absurd", "0", 1), ("antisymmetry", "", 2)]),
    (search._attempt, (x - y, "=="), ((x - y, ">="), (y - x, ">=")), 1, [("absurd", "1", 0), ("absurd", "0", 0)]),
    (search._attempt, (x - 1, "=="), ((x, ">"),), 3, [("absurd", "0", 1)]),  # false at x = 2: no use in more
    (search._attempt, (x - 1, ">="), ((x, ">"),), 3, []),  # false as well
    (search._attempt, (sp.Abs(x) + x, ">="), (), 2, [("split", "x", 1)]),
    (search._attempt, (sp.Abs(x) + x, ">="), (), 0, []),
    (search._attempt, (sp.gamma(x), ">"), ((y, ">"),), 2, [("absurd", "0", 1)]),
    (search._attempt, (x - 2 * y + z**2, ">="), ((x - 2 * y, "=="), (z, ">")), 0, []),
]


@pytest.mark.parametrize(
    ("tactic", "goal", "premises", "depth", "proposed"),
    PROPOSED,
    ids=[f"{tactic.__name__}-{goal[0]}-{depth}" for tactic, goal, _, depth, _ in PROPOSED],
)
def test_what_a_tactic_tries(asked, tactic, goal, premises, depth, proposed):
    tactic(Sequent(premises, goal), at_hand(premises), depth)
    assert asked == proposed


def test_an_equation_is_eliminated_for_each_variable_that_is_linear_in_it(asked):
    sequent = Sequent(((x - y**2 + 2 * z, "=="), (y, ">")), (x - y, ">="))
    search._eliminate(sequent, 0, at_hand(), 3)
    assert asked == [("eliminate", f"0 {v} {sign}", 3) for v in "xz" for sign in (1, -1)]


@pytest.mark.parametrize(
    ("sequent", "depth", "rule"),
    [
        (Sequent(((x, ">"),), (x + 1, ">")), 0, "signs"),
        (Sequent((), (x**4 - x + 1, ">")), 0, "roots"),
        (Sequent(((x - 2 * y, "=="), (y, ">=")), (x, ">=")), 1, "eliminate"),
        (Sequent((), (x**2 - x + 1, "!=")), 1, "unequal"),
        (Sequent(((x, ">="), (-x, ">=")), (x, "==")), 2, "antisymmetry"),
        (Sequent(((x, ">"), (-x, ">")), (y, "==")), 2, "absurd"),
        (Sequent((), (sp.Abs(x) + x, ">=")), 1, "split"),
        (Sequent((), (x**2 + y**2 - 2 * x * y, ">=")), 1, "signs"),
    ],
    ids=str,
)
def test_the_first_rule_that_does_and_its_replay(sequent, depth, rule):
    found = search._attempt(sequent, at_hand(sequent.premises), depth)
    assert found is not None
    assert found["rule"] == rule
    assert rules.holds(sequent, found)


def test_what_was_proved_or_failed_is_not_tried_again(monkeypatch):
    tried = []
    monkeypatch.setattr(search, "_attempt", lambda sequent, state, depth: tried.append(depth) or ("proof" if depth > 2 else None))
    state, sequent = at_hand(), Sequent((), (x, ">"))
    assert [search._prove(sequent, state, depth) for depth in (1, 1, 0, 2, 3, 1, 5)] == [None] * 4 + ["proof"] * 3
    assert tried == [1, 2, 3]


def test_depths_are_tried_from_small_to_the_one_allowed(monkeypatch):
    for depth, wanted in ((6, [1, 2, 3, 4, 6]), (3, [1, 2, 3]), (1, [1]), (4, [1, 2, 3, 4]), (5, [1, 2, 3, 4, 5])):
        tried = []
        monkeypatch.setattr(search, "_prove", lambda sequent, state, budget, tried=tried: tried.append(budget))
        assert search.prove(Sequent((), (x, ">")), time.process_time() + 5, depth) is None
        assert tried == wanted


def test_a_rule_is_a_step_where_all_that_it_leaves_is_proved():
    sequent = Sequent(((x, ">="), (y, ">=")), (x * y, ">="))
    found = search._by_rule(sequent, "factors", [sp.Integer(1), sp.Integer(1)], at_hand(), 1)
    assert (found["rule"], found["args"], [child["rule"] for child in found["then"]]) == ("factors", ["1", "1"], ["signs", "signs"])
    assert search._by_rule(sequent, "factors", [sp.Integer(1), sp.Integer(-1)], at_hand(), 1) is None  # y ≤ 0 is not plausible
    assert search._by_rule(sequent, "factors", [sp.Integer(1)], at_hand(), 1) is None  # the rule says no
    assert search._by_rule(Sequent((), (x, ">=")), "split", [x - 1], at_hand(), 1) is None


def test_no_time_is_no_proof():
    assert search.prove(Sequent(((x, ">"),), (x + 1, ">")), time.process_time() - 1) is None
    with pytest.raises(search.OutOfTime):
        at_hand(seconds=-1.0).check_time()
    at_hand().check_time()


@pytest.mark.parametrize(
    ("goal", "end", "up", "strict", "left", "rules_used"),
    [
        (sp.exp(x) - 1 - x, 0, 1, False, 2, 1),
        (sp.exp(x) - 1 - x - x**2 / 2, 0, 1, False, 6, 2),
        (sp.exp(x) - 1 - x - x**2 / 2 - x**3 / 6, 0, 1, False, 6, 3),
        (sp.exp(x) - 1 - x - x**2 / 2 - x**3 / 6, 0, 1, False, 2, None),
        (sp.exp(x) - 1 - x, 0, 1, False, 0, None),
        (1 + x - sp.exp(x), 0, 1, False, 6, None),
    ],
    ids=str,
)
def test_derivatives_in_a_row(goal, end, up, strict, left, rules_used):
    sequent = Sequent(((x, ">="),), (goal, ">="))
    found = search._chain(sequent, x, sp.Integer(end), up, strict, at_hand(sequent.premises), left)
    assert (found is None) is (rules_used is None)
    if found is not None:
        assert rules.holds(sequent, found)
        count, node = 0, found
        while node["rule"] == "monotone":
            count, node = count + 1, node["then"][1]
        assert count == rules_used


def test_squares_are_sought_for_the_statement_itself_alone(monkeypatch, asked):
    from proofs.search import squares

    monkeypatch.setattr(squares, "certificate", lambda sequent: ["1", "x"])
    sequent = Sequent(((x, ">"),), (x**2, ">="))
    search._sums(sequent, at_hand(sequent.premises), 3)
    search._sums(sequent, at_hand(), 3)  # a case of another statement
    assert asked == [("squares", "1 x", 2)]


def test_solvers_are_asked_where_there_is_depth(monkeypatch):
    from proofs.checker import solver

    monkeypatch.setattr(solver, "refuted", lambda sequent, confirm, milliseconds: confirm)
    sequent = Sequent((), (x**2, ">="))
    assert search._solvers(sequent, at_hand(), 1) == {"rule": "solver", "args": [], "then": []}
    assert search._solvers(sequent, at_hand(), 0) is None
