"""The network check as its users see it: the statistics, the verdicts without torch or data, and the command."""

import dataclasses
import json
import math
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from numerics.networks import data, measure
from numerics.networks.measure import RECORDS, History
from numerics.networks.plan import LOSSES, Plan
from proofs.claims.networks import runs as network_runs
from proofs.claims.networks import trained_networks as networks
from proofs.claims.networks.runs import best_exponent, estimate
from proofs.claims.networks.trained_networks import CLAIMS
from proofs.cli import main
from proofs.documents import network_evidence
from proofs.kernel import judge
from proofs.kernel.verdict import Verdict
from theory.exact import InvalidInput

GAMMAS = (0, 0.25, 0.5, 0.75, 1, 1.25, 1.5)


def made_up(majority_times, minority_times, losses=("squared",)):
    """A history in which class margins of each exponent reach 1/2 at the given steps; ten seeds alike, and losses too.

    Nothing else in it is ever learned.
    """
    steps = np.arange(0, 101)
    times = np.stack([majority_times] * 5 + [minority_times] * 5, axis=-1)  # exponents × classes
    margins = (steps[:, None, None] >= times) * 1.0
    shape = (101, 10, len(losses), len(majority_times))
    margins = np.broadcast_to(margins[:, None, None], (*shape, 10))
    by_class = {name: np.ones((*shape, 10, 10)) * (name != "mean_logits") for name in RECORDS if name != "margins"}
    plan = Plan(
        "none", data.step_counts(4, 10), steps=100, step_sizes=(1,) * len(losses), losses=losses, exponents=GAMMAS[: len(majority_times)]
    )
    return History(plan=plan, steps=steps, device="none", arithmetic="none", seconds=0, continued=False, margins=margins, **by_class)


@pytest.mark.parametrize(
    ("majority", "minority", "expected"),
    [
        ((10, 10, 10, 10, 10), (90, 40, 10, 5, 2), 0.5),
        ((10, 10, 10, 10, 10), (90, 80, 70, 60, 50), 1.0),
        ((90, 90, 90, 90, 90), (50, 40, 30, 20, 10), 0.0),
        ((10, 10, 10, 16, 20), (90, 80, 40, 16, 10), 0.75),
        ((10,) * 7, (90, 80, 70, 60, 50, 20, 5), 1.25 + 0.25 * math.log(19.5 / 9.5) / math.log(19.5 / 4.5)),  # 1 is no end
        ((10,) * 7, (90, 80, 70, 60, 50, 40, 30), 1.5),
    ],
)
def test_the_exponent_of_equal_times_is_where_the_times_cross(majority, minority, expected):
    assert best_exponent(made_up(majority, minority)) == pytest.approx(np.full((10, 1), expected), abs=0.01)


@pytest.mark.parametrize(
    ("minority", "verdict", "repaired"),
    [((90, 40, 10, 5, 2, 2, 2), Verdict.SUPPORTED, Verdict.REFUTED), ((90, 80, 70, 30, 5, 2, 2), Verdict.REFUTED, Verdict.SUPPORTED)],
)
def test_claims_are_judged_on_the_run_that_is_given(monkeypatch, minority, verdict, repaired):
    pytest.importorskip("torch", reason="the row names its version")
    monkeypatch.setattr(network_runs, "quick_run", None)  # and on no other
    measured = {place: bounds for place, bounds in networks.family().items() if place[1] == "exponent-of-equal-times"}
    monkeypatch.setattr(networks, "family", lambda: measured)  # what such a run has
    claims = {claim.id: claim for claim in CLAIMS}
    with network_runs.judged_on(made_up((10,) * 7, minority, LOSSES)):
        rows = [judge.judge(claims[name], None, None) for name in ("exponent-sensitivity", "exponent-above-one-half")]
    assert [row.verdict for row in rows] == [verdict, repaired]
    assert rows[0].findings.parts[0].evidence.trusts[0] == "none, 220 images a run, seeds 0 to 9"


def test_what_seeds_leave_open_on_one_side_of_a_bound_is_not_decided(monkeypatch):
    """Half the seeds beyond the bound: the interval reaches over it, and the row says so."""
    pytest.importorskip("torch", reason="the row names its version")
    low, high = (made_up((10,) * 7, times, LOSSES) for times in ((90, 80, 10, 5, 2, 2, 2), (90, 80, 70, 30, 5, 2, 2)))
    margins = np.concatenate([low.margins[:, :5], high.margins[:, 5:]], axis=1)
    with network_runs.judged_on(dataclasses.replace(low, margins=margins)):
        row = judge.judge({claim.id: claim for claim in CLAIMS}["exponent-above-one-half"], None, None)
    assert row.verdict is Verdict.UNDECIDED


