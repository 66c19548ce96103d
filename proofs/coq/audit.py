"""The audit of theorems: each says what it must, and rests on known axioms.

`coqc` exits 0 on `Admitted`, on new axioms and on `Print Assumptions`, so what it prints is read and compared (axioms.py).
What is not understood is refused. For each setting one coqc process reads a file that begins with every statement anew
(statements.py), then loads the objects of the development, without importing anything of them, and lets the kernel hold each
theorem against its statement. The file has a name that nobody can guess, and statements are called by it: nothing that is
loaded can take their names. Only where a group is refused is each of its theorems asked alone.

Conventions: a theorem is named by file and name, such as `windows.bound.window_increases`. The first theorem of a part must
prove the part's own statement (its negation, in `counterexamples`): the printed one, or where none can be printed the one by
hand, under the part's name. A further theorem says more than the part; its statement is by hand, under the theorem's name.

What is believed: Coq's kernel, its libraries and the Python that prints; of the development nothing but the objects, as
build.py says.
"""

from __future__ import annotations

import re
import secrets
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from proofs.coq import axioms, statements
from proofs.coq import build as building
from proofs.coq.axioms import Refused
from proofs.coq.build import Absent, Broken
from proofs.coq.statements import Setting, Stated
from proofs.kernel.claim import Claim
from proofs.kernel.statements import Statement
from proofs.kernel.verdict import Evidence, Outcome, Strength

NAME = re.compile(r"[a-z]\w*(\.\w+)+")  # a theorem: file and name


@dataclass(frozen=True)
class Theorem:
    """What the audit found of one theorem: the tier and the axioms that it rests on at most, or why it is refused."""

    tier: str = ""
    axioms: tuple[str, ...] = ()
    refused: str = ""


@dataclass(frozen=True)
class Audit:
    """All that the ledger needs to know of the kernel, as plain data. `absent` and `broken` are reasons or empty.

    `stated`: by claim id and name of the part in Coq, the statement that its first theorem was held against.
    """

    coq: str = ""
    absent: str = ""
    broken: str = ""
    theorems: Mapping[str, Theorem] = field(default_factory=dict)
    stated: Mapping[tuple[str, str], Stated] = field(default_factory=dict)


@dataclass(frozen=True)
class _Asked:
    """A theorem, and a statement that it must prove, or the negation of it."""

    theorem: str
    stated: Stated

    @property
    def negated(self) -> bool:
        return self.theorem.startswith("counterexamples.")


def run(claims: Iterable[Claim], fresh: bool = False, build: Path = building.BUILD, folder: Path = building.SOURCES) -> Audit:
    """Audit the theorems that these claims name, from a build that is made where it is missing.

    Arguments: `fresh` believes no object that lies anywhere: all are built anew.
    Raises: Refused where there is nothing to audit.
    """
    proved = [claim for claim in claims if any(claim.coq.values())]
    if not proved:
        raise Refused("no theorem was named: nothing was audited")
    try:
        coq = building.version()
    except Absent as reason:
        return Audit(absent=str(reason))  # before any part is derived, of which nothing would be asked
    named = [(claim.id, part, theorem) for claim in proved for part, theorems in statements.named(claim) for theorem in enumerate(theorems)]
    try:
        asked, own, refused = _asked(named, folder)
        with building.built(build, folder, fresh) as objects:
            theorems = {**_audited(asked, objects, folder), **refused}
    except (Broken, statements.Changed) as reason:
        return Audit(coq=coq, broken=str(reason))
    return Audit(coq=coq, theorems=theorems, stated=own)


def _asked(
    named: Iterable[tuple[str, Statement, tuple[int, str]]], folder: Path
) -> tuple[list[_Asked], dict[tuple[str, str], Stated], dict[str, Theorem]]:
    """What each theorem must prove; the parts' own statements; and the theorems of which it is not known what they must."""
    asked: list[_Asked] = []
    own: dict[tuple[str, str], Stated] = {}
    refused: dict[str, Theorem] = {}
    for claim_id, part, (place, theorem) in named:
        if not NAME.fullmatch(theorem):
            raise Refused(f"{theorem!r} is no name of a theorem: give file and name, such as windows.bound.window_increases")
        found = (
            statements.by_hand(claim_id, part, theorem)
            if place
            else (statements.printed(claim_id, part) or statements.by_hand(claim_id, part))
        )
        if found is None:
            refused[theorem] = Theorem(refused=f"no statement of it is printed or reviewed, for {claim_id}/{part.id}")
        elif not statements.written(found, folder):
            refused[theorem] = Theorem(refused="the generated file does not say what the claim says: python -m proofs.coq.generate")
        else:
            asked.append(_Asked(theorem, found))
            if place == 0:
                own[claim_id, found.name] = found
    return asked, own, refused


