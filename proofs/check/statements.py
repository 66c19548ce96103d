"""From a user's texts to statements: a text under its own premises, and under the claims that it uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def statements_of(
    statement: str,
    where: Sequence[str],
    let: Mapping[str, str] | None,
    premises: Sequence[tuple[str, Sequence[str], Mapping[str, str]]],
) -> list[Any]:
    """The parts of a text, under its own premises and the proved claims (statement, where, let) that it uses."""
    import dataclasses

    from proofs.kernel.reader import read_statement

    parts = read_statement(statement, where, let)
    known = [p for text, conditions, names in premises for p in _as_premises(text, conditions, names, where)]
    return [dataclasses.replace(part, where=(*part.where, *known)) for part in parts]


def _as_premises(
    text: str, conditions: Sequence[str], let: Mapping[str, str], where: Sequence[str]
) -> list[Any]:
    """A proved claim as premises: its condition where its own premises hold."""
    import sympy as sp

    from proofs.kernel.reader import read_statement
    from proofs.kernel.statements import Holds

    given = {" ".join(w.split()) for w in where}
    found = []
    for part in read_statement(text, conditions, let):
        if isinstance(part, Holds):
            extra = [
                w
                for w, source in zip(part.where, conditions, strict=True)
                if " ".join(source.split()) not in given
            ]
            found.append(
                part.condition
                if not extra
                else sp.Or(*(sp.Not(w, evaluate=False) for w in extra), part.condition)
            )
    return found
