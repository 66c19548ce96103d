"""Claims on labels and on the flow without weights as properties."""

import math
from fractions import Fraction
from itertools import pairwise

import pytest
import sympy as sp
from flint import fmpq_mat, fmpq_poly
from hypothesis import strategies as st

from numerics.unconstrained_features.flow import simulate
from numerics.unconstrained_features.measure import balance_drift
from proofs import strategies
from proofs.checker import balls
from proofs.claims.common import at as placed
from proofs.claims.unconstrained_features import (
    closed_form,
    effective_rates,
    gradient_flow,
    label_spectrum,
    learning_times,
    mode_decoupling,
    terminal,
    windows,
)
from proofs.kernel.statements import settled
from tests.tools import exact_matrices as exact
from tests.tools.exact_matrices import q
from tests.tools.reached import holds_for
from theory.symbols import delta, fraction, rate, sigma, t
from theory.unconstrained_features import modes, timing

claim = pytest.mark.ufm_claim
MODULES = (closed_form, effective_rates, gradient_flow, label_spectrum, learning_times, mode_decoupling, terminal, windows)
fractions = st.fractions(Fraction(1, 20), Fraction(19, 20), max_denominator=20)
singular_values = st.fractions(Fraction(1, 4), 30, max_denominator=6)
DRIFT = 1e-9  # the integrator's 1e-12 a step over some thousand steps


@pytest.mark.parametrize("claimed", [each for module in MODULES for each in module.CLAIMS], ids=lambda each: each.id)
def test_every_part_reaches_the_engines_with_something_to_decide(claimed):
    assert [part.id for part in claimed.parts(claimed.said()) if settled(part)] == []


def test_values_are_put_in_place_of_symbols_without_evaluation():
    start = placed(closed_form.STRENGTH, {t: sp.Integer(0)})
    assert start != start.doit() == sp.exp(-2 * delta)


@claim("label-spectrum-step")
@holds_for(
    strategies.step_counts(),
    reaching={
        "R = 1": lambda n: n.imbalance_ratio == 1,
        "R > 100": lambda n: n.imbalance_ratio > 100,
        "two classes": lambda n: n.c == 2,
        "unequal groups": lambda n: n.per_class.count(max(n.per_class)) * 2 != n.c,
    },
)
def test_spectrum_of_step_labels_is_that_of_the_explicit_matrix(counts):
    big, small = max(counts.per_class), min(counts.per_class)
    m = counts.per_class.count(big) if big > small else counts.c - 1
    k = counts.c - m
    middle = Fraction(k * big + m * small, counts.c)
    expected = exact.spectrum([0, middle, *[big] * (m - 1), *[small] * (k - 1)])
    assert exact.gram(counts.per_class).charpoly() == expected
    if counts.n <= 60:
        Z = exact.labels(counts.per_class)
        assert Z * Z.transpose() == exact.gram(counts.per_class)


def roots_at_least(polynomial, value):
    """How many of the roots, all real, are ≥ value: sign changes after a shift (Descartes), and those at it."""
    shifted = polynomial(fmpq_poly([q(value), 1])).coeffs()
    zeros = next(k for k, coefficient in enumerate(shifted) if coefficient != 0)
    signs = [coefficient > 0 for coefficient in shifted if coefficient != 0]
    return sum(a != b for a, b in pairwise(signs)) + zeros, zeros


@claim("label-spectrum-interlaces-counts")
@holds_for(
    strategies.class_counts(),
    reaching={
        "all counts distinct, three or more": lambda n: len(set(n.per_class)) == n.c >= 3,
        "ties among three counts": lambda n: 1 < len(set(n.per_class)) < n.c,
        "two classes": lambda n: n.c == 2,
    },
)
def test_squared_singular_values_interlace_the_counts(counts):
    polynomial = exact.gram(counts.per_class).charpoly()
    for count in set(counts.per_class):
        reached, at = roots_at_least(polynomial, count)
        above = sum(n > count for n in counts.per_class)
        # n_(j) ≥ σ_j²: at most as many σ² above a count as there are counts above it. σ_j² ≥ n_(j+1): one fewer at least.
        assert reached - at <= above
        assert reached >= sum(n >= count for n in counts.per_class) - 1


@st.composite
def states(draw):
    """W, H, Z and ω at random fractions: c × d, d × n, c × n, n."""
    c, d, n = draw(st.integers(2, 4)), draw(st.integers(1, 3)), draw(st.integers(1, 5))
    omega = draw(st.lists(st.fractions(Fraction(1, 8), 4, max_denominator=8), min_size=n, max_size=n))
    return (draw(exact.rational_matrices(c, d)), draw(exact.rational_matrices(d, n)), draw(exact.rational_matrices(c, n)), omega)


