"""Claims on other losses as properties: the first-order target of each, what flattens it, and the flow that follows.

The target is the gradient of the registered loss at zero logits, for explicit classes with random counts: exact for
losses without powers or logarithms, to thirty digits for the others. What is stated of it is written out here again.
"""

import math
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from hypothesis import strategies as st
from scipy.linalg import expm

from numerics.unconstrained_features.experiment import Experiment
from numerics.unconstrained_features.flow import simulate
from numerics.unconstrained_features.measure import class_learning_times, group_strengths, mode_groups
from proofs import strategies
from tests.tools import exact_matrices as exact
from tests.tools.exact_matrices import q
from tests.tools.reached import holds_for
from theory.data import weights
from theory.data.counts import ClassCounts, Group
from theory.losses import loss_named
from theory.unconstrained_features import decoupling, first_order, linear_flow

claim = pytest.mark.ufm_claim
HALF = Fraction(1, 2)
counts_of_losses = strategies.arbitrary_counts(most_classes=4, largest=50)
REGIMES = {
    "two classes": lambda n: n.c == 2,
    "ties": lambda n: len(set(n.per_class)) < n.c,
    "counts that differ": lambda n: n.imbalance_ratio > 1,
}
DIGITS = 30
SMALL = sp.Rational(1, 10**25)  # of thirty digits


def target(name, counts):
    """B, c × c: column j is minus the gradient at zero logits for label j."""
    return first_order.class_columns(loss_named(name), counts)


def stated(counts, factor=1, *, prior=None, rows=None, columns=None):
    """factor · diag(rows)(I − π1ᵀ) diag(columns), π uniform unless given."""
    c = counts.c
    prior = prior or [sp.Rational(1, c)] * c
    rows, columns = rows or [1] * c, columns or [1] * c
    return sp.Matrix(c, c, lambda k, j: factor * rows[k] * columns[j] * (int(k == j) - prior[k]))


def agrees(found, expected):
    """Whether two exact matrices are one: structurally, or to thirty digits where they hold powers or logarithms."""
    difference = found - expected
    if all(entry.is_Rational for entry in difference):
        return not any(difference)
    return all(abs(sp.N(entry, DIGITS)) < SMALL for entry in difference)


def flat(B, counts, omega):
    """Whether the Gram matrix B diag(nω²) Bᵀ has one eigenvalue beside those of the kernel of B, exactly."""
    return flat_at(B, [n * w**2 for n, w in zip(counts.per_class, omega, strict=True)])


def flat_at(B, masses):
    c = len(masses)
    form = exact.matrix([[B[i, j] for j in range(c)] for i in range(c)])
    gram = form * exact.diagonal(masses) * form.transpose()
    level = sum((gram[i, i] for i in range(c)), q(0)) / form.rank()
    return gram * gram == gram * level


# A rational factor of ZΩ (or YΩ) is exact; that of the focal loss has a logarithm, and cancels in its flatness.
MULTIPLES = {
    "cross-entropy": lambda c: sp.Integer(1),
    "label-smoothing": lambda c: sp.Rational(9, 10),
    "squentropy": lambda c: sp.Integer(1),
    "unhinged": lambda c: sp.Integer(1),
    "squared-one-hot": lambda c: sp.Integer(1),
    "focal": lambda c: (1 - sp.Rational(1, c)) ** 2 * (1 + 2 * sp.log(c) / (c - 1)),
}


@st.composite
def square_counts(draw):
    """STEP with three classes or more and squares as counts, so that n^(−γ) is a fraction for γ = k/2; and 2γ."""
    m = draw(st.sampled_from([(2, 1), (1, 2), (2, 2), (3, 1), (1, 3)]))
    side, least = draw(st.integers(2, 12)), draw(st.integers(1, 3))
    return ClassCounts(tuple(exact.step(m, (side * least) ** 2, least**2))), draw(st.sampled_from([0, 1, 2]))


