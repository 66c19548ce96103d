"""`ufm simulate --depth N` and `--features fixed`."""

import json

import numpy as np
import pytest
from scipy.integrate import quad

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
    assert (found["balance_drift"], found["delta"]) == (None, None)


@pytest.mark.parametrize(("arguments", "known"), [(("--features", "fixed"), False), (("--depth", "3", "--delta", "3"), True)])
def test_only_a_run_from_a_small_start_speaks_of_its_scale(capsys, arguments, known):
    assert main(["simulate", "--step", "4,10", *arguments]) == 0
    printed = capsys.readouterr().out
    assert [word in printed for word in ("T/δ", "δ = ", "drift")] == [known] * 3


def test_rounding_that_moves_the_modes_is_refused_and_runs_before_it_keep_the_law(capsys):
    asked = ("--step", "4,100", "--weight-exponent", "3/4", "--depth", "3")

    def law(u, n):  # 1/(ωx²(√n − x³)) over u = ln x
        return np.exp(-u) / (n**-0.75 * (np.sqrt(n) - np.exp(3 * u)))

    found = [mode["learning_time"] for mode in document(capsys, *asked, "--delta", "4")["modes"]]
    stated = [quad(law, -4, np.log(np.sqrt(n) / 2) / 3, args=(n,))[0] for n in (100.0, 1.0)]
    assert [found[0], found[2]] == pytest.approx(stated, rel=1e-6)
    assert main(["simulate", *asked, "--delta", "6"]) == 2
    assert "logits of classes that are alike differ" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--depth", "1"), "depth=1 must be a whole number ≥ 2"),
        (("--depth", "3", "--features", "fixed"), "depth and features do not go together"),
        (("--features", "free"), "features='free' must be 'fixed'"),
        (("--depth", "3", "--init", "random"), "depth and init do not go together"),
        (("--depth", "3", "--bias"), "bias and depth do not go together"),
        (("--features", "fixed", "--decay", "0.1"), "features and decay do not go together"),
        (("--features", "fixed", "--delta", "8"), "features and delta do not go together: a run with fixed features starts at V = 0"),
        (("--features", "fixed", "--seed", "0"), "features and seed do not go together"),
        (("--features", "fixed", "--init", "spectral"), "features and init do not go together"),
        (("--features", "fixed", "--width", "4"), "features and width do not go together"),
        (("--features", "fixed", "--step-size", "1"), "step size belongs to a rule that goes in steps, and the rule is flow"),
        (("--depth", "3", "--seed", "1"), "depth and seed do not go together"),
        (("--depth", "3", "--rule", "sgd"), "rule sgd and depth do not go together: only the flow has it"),
        (("--depth", "3", "--time", "-1"), "must be finite and > 0"),
        (("--depth", "4", "--delta", "12"), "give a smaller delta or a shorter time"),
        (("--depth", "3", "--delta", "0"), "delta=0.0 must be > 0"),
        (("--depth", "2", "--delta", "700"), "delta=700 must be at most 30"),
        (("--depth", "2", "--delta", "30", "--loss", "unhinged"), "logits of classes that are alike differ"),
        (("--features", "fixed", "--time", "1e9"), "time=1e+09 with fixed features makes this run"),
    ],
)
def test_wrong_input_is_told_in_one_line(capsys, arguments, words):
    assert main(["simulate", "--step", "4,10", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert main(["simulate", "--step", "4,10000", "--depth", "3"]) == 2
    assert "at sample level" in capsys.readouterr().err
