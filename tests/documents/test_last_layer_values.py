"""Reference values of last layers and of one sample a step, against digits that were computed elsewhere."""

import pytest

from proofs.documents.tables import last_layer, sampling

DIGITS = 2e-9  # nine digits after the point
LAW = {  # counts, d, ρ, ratio: b, m, ‖w‖, errors
    ("(800, 200)", "100", "2", "1"): (0.168539326, 0.359550562, 0.386330995, 0.010791814, 0.077063588),
    ("(800, 200)", "100", "2", "4"): (0.018717383, 0.399304161, 0.438954220, 0.031302678, 0.037808623),
    ("(800, 200)", "100", "2", "5"): (0, 0.4, 0.443888541, 0.035752708, 0.035752708),
    ("(800, 200)", "300", "2", "13"): (0, 0.4, 0.580060849, 0.083921842, 0.083921842),
    ("(600, 400)", "500", "2", "7/3"): (0, 0.4, 0.614321825, 0.096415635, 0.096415635),
}
SPLIT = {"0": 2550.25, "1/4": 841.359984, "1/2": 302.5, "3/4": 136.962636, "1": 100}


def test_the_leverage_law():
    found = {row[:4]: [float(value) for value in row[4:]] for row in last_layer.TABLES[0].rows()}
    assert found.keys() == LAW.keys()
    assert all(found[case] == pytest.approx(values, abs=DIGITS) for case, values in LAW.items())


def test_equal_errors_beside_the_least_error_of_the_worse_class():
    equal, least = ([float(value) for value in row[1:]] for row in last_layer.TABLES[1].rows())
    assert equal == pytest.approx([13, 0.083921842, 0.083921842], abs=DIGITS)
    assert least[0] == pytest.approx(5.129198, abs=1e-3)  # found elsewhere on a grid, at a flat optimum
    assert max(least[1:]) == pytest.approx(0.078095, abs=1e-6)


def test_how_a_class_is_best_drawn():
    assert {a: float(value) for a, value in sampling.TABLES[0].rows()} == pytest.approx(SPLIT, abs=1e-6)


def test_where_weights_vary_less_and_errors_after_twenty_steps():
    ((_, _, *squares),) = sampling.TABLES[1].rows()
    assert [float(value) for value in squares] == pytest.approx([12.64, 21.28], abs=1e-12)
    common, rare = ([float(value) for value in row[1:]] for row in sampling.TABLES[2].rows())
    assert common[:3] == pytest.approx([0.002774, 0.001599, 0.038760], abs=1e-6)
    assert rare[:3] == pytest.approx([0.002774, 0.340083, 0.038760], abs=1e-6)
    assert rare[3] == pytest.approx(2 / 5.5)