@pytest.mark.parametrize("name", [pytest.param(name, marks=claim(f"{name}-flat-iff-inverse-square-root")) for name in MULTIPLES])
def test_target_is_the_stated_multiple_and_only_inverse_roots_flatten_it(name):
    def shape(counts):
        return stated(counts, prior=[sp.Integer(0)] * counts.c if name == "squared-one-hot" else None)

    @holds_for(counts_of_losses, share=2, reaching=REGIMES)
    def target_is_the_multiple(counts):
        assert agrees(target(name, counts), MULTIPLES[name](counts.c) * shape(counts))

    @holds_for(
        square_counts(), share=2, reaching={"γ = 0": lambda s: s[1] == 0, "γ = 1/2": lambda s: s[1] == 1, "γ = 1": lambda s: s[1] == 2}
    )
    def only_the_root_flattens(state):
        counts, twice_gamma = state
        omega = [Fraction(1, math.isqrt(n) ** twice_gamma) for n in counts.per_class]
        assert agrees(target(name, counts), MULTIPLES[name](counts.c) * shape(counts))
        assert flat(shape(counts), counts, omega) == (twice_gamma == 1)

    target_is_the_multiple()
    only_the_root_flattens()


def adjusted_prior(counts):
    return [sp.Rational(n, counts.n) for n in counts.per_class]


@claim("logit-adjusted-target-has-the-prior")
@holds_for(counts_of_losses, share=2, reaching=REGIMES)
def test_logit_adjusted_target_has_the_prior_in_place_of_the_uniform_one(counts):
    assert agrees(target("logit-adjusted", counts), stated(counts, prior=adjusted_prior(counts)))


@claim("no-exponent-flattens-logit-adjustment")
@holds_for(
    square_counts(),
    reaching={
        "γ = 1/2": lambda s: s[1] == 1,
        "γ = 0 or 1": lambda s: s[1] != 1,
        "a single minority class": lambda s: s[0].per_class.count(min(s[0].per_class)) == 1,
    },
)
def test_no_exponent_flattens_the_adjusted_target(state):
    counts, twice_gamma = state
    B = target("logit-adjusted", counts)
    omega = [Fraction(1, math.isqrt(n) ** twice_gamma) for n in counts.per_class]
    assert not flat(B, counts, omega)
    # Within a group the square of the rate is nω²: equal in both groups at γ = 1/2 alone.
    big, small = counts.per_class[0], counts.per_class[-1]
    assert (big * omega[0] ** 2 == small * omega[-1] ** 2) == (twice_gamma == 1)
    if twice_gamma == 1:  # and there the middle one is c‖π‖² of theirs, above 1
        c = counts.c
        form = exact.matrix([[B[i, j] for j in range(c)] for i in range(c)])
        gram = form * form.transpose()
        prior = exact.column([Fraction(n, counts.n) for n in counts.per_class])
        middle = c * (prior.transpose() * prior)[0, 0]
        assert gram.charpoly() == exact.spectrum([0, *[1] * (c - 2), middle])
        assert middle > 1


@claim("no-exponent-flattens-logit-adjustment")
@holds_for(st.integers(2, 4), st.integers(2, 9), reaching={"many classes": lambda m, r: m == 4, "far counts": lambda m, r: r > 5})
def test_with_one_minority_class_some_weights_between_flatten_the_adjusted_target(m, ratio):
    """Why the claim needs two classes in each group: nω² = 1 for the minority class, and c R²/(2R + m R² − 1) otherwise."""
    counts = ClassCounts((ratio,) * m + (1,))
    mass = Fraction((m + 1) * ratio**2, 2 * ratio + m * ratio**2 - 1)
    assert flat_at(target("logit-adjusted", counts), [mass] * m + [Fraction(1)])
    assert not flat_at(target("logit-adjusted", counts), [mass + 1] * m + [Fraction(1)])


@claim("vs-target-scales-the-rows")
@holds_for(counts_of_losses, share=5, reaching={"ties": REGIMES["ties"], "counts that differ": lambda n: n.imbalance_ratio > 1})
def test_vs_target_has_its_rows_scaled(counts):
    multipliers = [sp.Rational(n, max(counts.per_class)) ** sp.Rational(3, 10) for n in counts.per_class]
    assert agrees(target("vs", counts), stated(counts, prior=adjusted_prior(counts), rows=multipliers))