def flow_of(W, H, Z, omega):
    residual = (Z - W * H) * exact.diagonal(omega)
    return residual * H.transpose(), W.transpose() * residual


def entries(A):
    return [A[i, j] for i in range(A.nrows()) for j in range(A.ncols())]


def weighted_loss(W, H, Z, omega):
    residual = Z - W * H
    return sum((residual[i, j] ** 2 * q(w) for j, w in enumerate(omega) for i in range(W.nrows())), q(0)) / 2


def inner(A, B):
    return sum((x * y for x, y in zip(entries(A), entries(B), strict=True)), q(0))


@claim("flow-follows-from-loss")
@holds_for(
    states(),
    st.integers(0, 10**6),
    reaching={
        "weights that differ": lambda s, _: len(set(s[3])) > 1,
        "one feature": lambda s, _: s[0].ncols() == 1,
        "several samples": lambda s, _: s[1].ncols() >= 3,
    },
)
def test_flow_is_minus_the_slope_of_the_loss_in_every_direction(state, seed):
    W, H, Z, omega = state
    dW, dH = flow_of(W, H, Z, omega)
    A, B = (fmpq_mat(M.nrows(), M.ncols(), [(seed >> k) % 7 - 3 for k in range(M.nrows() * M.ncols())]) for M in (W, H))
    # Along a line the loss is a polynomial of degree four: its slope at 0 from five values is exact.
    values = [weighted_loss(W + k * A, H + k * B, Z, omega) for k in (-2, -1, 1, 2)]
    slope = (values[0] - 8 * values[1] + 8 * values[2] - values[3]) / 12
    assert slope == -(inner(dW, A) + inner(dH, B))


@claim("balance-conserved")
@holds_for(
    states(), reaching={"more features than classes": lambda s: s[0].ncols() > s[0].nrows() - 1, "one sample": lambda s: s[1].ncols() == 1}
)
def test_balance_does_not_move_whatever_the_gradient(state):
    W, H, G, _ = state  # any matrix is the gradient of some loss of the logits
    dW, dH = G * H.transpose(), W.transpose() * G
    moved = dW.transpose() * W + W.transpose() * dW - dH * H.transpose() - H * dH.transpose()
    assert moved == 0 * moved


@claim("balance-conserved")
@holds_for(
    strategies.experiments(most_classes=4),
    share=4,
    reaching={"another loss": lambda e: e.loss.name != "squared", "random init": lambda e: e.init == "random"},
)
def test_balance_does_not_move_on_runs_of_any_loss(experiment):
    assert balance_drift(simulate(experiment, time=1.0)) < DRIFT


@st.composite
def decoupled(draw):
    """U (c × k), V (n × k), Q (d × k) with orthonormal columns, σ and a, all fractions."""
    k = draw(st.integers(1, 2))
    U, V, Q = (exact.columns_of(draw(exact.orthogonal_matrices(k + draw(st.integers(0, 2)))), k) for _ in range(3))
    positive = st.lists(st.fractions(Fraction(1, 8), 5, max_denominator=8), min_size=k, max_size=k)
    return U, V, Q, draw(positive), draw(positive)


@claim("modes-decouple-vanilla")
@holds_for(
    decoupled(),
    reaching={
        "two modes": lambda s: len(s[3]) == 2,
        "equal singular values or one": lambda s: len(set(s[3])) == 1,
        "wider than the modes": lambda s: s[2].nrows() > len(s[3]),
    },
)
def test_spectral_states_stay_spectral_and_each_strength_obeys_its_own_equation(state):
    U, V, Q, sigmas, amplitudes = state
    S, A = exact.diagonal(sigmas), exact.diagonal(amplitudes)
    W, H, Z = U * A * Q.transpose(), Q * A * V.transpose(), U * S * V.transpose()
    dW, dH = flow_of(W, H, Z, [1] * Z.ncols())
    rates = [q(a) * (q(s) - q(a) ** 2) for s, a in zip(sigmas, amplitudes, strict=True)]
    assert dW == U * exact.diagonal(rates) * Q.transpose()
    assert dH == Q * exact.diagonal(rates) * V.transpose()
    for s, a, slope in zip(sigmas, amplitudes, rates, strict=True):
        assert 2 * q(a) * slope == 2 * q(a) ** 2 * (q(s) - q(a) ** 2)  # ds/dt with s = a²


DECAY, SCALE = sp.symbols("E X", positive=True)  # e^(−2σt) and e^(2δ): in them the closed form is rational
STRENGTH = sp.simplify(modes.solve_strength().subs(rate, 1).subs(sp.exp(-2 * sigma * t), DECAY).subs(sp.exp(2 * delta), SCALE))
SLOPE = sp.simplify(sp.diff(STRENGTH, DECAY) * (-2 * sigma * DECAY))  # dE/dt = −2σE
at = sp.lambdify((sigma, SCALE, DECAY), (STRENGTH, SLOPE), "math")
scales = st.fractions(Fraction(1, 4), 10**6, max_denominator=8)
decays = st.one_of(st.just(Fraction(1)), st.fractions(Fraction(1, 10**6), 1))


