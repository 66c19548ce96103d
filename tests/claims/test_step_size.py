"""Step sizes and ends that forget the weights: the verdicts of their rows, and that a broken formula is noticed."""

import pytest
import sympy as sp

from proofs.claims import registry
from proofs.claims.implicit_bias import diagonal_network_end, label_smoothing_end
from proofs.claims.step_size import flattest, largest_step, modes_in_steps, sharpness
from tests.tools import rows
from theory.implicit_bias.smoothing import SHARE
from theory.symbols import R, c, n_minority

REPAIRED = {"balanced-end-never-flattest-under-weights": "balanced-end-flattest-iff", "balanced-end-whatever-the-step": "largest-step"}
QUICK = ("sharpness-formula", "largest-step", "per-mode-limit", "diagonal-network-end", *REPAIRED)  # seconds each
ROWS = {
    sharpness: ("sharpness-formula", "sharpness-at-balanced-end"),
    flattest: ("flattest-minimum", "balanced-end-never-flattest-under-weights", "balanced-end-flattest-iff"),
    largest_step: ("largest-step", "balanced-end-whatever-the-step", "cost-at-mean-weight-one"),
    modes_in_steps: ("per-mode-limit",),
    label_smoothing_end: ("label-smoothing-end",),
    diagonal_network_end: ("diagonal-network-end",),
}
# A formula of each row that is not judged above: what it is broken to, and a part that then fails.
BROKEN = (
    ("sharpness-at-balanced-end", {"bound": lambda n, w, top: w * top}, "bound-of-one-class"),
    ("sharpness-at-balanced-end", {"largest": n_minority}, "largest-singular-value"),
    ("flattest-minimum", {"least": {**flattest.LEAST, "half": sp.Integer(2)}}, "attained-half"),
    ("flattest-minimum", {"least": {**flattest.LEAST, "inverse": sp.Rational(21, 10) / sp.sqrt(n_minority)}}, "no-flatter-inverse"),
    ("balanced-end-flattest-iff", {"exponent": sp.Rational(1, 4)}, "flattest-up-to-the-exponent"),
    ("balanced-end-flattest-iff", {"most": sp.Rational(1, 5)}, "exponent-below-one-quarter"),
    ("cost-at-mean-weight-one", {"cost": {case: value * sp.sqrt(R) for case, value in largest_step.COST.items()}}, "cost-half"),
    ("label-smoothing-end", {"labels": (1 - SHARE, SHARE / c)}, "gradient-of-own-logit"),
)


@pytest.mark.parametrize("claim_id", QUICK)
def test_a_row_has_its_verdict(claim_id):
    rows.has_its_verdict(claim_id)


def test_every_row_is_in_the_ledger():
    rows.stand_in_the_ledger(ROWS)


@pytest.mark.parametrize(("claim_id", "changes", "part_id"), BROKEN)
def test_a_broken_formula_is_refuted_where_the_stated_one_holds(claim_id, changes, part_id):
    rows.is_refuted_when_broken(claim_id, changes, part_id)


@pytest.mark.parametrize(("claim_id", "repair"), REPAIRED.items())
def test_a_refuted_row_names_the_row_that_repairs_it(claim_id, repair):
    (claim,) = registry.claims([claim_id])
    assert claim.repaired_by == repair
