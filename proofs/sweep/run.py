"""A sweep: the runs of a specification, those that are kept taken over, the others made on an executor, in one table."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from numerics.cores import cores
from proofs.ledger.jobs import no_interrupts
from proofs.sweep import journal, spec, table, work
from proofs.sweep.points import Point, Row
from theory.shown import Sheet, Shown


@dataclass(frozen=True, repr=False)
class Sweep(Shown):
    """The rows of a sweep, in the order of its specification, and how many of the runs had been kept from before."""

    rows: list[Row]
    kept: int

    @property
    def ends(self) -> dict[str, int]:
        """How many runs end in each way: learned, settled, horizon, refused, failed."""
        return dict(Counter(row["ends"] for row in self.rows))

    def brief(self) -> str:
        """How many runs there are, and how they end."""
        return f"{len(self.rows)} runs: {', '.join(f'{number} {end}' for end, number in self.ends.items())}"

    def shown(self) -> Sheet:
        """How many runs end in each way."""
        return Sheet(f"sweep: {self.brief()}", columns=("ends", "runs"), rows=list(self.ends.items()))


def sweep(
    specification: str | Path | Mapping[str, Any],
    *,
    executor: Executor | None = None,
    workers: int | None = None,
    save: str | Path | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Sweep:
    """Makes the runs of a specification, and the table of their learning times.

    Arguments: `specification`, the path of a TOML file, or a mapping of the same form (see `proofs.sweep.spec.points`);
    `executor`, any of `concurrent.futures`, whose workers can import this project; None for processes of this machine;
    `workers`, how many tasks the executor runs at once (by default one a core); `save`, a .csv or .parquet file for the table,
    beside which results are kept as they come, so that a sweep that was stopped goes on where it was; `progress` is called
    with the runs done and those there are.
    Returns: the rows, in the order of the specification: the same bit for bit on any executor of the same kind of machine.
    Valid when: this project and the libraries are the same on all workers. A run that is refused or fails has a row that says why.
    Raises: InvalidInput, one line, for a specification that is wrong, an output that cannot be written, or one that another
    sweep writes; what a broken executor raises, if it was given.
    """
    points = spec.points(specification) if isinstance(specification, Mapping) else spec.read_points(Path(specification))
    path = None if save is None else Path(save)
    if path is not None:
        table.require_format(path)
    with contextlib.ExitStack() as stack:
        notes = None if path is None else stack.enter_context(journal.opened(path.with_name(path.name + ".journal")))
        keys = {point.key(): point for point in dict.fromkeys(points)}
        kept = {} if notes is None else {key: notes.kept[key] for key in keys if key in notes.kept}
        results = {keys[key]: row for key, row in kept.items()}
        waiting = [point for point in keys.values() if point not in results]
        names = {point: key for key, point in keys.items()}
        progress(len(results), len(keys))
        for found in stack.enter_context(_running(waiting, executor, workers or cores())):
            with no_interrupts():  # what is told to be kept is kept, and all of it
                if notes is not None:
                    notes.append({names[point]: row for point, row in found})
                results.update(found)
                progress(len(results), len(keys))
    rows = [{**point.settings(), **results[point]} for point in points]
    if path is not None:
        table.write(path, rows)
    return Sweep(rows, len(kept))


@contextlib.contextmanager
def _running(points: list[Point], executor: Executor | None, workers: int) -> Iterator[Iterator[list[tuple[Point, Row]]]]:
    """The results of the points on the executor, or else on processes of this machine."""
    with contextlib.ExitStack() as stack:
        renewed: Callable[[], Executor] = _not_ours
        if executor is None and points:
            renewed = stack.enter_context(work.processes(min(workers, len(points))))
            executor = renewed()
        if executor is None:
            yield iter(())
        else:
            yield stack.enter_context(contextlib.closing(work.results(points, executor, workers, renewed)))


def _not_ours() -> NoReturn:
    raise BrokenExecutor("the executor that was given has broken, and only who made it can make another")
