"""`ufm check`: a statement of the user's, or a derivation file, judged and printed."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from proofs.check.files import read_file
from proofs.check.judging import DEFAULT_TIMEOUT, HELD, WORDS, check_claims, check_one
from proofs.commands import options
from proofs.commands.options import JsonOption
from proofs.kernel import verdict
from theory.exact import InvalidInput

WRONG_INPUT, INTERRUPTED = 2, 130
MAX_LINE = 400  # characters of an error message


def run_check(
    statement: str | None = None,
    file: Path | None = None,
    where: Sequence[str] = (),
    let: Sequence[str] = (),
    timeout: float = DEFAULT_TIMEOUT,
    as_json: bool = False,
    coq: bool = False,
    out: TextIO | None = None,
    err: TextIO | None = None,
) -> int:
    """Judge a statement or a derivation file and print the result.

    Arguments: exactly one of `statement` and `file`; `let` as "NAME=EXPR"; `timeout` in seconds of processor time a statement;
    `coq`, whether what holds is proved again by Coq.
    Returns: the exit status: 0 all held, 1 something refuted, 2 the input is wrong, 3 something undecided,
    130 interrupted.
    """
    out, err = out or sys.stdout, err or sys.stderr
    try:
        return _run(statement, file, where, let, timeout, as_json, coq, out, err)
    except InvalidInput as error:
        print(f"ufm: {_one_line(str(error))}", file=err)
        return WRONG_INPUT
    except KeyboardInterrupt:
        print("ufm: interrupted; what was finished is kept", file=err)
        return INTERRUPTED


def _one_line(message: str) -> str:
    line = " ".join(message.split())
    return line if len(line) <= MAX_LINE else line[: MAX_LINE - 3] + "..."


def _run(
    statement: str | None,
    file: Path | None,
    where: Sequence[str],
    let: Sequence[str],
    timeout: float,
    as_json: bool,
    coq: bool,
    out: TextIO,
    err: TextIO,
) -> int:
    if (statement is None) == (file is None):
        raise InvalidInput("give either a statement or --file, not both and not neither")
    if not (isinstance(timeout, (int, float)) and math.isfinite(timeout) and timeout > 0):
        raise InvalidInput(f"timeout={timeout} must be a positive number of seconds: give for example 30")
    if statement is not None:
        result = check_one(statement, where, _lets(let), timeout)
        if coq:
            (result,) = _by_coq([result], [_lets(let)], None)
        print(json.dumps(result) if as_json else _sentence(result), file=out)
        return exit_status([result])
    assert file is not None
    if where or let:
        raise InvalidInput("--where and --let go with a statement: in a file, write them in the claim")

    def progress(line: str) -> None:
        print(line, file=err, flush=True)

    claims, told = read_file(Path(file)), None if as_json else progress
    results = check_claims(claims, timeout, progress=told)
    if coq:
        results = _by_coq(results, [claim.let for claim in claims], told)
    print(json.dumps({"claims": results}) if as_json else _table(results), file=out)
    return exit_status(results)


def exit_status(results: Sequence[Mapping[str, Any]]) -> int:
    """2 where an input is wrong, else that of the verdicts."""
    if any(result["verdict"] == "error" for result in results):
        return WRONG_INPUT
    return verdict.exit_status(known for result in results for known, word in WORDS.items() if word == result["verdict"])


def _by_coq(
    results: list[dict[str, Any]], lets: Sequence[Mapping[str, str]], progress: Callable[[str], None] | None
) -> list[dict[str, Any]]:
    from proofs.check.coq import confirm_all

    return confirm_all(results, lets, os.cpu_count() or 1, progress)


def _said_by_coq(result: Mapping[str, Any]) -> list[str]:
    if result.get("coq") is None:
        return []
    from proofs.check.coq import sentence

    return [_one_line(sentence(result["coq"]))]


def _lets(definitions: Sequence[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for definition in definitions:
        name, equals, value = definition.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise InvalidInput(f"let {definition!r} must be NAME=EXPR: for example rate='1/sqrt(R)'")
        if name.strip() in names:
            raise InvalidInput(f"let {name.strip()!r} is given twice: keep one")
        names[name.strip()] = value.strip()
    return names


def _sentence(result: Mapping[str, Any]) -> str:
    """The result of one statement, as a reader wants it: verdict, why, what it rests on."""
    lines = [f"{result['verdict']}: {result['statement']}"]
    if result["where"]:
        lines.append(f"  where {', '.join(result['where'])}")
    if result["witness"]:
        lines.append("  at " + ", ".join(f"{k} = {v}" for k, v in result["witness"].items()))
    lines.append(f"  {_one_line(result['method'] or result['reason'])}")
    if result["verdict"] == "derived" and result["reason"] not in result["method"]:
        lines.append(f"  only derived: {_one_line(result['reason'])}")
    if result["side_conditions"]:
        lines.append("  side conditions: " + "; ".join(result["side_conditions"]))
    if result["trusts"]:
        lines.append("  trusts: " + ", ".join(result["trusts"]))
    lines += [f"  {line}" for line in _said_by_coq(result)]
    return "\n".join(lines)


def _table(results: Sequence[Mapping[str, Any]]) -> str:
    """The derivation, one line a claim, in its order."""
    width = max(len(r["id"]) for r in results)
    lines = []
    for r in results:
        why = r.get("message") or r["reason"]
        if r["witness"]:
            why = "at " + ", ".join(f"{k} = {v}" for k, v in r["witness"].items())
        uses = f" [uses {', '.join(r['uses'])}]" if r["uses"] else ""
        lines.append(f"{r['line']:>4}  {r['id']:<{width}}  {r['verdict']:<9}  {r['statement']}{uses}")
        if r["verdict"] not in HELD:
            lines.append(f"      {'':<{width}}  {_one_line(why)}")
        else:
            lines += [f"      {'':<{width}}  {line}" for line in _said_by_coq(r)]
    return "\n".join(lines)


def command(
    statement: Annotated[str | None, typer.Argument(metavar="STATEMENT", help="Such as 'x**2 + 1 >= 2*x'.", show_default=False)] = None,
    file: Annotated[Path | None, typer.Option("--file", metavar="F.toml", help="A derivation: many statements.")] = None,
    where: Annotated[list[str] | None, typer.Option("--where", metavar="COND", help="A premise; repeatable.")] = None,
    let: Annotated[list[str] | None, typer.Option("--let", metavar="NAME=EXPR", help="A definition; repeatable.")] = None,
    timeout: Annotated[str, typer.Option("--timeout", metavar="S", help="Seconds of processor time for each statement.")] = "30",
    coq: Annotated[bool, typer.Option("--coq", help="Prove what holds, of polynomials and roots, by Coq again.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Judge one statement of yours, or a derivation file: proved, derived, refuted with an exact counterexample, or undecided.

    Python's expression grammar; names are real variables, quantified over all values that satisfy every --where.
    Forms: limit(f, x, a) == v, sup(f, x, a, b) == v, inf(…) == v, attained(f, x, a, b), increasing(f, x), diff(f, x).
    Exit status: 0 all proved or derived, 1 something is refuted, 2 wrong input, 3 undecided.
    """
    return run_check(statement, file, where or (), let or (), options.read_number(timeout, "timeout"), as_json, coq)
