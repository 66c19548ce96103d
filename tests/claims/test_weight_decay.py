"""Weight decay: the verdicts of its rows, and that a broken formula is noticed."""

import pytest
import sympy as sp

from proofs.claims import registry
from proofs.claims.weight_decay import collapse, convex_form, decayed_flow, phases, ranks
from proofs.engines import decide
from proofs.kernel.verdict import Outcome
from tests.tools import rows

ROWS = {
    convex_form: ("decay-is-nuclear-norm", "certified-minimiser"),
    phases: ("step-phase-diagram", "minority-collapse"),
    collapse: ("collapse-threshold-is-escape-rate", "flat-weights-never-collapse-partly"),
    ranks: ("rank-is-escape-count", "rank-at-least-escape-count"),
    decayed_flow: ("vanilla-soft-threshold", "decay-widens-window"),
}
QUICK = ("decay-is-nuclear-norm", "flat-weights-never-collapse-partly", "rank-is-escape-count")  # seconds each
# A formula of each other row: what it is broken to, and a part that then fails.
BROKEN = (
    ("certified-minimiser", {"curvature": sp.Integer(2)}, "loss-expands-around-the-minimiser"),
    ("step-phase-diagram", {"gains": tuple(2 * gain for gain in phases.GAINS)}, "minority-gain"),
    ("step-phase-diagram", {"edge": 2 * phases.EDGE}, "middle-is-separated-below"),
    ("minority-collapse", {"below": sp.Integer(1)}, "minority-first-below-one-half"),
    ("collapse-threshold-is-escape-rate", {"threshold": 2 * phases.MU}, "zero-is-certified-from-the-first-rate-on"),
    ("collapse-threshold-is-escape-rate", {"exponents": collapse.EXPONENTS[:1] * 2}, "growth-exponents-at-the-origin"),
    ("rank-at-least-escape-count", {"excess": (sp.Rational(23, 100), sp.Rational(3, 8))}, "one-rate-exceeds-at-20-4-1"),
    ("rank-at-least-escape-count", {"excess": (sp.Rational(1, 4), sp.Rational(39, 100))}, "no-rank-one-at-100-10-1"),
    ("vanilla-soft-threshold", {"time": decayed_flow.TIME / 2}, "learning-time-with-decay"),
    ("decay-widens-window", {"window": 2 * decayed_flow.R}, "window-with-decay"),
)


@pytest.mark.parametrize("claim_id", QUICK)
def test_a_row_has_its_verdict(claim_id):
    rows.has_its_verdict(claim_id)


def test_every_row_is_in_the_ledger():
    rows.stand_in_the_ledger(ROWS)


@pytest.mark.parametrize(("claim_id", "changes", "part_id"), BROKEN)
def test_a_broken_formula_is_refuted_where_the_stated_one_holds(claim_id, changes, part_id):
    rows.is_refuted_when_broken(claim_id, changes, part_id)


def test_the_refuted_row_names_the_row_that_repairs_it_and_fails_at_its_exact_case_alone():
    (claim,) = registry.claims(["rank-is-escape-count"])
    assert claim.repaired_by == "rank-at-least-escape-count"
    found = {part.id: decide(part, 60.0).outcome for part in claim.parts(claim.said())}
    assert [name for name, outcome in found.items() if outcome is Outcome.FAILS] == ["two-rates-exceed"]


def test_the_exact_case_is_what_a_minimiser_finds():
    from numerics.weight_decay import minimiser
    from theory.data.counts import ClassCounts

    counts = ClassCounts(tuple(map(int, ranks.EXACT_COUNTS)))
    found = minimiser.spectrum(counts, [float(w) for w in ranks.EXACT_WEIGHTS], float(ranks.EXACT_MU))
    assert found.between == pytest.approx([float(value) for value in ranks.EXACT_VALUES], abs=1e-9)
    assert found.rank == 2


@pytest.mark.parametrize("measure", [lambda: phases.first_error(0.3), lambda: collapse.flat_error(sp.Rational(2, 5))])
def test_a_run_notices_a_wrong_statement(measure):
    assert measure().error >= 1