@claim("ldam-acts-as-weights-at-first-order")
@holds_for(counts_of_losses, share=5, reaching={"ties": REGIMES["ties"], "counts that differ": lambda n: n.imbalance_ratio > 1})
def test_ldam_target_has_its_columns_scaled(counts):
    margins = [(sp.Rational(min(counts.per_class), n)) ** sp.Rational(1, 4) / 2 for n in counts.per_class]
    columns = [30 * counts.c / (counts.c - 1 + sp.exp(-30 * margin)) for margin in margins]
    assert agrees(target("ldam", counts), stated(counts, columns=columns))


@claim("ldam-acts-as-weights-at-first-order")
@holds_for(
    st.integers(2, 10),
    st.integers(2, 30),
    st.integers(2, 30),
    reaching={"two classes": lambda c, r, k: c == 2, "close ratios": lambda c, r, k: k == 2},
)
def test_ldam_needs_another_exponent_at_another_ratio(c, root, further):
    """The exponent that flattens STEP(c, R) is 1/2 + ln(a_maj/a_min)/ln R; with R = r⁴ the margins are 1/2r and 1/2."""

    def exponent(r):
        with np.errstate(under="ignore"):
            columns = [math.log1p(math.exp(-15 / s) / (c - 1)) for s in (r, 1)]
        return 0.5 - (columns[0] - columns[1]) / (4 * math.log(r))

    small, large = exponent(root), exponent(root * further)
    assert small < 0.5
    assert large < 0.5
    assert small != large


def off_the_modes(counts, strength):
    """Norm of what leaves the modes of Z, of minus the gradient of cross-entropy at L = s UVᵀ: by an SVD and a softmax."""
    Y = (np.arange(counts.c)[:, None] == np.array(counts.labels)) * 1.0
    U, _, Vt = (
        part[..., : counts.c - 1] if k == 0 else part[: counts.c - 1]
        for k, part in enumerate(np.linalg.svd(Y - 1 / counts.c, full_matrices=False))
    )
    powers = np.exp(strength * U @ Vt)
    G = Y - powers / powers.sum(axis=0)
    return np.linalg.norm(G - U @ (U.T @ G @ Vt.T) @ Vt)


@claim("cross-entropy-decouples-to-first-order-only")
@holds_for(
    st.tuples(st.integers(2, 4), st.integers(2, 4)),
    st.tuples(st.integers(2, 30), st.integers(1, 3)),
    st.floats(0.05, 3),
    share=5,
    reaching={
        "a large start": lambda m, n, s: s > 2,
        "a small start": lambda m, n, s: s < 0.3,
        "more majority classes": lambda m, n, s: m[0] > m[1],
    },
)
def test_cross_entropy_leaves_the_modes_at_the_start_itself_and_only_in_second_order(m, n, strength):
    counts = ClassCounts((n[0] * n[1],) * m[0] + (n[1],) * m[1])
    assert off_the_modes(counts, 0) < 1e-13
    assert off_the_modes(counts, strength) > 1e-5
    near = [off_the_modes(counts, size) for size in (2e-3, 1e-3)]
    assert near[0] / near[1] == pytest.approx(4, rel=0.02)  # of the second order, neither the first nor the third
    balanced = ClassCounts((n[1],) * (m[0] + m[1]))
    assert off_the_modes(balanced, strength) < 1e-12


@claim("cross-entropy-decouples-to-first-order-only")
def test_two_classes_never_leave_the_mode():
    assert off_the_modes(ClassCounts((9, 1)), 1.0) < 1e-13


def by_class(block):
    """A block-symmetric matrix of numbers, class by class."""
    return np.array(block.explicit().tolist(), dtype=float)


