"""`ufm simulate --depth N` and `--features fixed`."""

import json

import numpy as np
import pytest

from proofs.cli import main


def document(capsys, *arguments):
    assert main(["simulate", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_two_layers_are_the_run_without_depth(capsys):
    asked = ("--step", "4,10", "--weight-exponent", "1/2", "--delta", "4")
    plain, deep = document(capsys, *asked), document(capsys, *asked, "--depth", "2")
    assert deep.keys() == {*plain, "depth"}
    for part in ("modes", "classes"):
        found = [[item["learning_time"] for item in one[part]] for one in (plain, deep)]
        assert found[1] == pytest.approx(found[0], rel=1e-7)


def test_three_layers_delay_the_middle_mode(capsys):
    times = [
        mode["learning_time"]
        for mode in document(capsys, "--step", "4,10", "--weight-exponent", "1/2", "--delta", "4", "--depth", "3")["modes"]
    ]
    assert times[1] / times[2] == pytest.approx(1.039, abs=0.02)


def test_fixed_features_are_learned_by_their_equation(capsys):
    found = document(capsys, "--counts", "5,3,2", "--features", "fixed", "--loss", "cross-entropy")
    expected = (np.exp(0.5) + 2 * 0.5 - 1) / (3 * np.array([5, 3, 2]))
    assert [one["learning_time"] for one in found["classes"]] == pytest.approx(expected)
    assert found["balance_drift"] is None
    assert main(["simulate", "--step", "4,10", "--features", "fixed"]) == 0
    assert "drift" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--depth", "1"), "depth=1 must be a whole number ≥ 2"),
        (("--depth", "3", "--features", "fixed"), "--depth and --features do not go together"),
        (("--features", "free"), "features='free' must be 'fixed'"),
        (("--depth", "3", "--init", "random"), "--depth and --init do not go together"),
        (("--depth", "3", "--bias"), "--depth and --bias do not go together"),
        (("--features", "fixed", "--decay", "0.1"), "--features and --decay do not go together"),
        (("--depth", "3", "--time", "-1"), "must be finite and > 0"),
        (("--depth", "4", "--delta", "12"), "give a smaller delta or a shorter --time"),
    ],
)
def test_wrong_input_is_told_in_one_line(capsys, arguments, words):
    assert main(["simulate", "--step", "4,10", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert main(["simulate", "--step", "4,10000", "--depth", "3"]) == 2
    assert "at sample level" in capsys.readouterr().err
