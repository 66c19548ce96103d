"""The solvers: what they are told, what they refute, and that neither is believed alone."""

from __future__ import annotations

import pytest
import sympy as sp

from proofs.checker import solver
from proofs.checker.field import Field
from proofs.checker.limited import limited
from proofs.checker.logic import Sequent
from proofs.search import models
from tests.tools.open_sequents import SATISFIABLE

z, x, y = sp.symbols("z x y", real=True)
R = sp.Rational
UNSATISFIABLE = [
    ((x**2 + 1, ">"), ()),
    ((x**2, ">="), ()),
    ((x * y, ">="), ((x, ">="), (y, ">="))),
    ((x * y, ">"), ((x, ">"), (y, ">"))),
    ((x - 1, "!="), ((x - 2, ">"),)),
    ((x - 1, "=="), ((x - 1, ">="), (1 - x, ">="))),
    ((sp.sqrt(x) - 1, ">"), ((x - 1, ">"),)),
    ((sp.sin(x) ** 2 + sp.cos(x) ** 2 - R(1, 2), ">"), ()),
    ((2 - sp.sin(x) - sp.cos(x), ">"), ()),
    ((sp.exp(x) + 1, ">"), ()),
    ((sp.exp(2 * x) - 2 * sp.exp(x) + 1, ">="), ()),
    ((sp.sqrt(2) - R(14, 10), ">"), ()),
    ((1 / x + x - 2, ">="), ((x, ">"),)),
    ((1 / x, "!="), ()),
    ((x - y, "=="), ((x - y, "=="),)),
    ((sp.sqrt(sp.sqrt(x) + 1) - 1, ">="), ((x, ">="),)),
    ((x * z, "=="), ((x, "=="),)),
    ((x ** R(1, 3) - 2, ">="), ((x - 8, ">="),)),
    ((x, ">"), ((x * y - 1, "=="), (y, ">"))),
]


@pytest.mark.parametrize(("goal", "premises"), UNSATISFIABLE, ids=str)
def test_both_solvers_refute_what_cannot_be_broken(goal, premises):
    assert solver.refuted(Sequent(premises, goal), confirm=True)
    assert models.model(Sequent(premises, goal)) is None


@pytest.mark.parametrize(("goal", "premises"), SATISFIABLE, ids=str)
def test_no_solver_refutes_what_can_be_broken(goal, premises):
    assert not solver.refuted(Sequent(premises, goal))
    query = solver.violation(*solver.facts(Sequent(premises, goal)))
    assert limited(solver.ask, solver.CVC5, query, seconds=30.0) == "sat"  # each by itself: not one in the other's place


def test_what_a_proof_trusts_is_named():
    z3, cvc5 = solver.trusts()
    assert z3.startswith("z3 ")
    assert cvc5.startswith("cvc5 ")
    assert solver.trusts_of({"signs"}) == ()
    assert solver.trusts_of({"solver", "signs"}) == (z3, cvc5)
    assert solver.trusts_of({"far"}) == ("leading-term analysis",)
    assert solver.trusts_of({"far", "solver"}) == (z3, cvc5, "leading-term analysis")


def test_forms_of_the_solver_have_their_bounds():
    field, premises, goal = solver.facts(Sequent(((1 / x, ">"), (sp.Abs(y), ">=")), (x / y, ">=")))
    assert len(premises) == 3  # the sign of |y| is not known: left out; the denominators are not zero
    assert {rel for _, rel in premises} == {">", "!="}
    assert goal[1] == ">="
    assert isinstance(field, Field)


def sequent(goal, *premises):
    return Sequent(premises, goal)


