"""The functions of `import ufm` that answer with a document: the command line's JSON documents, which show themselves."""

from __future__ import annotations

import multiprocessing
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from proofs.check import DEFAULT_TIMEOUT, check_claims, check_one, read_file
from proofs.claims import registry
from proofs.commands import window as window_command
from proofs.kernel.claim import Claim
from proofs.ledger import ledger
from proofs.report import tables
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput
from theory.shown import Sheet, Shown


class Answer(Shown, dict[str, Any]):
    """The judge's answer to a statement: the JSON object of `ufm check`."""

    def brief(self) -> str:
        """Verdict and statement."""
        return f"{self['verdict']}: {self['statement']}"

    def shown(self) -> Sheet:
        """What was asked and answered, with the witness of a refutation."""
        facts = {"where": ", ".join(self["where"]) or None, "by": self["method"], "trusts": "; ".join(self["trusts"]) or None}
        facts |= {f"at {name} =": value for name, value in (self["witness"] or {}).items()}
        return Sheet(self.brief(), {name: value for name, value in facts.items() if value is not None})


class Windows(Shown, dict[str, Any]):
    """Modes, rates and windows: the JSON document of `ufm window`."""

    def brief(self) -> str:
        """Classes and the two windows."""
        windows = ", ".join(f"{name} {_number(found['relative'])}" for name, found in self["window"].items())
        return f"{len(self['counts'])} classes; window relative to the first: {windows}"

    def shown(self) -> Sheet:
        """One row for each mode."""
        names = ["singular_value", "multiplicity", "effective_singular_value", "escape_rate", "learning_time", "predicted_time"]
        names += ["final_singular_value"]
        there = [name for name in names if any(name in mode for mode in self["modes"])]
        rows = [[mode.get(name) for name in there] for mode in self["modes"]]
        exact = {f"{name} window, exactly": found.get("relative_exact") for name, found in self["window"].items()}
        facts = {"normalization": self["normalization"], **{name: value for name, value in exact.items() if value}}
        return Sheet(self.brief(), facts, [name.replace("_", " ") for name in there], rows)


class Row(Shown, dict[str, Any]):
    """A judged claim: its object in the JSON document of `ufm verify`."""

    def brief(self) -> str:
        """Id and verdict."""
        return f"{self['id']}: {self['verdict']}"

    def shown(self) -> Sheet:
        """The sentence, and what each part was decided by."""
        facts = {"says": self["says"], "source": self["source"], "hypotheses": "; ".join(self["hypotheses"]) or None}
        rows = [(found["says"], found["road"], found["outcome"], "; ".join(found["trusts"])) for found in self["evidence"]]
        return Sheet(self.brief(), facts | {"replay": self["replay"]}, ("part or run", "road", "outcome", "trusts"), rows)


class Ledger(Shown, tuple[Any, ...]):
    """Claims, judged claims or answers, in order."""

    def brief(self) -> str:
        """How many objects there are."""
        return f"{len(self)} claims"

    def shown(self) -> Sheet:
        """One row for each claim."""
        rows = [(one["id"], one.get("verdict"), one.get("says") or one["statement"]) for one in self]
        return Sheet(self.brief(), columns=("claim", "verdict", "says"), rows=rows)


class Statement(Shown, dict[str, Any]):
    """A claim that is not judged: id, sentence, source and hypotheses. `claim` is the object that the judge takes."""

    claim: Claim

    def brief(self) -> str:
        """Its id."""
        return str(self["id"])

    def shown(self) -> Sheet:
        """The sentence, and the formulas as the source states them."""
        stated = {f"stated: {name}": value for name, value in self.claim.stated.items()}
        return Sheet(str(self["id"]), {"says": self["says"], "source": self["source"], **self.claim.hypotheses, **stated})


def check(
    statement: str, where: Sequence[str] = (), let: Mapping[str, str] | None = None, seconds: float = DEFAULT_TIMEOUT
) -> dict[str, Any]:
    """Judge one statement in a process of its own, as `ufm check` does.

    Arguments: `where`, premises; `let`, abbreviations; `seconds` of processor time.
    Returns: the JSON object of `ufm check`; its "verdict" is "proved", "derived", "refuted" or "undecided".
    Raises: InvalidInput for what is not in the grammar, and for premises that nothing satisfies.
    """
    return Answer(check_one(statement, where, let, seconds))


def check_file(path: str | Path, seconds: float = DEFAULT_TIMEOUT) -> Ledger:
    """Judge the steps of a derivation file, as `ufm check --file` does.

    Arguments: `seconds` of processor time for each step.
    Returns: an answer a step, in order; that of a step that is wrong has the verdict "error" and a "message".
    Raises: InvalidInput for a file that is no derivation.
    """
    return Ledger(map(Answer, check_claims(read_file(Path(path)), seconds)))


def window(
    counts: ClassCounts,
    class_weight: str | Sequence[Any] = "none",
    normalization: str = "raw",
    delta: float | None = None,
    *,
    similarity: Any = None,
    features: Any = None,
    bias: bool = False,
    decay: float | None = None,
) -> dict[str, Any]:
    """Modes, rates and windows of class counts under class weights, as `ufm window` has them.

    Arguments: `class_weight` and `normalization` as `ufm.weights.class_weights` takes them; `delta`, where given, adds the
    learning times of a run at the initial scale e^(−δ), in flow time; `similarity`, ρ or (ρ, κ), or else `features`, n × d₀ in
    class order, where the data constrain the features; `decay`, μ = √(λ_W λ_H), adds what weight decay leaves of each mode;
    `bias`, whether an output bias is trained.
    Returns: the JSON document of `ufm window`.
    Raises: InvalidInput as `class_weights` does, and for inputs and decays that are none.
    """
    given = {"similarity": similarity, "features": features, "decay": decay, "bias": bias}
    return Windows(window_command.window(counts, class_weight, normalization, delta, **given))


def claims(*ids: str) -> Ledger:
    """The named claims of the ledger, or all of them, without a verdict.

    Raises: InvalidInput for an unknown id.
    """
    found = []
    for claim in registry.claims(ids):
        one = Statement(id=claim.id, says=claim.says, source=claim.source, hypotheses=list(claim.hypotheses))
        one.claim = claim
        found.append(one)
    return Ledger(found)


def verify(*ids: str, fresh: bool = False) -> Ledger:
    """Judge the named claims, or the whole ledger, as `ufm verify` does.

    Arguments: with `fresh` no finding that was kept is believed.
    Returns: the claims' objects of the JSON document of `ufm verify`.
    Valid when: a script calls it under `if __name__ == "__main__":`, because the judge's processes import the script again.
    Raises: InvalidInput for an unknown id, and in such a process.
    """
    if multiprocessing.parent_process() is not None:
        raise InvalidInput("verify was called by a script that a process of the judge imports: call it under if __name__ == '__main__'")
    rows = {row.claim_id: row for row in ledger.judged(ids, fresh)}
    wanted = registry.claims(ids)
    return Ledger(map(Row, tables.ledger_document(wanted, [rows[claim.id] for claim in wanted])["claims"]))


def _number(value: float | None) -> str:
    return tables.number(value)
