"""The kept numbers of a GPU: what is kept is what a session wrote, and the manual's table is of what is kept."""

import json

import pytest

from proofs.claims.networks import kept, predicted_networks
from proofs.documents import network_device
from proofs.store import dependencies
from proofs.store.dependencies import ROOT

STATISTIC = {"loss": "squared", "statistic": network_device.EXPONENT, "mean": 1.0, "low": 0.9, "high": 1.1, "pairs": 2}


@pytest.fixture
def session(tmp_path):
    """A session's folder, with the measurements that were made on the CPU."""
    stages = {
        "machine": {"device": "a device", "cuda": "1", "versions": {"torch": "2"}},
        "together or alone": {"networks": 2},
        "replayed or launched": {},
        "cpu against device": {},
    }
    (tmp_path / "full").mkdir()
    full = {"dataset": "mnist", "counts": [2], "steps": 1, "batch": 1, "seeds": [0], "seconds": 1.0, "arithmetic": "float32"}
    claims = [{"id": "minority-earlier", "verdict": "SUPPORTED", "says": "…"}]
    (tmp_path / "full" / "full.json").write_text(json.dumps(full | {"statistics": [STATISTIC], "claims": claims}))
    (tmp_path / "results.json").write_text(json.dumps({name: {"seconds": 1, "found": found} for name, found in stages.items()}))
    (tmp_path / "measured.json").write_text(kept.MEASURED.read_text())
    return tmp_path


def test_what_a_session_wrote_is_kept_and_its_runs_are_judged(session):
    network_device.keep(session, session / "kept.json")
    found = json.loads((session / "kept.json").read_text())
    assert (found["device"], found["full"]["verdicts"]) == ("a device", {"minority-earlier": "SUPPORTED"})
    assert found["full"]["statistics"] == [STATISTIC]
    assert found["predictions"] == network_device.of_predictions(kept.MEASURED)
    assert found["predictions"]["verdicts"]["kernel-brackets-exponent"] == "REFUTED"


def test_other_runs_get_other_numbers_and_the_kept_ones_are_read_again_afterwards(session):
    document = json.loads((session / "measured.json").read_text())
    name = "every image its own noise"
    times = document["experiments"][name]["mode_times"]["squared"]
    document["experiments"][name]["mode_times"]["squared"] = [[row[::-1] for row in seed] for seed in times]
    before = network_device.of_predictions(kept.MEASURED)
    (session / "measured.json").write_text(json.dumps(document))
    other = network_device.of_predictions(session / "measured.json")
    assert other["exponents"] != before["exponents"]
    assert other["verdicts"] != before["verdicts"]
    assert network_device.of_predictions(kept.MEASURED) == before
    levels = predicted_networks.levels()
    with predicted_networks.measured_in(session / "measured.json"):
        assert predicted_networks.levels() != levels
    assert predicted_networks.levels() == levels


def test_a_session_with_a_failed_stage_is_not_kept(session):
    results = json.loads((session / "results.json").read_text())
    del results["replayed or launched"]["found"]
    (session / "results.json").write_text(json.dumps(results))
    with pytest.raises(KeyError):
        network_device.keep(session, session / "kept.json")
    assert not (session / "kept.json").exists()


def test_the_manual_shows_what_is_kept():
    assert network_device.table() in (ROOT / "docs" / "networks.md").read_text(encoding="utf-8")


def test_a_library_that_is_not_there_has_no_version(monkeypatch):
    monkeypatch.setattr(dependencies, "LIBRARIES", ("numpy", "no-such-library"))
    found = dependencies.versions.__wrapped__()
    assert found["no-such-library"] == "not installed"
    assert found["numpy"][0].isdigit()
