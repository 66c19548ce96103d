"""Spectra by groups of classes are those of the full matrices, at any number of classes."""

from __future__ import annotations

import math
from collections import Counter

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from numerics.basis import mode_basis, orthogonal_contrasts
from numerics.unconstrained_features import spectrum as spectra
from numerics.unconstrained_features.spectrum import Rate, extremes, spectrum
from proofs import strategies
from theory.data.counts import ClassCounts, explicit, long_tailed, step
from theory.exact import InvalidInput

SVD_ERROR = 1e-12  # of a dense singular value decomposition, in units of the largest singular value

small_problems = st.lists(st.tuples(st.integers(1, 6), st.sampled_from([0.25, 0.5, 1.0, 3.0])), min_size=2, max_size=8)


def centred_labels(counts):
    return (np.arange(counts.c)[:, None] == np.array(counts.labels)) - 1 / counts.c


def singular_values(matrix, c):
    return np.linalg.svd(matrix, compute_uv=False)[: c - 1]


def expand(pairs):
    return np.sort(np.concatenate([np.full(multiplicity, value) for value, multiplicity in pairs]))[::-1]


@settings(deadline=None)
@given(small_problems)
def test_spectrum_is_that_of_the_full_matrices(problem):
    counts, omega = explicit([n for n, _ in problem]), [w for _, w in problem]
    result, Z = spectrum(counts, omega), centred_labels(counts)
    weighted = Z * np.array(omega)[list(counts.labels)]
    modes = expand([(mode.singular_value, mode.multiplicity) for mode in result.modes])
    rates = expand([(rate.value, rate.multiplicity) for rate in result.escape_rates])
    assert np.abs(modes - singular_values(Z, counts.c)).max() < SVD_ERROR * modes[0]
    assert np.abs(rates - singular_values(weighted, counts.c)).max() < SVD_ERROR * rates[0]


@settings(deadline=None)
@given(small_problems)
def test_effective_weight_is_the_quotient_form_on_the_span_of_its_modes_or_none(problem):
    counts, omega = explicit([n for n, _ in problem]), np.array([w for _, w in problem])
    _, sigma, Vt = np.linalg.svd(centred_labels(counts), full_matrices=False)
    for mode in spectrum(counts, omega.tolist()).modes:
        V = Vt[: counts.c - 1][np.abs(sigma[: counts.c - 1] - mode.singular_value) < 1e-9]
        form = V @ (V * omega[list(counts.labels)]).T
        scalar = np.trace(form) / len(V)
        if mode.effective_weight is None:
            assert np.abs(form - scalar * np.eye(len(V))).max() > 1e-3
        else:
            assert np.abs(form - mode.effective_weight * np.eye(len(V))).max() < 1e-10


@settings(deadline=None)
@given(small_problems)
def test_mode_basis_is_orthogonal_diagonal_and_carries_the_weights(problem):
    counts, omega = explicit([n for n, _ in problem]), np.array([w for _, w in problem])
    basis = mode_basis(counts, tuple(omega.tolist()))
    one, c = np.eye(counts.c), counts.c
    assert np.abs(basis.U.T @ basis.U - one).max() < 1e-13
    assert np.abs(basis.V.T @ basis.V - one).max() < 1e-13
    target = (one - 1 / c) * np.sqrt(counts.per_class)
    assert np.abs(basis.U @ np.diag(basis.sigma) @ basis.V.T - target).max() < SVD_ERROR * basis.sigma[0]
    assert np.abs(basis.V.T @ (omega[:, None] * basis.V) - basis.Omega).max() < 1e-13 * omega.max()
    assert (np.diff(basis.sigma) <= 0).all()
    assert basis.sigma[-1] == 0.0
    assert sum(group.stop - group.start for group in basis.groups) == c - 1


