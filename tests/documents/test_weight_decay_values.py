"""The tables of weight decay against digits that were computed before, by minimisation at sample level."""

import pytest

from proofs.documents import tables
from proofs.documents.tables.weight_decay import TABLES

MINIMISERS = (
    ("2, 2, 10, 0, 1/2", "2.662277660", "1.845207880", "0.500000000", "0.841886117", "0.500000000"),
    ("2, 2, 10, 0, 3/2", "1.662277660", "0.845207880", "0", "0.525658351", "0"),
    ("2, 2, 10, 1/2, 3/5", "1.264911064", "0.737188834", "0.400000000", "0.400000000", "0.400000000"),
    ("2, 2, 10, 1, 2/5", "0", "0.419760404", "0.600000000", "0", "0.600000000"),
    ("3, 2, 9, 1/4, 3/5", "1.960769515", "1.094179736", "0.400000000", "0.653589838", "0.400000000"),
)
LAST = (("100, 10, 1", 0.232229, 0.243680), ("20, 4, 1", 0.379707, 0.386013))


def test_minimisers_under_step_have_the_digits_computed_before():
    found = [tuple(map(tables.shown, row)) for row in TABLES[0].rows()]
    assert tuple(found) == MINIMISERS


def test_a_second_mode_is_lost_above_the_second_escape_rate():
    rows = list(TABLES[1].rows())
    assert len(rows) == len(LAST)
    for (counts, rate, last), (name, stated_rate, stated_last) in zip(rows, LAST, strict=True):
        assert counts == name
        assert (float(rate), float(last)) == pytest.approx((stated_rate, stated_last), abs=5e-7)
