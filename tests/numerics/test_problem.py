"""What is asked of a problem once: whether its loss is squared, linear, affine, or none of these."""

from __future__ import annotations

import contextlib

import pytest
import sympy as sp

from numerics.compiled import derived_kind, kind_of
from numerics.problem import Problem
from numerics.unconstrained_features import flow
from numerics.unconstrained_features.experiment import Experiment
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput
from theory.losses import LOSSES, loss_named
from theory.losses.checks import check
from theory.losses.loss import Loss, LossKind, declared_kind
from theory.losses.squared import Squared
from theory.losses.unhinged import Unhinged

COUNTS = ClassCounts((5, 3, 2))


class OneHotSlope(Loss):
    """Affine, with the gradient −e_y in place of that of centred labels."""

    name, source = "one-hot-slope", "a test"

    def sample_loss(self, logits, label, counts):
        return 1 - logits[label]


class ShiftedSquare(Loss):
    """Half the squared distance from centred labels, written out and shifted by a number: the same gradient, another loss."""

    name, source = "shifted-square", "a test"

    def __init__(self, shift=0):
        self.shift = shift

    def sample_loss(self, logits, label, counts):
        c = sp.Integer(len(logits))
        return sp.expand(sum((sp.Integer(k == label) - 1 / c - logit) ** 2 for k, logit in enumerate(logits)) / 2) + self.shift


@pytest.mark.parametrize(
    ("loss", "kind"),
    [
        (loss_named("squared"), LossKind.SQUARED),
        (ShiftedSquare(), LossKind.SQUARED),
        (ShiftedSquare(1), LossKind.GENERAL),
        (loss_named("squared-one-hot"), LossKind.GENERAL),
        (loss_named("unhinged"), LossKind.LINEAR),
        (OneHotSlope(), LossKind.AFFINE),
        (loss_named("cross-entropy"), LossKind.GENERAL),
        (loss_named("ldam"), LossKind.GENERAL),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_the_kind_of_a_loss_is_found_by_algebra_and_not_by_its_name(loss, kind):
    found = Problem(COUNTS, (1.0, 1.0, 1.0), loss).kind
    assert found is kind
    assert found.is_affine == (kind in (LossKind.LINEAR, LossKind.AFFINE))


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
@pytest.mark.parametrize("counts", [COUNTS, ClassCounts((4, 4, 4, 1)), ClassCounts((2, 1))])
def test_every_registered_loss_declares_its_kind_and_is_of_it(loss, counts):
    assert declared_kind(loss()) is derived_kind(loss(), counts)


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_what_a_run_does_not_check_of_a_registered_loss_would_pass(loss, monkeypatch):
    one = loss()
    assert check(one) == one
    monkeypatch.setattr(flow, "check", raised)
    known = loss in (Squared, Unhinged)
    with contextlib.nullcontext() if known else pytest.raises(InvalidInput, match="checked"):
        flow.simulate(Experiment(COUNTS, (1.0, 1.0, 1.0), one, 3.0), time=0.1)


def raised(loss):
    raise InvalidInput("checked")


def test_a_declaration_is_believed_only_of_the_formula_it_stands_beside():
    class Untrue(OneHotSlope):
        kind = LossKind.GENERAL

    class Changed(Squared):
        def sample_loss(self, logits, label, counts):
            return -logits[label]

    with pytest.raises(InvalidInput, match="loss=one-hot-slope declares kind=GENERAL, and at three classes it is AFFINE"):
        kind_of(Untrue(), COUNTS)
    assert declared_kind(Changed()) is None
    assert kind_of(Changed(), COUNTS) is LossKind.AFFINE


def test_the_kind_of_a_declared_loss_takes_no_expansion(monkeypatch):
    monkeypatch.setattr("numerics.compiled.derived_kind", None)
    assert kind_of(loss_named("squared"), ClassCounts((7,) * 40)) is LossKind.SQUARED


@pytest.mark.parametrize(
    ("weights", "message"), [((1.0, 1.0), "2 for 3 classes"), ((1.0, 0.0, 1.0), "weight=0.0"), ((1.0, 1.0, float("nan")), "nan")]
)
def test_weights_that_are_none_are_refused(weights, message):
    with pytest.raises(InvalidInput, match=message):
        Problem(COUNTS, weights, loss_named("squared"))
