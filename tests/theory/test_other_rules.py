"""What is derived of class-normalised and spectral descent and of stages, against matrices that are written out here."""

import numpy as np
import pytest
import sympy as sp

from theory.data.counts import Group, explicit
from theory.models.model import descent
from theory.normalised_descent import rates
from theory.spectral_descent import growth, polar
from theory.stages import passage
from theory.symbols import c, delta, n_majority, sigma, t, w_majority
from theory.unconstrained_features.flow import MODEL, G, H, W
from theory.unconstrained_features.modes import AMPLITUDE

COUNTS = (9, 4, 1)


def class_level_target(counts):
    number = len(counts)
    return (np.eye(number) - 1 / number) * np.sqrt(counts)


def matrix_values(values):
    return {symbol: sp.ImmutableMatrix(value) for symbol, value in values.items()}


@pytest.mark.parametrize(("classes", "shift"), [(3, 10), (4, 10), (3, sp.Rational(1, 10))])
def test_overlaps_of_the_shifted_features_are_those_of_explicit_gradients(classes, shift):
    """W = [0 B], m_j = (K, Bᵀe_j), one sample a class, with exact B; the gradients are those of the model's class parts."""
    contrasts = [[0] + [1] * k + [-k] + [0] * (classes - 2 - k) for k in range(1, classes - 1)]
    B = sp.Matrix.hstack(*(sp.Matrix(row) / sp.sqrt(sum(entry**2 for entry in row)) for row in contrasts))
    classifier, features = sp.Matrix.hstack(sp.zeros(classes, 1), B), sp.Matrix.vstack(shift * sp.ones(1, classes), B.T)
    residual = sp.eye(classes) - sp.ones(classes, classes) / classes - classifier * features
    parts = []
    for j in range(classes):
        members = sp.zeros(classes, 1)
        members[j] = 1
        found = rates.class_descent(rates.SLOPE, sp.Identity(classes))
        values = matrix_values({W: classifier, H: features, rates.SLOPE: residual, rates.MEMBERS: members})
        parts.append([sp.Matrix(found[X].xreplace(values).doit()) for X in (W, H)])
    inner = sp.Matrix(classes, classes, lambda i, j: sum((a.T * b).trace() for a, b in zip(parts[i], parts[j], strict=True)))
    stated = rates.shifted_overlaps()
    here = {c: sp.Integer(classes), rates.SHIFT: sp.sympify(shift)}
    for derived, expected in ((stated.own, inner[0, 0]), (stated.other, inner[1, 1]), (stated.inner, inner[0, 1])):
        assert sp.simplify(derived.subs(here) - expected) == 0
    slope = -sum(inner[0, k] / sp.sqrt(inner[k, k]) for k in range(classes))
    assert sp.simplify(stated.loss_rate().subs(here) - slope) == 0


def test_weights_of_a_class_multiply_its_gradient_alone():
    weights = rates.weights_of_a_class()
    members = sp.Matrix([[1, 0], [0, 1], [0, 0]])
    values = {
        sp.Identity(rates.samples): sp.ImmutableMatrix(sp.eye(3)),
        **matrix_values({rates.MEMBERS: members, rates.REST: sp.diag(5, 6, 7)}),
    }
    found = weights.xreplace(values).doit()
    assert sp.Matrix(found) == sp.diag(rates.WEIGHT, rates.WEIGHT, 7)


def test_the_projector_on_the_row_space_is_that_of_the_svd():
    groups = explicit(COUNTS).groups()
    found = np.array(rates.row_projector(groups).explicit().evalf(), dtype=float)
    Vt = np.linalg.svd(class_level_target(COUNTS))[2][:2]
    assert found == pytest.approx(Vt.T @ Vt)
    assert np.array(rates.class_level_labels(groups).explicit().evalf(), dtype=float) == pytest.approx(class_level_target(COUNTS))


