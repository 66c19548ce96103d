"""`ufm verify`: the ledger, judged."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from proofs.claims import registry
from proofs.commands import options
from proofs.commands.application import Interrupted
from proofs.commands.options import JsonOption
from proofs.kernel.claim import Claim
from proofs.kernel.judge import Row
from proofs.ledger import ledger
from proofs.report import progress, tables
from theory.exact import InvalidInput


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
    if list_only and (fresh or report):
        raise InvalidInput(f"--list judges nothing, so {'--fresh' if fresh else '--report'} says nothing beside it: drop one of them")
    if list_only:
        if as_json:
            tables.print_json({"claims": [{"id": claim.id, "says": claim.says, "source": claim.source} for claim in chosen]})
        else:
            tables.print_claims(chosen)
        return 0
    options.writable(report, folder=True)
    rows: list[Row] = []
    try:
        with progress.bar("judging", len(chosen)) as advance:
            for row in ledger.judged([claim.id for claim in chosen], fresh, advance):
                rows.append(row)
    except KeyboardInterrupt:
        _show(chosen, rows, as_json)
        kept = ledger.kept_of(rows)
        raise Interrupted(f"{len(rows)} of {len(chosen)} claims were judged, and the findings on {kept} of them are kept") from None
    _show(chosen, rows, as_json)
    if report:
        from proofs.report import figures, page  # loaded where they are asked for

        whole = not ids and theory is None  # the figures belong to the whole ledger, not to some claims
        with progress.bar("writing the page", len(chosen) + len(figures.KINDS) * whole) as advance:
            page.write(report, chosen, _ordered(chosen, rows), page.pictures(advance) if whole else (), advance)
    return ledger.exit_status(rows, optional=not ids and os.environ.get("STRICT") != "1")


def _show(chosen: Sequence[Claim], rows: Sequence[Row], as_json: bool) -> None:
    """The rows in the order of the ledger, as a table or as the document."""
    judged = {row.claim_id for row in rows}
    claims = [claim for claim in chosen if claim.id in judged]
    if as_json:
        tables.print_json(tables.ledger_document(claims, _ordered(chosen, rows)))
    elif claims:
        tables.print_ledger(claims, _ordered(chosen, rows))


def _ordered(chosen: Sequence[Claim], rows: Sequence[Row]) -> list[Row]:
    order = {claim.id: place for place, claim in enumerate(chosen)}
    return sorted(rows, key=lambda row: order[row.claim_id])
