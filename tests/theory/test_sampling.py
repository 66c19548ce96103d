"""Variances and factors of one sample a step that are derived, against sums that are written out here."""

import pytest
import sympy as sp

from theory.sampling import class_features, variance

WEIGHTS, LENGTHS = (1, 2, 5), (3, 1, sp.Rational(1, 2))


def sums(weights, lengths):
    return {
        variance.SAMPLES: len(weights),
        variance.SUM: sum(weights),
        variance.SUM_V: sum(w * v for w, v in zip(weights, lengths, strict=True)),
        variance.SUM_SQUARES: sum(w**2 * v for w, v in zip(weights, lengths, strict=True)),
    }


def test_the_difference_by_sums_is_that_over_the_samples():
    by_sums = variance.difference().subs(sums(WEIGHTS, LENGTHS), simultaneous=True)
    assert by_sums == variance.explicit_difference(WEIGHTS, LENGTHS)
    n, total = 3, sum(WEIGHTS)
    assert by_sums == sum(n * w**2 * v - total * w * v for w, v in zip(WEIGHTS, LENGTHS, strict=True))


def test_weights_may_be_the_symbols_that_terms_are_written_in():
    """Values that hold the symbols they stand for are put in at once, not one after another."""
    w, other = variance.WEIGHT, variance.OTHER_WEIGHT
    found = variance.explicit_difference([w, other], [1, 1]).subs({w: 2, other: 5}, simultaneous=True)
    assert found == (2 - 5) ** 2


def test_another_sample_makes_the_sums_of_one_more():
    grown = variance.with_another_sample(variance.difference(), sp.Integer(4), sp.Integer(7))
    assert grown.subs(sums(WEIGHTS, LENGTHS), simultaneous=True) == variance.explicit_difference((*WEIGHTS, 4), (*LENGTHS, 7))


def test_sums_know_their_powers_and_no_others():
    assert variance.summed(2 * variance.WEIGHT - 3) == 2 * variance.SUM - 3 * variance.SAMPLES
    with pytest.raises(KeyError):
        variance.summed(variance.WEIGHT**3)


def test_moments_of_an_error_over_both_draws():
    given = {class_features.FREQUENCY: sp.Rational(1, 4), class_features.SHARE: sp.Rational(1, 2), class_features.ETA: sp.Rational(1, 10)}
    error = {class_features.ERROR: 1}
    assert class_features.by_sampling(2).subs(given).subs(error) == sp.Rational(1, 2) * sp.Rational(9, 10) ** 2 + sp.Rational(1, 2)
    assert class_features.by_weights(2).subs(given).subs(error) == sp.Rational(1, 4) * sp.Rational(8, 10) ** 2 + sp.Rational(3, 4)


def test_shares_of_the_samples_and_of_the_weights():
    assert class_features.shares((2, 1), (3, 4), (1, 2)) == (
        (sp.Rational(3, 10), sp.Rational(3, 14)),
        (sp.Rational(4, 10), sp.Rational(8, 14)),
    )
