"""What a claim says in mathematics, for the page: made from the SymPy objects that are judged, and kept beside the findings.

Writing out the statements of the whole ledger derives them all again, so each claim's is made in a process of its own and kept
under the fingerprint of its code.
"""

from __future__ import annotations

import re
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

import sympy as sp

from proofs.claims.registry import claims, module_of
from proofs.coq import statements as formal
from proofs.kernel.claim import Claim
from proofs.ledger import jobs
from proofs.report import mathml
from proofs.store import cache
from proofs.store.dependencies import fingerprint

MOST_COQ_LINES = 30
SECONDS_PER_CLAIM = 600.0  # of processor time; a claim whose mathematics takes longer is shown without it


def written(ids: Sequence[str], progress: Callable[[str], None] = lambda claim_id: None) -> dict[str, dict[str, Any]]:
    """The mathematics of the named claims as plain data (`of_claim`); what is not kept is made on all cores.

    A claim whose mathematics could not be made is left out, and told on standard error.
    """
    found: dict[str, dict[str, Any]] = {}
    waiting: deque[jobs.Job[dict[str, Any]]] = deque()
    for claim_id in ids:
        kept = cache.load_plain(_name(claim_id), _key(claim_id))
        if kept is None:
            waiting.append(jobs.Job(claim_id, partial(of_claim, claim_id), SECONDS_PER_CLAIM))
        else:
            found[claim_id] = kept
            progress(claim_id)
    for job, made in jobs.run(waiting, "forkserver"):
        progress(job.name)
        if isinstance(made, jobs.Stopped):
            sys.stderr.write(f"ufm: the mathematics of {job.name} is left out: {made.note or made.reason}\n")
        else:
            cache.store_plain(_name(job.name), _key(job.name), made)
            found[job.name] = made
    return found


def _name(claim_id: str) -> str:
    return f"{claim_id}.mathematics"


def _key(claim_id: str) -> str:
    return fingerprint(module_of(claim_id), __name__)


def of_claim(claim_id: str) -> dict[str, Any]:
    """A claim in MathML, as data that survives JSON: hypotheses, witnesses, each part, what each near miss changes, Coq's text."""
    (claim,) = claims([claim_id])
    said = claim.said()
    return {
        "hypotheses": [[name, _besides(name, premise)] for name, premise in claim.hypotheses.items()],
        "witnesses": [list(mathml.equations(witness.items())) for witness in claim.witnesses],
        "parts": {part.id: _listed(asdict(mathml.statement(part))) for part in (*claim.parts(said), *claim.runs(said))},
        "near_misses": [_changes(claim, near_miss.changes) for near_miss in claim.near_misses],
        "coq": {part.id: _theorems(claim, part, theorems) for part, theorems in formal.named(claim)},
    }


def _listed(shown: Mapping[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in shown.items()}


def _besides(name: str, premise: sp.Basic) -> str:
    """The premise in mathematics, where its name does not already say just that."""
    if premise == sp.true:  # which the sign of a symbol already says
        return ""
    text = sp.sstr(premise)
    for ascii_sign, sign in ((">=", "≥"), ("<=", "≤"), ("!=", "≠")):
        text = text.replace(ascii_sign, sign)
    return "" if text.replace(" ", "") == name.replace(" ", "") else mathml.math(mathml.formula(premise))


def _changes(claim: Claim, changes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the claim says and what the near miss says in its place, for each name, where both are formulas."""
    shown = [(name, mathml.values(claim.stated[name]), mathml.values(changed)) for name, changed in changes.items()]
    return [
        {"name": name.replace("_", " "), "stated": list(stated), "changed": list(changed)} for name, stated, changed in shown if changed
    ]


def _theorems(claim: Claim, part: Any, theorems: Sequence[str]) -> list[dict[str, str]]:
    """Each theorem with the statement that the audit holds it against."""
    own = formal.printed(claim.id, part) or formal.by_hand(claim.id, part)
    stated = [own, *(formal.by_hand(claim.id, part, theorem) for theorem in theorems[1:])]
    return [{"name": theorem, "statement": _coq(found) if found else ""} for theorem, found in zip(theorems, stated, strict=True)]


def _coq(stated: formal.Stated) -> str:
    """The definition of a statement, without its comment."""
    text = stated.text or _by_hand(stated)
    lines = re.sub(r"^\s*\(\*.*?\*\)\n", "", text, flags=re.DOTALL).rstrip().splitlines()
    margin = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    shown = [line[margin:] for line in lines[:MOST_COQ_LINES]]
    rest = len(lines) - len(shown)
    file = f"generated/{(formal.MATRIX_FILE if stated.setting is formal.Setting.MATRICES else formal.FILE).name}"
    return "\n".join([*shown, *([f"(* … {rest} more lines: proofs/coq/{file} *)"] if rest else [])])


def _by_hand(stated: formal.Stated) -> str:
    """The reviewed definition, from its file."""
    module = stated.module.removeprefix("reviewed.")
    text = formal.pinned(f"reviewed/{stated.setting.value}.v")
    found = re.search(
        rf"^Module {module}\.$.*?^(Definition {stated.name} : Prop :=.*?\.)$(?=\n\n|\nEnd)", text, flags=re.DOTALL | re.MULTILINE
    )
    if found is None:
        raise ValueError(f"proofs/coq/reviewed has no definition {stated.module}.{stated.name}")
    return found[1]
