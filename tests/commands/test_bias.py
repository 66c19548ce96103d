"""`--bias` of `ufm window`, `ufm simulate` and `ufm derive`."""

from __future__ import annotations

import json

import numpy as np
import pytest
import sympy as sp

import ufm
from numerics.problem import Problem
from numerics.trained_bias.runs import biased_run
from numerics.trained_bias.settled import settled
from numerics.unconstrained_features.spectrum import spectrum
from proofs.cli import main
from theory.data.counts import ClassCounts, Group
from theory.losses import loss_named
from theory.trained_bias import prior

HALF = ("--step", "4,10", "--weight-exponent", "1/2")
RATE = 1.126886802  # of the middle mode, computed before


def document(capsys, *arguments):
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def told(capsys, *arguments):
    assert main([*arguments]) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    return line


def test_window_has_the_biased_rates_priors_and_plateaus(capsys):
    found = document(capsys, "window", "--bias", *HALF)
    assert [mode["escape_rate"] for mode in found["modes"]] == pytest.approx([1, RATE, 1], abs=1e-9)
    assert found["modes"][1]["escape_rate_exact"] == "sqrt(242/81 - 44*sqrt(10)/81)"
    assert found["window"]["escape"]["relative"] == pytest.approx(RATE - 1, abs=1e-9)
    assert found["prior"] == pytest.approx([0.379873463] * 2 + [0.120126537] * 2, abs=1e-9)
    assert found["plateaus"]["cross-entropy"] == pytest.approx([0.967917073] * 2 + [2.119209619] * 2, abs=1e-9)
    assert found["plateaus"]["squared"] == pytest.approx([0.278860770] * 2 + [0.538607696] * 2, abs=1e-9)
    assert found == ufm.window(ufm.counts.step(4, 10), "1/2", delta=8.0, bias=True)


def test_window_without_a_bias_says_nothing_of_one(capsys):
    assert not {"bias", "prior", "plateaus"} & document(capsys, "window", *HALF).keys()


def test_the_table_of_window_tells_what_classes_lose(capsys):
    assert main(["window", "--bias", *HALF]) == 0
    out = capsys.readouterr().out
    assert "when the bias has settled" in out
    assert all(number in out for number in ("1.12689", "0.379873", "0.278861", "2.11921"))


def test_rates_of_many_counts_are_singular_values_of_the_target():
    counts, weights = ClassCounts((9, 5, 5, 2, 1)), np.array([0.3, 1.0, 0.7, 1.5, 2.0])
    labels, mass = list(counts.labels), np.array(counts.per_class) * weights
    values = np.linalg.svd((np.eye(5)[:, labels] - (mass / mass.sum())[:, None]) * weights[labels], compute_uv=False)[:4]
    assert [rate.value for rate in spectrum(counts, list(weights), bias=True).escape_rates] == pytest.approx(values)


def test_plateaus_of_floats_are_those_of_the_theory():
    groups = [Group(*map(sp.Integer, pair)) for pair in ((1, 9), (2, 5), (1, 2))]
    found = settled(ClassCounts((9, 5, 5, 2)), [0.5, 1.0, 1.0, 3.0])
    for loss in prior.LOSSES:
        exact = [float(value) for value in prior.plateaus(groups, (sp.Rational(1, 2), 1, 3), loss)]
        assert found.plateaus[loss][[0, 1, 3]] == pytest.approx(exact)


def test_plateaus_keep_their_digits_where_one_class_has_nearly_everything():
    groups = [Group(sp.Integer(1), sp.Integer(n)) for n in (10**12, 1)]
    weights = (sp.Integer(10) ** -6, sp.Integer(1))
    for counts, first in ((ClassCounts((10**12, 1)), 0), (ClassCounts((1, 10**12)), 1)):
        found = settled(counts, [1e-6, 1.0] if first == 0 else [1.0, 1e-6])
        for loss in prior.LOSSES:
            exact = [float(sp.N(value, 30)) for value in prior.plateaus(groups, weights, loss)]
            assert [found.plateaus[loss][first], found.plateaus[loss][1 - first]] == pytest.approx(exact, rel=1e-12, abs=0)