@claim("mode-closed-form")
@holds_for(
    singular_values,
    scales,
    decays,
    reaching={"the start": lambda s, X, E: E == 1, "above its end": lambda s, X, E: s * X < 1, "late": lambda s, X, E: 10 * E < 1},
)
def test_closed_form_solves_starts_moves_towards_and_ends_at_sigma(s, X, E):
    assert STRENGTH.free_symbols == {sigma, SCALE, DECAY}
    value, slope = at(s, X, E)
    assert slope == 2 * value * (s - value)
    assert at(s, X, Fraction(1))[0] == 1 / X
    assert at(s, X, Fraction(0))[0] == s
    assert (slope > 0) == (s * X > 1)


@claim("learning-time")
@holds_for(
    singular_values,
    scales,
    fractions,
    reaching={
        "σ e^(2δ) > 1": lambda s, X, f: s * X > 1,
        "f = 1/2 or below": lambda s, X, f: f <= Fraction(1, 2),
        "small scale": lambda s, X, f: X > 1000,
    },
)
def test_the_fraction_is_reached_at_the_learning_time_and_never_where_the_mode_starts_above_its_end(s, X, f):
    odds = (s * X - 1) * f / (1 - f)
    time = timing.learning_time().subs({rate: 1, sigma: sp.Rational(s), fraction: sp.Rational(f), delta: sp.log(sp.Rational(X)) / 2})
    if s * X > 1:
        assert at(s, X, 1 / odds)[0] == f * s
        assert float(time) == pytest.approx(math.log(odds) / (2 * s), rel=1e-12, abs=1e-12)
    else:
        assert not time.is_real or time.is_infinite  # the mode falls towards σ, or stands on it


@claim("learning-time")
@holds_for(singular_values, st.integers(20, 10**4), fractions, reaching={"f > 1/2": lambda s, d, f: f > Fraction(1, 2)})
def test_scaled_learning_time_is_within_its_bound_of_the_reciprocal(s, d, f):
    exponent = 2 * d + math.log(s) + math.log1p(-math.exp(-2 * d) / s)  # of σe^(2δ) − 1
    scaled = (exponent + math.log(f / (1 - f))) / (2 * s * d)
    assert abs(scaled - 1 / s) <= (abs(math.log(s)) + abs(math.log(f / (1 - f))) + 1e-9) / (2 * s * d)


GRAIN = 240  # στ is a multiple of 1/240, so that e^(−2σδτ) = X^(−στ) is a fraction where X is a power of 2^240
sixths = st.integers(2, 24).map(lambda k: Fraction(k, 6))
fortieths = st.integers(1, 80).map(lambda k: Fraction(k, 40))


def strength_in_scaled_time(s, tau, doublings):
    """s(δτ) at e^(2δ) = X = 2^(240·doublings), exactly; and X^(−|1 − στ|), which tends to 0 off the step."""
    X = Fraction(2) ** (GRAIN * doublings)
    grains = s * tau * GRAIN
    assert grains.denominator == 1
    return at(s, X, Fraction(2) ** (-int(grains) * doublings))[0], Fraction(2) ** (-abs(GRAIN - int(grains)) * doublings)


@claim("step-limit")
@holds_for(
    sixths,
    fortieths,
    reaching={
        "before": lambda s, tau: s * tau < 1,
        "after": lambda s, tau: s * tau > 1,
        "close by": lambda s, tau: 0 < abs(s * tau - 1) < Fraction(1, 4),
    },
)
def test_strength_is_a_step_in_scaled_time(s, tau):
    for doublings in (4, 12):
        found, distance = strength_in_scaled_time(s, tau, doublings)
        if s * tau < 1:
            assert 0 < found <= 2 * distance  # s/σ ≤ 1/((σX − 1) X^(−στ)), and σX ≥ 2
        elif s * tau > 1:
            assert 0 < s - found <= s**2 * distance
        else:
            assert abs(found - s / (1 + s)) <= Fraction(1, 2**100)  # on the step it is neither


ratios = st.fractions(Fraction(11, 10), 1000, max_denominator=30)


@claim("majority-first")
@holds_for(ratios, fractions, reaching={"R near 1": lambda R, f: R < 2, "R > 100": lambda R, f: R > 100})
def test_some_start_below_every_level_lets_the_minority_be_first_at_every_ratio(R, f):
    """The witness for every R > 1 and f: e^(−2δ) so close below f σ_min that the minority modes are all but learned at the start."""
    scale = (1 + Fraction(1, 10**9)) / f  # e^(2δ), σ_min = 1
    assert 1 / scale < f  # below the level of the slowest mode, and so below every level
    times = [math.log((s * scale - 1) * f / (1 - f)) / (2 * s) for s in (math.sqrt(R), math.sqrt((R + 1) / 2), 1)]
    assert 0 < times[2] < min(times[:2])


