"""Output bias, exact flows and lazy flow of constrained features: the verdicts of their rows, and that a broken formula is noticed."""

import pytest
import sympy as sp

from proofs.claims import registry
from proofs.claims.constrained_features import centred_inputs, exact_flows, lazy_flow, middle_mode, output_bias, start_scale
from proofs.engines import decide, recheck
from proofs.kernel.judge import Row, judge
from proofs.kernel.verdict import Outcome, Verdict

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


def row_of(claim_id: str) -> Row:
    (claim,) = registry.claims([claim_id])
    return judge(claim, decide, recheck)


@pytest.mark.parametrize("claim_id", QUICK)
def test_a_row_has_its_verdict(claim_id):
    row = row_of(claim_id)
    assert row.verdict is (Verdict.REFUTED if claim_id in REFUTED else Verdict.PROVED), row.problems


def test_every_row_is_in_the_ledger():
    for module, ids in ROWS.items():
        assert tuple(claim.id for claim in module.CLAIMS) == ids
        assert all(registry.module_of(claim_id) == module.__name__ for claim_id in ids)


@pytest.mark.parametrize(("claim_id", "changes", "part_id"), BROKEN)
def test_a_broken_formula_is_refuted_where_the_stated_one_holds(claim_id, changes, part_id):
    (claim,) = registry.claims([claim_id])
    stated, broken = (next(part for part in claim.parts(claim.said(changed)) if part.id == part_id) for changed in ({}, changes))
    held, failed = decide(stated, 60.0), decide(broken, 60.0)
    assert (held.outcome, failed.outcome) == (Outcome.HOLDS, Outcome.FAILS)
    assert recheck(stated, held)
    assert recheck(broken, failed)


def test_the_refuted_row_names_the_row_that_repairs_it():
    (claim,) = registry.claims(REFUTED)
    assert claim.repaired_by == "decouples-entirely-iff"
