"""How the flow of STEP converges, how long modes take at least and at most, its singular vectors, and cross-entropy at small logits."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import strategies as st

from numerics.basis import centred_labels
from numerics.unconstrained_features.middle import middle_learning_time, step_groups
from tests.tools.middle_mode import masses, middle_problems, path
from tests.tools.reached import holds_for
from theory.data.counts import ClassCounts

claim = pytest.mark.ufm_claim


@claim("flow-converges")
@holds_for(
    middle_problems(),
    reaching={
        "the start is the least classifier": lambda x: math.exp(-x[3]) < min(masses(*x[:2])) ** 0.25,
        "a mass below one is": lambda x: min(masses(*x[:2])) ** 0.25 < math.exp(-x[3]),
        "weights that differ by five": lambda x: max(x[2]) > 5 * min(x[2]),
    },
)
def test_the_loss_of_the_middle_mode_decays_at_the_proved_rate_and_the_classifier_stays_above_its_least(problem):
    sizes, counts, weights, delta = problem
    least = min(math.exp(-delta), *(mass**0.25 for mass in masses(sizes, counts)))
    times = np.linspace(0, 6 * (1 + delta), 30)
    a, *features = path(sizes, counts, weights, delta, times)
    loss = sum(mass * w * (1 - a * x) ** 2 for mass, w, x in zip(masses(sizes, counts), weights, features, strict=True))
    assert np.all(a >= least * (1 - 1e-6))
    assert np.all(loss <= loss[0] * np.exp(-2 * min(weights) * least**2 * times) * (1 + 1e-6) + 1e-12)


@claim("modes-of-step-learned-by-delta-over-rate")
@holds_for(
    middle_problems(),
    reaching={
        "weights that differ by five": lambda x: max(x[2]) > 5 * min(x[2]),
        "counts that differ by five": lambda x: x[1][0] > 5 * x[1][1],
    },
)
def test_the_middle_mode_leaves_a_small_start_no_later_than_the_logistic_curve_of_its_escape_rate(problem):
    sizes, counts, weights, delta = problem
    pair = masses(sizes, counts)
    rate = math.sqrt(sum(mass * w**2 for mass, w in zip(pair, weights, strict=True)))
    level = math.sqrt(min(pair))  # h of the proof: a channel is fitted at most where a² = h
    times = np.linspace(0, (delta + 3) / rate, 20)
    a, *features = path(sizes, counts, weights, delta, times)
    escape = rate * a + sum(mass * w * x for mass, w, x in zip(pair, weights, features, strict=True))
    end = 1 / (rate**2 * level)
    assert np.all(escape**-2.0 <= (end + (escape[0] ** -2.0 - end) * np.exp(-2 * rate * times)) * (1 + 1e-6))


@st.composite
def late_problems(draw):
    """A minority share p, a fraction f, a ratio R with f (1 − f) √(pR) ≥ 3, and δ."""
    share = draw(st.one_of(st.floats(0.05, 0.2), st.floats(0.2, 0.8), st.floats(0.8, 0.95)))
    level, delta = draw(st.floats(0.05, 0.95)), draw(st.one_of(st.floats(0, 1), st.floats(1, 10), st.floats(10, 30)))
    least = (3 / (level * (1 - level))) ** 2 / share
    return share, level, least * math.exp(draw(st.floats(0, 8))), delta


GROWN = 1.0  # by how much T_mid − δ − ln R/(4√p) may differ between R and e^12 R: what is left of the rest, of order 10/√R, is below


@claim("middle-offset-within-constant-of-logarithm")
@holds_for(
    late_problems(),
    share=5,
    reaching={
        "few minority classes": lambda x: x[0] < 0.2,
        "most classes are minority": lambda x: x[0] > 0.8,
        "a start that is not small": lambda x: x[3] < 1,
        "a small start": lambda x: x[3] > 10,
    },
)
def test_the_middle_mode_is_late_by_the_logarithm_within_the_constants_of_the_proof(problem):
    share, level, ratio, delta = problem
    al, be = math.sqrt(share), math.sqrt(1 - share)
    early = (math.log(2) - math.log(level * al) / 2) / al
    classifier = math.sqrt(al * be / 2) / (1 + al + be)  # what a is at least, from δ on
    gap = 3 / (1 + 2 * level) - 3 / (2 + level)
    late = max(0.0, (1 / (2 * al) - math.log(gap * (al / 2 * classifier) ** 2 / al)) / al)
    found = [
        middle_learning_time(step_groups(R, share), delta, level).value - delta - math.log(R) / (4 * al)
        for R in (ratio, math.exp(12) * ratio)
    ]
    assert all(-early <= rest <= late for rest in found)
    assert abs(found[1] - found[0]) <= GROWN


def softmax_residual(logits, Y):
    exponentials = np.exp(logits - logits.max(axis=0))
    return Y - exponentials / exponentials.sum(axis=0)


@st.composite
def points(draw):
    """A loss, counts, weights, and W and H, any or along the mode that grows fastest."""
    counts = ClassCounts(tuple(draw(st.lists(st.integers(1, 5), min_size=2, max_size=4))))
    weights = np.array(draw(st.lists(st.floats(0.1, 3), min_size=counts.c, max_size=counts.c)))[list(counts.labels)]
    generator = np.random.default_rng(draw(st.integers(0, 10**6)))
    scale, width = draw(st.sampled_from((1e-3, 0.3, 1.0, 4.0))), draw(st.integers(1, 4))
    W, H = generator.normal(size=(counts.c, width)) * scale, generator.normal(size=(width, counts.n)) * scale
    aligned = draw(st.booleans())
    if aligned:
        U, _, Vt = np.linalg.svd(centred_labels(counts) * weights)
        W, H = scale * U[:, :1], scale * Vt[:1]
    return draw(st.sampled_from(("squared", "cross-entropy"))), counts, weights, scale, W, H, aligned


@claim("no-mode-learned-before-delta-over-rate")
@holds_for(
    points(),
    reaching={
        "small logits": lambda x: x[3] < 0.01,
        "large logits": lambda x: x[3] > 1,
        "small logits along the fastest mode": lambda x: x[3] < 0.01 and x[6],
        "cross-entropy": lambda x: x[0] == "cross-entropy",
        "the squared loss": lambda x: x[0] == "squared",
    },
)
def test_the_size_of_parameters_grows_no_faster_than_twice_the_largest_escape_rate(point):
    loss, counts, weights, _, W, H, _ = point
    Z, L = centred_labels(counts), W @ H
    Y = np.eye(counts.c)[:, list(counts.labels)]
    G = ((Z - L) if loss == "squared" else softmax_residual(L, Y)) * weights
    top = np.linalg.norm(Z * weights, 2)
    size = (W**2).sum() + (H**2).sum()
    slope = 2 * (W * (G @ H.T)).sum() + 2 * (H * (W.T @ G)).sum()
    assert slope <= 2 * top * size * (1 + 1e-9)
    assert np.linalg.norm(L, 2) <= size / 2 * (1 + 1e-12)  # so no strength is larger than half the size


@claim("singular-vectors-step")
@holds_for(
    st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 40), st.integers(1, 40)),
    reaching={
        "two contrasts": lambda x: x[0] >= 2 and x[1] >= 2,
        "one class in a group": lambda x: 1 in x[:2],
        "equal counts": lambda x: x[2] == x[3],
    },
)
def test_contrasts_and_the_middle_vector_are_eigenvectors_of_the_gram_matrix_exactly(problem):
    big, small, n_maj, n_min = problem
    counts, c = [n_maj] * big + [n_min] * small, big + small

    def gram(u):
        centred = [x - Fraction(sum(u), c) for x in u]
        weighted = [n * x for n, x in zip(counts, centred, strict=True)]
        return [x - Fraction(sum(weighted), c) for x in weighted]

    middle_vector = [Fraction(1, big)] * big + [Fraction(-1, small)] * small
    assert gram(middle_vector) == [Fraction(small * n_maj + big * n_min, c) * x for x in middle_vector]
    for first, last, n in ((0, big, n_maj), (big, c, n_min)):
        for k in range(first + 1, last):
            contrast = [Fraction(int(j == first) - int(j == k)) for j in range(c)]
            assert gram(contrast) == [n * x for x in contrast]


@claim("cross-entropy-second-order")
@holds_for(
    st.tuples(st.integers(2, 9), st.integers(0, 10**6)), reaching={"two classes": lambda x: x[0] == 2, "many classes": lambda x: x[0] >= 6}
)
def test_minus_the_gradient_of_cross_entropy_at_small_logits_is_the_target_less_the_logits_over_c(problem):
    c, seed = problem
    L = np.random.default_rng(seed).normal(size=(c, c))
    L -= L.mean(axis=0)
    Y = np.eye(c)

    def rest(scale):
        return np.abs(softmax_residual(scale * L, Y) - (Y - 1 / c - scale * L / c)).max() / scale

    assert rest(1e-5) <= 1e-4 * (L**2).max()  # what is left out is of second order, so its share falls with the scale
