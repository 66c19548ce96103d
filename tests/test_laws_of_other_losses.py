"""The laws for any loss and for logits alone, and the cause that is named where they break."""

import itertools

import numpy as np
import pytest
import torch
from torch import nn

import ufm
from numerics.compiled import compile_loss
from proofs import laws
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput
from theory.losses import loss_named
from theory.losses.squared_one_hot import SquaredOneHot

SQUARED = loss_named("squared")


def gradient_of(loss, W0, labels):
    """∂ℓ/∂L of samples in any order, with the counts that they have."""
    counts = ClassCounts(tuple(int(n) for n in np.bincount(labels, minlength=len(W0))))
    return compile_loss(loss, counts, labels.tolist()).gradient


def simulator(loss=SQUARED, *, factor=lambda weights, labels: 1.0, decay=(0.0, 0.0), step=None, momentum=0.0, read=lambda W, H: (W, H)):
    """A simulator written for these tests, in steps or in fine Runge-Kutta ones, with a place for each fault."""

    def simulate(W0, H0, labels, weights, times):
        gradient, omega = gradient_of(loss, W0, labels), weights[labels] * factor(weights, labels)

        def split(state):
            return state[: W0.size].reshape(W0.shape), state[W0.size :].reshape(H0.shape)

        def velocity(state):
            W, H = split(state)
            G = -gradient(W @ H) * omega
            return np.concatenate([(G @ H.T - decay[0] * W).ravel(), (W.T @ G - decay[1] * H).ravel()])

        state, v, states = np.concatenate([W0.ravel(), H0.ravel()]), 0.0, [(W0, H0)]
        for start, end in itertools.pairwise(times):
            steps = max(1, round((end - start) / (step or 0.02)))
            h = (end - start) / steps
            for _ in range(steps):
                if step:
                    v = momentum * v + velocity(state)
                    state = state + h * v
                else:
                    k1 = velocity(state)
                    k2 = velocity(state + h / 2 * k1)
                    k3 = velocity(state + h / 2 * k2)
                    state = state + h / 6 * (k1 + 2 * k2 + 2 * k3 + velocity(state + h * k3))
            states.append(split(state))
        return read(np.array([W for W, _ in states]), np.array([H for _, H in states]))

    return simulate


def logits(W, H):
    return W @ H


FAULTS = {
    "the mean over samples": ({"factor": lambda w, y: 1 / len(y)}, ()),
    "the sum of the samples' weights": ({"factor": lambda w, y: 1 / w[y].sum()}, ()),
    "the sum of the class weights": ({"factor": lambda w, y: 1 / w.sum()}, ()),
    "without its half": ({"factor": lambda w, y: 2.0}, ()),
    "one-hot labels": ({"loss": SquaredOneHot()}, ()),
    "on W and H": ({"decay": (0.02, 0.02)}, (0.02,)),
    "on W alone": ({"decay": (0.05, 0.0)}, (0.05,)),
    "too coarse": ({"step": 0.125}, (0.125,)),
    "momentum": ({"step": 0.0125, "momentum": 0.9}, (0.0125, 0.9)),
}


def diagnosed(simulate, loss=SQUARED):
    return laws.diagnose(simulate, loss=loss, accuracy=1e-5)


@pytest.mark.parametrize("cause", FAULTS)
def test_a_simulator_with_exactly_that_fault_is_diagnosed(cause):
    fault, parameters = FAULTS[cause]
    found = diagnosed(simulator(**fault))
    assert cause in str(found)
    assert found.parameters == pytest.approx(parameters, rel=1e-3)
    assert found.unexplained < 1e-3


@pytest.mark.parametrize("cause", ["the mean over samples", "on W and H", "too coarse"])
def test_logits_alone_tell_the_cause_as_well(cause):
    fault, parameters = FAULTS[cause]
    found = diagnosed(simulator(**fault, read=logits))
    assert cause in str(found)
    assert found.parameters == pytest.approx(parameters, rel=1e-2)


