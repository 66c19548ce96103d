"""Building the Coq development: in build/coq, from copies of the sources, with a record of what was built from what.

The record holds the SHA-256 of every source and of every object file. A build is believed only while the sources, the
objects and the version of Coq are those of the record; times of files decide nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from proofs.dependencies import ROOT

SOURCES = ROOT / "proofs" / "coq"
BUILD = ROOT / "build" / "coq"
ROOT_NAME = "UFM"  # the logical root: dynamics/order.v is UFM.dynamics.order
SERIES = "8.16"  # the series of Coq that the proofs are written for
PACKAGES = "coq libcoq-coquelicot libcoq-interval libcoq-mathcomp-algebra libcoq-mathcomp-analysis"
LIBRARIES = ("Coquelicot", "Interval", "mathcomp/algebra", "mathcomp/analysis")


class Absent(Exception):
    """Coq, or a library of it, is not installed: one line that says what is missing and how to get it."""


class Broken(Exception):
    """The development does not build; the message ends with what Coq said."""


@cache
def version() -> str:
    """The version of coqc.

    Raises: Absent where coqc or a library is missing, or is of a series that the proofs are not written for.
    """
    if shutil.which("coqc") is None:
        raise Absent(f"coqc is not installed: apt-get install {PACKAGES}")
    found = _output("coqc", "--print-version").split()[0]
    if not found.startswith(SERIES + "."):
        raise Absent(f"coqc {found} is installed and the proofs are written for {SERIES}: apt-get install {PACKAGES}")
    contributed = Path(_output("coqc", "-where").strip()) / "user-contrib"
    missing = [name for name in LIBRARIES if not (contributed / name).is_dir()]
    if missing:
        raise Absent(f"Coq's {', '.join(missing)} is not installed: apt-get install {PACKAGES}")
    return found


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def sources(folder: Path = SOURCES) -> dict[str, str]:
    """SHA-256 of each Coq source, by its path in the folder."""
    return {str(path.relative_to(folder)): _digest(path) for path in sorted(folder.rglob("*.v"))}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fingerprint() -> str:
    """What kernel findings depend on: the sources and Coq's version, or that it is absent."""
    try:
        found = version()
    except Absent as reason:
        found = str(reason)
    return hashlib.sha256(json.dumps([found, sources()]).encode()).hexdigest()


def logical(source: str) -> str:
    """The logical name of a source: dynamics/order.v → UFM.dynamics.order."""
    return ".".join((ROOT_NAME, *Path(source).with_suffix("").parts))


def stale(build: Path = BUILD, folder: Path = SOURCES) -> str | None:
    """Why the build must not be believed, or None."""
    try:
        record = json.loads((build / "built.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "nothing was built"
    if record != _record(build, folder):
        return "the sources, the object files or Coq are not those that were built: make coq"
    return None


def _record(build: Path, folder: Path) -> dict[str, Any]:
    names = sources(folder)
    objects = {name: build / Path(name).with_suffix(".vo") for name in names}
    return {"coq": version(), "sources": names,
            "objects": {name: _digest(path) if path.is_file() else "missing" for name, path in objects.items()}}


@contextmanager
def _alone(build: Path) -> Iterator[None]:
    """One build at a time in this folder."""
    build.mkdir(parents=True, exist_ok=True)
    with (build / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def ensure(build: Path = BUILD, folder: Path = SOURCES) -> None:
    """Build what is not built, and record it.

    Raises: Absent; Broken with the end of what Coq said.
    """
    version()
    with _alone(build):
        if stale(build, folder) is None:
            return
        sys.stderr.write("building the Coq development (a minute or two)\n")
        (build / "built.json").unlink(missing_ok=True)
        names = sources(folder)
        for old in build.rglob("*.v"):
            if str(old.relative_to(build)) not in names:
                old.unlink()
        for name in (*names, "_CoqProject"):
            _copy(folder / name, build / name)
        _make(build, "coq_makefile", "-f", "_CoqProject", *names, "-o", "Makefile.coq")
        _make(build, "make", "-f", "Makefile.coq", "-j2")
        (build / "built.json").write_text(json.dumps(_record(build, folder)), encoding="utf-8")


def _copy(source: Path, target: Path) -> None:
    """Copy where the content differs, so that make sees what changed; an object of changed content is taken away."""
    if target.is_file() and target.read_bytes() == source.read_bytes():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.with_suffix(".vo").unlink(missing_ok=True)
    shutil.copyfile(source, target)


def _make(build: Path, *command: str) -> None:
    clean = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    done = subprocess.run(command, cwd=build, capture_output=True, text=True, check=False, env=clean)
    if done.returncode != 0:
        raise Broken(f"{' '.join(command[:3])} failed in {build}: {' '.join(done.stderr.split())[-1500:]}")
    sys.stderr.write(done.stderr)  # Coq's warnings
