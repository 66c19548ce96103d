"""Runs on few numbers are the runs of every sample, whatever the counts, the weights and the loss; and they are as exact when extreme."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from numerics.unconstrained_features import systems
from numerics.unconstrained_features.experiment import Experiment
from numerics.unconstrained_features.flow import simulate
from numerics.unconstrained_features.grouped import GroupedSystem
from numerics.unconstrained_features.measure import (
    balance_drift,
    class_learning_times,
    group_strengths,
    margins,
    mode_groups,
    mode_learning_times,
    strengths,
    weighted_loss,
)
from numerics.unconstrained_features.middle import middle_learning_time, step_groups
from theory.data.counts import ClassCounts, explicit, step
from theory.exact import InvalidInput
from theory.losses import LOSSES, loss_named
from theory.losses.squared import Squared

SAME = 1e-9  # two integrations, of which that of the samples has some hundred steps of relative tolerance 1e-12
EXACT = 1e-13  # relative, of times in closed form


def experiment(counts, delta=4.0, exponent=0.5, loss="squared", weights=None, **options):
    weights = tuple(float(n) ** -exponent for n in counts.per_class) if weights is None else weights
    return Experiment(counts, weights, loss_named(loss), delta, **options)


def require_same(one, horizon=None):
    """The run by groups against the run of every sample: all that can be read."""
    few = simulate(one, time=horizon)
    many = simulate(one, level="sample", time=float(few.t[-1]))
    assert isinstance(few.system, GroupedSystem)
    assert not isinstance(many.system, GroupedSystem)
    times = np.linspace(0, few.t[-1], 25)
    size = max(1.0, float(np.abs(many.logits(times)).max()))
    for read in ("logits", "W", "H", "M", "class_logits"):
        assert np.abs(getattr(few, read)(times) - getattr(many, read)(times)).max() < SAME * size, read
    for read in (strengths, group_strengths, margins):
        assert np.abs(read(few, times) - read(many, times)).max() < SAME * size, read
    modes = [np.array([run.at(time, run.system.mode_logits) for time in times]) for run in (few, many)]
    assert np.abs(modes[0] - modes[1]).max() < SAME * size
    assert weighted_loss(few, times) == pytest.approx(weighted_loss(many, times), rel=1e-6)
    assert [np.linalg.norm(few.at(t, few.system.gram)) for t in times] == pytest.approx(
        [np.linalg.norm(many.at(t, many.system.gram)) for t in times], rel=1e-8
    )
    assert balance_drift(few) < 1e-11
    for read in (mode_learning_times, class_learning_times):
        found, expected = (np.array(read(run), dtype=float) for run in (few, many))
        assert (np.isnan(found) == np.isnan(expected)).all()
        assert np.nanmax(np.abs(found - expected), initial=0.0) < 1e-8
    return few


@pytest.mark.parametrize("loss", [loss.name for loss in LOSSES])
@pytest.mark.parametrize("counts", [step(4, 3), explicit([6, 4, 4, 1])])
def test_every_registered_loss_by_groups_is_its_run_by_samples(loss, counts):
    require_same(experiment(counts, 3.0, loss=loss, width=5), horizon=2.5)


@pytest.mark.parametrize("exponent", [0, 0.5, 1])
def test_squared_loss_by_groups_is_its_run_by_samples(exponent):
    require_same(experiment(step(6, 5), 4.0, exponent))
    require_same(experiment(explicit([7, 5, 5, 2]), 4.0, exponent))


@pytest.mark.parametrize("loss", ["squared", "cross-entropy", "unhinged"])
@pytest.mark.parametrize("weights", [(1.0, 1.0, 2.0, 2.0, 1.0), (1.0, 3.0, 3.0, 3.0, 1.0), (0.5, 1.0, 2.0, 4.0, 8.0)])
def test_classes_of_equal_count_and_unequal_weight_are_kept_apart(loss, weights):
    require_same(experiment(ClassCounts((4, 4, 4, 4, 1)), 3.0, loss=loss, weights=weights), horizon=1.4)


@settings(max_examples=settings.default.max_examples // 5, deadline=None)
@given(
    counts=st.lists(st.integers(1, 5), min_size=2, max_size=5),
    weights=st.lists(st.sampled_from([0.5, 1.0, 2.0]), min_size=5, max_size=5),
    loss=st.sampled_from(["squared", "cross-entropy", "ldam,scale=2", "unhinged"]),
)
def test_any_counts_and_weights_by_groups_are_the_run_by_samples(counts, weights, loss):
    require_same(experiment(explicit(counts), 2.0, loss=loss, weights=tuple(weights[: len(counts)])), horizon=0.97)


def test_the_path_of_closed_forms_is_the_logistic_one_and_its_times_are_exact():
    run = simulate(experiment(step(10, 100), 8.0, 0.0))
    assert run.system.numbers == 0
    for group, time in zip(mode_groups(run), mode_learning_times(run), strict=True):
        sigma = group.singular_value
        assert time == pytest.approx(math.log(sigma * math.exp(16) - 1) / (2 * sigma), rel=EXACT)


@pytest.mark.parametrize("delta", [8.0, 100.0, 1000.0])
@pytest.mark.parametrize("ratio", [10**2, 10**6, 10**12])
def test_extreme_step_runs_keep_their_digits(ratio, delta):
    run = simulate(experiment(step(10_000, ratio), delta))
    majority, middle, minority = mode_learning_times(run)
    sigma = math.sqrt(ratio)
    # 2δ + ln(σ − e^(−2δ)) over 2σω = 2, for both groups
    assert majority == pytest.approx((2 * delta + math.log(sigma - math.exp(-2 * delta))) / 2, rel=EXACT)
    assert minority == pytest.approx((2 * delta + math.log1p(-math.exp(-2 * delta))) / 2, rel=EXACT)
    reference = middle_learning_time(step_groups(float(ratio)), delta)
    assert abs(middle - reference.value) < max(10 * reference.error, 1e-12 * delta)
    assert run.end == "learned"
    assert balance_drift(run) < 1e-11
    assert float(weighted_loss(run, run.t[-1])) < 1.0


@pytest.mark.parametrize("exponent", [0.75, 1])
def test_stiff_step_runs_beyond_one_half_keep_their_digits(exponent):
    run = simulate(experiment(step(4, 10**8), 8.0, exponent))
    reference = middle_learning_time(step_groups(1e8, exponent=exponent), 8.0)
    assert abs(mode_learning_times(run)[1] - reference.value) < 10 * reference.error


def taken(ratio, delta, loss="squared"):
    return len(simulate(experiment(step(10, ratio), delta, loss=loss)).path.inner.t)


@pytest.mark.parametrize("loss", ["squared", "cross-entropy"])
def test_steps_grow_no_faster_than_the_logarithms_of_ratio_and_delta(loss):
    first = taken(10**2, 50.0, loss)
    assert taken(10**2, 1000.0, loss) <= first + 3 * math.log(1000 / 50)  # a longer horizon, in steps that grow
    assert taken(10**6, 50.0, loss) <= 3 * first
    assert taken(10**12, 50.0, loss) <= 6 * first


def test_matrices_of_many_classes_are_refused_in_one_line_and_learning_times_are_not():
    run = simulate(experiment(step(2000, 10), 8.0))
    assert len(class_learning_times(run)) == 2000
    with pytest.raises(InvalidInput, match="c=2000 classes of width 1999 have matrices of 4000000 numbers"):
        run.W(1.0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, "2 groups of interchangeable classes, closed form inside a group: 2 coupled numbers"),
        ({"exponent": 0}, "2 groups of interchangeable classes: closed form"),
        ({"loss": "unhinged"}, "2 groups of interchangeable classes: closed form"),
        ({"loss": "cross-entropy"}, "2 groups of interchangeable classes: 6 coupled numbers"),
        ({"init": "random"}, "class means and the spread of features around them: 33 numbers"),
        ({"init": "random", "loss": "cross-entropy"}, "none, every sample: 54 numbers"),
    ],
)
def test_a_run_names_its_reduction(change, words):
    assert simulate(experiment(step(4, 6), 2.0, **change), time=0.1).system.reduction == words


def test_a_loss_that_is_written_out_over_its_classes_is_run_by_class_means():
    class WrittenOut(Squared):
        name = "written-out-of-this-test"

        def sample_loss(self, logits, label, counts):
            return sum((int(k == label) - logit) ** 2 for k, logit in enumerate(logits)) / 3

    run = simulate(Experiment(step(4, 3), (1.0,) * 4, WrittenOut(), 3.0))
    assert run.system.reduction == "class means: 24 numbers"


@pytest.mark.parametrize("change", [{"init": "random"}, {"loss": "cross-entropy"}, {}])
def test_a_run_that_is_asked_for_first_times_alone_ends_with_the_last_of_them_and_finds_the_same(change):
    whole = simulate(experiment(step(4, 6), 4.0, **change))
    short = simulate(experiment(step(4, 6), 4.0, **change), until_learned=True)
    modes = simulate(experiment(step(4, 6), 4.0, **change), until_learned=True, margin=None)
    assert short.learned.modes == pytest.approx(whole.learned.modes, rel=1e-11)
    assert short.learned.kinds == pytest.approx(whole.learned.kinds, rel=1e-11)
    assert modes.learned.modes == pytest.approx(whole.learned.modes, rel=1e-11)
    assert modes.learned.kinds == ()
    assert modes.end == short.end == "learned"
    assert modes.t[-1] >= max(whole.learned.modes)
    for read, time in zip(class_learning_times(modes), class_learning_times(whole), strict=True):
        assert read == pytest.approx(time, rel=1e-9) if time <= modes.t[-1] else read is None
    assert modes.t[-1] <= short.t[-1] <= whole.t[-1] / 2 * (1 + 1e-12)
    if not isinstance(whole.system, GroupedSystem):  # whose steps are looked at when all are taken
        assert short.t[-2] < max(*whole.learned.modes, *whole.learned.kinds) <= short.t[-1]


@pytest.mark.parametrize(("ratio", "delta", "weight"), [(10, 8.0, 0.5), (10**6, 8.0, 0.5), (100, 300.0, 0.25), (3, 0.2, -0.5)])
def test_a_logarithm_and_an_angle_are_the_path_of_sizes_and_directions(monkeypatch, ratio, delta, weight):
    turned = simulate(experiment(step(6, ratio), delta, weight))
    monkeypatch.setattr(GroupedSystem, "turns", False)
    moved = simulate(experiment(step(6, ratio), delta, weight))
    assert turned.learned.modes == pytest.approx(moved.learned.modes, rel=1e-11)
    assert turned.learned.kinds == pytest.approx(moved.learned.kinds, rel=1e-11)
    times = np.linspace(0, turned.t[-1], 40)
    expected = moved.at(times, moved.system.mode_logits)
    assert turned.at(times, turned.system.mode_logits) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_the_accuracy_of_a_random_start_is_that_of_steps_of_full_accuracy(monkeypatch):
    start = experiment(step(12, 20), 8.0, init="random")
    found = simulate(start).learned
    monkeypatch.setattr(systems, "MIXED", 0.0)
    exact = simulate(start).learned
    assert found.modes == pytest.approx(exact.modes, rel=2e-11)
    assert found.kinds == pytest.approx(exact.kinds, rel=2e-11)


def test_a_run_of_which_half_the_horizon_is_linear_goes_on_until_it_has_learned():
    extreme = experiment(step(10, 10**12), 300.0)
    assert simulate(extreme, until_learned=True).learned.modes == pytest.approx(simulate(extreme).learned.modes, rel=1e-11)


@pytest.mark.parametrize("delta", [0.1, 8.0])
def test_a_run_that_ends_long_before_its_slowest_mode_is_learned_does_not_say_that_it_has_settled(delta):
    run = simulate(experiment(step(4, 10**12), delta, 1.5))
    assert (run.end, mode_learning_times(run)[0]) == ("horizon", None)
    assert run.t[-1] < delta / 1e-12  # the majority contrasts grow at 1e-12


def test_a_run_of_two_classes_does_not_say_that_it_has_settled_before_the_light_one_is_at_rest():
    assert simulate(experiment(explicit([5, 1]), weights=(1e-8, 1.0))).end == "horizon"  # its margin is reached at 7e7
    assert simulate(experiment(explicit([5, 1]), weights=(1e-2, 1.0)), margin=2.0).end == "settled"
