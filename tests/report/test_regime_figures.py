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
