"""T_mid − δ/ρ as δ → ∞: its value against unrelated routes, and its growth law in ln R."""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
import sympy as sp
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from numerics.unconstrained_features.middle import (
    ConnectionIntegrals,
    TwoGroups,
    connection_integrals,
    middle_learning_time,
    middle_offset,
    step_groups,
)
from theory.exact import InvalidInput
from theory.symbols import R, connection, connection_slope, fraction, p
from theory.unconstrained_features import middle, offset

OFFSET_TOLERANCE = 2e-9  # absolute in units of 1/ρ, relative where the offset is large: eight digits and a margin
SHARES = ("1/2", "1/4", "1/5", "3/4", "9/10")


def quadrature_offset(groups: TwoGroups, share_of_start: float, method: str) -> float:
    """The same limit by the clock ∫ a dt: B, E from zero, and T as a quadrature beside them."""
    x, y = math.sqrt(groups.minority_share), math.sqrt(1 - groups.minority_share)
    (N, n), (major, minor) = groups.counts, groups.weights
    rho = math.hypot(x * math.sqrt(N) * major, y * math.sqrt(n) * minor)
    target = (N * x * x + n * y * y) / 2

    def right_side(log_theta, state):
        # Slopes B/θ and E/θ, and the integral of ρθ/a − 1.
        slope_b, slope_e, _ = state
        theta = math.exp(log_theta)
        a = theta * math.hypot(slope_b, slope_e)
        return [
            major * (math.sqrt(N) * x - a * theta * slope_b) - slope_b,
            minor * (math.sqrt(n) * y - a * theta * slope_e) - slope_e,
            rho * theta / a - 1,
        ]

    def jacobian(log_theta, state):
        slope_b, slope_e, _ = state
        square, r = math.exp(2 * log_theta), math.hypot(slope_b, slope_e)
        cross = -square * slope_b * slope_e / r
        return [
            [-major * square * (r + slope_b**2 / r) - 1, major * cross, 0],
            [minor * cross, -minor * square * (r + slope_e**2 / r) - 1, 0],
            [-rho * slope_b / r**3, -rho * slope_e / r**3, 0],
        ]

    def learned(log_theta, state):
        theta = math.exp(log_theta)
        a = theta * math.hypot(state[0], state[1])
        return math.log(a * theta * (math.sqrt(N) * x * state[0] + math.sqrt(n) * y * state[1]) / target)

    learned.terminal = True
    begin = -14 - math.log(rho * max(major, minor)) / 2
    run = solve_ivp(
        right_side,
        (begin, 60),
        [x * math.sqrt(N) * major, y * math.sqrt(n) * minor, 0.0],
        method=method,
        jac=jacobian,
        rtol=2e-9 if method == "Radau" else 1e-12,
        atol=1e-13,
        events=learned,
    )
    return (run.t_events[0][0] + math.log(rho / share_of_start) + run.y_events[0][0][2]) / rho


def exact_share(groups: TwoGroups) -> float:
    N, n = groups.counts
    rate = math.sqrt(float(groups.minority_share * N * groups.weights[0] ** 2 + (1 - groups.minority_share) * n * groups.weights[1] ** 2))
    sigma = math.sqrt(groups.minority_share * N + (1 - groups.minority_share) * n)
    projected = (groups.minority_share * N * groups.weights[0] + (1 - groups.minority_share) * n * groups.weights[1]) / sigma
    return (1 + projected / rate) / 2


@cache
def offset_at(ratio: float, share: float, gamma: float) -> float:
    return middle_offset(step_groups(ratio, share, gamma)).value


@cache
def integrals_at(share: str) -> ConnectionIntegrals:
    return connection_integrals(float(sp.Rational(share)))


def law(exponent: str, share: str, ratio: float, learned_fraction: float = 0.5) -> float:
    """The law at numbers, with the connection integral from the run of the limit problem."""
    value = integrals_at(share).leading if sp.Rational(exponent) == offset.HALF else 0
    return float(offset.offset_law(exponent).subs({p: sp.Rational(share), R: ratio, connection: value, fraction: learned_fraction}))


