"""Reference values of step sizes and of ends that forget the weights, against digits that were computed elsewhere."""

import pytest
import sympy as sp

from proofs.documents.tables import implicit_bias, step_size

DIGITS = 2e-9  # nine digits after the point
STEP = {  # R: balanced at γ = 0 and 1/2, λ* at 1/2, cost at 1/2 and 1
    10: (6.324555320, 4.162277660, 2.340620735, 1.022438773, 0.574959575),
    100: (20, 11, 3.478505426, 0.626193596, 0.198019802),
    1000: (63.245553203, 32.622776602, 5.801241193, 0.355300581, 0.063182371),
}
DISTINCT = {"1/2": (2.320508443, 3.310983447), "1/4": (3.314517498, 3.526760825)}
SMOOTHED = {4: 3.610917912644, 10: 4.510859506517, 1000: 9.105090961257}
DIAGONAL = {
    "3/100": (0.01402829, 0.47953585, -0.02645454, 0.00089095),
    "3/10": (0.11236044, 0.36345616, -0.16263218, -0.00380989),
    "3": (0.13682092, 0.33847942, -0.18948957, -0.00653864),
}


def test_curvatures_and_costs_of_step():
    rows = {int(row[0]): [float(value) for value in row[1:]] for row in step_size.TABLES[0].rows()}
    assert rows.keys() == STEP.keys()
    for ratio, (none, half, least, cost_half, cost_inverse) in STEP.items():
        assert rows[ratio] == pytest.approx([none, half, half, none, least, 2, cost_half, cost_inverse], abs=DIGITS)


def test_curvatures_of_distinct_counts():
    found = {row[0]: row[1:] for row in step_size.TABLES[1].rows()}
    assert found.keys() == DISTINCT.keys()
    assert all(found[exponent] == pytest.approx(values, abs=DIGITS) for exponent, values in DISTINCT.items())


def test_ends_that_forget_the_weights():
    gains, diagonal = (table.rows() for table in implicit_bias.TABLES)
    assert {int(c): float(sp.N(gain, 20)) for c, gain in gains} == pytest.approx(SMOOTHED, abs=1e-11)
    found = {start: [float(value) for value in values] for start, *values in diagonal}
    assert found.keys() == DIAGONAL.keys()
    assert all(found[start] == pytest.approx(values, abs=1e-8) for start, values in DIAGONAL.items())
