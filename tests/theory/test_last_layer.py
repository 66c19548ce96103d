"""The leverage law and the left-out fits that are derived, at explicit numbers that are worked out here."""

import numpy as np
import pytest
import sympy as sp

from theory.last_layer import law, left_out, simplex
from theory.last_layer.law import CHI, COUNTS, FEATURES, LENGTH, S2, TILT, B, M

GIVEN = {COUNTS[0]: 7, COUNTS[1]: 3, FEATURES: 2, LENGTH: sp.Rational(3, 2), TILT: sp.Rational(1, 4)}


def test_the_solution_solves_the_equations():
    found = {unknown: value.subs(GIVEN) for unknown, value in law.solution().items()}
    assert [sp.simplify(each.subs(GIVEN).subs(found)) for each in law.equations()] == [0, 0, 0]
    wrong = {**found, B: found[B] + 1}
    assert law.equations()[0].subs(GIVEN).subs(wrong) != 0


def test_weights_of_shares_have_these_shares():
    shares = [q.subs(GIVEN) for q in law.SHARES]
    weights = [law.weight_of_share(n, q).subs(GIVEN) for n, q in zip(COUNTS, shares, strict=True)]
    masses = [law.mass(n.subs(GIVEN), w).subs(CHI, 1) for n, w in zip(COUNTS, weights, strict=True)]
    assert [mass / sum(masses) for mass in masses] == shares
    assert sp.exp(law.logarithm_of_ratio()).subs(GIVEN) == weights[1] / weights[0]


def test_a_score_is_the_mean_over_the_deviation():
    m, b, square = (law.solution()[unknown].subs(GIVEN) for unknown in (M, B, S2))
    for sign in (1, -1):
        expected = (sp.Rational(3, 2) * m + sign * b) / sp.sqrt(square)
        assert sp.simplify(law.score(sign).subs(GIVEN) - expected) == 0
        assert float(law.short_score(sign).subs(GIVEN)) == pytest.approx(float(expected), rel=1e-12)


def test_the_slope_of_the_mean_error_is_its_derivative():
    given = {key: value for key, value in GIVEN.items() if key != TILT}
    total = sum(sp.erfc(law.short_score(sign).subs(given) / sp.sqrt(2)) for sign in (1, -1)) / 2
    at = sp.Rational(1, 4)
    expected = float(sp.diff(total, TILT).subs(TILT, at)) * float(sp.sqrt(2 * sp.pi))
    assert float(law.mean_error_slope(at).subs(given)) == pytest.approx(expected, rel=1e-12)


def test_the_fit_without_a_sample_at_explicit_matrices():
    generator = np.random.default_rng(1)
    others, a, theta, y = (generator.standard_normal(shape) for shape in ((5, 2), (2, 1), (2, 1), (1, 1)))
    names = {left_out.B: others, left_out.A: a, left_out.THETA: theta, left_out.TARGET: y}
    x = others.T @ others @ a
    for expression, expected in ((left_out.INPUT, x), (left_out.ALL, others.T @ others + 2 * x @ x.T)):
        assert numeric(expression, names) == pytest.approx(expected)
    assert numeric(left_out.residual(left_out.THETA), names) == pytest.approx(y - x.T @ theta)


def numeric(expression, names):
    values = {symbol: sp.ImmutableMatrix(value) for symbol, value in names.items()} | {left_out.WEIGHT: 2}
    return np.array(expression.xreplace(values).doit(), dtype=float)


def test_mean_scores_of_three_classes_on_a_triangle():
    """From the sums over classes Σ_j q μ_jᵀμ_i e_j, written out."""
    c, gram = 3, 2.0
    corners = np.sqrt(gram) * (np.eye(c) - 1 / c)
    residuals = np.arange(9.0).reshape(3, 3)
    expected = sum(np.outer(residuals[:, j], corners[j] @ corners.T) / c for j in range(c))
    E = sp.MatrixSymbol("E", 3, 3)
    derived = simplex.mean_scores(E, sp.Integer(2)).subs(simplex.c, 3).doit()
    values = {E: sp.ImmutableMatrix(residuals), simplex.UNIT.subs(simplex.c, 3): sp.ImmutableMatrix(np.ones((3, 1)) / np.sqrt(3))}
    assert np.array(derived.xreplace(values).doit(), dtype=float) == pytest.approx(expected)


def test_the_noise_of_a_class_among_several():
    """The diagonal of P diag(1/n) P, as matrices; and of two classes both have the same noise."""
    for counts in ((5, 2), (7, 3, 2), (9, 4, 4, 1)):
        c = len(counts)
        centre = np.eye(c) - 1 / c
        expected = np.diag(centre @ np.diag(1 / np.array(counts)) @ centre)
        inverses = [sp.Rational(1, n) for n in counts]
        found = [simplex.class_noise(n, sum(inverses) - 1 / sp.Integer(n)).subs(simplex.c, c) for n in counts]
        assert [float(each) for each in found] == pytest.approx(expected.tolist())
        assert (found[0] == found[-1]) == (c == 2)


def test_the_residuals_of_three_classes_solve_their_equation():
    """e (1 + λP/c) = P and the residuals kP of intercepts 1/c, with k = c/(c + λ)."""
    P = np.eye(3) - 1 / 3
    factor = simplex.factor_of_residuals(sp.Integer(2)).subs(simplex.c, 3).doit()
    factor = factor.xreplace({simplex.UNIT.subs(simplex.c, 3): sp.ImmutableMatrix(np.ones((3, 1)) / np.sqrt(3))}).doit()
    assert 3 / 5 * P @ np.array(factor, dtype=float) == pytest.approx(P)
