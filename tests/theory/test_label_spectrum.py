"""Labels, their Gram matrix and their exact spectrum."""

import pytest
import sympy as sp
from hypothesis import example, given

from proofs import strategies
from theory.data import counts, labels, weights
from theory.data.counts import ClassCounts
from theory.symbols import m_majority, m_minority, n_majority, n_minority


@given(strategies.arbitrary_counts(most_classes=4, largest=6))
def test_gram_of_explicit_labels_is_the_block_matrix(class_counts):
    Z = labels.centred_labels(class_counts)
    assert labels.one_hot(class_counts).shape == (class_counts.c, class_counts.n)
    ordered = ClassCounts(tuple(sorted(class_counts.per_class, reverse=True)))
    assert labels.label_gram(class_counts.groups()).explicit() == (labels.centred_labels(ordered) * labels.centred_labels(ordered).T)
    assert sum(Z) == 0


@given(strategies.arbitrary_counts(most_classes=5, largest=9), strategies.weight_exponents())
@example(ClassCounts((1, 1)), sp.Integer(1))
def test_entries_that_are_sums_over_classes_are_those_of_the_block_matrix(class_counts, gamma):
    groups = class_counts.groups()
    factors = weights.exponent_weights(groups, gamma)
    entries, block = labels.gram_entries(groups, factors), labels.weighted_gram(groups, factors)
    for g, group in enumerate(groups):
        assert sp.simplify(entries.own[g] - block.diagonal[g] - block.blocks[g, g]) == 0
        for h in range(len(groups)):
            if g != h or group.size > 1:  # two different classes
                assert sp.simplify(entries.other[g][h] - block.blocks[g, h]) == 0


@given(strategies.arbitrary_counts(most_classes=6, largest=30))
@example(ClassCounts((1, 1)))
@example(ClassCounts((7, 7, 7)))
@example(ClassCounts((1000000, 1)))
def test_spectrum_has_c_minus_1_values_and_the_right_trace_and_determinant(class_counts):
    values = labels.label_spectrum(class_counts.groups())
    assert sum(multiplicity for _, multiplicity in values) == class_counts.c - 1
    n, c = class_counts.n, class_counts.c
    # tr P diag(n) P = n (c − 1)/c, and the product of the nonzero eigenvalues is e_(c−1)(n_1 … n_c)·c/c.
    assert float(sum(s**2 * m for s, m in values)) == pytest.approx(n * (c - 1) / c, rel=1e-12)
    product = sp.prod(sp.Integer(k) for k in class_counts.per_class)
    minors = sum(product / k for k in class_counts.per_class)
    assert float(sp.prod(s ** (2 * m) for s, m in values)) == pytest.approx(float(minors / c), rel=1e-10)


@given(strategies.imbalance_ratios())
@example(sp.Integer(1))
@example(sp.Integer(10) ** 6)
def test_equal_halves_give_the_paper_values(R):
    groups = counts.symbolic_step(R, sp.Integer(1), sp.Integer(2), sp.Integer(2))
    (majority, i), (minority, j), (middle, k) = labels.label_spectrum(groups)
    assert (majority, minority, (i, j, k)) == (sp.sqrt(R), 1, (1, 1, 1))
    assert middle**2 == (R + 1) / 2


def test_two_classes_have_the_middle_mode_alone():
    assert labels.label_spectrum(counts.step(2, 9).groups()) == ((sp.sqrt(5), 1),)


def test_symbolic_step_spectrum_at_every_small_size_is_that_of_the_explicit_matrix():
    symbolic = labels.label_spectrum(counts.symbolic_step())
    for big in range(1, 5):
        for small in range(1, 5):
            point = {m_majority: big, m_minority: small, n_majority: 12, n_minority: 5}
            expected = sorted(value**2 for value, m in symbolic for _ in range(int(m.subs(point))) for value in [value.subs(point)])
            gram = sp.diag(*[12] * big, *[5] * small)
            P = labels.centring_matrix(big + small)
            found = sorted(value for value, m in (P * gram * P).eigenvals().items() for _ in range(m) if value != 0)
            assert expected == found


def test_roots_of_the_secular_function_are_the_squared_singular_values():
    x = sp.Symbol("x")
    numbers = [sp.Integer(k) for k in (100, 60, 36)]
    roots = sp.solve(sp.numer(sp.together(labels.secular_function(numbers, x))), x)
    values = labels.label_spectrum(counts.explicit(numbers).groups())
    assert {sp.nsimplify(root) for root in roots} == {value**2 for value, _ in values}
