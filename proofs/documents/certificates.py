"""The generated parts of docs/certificates.md: every kind of certificate with its fields, and every rule of proof.

Run it by `python -m proofs.documents.certificates`. The rules are read from the checker; the fields stand here, and a test holds
them against what the checker's source reads.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from pathlib import Path

from proofs.checker import rules
from proofs.documents.readme import fill
from proofs.store.dependencies import ROOT

PAGE = ROOT / "docs" / "certificates.md"


@dataclass(frozen=True)
class Form:
    """A table of fields: of a whole certificate, with its engine and its `kind`, or of a part of one."""

    name: str
    engine: str
    kind: str
    shows: str
    fields: dict[str, str]


FORMS = (
    Form(
        "a condition",
        "holds",
        "holds",
        "a condition is defined and true at all admitted values",
        {
            "proof": "`cases`: a record for each case of the premises, in the order in which the checker makes the cases",
            "admitted": "exact values of all variables at which every premise holds, so that nothing is said of nothing",
        },
    ),
    Form(
        "the record of a case",
        "",
        "",
        "under one case of the premises the condition is defined and true",
        {
            "defined": "for each part that could be undefined, innermost first: `case`, which alternative holds, and its `proofs`",
            "goals": "for each clause: `choice`, the alternative that is proved, and `proofs` of it under the negations of the others",
        },
    ),
    Form(
        "a proof",
        "",
        "",
        "a sequent: at all values that satisfy the premises, the goal holds",
        {
            "rule": "the name of a rule of the table below",
            "args": "its arguments, as texts of the grammar; v0, v1, … are the statement's variables by their first appearance",
            "then": "a proof of each sequent that the rule leaves, in its order",
        },
    ),
    Form(
        "equal polynomials",
        "identities",
        "",
        "both sides of each equation are one polynomial",
        {"zero polynomials": "how many equations there are; the checker does not read it, and expands both sides by FLINT"},
    ),
    Form(
        "a limit",
        "limits",
        "limit",
        "the expression has this limit for all admitted parameters",
        {"cases": "a tree for each case of the premises on the parameters", "admitted": "exact admitted values of the parameters"},
    ),
    Form(
        "a tree of a limit",
        "",
        "",
        "the limit under some facts on the parameters: one of three forms",
        {
            "impossible": "a proof that the facts contradict each other",
            "split": "an expression that is > 0, < 0 or = 0; `defined` proves that it has a value, `then` holds the three trees",
            "signs": "proofs of signs that leading terms need; `values` proves that the limit on each way is the value",
        },
    ),
    Form(
        "a supremum",
        "suprema",
        "supremum",
        "the value is an upper bound and is approached",
        {
            "bound": "the certificate that the expression is ≤ the value, or < it where the supremum is not to be attained",
            "approach": "`point` where the value is taken, `limit` where it is approached",
            "at": "the point at which it is taken, or the end at which it is approached",
            "point": "certificates that the value is taken there, and that the point is in the range",
            "limit": "the certificate of the limit at the end",
            "supremum": "the value, where the statement leaves it open",
        },
    ),
    Form(
        "an unbounded expression",
        "suprema",
        "unbounded",
        "the expression tends to oo at an end; as a refutation, at the parameters of the witness",
        {
            "at": "the end",
            "limit": "the certificate of the limit there",
            "defined": "the certificate that the expression is defined on the whole range; not needed for a refutation",
        },
    ),
    Form("a value above", "suprema", "above", "a refutation: the witness gives a value above the bound", {}),
    Form("some value", "suprema", "some value", "a refutation of the supremum −oo: the expression has a value at the witness", {}),
    Form(
        "a smaller bound",
        "suprema",
        "below",
        "a refutation: at the parameters of the witness the expression stays below the value",
        {"value": "a smaller number", "bound": "the certificate that the expression is ≤ it"},
    ),
    Form(
        "the other answer",
        "suprema",
        "the supremum is attained",
        "a refutation: the fields of a supremum, at the parameters of the witness, with the other answer on whether it is attained",
        {},
    ),
    Form("the other answer", "suprema", "the supremum is not attained", "the same, where it should be attained", {}),
    Form(
        "growth by the derivative",
        "monotone",
        "derivative",
        "an expression increases on an interval",
        {
            "defined": "as in the record of a case: the expression is defined on the interval",
            "proofs": "of the sequents on radicands and on the sign of the derivative inside",
            "admitted": "exact admitted values",
            "moves": "where the derivative may vanish: a point inside at which it does not",
        },
    ),
    Form("growth by two points", "monotone", "holds", "the fields of a condition, for f(y) > f(x) at all admitted x < y", {}),
    Form(
        "no two values",
        "monotone",
        "no two values",
        "the premises admit one value of the variable at a time",
        {
            "defined": "a record for each case: the expression is defined there",
            "proofs": "that no case of the premises at two points admits a value",
            "admitted": "exact admitted values",
        },
    ),
    Form(
        "a rigorous run",
        "enclosures",
        "",
        "a solution first reaches a level between two times; only claims of the ledger have it",
        {"steps": "the lengths of the Taylor steps, as fractions", "order": "the order of each step", "bits": "the precision of the balls"},
    ),
    Form(
        "equal words of matrices",
        "matrices",
        "",
        "no certificate is read: the checker expands both sides; only claims of the ledger have it",
        {},
    ),
)


def forms() -> str:
    """The table of the forms and their fields."""
    lines = ["| certificate | engine | kind | shows | fields |", "|---|---|---|---|---|"]
    for form in FORMS:
        fields = "<br>".join(f"`{name}`: {meaning}" for name, meaning in form.fields.items()) or "–"
        lines.append(f"| {form.name} | {form.engine or '–'} | {form.kind or '–'} | {form.shows} | {fields} |")
    return "\n".join(lines)


def rule_table() -> str:
    """The rules of proof: names, arguments and what each says, from the checker."""
    lines = ["| rule | arguments | says |", "|---|---|---|"]
    for name, rule in rules.RULES.items():
        _, *parameters = inspect.signature(rule).parameters.values()
        arguments = ", ".join(f"{each.name} …" if each.kind is each.VAR_POSITIONAL else each.name for each in parameters)
        says = " ".join((inspect.getdoc(rule) or "").split()).replace("|", "\\|")
        lines.append(f"| `{name}` | {arguments or '–'} | {says} |")
    return "\n".join(lines)


def generate(path: Path) -> None:
    """Rewrite the generated parts of the page."""
    fill(path, {"forms": forms, "rules": rule_table})


if __name__ == "__main__":
    generate(PAGE)
