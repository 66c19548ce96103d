"""Curvatures and steps that are derived, against matrices that are written out here."""

import numpy as np
import pytest
import sympy as sp

from theory.data.counts import Group, explicit
from theory.data.weights import exponent_weights
from theory.step_size import curvature, descent
from theory.symbols import sigma
from theory.unconstrained_features.flow import H, W
from theory.unconstrained_features.modes import AMPLITUDE

COUNTS = (4, 4, 1, 1)
GROUPS = explicit(COUNTS).groups()
HALF = sp.Rational(1, 2)


def class_level_target():
    c = len(COUNTS)
    return (np.eye(c) - 1 / c) * np.sqrt(COUNTS)


def test_the_hessian_is_the_second_derivative_entry_by_entry():
    """At WH = Z, from the loss itself in explicit small sizes: the second derivative along X and Y of ½ tr((Z − WH)Ω(Z − WH)ᵀ)."""
    generator, s = np.random.default_rng(1), sp.Symbol("s")
    w, h, x, y = (sp.Matrix(r, k, [int(v) for v in generator.integers(-3, 4, r * k)]) for r, k in ((3, 2), (2, 4), (3, 2), (2, 4)))
    root = sp.diag(1, 2, 1, 3)
    moved = w * h - (w + s * x) * (h + s * y)
    along = sp.diff((moved * root**2 * moved.T).trace() / 2, s, 2).subs(s, 0)
    names = {W: w, H: h, curvature.MOVE_W: x, curvature.MOVE_H: y, curvature.ROOT: root}
    by_W, by_H = (numeric(part, names) for part in curvature.hessian_along())
    assert (by_W.T * x).trace() + (by_H.T * y).trace() == along


def numeric(expression, names):
    return sp.Matrix(expression.xreplace({symbol: sp.ImmutableMatrix(value) for symbol, value in names.items()}).doit())


@pytest.mark.parametrize("exponent", ["0", "1/2", "1"])
def test_class_level_curvatures_are_those_of_explicit_matrices(exponent):
    weights = exponent_weights(GROUPS, exponent)
    omega = np.sqrt([float(n) ** -float(sp.Rational(exponent)) for n in COUNTS])
    A = class_level_target()
    values, vectors = np.linalg.eigh(A.T @ A)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    spread = np.array(curvature.spread_curvature(GROUPS, weights, sp.Integer(3)).explicit(), dtype=float)
    balanced = np.array(curvature.balanced_curvature(GROUPS, weights, sp.Integer(2)).explicit(), dtype=float)
    assert spread == pytest.approx(np.outer(omega, omega) * (3 * np.eye(4) + A.T @ A / 3))
    assert balanced == pytest.approx(np.outer(omega, omega) * (2 * np.eye(4) + root), abs=1e-7)


def test_bounds_are_largest_eigenvalues_on_the_samples_of_a_class():
    n, w = 5, sp.Rational(2, 3)
    ones = np.ones((n, n))
    spread = float(curvature.spread_bound(sp.Integer(n), w, sp.Integer(2)))
    balanced = float(curvature.balanced_bound(sp.Integer(n), w, sp.Integer(2)))
    assert spread == pytest.approx(np.linalg.eigvalsh(2 / 3 * (2 * np.eye(n) + ones / 2))[-1])
    assert balanced == pytest.approx(np.linalg.eigvalsh(2 / 3 * (2 * np.eye(n) + ones / np.sqrt(n)))[-1])


def test_a_mode_in_steps():
    point = {AMPLITUDE: HALF, sigma: sp.Integer(2), descent.ETA: sp.Rational(1, 10)}
    assert descent.amplitude_step().subs(point) == HALF * (1 + sp.Rational(1, 10) * (2 - sp.Rational(1, 4)))
    assert descent.amplitude_multiplier().subs(point) == 1 - 2 * sp.Rational(1, 10) * 2
    assert descent.deviation_step(sp.Integer(3)).subs({descent.DEVIATION: 1, descent.ETA: sp.Rational(1, 10)}) == sp.Rational(7, 10)


def test_the_mean_weight_is_over_samples():
    groups = (Group(sp.Integer(2), sp.Integer(9)), Group(sp.Integer(3), sp.Integer(1)))
    assert descent.mean_weight(groups, (sp.Rational(1, 3), sp.Integer(1))) == sp.Rational(2 * 9, 3 * 21) + sp.Rational(3, 21)
