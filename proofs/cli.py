"""The entry of the command line. It imports next to nothing at its top, so that an interrupt finds `main` in charge from the start."""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import Any

from proofs.commands import INTERRUPTED

SELDOM = 100_000  # new objects between two searches for unused cycles: at every 700, a tenth of the time of a short command


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit status is returned, and wrong input is one line on standard error.

    Arguments: `arguments`, without the name of the program. Where they are not given they are those of the process, which is
    then the program alone: of several interrupts one counts, and the others cannot disturb it while it saves its work.
    """
    if arguments is None:
        signal.signal(signal.SIGINT, _once)
        sys.unraisablehook = _not_lost
        gc.set_threshold(SELDOM)
    try:
        from proofs.commands import application

        try:
            given = sys.argv[1:] if arguments is None else arguments
            status = application.app(given or ["--help"], prog_name="ufm", standalone_mode=False)
        except Exception as error:  # noqa: BLE001 - what is not for the user to mend is raised again there
            return application.told(error)
        if status == INTERRUPTED:  # Typer turns an interrupt into this status
            raise KeyboardInterrupt
        return status or 0
    except KeyboardInterrupt:
        print("ufm: interrupted; nothing was kept", file=sys.stderr)
        return INTERRUPTED
    finally:
        if arguments is None:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # only the end of the process is left
            gc.freeze()  # which would look through all objects again


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


if __name__ == "__main__":  # as with python -m proofs: to do nothing and exit with 0 would be taken for a verdict
    sys.exit(main())
