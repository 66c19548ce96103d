"""Proofs that were kept, replayed: `ufm check --save` writes the file, `ufm check --replay` runs the checker on it and nothing else.

A proof file holds the texts of each claim and the evidence behind its verdict: what an engine proposed, as plain exact data.
The texts are read anew, the checker looks at the evidence, and the judge makes the verdict again. Nothing else in the file is
believed: neither its verdicts, nor what it says that they rest on. No search and no solver takes part.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from proofs import checker
from proofs.check.files import Step, read_text, step_of
from proofs.check.steps import HELD, WORDS, Answered, Asked, Source, answered, read_step
from proofs.kernel.claim import Question
from proofs.kernel.judge import mint
from proofs.kernel.verdict import Evidence, Outcome, Strength
from proofs.ledger import jobs
from theory.exact import InvalidInput

FORMAT = 1
MAX_PROOF_BYTES = 200_000_000
EVIDENCE = ("engine", "outcome", "certificate", "witness")  # what is kept of a piece of evidence: all that the checker looks at
SETTLED = (Outcome.HOLDS, Outcome.FAILS)
TEXTS = ("id", "statement", "where", "let", "uses")
VERDICTS = (*WORDS.values(), "error")
NOTHING = Evidence(road="exact", engine="a proof file", outcome=Outcome.UNSETTLED, note="the file brings no evidence")


@dataclass(frozen=True)
class Kept:
    """A claim of a proof file: its texts, the verdict it had, and the evidence in the order in which the judge asks for it."""

    step: Step
    verdict: str
    evidence: tuple[Evidence, ...]


def document(steps: Sequence[Step], results: Sequence[Mapping[str, Any]], evidence: Mapping[str, Sequence[Evidence]]) -> dict[str, Any]:
    """The proof file of judged steps, as one JSON document."""
    claims = []
    for step, result in zip(steps, results, strict=True):
        settled = result["verdict"] in (*HELD, "refuted")
        brought = [_plain(each) for each in evidence.get(step.id, ())] if settled else []
        claims.append({**step.texts(), "verdict": result["verdict"], "evidence": brought})
    return {"proof": FORMAT, "versions": results[0]["versions"], "claims": claims}


def _plain(evidence: Evidence) -> dict[str, Any] | None:
    return {name: asdict(evidence)[name] for name in EVIDENCE} if evidence.outcome in SETTLED else None


def read_proof(path: Path) -> list[Kept]:
    """The claims of a proof file.

    Raises: InvalidInput, one line, for a file that cannot be read, is cut short, or is not of the form that `document` gives.
    """
    text, name = read_text(path, MAX_PROOF_BYTES, "a proof that ufm check --save wrote"), str(path)
    try:
        data = json.loads(text, object_pairs_hook=_no_name_twice, parse_constant=_no_number, parse_float=_no_number)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"file {name!r} is no whole proof ({' '.join(str(error).split())}): save it anew") from None
    if not isinstance(data, dict) or data.get("proof") != FORMAT or not isinstance(data.get("claims"), list) or not data["claims"]:
        raise InvalidInput(f"file {name!r} is no proof of format {FORMAT}: give a file that ufm check --save wrote")
    found: list[Kept] = []
    for table in data["claims"]:
        if not isinstance(table, dict) or set(table) != {*TEXTS, "verdict", "evidence"} or not isinstance(table["evidence"], list):
            raise InvalidInput(
                f"file {name!r}, claim {len(found) + 1} has not the fields {', '.join((*TEXTS, 'verdict', 'evidence'))}: save it anew"
            )
        if table["verdict"] not in VERDICTS:
            raise InvalidInput(
                f"file {name!r}, claim {len(found) + 1} has the verdict {str(table['verdict'])[:40]!r}, which is none: save it anew"
            )
        try:
            step = step_of({part: table[part] for part in TEXTS}, 0, {kept.step.id for kept in found})
            json.dumps(step.texts(), ensure_ascii=False).encode()  # half a character cannot be told
            found.append(Kept(step, table["verdict"], tuple(map(_evidence, table["evidence"]))))
        except (InvalidInput, ValueError) as error:
            raise InvalidInput(f"file {name!r}, claim {len(found) + 1}: {error}") from None
    return found


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name is given twice")
    return dict(pairs)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text[:40]} is not exact")


def _evidence(table: Any) -> Evidence:
    """Evidence from plain data: what the checker looks at, and nothing that the judge would take on its word."""
    if table is None:
        return NOTHING
    if not isinstance(table, dict) or set(table) != set(EVIDENCE) or table["outcome"] not in SETTLED:
        raise InvalidInput(f"evidence has the fields {', '.join(EVIDENCE)}, and its outcome is holds or fails: save it anew")
    certificate, witness = table["certificate"], table["witness"]
    if not isinstance(table["engine"], str) or any(each is not None and not isinstance(each, dict) for each in (certificate, witness)):
        raise InvalidInput("evidence has a name of an engine, and its certificate and witness are tables: save it anew")
    outcome = Outcome(table["outcome"])
    strength = Strength.CERTIFIED if outcome is Outcome.HOLDS else None
    return Evidence(road="exact", engine=table["engine"], outcome=outcome, strength=strength, certificate=certificate, witness=witness)


def rules_and_fields(evidence: Evidence) -> tuple[set[str], set[str]]:
    """The rules that a certificate names anywhere, and the names of all its fields."""
    rules, fields, waiting = set(), set[str](), [evidence.certificate]
    while waiting:
        node: Any = waiting.pop()
        if isinstance(node, Mapping):
            rules |= {str(node["rule"])} if "rule" in node else set()
            fields |= set(node)
            waiting += node.values()
        elif isinstance(node, (list, tuple)):
            waiting += node
    return rules, fields


def trusts_of(evidence: Sequence[Evidence]) -> list[str]:
    """What a replay rests on beside the checker, by the certificates and not by what the file says."""
    found = set()
    for each in evidence:
        rules, fields = rules_and_fields(each)
        if "far" in rules or "limit" in fields or each.engine == "limits":
            found.add("leading-term analysis")
        if each.engine == "identities" and each.outcome is Outcome.HOLDS:
            found.add("polynomial expansion by FLINT")
    return sorted(found)


def replayed(claims: Sequence[Kept], seconds: float, progress: Callable[[str], None] | None = None) -> list[dict[str, Any]]:
    """What the checker says of each claim, in order; `seconds` of processor time are the limit of each.

    A claim has the verdict that it had where its evidence replays, and "broken" where it does not. It is "not replayed" where its
    certificate takes the word of solvers, which never counts here, "undecided" where it was not settled, and "error" where a text is
    not in the grammar. What rests on a claim that does not hold here has not been replayed either.
    """
    asked: dict[str, Asked] = {}
    found: dict[str, tuple[str, str]] = {}
    for kept in claims:
        found[kept.step.id] = _before(kept, asked) or ("broken", "its replay did not end")
    waiting = deque(
        jobs.Job(kept.step.id, partial(answered, asked[kept.step.id], partial(by_file, kept.evidence)), seconds)
        for kept in claims
        if found[kept.step.id][0] == "broken" and kept.step.id in asked
    )
    by_id = {kept.step.id: kept for kept in claims}
    for module in pkgutil.iter_modules(checker.__path__, f"{checker.__name__}."):
        importlib.import_module(module.name)  # before the jobs are forked: one start-up for all
    with closing(jobs.run(waiting, "fork")) as ended:
        for job, result in ended:
            found[job.name] = _compared(by_id[job.name], result)
            if progress is not None:  # whether what it rests on replays is known at the end alone
                progress(f"{job.name}: its own evidence {'is broken' if found[job.name][0] == 'broken' else 'replays'}")
    results: list[dict[str, Any]] = []
    for kept in claims:
        verdict, why = found[kept.step.id]
        broken = next((each for each in results if each["id"] in kept.step.needs() and each["verdict"] not in HELD), None)
        if broken is not None and verdict != "error":
            verdict, why = "not replayed", f"rests on {broken['id']!r}, which is {broken['verdict']}"
        results.append({**kept.step.texts(), "verdict": verdict, "reason": why, **_told(kept, verdict)})
    return results


def _before(kept: Kept, asked: dict[str, Asked]) -> tuple[str, str] | None:
    """The verdict and the reason of a claim whose evidence the checker is not asked about; else its statements are read."""
    try:
        asked[kept.step.id] = read_step(kept.step, asked)
    except InvalidInput as error:
        return "error", str(error)
    except KeyError as error:
        return "not replayed", f"rests on {error}, which is not read"
    if kept.verdict not in (*HELD, "refuted"):
        return "undecided", "the file has no proof of it"
    if any("solver" in rules_and_fields(each)[0] for each in kept.evidence):
        return "not replayed", "its proof takes the word of z3 and cvc5, which never counts in a replay"
    return None


def by_file(evidence: Sequence[Evidence]) -> Source:
    """This evidence in this order, and nothing once it is used up; the checker looks at it."""
    waiting = deque(evidence)
    return Source(lambda *_: waiting.popleft() if waiting else NOTHING, checker.recheck, lambda: 0.0)


def _compared(kept: Kept, found: Answered | jobs.Stopped) -> tuple[str, str]:
    """The verdict that is made again, where it is the one that the claim had and each piece of evidence was asked for."""
    if isinstance(found, jobs.Stopped):
        return "broken", f"{found.findings().parts[0].evidence.note}, so nothing is shown"
    row = mint(Question(id=kept.step.id, says=kept.step.statement), found.findings)
    word = WORDS.get(row.verdict, "undecided")
    if len(found.evidence) != len(kept.evidence):
        return "broken", f"the judge asks for {len(found.evidence)} pieces of evidence, and the file brings {len(kept.evidence)}"
    if word != kept.verdict:
        return "broken", f"its evidence does not show that it is {kept.verdict}"
    return word, "the checker alone replays it"


def _told(kept: Kept, verdict: str) -> dict[str, Any]:
    """What a claim that was replayed rests on, and where it fails if it is refuted."""
    shown = verdict in (*HELD, "refuted")
    witness = (
        next((each.witness for each in reversed(kept.evidence) if each.outcome is Outcome.FAILS), None) if verdict == "refuted" else None
    )
    return {"trusts": trusts_of(kept.evidence) if shown else [], "witness": witness}
