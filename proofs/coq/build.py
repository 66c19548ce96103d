"""Building the Coq development: in build/coq, from copies of the sources, with a record of what was built from what.

The record holds, of every object file, its SHA-256 and the key of what it was built from: the source, the keys of the files
that this needs, and the version of Coq. It is sealed with the secret of the user who built. An object is used only where a
sealed record vouches for it; everything else in the folder is taken away and built anew. Times of files decide nothing.

What this keeps out: objects and records that were edited, copied from elsewhere, planted or left by other sources, in a
folder that others can write. What it does not keep out: who runs programs as this user can read the secret, and could
replace a file between the look at it and its use. A `fresh` build is made in a new folder of the user's own, and believes
nothing that lies anywhere: `ufm verify --fresh`. Coq itself, its libraries and this Python code are trusted.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from numerics.cores import cores
from proofs.store.cache import folder, secret
from proofs.store.dependencies import ROOT

SOURCES = ROOT / "proofs" / "coq"
BUILD = (ROOT / "build" if (ROOT / "pyproject.toml").is_file() else folder()) / "coq"  # a wheel builds in the cache
RECORD = "built.json"
ROOT_NAME = "UFM"  # the logical root: dynamics/order.v is UFM.dynamics.order
SERIES = "8.16"  # the series of Coq that the proofs are written for
PACKAGES = "coq libcoq-coquelicot libcoq-interval libcoq-mathcomp-algebra libcoq-mathcomp-analysis"
LIBRARIES = ("Coquelicot", "Interval", "mathcomp/algebra", "mathcomp/analysis")
OPTIONS = ("-q", "-w", "-ambiguous-paths")


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
    return _hashed(found, sources())


def _hashed(*content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def logical(source: str) -> str:
    """The logical name of a source: dynamics/order.v → UFM.dynamics.order."""
    return ".".join((ROOT_NAME, *Path(source).with_suffix("").parts))


def stale(build: Path = BUILD, folder: Path = SOURCES) -> str | None:
    """Why the build must not be believed, or None."""
    record = _record(build)
    if record is None:
        return "nothing was built, or not by this user: make coq"
    names = sources(folder)
    if record != state(build, names, {name: made["from"] for name, made in record["objects"].items()}):
        return "the sources, the object files or Coq are not those that were built: make coq"
    return None


def state(build: Path, names: Mapping[str, str], keys: Mapping[str, str]) -> dict[str, Any]:
    """All that the record of a build says: Coq, the sources and the copies of them, and each object that lies in the folder."""
    objects = {str(path.relative_to(build).with_suffix(".v")): _digest(path) for path in build.rglob("*.vo")}
    return {
        "coq": version(),
        "sources": dict(names),
        "copies": sources(build),
        "objects": {name: {"from": keys.get(name, "nothing"), "is": digest} for name, digest in objects.items()},
    }


def _record(build: Path) -> dict[str, Any] | None:
    """What was recorded in this folder, under this user's seal; None where that is not the case."""
    try:
        kept = json.loads((build / RECORD).read_text(encoding="utf-8"))
        seal = seal_of(kept["record"])
        return kept["record"] if seal is not None and hmac.compare_digest(kept["seal"], seal) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def seal_of(record: Any) -> str | None:
    """The record under the user's secret; None where there is none."""
    own = secret()
    return hmac.new(own, json.dumps(["coq", record], sort_keys=True).encode(), hashlib.sha256).hexdigest() if own else None


