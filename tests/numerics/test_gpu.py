"""What a CUDA device will be asked, in miniature and on the CPU, so that it does not fail for a trifle on the day there is one."""

import json
import os

import pytest

torch = pytest.importorskip("torch", reason="networks are trained with torch")
if not os.environ.get("UFM_DATA"):
    pytest.skip("UFM_DATA is not set: no images to train on", allow_module_level=True)

from proofs.claims.networks import kept, predictions  # noqa: E402
from tests.tools import gpu  # noqa: E402

SOME = ("every image its own noise", "bias frozen and features centred", "noise, outputs scaled by 4", "two linear layers")


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """One experiment of each kind."""
    monkeypatch.setattr(predictions, "EXPERIMENTS", {name: predictions.EXPERIMENTS[name] for name in SOME})


def results(folder):
    return {name: stage["found"] for name, stage in json.loads((folder / "results.json").read_text()).items()}


def test_every_stage_is_done_and_a_second_call_continues(tmp_path, monkeypatch):
    assert gpu.main([str(tmp_path), "--tiny", "--device", "cpu"]) == 0
    found = results(tmp_path)
    assert list(found) == ["machine", "together or alone", "replayed or launched", "cpu against device", *SOME, "full experiment"]
    assert found["machine"]["device"] == "cpu"
    assert found["together or alone"]["networks"] == 2 * 2 * 7
    assert found["cpu against device"]["logged_steps_apart"] == {"class_times": 0, "mode_times": 0}
    measured = json.loads((tmp_path / "measured.json").read_text())
    assert list(measured["experiments"]) == list(SOME)
    assert measured["predictions"] == kept.digest(kept.PREDICTIONS)
    for name in ("quick", "full"):
        assert {path.suffix for path in (tmp_path / name).iterdir()} == {".json", ".png", ".gif"}
        assert found["full experiment"]["continued"] is False
    monkeypatch.setattr(gpu.network_figures, "write", lambda folder, history: None)  # the same pictures, which take longest
    assert gpu.main([str(tmp_path), "--tiny", "--device", "cpu"]) == 0
    assert results(tmp_path)["full experiment"]["continued"] is True
    assert json.loads((tmp_path / "measured.json").read_text()) == measured


def test_what_fails_is_noted_and_the_rest_is_done(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(gpu, "cpu_against_device", lambda session: 1 // 0)
    monkeypatch.setattr(gpu, "full", lambda session: {"done": True})
    assert gpu.main([str(tmp_path), "--tiny", "--device", "cpu"]) == 1
    found = results(tmp_path)
    assert "ZeroDivisionError" in found["cpu against device"]["failed"]
    assert found["full experiment"] == {"done": True}
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_the_end_of_the_time_is_no_failure(tmp_path):
    assert gpu.main([str(tmp_path), "--tiny", "--device", "cpu", "--seconds", "0"]) == 0
    found = results(tmp_path)
    assert {name for name, each in found.items() if each == {"out of time": True}} == set(found) - {"machine", "replayed or launched"}
