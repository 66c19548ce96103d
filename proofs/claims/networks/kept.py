"""The kept predictions and measurements of trained networks, as the claims read them."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from proofs.kernel.statements import ToolMissing
from proofs.store.dependencies import ROOT

PREDICTIONS = ROOT / "proofs" / "evidence" / "predictions.json"
MEASURED = ROOT / "proofs" / "evidence" / "measured.json"


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def text(document: dict[str, Any]) -> str:
    """JSON with an experiment's entries a line each: short, and a change shows where it is."""
    head = {key: value for key, value in document.items() if key != "experiments"}
    parts = [
        f"{json.dumps(name, ensure_ascii=False)}: {{\n"
        + ",\n".join(f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in entries.items())
        + "\n}"
        for name, entries in document["experiments"].items()
    ]
    return json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n "experiments": {\n' + ",\n".join(parts) + "\n}}\n"


@cache
def read() -> tuple[dict[str, Any], dict[str, Any]]:
    """Predictions and measurements by experiment, and with the measurements the versions that they were made with.

    Raises: ToolMissing where one of the files is not there, or the measurements were made for other predictions.
    """
    try:
        predicted, measured = (json.loads(path.read_text(encoding="utf-8")) for path in (PREDICTIONS, MEASURED))
    except FileNotFoundError as problem:
        raise ToolMissing(f"kept runs of networks are not there: {problem.filename}") from None
    if measured["predictions"] != digest(PREDICTIONS):
        raise ToolMissing("the kept runs of networks were made for other predictions than those that are kept")
    return predicted, measured