ROOT, CUBE = sp.sqrt(x**2 + 1), (x**2 + 1) ** sp.Rational(1, 3)
PROVED = [
    sequent((x**2 - 2 * x + 2, ">")),
    sequent((x**2 - 2 * x + 1, ">=")),
    sequent((x**2 + 1, "!=")),
    sequent((x, ">"), (x - 1, ">=")),
    sequent((x, ">"), (x, ">="), (x, "!=")),
    sequent((x, ">"), (x, ">")),
    sequent((x, ">"), (x - 1, "==")),
    sequent((x - 1, "=="), (x - 1, "==")),
    sequent((x, "!="), (x, ">")),
    sequent((y, "=="), (x * y, "=="), (x, ">")),
    sequent((3 - x, ">"), (2 - x, ">=")),
    sequent((2 - x, ">"), (2 - x, ">")),
    sequent((ROOT - x, ">")),
    sequent((ROOT - 1, ">=")),
    sequent((ROOT, ">")),
    sequent((CUBE - 1, ">=")),
    sequent((CUBE**2 - CUBE, ">=")),
    sequent((sp.sqrt(ROOT + 3) - 2, ">=")),
    sequent((sp.Rational(3, 2) - sp.sin(x) - sp.cos(x), ">")),
    sequent((sp.sin(x) + sp.cos(x) - 1, ">="), (sp.sin(x), ">="), (sp.cos(x), ">=")),
    sequent((1 - sp.sin(x), ">=")),
    sequent((sp.sin(x) + 1, ">=")),
    sequent((1 - sp.cos(x), ">=")),
    sequent((sp.exp(2 * x) - 2 * sp.exp(x) + 1, ">=")),
    sequent((sp.exp(x), ">")),
    sequent((-sp.log(x), ">"), (x, ">"), (1 - x, ">")),
    sequent((1 / x, ">="), (x, ">=")),
    sequent((x, ">"), (x, ">="), (1 / x, ">=")),
    sequent((y / x, "=="), (y, "==")),
    sequent((y / x, "!="), (y, ">")),
    sequent((y, ">"), (y / x, ">"), (x, ">")),
    sequent((x, ">"), (sp.gamma(x), ">"), (x - 1, ">")),
    sequent((x, ">"), (sp.Abs(y), ">"), (x - 1, ">")),
    sequent((x - 2, ">"), (sp.sign(y), "=="), (x - 3, "==")),
]
OPEN = [
    sequent((x**2 - 2 * x + 1, ">")),
    sequent((x**2 - 2 * x, ">=")),
    sequent((x, "!=")),
    sequent((x, "==")),
    sequent((x, ">"), (x, ">=")),
    sequent((x, ">"), (x, "!=")),
    sequent((x, "!="), (x, ">=")),
    sequent((y, "=="), (x * y, "==")),
    sequent((2 - x, ">"), (2 - x, ">=")),
    sequent((ROOT - 1, ">")),
    sequent((x - ROOT, ">=")),
    sequent((CUBE - 1, ">")),
    sequent((sp.sqrt(ROOT + 3) - 2, ">")),
    sequent((sp.Rational(7, 5) - sp.sin(x) - sp.cos(x), ">=")),
    sequent((1 - sp.sin(x), ">")),
    sequent((sp.sin(x) + 1, ">")),
    sequent((1 - sp.cos(x), ">")),
    sequent((sp.sin(x), ">=")),
    sequent((sp.exp(2 * x) - 2 * sp.exp(x) + 1, ">")),
    sequent((sp.exp(x) - 1, ">")),
    sequent((-sp.log(x), ">"), (x, ">"), (1 - x, ">=")),
    sequent((y / x, ">"), (y, ">"), (-x, ">")),
    sequent((y / x, ">"), (y, ">")),
    sequent((y, ">"), (y / x, ">"), (-x, ">")),
    sequent((y / x, "=="), (x, ">")),
    sequent((sp.gamma(x), ">")),
    sequent((sp.Abs(x), ">=")),
]


@pytest.mark.parametrize("goal", PROVED, ids=str)
def test_both_solvers_see_that_nothing_violates_a_true_sequent(goal):
    assert solver.refuted(goal)
    assert solver.refuted(goal, confirm=True)


@pytest.mark.parametrize("goal", OPEN, ids=str)
def test_solvers_prove_no_false_sequent(goal):
    assert not solver.refuted(goal)


@pytest.mark.parametrize(
    ("answers", "alone", "confirmed"),
    [
        (("unsat", "unsat"), True, True),
        (("unsat", "sat"), True, False),
        (("unsat", "unknown"), True, False),
        (("sat", "unsat"), False, False),
        (("unknown", "unsat"), False, False),
    ],
)
def test_a_proof_needs_both_solvers(monkeypatch, answers, alone, confirmed):
    said = dict(zip((solver.Z3, solver.CVC5), answers, strict=True))
    monkeypatch.setattr(solver, "limited", lambda ask, library, query, seconds: said[library])
    assert solver.refuted(PROVED[0]) is alone
    assert solver.refuted(PROVED[0], confirm=True) is confirmed


def test_without_the_solvers_nothing_is_said(monkeypatch):
    assert solver.installed()
    monkeypatch.setattr(solver, "installed", lambda: False)
    monkeypatch.setattr(models, "installed", lambda: False)
    assert not solver.refuted(PROVED[0], confirm=True)
    assert models.model(OPEN[0]) is None


def test_one_solver_alone_is_not_enough_to_be_installed(monkeypatch):
    for missing in ("z3", "cvc5"):
        monkeypatch.setattr(solver.importlib.util, "find_spec", lambda name, gone=missing: None if name == gone else object())
        assert not solver.installed()


