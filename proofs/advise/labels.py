"""Class counts from what people have: labels in an array, a series, a tensor or a file."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.data.counts import ClassCounts, explicit
from theory.exact import InvalidInput

MOST_CLASSES = 10_000  # a larger label is more likely a mistake than a class
NEEDED = "give one whole number from 0 to c − 1 for each sample"


def counts_of(labels: Any, name: str = "labels") -> ClassCounts:
    """How often each class occurs; arguments and errors as of `labels_of`."""
    return explicit(np.bincount(labels_of(labels, name)).tolist())


def labels_of(labels: Any, name: str = "labels") -> NDArray[np.int_]:
    """The labels as an array of whole numbers.

    Arguments: `labels`, one for each sample, whole numbers 0 … c − 1: a list, an array, a pandas Series or a torch tensor;
    `name`, what a message calls them.
    Raises: InvalidInput, one line, for anything else: no label, another shape, a number that is no label, a class that never occurs.
    """
    found = np.asarray(labels.detach().cpu() if hasattr(labels, "detach") else labels)
    if found.ndim != 1:
        raise InvalidInput(f"{name} have {found.ndim} dimensions, and one is needed: {NEEDED}")
    if not found.size:
        raise InvalidInput(f"{name} are empty: {NEEDED}")
    if not np.issubdtype(found.dtype, np.integer):
        found = _whole(found, name)
    least, largest = int(found.min()), int(found.max())
    if least < 0:
        raise InvalidInput(f"{name} hold {least}, and a label must be ≥ 0: drop the samples that are to be ignored, and {NEEDED}")
    if largest >= MOST_CLASSES:
        raise InvalidInput(f"{name} hold {largest}, and a label must be < {MOST_CLASSES}: {NEEDED}")
    if (missing := np.flatnonzero(np.bincount(found) == 0)).size:
        raise InvalidInput(
            f"{name} never hold {missing[0]} and hold {largest}: a class without samples has no rate; number the classes anew"
        )
    return found


def _whole(found: np.ndarray, name: str) -> np.ndarray:
    try:
        numbers = found.astype(float)
    except (TypeError, ValueError):
        raise InvalidInput(f"{name} hold {found[0]!r}, which is no whole number: {NEEDED}") from None
    if (wrong := ~(np.isfinite(numbers) & (numbers == np.floor(numbers)))).any():
        raise InvalidInput(f"{name} hold {numbers[wrong][0]}, which is no whole number: {NEEDED}")
    return numbers.astype(np.int64)


def read_labels(text: str) -> NDArray[np.int_]:
    """The labels in a file, `y.npy` or `y.csv:column`; names in a column are numbered in alphabetical order.

    Raises: InvalidInput, one line, for a file that cannot be read, and as `labels_of` does.
    """
    name, _, column = text.partition(":") if ".csv" in text else (text, "", "")
    path = Path(name)
    try:
        if path.suffix == ".npy":
            return labels_of(np.load(path, allow_pickle=False), f"labels of {name!r}")
        if path.suffix == ".csv":
            return labels_of(_numbered(_column(path, column)), f"labels of {text!r}")
    except InvalidInput:
        raise
    except (OSError, ValueError, EOFError, csv.Error) as error:
        why = getattr(error, "strerror", None) or error
        raise InvalidInput(f"labels {text!r} cannot be read ({why}): give a NumPy file y.npy, or y.csv:column") from None
    raise InvalidInput(f"labels {text!r} are in a file of an unknown kind: give y.npy, or y.csv:column")


def _column(path: Path, column: str) -> list[str]:
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        names = rows.fieldnames or []
        if column not in names:
            raise InvalidInput(f"labels {str(path)!r} have no column {column!r}: give one of {', '.join(names) or 'none, it is empty'}")
        return [row[column] for row in rows]


def _numbered(values: list[str]) -> Any:
    try:
        return [float(value) for value in values]
    except ValueError:
        return np.unique(values, return_inverse=True)[1]
