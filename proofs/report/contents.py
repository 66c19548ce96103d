"""What the pages say, as plain data for their templates, collected from the claims, their rows and their mathematics."""

from __future__ import annotations

import importlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from typing import Any

import sympy as sp
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from proofs.checker import rules
from proofs.claims import CHAPTERS
from proofs.claims.registry import module_of
from proofs.kernel.claim import Claim
from proofs.kernel.judge import Finding, NearMissFinding, Row, part_verdict
from proofs.kernel.verdict import HELD, Evidence, Outcome, Verdict
from proofs.report import tables
from proofs.report.formulas import readable

# What each verdict means, with a sign that tells it apart without its colour.
VERDICTS = {
    Verdict.REFUTED: ("✗", "an exact counterexample, re-checked; of trained networks, a confidence interval wholly outside the bounds"),
    Verdict.PROVED: (
        "✓",
        "every part by Coq's kernel, or by a certificate that a small independent checker re-checks; of each part a near miss was "
        "rejected, or the claim says why it has none",
    ),
    Verdict.DERIVED: ("=", "an exact symbolic zero, and exactly zero at random rational points; or a part that arrived as X = X"),
    Verdict.SUPPORTED: ("≈", "runs agree within a named bound"),
    Verdict.UNDECIDED: ("?", "tried and not settled: it never counts as a pass"),
    Verdict.NOT_CHECKED: ("–", "the tool for it is absent: it never counts as a pass"),
}
# What most findings rest on beside the checker; a finding names only what else it trusts.
SHORT = 60  # a condition of more characters is not shown on the page; it stands in the document of --json
SAID_ONCE = "the statement is printed from the claim"


