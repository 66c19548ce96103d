"""The secret that seals what is kept: of this user, readable by no other, of the one length."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from proofs.store import cache


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
