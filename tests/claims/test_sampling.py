"""One sample a step: the verdicts of its rows, and that a broken formula is noticed."""

import pytest

from proofs.claims.sampling import stability, variance
from tests.tools import rows
from theory.sampling.class_features import ETA, FREQUENCY, SHARE
from theory.sampling.variance import SAMPLES

ROWS = {
    variance: (
        "copies-train-as-weights",
        "copies-train-as-weights-where-features-are-free",
        "variance-difference-is-a-covariance",
        "sampling-varies-less-than-weights",
        "best-probabilities",
    ),
    stability: ("second-moment-factors", "step-limit-of-weights"),
}
BROKEN = (
    ("copies-train-as-weights", {"weight": lambda copies: copies + 1}, "copies-are-weights"),
    ("variance-difference-is-a-covariance", {"even": SAMPLES + 1}, "square-of-weighting"),
    ("second-moment-factors", {"mean": 1 - ETA * SHARE / 2}, "mean-by-sampling"),
    ("step-limit-of-weights", {"limit": {**stability.LIMITS, "weights": 2 * SHARE / FREQUENCY}}, "grows-by-weights"),
)


@pytest.mark.parametrize("claim_id", [claim_id for ids in ROWS.values() for claim_id in ids])
def test_a_row_has_its_verdict(claim_id):
    rows.has_its_verdict(claim_id)


def test_every_row_is_in_the_ledger():
    rows.stand_in_the_ledger(ROWS)


@pytest.mark.parametrize(("claim_id", "changes", "part_id"), BROKEN)
def test_a_broken_formula_is_refuted_where_the_stated_one_holds(claim_id, changes, part_id):
    rows.is_refuted_when_broken(claim_id, changes, part_id)