def test_equal_weights_leave_exact_zeros_between_modes():
    assert (mode_basis(long_tailed(10, 100), (0.3,) * 10).Omega == 0.3 * np.eye(10)).all()
    weighted = mode_basis(step(10, 100), (0.1,) * 5 + (1.0,) * 5).Omega
    coupled = np.argwhere(weighted != np.diag(weighted.diagonal()))
    assert coupled.tolist() == [[4, 9], [9, 4]]  # the middle mode and the null direction, nothing else


def test_contrasts_are_orthonormal_and_orthogonal_to_their_vector():
    q = np.array([3.0, 1.0, 2.0, 5.0])
    contrasts = orthogonal_contrasts(q)
    assert np.abs(contrasts.T @ contrasts - np.eye(3)).max() < 1e-15
    assert np.abs(q @ contrasts).max() < 1e-15


@pytest.mark.parametrize("ratio", [1, 10, 1000])
def test_step_windows_are_those_of_the_statements(ratio):
    counts, root = step(10, ratio), math.sqrt(ratio)
    vanilla = spectrum(counts, [1.0] * 10)
    assert vanilla.vanilla.absolute == pytest.approx(1 - 1 / root, abs=1e-14)
    assert vanilla.escape.relative == pytest.approx(root - 1, abs=1e-12)
    assert vanilla.effective == vanilla.vanilla
    middle = (root + 1) / math.sqrt(2 * (ratio + 1))
    half = spectrum(counts, [n**-0.5 for n in counts.per_class])
    assert half.effective.relative == pytest.approx(1 / middle - 1, abs=1e-12)
    assert half.escape.relative == pytest.approx(0.0, abs=1e-12)
    inverse = spectrum(counts, [1 / n for n in counts.per_class])
    assert inverse.escape.relative == pytest.approx(root - 1, abs=1e-11)


@given(strategies.class_counts(most_classes=8, decades=6))
def test_inverse_square_root_weights_give_one_escape_rate(counts):
    rates = spectrum(counts, [n**-0.5 for n in counts.per_class]).escape_rates
    assert len(rates) == 1
    assert rates[0].multiplicity == counts.c - 1
    assert rates[0].value == pytest.approx(1.0, rel=1e-12)


def test_two_classes_have_one_mode_and_empty_windows():
    result = spectrum(explicit([9, 3]), [1.0, 2.0])
    assert [(mode.singular_value, mode.multiplicity) for mode in result.modes] == [(pytest.approx(math.sqrt(6), rel=1e-14), 1)]
    assert (result.vanilla.absolute, result.vanilla.relative) == (0.0, 0.0)


def test_a_million_classes():
    result = spectrum(ClassCounts((100,) * 500_000 + (1,) * 500_000), [1.0] * 10**6)
    assert [(mode.multiplicity) for mode in result.modes] == [499_999, 1, 499_999]
    assert result.escape_rates[0] == Rate(10.0, 499_999)


@pytest.mark.parametrize(
    ("counts", "weights", "message"),
    [
        ([3, 1], [1.0], "weights are 1 for 2 classes"),
        ([3, 1], [1.0, -1.0], "weight=-1.0 must be finite and > 0"),
        ([3, 1], [1.0, math.inf], "weight=inf must be finite and > 0"),
        ([3, 1], [1e-300, 1.0], "weight=1e-300 must be between 1e-100 and 1e+100"),
        ([3, 1], [1e300, 1e-300], "weight=1e+300 must be between"),
    ],
)
def test_wrong_spectrum_input_is_refused_in_one_line(counts, weights, message):
    with pytest.raises(InvalidInput) as refusal:
        spectrum(ClassCounts(tuple(counts)), weights)
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)


NASTY = {
    "one of each": ([1, 10**3, 10**6, 10**9, 10**12], [1.0, 0.03, 1e-3, 3e-5, 1e-6]),
    "neighbours": ([10**12, 10**12 - 1, 10**12 - 2, 2, 1], [1e-6, 1e-6, 2e-6, 1.0, 0.7]),
    "groups and ties": ([16, 16, 4, 4, 1, 1, 1], [0.25, 0.25, 0.5, 0.5, 1.0, 1.0, 0.5]),
    "nearly flat": ([10, 20, 30, 40, 40, 50], [n**-0.5 for n in (10, 20, 30, 40, 40, 50)]),
}


