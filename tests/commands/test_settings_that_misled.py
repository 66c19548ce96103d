"""Settings whose answer was wrong, missing or late: horizons, long weights, matched rates, losses of other libraries."""

from __future__ import annotations

import json
import signal

import numpy as np
import pytest
import sympy as sp

from numerics.basis import centred_labels
from proofs.cli import main
from proofs.commands import limits
from proofs.commands.derive import derive, target_words
from proofs.commands.window import window
from theory.data.counts import ClassCounts, step
from theory.data.weights import MOST_BITS, class_weights, is_written_out
from theory.exact import InvalidInput

LOGIT_NORM = '''
import sympy as sp
from theory.losses.loss import Loss, softmax_loss


class LogitNorm(Loss):
    """Cross-entropy of normalised logits: differentiable at zero, where its derivative is written 0/0."""

    name, source = "logit-norm", "a test"

    def sample_loss(self, logits, label, counts):
        norm = sp.sqrt(sum(l**2 for l in logits)) + sp.Rational(1, 10)
        return softmax_loss(tuple(25 * l / norm for l in logits), label)


class Endless(Loss):
    name, source = "endless", "a test"

    def sample_loss(self, logits, label, counts):
        while True:
            pass


class Kinked(Loss):
    name, source = "kinked", "a test"

    def sample_loss(self, logits, label, counts):
        return sp.Abs(logits[label] - 1) + sum(sp.Abs(l) for k, l in enumerate(logits) if k != label)
'''


@pytest.fixture
def own_losses(tmp_path, monkeypatch):
    (tmp_path / "normed.py").write_text(LOGIT_NORM)
    monkeypatch.chdir(tmp_path)


def document(capsys, *arguments):
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("setting", [("5000,50", "1,100"), ("990,10", "balanced"), ("9990,10,10", "balanced")])
def test_the_default_horizon_is_long_enough_for_a_class_that_weights_made_slow(setting, capsys):
    counts, weights = setting
    found = document(capsys, "simulate", "--counts", counts, "--class-weight", weights)
    assert found["ends"] == "learned"
    assert all(item["learning_time"] is not None for item in (*found["modes"], *found["classes"]))


def test_a_horizon_that_is_too_short_is_told_with_one_that_would_do(capsys):
    setting = ("simulate", "--counts", "500,5", "--class-weight", "1,100")
    short = document(capsys, *setting, "--time", "0.1")
    assert short["ends"] == "horizon"
    assert document(capsys, *setting, "--time", str(1.01 * short["time_needed"]))["ends"] == "learned"
    assert main([*setting, "--time", "0.1"]) == 0
    assert "would do" in capsys.readouterr().out
    assert main(["simulate", "--counts", "9,1", "--margin", "3/2"]) == 0
    assert "has settled" in capsys.readouterr().out


def test_weights_that_are_too_long_to_write_out_are_enclosed():
    counts = ClassCounts((4000, 700, 60, 11))
    long, *_, short = class_weights(counts, "effective-number:0.999", "raw")
    assert not is_written_out(long)
    assert is_written_out(short)
    beta = 0.999
    for normalization in ("raw", "mean", "mass"):
        weights = np.array([float(w) for w in class_weights(counts, "effective-number:0.999", normalization)])
        expected = (1 - beta) / (1 - beta ** np.array(counts.per_class, dtype=float))
        scale = {"raw": 1.0, "mean": 4 / expected.sum(), "mass": counts.n / (expected @ counts.per_class)}[normalization]
        assert weights == pytest.approx(scale * expected, rel=1e-12)
    assert len(str(long)) < 100
    assert 4000 * (1000).bit_length() > MOST_BITS


@pytest.mark.parametrize("choice", ["none", "sqrt", "balanced", "effective-number:0.9999"])
@pytest.mark.parametrize("normalization", ["raw", "mass"])
def test_a_thousand_different_counts_have_a_window_under_every_named_weight(choice, normalization):
    found = window(ClassCounts(tuple(range(1, 1001))), choice, normalization)
    assert len(found["modes"]) == 999
    assert json.dumps(found)


