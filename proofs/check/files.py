"""Derivation files: TOML with a `[[claim]]` table for each step."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from theory.exact import InvalidInput

MAX_FILE_BYTES = 2_000_000
FIELDS = {"id", "statement", "where", "uses", "let"}


@dataclass(frozen=True)
class Instance:
    """An earlier claim at other arguments: for some of its variables, texts of expressions of the claim that uses it."""

    claim: str
    at: dict[str, str]

    def __str__(self) -> str:
        return f"{self.claim} at {', '.join(f'{name} = {value}' for name, value in self.at.items())}"


@dataclass
class Step:
    """One `[[claim]]` of a derivation file, as its texts, and its line; a statement of the command line has line 0.

    `uses` names the earlier claims that it builds on as they stand, `instances` those at other arguments. `reads` says, of a
    statement that was converted from another language, what is checked.
    """

    id: str
    statement: str
    where: list[str] = field(default_factory=list)
    let: dict[str, str] = field(default_factory=dict)
    uses: list[str] = field(default_factory=list)
    line: int = 0
    instances: list[Instance] = field(default_factory=list)
    reads: str = ""

    def needs(self) -> list[str]:
        """The earlier claims that must hold."""
        return list(dict.fromkeys((*self.uses, *(instance.claim for instance in self.instances))))

    def texts(self) -> dict[str, Any]:
        """The table that it was read from."""
        uses = [*self.uses, *({"claim": instance.claim, "at": instance.at} for instance in self.instances)]
        return {"id": self.id, "statement": self.statement, "where": self.where, "let": self.let, "uses": uses}


def read_file(path: Path) -> list[Step]:
    """The claims of a derivation file; the conjectures of a TPTP file (.p, .tptp), and the question of an SMT-LIB 2 file (.smt2).

    Raises: InvalidInput, one line, for a file that cannot be read, or is not made of `[[claim]]` tables with the fields of a `Step`.
    """
    if path.suffix in (".p", ".tptp"):
        from proofs.check.tptp import read_tptp  # loaded where it is asked for

        return read_tptp(read_text(path, MAX_FILE_BYTES, "a TPTP file of fof conjectures"), path.name)
    if path.suffix == ".smt2":
        from proofs.check.smtlib import read_smtlib

        return [read_smtlib(read_text(path, MAX_FILE_BYTES, "an SMT-LIB 2 file"), path.name)]
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
    if not isinstance(identity, str) or not identity.strip() or not identity.isprintable():
        raise InvalidInput(f"line {line}: id={identity!r} must be a name in quotes, on one line")
    if identity in earlier:
        raise InvalidInput(f"line {line}: id {identity!r} is used twice: give each claim its own")
    if not isinstance(statement, str):
        raise InvalidInput(f"line {line}: claim {identity!r} has statement={statement!r}: write it as text in quotes")
    where, uses, let = table.get("where", []), table.get("uses", []), table.get("let", {})
    if not isinstance(where, list) or not all(isinstance(v, str) for v in where):
        raise InvalidInput(f"line {line}: where of claim {identity!r} must be a list of texts")
    if not _gives_expressions(let):
        raise InvalidInput(f"line {line}: let of claim {identity!r} must give each name an expression in quotes")
    if not isinstance(uses, list) or not all(isinstance(v, str) or _is_instance(v) for v in uses):
        raise InvalidInput(
            f"line {line}: uses of claim {identity!r} must be a list of ids, or of tables as in {{ claim = 'a', at = {{ x = '1/y' }} }}"
        )
    plain = [used for used in uses if isinstance(used, str)]
    instances = [Instance(used["claim"], _texts(used["at"])) for used in uses if not isinstance(used, str)]
    step = Step(identity, statement, list(where), _texts(let), plain, line, instances)
    for used in step.needs():
        if used not in earlier:
            raise InvalidInput(f"line {line}: claim {identity!r} uses {used!r}, which is not an earlier claim")
    return step


def _is_instance(table: Any) -> bool:
    named = isinstance(table, dict) and set(table) == {"claim", "at"} and isinstance(table["claim"], str)
    return named and bool(table["at"]) and _gives_expressions(table["at"])


def _gives_expressions(table: Any) -> bool:
    return isinstance(table, dict) and all(isinstance(v, (str, int)) and not isinstance(v, bool) for v in table.values())


def _texts(table: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in table.items()}
