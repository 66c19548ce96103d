"""Advice on a last layer: the weights that equalise, what they rest on, and what it refuses."""

import json

import numpy as np
import pytest

from numerics.last_layer.least_squares import fit
from proofs.advise import last_layer
from proofs.claims import registry
from proofs.cli import main
from theory.data.counts import explicit

COUNTS = (160, 40)


def gaussian(seed=0, counts=COUNTS, d=20, length=2.0):
    generator = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(counts)), counts)
    X = generator.standard_normal((len(labels), d))
    X[:, 0] += np.where(labels == 0, length, -length)
    return X, labels


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    X, labels = gaussian()
    order = np.random.default_rng(5).permutation(len(labels))
    np.save("X.npy", X[order])
    np.save("y.npy", labels[order])
    return "--features", "X.npy", "--labels", "y.npy"


def test_the_document_has_the_weights_and_what_they_rest_on(files, capsys):
    assert main(["advise", "--last-layer", *files, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["counts"], told["rank"], told["features_per_sample"]) == ([160, 40], 20, 0.1)
    assert told["weights"][1] / told["weights"][0] == pytest.approx((160 - 10) / (40 - 10))
    assert np.dot(told["weights"], told["counts"]) == pytest.approx(200)
    assert told["separation"] == pytest.approx(2.0, rel=0.15)


def test_each_number_rests_on_a_claim_of_the_ledger():
    assert {*last_layer.TWO.values(), *last_layer.MANY.values()} <= set(registry.modules())


def test_columns_that_are_combinations_of_others_are_no_features():
    X, labels = gaussian()
    wider = np.column_stack([X, X[:, :3] @ np.ones((3, 2)), np.ones(len(X))])
    advice = last_layer.last_layer(wider, explicit(list(COUNTS)), labels)
    assert (advice.columns, advice.rank) == (23, 20)


def test_the_weights_make_the_intercept_vanish_over_draws():
    """What they are for: over draws the mean intercept is that of classes that err alike, and without weights it is not."""
    means = {}
    for name in ("advised", "none"):
        found = []
        for seed in range(200):
            X, labels = gaussian(seed)
            w = (
                np.array(last_layer.last_layer(X, explicit(list(COUNTS)), labels).exact, dtype=float)[labels]
                if name == "advised"
                else np.ones(200)
            )
            found.append(float(fit(X, np.where(labels == 0, 1.0, -1.0), w).intercept))
        means[name] = (np.mean(found), 5 * np.std(found) / 200**0.5)
    assert abs(means["advised"][0]) < means["advised"][1] + 1 / 200
    assert means["none"][0] > 0.1


def test_the_estimate_of_the_separation_has_no_bias():
    """4ρ² of 400 draws, from its square, which the formula makes unbiased where it is not cut off at 0."""
    found = [last_layer.last_layer(X, explicit(list(COUNTS)), y).separation ** 2 for X, y in (gaussian(seed) for seed in range(400))]
    assert abs(np.mean(found) - 4) < 5 * np.std(found) / 400**0.5


@pytest.mark.parametrize("unit", [1e-200, 1e-9, 1e9, 1e200])
def test_the_unit_of_a_feature_moves_nothing(unit):
    """Where the covariance is formed from features as they are, one in a unit of 1e-9 leaves an estimate of 0."""
    X, labels = gaussian()
    expected = last_layer.last_layer(X, explicit(list(COUNTS)), labels)
    for moved in (X * unit, np.column_stack([X[:, 0] * unit, X[:, 1:]]), np.column_stack([X[:, :5], X[:, 5:] * unit])):
        advice = last_layer.last_layer(moved, explicit(list(COUNTS)), labels)
        assert (advice.rank, advice.separation) == (20, pytest.approx(expected.separation, rel=1e-9))


def test_a_large_constant_is_no_feature():
    X, labels = gaussian()
    assert last_layer.last_layer(np.column_stack([X, np.full(len(X), 1e9 / 3)]), explicit(list(COUNTS)), labels).rank == 20


def test_classes_apart_without_noise_have_no_estimate():
    """Their distance in units of the noise is infinite: no finite number may say that equal errors are the best."""
    X, labels = gaussian()
    advice = last_layer.last_layer(np.column_stack([X, labels]), explicit(list(COUNTS)), labels)
    assert (advice.rank, advice.separation, advice.worst_class) == (21, None, None)
    assert not any("ρ is estimated" in note for note in advice.notes)


def test_of_many_classes_no_law_of_two_is_named():
    X, labels = gaussian(counts=(50, 40, 30), d=5)
    assert list(last_layer.last_layer(X, explicit([50, 40, 30]), labels).rests_on) == ["weights"]


def test_many_features_warn_of_the_worse_class():
    X, labels = gaussian(d=60)
    advice = last_layer.last_layer(X, explicit(list(COUNTS)), labels)
    assert advice.worst_class > 4
    assert any("lowers the errors of both" in note for note in advice.notes)


def test_more_classes_share_the_parameters(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("X.npy", np.random.default_rng(0).standard_normal((60, 9)))
    assert main(["advise", "--last-layer", "--features", "X.npy", "--counts", "30,20,10", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["weights"][2] / told["weights"][0] == pytest.approx((30 - 3) / (10 - 3))
    assert told["separation"] is None


def test_the_table_says_the_weights(files, capsys):
    assert main(["advise", "--last-layer", *files]) == 0
    out = capsys.readouterr().out
    assert "rank d = 20" in out
    assert "inverse frequency" in out


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["--labels", "y.npy"], "--features X.npy"),
        (["--features", "nowhere.npy", "--labels", "y.npy"], "'nowhere.npy' cannot be read"),
        (["--features", "X.npy", "--labels", "nowhere.npy"], "'nowhere.npy' cannot be read"),
        (["--features", "X.npy", "--counts", "160,41"], "each of the 201 samples"),
        (["--features", "X.npy", "--counts", "190,10"], "rank below 2 × 10"),
        (["--features", "y.npy", "--labels", "y.npy"], "must be n × d"),
        (["--features", "bad.npy", "--labels", "y.npy"], "not finite"),
        (["--features", "same.npy", "--labels", "y.npy"], "the same in all samples"),
        (["--features", "objects.npy", "--labels", "y.npy"], "Python objects"),
        (["--features", "complex.npy", "--labels", "y.npy"], "must be real numbers"),
        (["--features", "X.npy", "--labels", "y.npy", "--lr", "0.1"], "drop --lr"),
        (["--features", "X.npy", "--labels", "y.npy", "--bias", "--delta", "3"], "drop --bias, --delta"),
    ],
)
def test_wrong_input_is_one_line_and_status_2(files, capsys, arguments, names):
    X = np.load("X.npy")
    X[3, 2] = np.nan
    np.save("bad.npy", X)
    np.save("same.npy", np.full(X.shape, 1 / 3))
    np.save("objects.npy", X.astype(object), allow_pickle=True)
    np.save("complex.npy", X * 1j)
    assert main(["advise", "--last-layer", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert names in err
