"""Runs of the stages of the weighted flow: what they give where the answer is known, and wrong input."""

import numpy as np
import pytest

from numerics.stages.runs import Stages
from theory.data.counts import ClassCounts
from theory.exact import InvalidInput

COUNTS = (25, 9, 1)


def stages(power):
    return Stages(ClassCounts(COUNTS), tuple(float(n) ** -power for n in COUNTS))


def test_without_weights_modes_are_learned_at_their_singular_values():
    plain = stages(0.0)
    expected = np.linalg.svd((np.eye(3) - 1 / 3) * np.sqrt(COUNTS), compute_uv=False)
    assert plain.escape_rates == pytest.approx(expected[:2])
    assert plain.later_rate(20.0) == pytest.approx(expected[1], rel=1e-9)
    assert (plain.second_time(30.0) - plain.second_time(20.0)) / 10 == pytest.approx(1 / expected[1], rel=1e-7)


def test_a_second_time_is_when_the_second_singular_value_is_there():
    """One mode by itself obeys ds/dt = 2s(σ − s) from e^(−2δ): at 3/10 of σ the time is that of the logistic."""
    plain = stages(0.0)
    sigma, delta = plain.escape_rates[1], 12.0
    expected = np.log((sigma * np.exp(2 * delta) - 1) * 3 / 7) / (2 * sigma)
    assert plain.second_time(delta) == pytest.approx(expected, rel=1e-8)


def test_with_inverse_frequencies_the_flow_of_rank_one_lands_off_the_direction_that_grew():
    inverse = stages(1.0)
    assert inverse.later_rate(20.0) > 1.1 * inverse.escape_rates[1]
    assert inverse.later_rate(20.0) == pytest.approx(inverse.later_rate(30.0), rel=1e-7)


@pytest.mark.parametrize(
    ("counts", "weights", "message"),
    [
        (COUNTS, (1.0, 1.0), "one finite number > 0 for each of 3 classes"),
        (COUNTS, (1.0, 1.0, 0.0), "one finite number > 0"),
        ((3, 1), (1.0, 1.0), "two classes, which have one stage"),
    ],
)
def test_wrong_input_says_what_is_wrong(counts, weights, message):
    with pytest.raises(InvalidInput, match=message):
        Stages(ClassCounts(counts), weights)
