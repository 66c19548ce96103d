"""The first time of a level, on a record and on a path: whatever the crossing looks like."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerics import first_time

LEVELS = st.lists(st.integers(-5, 5), min_size=2, max_size=8)


@given(values=st.lists(LEVELS, min_size=1, max_size=3))
def test_on_a_record_it_is_where_the_broken_line_first_is_at_or_above_zero(values):
    length = min(map(len, values))
    record = np.array([column[:length] for column in values], dtype=float).T
    times = np.cumsum(np.arange(1, length + 1))
    found = first_time.of_record(times, record)
    for column, time in zip(record.T, found, strict=True):
        if np.isnan(time):
            assert (column < 0).all()
        else:
            assert np.interp(time, times, column) == pytest.approx(0 if time > times[0] else column[0], abs=1e-12)
            assert (column[times < time] < 0).all()
            assert time > times[0] or column[0] >= 0


def test_on_a_path_a_crossing_there_and_back_inside_a_step_is_seen():
    steps = np.array([0.0, 1.0, 2.0, 3.0])

    def excess(times):
        t = np.asarray(times)
        return np.stack([0.01 - (t - 1.5) ** 2, t - 5, t + 1, t - 2.25], axis=-1)

    assert first_time.on_path(steps, excess) == pytest.approx((1.4, None, 0.0, 2.25))
