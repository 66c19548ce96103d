"""Gradient descent tends to the flow as its step shrinks, at first order, and the order is measured."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp

from numerics.unconstrained_features.descent import descend
from numerics.unconstrained_features.experiment import Experiment
from numerics.unconstrained_features.flow import simulate
from numerics.unconstrained_features.measure import class_learning_times, mode_learning_times
from theory.data.counts import explicit
from theory.exact import InvalidInput
from theory.losses.loss import Loss
from theory.losses.squared import Squared

STEPS_TRIED = [0.02 / 2**k for k in range(5)]
ORDER_ERROR = 2e-3  # of the slope: the second-order term is near 0.05 η of the first, over η ≤ 0.02


class SoftmaxCrossEntropy(Loss):
    name = "softmax-of-this-test"
    source = "a test"

    def sample_loss(self, logits, label, counts):
        return sp.log(sum(sp.exp(logit) for logit in logits)) - logits[label]


def run_of(loss=None, **options):
    counts = explicit([7, 5, 2])
    weights = tuple(float(n) ** -0.5 for n in counts.per_class)
    return Experiment(counts, weights, loss or Squared(), 2.0, **options)


@pytest.mark.parametrize("init", ["spectral", "random"])
@pytest.mark.parametrize("loss", [Squared(), SoftmaxCrossEntropy()], ids=lambda loss: loss.name)
def test_learning_times_of_descent_tend_to_those_of_the_flow_at_first_order(loss, init):
    experiment = run_of(loss, init=init)
    flow = simulate(experiment)
    expected = np.array(mode_learning_times(flow) + class_learning_times(flow))
    errors = []
    for eta in STEPS_TRIED:
        run = descend(experiment, step_size=eta, steps=math.ceil(1.2 * expected.max() / eta))
        errors.append(eta * np.concatenate([run.mode_learning_steps(), run.class_learning_steps()]) - expected)
    slopes = np.polyfit(np.log(STEPS_TRIED), np.log(np.abs(errors)), 1)[0]
    assert slopes == pytest.approx(np.ones(len(expected)), abs=ORDER_ERROR)


def test_one_step_is_the_gradient_of_the_loss():
    # From spectral init with one mode the step is scalar: w ← w + η(σ − wh)h, from w = h = e^(−δ).
    experiment = Experiment(explicit([3, 3]), (1.0, 1.0), Squared(), 1.0)
    run = descend(experiment, step_size=0.1, steps=1)
    a, sigma = math.exp(-1), math.sqrt(3)
    assert run.singular_values == pytest.approx([sigma], rel=1e-14)
    assert run.strengths[:, 0] == pytest.approx([a * a, (a + 0.1 * (sigma - a * a) * a) ** 2], rel=1e-13)


def test_learning_steps_are_none_before_and_zero_at_once():
    run = descend(run_of(), step_size=0.01, steps=3)
    assert np.isnan(run.mode_learning_steps()).all()
    assert (run.class_learning_steps(-1.0) == 0).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"step_size": 0.0}, "step_size=0.0 must be finite and > 0"),
        ({"step_size": math.nan}, "step_size=nan must be finite and > 0"),
        ({"steps": 0}, "steps=0 must be a whole number ≥ 1"),
        ({"steps": 2.5}, "steps=2.5 must be a whole number ≥ 1"),
        ({"step_size": 5.0}, "step_size=5.0 diverged"),
    ],
)
def test_wrong_descent_is_refused_in_one_line(change, message):
    with pytest.raises(InvalidInput) as refusal:
        descend(run_of(), **({"step_size": 0.01, "steps": 100} | change))
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)
