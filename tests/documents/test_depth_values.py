"""Reference values of depth, of fixed features and of the kernel regime, against digits that were computed elsewhere."""

import pytest

from proofs.documents.tables import depth, fixed_features, kernel_regime

DIGITS = 2e-9  # nine digits after the point
DELAYS = {
    "10": (0.887400579, 1.039309505, 1.059658465, 1.072196315, 1.098349745, 1.126886802),
    "100": (0.773957299, 1.082894169, 1.127422853, 1.155652737, 1.217346259, 1.292060946),
    "1000": (0.729103001, 1.101375705, 1.156669093, 1.192140368, 1.271202892, 1.371548326),
    "supremum": (0.707106781, 1.110720735, 1.171572875, 1.210841860, 1.299245591, 1.414213562),
}
MARGINS = {
    (4, "5"): (2.583874921237, 0.204117997),
    (4, "1/2"): (0.467826525591, 1.057473062),
    (5, "100"): (6.166122459223, 0.008362380),
    (1000, "10"): (7.730954852317, 0.363660470),
}
TIMES = {2: 0.574360635350, 4: 0.537180317675, 10: 0.514872127070, 1000: 0.500148721271}


def test_how_late_the_middle_mode_is():
    found = {row[0]: [float(value) for value in row[1:]] for row in depth.TABLES[0].rows()}
    assert found.keys() == DELAYS.keys()
    assert all(found[ratio] == pytest.approx(values, abs=DIGITS) for ratio, values in DELAYS.items())


def test_margins_and_losses_on_fixed_features():
    found = {(int(row[0]), row[1]): [float(value) for value in row[2:]] for row in fixed_features.TABLES[0].rows()}
    assert found.keys() == MARGINS.keys()
    assert all(found[case] == pytest.approx(values, abs=DIGITS) for case, values in MARGINS.items())


def test_times_on_fixed_features():
    assert {int(classes): float(time) for classes, time in fixed_features.TABLES[1].rows()} == pytest.approx(TIMES, abs=1e-11)


def test_margins_in_the_kernel_regime():
    found = {row[0]: [float(value) for value in row[1:]] for row in kernel_regime.TABLES[0].rows()}
    alone, flat = 0.593430, 0.451188
    expected = {"0": (alone, alone, alone, flat), "1/2": (0.857726, 0.740760, alone, flat), "1": (0.950213, 0.834701, alone, flat)}
    assert found.keys() == expected.keys()
    assert all(found[rho] == pytest.approx(values, abs=1e-6) for rho, values in expected.items())
