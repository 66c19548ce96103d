"""One contender, or the growth of a cost, timed in this process: `python -m tests.benchmarks.measured KIND ID [NUMBER]` prints JSON.

What counts is processor time, of all threads: what else the machine does changes little of it.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import psutil

from numerics.unconstrained_features import flow
from tests.benchmarks import contenders
from theory.exact import InvalidInput

ENOUGH_SECONDS, MOST_REPEATS = 1.0, 20  # what is repeated stops at either
TOO_LONG = 3.0  # seconds of one run: no larger value of that number is tried


def timed(task: Callable[[], Any]) -> tuple[float, Any]:
    """The processor seconds of a call, and what it gives."""
    start = time.process_time()
    found = task()
    return time.process_time() - start, found


def repeated(task: Callable[[], Any]) -> float:
    """The median processor seconds of further calls."""
    seconds = [timed(task)[0]]
    while sum(seconds) < ENOUGH_SECONDS and len(seconds) < MOST_REPEATS:
        seconds.append(timed(task)[0])
    return statistics.median(seconds)


def contender(workload: contenders.Workload, number: int) -> dict[str, Any]:
    """The first and the later seconds of a contender, the memory by which the first call raised the peak, and what it found."""
    one = workload.contenders[number]
    try:
        task = one.ready()
        before = psutil.Process().memory_info().rss
        first, found = timed(task)
    except (ImportError, InvalidInput) as error:  # a peer that is not installed, and what is not run
        return {"name": one.name, "none": " ".join(str(error).split())}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {
        "name": one.name,
        "first": first,
        "repeated": repeated(task),
        "megabytes": max(0, peak - before) / 1e6,
        "found": found.tolist(),
        "truth": workload.truth().tolist() if workload.truth and not number else None,
    }


def growth(one: contenders.Growth) -> list[dict[str, Any]]:
    """The cost and the steps of a repeated run for each value; why there is none where it is refused."""
    rows: list[dict[str, Any]] = []
    for value in one.values:
        try:
            each = one.experiment(value)
            first, run = timed(lambda each=each: flow.simulate(each))
        except InvalidInput as error:
            rows.append({"value": value, "none": " ".join(str(error).split())})
            continue
        seconds = first if first > TOO_LONG else repeated(lambda each=each: contenders.times(each))
        rows.append({"value": value, "seconds": seconds, "steps": len(run.t) - 1})
        if first > TOO_LONG:
            break
    return rows


def main(kind: str, name: str, number: str = "0") -> None:
    if kind == "growth":
        found: Any = growth(next(each for each in contenders.GROWTHS if each.id == name))
    else:
        found = contender(contenders.workloads()[name], int(number))
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
