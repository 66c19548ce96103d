"""The generated parts of the README: `make readme` writes them, and CI fails when they differ from what the code says.

A part stands between `<!-- generated: NAME -->` and `<!-- end -->`.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from proofs.claims import CHAPTERS, registry
from proofs.cli import main as ufm
from proofs.documents import architecture, network_device, network_evidence, network_predictions
from proofs.kernel.claim import Claim
from proofs.kernel.judge import Row, part_verdict
from proofs.kernel.verdict import HELD, Outcome, Verdict
from proofs.ledger import ledger
from proofs.report import figures, tables
from proofs.report.files import written_whole
from proofs.store.dependencies import ROOT, TRUSTED, code_lines

PART = re.compile(r"(<!-- generated: (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
WINDOWS = ("ufm window --step 10,100 --weight-exponent 1/2",)
CHECKS = (
    "ufm check '(sqrt(R)+1)/sqrt(2*(R+1)) <= 1' --where 'R >= 1'",
    "ufm check 'sup(sqrt(2*(R+1))/(sqrt(R)+1) - 1, R, 1, oo) == 2/5'",
    "ufm check 'x/x == 1'",
)
VERDICTS = ROOT / "proofs" / "evidence" / "verdicts.json"
CHECK = ("ufm check 'log(1 + x) <= x' --where 'x > -1'", "ufm check 'x**2 > x' --where 'x > 0'")
LOSSES = ("ufm derive --all",)
# The claims of three findings, each with the figure that shows it.
HIGHLIGHTS = {"flat-iff-inverse-square-root": "strengths", "escape-window": "window", "exponent-above-one-half": "network-times"}
ALSO_TRUSTED = (
    "Beside these files, a verdict rests on:",
    "",
    "- Python, and `theory/exact.py`, which turns floats away;",
    "- SymPy's expression trees, in which statements and proofs are written, its exact numbers, what it evaluates where everything is "
    "defined, and its expansion and cancellation of polynomials (in leading terms, in words of matrices);",
    "- FLINT with Arb: exact polynomials, and balls that enclose every real number they stand for;",
    "- z3 and cvc5, both together, only in the rows that name them;",
    "- Coq's kernel, with the axioms that are named, only in the parts that Coq carries.",
)


def judged() -> list[tuple[Claim, Row]]:
    """Every claim with its row, in ledger order."""
    rows = {row.claim_id: row for row in ledger.judged()}
    return [(claim, rows[claim.id]) for claim in registry.claims()]


def ledger_summary(pairs: list[tuple[Claim, Row]]) -> str:
    """How many claims of each theory have which verdict."""
    verdicts = {claim.id: row.verdict for claim, row in pairs}
    there = [verdict for verdict in Verdict if verdict in verdicts.values()]
    lines = [f"| theory | claims | {' | '.join(map(str, there))} |", f"|---|{'---|' * (len(there) + 1)}"]
    for theory in CHAPTERS:
        ids = registry.of_theory(theory)
        counts = Counter(verdicts[claim_id] for claim_id in ids)
        lines.append(f"| `{theory}` | {len(ids)} | {' | '.join(str(counts[verdict] or '–') for verdict in there)} |")
    return "\n".join(lines)


def highlights(pairs: list[tuple[Claim, Row]]) -> str:
    """Three findings with their figure; one that no longer holds is not told."""
    rows = {claim.id: (claim, row) for claim, row in pairs}
    titles = {kind.id: kind.title for kind in figures.KINDS}
    told = [(*rows[claim_id], figure) for claim_id, figure in HIGHLIGHTS.items()]
    return "\n\n".join(
        f"{number}. {sentence(claim)} (`{claim.id}`: {row.verdict}).\n\n![{titles[figure]}](docs/figures/{figure}.svg)"
        for number, (claim, row, figure) in enumerate((each for each in told if each[1].verdict in HELD), 1)
    )


def sentence(claim: Claim) -> str:
    """The finding in plain words, from a capital letter on."""
    return claim.plain[0].upper() + claim.plain[1:]


def refutations(pairs: list[tuple[Claim, Row]]) -> str:
    """The claims that are false as stated, with witness and repair."""
    by_id = {claim.id: claim for claim, _ in pairs}
    lines = []
    for claim, row in pairs:
        if row.verdict is Verdict.REFUTED:
            finding = next(found for found in row.findings.parts if part_verdict(found) is Verdict.REFUTED)
            # The digits of a trained network depend on the machine; on which side the interval lies does not.
            words = (
                f"whose confidence interval lies outside {finding.evidence.bound}"
                if finding.evidence.road == "statistics"
                else tables.deciding_words(row)
            )
            lines.append(
                f"- **{claim.id}** is false as stated: *{claim.says}* Fails: {finding.says}, {words}."
                + (f" What holds: {by_id[claim.repaired_by].says}" if claim.repaired_by else "")
            )
    return "\n".join(lines)


def found(pairs: list[tuple[Claim, Row]]) -> str:
    """The findings in plain words, each with its verdict; one that no longer holds is not told."""
    return "\n".join(f"- {sentence(claim)} (`{claim.id}`: {row.verdict})." for claim, row in pairs if claim.plain and row.verdict in HELD)


def kernel(pairs: list[tuple[Claim, Row]]) -> str:
    """How much of the ledger Coq's kernel carries, and on which axioms."""
    accepted = [[finding for finding in row.findings.parts if finding.evidence.road == "coq" and finding.rechecked] for _, row in pairs]
    outcomes = Counter(finding.evidence.outcome for findings in accepted for finding in findings)
    whole = sum(
        bool(findings) and {finding.part_id for finding in findings} == {finding.part_id for finding in row.findings.parts}
        for findings, (_, row) in zip(accepted, pairs, strict=True)
    )
    axioms = sorted({axiom for findings in accepted for finding in findings for axiom in finding.evidence.trusts[1:]})
    return (
        f"The kernel accepts {outcomes[Outcome.HOLDS]} parts, and the negation of {outcomes[Outcome.FAILS]} refuted ones, of "
        f"{sum(map(bool, accepted))} claims ({whole} of them whole). Axioms: {', '.join(f'`{axiom}`' for axiom in axioms)}."
    )


