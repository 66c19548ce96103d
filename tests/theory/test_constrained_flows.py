"""Output bias, exact flows and lazy flow under constant inputs, against values computed before by formula and by simulation."""

import mpmath
import numpy as np
import pytest
import sympy as sp
from scipy.integrate import solve_ivp

from theory.constrained_features import exact_flows, flattening, lazy, output_bias, rates
from theory.constrained_features.exact_flows import BALANCE, LAZY, MIDDLE, RICH
from theory.data.counts import ClassCounts, Group, symbolic_step
from theory.data.inputs import class_mean_gram, own_mean
from theory.data.weights import exponent_weights
from theory.exact import InvalidInput
from theory.symbols import R, delta, gamma

DIGITS = 1e-6  # the values are given to nine digits
Q = sp.Rational
HALF = Q(1, 2)


def step(m_maj, m_min, n_maj, n_min):
    return symbolic_step(*map(sp.Integer, (n_maj, n_min, m_maj, m_min)))


def excess(counts, within, between):
    return [own_mean(sp.Integer(n), within) - between for n in counts]


def test_share_of_the_middle_that_a_bias_learns():
    halves = step(1, 1, 10, 1)
    found = [float(output_bias.share_of_the_middle(halves, exponent_weights(halves, g), "squared")) for g in (0, Q(1, 4), HALF)]
    assert found == pytest.approx([0.669421488, 0.571124361, 0.425040425], rel=DIGITS)


def test_thresholds_of_the_share():
    groups = symbolic_step(R, sp.Integer(1), sp.Integer(5), sp.Integer(5))
    unweighted = sp.lambdify(R, output_bias.share_of_the_middle(groups, (1, 1), "squared") - HALF, "mpmath")
    assert float(mpmath.findroot(unweighted, 6)) == pytest.approx(5.82842713, rel=DIGITS)
    ten = step(5, 5, 10, 1)
    for loss, expected in (("squared", 0.382700042), ("cross-entropy", 0.946919563)):
        share = sp.lambdify(gamma, output_bias.share_of_the_middle(ten, (sp.Integer(10) ** -gamma, 1), loss) - HALF, "mpmath")
        assert float(mpmath.findroot(share, 0.5)) == pytest.approx(expected, rel=DIGITS)


def test_a_bias_needs_two_groups_and_a_loss_that_is_known():
    with pytest.raises(InvalidInput, match="give majority and minority"):
        output_bias.share_of_the_middle(step(1, 1, 2, 1)[:1], (1,), "squared")
    with pytest.raises(InvalidInput, match="must be squared or cross-entropy"):
        output_bias.share_of_the_middle(step(1, 1, 2, 1), (1, 1), "focal")


def test_middle_rate_after_the_bias():
    groups = step(5, 5, 40, 4)
    square = output_bias.settled_middle_square((5, 5), rates.masses(groups, (1, 1)), excess((40, 4), Q(3, 10), Q(1, 10)))
    assert float(sp.sqrt(square)) == pytest.approx(3.95846201, rel=DIGITS)


@pytest.mark.parametrize(
    ("sizes", "counts", "within", "between", "depth", "expected"),
    [
        ((2, 2), (6, 2), Q(35, 100), Q(15, 100), 5, (3.89232241, 4.09849389, 5.03669133)),
        ((5, 5), (40, 4), Q(3, 10), Q(1, 10), 8, (2.84155702, 2.63436987, 6.73218355)),
    ],
)
def test_half_times_from_a_spectral_start(sizes, counts, within, between, depth, expected):
    groups = step(*sizes, *counts)
    mass, means = rates.masses(groups, exponent_weights(groups, HALF)), class_mean_gram(groups, within, between)
    contrasts = [
        exact_flows.contrast_half_time(a, d).subs(delta, depth) for a, d in zip(mass, excess(counts, within, between), strict=True)
    ]
    assert [float(time) for time in contrasts] == pytest.approx((expected[0], expected[2]), rel=DIGITS)
    assert middle_half_time(groups, mass, means, depth) == pytest.approx(expected[1], rel=DIGITS)


def middle_half_time(groups, mass, means, depth):
    """When the derived three scalars, integrated from the derived start, have learned half of the middle mode."""
    velocity = sp.lambdify(MIDDLE, exact_flows.middle_rates(means, mass))
    share = sp.lambdify(MIDDLE, exact_flows.middle_share(means.sizes, [group.count for group in groups]))
    start = [float(value.subs(delta, depth)) for value in exact_flows.middle_start(means, mass)]

    def half(_, state):
        return share(*state) - 0.5

    half.terminal = True
    run = solve_ivp(lambda _, state: velocity(*state), (0, 20), start, method="DOP853", events=half, rtol=1e-12, atol=1e-14)
    return run.t_events[0][0]


