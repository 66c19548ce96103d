"""The results of finished runs, kept in a file from which a sweep goes on where it was."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from proofs.sweep.points import Row
from theory.exact import InvalidInput

BLOCK_SECONDS = 1.0  # results reach the disk at most so late; until then the operating system has them, and only its end loses them
BEGIN = b'["'  # of every line


class Journal:
    """Results by the key of their point: those that were kept, and those that are appended."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._synced = file, time.monotonic()
        self.kept: Mapping[str, Row] = dict(_lines(file))

    def append(self, results: Mapping[str, Row]) -> None:
        """Keep the results of these keys; when this returns they outlive this process."""
        lines = [json.dumps([key, row]) + "\n" for key, row in results.items()]
        self._file.write("".join(lines).encode())
        self._file.flush()
        if time.monotonic() - self._synced > BLOCK_SECONDS:
            self.sync()

    def sync(self) -> None:
        """Bring all that was appended to the disk."""
        os.fsync(self._file.fileno())
        self._synced = time.monotonic()


def _lines(file: IO[bytes]) -> Iterator[tuple[str, Row]]:
    """The results in the file, up to a line that was not written whole; the file is cut there, and appended to from there on."""
    file.seek(0)
    whole = 0
    for line in file:
        try:
            found = json.loads(line)
        except ValueError:
            break
        if not (line.endswith(b"\n") and isinstance(found, list) and list(map(type, found)) == [str, dict]):
            break
        whole += len(line)
        yield found[0], found[1]
    file.seek(whole)
    file.truncate()


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Journal]:
    """The journal in this file, which is made where there is none. One process at a time may have it.

    Raises: InvalidInput where another process has it, it cannot be read and written, or it holds something else.
    """
    try:
        file = open(path, "a+b")  # noqa: SIM115 - it is closed below
    except OSError as error:
        raise InvalidInput(
            f"journal {str(path)!r} cannot be written ({error.strerror}): give an output in a folder that is yours"
        ) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InvalidInput(f"journal {str(path)!r} is in use by another sweep: wait for its end, or give another output") from None
        file.seek(0)
        if not BEGIN.startswith(file.read(len(BEGIN))):
            raise InvalidInput(f"journal {str(path)!r} holds something else than results: move that file, or give another output")
        journal = Journal(file)
        try:
            yield journal
        finally:
            journal.sync()
