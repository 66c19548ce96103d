"""The judge: the one place where a verdict is made, for the ledger and for a user's own statements alike.

`investigate` sends a claim down its roads, `answer` a user's own statements, and both write down what was brought, as
plain data. `mint` turns those findings, fresh or from the cache, into a verdict. Nothing else makes a `Row`.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable, Mapping, Sequence

import sympy as sp

from proofs.kernel.claim import Claim, NearMiss, Question
from proofs.kernel.statements import PART_ID, Agrees, Estimated, Holds, Statement, ToolMissing, settled
from proofs.kernel.verdict import Evidence, Outcome, Reason, Strength, Verdict

Decide = Callable[[Statement, float], Evidence]
Recheck = Callable[[Statement, Evidence], bool]
Kernel = Callable[
    [str, Statement, Sequence[str]], Evidence
]  # is asked for a claim's id, a part of it, and the theorems that carry the part
Ask = Callable[[Statement], "Finding"]

SECONDS_PER_STATEMENT = 30.0
LEAST_PAIRS = 10  # a confidence interval of fewer runs settles nothing
FALSEHOOD = sp.Eq(sp.Integer(0), sp.Integer(1), evaluate=False)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Finding:
    """One road's evidence on one part of a claim, and whether the re-check of it succeeded.

    `arrived_settled`: the part was already 0 = 0, X = X or true before any engine saw it.
    """

    part_id: str
    says: str
    evidence: Evidence
    rechecked: bool
    arrived_settled: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class NearMissFinding:
    """What the roads said of a false variant: the parts that it changes and those of them that were asked and rejected, by their
    ids; `rejected_by` and `passed_by` name roads."""

    says: str
    touched: tuple[str, ...]
    rejected: tuple[str, ...]
    rejected_by: tuple[str, ...]
    passed_by: tuple[str, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Findings:
    """All that a verdict depends on beside the claim, as plain data that survives JSON."""

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

    def __init__(self, token: object, claim_id: str, verdict: Verdict, problems: tuple[str, ...], findings: Findings) -> None:
        if token is not _MINT:
            raise TypeError("a verdict comes out of judge.mint and nowhere else")
        self.claim_id, self.verdict, self.problems, self.findings = claim_id, verdict, problems, findings


def judge(claim: Claim, decide: Decide, recheck: Recheck, seconds: float = SECONDS_PER_STATEMENT, kernel: Kernel | None = None) -> Row:
    """Investigate a claim and make its verdict."""
    return mint(claim, investigate(claim, decide, recheck, seconds, kernel))


def investigate(
    claim: Claim, decide: Decide, recheck: Recheck, seconds: float = SECONDS_PER_STATEMENT, kernel: Kernel | None = None
) -> Findings:
    """Send the claim and its near misses down the same roads with the same tolerances.

    Arguments: `decide` and `recheck`, the engines' entry points; `seconds`, the limit for one statement; `kernel`, what
    the audit says of the theorems of a part. A near miss is another statement: it never carries the theorem.
    Raises: ValueError where ids of parts and runs are not ids or not unique, where a theorem or a missing near miss is told of
    what is no part, and where a near miss changes a part that has none as the claim says.
    """
    start = time.perf_counter()
    ask = _asking(decide, recheck, seconds)
    said = claim.said()
    parts, runs = claim.parts(said), claim.runs(said)
    _require_ids(claim, parts, runs)
    carried = tuple(_kernel(claim, part, kernel) for part in parts if part.id in claim.coq) if kernel else ()
    asked, run_findings = tuple(map(ask, parts)), tuple(map(ask, runs))
    near_misses = _near_misses(claim, (*parts, *runs), (*asked, *run_findings), ask)
    return Findings(
        vacuous=_vacuous(claim, parts),
        parts=(*asked, *carried),
        runs=run_findings,
        near_misses=near_misses,
        seconds=time.perf_counter() - start,
    )


def answer(parts: Sequence[Statement], decide: Decide, recheck: Recheck, seconds: float = SECONDS_PER_STATEMENT) -> Findings:
    """What is found on a user's own statements, which together are one question: `mint` makes its verdict as of a `Question`.

    A question names no witness for its premises, so one is sought: a re-checked counterexample to falsehood under the premises
    satisfies them, and so does that to a part. Premises that nothing is seen to satisfy are among the findings, as `vacuous`.
    """
    start = time.perf_counter()
    ask = _asking(decide, recheck, seconds)
    asked: list[Finding] = []
    doubts: list[Finding] = []
    for place, part in enumerate(parts, 1):
        asked.append(ask(dataclasses.replace(part, id=f"part-{place}")))
        if part_verdict(asked[-1]) is Verdict.REFUTED:
            break  # a refuted part is the answer, and a later one that takes all the time must not lose it
    else:
        premises = dict.fromkeys(part.where for part in parts if part.where)
        found = [ask(Holds(id="premises", says="the premises", condition=FALSEHOOD, where=where)) for where in premises]
        doubts = [finding for finding in found if part_verdict(finding) is not Verdict.REFUTED]
    return Findings(
        vacuous=tuple(doubt.says for doubt in doubts), parts=(*asked, *doubts), runs=(), near_misses=(), seconds=time.perf_counter() - start
    )


def mint(claim: Claim, findings: Findings) -> Row:
    """The verdict that findings support. Anything that stops checking makes it UNDECIDED, never a pass.

    A refutation stands on its own re-checked witness (of a statistic: its interval), whatever else was found. A claim that
    would hold must be guarded whole: some near miss changes each part and each run of it, and that very part or run is then
    rejected, unless the claim says why no near miss of it exists; a claim without any near miss is not guarded. A user's
    own question has none and names no witness: one is found for its premises, and each of its parts stands or falls with its
    re-check.
    """
    problems = [f"no witness satisfies: {premise}" for premise in findings.vacuous]
    if not any(finding.evidence.road != "coq" for finding in findings.parts) and not findings.runs:
        problems.append("nothing was checked")  # what Coq says counts only for a part that the engines were asked about
    for miss in findings.near_misses:
        if not miss.rejected_by or miss.passed_by:
            by = ", ".join(miss.passed_by) or "every road"
            problems.append(f"the near miss '{miss.says}' was not rejected by {by}: its evidence is void")
    for finding in (*findings.parts, *findings.runs):
        evidence = finding.evidence
        if evidence.road == "run" and evidence.outcome in (Outcome.FAILS, Outcome.UNSETTLED):
            found = "disagrees" if evidence.outcome is Outcome.FAILS else "settles nothing"
            problems.append(f"a run {found}: {finding.says}: {evidence.number} against {evidence.bound} {evidence.note}".rstrip())
        if evidence.road == "coq" and evidence.outcome is Outcome.UNSETTLED:
            problems.append(f"Coq's kernel does not carry '{finding.says}': {evidence.note}")
    verdicts = _part_verdicts(claim.id, findings.parts)
    if Verdict.REFUTED in verdicts and not findings.vacuous:
        return Row(_MINT, claim.id, Verdict.REFUTED, (), findings)  # a refutation does not rest on runs and near misses
    absent = [Verdict.NOT_CHECKED for finding in findings.runs if finding.evidence.outcome is Outcome.ABSENT]
    weakest = max([*verdicts, *absent], key=list(Verdict).index, default=Verdict.SUPPORTED)
    if weakest in (Verdict.PROVED, Verdict.DERIVED, Verdict.SUPPORTED) and not isinstance(claim, Question):
        if not findings.near_misses:
            problems.append("there is no near miss, so nothing shows that the checks can say no")
        elif bare := unguarded(claim, findings):
            problems.append(f"no near miss changes these parts and sees them rejected: {', '.join(bare)}")
    return Row(_MINT, claim.id, Verdict.UNDECIDED if problems else weakest, tuple(problems), findings)


def unguarded(claim: Claim, findings: Findings) -> list[str]:
    """The parts and runs that no near miss was seen to guard, by their ids."""
    guarded = {*claim.without_near_miss, *(part for miss in findings.near_misses for part in miss.rejected)}
    ids = dict.fromkeys(finding.part_id for finding in (*findings.parts, *findings.runs))
    return [part for part in ids if part not in guarded]


def _part_verdicts(claim_id: str, parts: tuple[Finding, ...]) -> list[Verdict]:
    """One verdict a part: the strongest of what the engines and what the kernel found. A kernel alone judges nothing.

    Raises: Conflict.
    """
    asked = {finding.part_id for finding in parts if finding.evidence.road != "coq"}
    by_part: dict[str, set[Verdict]] = {}
    for finding in parts:
        by_part.setdefault(finding.part_id, set()).add(part_verdict(finding))
    for part_id, found in by_part.items():
        if Verdict.REFUTED in found and found & {Verdict.PROVED, Verdict.DERIVED}:
            raise Conflict(f"{claim_id}: '{part_id}' is both PROVED and REFUTED")
    return [min(found, key=list(Verdict).index) for part_id, found in by_part.items() if part_id in asked]


def part_verdict(finding: Finding) -> Verdict:
    """What one finding by itself says of its part."""
    evidence = finding.evidence
    if evidence.outcome is Outcome.ABSENT:
        return Verdict.NOT_CHECKED
    if evidence.outcome is Outcome.FAILS and finding.rechecked and (evidence.witness is not None or evidence.road == "coq"):
        return Verdict.REFUTED
    if evidence.outcome is Outcome.FAILS and evidence.road == "statistics":
        return Verdict.REFUTED  # the whole confidence interval is on the wrong side
    if evidence.outcome is Outcome.HOLDS:
        if evidence.strength is Strength.CERTIFIED and finding.rechecked:
            return Verdict.DERIVED if finding.arrived_settled else Verdict.PROVED
        if evidence.strength is Strength.DERIVED:
            return Verdict.DERIVED
        if evidence.strength is Strength.MEASURED:
            return Verdict.SUPPORTED
    return Verdict.UNDECIDED


def _require_ids(claim: Claim, parts: tuple[Statement, ...], runs: tuple[Statement, ...]) -> None:
    """See that parts and runs can be told apart by their ids, and that what is told of a part is told of one.

    Raises: ValueError as `investigate` says.
    """
    ids = [statement.id for statement in (*parts, *runs)]
    wrong = [part_id for part_id in ids if not PART_ID.fullmatch(part_id) or ids.count(part_id) > 1]
    if wrong:
        raise ValueError(f"claim {claim.id}: {wrong} must be ids (small letters, digits, hyphens, at most 60), each of one part")
    unknown = (set(claim.coq) - {part.id for part in parts}) | (set(claim.without_near_miss) - set(ids))
    if unknown:
        raise ValueError(f"claim {claim.id} tells of {sorted(unknown)}, which are no parts of it")
    if not all(reason.strip() for reason in claim.without_near_miss.values()):
        raise ValueError(f"claim {claim.id} gives no reason why a part has no near miss")


def _asking(decide: Decide, recheck: Recheck, seconds: float) -> Ask:
    """A function that asks the engines about one statement, or measures it, and has what must be re-checked re-checked."""

    def ask(statement: Statement) -> Finding:
        start = time.perf_counter()
        rechecked = False
        if isinstance(statement, Agrees | Estimated):
            evidence = _measured(statement)
        else:
            evidence = decide(statement, seconds)
            # A certificate and a counterexample count only after an independent re-check.
            checkable = evidence.strength is Strength.CERTIFIED or evidence.outcome is Outcome.FAILS
            rechecked = checkable and recheck(statement, evidence)
        return Finding(
            part_id=statement.id,
            says=statement.says,
            rechecked=rechecked,
            arrived_settled=settled(statement),
            evidence=dataclasses.replace(evidence, seconds=time.perf_counter() - start),
        )

    return ask


def _kernel(claim: Claim, part: Statement, kernel: Kernel) -> Finding:
    evidence = kernel(claim.id, part, claim.coq[part.id])
    # The audit is the re-check: it asks Coq anew for the statement and the axioms of what is built.
    return Finding(part_id=part.id, says=part.says, evidence=evidence, rechecked=evidence.outcome in (Outcome.HOLDS, Outcome.FAILS))


def _measured(statement: Agrees | Estimated) -> Evidence:
    """What a run or a statistic says. Whatever goes wrong in it settles nothing and ends nothing else."""
    road, engine = _road(statement), "runs" if isinstance(statement, Agrees) else "bootstrap"
    try:
        return _agreement(statement) if isinstance(statement, Agrees) else _estimate(statement)
    except ToolMissing as missing:
        return Evidence(road=road, engine=engine, outcome=Outcome.ABSENT, note=str(missing))
    except Exception as error:  # noqa: BLE001 - an oracle that crashes is no agreement, whatever it raises
        return Evidence(
            road=road, engine=engine, outcome=Outcome.UNSETTLED, reason=Reason.DIED, note=f"the run failed: {type(error).__name__}: {error}"
        )


def _agreement(statement: Agrees) -> Evidence:
    """The error against the bound; no cases, an error that is no size, and a bound that allows any error settle nothing."""
    found = statement.measure()
    outcome = Outcome.UNSETTLED
    if found.cases > 0 and found.error >= 0 and 0 <= statement.bound < math.inf:
        outcome = Outcome.HOLDS if found.error <= statement.bound else Outcome.FAILS
    return Evidence(
        road="run",
        engine="runs",
        outcome=outcome,
        strength=Strength.MEASURED if outcome is Outcome.HOLDS else None,
        number=f"{found.error:.3g}",
        bound=f"{statement.bound:.3g}",
        note=f"{found.cases} runs, worst at {found.worst_case}",
    )


def _estimate(statement: Estimated) -> Evidence:
    """Where the confidence interval lies decides; too few pairs, a NaN, an interval without its mean and bounds that allow any
    mean or none settle nothing."""
    found = statement.measure()
    sound = (
        found.pairs >= LEAST_PAIRS
        and all(map(math.isfinite, (found.low, found.mean, found.high)))
        and found.low <= found.mean <= found.high
        and statement.least <= statement.greatest
        and (math.isfinite(statement.least) or math.isfinite(statement.greatest))
    )
    outcome = Outcome.UNSETTLED
    if sound and statement.least <= found.low and found.high <= statement.greatest:
        outcome = Outcome.HOLDS
    elif sound and (found.high < statement.least or found.low > statement.greatest):
        outcome = Outcome.FAILS
    return Evidence(
        road="statistics",
        engine="bootstrap",
        outcome=outcome,
        trusts=found.trusts,
        strength=Strength.MEASURED if outcome is Outcome.HOLDS else None,
        number=f"{found.mean:.3g} in [{found.low:.3g}, {found.high:.3g}]",
        bound=f"[{statement.least:.3g}, {statement.greatest:.3g}]",
        note=f"{found.pairs} pairs of runs",
    )


def _near_misses(claim: Claim, originals: Sequence[Statement], findings: Sequence[Finding], ask: Ask) -> tuple[NearMissFinding, ...]:
    """What the near misses guard. None is asked where a tool is missing, which rejects nothing."""
    if any(finding.evidence.outcome is Outcome.ABSENT for finding in findings):
        return ()
    bare = {statement.id for statement in originals} - set(claim.without_near_miss)  # the parts that no near miss has guarded yet
    if any(part_verdict(finding) is Verdict.REFUTED for finding in findings):
        bare = set()  # a claim that is refuted needs no guards
    found = []
    for near_miss in claim.near_misses:
        found.append(_near_miss(claim, near_miss, originals, bare, ask))
        bare -= set(found[-1].rejected)
    return tuple(found)


def _near_miss(claim: Claim, near_miss: NearMiss, originals: Sequence[Statement], bare: set[str], ask: Ask) -> NearMissFinding:
    """A road rejects the variant when a statement that the change touches fails on it, witness re-checked.

    Of those that it touches, the bare ones are all asked, for each must be rejected; the others until one is.
    """
    variant = claim.said(near_miss.changes)
    touched = [
        changed
        for original, written in zip(originals, (*claim.parts(variant), *claim.runs(variant)), strict=True)
        if _touches(near_miss, original, changed := dataclasses.replace(written, id=original.id))
    ]
    roads = {changed.id: _road(changed) for changed in touched}
    if both := set(roads) & set(claim.without_near_miss):
        raise ValueError(f"claim {claim.id} says that {sorted(both)} have no near miss, and '{near_miss.says}' changes them")
    rejected: dict[str, str] = {}  # part → the road that rejects it
    for changed in sorted(touched, key=lambda statement: statement.id not in bare):
        if changed.id in bare or roads[changed.id] not in rejected.values():
            finding = ask(changed)
            if part_verdict(finding) is Verdict.REFUTED or (isinstance(changed, Agrees) and finding.evidence.outcome is Outcome.FAILS):
                rejected[changed.id] = roads[changed.id]
    return NearMissFinding(
        says=near_miss.says,
        touched=tuple(roads),
        rejected=tuple(rejected),
        rejected_by=tuple(sorted({*rejected.values()})),
        passed_by=tuple(sorted({*roads.values()} - {*rejected.values()})),
    )


def _touches(near_miss: NearMiss, original: Statement, changed: Statement) -> bool:
    """Whether a near miss changes what the statement says, beside its words, or what the run uses."""
    if isinstance(changed, Agrees | Estimated):
        return bool(set(changed.uses) & set(near_miss.changes))
    return dataclasses.replace(changed, says=original.says) != original


def _road(statement: Statement) -> str:
    return "run" if isinstance(statement, Agrees) else "statistics" if isinstance(statement, Estimated) else "exact"


def _vacuous(claim: Claim, statements: tuple[Statement, ...]) -> tuple[str, ...]:
    """Hypotheses that some witness breaks, and statements whose premises no witness satisfies."""
    broken = [
        name
        for name, condition in claim.hypotheses.items()
        if not claim.witnesses or not all(_true_at(condition, witness) for witness in claim.witnesses)
    ]
    unmet = [
        statement.says
        for statement in statements
        if statement.where and not any(all(_true_at(premise, witness) for premise in statement.where) for witness in claim.witnesses)
    ]
    return (*broken, *unmet)


def _true_at(condition: sp.Basic, witness: Mapping[sp.Symbol, sp.Expr]) -> bool:
    return condition.xreplace(witness) == sp.true
