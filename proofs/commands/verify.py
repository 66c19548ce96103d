"""`ufm verify`: the ledger, judged."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from proofs.claims import registry
from proofs.commands import options
from proofs.commands.options import JsonOption
from proofs.ledger import ledger
from proofs.report import page, progress, tables


def command(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID…]", help="Claims; all of them by default.", show_default=False)] = None,
    theory: Annotated[str | None, typer.Option("--theory", metavar="NAME", help="The claims of one theory.", show_default=False)] = None,
    as_json: JsonOption = False,
    list_only: Annotated[bool, typer.Option("--list", help="List the claims and judge nothing.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Ignore what was kept from earlier runs.")] = False,
    report: Annotated[Path | None, typer.Option("--report", metavar="DIR", help="Write the page into DIR.")] = None,
) -> int:
    """Judge the ledger, or the named claims.

    Exit status: 0 all held, 1 something is refuted or broken, 2 wrong input, 3 undecided. A claim that is
    refuted as its source states it counts as settled when the row that repairs it is judged beside it and holds.
    In the whole ledger, rows whose optional tool is absent are counted and told, and leave the status to the
    others; with STRICT=1, and for claims asked for by name, they make it 3.
    """
    chosen = registry.claims([*(ids or ()), *(registry.of_theory(theory) if theory else ())])
    if list_only:
        if as_json:
            tables.print_json({"claims": [{"id": claim.id, "says": claim.says, "source": claim.source} for claim in chosen]})
        else:
            tables.print_claims(chosen)
        return 0
    options.writable(report, folder=True)
    rows = []
    with progress.bar("judging", len(chosen)) as advance:
        for row in ledger.judged([claim.id for claim in chosen], fresh, advance):
            rows.append(row)
    order = {claim.id: place for place, claim in enumerate(chosen)}
    rows.sort(key=lambda row: order[row.claim_id])
    if as_json:
        tables.print_json(tables.ledger_document(chosen, rows))
    else:
        tables.print_ledger(chosen, rows)
    if report:
        with progress.bar("writing the page", len(chosen)) as advance:
            page.write(report, chosen, rows, (), advance)
    return ledger.exit_status(rows, optional=not ids and os.environ.get("STRICT") != "1")
