"""Modes: closed form, effective weights, leakage and windows, at exact rationals and at every limit."""

import pytest
import sympy as sp
from hypothesis import assume, example, given
from hypothesis import strategies as st

from proofs import strategies
from theory.data import counts, labels, weights
from theory.data.counts import Group
from theory.symbols import delta, fraction, rate, sigma, t
from theory.unconstrained_features import flow, modes, timing

STRENGTH = modes.solve_strength()


def test_what_is_written_down_is_what_is_derived():
    assert modes.solve_strength() == modes.STRENGTH
    odds, said = (sp.exp(2 * rate * sigma * time) for time in (timing.learning_time(), timing.LEARNING_TIME))
    assert sp.simplify(odds - said) == 0


HALF = sp.Rational(1, 2)


def at(expression, **values):
    names = {"sigma": sigma, "lam": rate, "delta": delta, "t": t, "f": fraction}
    return expression.subs({names[name]: value for name, value in values.items()}, simultaneous=True)


def _zero(expression):
    return sp.simplify(expression) == 0


@given(strategies.positive_rationals(), strategies.positive_rationals(5))
def test_strength_starts_at_its_initial_value_and_tends_to_sigma(value, lam):
    assert at(STRENGTH, t=0) == sp.exp(-2 * delta)
    assert STRENGTH.subs(sp.exp(-2 * rate * sigma * t), 0) == sigma
    late = at(STRENGTH, sigma=value, lam=lam, delta=1, t=40 / (value * lam))
    assert float(late) == pytest.approx(float(value), rel=1e-12)


@given(strategies.positive_rationals(20), strategies.positive_rationals(3), st.integers(-3, 9))
def test_strength_solves_the_scalar_equation_exactly(value, lam, moment):
    assume(value != 1)
    path = at(STRENGTH, sigma=value, lam=lam, delta=sp.log(2) / 2)
    slope = sp.diff(path, t)
    point = {t: sp.log(2) * moment / (2 * lam * value)}  # where the exponential is a power of two
    s = path.subs(point)
    assert s.is_Rational
    assert _zero(slope.subs(point) - 2 * lam * s * (value - s))


@given(strategies.positive_rationals(20), st.integers(1, 19))
def test_learning_time_inverts_the_closed_form(value, twentieths):
    f = sp.Rational(twentieths, 20)
    time = at(timing.learning_time(), sigma=value, lam=1, f=f, delta=4)
    reached = at(STRENGTH, sigma=value, lam=1, delta=4).subs(t, time)
    assert float((reached / value).evalf(30)) == pytest.approx(float(f), rel=1e-15)


@given(strategies.step_groups(), strategies.weight_exponents())
@example((Group(sp.Integer(1), sp.Integer(9)), Group(sp.Integer(1), sp.Integer(1))), HALF)
@example((Group(sp.Integer(2), sp.Integer(1)), Group(sp.Integer(2), sp.Integer(1))), HALF)
def test_step_modes_are_those_of_explicit_matrices(groups, gamma):
    """λ and leak² of each mode against v'Ωv and ‖(I − VV')Ωv‖² through the Gram matrices of Z, written out."""
    w = weights.exponent_weights(groups, gamma)
    grams = [labels.weighted_gram(groups, [x**k for x in w]).explicit() for k in range(3)]
    c = grams[0].rows
    big, small = (int(group.size) for group in groups)
    vectors = []
    if big > 1:
        vectors.append(sp.Matrix([1, -1] + [0] * (c - 2)))
    if small > 1:
        vectors.append(sp.Matrix([0] * (c - 2) + [1, -1]))
    vectors.append(sp.Matrix([sp.Rational(1, big)] * big + [-sp.Rational(1, small)] * small))
    for mode, u in zip(modes.step_modes(groups, w), vectors, strict=True):
        square, first, second = (sum(x * y for x, y in zip(gram * u, u, strict=True)) / u.dot(u) for gram in grams)
        first, second = first / square, second / square
        assert _zero(mode.sigma**2 - square)
        assert _zero(mode.effective_weight - first)
        assert _zero(mode.leak_squared - (second - first**2))


