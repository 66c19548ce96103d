"""`ufm simulate --rule`: documents, text, and each wrong input in one line."""

import json
import math

import numpy as np
import pytest

from proofs.cli import main
from proofs.sweep import stepped

COUNTS = ("--counts", "10,10,1,1")


def times(found):
    return [item["learning_time"] for item in (*found["modes"], *found["classes"])]


def document(capsys, *arguments):
    assert main(["simulate", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_spectral_descent_learns_small_modes_first_and_at_the_stated_times(capsys):
    found = document(capsys, *COUNTS, "--rule", "spectral", "--weight-exponent", "1", "--step-size", "0.002")
    times = [mode["learning_time"] for mode in found["modes"]]
    expected = [math.sqrt(math.sqrt(n) / 2) - math.exp(-8) for n in (10, 1)]
    assert [times[0], times[2]] == pytest.approx(expected, rel=1e-5)
    assert found["rule"] == "spectral"
    assert found["ends"] == "learned"
    assert "inertia" not in found


def test_class_normalised_descent_forgets_weights(capsys):
    bare, weighted = (
        document(capsys, *COUNTS, "--rule", "per-class-normalised", "--class-weight", weights) for weights in ("none", "1,2,3,4")
    )
    times = [[item["learning_time"] for item in found["classes"]] for found in (bare, weighted)]
    assert times[0] == pytest.approx(times[1], rel=1e-4)  # a class that is learned swings by a step, and rounding with it
    assert times[0][0] > 1.5 * times[0][3]


def test_class_normalised_descent_learns_from_the_smallest_start_and_under_the_widest_weights(capsys):
    asked = ("--counts", "10,4,1", "--rule", "per-class-normalised", "--step-size", "0.004")
    plain, far, wide = (times(document(capsys, *asked, *more)) for more in ((), ("--delta", "500"), ("--class-weight", "1e-300,1,1e300")))
    assert far == pytest.approx(plain, rel=1e-2)
    assert wide == pytest.approx(plain, rel=1e-3)


def test_a_heavy_ball_grows_slower_with_its_inertia(capsys):
    asked = ("--counts", "9,9,1,1", "--rule", "heavy-ball", "--delta", "6", "--inertia")
    light, heavy = (document(capsys, *asked, inertia)["modes"][0]["learning_time"] for inertia in ("0.01", "10"))
    assert light < 0.5 * heavy


def test_one_sample_a_step_learns_when_the_flow_does(capsys):
    asked = (*COUNTS, "--delta", "4", "--weight-exponent", "1/2")
    flow = times(document(capsys, *asked))
    for draw in ("weights", "sampling"):
        runs = [document(capsys, *asked, "--rule", "sgd", "--draw", draw, "--step-size", "5e-4", "--seed", seed) for seed in "123"]
        assert [run["draw"] for run in runs] == [draw] * 3
        found = np.array([times(run) for run in runs])
        assert found.mean(axis=0) == pytest.approx(flow, rel=0.1)
        assert (np.ptp(found, axis=0) > 0).all()


def test_draws_are_even_where_nothing_is_said_and_differ_under_weights(capsys):
    asked = ("--counts", "6,1", "--weight-exponent", "1", "--delta", "2", "--rule", "sgd", "--step-size", "0.02")
    silent, even, weighted = (times(document(capsys, *asked, *draw)) for draw in ((), ("--draw", "weights"), ("--draw", "sampling")))
    assert silent == even != weighted


def test_the_default_step_of_one_sample_is_smaller_by_what_weights_spread(capsys):
    asked = ("--counts", "10,1", "--weight-exponent", "1", "--delta", "2", "--rule", "sgd")
    even, weighted = (document(capsys, *asked, "--draw", draw)["step_size"] for draw in ("weights", "sampling"))
    assert weighted / even == pytest.approx(11 / 2)  # max ω over its mean, as the row on the limit of steps has it


def test_the_default_steps_of_a_heavy_ball_stay_below_its_inertia(capsys):
    asked = ("--counts", "9,9,1,1", "--delta", "6")
    light, flow = times(document(capsys, *asked, "--rule", "heavy-ball", "--inertia", "0.001")), times(document(capsys, *asked))
    assert light == pytest.approx(flow, rel=2e-2)


def test_the_default_steps_from_a_random_start_are_small_beside_it(capsys):
    found = document(capsys, "--counts", "10,4,1", "--rule", "spectral", "--init", "random", "--seed", "1", "--delta", "6")
    assert times(found)[:2] == pytest.approx([math.sqrt(mode["singular_value"] / 2) for mode in found["modes"]], rel=1e-2)
    assert found["step_size"] < math.exp(-6)


def test_text_names_how_samples_are_drawn(capsys):
    assert main(["simulate", *COUNTS, "--delta", "2", "--rule", "sgd", "--draw", "sampling"]) == 0
    assert "sgd descent by sampling, spectral start" in capsys.readouterr().out


def test_the_flow_is_the_rule_that_is_meant_without_the_option(capsys):
    plain, named = (document(capsys, "--counts", "10,4", *more) for more in ((), ("--rule", "flow")))
    assert {**plain, "seconds": 0} == {**named, "seconds": 0}
    assert "rule" not in plain


def test_text_names_the_rule_and_says_why_something_is_not_reached(capsys):
    assert main(["simulate", *COUNTS, "--rule", "heavy-ball", "--inertia", "2", "--time", "3", "--step-size", "0.1"]) == 0
    out = capsys.readouterr().out
    assert "heavy-ball descent of inertia 2" in out
    assert "steps of 0.1, sample by sample: 30 of them" in out
    assert "not reached: the run ends at its horizon 3" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--rule", "muon"), "rule='muon' must be one of flow, sign, per-class-normalised, spectral, heavy-ball"),
        (("--rule", "spectrl"), "did you mean 'spectral'?"),
        (("--rule", "sign"), "give init random"),
        (("--rule", "spectral", "--inertia", "1"), "inertia belongs to rule heavy-ball, and the rule is spectral"),
        (("--step-size", "1"), "step size belongs to a rule that goes in steps"),
        (("--rule", "heavy-ball", "--inertia", "0"), "inertia=0 must be > 0"),
        (("--rule", "spectral", "--step-size", "nan"), "step size='nan' must be a finite number"),
        (("--rule", "spectral", "--decay", "0.1"), "rule spectral and decay do not go together"),
        (("--rule", "spectral", "--level", "class"), "rule spectral and level do not go together"),
        (("--rule", "spectral", "--bias"), "rule spectral and bias do not go together"),
        (("--rule", "sgd", "--draw", "even"), "draw='even' must be one of sampling, weights"),
        (("--draw", "weights"), "draw belongs to rule sgd, and the rule is flow"),
        (("--rule", "spectral", "--draw", "weights"), "draw belongs to rule sgd, and the rule is spectral"),
        (("--rule", "sgd", "--inertia", "1"), "inertia belongs to rule heavy-ball, and the rule is sgd"),
        (("--rule", "sgd", "--seed", "-1"), "seed=-1 must be a whole number ≥ 0"),
        (("--init", "random", "--seed", "-1"), "seed=-1 must be a whole number ≥ 0"),
        (("--rule", "sgd", "--save", "x.npz"), "rule sgd and save do not go together"),
        (("--rule", "sgd", "--step-size", "1"), "step size=1 must be at most 0.02184, or the end of a run may be unstable"),
        (("--rule", "sgd", "--step-size", "1", "--loss", "squared-one-hot"), "diverged after"),
        (("--rule", "heavy-ball", "--step-size", "0.2"), "step size=0.2 must be at most 0.1581, or the end of a run may be unstable"),
        (("--rule", "spectral", "--init", "random", "--delta", "4", "--step-size", "0.005"), "must be at most 0.004579, 0.25 of the"),
        (("--rule", "sgd", "--time", "-1"), "time=-1 must be > 0"),
        (("--rule", "spectral", "--time", "0"), "time=0 must be > 0"),
        (("--rule", "spectral", "--time", "1", "--step-size", "1e-320"), "time=1 is inf steps"),
        (("--rule", "spectral", "--step-size", "1e6"), "is too large: a mode or class is learned after"),
        (("--rule", "heavy-ball", "--inertia", "0.01", "--step-size", "0.02"), "must be at most the inertia 0.01"),
        (("--rule", "spectral", "--init", "random", "--delta", "1000"), "the default step is 0 but for rounding"),
        (("--rule", "spectral", "--time", "1000"), "time=1000 is 1000000 steps of 0.001, and at most 100000 are taken"),
    ],
)
def test_wrong_input_is_one_line(capsys, arguments, message):
    assert main(["simulate", *COUNTS, *arguments]) == 2
    out, error = capsys.readouterr()
    assert out == ""
    assert message in error
    assert error.count("\n") == 1


def test_more_logits_than_a_run_by_samples_takes_are_refused(capsys):
    assert main(["simulate", "--counts", f"{stepped.MOST_ENTRIES},1", "--rule", "spectral"]) == 2
    assert "runs sample by sample" in capsys.readouterr().err