def textbook(p_values, error):
    """Which hypotheses Holm's procedure rejects: in ascending order while p_(i) ≤ error/(m − i + 1)."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    rejected = set()
    for rank, i in enumerate(order):
        if p_values[i] > error / (len(p_values) - rank):
            break
        rejected.add(i)
    return rejected


def test_intervals_are_corrected_by_holms_step_down():
    assert network_runs.holm("abcd", lambda i, level: {"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005}[i] <= level, 0.05) == {
        "a": 0.05 / 3,
        "b": 0.05 / 2,
        "c": 0.05 / 2,
        "d": 0.05 / 4,
    } | {"a": 0.05 / 4}  # a and d fall together, at the first step
    generator = np.random.default_rng(3)
    for _ in range(200):
        p_values = generator.beta(0.3, 3, size=generator.integers(1, 12))
        levels = network_runs.holm(range(len(p_values)), lambda i, level, p=p_values: p[i] <= level, 0.05)
        assert {i for i, level in levels.items() if p_values[i] <= level} == textbook(p_values, 0.05)
    assert network_runs.holm("", None, 0.05) == {}


def test_no_wrong_decision_in_a_family_more_often_than_one_interval_is_wrong():
    """Twenty true nulls at once: without a correction every other family would hold a false support."""
    generator = np.random.default_rng(5)
    wrong = 0
    for _ in range(30):
        family = {k: network_runs.Bounds(lambda history, k=k: history.values[k], "one", 0.0, math.inf) for k in range(20)}
        history = SimpleNamespace(values=generator.normal(size=(20, 40, 1)), plan=SimpleNamespace(losses=("one",)))
        levels = network_runs.levels(history, family)
        wrong += any(estimate(history.values[k][:, 0], levels[k]).low > 0 for k in family)
    assert wrong <= 6  # 1 expected, were the intervals exact; about 13 without the correction


def test_each_interval_of_a_run_has_its_level_in_the_family(monkeypatch):
    family = networks.family()
    assert len(family) == 22
    history = made_up((10,) * 7, (90, 80, 70, 30, 5, 2, 2), LOSSES)
    levels = network_runs.levels(history, family)
    assert set(levels) == set(family)
    assert min(levels.values()) == pytest.approx(0.05 / 22)
    pytest.importorskip("torch", reason="the row names its version")
    with network_runs.judged_on(history):
        (part, _) = {claim.id: claim for claim in CLAIMS}["exponent-above-one-half"].parts(SimpleNamespace(least=0.6, greatest=math.inf))
        level = levels["exponent-above-one-half", "exponent-of-equal-times", "cross-entropy"]
        assert f"{100 * (1 - level):.2f} %" in part.measure().trusts[-1]


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
    from proofs.claims import registry
    from proofs.ledger import ledger

    names = ["minority-earlier", "mode-closed-form"]
    monkeypatch.setenv("UFM_DATA", "")
    monkeypatch.delenv("STRICT", raising=False)
    chosen = registry.claims(names)
    monkeypatch.setattr(registry, "claims", lambda ids=(): tuple(claim for claim in chosen if not ids or claim.id in ids))
    monkeypatch.setattr(ledger.engines, "decide", None)
    rows = {claim.id: (network_runs.quick_run.cache_clear(), judge.judge(claim, None, None))[1] for claim in chosen[:1]}
    held = SimpleNamespace(claim_id="mode-closed-form", verdict=Verdict.DERIVED, problems=(), findings=rows["minority-earlier"].findings)
    monkeypatch.setattr(
        ledger, "judged", lambda ids=(), fresh=False, progress=None: iter(row for row in (*rows.values(), held) if row.claim_id in ids)
    )
    assert main(["verify"]) == 0
    assert "not checked, and no pass, for want of a tool: minority-earlier" in capsys.readouterr().out
    assert main(["verify", *names]) == 3
    monkeypatch.setenv("STRICT", "1")
    assert main(["verify"]) == 3


def test_kept_evidence_makes_the_table_and_says_where_it_is_from():
    lines = network_evidence.table().splitlines()
    assert len([line for line in lines if line.startswith("| ")]) == 1 + 2 * len(
        json.loads(network_evidence.EVIDENCE.read_text())["variants"]
    )
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
    monkeypatch.setattr(
        network_runs,
        "plan",
        lambda quick=True, dataset="mnist": Plan(
            dataset,
            data.step_counts(1, 3),
            steps=20,
            step_sizes=(0.3, 0.5),
            seeds=(0, 1, 2),
            channels=(2, 2, 2),
            pixels=14,
            test_per_class=5,
        ),
    )


def test_the_document_and_the_pictures(small, capsys, tmp_path):
    assert main(["mnist", "--quick", "--dataset", "fashion-mnist", "--device", "cpu", "--plot", str(tmp_path / "plots"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["dataset"], found["device"], found["arithmetic"]) == ("fashion-mnist", "cpu", "float32, TF32 off")
    assert len(found["runs"]) == 14
    assert {row["weight_exponent"] for row in found["runs"]} == {"0", "1/4", "1/2", "3/4", "1", "5/4", "3/2"}
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


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["--device", "tpu"], "one of auto, cpu, cuda"),
        (["--dataset", "cifar"], "one of mnist, fashion-mnist"),
        (["--data", "/nowhere"], "cannot be read"),
        (["--plot", "/proc/nowhere"], "cannot be written"),
    ],
)
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
    history = made_up((10,) * 7, (20,) * 7)
    assert measure.by_group(history, measure.class_times(history))[0, 0, 0].tolist() == [9.5, 19.5]  # half-way between logged steps
