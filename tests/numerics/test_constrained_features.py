"""Runs of features that are linear in constant inputs against numbers that were computed before, by formula and by another simulation."""

import numpy as np
import pytest
import sympy as sp

from numerics.basis import centred_labels
from numerics.constrained_features.inputs import block_gram, class_mean_gram, inputs_of
from numerics.constrained_features.runs import class_margins, lazy_run, linear_features_run, mode_shares, sample_weights, spectral_start
from numerics.problem import Problem
from theory.algebra.partition import BlockMatrix
from theory.constrained_features import rates
from theory.data.counts import ClassCounts, Group
from theory.data.inputs import class_mean_gram as exact_gram
from theory.exact import InvalidInput
from theory.losses import loss_named

DIGITS = 1e-6  # the values below are given to nine digits, those of a looser second road to fewer
SMALL = ClassCounts((6, 6, 2, 2))
MAJORITY, MINORITY = np.array([1, -1, 0, 0]) / np.sqrt(2), np.array([0, 0, 1, -1]) / np.sqrt(2)
MIDDLE = np.array([1, 1, -1, -1]) / 2


def problem(counts, exponent=0.5, loss="squared"):
    return Problem(counts, tuple(float(n) ** -exponent for n in counts.per_class), loss_named(loss))


def test_the_rich_flow_from_a_spectral_start_has_the_half_times_of_a_second_simulation():
    setting, X = problem(SMALL), inputs_of(block_gram(SMALL, 0.35, 0.15))
    run = linear_features_run(setting, X, *spectral_start(setting, X, 5.0), 7.0)
    found = run.first_times(mode_shares(setting, np.column_stack([MAJORITY, MIDDLE, MINORITY])))
    assert found == pytest.approx((3.89232241, 4.09849389, 5.03669133), rel=DIGITS)


def test_the_lazy_flow_has_the_rates_and_the_middle_time_of_a_second_simulation():
    counts = ClassCounts((6, 6, 6, 2, 2, 2))
    setting = problem(counts)
    run = lazy_run(setting, block_gram(counts, 0.35, 0.15), 3.0)
    middle = np.array([1, 1, 1, -1, -1, -1]) / np.sqrt(6)
    (found,) = run.first_times(mode_shares(setting, middle[:, None]))
    assert found == pytest.approx(0.784184724, rel=DIGITS)


def test_cross_entropy_margins_reach_one_half_when_a_second_simulation_says():
    counts = ClassCounts((4, 4, 2, 2))
    setting, X = problem(counts, loss="cross-entropy"), inputs_of(block_gram(counts, 0.35, 0.15))
    run = linear_features_run(setting, X, *spectral_start(setting, X, 6.0), 7.0)
    found = run.first_times(class_margins(setting))
    assert found == pytest.approx((5.03582414, 5.03582414, 5.74918182, 5.74918182), rel=1e-5)


def test_a_bias_alone_learns_the_weighted_frequencies_of_inputs_that_are_zero():
    setting = problem(SMALL, exponent=0.0)
    run = linear_features_run(setting, np.zeros((3, SMALL.n)), np.zeros((4, 3)), np.zeros((3, 3)), 2.0, with_bias=True)
    logits = run.path.at(2.0, run.logits)
    prior = np.array(SMALL.per_class) / SMALL.n
    assert logits == pytest.approx(np.tile((prior - prior.mean())[:, None], SMALL.n), abs=1e-9)


def test_gram_matrices_that_no_inputs_have_are_refused():
    with pytest.raises(InvalidInput, match="must have none below 0"):
        inputs_of(block_gram(ClassCounts((2, 2)), 0.0, 0.9))


def test_the_class_means_of_a_block_gram_matrix_are_those_of_the_formula():
    counts = ClassCounts((5, 3, 1))
    exact = exact_gram([Group(sp.Integer(1), sp.Integer(n)) for n in counts.per_class], sp.Rational(3, 10), sp.Rational(1, 10))
    found = class_mean_gram(block_gram(counts, 0.3, 0.1), counts)
    assert found == pytest.approx(np.array(exact.explicit(), dtype=float), abs=1e-15)


@pytest.mark.parametrize("labels", ["centred", "one-hot"])
def test_the_exact_gram_matrices_have_the_singular_values_of_the_target_times_the_inputs(labels):
    counts, K = ClassCounts((4, 4, 3, 1)), block_gram(ClassCounts((4, 4, 3, 1)), 0.3, 0.1)
    setting = problem(counts)
    groups = [Group(sp.Integer(m), sp.Integer(n)) for m, n in ((2, 4), (1, 3), (1, 1))]
    means = exact_gram(groups, sp.Rational(3, 10), sp.Rational(1, 10))
    mass = rates.masses(groups, [group.count ** -sp.Rational(1, 2) for group in groups])
    gram = {"centred": rates.centred_gram, "one-hot": rates.one_hot_gram}[labels](means, mass)
    target = centred_labels(counts) if labels == "centred" else np.eye(4)[:, list(counts.labels)]
    drive = (target * sample_weights(setting)) @ inputs_of(K).T
    assert drive @ drive.T == pytest.approx(np.array(gram.explicit(), dtype=float), rel=1e-12)


def test_rates_after_the_bias_and_of_the_lazy_flow_are_those_computed_before():
    groups = [Group(sp.Integer(5), sp.Integer(40)), Group(sp.Integer(5), sp.Integer(4))]
    means = exact_gram(groups, sp.Rational(3, 10), sp.Rational(1, 10))
    settled = rates.settled_gram(means, rates.masses(groups, [1, 1]))
    assert sorted(float(sp.sqrt(value)) for value, _ in _quotient(settled))[-1] == pytest.approx(3.95846201, rel=DIGITS)
    groups = [Group(sp.Integer(3), sp.Integer(6)), Group(sp.Integer(3), sp.Integer(2))]
    lazy = rates.lazy_gram(
        exact_gram(groups, sp.Rational(35, 100), sp.Rational(15, 100)), rates.masses(groups, [1 / sp.sqrt(6), 1 / sp.sqrt(2)])
    )
    within = [float(value) for _, value, _ in lazy.within()]
    assert within == pytest.approx([0.755259337, 0.74246212], rel=DIGITS)
    assert sorted(float(value) for value, _ in _quotient(lazy)) == pytest.approx([0.747124413, 2.48926353], rel=DIGITS)


def _quotient(gram: BlockMatrix):
    return gram.spectrum()[len(gram.within()) :]