@claim("cross-entropy-decouples-to-first-order-only")
@holds_for(
    st.tuples(st.integers(2, 4), st.integers(2, 4)),
    st.tuples(st.integers(2, 9), st.integers(1, 3)),
    st.fractions(0, 2),
    reaching={"a large start": lambda m, n, s: s > 1},
)
def test_the_logits_of_the_start_by_group_are_those_of_the_singular_vectors(m, n, strength):
    groups = [Group(sp.Integer(size), sp.Integer(count)) for size, count in zip(m, (n[0] * n[1], n[1]), strict=True)]
    counts = ClassCounts((n[0] * n[1],) * m[0] + (n[1],) * m[1])
    found = by_class(decoupling.logit_columns(m, *decoupling.spectral_start(groups, sp.Rational(strength))))
    Z = (np.arange(counts.c)[:, None] == np.array(counts.labels)) - 1 / counts.c
    U, _, Vt = (
        part[..., : counts.c - 1] if k == 0 else part[: counts.c - 1] for k, part in enumerate(np.linalg.svd(Z, full_matrices=False))
    )
    assert np.abs(found[:, list(counts.labels)] - float(strength) * U @ Vt).max() < 1e-12


@claim("unhinged-flow-closed-form")
@holds_for(
    st.tuples(st.integers(2, 4), st.integers(2, 4)),
    st.integers(1, 9),
    st.lists(st.fractions(-2, 2), min_size=4, max_size=4),
    share=2,
    reaching={"more majority classes": lambda m, n, x: m[0] > m[1]},
)
def test_velocities_of_the_modes_are_those_of_the_matrix_flow(m, count, state):
    """GHᵀq and WᵀG of a state that is written out class by class, on the middle mode and within the majority."""
    groups = [Group(sp.Integer(size), sp.Integer(n)) for size, n in zip(m, (count, 1), strict=True)]
    columns = first_order.explicit_target(loss_named("unhinged"), groups).columns
    a, b, e, omega = map(sp.Rational, state)
    weights_ = (omega, 1 - omega)
    B, y = by_class(columns), np.array([1 / m[0]] * m[0] + [-1 / m[1]] * m[1])
    per_class = [np.array([float(one)] * m[0] + [float(other)] * m[1]) for one, other in ((count, 1), weights_, (b, e))]
    n, w, features = per_class
    rows = np.array(linear_flow.classifier_velocity(columns, groups, weights_, (b, e)).tolist(), dtype=float)[:, 0]
    assert np.allclose(np.repeat(rows, m), B @ (n * w * features * y))
    samples = np.array(linear_flow.feature_velocity(columns, groups, weights_, a).tolist(), dtype=float)[:, 0]
    assert np.allclose(np.repeat(samples, m), float(a) * w * (B.T @ y))
    u = np.zeros(sum(m))
    u[:2] = 1, -1
    da, db = map(float, linear_flow.within_velocity(columns, 0, sp.Integer(count), omega, a, b))
    assert np.allclose(da * u, B @ (n * w * float(b) * u))
    assert np.allclose(db * u, float(a) * w * (B.T @ u))


LINEAR = 1e-7  # of strengths that grow by e^8


@claim("unhinged-flow-closed-form")
@holds_for(
    strategies.splits(5),
    st.integers(1, 9),
    strategies.weight_exponents(),
    share=4,
    reaching={"weights": lambda m, n, g: g > 0 and n > 1, "a middle mode among others": lambda m, n, g: sum(m) > 2},
)
def test_unhinged_strengths_are_the_closed_form_and_the_matrix_exponential(m, count, gamma):
    counts = ClassCounts(tuple(exact.step(m, count, 1)))
    omega = np.array([float(n) ** -float(gamma) for n in counts.per_class])
    run = simulate(Experiment(counts, tuple(omega), loss_named("unhinged"), 2.0), time=1.0)
    found = group_strengths(run, 1.0)
    Z = (np.arange(counts.c)[:, None] == np.array(counts.labels)) - 1 / counts.c
    target_ = Z * omega[list(counts.labels)]
    values, vectors = np.linalg.eigh(Z @ Z.T)
    for k, group in enumerate(mode_groups(run)):
        u = vectors[:, int(np.argmin(np.abs(values - group.singular_value**2)))]
        row, v = u @ target_, Z.T @ u / group.singular_value
        mu = np.linalg.norm(row)
        rho = row @ v / mu
        grown = math.cosh(mu) + rho * math.sinh(mu)
        closed = math.exp(-4) * grown * (1 - rho**2 + rho**2 * math.cosh(mu) + rho * math.sinh(mu))
        # The same by the linear system itself: d(a, h)/dt of the mode's classifier a and its features h.
        system = np.zeros((1 + counts.n, 1 + counts.n))
        system[0, 1:] = system[1:, 0] = row
        a, *h = expm(system) @ np.concatenate([[1], v])
        assert found[k] == pytest.approx(closed, rel=LINEAR)
        assert closed == pytest.approx(math.exp(-4) * a * (np.array(h) @ v), rel=1e-9)


