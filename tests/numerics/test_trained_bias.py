"""Runs with a trained bias: against constrained features with orthonormal inputs, losses written out, and optimisers step by step."""

import numpy as np
import pytest

from numerics.constrained_features.runs import linear_features_run
from numerics.problem import Problem
from numerics.trained_bias import offsets
from numerics.trained_bias.runs import biased_run, class_losses, escape_rates
from theory.data.counts import ClassCounts
from theory.losses import loss_named

COUNTS = ClassCounts((4, 2, 1))
LABELS = list(COUNTS.labels)


def problem(loss):
    return Problem(COUNTS, (0.5, 1.0, 1.5), loss_named(loss))


@pytest.mark.parametrize("loss", ["squared", "cross-entropy"])
def test_free_features_are_constrained_ones_with_orthonormal_inputs(loss):
    generator = np.random.default_rng(1)
    W, H = 0.3 * generator.standard_normal((3, 2)), 0.3 * generator.standard_normal((2, COUNTS.n))
    free = biased_run(problem(loss), W, H, 2.0)
    other = linear_features_run(problem(loss), np.eye(COUNTS.n), W, H, 2.0, with_bias=True)
    for time in (0.0, 0.7, 2.0):
        assert free.path.at(time, free.logits) == pytest.approx(other.path.at(time, other.logits), abs=1e-9)


def test_a_run_may_start_with_a_bias():
    rest = np.array([[0.3], [-0.1], [-0.2]])
    run = biased_run(problem("squared"), np.zeros((3, 2)), np.zeros((2, COUNTS.n)), 1.0, rest)
    assert run.path.at(0.0, run.logits) == pytest.approx(np.repeat(rest, COUNTS.n, axis=1))


def test_class_losses_are_means_over_the_samples_of_a_class():
    logits = np.random.default_rng(2).standard_normal((3, COUNTS.n))
    each = np.log(np.exp(logits).sum(axis=0)) - logits[LABELS, np.arange(COUNTS.n)]
    assert class_losses(problem("cross-entropy"))(logits) == pytest.approx([each[:4].mean(), each[4:6].mean(), each[6]])


def test_growth_that_is_read_off_a_run_is_that_of_the_residual_after_the_bias():
    mass = np.array(COUNTS.per_class) * (0.5, 1.0, 1.5)
    target = (np.eye(3)[:, LABELS] - (mass / mass.sum())[:, None]) * np.array((0.5, 1.0, 1.5))[LABELS]
    assert escape_rates(problem("cross-entropy"), 3) == pytest.approx(np.linalg.svd(target, compute_uv=False)[:2], rel=1e-5)


# Training in steps --------------------------------------------------------------------------


def setting():
    generator = np.random.default_rng(4)
    labels = np.array([0, 0, 0, 1, 2])
    data = offsets.Data(generator.standard_normal((3, 5)), labels, np.array([1.0, 1.0, 1.0, 2.0, 3.0]))
    start = tuple(generator.standard_normal(shape) for shape in ((2, 3), (3, 2), (3, 1)))
    return data, start, generator.standard_normal((3, 1))


def total(data, parameters, offset, decay):
    U, V, b = parameters
    L = V @ np.tanh(U @ data.X) + b + offset
    each = np.log(np.exp(L).sum(axis=0)) - L[data.labels, np.arange(5)]
    return data.weights @ each + decay / 2 * (b**2).sum()


def test_a_step_of_gradient_descent_is_along_minus_the_difference_quotients():
    data, start, offset = setting()
    _, stepped = offsets.path(data, start, offset, offsets.gradient_descent(1.0), 1, decay=0.3)
    for k, (before, after) in enumerate(zip(start, stepped, strict=True)):
        for place in np.ndindex(before.shape):
            ends = []
            for sign in (1, -1):
                moved = [matrix.copy() for matrix in start]
                moved[k][place] += sign * 1e-6
                ends.append(total(data, moved, offset, 0.3))
            assert before[place] - after[place] == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=1e-7)


def test_momentum_and_adam_are_their_recursions():
    gradients = [np.array([float(g)]) for g in (1, -2, 0.5, 3)]
    speed = mean = square = np.zeros(1)
    heavy, adam = offsets.momentum(0.1, 0.8), offsets.adam(0.1, 0.7, 0.95)
    for step, g in enumerate(gradients):
        speed, mean, square = 0.8 * speed + g, 0.7 * mean + 0.3 * g, 0.95 * square + 0.05 * g**2
        assert heavy(gradients[: step + 1], step) == pytest.approx(0.1 * speed)
        expected = 0.1 * (mean / (1 - 0.7 ** (step + 1))) / (np.sqrt(square / (1 - 0.95 ** (step + 1))) + 1e-8)
        assert adam(gradients[: step + 1], step) == pytest.approx(expected)


def test_a_frozen_bias_stays():
    data, start, offset = setting()
    *_, last = offsets.path(data, start, offset, offsets.gradient_descent(), 3, train_bias=False)
    assert last[2] is start[2]
