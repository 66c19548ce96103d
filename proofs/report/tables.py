"""Tables for people and the JSON documents of `verify`, from the same rows."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from proofs.dependencies import versions
from proofs.kernel.claim import Claim
from proofs.kernel.judge import Finding, Row, unguarded
from proofs.kernel.verdict import Evidence, Outcome, Reason, Verdict
from proofs.options import Setting

COLOURS = {Verdict.REFUTED: "red", Verdict.PROVED: "green", Verdict.DERIVED: "cyan", Verdict.SUPPORTED: "blue",
           Verdict.UNDECIDED: "yellow", Verdict.NOT_CHECKED: "yellow"}
PATIENCE = 1.0  # seconds without a bar


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[str], None]]:
    """A progress bar on standard error; the block gets a function to call with each finished item."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with _bar(columns, what, total) as update:
        yield lambda item: update(1, description=f"{what}: {item}")


@contextmanager
def steps(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error with the estimated end; the block gets a function to call with steps done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("left"),
               TimeRemainingColumn())
    with _bar(columns, what, total) as update:
        yield update


@contextmanager
def share(what: str) -> Iterator[Callable[[float], None]]:
    """A progress bar on standard error, after a second; the block gets a function to call with the share done, if that is known."""
    bar = Progress(TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(),
                   console=Console(stderr=True), transient=True)
    task = bar.add_task(what, total=None)
    timer = threading.Timer(PATIENCE, bar.start if bar.console.is_interactive else lambda: None)  # elsewhere it ends in a line
    timer.daemon = True
    timer.start()
    try:
        yield lambda done: bar.update(task, total=1, completed=done)
    finally:
        timer.cancel()
        timer.join()
        if bar.live.is_started:
            bar.stop()


@contextmanager
def _bar(columns: Sequence[ProgressColumn], what: str, total: int) -> Iterator[Callable[..., None]]:
    """The bar starts with the first step: input that is refused before it leaves nothing but its one line."""
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task(what, total=total)

    def update(done: int, **fields: Any) -> None:
        bar.start()
        bar.update(task, advance=done, **fields)

    try:
        yield update
    finally:
        if bar.live.is_started:
            bar.stop()


def ledger_document(claims: Sequence[Claim], rows: Sequence[Row]) -> dict[str, Any]:
    """The JSON document of `ufm verify`."""
    return {"claims": [_claim_document(claim, row) for claim, row in zip(claims, rows, strict=True)],
            "versions": versions()}


def _claim_document(claim: Claim, row: Row) -> dict[str, Any]:
    return {
        "id": claim.id, "says": claim.says, "source": claim.source, "verdict": str(row.verdict),
        "hypotheses": list(claim.hypotheses),
        "evidence": [_evidence_document(finding) for finding in (*row.findings.parts, *row.findings.runs)],
        "near_misses": [{"says": miss.says, "rejected": bool(miss.rejected_by) and not miss.passed_by,
                         "rejected_by": list(miss.rejected_by), "changes": list(miss.touched), "rejects": list(miss.rejected)}
                        for miss in row.findings.near_misses],
        "without_near_miss": dict(claim.without_near_miss), "stopped": stopped(row),
        "unguarded": [] if stopped(row) else unguarded(claim, row.findings),
        "problems": list(row.problems), "repaired_by": claim.repaired_by, "seconds": row.findings.seconds,
        "replay": replay(claim.id),
    }


def _evidence_document(finding: Finding) -> dict[str, Any]:
    evidence = finding.evidence
    return {"part": finding.part_id, "says": finding.says,
            "road": evidence.road, "engine": evidence.engine, "outcome": str(evidence.outcome),
            "strength": evidence.strength and str(evidence.strength), "rechecked": finding.rechecked,
            "arrived_settled": finding.arrived_settled, "reason": evidence.reason and str(evidence.reason),
            "number": evidence.number, "bound": evidence.bound, "trusts": list(evidence.trusts),
            "witness": evidence.witness, "certificate": evidence.certificate,
            "side_conditions": list(evidence.side_conditions), "note": evidence.note, "seconds": evidence.seconds}


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
    """The finding that a reader wants to see: the refutation, the failed run, or the worst run, or the first part."""
    parts = [finding for finding in row.findings.parts if finding.evidence.road != "coq"]
    findings = (*row.findings.runs, *parts)
    for wanted in ("fails", "unsettled", "absent"):
        pool = parts if row.verdict is Verdict.REFUTED else findings
        for finding in pool:
            if str(finding.evidence.outcome) == wanted:
                return finding
    return findings[0] if findings else None


def deciding_words(row: Row) -> str:
    """Number against bound, or the witness, or why there is neither."""
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


def print_claims(claims: Sequence[Claim]) -> None:
    """The claims, a line each."""
    table = Table("claim", "says", box=None)
    for claim in claims:
        table.add_row(claim.id, claim.says)
    Console().print(table)


