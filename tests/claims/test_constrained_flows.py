"""Output bias, exact flows and lazy flow of constrained features: the verdicts of their rows, and that a broken formula is noticed."""

import pytest
import sympy as sp

from proofs.claims import registry
from proofs.claims.constrained_features import centred_inputs, exact_flows, lazy_flow, middle_mode, output_bias, start_scale
from tests.tools import rows

REFUTED = ("decouples-entirely-iff-for-every-input",)
QUICK = ("decouples-entirely-iff", "common-mean-is-a-bias", "lazy-rates", *REFUTED)  # seconds each
ROWS = {
    output_bias: ("bias-learns-frequencies", "bias-share-of-the-middle"),
    centred_inputs: ("bias-centres-the-inputs", "common-mean-is-a-bias"),
    exact_flows: ("contrasts-decouple",),
    middle_mode: ("middle-mode-ode", *REFUTED, "decouples-entirely-iff"),
    start_scale: ("lazy-to-rich", "start-lowers-the-exponent", "depth"),
    lazy_flow: ("lazy-rates", "lazy-exponent", "rich-is-halfway"),
}
# A formula of each row that is not refuted and is not judged above: what it is broken to, and a part that then fails.
BROKEN = (
    ("bias-learns-frequencies", {"squared": (sp.Integer(0), sp.Integer(0))}, "squared-bias-relaxes-to-frequencies"),
    ("bias-share-of-the-middle", {"ratio": sp.Rational(58, 10)}, "half-from-this-ratio"),
    ("bias-share-of-the-middle", {"entropy_digits": sp.Rational(94693, 10**5)}, "digits-cross-entropy"),
    ("bias-centres-the-inputs", {"outer": lambda x, y, total, number: 2 * x * y / total}, "target-after-squared-bias"),
    ("contrasts-decouple", {"share_rate": exact_flows.RATE * exact_flows.SHARE}, "share-equation"),
    ("middle-mode-ode", {"within": tuple((x, 2 * y) for x, y in middle_mode.STATED_WITHIN)}, "features-stay-on-the-ansatz"),
    ("lazy-to-rich", {"rich": 4 * start_scale.r}, "rich-end"),
    ("start-lowers-the-exponent", {"free": -sp.Rational(1, 3)}, "free-features"),
    ("depth", {"limit": 2 / start_scale.r}, "lower-bound-of-time"),
    ("lazy-exponent", {"exponent": 2 * lazy_flow.EXPONENT}, "derived-exponent"),
    ("rich-is-halfway", {"halfway": lambda exponent: exponent}, "rich-is-halfway-by-distances"),
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
    (claim,) = registry.claims(REFUTED)
    assert claim.repaired_by == "decouples-entirely-iff"
