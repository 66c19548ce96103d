"""Work in a process beside this one, which ends by itself after so much processor time.

The solvers hear no limit while they compute, and the limits they do hear count the time of the clock on the wall. The process
is kept from one piece of work to the next, because a fork costs more than most answers of a solver.
"""

from __future__ import annotations

import gc
import os
import signal
import threading
import warnings
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, TypeVar

T = TypeVar("T")


class _Neighbour:
    """The process beside this one, and the pipe to it."""

    def __init__(self) -> None:
        self.pipe, theirs = Pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of threads, which no fork takes along: it needs none
            self.process = os.fork()
        if self.process == 0:
            try:
                self.pipe.close()
                _serve(theirs)
            finally:
                os._exit(0)
        theirs.close()

    def end(self) -> None:
        self.pipe.close()
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)


_neighbour: _Neighbour | None = None
_turn = threading.Lock()


def limited(task: Callable[..., T], *arguments: Any, seconds: float) -> T | None:
    """What `task(*arguments)` gives; None where it raises, or has not ended after `seconds` of processor time.

    Arguments: a function of a module, and what can be pickled. What it leaves behind in its process is there for the next.
    """
    global _neighbour
    with _turn:
        if _neighbour is None:
            _neighbour = _Neighbour()
        answered = False
        try:
            _neighbour.pipe.send((task, arguments, seconds))
            answer: T | None = _neighbour.pipe.recv()
            answered = True
        except (EOFError, OSError):  # it has ended: by its limit, or by what it did
            return None
        finally:
            if not answered:  # after an interrupt as well: its answer would be taken for that of the next piece of work
                _neighbour.end()
                _neighbour = None
        return answer


def _serve(pipe: Connection) -> None:
    """One piece of work after the other, until nobody is at the other end."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that asks gets the interrupt too, and ends this one
    gc.freeze()  # what was there before the fork is not collected here: to look through it would copy it
    with suppress(EOFError, OSError):
        while True:
            task, arguments, seconds = pipe.recv()
            signal.setitimer(signal.ITIMER_PROF, max(seconds, 1e-6))  # a timer of 0 would never ring
            answer = task(*arguments)  # where it raises, this process ends, and whoever asked is told nothing
            signal.setitimer(signal.ITIMER_PROF, 0)
            pipe.send(answer)


def _forget() -> None:
    """In a process that was forked from this one: the process beside it is of its parent."""
    global _neighbour, _turn
    _neighbour, _turn = None, threading.Lock()  # its end of the pipe is closed with it here, and stays open in the parent


os.register_at_fork(after_in_child=_forget)
