"""The names of printed statements."""

from __future__ import annotations

import dataclasses

import pytest

from proofs.coq import statements
from tests.tools.coq_toys import PART, toy


def test_a_sentence_cannot_end_its_comment():
    text = statements.definition(dataclasses.replace(PART, says='a *) Axiom bad : False. (* "b'))
    assert text.splitlines()[0] == "  (* a * ) Axiom bad : False. ( * 'b *)"


@pytest.mark.parametrize(("part_id", "said"), [("middle-rate-at-most-1", "middle_rate_at_most_1"), ("in", "in_")])
def test_names_are_made_of_ids(part_id, said):
    assert statements.name(dataclasses.replace(PART, id=part_id)) == said


@pytest.mark.parametrize("part_id", ["1-rate", "Rate", "rate_at", "a" * 61])
def test_an_id_that_makes_no_name_is_an_error(part_id):
    with pytest.raises(ValueError, match="makes no name in Coq"):
        statements.name(dataclasses.replace(PART, id=part_id))


def test_two_parts_of_one_name_are_an_error(monkeypatch):
    monkeypatch.setattr(statements, "name", lambda part: "one")
    two = toy(parts=lambda said: (PART, dataclasses.replace(PART, id="b")), coq={PART.id: ("toy.a",), "b": ("toy.b",)})
    with pytest.raises(ValueError, match="one name in Coq"):
        statements.generated([two])