def of_ledger(claims: Sequence[Claim], rows: Sequence[Row], mathematics: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Everything that the templates show."""
    pairs = list(zip(claims, rows, strict=True))
    by_id = {claim.id: (claim, row) for claim, row in pairs}
    axioms = _common_axioms(rows)
    shown = {claim.id: _claim(claim, row, mathematics.get(claim.id, {}), axioms) for claim, row in pairs}
    theories = _theories(shown)
    return {
        "counts": _counts(row.verdict for row in rows),
        "findings": [_told(claim, row) for claim, row in pairs if claim.plain and row.verdict in HELD],
        "refutations": [_refutation(claim, row, by_id) for claim, row in pairs if row.verdict is Verdict.REFUTED],
        "absent": _absent(rows),
        "theories": theories,
        "places": {claim["id"]: f"{theory['file']}#{claim['id']}" for theory in theories for claim in theory["claims"]},
        "verdicts": [(verdict, sign, meaning) for verdict, (sign, meaning) in VERDICTS.items()],
        "signs": {verdict: sign for verdict, (sign, _) in VERDICTS.items()},
        "axioms": axioms,
        "glossary": glossary(),
    }


def glossary() -> Markup:
    """The glossary as HTML, its headings two levels down: it is a section of the page."""
    text = resources.files("proofs.report").joinpath("glossary.md").read_text(encoding="utf-8")
    text = text.partition("\n")[2]  # the page has its own heading for the glossary
    return Markup(MarkdownIt("commonmark").render(text).replace("<h2>", "<h3>").replace("</h2>", "</h3>"))


def prose(text: str) -> Markup:
    """A sentence as HTML, with what it writes as n_min and n^(−γ) set below and above the line."""
    escaped = str(escape(text))
    lowered = re.sub(r"(?<=[\w)′])_(?:\(([^()]*)\)|([A-Za-z0-9−]+))", lambda found: f"<sub>{found[1] or found[2]}</sub>", escaped)
    raised = re.sub(
        r"\^(?:\(([^()<>]*)\)|\{([^{}<>]*)\}|(\|[^|<>]*\|)|(\w+))",
        lambda found: f"<sup>{next(filter(None, found.groups()))}</sup>",
        lowered,
    )
    return Markup(raised)


def _counts(verdicts: Iterable[Verdict]) -> list[tuple[Verdict, int]]:
    found = Counter(verdicts)
    return [(verdict, found[verdict]) for verdict in Verdict if found[verdict]]


def _told(claim: Claim, row: Row) -> dict[str, Any]:
    return {"id": claim.id, "verdict": row.verdict, "says": f"{claim.plain[0].upper()}{claim.plain[1:]}."}


def _refutation(claim: Claim, row: Row, by_id: Mapping[str, tuple[Claim, Row]]) -> dict[str, Any]:
    """What is false as stated: the part that fails, where, and the row that repairs it."""
    failed = next(found for found in row.findings.parts if part_verdict(found) is Verdict.REFUTED)
    repair = by_id.get(claim.repaired_by or "")
    return {
        "id": claim.id,
        "says": claim.says,
        "fails": failed.says,
        "at": ", ".join(f"{name} = {value}" for name, value in _witness(failed.evidence)) or _deciding(row),
        "repair": {"id": repair[0].id, "says": repair[0].says, "verdict": repair[1].verdict} if repair else None,
    }


def _witness(evidence: Evidence) -> list[tuple[str, str]]:
    """The witness with the names of symbols as the prose writes them: δ for delta."""
    return [(readable(sp.Symbol(name)), value) for name, value in sorted((evidence.witness or {}).items())]


def _deciding(row: Row) -> str:
    """The number with its meaning and its bound, or the witness, or why there is neither."""
    found = tables.deciding(row)
    if found and row.verdict is Verdict.REFUTED and found.evidence.witness:
        return "fails at " + ", ".join(f"{name} = {value}" for name, value in _witness(found.evidence))
    if row.verdict is Verdict.NOT_CHECKED:
        return "not checked on this machine"  # the reason is given once, above all claims
    of_what = {"run": "worst error of a run ", "statistics": "mean and its confidence interval "}
    measured = found is not None and not tables.stopped(row) and bool(tables.numbers(found.evidence))
    return (of_what[found.evidence.road] if found and measured else "") + tables.deciding_words(row)


def _absent(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """What was not checked, once for each reason, with the claims that lack it and whether they lack a verdict for it."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        reasons = {finding.evidence.note for finding in _findings(row) if finding.evidence.outcome is Outcome.ABSENT}
        for reason in sorted(reasons):
            found.setdefault(reason, []).append(row)
    return [
        {"reason": reason, "claims": len(lacking), "unjudged": [row.claim_id for row in lacking if row.verdict is Verdict.NOT_CHECKED]}
        for reason, lacking in found.items()
    ]


def _findings(row: Row) -> tuple[Finding, ...]:
    return (*row.findings.parts, *row.findings.runs)


def _theories(shown: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Theories and chapters in their written order, with the claims that are shown; empty ones are left out."""
    found = []
    for theory, chapters in CHAPTERS.items():
        listed: list[dict[str, Any]] = []
        for chapter in chapters:
            module = f"proofs.claims.{theory}.{chapter}"
            inside = [view for claim_id, view in shown.items() if module_of(claim_id) == module]
            if inside:
                listed.append({"title": title_of(module), "claims": inside})
        if listed:
            claims = [claim for chapter in listed for claim in chapter["claims"]]
            found.append(
                {
                    "name": theory,
                    "title": theory.replace("_", " "),
                    "file": f"{theory}.html",
                    "chapters": listed,
                    "claims": claims,
                    "counts": _counts(claim["verdict"] for claim in claims),
                    "rules": _rules(claims),
                }
            )
    return found


def title_of(module: str) -> str:
    """The first sentence of a chapter's own description."""
    text = (importlib.import_module(module).__doc__ or module).strip().splitlines()[0]
    return text.removesuffix(".")


def _claim(claim: Claim, row: Row, mathematics: Mapping[str, Any], axioms: Sequence[str]) -> dict[str, Any]:
    parts = mathematics.get("parts", {})
    changes = mathematics.get("near_misses") or [[]] * len(claim.near_misses)
    misses = zip(claim.near_misses, changes, strict=True)
    changed = {miss.says: change for miss, change in misses}
    by_part: dict[str, list[Finding]] = {}
    for finding in row.findings.parts:
        by_part.setdefault(finding.part_id, []).append(finding)
    return {
        "id": claim.id,
        "says": claim.says,
        "source": claim.source,
        "verdict": row.verdict,
        "deciding": _deciding(row),
        "hypotheses": mathematics.get("hypotheses", [[name, ""] for name in claim.hypotheses]),
        "witnesses": mathematics.get("witnesses", []),
        "repaired_by": claim.repaired_by,
        "measured_because": claim.measured_because,
        "problems": list(filter(None, [tables.stopped(row), *row.problems])),
        "parts": [
            _part(found, parts.get(part_id, {}), mathematics.get("coq", {}).get(part_id, []), axioms) for part_id, found in by_part.items()
        ],
        "runs": [_run(finding) for finding in row.findings.runs],
        "near_misses": [_near_miss(miss, changed.get(miss.says, [])) for miss in row.findings.near_misses],
        "without_near_miss": list(claim.without_near_miss.items()),
        "seconds": row.findings.seconds,
        "replay": tables.replay(claim.id),
        "words": _words(claim, row),
    }


def _words(claim: Claim, row: Row) -> str:
    """The words by which the claim is found where only its sentence stands: those of its parts, runs and near misses."""
    parts, misses = [found.says for found in _findings(row)], [miss.says for miss in claim.near_misses]
    sentences = [*parts, *misses, *claim.hypotheses, claim.source]
    words = {word for sentence in sentences for word in sentence.lower().split()}
    return " ".join(sorted(words - set(claim.says.lower().split())))


def _part(
    found: Sequence[Finding], shown: Mapping[str, Any], theorems: Sequence[Mapping[str, str]], axioms: Sequence[str]
) -> dict[str, Any]:
    """One part with every way that decided it."""
    found_steps = [step for finding in found for step in steps(finding.evidence.certificate)]
    return {
        "id": found[0].part_id,
        "says": found[0].says,
        "verdict": min((part_verdict(finding) for finding in found), key=list(Verdict).index),
        "lines": shown.get("lines", []),
        "where": shown.get("where", []),
        "omitted": shown.get("omitted", 0),
        "ways": [_way(finding.evidence, axioms) for finding in found if finding.evidence.outcome is not Outcome.ABSENT],
        "theorems": list(theorems),
        "long": any(step["then"] or step["args"] for step in found_steps),
        "steps": found_steps,
    }


def _way(evidence: Evidence, axioms: Sequence[str]) -> dict[str, Any]:
    """What one road said: the engine, its note, its number and bound, and what it trusts that is not said once for all."""
    coq = evidence.road == "coq"
    return {
        "road": "Coq's kernel" if coq else evidence.road,
        "engine": "" if coq else evidence.engine,
        "outcome": str(evidence.outcome),
        "note": "" if evidence.note == SAID_ONCE else evidence.note,
        "number": evidence.number,
        "numbers": tables.numbers(evidence),
        "witness": _witness(evidence),
        "trusts": [each for each in evidence.trusts if each not in axioms and not (coq and each == evidence.trusts[0])],
        "seconds": evidence.seconds,
        "defined": [each for each in evidence.side_conditions if len(each) <= SHORT],
        "more_defined": sum(len(each) > SHORT for each in evidence.side_conditions),
    }


def _run(finding: Finding) -> dict[str, Any]:
    absent = finding.evidence.outcome is Outcome.ABSENT
    return {"says": finding.says, "verdict": part_verdict(finding), "way": _way(finding.evidence, ()), "absent": absent}


def _near_miss(miss: NearMissFinding, changes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    rejected = bool(miss.rejected_by) and not miss.passed_by
    return {"says": miss.says, "rejected": rejected, "by": list(miss.rejected_by), "parts": list(miss.rejected), "changes": list(changes)}


def steps(certificate: Any) -> list[dict[str, Any]]:
    """The steps of a certificate, each a rule with what it was applied with and the steps that remain after it."""
    if isinstance(certificate, Mapping):
        if "rule" in certificate:
            return [{"rule": certificate["rule"], "args": list(certificate.get("args", [])), "then": steps(certificate.get("then", []))}]
        return [step for value in certificate.values() for step in steps(value)]
    return [step for each in certificate for step in steps(each)] if isinstance(certificate, list | tuple) else []


def _rules(shown: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """The rules that the steps of these claims use, each with what it does, in its own words."""
    used: set[str] = set()
    waiting = [step for view in shown for part in view["parts"] for step in part["steps"]]
    while waiting:
        step = waiting.pop()
        used.add(step["rule"])
        waiting.extend(step["then"])
    return [(name, " ".join((rule.__doc__ or "").split())) for name, rule in rules.RULES.items() if name in used]


def _common_axioms(rows: Iterable[Row]) -> list[str]:
    """The axioms that nearly every theorem rests on, which are named once. A theorem with other axioms names them."""
    found = Counter(
        each for row in rows for finding in row.findings.parts if finding.evidence.road == "coq" for each in finding.evidence.trusts[1:]
    )
    most = max(found.values(), default=0)
    return sorted(name for name, number in found.items() if 2 * number >= most)