def test_rates_stand_beside_the_modes_whose_vectors_they_have():
    """With weights that reverse the order the fastest growth belongs to the smallest singular value."""
    counts = ClassCounts((900, 90, 10))
    found = window(counts, "effective-number:0.999")
    rates = [mode["escape_rate"] for mode in found["modes"]]
    assert rates == sorted(rates)
    omega = np.array([float(w) for w in class_weights(counts, "effective-number:0.999", "raw")])[list(counts.labels)]
    U, _, _ = np.linalg.svd(centred_labels(counts), full_matrices=False)
    X, mu, _ = np.linalg.svd(centred_labels(counts) * omega, full_matrices=False)
    for k, rate in enumerate(rates):
        assert rate == pytest.approx(mu[np.argmax((U[:, k] @ X[:, :2]) ** 2)], rel=1e-9)
    unweighted = window(counts, "none")
    assert [mode["escape_rate"] for mode in unweighted["modes"]] == pytest.approx([mode["singular_value"] for mode in unweighted["modes"]])


def test_names_of_weights_are_known_and_others_are_answered_with_what_was_meant(capsys):
    assert class_weights(ClassCounts((4, 1)), "sqrt", "raw") == (sp.Rational(1, 2), 1)
    for wrong, meant in (("inverse_sqrt", "sqrt"), ("blanced", "balanced"), ("effective", "effective-number:B")):
        with pytest.raises(InvalidInput, match=f"did you mean {meant}"):
            class_weights(ClassCounts((4, 1)), wrong, "raw")
    assert main(["window", "--counts", "4,1", "--class-weight", "inverse_sqrt"]) == 2
    assert "did you mean sqrt" in capsys.readouterr().err


def test_torch_weighs_each_class_inside_the_smoothed_sum():
    """At STEP(6, 9), weights n^(−1/2): the rates of torch's loss, and of the loss that weighs the whole of a sample."""
    counts = step(6, 9)
    torch_form = derive("weighted-label-smoothing").rates(counts, (sp.Integer(1),) * 6)
    assert [(rate.value, rate.multiplicity) for rate in torch_form] == [(pytest.approx(0.9), 4), (pytest.approx(0.86923, abs=5e-6), 1)]
    whole = derive("label-smoothing").rates(counts, class_weights(counts, "sqrt", "raw"))
    assert [(rate.exact, rate.multiplicity) for rate in whole] == [(sp.Rational(9, 10), 5)]


def test_only_what_sums_to_one_is_called_a_prior():
    assert "π1ᵀ" in target_words(derive("logit-adjusted"))
    words = target_words(derive("binary-cross-entropy"))
    assert "q1ᵀ" in words
    assert "π" not in words


@pytest.mark.usefixtures("own_losses")
def test_a_loss_that_is_written_0_over_0_at_zero_logits_is_derived_and_run(capsys):
    found = document(capsys, "derive", "normed:LogitNorm")
    assert found["first_order_target"] == "G = 250·ZΩ"
    assert found["flattening_exponent"] == "1/2"
    run = document(
        capsys, "simulate", "--counts", "5,2", "--loss", "normed:LogitNorm", "--delta", "3", "--fraction", "1/50", "--margin", "1/50"
    )
    assert run["modes"][0]["learning_time"] is not None


@pytest.mark.usefixtures("own_losses")
@pytest.mark.parametrize("command", [["derive", "normed:Endless"], ["simulate", "--counts", "5,2", "--loss", "normed:Endless"]])
def test_a_loss_that_takes_too_long_is_stopped_with_one_line(command, monkeypatch, capsys):
    monkeypatch.setattr(limits, "SECONDS", 0.5)
    assert main(command) == 2
    error = capsys.readouterr().err
    assert "0.5 seconds of processor time" in error
    assert error.count("\n") == 1
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


@pytest.mark.usefixtures("own_losses")
def test_a_loss_that_derive_refuses_is_refused_by_simulate(capsys):
    errors = []
    for command in (["derive", "normed:Kinked"], ["simulate", "--counts", "5,2", "--loss", "normed:Kinked"]):
        assert main(command) == 2
        errors.append(capsys.readouterr().err)
    assert errors[0] == errors[1]
    assert errors[0].count("\n") == 1