@claim("majority-first")
def test_counts_4_and_1_at_scale_21_over_10_are_learned_in_reversed_order():
    """T_min = ln(11/10)/2, T_mid = ln(2.1 √2.5 − 1)/2√2.5, T_maj = ln(16/5)/4, each enclosed in a ball."""
    point = {rate: 1, fraction: sp.Rational(1, 2), delta: sp.log(sp.Rational(21, 10)) / 2}
    times = [timing.learning_time().subs({**point, sigma: s}) for s in (sp.Integer(2), sp.sqrt(sp.Rational(5, 2)), sp.Integer(1))]
    enclosed = [balls.value(time, {}) for time in times]
    assert enclosed[0] > enclosed[1] > enclosed[2] > 0
    assert sp.exp(-2 * point[delta]) < sp.Rational(1, 2)


@claim("majority-first-of-small-initialisation")
@holds_for(
    singular_values,
    st.fractions(Fraction(21, 20), 10, max_denominator=20),
    fractions,
    st.fractions(0, 20, max_denominator=4),
    reaching={
        "close by": lambda s, k, f, e: k < Fraction(6, 5),
        "just small enough": lambda s, k, f, e: e < 1,
        "f < 1/4": lambda s, k, f, e: f < Fraction(1, 4),
    },
)
def test_a_larger_singular_value_is_learned_earlier_from_small_scale(slow, factor, f, excess):
    """From the least scale that the claim admits, and above: ln((σ e^(2δ) − 1) f/(1 − f)) > 2 and σ e^(2δ) ≥ 2 at the slowest."""
    odds = f / (1 - f)
    least = max(2.0, 1 + math.exp(2) / odds) * (1 + 1e-9) * math.exp(float(excess))
    fast = slow * factor
    times = [math.log((s / slow * least - 1) * odds) / (2 * s) for s in (slow, fast)]
    assert times[1] < times[0]


@claim("vanilla-window-unbounded-of-any-split")
@holds_for(
    st.integers(2, 9),
    st.one_of(st.just(10**9), st.integers(2, 10**6)),
    reaching={"R = 1e9": lambda c, R: R == 10**9, "two classes": lambda c, R: c == 2},
)
def test_one_minority_class_bounds_the_vanilla_window(c, R):
    """The slowest mode is the middle one, and (σ_maj/σ_mid)² < c whatever R is."""
    assert exact.gram([R] * (c - 1) + [1]).charpoly() == exact.spectrum([0, Fraction(R + c - 1, c), *[R] * (c - 2)])
    assert Fraction(R) / Fraction(R + c - 1, c) < c


@claim("vanilla-window-unbounded")
@holds_for(
    exact.large_sizes,
    exact.powers(),
    reaching={"R = 1": lambda m, x: x.R == 1, "R > 1e4": lambda m, x: x.R > 10**4, "unequal groups": lambda m, x: m[0] != m[1]},
)
def test_vanilla_window_in_both_units_is_that_of_the_extreme_counts(m, power):
    R, root = power.R, power.to(Fraction(1, 2))
    middle = (m[1] * R + m[0]) / Fraction(sum(m))
    assert exact.gram(exact.step(m, R, 1)).charpoly() == exact.spectrum([0, middle, *[R] * (m[0] - 1), *[1] * (m[1] - 1)])
    assert 1 <= middle <= R
    window = timing.window_of([sp.Rational(root), sp.sqrt(sp.Rational(middle)), sp.Integer(1)])
    assert window.relative == sp.Rational(root - 1)
    assert window.absolute == sp.Rational(1 - 1 / root) < 1


@claim("loss-staircase")
@holds_for(
    st.lists(sixths, min_size=1, max_size=4),
    fortieths,
    reaching={
        "between two modes": lambda s, tau: min(s) * tau < 1 < max(s) * tau,
        "before all": lambda s, tau: max(s) * tau < 1,
        "after all": lambda s, tau: min(s) * tau > 1,
    },
)
def test_loss_at_small_scale_is_the_sum_over_modes_not_yet_learned(values, tau):
    found = sum((s - strength_in_scaled_time(s, tau, 20)[0]) ** 2 for s in values) / 2
    left = [s if s * tau < 1 else 0 if s * tau > 1 else s**2 / (1 + s) for s in values]
    expected = sum(value**2 for value in left) / 2
    assert abs(found - expected) <= 2 * sum(s**2 + s**4 for s in values) / 2**20  # X^(−1/240), next to a step
