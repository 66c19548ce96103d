"""Predictions for networks: the formulas against values computed by other roads, the statistics on made-up runs, the kept files."""

import dataclasses
import json
import math
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from numerics.basis import centred_labels
from numerics.networks import data
from proofs.claims.networks import kept, predictions
from proofs.claims.networks import predicted_networks as networks
from proofs.documents import network_predictions
from proofs.kernel import judge
from proofs.kernel.verdict import Verdict
from theory.data.counts import ClassCounts

PLAN = predictions.MNIST
NAME = networks.BRACKETED[0]
SEEDS = 12


def block(counts, rho, kappa):
    n = np.array(counts)
    return np.where(np.eye(len(n), dtype=bool), rho + (1 - rho) / n, kappa)


@pytest.mark.parametrize(
    ("counts", "rho", "kappa", "lazy", "rich"),
    [
        (data.step_counts(4, 10), 0.3, 0.1, 0.763427994, 0.881713997),
        (data.step_counts(2, 10), 0.1, 0.12, -0.235528447, 0.382235777),
        (ClassCounts((1000,) * 5 + (10,) * 5), 0.05, 0.0, 0.772888093, 0.886444046),
        (PLAN.counts, 0.2, 0.2, 0, 0.5),
    ],
)
def test_a_block_kernel_has_the_bracket_of_its_flattening_exponents(counts, rho, kappa, lazy, rich):
    pytest.importorskip("torch", reason="contrasts are of torch's kernels")
    plan = dataclasses.replace(PLAN, counts=counts)
    assert predictions.bracket(block(counts.per_class, rho, kappa), plan) == pytest.approx((lazy, rich), abs=1e-8)


def test_the_median_contrast_is_the_geometric_mean_of_the_middle_two():
    pytest.importorskip("torch", reason="contrasts are of torch's kernels")
    factor = np.random.default_rng(0).normal(size=(10, 20))
    B = factor @ factor.T
    P = np.eye(5) - 1 / 5

    def median(which):
        values = np.sort(np.linalg.eigvalsh(P @ B[np.ix_(which, which)] @ P))[1:]
        return math.sqrt(values[1] * values[2])

    even = np.arange(0, 10, 2)
    lazy = 1 + math.log(median(even) / median(even + 1)) / math.log(10)
    assert predictions.bracket(B, PLAN) == pytest.approx((lazy, (1 + lazy) / 2))


def test_the_bias_alone_learns_the_share_that_its_own_flow_reaches():
    shares = predictions.bias_shares(PLAN, "squared")
    assert shares[:3] == pytest.approx([0.669421488, 0.571124361, 0.425040425])
    Z, sigma_u = centred_labels(PLAN.counts), np.where(np.array(PLAN.counts.per_class) > 20, 1, -1)
    for loss in PLAN.losses:
        for masses, share in zip(PLAN.weights() * PLAN.counts.per_class, predictions.bias_shares(PLAN, loss), strict=True):
            prior = masses / masses.sum()
            bias = prior - 0.1 if loss == "squared" else np.log(prior) - np.log(prior).mean()
            L = np.repeat(bias[:, None], PLAN.counts.n, axis=1)
            U, sigma, Vt = np.linalg.svd(Z, full_matrices=False)
            middle = next(k for k in range(9) if abs(U[:, k] @ sigma_u) > 3)
            assert U[:, middle] @ L @ Vt[middle] / sigma[middle] == pytest.approx(share, abs=1e-9)


@pytest.mark.parametrize(("loss", "threshold"), [("squared", 0.382700042), ("cross-entropy", 0.946919563)])
def test_the_jump_is_where_the_share_falls_below_a_half(loss, threshold):
    for exponents, place in ((Fraction(0), 0), (Fraction(3, 2), None)):
        below, above = (Fraction(threshold + shift).limit_denominator(10**6) for shift in (-1e-3, 1e-3))
        plan = dataclasses.replace(PLAN, exponents=(exponents, *((below, above) if place == 0 else ()), Fraction(3, 2)))
        assert predictions.jump(plan, loss) == (1 if place == 0 else None)