@contextmanager
def _alone(build: Path) -> Iterator[None]:
    """One build at a time in this folder."""
    build.mkdir(parents=True, exist_ok=True)
    with (build / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def built(build: Path = BUILD, folder: Path = SOURCES, fresh: bool = False) -> Iterator[Path]:
    """The folder of a build that can be believed, with what was missing built.

    Arguments: `fresh` believes nothing that lies there, and builds all in a new folder that only this user can enter and
    that is gone afterwards; so does who has no secret.
    Raises: Absent; Broken with the end of what Coq said.
    """
    if not fresh and secret() is not None:
        ensure(build, folder)
        if (reason := stale(build, folder)) is not None:
            raise Broken(reason)
        yield build
        return
    with tempfile.TemporaryDirectory(prefix="ufm-coq-") as scratch:
        ensure(Path(scratch), folder)
        yield Path(scratch)


def ensure(build: Path = BUILD, folder: Path = SOURCES) -> None:
    """Build what is not built, and record it.

    Raises: Absent; Broken with the end of what Coq said.
    """
    version()
    with _alone(build):
        if stale(build, folder) is None:
            return
        sys.stderr.write("building the Coq development (a minute or two)\n")
        record = _record(build) or {"objects": {}}
        (build / RECORD).unlink(missing_ok=True)
        names = sources(folder)
        _copy(names, folder, build)
        needed = _needed(build, names)
        keys = _keys(names, needed)
        kept = {name for name, key in keys.items() if _vouched(build, name, key, record["objects"])}
        for path in build.rglob("*.vo*"):
            if str(path.relative_to(build).with_suffix(".v")) not in kept or path.suffix != ".vo":
                path.unlink()
        _compile(build, needed, kept)
        made = state(build, names, keys)
        (build / RECORD).write_text(json.dumps({"record": made, "seal": seal_of(made)}), encoding="utf-8")


def _vouched(build: Path, name: str, key: str, objects: Mapping[str, Mapping[str, str]]) -> bool:
    path = (build / name).with_suffix(".vo")
    return path.is_file() and objects.get(name) == {"from": key, "is": _digest(path)}


def _copy(names: Collection[str], folder: Path, build: Path) -> None:
    """The sources, and no others, into the folder of the build."""
    for old in build.rglob("*.v"):
        if str(old.relative_to(build)) not in names:
            old.unlink()
    for name in names:
        (build / name).parent.mkdir(parents=True, exist_ok=True)
        (build / name).unlink(missing_ok=True)  # it may be a link
        shutil.copyfile(folder / name, build / name)


def _needed(build: Path, names: Collection[str]) -> dict[str, set[str]]:
    """The sources that each needs built first."""
    done = subprocess.run(["coqdep", "-R", ".", ROOT_NAME, *names], cwd=build, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Broken(f"coqdep failed: {done.stderr[-1500:]}")
    needed: dict[str, set[str]] = {name: set() for name in names}
    for target, requisites in re.findall(r"^(\S+)\.vo[^:\n]*:(.*)$", done.stdout, re.MULTILINE):
        needed[f"{target}.v"] = {f"{found}.v" for found in re.findall(r"(\S+)\.vo(?!\S)", requisites)} & set(names)
    return needed


def _keys(names: Mapping[str, str], needed: Mapping[str, set[str]]) -> dict[str, str]:
    """What each object is built from, as a hash."""
    keys: dict[str, str] = {}
    try:
        for name in TopologicalSorter(needed).static_order():
            keys[name] = _hashed(version(), OPTIONS, name, names[name], {need: keys[need] for need in needed[name]})
    except CycleError as circle:
        raise Broken(f"the sources need each other in a circle: {circle.args[1]}") from None
    return keys


def _compile(build: Path, needed: Mapping[str, set[str]], kept: Collection[str]) -> None:
    """All that is not kept, each after what it needs."""
    order = TopologicalSorter(needed)
    order.prepare()
    running: dict[Future[None], str] = {}
    with ThreadPoolExecutor(cores()) as pool:
        try:
            while order.is_active():
                for name in order.get_ready():
                    running[pool.submit(compile_one, build, name, name in kept)] = name
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    future.result()
                    order.done(running.pop(future))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def compile_one(build: Path, name: str, kept: bool) -> None:
    """Compile one source in the folder of the build, where its object is not kept.

    Raises: Broken where it does not compile.
    """
    if kept:
        return
    done = subprocess.run(["coqc", *OPTIONS, "-R", ".", ROOT_NAME, name], cwd=build, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Broken(f"coqc failed on {name} in {build}: {' '.join(done.stderr.split())[-1500:]}")
    sys.stderr.write(done.stderr)  # Coq's warnings
