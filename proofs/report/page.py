"""The pages that `ufm verify --report DIR` writes, for a reader who has nothing else: they need no network.

index.html has the findings, the figures and every claim in a line or two; beside it stands a page a theory with the mathematics.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from importlib import resources
from pathlib import Path

import jinja2

from proofs.kernel.claim import Claim
from proofs.kernel.judge import Row
from proofs.ledger import jobs
from proofs.report import contents, figures, mathematics
from proofs.report.figures import Picture
from proofs.report.files import written_whole
from proofs.store import cache
from proofs.store.dependencies import fingerprint, versions

SECONDS_PER_FIGURE = 600.0  # of processor time, many times what a figure takes; one that takes longer is left out


def write(
    folder: Path,
    claims: Sequence[Claim],
    rows: Sequence[Row],
    pictures: Sequence[Picture] = (),
    progress: Callable[[str], None] = lambda claim_id: None,
) -> None:
    """Write index.html and a page for each theory of the claims into the folder.

    Arguments: `pictures`, drawn into index.html in this order; `progress` is told each claim whose mathematics is written.
    """
    found = contents.of_ledger(claims, rows, mathematics.written([claim.id for claim in claims], progress))
    templates = _templates()
    templates.globals |= {**found, "versions": list(versions().items()), "style": _part("page.css"), "script": _part("page.js")}
    for theory in found["theories"]:
        _write(folder / theory["file"], templates.get_template("theory.html").render(theory=theory))
    _write(folder / "index.html", templates.get_template("index.html").render(pictures=pictures))


def _write(path: Path, text: str) -> None:
    with written_whole(path) as draft:
        draft.write_text(text, encoding="utf-8")


def pictures(progress: Callable[[str], None] = lambda figure_id: None) -> list[Picture]:
    """The figures of the page, in their order: those that are kept, and the others drawn on all cores and kept."""
    key, found = fingerprint(figures.__name__), {}
    for kind in figures.KINDS:
        if (kept := cache.load_plain(f"figure.{kind.id}", key)) is not None:
            found[kind.id] = Picture(**kept)
            progress(kind.id)
    missing = [kind.id for kind in figures.KINDS if kind.id not in found]
    waiting = deque(jobs.Job(figure_id, partial(_drawn, figure_id), SECONDS_PER_FIGURE) for figure_id in missing)
    for job, made in jobs.run(waiting, "forkserver"):
        progress(job.name)
        if isinstance(made, Picture):
            found[job.name] = made
            cache.store_plain(f"figure.{job.name}", key, asdict(made))
        else:
            sys.stderr.write(f"ufm: the figure {job.name} is left out: {made.note or made.reason}\n")
    return [found[kind.id] for kind in figures.KINDS if kind.id in found]


def _drawn(figure_id: str) -> Picture:
    (picture,) = figures.gallery([figure_id])
    return picture


def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_part), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["prose"] = contents.prose
    return environment


def _part(name: str) -> str:
    return resources.files("proofs.report").joinpath("templates", name).read_text(encoding="utf-8")