@pytest.mark.parametrize(
    ("within", "between", "expected"),
    [(Q(0), Q(0), (0.430868044, 0.280391098, 0.000306912766)), (Q(3, 10), Q(1, 10), (0.863782799, 0.812113586, 0.763444479))],
)
def test_exponent_of_equal_half_times_between_rich_and_lazy(within, between, expected):
    time = sp.lambdify((RICH, LAZY, BALANCE), exact_flows.unbalanced_half_time(HALF), "mpmath")
    d = [mpmath.mpf(value.p) / value.q for value in excess((40, 4), within, between)]

    def later(power, balance):
        majority, minority = (
            time(n ** (1 - power) * mpmath.sqrt(x), n ** (1 - power) * x, balance) for n, x in zip((40, 4), d, strict=True)
        )
        return majority - minority

    with mpmath.workdps(30):
        found = [
            float(mpmath.findroot(lambda power, balance=balance: later(power, balance), (0.1, 0.9), solver="anderson"))
            for balance in (mpmath.mpf("0.01"), mpmath.mpf(1), mpmath.mpf(100))
        ]
    assert found == pytest.approx(expected, rel=DIGITS)


def test_a_start_lowers_the_exponent():
    exponent = exact_flows.equal_times_exponent(sp.Integer(10), (Q(1, 40), Q(1, 4)))
    found = [float(exponent.subs(delta, depth)) for depth in (3, 6, 12, 24)]
    assert found == pytest.approx([0.43100967, 0.46229386, 0.48020932, 0.48985113], rel=DIGITS)


def test_rates_and_middle_time_of_the_lazy_flow():
    groups, counts = step(3, 3, 6, 2), (6, 2)
    mass, d = rates.masses(groups, exponent_weights(groups, HALF)), excess((6, 2), Q(35, 100), Q(15, 100))
    assert [float(lazy.contrast_rate(*pair)) for pair in zip(mass, d, strict=True)] == pytest.approx([0.755259337, 0.74246212], rel=DIGITS)
    slow, fast = (float(rate) for rate in lazy.quotient_rates((3, 3), mass, d, Q(15, 100)))
    assert (slow, fast) == pytest.approx((0.747124413, 2.48926353), rel=DIGITS)
    parts = [float(part) for part in lazy.middle_parts((3, 3), counts, mass, d, Q(15, 100))]
    half = mpmath.findroot(lambda t: parts[0] * (1 - mpmath.exp(-slow * t)) + parts[1] * (1 - mpmath.exp(-fast * t)) - 0.5, 0.8)
    assert float(half) == pytest.approx(0.784184724, rel=DIGITS)


def test_weights_at_which_every_mode_decouples():
    ratio = sp.Symbol("x", positive=True)
    gap = exact_flows.decoupling_gap((5, 5), (sp.Integer(40), 4 * ratio), excess((40, 4), Q(3, 10), Q(1, 10)), Q(1, 10))
    assert float(*sp.solve(gap, ratio)) == pytest.approx(8.85454546, rel=DIGITS)


def test_cross_entropy_margins_by_class_means_reach_one_half_when_the_simulation_says():
    counts, depth = ClassCounts((4, 4, 2, 2)), 6.0
    groups = [Group(sp.Integer(2), sp.Integer(4)), Group(sp.Integer(2), sp.Integer(2))]
    B = np.array(class_mean_gram(groups, Q(35, 100), Q(15, 100)).explicit(), dtype=float)
    mass, P = np.array(counts.per_class) ** 0.5, np.eye(4) - 1 / 4
    values, U = np.linalg.eigh(P @ np.diag(mass) @ B @ np.diag(mass) @ P)
    U, sigma = U[:, 1:], np.sqrt(values[1:])
    start = np.concatenate([(np.exp(-depth) * U).ravel(), (np.exp(-depth) * (U / sigma).T @ np.diag(mass) @ B).ravel()])

    def moved(_, state):
        W, h = state[:12].reshape(4, 3), state[12:].reshape(3, 4)
        logits = np.exp(W @ h)
        error = (np.eye(4) - logits / logits.sum(axis=0)) * mass
        return np.concatenate([(error @ h.T).ravel(), (W.T @ error @ B).ravel()])

    def margin(label):
        def excess_of(_, state):
            logits = (state[:12].reshape(4, 3) @ state[12:].reshape(3, 4))[:, label]
            return logits[label] - np.delete(logits, label).max() - 0.5

        return excess_of

    run = solve_ivp(moved, (0, 8), start, method="DOP853", events=[margin(0), margin(3)], rtol=1e-11, atol=1e-13)
    assert [float(times[0]) for times in run.t_events] == pytest.approx((5.03582414, 5.74918182), rel=1e-5)


def test_the_rich_exponent_lies_half_way_between_one_and_the_lazy_exponent():
    rich, slow = (function(40, 4, Q(2, 7)) for function in (flattening.rich_exponent, flattening.lazy_exponent))
    assert float(rich - (1 + slow) / 2) == pytest.approx(0, abs=1e-12)
    assert float(exact_flows.rich_exponent(sp.Integer(10), excess((40, 4), Q(3, 10), Q(1, 10)))) == pytest.approx(float(rich), rel=1e-12)


def test_a_layer_beside_others_moves_as_the_slope_of_the_product_says():
    x, N = exact_flows.AMPLITUDE, exact_flows.LAYERS
    assert sp.simplify(exact_flows.layer_rate().subs(N, 4) - x**3 * (RICH - LAZY * x**4)) == 0
