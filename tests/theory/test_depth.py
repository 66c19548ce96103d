"""What is derived of layers and of fixed features, against matrices and numbers that are written out here."""

import numpy as np
import pytest
import sympy as sp

from theory.data.counts import symbolic_step
from theory.data.weights import exponent_weights
from theory.depth import layers, middle
from theory.depth.layers import AMPLITUDE, N
from theory.fixed_features import signs, softmax
from theory.fixed_features.signs import D_NAMED, D_OWN, D_REST, SPREAD, TIME
from theory.fixed_features.softmax import MARGIN, MASS
from theory.kernel_regime.classes import ALPHA, BETA, COUNT, RHO, WEIGHT, class_rate, kernel_slope
from theory.symbols import R, c, sigma


def test_the_rate_of_a_mode_in_equal_layers():
    at = {AMPLITUDE: sp.Rational(1, 2), sigma: 3}
    assert layers.mode_rate().subs({**at, N: 2}) == sp.Rational(1, 2) * (3 - sp.Rational(1, 4))
    assert layers.mode_rate().subs({**at, N: 4}) == sp.Rational(1, 8) * (3 - sp.Rational(1, 16))


def test_the_small_rates_of_the_middle_mode():
    by_own, by_first = (rate.subs({AMPLITUDE: 2, middle.ALONG: 3, middle.RATE: 5, N: 4}) for rate in middle.small_rates())
    assert (by_own, by_first) == (5 * 4 * 3, 5 * 8)


@pytest.mark.parametrize("ratio", [4, 9])
def test_the_overlap_is_that_of_singular_vectors(ratio):
    counts = np.array([ratio, ratio, 1, 1])
    labels = np.repeat(np.arange(4), counts)
    Z = (np.arange(4)[:, None] == labels) - 1 / 4
    u = np.array([1, 1, -1, -1]) / 2
    v, w = u @ Z, u @ (Z * (counts[labels] ** -0.5))
    groups = symbolic_step(n_majority=R, n_minority=sp.Integer(1), m_majority=sp.Integer(2), m_minority=sp.Integer(2))
    derived = middle.overlap(groups, exponent_weights(groups, sp.Rational(1, 2))).subs(R, ratio)
    assert float(derived) == pytest.approx(v @ w / np.linalg.norm(v) / np.linalg.norm(w))


def test_the_margin_moves_by_the_softmax():
    z, classes, mass = 0.7, 5, 2.5
    p = np.exp([z, 0, 0, 0, 0]) / np.exp([z, 0, 0, 0, 0]).sum()
    push = mass * (np.eye(5)[0] - p)
    assert float(softmax.margin_rate().subs({MARGIN: z, c: classes, MASS: mass})) == pytest.approx(push[0] - push[1])


def test_the_push_of_sign_descent_is_that_of_the_matrices():
    x, t, d = 1.1, 0.4, np.array([3.0, 2.0, 1.0, 0.5])
    W = x * np.eye(4) - t
    logits = W @ W
    P = np.exp(logits) / np.exp(logits).sum(axis=0)
    residual = (np.eye(4) - P) / P[1, 0]
    values = {c: 4, SPREAD: x, TIME: t, D_OWN: d[0], D_NAMED: d[1], D_REST: d[2:].sum()}
    by_W, by_M = (residual * d) @ W.T, W.T @ residual
    assert [float(entry.subs(values)) for entry in signs.classifier_push()] == pytest.approx([by_W[0, 0], by_W[0, 1]])
    assert [float(entry.subs(values)) for entry in signs.feature_push()] == pytest.approx([by_M[0, 0], by_M[0, 1]])
    assert [float(entry.subs(values)) for entry in signs.logits()] == pytest.approx([logits[0, 0], logits[0, 1]])


def test_the_kernel_of_a_class_is_an_eigenvalue():
    values = {ALPHA: 1, BETA: sp.Rational(1, 2), RHO: sp.Rational(1, 4), COUNT: 3, WEIGHT: 2}
    gram = 1.375 * np.eye(3) + 0.125
    assert float(class_rate().subs(values)) == pytest.approx(2 * np.linalg.eigvalsh(gram)[-1])
    slope, value = kernel_slope()
    assert slope.subs(values) == 3 * sp.Rational(1, 8)
    assert value.subs(values) == sp.Rational(7, 4)
