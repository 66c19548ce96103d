"""Advice with a trained bias and with decay: rates after the bias, notes that hold, ties in class order, and runs that are refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

from numerics.constrained_features.inputs import block_gram, inputs_of
from numerics.integrate import IntegrationFailed
from numerics.problem import Problem
from numerics.trained_bias.runs import escape_rates
from proofs.advise.advice import advise
from proofs.cli import main
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput
from theory.losses import loss_named

COUNTS = ClassCounts((4, 2, 1))


@pytest.mark.parametrize("loss", ["squared", "cross-entropy"])
def test_rates_with_a_bias_are_those_of_runs_of_all_samples_whose_bias_is_at_rest(loss):
    advice = advise(counts=COUNTS, criterion=loss, reduction="torch-sum", lr=0.1, compare=["none", "sqrt"], bias=True, decay=0.01)
    for record in advice.records:
        measured = escape_rates(Problem(COUNTS, tuple(record["weights"]), loss_named(loss)), 3)
        assert [record["fastest_rate"], record["slowest_rate"]] == pytest.approx(0.1 * measured - 0.001, rel=1e-5)
    plain, weighted = (record["fastest_rate"] for record in advice.records)
    assert advice.records[1]["equivalent_learning_rate_factor"] == pytest.approx(weighted / plain)


def test_rates_of_constrained_features_with_a_bias_are_those_of_centred_inputs():
    masses = np.array(COUNTS.per_class)
    M = inputs_of(block_gram(COUNTS, 0.3, 0.1)) @ np.eye(3)[list(COUNTS.labels)] / masses
    centred = M - (M @ masses / masses.sum())[:, None]
    rates = np.linalg.svd(centred * masses, compute_uv=False)  # (I − π1ᵀ) diag(a) Mᵀ = diag(a) of the centred class means
    similar = {"similarity": ("0.3", "0.1"), "bias": True}
    record = advise(counts=COUNTS, reduction="torch-sum", lr=1.0, compare=["none"], **similar).records[0]
    assert [record["fastest_rate"], record["slowest_rate"]] == pytest.approx(rates[:2], rel=1e-9)


def test_rates_with_a_bias_are_none_where_it_is_not_known_where_that_settles(capsys):
    arguments = ["advise", "--counts", "4,2,1", "--loss", "focal", "--bias", "--compare", "none,sqrt"]
    assert main([*arguments, "--json"]) == 0
    for record in json.loads(capsys.readouterr().out)["weightings"]:
        assert [record[key] for key in ("fastest_rate", "slowest_rate", "equivalent_learning_rate_factor")] == [None] * 3
    assert main(arguments) == 0
    assert "after the bias has settled" in capsys.readouterr().out


def test_there_is_no_factor_where_decay_keeps_everything_from_growing():
    assert advise(counts=COUNTS, compare=["none"], decay=5.0).records[0]["equivalent_learning_rate_factor"] is None


def test_that_the_inverse_root_equalises_is_said_of_free_features_alone():
    said = "free features, where n^(−1/2) equalises"
    assert said in " ".join(advise(counts=COUNTS, compare=["none"]).notes)
    for options in ({"bias": True}, {"decay": 0.01}):
        notes = " ".join(advise(counts=COUNTS, compare=["none"], **options).notes)
        assert said not in notes
        assert "In trained networks the exponent that equalised" in notes


def test_which_exponent_equalises_constrained_features_is_not_said_with_a_bias():
    advice = advise(counts=COUNTS, compare=["none"], similarity="0.3", bias=True)
    assert list(advice) == ["none"]
    assert advice.as_json()["flattening"] is None
    assert advice.rests_on.keys() == {"networks"}


@pytest.mark.parametrize("options", [{"bias": True}, {"decay": 0.01}, {"bias": True, "criterion": "squared"}])
def test_classes_that_are_alike_keep_their_order(options):
    advice = advise(counts=(7, 7, 7, 7, 3, 3, 3, 3), **options)
    for record in advice.records:
        order, steps = record["order"], np.array(record["class_steps"])
        for alike in (range(4), range(4, 8)):
            assert np.ptp(steps[list(alike)]) < 1e-9 * steps.max()
            assert [j for j in order if j in alike] == list(alike)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("--counts 100000000000,1", "the run must stay finite and did not"),
        ("--counts 100000000000,1 --bias", "a trained bias must relax less fast"),
        ("--counts 1000000,1 --bias --loss squared", "a trained bias must relax less fast"),
        ("--step 4,10 --decay 1e300", "decay=1e+300 times lr=0.1 must be below 1"),
        ("--step 4,10 --decay 1e150", "decay=1e+150 times lr=0.1 must be below 1"),
        ("--step 4,10 --decay 10", "decay=10 times lr=0.1 must be below 1"),
    ],
)
def test_runs_that_cannot_be_made_are_refused_in_one_line_before_anything_is_printed(capsys, arguments, told):
    assert main(["advise", *arguments.split()]) == 2
    found = capsys.readouterr()
    assert found.out == ""
    assert found.err.count("\n") == 1
    assert told in found.err
    assert "shorter time" not in found.err  # advice takes none


def test_a_run_of_too_many_steps_is_told_what_advice_takes(monkeypatch):
    monkeypatch.setattr("numerics.integrate.MOST_STEPS", 5)
    with pytest.raises(InvalidInput, match="give counts that differ less, fewer classes or a smaller delta"):
        _ = advise(counts=COUNTS, compare=["none"], decay=0.01).records


def test_a_run_whose_integration_stops_is_told_in_one_line(monkeypatch, capsys):
    def stops(*_, **__):
        raise IntegrationFailed("the integration stopped at flow time 0 of 1: the step is too small")

    monkeypatch.setattr("numerics.constrained_features.class_level.integrate", stops)
    assert main(["advise", "--counts", "4,2,1", "--decay", "0.01"]) == 2
    found = capsys.readouterr()
    assert (found.out, found.err.count("\n")) == ("", 1)
    assert "must stay finite and did not (the integration stopped at flow time 0 of 1)" in found.err
