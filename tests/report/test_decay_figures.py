"""The picture of what weight decay leaves: its lines are the derived thresholds, and minimisers at sample level lie on them."""

import numpy as np
import pytest

from proofs.report import decay_figures, figures


def test_lines_are_thresholds_and_marks_lie_on_them():
    study = decay_figures.phases()
    assert {one.made for one in study.series} == {"derived", "run"}
    for kind in decay_figures.KINDS:
        line, marks = study.of("", kind)
        assert np.interp(marks.x, line.x, np.log(line.y)) == pytest.approx(np.log(marks.y), abs=2e-3)
    majority, minority = study.of("", "majority")[0], study.of("", "minority")[0]
    x = np.array(majority.x)
    assert np.array(majority.y) == pytest.approx(20 ** (0.5 - x))
    assert np.array(minority.y) == pytest.approx(np.ones_like(x))


def test_the_picture_is_in_the_gallery_and_names_its_regions():
    (picture,) = figures.gallery(["decay-phases"])
    for words in ("nothing left", "all classes separated", "majority modes gone above"):
        assert words in picture.svg