@pytest.mark.parametrize("options", [("--similarity", "0.3,0.1")])
def test_constrained_features_after_a_bias_have_the_rates_of_centred_inputs(capsys, options):
    found = document(capsys, "window", "--bias", "--step", "10,10", *options)
    assert [mode["escape_rate"] for mode in found["modes"]] == pytest.approx([27**0.5, 1.39064, 0.9**0.5], rel=1e-5)
    assert float(found["modes"][1]["escape_rate"]) == pytest.approx(1.3906417, rel=1e-7)
    assert "flattening" not in found
    derived = document(capsys, "derive", "squared", "--bias", "--step", "10,10", *options)
    assert [rate["value"] for rate in derived["step"]["escape_rates"]] == pytest.approx([27**0.5, 1.3906417, 0.9**0.5], rel=1e-6)


def test_free_features_are_constrained_ones_of_no_similarity(capsys):
    free, none = (document(capsys, "window", "--bias", *HALF, *more) for more in ((), ("--similarity", "0,0")))
    for one, other in zip(free["modes"], none["modes"], strict=True):
        assert one["escape_rate"] == pytest.approx(other["escape_rate"], rel=1e-9)
        assert one["learning_time"] == pytest.approx(other["learning_time"], rel=1e-7)


# Simulate -----------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", ["squared", "cross-entropy"])
def test_simulate_is_the_run_of_every_sample(capsys, loss):
    """From the same start: the bias at the end, and when the first class has its margin."""
    found = document(capsys, "simulate", "--bias", "--counts", "5,3,2", "--delta", "4", "--loss", loss, "--time", "6")
    counts = ClassCounts((5, 3, 2))
    labels = list(counts.labels)
    Z = np.eye(3)[:, labels] - 1 / 3
    U, _, Vt = np.linalg.svd(Z, full_matrices=False)
    problem = Problem(counts, (1.0,) * 3, loss_named(loss))
    run = biased_run(problem, np.exp(-4) * U[:, :2], np.exp(-4) * Vt[:2], 6.0)
    assert found["final_bias"] == pytest.approx(run.path.at(6.0, lambda state: state[-3:]), abs=1e-8)

    def margin(time):
        L = run.path.at(time, run.logits)[:, 0]
        return L[0] - max(L[1], L[2])

    reached = found["classes"][0]["learning_time"]
    assert margin(reached) == pytest.approx(0.5, abs=1e-6)
    assert found["balance_drift"] < 1e-9


def test_simulate_has_the_keys_of_a_run_without_a_bias(capsys):
    plain = document(capsys, "simulate", *HALF)
    biased = document(capsys, "simulate", "--bias", *HALF)
    assert biased.keys() - plain.keys() == {"bias", "final_bias", "prior"}
    assert plain.keys() <= biased.keys()
    assert biased["ends"] == "learned"
    assert biased["modes"][1]["learning_time"] < biased["modes"][0]["learning_time"]  # the middle mode is first
    assert plain["modes"][1]["learning_time"] > plain["modes"][0]["learning_time"]


def test_simulate_says_where_the_bias_ends(capsys):
    assert main(["simulate", "--bias", "--step", "4,10", "--time", "0.5"]) == 0
    out = capsys.readouterr().out
    assert "with a trained output bias, which ends at" in out
    assert "; times include what the bias alone learns\n" in out
    assert "need not be a limit" not in out
    assert "not reached: the run ends at its horizon 0.5" in out
    assert main(["simulate", "--bias", "--step", "4,10", "--loss", "cross-entropy", "--delta", "2"]) == 0
    assert "(when the run ends, which need not be a limit); times include" in capsys.readouterr().out


@pytest.mark.parametrize("time", ["1", "1e-9"])
def test_a_short_time_is_a_horizon_and_not_an_end(capsys, time):
    asked = ("simulate", "--bias", "--step", "4,10", "--weight-exponent", "1", "--delta", "4")
    found = document(capsys, *asked, "--time", time)
    assert found["ends"] == "horizon"
    whole = document(capsys, *asked)
    last = max(each["learning_time"] for each in (*whole["modes"], *whole["classes"]))
    assert found["time_needed"] == pytest.approx(last, rel=1e-9)
    assert document(capsys, *asked, "--time", str(1.01 * last))["ends"] == "learned"


def test_no_time_is_named_where_none_would_do(capsys):
    """Under the squared loss margins end at 1."""
    asked = ("simulate", "--bias", "--step", "4,10", "--delta", "4", "--margin", "2")
    found = document(capsys, *asked, "--time", "1")
    assert (found["ends"], found["time_needed"]) == ("horizon", None)
    assert document(capsys, *asked)["ends"] == "settled"


