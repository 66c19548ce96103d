"""The page that `ufm verify --report DIR` writes: one file that needs no network, for a reader who has nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path

import jinja2

from proofs.kernel.claim import Claim
from proofs.kernel.judge import Row
from proofs.report import contents, mathematics
from proofs.report.files import written_whole
from proofs.store.dependencies import versions

Picture = tuple[str, str, str]  # title, caption, and the drawing as SVG


def write(
    folder: Path,
    claims: Sequence[Claim],
    rows: Sequence[Row],
    pictures: Sequence[Picture] = (),
    progress: Callable[[str], None] = lambda claim_id: None,
) -> None:
    """Write index.html into the folder.

    Arguments: `pictures`, drawn into the page in this order; `progress` is told each claim whose mathematics is written.
    """
    found = contents.of_ledger(claims, rows, mathematics.written([claim.id for claim in claims], progress))
    text = _template().render(
        **found, pictures=pictures, versions=list(versions().items()), style=_part("page.css"), script=_part("page.js")
    )
    with written_whole(folder / "index.html") as draft:
        draft.write_text(text, encoding="utf-8")


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_part), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["prose"] = contents.prose
    return environment.get_template("page.html")


def _part(name: str) -> str:
    return resources.files("proofs.report").joinpath("templates", name).read_text(encoding="utf-8")
