"""Edges of the kernel at which a single change of the code went unseen by every other test."""

from __future__ import annotations

import pytest
import sympy as sp

from proofs.kernel.claim import Question
from proofs.kernel.reader import MAX_DEPTH, MAX_NODES, read
from proofs.kernel.verdict import Verdict, exit_status
from theory.exact import InvalidInput


def test_zero_may_be_raised_to_what_is_not_negative():
    assert read("0**(1/2)", {}) == 0
    assert read("0**0", {}) == 1


def test_every_verdict_that_holds_may_stand_beside_the_others():
    assert exit_status([Verdict.PROVED, Verdict.DERIVED, Verdict.SUPPORTED]) == 0


def test_one_refuted_verdict_is_the_status_of_all():
    assert exit_status([Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED]) == 1


def test_a_question_names_what_it_is_given():
    with pytest.raises(TypeError, match="positional"):
        Question("the user", id="a", says="b")


def test_a_power_of_a_negative_number_is_a_number_and_its_root_is_none():
    assert read("(-2)**2", {}) == 4
    assert read("(-2)**(-3)", {}) == sp.Rational(-1, 8)
    with pytest.raises(InvalidInput, match=r"'\(-8\) \*\* \(1 / 3\)' is the root of a negative number"):
        read("(-8)**(1/3)", {})


def test_a_short_text_is_quoted_whole_and_a_long_one_is_cut():
    with pytest.raises(InvalidInput, match=r"^'1 / 0' divides by zero"):
        read("1/0", {})
    with pytest.raises(InvalidInput, match=r"^'[^']{57}\.\.\.' divides by zero"):
        read(" + ".join(["x"] * 30) + " + (" + " + ".join(["x"] * 40) + ")/0", {})


def test_as_many_parts_as_are_allowed_are_read_and_no_more():
    read(f"Max({', '.join(['x'] * (MAX_NODES - 2))})", {})
    with pytest.raises(InvalidInput, match=f"more than {MAX_NODES} parts"):
        read(f"Max({', '.join(['x'] * (MAX_NODES - 1))})", {})


def test_as_many_brackets_as_are_allowed_are_read_and_no_more():
    assert read("(" * MAX_DEPTH + "1" + ")" * MAX_DEPTH, {}) == 1
    for more in (1, 2, 10):
        with pytest.raises(InvalidInput, match=f"nests {MAX_DEPTH + more} brackets"):
            read("(" * (MAX_DEPTH + more) + "1" + ")" * (MAX_DEPTH + more), {})