def closeness(found: float, told: float, rate: float) -> float:
    """Error in units of OFFSET_TOLERANCE's convention."""
    return abs(found - told) / max(1 / rate, abs(told))


@pytest.mark.parametrize(("ratio", "value"), [(10, 0.77780), (100, 1.86922), (1000, 2.74488)])
def test_reference_values_of_equal_halves(ratio, value):
    assert round(middle_offset(step_groups(ratio)).value, 5) == value


@pytest.mark.parametrize(
    ("ratio", "share", "gamma"),
    [
        (10, 0.5, 0.5),
        (1e4, 0.2, 0.5),
        (1e12, 0.5, 0.5),
        (1e6, 0.9, 0.5),
        (100, 0.5, 0.25),
        (1e3, 0.3, 1.0),
        (1e5, 0.75, 0.75),
        (50, 0.5, 0.0),
    ],
)
def test_offset_agrees_with_a_quadrature_by_another_integrator(ratio, share, gamma):
    groups = step_groups(ratio, share, gamma)
    found = middle_offset(groups)
    told = quadrature_offset(groups, exact_share(groups), "Radau")
    assert closeness(found.value, told, found.escape_rate) < OFFSET_TOLERANCE


@given(log_ratio=st.floats(0, 5), share=st.fractions("1/20", "19/20", max_denominator=20), gamma=st.fractions(0, 1, max_denominator=12))
@example(log_ratio=0.0, share=0.5, gamma=0.5)
@example(log_ratio=6.0, share=0.5, gamma=0.5)
@example(log_ratio=1e-9, share=0.2, gamma=0.5)
@settings(max_examples=settings.default.max_examples // 6, deadline=None)
def test_offset_is_the_quadrature_for_every_ratio_split_and_exponent(log_ratio, share, gamma):
    groups = step_groups(10**log_ratio, float(share), float(gamma))
    found = middle_offset(groups)
    told = quadrature_offset(groups, exact_share(groups), "LSODA")
    assert closeness(found.value, told, found.escape_rate) < OFFSET_TOLERANCE


@given(log_ratio=st.floats(0, 9), share=st.floats(0.05, 0.95))
@example(log_ratio=0.0, share=0.5)
@settings(max_examples=settings.default.max_examples // 5, deadline=None)
def test_equal_weights_give_the_logistic_offset(log_ratio, share):
    groups = step_groups(10**log_ratio, share, 0.0)
    sigma = math.sqrt(share * groups.counts[0] + 1 - share)
    assert closeness(middle_offset(groups).value, math.log(sigma) / (2 * sigma), sigma) < OFFSET_TOLERANCE


@given(log_ratio=st.floats(0, 5), share=st.floats(0.1, 0.9), gamma=st.floats(0, 1), count=st.integers(2, 50), factor=st.floats(0.1, 10))
@settings(max_examples=settings.default.max_examples // 6, deadline=None)
def test_a_common_factor_of_the_counts_or_of_the_weights_scales_out(log_ratio, share, gamma, count, factor):
    """T(δ; nR, n) = n^(γ−½) T(δ + ¼ ln n; R, 1), and a factor of the weights divides time."""
    ratio = 10**log_ratio
    plain = middle_learning_time(step_groups(ratio, share, gamma), 6 + math.log(count) / 4).value
    counts = (count * ratio, float(count))
    scaled = TwoGroups(share, counts, (factor * counts[0] ** -gamma, factor * counts[1] ** -gamma))
    expected = count ** (gamma - 0.5) * plain / factor
    assert middle_learning_time(scaled, 6).value == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize(("ratio", "share", "gamma"), [(100, 0.5, 0.5), (1e6, 0.5, 0.5), (100, 0.2, 1.0)])
def test_finite_delta_differs_by_first_order_in_the_initial_scale(ratio, share, gamma):
    """The error is C e^(−δ): dividing by e^(−2δ) instead would grow by e² a step."""
    groups = step_groups(ratio, share, gamma)
    limit = middle_offset(groups)
    errors = [(middle_learning_time(groups, d).value - d / limit.escape_rate - limit.value) * math.exp(d) for d in (6, 7, 8, 9)]
    assert all(0.99 < later / earlier < 1.01 for earlier, later in pairwise(errors))
    assert abs(errors[-1]) > 0.1


def test_huge_delta_is_no_problem():
    groups = step_groups(100)
    assert middle_learning_time(groups, 1e5).value - 1e5 == pytest.approx(middle_offset(groups).value, abs=1e-8)


def test_finite_delta_agrees_with_the_sample_level_flow():
    """Plain integration of W and H, event on the mode strength, no reduction: STEP(4, 10), γ = ½, δ = 4."""
    counts, delta = np.array([10, 10, 1, 1]), 4.0
    Z = (np.eye(4) - 1 / 4) @ np.repeat(np.eye(4), counts, axis=1)
    omega = np.repeat(counts**-0.5, counts)
    U, S, Vt = (part[..., :3] if k < 2 else part[:3] for k, part in enumerate(np.linalg.svd(Z, full_matrices=False)))
    start = np.exp(-delta) * np.concatenate([U.ravel(), Vt.ravel()])

    def right_side(_, y):
        W, H = y[:12].reshape(4, 3), y[12:].reshape(3, -1)
        error = (Z - W @ H) * omega
        return np.concatenate([(error @ H.T).ravel(), (W.T @ error).ravel()])

    def learned(_, y):
        return U[:, 1] @ y[:12].reshape(4, 3) @ y[12:].reshape(3, -1) @ Vt[1] - S[1] / 2

    learned.terminal = True
    run = solve_ivp(right_side, (0, 20), start, method="DOP853", rtol=1e-12, atol=1e-14, events=learned)
    assert middle_learning_time(step_groups(10), delta).value == pytest.approx(run.t_events[0][0], rel=1e-9)


def test_delta_over_the_projected_rate_is_not_the_learning_time():
    """Near miss: δ/(σλ) in place of δ/ρ. The difference grows with δ; with ρ it settles."""
    groups = step_groups(100)
    projected = (10 + 1) / math.sqrt(2 * 101)
    times = {d: middle_learning_time(groups, d).value for d in (20.0, 40.0)}
    assert abs(times[40.0] - 40 - (times[20.0] - 20)) < 1e-8
    assert abs(times[40.0] - 40 / projected - (times[20.0] - 20 / projected)) > 5


@pytest.mark.parametrize("share", SHARES)
def test_law_at_half_with_its_next_order_for_every_split(share):
    """T_mid − δ − ln R/(4√p) − C = D/√R + O(ln R/R), for R from 1e6 to 1e12."""
    value = float(sp.Rational(share))
    integrals = integrals_at(share)
    next_order = float(offset.next_order().subs({p: sp.Rational(share), connection_slope: integrals.response}))
    for ratio in (1e6, 1e12):
        error = offset_at(ratio, value, 0.5) - law("1/2", share, ratio) - next_order / math.sqrt(ratio)
        assert abs(error) < 3 * math.log(ratio) / ratio / value**2 + 4 * OFFSET_TOLERANCE


@pytest.mark.parametrize(
    ("share", "constant", "next_order"),
    [
        ("1/2", 0.319369236, -0.475209),
        ("1/4", 0.525372706, -1.087729),
        ("1/5", 0.559363139, -1.322150),
        ("3/4", 0.143920979, -0.183003),
        ("9/10", 0.054423295, -0.064850),
    ],
)
def test_constants_of_the_law_at_half(share, constant, next_order):
    integrals = integrals_at(share)
    found = law("1/2", share, 1.0)
    assert found == pytest.approx(constant, abs=2e-9)
    values = {p: sp.Rational(share), connection_slope: integrals.response}
    assert float(offset.next_order().subs(values)) == pytest.approx(next_order, abs=1e-6)


def measured_slope(share: float, gamma: float) -> float:
    """d offset / d ln R between R = 1e10 and 1e12."""
    low, high = (offset_at(ratio, share, gamma) for ratio in (1e10, 1e12))
    return (high - low) / math.log(100)


SLOPE_TOLERANCE = 1e-5  # D R^(−1/2)/ln 100 at R = 1e10, p = 1/5 is 3e-6


@pytest.mark.parametrize("share", SHARES)
def test_slope_is_one_over_four_roots_of_the_share_and_near_misses_are_not(share):
    value = float(sp.Rational(share))
    slope = measured_slope(value, 0.5)
    assert abs(slope - 1 / (4 * math.sqrt(value))) < SLOPE_TOLERANCE
    assert abs(slope - 1 / 4) > 100 * SLOPE_TOLERANCE  # ¼, the majority modes' slope
    assert (abs(slope - math.sqrt(2) / 4) < SLOPE_TOLERANCE) == (share == "1/2")  # √2/4 is for equal halves
    # 1 − p, the other share: the same at equal halves only
    assert (abs(slope - 1 / (4 * math.sqrt(1 - value))) < SLOPE_TOLERANCE) == (share == "1/2")


@pytest.mark.parametrize("gamma", ["2/5", "3/5"])
def test_slope_at_other_exponents_is_not_the_one_of_half(gamma):
    assert abs(measured_slope(0.5, float(sp.Rational(gamma))) - math.sqrt(2) / 4) > 0.01


@pytest.mark.parametrize("share", ["1/5", "9/10"])
@pytest.mark.parametrize(("gamma", "order"), [("0", -1.0), ("1/4", -0.5), ("3/4", -0.25), ("1", -0.5)])
def test_law_off_half_with_its_order_of_error(share, gamma, order):
    """x(T_mid − δ/ρ) − ¼ ln R → k(p), the error of order R^(2γ−1) ln R below ½ and R^(½−γ) above."""
    value, exponent = float(sp.Rational(share)), float(sp.Rational(gamma))
    for ratio in (1e6, 1e10):
        alone = math.sqrt(value) * ratio ** (0.5 - exponent)
        error = alone * (offset_at(ratio, value, exponent) - law(gamma, share, ratio))
        assert abs(error) < math.log(ratio) * ratio**order / value + math.log(ratio) * OFFSET_TOLERANCE


@pytest.mark.parametrize(("gamma", "share"), [("1/2", "1/2"), ("3/4", "1/4"), ("1/4", "3/4")])
@pytest.mark.parametrize("learned_fraction", [0.1, 0.9])
def test_law_holds_for_other_fractions(gamma, share, learned_fraction):
    ratio, exponent = 1e12, float(sp.Rational(gamma))
    groups = step_groups(ratio, float(sp.Rational(share)), exponent)
    told = law(gamma, share, ratio, learned_fraction)
    assert middle_offset(groups, learned_fraction).value == pytest.approx(told, rel=1e-3 if gamma == "3/4" else 1e-5)


def test_middle_mode_is_between_the_others_for_small_ratios_only():
    """p = ½, γ = ½: T_mid = T_maj, that is T_mid − δ = ¼ ln R, at R = 3.4146."""
    excess = [middle_offset(step_groups(ratio)).value - math.log(ratio) / 4 for ratio in (1.5, 3.414, 3.415, 10)]
    assert [value > 0 for value in excess] == [False, False, True, True]
    assert middle_offset(step_groups(1.5)).value > 0


def test_ratio_of_offsets_tends_to_the_paper_bound():
    """(T_mid − T_maj)/(T_maj − T_min) → 1/√p − 1, as a slope in ln R."""
    assert 4 * measured_slope(0.5, 0.5) - 1 == pytest.approx(math.sqrt(2) - 1, abs=4 * SLOPE_TOLERANCE)


# The exact steps of the argument.

a, b, e = middle.STATE


def same(found: sp.Matrix, told: list[sp.Expr]) -> bool:
    return all(sp.simplify(x - y) == 0 for x, y in zip(found, told, strict=True))


def test_early_limit_lets_the_majority_part_grow_freely():
    x, y = sp.sqrt(p), sp.sqrt(1 - p)
    assert same(offset.early_limit(), [x * b + (y - a * e) * e, x * a, a * (y - a * e)])


def test_late_limit_is_the_logistic_of_the_majority_part_alone():
    x, y = sp.sqrt(p), sp.sqrt(1 - p)
    da, db, slaving = offset.late_limit()
    assert same(sp.Matrix([da, db, slaving]), [b * (x - a * b), a * (x - a * b), a * (y - a * e)])
    # On the invariant's limit a = b, S = ab obeys dS/dt = 2√p S (1 − S/√p): rate 2√p, and not 2.
    growth = (b * da + a * db).subs(b, a)
    assert sp.simplify(growth - 2 * x * a**2 * (1 - a**2 / x)) == 0
    assert sp.simplify(growth - 2 * a**2 * (1 - a**2 / x)) != 0


def test_creep_time_solves_the_slow_manifold():
    """B² = A − q/A and dB/dt = x√A: d(creep)/dA = (dB/dA)/√A, from creep = 0 at B = 0."""
    A, q = sp.Symbol("A", positive=True), 1 - p
    B = sp.sqrt(A - q / A)
    gap = (sp.diff(offset.creep_time(A), A) - sp.diff(B, A) / sp.sqrt(A)).subs(p, 1 - sp.Symbol("r", positive=True) ** 2)
    for values in ({"r": sp.Rational(1, 3)}, {"r": sp.Rational(4, 5)}):
        point = gap.subs(sp.Symbol("r", positive=True), values["r"])
        assert all(sp.radsimp(sp.simplify(point.subs(A, level))) == 0 for level in (1, 2, sp.Rational(7, 3)))
    assert offset.creep_time(sp.sqrt(q)).subs(p, sp.Rational(1, 3)) == 0


def test_joining_constant_above_half_is_the_creep_and_then_the_logistic():
    """creep(A) − ½ ln A → ½ + ½ ln(2/√q), and the logistic adds ½ ln(√(pR)) = ¼ ln R + ¼ ln p."""
    A = sp.Symbol("A", positive=True)
    share = sp.Rational(1, 3)
    creep = offset.creep_time(A).subs(p, share).rewrite(sp.log)
    limit = sp.limit(sp.expand_log(creep) - sp.log(A) / 2, A, sp.oo)
    gap = limit + sp.log(share) / 4 - offset.joining_constant("3/4").subs(p, share)
    assert sp.simplify(sp.expand_log(gap)) == 0


def test_law_of_equal_weights_is_the_limit_of_the_logistic_offset():
    sigma = sp.sqrt(p * R + 1 - p)
    exact = offset.majority_rate(0) * sp.log(sigma) / (2 * sigma) - sp.log(R) / 4
    gap = (exact - offset.joining_constant(0)).subs({p: sp.Rational(1, 3), R: sp.Integer(10) ** 30})
    assert abs(gap.n(60)) < 1e-27


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: step_groups(0.5), "R=0.5 must be"),
        (lambda: step_groups(math.nan), "R=nan must be"),
        (lambda: step_groups(10, 1.0), "minority_share=1.0"),
        (lambda: step_groups(10, 0.5, math.inf), "exponent=inf"),
        (lambda: step_groups(1e12, 0.5, 2.0), "nearer 1/2"),
        (lambda: TwoGroups(0.5, (3.0, 0.0), (1.0, 1.0)), "count=0.0"),
        (lambda: TwoGroups(0.5, (3.0, 1.0), (1.0, -1.0)), "class weight=-1.0"),
        (lambda: middle_offset(step_groups(10), 1.0), "fraction=1.0"),
        (lambda: middle_learning_time(step_groups(10), -3.0), "delta=-3.0"),
        (lambda: middle_learning_time(step_groups(10), math.nan), "delta=nan"),
        (lambda: connection_integrals(0.0), "minority_share=0.0"),
        (lambda: offset.offset_law(sp.Symbol("gamma")), "must be a number"),
        (lambda: offset.offset_law(0.5), "floating-point"),
    ],
)
def test_bad_input_is_named_with_its_rule(call, message):
    with pytest.raises(InvalidInput, match=message):
        call()


@pytest.mark.parametrize("fraction", [0.1, 0.5, 0.9])
def test_an_integration_over_forty_decades_does_not_overflow(fraction):
    """Steps beyond an e-fold overflowed here on some machines, and the integrator went on from what is no number."""
    found = middle_offset(TwoGroups(0.5, (1e40, 1.0), (1e-24, 1.0)), fraction)
    assert 0 <= found.error < 1e-8 * found.value
