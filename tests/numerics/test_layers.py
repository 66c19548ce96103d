"""Runs of layers and of fixed features at sample level."""

from itertools import pairwise

import numpy as np
import pytest

from numerics.constrained_features.runs import class_margins, mode_shares
from numerics.depth.layers import balanced_layers, layers_run, spectral_layers
from numerics.fixed_features.runs import fixed_features_run, sign_descent
from numerics.kernel_regime.runs import lazy_margins, lazy_start
from numerics.problem import Problem
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput
from theory.losses import loss_named

PROBLEM = Problem(ClassCounts((3, 2, 1)), (0.5, 1.0, 2.0), loss_named("squared"))
SOFTMAX = Problem(ClassCounts((3, 1)), (1.0, 2.0), loss_named("cross-entropy"))


@pytest.mark.parametrize("number", [2, 3, 4])
def test_random_layers_are_balanced(number):
    found = balanced_layers(PROBLEM, number, 0.3, 1)
    assert len(found) == number
    for outer, inner in pairwise(found):
        assert outer.T @ outer == pytest.approx(inner @ inner.T)


def test_two_spectral_layers_are_learned_by_the_closed_form():
    plain = Problem(ClassCounts((4, 4, 4)), (1.0, 1.0, 1.0), loss_named("squared"))
    run = layers_run(plain, spectral_layers(plain, 2, np.full(2, 0.01)), 10.0)
    (time,) = run.first_times(mode_shares(plain, np.array([[1.0, -1, 0]]).T))
    assert time == pytest.approx(np.log(2 * 1e4 - 1) / 4, rel=1e-9)  # ln(σ/s_0 − 1)/(2σ) at one half
    shares = mode_shares(plain, np.array([[1.0, -1, 0]]).T)
    short = layers_run(plain, spectral_layers(plain, 2, np.full(2, 0.01)), 10.0, lambda logits: bool(shares(logits)[0] >= 0.5))
    assert short.first_times(shares) == pytest.approx((time,), rel=1e-9)
    assert short.path.t[-2] < time <= short.path.t[-1] < run.path.t[-1]


def test_the_first_layer_of_an_aligned_start_has_the_weights():
    W, H = spectral_layers(PROBLEM, 2, np.full(2, 0.1), weighted=True)
    weighted = (np.arange(3)[:, None] == [0, 0, 0, 1, 1, 2]) - 1 / 3
    weighted = weighted * np.repeat([0.5, 1.0, 2.0], [3, 2, 1])
    assert W @ np.diag(np.linalg.svd(weighted)[1][:2]) @ H == pytest.approx(weighted * 0.01)


def test_one_class_of_two_has_the_margin_of_its_equation():
    run = fixed_features_run(SOFTMAX, 1.0)
    margins = class_margins(SOFTMAX)(run.path.at(1.0, run.logits))
    assert np.exp(margins) + margins == pytest.approx([1 + 2 * 3, 1 + 2 * 2])


def test_sign_descent_moves_every_entry_by_the_step():
    run = sign_descent(SOFTMAX, 0.01, 5)
    assert run.layers[-1] == pytest.approx(0.05 * np.array([[1, -1], [-1, 1]]))
    assert run.margins[-1] == pytest.approx([0.1, 0.1])
    free = sign_descent(SOFTMAX, 0.01, 1, scale=0.5)
    assert free.layers[0] == pytest.approx(np.array([[0.51, -0.01], [-0.01, 0.51]]))


def test_a_lazy_start_has_the_kernel_that_was_asked_for():
    W, H = lazy_start(PROBLEM, 2.0, 0.5, 0.25, 4.0)
    same = np.equal.outer([0, 0, 0, 1, 1, 2], [0, 0, 0, 1, 1, 2])
    assert pytest.approx(8.0 * np.eye(3)) == W @ W.T
    assert pytest.approx(2.0 * (0.75 * np.eye(6) + 0.25 * same)) == H.T @ H
    assert pytest.approx(np.zeros((3, 6))) == W @ H


def test_the_kernel_hardly_moves_from_a_larger_start():
    plain = Problem(ClassCounts((2, 1)), (1.0, 1.0), loss_named("squared"))
    near, far = (
        np.abs(lazy_margins(plain, 1.0, 1.0, 0.5, scale, 0.5) - (1 - np.exp(-0.5 * np.array([2.5, 2.0])))) for scale in (30.0, 300.0)
    )
    assert (far < 1e-5).all()
    assert (near > 20 * far).all()


def test_wrong_input_says_what_is_wrong():
    with pytest.raises(InvalidInput, match="one scale a mode"):
        spectral_layers(PROBLEM, 3, np.ones(3))
    with pytest.raises(InvalidInput, match="must be at least 2"):
        balanced_layers(PROBLEM, 1, 0.1, 0)
    with pytest.raises(InvalidInput, match="step=0"):
        sign_descent(SOFTMAX, 0.0, 5)
    with pytest.raises(InvalidInput, match="rho=2"):
        lazy_start(PROBLEM, 1.0, 1.0, 2.0, 1.0)
