"""What derivatives, ends and far ends suffice to show, and which ends premises do not give."""

from __future__ import annotations

import pytest
import sympy as sp

from proofs.checker import normal, rules
from proofs.checker.logic import Sequent

z, p_real, x, y = sp.symbols("z p x y", real=True)


def given_atoms(text):
    return tuple((sp.sympify(expr, REAL), rel) for expr, rel in (part.rsplit(" ", 2)[:2] for part in filter(None, text.split(", "))))


REAL = {"x": x, "y": y, "z": z, "p": p_real}


def texts(text):
    premises, _, goal = text.rpartition(": ")
    return Sequent(given_atoms(premises), given_atoms(goal)[0])


@pytest.mark.parametrize(
    ("rule", "goal", "given", "suffice"),
    [
        ("clear", "x*y**2*(z**2 + 1) > 0", [], ["x*y**2 > 0"]),
        ("clear", "-y > 0: x*y**3*z > 0", [], ["-y > 0: -x*z > 0"]),
        ("clear", "-y > 0: -x*y**2/z**3 > 0", [], ["-y > 0: -x*z > 0"]),
        ("clear", "y >= 0: x*y*z**2 >= 0", [], ["y >= 0: x >= 0"]),
        ("monotone", "p > 0, x - p >= 0: y - p > 0", [p_real, x, -1, 0], ["x > 0: y - x > 0", "p > 0, x - p > 0: 1 >= 0"]),
        ("monotone", "x - p >= 0: y - p > 0", [p_real, x, -1, 0], ["y - x > 0", "x - p > 0: 1 >= 0"]),
        ("monotone", "x - y >= 0, z - x > 0, 1 - x >= 0: x > 0", [x, z, -1, 1], ["z - y >= 0: z >= 0", "x - y >= 0, z - x > 0: -1 > 0"]),
        ("far", "x - z > 0, y - x > 0: x > 0", [x, z, 1], ["z >= 0", "y - x > 0, x - z > 0: 1 > 0"]),
    ],
    ids=str,
)
def test_what_suffices_for_a_sequent(rule, goal, given, suffice):
    assert rules.apply(texts(goal), rule, [sp.sympify(g) for g in given]) == [texts(text) for text in suffice]


@pytest.mark.parametrize(
    ("rule", "goal", "given"),
    [
        ("monotone", "x - y != 0: x > 0", [x, y, 1, 0]),
        ("monotone", "2*x - y > 0: x > 0", [x, y, 1, 0]),
        ("monotone", "x*y > 0: x > 0", [x, y, 1, 0]),
        ("monotone", "x - y > 0: x > 0", [x, y, 1, 2]),
        ("monotone", "x - y > 0: x > 0", [x, y, 0, 0]),
        ("monotone", "x - y > 0: x > 0", [x, y, -1, 0]),
        ("far", "x - z != 0: x > 0", [x, z, 1]),
        ("far", "x - z > 0: x > 0", [x, z, -1]),
        ("far", "x > 0: x + 1 > 0", [x, -sp.oo, -1]),
        ("far", "-x > 0: 1 - x > 0", [x, sp.oo, 1]),
    ],
    ids=str,
)
def test_no_end_is_taken_from_a_premise_that_does_not_give_it(rule, goal, given):
    with pytest.raises(normal.Broken):
        rules.apply(texts(goal), rule, [sp.sympify(g) for g in given])
