"""Claims on escape rates and escape windows as properties: the escape from a small start under weights."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import strategies as st

from proofs import strategies
from tests.tools import exact_matrices as exact
from tests.tools.exact_matrices import q
from tests.tools.reached import holds_for
from tests.tools.step_cases import HALF, REGIMES, STEP_REGIMES, factors, middle_rates, positive, step_forms, ties, without

claim = pytest.mark.ufm_claim


weighted_labels = strategies.arbitrary_counts(most_classes=5, largest=9).flatmap(
    lambda counts: st.tuples(st.just(counts.per_class), st.lists(positive, min_size=counts.c, max_size=counts.c))
)
LABEL_REGIMES = {
    "equal weights": lambda s: len(set(s[1])) == 1 < len(s[1]),
    "ties": lambda s: len(set(s[0])) < len(s[0]),
    "two classes": lambda s: len(s[0]) == 2,
}


def scaled_labels(counts, omega):
    """ZΩ, sample by sample."""
    return exact.labels(counts) * exact.diagonal([w for n, w in zip(counts, omega, strict=True) for _ in range(n)])


@claim("escape-rates")
@holds_for(
    weighted_labels, st.data(), reaching={"ties": lambda s, _: len(set(s[0])) < len(s[0]), "two classes": lambda s, _: len(s[0]) == 2}
)
def test_small_states_move_by_the_weighted_labels_whose_gram_matrix_is_stated(state, data):
    counts, omega = state
    ZO = scaled_labels(counts, omega)
    assert ZO * ZO.transpose() == exact.gram([n * w**2 for n, w in zip(counts, omega, strict=True)])
    d = data.draw(st.integers(1, 2))
    W, H = data.draw(exact.rational_matrices(len(counts), d)), data.draw(exact.rational_matrices(d, sum(counts)))
    Z, Omega = exact.labels(counts), exact.diagonal([w for n, w in zip(counts, omega, strict=True) for _ in range(n)])

    def flow_at(scale):
        residual = (Z - W * H * q(scale) ** 2) * Omega
        return residual * H.transpose() * q(scale), W.transpose() * residual * q(scale)

    # The flow along a ray is a·scale + b·scale³: two scales give a.
    half, whole = flow_at(HALF), flow_at(1)
    linear = [(8 * x - y) / 3 for x, y in zip(half, whole, strict=True)]
    assert linear == [ZO * H.transpose(), W.transpose() * ZO]


@claim("effective-counts")
@holds_for(weighted_labels, reaching=LABEL_REGIMES)
def test_any_weighting_escapes_as_other_counts_without_weights(state):
    """Whole counts proportional to n_j ω_j² have the same Gram matrix, up to that factor."""
    counts, omega = state
    effective = [n * w**2 for n, w in zip(counts, omega, strict=True)]
    factor = math.lcm(*(x.denominator for x in effective))
    whole = [int(x * factor) for x in effective]
    ZO = scaled_labels(counts, omega)
    assert (ZO * ZO.transpose() * factor).charpoly() == exact.gram(whole).charpoly()
    if sum(whole) <= 60:
        Z = exact.labels(whole)
        assert Z * Z.transpose() == ZO * ZO.transpose() * factor


@st.composite
def whole_effective_counts(draw):
    """Counts mk² with weights 1/k, so that the effective counts m are whole; features F of the classes, W, and a scale."""
    m, k = (draw(st.lists(st.integers(1, 3), min_size=3, max_size=3)) for _ in range(2))
    W, F = draw(exact.rational_matrices(3, 2)), draw(exact.rational_matrices(2, 3))
    return m, k, W, F


@claim("effective-counts")
@holds_for(whole_effective_counts(), reaching={"unequal weights": lambda s: len(set(s[1])) > 1, "ties": lambda s: len(set(s[0])) < 3})
def test_weighted_flow_near_zero_is_that_of_effective_counts_with_features_in_units_of_the_weights(state):
    m, k, W, F = state
    counts, omega = [n * x**2 for n, x in zip(m, k, strict=True)], [Fraction(1, x) for x in k]

    def linear(numbers, weights, means):
        """The terms of first order of the flow, sample by sample; dM/dt from one sample of each class."""
        Y = exact.matrix([[int(j == i) for i, n in enumerate(numbers) for _ in range(n)] for j in range(3)])
        ZO = scaled_labels(numbers, weights)
        moved = W.transpose() * ZO
        first = [sum(numbers[:j]) for j in range(3)]
        return ZO * (means * Y).transpose(), exact.matrix([[moved[i, place] for place in first] for i in range(2)])

    weighted_W, weighted_M = linear(counts, omega, F * exact.diagonal(omega))
    plain_W, plain_F = linear(m, [1] * 3, F)
    assert weighted_W == plain_W
    assert weighted_M == plain_F * exact.diagonal(omega)
    logits = W * F * exact.diagonal(omega)
    assert (logits == W * F) == all(x == 1 or all((W * F)[i, j] == 0 for i in range(3)) for j, x in enumerate(k))


@claim("effective-counts")
@holds_for(exact.powers(), reaching={"R = 1": lambda x: x.R == 1, "γ = 1": lambda x: x.gamma == 1, "R > 1e4": lambda x: x.R > 10**4})
def test_effective_imbalance_is_a_power_of_the_ratio(power):
    assert power.R * power.weight**2 == power.to(1 - 2 * power.gamma)


@st.composite
def maybe_flat(draw):
    """Counts that are squares, three classes or more, with weights κ/√n, or one of them changed, or any."""
    sides = draw(st.lists(st.integers(1, 12), min_size=3, max_size=6))
    kappa, kind = draw(positive), draw(st.sampled_from(["flat", "one changed", "any"]))
    omega = [kappa / side for side in sides]
    if kind == "one changed":
        omega[draw(st.integers(0, len(sides) - 1))] *= draw(st.fractions(Fraction(11, 10), 2, max_denominator=10))
    elif kind == "any":
        omega = draw(st.lists(positive, min_size=len(sides), max_size=len(sides)))
    return [side**2 for side in sides], omega, kind


@claim("flat-iff-inverse-square-root")
@holds_for(
    maybe_flat(),
    reaching={kind: lambda s, kind=kind: s[2] == kind for kind in ("flat", "one changed", "any")}
    | {"counts that differ": lambda s: len(set(s[0])) > 1},
)
def test_escape_rates_are_equal_exactly_where_weights_are_inverse_roots(state):
    counts, omega, kind = state
    effective = [n * w**2 for n, w in zip(counts, omega, strict=True)]
    form = exact.gram(effective)
    level = sum(form[i, i] for i in range(len(counts))) / (len(counts) - 1)
    assert (form == exact.centring(len(counts)) * level) == (len(set(effective)) == 1)
    assert (kind == "any") or (len(set(effective)) == 1) == (kind == "flat")


def escape_squares(m, power):
    """Squares of the escape rates of STEP that occur: within the majority, within the minority, middle."""
    middle_square = exact.eigenvalue(step_forms(m, (power.R, 1), (power.weight, 1))[2], exact.middle_vector(*m))
    within = [q(power.R * power.weight**2)] * (m[0] > 1) + [q(1)] * (m[1] > 1)
    form = exact.gram(exact.step(m, power.R * power.weight**2, 1))
    assert form.charpoly() == exact.spectrum([0, middle_square, *[power.R * power.weight**2] * (m[0] - 1), *[1] * (m[1] - 1)])
    return [*within, middle_square]


@claim("escape-window-of-any-split")
@holds_for(st.integers(2, 7), exact.powers(2), reaching={"R > 1e4": lambda m, x: x.R > 10**4, "γ < 1/2": lambda m, x: x.gamma < HALF})
def test_one_minority_class_has_a_smaller_escape_window_off_half(majority, power):
    squares = escape_squares((majority, 1), power)
    stated = q(power.to(abs(HALF - power.gamma)) ** 2)
    assert (max(squares) / min(squares) < stated) == (power.gamma != HALF)


@claim("escape-window")
@holds_for(exact.large_sizes, exact.powers(), reaching=without(REGIMES, "one class a group", "one minority class of several"))
def test_escape_window_is_a_power_of_the_ratio_and_zero_at_half(m, power):
    squares = escape_squares(m, power)
    assert max(squares) / min(squares) == q(power.to(abs(HALF - power.gamma)) ** 2)
    assert (max(squares) == min(squares)) == (power.gamma == HALF or power.R == 1)


@claim("inverse-frequency-reverses-the-order")
@holds_for(
    exact.large_sizes,
    st.fractions(Fraction(11, 10), 10**6, max_denominator=10),
    reaching={"R near 1": lambda m, R: R < 2, "R > 1000": lambda m, R: R > 1000, "unequal groups": lambda m, R: m[0] != m[1]},
)
def test_inverse_frequency_lets_the_minority_escape_first_with_the_window_of_no_weights(m, R):
    balanced = exact.Power(R, 2, 2)  # its R is this R⁴: any ratio will do, and γ = 1
    majority, minority, mid = escape_squares(m, balanced)
    assert minority > mid > majority
    plain = escape_squares(m, exact.Power(R, 0, 2))
    assert minority / majority == max(plain) / min(plain)


@claim("escape-rate-dominates")
@holds_for(
    exact.sizes,
    st.integers(1, 1000),
    positive,
    factors,
    reaching={"one sample a class": lambda m, n, w, k: n == 1, "one class a group": lambda m, n, w, k: m == (1, 1)},
)
def test_equal_counts_with_unequal_weights_leave_the_escape_rate_strictly_above(m, n, omega, factor):
    square, mean, second = middle_rates(m, (n, n), (omega * factor, omega))
    assert square * second > (square * mean) ** 2 / square


@claim("escape-rate-dominates")
@holds_for(*ties, reaching=STEP_REGIMES)
def test_escape_rate_is_above_the_projected_rate_with_equality_of_the_weights_alone(m, n, omega):
    _, mean, second = middle_rates(m, n, omega)
    assert second >= mean**2
    assert (second == mean**2) == (omega[0] == omega[1])
