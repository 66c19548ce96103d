"""Progress on standard error, and nothing on standard output: bars that start late and leave no trace."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Column

PATIENCE = 1.0  # seconds without a bar
LINE_SECONDS = 30.0
BAR = 20  # characters: a bar with its numbers fits a terminal of 80


@contextmanager
def bar(what: str, total: int) -> Iterator[Callable[[str], None]]:
    """A progress bar on standard error; the block gets a function to call with each finished item."""
    last = TextColumn("{task.fields[item]}", table_column=Column(overflow="fold"))  # this column gives way where a line is too long
    counted, elapsed = MofNCompleteColumn(table_column=Column(no_wrap=True)), TimeElapsedColumn(table_column=Column(no_wrap=True))
    columns = (TextColumn("{task.description}"), BarColumn(BAR), counted, elapsed, last)
    with _bar(columns, what, total) as update:
        yield lambda item: update(1, item=item)


@contextmanager
def steps(what: str, total: int) -> Iterator[Callable[..., None]]:
    """A progress bar on standard error with the estimated end; the block gets a function to call with steps done."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(BAR),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with _bar(columns, what, total) as update:
        yield update


@contextmanager
def runs(what: str) -> Iterator[Callable[[int, int], None]]:
    """As `steps`, for a total that is known later: the block gets a function to call with what is done and the total.

    Where standard error is no terminal, it gets a line every LINE_SECONDS in place of a bar.
    """
    if not Console(stderr=True).is_interactive:
        yield _lines(what)
        return
    with steps(what, 0) as update:
        yield lambda done, total: update(0, completed=done, total=total)


def _lines(what: str) -> Callable[[int, int], None]:
    start = last = time.monotonic()
    before: int | None = None

    def tell(done: int, total: int) -> None:
        nonlocal last, before
        now, before = time.monotonic(), done if before is None else before
        if now - last >= LINE_SECONDS and done > before:
            left = timedelta(seconds=round((now - start) / (done - before) * (total - done)))
            sys.stderr.write(f"ufm: {what}: {done} of {total}, {left} left\n")
            last = now

    return tell


@contextmanager
def share(what: str) -> Iterator[Callable[[float], None]]:
    """A progress bar on standard error, after a second; the block gets a function to call with the share done, if that is known."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task(what, total=None)
    timer = threading.Timer(PATIENCE, bar.start if bar.console.is_interactive else lambda: None)  # else it ends as a line
    timer.daemon = True
    timer.start()
    try:
        yield lambda done: bar.update(task, total=1, completed=done)
    finally:
        timer.cancel()
        timer.join()
        if bar.live.is_started:
            bar.stop()


@contextmanager
def _bar(columns: Sequence[ProgressColumn], what: str, total: int) -> Iterator[Callable[..., None]]:
    """The bar starts with the first step: input that is refused before it leaves nothing but its one line."""
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task(what, total=total, item="")

    def update(done: int, **fields: Any) -> None:
        bar.start()
        bar.update(task, advance=done or None, **fields)

    try:
        yield update
    finally:
        if bar.live.is_started:
            bar.stop()
