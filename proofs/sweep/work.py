"""Points run on an executor: how they are dealt out, and what happens where a task or a worker is lost."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import wait as wait_for
from typing import Any

from proofs.sweep.points import Point, Row, failure, run_some

MOST_TOGETHER = 256  # points of a task: a run of a millisecond then costs no more than itself
TASK_SECONDS = 1.0  # a task gives back the points that it has not come to by then
AHEAD = 2  # tasks for each worker, so that none waits for the next


def results(
    points: Sequence[Point], executor: Executor, workers: int, renewed: Callable[[], Executor]
) -> Generator[list[tuple[Point, Row]], None, None]:
    """The points with their results, some at a time, in the order in which they end.

    Arguments: `workers`, how many tasks run at once; `renewed` gives another executor in place of one that broke, or raises.
    """
    return _Work(points, executor, workers, renewed).results()


class _Work:
    """Points that wait, and tasks that run, on executors of which one may break; see `results`."""

    def __init__(self, points: Sequence[Point], executor: Executor, workers: int, renewed: Callable[[], Executor]) -> None:
        self._waiting, self._suspects = deque(points), deque[Point]()
        self._running: dict[Future[list[Row]], list[Point]] = {}
        self._alone = False  # whether the one task that runs is that of a suspect
        self._executor, self._tasks, self._renewed, self._broken = executor, AHEAD * workers, renewed, False

    def results(self) -> Generator[list[tuple[Point, Row]], None, None]:
        try:
            while self._waiting or self._suspects or self._running:
                self._deal()
                for future in wait(self._running, return_when=FIRST_COMPLETED).done:
                    yield self._taken(future, self._running.pop(future))
        finally:
            for future in self._running:
                future.cancel()

    def _deal(self) -> None:
        """Keep the workers busy. A point whose task was lost with others runs alone, so that it can be told which one it was."""
        if self._broken and not self._running:
            self._executor, self._broken = self._renewed(), False
        while not self._broken and (self._waiting or self._suspects):
            suspected = bool(self._suspects)
            if len(self._running) >= (1 if suspected or self._alone else self._tasks):
                break
            self._alone = suspected
            size = 1 if suspected else max(1, min(MOST_TOGETHER, len(self._waiting) // (2 * self._tasks)))
            source = self._suspects if suspected else self._waiting
            batch = [source.popleft() for _ in range(size)]
            try:
                self._running[self._executor.submit(run_some, batch, TASK_SECONDS)] = batch
            except BrokenExecutor:
                source.extendleft(reversed(batch))
                self._broken = True
                if not self._running:
                    self._executor, self._broken = self._renewed(), False

    def _taken(self, future: Future[list[Row]], batch: list[Point]) -> list[tuple[Point, Row]]:
        """The results of a task; what it has not come to waits again."""
        try:
            rows = future.result()
        except Exception as error:  # noqa: BLE001 - the task was lost, whatever the executor says of it
            self._broken = self._broken or isinstance(error, BrokenExecutor)
            if self._alone:
                return [(batch[0], failure(error))]
            self._suspects.extend(batch)
            return []
        self._waiting.extendleft(reversed(batch[len(rows) :]))
        return list(zip(batch, rows, strict=False))


@contextmanager
def processes(number: int) -> Iterator[Callable[[], Executor]]:
    """A function that makes a pool of so many processes. However the block ends, none of them is left."""
    context: Any = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    resource_tracker.ensure_running()
    held = signal.pthread_sigmask(
        signal.SIG_BLOCK, {signal.SIGINT}
    )  # what the server starts inherits it: the interrupt is for this process
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
    made: list[Executor] = []
    before = set(multiprocessing.active_children())

    def make() -> Executor:
        made.append(ProcessPoolExecutor(number, mp_context=context, initializer=_begin))
        return made[-1]

    try:
        yield make
    finally:
        for each in set(multiprocessing.active_children()) - before:
            each.kill()
        for pool in made:
            pool.shutdown(wait=True, cancel_futures=True)


def _begin() -> None:
    """In a new process of the pool: it does not outlive the one that made it."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        wait_for([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
