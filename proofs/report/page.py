"""The page that `ufm verify --report DIR` writes: the ledger with every statement, number and replay command."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path

from proofs.kernel.claim import Claim
from proofs.kernel.judge import Finding, NearMissFinding, Row
from proofs.kernel.verdict import Verdict
from proofs.report import tables
from proofs.report.files import written_whole
from proofs.store.dependencies import versions

COLOURS = {
    Verdict.REFUTED: "#b00020",
    Verdict.PROVED: "#00703c",
    Verdict.DERIVED: "#006d77",
    Verdict.SUPPORTED: "#1d4ed8",
    Verdict.UNDECIDED: "#8a5a00",
    Verdict.NOT_CHECKED: "#8a5a00",
}
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a }
table { border-collapse: collapse; width: 100%; font-size: .85rem; margin: .6rem 0 }
th, td { text-align: left; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid #e4e4e4; vertical-align: top }
h2 { font-size: 1.05rem; margin: 2rem 0 .2rem } code { background: #f3f3f3; padding: .05rem .3rem }
.verdict { color: white; border-radius: .3rem; padding: .1rem .5rem; font-size: .8rem; white-space: nowrap }
.quiet { color: #595959; font-size: .85rem } td { overflow-wrap: anywhere }
.evidence td:nth-child(2), .evidence td:nth-child(3), .evidence td:last-child { overflow-wrap: normal }
"""


def write(folder: Path, claims: Sequence[Claim], rows: Sequence[Row]) -> None:
    """Write index.html into the folder."""
    sections = "\n".join(_section(claim, row) for claim, row in zip(claims, rows, strict=True))
    contents = "\n".join(
        f'<tr><td><a href="#{row.claim_id}">{row.claim_id}</a></td><td>{_verdict(row.verdict)}</td>'
        f"<td>{html.escape(tables.deciding_words(row))}</td></tr>"
        for row in rows
    )
    used = ", ".join(f"{name} {version}" for name, version in versions().items())
    text = f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>The ledger</title><style>{STYLE}</style>
<h1>The ledger</h1><p>{html.escape(tables.counts_of(rows))}. <span class="quiet">{html.escape(used)}</span></p>
<table><tr><th>claim</th><th>verdict</th><th>decided by</th></tr>{contents}</table>{sections}</html>
"""
    with written_whole(folder / "index.html") as draft:
        draft.write_text(text, encoding="utf-8")


def _verdict(verdict: Verdict) -> str:
    return f'<span class="verdict" style="background:{COLOURS[verdict]}">{verdict}</span>'


def _section(claim: Claim, row: Row) -> str:
    hypotheses = "; ".join(claim.hypotheses) or "none beyond the signs of the symbols"
    evidence = "".join(map(_evidence, (*row.findings.parts, *row.findings.runs)))
    misses = "".join(f"<li>{html.escape(miss.says)}: {_rejection(miss)}</li>" for miss in row.findings.near_misses)
    misses += "".join(f"<li>none of {part}: {html.escape(reason)}</li>" for part, reason in claim.without_near_miss.items())
    repaired = f'<p>Repaired by <a href="#{claim.repaired_by}">{claim.repaired_by}</a>.</p>' if claim.repaired_by else ""
    told = [*filter(None, [tables.stopped(row)]), *row.problems]
    problems = "".join(f"<p><b>{html.escape(problem)}</b></p>" for problem in told)
    heads = "".join(f"<th>{head}</th>" for head in ("statement", "road", "outcome", "number, bound", "trusts", "s"))
    return f"""<h2 id="{claim.id}">{claim.id} {_verdict(row.verdict)}</h2><p>{html.escape(claim.says)}</p>
<p class="quiet">Source: {html.escape(claim.source)}. Hypotheses: {html.escape(hypotheses)}.
Replay: <code>{tables.replay(claim.id)}</code></p>
{repaired}{problems}<table class="evidence"><tr>{heads}</tr>{evidence}</table>
{"<p>Near misses:</p><ul>" + misses + "</ul>" if misses else ""}"""


def _rejection(miss: NearMissFinding) -> str:
    if not miss.rejected_by or miss.passed_by:
        return "NOT rejected"
    return f"rejected by {', '.join(miss.rejected_by)} ({', '.join(miss.rejected)})"


def _evidence(finding: Finding) -> str:
    evidence = finding.evidence
    outcome = f"{evidence.outcome}" + (f" ({evidence.strength})" if evidence.strength else "")
    numbers = tables.numbers(evidence) or evidence.number
    if evidence.road == "coq" and evidence.bound:
        numbers = f"{evidence.number}, {evidence.bound};"
    if evidence.witness:
        numbers = ", ".join(f"{name} = {value}" for name, value in sorted(evidence.witness.items()))
    cells = (
        finding.says,
        f"{evidence.road}: {evidence.engine}",
        outcome,
        f"{numbers} {evidence.note}",
        "; ".join(evidence.trusts),
        f"{evidence.seconds:.2f}",
    )
    return "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>"
