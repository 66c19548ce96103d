"""The network check from outside: the statistics, the verdicts without torch or data, and the command."""

import json
import math
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from numerics.networks import data, measure
from numerics.networks.measure import RECORDS, History
from numerics.networks.plan import LOSSES, Plan
from proofs import network_evidence, network_runs
from proofs.claims import networks
from proofs.claims.networks import CLAIMS
from proofs.cli import main
from proofs.kernel import judge
from proofs.kernel.verdict import Verdict
from proofs.network_runs import best_exponent, estimate
from theory.exact import InvalidInput

GAMMAS = (0, 0.25, 0.5, 0.75, 1)


def made_up(majority_times, minority_times, losses=("squared",)):
    """A history in which class margins of each exponent reach 1/2 at the given steps; ten seeds alike, and losses too."""
    steps = np.arange(0, 101)
    times = np.stack([majority_times] * 5 + [minority_times] * 5, axis=-1)  # exponents × classes
    margins = (steps[:, None, None] >= times) * 1.0
    margins = np.broadcast_to(margins[:, None, None], (101, 10, len(losses), 5, 10))
    unused = {name: np.zeros(1) for name in RECORDS if name != "margins"}
    plan = Plan("none", data.step_counts(4, 10), steps=100, step_sizes=(1,) * len(losses), losses=losses, exponents=GAMMAS)
    return History(plan=plan, steps=steps, device="none", arithmetic="none", seconds=0, continued=False, margins=margins, **unused)


@pytest.mark.parametrize(("majority", "minority", "expected"), [
    ((10, 10, 10, 10, 10), (90, 40, 10, 5, 2), 0.5),
    ((10, 10, 10, 10, 10), (90, 80, 70, 60, 50), 1.0),
    ((90, 90, 90, 90, 90), (50, 40, 30, 20, 10), 0.0),
    ((10, 10, 10, 16, 20), (90, 80, 40, 16, 10), 0.75),
])
def test_the_exponent_of_equal_times_is_where_the_times_cross(majority, minority, expected):
    assert best_exponent(made_up(majority, minority)) == pytest.approx(np.full((10, 1), expected), abs=0.01)


@pytest.mark.parametrize(("minority", "verdict", "repaired"), [
    ((90, 40, 10, 5, 2), Verdict.SUPPORTED, Verdict.REFUTED), ((90, 80, 70, 30, 5), Verdict.REFUTED, Verdict.SUPPORTED)])
def test_claims_are_judged_on_the_run_that_is_given(monkeypatch, minority, verdict, repaired):
    pytest.importorskip("torch", reason="the row names its version")
    monkeypatch.setattr(network_runs, "quick_run", None)  # and on no other
    measured = {place: bounds for place, bounds in networks.family().items() if place[1] == "exponent-of-equal-times"}
    monkeypatch.setattr(networks, "family", lambda: measured)  # what such a run has
    claims = {claim.id: claim for claim in CLAIMS}
    with network_runs.judged_on(made_up((10,) * 5, minority, LOSSES)):
        rows = [judge.judge(claims[name], None, None) for name in ("exponent-sensitivity", "exponent-above-one-half")]
    assert [row.verdict for row in rows] == [verdict, repaired]
    assert rows[0].findings.parts[0].evidence.trusts[0] == "none, 220 images a run, seeds 0 to 9"


def test_an_interval_holds_the_mean_of_the_values_and_is_the_same_again():
    values = np.random.default_rng(1).normal(2, 1, 40)
    found = estimate(values)
    assert found == estimate(values)
    assert found.low < found.mean < found.high
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * values.std() / math.sqrt(40), rel=0.15)
    assert estimate(np.full(10, 3.0)).low == estimate(np.full(10, 3.0)).high == 3
    with pytest.raises(ValueError, match="not finite"):
        estimate(np.array([1, math.nan]))


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    generator = np.random.default_rng(0)
    covered = [found.low <= 0 <= found.high for found in (estimate(generator.normal(size=12)) for _ in range(100))]
    assert 82 <= sum(covered) <= 100  # 95 % nominal; the bootstrap of few values is known to cover a little less


@pytest.fixture
def no_run():
    network_runs.quick_run.cache_clear()
    yield
    network_runs.quick_run.cache_clear()


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_without_torch_a_claim_is_not_checked(monkeypatch, no_run, claim):
    monkeypatch.setitem(sys.modules, "torch", None)
    row = judge.judge(claim, None, None)
    assert (row.verdict, row.problems) == (Verdict.NOT_CHECKED, ())
    assert "torch is not installed" in row.findings.parts[0].evidence.note


@pytest.mark.parametrize("folder", ["", "/nowhere"])
def test_without_the_data_a_claim_is_not_checked(monkeypatch, no_run, folder):
    pytest.importorskip("torch", reason="with torch, and without data")
    monkeypatch.setenv("UFM_DATA", folder)
    row = judge.judge(CLAIMS[0], None, None)
    assert (row.verdict, row.problems) == (Verdict.NOT_CHECKED, ())


