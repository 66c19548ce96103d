"""The weighted flow of STEP on the middle mode is three scalars, exactly and in a run."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from theory.data import labels
from theory.data.counts import ClassCounts, Group, symbolic_step
from theory.exact import InvalidInput
from theory.losses.squared import Squared
from theory.symbols import (
    R,
    delta,
    fraction,
    m_majority,
    m_minority,
    n_majority,
    n_minority,
    p,
    t,
    w_majority,
    w_minority,
    within_classifiers,
    within_features,
)
from theory.unconstrained_features import flow, middle, modes

GROUPS, WEIGHTS = symbolic_step(), (w_majority, w_minority)
SHARES = (Group(1 - p, R), Group(p, sp.Integer(1)))  # sizes as shares of c
HALF = (R ** sp.Rational(-1, 2), sp.Integer(1))  # weights of γ = ½ there
a, b, e = middle.STATE
SYMBOLIC_RATE = middle.escape_rate(GROUPS, WEIGHTS)


def zero(expression: sp.Expr) -> bool:
    return sp.expand(sp.numer(sp.together(expression))) == 0 or sp.simplify(expression) == 0


def test_residual_is_zero_for_symbolic_sizes_counts_and_weights():
    reduction = middle.reduce_flow(GROUPS, WEIGHTS)
    for residual in reduction.residual.values():
        assert residual.diagonal == (0, 0)
        assert residual.blocks == sp.zeros(2, 2)


def test_rates_are_the_ones_of_the_docstring():
    reduction = middle.reduce_flow(GROUPS, WEIGHTS)
    majority, minority = middle.shares(GROUPS)
    da = majority * n_majority * w_majority * b * (1 - a * b) + minority * n_minority * w_minority * e * (1 - a * e)
    expected = (da, w_majority * a * (1 - a * b), w_minority * a * (1 - a * e))
    assert all(zero(found - told) for found, told in zip(middle.middle_rates(GROUPS, WEIGHTS), expected, strict=True))
    for g, (count, weight) in enumerate(((n_majority, w_majority), (n_minority, w_minority))):
        alpha, beta = within_classifiers[g], within_features[g]
        error = weight * (1 - alpha * beta)
        assert zero(reduction.velocity[alpha] - count * beta * error)
        assert zero(reduction.velocity[beta] - alpha * error)


def test_a_false_ansatz_leaves_a_residual():
    """With b = e forced, as the spectral ansatz has it, the feature rates differ: the ansatz leaks."""
    _, db, de = middle.middle_rates(GROUPS, WEIGHTS)
    assert sp.factor((db - de).subs(e, b)) == -a * (a * b - 1) * (w_majority - w_minority)


def within_basis(size: int) -> list[sp.Matrix]:
    """Orthonormal vectors of a group that sum to zero (Helmert)."""
    return [sp.Matrix([*[1] * k, -k, *[0] * (size - k - 1)]) / sp.sqrt(k * (k + 1)) for k in range(1, size)]


def explicit_modes(sizes: tuple[int, int]) -> tuple[sp.Matrix, list[tuple[int, sp.Matrix]]]:
    """u, and (group, vector) of the within-group modes, in class space."""
    m, k = sizes
    c = m + k
    u = sp.Matrix([sp.sqrt(sp.Rational(k, m * c))] * m + [-sp.sqrt(sp.Rational(m, k * c))] * k)
    within = [(0, sp.Matrix([*v, *[0] * k])) for v in within_basis(m)]
    return u, within + [(1, sp.Matrix([*[0] * m, *v])) for v in within_basis(k)]


@pytest.mark.parametrize("sizes", [(1, 1), (1, 3), (3, 2)])
def test_explicit_matrices_follow_with_a_strength_for_each_within_group_mode(sizes):
    m, k = sizes
    c = m + k
    u, within = explicit_modes(sizes)
    groups = (Group(sp.Integer(m), n_majority), Group(sp.Integer(k), n_minority))

    def diagonal(x, y):
        return sp.diag(*[x] * m, *[y] * k)

    alphas, betas = sp.symbols(f"alpha0:{len(within)}"), sp.symbols(f"beta0:{len(within)}")
    W = a * u * u.T + sum((s * v * v.T for s, (_, v) in zip(alphas, within, strict=True)), sp.zeros(c, c))
    M = u * u.T * diagonal(b, e) + sum((s * v * v.T for s, (_, v) in zip(betas, within, strict=True)), sp.zeros(c, c))
    error = labels.centring_matrix(c) - W * M
    dW = error * diagonal(n_majority * w_majority, n_minority * w_minority) * M.T
    dM = W.T * error * diagonal(w_majority, w_minority)

    da, db, de = middle.middle_rates(groups, WEIGHTS)
    expected_W, expected_M = da * u * u.T, u * u.T * diagonal(db, de)
    for alpha, beta, (g, v) in zip(alphas, betas, within, strict=True):
        rate = WEIGHTS[g] * (1 - alpha * beta)
        expected_W += groups[g].count * rate * beta * v * v.T
        expected_M += rate * alpha * v * v.T
    assert (dW - expected_W).applyfunc(sp.expand) == sp.zeros(c, c)
    assert (dM - expected_M).applyfunc(sp.expand) == sp.zeros(c, c)


def test_ansatz_needs_no_more_width_than_the_modes_have():
    """W = AQᵀ, M = QB with QᵀQ = P and d = c − 1, multiplied out, against the flow to the left of Qᵀ and right of Q."""
    sizes, numbers = (
        (sp.Integer(2), sp.Integer(1)),
        dict(
            zip(
                (a, b, e, *within_classifiers, *within_features, w_majority, w_minority),
                map(sp.Rational, (2, 3, "1/2", 5, 7, "1/3", 4, 2, "3/2")),
                strict=True,
            )
        ),
    )
    groups = (Group(sp.Integer(2), sp.Integer(4)), Group(sp.Integer(1), sp.Integer(1)))
    frame = sp.Matrix([[1, 1], [-1, 1], [0, -2]]) * sp.diag(1 / sp.sqrt(2), 1 / sp.sqrt(6))  # orthonormal, orthogonal to 1
    Q = frame.T  # 2 × 3: QᵀQ = P
    A = middle.classifier_of(sizes, a, within_classifiers).explicit().subs(numbers)
    B = middle.features_of(sizes, (b, e), within_features).explicit().subs(numbers)
    assert (Q.T * Q - labels.centring_matrix(3)).applyfunc(sp.simplify) == sp.zeros(3, 3)
    W, M, omega = A * Q.T, Q * B, sp.diag(*[numbers[w_majority]] * 2, numbers[w_minority])
    error = labels.centring_matrix(3) - W * M
    dW, dM = error * sp.diag(4, 4, 1) * omega * M.T, W.T * error * omega
    left, right = (side.explicit().subs(numbers) for side in middle.flow_on_ansatz(groups, WEIGHTS))
    assert (dW - left * Q.T).applyfunc(sp.simplify) == sp.zeros(3, 2)
    assert (dM - Q * right).applyfunc(sp.simplify) == sp.zeros(2, 3)
    assert left == labels.centring_matrix(3) * left * labels.centring_matrix(3)


def test_class_mean_flow_is_the_gradient_flow_of_the_samples():
    """Gradient of the loss written out for counts (2, 1, 1): equal features in a class stay equal."""
    counts = ClassCounts((2, 1, 1))
    weights = (w_majority, w_minority, w_minority)
    W, H = (sp.Matrix(*shape, sp.symbols(f"{name}0:{shape[0] * shape[1]}")) for name, shape in (("W", (3, 3)), ("H", (3, 4))))
    dW, dH = flow.scalar_flow(Squared(), W, H, counts.labels, weights, counts.per_class)
    M = sp.Matrix(3, 3, sp.symbols("M0:9"))
    equal = dict(zip(H, M * labels.one_hot(counts), strict=True))
    error = labels.centring_matrix(3) - W * M
    class_dW = error * sp.diag(2 * w_majority, w_minority, w_minority) * M.T
    class_dM = W.T * error * sp.diag(*weights)
    assert (dW.subs(equal) - class_dW).applyfunc(sp.expand) == sp.zeros(3, 3)
    assert (dH.subs(equal) - class_dM * labels.one_hot(counts)).applyfunc(sp.expand) == sp.zeros(3, 4)


def test_the_balance_of_the_mode_is_conserved_and_zero_from_spectral_init():
    invariant = middle.invariant(GROUPS)
    rates = middle.middle_rates(GROUPS, WEIGHTS)
    along = sum(sp.diff(invariant, x) * rate for x, rate in zip(middle.STATE, rates, strict=True))
    assert zero(along)
    assert zero(invariant.subs(dict(zip(middle.STATE, middle.spectral_start(GROUPS), strict=True))))
    assert not zero(sum(sp.diff(invariant + a**2, x) * rate for x, rate in zip(middle.STATE, rates, strict=True)))


def test_escape_rate_is_the_middle_singular_value_of_the_weighted_labels():
    gram = labels.weighted_gram(GROUPS, [w**2 for w in WEIGHTS])
    value, multiplicity = labels.mode_values(gram)[-1]
    assert multiplicity == 1
    assert zero(middle.escape_rate(GROUPS, WEIGHTS) ** 2 - value)
    assert zero(middle.singular_value(GROUPS) ** 2 - labels.mode_values(labels.label_gram(GROUPS))[-1][0])


def test_escape_matrix_has_eigenvalues_rate_zero_and_minus_rate():
    J, rho, x = middle.escape_matrix(GROUPS, WEIGHTS), middle.escape_rate(GROUPS, WEIGHTS), sp.Symbol("x")
    assert zero(J.charpoly(x).as_expr() - x * (x**2 - rho**2))
    right, left = sp.Matrix([1, J[1, 0] / rho, J[2, 0] / rho]), sp.Matrix([[1, J[0, 1] / rho, J[0, 2] / rho]])
    assert (J * right - rho * right).applyfunc(sp.simplify) == sp.zeros(3, 1)
    assert (left * J - rho * left).applyfunc(sp.simplify) == sp.zeros(1, 3)
    assert zero((left * right)[0] - 2)


def test_unstable_share_is_set_by_projected_over_escape_rate():
    projected = modes.step_modes(GROUPS, WEIGHTS)[-1].effective_singular_value
    share = middle.unstable_share(GROUPS, WEIGHTS)
    assert zero(share - (1 + projected / middle.escape_rate(GROUPS, WEIGHTS)) / 2)
    assert zero(((2 * share - 1) ** 2).subs(w_minority, w_majority) - 1)


def test_projected_rate_in_place_of_the_escape_rate_is_rejected():
    """Exact witness: equal halves, R = 4, γ = ½: projected 3/√10, escape 1."""
    groups, weights = (Group(sp.Integer(2), sp.Integer(4)), Group(sp.Integer(2), sp.Integer(1))), (sp.S.Half, sp.S.One)
    projected = modes.step_modes(groups, weights)[-1].effective_singular_value
    assert sp.sqrtdenest(projected) == 3 / sp.sqrt(10)
    assert middle.escape_rate(groups, weights) == 1


def test_fixed_point_is_the_fitted_state_on_the_zero_level():
    point = middle.fixed_point(GROUPS)
    assert all(zero(rate.subs(point)) for rate in middle.middle_rates(GROUPS, WEIGHTS))
    assert zero(middle.invariant(GROUPS).subs(point))
    assert zero(middle.mode_strength(GROUPS).subs(point) - middle.singular_value(GROUPS))


def test_relaxation_rates_are_the_eigenvalues_at_the_fixed_point():
    sigma = middle.singular_value(GROUPS)
    slow, fast = middle.relaxation_rates(GROUPS, WEIGHTS)
    projected = modes.step_modes(GROUPS, WEIGHTS)[-1].effective_singular_value
    assert zero(slow + fast - sigma * (w_majority + w_minority) - projected)
    assert zero(sp.expand(slow * fast) - 2 * sigma**2 * w_majority * w_minority)
    groups, weights = (Group(sp.Integer(3), sp.Integer(9)), Group(sp.Integer(2), sp.Integer(1))), (sp.Rational(1, 3), 1)
    state = sp.Matrix(middle.middle_rates(groups, tuple(map(sp.sympify, weights))))
    J = state.jacobian(middle.STATE).subs(middle.fixed_point(groups))
    numbers = sorted((-sp.N(value, 30) for value in J.eigenvals(multiple=True)), key=sp.re)
    exact = (0, *middle.relaxation_rates(groups, tuple(map(sp.sympify, weights))))
    assert all(abs(sp.N(told - found, 25)) < 1e-20 for found, told in zip(numbers, exact, strict=True))


def test_relaxation_at_equal_weights_is_logistic_and_at_large_ratio_twice_the_root_of_the_share():
    slow, fast = middle.relaxation_rates(SHARES, HALF)
    assert [sp.simplify(rate.subs(R, 1)) for rate in (slow, fast)] == [1, 2]
    half = slow.subs(p, sp.Rational(1, 2))
    # Slow rate √2 + O(1/R): twice the 1/√2 of the offset law.
    errors = [abs(sp.N(half.subs(R, 10**k) - sp.sqrt(2), 40)) for k in (8, 10, 12)]
    assert errors[0] < 1e-3
    assert all(99 < earlier / later < 101 for earlier, later in pairwise(errors))


def test_equal_weights_collapse_to_the_scalar_logistic():
    equal = (w_majority, w_majority)
    da, db, de = middle.middle_rates(GROUPS, equal)
    assert zero((db - de).subs(e, b))
    sigma, s = middle.singular_value(GROUPS), middle.mode_strength(GROUPS)
    along = sum(sp.diff(s, x) * rate for x, rate in zip(middle.STATE, (da, db, de), strict=True))
    on_orbit = {e: b, a: sigma * b}  # the spectral start has a = σb, and balance keeps it
    assert zero((along - 2 * w_majority * s * (sigma - s)).subs(on_orbit, simultaneous=True))


def test_escape_rate_is_one_at_half_for_every_ratio_and_split():
    assert sp.expand(middle.escape_rate(SHARES, HALF) ** 2) == 1


@given(
    ratio=st.fractions("11/10", 1000, max_denominator=50),
    share=st.fractions("1/20", "19/20", max_denominator=20),
    exponent=st.sampled_from([sp.Rational(2, 5), sp.Rational(3, 5)]),
)
@settings(max_examples=settings.default.max_examples // 5, deadline=None)
def test_escape_rate_is_not_one_at_other_exponents(ratio, share, exponent):
    ratio, share = sp.Rational(ratio), sp.Rational(share)
    numbers = {n_majority: ratio, n_minority: 1, m_majority: 1 - share, m_minority: share, w_majority: ratio**-exponent, w_minority: 1}
    assert abs(SYMBOLIC_RATE.subs(numbers).n(30) - 1) > 1e-4


def test_within_group_times_are_closed_forms_with_the_stated_limits():
    half = sp.Rational(1, 2)
    majority, minority = (middle.within_group_time(group, weight).subs(fraction, half) for group, weight in zip(SHARES, HALF, strict=True))
    assert sp.simplify(sp.exp(2 * majority) - (sp.sqrt(R) * sp.exp(2 * delta) - 1)) == 0
    assert sp.simplify(sp.exp(2 * minority) - (sp.exp(2 * delta) - 1)) == 0
    # e^(2(T − δ)) = √R − e^(−2δ): the limits ¼ ln R and 0.
    assert sp.limit(sp.exp(2 * majority - 2 * delta).simplify(), delta, sp.oo) == sp.sqrt(R)
    assert sp.limit(sp.exp(2 * minority - 2 * delta).simplify(), delta, sp.oo) == 1


def test_within_minority_offset_is_not_zero_unless_the_minority_count_is_one():
    """Witness n_min = 16 at γ = ½: T − δ → ln 2, not 0."""
    time = middle.within_group_time(Group(sp.Integer(2), sp.Integer(16)), sp.Rational(1, 4))
    limit = sp.limit(sp.simplify(sp.exp(2 * time - 2 * delta).subs(fraction, sp.Rational(1, 2))), delta, sp.oo)
    assert limit == 4


def test_within_group_strength_obeys_its_own_logistic():
    velocity = middle.reduce_flow(GROUPS, WEIGHTS).velocity
    d_alpha, d_beta = velocity[within_classifiers[0]], velocity[within_features[0]]
    alpha, beta = within_classifiers[0], within_features[0]
    root, s = sp.sqrt(n_majority), sp.Symbol("s", positive=True)
    rate = (root * (d_alpha * beta + alpha * d_beta)).subs({alpha: sp.sqrt(s), beta: sp.sqrt(s) / root})
    assert zero(rate - 2 * w_majority * s * (root - s))
    assert zero(alpha * d_alpha - n_majority * beta * d_beta)
    closed = modes.solve_strength().subs({modes.rate: w_majority, modes.sigma: root})
    assert zero(sp.diff(closed, t) - 2 * w_majority * closed * (root - closed))


@pytest.mark.parametrize(
    ("groups", "weights"), [(GROUPS[:1], WEIGHTS), ((*GROUPS, GROUPS[0]), (*WEIGHTS, w_majority)), (GROUPS, WEIGHTS[:1])]
)
def test_other_than_two_groups_is_wrong_input(groups, weights):
    with pytest.raises(InvalidInput, match="give two and two"):
        middle.reduce_flow(groups, weights)


def test_a_float_weight_is_wrong_input():
    with pytest.raises(InvalidInput, match="floating-point"):
        middle.reduce_flow(GROUPS, (sp.Float(0.5), sp.Integer(1)))


# The sample-level flow, integrated here without any of the code above.

RUN_TOLERANCE = 1e-8  # of strengths of order one, over the whole path, at solver tolerance 1e-12


def sample_flow(counts, weights, Z, W, H, times):
    """W and H of the sample-level flow at the given times."""
    classes, d, samples = W.shape[0], W.shape[1], H.shape[1]
    omega = np.repeat(weights, counts)

    def right_side(_, y):
        W, H = y[: classes * d].reshape(classes, d), y[classes * d :].reshape(d, samples)
        error = (Z - W @ H) * omega
        return np.concatenate([(error @ H.T).ravel(), (W.T @ error).ravel()])

    run = solve_ivp(
        right_side, (0, times[-1]), np.concatenate([W.ravel(), H.ravel()]), t_eval=times, method="DOP853", rtol=1e-12, atol=1e-14
    )
    return [(y[: classes * d].reshape(classes, d), y[classes * d :].reshape(d, samples)) for y in run.y.T]


@pytest.mark.parametrize(
    ("sizes", "counts", "gamma", "wider"),
    [((2, 2), (10, 1), 0.5, 1), ((3, 2), (6, 2), 1.0, -1), ((1, 3), (7, 1), 0.25, -1), ((4, 1), (9, 3), 0.5, 0), ((2, 2), (8, 1), 0.0, 1)],
)
def test_reduced_system_agrees_with_the_sample_level_flow(sizes, counts, gamma, wider):
    m, k = sizes
    c, d, scale = m + k, m + k + wider, np.exp(-2.0)  # d = c − 1 is the least width that holds every mode
    per_class = np.array([counts[0]] * m + [counts[1]] * k)
    weights = per_class**-gamma
    Z = (np.eye(c) - 1 / c) @ np.repeat(np.eye(c), per_class, axis=1)
    U, _, Vt = np.linalg.svd(Z, full_matrices=False)
    Q = np.linalg.qr(np.random.default_rng(7).normal(size=(d, c - 1)))[0]
    times = np.linspace(0, 6, 13)
    path = sample_flow(per_class, weights, Z, scale * U[:, : c - 1] @ Q.T, scale * Q @ Vt[: c - 1], times)

    groups = tuple(Group(sp.Integer(size), sp.Integer(n)) for size, n in zip(sizes, counts, strict=True))
    symbols = (w_majority, w_minority)
    rates = sp.lambdify((middle.STATE, symbols), middle.middle_rates(groups, symbols))
    values = (counts[0] ** -gamma, counts[1] ** -gamma)
    start = [float(x.subs(delta, 2)) for x in middle.spectral_start(groups)]
    reduced = solve_ivp(lambda _, y: rates(y, values), (0, times[-1]), start, t_eval=times, method="DOP853", rtol=1e-12, atol=1e-14).y.T
    strength = sp.lambdify(middle.STATE, middle.mode_strength(groups))
    u = np.array([np.sqrt(k / (m * c))] * m + [-np.sqrt(m / (k * c))] * k)
    q = Q @ (U[:, : c - 1].T @ u)  # the middle mode's direction in feature space
    for (W, H), (ra, rb, re), time in zip(path, reduced, times, strict=True):
        first, last = q @ H[:, 0] / u[0], q @ H[:, -1] / u[-1]
        assert np.allclose([u @ W @ q, first, last], [ra, rb, re], rtol=0, atol=RUN_TOLERANCE)
        assert abs(u @ W @ H @ Z.T @ u / np.linalg.norm(Z.T @ u) - strength(ra, rb, re)) < RUN_TOLERANCE
        for g, (size, index) in enumerate(((m, 0), (k, m))):
            if size > 1:  # a within-group mode: the closed logistic, with its own σ and weight
                v = np.zeros(c)
                v[index], v[index + 1] = 1 / np.sqrt(2), -1 / np.sqrt(2)
                sigma = np.sqrt(counts[g])
                closed = sigma / (1 + (sigma / scale**2 - 1) * np.exp(-2 * values[g] * sigma * time))
                assert abs(v @ W @ H @ Z.T @ v / sigma - closed) < RUN_TOLERANCE
