"""Last layers: the verdicts of their rows, and that a broken formula is noticed."""

import pytest
import sympy as sp

from proofs.claims.last_layer import equaliser, fairness, images, left_out, leverage_law
from tests.tools import rows
from theory.last_layer import law
from theory.last_layer.law import FEATURES, LENGTH
from theory.symbols import n_minority

PROVED = (
    "leverage-law-solved",
    "no-weights-in-the-leverage-law",
    "left-out-identity",
    "equalising-weights-of-many-classes",
    "equalising-weights-equalise-many-errors",
    "equalising-is-worst-class-optimal",
)
ROWS = {
    leverage_law: ("leverage-law-solved", "leverage-law", "no-weights-in-the-leverage-law"),
    left_out: ("left-out-identity",),
    equaliser: ("equalising-weights", "equalising-weights-of-many-classes", "equalising-weights-equalise-many-errors"),
    fairness: ("equalising-is-worst-class-optimal-iff", "equalising-is-worst-class-optimal", "balanced-accuracy-optimum"),
    images: ("equal-leverage-balances-any-data", "equalising-weights-on-images"),
}
BROKEN = (
    ("equalising-weights", {"weight": lambda n: 1 / (n - FEATURES)}, "only-these-halve"),
    ("equalising-weights", {"most": sp.Rational(3, 2) * n_minority}, "none-from-twice-the-minority-on"),
    ("equalising-weights-of-many-classes", {"classes": sp.Integer(2)}, "noise-of-rare-classes"),
    ("left-out-identity", {"hat": sp.Identity(left_out.left_out.SAMPLES)}, "hat-matrix-ends-the-rest"),
    ("equalising-is-worst-class-optimal-iff", {"needed": sp.Rational(39, 10)}, "smaller-ratio-helps-beyond"),
    ("balanced-accuracy-optimum", {"first": LENGTH**2 * fairness.GAP}, "tilt-of-first-order"),
)


@pytest.mark.parametrize("claim_id", PROVED)
def test_a_row_has_its_verdict(claim_id):
    rows.has_its_verdict(claim_id)


def test_the_law_is_supported_and_no_more():
    """That finite draws follow the equations is measured: no exact part may make it more than that."""
    rows.is_supported_and_no_more("leverage-law")


def test_every_row_is_in_the_ledger():
    rows.stand_in_the_ledger(ROWS)


@pytest.mark.parametrize(("claim_id", "changes", "part_id"), BROKEN)
def test_a_broken_formula_is_refuted_where_the_stated_one_holds(claim_id, changes, part_id):
    rows.is_refuted_when_broken(claim_id, changes, part_id)


@pytest.mark.parametrize(("features", "better"), [(187, False), (190, True)])
def test_the_condition_turns_at_four(features, better):
    """At 3.97 no Δ near the equaliser has a larger square of the minority's score, the smaller one; at 4.04 some have."""
    given = {law.COUNTS[0]: 800, law.COUNTS[1]: 200, FEATURES: features, LENGTH: 2}
    assert (fairness.CONDITION.subs(given) > 4) == better
    square = (law.short_score(fairness.MINORITY) ** 2).subs(given)
    larger = [square.subs(law.TILT, sp.Rational(1, k)) > square.subs(law.TILT, 0) for k in (10, 30, 100, 300, 1000)]
    assert any(larger) == better


def test_an_interval_is_around_the_mean_of_the_draws():
    found = images.estimate(sp.Matrix([0, 1]).__array__(dtype=float).ravel())
    assert (found.mean, found.pairs) == (0.5, 2)
    assert found.high - found.mean == pytest.approx(4.5 * 0.5, rel=1e-12)
    assert found.mean - found.low == pytest.approx(found.high - found.mean)
