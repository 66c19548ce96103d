"""A trained bias: the verdicts of its rows, and that a broken formula is noticed."""

import pytest
import sympy as sp

from proofs.claims import registry
from proofs.claims.trained_bias import biased_flattening, biased_rates, logit_adjustment, weighted_prior
from tests.tools import rows
from theory.symbols import R, p

REFUTED = "no-weights-flatten-with-bias-any-split"
QUICK = ("biased-vanilla", "half-still-best", "logit-adjustment-is-a-bias-shift", REFUTED)  # seconds each
ROWS = {
    weighted_prior: ("bias-learns-weighted-prior", "minority-initial-drop"),
    biased_rates: ("biased-escape-rates", "biased-flat-weights", "biased-vanilla"),
    biased_flattening: (REFUTED, "no-weights-flatten-with-bias", "half-still-best"),
    logit_adjustment: ("logit-adjustment-is-a-bias-shift",),
}
# A formula of each row that is not judged above: what it is broken to, and a part that then fails.
BROKEN = (
    ("bias-learns-weighted-prior", {"logs": tuple(2 * value for value in weighted_prior.LOGS)}, "cross-entropy-rests-at-log-prior"),
    ("minority-initial-drop", {"rate": lambda a, mean: 2 * (mean - a)}, "initial-rate-cross-entropy"),
    ("minority-initial-drop", {"flat": sp.Rational(99, 100)}, "none-rises-at-one"),
    ("biased-escape-rates", {"column": lambda a, total, number: 2 * a / total}, "residual-after-squared-bias"),
    ("biased-flat-weights", {"last": lambda number, q: number * q + 1}, "one-direction-has-its-own-rate"),
    ("biased-flat-weights", {"middle": sp.sqrt((1 - p) * R + p)}, "middle-rate-of-step"),
    ("biased-flat-weights", {"supremum": 1 / sp.sqrt(1 - p)}, "lead-tends-to-its-supremum"),
    ("no-weights-flatten-with-bias", {"sum": -biased_flattening.Q}, "entry-of-two-classes"),
)


@pytest.mark.parametrize("claim_id", QUICK)
def test_a_row_has_its_verdict(claim_id):
    rows.has_its_verdict(claim_id)


def test_every_row_is_in_the_ledger():
    rows.stand_in_the_ledger(ROWS)


@pytest.mark.parametrize(("claim_id", "changes", "part_id"), BROKEN)
def test_a_broken_formula_is_refuted_where_the_stated_one_holds(claim_id, changes, part_id):
    rows.is_refuted_when_broken(claim_id, changes, part_id)


def test_the_refuted_row_names_the_row_that_repairs_it():
    (claim,) = registry.claims([REFUTED])
    assert claim.repaired_by == "no-weights-flatten-with-bias"
