"""Claims on the full weighted flow as properties: where it ends, and its learning times."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from flint import fmpq_mat
from hypothesis import strategies as st

from numerics.unconstrained_features.experiment import Experiment
from numerics.unconstrained_features.flow import simulate
from numerics.unconstrained_features.measure import class_learning_times, mode_learning_times
from numerics.unconstrained_features.middle import middle_offset, step_groups
from proofs import strategies
from tests.tools import exact_matrices as exact
from tests.tools.exact_matrices import q
from tests.tools.reached import holds_for
from tests.tools.step_cases import HALF, positive
from theory.data.counts import ClassCounts, symbolic_step
from theory.losses.squared import Squared
from theory.symbols import R as RATIO
from theory.symbols import fraction, m_majority, m_minority, n_majority, n_minority, w_majority, w_minority
from theory.symbols import p as SHARE
from theory.unconstrained_features import middle, offset

claim = pytest.mark.ufm_claim
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
