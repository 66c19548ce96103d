"""The judge: the one place where a verdict is made.

`investigate` sends a claim down its roads and writes down what they brought, as plain data. `mint` turns
those findings, fresh or from the cache, into a verdict. Nothing else makes a `Row`.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable, Mapping, Sequence

import sympy as sp

from proofs.kernel.claim import Claim, NearMiss
from proofs.kernel.statements import Agrees, Estimated, Statement, ToolMissing
from proofs.kernel.verdict import Evidence, Outcome, Strength, Verdict

Decide = Callable[[Statement, float], Evidence]
Recheck = Callable[[Statement, Evidence], bool]
Kernel = Callable[[str, Statement, Sequence[str]], Evidence]  # of a claim's part and the theorems that carry it

SECONDS_PER_STATEMENT = 30.0
LEAST_PAIRS = 10  # issue: a confidence interval of fewer runs settles nothing


@dataclasses.dataclass(frozen=True, kw_only=True)
class Finding:
    """One road's evidence on one statement of a claim, and whether the re-check of it succeeded."""

    says: str
    evidence: Evidence
    rechecked: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class NearMissFinding:
    """What the roads said of a false variant: `rejected_by` and `passed_by` name roads."""

    says: str
    rejected_by: tuple[str, ...]
    passed_by: tuple[str, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Findings:
    """All that a verdict depends on, as plain data that survives JSON."""

    vacuous: tuple[str, ...]  # hypotheses or premises that no witness satisfies
    parts: tuple[Finding, ...]
    runs: tuple[Finding, ...]
    near_misses: tuple[NearMissFinding, ...]
    seconds: float


class Conflict(Exception):
    """A statement came out both PROVED and REFUTED: nothing this verifier says can be trusted until mended."""


_MINT = object()


class Row:
    """A judged claim. Only `mint` can make one."""

    def __init__(self, token: object, claim_id: str, verdict: Verdict, problems: tuple[str, ...],
                 findings: Findings) -> None:
        if token is not _MINT:
            raise TypeError("a verdict comes out of judge.mint and nowhere else")
        self.claim_id, self.verdict, self.problems, self.findings = claim_id, verdict, problems, findings


def judge(claim: Claim, decide: Decide, recheck: Recheck, seconds: float = SECONDS_PER_STATEMENT,
          kernel: Kernel | None = None) -> Row:
    """Investigate a claim and make its verdict."""
    return mint(claim.id, investigate(claim, decide, recheck, seconds, kernel))


def investigate(claim: Claim, decide: Decide, recheck: Recheck, seconds: float = SECONDS_PER_STATEMENT,
                kernel: Kernel | None = None) -> Findings:
    """Send the claim and its near misses down the same roads with the same tolerances.

    Arguments: `decide` and `recheck`, the engines' entry points; `seconds`, the limit for one statement; `kernel`, what
    the audit says of the theorems of a part. A near miss is another statement: it never carries the theorem.
    Raises: ValueError where a theorem is named for what is not exactly one part of the claim.
    """
    start = time.perf_counter()
    said = claim.said()
    statements, runs = claim.parts(said), claim.runs(said)
    carried = tuple(_kernel(claim, says, statements, kernel) for says in claim.coq) if kernel else ()
    asked = tuple(_ask(statement, decide, recheck, seconds) for statement in statements)
    run_findings = tuple(_run(agrees) for agrees in runs)
    absent = any(finding.evidence.outcome is Outcome.ABSENT for finding in (*asked, *run_findings))
    near_misses = tuple(_near_miss(claim, near_miss, statements, decide, recheck, seconds)
                        for near_miss in claim.near_misses if not absent)  # a tool that is missing rejects nothing
    return Findings(vacuous=_vacuous(claim, statements), parts=(*asked, *carried), runs=run_findings, near_misses=near_misses,
                    seconds=time.perf_counter() - start)


def mint(claim_id: str, findings: Findings) -> Row:
    """The verdict that findings support. Anything that stops checking makes it UNDECIDED, never a pass."""
    problems = [f"no witness satisfies: {premise}" for premise in findings.vacuous]
    if not any(finding.evidence.road != "coq" for finding in findings.parts) and not findings.runs:
        problems.append("nothing was checked")  # a kernel's word on no part of the claim is none
    for miss in findings.near_misses:
        if not miss.rejected_by or miss.passed_by:
            by = ", ".join(miss.passed_by) or "every road"
            problems.append(f"the near miss '{miss.says}' was not rejected by {by}: its evidence is void")
    for finding in (*findings.parts, *findings.runs):
        if finding.evidence.road == "run" and finding.evidence.outcome is not Outcome.HOLDS:
            problems.append(f"a run disagrees: {finding.says}: {finding.evidence.number} against {finding.evidence.bound}"
                            f" {finding.evidence.note}".rstrip())
    for finding in findings.parts:
        if finding.evidence.road == "coq" and finding.evidence.outcome is Outcome.UNSETTLED:
            problems.append(f"Coq's kernel does not carry '{finding.says}': {finding.evidence.note}")
    verdicts = _part_verdicts(findings.parts)
    _stop_on_conflict(claim_id, findings.parts)
    if Verdict.REFUTED in verdicts and not findings.vacuous:
        verdict = Verdict.REFUTED
        problems = []  # runs and near misses of a refuted statement carry no evidence for it
    elif problems:
        verdict = Verdict.UNDECIDED
    elif verdicts:
        verdict = max(verdicts, key=list(Verdict).index)
    else:
        verdict = Verdict.SUPPORTED
    return Row(_MINT, claim_id, verdict, tuple(problems), findings)


def _part_verdicts(parts: tuple[Finding, ...]) -> list[Verdict]:
    """One verdict a part: the stronger of what the engines and what the kernel found. A kernel alone judges nothing."""
    kernel = {finding.says: _part_verdict(finding) for finding in parts if finding.evidence.road == "coq"}
    return [min(_part_verdict(finding), kernel.get(finding.says, Verdict.NOT_CHECKED), key=list(Verdict).index)
            for finding in parts if finding.evidence.road != "coq"]


def _part_verdict(finding: Finding) -> Verdict:
    evidence = finding.evidence
    if evidence.outcome is Outcome.ABSENT:
        return Verdict.NOT_CHECKED
    if evidence.outcome is Outcome.FAILS and finding.rechecked and (evidence.witness is not None or evidence.road == "coq"):
        return Verdict.REFUTED
    if evidence.outcome is Outcome.FAILS and evidence.road == "statistics":
        return Verdict.REFUTED  # the whole confidence interval is on the wrong side
    if evidence.outcome is Outcome.HOLDS:
        if evidence.strength is Strength.CERTIFIED and finding.rechecked:
            return Verdict.PROVED
        if evidence.strength is Strength.DERIVED:
            return Verdict.DERIVED
        if evidence.strength is Strength.MEASURED:
            return Verdict.SUPPORTED
    return Verdict.UNDECIDED


def _stop_on_conflict(claim_id: str, parts: tuple[Finding, ...]) -> None:
    by_statement: dict[str, set[Verdict]] = {}
    for finding in parts:
        by_statement.setdefault(finding.says, set()).add(_part_verdict(finding))
    for says, verdicts in by_statement.items():
        if {Verdict.PROVED, Verdict.REFUTED} <= verdicts:
            raise Conflict(f"{claim_id}: '{says}' is both PROVED and REFUTED")


def _ask(statement: Statement, decide: Decide, recheck: Recheck, seconds: float) -> Finding:
    if isinstance(statement, Agrees):
        return _run(statement)
    if isinstance(statement, Estimated):
        return _estimate(statement)
    start = time.perf_counter()
    evidence = decide(statement, seconds)
    # A certificate and a counterexample count only after an independent re-check.
    checkable = evidence.strength is Strength.CERTIFIED or evidence.outcome is Outcome.FAILS
    rechecked = checkable and recheck(statement, evidence)
    return Finding(says=statement.says, rechecked=rechecked,
                   evidence=dataclasses.replace(evidence, seconds=time.perf_counter() - start))


def _kernel(claim: Claim, says: str, statements: tuple[Statement, ...], kernel: Kernel) -> Finding:
    parts = [statement for statement in statements if statement.says == says]
    if len(parts) != 1:
        raise ValueError(f"claim {claim.id} names a theorem for '{says}', and {len(parts)} of its parts say that: one must")
    evidence = kernel(claim.id, parts[0], claim.coq[says])
    # The audit is the re-check: it asks Coq anew for the statement and the axioms of what is built.
    return Finding(says=says, evidence=evidence, rechecked=evidence.outcome in (Outcome.HOLDS, Outcome.FAILS))


def _run(agrees: Agrees) -> Finding:
    start = time.perf_counter()
    try:
        measurement = agrees.measure()
    except (ArithmeticError, ValueError, RuntimeError) as error:
        evidence = Evidence(road="run", engine="runs", outcome=Outcome.UNSETTLED, note=f"the run failed: {error}")
    else:
        held = measurement.cases > 0 and math.isfinite(measurement.error) and measurement.error <= agrees.bound
        evidence = Evidence(road="run", engine="runs", outcome=Outcome.HOLDS if held else Outcome.FAILS,
                            strength=Strength.MEASURED if held else None, number=f"{measurement.error:.3g}",
                            bound=f"{agrees.bound:.3g}", note=f"{measurement.cases} runs, worst at {measurement.worst_case}")
    return Finding(says=agrees.says, rechecked=False,
                   evidence=dataclasses.replace(evidence, seconds=time.perf_counter() - start))


def _estimate(statement: Estimated) -> Finding:
    """Where the confidence interval lies decides; too few pairs, a NaN or an interval without its mean settle nothing."""
    start = time.perf_counter()
    try:
        found = statement.measure()
    except ToolMissing as missing:
        evidence = Evidence(road="statistics", engine="bootstrap", outcome=Outcome.ABSENT, note=str(missing))
    except (ArithmeticError, ValueError, RuntimeError) as error:
        evidence = Evidence(road="statistics", engine="bootstrap", outcome=Outcome.UNSETTLED, note=f"the run failed: {error}")
    else:
        sound = (found.pairs >= LEAST_PAIRS and all(map(math.isfinite, (found.low, found.mean, found.high)))
                 and found.low <= found.mean <= found.high)
        outcome = Outcome.UNSETTLED
        if sound and statement.least <= found.low and found.high <= statement.greatest:
            outcome = Outcome.HOLDS
        elif sound and (found.high < statement.least or found.low > statement.greatest):
            outcome = Outcome.FAILS
        evidence = Evidence(road="statistics", engine="bootstrap", outcome=outcome, trusts=found.trusts,
                            strength=Strength.MEASURED if outcome is Outcome.HOLDS else None,
                            number=f"{found.mean:.3g} in [{found.low:.3g}, {found.high:.3g}]",
                            bound=f"[{statement.least:.3g}, {statement.greatest:.3g}]", note=f"{found.pairs} pairs of runs")
    return Finding(says=statement.says, rechecked=False,
                   evidence=dataclasses.replace(evidence, seconds=time.perf_counter() - start))


def _near_miss(claim: Claim, near_miss: NearMiss, statements: tuple[Statement, ...], decide: Decide,
               recheck: Recheck, seconds: float) -> NearMissFinding:
    """A road rejects the variant when one of its statements that the change touches fails, witness re-checked."""
    variant = claim.said(near_miss.changes)
    parts = claim.parts(variant)
    touched = [changed for original, changed in zip(statements, parts, strict=True)
               if changed != original and not isinstance(changed, Agrees | Estimated)]
    runs = [run for run in (*parts, *claim.runs(variant))
            if isinstance(run, Agrees) and set(run.uses) & set(near_miss.changes)]
    estimates = [estimate for estimate in parts
                 if isinstance(estimate, Estimated) and set(estimate.uses) & set(near_miss.changes)]
    rejected = {}
    if touched:  # one refuted statement is enough, so the rest are not asked
        rejected["exact"] = any(_part_verdict(_ask(statement, decide, recheck, seconds)) is Verdict.REFUTED
                                for statement in touched)
    if runs:
        rejected["run"] = any(_run(run).evidence.outcome is Outcome.FAILS for run in runs)
    if estimates:
        rejected["statistics"] = any(_estimate(estimate).evidence.outcome is Outcome.FAILS for estimate in estimates)
    return NearMissFinding(says=near_miss.says, rejected_by=tuple(road for road, no in rejected.items() if no),
                           passed_by=tuple(road for road, no in rejected.items() if not no))


def _vacuous(claim: Claim, statements: tuple[Statement, ...]) -> tuple[str, ...]:
    """Hypotheses that some witness breaks, and statements whose premises no witness satisfies."""
    broken = [name for name, condition in claim.hypotheses.items()
              if not claim.witnesses or not all(_true_at(condition, witness) for witness in claim.witnesses)]
    unmet = [statement.says for statement in statements if statement.where
             and not any(all(_true_at(premise, witness) for premise in statement.where) for witness in claim.witnesses)]
    return (*broken, *unmet)


def _true_at(condition: sp.Basic, witness: Mapping[sp.Symbol, sp.Expr]) -> bool:
    return condition.subs(witness, simultaneous=True) == sp.true
