"""On how many cores work is shared out."""

from __future__ import annotations

import os


def cores() -> int:
    """How many cores this process may use, at least 1: a container or `taskset` may leave it fewer than the machine has."""
    if hasattr(os, "process_cpu_count"):  # from Python 3.13 on, where -X cpu_count is heeded too
        return os.process_cpu_count() or 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
