"""`--labels`, `--similarity` and `--features` of `ufm window` and `ufm derive`."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from numerics.constrained_features.inputs import block_gram, inputs_of
from proofs.advise.flattening import flattening
from proofs.advise.inputs import of_features
from proofs.cli import main
from theory.constrained_features.flattening import exponents_by_class_means
from theory.data.counts import ClassCounts

COUNTS = ClassCounts((40,) * 5 + (4,) * 5)
GIVEN = ("--counts", ",".join(map(str, COUNTS.per_class)), "--weight-exponent", "1/2")
RATES = (2.94957624, 3.12657075, 1.22474487)  # majority, middle, minority at ρ = 0.3, κ = 0.1, computed before
EXPONENTS = {"lazy": 0.763427994, "rich": 0.881713997}
DIGITS = 1e-6


def document(capsys, *arguments):
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def files(tmp_path):
    """Features and labels of the similarity 0.3, 0.1, in a random order."""
    order = np.random.default_rng(0).permutation(COUNTS.n)
    X, labels = inputs_of(block_gram(COUNTS, 0.3, 0.1)).T[order], np.array(COUNTS.labels)[order]
    np.save(tmp_path / "X.npy", X)
    np.save(tmp_path / "y.npy", labels)
    return "--features", str(tmp_path / "X.npy"), "--labels", str(tmp_path / "y.npy"), "--weight-exponent", "1/2"


@pytest.mark.parametrize("by", ["similarity", "features"])
def test_window_has_the_rates_and_exponents_that_were_computed_before(capsys, files, by):
    given = files if by == "features" else (*GIVEN, "--similarity", "0.3,0.1")
    found = document(capsys, "window", *given)
    assert [mode["escape_rate"] for mode in found["modes"]] == pytest.approx(RATES, rel=DIGITS)
    assert {name: found["flattening"][name] for name in EXPONENTS} == pytest.approx(EXPONENTS, rel=DIGITS)
    assert found["order"] == [1, 0, 2]
    assert found["modes"][0]["learning_time"] == pytest.approx(2.84155702, rel=DIGITS)
    assert found["flattening"]["exact"] is (by == "similarity")
    assert ("escape_rate_exact" in found["modes"][0]) is (by == "similarity")


def test_the_exponents_of_any_features_are_those_of_the_theory_of_class_means():
    features = np.random.default_rng(2).standard_normal((COUNTS.n, 9)) + np.repeat(np.eye(10), COUNTS.per_class, axis=0)[:, :9]
    inputs = of_features(features, None, COUNTS)
    expected = exponents_by_class_means(inputs.gram, range(5), range(5, 10), 40, 4)
    found = flattening(COUNTS, inputs)
    assert (found.rich, found.lazy) == pytest.approx((float(expected.rich), float(expected.lazy)), rel=1e-12)


def test_the_flat_weights_are_flat(capsys):
    counts, given = "100,50,20,5,1", ("--similarity", "1/5")
    weights = document(capsys, "window", "--counts", counts, *given)["flattening"]
    lazy = [0.0480769231, 0.0925925926, 0.208333333, 0.555555556, 1]
    rich = [0.0219264505, 0.0430331483, 0.102062073, 0.333333333, 1]
    for name, expected in (("rich_weights", rich), ("lazy_weights", lazy)):
        assert np.array(weights[name]) / weights[name][-1] == pytest.approx(expected, rel=DIGITS)
    flat = document(capsys, "window", "--counts", counts, "--class-weight", ",".join(map(repr, weights["rich_weights"])), *given)
    assert flat["window"]["escape"]["relative"] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("loss", ["squared", "cross-entropy"])
def test_derive_has_the_same_rates(capsys, files, loss):
    for given in (files, (*GIVEN, "--similarity", "0.3,0.1")):
        found = document(capsys, "derive", loss, *given)
        rates = {round(rate["value"], 6): rate["multiplicity"] for rate in found["step"]["escape_rates"]}
        assert rates == {round(RATES[1], 6): 1, round(RATES[0], 6): 4, round(RATES[2], 6): 4}
        assert {name: found["flattening"][name] for name in EXPONENTS} == pytest.approx(EXPONENTS, rel=DIGITS)


def test_a_loss_that_pulls_rare_classes_harder_needs_a_smaller_exponent(capsys):
    """The pull of label-distribution-aware margins is e^(margin) at zero logits, and margins are larger for rare classes."""
    given = ("--counts", "40,30,20,10", "--similarity", "0.3")
    plain, pulled = (document(capsys, "derive", loss, *given)["flattening"] for loss in ("cross-entropy", "ldam"))
    assert pulled["rich"] < plain["rich"]
    assert pulled["lazy"] is None
    weights = np.array(pulled["rich_weights"])
    rates = document(capsys, "derive", "ldam", *given, "--class-weight", ",".join(map(repr, weights.tolist())))["step"]["escape_rates"]
    assert math.log(rates[0]["value"] / rates[-1]["value"]) < 0.2


def test_labels_give_counts_everywhere(capsys, files):
    for command in (["window"], ["derive", "squared"], ["simulate", "--delta", "2"], ["advise", "--compare", "none"]):
        by_labels = document(capsys, *command, *files[2:4])
        by_counts = document(capsys, *command, *GIVEN[:2])
        read = (lambda found: found["step"]["counts"]) if command[0] == "derive" else (lambda found: found["counts"])
        assert read(by_labels) == read(by_counts) == list(COUNTS.per_class)


def test_the_table_says_which_weights_equalise(capsys):
    for command in (["window"], ["derive", "squared"]):
        assert main([*command, *GIVEN, "--similarity", "0.3,0.1"]) == 0
        printed = capsys.readouterr().out
        assert "n^(−0.8817)" in printed
        assert "n^(−0.7634)" in printed


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ((*GIVEN, "--similarity", "x"), "similarity"),
        ((*GIVEN, "--similarity", "0.1,0.5"), "make the second smaller"),
        ((*GIVEN, "--similarity", "0.3", "--features", "X.npy"), "one of them is enough"),
        ((*GIVEN, "--features", "nowhere.npy"), "cannot be read"),
        ((*GIVEN, "--labels", "y.npy"), "exactly one is needed"),
    ],
)
def test_wrong_inputs_end_with_one_line(capsys, given, told):
    for command in (["window"], ["derive", "squared"]):
        assert main([*command, *given]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert told in err
        assert err.count("\n") == 1
