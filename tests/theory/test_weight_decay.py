"""The theory of weight decay at numbers: against explicit matrices, and against minimisers that know nothing of it."""

import numpy as np
import pytest
import sympy as sp

from numerics.weight_decay import minimiser
from theory.data.counts import ClassCounts, symbolic_step
from theory.exact import InvalidInput
from theory.models.decay_and_bias import decay_H, decay_W
from theory.symbols import delta, fraction, rate, sigma
from theory.weight_decay import flow, step, three_classes

Q = sp.Rational
GROUPS = symbolic_step(*map(sp.Integer, (9, 2, 3, 2)))  # counts 9, 9, 9, 2, 2
WEIGHTS, MU, ROOT = (Q(1, 3), Q(3, 4)), Q(1, 2), Q(4, 5)


def explicit():
    """A, Ω and the candidate at numbers, 5 × 5."""
    P = sp.eye(5) - sp.ones(5, 5) / 5
    A = P * sp.diag(*([3] * 3 + [sp.sqrt(2)] * 2))
    logits = step.candidate(GROUPS, WEIGHTS, (Q(2), Q(1)), ROOT, MU).explicit()
    return A, sp.diag(*([WEIGHTS[0]] * 3 + [WEIGHTS[1]] * 2)), logits


def test_targets_and_residual_are_those_of_explicit_matrices():
    A, Omega, logits = explicit()
    assert (step.targets(GROUPS).explicit() - A).applyfunc(sp.simplify).is_zero_matrix
    found = step.residual(GROUPS, WEIGHTS, step.candidate(GROUPS, WEIGHTS, (Q(2), Q(1)), ROOT, MU)).explicit()
    assert (found - (A - logits) * Omega).applyfunc(sp.simplify).is_zero_matrix


def test_the_candidate_has_its_values_on_contrasts_and_its_root_on_the_middle():
    _, _, logits = explicit()
    y = sp.Matrix([Q(1, 3)] * 3 + [-Q(1, 2)] * 2)
    assert logits * sp.Matrix([1, -1, 0, 0, 0]) == sp.Matrix([2, -2, 0, 0, 0])
    assert logits * sp.Matrix([0, 0, 0, 1, -1]) == sp.Matrix([0, 0, 0, 1, -1])
    v = step.middle_row(GROUPS, WEIGHTS, ROOT, MU)
    assert ((y.T * logits).T - ROOT * sp.Matrix([v[0]] * 3 + [v[1]] * 2)).applyfunc(sp.simplify).is_zero_matrix
    norm = step.norm_of_middle_row(GROUPS, WEIGHTS, ROOT, MU)
    assert sp.simplify(norm - (3 * v[0] ** 2 + 2 * v[1] ** 2) / (y.T * y)[0]) == 0


@pytest.mark.parametrize("mu", [Q(1, 4), Q(4, 5), Q(11, 10), Q(3, 2)])
def test_values_within_groups_are_those_of_a_minimiser(mu):
    counts = ClassCounts((9, 9, 9, 2, 2))
    weights = np.array([float(w) for w in (WEIGHTS[0],) * 3 + (WEIGHTS[1],) * 2])
    found = minimiser.of_samples(counts, weights, float(mu)).logits
    kept = [found[a, first] - found[a + 1, first] for a, first in ((0, 0), (3, 27))]
    stated = [float(value / sp.sqrt(group.count)) for value, group in zip(step.within_values(GROUPS, WEIGHTS, mu), GROUPS, strict=True)]
    assert kept == pytest.approx(stated, abs=1e-10)


@pytest.mark.parametrize("mu", [Q(1, 4), Q(4, 5)])
def test_the_root_of_the_middle_mode_is_the_value_of_a_minimiser(mu):
    counts = ClassCounts((9, 9, 9, 2, 2))
    weights = np.array([float(w) for w in (WEIGHTS[0],) * 3 + (WEIGHTS[1],) * 2])
    found = minimiser.of_samples(counts, weights, float(mu)).logits
    y = np.array([1 / 3] * 3 + [-1 / 2] * 2)
    middle = float(np.linalg.norm(y @ found) / np.linalg.norm(y))
    assert float(step.norm_of_middle_row(GROUPS, WEIGHTS, sp.Float(middle, 30), mu)) == pytest.approx(1, abs=1e-9)
    assert float(mu) < float(sp.sqrt(step.threshold_of_middle(GROUPS, WEIGHTS)))


def test_growth_at_the_origin_and_learning_time():
    x = flow.EXPONENT
    matrix = sp.Matrix([[-decay_W, sigma], [sigma, -decay_H]])
    assert sp.expand(flow.growth_polynomial() - (matrix - x * sp.eye(2)).det()) == 0
    values = {decay_W: Q(1, 2), decay_H: Q(3, 2), sigma: Q(2)}
    assert float(flow.growth_exponent().subs(values)) == pytest.approx(max(np.linalg.eigvals([[-0.5, 2.0], [2.0, -1.5]])))
    point = {sigma: Q(3), rate: Q(1, 2), delta: Q(4), fraction: Q(1, 4)}
    e = 2.5
    assert float(flow.learning_time(rate).subs(point)) == pytest.approx(np.log((e * np.exp(8) - 1) / 3) / (2 * e))


def test_three_classes_have_the_escape_rates_and_the_last_rank_of_minimisers():
    counts, weights = (sp.Integer(20), sp.Integer(4), sp.Integer(1)), (Q(1, 20), Q(1, 4), sp.Integer(1))
    drive = (np.eye(3) - 1 / 3) @ np.diag([float(sp.sqrt(n) * w) for n, w in zip(counts, weights, strict=True)])
    rates = np.linalg.svd(drive, compute_uv=False)[:2]
    assert [float(three_classes.escape_polynomial(counts, weights, sp.Float(s) ** 2)) for s in rates] == pytest.approx([0, 0], abs=1e-12)
    last = float(three_classes.last_of_the_second(counts))
    below, above = (minimiser.of_samples(ClassCounts((20, 4, 1)), np.array([0.05, 0.25, 1.0]), last + by) for by in (-1e-6, 1e-6))
    assert (below.rank, above.rank) == (2, 1)
    assert above.next_dual < 1
    assert last > rates[1]


def test_counts_that_repeat_are_told_in_one_line():
    with pytest.raises(InvalidInput, match="must be three different numbers"):
        three_classes.last_of_the_second((sp.Integer(4), sp.Integer(4), sp.Integer(1)))
