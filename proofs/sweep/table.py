"""The table of a sweep: its columns, and the files in which it is written."""

from __future__ import annotations

import csv
import importlib
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from proofs.report.files import written_whole
from proofs.sweep.points import Row
from theory.exact import InvalidInput

TEXT, WHOLE, REAL, WHOLES, REALS = "text", "whole", "real", "wholes", "reals"
COLUMNS = {
    "counts": TEXT,
    "classes": WHOLE,
    "samples": WHOLE,
    "ratio": REAL,
    "weighting": TEXT,
    "normalization": TEXT,
    "loss": TEXT,
    "delta": REAL,
    "init": TEXT,
    "seed": WHOLE,
    "width": WHOLE,
    "rule": TEXT,
    "step_size": REAL,
    "inertia": REAL,
    "draw": TEXT,
    "depth": WHOLE,
    "features": TEXT,
    "fraction": REAL,
    "margin": REAL,
    "ends": TEXT,
    "why": TEXT,
    "level": TEXT,
    "time": REAL,
    "loss_final": REAL,
    "mode_singular_values": REALS,
    "mode_multiplicities": WHOLES,
    "mode_times": REALS,
    "class_counts": WHOLES,
    "class_weights": REALS,
    "class_multiplicities": WHOLES,
    "class_times": REALS,
}


def require_format(path: Path) -> None:
    """Raises InvalidInput for a suffix that names no format, and for .parquet where pyarrow is not installed."""
    if path.suffix not in WRITERS:
        raise InvalidInput(f"output {str(path)!r} must end in {' or '.join(WRITERS)}: the suffix names the format")
    if path.suffix == ".parquet":
        _pyarrow("")


def write(path: Path, rows: Sequence[Row]) -> None:
    """Writes the table, whole or not at all, in the format that the suffix names: .csv or .parquet.

    In a CSV file a list is written as JSON, and what is not there is empty; numbers are written so that they are read back
    bit for bit. Raises: as `require_format`.
    """
    require_format(path)
    with written_whole(path) as draft:
        WRITERS[path.suffix](draft, rows)


def _write_csv(path: Path, rows: Sequence[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_cells(row) for row in rows)


def _cells(row: Row) -> Iterable[Any]:
    values = (row.get(name) for name in COLUMNS)
    return (json.dumps(value) if isinstance(value, list) else value for value in values)


def _write_parquet(path: Path, rows: Sequence[Row]) -> None:
    arrow = _pyarrow("")
    types = {TEXT: arrow.string(), WHOLE: arrow.int64(), REAL: arrow.float64()}
    types |= {WHOLES: arrow.list_(arrow.int64()), REALS: arrow.list_(arrow.float64())}
    schema = arrow.schema([(name, types[kind]) for name, kind in COLUMNS.items()])
    _pyarrow(".parquet").write_table(arrow.Table.from_pylist(list(rows), schema=schema), path)


def _pyarrow(module: str) -> Any:
    """A module of pyarrow; raises InvalidInput where it is not installed."""
    try:
        return importlib.import_module("pyarrow" + module)
    except ModuleNotFoundError:
        raise InvalidInput(
            "pyarrow is not installed, and a .parquet table is written with it: pip install 'ufm-verifier[parquet]', or write a .csv table"
        ) from None


WRITERS: dict[str, Callable[[Path, Sequence[Row]], None]] = {".parquet": _write_parquet, ".csv": _write_csv}
