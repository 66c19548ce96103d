"""Compiled Coq objects are those of the present sources: what was built from other sources, or by another user, is built again."""

from __future__ import annotations

import json
import shutil

import pytest

from proofs.coq import build
from proofs.kernel.verdict import Outcome
from proofs.store import cache
from tests.tools.coq_toys import CARRIES, HEAD, SOURCE, found, needs_coq


@needs_coq
@pytest.mark.parametrize("change", ["source", "copy", "object", "record", "seal", "removed", "planted"])
def test_a_stale_build_is_seen_by_content_whatever_the_times_say(copied, change):
    source, objects = copied
    assert build.stale(objects, source) is None
    record = objects / build.RECORD
    if change in ("source", "copy"):
        path = (source if change == "source" else objects) / "toy.v"
        path.write_text(path.read_text().replace("1 / 2", "2 / 4"))
    elif change == "object":
        with (objects / "toy.vo").open("ab") as file:
            file.write(b"x")
    elif change == "record":
        record.write_text(record.read_text().replace(build.version(), "8.16.0"))
    elif change == "seal":
        record.write_text(json.dumps({**json.loads(record.read_text()), "seal": "0" * 64}))
    elif change == "planted":
        shutil.copy(objects / "toy.vo", objects / "another.vo")
    else:
        (objects / "toy.vo").unlink()
    assert "make coq" in build.stale(objects, source)


@needs_coq
def test_a_record_of_another_user_is_not_believed(copied, tmp_path, monkeypatch):
    source, objects = copied
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another"))
    assert "not by this user" in build.stale(objects, source)
    assert cache.secret() is not None


def _forged(objects, source, seal=lambda made: "0" * 64):
    keys = {name: made["from"] for name, made in json.loads((objects / build.RECORD).read_text())["record"]["objects"].items()}
    made = build.state(objects, build.sources(source), keys)
    (objects / build.RECORD).write_text(json.dumps({"record": made, "seal": seal(made)}))


@needs_coq
@pytest.mark.parametrize("record", ["as it was", "forged", "removed"])
def test_an_object_of_other_sources_is_built_again(cheat, record):
    source, objects = cheat
    if record == "forged":
        _forged(objects, source)
    elif record == "removed":
        (objects / build.RECORD).unlink()
    evidence = found((source, objects), "toy.carries")
    assert evidence.outcome is Outcome.UNSETTLED
    assert "rests on toy.carries" in evidence.note


@needs_coq
def test_a_fresh_audit_believes_nothing_that_lies_there(cheat):
    source, objects = cheat
    _forged(objects, source, build.seal_of)  # by who can read the secret
    assert found((source, objects), "toy.carries").outcome is Outcome.HOLDS  # which is not kept out
    evidence = found((source, objects), "toy.carries", fresh=True)
    assert evidence.outcome is Outcome.UNSETTLED
    assert "rests on toy.carries" in evidence.note


@needs_coq
def test_without_a_secret_everything_is_built_anew(cheat, monkeypatch):
    source, objects = cheat
    _forged(objects, source, build.seal_of)
    monkeypatch.setattr(build, "secret", lambda: None)
    assert found((source, objects), "toy.carries").outcome is Outcome.UNSETTLED


@needs_coq
def test_what_is_vouched_for_is_not_built_again(copied, monkeypatch):
    source, objects = copied
    (source / "toy.v").write_text(HEAD + CARRIES)
    built = []
    one = build.compile_one

    def told(folder, name, kept):
        if not kept:
            built.append(name)
        one(folder, name, kept)

    monkeypatch.setattr(build, "compile_one", told)
    build.ensure(objects, source)
    assert built == ["toy.v"]
    assert build.stale(objects, source) is None


@needs_coq
def test_a_source_that_no_longer_proves_is_built_again_and_refused(copied):
    source, objects = copied
    (source / "toy.v").write_text(SOURCE.replace("Proof. red.", "Proof. exact I."))
    evidence = found((source, objects), "toy.carries")
    assert evidence.outcome is Outcome.UNSETTLED
    assert "coqc failed on toy.v" in evidence.note


@needs_coq
def test_sources_that_need_each_other_are_refused(tmp_path):
    for name, other in (("a", "b"), ("b", "a")):
        (tmp_path / "source").mkdir(exist_ok=True)
        (tmp_path / "source" / f"{name}.v").write_text(f"From UFM Require {other}.\n")
    with pytest.raises(build.Broken):
        build.ensure(tmp_path / "build", tmp_path / "source")
