"""A user's text as statements, and the proved claims that it uses as what is known."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from proofs.kernel.reader import read_statement
from proofs.kernel.statements import Holds, Known, Statement


def statements_of(
    statement: str, where: Sequence[str], let: Mapping[str, str] | None, premises: Sequence[tuple[str, Sequence[str], Mapping[str, str]]]
) -> list[Statement]:
    """The parts of a text, under its own premises; `premises` are proved claims (statement, where, let) that it uses.

    Each of these is read under its own lets, and is known where its own premises hold; forms such as limits are no premises.
    """
    known = tuple(
        Known(where=part.where, condition=part.condition)
        for text, conditions, names in premises
        for part in read_statement(text, conditions, names)
        if isinstance(part, Holds)
    )
    return [dataclasses.replace(part, known=known) for part in read_statement(statement, where, let)]
