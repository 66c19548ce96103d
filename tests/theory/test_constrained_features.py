"""Rates and flattening exponents of features constrained by the data, against numbers that were computed before by other roads."""

import numpy as np
import pytest
import sympy as sp

from numerics.constrained_features.inputs import block_gram, class_mean_gram
from theory.constrained_features import flattening
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput

DIGITS = 1e-6  # the values below are given to nine digits
HALF = sp.Rational(1, 2)


def theta(within, between):
    within, between = sp.Rational(within), sp.Rational(between)
    return (within - between) / (1 - within)


@pytest.mark.parametrize(
    ("counts", "within", "between", "lazy", "rich"),
    [
        ((40, 4), "3/10", "1/10", 0.763427994, 0.881713997),
        ((20, 2), "1/10", "12/100", -0.235528447, 0.382235777),
        ((1000, 10), "5/100", "0", 0.772888093, 0.886444046),
    ],
)
def test_flattening_exponents_by_formula_and_by_class_means_of_samples(counts, within, between, lazy, rich):
    signal = theta(within, between)
    assert float(flattening.rich_exponent(*counts, signal)) == pytest.approx(rich, rel=DIGITS)
    assert float(flattening.lazy_exponent(*counts, signal)) == pytest.approx(lazy, rel=DIGITS)
    all_counts = ClassCounts((counts[0],) * 3 + (counts[1],) * 2)
    B = class_mean_gram(block_gram(all_counts, float(sp.Rational(within)), float(sp.Rational(between))), all_counts)
    found = flattening.exponents_by_class_means(B, [0, 1, 2], [3, 4], *counts)
    assert (float(found.lazy), float(found.rich)) == pytest.approx((lazy, rich), rel=DIGITS)


def test_flattening_weights_of_five_counts():
    counts, signal = [100, 50, 20, 5, 1], theta("1/5", 0)
    lazy, rich = flattening.lazy_weights(counts, signal), flattening.rich_weights(counts, signal)
    assert [float(w) for w in lazy] == pytest.approx([0.0480769231, 0.0925925926, 0.208333333, 0.555555556, 1], rel=DIGITS)
    assert [float(w) for w in rich] == pytest.approx([0.0219264505, 0.0430331483, 0.102062073, 0.333333333, 1], rel=DIGITS)


def test_identical_samples_and_samples_without_signal_have_the_exponents_of_the_ends():
    assert flattening.rich_exponent(40, 4, 0).equals(HALF)
    assert flattening.lazy_exponent(40, 4, 0) == 0
    assert float(flattening.rich_exponent(40, 4, 10**12)) == pytest.approx(1)


def test_contrast_means_of_exact_matrices_and_of_arrays_agree():
    X = sp.Matrix(4, 4, lambda i, j: sp.Rational(i * i + 3 * j, j + 1))
    B = X.T * X
    exact = flattening.contrast_means(B, [0, 2, 3])
    pairs = [(0, 2), (0, 3), (2, 3)]
    squares = [sum((X[:, j] - X[:, k]).applyfunc(lambda x: x**2)) for j, k in pairs]
    assert exact == sum(squares) / 6  # half the mean of three squared distances
    assert flattening.contrast_means(np.array(B, dtype=float), [0, 2, 3]) == pytest.approx(float(exact))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (lambda: flattening.rich_exponent(40, 40, HALF), "counts that differ"),
        (lambda: flattening.rich_exponent(40, 4, -HALF), "theta=-1/2 must be"),
        (lambda: flattening.rich_exponent(40, 4, 0.5), "floating-point"),
        (lambda: flattening.lazy_weights([4, 2], -HALF), "theta=-1/2 must be"),
        (lambda: flattening.contrast_means(sp.eye(3), [1]), "two classes or more"),
        (lambda: flattening.exponents_by_class_means(sp.eye(4), [0, 1], [2, 3], 5, 5), "counts that differ"),
        (lambda: flattening.exponents_by_class_means(sp.ones(4, 4), [0, 1], [2, 3], 5, 2), "must be > 0"),
    ],
)
def test_what_has_no_flattening_exponent_is_refused_in_one_line(asked, message):
    with pytest.raises(InvalidInput, match=message) as refused:
        asked()
    assert "\n" not in str(refused.value)
