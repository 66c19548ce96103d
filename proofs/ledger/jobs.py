"""Jobs in processes of their own, stopped by the processor time that they use and never by the clock on the wall.

On a slow or busy machine a job takes longer, and nothing else changes.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, Literal, TypeVar

import psutil

from numerics.cores import cores
from proofs.kernel.judge import Finding, Findings
from proofs.kernel.verdict import Evidence, Outcome, Reason

# A fork starts at once, with all that this process has imported; from a fork server a job starts clean of this process's
# threads, locks and changes.
StartMethod = Literal["fork", "forkserver"]
T = TypeVar("T")

LOOK_SECONDS = 2.0  # the longest time between two looks at what the jobs have used
SHORTEST_LOOK = 0.05
HANG_SECONDS = 600.0  # a job that can run gets some processor time in ten minutes on any machine
PROJECT = ("theory", "numerics", "proofs")


@dataclass(frozen=True)
class Job(Generic[T]):
    """A task that is stopped beyond `seconds` of processor time, its children's included."""

    name: str
    task: Callable[[], T]
    seconds: float


@dataclass(frozen=True)
class Stopped:
    """A job that gave no result.

    `reason` is STOPPED, HUNG or DIED; `seconds` the processor time that it had used; `note`, of what it died.
    """

    reason: Reason
    seconds: float
    note: str = ""

    def findings(self) -> Findings:
        """What is known of a claim whose investigation was this job: nothing."""
        after = f"{self.seconds:.3g} s of processor time"
        said = {Reason.STOPPED: f"stopped after {after}", Reason.HUNG: f"stopped: it hung after {after}"}
        return nothing_found(said.get(self.reason, f"stopped: {self.note}"), self.reason, self.seconds)


def nothing_found(why: str, reason: Reason | None = None, seconds: float = 0.0) -> Findings:
    """The findings on a claim that was not investigated to the end."""
    evidence = Evidence(road="ledger", engine="ledger", outcome=Outcome.UNSETTLED, reason=reason, note=why)
    end = Finding(part_id="", says="the investigation ends", evidence=evidence, rechecked=False)
    return Findings(vacuous=(), parts=(end,), runs=(), near_misses=(), seconds=seconds)


def run(
    waiting: deque[Job[T]], method: StartMethod, workers: int | None = None, hang: float = HANG_SECONDS
) -> Generator[tuple[Job[T], T | Stopped], None, None]:
    """Each job with its result, as soon as it ends; the caller may append to `waiting` while it takes results.

    Arguments: `workers`, at most so many jobs at once (one a core); `hang`, the wall seconds after which a job that has used
    no processor time hangs. However this ends, by an interrupt too, no process that it started is left.
    """
    workers = workers or cores()
    running: list[Running[T]] = []
    if method == "forkserver":
        resource_tracker.ensure_running()  # if it were started with a job, it would let interrupts in again before the job is started
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                with no_interrupts():  # one that came between the two would leave a process that nobody ends
                    running.append(Running(waiting.popleft(), method))
            wait([each.pipe for each in running], min(each.next_look() for each in running))
            for each in list(running):
                result = each.result(hang)
                if result is not None:
                    running.remove(each)
                    each.end()
                    yield each.job, result[0]
    finally:
        with no_interrupts():
            for each in running:
                each.end()


def processor_seconds(pid: int) -> float:
    """What a process and all its children, those that have ended too, have used of the processors."""
    total = 0.0
    for process in _family(pid):
        with suppress(psutil.Error):
            total += sum(process.cpu_times()[:4])  # user, system, and both of the children that it has waited for
    return total


def _family(pid: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


class Running(Generic[T]):
    """A job with its process, and what was seen of it."""

    def __init__(self, job: Job[T], method: StartMethod) -> None:
        context: Any = multiprocessing.get_context(method)
        if method == "forkserver":  # the server imports, once, what every job would import
            context.set_forkserver_preload(sorted(name for name in sys.modules if name.partition(".")[0] in PROJECT))
        self.job, self.used, self.idle, self.looked = job, 0.0, 0.0, time.monotonic()
        self.pipe, send = context.Pipe(duplex=False)
        # A fork server keeps the environment in which it was started, so that of this process is sent along.
        self.process = context.Process(target=_work, args=(send, job.task, None if method == "fork" else dict(os.environ)), daemon=True)
        self.process.start()
        send.close()  # so that the end of the process is the end of the pipe

    def next_look(self) -> float:
        """Wall seconds until it must be looked at again: one thread cannot pass the limit before."""
        return min(LOOK_SECONDS, max(self.job.seconds - self.used, SHORTEST_LOOK))

    def result(self, hang: float) -> tuple[T | Stopped] | None:
        """Its result, or why it gets none; None while it runs."""
        if self.pipe.poll():
            return (self._received(),)
        now, used = time.monotonic(), processor_seconds(self.process.pid)
        # A look that comes late (this process was stopped, the machine slept) says nothing about the job.
        self.idle = 0.0 if used > self.used else self.idle + min(now - self.looked, LOOK_SECONDS)
        self.used, self.looked = max(used, self.used), now
        if self.used > self.job.seconds:
            return (Stopped(Reason.STOPPED, self.used),)
        return (Stopped(Reason.HUNG, self.used),) if self.idle >= hang else None

    def _received(self) -> T | Stopped:
        try:
            answered, result = self.pipe.recv()
        except (EOFError, OSError):
            return Stopped(Reason.DIED, self.used, "its process ended without an answer")
        return result if answered else Stopped(Reason.DIED, self.used, result)

    def end(self) -> None:
        """Nothing of it is left: neither the process nor its children."""
        for process in reversed(_family(self.process.pid)):
            with suppress(psutil.Error):
                process.kill()
        self.process.join()
        self.pipe.close()


@contextmanager
def no_interrupts() -> Iterator[None]:
    """Interrupts wait until the end of the block.

    What is started in it inherits the mask: an interrupt that came before a job can ignore it ended in a traceback. The mask
    is of this thread alone, and a library's thread may take the signal, whose handler then runs here all the same: so the
    handler waits as well.
    """
    held: list[int] = []
    handler = signal.getsignal(signal.SIGINT)
    waits = callable(handler) and threading.current_thread() is threading.main_thread()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    if waits:
        signal.signal(signal.SIGINT, lambda number, frame: held.append(number))
    try:
        yield
    finally:
        if waits:
            signal.signal(signal.SIGINT, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if held:
            signal.raise_signal(signal.SIGINT)


def _work(pipe: Connection, task: Callable[[], Any], environment: Mapping[str, str] | None) -> None:
    """In the job's process: the task's result, or of what it died, into the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one gets the interrupt too, and ends this one
    gc.freeze()  # what was there before the fork is not collected here: to look through it would copy all its memory
    if environment is not None:
        os.environ.clear()
        os.environ.update(environment)
    try:
        answer: tuple[bool, Any] = (True, task())
    except BaseException as error:  # noqa: BLE001 - even an exit is no result
        answer = (False, _told(error))
    try:
        pipe.send(answer)
    except BrokenPipeError:
        pass  # nobody reads any more
    except Exception as error:  # noqa: BLE001 - what cannot be sent was not answered
        pipe.send((False, _told(error)))
    finally:
        pipe.close()
        os._exit(0)


def _told(error: BaseException) -> str:
    """The error in one line, and where it was raised."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {' '.join(str(error).split())} ({os.path.basename(place.filename)}, line {place.lineno})"
