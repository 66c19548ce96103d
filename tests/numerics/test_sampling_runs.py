"""One sample a step as it is run: its mean is the full step, and it moves what its sample moves."""

import numpy as np
import pytest

from numerics.sampling.class_errors import final_errors
from numerics.sampling.estimates import square_factors, trace_of_covariance
from numerics.sampling.network import train
from numerics.sampling.one_sample import OneSampleFlow, descend_by_samples
from numerics.unconstrained_features.descent import SampleFlow, descend
from numerics.unconstrained_features.experiment import Experiment
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput
from theory.losses import loss_named


def experiment(loss="squared", delta=2.0):
    return Experiment(ClassCounts((3, 2, 1)), (0.5, 1.0, 2.0), loss_named(loss), delta, "random", None, 1)


@pytest.mark.parametrize("draw", ["sampling", "weights"])
@pytest.mark.parametrize("loss", ["squared", "cross-entropy"])
def test_the_mean_step_is_the_full_step(draw, loss):
    flow = OneSampleFlow(experiment(loss), draw, seed=0)
    state = flow.initial_state
    mean = sum(q * flow.estimate(state, i) for i, q in enumerate(flow.probabilities))
    assert mean == pytest.approx(SampleFlow(experiment(loss)).derivative(0.0, state), abs=1e-14)


def test_samples_are_drawn_with_their_probabilities():
    flow = OneSampleFlow(experiment(), "sampling", seed=0)
    steps = np.array([flow.derivative(0.0, flow.initial_state) for _ in range(4000)])
    kinds = np.array([flow.estimate(flow.initial_state, i) for i in range(6)])
    drawn = np.array([int(np.abs(kinds - step).sum(axis=1).argmin()) for step in steps])
    shares = np.bincount(drawn, minlength=6) / len(drawn)
    assert shares == pytest.approx(flow.probabilities, abs=5 * 0.5 / len(drawn) ** 0.5)


def test_a_sample_moves_its_own_features_alone():
    flow = OneSampleFlow(experiment(), "weights", seed=0)
    _, moved = flow.split(flow.estimate(flow.initial_state, 4))
    assert np.flatnonzero(np.abs(moved).sum(axis=0)).tolist() == [4]


def test_small_steps_follow_the_full_descent():
    full = descend(experiment(), step_size=0.01, steps=2000)
    runs = [descend_by_samples(experiment(), step_size=0.01, steps=2000, seed=seed, draw="sampling") for seed in range(3)]
    assert all(run.strengths.shape == full.strengths.shape for run in runs)
    apart = max(float(np.abs(run.strengths - full.strengths).max()) for run in runs)
    assert 0.001 < apart < 0.5
    assert all(run.margins[-1] == pytest.approx(full.margins[-1], abs=0.05) for run in runs)


def test_a_seed_gives_the_run_again_and_another_does_not():
    first, again, other = (
        descend_by_samples(experiment(), step_size=0.01, steps=50, seed=seed, draw="weights").margins for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    ("change", "names"), [({"draw": "copies"}, "draw='copies'"), ({"step_size": 0.0}, "step_size=0.0"), ({"steps": 0}, "steps=0")]
)
def test_wrong_input_is_told(change, names):
    given = {"step_size": 0.01, "steps": 5, "seed": 0, "draw": "sampling", **change}
    with pytest.raises(InvalidInput, match=names):
        descend_by_samples(experiment(), **given)


def test_a_step_that_is_too_large_diverges():
    with pytest.raises(InvalidInput, match="diverged"):
        descend_by_samples(experiment(), step_size=5.0, steps=500, seed=0, draw="weights")


def test_errors_of_many_runs_and_the_factor_of_one_step():
    """After one step from an error of 1 the mean of the squares is the sum over all samples that may be drawn."""
    found = final_errors((4, 1), (1.0, 3.0), step_size=0.4, steps=1, runs=200_000, seed=0, draw="weights") ** 2
    exact = square_factors((4, 1), (1.0, 3.0), 0.4, "weights")
    assert (np.abs(found.mean(axis=0) - exact) < 5 * found.std(axis=0) / len(found) ** 0.5).all()
    with pytest.raises(InvalidInput, match="2 weights for 3 classes"):
        final_errors((4, 1, 1), (1.0, 3.0), step_size=0.4, steps=1, runs=2, seed=0, draw="weights")


def test_the_trace_of_the_covariance_of_two_samples():
    gradients, weights = np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([1.0, 1.0])
    assert trace_of_covariance(gradients, weights, "weights") == pytest.approx((4 * 1 + 4 * 4) / 2 - (1 + 4))


def test_the_network_descends_its_loss():
    generator = np.random.default_rng(0)
    X, y, w = generator.standard_normal((8, 3)), generator.standard_normal(8), np.ones(8)

    def loss(parameters):
        U, a = parameters[:15].reshape(5, 3), parameters[15:]
        return float(np.mean((np.tanh(X @ U.T) @ a - y) ** 2) / 2)

    path = train(X, y, w, step_size=1e-3, steps=2, seed=0)
    before, after = path
    gradient = np.array([(loss(before + h) - loss(before - h)) / 2e-6 for h in 1e-6 * np.eye(20)])
    assert after - before == pytest.approx(-1e-3 * gradient, abs=1e-9)
