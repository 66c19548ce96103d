"""Reference values of class-normalised and spectral descent and of stages, against digits that were computed elsewhere."""

import pytest
import sympy as sp

from proofs.documents.tables import normalised_descent, spectral_descent, stages

DIGITS = 2e-9  # nine digits after the point
EFFECTIVE = {
    "10, 10, 1, 1": (0.511627907, 0.647058824),
    "100, 30, 10, 3, 1": (0.501698754, 0.505707763, 0.517523364, 0.563613232, 0.755972696),
    "1000, 1000, 1, 1": (0.500124906, 0.666444740),
}
RAISED = {2: 0.0, 3: 0.995018672, 4: 1.990049724}
TIMES = {1: 0.707106781, 10: 1.257433430, 100: 2.236067977}
WINDOWS = {"1/100": 8.251507606, "1": 3.371219331, "100": 2.272194979}
GROWN = (0.759747, 1.023816, 0.759747)
STAGES = {"1000, 30, 1": (0.563370, 0.561845), "100, 10, 1": (0.705637, 0.704679)}


def numbers(row):
    return [float(sp.N(value, 20)) for value in row]


def test_effective_counts_and_a_class_loss_that_rises():
    start, raised = (table.rows() for table in normalised_descent.TABLES)
    found = {}
    for counts, _, value in start:
        found.setdefault(counts, []).append(float(value))
    assert found.keys() == EFFECTIVE.keys()
    assert all(found[counts] == pytest.approx(values, abs=DIGITS) for counts, values in EFFECTIVE.items())
    assert {int(c): float(sp.N(rate, 20)) for c, _, rate in raised} == pytest.approx(RAISED, abs=DIGITS)


def test_times_windows_and_growth_of_rules_that_act_on_modes():
    times, windows, grown = (table.rows() for table in spectral_descent.TABLES)
    assert {int(n): float(sp.N(time, 20)) for n, time in times} == pytest.approx(TIMES, abs=DIGITS)
    assert {inertia: float(sp.N(window, 20)) for inertia, window in windows} == pytest.approx(WINDOWS, abs=DIGITS)
    rows = [numbers(row) for row in grown]
    assert [row[0] for row in rows] == pytest.approx([0.240253073] * 3, abs=DIGITS)
    assert [row[2] for row in rows] == pytest.approx(GROWN, abs=1e-6)


def test_second_stages():
    found = {row[0]: numbers(row[1:]) for row in stages.TABLES[0].rows()}
    for counts, (inverse, passage) in STAGES.items():
        assert found[counts][3:] == pytest.approx([inverse, passage], abs=1e-6)
    assert all(row[2] > row[1] for row in found.values())
