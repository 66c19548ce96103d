"""Weighted least squares as it is run: against NumPy's own, and against draws that are large."""

import numpy as np
import pytest

from numerics.last_layer import gaussian
from numerics.last_layer.images import Setting, equal_leverage_ratio, errors
from numerics.last_layer.least_squares import fit, left_out_residuals, leverages
from numerics.networks.data import Images
from theory.exact import InvalidInput


def data(n=20, d=4, seed=0):
    generator = np.random.default_rng(seed)
    return generator.standard_normal((n, d)), generator.standard_normal(n), np.exp(generator.standard_normal(n))


def test_the_fit_is_that_of_scaled_rows():
    X, y, w = data()
    root = np.sqrt(w)
    expected = np.linalg.lstsq(np.column_stack([np.ones(20), X]) * root[:, None], y * root, rcond=None)[0]
    found = fit(X, y, w)
    assert [float(found.intercept), *found.coefficients] == pytest.approx(list(expected), rel=1e-10)
    assert found.scores(X[:2]) == pytest.approx(X[:2] @ expected[1:] + expected[0])


def test_a_leverage_is_how_much_a_target_moves_its_own_prediction():
    X, y, w = data()
    moved = y.copy()
    moved[3] += 1.0
    assert leverages(X, w)[3] == pytest.approx(fit(X, moved, w).scores(X[3]) - fit(X, y, w).scores(X[3]), rel=1e-9)


def test_a_left_out_residual_is_of_a_fit_without_the_sample():
    X, y, w = data()
    rest = np.arange(20) != 5
    assert left_out_residuals(X, y, w)[5] == pytest.approx(y[5] - fit(X[rest], y[rest], w[rest]).scores(X[5]))


def test_sizes_that_do_not_match_are_told():
    X, y, w = data()
    with pytest.raises(InvalidInput, match="20 features, 19 targets"):
        fit(X, y[1:], w)


def test_errors_of_two_classes_are_those_on_new_samples():
    """The layer that a draw trains, tested on 200,000 new samples."""
    counts, d, length, weights = (60, 30), 10, 1.0, (1.0, 2.0)
    run = gaussian.two_classes(counts, d, length, weights, draws=1, seed=4)
    generator = np.random.default_rng(9)
    deviation, m, b = float(np.sqrt(run.covariances[0, 0, 0])), run.means[0], float(run.intercepts[0, 0])
    for j, sign in enumerate((1, -1)):
        scores = float(m[j, 0]) + b + deviation * generator.standard_normal(200_000)
        assert float(np.mean(np.sign(scores) != sign)) == pytest.approx(float(run.errors[0, j]), abs=5e-3)


def test_many_classes_of_one_size_err_alike():
    run = gaussian.simplex_classes((60, 60, 60), 12, 2.0, (1.0, 1.0, 1.0), draws=200, seed=1)
    mean, within = run.errors.mean(axis=0), 5 * run.errors.std(axis=0) / 200**0.5
    assert (np.abs(mean - mean.mean()) < within).all()
    assert run.means.shape == (200, 3, 3)
    assert 0.01 < mean.mean() < 0.3


def test_the_ratio_of_equal_leverage_gives_equal_sums():
    X = data(60, 8)[0]
    labels = np.repeat([1.0, -1.0], [45, 15])
    ratio = equal_leverage_ratio(X, labels)
    h = leverages(X, np.where(labels > 0, 1.0, ratio))
    assert h[labels > 0].sum() == pytest.approx(h[labels < 0].sum(), abs=1e-4)
    assert h.sum() == pytest.approx(9)


def test_images_are_drawn_from_their_classes_and_tested_on_others():
    """Two classes of images that a last layer cannot mix up, and a third that must not be drawn."""
    generator = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 40).astype(np.uint8)
    pixels = generator.integers(0, 20, (120, 28, 28)).astype(np.uint8)
    pixels[labels == 1, :, :14] += 200
    pixels[labels == 2] = 255
    images = Images(pixels, labels)
    found = errors(images, images, Setting((0, 1), (30, 10), 6), {"none": lambda X, y: 1.0, "ten": lambda X, y: 10.0}, draws=3, seed=0)
    assert found.keys() == {"none", "ten"}
    assert found["none"].shape == (3, 2)
    assert found["none"].max() < 0.1