def trusted() -> str:
    """The files that may not be wrong, with their lines of code, and what else a verdict rests on."""
    lines = {path: code_lines(path) for path in TRUSTED}
    rooms: dict[str, list[str]] = {}
    for path, count in lines.items():
        rooms.setdefault(path.parent.relative_to(ROOT).as_posix(), []).append(f"`{path.name}` {count}")
    listed = [f"- `{room}`: {', '.join(files)}." for room, files in rooms.items()]
    return "\n".join(
        [
            f"The kernel and the checker have {sum(lines.values())} lines of code, neither blank nor comment nor docstring:",
            "",
            *listed,
            "",
            *ALSO_TRUSTED,
        ]
    )


def shown_output(commands: Sequence[str]) -> str:
    """Commands with what they print."""
    blocks = []
    for command in commands:
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            _run(command)
        text = "\n".join(line.rstrip() for line in output.getvalue().splitlines())
        blocks.append(f"```console\n$ {command}\n{text}\n```")
    return "\n\n".join(blocks)


def _run(command: str) -> None:
    status = ufm(shlex.split(command)[1:])
    if status not in (0, 1, 3):  # 1 and 3 are verdicts
        raise RuntimeError(f"'{command}' ended with status {status}")


def keep_verdicts(pairs: list[tuple[Claim, Row]], path: Path) -> None:
    """Keep the verdict of each claim, by id, for `ufm advise`, which tells it of the claims that its numbers rest on."""
    with written_whole(path) as draft:
        draft.write_text(json.dumps({claim.id: str(row.verdict) for claim, row in pairs}, indent=1) + "\n", encoding="utf-8")


def generate(path: Path) -> None:
    """Rewrite the generated parts of the README at `path`.

    Raises: KeyError for a part that no function here writes.
    """
    os.environ["COLUMNS"] = "120"  # tables are as wide here as on any other machine
    pairs = judged()
    keep_verdicts(pairs, VERDICTS)
    parts: dict[str, Callable[[], str]] = {
        "highlights": lambda: highlights(pairs),
        "check": lambda: shown_output(CHECK),
        "ledger": lambda: ledger_summary(pairs),
        "refutations": lambda: refutations(pairs),
        "found": lambda: found(pairs),
        "kernel": lambda: kernel(pairs),
        "trusted": trusted,
        "windows": lambda: shown_output(WINDOWS),
        "checks": lambda: shown_output(CHECKS),
        "losses": lambda: shown_output(LOSSES),
    }
    fill(path, parts)


def fill(path: Path, parts: Mapping[str, Callable[[], str]]) -> None:
    """Rewrite the generated parts of one text."""
    text = PART.sub(lambda match: match[1] + parts[match["name"]]() + "\n" + match[3], path.read_text(encoding="utf-8"))
    with written_whole(path) as draft:
        draft.write_text(text, encoding="utf-8")


def generate_architecture(folder: Path) -> None:
    """Rewrite the table of docs/architecture.md, and draw its picture."""
    architecture.draw(folder / "architecture.svg")
    fill(folder / "architecture.md", {"rooms": architecture.table})


def generate_figures(folder: Path) -> None:
    """Write every figure as wide as a page, with its points, as `ufm figures` makes them."""
    with TemporaryDirectory() as made:
        figures.write(Path(made), formats=("svg",))
        folder.mkdir(exist_ok=True)
        for kind in figures.KINDS:
            for form in ("svg", "csv"):
                shutil.copyfile(Path(made) / f"{kind.id}.{form}", folder / f"{kind.id}.{form}")


def gallery() -> str:
    """The figures with their captions, for docs/figures.md."""
    return "\n\n".join(
        f"## {kind.title}\n\n![{kind.title}](figures/{kind.id}.svg)\n\n{kind.caption} [The points](figures/{kind.id}.csv)."
        for kind in figures.KINDS
    )


if __name__ == "__main__":
    generate_architecture(ROOT / "docs")
    generate_figures(ROOT / "docs" / "figures")
    fill(ROOT / "docs" / "figures.md", {"gallery": gallery})
    networks = {"networks": network_evidence.table, "predictions": network_predictions.table, "device": network_device.table}
    fill(ROOT / "docs" / "networks.md", networks)
    generate(ROOT / "README.md")
