"""A limit of processor time for what a stranger's formula makes a command do."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from theory.exact import InvalidInput

SECONDS = 120.0  # of processor time for one loss: many times what the slowest registered one takes on a slow machine
AGAIN = 1.0  # seconds after which the signal comes once more, where a library has swallowed it


class _Stopped(BaseException):
    """The limit is reached; no library takes this for an error of its own and goes on."""


@contextmanager
def of_a_loss(name: str) -> Iterator[None]:
    """The block takes at most SECONDS of processor time.

    Valid when: called in the main thread, as a command is.
    Raises: InvalidInput, one line, where the time is up.
    """

    def stop(*_: Any) -> None:
        raise _Stopped

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS, AGAIN)
    try:
        yield
    except _Stopped:
        raise InvalidInput(
            f"loss={name}: SymPy was not done after {SECONDS:g} seconds of processor time, and more is not taken: write the loss with "
            "fewer or simpler terms, or with theory.losses.classes"
        ) from None
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
