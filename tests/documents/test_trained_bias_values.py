"""The table of a trained bias against digits that were computed before, by formula and by simulation."""

import math

import pytest

from proofs.documents.tables import trained_bias

# Middle rate; π of a majority and a minority class; plateaus of both under cross-entropy, then under the squared loss.
GIVEN = {
    "2 × 10, 2 × 1; 1/2": (1.126886802, 0.379873463, 0.120126537, 0.967917073, 2.119209619, 0.278860770, 0.538607696),
    "2 × 100, 2 × 1; 1/2": (1.292060946, 0.454545455, 0.045454545, 0.788457360, 3.091042453, 0.254132231, 0.663223140),
    "2 × 10, 2 × 1; 0": (1.348399725, 0.454545455, 0.045454545, 0.788457360, 3.091042453, 0.254132231, 0.663223140),
    "2 × 10, 2 × 1; 1": (0.741619849, 0.25, 0.25, math.log(4), math.log(4), 0.375, 0.375),
    "7 × 100, 3 × 1; 1/2": (1.148562949, 0.136986301, 0.013698630, 1.987874348, 4.290459441, 0.428973541, 0.552261212),
}


def test_every_digit_of_the_table():
    (table,) = trained_bias.TABLES
    found = {name: [float(value) for value in values] for name, *values in table.rows()}
    assert found.keys() == GIVEN.keys()
    for name, values in GIVEN.items():
        assert found[name] == pytest.approx(values, abs=6e-10), name
