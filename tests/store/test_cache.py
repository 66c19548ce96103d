"""A kept finding is believed only where this user sealed it, for this code and this claim."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from types import SimpleNamespace

import pytest

from proofs.kernel.judge import Findings, mint
from proofs.kernel.verdict import Verdict
from proofs.store import cache
from tests.tools.toys import CERTIFIED, REFUTED, verdict, with_near_miss


def test_findings_are_kept_in_a_folder_that_is_made_for_them(monkeypatch, tmp_path):
    monkeypatch.setenv("UFM_CACHE", str(tmp_path / "new" / "folder"))
    for seconds in range(2):  # the second time it is there
        findings = Findings(vacuous=(), parts=(), runs=(), near_misses=(), seconds=seconds)
        cache.store("toy", "key", findings)
        assert cache.load("toy", "key") == findings
    assert [path.name for path in (tmp_path / "new" / "folder").iterdir()] == ["toy.json"]


def test_the_cache_stands_in_the_users_cache_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("UFM_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.folder() == tmp_path / "ufm-verifier"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(cache.Path, "home", lambda: tmp_path)
    assert cache.folder() == tmp_path / ".cache" / "ufm-verifier"


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.setenv("UFM_CACHE", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    findings = verdict(with_near_miss(), {"x² ≥ 0": CERTIFIED, "x² ≥ 5": REFUTED}).findings
    cache.store("toy", "key", findings)
    return tmp_path / "toy.json", findings


def test_kept_findings_come_back_unchanged_and_mint_the_same_verdict(kept):
    _, findings = kept
    again = cache.load("toy", "key")
    assert again == findings
    assert mint(with_near_miss(), again).verdict is Verdict.PROVED


def test_kept_findings_of_other_code_or_another_claim_are_not_believed(kept):
    path, _ = kept
    assert cache.load("toy", "another key") is None
    path.rename(path.with_name("other.json"))
    assert cache.load("other", "key") is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "",
        lambda text: "[]",
        lambda text: "null",
        lambda text: text.replace("unsettled", "holds").replace('"certified"', '"derived"'),
        lambda text: text.replace('"rejected_by": ["exact", "run"]', '"rejected_by": ["exact"]'),
        lambda text: text.replace('"rejected": ["square", "run"]', '"rejected": ["square"]'),
        lambda text: text.replace('"arrived_settled": false', '"arrived_settled": true'),
        lambda text: text.replace('"part_id": "square"', '"part_id": "other"'),
        lambda text: text.replace("x\\u00b2", "x"),
    ],
)
def test_a_damaged_cache_is_ignored(kept, damage):
    path, _ = kept
    text = path.read_text()
    assert damage(text) != text
    path.write_text(damage(text))
    assert cache.load("toy", "key") is None


def sealed(path, claim_id, key, findings, secret):
    """A kept file as one writes it who knows all but the user's secret."""
    text = json.dumps([claim_id, key, findings], sort_keys=True).encode()
    seals = [hmac.new(secret, text, hashlib.sha256).hexdigest(), hashlib.sha256(text).hexdigest()]
    for seal in seals:
        path.write_text(json.dumps({"seal": seal, "checksum": seal, "findings": findings}))
        yield cache.load(claim_id, key)


def test_a_forged_file_of_the_cache_is_not_believed(kept):
    path, _ = kept
    findings = json.loads(path.read_text())["findings"]
    assert next(sealed(path, "toy", "key", findings, cache.secret())) is not None  # so this is how a true one is sealed
    findings["seconds"] = 0.0
    for secret in (b"", b"0" * 32, b"ufm-verifier"):
        assert list(sealed(path, "toy", "key", findings, secret)) == [None, None]
    for seal in (None, 1, [], "", "é"):
        path.write_text(json.dumps({"seal": seal, "findings": findings}))
        assert cache.load("toy", "key") is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.chmod(0o644),
        lambda path: path.chmod(0o640),
        lambda path: path.chmod(0o602),
        lambda path: path.write_bytes(b"short"),
        lambda path: path.write_bytes(b""),
        lambda path: (path.rename(path.with_name("elsewhere")), path.symlink_to(path.with_name("elsewhere"))),
        lambda path: (path.unlink(), path.mkdir()),
        lambda path: path.write_bytes(secrets.token_bytes(32)),
    ],
    ids=["all read it", "a group reads it", "all write it", "short", "empty", "a link", "a folder", "another"],
)
def test_nothing_kept_is_believed_where_others_could_have_the_secret_or_it_is_another(kept, spoil):
    assert cache.load("toy", "key") is not None
    spoil(cache.secret_file())
    assert cache.load("toy", "key") is None


def test_a_secret_of_another_user_is_none(kept, monkeypatch):
    monkeypatch.setattr(cache.os, "getuid", lambda: 4711)
    assert cache.secret() is None
    assert cache.load("toy", "key") is None


def test_the_secret_is_made_once_and_for_this_user_alone(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    first = cache.secret()
    assert len(first) == 32
    assert cache.secret() == first
    assert cache.secret_file().stat().st_mode & 0o777 == 0o600
    assert [path.name for path in cache.secret_file().parent.iterdir()] == ["secret"]
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "other"))
    assert cache.secret() != first
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setattr(cache.Path, "home", lambda: tmp_path)
    assert cache.secret_file() == tmp_path / ".local" / "state" / "ufm-verifier" / "secret"


def test_of_two_processes_that_make_the_secret_the_first_wins(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    first = cache.secret()
    cache.make_secret(cache.secret_file())
    assert cache.secret() == first


def test_without_a_place_for_the_secret_nothing_is_kept_and_nothing_stops(monkeypatch, tmp_path, kept):
    blocker = tmp_path / "no folder"
    blocker.write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(blocker))
    kept[0].unlink()
    cache.store("toy", "key", kept[1])
    assert not kept[0].exists()
    assert cache.load("toy", "key") is None


def test_a_cache_that_is_not_text_or_not_readable_is_ignored(kept):
    path, _ = kept
    path.write_bytes(b"\xff\xfe\x00")
    assert cache.load("toy", "key") is None
    path.unlink()
    path.mkdir()
    assert cache.load("toy", "key") is None


def test_a_cache_folder_that_cannot_be_written_stops_nothing(tmp_path, monkeypatch, kept):
    blocker = tmp_path / "file"
    blocker.write_text("")
    monkeypatch.setenv("UFM_CACHE", str(blocker))
    cache.store("toy", "key", kept[1])
    assert cache.load("toy", "key") is None


@pytest.mark.parametrize(("owner", "user", "believed"), [(1000, 1000, True), (1001, 1000, False), (1000, 1001, False)])
def test_a_secret_is_believed_of_this_user_alone(monkeypatch, tmp_path, owner, user, believed):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    path = cache.secret_file()
    path.parent.mkdir()
    path.write_bytes(bytes(range(cache.SECRET_BYTES)))
    path.chmod(0o600)
    monkeypatch.setattr(cache.os, "getuid", lambda: int(f"{user}"))  # another object of the same number, as the system gives
    found = path.stat()
    seen = SimpleNamespace(st_mode=found.st_mode, st_size=found.st_size, st_uid=owner)
    monkeypatch.setattr(cache.os, "fstat", lambda file: seen)
    assert (cache.secret() is not None) is believed


@pytest.mark.parametrize("length", [0, cache.SECRET_BYTES - 1, cache.SECRET_BYTES + 1])
def test_a_secret_of_another_length_is_none(monkeypatch, tmp_path, length):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    path = cache.secret_file()
    path.parent.mkdir()
    path.write_bytes(bytes(length))
    path.chmod(0o600)
    assert cache.secret() is None