@pytest.mark.parametrize("cause", ["the mean over samples", "on W alone"])
def test_another_loss_is_diagnosed_by_its_own_flow(cause):
    loss = loss_named("cross-entropy")
    assert cause in str(diagnosed(simulator(loss, **FAULTS[cause][0]), loss))


def test_every_cause_has_a_fault_that_is_diagnosed():
    assert len(FAULTS) == len(laws.CAUSES)
    assert all(sum(name in cause.says for name in FAULTS) >= 1 for cause in laws.CAUSES)


@pytest.mark.parametrize("read", [lambda W, H: (W, H), logits])
def test_a_right_simulator_has_no_cause(read):
    assert diagnosed(simulator(read=read)) is None


def test_a_fault_that_is_not_usual_has_no_cause():
    assert diagnosed(simulator(factor=lambda w, y: 1 / np.sqrt(w[y]))) is None


def test_the_report_ends_with_the_cause():
    with pytest.raises(laws.LawBroken) as caught:
        laws.check_all(simulator(factor=lambda w, y: 1 / len(y)), examples=2)
    assert str(caught.value).splitlines()[-1].startswith("likely cause: the mean over samples")


WEIGHTED = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 5.0]))


@pytest.mark.parametrize(
    ("given", "loss", "read"),
    [
        ("cross-entropy", loss_named("cross-entropy"), lambda W, H: (W, H)),
        (nn.CrossEntropyLoss(), loss_named("cross-entropy"), logits),
        ("logit-adjusted", loss_named("logit-adjusted"), logits),
        (WEIGHTED, ufm.losses.from_torch(WEIGHTED), lambda W, H: (W, H)),
    ],
    ids=["by name", "torch", "with priors", "torch, with weights of three classes"],
)
def test_a_right_simulator_of_another_loss_keeps_its_laws(given, loss, read):
    laws.check_all(simulator(loss, read=read), loss=given, accuracy=1e-4, examples=2)  # what its steps of one size keep


def test_a_simulator_of_another_loss_than_it_says_breaks_laws():
    with pytest.raises(laws.LawBroken) as caught:
        laws.check_all(simulator(SQUARED), loss="cross-entropy", examples=2)
    assert "means-follow-the-reduced-flow" in str(caught.value)
    assert "logits-end-at-the-labels" not in str(caught.value)  # no law of cross-entropy


@pytest.mark.parametrize(
    ("loss", "missing"),
    [
        ("cross-entropy", {"logits-end-at-the-labels", "learning-times-follow"}),
        (WEIGHTED, {"logits-end-at-the-labels", "learning-times-follow", "relabelling-commutes", "equal-counts-are-balanced"}),
    ],
)
def test_a_loss_is_tried_on_the_laws_that_it_has(loss, missing):
    """A simulator that stops breaks every law that is tried."""

    def stops(*arguments):
        raise ArithmeticError("stopped")

    with pytest.raises(laws.LawBroken) as caught:
        laws.check_all(stops, loss=loss, examples=2)
    broken = {law.name for law in laws.LAWS if f"\n{law.name}:" in str(caught.value)}
    assert broken == {law.name for law in laws.LAWS} - missing


def test_logits_of_another_shape_are_told():
    with pytest.raises(laws.LawBroken, match="L has shape"):
        laws.check_all(simulator(read=lambda W, H: H), examples=3)


@pytest.mark.parametrize(
    ("loss", "rule"),
    [
        ("cross-entropi", "not registered"),
        (nn.CrossEntropyLoss(weight=torch.ones(7)), "cannot be called"),
        (nn.CrossEntropyLoss, "callable"),
    ],
)
def test_what_is_no_loss_of_the_cases_is_told(loss, rule):
    with pytest.raises(InvalidInput, match=rule):
        laws.check_all(simulator(), loss=loss)
