"""Steps that a search keeps: they are those of the rules, asked once."""

from __future__ import annotations

import pytest
import sympy as sp

from proofs.checker import normal, rules
from proofs.checker.field import NeedSign
from proofs.checker.logic import Sequent
from proofs.kernel.terms import difference
from proofs.search import steps

x, y = sp.symbols("x y", real=True)
BETWEEN = ((x, ">"), (1 - x, ">"))


def test_what_suffices_by_a_rule_is_asked_once(monkeypatch):
    asked = []
    apply = rules.apply
    monkeypatch.setattr(rules, "apply", lambda *given: asked.append(given) or apply(*given))
    sequent = Sequent(BETWEEN, (x * y / 7, ">="))
    first = steps.children(sequent, "split", (y - 3,))
    assert first is not None
    assert list(first) == apply(sequent, "split", [y - 3])
    assert steps.children(Sequent(BETWEEN, (x * y / 7, ">=")), "split", (y - 3,)) is first
    assert len(asked) == 1


def test_a_rule_that_does_not_apply_gives_nothing():
    assert steps.children(Sequent((), (x, "==")), "clear", ()) is None


def test_an_end_that_divides_by_zero_is_no_step():
    """The rule would take it, and the text of the proof would not be read at the replay."""
    nowhere = sp.Pow(0, -1, evaluate=False)
    sequent = Sequent(((difference(x, nowhere), ">"), (sp.Integer(0), ">")), (x, ">"))
    arguments = (x, nowhere, sp.Integer(1), sp.Integer(0))
    assert rules.apply(sequent, "monotone", list(arguments))
    assert steps.children(sequent, "monotone", arguments) is None


@pytest.mark.parametrize(("goal", "closed"), [((x, ">"), True), ((-x, ">"), False)])
def test_whether_signs_close_a_goal(goal, closed):
    assert steps.closed_by_signs(Sequent(BETWEEN, goal)) is closed


def test_the_sign_that_is_missing_is_told():
    sequent = Sequent((), (abs(x - y), ">="))
    with pytest.raises(NeedSign):
        normal.close_by_signs(sequent)
    found = steps.closed_by_signs(sequent)
    assert isinstance(found, NeedSign)
    assert found.expr in (x - y, y - x)
    assert found.__traceback__ is None
