"""Steps that premises offer to a proof."""

from __future__ import annotations

import pytest
import sympy as sp

from proofs.check import check_statement
from proofs.checker.logic import Sequent
from proofs.search import premises

SECONDS = 3.0  # of processor time, asked of the engines


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("(x + y)**2 >= 0", "(x + 1)*y == x*y + y"),  # an identity: nothing is solved for
        ("1/Abs(x) > -1 or x == y", "1/Abs(x) > 0"),  # |x| ≠ 0 says nothing of its branches
        ("x**2 + 1 > Abs(x)", "1/(Abs(x) + Abs(y) - 1) > 0"),
    ],
)
def test_no_premise_ends_the_search(statement, where):
    result = check_statement(statement, [where], seconds=SECONDS)
    assert result["verdict"] == "proved", result["reason"]


def test_what_is_not_zero_says_nothing_of_its_branches():
    x, y = sp.symbols("v0 v1", real=True)
    sequent = Sequent(((sp.Abs(x) * -1 + y, "!="),), (y, ">"))
    assert list(premises.preparations(sequent)) == []
