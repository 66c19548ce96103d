"""Reference values of the middle mode's offset, against runs that share nothing with how they were computed."""

import math
from fractions import Fraction

import pytest

from numerics.unconstrained_features.middle import middle_learning_time, middle_offset, step_groups
from proofs.documents.tables import unconstrained_features

CERTIFIED, CONSTANTS = (list(table.rows()) for table in unconstrained_features.TABLES)


@pytest.mark.parametrize(("ratio", "value"), CERTIFIED)
def test_proved_digits_are_those_of_a_run_at_the_same_start(ratio, value):
    assert middle_learning_time(step_groups(float(ratio)), 40.0).value - 40 == pytest.approx(float(value), abs=1e-9)


def test_the_difference_from_the_limit_is_as_the_page_says():
    for ratio in (10.0, 100.0, 1000.0):
        for depth in (8.0, 12.0):
            gap = middle_offset(step_groups(ratio)).value - (middle_learning_time(step_groups(ratio), depth).value - depth)
            assert 0.5 < gap * math.exp(depth) < 1


@pytest.mark.parametrize(("share", "constant", "next_order"), CONSTANTS)
def test_constants_join_the_offsets_of_runs_to_the_logarithm(share, constant, next_order):
    p = float(Fraction(share))
    for ratio, digits in ((1e6, 1e-4), (1e10, 1e-7)):
        law = math.log(ratio) / (4 * math.sqrt(p)) + float(constant) + float(next_order) / math.sqrt(ratio)
        assert middle_offset(step_groups(ratio, p)).value == pytest.approx(law, abs=digits)
