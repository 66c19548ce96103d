"""The picture of the exponents of regimes: its lines are derived, and runs at sample level lie on them."""

import numpy as np
import pytest

from proofs.report import figures, regime_figures


def test_marks_of_runs_lie_on_the_lines():
    study = regime_figures.exponents()
    names = (*regime_figures.NAMES.values(), *regime_figures.LEVELS)
    for name in names:
        line, *marks = study.of("", name)
        assert bool(marks) == (name != "free logits")
        for mark in marks:
            at = np.interp(mark.x, line.x, line.y)
            assert mark.y == pytest.approx(at, abs=2e-3)  # lines are drawn through 101 points


def test_the_picture_is_in_the_gallery():
    (picture,) = figures.gallery(["exponents"])
    for words in ("free logits", "fixed class features", "small start, any depth"):
        assert words in picture.svg


@pytest.mark.parametrize("rho", [0.25, 0.75])
def test_the_steeper_kernel_is_that_of_a_classifier_trained_alone(rho):
    labels = np.array(regime_figures.COUNTS.labels)
    gram = (1 - rho) * np.eye(len(labels)) + rho * (labels[:, None] == labels)
    features = np.linalg.cholesky(gram).T
    residual = np.eye(4)[:, labels] - 1 / 4
    classifier = residual @ features.T  # one small step of the classifier by itself, from zero
    moved = classifier @ features
    margins = [moved[k, i] - moved[(k + 1) % 4, i] for k, i in ((0, 0), (3, -1))]
    line, _ = regime_figures.exponents().of("", "kernel, classifier alone")
    assert np.interp(rho, line.x, line.y) == pytest.approx(np.log(margins[0] / margins[1]) / np.log(regime_figures.RATIO))