def test_norms_at_a_spectral_start_are_those_of_explicit_gradients():
    """In samples: W = e^(−δ)UQᵀ, H = e^(−δ)QVᵀ, the residual is Z."""
    labels = np.repeat(np.arange(3), COUNTS)
    Z = (np.eye(3) - 1 / 3)[:, labels]
    U, _, Vt = np.linalg.svd(Z, full_matrices=False)
    scale = np.exp(-3.0)
    for j, count in enumerate(COUNTS):
        own = Z * (labels == j)
        squared = np.sum((own @ (scale * Vt[:2]).T) ** 2) + np.sum((scale * U[:, :2].T @ own) ** 2)
        share = (1 / count) / sum(1 / n for n in COUNTS)
        stated = rates.spectral_norm_squared(sp.Integer(count), sp.Float(1 - share))
        assert float(stated.subs({c: 3, delta: 3})) == pytest.approx(squared)


def test_spectral_descent_on_amplitudes_and_within_groups():
    assert polar.strength() == (t + sp.exp(-delta)) ** 2
    assert set(map(sp.expand, polar.margins_of_validity())) == {sp.expand(AMPLITUDE * (sigma - AMPLITUDE**2))}
    for found in polar.within_descent(0):
        assert sp.expand(found - w_majority * AMPLITUDE * (sp.sqrt(n_majority) - AMPLITUDE**2)) == 0


def test_growth_matrices_have_the_eigenvalues_of_explicit_flows():
    point = {sigma: 2, growth.RADIUS: sp.Rational(1, 4), growth.INERTIA: 3, growth.DECAY: sp.Rational(1, 5)}
    assert set(growth.growth_matrix(growth.ASCENT).subs(point).eigenvals()) == {1, -3}
    assert sp.Rational(9, 5) in growth.decayed_matrix().subs(point).eigenvals()
    assert growth.heavy_ball_growth(sp.Integer(2)).subs(point) in growth.growth_matrix(growth.HEAVY_BALL).subs(point).eigenvals()
    assert set(growth.step_matrix().subs({sigma: 2, growth.ETA: 1}).eigenvals()) == {3, -1}
    assert growth.growth_matrix(descent).subs(point) == sp.Matrix([[0, 2], [2, 0]])


def test_ascent_before_descent_is_the_gradient_elsewhere():
    moved = growth.ascent(sp.Integer(2))(MODEL)
    values = matrix_values({W: sp.Matrix([[1, 2], [3, 4]]), H: sp.Matrix([[0, 1], [1, 1]]), G: sp.Matrix([[1, 0], [2, 1]])})
    w, h, g = (sp.Matrix(values[X]) for X in (W, H, G))
    assert sp.Matrix(moved[W].xreplace(values).doit()) == g * (h - 2 * w.T * g).T
    assert sp.Matrix(moved[H].xreplace(values).doit()) == (w - 2 * g * h.T).T * g


@pytest.mark.parametrize(("counts", "power"), [((1000, 30, 1), 0.25), ((100, 10, 1), 0.25), ((9, 5, 2), 0.75)])
def test_rates_of_three_classes_are_those_of_explicit_matrices(counts, power):
    weights = [float(n) ** -power for n in counts]
    A = class_level_target(counts)
    rates_here = np.linalg.svd(A * weights, compute_uv=False)[:2]
    p = np.linalg.svd(A * np.sqrt(weights))[0][:, :1]
    later = np.linalg.norm((np.eye(3) - p @ p.T) @ (A * weights), 2)
    exact = tuple(sp.Integer(n) ** -sp.Rational(power) for n in counts)
    found = passage.three_classes(tuple(map(sp.Integer, counts)), exact)
    assert [float(sp.sqrt(value)) for value in (found.first, found.second, found.later)] == pytest.approx([*rates_here, later])


def test_a_passage_of_other_than_three_classes_is_refused():
    with pytest.raises(ValueError, match="rates of three"):
        passage.three_classes((sp.Integer(2), sp.Integer(1)), (sp.Integer(1), sp.Integer(1)))


def test_groups_of_one_class_stand_for_any_counts():
    groups = (Group(sp.Integer(1), sp.Integer(4)), Group(sp.Integer(2), sp.Integer(1)))
    assert sp.simplify(rates.row_projector(groups).trace() - 2) == 0