LIBRARIES = [solver.Z3, solver.CVC5]


def asked(name, premises, goal):
    pytest.importorskip(name)
    return solver.ask(name, solver.violation(*solver.facts(Sequent(tuple(premises), goal))))


@pytest.mark.parametrize("name", LIBRARIES)
@pytest.mark.parametrize(
    ("premises", "goal", "answer"),
    [
        # each relation of a goal and of a premise, at its edge
        ([(x * y - 1, ">")], (x * y - 1, ">"), "unsat"),
        ([(x * y - 1, ">=")], (x * y - 1, ">"), "sat"),
        ([(x * y - 1, ">")], (x * y - 1, ">="), "unsat"),
        ([(x * y - 1, "==")], (x * y - 1, ">="), "unsat"),
        ([(x * y - 1, "==")], (x * y - 1, "=="), "unsat"),
        ([(x * y - 1, ">=")], (x * y - 1, "=="), "sat"),
        ([(x * y - 1, ">")], (x * y - 1, "!="), "unsat"),
        ([(x * y - 1, "!=")], (x * y - 1, "!="), "unsat"),
        ([(x * y - 1, ">=")], (x * y - 1, "!="), "sat"),
        ([(x * y - 1, "!=")], (x * y - 1, ">"), "sat"),
        # bounds of variables: low and high, strict and not
        ([(x - 2, ">")], (x * x - 4, ">"), "unsat"),
        ([(x - 2, ">=")], (x * x - 4, ">"), "sat"),
        ([(x - 2, ">=")], (x * x - 4, ">="), "unsat"),
        ([(3 - x, ">"), (x, ">=")], (9 - x * x, ">"), "unsat"),
        ([(3 - x, ">="), (x, ">=")], (9 - x * x, ">"), "sat"),
        ([(3 - x, ">="), (x, ">=")], (9 - x * x, ">="), "unsat"),
        ([(3 - x, ">=")], (9 - x * x, ">="), "sat"),
        # roots with what stands under them, and the circle
        ([(x, ">=")], (sp.sqrt(x) * sp.sqrt(x) - x, "=="), "unsat"),
        ([(x - 4, ">=")], (sp.sqrt(x) - 2, ">="), "unsat"),
        ([(x - 4, ">=")], (sp.sqrt(x) - 2, ">"), "sat"),
        ([(x, ">="), (y, ">=")], (sp.sqrt(x + y) * sp.sqrt(x + y) - x - y, ">="), "unsat"),
        ([], (1 - sp.sin(x) ** 2 / 2 - sp.cos(x) ** 2 / 2, ">"), "unsat"),
        ([], (2 - sp.sin(x) - sp.cos(x), ">"), "unsat"),
        ([], (sp.Rational(7, 5) - sp.sin(x) - sp.cos(x), ">"), "sat"),
        ([(1 - x, ">"), (x + 1, ">")], (1 - sp.sin(x), ">"), "unsat"),  # since the cosine, which is not named, is positive
        ([(2 - x, ">"), (x + 1, ">")], (1 - sp.sin(x), ">"), "sat"),
        # exponentials are positive, and no more is told of them
        ([], (sp.exp(x) + y**2, ">"), "unsat"),
        ([], (sp.exp(x) - x - 1, ">="), "sat"),
        # a denominator does not vanish
        ([], (1 / x * x - 1, "=="), "unsat"),
        ([(1 / x, ">")], (x, ">"), "unsat"),
        ([(1 / x, ">=")], (x, ">"), "unsat"),
    ],
    ids=str,
)
def test_the_solvers_are_told_the_premises_the_bounds_and_the_relations_of_the_generators(name, premises, goal, answer):
    assert asked(name, premises, goal) == answer


def test_a_solver_alone_is_not_believed(monkeypatch):
    good = Sequent(((x * y - 1, ">"),), (x * y - 1, ">="))
    assert solver.refuted(good, confirm=True)
    said = iter(["unsat", "unknown", "unsat", "sat", "unsat", None, "unknown", "sat", None])
    monkeypatch.setattr(solver, "limited", lambda *_, seconds: next(said))
    assert [solver.refuted(good, confirm=True) for _ in range(6)] == [False] * 6


def test_what_a_solver_was_asked_before_is_no_part_of_its_answer():
    contrary = (solver.violation(*solver.facts(sequent((x, ">"), (x - 1, ">=")))), solver.violation(*solver.facts(sequent((x, ">=")))))
    for library in LIBRARIES:
        assert [limited(solver.ask, library, query, seconds=30.0) for query in contrary * 2] == ["unsat", "sat", "unsat", "sat"]
