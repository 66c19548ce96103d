"""Derivation files: TOML with a `[[claim]]` table for each step."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from theory.exact import InvalidInput

MAX_FILE_BYTES = 2_000_000
FIELDS = {"id", "statement", "where", "uses", "let"}


@dataclass
class Step:
    """One `[[claim]]` of a derivation file, as its texts, and its line; a statement of the command line has line 0."""

    id: str
    statement: str
    where: list[str] = field(default_factory=list)
    let: dict[str, str] = field(default_factory=dict)
    uses: list[str] = field(default_factory=list)
    line: int = 0


def read_file(path: Path) -> list[Step]:
    """The claims of a derivation file.

    Raises: InvalidInput, one line, for a file that cannot be read, or is not made of `[[claim]]` tables with the fields of a `Step`.
    """
    return parse_claims(read_text(path, MAX_FILE_BYTES, "a TOML file of [[claim]] tables"), str(path))


def read_text(path: Path, most: int, wanted: str) -> str:
    """The text of a file of at most so many bytes.

    Raises: InvalidInput, one line that says what is wanted.
    """
    try:
        if path.stat().st_size > most:
            raise InvalidInput(f"file {str(path)!r} is larger than {most} bytes: split it")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"file {str(path)!r} cannot be read ({_reason(error)}): give {wanted}") from None


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or type(error).__name__


def parse_claims(text: str, name: str = "the file") -> list[Step]:
    """The claims of a derivation's text; see `read_file`."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidInput(f"file {name!r} is not TOML ({' '.join(str(error).split())}): mend that line") from None
    tables = data.get("claim")
    if not isinstance(tables, list) or not tables or set(data) != {"claim"}:
        raise InvalidInput(f"file {name!r} must hold [[claim]] tables only, at least one: see examples/gibbs.toml")
    lines = [i for i, line in enumerate(text.splitlines(), 1) if line.split("#")[0].strip().replace(" ", "") == "[[claim]]"]
    steps: list[Step] = []
    for number, table in enumerate(tables):
        line = lines[number] if number < len(lines) else 1
        steps.append(step_of(table, line, {step.id for step in steps}))
    return steps


def step_of(table: Any, line: int, earlier: set[str]) -> Step:
    """The step that a table of texts gives, on this line of its file, after the steps with `earlier` ids.

    Raises: InvalidInput for what is no step, or uses what is not earlier.
    """
    if not isinstance(table, dict) or not set(table) <= FIELDS:
        extra = sorted(set(table) - FIELDS) if isinstance(table, dict) else []
        raise InvalidInput(f"line {line}: a claim has {extra or 'the wrong form'}; its fields are {sorted(FIELDS)}")
    identity, statement = table.get("id"), table.get("statement")
    if not isinstance(identity, str) or not identity.strip():
        raise InvalidInput(f"line {line}: id={identity!r} must be a name in quotes")
    if identity in earlier:
        raise InvalidInput(f"line {line}: id {identity!r} is used twice: give each claim its own")
    if not isinstance(statement, str):
        raise InvalidInput(f"line {line}: claim {identity!r} has statement={statement!r}: write it as text in quotes")
    where, uses, let = table.get("where", []), table.get("uses", []), table.get("let", {})
    for name, values in (("where", where), ("uses", uses)):
        if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
            raise InvalidInput(f"line {line}: {name} of claim {identity!r} must be a list of texts")
    if not isinstance(let, dict) or not all(isinstance(v, (str, int)) and not isinstance(v, bool) for v in let.values()):
        raise InvalidInput(f"line {line}: let of claim {identity!r} must give each name an expression in quotes")
    for used in uses:
        if used not in earlier:
            raise InvalidInput(f"line {line}: claim {identity!r} uses {used!r}, which is not an earlier claim")
    return Step(identity, statement, list(where), {k: str(v) for k, v in let.items()}, list(uses), line)
