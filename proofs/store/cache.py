"""Findings kept between runs: keyed on the code and versions they came from, sealed with a secret of this user.

Only findings are kept; the verdict is minted again from them at every run. Each file bears a seal (HMAC-SHA-256) that only
who can read the user's secret can make: what is damaged, edited or brought from elsewhere is not believed.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import json
import os
import secrets
import stat
import tempfile
from pathlib import Path
from typing import Any

from proofs.kernel.judge import Finding, Findings, NearMissFinding
from proofs.kernel.verdict import Evidence, Outcome, Reason, Strength

SECRET_BYTES = 32


def folder() -> Path:
    """$UFM_CACHE, or ufm-verifier in the user's cache folder."""
    if "UFM_CACHE" in os.environ:
        return Path(os.environ["UFM_CACHE"])
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "ufm-verifier"


def secret_file() -> Path:
    """Where the secret stands: in the user's state folder, so that a cache that is copied or restored does not bring it along."""
    return Path(os.environ.get("XDG_STATE_HOME", Path.home() / ".local" / "state")) / "ufm-verifier" / "secret"


def secret() -> bytes | None:
    """This user's secret, made at its first use; None where it cannot be had, or another could have read or written it."""
    path = secret_file()
    try:
        if not path.exists():
            make_secret(path)
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
            status, found = os.fstat(file.fileno()), file.read()
    except OSError:
        return None
    own = stat.S_ISREG(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o077
    return found if own and len(found) == SECRET_BYTES else None


def make_secret(path: Path) -> None:
    """A new secret in this file, readable by this user alone; the first of two processes that make it wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent) as draft:  # its mode is 0600: nobody else can read it
        draft.write(secrets.token_bytes(SECRET_BYTES))
        draft.flush()
        try:
            os.link(draft.name, path)  # a link appears whole or not at all, and the first of two processes wins
        except FileExistsError:
            return


def load(claim_id: str, key: str) -> Findings | None:
    """The findings kept for this claim under this key; None where there are none, or they are not this user's own."""
    try:
        return _findings(load_plain(claim_id, key))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None  # nothing was kept, or what was kept is of another form: never believed


def load_plain(name: str, key: str) -> Any:
    """The plain data kept by this name under this key; None where there is none, or it is not this user's own."""
    try:
        kept = json.loads((folder() / f"{name}.json").read_text(encoding="utf-8"))
        seal = _seal(name, key, kept["findings"])  # the seal covers the name and the key too
        return kept["findings"] if seal is not None and hmac.compare_digest(kept["seal"], seal) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # unreadable, unfinished or edited: never believed


def store(claim_id: str, key: str, findings: Findings) -> None:
    """Keep findings; a cache that cannot be written is no reason to stop."""
    store_plain(claim_id, key, json.loads(json.dumps(dataclasses.asdict(findings))))


def store_plain(name: str, key: str, plain: Any) -> None:
    """Keep plain data that survives JSON unchanged; a cache that cannot be written is no reason to stop."""
    seal = _seal(name, key, plain)
    if seal is None:
        return
    try:
        folder().mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=folder(), delete=False, encoding="utf-8") as draft:
            draft.write(json.dumps({"seal": seal, "findings": plain}))
        Path(draft.name).replace(folder() / f"{name}.json")
    except OSError:
        return


def _seal(claim_id: str, key: str, findings: Any) -> str | None:
    own = secret()
    sealed = json.dumps([claim_id, key, findings], sort_keys=True).encode()
    return hmac.new(own, sealed, hashlib.sha256).hexdigest() if own is not None else None


def _findings(plain: dict[str, Any]) -> Findings:
    return Findings(
        vacuous=tuple(plain["vacuous"]),
        parts=tuple(map(_finding, plain["parts"])),
        runs=tuple(map(_finding, plain["runs"])),
        seconds=plain["seconds"],
        near_misses=tuple(map(_near_miss, plain["near_misses"])),
    )


def _near_miss(plain: dict[str, Any]) -> NearMissFinding:
    lists = {name: tuple(plain[name]) for name in ("touched", "rejected", "rejected_by", "passed_by")}
    return NearMissFinding(says=plain["says"], **lists)


def _finding(plain: dict[str, Any]) -> Finding:
    evidence = dict(plain["evidence"])
    evidence["outcome"] = Outcome(evidence["outcome"])
    for name, kind in (("strength", Strength), ("reason", Reason)):
        evidence[name] = kind(evidence[name]) if evidence[name] else None
    for name in ("trusts", "side_conditions"):
        evidence[name] = tuple(evidence[name])
    return Finding(**{**plain, "evidence": Evidence(**evidence)})
