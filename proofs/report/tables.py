"""Tables for people and the JSON documents of `verify`, from the same rows."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table

from proofs.kernel.claim import Claim
from proofs.kernel.judge import Finding, Row, unguarded
from proofs.kernel.verdict import Evidence, Outcome, Reason, Verdict
from proofs.store.dependencies import versions

WIDEST = 10_000  # characters of a line that is piped: no table is wider
COLOURS = {
    Verdict.REFUTED: "red",
    Verdict.PROVED: "green",
    Verdict.DERIVED: "cyan",
    Verdict.SUPPORTED: "blue",
    Verdict.UNDECIDED: "yellow",
    Verdict.NOT_CHECKED: "yellow",
}


def ledger_document(claims: Sequence[Claim], rows: Sequence[Row]) -> dict[str, Any]:
    """The JSON document of `ufm verify`."""
    return {"claims": [_claim_document(claim, row) for claim, row in zip(claims, rows, strict=True)], "versions": versions()}


def _claim_document(claim: Claim, row: Row) -> dict[str, Any]:
    return {
        "id": claim.id,
        "says": claim.says,
        "source": claim.source,
        "verdict": str(row.verdict),
        "hypotheses": list(claim.hypotheses),
        "evidence": [_evidence_document(finding) for finding in (*row.findings.parts, *row.findings.runs)],
        "near_misses": [
            {
                "says": miss.says,
                "rejected": bool(miss.rejected_by) and not miss.passed_by,
                "rejected_by": list(miss.rejected_by),
                "changes": list(miss.touched),
                "rejects": list(miss.rejected),
            }
            for miss in row.findings.near_misses
        ],
        "without_near_miss": dict(claim.without_near_miss),
        "measured_because": claim.measured_because,
        "stopped": stopped(row),
        "unguarded": [] if stopped(row) else unguarded(claim, row.findings),
        "problems": list(row.problems),
        "repaired_by": claim.repaired_by,
        "seconds": row.findings.seconds,
        "replay": replay(claim.id),
    }


def _evidence_document(finding: Finding) -> dict[str, Any]:
    evidence = finding.evidence
    return {
        "part": finding.part_id,
        "says": finding.says,
        "road": evidence.road,
        "engine": evidence.engine,
        "outcome": str(evidence.outcome),
        "strength": evidence.strength and str(evidence.strength),
        "rechecked": finding.rechecked,
        "arrived_settled": finding.arrived_settled,
        "reason": evidence.reason and str(evidence.reason),
        "number": evidence.number,
        "bound": evidence.bound,
        "trusts": list(evidence.trusts),
        "witness": evidence.witness,
        "certificate": evidence.certificate,
        "side_conditions": list(evidence.side_conditions),
        "note": evidence.note,
        "seconds": evidence.seconds,
    }


def replay(claim_id: str) -> str:
    """The command that judges this claim again from nothing."""
    return f"ufm verify {claim_id} --fresh"


def stopped(row: Row) -> str | None:
    """Why the investigation of a claim did not come to its end, with the command that replays it; None where it did."""
    for finding in row.findings.parts:
        if finding.evidence.reason in (Reason.STOPPED, Reason.HUNG, Reason.DIED) and finding.evidence.road == "ledger":
            return f"{finding.evidence.note}; replay: {replay(row.claim_id)}"
    return None


def deciding(row: Row) -> Finding | None:
    """The finding to show first: the refutation, else the failed run, else the worst run, else the first part."""
    parts = [finding for finding in row.findings.parts if finding.evidence.road != "coq"]
    findings = (*row.findings.runs, *parts)
    for wanted in ("fails", "unsettled", "absent"):
        pool = parts if row.verdict is Verdict.REFUTED else findings
        for finding in pool:
            if str(finding.evidence.outcome) == wanted:
                return finding
    return findings[0] if findings else None


def deciding_words(row: Row) -> str:
    """The number against its bound, or the witness, or why there is neither."""
    found = deciding(row)
    if found is None:
        return "nothing"
    if why := stopped(row):
        return why
    evidence = found.evidence
    if row.verdict is Verdict.REFUTED and evidence.witness:
        return "at " + ", ".join(f"{name} = {value}" for name, value in sorted(evidence.witness.items()))
    if evidence.outcome is Outcome.ABSENT:
        return "nothing: " + evidence.note
    if measured := numbers(evidence):
        return measured
    return "exact" if row.verdict is not Verdict.UNDECIDED else f"not decided: {evidence.note}".removesuffix(": ")


def numbers(evidence: Evidence) -> str:
    """The measured number against its bound; empty for exact evidence."""
    signs = {"run": "≤", "statistics": {Outcome.HOLDS: "inside", Outcome.FAILS: "outside"}.get(evidence.outcome, "across")}
    return f"{evidence.number} {signs[evidence.road]} {evidence.bound}" if evidence.road in signs else ""


def roads(row: Row) -> str:
    """How many statements each road settled, such as "5 exact, 2 runs"."""
    engines = Counter(_road(finding) for finding in (*row.findings.parts, *row.findings.runs))
    return ", ".join(f"{number} {road}" for road, number in sorted(engines.items()))


def _road(finding: Finding) -> str:
    road = "runs" if finding.evidence.road == "run" else finding.evidence.road
    return f"{road} {Verdict.NOT_CHECKED}" if finding.evidence.outcome is Outcome.ABSENT else road


def counts_of(rows: Sequence[Row]) -> str:
    """The verdict counts in one line."""
    found = Counter(row.verdict for row in rows)
    return ", ".join(f"{found[verdict]} {verdict}" for verdict in Verdict if found[verdict])


def console() -> Console:
    """Standard output: as wide as the terminal, or as wide as a line gets where it is piped."""
    found = Console()
    return found if found.is_terminal else Console(width=WIDEST)


def show(table: Table) -> None:
    """Prints a table with nothing cut off: where it does not fit the terminal, each row is a paragraph under its first entry."""
    out = console()
    if Measurement.get(out, out.options.update(max_width=WIDEST), table).maximum <= out.width:
        out.print(table)
        return
    if table.title:
        out.print(table.title, highlight=False, soft_wrap=True)
    heads, columns = [str(column.header) for column in table.columns], [list(column.cells) for column in table.columns]
    for first, *rest in zip(*columns, strict=True):
        out.print(first, highlight=False, soft_wrap=True)
        for head, cell in zip(heads[1:], rest, strict=True):
            out.print(Padding(f"[dim]{head}:[/] {cell}", (0, 0, 0, 4)), highlight=False)


def print_claims(claims: Sequence[Claim]) -> None:
    """Prints the claims, one line for each."""
    table = Table("claim", "says", box=None)
    for claim in claims:
        table.add_row(claim.id, escape(claim.says))
    show(table)


def print_ledger(claims: Sequence[Claim], rows: Sequence[Row]) -> None:
    """Prints the ledger as a table, its problems, and the counts."""
    table = Table("claim", "verdict", "decided by", "near misses", "statements", "s", box=None)
    for row in rows:
        rejected = sum(bool(miss.rejected_by) and not miss.passed_by for miss in row.findings.near_misses)
        table.add_row(
            row.claim_id,
            f"[{COLOURS[row.verdict]}]{row.verdict}[/]",
            escape(deciding_words(row)),
            f"{rejected}/{len(row.findings.near_misses)} rejected" if row.findings.near_misses else "–",
            roads(row),
            f"{row.findings.seconds:.1f}",
        )
    show(table)
    out = console()
    for claim, row in zip(claims, rows, strict=True):
        for problem in row.problems:
            out.print(f"[yellow]{claim.id}[/]: {escape(problem)}", highlight=False, soft_wrap=True)
        if row.verdict is Verdict.REFUTED and claim.repaired_by:
            out.print(f"{claim.id} is false as stated; {claim.repaired_by} says what holds", highlight=False, soft_wrap=True)
    if undecided := [row.claim_id for row in rows if row.verdict is Verdict.UNDECIDED]:
        out.print(f"not decided, and no pass: {', '.join(undecided)}", highlight=False, soft_wrap=True)
    if absent := [row.claim_id for row in rows if row.verdict is Verdict.NOT_CHECKED]:
        out.print(f"not checked, and no pass, for want of a tool: {', '.join(absent)}", highlight=False, soft_wrap=True)
    for row in rows:
        if why := stopped(row):
            out.print(f"{row.claim_id}, and no pass: {why}", highlight=False, soft_wrap=True)
    out.print(counts_of(rows), highlight=False, soft_wrap=True)


def print_json(document: dict[str, Any]) -> None:
    """Prints one JSON document on standard output."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n")


def number(value: float | None, missing: str = "–") -> str:
    """The value with six digits; `missing` for None."""
    return missing if value is None else f"{value:.6g}"
