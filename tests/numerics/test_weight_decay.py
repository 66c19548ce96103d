"""Minimisers with weight decay: what is certain of them, against other roads that share no code with them."""

import numpy as np
import pytest
from scipy.optimize import minimize

from numerics.basis import centred_labels
from numerics.matrices import random_factors
from numerics.unconstrained_features.experiment import Experiment
from numerics.unconstrained_features.flow import simulate
from numerics.weight_decay import minimiser, runs
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput
from theory.losses import loss_named

COUNTS, WEIGHTS, MU = ClassCounts((7, 4, 4, 1)), np.array([0.3, 0.5, 0.5, 1.2]), 0.45


def value(logits, counts=COUNTS, weights=WEIGHTS, mu=MU):
    error = centred_labels(counts) - logits
    return np.sum(error**2 * weights[list(counts.labels)]) / 2 + mu * np.linalg.svd(logits, compute_uv=False).sum()


def test_no_matrix_near_or_far_has_a_lower_value():
    best, generator = minimiser.of_samples(COUNTS, WEIGHTS, MU).logits, np.random.default_rng(0)
    for size in (1e-4, 1e-2, 1.0, 10.0):
        for _ in range(20):
            assert value(best + size * generator.normal(size=best.shape)) > value(best)


def test_the_certified_error_holds_against_a_minimiser_of_the_factored_problem():
    """L-BFGS on W and H, which knows of no singular value."""
    c, n, d = COUNTS.c, COUNTS.n, COUNTS.c

    def factored(state):
        W, H = state[: c * d].reshape(c, d), state[c * d :].reshape(d, n)
        G = (centred_labels(COUNTS) - W @ H) * WEIGHTS[list(COUNTS.labels)]
        total = runs.objective(COUNTS, WEIGHTS, (MU, MU), (W, H))
        return total, np.concatenate([(MU * W - G @ H.T).ravel(), (MU * H - W.T @ G).ravel()])

    start = np.random.default_rng(1).normal(size=d * (c + n))
    ended = minimize(factored, start, jac=True, method="L-BFGS-B", options={"maxiter": 20000, "ftol": 1e-16, "gtol": 1e-10}).x
    found = minimiser.of_samples(COUNTS, WEIGHTS, MU)
    assert found.error < 1e-10
    assert found.logits == pytest.approx(ended[: c * d].reshape(c, d) @ ended[c * d :].reshape(d, n), abs=1e-5)
    assert value(found.logits) == pytest.approx(factored(ended)[0], rel=1e-10)


def test_the_certificate_says_how_large_residual_and_rank_are():
    for mu, rank in ((0.1, 3), (0.45, 3), (0.9, 2), (5.0, 0)):
        found = minimiser.of_samples(COUNTS, WEIGHTS, mu)
        assert found.rank == rank
        assert found.dual_norm <= 1 + 1e-10
        assert found.next_dual < 1 - 1e-6


def test_the_minimiser_does_not_depend_on_the_start():
    far = 30 * np.random.default_rng(2).normal(size=(COUNTS.c, COUNTS.n))
    near, other = minimiser.of_samples(COUNTS, WEIGHTS, MU), minimiser.of_samples(COUNTS, WEIGHTS, MU, far)
    assert other.logits == pytest.approx(near.logits, abs=1e-10)


def test_plain_descent_on_the_factors_ends_at_the_minimiser():
    decays = (0.9, MU**2 / 0.9)
    W, H = runs.descended(COUNTS, WEIGHTS, decays, random_factors(COUNTS.c, 5, COUNTS.n, 0.3, 3))
    assert pytest.approx(minimiser.of_samples(COUNTS, WEIGHTS, MU).logits, abs=1e-9) == W @ H


def test_the_spectrum_by_kinds_of_classes_is_that_of_all_samples():
    for per_class, power, mu in (((7, 4, 4, 1), 0.25, 0.5), ((12, 12, 3, 3, 3, 1), 1.0, 0.2), ((5, 5, 5), 0.5, 0.4), ((6, 2), 0.0, 1.0)):
        counts, weights = ClassCounts(per_class), np.array(per_class, dtype=float) ** -power
        whole, found = minimiser.of_samples(counts, weights, mu), minimiser.spectrum(counts, list(weights), mu)
        each = [*found.between, *(value.value for value in found.within.values() for _ in range(value.multiplicity))]
        assert np.sort(each) == pytest.approx(np.sort(whole.singular_values[:-1] if counts.n >= counts.c else 0), abs=1e-9)
        assert found.rank == whole.rank


def test_the_flow_with_decay_ends_at_the_minimiser():
    run = runs.decayed_flow(COUNTS, WEIGHTS, (MU, MU), random_factors(COUNTS.c, 4, COUNTS.n, 0.5, 4), 60.0)
    end = run.path.at(60.0, run.flow.logits)
    assert end == pytest.approx(minimiser.of_samples(COUNTS, WEIGHTS, MU).logits, abs=1e-6)


@pytest.mark.parametrize(("init", "level"), [("spectral", "class"), ("spectral", "sample"), ("random", "sample")])
def test_a_simulated_flow_with_decay_ends_at_the_minimiser_on_every_level(init, level):
    experiment = Experiment(COUNTS, tuple(WEIGHTS), loss_named("squared"), 3.0, init)
    run = simulate(experiment, decay=(0.9, MU**2 / 0.9), level=level)
    assert (run.level, run.end) == (level, "settled")
    assert run.logits(run.t[-1]) == pytest.approx(minimiser.of_samples(COUNTS, WEIGHTS, MU).logits, abs=1e-6)


def test_cross_entropy_with_decay_runs_and_does_not_grow_for_ever():
    experiment = Experiment(ClassCounts((4, 2)), (1.0, 1.0), loss_named("cross-entropy"), 3.0)
    free, decayed = simulate(experiment, time=40.0), simulate(experiment, time=40.0, decay=(0.2, 0.2))
    early, late = decayed.logits(np.array([30.0, 40.0]))
    assert late == pytest.approx(early, abs=1e-4)
    assert np.abs(free.logits(40.0)).max() > 2 * np.abs(late).max()


@pytest.mark.parametrize("decay", [(0.0, 1.0), (1.0, -1.0), (np.nan, 1.0)])
def test_a_decay_of_the_flow_that_is_none_is_told_in_one_line(decay):
    with pytest.raises(InvalidInput, match="must be finite and > 0"):
        simulate(Experiment(COUNTS, tuple(WEIGHTS), loss_named("squared"), 3.0), decay=decay)


@pytest.mark.parametrize("mu", [0.0, -1.0, np.inf, np.nan])
def test_a_decay_that_is_none_is_told_in_one_line(mu):
    with pytest.raises(InvalidInput, match="must be finite and > 0"):
        minimiser.of_samples(COUNTS, WEIGHTS, mu)


def test_weights_that_differ_too_much_are_told_in_one_line(monkeypatch):
    monkeypatch.setattr(minimiser, "MOST_STEPS", 5)
    with pytest.raises(InvalidInput, match="needs more than 5 steps"):
        minimiser.of_samples(COUNTS, WEIGHTS, MU)


def test_a_descent_that_does_not_come_to_rest_is_a_fault(monkeypatch):
    monkeypatch.setattr(runs, "MOST_STEPS", 5)
    with pytest.raises(ArithmeticError, match="not at rest after 5 steps"):
        runs.descended(COUNTS, WEIGHTS, (MU, MU), random_factors(COUNTS.c, 5, COUNTS.n, 0.3, 3))
