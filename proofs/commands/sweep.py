"""`ufm sweep`: many runs, on all cores or a Dask cluster, into one table."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Annotated, Any

import typer

from proofs.commands import options
from proofs.commands.application import Interrupted
from proofs.commands.options import JsonOption
from proofs.report import progress, tables
from proofs.sweep.points import code
from proofs.sweep.run import Sweep, sweep
from theory.exact import InvalidInput

BROKEN, UNDECIDED = 1, 3  # exit statuses: a run has failed; runs were refused, and none has failed
MOST_SHOWN = 5  # reasons in the table
CONNECT_SECONDS = 10


def command(
    spec: Annotated[Path, typer.Argument(metavar="F.toml", help="Grids and lists of what is run.")],
    save: Annotated[
        Path | None, typer.Option("--save", metavar="FILE", help="The table: .parquet or .csv (default: F.csv here).", show_default=False)
    ] = None,
    processes: Annotated[
        int | None, typer.Option("--processes", metavar="N", min=1, help="At once (default: one a core).", show_default=False)
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", metavar="ADDRESS", help="Run on the workers of a Dask scheduler.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Make many runs, on all cores or a Dask cluster, into one table of learning times.

    Finished runs are kept beside the table, in FILE.journal: the same command goes on where it was stopped, and makes only
    the runs that are new where the file has changed. Exit status: 0 all ran, 1 a run failed, 2 wrong input, 3 runs were
    refused; the table says why.
    """
    if processes is not None and scheduler is not None:
        raise InvalidInput("--processes and --scheduler do not go together: a cluster has as many workers as it was given")
    table = save or Path(f"{spec.stem}.csv")
    options.writable(table)
    start, told = time.perf_counter(), (0, 0)
    try:
        with progress.runs("running") as tell, _cluster(scheduler) as (executor, workers):

            def noted(done: int, total: int) -> None:
                nonlocal told
                told = done, total
                tell(done, total)

            found = sweep(spec, executor=executor, workers=workers or processes, save=table, progress=noted)
    except KeyboardInterrupt:
        done, total = told
        raise Interrupted(
            f"{done} of {total} runs are kept in {table}.journal, and the same command goes on from there" if done else "nothing was run"
        ) from None
    _show(spec, table, found, time.perf_counter() - start, as_json)
    return BROKEN if "failed" in found.ends else UNDECIDED if "refused" in found.ends else 0


@contextlib.contextmanager
def _cluster(address: str | None) -> Iterator[tuple[Executor | None, int | None]]:
    """The workers of a Dask scheduler as an executor, and how many threads they have; none of both without an address.

    Raises: InvalidInput where Dask is not installed, the scheduler does not answer, has no workers, or they run other code.
    """
    if address is None:
        yield None, None
        return
    try:
        import distributed
    except ModuleNotFoundError:
        raise InvalidInput("Dask is not installed, and --scheduler needs it: pip install 'ufm-verifier[dask]'") from None
    try:
        client = distributed.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        why = f"{type(error).__name__}: {error}"
        raise InvalidInput(f"scheduler={address!r} does not answer ({why}): give it as tcp://host:port, and start it first") from None
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise InvalidInput(f"scheduler={address!r} has no workers: start some with dask worker {address}")
        _require_same_code(client, address)
        yield client.get_executor(pure=False), threads


def _require_same_code(client: Any, address: str) -> None:
    ours = code("squared")
    for worker, theirs in client.run(code, "squared", on_error="return").items():
        if theirs != ours:
            why = f"{type(theirs).__name__}: {theirs}" if isinstance(theirs, Exception) else "its code or libraries are not those here"
            raise InvalidInput(
                f"scheduler={address!r}: the worker {worker} cannot make these runs ({why}): install the same version of everything there"
            )


def _show(spec: Path, table: Path, found: Sweep, seconds: float, as_json: bool) -> None:
    """The document, or what it says in lines."""
    reasons = [{"row": number, "ends": row["ends"], "why": row["why"]} for number, row in enumerate(found.rows) if row["why"] is not None]
    if as_json:
        document = {"spec": str(spec), "table": str(table), "runs": len(found.rows), "kept": found.kept, "ends": found.ends}
        tables.print_json({**document, "without_result": reasons, "seconds": seconds})
        return
    before = f", {found.kept} of them kept from before" if found.kept else ""
    console = tables.console()
    console.print(f"{found.brief()}{before}; {seconds:.1f} s; the table is {table}", highlight=False, markup=False, soft_wrap=True)
    for reason in reasons[:MOST_SHOWN]:
        console.print(f"row {reason['row']} {reason['ends']}: {reason['why']}", highlight=False, markup=False, soft_wrap=True)
    if len(reasons) > MOST_SHOWN:
        console.print(f"and {len(reasons) - MOST_SHOWN} more, each with its reason in the table", highlight=False)