def test_damaged_data_are_not_checked_and_never_trained_on(monkeypatch, no_run, tmp_path):
    pytest.importorskip("torch", reason="with torch, and with damaged data")
    (tmp_path / "mnist").mkdir()
    for name in data.CHECKSUMS["mnist"]:
        (tmp_path / "mnist" / name).write_bytes(b"damaged")
    monkeypatch.setenv("UFM_DATA", str(tmp_path))
    row = judge.judge(CLAIMS[0], None, None)
    assert row.verdict is Verdict.NOT_CHECKED
    assert "SHA-256" in row.findings.parts[0].evidence.note


def test_the_whole_ledger_on_a_plain_installation_tells_what_it_did_not_check(monkeypatch, capsys):
    """Status 0 for the rest, one line that names the rows; by name, or with STRICT=1, status 3."""
    from proofs import ledger

    names = ["minority-earlier", "mode-closed-form"]
    monkeypatch.setenv("UFM_DATA", "")
    monkeypatch.delenv("STRICT", raising=False)
    chosen = ledger.claims(names)
    monkeypatch.setattr(ledger, "claims", lambda ids=(): tuple(claim for claim in chosen if not ids or claim.id in ids))
    monkeypatch.setattr(ledger.engines, "decide", None)
    rows = {claim.id: (network_runs.quick_run.cache_clear(), judge.judge(claim, None, None))[1] for claim in chosen[:1]}
    held = SimpleNamespace(claim_id="mode-closed-form", verdict=Verdict.DERIVED, problems=(), findings=rows["minority-earlier"].findings)
    monkeypatch.setattr(ledger, "judged", lambda ids=(), fresh=False, progress=None: iter(
        row for row in (*rows.values(), held) if row.claim_id in ids))
    assert main(["verify"]) == 0
    assert "not checked, and no pass, for want of a tool: minority-earlier" in capsys.readouterr().out
    assert main(["verify", *names]) == 3
    monkeypatch.setenv("STRICT", "1")
    assert main(["verify"]) == 3


def test_kept_evidence_makes_the_table_and_says_where_it_is_from():
    lines = network_evidence.table().splitlines()
    assert len([line for line in lines if line.startswith("| ")]) == 1 + 2 * len(
        json.loads(network_evidence.EVIDENCE.read_text())["variants"])
    assert "torch" in lines[-1]


# The command ---------------------------------------------------------------------------------------------------


@pytest.fixture
def small(monkeypatch, tmp_path):
    """The command with an experiment of seconds."""
    torch = pytest.importorskip("torch", reason="networks are trained with torch")
    if not data.given_folder():
        pytest.skip("UFM_DATA is not set: no images to train on")
    assert torch
    monkeypatch.setenv("UFM_CACHE", str(tmp_path))
    monkeypatch.setattr(network_runs, "plan", lambda quick=True, dataset="mnist": Plan(
        dataset, data.step_counts(1, 3), steps=20, step_sizes=(0.3, 0.5), seeds=(0, 1, 2), channels=(2, 2, 2), pixels=14, test_per_class=5))


def test_the_document_and_the_pictures(small, capsys, tmp_path):
    assert main(["mnist", "--quick", "--dataset", "fashion-mnist", "--device", "cpu", "--plot", str(tmp_path / "plots"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["dataset"], found["device"], found["arithmetic"]) == ("fashion-mnist", "cpu", "float32, TF32 off")
    assert len(found["runs"]) == 10
    assert {row["weight_exponent"] for row in found["runs"]} == {"0", "1/4", "1/2", "3/4", "1"}
    assert all(item["low"] <= item["mean"] <= item["high"] for item in found["statistics"])
    assert {path.name for path in (tmp_path / "plots").iterdir()} == {"accuracy.png", "strengths.png", "exponents.png", "confusion.gif"}
    assert (tmp_path / "plots" / "confusion.gif").read_bytes()[:6] == b"GIF89a"
    assert found["continued"] is False
    assert [claim["id"] for claim in found["claims"]] == [claim.id for claim in CLAIMS]
    assert {claim["verdict"] for claim in found["claims"]} == {"UNDECIDED"}  # three seeds settle nothing
    again = ["mnist", "--quick", "--dataset", "fashion-mnist", "--device", "cpu"]
    assert main([*again, "--json"]) == 0
    kept = json.loads(capsys.readouterr().out)
    assert kept["continued"] is True
    assert (kept["runs"], kept["statistics"]) == (found["runs"], found["statistics"])
    assert main(again) == 0  # a table for people
    assert "exponent of equal" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(("arguments", "names"), [
    (["--device", "tpu"], "one of auto, cpu, cuda"), (["--dataset", "cifar"], "one of mnist, fashion-mnist"),
    (["--data", "/nowhere"], "cannot be read"), (["--plot", "/proc/nowhere"], "cannot be written")])
def test_wrong_input_is_one_line_and_status_2(small, capsys, arguments, names):
    assert main(["mnist", "--quick", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    lines = captured.err.strip().splitlines()
    assert len(lines) == 1
    assert names in lines[0]


def test_without_torch_the_command_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "torch", None)
    assert main(["mnist", "--quick"]) == 2
    assert "ufm-verifier[networks]" in capsys.readouterr().err
    with pytest.raises(InvalidInput):
        network_runs.require_torch()


def test_groups_follow_the_counts():
    history = made_up((10,) * 5, (20,) * 5)
    assert measure.by_group(history, measure.class_times(history))[0, 0, 0].tolist() == [9.5, 19.5]  # half-way between logged steps
