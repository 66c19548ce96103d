"""Sections C and D of the ledger as properties: effective rates, escape rates, and the full weighted flow."""

import math
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from flint import fmpq_mat, fmpq_poly
from hypothesis import strategies as st

from numerics.unconstrained_features.experiment import Experiment
from numerics.unconstrained_features.flow import simulate
from numerics.unconstrained_features.measure import class_learning_times, mode_learning_times
from numerics.unconstrained_features.middle import middle_offset, step_groups
from proofs import strategies
from tests.tools import exact_matrices as exact
from tests.tools.exact_matrices import q
from tests.tools.reached import holds_for
from theory.data.counts import ClassCounts, symbolic_step
from theory.losses.squared import Squared
from theory.symbols import R as RATIO
from theory.symbols import fraction, m_majority, m_minority, n_majority, n_minority, w_majority, w_minority
from theory.symbols import p as SHARE
from theory.unconstrained_features import middle, offset

claim = pytest.mark.ufm_claim
positive = st.fractions(Fraction(1, 8), 8, max_denominator=8)
HALF = Fraction(1, 2)
REGIMES = {
    "R = 1": lambda m, x: x.R == 1,
    "R > 1e4": lambda m, x: x.R > 10**4,
    "γ = 1/2": lambda m, x: x.gamma == HALF,
    "γ > 1/2": lambda m, x: x.gamma > HALF,
    "one class a group": lambda m, x: m == (1, 1),
    "one minority class of several": lambda m, x: m[1] == 1 < m[0],
}


def without(regimes, *names):
    return {name: met for name, met in regimes.items() if name not in names}


def step_forms(m, n, omega):
    """ZZᵀ, ZΩZᵀ and ZΩ²Zᵀ of STEP with m classes, n samples and weight ω in each group."""
    return tuple(exact.gram(exact.step(m, n[0] * omega[0] ** k, n[1] * omega[1] ** k)) for k in range(3))


def middle_rates(m, n, omega):
    """σ², λ and μ = vᵀΩ²v of the middle mode, from the three forms."""
    u = exact.middle_vector(*m)
    square, first, second = (exact.eigenvalue(form, u) for form in step_forms(m, n, omega))
    return square, first / square, second / square


steps = (exact.sizes, st.tuples(st.integers(1, 1000), st.integers(1, 30)), st.tuples(positive, positive))
STEP_REGIMES = {
    "equal weights": lambda m, n, w: w[0] == w[1],
    "equal counts": lambda m, n, w: n[0] == n[1],
    "one class a group": lambda m, n, w: m == (1, 1),
    "unequal groups": lambda m, n, w: m[0] != m[1],
}
ties = (
    exact.sizes,
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.one_of(positive.map(lambda w: (w, w)), st.tuples(positive, positive)),
)


@claim("effective-weights-diagonal")
@holds_for(*ties, reaching=STEP_REGIMES)
def test_projected_weights_are_diagonal_with_the_stated_entries(m, n, omega):
    labels, weighted, _ = step_forms(m, n, omega)
    assert labels * weighted == weighted * labels  # one basis of modes diagonalises both
    for start, g in ((0, 0), (m[0], 1)):
        if m[g] > 1:
            u = exact.column([{start: 1, start + 1: -1}.get(k, 0) for k in range(sum(m))])
            assert exact.eigenvalue(weighted, u) == q(n[g] * omega[g])
            assert exact.eigenvalue(labels, u) == n[g]
    p, R = Fraction(m[1], sum(m)), Fraction(n[0], n[1])
    assert middle_rates(m, n, omega)[1] == q((p * R * omega[0] + (1 - p) * omega[1]) / (p * R + 1 - p))


