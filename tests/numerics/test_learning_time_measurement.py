"""Learning times are the first crossings of the run itself, whatever the crossing looks like."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from numerics import first_time
from numerics.unconstrained_features.experiment import Experiment
from numerics.unconstrained_features.flow import simulate
from numerics.unconstrained_features.measure import class_learning_times, group_strengths, margins, mode_groups, mode_learning_times
from proofs import strategies
from theory.data.counts import explicit, step
from theory.exact import InvalidInput
from theory.losses.squared import Squared

CROSSING_ERROR = 1e-9  # logit units: a root to 1e-12 in time, at slopes of order σ²


def run_of(counts, delta=4.0, exponent=0.5, **options):
    weights = tuple(float(n) ** -exponent for n in counts.per_class)
    return simulate(Experiment(counts, weights, Squared(), delta), **options)


@settings(max_examples=settings.default.max_examples // 3, deadline=None)
@given(counts=strategies.arbitrary_counts(most_classes=5, largest=30), fraction=st.floats(0.05, 0.95))
def test_strength_at_the_learning_time_is_the_fraction_and_was_below_it_before(counts, fraction):
    run = run_of(counts)
    for i, (group, time) in enumerate(zip(mode_groups(run), mode_learning_times(run, fraction), strict=True)):
        level = fraction * group.singular_value
        assert abs(group_strengths(run, time)[i] - level) < CROSSING_ERROR
        assert (group_strengths(run, np.linspace(0, time * (1 - 1e-9), 50))[:, i] < level).all()


@settings(max_examples=settings.default.max_examples // 3, deadline=None)
@given(counts=strategies.arbitrary_counts(most_classes=5, largest=30), margin=st.floats(0.1, 0.9))
def test_margin_at_the_learning_time_is_the_margin(counts, margin):
    run = run_of(counts)
    for j, time in enumerate(class_learning_times(run, margin)):
        assert abs(margins(run, time)[j] - margin) < CROSSING_ERROR


def test_two_vanilla_classes_are_learned_with_their_only_mode():
    # L = s u vᵀ with one mode, so that every class reaches half its final margin 1 at s = σ/2.
    run = run_of(explicit([7, 7]), exponent=0.0)
    (mode,) = mode_learning_times(run)
    assert class_learning_times(run) == pytest.approx((mode, mode), abs=1e-9)


def test_time_is_none_when_the_run_ends_too_early():
    run = run_of(step(4, 10), exponent=0.0, time=2.0)
    assert mode_learning_times(run)[0] is not None
    assert mode_learning_times(run)[2] is None
    assert class_learning_times(run)[3] is None
    assert class_learning_times(run, 5.0) == (None,) * 4


def test_time_is_zero_when_learned_from_the_start():
    run = run_of(step(4, 10), delta=0.1, exponent=0.0)
    assert mode_learning_times(run)[2] == 0.0  # s(0) = e^(−0.2) is above half of σ = 1
    assert class_learning_times(run, -1.0) == (0.0,) * 4


def test_a_crossing_there_and_back_within_one_step_is_seen():
    run = run_of(step(4, 10))
    longest = int(np.argmax(np.diff(run.t)))
    middle, width = (run.t[longest] + run.t[longest + 1]) / 2, np.diff(run.t)[longest] / 6

    def bump(times):
        return (width - np.abs(np.asarray(times) - middle))[..., None]

    assert first_time.on_path(run.t, bump) == pytest.approx((middle - width,), abs=1e-9)


@pytest.mark.parametrize("fraction", [0, 1, -0.5, float("nan")])
def test_fraction_outside_the_open_unit_interval_is_refused(fraction):
    with pytest.raises(InvalidInput, match="strictly between 0 and 1"):
        mode_learning_times(run_of(step(4, 2)), fraction)


def test_margin_that_is_not_finite_is_refused():
    with pytest.raises(InvalidInput, match="must be finite"):
        class_learning_times(run_of(step(4, 2)), float("nan"))
