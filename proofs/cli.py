"""The entry of the command line. It imports next to nothing at its top, so that an interrupt finds `main` in charge from the start."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit status is returned, and wrong input is one line on standard error.

    Arguments: `arguments`, without the name of the program. Where they are not given they are those of the process, which is
    then the program alone: of several interrupts one counts, and the others cannot disturb it while it saves its work.
    """
    if arguments is None:
        signal.signal(signal.SIGINT, _once)
        sys.unraisablehook = _not_lost
    try:
        from proofs.commands import application

        return application.run(sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt:
        print("ufm: interrupted; nothing was kept", file=sys.stderr)
        return INTERRUPTED
    finally:
        if arguments is None:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # only the end of the process is left


def _once(number: int, frame: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def _not_lost(problem: Any) -> None:
    """An interrupt that came where Python can only report it, such as in a destructor, comes again."""
    if isinstance(problem.exc_value, KeyboardInterrupt):
        signal.signal(signal.SIGINT, _once)
        os.kill(os.getpid(), signal.SIGINT)
    else:
        sys.__unraisablehook__(problem)
