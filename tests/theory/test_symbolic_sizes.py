"""The loss for every number of classes: derived with symbolic sizes, equal to what explicit classes give."""

from __future__ import annotations

import pytest
import sympy as sp

from theory.data.counts import Group
from theory.losses import LOSSES, classes, grouped
from theory.losses.loss import Loss
from theory.unconstrained_features import first_order

losses = pytest.mark.parametrize("loss", [loss() for loss in LOSSES], ids=lambda loss: loss.name)
SIZES = ((1, 1), (1, 4), (5, 1), (2, 3), (7, 7))


def identically_zero(expression):
    return expression == 0 or sp.expand(expression) == 0 or sp.simplify(expression) == 0


class WrittenOut(Loss):
    name, source = "written-out", "a test"

    def __init__(self, formula):
        self.formula = formula

    def sample_loss(self, logits, label, counts):
        return self.formula(logits, label, counts)


@losses
@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("own", [0, 1])
def test_symbolic_sizes_give_the_loss_of_explicit_classes(loss, sizes, own):
    derived = grouped.with_symbolic_sizes(loss, own).subs(dict(zip(grouped.SIZES, sizes, strict=True)), simultaneous=True)
    assert identically_zero(derived - grouped.at_sizes(loss, sizes, grouped.COUNTS, own))


@losses
def test_what_is_read_off_small_sizes_is_what_is_derived(loss):
    for own in range(2):
        assert identically_zero(grouped.read_off(loss, own) - grouped.with_symbolic_sizes(loss, own))


@losses
def test_target_of_every_size_is_that_of_explicit_classes(loss):
    for sizes in ((7, 7), (8, 2)):
        groups = tuple(Group(sp.Integer(m), sp.Integer(n)) for m, n in zip(sizes, (9, 2), strict=True))
        gap = first_order.step_target(loss).at(groups).columns - first_order.explicit_target(loss, groups).columns
        assert all(first_order.is_zero(entry) for entry in (*gap.diagonal, *gap.blocks))


@pytest.mark.parametrize(
    "formula",
    [
        lambda logits, label, counts: sum(logits) - logits[label],
        lambda logits, label, counts: len(logits) * logits[label],
        lambda logits, label, counts: logits[0] - logits[label],
        lambda logits, label, counts: (2 if label == 0 else 1) * logits[label],
        lambda logits, label, counts: counts[-1] * logits[label],
        lambda logits, label, counts: logits[label] if classes.number_of_classes(logits) > 3 else -logits[label],
        lambda logits, label, counts: classes.total(classes.per_class(lambda a, b: a * b, logits, (1, 2, 3))),
    ],
    ids=["iterates", "length", "first class", "names a class", "last count", "few classes", "three classes"],
)
def test_a_loss_that_needs_its_classes_one_by_one_is_not_derived(formula):
    with pytest.raises(grouped.WrittenOut):
        grouped.with_symbolic_sizes(WrittenOut(formula), 0)


def test_sums_count_every_class_once():
    """Σ_k l_k over m_maj + m_min classes at equal logits is c times that logit; without the own one, c − 1 times."""
    for own in range(2):
        for left_out in (0, 1):

            def formula(logits, label, counts, left_out=left_out):
                return classes.total(logits, but=label if left_out else None)

            value = grouped.with_symbolic_sizes(WrittenOut(formula), own)
            level = sp.Symbol("level")
            at_level = value.subs(dict.fromkeys((grouped.OWN, *grouped.OTHERS), level))
            assert sp.expand(at_level - (sp.Add(*grouped.SIZES) - left_out) * level) == 0