def in_many_digits(counts, weights, bias):
    """Escape rates, ascending, from the whole matrix on classes in 80 digits."""
    masses = [mpmath.mpf(n) * mpmath.mpf(w) for n, w in zip(counts, weights, strict=True)]
    pi = [mass / sum(masses) for mass in masses] if bias else [mpmath.mpf(1) / len(counts)] * len(counts)
    matrix = mpmath.matrix(len(counts), len(counts))
    for i, j in np.ndindex(len(counts), len(counts)):
        matrix[i, j] = ((i == j) - pi[i]) * mpmath.sqrt(counts[j]) * mpmath.mpf(weights[j])
    return [mpmath.sqrt(value) for value in sorted(mpmath.eigsy(matrix.T * matrix, eigvals_only=True))[1:]]


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("name", NASTY)
def test_rates_have_the_stated_relative_accuracy(name, bias):
    counts, weights = NASTY[name]
    with mpmath.workdps(80):
        exact = in_many_digits(counts, weights, bias)
        found = spectrum(explicit(counts), weights, bias)
        rates = expand([(rate.value, rate.multiplicity) for rate in found.escape_rates])[::-1]
        assert max(abs(mpmath.mpf(r) - e) / e for r, e in zip(rates.tolist(), exact, strict=True)) < 2e-15
        ends = extremes(explicit(counts), weights, bias)
    assert [end.value for end in ends.escape_rates] == pytest.approx([rates[-1], rates[0]], rel=1e-15)
    assert [mode.singular_value for mode in ends.modes] == pytest.approx(
        [found.modes[0].singular_value, found.modes[-1].singular_value], rel=1e-15
    )
    assert (ends.vanilla, ends.multiplicity) == (found.vanilla, len(counts) - 1)
    assert [mode.effective_weight for mode in ends.modes] == [found.modes[0].effective_weight, found.modes[-1].effective_weight]


@pytest.mark.parametrize("name", NASTY)
def test_effective_weights_have_the_relative_accuracy_of_positive_sums(name):
    counts, weights = NASTY[name]
    n, c = [mpmath.mpf(count) for count in counts], len(counts)
    with mpmath.workdps(80):
        matrix = mpmath.matrix(c, c)
        for i, j in np.ndindex(c, c):
            matrix[i, j] = ((i == j) - mpmath.mpf(1) / c) * mpmath.sqrt(n[i]) * mpmath.sqrt(n[j])
        values, vectors = mpmath.eigsy(matrix)
        for mode in spectrum(explicit(counts), weights).modes:
            k = min(range(c), key=lambda k: abs(mpmath.sqrt(abs(values[k])) - mode.singular_value))
            if mode.multiplicity == 1 and counts.count(round(mode.singular_value**2)) < 2:
                exact = sum(vectors[j, k] ** 2 * mpmath.mpf(weights[j]) for j in range(c))
                assert abs(mode.effective_weight - exact) < 1e-14 * exact


def test_extremes_of_a_hundred_thousand_distinct_counts():
    found = extremes(ClassCounts(tuple(range(1, 10**5 + 1))), [1.0] * 10**5)
    largest, smallest = (mode.singular_value**2 for mode in found.modes)
    assert 10**5 - 1 < largest < 10**5
    assert 1 < smallest < 2
    assert [mode.singular_value for mode in found.modes] == [rate.value for rate in found.escape_rates]
    assert [mode.escape_rate for mode in found.modes] == [mode.singular_value for mode in found.modes]
    assert found.multiplicity == 10**5 - 1


@pytest.mark.filterwarnings("error")
def test_modes_are_paired_where_rates_are_far_apart():
    found = spectrum(explicit([5, 3, 1]), [1e-99, 2e-99, 1e99])
    rates = [rate.value for rate in found.escape_rates]
    assert sorted(mode.escape_rate for mode in found.modes) == sorted(rates)