def print_ledger(claims: Sequence[Claim], rows: Sequence[Row]) -> None:
    """The ledger as a table, its problems, and the counts."""
    table = Table("claim", "verdict", "decided by", "near misses", "statements", "s", box=None)
    for row in rows:
        rejected = sum(bool(miss.rejected_by) and not miss.passed_by for miss in row.findings.near_misses)
        table.add_row(row.claim_id, f"[{COLOURS[row.verdict]}]{row.verdict}[/]", deciding_words(row),
                      f"{rejected}/{len(row.findings.near_misses)} rejected" if row.findings.near_misses else "–",
                      roads(row), f"{row.findings.seconds:.1f}")
    console = Console()
    console.print(table)
    for claim, row in zip(claims, rows, strict=True):
        for problem in row.problems:
            console.print(f"[yellow]{claim.id}[/]: {problem}", highlight=False, soft_wrap=True)
        if row.verdict is Verdict.REFUTED and claim.repaired_by:
            console.print(f"{claim.id} is false as stated; {claim.repaired_by} says what holds", highlight=False, soft_wrap=True)
    if absent := [row.claim_id for row in rows if row.verdict is Verdict.NOT_CHECKED]:
        console.print(f"not checked, and no pass, for want of a tool: {', '.join(absent)}", highlight=False, soft_wrap=True)
    for row in rows:
        if why := stopped(row):
            console.print(f"{row.claim_id}, and no pass: {why}", highlight=False, soft_wrap=True)
    console.print(counts_of(rows), highlight=False, soft_wrap=True)


def _number(value: float | None, missing: str = "–") -> str:
    return missing if value is None else f"{value:.6g}"


def print_simulation(setting: Setting, document: dict[str, Any]) -> None:
    """Learning times by mode and by class."""
    console = Console()
    console.print(f"{setting.described}; {setting.weighting}; {document['loss']} loss, {document['init']} start, "
                  f"δ = {document['delta']:g}; times in flow time of the summed loss", highlight=False, soft_wrap=True)
    modes = Table("singular value", "multiplicity", "learning time T", "T/δ", title="modes", title_justify="left", box=None)
    for mode in document["modes"]:
        reached = mode["learning_time"]
        modes.add_row(_number(mode["singular_value"]), str(mode["multiplicity"]), _number(reached, "not reached"),
                      _number(reached and reached / document["delta"]))
    classes = Table("samples", "weight", "classes", "learning time T", title="classes", title_justify="left", box=None)
    alike = Counter((item["count"], item["weight"], item["learning_time"] and round(item["learning_time"], 6))
                    for item in document["classes"])
    for (count, weight, reached), number in alike.items():
        classes.add_row(str(count), _number(weight), str(number), _number(reached, "not reached"))
    console.print(modes)
    console.print(classes)
    console.print(f"final loss {document['loss_final']:.3g}, balance drift {document['balance_drift']:.2g}, "
                  f"{document['seconds']:.2f} s", highlight=False, soft_wrap=True)


def print_window(setting: Setting, document: dict[str, Any]) -> None:
    """The modes with their rates and times, then the windows."""
    console = Console()
    console.print(f"{setting.described}; {setting.weighting}; times of a run at δ = {document['delta']:g}", highlight=False,
                  soft_wrap=True)
    table = Table("σ", "mult.", "σλ (paper)", "escape rate", "T (run)", "T (predicted)", box=None)
    for mode in document["modes"]:
        table.add_row(_number(mode["singular_value"]), str(mode["multiplicity"]),
                      _number(mode["effective_singular_value"], "undefined"), _number(mode["escape_rate"]),
                      _number(mode["learning_time"]), _number(mode["predicted_time"]))
    console.print(table)
    if any(mode["effective_singular_value"] is None for mode in document["modes"]):
        console.print("undefined: classes of equal count have different weights, so v'Ωv depends on the basis of a multiple σ",
                      highlight=False, soft_wrap=True)
    windows = Table("window in scaled time", "absolute", "of the first", "exactly", box=None)
    for kind, name in (("effective", "σλ (paper)"), ("escape", "escape rates")):
        found = document["window"][kind]
        windows.add_row(name, _number(found["absolute"]), _number(found["relative"]), found.get("relative_exact", "–"))
    console.print(windows)


def print_networks(document: dict[str, Any]) -> None:
    """Accuracies and learning times a loss and exponent, then the paired statistics."""
    console = Console()
    batch = document["batch"] or "all"
    console.print(f"{document['dataset']}, counts {','.join(map(str, document['counts']))}; ω = n^(−γ), {document['normalization']}; "
                  f"{len(document['seeds'])} seeds, {document['steps']} steps of {batch} images; {document['device']}, "
                  f"{document['arithmetic']}, {document['seconds']:.0f} s"
                  + (" after a run that was kept" if document["continued"] else ""), highlight=False, soft_wrap=True)
    table = Table("loss", "γ", "test maj.", "test min.", f"steps to min. {document['accuracy_level']:.0%}", "T_maj", "T_mid",
                  "T_min", "interpolates", box=None, title="means over seeds; T: steps to half strength of the modes",
                  title_justify="left")
    for row in document["runs"]:
        table.add_row(row["loss"], row["weight_exponent"], *(f"{row['test_accuracy'][g]:.1%}" for g in ("majority", "minority")),
                      f"{row['minority_accuracy_steps']:.0f}", *(f"{value:.0f}" for value in row["mode_learning_steps"]),
                      f"{row['interpolated']:.0%}")
    console.print(table)
    estimates = Table("loss", "statistic, paired over seeds", "mean", "95 % interval", box=None)
    for item in document["statistics"]:
        estimates.add_row(item["loss"], item["statistic"], f"{item['mean']:.3f}", f"{item['low']:.3f} … {item['high']:.3f}")
    console.print(estimates)
