"""`ufm check`: a statement of the user's, or a derivation file, judged and printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from proofs.check.files import Step, read_file
from proofs.check.judging import HELD, check_claims
from proofs.commands import WRONG_INPUT, one_line, options
from proofs.commands.options import JsonOption
from proofs.kernel import verdict
from theory.exact import InvalidInput


def exit_status(results: Sequence[Mapping[str, Any]]) -> int:
    """The exit status: 2 where an input is wrong, else that of the verdicts."""
    if any(result["verdict"] == "error" for result in results):
        return WRONG_INPUT
    return verdict.exit_status(verdict.Verdict(result["verdict"].upper()) for result in results)


def _said_by_coq(result: Mapping[str, Any]) -> list[str]:
    if result.get("coq") is None:
        return []
    from proofs.check.coq import sentence

    return [one_line(sentence(result["coq"]))]


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
    """The result of one statement for a reader: the verdict, the reason, and what it rests on."""
    lines = [f"{result['verdict']}: {result['statement']}"]
    if result["where"]:
        lines.append(f"  where {', '.join(result['where'])}")
    if result["witness"]:
        lines.append("  at " + ", ".join(f"{k} = {v}" for k, v in result["witness"].items()))
    lines.append(f"  {one_line(result['method'] or result['reason'])}")
    if result["verdict"] == "derived" and result["reason"] not in result["method"]:
        lines.append(f"  only derived: {one_line(result['reason'])}")
    if result["side_conditions"]:
        lines.append("  side conditions: " + "; ".join(result["side_conditions"]))
    if result["trusts"]:
        lines.append("  trusts: " + ", ".join(result["trusts"]))
    lines += [f"  {line}" for line in _said_by_coq(result)]
    return "\n".join(lines)


def _table(results: Sequence[Mapping[str, Any]]) -> str:
    """The claims of a derivation in their order, one line for each."""
    width = max(len(r["id"]) for r in results)
    lines = []
    for r in results:
        why = r.get("message") or r["reason"]
        if r["witness"]:
            why = "at " + ", ".join(f"{k} = {v}" for k, v in r["witness"].items())
        uses = f" [uses {', '.join(r['uses'])}]" if r["uses"] else ""
        lines.append(f"{r['line']:>4}  {r['id']:<{width}}  {r['verdict']:<9}  {r['statement']}{uses}")
        if r["verdict"] not in HELD:
            lines.append(f"      {'':<{width}}  {one_line(why)}")
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
    if (seconds := options.read_number(timeout, "timeout")) <= 0:
        raise InvalidInput(f"timeout={timeout} must be a positive number of seconds: give for example 30")
    if (statement is None) == (file is None):
        raise InvalidInput("give either a statement or --file, not both and not neither")
    if file is None:
        steps = [Step("statement", str(statement), list(where or ()), _lets(let or ()))]
    elif where or let:
        raise InvalidInput("--where and --let go with a statement: in a file, write them in the claim")
    else:
        steps = read_file(file)
    results = check_claims(steps, seconds, None if file is None or as_json else _progress, coq)
    if file is None and results[0]["verdict"] == "error":
        raise InvalidInput(results[0]["message"])
    if as_json:
        sys.stdout.write(json.dumps(results[0] if file is None else {"claims": results}) + "\n")
    else:
        sys.stdout.write((_sentence(results[0]) if file is None else _table(results)) + "\n")
    return exit_status(results)


def _progress(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
