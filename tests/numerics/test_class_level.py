"""Runs by class against runs of all samples, against free features, and against what weight decay leaves in the end."""

import numpy as np
import pytest

from numerics.constrained_features import class_level, rates
from numerics.constrained_features.class_level import Setting, mode_learning_times, simulate
from numerics.constrained_features.inputs import block_gram, class_mean_gram, inputs_of, means_of
from numerics.constrained_features.runs import class_margins, linear_features_run
from numerics.integrate import TooLarge
from numerics.problem import Problem
from numerics.unconstrained_features import flow, measure, spectrum
from numerics.unconstrained_features.experiment import Experiment
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput
from theory.losses import loss_named

COUNTS = ClassCounts((6, 5, 2))
FREE = np.diag(1 / np.array(COUNTS.per_class))
EXACT = 1e-9  # both runs are integrated to 1e-12 a step


def problem(loss, exponent=0.5):
    return Problem(COUNTS, tuple(float(n) ** -exponent for n in COUNTS.per_class), loss_named(loss))


@pytest.mark.parametrize("loss", ["squared", "cross-entropy", "ldam"])
def test_orthonormal_inputs_give_the_run_of_free_features(loss):
    setting = problem(loss)
    run = simulate(Setting(setting, FREE, 3.0))
    free = flow.simulate(Experiment(COUNTS, setting.weights, setting.loss, 3.0))
    assert measure.class_learning_times(run) == pytest.approx(measure.class_learning_times(free), rel=EXACT)
    assert mode_learning_times(run) == pytest.approx(measure.mode_learning_times(free), rel=EXACT)


@pytest.mark.parametrize("with_bias", [False, True])
@pytest.mark.parametrize("loss", ["squared", "cross-entropy"])
def test_a_block_gram_matrix_gives_the_run_of_all_samples(loss, with_bias):
    setting, K = problem(loss), block_gram(COUNTS, 0.4, 0.2)
    run = simulate(Setting(setting, class_mean_gram(K, COUNTS), 3.0, with_bias))
    X = inputs_of(K)
    Z = np.eye(COUNTS.c)[:, list(COUNTS.labels)] - 1 / COUNTS.c
    U, _, St = np.linalg.svd(Z @ X.T, full_matrices=False)
    W, V = np.exp(-3.0) * U[:, :2], np.exp(-3.0) * St[:2]
    samples = linear_features_run(setting, X, W, V, float(run.t[-1]), with_bias)
    assert measure.class_learning_times(run) == pytest.approx(samples.first_times(class_margins(setting)), rel=EXACT)


def test_decay_leaves_singular_values_less_the_decay_and_drops_the_modes_below_it():
    """Squared loss without weights: a² ends at σ − λ, and a mode with σ < λ dies out."""
    sigma = np.linalg.svd(np.diag(np.sqrt(COUNTS.per_class)) - np.sqrt(COUNTS.per_class) / COUNTS.c, compute_uv=False)[:2]
    for decay in (0.3 * sigma[1], 1.2 * sigma[1]):
        run = simulate(Setting(problem("squared", 0.0), FREE, 3.0, decay=float(decay)))
        shares = run.at(run.t[-1], run.system.mode_shares)
        assert shares == pytest.approx(np.maximum(1 - decay / sigma, 0), abs=2e-4)
    assert mode_learning_times(run)[1] is None


def test_a_run_that_goes_on_under_the_same_weights_is_the_same_run():
    setting = Setting(problem("cross-entropy"), class_mean_gram(block_gram(COUNTS, 0.4, 0.2), COUNTS), 3.0, True, 0.01)
    whole = simulate(setting)
    later = class_level.continued(whole, setting.problem.weights, 0.01, at=1.0)
    expected = whole.at(float(whole.t[-1]), whole.system.logits)
    assert later.at(float(whole.t[-1]) - 1.0, later.system.logits) == pytest.approx(expected, rel=EXACT)


def biased(counts, delta=8.0):
    found = ClassCounts(counts)
    return Setting(Problem(found, (1.0,) * found.c, loss_named("squared")), np.diag(1 / np.array(counts)), delta, True)


@pytest.mark.parametrize(("counts", "last"), [((300, 1), 6.56422), ((500, 500, 1), 7.38317)])
def test_a_plateau_after_the_bias_is_not_the_end(counts, last):
    """A class of one sample grows at a rate of 1.2 to 1.4 once the bias has settled, and at √n before; the times are of runs up to 30."""
    run = simulate(biased(counts))
    assert run.end == "learned"
    assert measure.class_learning_times(run)[-1] == pytest.approx(last, rel=1e-5)


def test_a_run_ends_as_settled_only_where_nothing_grows_any_more():
    setting = biased((30, 3), 4.0)
    assert simulate(setting, margin=5.0).end == "settled"  # margins end at 1
    assert simulate(setting, time=0.5).end == "horizon"  # on the plateau
    assert simulate(setting, time=40.0, margin=5.0).end == "settled"
    assert simulate(setting, time=1e-9).end == "horizon"


def test_a_plateau_that_would_take_too_many_steps_is_refused():
    with pytest.raises(TooLarge, match=r"grows at the rate 1\.41.* steps long"):
        simulate(biased((100_000, 1)))


def test_inputs_that_do_not_tell_classes_apart_are_refused():
    with pytest.raises(InvalidInput, match="do not tell the classes apart"):
        simulate(Setting(problem("squared"), np.ones((3, 3)) * 0.0, 3.0))


# Rates and class means -------------------------------------------------------------------------------------------------


def test_rates_of_orthonormal_inputs_are_those_of_free_features():
    weights = [float(n) ** -0.3 for n in COUNTS.per_class]
    free, found = spectrum.spectrum(COUNTS, weights), rates.constrained(COUNTS, weights, FREE)
    for one, other in zip(free.modes, found.modes, strict=True):
        assert other.escape_rate == pytest.approx(one.escape_rate, rel=EXACT)
    assert [rate.value for rate in found.escape_rates] == pytest.approx([rate.value for rate in free.escape_rates], rel=EXACT)


def test_signals_of_a_block_gram_matrix_are_what_the_mean_of_a_class_has_beyond_the_others():
    gram = class_mean_gram(block_gram(COUNTS, 0.4, 0.2), COUNTS)
    assert rates.signals(gram) == pytest.approx([0.4 + 0.6 / n - 0.2 for n in COUNTS.per_class])


def test_class_means_in_parts_are_the_means(monkeypatch):
    generator = np.random.default_rng(1)
    labels, features = generator.permutation(np.array(COUNTS.labels)), generator.standard_normal((COUNTS.n, 7)).astype(np.float32)
    monkeypatch.setattr("numerics.constrained_features.inputs.AT_ONCE", 21)  # three rows at a time
    found = means_of(features, labels, COUNTS.c)
    assert found == pytest.approx(np.array([features[labels == j].astype(float).mean(axis=0) for j in range(COUNTS.c)]), rel=1e-12)


@pytest.mark.parametrize(
    ("features", "told"),
    [
        (np.zeros(13), "n × d"),
        (np.zeros((12, 2)), "n × d"),
        (np.zeros((13, 0)), "n × d"),
        (np.full((13, 2), np.nan), "not finite"),
        (np.full((13, 2), "x"), "real numbers"),
        (np.zeros((13, 2), dtype=complex), "real numbers"),
    ],
)
def test_features_that_are_no_table_of_numbers_are_refused(features, told):
    with pytest.raises(InvalidInput, match=told):
        means_of(features, np.array(COUNTS.labels), COUNTS.c)
