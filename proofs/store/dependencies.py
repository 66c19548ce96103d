"""Which of this project's files a module depends on, read from its import statements."""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
import importlib.util
import platform
import sys
import tokenize
from functools import cache
from pathlib import Path

from proofs.store import cache as kept

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("theory", "numerics", "proofs")
LIBRARIES = ("sympy", "mpmath", "numpy", "scipy", "python-flint", "clarabel", "z3-solver", "cvc5")  # those that a finding can depend on

# What may not be wrong: a fault here can make a false verdict. Everything else can only fail to find a proof.
TRUSTED = tuple(sorted(path for room in ("kernel", "checker") for path in (ROOT / "proofs" / room).glob("*.py")))
INDEX = "imports-of-sources"  # by this name the import statements of the sources are kept
NO_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER}


@cache
def versions() -> dict[str, str]:
    """Versions of Python and of the libraries that findings depend on, and SymPy's ground types.

    SymPy computes with python-flint's types where it is installed; that changes its internals.
    """
    from sympy.external.gmpy import GROUND_TYPES

    return {
        "python": platform.python_version(),
        "ground_types": GROUND_TYPES,
        **{name: _version(name) for name in LIBRARIES},
        **({"torch": importlib.metadata.version("torch")} if importlib.util.find_spec("torch") else {}),
    }


@cache
def digest(path: Path) -> str:
    """SHA-256 of a file, read once: what runs in this process was loaded at its start."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def _index() -> dict[str, list[str]]:
    """For the digest of each source the names of this project that it imports, as kept from earlier runs; new ones are added."""
    return dict(kept.load_plain(INDEX, _index_key()) or {})


def _index_key() -> str:
    return f"{sys.version} {digest(Path(__file__))}"


@cache
def imported_modules(path: Path) -> set[str]:
    """Names of this project's modules that the file imports anywhere, at the top or inside a function."""
    names = _index().get(digest(path))
    if names is None:
        names = _index()[digest(path)] = sorted(_imported_names(path.read_text(encoding="utf-8")))
    return {name for name in names if module_file(name)}


def _imported_names(text: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return {name for name in names if name.split(".")[0] in PACKAGES}


@cache
def module_file(name: str) -> Path | None:
    """The file of a module of this project, or None: `theory.data.counts` → theory/data/counts.py."""
    stem = ROOT.joinpath(*name.split("."))
    for path in (stem.with_suffix(".py"), stem / "__init__.py"):
        if path.is_file():
            return path
    return None


@cache
def dependencies(module: str) -> frozenset[Path]:
    """The module's file, the files of all modules it imports, directly or not, and of their packages."""
    found: set[Path] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        path = module_file(name)
        if path is None or path in found:
            continue
        found.add(path)
        waiting.extend(imported_modules(path))
        if "." in name:
            waiting.append(name.rpartition(".")[0])
    return frozenset(found)


def fingerprint(*modules: str) -> str:
    """SHA-256 over the versions and the text of everything the modules depend on."""
    known = len(_index())
    lines = sorted(line_of(path) for path in frozenset().union(*map(dependencies, modules)))
    if len(_index()) > known:
        kept.store_plain(INDEX, _index_key(), _index())
    return hashlib.sha256(repr((sys.version, sorted(versions().items()), lines)).encode()).hexdigest()


@cache
def line_of(path: Path) -> str:
    """A source in a fingerprint: its name and its digest."""
    return f"{path.relative_to(ROOT)} {digest(path)}"


def code_lines(path: Path) -> int:
    """The lines of a file that are neither blank nor comment nor docstring."""
    documented = {
        line
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node, clean=False) is not None
        for line in range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)
    }
    with path.open("rb") as file:
        return len(
            {
                line
                for token in tokenize.tokenize(file.readline)
                if token.type not in NO_CODE
                for line in range(token.start[0], token.end[0] + 1)
            }
            - documented
        )


def _version(name: str) -> str:
    """The version of an installed package; networks, say, are trained where the solvers need not be."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