# Derive -------------------------------------------------------------------------------------


def test_derive_shows_the_velocity_of_the_bias_and_the_biased_rates(capsys):
    found = document(capsys, "derive", "cross-entropy", "--bias", *HALF)
    assert "db/dt = G(L)1" in found["flow"]
    assert found["step"]["escape_rates"][0]["value"] == pytest.approx(RATE, abs=1e-9)
    assert found["windows"]["1/2"] == pytest.approx(RATE - 1, abs=1e-9)
    assert found["settled"][1]["plateau"] == pytest.approx(2.119209619, abs=1e-9)
    assert found["flattening_exponent"] is None
    three = document(capsys, "derive", "squared", "--bias", "--counts", "5,3,2")["step"]["escape_rates"]
    assert [rate["value"] for rate in three] == pytest.approx([1.9700317, 1.5228181], rel=1e-7)


def test_derive_with_a_bias_says_nothing_of_the_modes_of_the_model_without_one(capsys):
    found = document(capsys, "derive", "squared", "--bias", *HALF)
    assert (found["decoupling"], found["residual"]) == (None, None)
    assert main(["derive", "squared", "--bias", *HALF]) == 0
    assert "decouples" not in capsys.readouterr().out
    assert main(["derive", "squared", *HALF]) == 0
    assert "decouples on the modes of Z: exact; share of G that leaks" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        (("--step", "4,10"), "none: no class weights make"),
        (("--counts", "10,10,10,1,1", "--weight-exponent", "1"), "none: no class weights make"),
        (("--counts", "12,5,5,5"), "not known for this setting"),  # weights 5/8, 1, 1, 1 do
        (("--counts", "5,5,5,5"), "not known for this setting"),
        (("--counts", "9,9,5,5,2,2"), "not known for this setting"),
        (("--step", "4,10", "--similarity", "0.3"), "not known for this setting"),
    ],
)
def test_derive_says_that_nothing_flattens_where_that_is_shown(capsys, counts, told):
    assert main(["derive", "squared", "--bias", *counts]) == 0
    assert f"flattening exponent: {told}" in capsys.readouterr().out


def test_the_page_of_derive_tells_the_settled_bias(capsys):
    assert main(["derive", "squared", "--bias", *HALF]) == 0
    out = capsys.readouterr().out
    assert "target after the bias: G = (Y − π1ᵀ)Ω" in out
    assert "bias alone, classes of 10: weighted frequency 0.379873" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("derive", "focal", "--bias"), "must be squared or cross-entropy"),
        (("derive", "--all", "--bias"), "--bias and --all do not go together"),
        (("derive", "squared", "--bias", "--latex"), "--bias and --latex do not go together"),
        (("window", "--bias", "--step", "4,10", "--plot", "x.svg"), "--plot and --bias do not go together"),
        (("simulate", "--bias", "--step", "4,10", "--init", "random"), "bias and init do not go together"),
        (("simulate", "--bias", "--step", "4,10", "--switch", "1:balanced"), "bias and switch do not go together"),
        (("simulate", "--bias", "--step", "4,10", "--decay", "0.1"), "bias and decay do not go together"),
        (("simulate", "--bias", "--step", "4,10", "--decay", ""), "bias and decay do not go together"),
        (("simulate", "--bias", "--step", "4,10", "--width", "0"), "bias and width do not go together"),
        (("simulate", "--bias", "--step", "4,10", "--level", ""), "bias and level do not go together"),
        (("simulate", "--bias", "--step", "4,10", "--switch", ""), "bias and switch do not go together"),
        (("window", "--bias", "--step", "4,10", "--decay", "0.1"), "what decay leaves is known without a bias"),
        (("simulate", "--bias", "--step", "4,10", "--time", "-1"), "must be finite and > 0"),
        (("simulate", "--bias", "--step", "4,100000"), "give smaller counts, a smaller delta or a shorter --time"),
        (("simulate", "--bias", "--step", "100,10"), "give at most 64"),
    ],
)
def test_what_does_not_go_with_a_bias_is_told_in_one_line(capsys, monkeypatch, tmp_path, arguments, said):
    monkeypatch.chdir(tmp_path)
    assert said in told(capsys, *arguments)