@claim("effective-singular-values")
@holds_for(exact.sizes, exact.powers(), reaching=REGIMES)
def test_effective_singular_values_have_the_stated_squares(m, power):
    R, omega, p = power.R, power.weight, Fraction(m[1], sum(m))
    square, mean, _ = middle_rates(m, (R, 1), (omega, 1))
    assert square * mean**2 == q((p * power.to(1 - power.gamma) + 1 - p) ** 2 / (p * R + 1 - p))
    assert R * omega**2 == power.to(HALF - power.gamma) ** 2
    if m[0] == m[1] and power.gamma == HALF:
        root = power.to(HALF)
        assert square * mean**2 == q((root + 1) ** 2 / (2 * (R + 1)))


roots = st.one_of(st.just(Fraction(1)), st.integers(2, 10**4).map(Fraction), st.fractions(1, 30, max_denominator=12))


def bound_square(m, root):
    """(1/(σλ)_mid)² at γ = 1/2, R = root²: the window plus one, squared."""
    square, mean, _ = middle_rates(m, (root**2, 1), (1 / root, 1))
    return 1 / (square * mean**2)


def test_of_bounds(m, root, further, p):
    """Below 1/p, zero at R = 1 alone, increasing, and closer to 1/√p than any share of it."""
    here, later = bound_square(m, root), bound_square(m, root * further)
    assert 1 <= here < later < 1 / q(p)
    assert (here == 1) == (root == 1)
    near = 4 * sum(m) ** 2 * 10**3
    assert bound_square(m, Fraction(near)) > (1 - q(Fraction(1, 100))) / q(p)


test_of_bounds.__test__ = False
factors = st.fractions(Fraction(11, 10), 100, max_denominator=10)


@claim("window-bound")
@holds_for(
    st.integers(1, 5),
    roots,
    factors,
    reaching={"R = 1": lambda m, r, k: r == 1, "R > 1e6": lambda m, r, k: r > 1000, "two classes": lambda m, r, k: m == 1},
)
def test_window_of_equal_halves_stays_below_the_bound_and_comes_as_near_as_one_likes(half, root, further):
    test_of_bounds((half, half), root, further, HALF)


@claim("window-bound-any-split")
@holds_for(
    exact.sizes,
    roots,
    factors,
    reaching={
        "R = 1": lambda m, r, k: r == 1,
        "R > 1e6": lambda m, r, k: r > 1000,
        "unequal groups": lambda m, r, k: m[0] != m[1],
        "one minority class of several": lambda m, r, k: m[1] == 1 < m[0],
    },
)
def test_window_of_any_split_stays_below_its_own_bound(m, root, further):
    test_of_bounds(m, root, further, Fraction(m[1], sum(m)))


@claim("window-unbounded-off-half")
@holds_for(
    st.integers(1, 7),
    exact.powers(2),
    reaching={"R > 1e4": lambda m, x: x.R > 10**4, "γ < 1/2": lambda m, x: x.gamma < HALF, "γ > 1/2": lambda m, x: x.gamma > HALF},
)
def test_one_minority_class_bounds_the_window_of_the_effective_values(majority, power):
    """Why the claim asks for two classes a group.

    The squared ratio of the two values that occur is below 3/(2p) one way and 1/p the other, whatever R and γ are.
    """
    p = Fraction(1, majority + 1)
    square, mean, _ = middle_rates((majority, 1), (power.R, 1), (power.weight, 1))
    ratio = q(power.R * power.weight**2) / (square * mean**2)
    assert q(p) <= ratio <= q(Fraction(3, 2) / p)


@claim("window-unbounded-off-half")
@holds_for(exact.large_sizes, exact.powers(2), reaching=without(REGIMES, "R = 1", "one class a group", "one minority class of several"))
def test_two_classes_a_group_leave_a_window_that_grows_as_a_power_of_the_ratio(m, power):
    square, mean, _ = middle_rates(m, (power.R, 1), (power.weight, 1))
    squares = [q(power.R * power.weight**2), q(1), square * mean**2]
    assert max(squares) / min(squares) >= q(power.to(abs(HALF - power.gamma)) ** 2)


