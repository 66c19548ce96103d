"""`python -m tests.benchmarks.ratios`: everything that is timed, in one run, kept as JSON and told in docs/benchmarks.md.

With `--tables` the page is made of the numbers that are kept.

Each measurement has a process of its own, one thread, and counts processor time.
"""

from __future__ import annotations

import json
import math
import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from proofs.documents.readme import fill
from proofs.store.dependencies import ROOT
from tests.benchmarks import contenders

KEPT = ROOT / "tests" / "benchmarks" / "kept.json"
PAGE = ROOT / "docs" / "benchmarks.md"
LIBRARIES = ("numpy", "scipy", "diffrax", "jax", "torch")
COMMANDS = ("ufm --help", "ufm check 'x >= x'", "ufm window --step 10,100", "ufm simulate --step 10,100", "ufm window --step 1000000,100")
SECONDS = 300.0  # on the wall, of one measurement


def environment() -> dict[str, str]:
    """One thread for every library; what is set for older builds of OpenBLAS is left out."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    here = {name: value for name, value in os.environ.items() if name not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}
    return {**here, **threads, "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1", "JAX_PLATFORMS": "cpu"}


def measure(*arguments: str) -> Any:
    """What `tests.benchmarks.measured` finds, or why it found nothing."""
    command = [sys.executable, "-m", "tests.benchmarks.measured", *arguments]
    try:
        done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return {"none": f"not done after {SECONDS:g} s"}
    if done.returncode:
        return {"none": (done.stderr.strip().splitlines() or ["it ended"])[-1]}
    return json.loads(done.stdout.splitlines()[-1])


def measured(values: Sequence[float], found: Any) -> list[dict[str, Any]]:
    """The rows of a growth; where it was not done in time or broke down, each value with the reason."""
    return found if isinstance(found, list) else [{"value": value, **found} for value in values]


def processor_seconds(command: str) -> float:
    """What a whole command uses, the least of three."""
    script = "import sys; from proofs.cli import main; sys.exit(main())"
    arguments = [sys.executable, "-c", script, *shlex.split(command)[1:]]
    used = []
    for _ in range(3):
        process = subprocess.Popen(arguments, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"{command} ended with status {process.returncode}")
        used.append(usage.ru_utime + usage.ru_stime)
    return min(used)


def run(tell: Callable[[str], None]) -> dict[str, Any]:
    """Everything, measured."""
    found: dict[str, Any] = {"workloads": {}, "growths": {}, "commands": {}}
    for workload in contenders.workloads().values():
        rows = []
        for number, one in enumerate(workload.contenders):
            tell(f"{workload.title}: {one.name}")
            rows.append({"name": one.name, **measure("contender", workload.id, str(number))})
        found["workloads"][workload.id] = {"title": workload.title, "rows": judged(rows)}
    for growth in contenders.GROWTHS:
        tell(growth.title)
        found["growths"][growth.id] = {"title": growth.title, "rows": measured(growth.values, measure("growth", growth.id))}
    for command in COMMANDS:
        tell(command)
        found["commands"][command] = processor_seconds(command)
    return {**found, "made": made()}


def made() -> dict[str, str]:
    """When and on what it was measured."""
    versions = {}
    for name in LIBRARIES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "absent"
    cpu = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), "")
    return {"day": datetime.now(UTC).date().isoformat(), "python": platform.python_version(), "processor": cpu, **versions}


def judged(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with their greatest relative error in place of the numbers found; the truth is that of the first row, or its numbers."""
    truth = rows[0].get("truth") or rows[0].get("found")
    for row in rows:
        found = row.pop("found", None)
        row.pop("truth", None)
        if found is not None and truth is not None and len(found) == len(truth):
            row["error"] = float(np.max(np.abs(np.array(found) / np.array(truth) - 1)))
    return rows


# -- tables ----------------------------------------------------------------------------------


def ratios(kept: dict[str, Any]) -> str:
    """One row for each contender, with the ratio of its repeated seconds to ours, first and repeated."""
    lines = [
        "| workload | by | first, s | repeated, s | × ours first | × ours repeated | error | peak, MB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for workload in kept["workloads"].values():
        ours = workload["rows"][0]
        for row in workload["rows"]:
            title = workload["title"] if row is ours else ""
            if "none" in row:
                lines.append(f"| {title} | {row['name']} | – | – | – | – | – | {row['none'].replace('|', ' ')} |")
                continue
            by = ["", ""] if row is ours or "none" in ours else [number(row["repeated"] / ours[each]) for each in ("first", "repeated")]
            cells = [title, row["name"], number(row["first"]), number(row["repeated"]), *by, _error(row, ours), f"{row['megabytes']:.0f}"]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _error(row: dict[str, Any], ours: dict[str, Any]) -> str:
    return f"{row['error']:.0e}" if "error" in row and (row is not ours or row["error"]) else ""


def growths(kept: dict[str, Any]) -> str:
    """The seconds and steps of each value, and the exponents fitted to them."""
    lines = ["| cost against | seconds | steps | exponent of the seconds | exponent of the steps |", "|---|---|---|---|---|"]
    for growth in kept["growths"].values():
        done = [row for row in growth["rows"] if "seconds" in row]
        refused = [row for row in growth["rows"] if "none" in row]
        seconds = ", ".join(f"{row['value']:g}: {number(row['seconds'])}" for row in done)
        steps = ", ".join(str(row["steps"]) for row in done)
        told = ", ".join(filter(None, [seconds, *(f"{row['value']:g}: refused" for row in refused)]))
        lines.append(f"| {growth['title']} | {told} | {steps} | {exponent(done, 'seconds')} | {exponent(done, 'steps')} |")
    return "\n".join(lines)


def exponent(rows: Sequence[dict[str, Any]], what: str) -> str:
    """The slope of ln cost over ln value, by least squares."""
    if len(rows) < 2:
        return "–"
    slope = np.polyfit(np.log([row["value"] for row in rows]), np.log([row[what] for row in rows]), 1)[0]
    return f"{round(slope, 2) + 0.0:.2f}"  # no minus before a zero


def commands(kept: dict[str, Any]) -> str:
    """Whole commands, from the start of Python to the end."""
    rows = [f"| `{name}` | {number(seconds)} |" for name, seconds in kept["commands"].items()]
    return "\n".join(["| command | processor seconds |", "|---|---|", *rows])


def conditions(kept: dict[str, Any]) -> str:
    """What it was measured on."""
    made = kept["made"]
    libraries = ", ".join(f"{name} {made[name]}" for name in LIBRARIES)
    return f"Measured on {made['day']}: {made['processor']}, Python {made['python']}, {libraries}."


def number(value: float) -> str:
    """Two or three digits, and no more than were measured."""
    if value >= 100:
        return f"{float(f'{value:.2g}'):,.0f}"
    return f"{value:.{max(0, 1 - math.floor(math.log10(value)))}f}" if value > 0 else "0"


PARTS: dict[str, Callable[[dict[str, Any]], str]] = {"ratios": ratios, "growths": growths, "commands": commands, "conditions": conditions}


def write(kept: dict[str, Any], page: Path) -> None:
    """Fill the tables of the page."""
    fill(page, {name: lambda part=part: part(kept) for name, part in PARTS.items()})


if __name__ == "__main__":
    if sys.argv[1:] != ["--tables"]:
        measurements = run(lambda line: print(line, file=sys.stderr))
        KEPT.write_text(json.dumps(measurements, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    write(json.loads(KEPT.read_text(encoding="utf-8")), PAGE)
