"""`--decay` of simulate and window: documents, text, and each wrong input in one line."""

import json
from fractions import Fraction

import numpy as np
import pytest

from numerics.weight_decay import minimiser
from numerics.weight_decay.modes import left_of_modes
from proofs.cli import main
from proofs.commands.window import window
from theory.data.counts import ClassCounts

STEP = ["--counts", "10,10,1,1"]


def document(capsys, *arguments):
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("power", "mu", "values", "rank"),
    [
        ("0", "1/2", (2.662277660, 1.845207880, 0.5), 3),
        ("0", "3/2", (1.662277660, 0.845207880, 0.0), 2),
        ("1/2", "3/5", (1.264911064, 0.737188834, 0.4), 3),
        ("1", "2/5", (0.0, 0.419760404, 0.6), 2),
    ],
)
def test_window_tells_what_decay_leaves_of_each_mode_and_the_rank(capsys, power, mu, values, rank):
    found = document(capsys, "window", *STEP, "--weight-exponent", power, "--decay", mu)
    assert [mode["final_singular_value"] for mode in found["modes"]] == pytest.approx(values, abs=1e-8)
    assert found["rank"] == rank
    assert found["decay"] == float(Fraction(mu))


def test_window_says_nothing_of_decay_where_none_is_given(capsys):
    found = document(capsys, "window", *STEP)
    assert not {"rank", "decay"} & set(found)
    assert all("final_singular_value" not in mode for mode in found["modes"])


def test_window_tells_of_decay_in_its_text(capsys):
    assert main(["window", *STEP, "--decay", "1.5"]) == 0
    out = capsys.readouterr().out
    assert "weight decay μ = 1.5 leaves 2 of 3 modes" in out
    assert "left by decay" in out
    assert "0.845208" in out


def test_the_library_has_the_same_document():
    found = window(ClassCounts((100, 10, 1)), "1", decay=0.24)
    assert found["rank"] == 2
    assert [mode["final_singular_value"] for mode in found["modes"]] == pytest.approx([0.030842, 0.713964], abs=1e-6)


def test_all_values_of_long_tailed_counts_are_those_of_samples():
    counts, power, mu = ClassCounts((12, 7, 7, 4, 2, 2, 2, 1)), 0.75, 0.4
    weights = np.array(counts.per_class, dtype=float) ** -power
    found, whole = left_of_modes(counts, list(weights), mu), minimiser.of_samples(counts, weights, mu)
    sizes = [mode["multiplicity"] for mode in window(counts, "3/4")["modes"]]
    each = [value for value, size in zip(found.values, sizes, strict=True) for _ in range(size)]
    assert np.sort(each) == pytest.approx(np.sort(whole.singular_values[:-1]), abs=1e-9)
    assert found.rank == whole.rank


def test_values_are_null_where_equal_counts_have_different_weights(capsys):
    found = document(capsys, "window", "--counts", "5,5,2,2", "--class-weight", "1,2,1,1", "--decay", "1/2")
    assert [mode["final_singular_value"] is None for mode in found["modes"]] == [True, False, False]
    assert found["rank"] == 3


@pytest.mark.parametrize("init", ["spectral", "random"])
def test_a_run_with_decay_ends_at_the_minimiser(capsys, init):
    asked = ["simulate", *STEP, "--weight-exponent", "1", "--decay", "0.8,0.2", "--init", init, "--delta", "4"]
    found = document(capsys, *asked)
    assert found["decay"] == [0.8, 0.2]
    assert found["ends"] == "settled"
    counts = ClassCounts((10, 10, 1, 1))
    whole = minimiser.of_samples(counts, np.array(counts.per_class, dtype=float) ** -1, 0.4)
    ends = [mode["final_strength"] for mode in found["modes"]]
    assert ends[0] == pytest.approx(0, abs=1e-6)
    assert ends[2] == pytest.approx(whole.singular_values[0], abs=1e-6)
    assert [mode["learning_time"] is None for mode in found["modes"]] == [True, True, False]


def test_learning_times_with_decay_are_those_of_the_formula(capsys):
    found = document(capsys, "simulate", *STEP, "--decay", "0.2", "--fraction", "1/4")
    for mode in found["modes"]:
        sigma = mode["singular_value"]
        left = sigma - 0.2
        share = sigma / 4 / left
        expected = np.log((left * np.exp(16) - 1) * share / (1 - share)) / (2 * left)
        assert mode["learning_time"] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("more", [(), ("--decay", "0.2"), ("--loss", "cross-entropy")])
def test_a_time_in_which_nothing_could_grow_is_a_horizon(capsys, more):
    found = document(capsys, "simulate", *STEP, *more, "--time", "1e-9")
    assert found["ends"] == "horizon"
    assert found["time_needed"] > 1


def test_where_decay_lets_nothing_grow_no_time_is_too_short_to_have_settled(capsys):
    assert document(capsys, "simulate", *STEP, "--decay", "40", "--time", "1e-3")["ends"] == "settled"


def test_simulate_tells_of_decay_in_its_text_and_a_run_that_is_left_nothing_ends(capsys):
    assert main(["simulate", *STEP, "--decay", "4"]) == 0
    out = capsys.readouterr().out
    assert "weight decay 4 and 4 on W and H" in out
    assert "has settled below" in out


def test_a_run_without_decay_has_none_in_its_document(capsys):
    found = document(capsys, "simulate", *STEP)
    assert "decay" not in found
    assert all("final_strength" not in mode for mode in found["modes"])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["simulate", "--decay", "0"], "decay='0' must be one number > 0"),
        (["simulate", "--decay", "1,-2"], "decay='1,-2' must be one number > 0"),
        (["simulate", "--decay", "1,2,3"], "decay='1,2,3' must be one number > 0"),
        (["simulate", "--decay", "1,1e300"], "decay='1,1e300' must be at most 1e+06"),
        (["simulate", "--decay", "1e300"], "decay='1e300' must be at most 1e+06"),
        (["simulate", "--decay", "1,1e5"], "steps, and at most 100000 are run"),
        (["simulate", "--decay", "much"], "decay='much' must be a finite number"),
        (["simulate", "--decay", "1,"], "decay='' must be a finite number"),
        (["simulate", "--decay", "1", "--switch", "3:sqrt"], "--decay and --switch do not go together"),
        (["simulate", "--decay", "1", "--plot", "x.svg"], "--decay and --plot do not go together"),
        (["simulate", "--decay", "1", "--level", "within"], "level='within' has no weight decay"),
        (["window", "--decay", "0"], "decay=0 must be finite and > 0"),
        (["window", "--decay", "-1"], "decay=-1 must be finite and > 0"),
        (["window", "--decay", "1,2"], "decay='1,2' must be a finite number"),
        (["window", "--decay", "1", "--similarity", "1/2"], "decay=1 is for free features"),
    ],
)
def test_wrong_input_is_one_line_and_status_2(capsys, arguments, told):
    command, *rest = arguments
    assert main([command, *STEP, *rest]) == 2
    captured = capsys.readouterr()
    assert told in captured.err
    assert captured.err.count("\n") == 1
    assert captured.out == ""


def test_too_many_kinds_of_classes_are_one_line(capsys):
    counts = ",".join(str(n) for n in range(1, 203))
    assert main(["window", "--counts", counts, "--decay", "1", "--delta", "1"]) == 2
    captured = capsys.readouterr()
    assert "with decay at most 200 are taken" in captured.err
    assert captured.err.count("\n") == 1
