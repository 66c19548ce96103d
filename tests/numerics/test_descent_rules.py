"""Rules of descent in steps, sample by sample, against the rules that `theory.models` derives and against their definitions."""

import numpy as np
import pytest

from numerics.compiled import compile_loss
from numerics.model_run import ModelFlow
from numerics.normalised_descent.draws import State, random_state
from numerics.problem import Problem
from numerics.spectral_descent.growth import Ascent, growth_rates, small_start
from numerics.unconstrained_features import descent
from numerics.unconstrained_features.experiment import Experiment, initial_W_and_H
from theory.data.counts import ClassCounts
from theory.losses import loss_named
from theory.models import rules
from theory.unconstrained_features import flow

COUNTS, WEIGHTS = ClassCounts((3, 2, 1)), (0.5, 1.0, 2.0)
EXPERIMENT = Experiment(COUNTS, WEIGHTS, loss_named("cross-entropy"), 1.0, "random", 2, 4)
PROBLEM = Problem(COUNTS, WEIGHTS, loss_named("squared"))
LABELS = np.array(COUNTS.labels)
MEMBERS = [rules.sp.MatrixSymbol(f"E_{j}", flow.samples, flow.samples) for j in range(3)]


@pytest.mark.parametrize(
    ("rule", "derived"),
    [
        (descent.gradient, rules.descent),
        (descent.sign, rules.sign),
        (descent.spectral, rules.spectral),
        (descent.class_normalised, rules.class_normalised(MEMBERS)),
    ],
    ids=["gradient", "sign", "spectral", "class-normalised"],
)
def test_a_rule_is_the_one_that_theory_derives(rule, derived):
    W, H = initial_W_and_H(EXPERIMENT)
    loss = compile_loss(EXPERIMENT.loss, COUNTS, COUNTS.labels)
    given = {E: np.diag((j == LABELS).astype(float)) for j, E in enumerate(MEMBERS)}
    system = ModelFlow(flow.MODEL, derived(flow.MODEL), loss, np.array(WEIGHTS)[LABELS], {flow.W: W, flow.H: H}, given)
    ours = descent.SampleFlow(EXPERIMENT, rule)
    assert ours.initial_state == pytest.approx(system.initial_state, abs=0)
    assert ours.derivative(0.0, ours.initial_state) == pytest.approx(system.derivative(0.0, system.initial_state), rel=1e-10, abs=1e-12)


def test_a_class_that_is_fitted_moves_nothing_under_class_normalised_descent():
    W, H, G = np.eye(2), np.ones((2, 3)), np.array([[0.0, 0.0, 3.0], [0.0, 0.0, 4.0]])
    by_W, by_H = descent.class_normalised(W, H, G, np.array([0, 0, 1]))
    norm = np.sqrt(2 * 25 + 25)
    assert by_W == pytest.approx(np.array([[3.0, 3.0], [4.0, 4.0]]) / norm)
    assert by_H == pytest.approx(np.array([[0.0, 0.0, 3.0], [0.0, 0.0, 4.0]]) / norm)


def test_a_heavy_ball_follows_its_equation_in_one_dimension():
    """Two classes of one sample: from rest μẌ + Ẋ = −∇, so that two steps of η leave η² of −∇/μ."""
    experiment = Experiment(ClassCounts((1, 1)), (1.0, 1.0), loss_named("squared"), 3.0)
    plain = descent.SampleFlow(experiment)
    ball = descent.HeavyBall(plain, 0.5)
    state = ball.initial_state
    for _ in range(2):
        state = state + 0.1 * ball.derivative(0.0, state)
    force = plain.derivative(0.0, plain.initial_state)
    assert state[: len(force)] - plain.initial_state == pytest.approx(0.1**2 * force / 0.5)


def test_descent_ends_where_all_has_been_reached_once():
    experiment = Experiment(ClassCounts((4, 1)), (1.0, 1.0), loss_named("squared"), 4.0)
    whole = descent.descend(experiment, step_size=0.01, steps=2000)
    short = descent.descend(experiment, step_size=0.01, steps=2000, until=(0.5, 0.5))
    assert len(short.losses) < len(whole.losses) == 2001
    assert short.mode_learning_steps() == pytest.approx(whole.mode_learning_steps())
    assert short.class_learning_steps() == pytest.approx(whole.class_learning_steps())
    assert whole.losses[0] > whole.losses[-1] > 0
    assert whole.losses[0] == pytest.approx(0.5 * 5 * 0.5, rel=1e-2)


def test_loss_rates_are_derivatives_along_the_rule():
    state = random_state(PROBLEM, 3, 0.7, 2)
    parts = state.class_gradients()
    norms = np.linalg.norm(parts, axis=1)
    step = 1e-6 * (parts / norms[:, None]).sum(axis=0)

    def losses(sign):
        W, H = state.W + sign * step[:9].reshape(3, 3), state.H + sign * step[9:].reshape(3, 6)
        each = compile_loss(PROBLEM.loss, COUNTS, COUNTS.labels).value(W @ H) * np.array(WEIGHTS)[LABELS]
        return np.array([each[j == LABELS].sum() for j in range(3)])

    slopes = (losses(1) - losses(-1)) / 2e-6
    assert state.loss_rates(1.0) * norms == pytest.approx(slopes, rel=1e-6)
    assert State(PROBLEM, state.W, state.H).loss_rates(0.0) != pytest.approx(state.loss_rates(1.0))


def test_without_ascent_and_inertia_modes_grow_at_their_escape_rates():
    start = small_start(PROBLEM, 40.0, 3)
    scaled = np.sqrt(COUNTS.per_class) * np.array(WEIGHTS)
    expected = np.linalg.svd((np.eye(3) - 1 / 3) * scaled, compute_uv=False)[:2]
    assert growth_rates(PROBLEM, Ascent(start, 0.0), start, 8.0) == pytest.approx(expected, rel=1e-4)
    assert growth_rates(PROBLEM, Ascent(start, 0.3), start, 8.0) != pytest.approx(expected, rel=1e-2)


@pytest.mark.parametrize("rule", [descent.gradient, descent.sign, descent.spectral])
def test_experiments_side_by_side_have_the_times_that_each_has_alone(rule):
    """Several weights and starts, a loss whose gradient depends on the class of the sample."""
    counts, loss = ClassCounts((3, 2, 1)), loss_named("cross-entropy")
    several = [Experiment(counts, (1.0, w, 1.0), loss, 1.5, "random", None, seed) for w, seed in ((1.0, 0), (0.5, 1), (2.0, 2))]
    found = descent.learning_times(several, step_size=0.01, steps=500, rule=rule)
    alone = [0.01 * descent.descend(each, step_size=0.01, steps=500, rule=rule).mode_learning_steps() for each in several]
    assert np.isfinite(alone).any()
    assert found == pytest.approx(np.array(alone), rel=1e-9, nan_ok=True)
