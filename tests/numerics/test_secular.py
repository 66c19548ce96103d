"""Roots of secular equations are the eigenvalues of the whole matrices in eighty digits, on spectra that are hard for floating point."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from numerics import secular
from numerics.secular import CERTIFIED, UNIT, Secular, roots

DIGITS = 80
FINE = 2.0**-52
NASTY = {
    "whole numbers": ([1, 2, 3, 5, 8, 13], [1, 4, 1, 2, 9, 1]),
    "twelve decades": ([1, 10**3, 10**6, 10**9, 10**12], [1] * 5),
    "neighbours at the top": ([1, 10**12 - 2, 10**12 - 1, 10**12], [1, 1, 10**6, 1]),
    "neighbours in the last place": ([1.0, 1 + FINE, 1 + 2 * FINE, 1 + 5 * FINE], [3, 1, 1, 10**6]),
    "heavy and light": ([1, 2, 3, 10**12], [1, 10**6, 1, 10**6]),
    "two poles": ([1, 10**12], [5 * 10**5, 5 * 10**5]),
    "near and far": ([1, 1 + FINE, 2, 2 + 2 * FINE, 10**12, 10**12 + 1], [1] * 6),
}


def shares_of(poles, exponent):
    return np.array(poles, dtype=float) ** exponent


def eigenvalues(of: Secular):
    """All but the smallest, ascending, of MᵀM with M = P diag(a) or (I − π1ᵀ) diag(a) on normalised indicators."""
    root = [mpmath.sqrt(m) for m in of.masses.tolist()]
    raised = [mpmath.mpf(share) for share in (np.ones(len(of)) if of.shares is None else of.shares).tolist()]
    raised = [share / mpmath.fdot(raised, of.masses.tolist()) for share in raised]
    matrix = mpmath.matrix(len(of), len(of))
    for i, j in np.ndindex(len(of), len(of)):
        matrix[i, j] = ((i == j) - root[i] * raised[i] * root[j]) * mpmath.sqrt(mpmath.mpf(of.poles[j].item()))
    return sorted(mpmath.eigsy(matrix.T * matrix, eigvals_only=True))[1:]


def largest_error(found, exact):
    return max(abs(mpmath.mpf(value) - true) / true for value, true in zip(found.tolist(), exact, strict=True))


@pytest.mark.parametrize("exponent", [None, 0.5, -0.3], ids=["centred", "after a bias", "after a bias, rare classes first"])
@pytest.mark.parametrize("name", NASTY)
def test_every_root_is_within_the_bound_of_the_eigenvalue(name, exponent):
    poles, masses = (np.array(values, dtype=float) for values in NASTY[name])
    of = Secular(poles, masses, None if exponent is None else shares_of(poles, exponent))
    with mpmath.workdps(DIGITS):
        assert largest_error(roots(of).values, eigenvalues(of)) < CERTIFIED


spectra = st.lists(
    st.tuples(st.integers(1, 10**6) | st.integers(1, 6), st.integers(1, 5)), min_size=2, max_size=6, unique_by=lambda x: x[0]
)


@pytest.mark.parametrize(
    ("counts", "weights"), [([5, 5], [1.0, 1e-35]), ([2, 3, 2, 3], [1e-39, 1e-20, 1e25, 1e29]), ([1, 5, 2, 5], [0.3, 1e-5, 1e57, 1e80])]
)
def test_roots_that_lie_nearer_to_zero_than_the_search_begins(counts, weights):
    masses = np.array(counts) * np.array(weights)
    order = np.argsort(masses * weights)
    of = Secular((masses * weights)[order], np.ones(len(counts)), masses[order])
    with mpmath.workdps(12 * DIGITS):
        assert largest_error(roots(of).values, eigenvalues(of)) < CERTIFIED


@settings(deadline=None, max_examples=60)
@given(spectra, st.none() | st.sampled_from([0.5, -0.5, 1.0]))
def test_roots_of_any_counts(spectrum, exponent):
    poles, masses = np.array(sorted(spectrum), dtype=float).T
    of = Secular(poles, masses, None if exponent is None else shares_of(poles, exponent))
    with mpmath.workdps(DIGITS):
        assert largest_error(roots(of).values, eigenvalues(of)) < CERTIFIED


@pytest.mark.parametrize("exponents", [(0.5, -0.5), (0.5, 0.0, -0.5), (1.0, 0.4, 0.2, -0.5)])
def test_equal_poles_of_different_shares(monkeypatch, exponents):
    mended = secular.mended

    def confirmed(of, place, near, shift):
        assert mended(of, place, near, shift) == (near, shift)  # balls may have to say that a root is right, but the search finds it
        return near, shift

    monkeypatch.setattr(secular, "mended", confirmed)
    poles, masses = np.array([1.0] + [4.0] * len(exponents) + [9.0]), np.ones(len(exponents) + 2)
    raw = np.array([1.0, *(2.0**e for e in exponents), 3.0])
    of = Secular(poles, masses, raw)
    with mpmath.workdps(DIGITS):
        exact = eigenvalues(of)
        assert largest_error(roots(of).values, exact) < CERTIFIED
        assert sum(abs(value - 4) < mpmath.mpf(10) ** -60 for value in exact) == len(exponents) - 2  # the others have left the pole


def test_a_root_keeps_its_distance_from_a_pole():
    found = roots(Secular(np.array([1.0, 2.0]), np.array([1.0, 1e12])))
    assert found.near.tolist() == [0]
    assert found.shift[0] == pytest.approx(1 / (1 + 1e12), rel=8 * UNIT)  # 1/(1 − λ) + m/(2 − λ) = 0


@pytest.mark.parametrize("exponent", [None, 0.5])
def test_a_search_that_goes_wrong_is_found_out_andmended(monkeypatch, exponent):
    poles, masses = np.array([1.0, 2.0, 5.0, 7.0]), np.array([1.0, 2.0, 1.0, 1.0])
    of = Secular(poles, masses, None if exponent is None else shares_of(poles, exponent))
    searched = secular.searched
    for factor in (1 + 1e-12, 1 - 1e-12, 0.5):
        monkeypatch.setattr(secular, "searched", lambda *a, by=factor: (searched(*a)[0], searched(*a)[1] * by))
        with mpmath.workdps(DIGITS):
            assert largest_error(roots(of).values, eigenvalues(of)) < CERTIFIED


@settings(deadline=None, max_examples=60)
@given(spectra, st.none() | st.sampled_from([0.5, -0.5]), st.integers(0, 5), st.floats(-0.999, 1e3), st.integers(0, 60))
def test_counts_that_floating_point_decides_are_those_of_balls(spectrum, exponent, near, part, halvings):
    poles, masses = np.array(sorted(spectrum), dtype=float).T
    of = Secular(poles, masses, None if exponent is None else shares_of(poles, exponent))
    near %= len(of)
    shift = poles[near] * part * 2.0**-halvings
    with np.errstate(all="ignore"):
        counted, known = secular.count_below(of, np.array([near]), np.array([shift]))
    if known[0]:
        assert counted[0] == secular.count_by_balls(of, near, float(shift))


def test_floating_point_decides_nearly_all_counts(monkeypatch):
    mended = []
    monkeypatch.setattr(secular, "mended", lambda of, place, near, shift: mended.append(place) or (near, shift))
    rng = np.random.default_rng(0)
    roots(Secular(np.sort(10 ** rng.uniform(0, 12, 500)), np.ones(500)))
    roots(Secular(np.arange(1.0, 501), np.ones(500), shares_of(np.arange(1.0, 501), 0.5)))
    assert len(mended) < 10


def test_thousands_of_roots_lie_between_their_poles_and_add_up_to_the_trace():
    poles, masses = np.arange(1.0, 3001), np.ones(3000)
    values = roots(Secular(poles, masses)).values
    assert ((poles[:-1] < values) & (values < poles[1:])).all()
    assert values.sum() == pytest.approx((poles * (1 - masses / masses.sum())).sum(), rel=1e-14)


@pytest.mark.parametrize("exponent", [None, 0.5])
def test_roots_asked_for_alone_are_those_of_all(exponent):
    poles, masses = np.arange(1.0, 200), np.ones(199)
    of = Secular(poles, masses, None if exponent is None else shares_of(poles, exponent))
    asked = np.array([0, 100, 197])
    assert roots(of, asked).values.tolist() == roots(of).values[asked].tolist()


@pytest.mark.parametrize("exponent", [None, 0.5, -0.3], ids=["centred", "after a bias", "after a bias, rare classes first"])
@pytest.mark.parametrize("name", NASTY)
def test_counts_beside_a_root_are_decided_rightly_or_left_open(name, exponent):
    poles, masses = (np.array(values, dtype=float) for values in NASTY[name])
    of = Secular(poles, masses, None if exponent is None else shares_of(poles, exponent))
    found, place = roots(of), np.arange(1, len(of))
    for units in (0.0, 0.25, -0.25, 0.5, -0.5, 1.0, -1.0, 2.0, -2.0):
        shift = found.shift + units * UNIT * found.values
        with np.errstate(all="ignore"):
            counted, known = secular.count_below(of, found.near, shift)
        for i in place[known] - 1:
            assert counted[i] == secular.count_by_balls(of, int(found.near[i]), float(shift[i]))
