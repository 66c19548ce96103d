"""Sphinx's settings for the manual: `make docs` builds it into build/docs."""

from __future__ import annotations

import re
import sys
from importlib.metadata import version as installed
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

project = "ufm"
author = "the authors of ufm"
version = release = installed("ufm-verifier")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.viewcode"]
source_suffix = {".md": "markdown"}
myst_enable_extensions = ["colon_fence", "dollarmath", "deflist"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "ufm: every theory is derived, run, judged"
html_static_path = ["_static"]
html_css_files = ["manual.css"]
html_show_sphinx = False
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_member_order = "bysource"
autodoc_mock_imports: list[str] = []
nitpicky = True
# Types of annotations: those of other projects have no page here, and our own are described where they are used.
nitpick_ignore_regex = [("py:(class|obj|data|exc|func|meth|mod)", ".*")]

SECTIONS = ("Formula", "Arguments", "Returns", "Valid when", "Raises", "Source", "Measured")


def as_text(lines: list[str]) -> list[str]:
    """A docstring of this project as reStructuredText: plain sentences, in which stars and bars are mathematics, and named sections."""
    text = "\n".join(lines).replace("\\", "\\\\")
    pieces = re.split(r"(`[^`]+`)", text)
    plain = [re.sub(r"([*|_])", r"\\\1", piece) if k % 2 == 0 else f"`{piece}`" for k, piece in enumerate(pieces)]
    told = re.sub(rf"^({'|'.join(SECTIONS)}):", r"\n**\1:**", "".join(plain), flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", told).split("\n")


def setup(app: object) -> None:
    def process(app: object, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
        lines[:] = as_text(lines)

    app.connect("autodoc-process-docstring", process)  # type: ignore[attr-defined]
