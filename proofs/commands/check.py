"""`ufm check`: a statement of the user's, or a derivation file, judged and printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from proofs.check.files import Instance, Step, read_file
from proofs.check.steps import HELD
from proofs.commands import WRONG_INPUT, one_line, options
from proofs.commands.options import JsonOption
from proofs.report.files import written_whole
from theory.exact import InvalidInput

if TYPE_CHECKING:
    from proofs.kernel.verdict import Evidence


def exit_status(results: Sequence[Mapping[str, Any]]) -> int:
    """The exit status: 2 where an input is wrong, 1 where something is refuted or a proof is broken, 3 where something is open."""
    found = {result["verdict"] for result in results}
    if "error" in found:
        return WRONG_INPUT
    if found & {"refuted", "broken"}:
        return 1
    return 0 if found <= HELD else 3


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
        if "reads" in r:
            where = [f"where {', '.join(r['where'])}"] if r["where"] else []
            lines += [f"      {'':<{width}}  {one_line(line)}" for line in (*where, f"reads {r['reads']}")]
        if r["verdict"] not in HELD:
            lines.append(f"      {'':<{width}}  {one_line(why)}")
        else:
            lines += [f"      {'':<{width}}  {line}" for line in _said_by_coq(r)]
    return "\n".join(lines)


def command(
    statement: Annotated[str | None, typer.Argument(metavar="STATEMENT", help="Such as 'x**2 + 1 >= 2*x'.", show_default=False)] = None,
    file: Annotated[Path | None, typer.Option("--file", metavar="F", help="Many statements: see above.")] = None,
    where: Annotated[list[str] | None, typer.Option("--where", metavar="COND", help="A premise; repeatable.")] = None,
    let: Annotated[list[str] | None, typer.Option("--let", metavar="NAME=EXPR", help="A definition; repeatable.")] = None,
    timeout: Annotated[str, typer.Option("--timeout", metavar="S", help="Seconds of processor time for each statement.")] = "30",
    coq: Annotated[bool, typer.Option("--coq", help="Prove what holds, of conditions, by Coq again.")] = False,
    save: Annotated[Path | None, typer.Option("--save", metavar="PROOF", help="Keep the proofs of all statements in a file.")] = None,
    replay: Annotated[Path | None, typer.Option("--replay", metavar="PROOF", help="Check kept proofs anew: no search, no solver.")] = None,
    as_json: JsonOption = False,
) -> int:
    """Judge one statement of yours, or a derivation file: proved, derived, refuted with an exact counterexample, or undecided.

    Python's expression grammar; names are real variables, quantified over all values that satisfy every --where.
    Forms: limit(f, x, a) == v, sup(f, x, a, b) == v, inf(…) == v, attained(f, x, a, b), increasing(f, x), diff(f, x).
    --file reads a derivation (.toml), TPTP conjectures (.p, .tptp), or a question in SMT-LIB 2 (.smt2).
    Exit status: 0 all proved or derived, 1 something is refuted or a kept proof is broken, 2 wrong input, 3 undecided or not replayed.
    """
    if (seconds := options.read_number(timeout, "timeout")) <= 0:
        raise InvalidInput(f"timeout={timeout} must be a positive number of seconds: give for example 30")
    if replay is not None:
        if statement is not None or file or where or let or coq or save:
            raise InvalidInput("--replay goes with --timeout and --json alone: the proof holds its statements")
        return _replay(replay, seconds, as_json)
    if (statement is None) == (file is None):
        raise InvalidInput("give either a statement or --file, not both and not neither")
    if file is None:
        steps = [Step("statement", str(statement), list(where or ()), _lets(let or ()))]
    elif where or let:
        raise InvalidInput("--where and --let go with a statement: in a file, write them in the claim")
    else:
        steps = read_file(file)
    from proofs.check.judging import check_claims  # loaded where it is asked for: a replay loads no engine

    options.writable(save)
    kept: dict[str, tuple[Evidence, ...]] = {}
    results = check_claims(steps, seconds, None if file is None or as_json else _progress, coq, kept)
    if file is None and results[0]["verdict"] == "error":
        raise InvalidInput(results[0]["message"])
    if save is not None:
        _save(save, steps, results, kept)
    if as_json:
        sys.stdout.write(json.dumps(results[0] if file is None else {"claims": results}) + "\n")
    else:
        sys.stdout.write((_sentence(results[0]) if file is None else _table(results)) + "\n")
    return exit_status(results)


def _save(path: Path, steps: Sequence[Step], results: Sequence[Mapping[str, Any]], kept: Mapping[str, Sequence[Evidence]]) -> None:
    """Write the proofs of judged steps into a file, whole."""
    from proofs.check.replay import document

    with written_whole(path) as draft:
        draft.write_text(json.dumps(document(steps, results, kept), indent=1) + "\n", encoding="utf-8")


def _replay(path: Path, seconds: float, as_json: bool) -> int:
    """Replay a proof file and print what the checker says of each claim."""
    from proofs.check.replay import read_proof, replayed

    results = replayed(read_proof(path), seconds, None if as_json else _progress)
    sys.stdout.write((json.dumps({"claims": results}) if as_json else "\n".join(map(_replayed, results))) + "\n")
    return exit_status(results)


def _replayed(result: Mapping[str, Any]) -> str:
    """A claim of a proof file in one line: what the checker says of which statement, and why where it is not replayed."""
    texts = [result["statement"]]
    if result["where"]:
        texts.append(f"where {', '.join(result['where'])}")
    if result["let"]:
        texts.append(f"let {', '.join(f'{name} = {value}' for name, value in result['let'].items())}")
    if result["uses"]:
        texts.append(f"[uses {', '.join(each if isinstance(each, str) else str(Instance(**each)) for each in result['uses'])}]")
    line = f"{result['id']}: {result['verdict']}: {' '.join(texts)}"
    if result["witness"]:
        line += "; at " + ", ".join(f"{name} = {value}" for name, value in result["witness"].items())
    if result["verdict"] not in (*HELD, "refuted"):
        line += f"; {result['reason']}"
    elif result["trusts"]:
        line += f"; trusts {', '.join(result['trusts'])}"
    return " ".join(line.split())


def _progress(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