def test_contrasts_in_the_lazy_flow_of_a_block_kernel_have_their_closed_form():
    """Without bias in B: 1 − (1 − η a (β − κ)/n)^t reaches one half; the middle mode is not among them."""
    rho, kappa = 0.6, 0.3
    counts = np.array(PLAN.counts.per_class)
    found = predictions.lazy_times(block(counts, rho, kappa) * 3, PLAN, "squared")
    for k, weights in enumerate(PLAN.weights()):
        for group, n in ((0, 40), (2, 4)):
            mass = n * weights[counts == n][0] / counts.sum()
            step = math.log(2) / -math.log(1 - 0.5 * mass * 3 * (rho + (1 - rho) / n - kappa))
            assert found[k, group] == pytest.approx(min(step, PLAN.steps), rel=0.02)  # between logged steps


def test_the_first_rate_of_images_without_likeness_is_that_of_free_features():
    n = PLAN.counts.n
    plan = dataclasses.replace(predictions.LINEAR, seeds=(0,))
    expected = [np.linalg.norm(centred_labels(plan.counts) * weights[list(plan.counts.labels)], 2) / n for weights in plan.weights()]
    assert np.expm1(predictions.first_rates(plan, np.eye(n))) / plan.step_sizes[0] == pytest.approx(expected)


def test_a_growth_rate_is_read_off_the_logits():
    steps = np.arange(0, 200, 7)
    rate = np.array([0.03, 0.05])
    logits = 1e-6 * np.exp(2 * rate * steps[:, None])[:, None, None, :, None, None] * np.eye(10)
    history = SimpleNamespace(mean_logits=logits, steps=steps, plan=SimpleNamespace(counts=PLAN.counts))
    assert predictions.measured_rates(history)[0, 0] == pytest.approx(rate)
    history.mean_logits = logits * 1e-9
    assert np.isnan(predictions.measured_rates(history)).all()


# The statistics ------------------------------------------------------------------------------------------------------


@pytest.fixture
def made_up(monkeypatch):
    """Kept files in which every experiment has the times of one function, seeds alike."""

    def put(times, lazy=0.6, rich=0.8):
        everything = {"predicted": {"experiments": {}}, "measured": {"experiments": {}, "versions": {"torch": "none"}}}
        for name, plan in predictions.EXPERIMENTS.items():
            each = {loss: [[times(name, loss, float(gamma)) for gamma in plan.exponents]] * SEEDS for loss in plan.losses}
            everything["measured"]["experiments"][name] = {
                "seeds": [0, SEEDS - 1],
                "device": "none",
                "arithmetic": "none",
                "mode_times": each,
                "first_rates": [[[1.0] * 7] * 2] * SEEDS,
            }
            everything["predicted"]["experiments"][name] = {
                "kernels": {kernel: {"lazy": [lazy] * SEEDS, "rich": [rich] * SEEDS} for kernel in ("tangent", "inputs")},
                "jump": {"cross-entropy": ["3/4", "1"], "squared": ["1/4", "1/2"]},
                "lazy_times": [{loss: [[100, 3, 200]] * 7 for loss in plan.losses}] * SEEDS,
                "first_rates": [[1.0] * 7] * SEEDS,
            }
        monkeypatch.setattr(kept, "read", lambda: (everything["predicted"], everything["measured"]))

    yield put
    networks.family.cache_clear()
    networks.levels.cache_clear()


def verdicts():
    networks.family.cache_clear()
    networks.levels.cache_clear()
    return {claim.id: judge.judge(claim, None, None).verdict for claim in networks.CLAIMS}


def as_predicted(name, loss, gamma):
    """Equal at γ = 0.7, or at 0.65 with scaled outputs, the middle mode first until its jump, and later than the majority with bias
    frozen and features centred."""
    jumped = gamma >= (0.5 if loss == "squared" else 1)
    middle = 90 if jumped or ("frozen" in name and "centred" in name) else 3
    equal = 0.65 if name in predictions.SCALED else 0.7
    return [50, middle, 50 * 10 ** (equal - gamma)]


def test_runs_as_predicted_support_every_claim_and_all_near_misses_are_rejected(made_up):
    made_up(as_predicted)
    found = verdicts()
    assert set(found.values()) == {Verdict.SUPPORTED}, found


