"""Proofs are replayed step by step, and a proof with a false step is refused."""

from __future__ import annotations

import pytest
import sympy as sp

from proofs.checker import normal, rules
from proofs.checker.logic import Sequent

x, y, u = sp.symbols("x y u", real=True)


def sequent(goal, *premises):
    return Sequent(premises, goal)


CLOSED = {"rule": "signs", "args": [], "then": []}


@pytest.mark.parametrize(
    ("goal", "proof", "holds"),
    [
        (sequent((x**2 + 1, ">")), CLOSED, True),
        (sequent((x, ">")), CLOSED, False),
        (sequent((x**2 + 1, ">")), {"rule": "signs"}, True),
        (sequent((x**2 + 1, ">")), {**CLOSED, "then": [CLOSED]}, False),
        (sequent((x**2 + 1, ">")), {**CLOSED, "rule": "magic"}, False),
        (sequent((x**2 + 1, ">")), {**CLOSED, "args": ["x"]}, False),
        (sequent((x**2 + 1, ">")), {"rule": "split", "args": ["x"], "then": [CLOSED, CLOSED]}, True),
        (sequent((x**2 + 1, ">")), {"rule": "split", "args": ["x"], "then": [CLOSED]}, False),
        (sequent((x**2 + 1, ">")), {"rule": "split", "args": ["x"], "then": [CLOSED] * 3}, False),
        (sequent((x**2 + 1, ">")), {"rule": "split", "args": ["x"], "then": [CLOSED, {**CLOSED, "rule": "magic"}]}, False),
        (sequent((x + 1, ">"), (x - y, "=="), (y, ">=")), {"rule": "substitute", "args": ["x", "y + w0"], "then": [CLOSED]}, True),
        (sequent((x - y + 1, ">"), (x - y, ">=")), {"rule": "substitute", "args": ["x", "y + w0"], "then": [CLOSED]}, True),
    ],
    ids=str,
)
def test_a_proof_is_replayed_step_by_step(goal, proof, holds):
    assert rules.holds(goal, proof) is holds


def test_a_sequent_that_a_sample_violates_ends_the_replay(monkeypatch):
    monkeypatch.setitem(rules.RULES, "signs", lambda _sequent: [])
    assert rules.holds(sequent((x**2 + 1, ">")), CLOSED)
    assert not rules.holds(sequent((x, ">")), CLOSED)
    deep = {"rule": "absurd", "args": ["0"], "then": [CLOSED]}
    assert rules.holds(sequent((x, ">"), (x - 1, ">"), (-x, ">")), deep)
    assert not rules.holds(sequent((x, ">"), (x - 1, ">"), (x, ">")), deep)


RULES_THAT_LIE = [
    {"rule": "signs", "args": [], "then": []},
    {"rule": "clear", "args": [], "then": [{"rule": "signs", "args": [], "then": []}]},
    {"rule": "solver", "args": [], "then": []},
    {"rule": "boxes", "args": ["400"], "then": []},
    {"rule": "roots", "args": [], "then": []},
    {"rule": "split", "args": ["v0 - 1"], "then": [{"rule": "signs", "args": [], "then": []}] * 2},
    {"rule": "monotone", "args": ["v0", "0", "1", "0"], "then": [{"rule": "signs", "args": [], "then": []}] * 2},
    {"rule": "exec", "args": ["__import__('os')"], "then": []},
    {"rule": "split", "args": ["v0", "v0"], "then": []},
]


@pytest.mark.parametrize("proof", RULES_THAT_LIE, ids=lambda p: f"{p['rule']}-{p['args']}")
def test_no_single_rule_proves_a_false_sequent(proof):
    v = sp.Symbol("v0", positive=True)
    for goal in ((v - 1, ">="), (v**2 - v, ">"), (sp.exp(v) - 3, ">="), (sp.Integer(-1), ">="), (v - v**2, "==")):
        assert not rules.holds(Sequent(((v, ">"),), goal), proof)


def test_certificate_of_one_sequent_does_not_prove_another():
    v = sp.Symbol("v0", positive=True)
    positive, negative = (Sequent(((v, ">"),), (v + 1, ">")), Sequent((), (sp.Symbol("v0", real=True) + 1, ">")))
    proof = {"rule": "signs", "args": [], "then": []}
    assert rules.holds(positive, proof)
    assert not rules.holds(negative, proof)


GOAL = x**2 - 2 * x * y + 2 * y**2
WEAK = Sequent((), (GOAL, ">="))


def _proves(sequent: Sequent, *args: sp.Expr) -> bool:
    try:
        return rules.apply(sequent, "squares", [sp.sympify(a) for a in args]) == []
    except normal.Broken:
        return False


def test_the_rule_accepts_a_true_certificate():
    assert _proves(WEAK, 1, 1, x - y, 1, y)
    assert _proves(WEAK, x**2 + 1, x**2 + 1, x - y, x**2 + 1, y)
    assert _proves(Sequent((), (GOAL + 1, ">")), 1, 1, x - y, 1, y, 1, sp.Integer(1))
    assert _proves(Sequent(((u, ">="),), (u * x**2, ">=")), 1, u, x)


@pytest.mark.parametrize(
    ("sequent", "args"),
    [
        (WEAK, (1, 1, x - y, 2, y)),  # a changed coefficient
        (WEAK, (1, 2, x - y, -1, x - 2 * y, 2, y)),  # another
        (Sequent((), (-(x**2), ">=")), (1, -1, x)),  # a negative multiplier
        (Sequent((), (u * x**2, ">=")), (1, u, x)),  # a multiplier of unknown sign
        (Sequent((), (GOAL, ">")), (1, 1, x - y, 1, y)),  # strict, from squares that may all vanish
        (Sequent(((u, ">="),), (u, ">")), (1, u, 1)),  # strict, from a multiplier that may vanish
        (Sequent((), (-(x**2), ">=")), (-1, 1, x)),  # a negative factor of the goal
        (Sequent((), (-(x**2), ">=")), (0, 0, x)),  # a factor that is zero
        (Sequent((), (-1 + 0 * x, ">=")), (x**2, 1, 0)),  # a factor that may vanish
        (WEAK, (1,)),
        (WEAK, (1, 1, x - y, 1)),
    ],
)
def test_a_forged_certificate_is_refused(sequent, args):
    assert not _proves(sequent, *args)


def test_a_part_that_is_not_defined_is_left_to_be_shown():
    left = rules.apply(Sequent((), (x, ">=")), "squares", [sp.Integer(1), sp.Integer(1), sp.sqrt(x)])
    assert (x, ">=") in [s.goal for s in left]