def _audited(asked: Sequence[_Asked], objects: Path, folder: Path) -> dict[str, Theorem]:
    """What is found of each theorem: refused where one of its statements is not what it says."""
    groups: dict[tuple[Setting, str], list[_Asked]] = {}
    for each in asked:
        groups.setdefault((each.stated.setting, each.theorem.rpartition(".")[0]), []).append(each)
    ask = _Question(tuple(dict.fromkeys(each.stated for each in asked)), objects, folder)

    def settled(setting: Setting) -> list[tuple[_Asked, Theorem]]:
        these = [group for (where, _), group in groups.items() if where is setting]
        found = ask(setting, these)
        apart = (
            sum(map(len, these)) > 1 and any(result.refused for result in found) and not ask(setting, [[]])[0].refused
        )  # the statements alone are read
        return [
            pair
            for group, result in zip(these, found, strict=True)
            for pair in zip(group, _alone(ask, setting, group) if apart and result.refused else [result] * len(group), strict=True)
        ]

    results: dict[str, Theorem] = {}
    with ThreadPoolExecutor(len(Setting)) as pool:
        for each, result in (pair for pairs in pool.map(settled, Setting) for pair in pairs):
            results[each.theorem] = max(results.get(each.theorem, result), result, key=lambda result: bool(result.refused))
    return results


def _alone(ask: _Question, setting: Setting, group: Sequence[_Asked]) -> list[Theorem]:
    """The result of each theorem by itself: from one process, and where all are refused, as where it stops, from one for each half."""
    found = ask(setting, [[each] for each in group])
    if len(group) == 1 or not all(result.refused for result in found):
        return found
    middle = len(group) // 2
    return _alone(ask, setting, group[:middle]) + _alone(ask, setting, group[middle:])


@dataclass(frozen=True)
class _Question:
    """Asks coqc about theorems, with these statements."""

    stated: Sequence[Stated]
    objects: Path
    folder: Path

    def __call__(self, setting: Setting, groups: Sequence[Sequence[_Asked]]) -> list[Theorem]:
        """One result a group of theorems with statements of one setting, from one process; all are refused where that stops."""
        if not groups:
            return []
        library = f"audit_{secrets.token_hex(8)}"  # no loaded file has this name
        sources = sorted({source for group in groups for each in group if (source := self._source(each.theorem))})
        lines = [statements.context(setting, self.stated)]
        lines += [f"Require {' '.join(map(building.logical, sources))}."] if sources else []
        with tempfile.TemporaryDirectory() as scratch:
            for place, group in enumerate(groups):
                carried = [f"carried_{place}_{k}" for k in range(len(group))]
                for title, each in zip(carried, group, strict=True):
                    said = f"{library}.{each.stated.module}.{each.stated.name}"
                    lines.append(f"Definition {title} : {f'~ {said}' if each.negated else said} := @UFM.{each.theorem}.")
                lines.append(f"Definition audited_{place} := ({''.join(f'{library}.{title}, ' for title in carried)}tt).")
                lines.append(axioms.question(f"{library}.audited_{place}", Path(scratch, str(place))))
            asked = Path(scratch, f"{library}.v")
            asked.write_text("\n".join(lines) + "\n", encoding="utf-8")
            done = subprocess.run(
                ["coqc", *building.OPTIONS, "-R", str(self.objects), building.ROOT_NAME, str(asked)],
                capture_output=True,
                text=True,
                check=False,
                cwd=scratch,
            )
            if done.returncode != 0:
                return [Theorem(refused=" ".join(done.stderr.split())[-300:])] * len(groups)
            return [self._theorem(Path(scratch, str(place))) for place in range(len(groups))]

    def _source(self, theorem: str) -> str | None:
        path = "/".join(theorem.split(".")[:-1]) + ".v"
        return path if (self.folder / path).is_file() else None

    @staticmethod
    def _theorem(answer: Path) -> Theorem:
        try:
            found = axioms.axioms(answer)
            return Theorem(tier=axioms.tier(found), axioms=found)
        except Refused as reason:
            return Theorem(refused=str(reason))


def evidence(audit: Audit, claim_id: str, part: Statement, theorems: Sequence[str]) -> Evidence:
    """The kernel's evidence on one part: HOLDS (FAILS for a counterexample) where the audit accepts all its theorems."""
    if audit.absent:
        return Evidence(road="coq", engine="kernel", outcome=Outcome.ABSENT, note=audit.absent)
    problem = audit.broken or _problem(audit, claim_id, part, theorems)
    if problem:
        return Evidence(road="coq", engine="kernel", outcome=Outcome.UNSETTLED, number=", ".join(theorems), note=problem)
    found = [audit.theorems[theorem] for theorem in theorems]
    rests = tuple(dict.fromkeys(axiom for each in found for axiom in each.axioms))
    own = audit.stated[claim_id, statements.name(part)]
    note = (
        "the statement is printed from the claim"
        if own.text
        else (f"the statement is by hand in proofs/coq/reviewed/{own.setting.value}.v, and the kernel compared it with the theorem")
    )
    refutes = theorems[0].startswith("counterexamples.")
    return Evidence(
        road="coq",
        engine="kernel",
        outcome=Outcome.FAILS if refutes else Outcome.HOLDS,
        strength=None if refutes else Strength.CERTIFIED,
        number=", ".join(theorems),
        bound=f"tier {axioms.tier(rests)}",
        trusts=(f"Coq {audit.coq}", *rests),
        note=note,
    )


def _problem(audit: Audit, claim_id: str, part: Statement, theorems: Sequence[str]) -> str:
    """Why the theorems carry nothing, or the empty string."""
    if not theorems:
        return "no theorem is named"
    for theorem in theorems:
        found = audit.theorems.get(theorem, Theorem(refused="it was not audited"))
        if found.refused or found.tier not in axioms.TIERS:
            return f"{theorem}: {found.refused}"
    own = audit.stated.get((claim_id, statements.name(part)))
    if own is None or own.text != (statements.definition(part) or ""):
        return "its theorems were held against another statement"
    return ""