@claim("terminal-equivalence")
@holds_for(
    exact.rational_matrices(3, 4),
    st.lists(positive, min_size=4, max_size=4),
    reaching={"close to the labels": lambda L, w: any(L[0, j] == 0 for j in range(4)), "unequal weights": lambda L, w: len(set(w)) > 1},
)
def test_logits_are_as_near_to_the_labels_as_the_weighted_loss_is_small(distance, omega):
    columns = [sum((distance[i, j] ** 2 for i in range(3)), q(0)) for j in range(4)]
    loss = sum((q(w) * square for w, square in zip(omega, columns, strict=True)), q(0)) / 2
    assert sum(columns, q(0)) <= 2 * loss / q(min(omega))


# D. The full weighted flow ------------------------------------------------------------------------------------------


def leak_square(counts, omega, u):
    """‖(I − VVᵀ)Ωv‖² with v = Zᵀu/σ, sample by sample: what of Ωv is outside the row space of Z."""
    Z = exact.labels(counts)
    square = exact.eigenvalue(Z * Z.transpose(), u)
    w = exact.diagonal([omega[j] for j, n in enumerate(counts) for _ in range(n)]) * Z.transpose() * u
    ones = fmpq_mat(len(counts), len(counts), [1] * len(counts) ** 2)
    inside = (Z * Z.transpose() + ones).inv() * (Z * w)  # ZZᵀ and 11ᵀ share no direction
    whole, part = (w.transpose() * w)[0, 0], ((Z * w).transpose() * inside)[0, 0]
    return (whole - part) / (square * (u.transpose() * u)[0, 0])


@claim("weighted-ansatz-leaks")
@holds_for(
    exact.sizes,
    st.tuples(st.integers(1, 9), st.integers(1, 4)),
    st.one_of(positive.map(lambda w: (w, w)), st.tuples(positive, positive)),
    reaching=STEP_REGIMES,
)
def test_leak_is_the_variance_of_the_weights_on_the_middle_mode_and_zero_within_groups(m, n, omega):
    counts, per_class = exact.step(m, *n), exact.step(m, *omega)
    mass = Fraction(m[1] * n[0], m[1] * n[0] + m[0] * n[1])  # of v_mid² on the majority
    mean = mass * omega[0] + (1 - mass) * omega[1]
    variance = mass * (omega[0] - mean) ** 2 + (1 - mass) * (omega[1] - mean) ** 2
    assert leak_square(counts, per_class, exact.middle_vector(*m)) == q(variance)
    assert (variance > 0) == (omega[0] != omega[1])
    for start, size in ((0, m[0]), (m[0], m[1])):
        if size > 1:
            u = exact.column([{start: 1, start + 1: -1}.get(k, 0) for k in range(sum(m))])
            assert leak_square(counts, per_class, u) == 0


@claim("modes-decouple-weighted")
@holds_for(
    exact.sizes,
    exact.powers(2),
    positive,
    reaching={
        "γ = 1/2": lambda m, x, a: x.gamma == HALF,
        "γ = 0": lambda m, x, a: x.gamma == 0,
        "one class a group": lambda m, x, a: m == (1, 1),
    },
)
def test_weighted_middle_mode_leaves_the_spectral_form_at_once(m, power, amplitude):
    """From W = a u qᵀ and features in the ratios of v the class means move in other ratios, unless the weights are equal."""
    u, omegas, numbers = exact.middle_vector(*m), exact.step(m, power.weight, 1), exact.step(m, power.R, 1)
    labels, _, second = step_forms(m, (power.R, 1), (power.weight, 1))
    mean, square = middle_rates(m, (power.R, 1), (power.weight, 1))[1], exact.eigenvalue(labels, u)
    assert (exact.eigenvalue(second, u) / square > mean**2) == (power.gamma != 0)  # what leaks
    size = (u.transpose() * u)[0, 0]
    W, M = u * q(amplitude), u.transpose() * q(amplitude)  # features of every class in the ratios of u, as in v
    residual = (exact.centring(sum(m)) - W * M) * exact.diagonal(omegas)
    dM = W.transpose() * residual
    on_the_target = q(amplitude) ** 2 * size == 1
    assert (dM * size == M * (dM * u)[0, 0] * (1 / q(amplitude))) == (power.gamma == 0 or on_the_target)
    assert numbers[0] == power.R