@claim("unhinged-flow-closed-form")
@pytest.mark.parametrize(("omega", "holds"), [((3.0, 3.0, 2.0, 2.0), True), ((1.0, 3.0, 2.0, 2.0), False)])
def test_the_closed_form_needs_one_weight_a_group(omega, holds):
    """Counts 4, 4, 1, 1, the contrast of the majority classes: with two weights among them its strength is another."""
    counts = ClassCounts((4, 4, 1, 1))
    run = simulate(Experiment(counts, omega, loss_named("unhinged"), 2.0), time=0.7)
    labels = np.array(counts.labels)
    Z = (np.arange(4)[:, None] == labels) - 1 / 4
    u = np.array([1, -1, 0, 0]) / math.sqrt(2)
    row, v = u @ (Z * np.array(omega)[labels]), u @ Z / 2
    mu = np.linalg.norm(row)
    rho = row @ v / mu
    ch, sh = math.cosh(0.7 * mu), math.sinh(0.7 * mu)
    closed = math.exp(-4) * (ch + rho * sh) * (1 - rho**2 + rho**2 * ch + rho * sh)
    assert math.isclose(u @ run.logits(0.7) @ v, closed, rel_tol=LINEAR) is holds


SLOPE = 5e-3  # of dT/dδ from δ = 8 and 12: what the slower growth past the margin leaves


@claim("scaled-times-equalise-under-cross-entropy")
@holds_for(strategies.class_counts(4, 1), share=10, reaching={"counts that differ": lambda n: n.imbalance_ratio > 1})
def test_cross_entropy_learns_every_class_one_unit_later_for_each_unit_of_delta(counts):
    omega = tuple(float(n) ** -0.5 for n in counts.per_class)
    early, late = (
        np.array(class_learning_times(simulate(Experiment(counts, omega, loss_named("cross-entropy"), delta), time=3 * delta)))
        for delta in (6.0, 9.0)
    )
    assert np.abs((late - early) / 3 - 1).max() < SLOPE


@claim("effective-number-weights-run-from-none-to-inverse-frequency")
@holds_for(
    st.integers(2, 50),
    st.one_of(st.integers(1, 30).map(lambda k: 1 - Fraction(1, 2**k)), st.fractions(0, Fraction(99, 100))),
    reaching={
        "ten samples or fewer": lambda n, b: n <= 10,
        "β near 1": lambda n, b: b > Fraction(999, 1000),
        "no weights": lambda n, b: b == 0,
    },
)
def test_effective_number_weights_lie_between_none_and_inverse_frequency_and_fall(n, beta):
    """n samples against one: the ratio of weights, at β and at a β nearer to 1."""
    nearer = (1 + beta) / 2
    here, there = (
        Fraction(int(r.p), int(r.q))
        for r in (
            sp.Rational(a / b)
            for a, b in (weights.effective_number_weights((sp.Integer(n), sp.Integer(1)), sp.Rational(x)) for x in (beta, nearer))
        )
    )
    assert Fraction(1, n) < there < here <= 1
    assert (here == 1) == (beta == 0)
    assert here - Fraction(1, n) <= n * (1 - beta)  # which tends to 0 with 1 − β
