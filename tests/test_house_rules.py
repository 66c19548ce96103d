"""Rules of the house that no linter has: how long files and functions may be, and what tests may touch."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from proofs.store.dependencies import PACKAGES, ROOT

LINES_OF_A_FILE, LINES_OF_A_FUNCTION = 500, 60
OURS = (*PACKAGES, "ufm", "tests")


def sources() -> list[Path]:
    """Every Python file of the repository that git does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode == 0:
        return [path for name in listed.stdout.splitlines() if (path := ROOT / name).exists()]
    return [path for folder in OURS for path in sorted((ROOT / folder).rglob("*.py"))]  # a copy without git


def too_long(path: Path, text: str) -> Iterator[str]:
    if (lines := len(text.splitlines())) > LINES_OF_A_FILE:
        yield f"{path} has {lines} lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            lines = node.end_lineno - node.lineno + 1
            if lines > LINES_OF_A_FUNCTION:
                yield f"{path}:{node.lineno} {node.name} has {lines} lines"


def test_no_file_and_no_function_is_too_long():
    assert [found for path in sources() for found in too_long(path.relative_to(ROOT), path.read_text(encoding="utf-8"))] == []


def test_what_is_too_long_is_found():
    text = "def short():\n" + "    pass\n" * (LINES_OF_A_FUNCTION - 1) + "def long():\n" + "    pass\n" * LINES_OF_A_FUNCTION
    assert list(too_long(Path("a.py"), text)) == [f"a.py:{LINES_OF_A_FUNCTION + 1} long has {LINES_OF_A_FUNCTION + 1} lines"]
    assert list(too_long(Path("a.py"), "\n" * LINES_OF_A_FILE)) == []
    assert list(too_long(Path("a.py"), "\n" * (LINES_OF_A_FILE + 1))) == [f"a.py has {LINES_OF_A_FILE + 1} lines"]


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def private_names(text: str) -> Iterator[str]:
    """The private names of our modules, and of what is imported from them, that a file touches.

    As an import, as an attribute of what was imported, or as the text in `monkeypatch.setattr(module, "_name", …)`.
    """
    tree, imported = ast.parse(text), set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in OURS:
            yield from (f"{node.module}.{alias.name}" for alias in node.names if is_private(alias.name))
            imported |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            imported |= {alias.asname or alias.name.split(".")[0] for alias in node.names if alias.name.split(".")[0] in OURS}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and is_private(node.attr) and root_of(node.value) in imported:
            yield ast.unparse(node)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in ("setattr", "getattr", "delattr"):
            texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            if node.args and (root_of(node.args[0]) in imported or str(texts[:1]).strip("['").split(".")[0] in OURS):
                yield from (ast.unparse(node) for text in texts if is_private(text.rpartition(".")[2]))


def root_of(node: ast.expr) -> str | None:
    """The name that an expression begins with."""
    while isinstance(node, (ast.Attribute, ast.Call, ast.Subscript)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def test_no_test_touches_a_private_name_of_another_module():
    """What a test needs is public, with a docstring: then the inside of a module may be written anew."""
    found = {
        str(path.relative_to(ROOT)): list(private_names(path.read_text(encoding="utf-8"))) for path in sources() if "tests" in path.parts
    }
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from proofs.search import tactics\ntactics._prove(1)", ["tactics._prove"]),
        ("from proofs.search.tactics import _prove", ["proofs.search.tactics._prove"]),
        ("import proofs.search.tactics as t\nt._prove", ["t._prove"]),
        ("from proofs.checker.field import Field\nField([])._slot(1)", ["Field([])._slot"]),
        ("from proofs import cli\nmonkeypatch.setattr(cli, '_run', 1)", ["monkeypatch.setattr(cli, '_run', 1)"]),
        ("monkeypatch.setattr('proofs.cli._run', 1)", ["monkeypatch.setattr('proofs.cli._run', 1)"]),
        ("import os\nos._exit(0)\nself._mine\nfrom proofs import cli\ncli.__doc__", []),
    ],
)
def test_a_private_name_is_found(text, found):
    assert list(private_names(text)) == found
