"""Descent on the weighted squared loss, and the curvature that it is measured to have."""

import numpy as np
import pytest

from numerics.implicit_bias.diagonal import diagonal_flow
from numerics.matrices import random_factors
from numerics.step_size.samples import Samples
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput

LOSS = Samples(ClassCounts((3, 2, 1)), (0.5, 1.0, 2.0))


def test_the_gradient_is_that_of_the_loss():
    W, H = random_factors(LOSS.counts.c, 3, LOSS.counts.n, 1.0, 4)
    by_W, by_H = LOSS.gradient(W, H)
    rng, step = np.random.default_rng(0), 1e-6
    X, Y = rng.standard_normal(W.shape), rng.standard_normal(H.shape)
    slope = (LOSS.loss(W + step * X, H + step * Y) - LOSS.loss(W - step * X, H - step * Y)) / (2 * step)
    assert slope == pytest.approx(np.sum(by_W * X) + np.sum(by_H * Y), rel=1e-7)
    assert LOSS.loss(0 * W, 0 * H) == pytest.approx(0.5 * (2 / 3) * (3 * 0.5 + 2 * 1.0 + 1 * 2.0))


@pytest.mark.parametrize("width", [2, 3, 5])
def test_two_measures_of_curvature_agree_at_a_minimum_of_any_width(width):
    W, H = LOSS.random_minimum(width, 7)
    assert LOSS.loss(W, H) < 1e-25
    assert LOSS.curvature(W, H) == pytest.approx(LOSS.curvature_of_logits(W, H), rel=1e-9)


def test_residuals_beside_a_minimum_grow_from_the_largest_stable_step_on():
    W, H = LOSS.random_minimum(3, 2)
    curvature = LOSS.curvature(W, H)
    assert LOSS.largest_stable_step(W, H, guess=1 / curvature, steps=600) == pytest.approx(2 / curvature, rel=2e-3)


def test_descent_ends_at_a_minimum_or_nowhere():
    start = random_factors(LOSS.counts.c, 2, LOSS.counts.n, 0.1, 0)
    end = LOSS.descend(*start, step_size=0.2, steps=5000)
    assert end is not None
    assert LOSS.loss(*end) < 1e-18
    assert LOSS.descend(*start, step_size=5.0, steps=5000) is None
    assert LOSS.descend(*start, step_size=0.2, steps=3) is None


def test_a_search_finds_no_curvature_below_that_of_flat_minima():
    """Two classes: W and H are one mode, and its curvature a ω + …/a is least where the two parts are equal."""
    loss = Samples(ClassCounts((1, 1)), (1.0, 1.0))
    assert loss.flattest_found(0) == pytest.approx(2.0, rel=1e-8)


def test_wrong_input_says_what_is_wrong():
    with pytest.raises(InvalidInput, match="one finite number > 0 for each of 3 classes"):
        Samples(LOSS.counts, (1.0, 1.0))
    with pytest.raises(InvalidInput, match="one finite number > 0"):
        Samples(LOSS.counts, (1.0, 1.0, 0.0))
    with pytest.raises(InvalidInput, match="narrower features cannot hold every mode"):
        LOSS.random_minimum(1, 0)
    with pytest.raises(InvalidInput, match="step_size=0"):
        LOSS.descend(*random_factors(LOSS.counts.c, 2, LOSS.counts.n, 0.1, 0), step_size=0, steps=1)
    with pytest.raises(InvalidInput, match="give one a row"):
        diagonal_flow(np.ones((2, 3)), np.ones(3), np.ones(2), start=1.0, time=1.0)
    with pytest.raises(InvalidInput, match="must be > 0"):
        diagonal_flow(np.ones((2, 3)), np.ones(2), np.ones(2), start=0.0, time=1.0)


def test_a_diagonal_network_of_one_entry_follows_its_closed_form():
    """One sample x = 1, y = 1 with decay and without: without, β tends to 1; with decay it ends below."""
    data, labels, weights = np.ones((1, 1)), np.ones(1), np.array([0.7])
    assert diagonal_flow(data, labels, weights, start=0.5, time=60.0) == pytest.approx(np.ones(1), abs=1e-9)
    (decayed,) = diagonal_flow(data, labels, weights, start=0.5, time=200.0, decay=0.1)
    assert decayed == pytest.approx(1 - 0.1 / (4 * 0.7), abs=1e-8)  # u²: 4ω(β − 1) = −λ
