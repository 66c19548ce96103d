"""Limits of tests: seconds of processor time, with room for a machine five times slower; a busy machine changes nothing."""

from __future__ import annotations

import resource
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any


def later(seconds: float = 10.0) -> float:
    """A deadline in processor time of this process: so many seconds from now."""
    return time.process_time() + seconds


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """The block uses less processor time than this."""
    start = time.process_time()
    yield
    assert time.process_time() - start < seconds


def run(command: Sequence[str], seconds: int = 600, **options: Any) -> subprocess.CompletedProcess[str]:
    """The command, as text, killed where it uses more processor time than this."""
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        **options,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds)),
    )
