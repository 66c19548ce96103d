"""The README's generated parts: each is filled where it stands, and nothing between them is lost."""

import re
from types import SimpleNamespace

from proofs.claims import CHAPTERS, registry
from proofs.documents import readme
from proofs.kernel.verdict import Verdict
from proofs.store.dependencies import ROOT


def test_parts_are_filled_in_place_even_when_empty():
    text = "a\n<!-- generated: one -->\n<!-- end -->\nb\n<!-- generated: two -->\nold\nlines\n<!-- end -->\nc\n"
    filled = readme.PART.sub(lambda match: f"{match[1]}{match['name']}!\n{match[3]}", text)
    assert filled == "a\n<!-- generated: one -->\none!\n<!-- end -->\nb\n<!-- generated: two -->\ntwo!\n<!-- end -->\nc\n"


def test_every_part_of_the_readme_is_closed_and_not_empty():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(re.findall("<!-- generated: ", text)) == len(readme.PART.findall(text)) == text.count("<!-- end -->")
    for match in readme.PART.finditer(text):
        assert match[0].count("\n") > 1, match["name"]


def test_the_ledger_is_summed_up_by_theory_and_three_findings_are_shown_with_their_figure():
    claims = registry.claims()
    pairs = [(claim, SimpleNamespace(verdict=Verdict.SUPPORTED if k % 2 else Verdict.PROVED)) for k, claim in enumerate(claims)]
    head, _, *rows = readme.ledger_summary(pairs).splitlines()
    assert head == "| theory | claims | PROVED | SUPPORTED |"
    cells = [[int(cell.strip().replace("–", "0")) for cell in row.strip("|").split("|")[1:]] for row in rows]
    assert len(rows) == len(CHAPTERS)
    assert sum(total for total, _, _ in cells) == len(claims)
    assert all(total == proved + supported for total, proved, supported in cells)
    shown = readme.highlights(pairs)
    assert shown.count("![") == len(readme.HIGHLIGHTS) == 3
    failed = [(claim, SimpleNamespace(verdict=Verdict.UNDECIDED)) for claim in claims]
    assert readme.highlights(failed) == "", "a finding that no longer holds is not told"