@pytest.mark.parametrize(
    ("changed", "refuted"),
    [
        (
            lambda times, gamma: [times[0], times[1], 50 * 10 ** (0.9 - gamma)],
            {"kernel-brackets-exponent", "inputs-bracket-exponent-of-two-linear-layers"},
        ),
        (
            lambda times, gamma: [times[0], 30 + gamma, times[2]],
            {"middle-time-jumps", "middle-mode-needs-a-common-mean", "lazy-flow-times-the-middle-mode"},
        ),
        (lambda times, gamma: [times[0], 300, times[2]], {"kernel-orders-mode-groups"}),
        (lambda times, gamma: [200, times[1], 200 * 10 ** (0.7 - gamma)], {"lazy-flow-times-the-middle-mode"}),
    ],
    ids=["another exponent", "no jump", "another order", "slower than the lazy flow"],
)
def test_runs_that_are_not_as_predicted_are_not_supported(made_up, changed, refuted):
    made_up(lambda name, loss, gamma: changed(as_predicted(name, loss, gamma), gamma))
    found = verdicts()
    assert all(found[claim_id] is not Verdict.SUPPORTED for claim_id in refuted), found
    assert found["first-rate-of-two-linear-layers"] is Verdict.SUPPORTED


# The files -----------------------------------------------------------------------------------------------------------


def test_runs_for_other_predictions_are_not_believed(monkeypatch, tmp_path):
    for name, document in (("PREDICTIONS", {}), ("MEASURED", {"predictions": "0" * 64})):
        monkeypatch.setattr(kept, name, tmp_path / name)
        getattr(kept, name).write_text(json.dumps(document))
    kept.read.cache_clear()
    row = judge.judge(networks.CLAIMS[0], None, None)
    assert row.verdict is Verdict.NOT_CHECKED
    kept.MEASURED.unlink()
    kept.read.cache_clear()
    assert judge.judge(networks.CLAIMS[0], None, None).verdict is Verdict.NOT_CHECKED
    kept.read.cache_clear()


def test_the_kept_predictions_are_those_of_the_formulas(monkeypatch):
    pytest.importorskip("torch", reason="kernels are of torch's networks")
    if not data.given_folder():
        pytest.skip("UFM_DATA is not set: no images to take kernels of")
    written = json.loads(kept.PREDICTIONS.read_text())["experiments"]
    assert set(written) == set(predictions.EXPERIMENTS)
    for name in (NAME, "two linear layers"):
        monkeypatch.setitem(predictions.EXPERIMENTS, name, dataclasses.replace(predictions.EXPERIMENTS[name], seeds=(20,)))
        again = predictions.predicted(name)
        for kernel, each in again["kernels"].items():
            assert each["lazy"] == pytest.approx(written[name]["kernels"][kernel]["lazy"][:1], abs=1e-3)
            assert each["rich"] == pytest.approx(written[name]["kernels"][kernel]["rich"][:1], abs=1e-3)
        for key in {"lazy_times", "first_rates"} & set(again):
            assert json.dumps(again[key][0])[:20] == json.dumps(written[name][key][0])[:20]
    assert again["first_rates"][0] == pytest.approx(written[name]["first_rates"][0], rel=1e-4)


def test_every_experiment_is_run_as_it_was_planned():
    _, measured = kept.read()
    assert set(measured["experiments"]) == set(predictions.EXPERIMENTS)
    for name, each in measured["experiments"].items():
        plan = predictions.EXPERIMENTS[name]
        assert (tuple(each["seeds"]), each["steps"]) == (plan.seeds, plan.steps)
        assert np.shape(each["mode_times"]["squared"]) == (len(plan.seeds), len(plan.exponents), 3)


def test_what_is_said_to_be_left_open_is_neither_supported_nor_refuted():
    assert len(networks.open_intervals()) == len(networks.LEFT_OPEN) > 0
    for _, mean, found in networks.open_intervals():
        assert any(found.low < bound < found.high for bound in mean.bounds), mean.id


def test_kept_evidence_makes_the_table_with_its_misses():
    text = network_predictions.table()
    for claim in networks.CLAIMS:
        (line,) = (line for line in text.splitlines() if line.startswith(f"| `{claim.id}` |"))
        assert str(judge.judge(claim, None, None).verdict) in line
    assert text.count("left open") == len(networks.LEFT_OPEN)


def test_text_of_the_files_is_json_that_says_the_same():
    document = {"command": "x", "experiments": {"a": {"b": [1, 2], "c": "é"}, "d": {"e": None}}}
    assert json.loads(kept.text(document)) == document
