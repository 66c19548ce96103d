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
    """A docstring of this project as reStructuredText: sentences in which stars and bars are mathematics, named sections, indented code."""
    told: list[str] = []
    code = False
    for line in lines:
        if (indented := line.startswith("    ")) and not code:
            told += ["", "::", ""]
        elif code and line and not indented:
            told.append("")
        code = indented or (code and not line)
        told.append(line if code else as_sentence(line))
    return told


def as_sentence(line: str) -> str:
    """One line of prose, with what stands between backquotes as code."""
    pieces = re.split(r"(`[^`]+`)", line.replace("\\", "\\\\"))
    plain = "".join(re.sub(r"([*|_])", r"\\\1", piece) if k % 2 == 0 else f"`{piece}`" for k, piece in enumerate(pieces))
    return re.sub(rf"^({'|'.join(SECTIONS)}):", r"\n**\1:**", plain)


def setup(app: object) -> None:
    def process(app: object, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
        lines[:] = "\n".join(as_text(lines)).split("\n")

    app.connect("autodoc-process-docstring", process)  # type: ignore[attr-defined]
