"""Runs of the gradient flow: against the closed form, against each other, and at the edges of the input."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from numerics import integrate
from numerics.unconstrained_features import flow, measure
from numerics.unconstrained_features.experiment import Experiment, initial_W_and_H
from numerics.unconstrained_features.flow import simulate
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
from proofs import strategies
from theory.data.counts import ClassCounts, explicit, long_tailed, step
from theory.exact import InvalidInput
from theory.losses import loss_named
from theory.losses.loss import Loss
from theory.losses.squared import Squared

PATH_ERROR = 1e-8  # relative, over the whole path: what a reader of the report is promised
TIME_ERROR = 1e-6  # flow time
LEVELS_ERROR = 1e-9  # two integrations of some hundred steps, each of relative tolerance 1e-12
ROUNDING = 1e-12  # of quantities conserved by a Runge-Kutta step to its tolerance


class SoftmaxCrossEntropy(Loss):
    """A loss that `numerics` has never seen."""

    name = "softmax-of-this-test"
    source = "a test"

    def sample_loss(self, logits, label, counts):
        return sp.log(sum(sp.exp(logit) for logit in logits)) - logits[label]


class PriorAdjusted(Loss):
    """Cross-entropy with logits shifted by log-priors: labels of unequal counts have unequal formulas."""

    name = "prior-adjusted-of-this-test"
    source = "a test"

    def sample_loss(self, logits, label, counts):
        return sp.log(sum(n * sp.exp(logit) for n, logit in zip(counts, logits, strict=True))) - logits[label]


class SquaredOnOneHot(Loss):
    """½ ‖e_y − l‖²: its Hessian is the identity, its target is not centred."""

    name = "one-hot-of-this-test"
    source = "a test"

    def sample_loss(self, logits, label, counts):
        return sum((int(k == label) - logit) ** 2 for k, logit in enumerate(logits)) / 2


class Flat(Loss):
    """A loss whose gradient vanishes at zero logits."""

    name = "flat-of-this-test"
    source = "a test"

    def sample_loss(self, logits, label, counts):
        return logits[label] ** 4


def experiment(counts: ClassCounts, delta: float, exponent: float = 0.0, **options) -> Experiment:
    """A run with ω = n^(−exponent) of the squared loss, unless told otherwise."""
    weights = tuple(float(n) ** -exponent for n in counts.per_class)
    return Experiment(counts, weights, options.pop("loss", Squared()), delta, **options)


def logistic(sigma, delta, t):
    """The vanilla mode strength s(t) = σ/(1 + (σe^(2δ) − 1)e^(−2σt)), times × modes."""
    return sigma / (1 + (sigma * math.exp(2 * delta) - 1) * np.exp(-2 * sigma * np.asarray(t)[:, None]))


def distinct_singular_values(trajectory):
    return np.array([group.singular_value for group in mode_groups(trajectory)])


def read_times(trajectory, k=60):
    return np.linspace(0, trajectory.t[-1], k)


def times_of(trajectory):
    return np.array(mode_learning_times(trajectory) + class_learning_times(trajectory), dtype=float)


@pytest.mark.parametrize("delta", [4, 8, 16, 46])
@pytest.mark.parametrize("ratio", [1, 10, 100, 1000])
@pytest.mark.parametrize("c", [4, 10])
def test_vanilla_step_run_is_the_closed_form(c, ratio, delta):
    run = simulate(experiment(step(c, ratio), delta))
    sigma = distinct_singular_values(run)
    t = np.union1d(read_times(run, 200), run.t[::3])
    assert np.abs(group_strengths(run, t) / logistic(sigma, delta, t) - 1).max() < PATH_ERROR
    for f in (0.1, 0.5, 0.9):
        expected = np.log((sigma * math.exp(2 * delta) - 1) * f / (1 - f)) / (2 * sigma)
        assert np.abs(mode_learning_times(run, f) - expected).max() < TIME_ERROR


@settings(max_examples=settings.default.max_examples // 2, deadline=None)
@given(counts=strategies.arbitrary_counts(most_classes=7, largest=60), delta=st.floats(0.5, 60), width=st.integers(0, 2))
def test_vanilla_run_is_the_closed_form_for_any_counts(counts, delta, width):
    run = simulate(experiment(counts, delta, width=counts.c - 1 + width))
    sigma = distinct_singular_values(run)
    t = read_times(run)
    assert np.abs(group_strengths(run, t) / logistic(sigma, delta, t) - 1).max() < PATH_ERROR


@pytest.mark.parametrize(("ratio", "middle"), [(10, 0.77780), (100, 1.86922), (1000, 2.74488)])
def test_weighted_learning_times_have_their_finite_offsets(ratio, middle):
    late = mode_learning_times(simulate(experiment(step(4, ratio), 16, 0.5)))
    offsets = np.array(late) - 16
    # The reference values are rounded to five places; at δ = 16 what is left of δ is below 1e-5.
    assert offsets == pytest.approx([math.log(ratio) / 4, middle, 0.0], abs=1e-5)
    early = np.array(mode_learning_times(simulate(experiment(step(4, ratio), 8, 0.5)))) - 8
    assert np.abs(early - offsets).max() < 1e-3


def test_weighted_run_at_large_delta_does_not_stall_on_rounding():
    # At the end of a weighted run entries decay to rounding; chasing them takes thousands of steps.
    assert len(simulate(experiment(step(4, 100), 16, 0.5)).t) < 500


@pytest.mark.parametrize("loss", [Squared(), SoftmaxCrossEntropy(), PriorAdjusted()], ids=lambda loss: loss.name)
@pytest.mark.parametrize("exponent", [0, 0.5, 1])
def test_class_level_is_the_sample_level(loss, exponent):
    one = experiment(explicit([7, 5, 5, 2]), 4.0, exponent, loss=loss, width=5)
    by_class = simulate(one)
    by_sample = simulate(one, level="sample", time=by_class.t[-1])
    t = read_times(by_class)
    assert by_class.level == "class"
    assert np.abs(strengths(by_class, t) - strengths(by_sample, t)).max() < LEVELS_ERROR
    assert np.abs(by_class.logits(t) - by_sample.logits(t)).max() < LEVELS_ERROR
    assert np.abs(by_class.W(t) - by_sample.W(t)).max() < LEVELS_ERROR
    assert np.abs(by_class.H(t) - by_sample.H(t)).max() < LEVELS_ERROR
    assert np.nanmax(np.abs(times_of(by_class) - times_of(by_sample))) < LEVELS_ERROR
    assert weighted_loss(by_class, t) == pytest.approx(weighted_loss(by_sample, t), rel=1e-6)


@pytest.mark.parametrize("exponent", [0, 0.5])
@pytest.mark.parametrize("width", [3, 6])
def test_within_level_is_the_sample_level_when_features_start_unequal(exponent, width):
    one = experiment(explicit([9, 4, 4, 2]), 4.0, exponent, width=width, init="random", seed=width)
    within = simulate(one)
    by_sample = simulate(one, level="sample", time=within.t[-1])
    t = read_times(within)
    assert within.level == "within"
    assert np.abs(within.logits(t) - by_sample.logits(t)).max() < LEVELS_ERROR
    assert np.abs(within.W(t) - by_sample.W(t)).max() < LEVELS_ERROR
    assert np.abs(within.H(t) - by_sample.H(t)).max() < LEVELS_ERROR
    assert np.abs(within.M(t) - by_sample.M(t)).max() < LEVELS_ERROR
    assert np.abs(margins(within, t) - margins(by_sample, t)).max() < LEVELS_ERROR
    assert np.abs(times_of(within) - times_of(by_sample)).max() < LEVELS_ERROR
    assert weighted_loss(within, t) == pytest.approx(weighted_loss(by_sample, t), rel=1e-6)


@pytest.mark.parametrize("level", ["within", "sample"])
def test_balance_and_margins_are_those_of_the_samples_where_features_differ(level):
    # At δ = 1/2 the spread of features is of the size of the features themselves.
    counts = explicit([6, 3, 2])
    run = simulate(experiment(counts, 0.5, 0.5, init="random", width=4), level=level)
    labels = np.array(counts.labels)
    for t in read_times(run, 9):
        W, H, L = run.W(t), run.H(t), run.logits(t)
        gaps = np.array([L[y, i] - np.delete(L[:, i], y).max() for i, y in enumerate(labels)])
        assert margins(run, t) == pytest.approx([gaps[labels == j].min() for j in range(3)], abs=1e-14)
        size = np.linalg.norm(run.at(t, run.system.imbalance))
        assert size == pytest.approx(np.linalg.norm(W.T @ W - H @ H.T), rel=1e-12)
    assert balance_drift(run) < ROUNDING


def test_within_level_is_the_class_level_when_features_start_equal():
    one = experiment(long_tailed(4, 10), 6.0, 0.5)
    by_class = simulate(one)
    within = simulate(one, level="within", time=by_class.t[-1])
    t = read_times(by_class)
    assert np.abs(within.logits(t) - by_class.logits(t)).max() < LEVELS_ERROR


@pytest.mark.parametrize("exponent", [0, 1])
def test_levels_agree_at_large_delta_where_plain_rounding_would_swamp_slow_modes(exponent):
    # e^(−46) is 1e-20: beside a learned mode of size 1, a slow one lies four orders below rounding.
    one = experiment(long_tailed(4, 30), 46.0, exponent)
    by_class, by_sample = simulate(one), simulate(one, level="sample")
    assert np.abs(times_of(by_class) - times_of(by_sample)).max() < TIME_ERROR


def test_large_delta_run_is_stable_under_a_finer_integration(monkeypatch):
    one = experiment(long_tailed(6, 100), 46.0, 1)
    coarse = times_of(simulate(one))
    monkeypatch.setattr(flow, "LONGEST_STEP", flow.LONGEST_STEP * 0.7)
    monkeypatch.setattr(integrate, "RELATIVE_TOLERANCE", integrate.RELATIVE_TOLERANCE * 0.3)
    assert np.abs(times_of(simulate(one)) - coarse).max() < TIME_ERROR


@settings(max_examples=settings.default.max_examples // 3, deadline=None)
@given(
    counts=strategies.arbitrary_counts(most_classes=5, largest=12),
    delta=st.floats(1, 40),
    exponent=st.sampled_from([0, 0.25, 0.5, 1]),
    init=st.sampled_from(["spectral", "random"]),
)
def test_squared_loss_runs_keep_balance_lose_loss_and_reach_the_labels(counts, delta, exponent, init):
    run = simulate(experiment(counts, delta, exponent, init=init, width=counts.c + 1))
    t = read_times(run)
    loss = weighted_loss(run, t)
    assert balance_drift(run) < ROUNDING
    assert (np.diff(loss) <= ROUNDING * loss[0]).all()
    # Equal logits are no mode: from a random start their small residual fades only at a rate of order
    # e^(−2δ), so that P L, not L, is near P. Three horizons leave two, above 13/μ, to the slowest decay.
    P = np.eye(counts.c) - 1 / counts.c
    far = simulate(run.experiment, time=3 * run.t[-1])
    assert np.abs(P @ far.class_logits(far.t[-1]) - P).max() < 1e-4


@pytest.mark.parametrize("loss", [SoftmaxCrossEntropy(), PriorAdjusted(), SquaredOnOneHot()], ids=lambda loss: loss.name)
@pytest.mark.parametrize("init", ["spectral", "random"])
def test_a_new_loss_runs_with_balance_and_descent_by_its_own_formula_alone(loss, init):
    run = simulate(experiment(step(4, 3), 5.0, 0.5, loss=loss, init=init, width=4))
    descent = weighted_loss(run, read_times(run))
    assert balance_drift(run) < ROUNDING
    assert (np.diff(descent) < 0).all()


@pytest.mark.parametrize("loss", [SoftmaxCrossEntropy(), PriorAdjusted(), SquaredOnOneHot()], ids=lambda loss: loss.name)
def test_plain_derivative_is_minus_the_gradient_of_the_loss(loss):
    system = simulate(experiment(explicit([3, 2, 2]), 1.0, 0.5, loss=loss, init="random"), time=0.1).system
    y = np.random.default_rng(1).standard_normal(len(system.initial_state))
    h = 1e-5  # central differences: truncation h² and rounding 1e-16/h are both near 1e-10
    slopes = [(system.weighted_loss(y + h * e) - system.weighted_loss(y - h * e)) / (2 * h) for e in np.eye(len(y))]
    assert np.abs(system.derivative(0.0, y) + slopes).max() < 1e-8


@pytest.mark.parametrize("level", ["class", "within"])
def test_rotated_derivative_of_the_logits_is_the_plain_one(level):
    one = experiment(explicit([5, 3, 3, 1]), 0.5, 0.5, init="random" if level == "within" else "spectral")
    h = 1e-5
    slope = {}
    for lev in (level, "sample"):
        run = simulate(one, level=lev, time=0.1)
        slope[lev] = (run.logits(0.05 + h) - run.logits(0.05 - h)) / (2 * h)
    assert np.abs(slope[level] - slope["sample"]).max() < 1e-7


def test_spectral_start_has_the_strength_of_its_scale_in_every_mode():
    run = simulate(experiment(step(4, 10), 46.0))
    assert strengths(run, 0.0) == pytest.approx(np.full(3, math.exp(-92)), rel=1e-14)
    W, H = initial_W_and_H(run.experiment)
    assert np.abs(W - run.W(0.0)).max() < 1e-15 * math.exp(-46)
    assert np.abs(H - run.H(0.0)).max() < 1e-15 * math.exp(-46)
    assert balance_drift(run) == 0.0  # the modes never touch: zeros between them are exact


def test_random_start_meets_every_mode_at_the_spectral_scale_and_is_drawn_from_its_seed():
    counts = explicit([400, 100])
    squares = []
    for seed in range(200):
        W, H = initial_W_and_H(experiment(counts, 3.0, init="random", width=3, seed=seed))
        squares.append([np.sum(W**2) / 2, np.sum(H**2) / 500])
    # Each mean of chi-squares has a relative standard error below 5 %.
    assert np.mean(squares, axis=0) == pytest.approx([math.exp(-6)] * 2, rel=0.2)
    again = initial_W_and_H(experiment(counts, 3.0, init="random", width=3, seed=199))
    assert (again[0] == W).all()
    assert (again[1] == H).all()


def test_one_singular_value_at_balance_and_one_mode_for_two_classes():
    balanced = simulate(experiment(step(4, 1), 5.0, 0.5))
    assert [(g.singular_value, g.multiplicity) for g in mode_groups(balanced)] == [(1.0, 3)]
    two = simulate(experiment(explicit([9, 3]), 5.0))
    (group,) = mode_groups(two)
    assert group.multiplicity == 1
    assert group.singular_value == pytest.approx(math.sqrt(6), rel=1e-14)


def test_weights_of_balanced_classes_only_rescale_time():
    plain = Experiment(step(4, 1), (1.0,) * 4, Squared(), 6.0)
    doubled = Experiment(step(4, 1), (2.0,) * 4, Squared(), 6.0)
    assert 2 * times_of(simulate(doubled)) == pytest.approx(times_of(simulate(plain)), rel=1e-9)


def test_a_run_and_its_readings_are_the_same_to_the_last_bit_on_any_number_of_threads():
    def run(threads):
        with threadpool_limits(threads, user_api="blas"):
            trajectory = simulate(experiment(step(100, 4), 8.0, 0.5, init="random"), time=0.5)
            return trajectory.t, trajectory.W(trajectory.t), strengths(trajectory, trajectory.t)

    for alone, beside in zip(run(1), run(2), strict=True):
        assert np.array_equal(alone, beside)


@pytest.mark.parametrize(("counts", "exponent"), [(long_tailed(6, 10**6), 0.5), (long_tailed(7, 10**6), 0.5)])
def test_the_steps_of_a_run_that_weights_make_stiff_are_foreseen(monkeypatch, counts, exponent):
    told = []
    monkeypatch.setattr(flow, "expected_steps", lambda *run, expected=flow.expected_steps: told.append(expected(*run)) or told[0])
    taken = len(simulate(experiment(counts, 8.0, exponent)).t)
    assert taken / 1.5 < told[0] < 1.5 * taken
    assert told[0] > 2000


def test_a_run_of_more_steps_than_foreseen_is_stopped(monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(integrate, "MOST_STEPS", 50)
        patched.setattr(flow, "expected_steps", lambda *_: 0.0)
        with pytest.raises(integrate.TooLarge, match="is more than 50 steps, which end at"):
            simulate(experiment(long_tailed(6, 10), 4.0, 0.5))
    assert len(simulate(experiment(long_tailed(6, 10), 4.0, 0.5)).t) > 51


def test_interrupt_passes_through(monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("numerics.unconstrained_features.grouped.Moving.derivative", interrupted)
    with pytest.raises(KeyboardInterrupt):
        simulate(experiment(step(4, 10), 4.0, 0.5))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"delta": 0}, "delta=0 must be > 0"),
        ({"delta": -1}, "delta=-1 must be > 0"),
        ({"delta": math.nan}, "delta=nan must be > 0"),
        ({"delta": math.inf}, "delta=inf must be > 0"),
        ({"delta": 1001}, "≤ 1000"),
        ({"width": 2}, "width=2 must be a whole number ≥ c − 1 = 3"),
        ({"width": 3.5}, "width=3.5 must be a whole number"),
        ({"init": "zero"}, "init='zero' must be one of spectral, random"),
        ({"weights": (1.0, 1.0)}, "are 2 for 4 classes"),
        ({"weights": (1.0, 1.0, 0.0, 1.0)}, "weight=0.0 must be finite and > 0"),
        ({"weights": (1.0, 1.0, math.nan, 1.0)}, "weight=nan must be finite and > 0"),
    ],
)
def test_wrong_experiment_is_refused_in_one_line(change, message):
    arguments = {"counts": step(4, 10), "weights": (1.0,) * 4, "loss": Squared(), "delta": 4.0} | change
    with pytest.raises(InvalidInput) as refusal:
        Experiment(**arguments)
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("change", "run", "message"),
    [
        ({}, {"time": 0.0}, "time=0.0 must be finite and > 0"),
        ({}, {"time": math.nan}, "time=nan must be finite and > 0"),
        ({}, {"level": "pixel"}, "level='pixel' must be one of sample, class, within"),
        ({"init": "random"}, {"level": "class"}, "features that start equal"),
        ({"loss": SoftmaxCrossEntropy()}, {"level": "within"}, "needs the squared loss"),
        ({"delta": 301.0, "init": "random"}, {}, "delta=301.0 must be ≤ 300"),
        ({"loss": Flat()}, {}, "has no gradient at zero logits"),
        ({"loss": SoftmaxCrossEntropy(), "delta": 60.0}, {}, "delta=60.0 must be ≤ 42.4"),
        ({"delta": 100.0}, {"level": "sample"}, "delta=100.0 must be ≤ 77.5"),
    ],
)
def test_wrong_run_is_refused_in_one_line(change, run, message):
    with pytest.raises(InvalidInput) as refusal:
        simulate(experiment(step(4, 10), change.pop("delta", 4.0), **change), **run)
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("times", [-0.1, 1e9, math.nan])
def test_reading_outside_the_run_is_refused(times):
    run = simulate(experiment(step(4, 10), 4.0))
    with pytest.raises(InvalidInput, match="must lie on the run"):
        run.logits(times)


# Where a run ends -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", ["squared", "cross-entropy"])
@pytest.mark.parametrize(("counts", "weights"), [((500, 5), (1.0, 100.0)), ((990, 10), None), ((999, 1, 1), None)])
def test_a_run_goes_on_until_a_class_that_weights_made_slow_is_learned(counts, weights, loss):
    """The horizon of the fastest growth is too short: the large class relaxes at its own small weight."""
    numbers = ClassCounts(counts)
    balanced = weights or tuple(numbers.n / (numbers.c * n) for n in counts)
    found = simulate(Experiment(numbers, balanced, loss_named(loss), 8.0))
    assert found.end == "learned"
    assert None not in (*measure.mode_learning_times(found), *measure.class_learning_times(found))


def test_a_run_says_why_it_ends():
    experiment = Experiment(ClassCounts((9, 1)), (1.0, 1.0), loss_named("squared"), 8.0)
    assert simulate(experiment, margin=1.5).end == "settled"  # the margin tends to 1
    assert simulate(experiment, time=0.5).end == "horizon"
    assert simulate(experiment, time=0.5).t[-1] == 0.5
    assert simulate(experiment).end == "learned"
    cross_entropy = Experiment(ClassCounts((9, 1)), (1.0, 1.0), loss_named("cross-entropy"), 8.0)
    later = simulate(cross_entropy, margin=6.0)
    assert later.end == "learned"
    assert later.t[-1] > simulate(cross_entropy).t[-1]
    affine = simulate(Experiment(ClassCounts((9, 1)), (1.0, 1.0), loss_named("unhinged"), 8.0), margin=1e305)
    assert affine.end == "horizon"