@claim("modes-decouple-weighted-within-groups")
@holds_for(
    st.integers(2, 5),
    st.integers(1, 4),
    st.tuples(st.integers(1, 30), st.integers(1, 30)),
    st.tuples(positive, positive),
    positive,
    reaching={
        "equal weights or not": lambda m, k, n, w, a: w[0] != w[1],
        "near the start": lambda m, k, n, w, a: a < 1,
        "majority and minority alike": lambda m, k, n, w, a: n[0] < n[1],
    },
)
def test_weighted_modes_within_a_group_obey_their_own_equation(size, others, sides, omega, a):
    """A contrast of two classes of one group, with the other group beside it: nothing else is moved."""
    root = sides[0]
    u = exact.column([1, -1, *[0] * (size - 2 + others)])
    numbers, omegas = exact.step((size, others), root**2, sides[1] ** 2), exact.step((size, others), *omega)
    W, M = u * q(a), u.transpose() * q(a / root)  # spectral: s = 2a², for u has length √2
    residual = (exact.centring(size + others) - W * M) * exact.diagonal(omegas)
    dW, dM = residual * exact.diagonal(numbers) * M.transpose(), W.transpose() * residual
    slope = (dW.transpose() * u)[0, 0] / 2
    assert dW == u * slope
    assert dM == u.transpose() * (slope / root)
    s = 2 * q(a) ** 2
    assert 4 * q(a) * slope == 2 * q(omega[0]) * s * (root - s)


@st.composite
def decreasing(draw):
    """Distinct counts with weights that fall with the count: a power, or any."""
    counts = draw(strategies.distinct_counts(most_classes=5, largest=60)).per_class
    power = draw(st.sampled_from([1, 2, None]))
    gaps = draw(st.lists(positive, min_size=len(counts), max_size=len(counts)))
    omega = [sum(gaps[: k + 1]) for k in range(len(counts))] if power is None else [Fraction(1, n**power) for n in counts]
    return counts, omega, power


@claim("no-mode-exact-of-distinct-counts")
@holds_for(
    decreasing(),
    reaching={
        "no power of the count": lambda s: s[2] is None,
        "two classes": lambda s: len(s[0]) == 2,
        "four classes or more": lambda s: len(s[0]) >= 4,
        "neighbouring counts": lambda s: s[0][-2] - s[0][-1] == 1,
    },
)
def test_no_root_of_the_secular_function_is_one_of_the_leak(state):
    """A mode σ² = x has Σ 1/(n_j − x) = 0 and leaks unless Σ ω_j/(n_j − x) = 0 as well: they share no root."""
    counts, omega, _ = state
    factor = [fmpq_poly([n, -1]) for n in counts]
    others = [math.prod(factor[:j] + factor[j + 1 :], start=fmpq_poly([1])) for j in range(len(counts))]
    secular, leak = sum(others, fmpq_poly([])), sum((q(w) * other for w, other in zip(omega, others, strict=True)), fmpq_poly([]))
    assert secular.degree() == len(counts) - 1
    assert secular.gcd(leak).degree() == 0


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


DERIVED_RATES = sp.lambdify(
    (m_majority, m_minority, n_majority, n_minority, w_majority, w_minority, *middle.STATE),
    middle.middle_rates(symbolic_step(), (w_majority, w_minority)),
    "math",
)