def test_modes_are_paired_where_the_weights_are_equal_and_else_while_groups_are_few(monkeypatch):
    monkeypatch.setattr(spectra, "MOST_PAIRED", 4)
    counts = explicit([5, 4, 3, 2, 1])
    assert [mode.escape_rate for mode in spectrum(counts, [0.5] * 5).modes] == [
        pytest.approx(mode.singular_value / 2) for mode in spectrum(counts, [0.5] * 5).modes
    ]
    assert {mode.escape_rate for mode in spectrum(counts, [1.0, 1.0, 1.0, 1.0, 2.0]).modes} == {None}
    assert len(spectrum(counts, [1.0, 1.0, 1.0, 1.0, 2.0]).escape_rates) == 4


@settings(deadline=None)
@given(small_problems, st.booleans())
def test_modes_go_with_rates_whose_left_vectors_lie_nearest(problem, bias):
    counts, omega = explicit([n for n, _ in problem]), np.array([w for _, w in problem])
    n = np.array(counts.per_class, dtype=float)
    pi = n * omega / (n @ omega) if bias else np.full(counts.c, 1 / counts.c)
    left, rates, _ = np.linalg.svd((np.eye(counts.c) - pi[:, None]) * np.sqrt(n) * omega)
    found = spectrum(counts, omega.tolist(), bias)
    U, sigma, _ = np.linalg.svd((np.eye(counts.c) - 1 / counts.c) * np.sqrt(n))
    # The best sum of overlaps of one mode with many is reached by what is reported, up to modes that tie.
    reported = [mode.escape_rate for mode in found.modes if mode.multiplicity == 1 and mode.escape_rate is not None]
    assert all(np.abs(rates[: counts.c - 1] - rate).min() < 1e-9 * rates[0] for rate in reported)
    for mode in found.modes:
        if mode.escape_rate is None or mode.multiplicity > 1:
            continue
        alone = np.abs(sigma - mode.singular_value) < 1e-9
        overlaps = (left[:, : counts.c - 1].T @ U[:, alone]) ** 2
        nearest = np.abs(rates[: counts.c - 1] - mode.escape_rate) < 1e-9 * rates[0]
        if alone.sum() == 1 and overlaps.max() > 0.9:  # one of two is then certain to be the other's in any best pairing
            assert overlaps[nearest].sum() > 0.5


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_pairs_are_those_of_the_vectors_of_the_whole_matrices(seed, bias):
    rng = np.random.default_rng(seed)
    n = np.sort(rng.choice(np.arange(1, 60), 9, replace=False))[::-1].astype(float)
    omega = n ** -rng.uniform(0, 1, len(n))
    pi = n * omega / (n @ omega) if bias else np.full(len(n), 1 / len(n))
    left, rates, _ = np.linalg.svd((np.eye(len(n)) - pi[:, None]) * np.sqrt(n) * omega)
    U, _, _ = np.linalg.svd((np.eye(len(n)) - 1 / len(n)) * np.sqrt(n))
    _, columns = linear_sum_assignment((U[:, :-1].T @ left[:, :-1]) ** 2, maximize=True)
    found = [mode.escape_rate for mode in spectrum(explicit([int(count) for count in n]), omega.tolist(), bias).modes]
    assert found == pytest.approx(rates[columns].tolist(), rel=1e-10)


def test_two_modes_that_lie_nearest_to_one_vector_do_not_share_its_rate():
    def plane(*angles):
        return np.array([np.cos(angles), np.sin(angles), np.zeros(len(angles))])

    groups = Counter({(1, 1.0): 1, (2, 1.0): 1, (3, 1.0): 1})
    left, vectors = plane(0.1, 0.3), plane(0.0, math.pi / 2)  # both modes lie nearest to the first vector, the other one less
    assert spectra.nearest_values(groups, [1, 2, 3], left, vectors, np.array([5.0, 7.0])).tolist() == [5.0, 7.0]
