"""The README's generated parts: each is filled where it stands, and nothing between them is lost."""

import re

from proofs.documents import readme
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
