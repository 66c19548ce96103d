"""Spectra by groups of classes are those of the full matrices, at any number of classes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from numerics.basis import mode_basis, orthogonal_contrasts
from numerics.unconstrained_features.spectrum import Rate, spectrum
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
        (range(1, 2002), [1.0] * 2001, "2001 groups"),
    ],
)
def test_wrong_spectrum_input_is_refused_in_one_line(counts, weights, message):
    with pytest.raises(InvalidInput) as refusal:
        spectrum(ClassCounts(tuple(counts)), weights)
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)