@given(strategies.step_groups(), strategies.weight_exponents())
def test_moments_of_the_modes_are_those_of_the_eigenvalues(groups, gamma):
    w = weights.exponent_weights(groups, gamma)
    found = [modes.step_moments(groups, [x**k for x in w]) for k in range(3)]
    names = [name for name, group in zip(("majority", "minority"), groups, strict=True) if group.size > 1]
    for name, mode in zip((*names, "middle"), modes.step_modes(groups, w), strict=True):
        square, first, second = (getattr(moments, name) for moments in found)
        assert _zero(square - mode.sigma**2)
        assert _zero(first - square * mode.effective_weight)
        assert _zero(second / square - mode.effective_weight**2 - mode.leak_squared)


@given(strategies.imbalance_ratios(), st.integers(1, 9), strategies.weight_exponents())
@example(sp.Integer(1), 5, HALF)
@example(sp.Integer(10) ** 6, 5, HALF)
def test_effective_singular_values_have_the_stated_form(R, tenths, gamma):
    p = sp.Rational(tenths, 10)
    groups = (Group((1 - p) * 10, R), Group(p * 10, sp.Integer(1)))
    found = modes.step_modes(groups, weights.exponent_weights(groups, gamma))
    middle = (p * R ** (1 - gamma) + 1 - p) / sp.sqrt(p * R + 1 - p)
    assert _zero(found[-1].effective_singular_value - middle)
    for mode, expected in ((found[0], R ** (HALF - gamma)), (found[-2], sp.Integer(1))):
        if len(found) == 3:
            assert _zero(mode.effective_singular_value - expected)


@given(strategies.imbalance_ratios(), st.integers(1, 19))
def test_window_lies_below_its_bound_at_every_ratio_and_split(R, twentieths):
    p = sp.Rational(twentieths, 20)
    window = sp.sqrt(p * R + 1 - p) / (p * sp.sqrt(R) + 1 - p) - 1
    gap = 1 / sp.sqrt(p) - 1 - window
    assert gap.evalf(30) > 0
    assert window.evalf(30) >= 0
    assert (R == 1) == (window == 0)


@given(st.lists(strategies.positive_rationals(), min_size=1, max_size=4))
def test_window_of_rates_is_last_less_first(rates):
    times = [1 / value for value in rates]
    window = timing.window_of(rates)
    assert window.absolute == max(times) - min(times)
    assert window.relative == (max(times) - min(times)) / min(times)


def test_without_weights_nothing_leaks_and_with_weights_the_middle_mode_does():
    assert modes.ansatz_flow(weighted=False).is_exact
    assert modes.ansatz_flow(weighted=True).residual[flow.W].is_ZeroMatrix
    assert not modes.ansatz_flow(weighted=True).is_exact
    groups = counts.step(4, 4).groups()
    *within, middle = modes.step_modes(groups, weights.exponent_weights(groups, HALF))
    assert [mode.leak_squared for mode in within] == [0, 0]
    assert middle.leak_squared == sp.Rational(1, 25)


def test_balanced_counts_leave_one_mode_and_no_window():
    groups = counts.step(6, 1).groups()
    (mode,) = modes.step_modes(groups, weights.exponent_weights(groups, HALF))
    assert (mode.sigma, mode.effective_weight, mode.leak_squared, mode.multiplicity) == (1, 1, 0, 5)
    assert timing.window_of([mode.effective_singular_value]) == timing.Window(0, 0)


def test_acceleration_gap_vanishes_without_a_leak():
    from theory.symbols import second_moment

    gap = modes.acceleration_gap()
    assert _zero(gap.subs(second_moment, rate**2))
    assert not _zero(gap)
