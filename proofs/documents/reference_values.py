"""The reference values of the theories, written into docs/reference-values.md.

python -m proofs.documents.reference_values
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from proofs.documents import tables
from proofs.documents.tables import Table
from proofs.report.files import written_whole
from proofs.store.dependencies import ROOT

PAGE = ROOT / "docs" / "reference-values.md"
HEAD = (
    "# Reference values\n\n`python -m proofs.documents.reference_values` computes every number on this page from what `theory` derives, "
    "but for those that a table says are proved by rigorous runs: these stand in the ledger, which judges them."
)


def by_theory() -> Iterator[tuple[str, tuple[Table, ...]]]:
    """The tables of each theory that has some, by its name."""
    for module in sorted(pkgutil.iter_modules(tables.__path__), key=lambda module: module.name):
        yield module.name, importlib.import_module(f"{tables.__name__}.{module.name}").TABLES


def page() -> str:
    """The page as Markdown."""
    parts = [HEAD]
    for theory, found in by_theory():
        parts.append(f"## {theory.replace('_', ' ').capitalize()}")
        for table in found:
            parts += [f"### {table.name}", table.says, "\n".join(table.lines())]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    with written_whole(PAGE) as draft:
        draft.write_text(page(), encoding="utf-8")
