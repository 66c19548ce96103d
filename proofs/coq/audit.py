"""The audit of theorems: each resolves in the build, is about the statement that it carries, and rests on known axioms.

`coqc` exits 0 on `Admitted`, on new axioms and on `Print Assumptions`, so what it prints is read and compared: name and
type of every axiom, with the allowlist of a tier. What is not understood is refused. One coqc process audits all
theorems of a folder at once; only where that fails is each asked alone.

Conventions: a theorem is named by file and name, such as `windows.bound.window_increases`; the first theorem of a part
that was printed into `generated` must prove that definition (its negation, in `counterexamples`). What the theorems of
other parts say was compared by hand, and the evidence says so.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from proofs.coq import build as building
from proofs.coq import statements
from proofs.coq.build import Absent, Broken
from proofs.kernel.statements import Statement
from proofs.kernel.verdict import Evidence, Outcome, Strength

REALS = {
    "ClassicalDedekindReals.sig_not_dec": "forall P : Prop, {~ ~ P} + {~ P}",
    "ClassicalDedekindReals.sig_forall_dec": "forall P : nat -> Prop, (forall n : nat, {P n} + {~ P n}) -> "
                                             "{n : nat | ~ P n} + {forall n : nat, P n}",
    "FunctionalExtensionality.functional_extensionality_dep":
        "forall (A : Type) (B : A -> Type) (f g : forall x : A, B x), (forall x : A, f x = g x) -> f = g",
    "Classical_Prop.classic": "forall P : Prop, P \\/ ~ P",
}
PRIMITIVE = re.compile(r"(PrimInt63|PrimFloat|FloatOps|FloatAxioms|Uint63|Sint63)\.\w+")  # of Coq's own standard library
NAME = re.compile(r"[a-z]\w*(\.\w+)+")  # a theorem: file and name
TIERS = ("none", "core", "interval")  # no axiom; those of the classical reals; primitive numbers as well


class Refused(Exception):
    """The audit does not accept this: the message says why."""


@dataclass(frozen=True)
class Theorem:
    """What the audit found of one theorem: the tier and the axioms that it rests on at most, or why it is refused."""

    tier: str = ""
    axioms: tuple[str, ...] = ()
    refused: str = ""


@dataclass(frozen=True)
class Audit:
    """All that the ledger needs to know of the kernel, as plain data. `absent` and `broken` are reasons or empty."""

    coq: str = ""
    absent: str = ""
    broken: str = ""
    theorems: Mapping[str, Theorem] = field(default_factory=dict)


def tier(axioms: Mapping[str, str]) -> str:
    """The least tier whose allowlist holds every axiom, by name and type.

    Raises: Refused, naming the first axiom that no tier allows.
    """
    needed = "none"
    for name, kind in axioms.items():
        if REALS.get(name) == kind:
            needed = max(needed, "core", key=TIERS.index)
        elif PRIMITIVE.fullmatch(name):
            needed = "interval"
        else:
            raise Refused(f"it rests on {name}, which is no axiom of the tiers {', '.join(TIERS[1:])}")
    return needed


def axioms_of(printed: str) -> dict[str, str]:
    """Name → type of what `Print Assumptions` printed.

    Raises: Refused for a form that is not known, such as an unsafe flag.
    """
    text = printed.strip()
    if text == "Closed under the global context":
        return {}
    head, _, rest = text.partition("\n")
    if head != "Axioms:":
        raise Refused(f"Coq says of its assumptions: {head}")
    found: dict[str, str] = {}
    for entry in re.split(r"\n(?=\S)", rest):
        name, colon, kind = entry.partition(":")
        if not colon or not re.fullmatch(r"[\w.']+\s*", name):
            raise Refused(f"Coq says of its assumptions: {entry}")
        found[name.strip()] = " ".join(kind.split())
    return found


def run(parts: Iterable[tuple[str, str, Sequence[str]]], build: Path = building.BUILD,
        folder: Path = building.SOURCES) -> Audit:
    """Audit the theorems of these parts, (claim id, says, theorem names) each.

    The build is made where it is missing. Raises: Refused where there is nothing to audit.
    """
    parts = list(parts)
    if not any(theorems for _, _, theorems in parts):
        raise Refused("no theorem was named: nothing was audited")
    try:
        coq = building.version()
        building.ensure(build, folder)
        if (reason := building.stale(build, folder)) is not None:
            raise Broken(reason)
    except Absent as reason:
        return Audit(absent=str(reason))
    except Broken as reason:
        return Audit(coq=building.version(), broken=str(reason))
    printed = statements.generated(folder)
    wanted: dict[str, list[str]] = {}  # theorem → the statements that it must prove
    for claim_id, says, theorems in parts:
        for place, theorem in enumerate(theorems):
            if not NAME.fullmatch(theorem):
                raise Refused(f"{theorem!r} is no name of a theorem: give file and name, such as windows.bound.window_increases")
            carried = wanted.setdefault(theorem, [])
            homes = [home for home, text in printed.items() if place == 0 and statements.find(text, claim_id, says)]
            for home in homes:
                definition = f"{home}.{statements.module(claim_id)}.{statements.name(says)}"
                carried.append(f"~ {definition}" if theorem.startswith("counterexamples.") else definition)
    groups: dict[str, list[str]] = {}
    for theorem in wanted:
        groups.setdefault(theorem.partition(".")[0], []).append(theorem)
    found = _ask(list(groups.values()), wanted, build, folder)
    return Audit(coq=coq, theorems={theorem: result for group, result in zip(groups.values(), found, strict=True)
                                    for theorem in group} if all(not r.refused for r in found)
                 else _one_by_one(groups.values(), found, wanted, build, folder))


def _one_by_one(groups: Iterable[Sequence[str]], found: Sequence[Theorem], wanted: Mapping[str, Sequence[str]], build: Path,
                folder: Path) -> dict[str, Theorem]:
    """Each theorem of a refused group alone."""
    results: dict[str, Theorem] = {}
    for group, result in zip(groups, found, strict=True):
        for theorem in group:
            results[theorem] = _ask([[theorem]], wanted, build, folder)[0] if result.refused else result
    return results


def _ask(groups: Sequence[Sequence[str]], wanted: Mapping[str, Sequence[str]], build: Path, folder: Path) -> list[Theorem]:
    """One result a group, from one coqc process; all are refused where that stops."""
    with tempfile.TemporaryDirectory() as scratch:
        lines = [f"Require {' '.join(building.logical(source) for source in building.sources(folder))}."]
        for place, group in enumerate(groups):
            carried = [(theorem, statement) for theorem in group for statement in wanted[theorem]]
            lines += [f"Definition carried_{place}_{k} : {statement} := @UFM.{theorem}."
                      for k, (theorem, statement) in enumerate(carried)]
            lines.append(f"Definition audited_{place} := ({', '.join(f'@UFM.{theorem}' for theorem in group)}, tt).")
            lines.append(f'Redirect "{scratch}/{place}" Print Assumptions audited_{place}.')
        source = Path(scratch, "audit.v")
        source.write_text("\n".join(lines) + "\n", encoding="utf-8")
        done = subprocess.run(["coqc", "-q", "-R", str(build), building.ROOT_NAME, str(source)], capture_output=True, text=True,
                              check=False, cwd=scratch)
        if done.returncode != 0:
            return [Theorem(refused=" ".join(done.stderr.rpartition("Error:")[2].split())[:300])] * len(groups)
        return [_theorem(Path(scratch, f"{place}.out")) for place in range(len(groups))]


def _theorem(printed: Path) -> Theorem:
    try:
        axioms = axioms_of(printed.read_text(encoding="utf-8"))
        return Theorem(tier=tier(axioms), axioms=tuple(axioms))
    except (Refused, OSError) as reason:
        return Theorem(refused=str(reason))


def evidence(audit: Audit, claim_id: str, part: Statement, theorems: Sequence[str], folder: Path = building.SOURCES) -> Evidence:
    """The kernel's evidence on one part: HOLDS (FAILS for a counterexample) where the audit accepts all its theorems."""
    if audit.absent:
        return Evidence(road="coq", engine="kernel", outcome=Outcome.ABSENT, note=audit.absent)
    problem = audit.broken or _problem(audit, claim_id, part, theorems, folder)
    if problem:
        return Evidence(road="coq", engine="kernel", outcome=Outcome.UNSETTLED, number=", ".join(theorems), note=problem)
    found = [audit.theorems[theorem] for theorem in theorems]
    axioms = tuple(dict.fromkeys(axiom for each in found for axiom in each.axioms))
    matched = "the statement is printed from the claim" if statements.definition(part) else "the statement was compared by hand"
    refutes = theorems[0].startswith("counterexamples.")
    return Evidence(road="coq", engine="kernel", outcome=Outcome.FAILS if refutes else Outcome.HOLDS,
                    strength=None if refutes else Strength.CERTIFIED, number=", ".join(theorems),
                    bound=f"tier {max((each.tier for each in found), key=TIERS.index)}",
                    trusts=(f"Coq {audit.coq}", *axioms), note=matched)


def _problem(audit: Audit, claim_id: str, part: Statement, theorems: Sequence[str], folder: Path) -> str:
    """Why the theorems carry nothing, or the empty string."""
    if not theorems:
        return "no theorem is named"
    for theorem in theorems:
        found = audit.theorems.get(theorem, Theorem(refused="it was not audited"))
        if found.refused or found.tier not in TIERS:
            return f"{theorem}: {found.refused}"
    printed = [statements.find(text, claim_id, statements.key(part)) for text in statements.generated(folder).values()]
    if "".join(printed) != (statements.definition(part) or ""):
        return "the generated file does not say what the claim says: python -m proofs.coq.generate"
    return ""
