"""Learning rates up to which ends are stable: against searches, runs beside an end, and the closed form of STEP."""

import json

import numpy as np
import pytest

from numerics.step_size.samples import Samples
from numerics.unconstrained_features.experiment import Experiment
from numerics.unconstrained_features.flow import simulate
from proofs.advise.advice import advise
from proofs.advise.steps import curvatures
from proofs.cli import main
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput
from theory.losses import loss_named

KEYS = ("largest_learning_rate_at_flow_end", "largest_learning_rate_at_any_end")


@pytest.mark.parametrize("counts", [(4, 2, 1), (3, 3, 1)])
@pytest.mark.parametrize("exponent", [0.0, 0.3, 1.0])
def test_the_least_curvature_is_what_a_search_over_factorisations_finds(counts, exponent):
    weights = tuple(float(n) ** -exponent for n in counts)
    found = curvatures(ClassCounts(counts), weights)
    assert found.flattest == pytest.approx(Samples(ClassCounts(counts), weights).flattest_found(0), rel=1e-6)
    assert found.flattest <= found.balanced * (1 + 1e-12)


@pytest.mark.parametrize("exponent", [0.25, 0.5])
def test_the_curvature_of_the_balanced_end_is_that_where_the_flow_ends(exponent):
    counts = ClassCounts((5, 3, 3, 1))
    weights = tuple(float(n) ** -exponent for n in counts.per_class)
    run = simulate(Experiment(counts, weights, loss_named("squared"), 6.0, "random"), level="sample", time=40.0)
    end = Samples(counts, weights).curvature(run.W(run.t[-1]), run.H(run.t[-1]))
    assert curvatures(counts, weights).balanced == pytest.approx(end, rel=1e-4)


@pytest.mark.parametrize("ratio", [10, 1000, 10**6])
def test_step_has_its_closed_form(ratio):
    counts = ClassCounts((ratio,) * 3 + (1,) * 2)
    found = curvatures(counts, [float(n) ** -0.5 for n in counts.per_class])
    assert found.flattest == pytest.approx(ratio**0.25 + ratio**-0.25, rel=1e-9)
    assert found.balanced == pytest.approx(1 + ratio**0.5, rel=1e-9)


def test_learning_rates_of_ends_are_in_the_units_of_the_convention():
    """Residuals of descent beside the flow's end grow from the stated learning rate on, under each convention."""
    counts = ClassCounts((4, 4, 1, 1))
    for reduction in ("torch-mean", "torch-sum"):
        advice = advise(counts=counts, criterion="squared", reduction=reduction, lr=0.01, compare=["sqrt"])
        weights = advice["sqrt"].weights
        loss, run = Samples(counts, weights), simulate(Experiment(counts, weights, loss_named("squared"), 6.0), level="sample", time=40.0)
        per_rate = 1 / sum(n * w for n, w in zip(counts.per_class, weights, strict=True)) if reduction == "torch-mean" else 1.0
        W, H = run.W(run.t[-1]), run.H(run.t[-1])
        flow_end, any_end = (advice.records[0][key] for key in KEYS)
        step = loss.largest_stable_step(W, H, guess=1 / loss.curvature(W, H), steps=600)
        assert flow_end * per_rate == pytest.approx(step, rel=5e-3)
        assert any_end / flow_end == pytest.approx(3 / (2**0.5 + 2**-0.5), rel=1e-9)


def test_they_are_of_the_squared_loss_and_free_features_alone():
    for options in ({}, {"criterion": "squared", "bias": True}, {"criterion": "squared", "decay": 1e-3}):
        assert [advise(counts=(9, 3, 1), compare=["none"], **options).records[0][key] for key in KEYS] == [None, None]


def test_wrong_weights_are_refused():
    with pytest.raises(InvalidInput, match="give one a class"):
        curvatures(ClassCounts((3, 1)), (1.0,))


def test_the_command_shows_them(capsys):
    assert main(["advise", "--counts", "10,10,1,1", "--loss", "squared", "--compare", "none,sqrt", "--json"]) == 0
    records = json.loads(capsys.readouterr().out)["weightings"]
    ratios = [record[KEYS[1]] / record[KEYS[0]] for record in records]
    assert ratios == pytest.approx([1.0, (1 + np.sqrt(10)) / (10**0.25 + 10**-0.25)], rel=1e-9)
    main(["advise", "--counts", "10,10,1,1", "--loss", "squared", "--compare", "none,sqrt"])
    assert "lr up to which any end is" in capsys.readouterr().out
    main(["advise", "--counts", "10,10,1,1", "--compare", "none"])
    assert "lr up to which any end is" not in capsys.readouterr().out
