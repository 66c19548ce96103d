"""Class counts and weights: what they are, and one line for what they cannot be."""

from fractions import Fraction

import mpmath
import pytest
import sympy as sp
from hypothesis import given

from proofs import strategies
from theory.data import counts, weights
from theory.exact import InvalidInput, exact


def test_step_puts_the_majority_first():
    assert counts.step(4, 10).per_class == (10, 10, 1, 1)
    assert counts.step(10, 100, "1/5").per_class == (100,) * 8 + (1,) * 2
    assert counts.step(4, Fraction(3, 2), "1/4", n_min=2).per_class == (3, 3, 3, 2)


def test_long_tailed_is_geometric_and_rounded():
    assert counts.long_tailed(5, 10000).per_class == (10000, 1000, 100, 10, 1)
    assert counts.long_tailed(10, 100).per_class == (100, 60, 36, 22, 13, 8, 5, 3, 2, 1)
    assert counts.long_tailed(2, 1).per_class == (1, 1)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: counts.explicit([5]), "at least two"),
        (lambda: counts.explicit([5, 0]), "count=0 must be a whole number"),
        (lambda: counts.explicit([5, -3]), "count=-3 must be a whole number"),
        (lambda: counts.explicit([5, "2.5"]), "count=2.5 must be a whole number"),
        (lambda: counts.explicit([5, "nan"]), "'nan' must be an exact number"),
        (lambda: counts.explicit([5, 2.0]), "floating-point"),
        (lambda: counts.explicit([5, True]), "must be an exact number"),
        (lambda: counts.step(4, "1/2"), "R=1/2 must be ≥ 1"),
        (lambda: counts.step(1, 10), "c=1 must be a whole number"),
        (lambda: counts.step("5/2", 10), "whole number of classes"),
        (lambda: counts.step(4, 10, "1/3"), "whole number of minority classes"),
        (lambda: counts.step(4, 10, 1), "strictly between 0 and 1"),
        (lambda: counts.step(4, "5/2"), "whole number of samples"),
        (lambda: counts.long_tailed(1, 10), "C=1"),
        (lambda: counts.long_tailed(4, "1/3"), "R=1/3 must be ≥ 1"),
        (lambda: counts.ClassCounts((2, 2.5)), "count=2.5 must be a whole number"),
        (lambda: weights.class_weights(counts.step(4, 2), "abc", "raw"), "class weight='abc' must be a name"),
        (lambda: weights.class_weights(counts.step(4, 2), ["1", "2"], "raw"), "give one a class"),
        (lambda: weights.class_weights(counts.step(2, 2), ["1", "0"], "raw"), "must be > 0"),
        (lambda: weights.class_weights(counts.step(2, 2), "none", "sum"), "one of raw, mean, mass"),
        (lambda: weights.class_weights(counts.step(2, 2), 0.5, "raw"), "floating-point"),
        (lambda: exact(sp.Symbol("x") + 0.5, "x"), "floating-point"),
        (lambda: exact(sp.oo, "x"), "must be finite"),
        (lambda: exact(None, "x"), "must be an exact number"),
        (lambda: exact("1/0", "x"), "must be an exact number"),
    ],
)
def test_wrong_input_is_named_with_its_rule(make, message):
    with pytest.raises(InvalidInput, match=message.replace("(", r"\(")) as caught:
        make()
    assert "\n" not in str(caught.value)
    assert ": " in str(caught.value)


@given(strategies.arbitrary_counts(most_classes=6, largest=30), strategies.weight_exponents())
def test_normalisations_keep_what_they_name_and_only_rescale(class_counts, gamma):
    raw = weights.class_weights(class_counts, gamma, "raw")
    mean = weights.class_weights(class_counts, gamma, "mean")
    mass = weights.class_weights(class_counts, gamma, "mass")
    assert raw == tuple(sp.Integer(n) ** -gamma for n in class_counts.per_class)
    assert sp.N(sum(mean), 30) == pytest.approx(class_counts.c)
    assert sp.N(sum(n * w for n, w in zip(class_counts.per_class, mass, strict=True)), 30) == pytest.approx(class_counts.n)
    for scaled in (mean, mass):
        factors = [float(a / b) for a, b in zip(scaled, raw, strict=True)]
        assert factors == pytest.approx([factors[0]] * len(factors))


@given(strategies.arbitrary_counts(most_classes=6, largest=30))
def test_balanced_is_inverse_frequency_with_mass_normalisation(class_counts):
    balanced = weights.class_weights(class_counts, "balanced", "raw")
    assert balanced == weights.class_weights(class_counts, 1, "mass")
    assert weights.class_weights(class_counts, "none", "raw") == weights.class_weights(class_counts, 0, "raw")


@pytest.mark.parametrize(("c", "ratio"), [(3, "9/4"), (7, 10**12), (11, "1000/7"), (200, 3), (2000, 10**9), (5, 1), (2, "5/2")])
def test_long_tails_are_those_of_powers_one_by_one(c, ratio):
    with mpmath.workdps(60):
        base = mpmath.mpf(sp.Rational(ratio).p) / sp.Rational(ratio).q
        expected = tuple(int(mpmath.nint(base ** (mpmath.mpf(c - 1 - j) / (c - 1)))) for j in range(c))
    assert counts.long_tailed(c, ratio).per_class == expected


def test_equal_weights_that_are_different_objects_are_interchangeable():
    weights = [sp.Rational(10**20, 3), 1.5, sp.Rational(10**20) / 3, 1.5, sp.Rational(1, 2)]
    found = counts.interchangeable(counts.explicit([4, 2, 4, 2, 4]), weights)
    assert list(found.items()) == [((4, weights[0]), (0, 2)), ((2, 1.5), (1, 3)), ((4, weights[4]), (4,))]


@pytest.mark.parametrize("choice", ["1/2", "balanced", "effective-number:9/10", "none"])
@pytest.mark.parametrize("normalization", ["raw", "mean", "mass"])
def test_weights_computed_once_a_count_are_those_of_each_class(choice, normalization):
    setting = counts.explicit([5, 2, 5, 5, 1, 2])
    once = weights.class_weights(setting, choice, normalization)
    each = weights.class_weights(setting, list(weights.class_weights(setting, choice, "raw")), normalization)
    assert all(sp.simplify(a - b) == 0 for a, b in zip(once, each, strict=True))


@pytest.mark.parametrize("count", [True, 2.0])
def test_a_count_of_another_type_is_refused_beside_an_equal_one(count):
    with pytest.raises(InvalidInput, match="whole number"):
        counts.ClassCounts((int(count), count))