@claim("middle-mode-reduces-to-three-scalars")
@holds_for(
    exact.sizes,
    st.tuples(st.integers(1, 30), st.integers(1, 5)),
    st.tuples(positive, positive),
    st.lists(st.fractions(-3, 3, max_denominator=8), min_size=3, max_size=3),
    reaching={
        "one class a group": lambda m, n, w, x: m == (1, 1),
        "off the spectral ansatz": lambda m, n, w, x: x[1] != x[2],
        "unequal weights": lambda m, n, w, x: w[0] != w[1],
    },
)
def test_class_mean_flow_stays_in_three_scalars_with_the_stated_rates_and_invariant(m, n, omega, x):
    """W = a u qᵀ and M = q (b or e)·u_j, multiplied out with u of length √(uᵀu): entries stay fractions."""
    a, b, e = map(q, x)
    u = exact.middle_vector(*m)
    size = (u.transpose() * u)[0, 0]
    feature = exact.step(m, b, e)
    W, M = u * a, fmpq_mat(1, sum(m), [u[j, 0] * feature[j] / size for j in range(sum(m))])
    omegas, numbers = exact.step(m, *omega), exact.step(m, *n)
    residual = (exact.centring(sum(m)) - W * M) * exact.diagonal(omegas)
    dW, dM = residual * exact.diagonal(numbers) * M.transpose(), W.transpose() * residual
    da, db, de = map(q, DERIVED_RATES(*m, *n, *omega, *x))
    assert dW * size == u * da
    assert dM == fmpq_mat(1, sum(m), [u[j, 0] * value for j, value in enumerate(exact.step(m, db, de))])
    p = Fraction(m[1], sum(m))
    assert a * da == q(p * n[0]) * b * db + q((1 - p) * n[1]) * e * de


@st.composite
def balanced_ends(draw):
    """W, and H = WᵀE with orthonormal rows in E: balanced, and Z = WH by definition."""
    c, d, n = draw(st.integers(2, 3)), draw(st.integers(1, 3)), 4
    W = draw(exact.rational_matrices(c, d))
    E = exact.columns_of(draw(exact.orthogonal_matrices(n)), c).transpose()
    return W, W.transpose() * E


@claim("terminal-geometry-equivalence")
@holds_for(
    balanced_ends(),
    reaching={"wider than the classes": lambda s: s[0].ncols() >= s[0].nrows(), "narrower": lambda s: s[0].ncols() < s[0].nrows()},
)
def test_a_balanced_end_has_the_square_roots_of_the_labels(state):
    W, H = state
    Z, classifier, features = W * H, W * W.transpose(), H.transpose() * H
    assert W.transpose() * W == H * H.transpose()
    assert classifier * classifier == Z * Z.transpose()
    assert features * features == Z.transpose() * Z


END = 1e-5  # of what is left of a run at 30 relaxation times after its last mode


@claim("terminal-geometry-equivalence", "terminal-equivalence")
@holds_for(
    strategies.class_counts(4, 1),
    strategies.weight_exponents(),
    share=4,
    reaching={"weights": lambda n, g: g > 0 and n.imbalance_ratio > 1, "three classes or more": lambda n, g: n.c >= 3},
)
def test_weighted_runs_end_at_the_labels_with_the_geometry_of_no_weights(counts, gamma):
    omega = tuple(float(n) ** -float(gamma) for n in counts.per_class)
    slowest = math.sqrt(min(counts.per_class)) * min(omega)
    run = simulate(Experiment(counts, omega, Squared(), 3.0), level="class", time=36 / slowest)
    W, L = run.W(run.t[-1]), run.logits(run.t[-1])
    Z = (np.arange(counts.c)[:, None] == np.array(counts.labels)) - 1 / counts.c
    assert np.abs(L - Z).max() < END
    assert np.abs(W @ W.T @ W @ W.T - Z @ Z.T).max() < END * counts.n


# Times at γ = 1/2 ---------------------------------------------------------------------------------------------------

