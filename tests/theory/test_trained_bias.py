"""A trained bias: plateaus, initial rates and escape rates against dense matrices and losses written out in NumPy."""

import numpy as np
import pytest
import sympy as sp

from theory.constrained_features.rates import masses, settled_gram
from theory.data.counts import Group
from theory.data.inputs import class_mean_gram
from theory.exact import InvalidInput
from theory.symbols import gamma
from theory.trained_bias import prior

Q = sp.Rational
GROUPS = (Group(sp.Integer(2), sp.Integer(9)), Group(sp.Integer(1), sp.Integer(4)), Group(sp.Integer(3), sp.Integer(2)))
WEIGHTS = (Q(1, 3), Q(5, 4), Q(2))
COUNTS, OMEGA = np.array([9, 9, 4, 2, 2, 2]), np.array([1 / 3, 1 / 3, 5 / 4, 2, 2, 2])
MASS = COUNTS * OMEGA
SHARE = MASS / MASS.sum()
FIRST = (0, 2, 3)  # the first class of each group


def losses(logits, loss):
    """The loss of a sample of each class whose logits are these."""
    if loss == "squared":
        return 0.5 * ((np.eye(6) - 1 / 6 - logits) ** 2).sum(axis=1)
    return np.log(np.exp(logits).sum()) - logits


@pytest.mark.parametrize("loss", prior.LOSSES)
def test_plateaus_and_initial_rates_of_three_groups(loss):
    rest = SHARE - 1 / 6 if loss == "squared" else np.log(SHARE)
    assert [float(value) for value in prior.plateaus(GROUPS, WEIGHTS, loss)] == pytest.approx(losses(rest, loss)[list(FIRST)])
    centred = MASS - MASS.mean()
    slopes = (losses(1e-6 * centred, loss) - losses(-1e-6 * centred, loss)) / 2e-6
    assert [float(value) for value in prior.initial_loss_rates(GROUPS, WEIGHTS, loss)] == pytest.approx(slopes[list(FIRST)], abs=1e-6)
    assert slopes == pytest.approx(MASS.mean() - MASS, abs=1e-6)


def test_escape_rates_are_the_singular_values_of_the_target():
    labels = np.repeat(np.arange(6), COUNTS)
    target = (np.eye(6)[:, labels] - SHARE[:, None]) * OMEGA[labels]
    values = np.linalg.svd(target, compute_uv=False)
    found = [float(rate) for rate, many in prior.escape_rates(GROUPS, WEIGHTS) for _ in range(many)]
    assert sorted(found, reverse=True) == pytest.approx(values[:5])
    assert values[5] == pytest.approx(0, abs=1e-12)


def test_rates_are_those_of_orthonormal_inputs_for_every_number_of_groups():
    constrained = settled_gram(class_mean_gram(GROUPS, sp.Integer(0), sp.Integer(0)), masses(GROUPS, WEIGHTS)).simplify()
    assert prior.drive_gram(GROUPS, WEIGHTS).simplify() == prior.drive_gram(GROUPS, WEIGHTS, "cross-entropy").simplify() == constrained


def test_one_class_apart_can_be_flat():
    groups = (Group(sp.Integer(1), Q(12, 5)), Group(sp.Integer(3), sp.Integer(1)))
    assert prior.escape_rates(groups, (Q(5, 8), sp.Integer(1))) == ((1, 2), (1, 1))


def test_a_weighting_that_makes_all_classes_alike_leaves_no_drop():
    groups = (Group(sp.Integer(2), sp.Integer(10)), Group(sp.Integer(2), sp.Integer(1)))
    rates = prior.initial_loss_rates(groups, [group.count**-gamma for group in groups], "cross-entropy")
    assert [sp.simplify(rate.subs(gamma, 1)) for rate in rates] == [0, 0]
    assert float(rates[1].subs(gamma, Q(1, 2))) > 0 > float(rates[0].subs(gamma, Q(1, 2)))


def test_the_bias_of_another_loss_is_not_known():
    with pytest.raises(InvalidInput, match="must be squared or cross-entropy"):
        prior.plateaus(GROUPS, WEIGHTS, "focal")
