"""`ufm figures`: every figure of the README and the manual, each with its points."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from proofs.commands import options
from proofs.report import figures, progress
from theory.exact import InvalidInput


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the figures go; it is made where it is not there.")],
    only: Annotated[str | None, typer.Option("--only", metavar="NAME,…", help="Some of the figures (default: all).")] = None,
    formats: Annotated[str, typer.Option("--format", metavar="svg,pdf,png", help="In which formats.")] = "svg,pdf",
) -> int:
    """Make the figures of the README and the manual, each with its data as CSV.

    NAME.svg is as wide as a page and NAME-column.svg as a column of two, both on white; NAME-transparent.svg is for pages that
    may be dark. Numbers come from the derivations, from runs made now, and from the kept evidence of trained networks.
    """
    wanted = [form.strip() for form in formats.split(",")]
    if unknown := [form for form in wanted if form not in figures.FORMATS]:
        raise InvalidInput(f"format {unknown[0]!r} is not written: give some of {', '.join(figures.FORMATS)}")
    kinds = figures.named([name.strip() for name in only.split(",")] if only is not None else ())
    options.writable(folder, folder=True)
    with progress.bar("drawing", len(kinds)) as advance:
        figures.write(folder, [kind.id for kind in kinds], wanted, advance)
    print("\n".join(f"{kind.id}: {kind.title}" for kind in kinds))
    return 0