SLOPE = 2e-3  # what is left of dT/dδ − 1 between δ = 6 and 12: e^(−12) and the creep of the middle mode
OFFSETS = 1e-4  # of an offset at δ = 12, and of the integrator


def times(counts, delta, gamma=0.5):
    """Learning times of modes and classes with ω = n^(−γ)."""
    omega = tuple(float(n) ** -gamma for n in counts.per_class)
    run = simulate(Experiment(counts, omega, Squared(), float(delta)))
    return np.array(mode_learning_times(run)), np.array(class_learning_times(run))


@claim("scaled-times-equalise")
@holds_for(
    strategies.class_counts(5, 1),
    share=5,
    reaching={"counts that differ": lambda n: n.imbalance_ratio > 1, "three classes or more": lambda n: n.c >= 3},
)
def test_every_mode_and_class_is_learned_one_unit_later_for_each_unit_of_delta(counts):
    for early, late in zip(times(counts, 6), times(counts, 12), strict=True):
        assert np.abs((late - early) / 6 - 1).max() < SLOPE


@claim("finite-init-offset")
@holds_for(
    st.integers(2, 3),
    st.integers(0, 9).flatmap(lambda k: st.integers(k * k + 1, (k + 1) ** 2 + 1)),
    share=5,
    reaching={"R > 10": lambda m, R: R > 10, "three classes a group": lambda m, R: m == 3},
)
def test_offsets_of_equal_halves_are_zero_a_quarter_logarithm_and_the_quadrature(half, ratio):
    late, _ = times(ClassCounts((ratio,) * half + (1,) * half), 12)
    stated = [math.log(ratio) / 4, middle_offset(step_groups(ratio)).value, 0.0]
    assert np.abs(late - 12 - (stated if ratio > 1 else [0.0])).max() < OFFSETS


GROWTH = 1e-4  # D(p)/√R at R = 1e10 and beyond, D of order ten


@claim("finite-init-offset", "middle-offset-grows-as-root-p")
@holds_for(
    st.integers(10, 13),
    strategies.minority_shares(10),
    share=5,
    reaching={"equal halves": lambda k, p: p == sp.Rational(1, 2), "unequal groups": lambda k, p: p != sp.Rational(1, 2)},
)
def test_middle_offset_grows_by_a_quarter_over_root_p_for_each_factor_e(decade, share):
    p = float(share)
    slope = (middle_offset(step_groups(10.0 ** (decade + 1), p)).value - middle_offset(step_groups(10.0**decade, p)).value) / math.log(10)
    assert slope == pytest.approx(1 / (4 * math.sqrt(p)), abs=GROWTH)


LAW = 5e-3  # o(1) of the law off half at R = 1e12, in units of the rate


@claim("middle-offset-of-every-exponent")
@holds_for(
    st.sampled_from(["0", "1/4", "3/4", "1"]),
    st.integers(2, 8).map(lambda k: k / 10),
    st.sampled_from([0.1, 0.5, 0.9]),
    share=5,
    reaching={
        "γ < 1/2": lambda g, p, f: g in ("0", "1/4"),
        "γ > 1/2": lambda g, p, f: g in ("3/4", "1"),
        "f ≠ 1/2": lambda g, p, f: f != 0.5,
    },
)
def test_middle_offset_off_half_follows_the_law(gamma, share, learned):
    values = {RATIO: 1e12, SHARE: share, fraction: learned}
    rate, law = (float(expression.subs(values)) for expression in (offset.majority_rate(gamma), offset.offset_law(gamma)))
    found = middle_offset(step_groups(1e12, share, float(Fraction(gamma))), learned).value
    assert rate * (found - law) == pytest.approx(0, abs=LAW)
    constant = math.log(share) / 4 if Fraction(gamma) < HALF else 0.5 + math.log(4 * share / (1 - share)) / 4
    assert rate * law == pytest.approx(math.log(1e12) / 4 + math.log(learned / (1 - learned)) / 2 + constant, abs=1e-9)
