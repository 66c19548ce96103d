"""Class-normalised and spectral descent, and stages of the flow: the verdicts of their rows, and that a broken formula is noticed."""

import numpy as np
import pytest
import sympy as sp

from numerics.normalised_descent.draws import State
from numerics.problem import Problem
from proofs.claims import registry
from proofs.claims.normalised_descent import class_losses, effective_weights
from proofs.claims.spectral_descent import linear_rules, spectral_modes
from proofs.claims.stages import plateaus
from tests.tools import rows
from theory.data.counts import ClassCounts
from theory.losses import loss_named
from theory.spectral_descent import growth
from theory.stages import passage
from theory.symbols import c, fraction, sigma

REPAIRED = {
    "class-normalised-never-raises-a-loss": "class-normalised-loss-rate",
    "ascent-before-descent-helps-escape": "ascent-before-descent-slows-escape",
    "stages-at-inverse-escape-rates": "second-stage-never-later",
}
QUICK = (  # seconds each
    "class-normalised-forgets-weights",
    "class-normalised-loss-rate",
    "class-normalised-starts-nearly-at-one-half",
    "spectral-descent-mode-law",
    "increasing-growth-is-flat-at-one-half-alone",
    "ascent-before-descent-slows-escape",
    "growth-beside-a-plateau",
    "second-stage-never-later",
    "inverse-frequency-plateaus",
    *REPAIRED,
)
MEASURED = ("class-normalised-learns-minority-first", "spectral-descent-from-random-starts", "second-stage-time")
ROWS = {
    class_losses: (
        "class-normalised-forgets-weights",
        "class-normalised-loss-rate",
        "class-normalised-never-raises-a-loss",
        "class-normalised-raises-none-at-small-logits",
    ),
    effective_weights: ("class-normalised-starts-nearly-at-one-half", "class-normalised-learns-minority-first"),
    spectral_modes: ("spectral-descent-mode-law", "spectral-descent-ignores-weights-within-groups", "spectral-descent-from-random-starts"),
    linear_rules: (
        "increasing-growth-is-flat-at-one-half-alone",
        "ascent-before-descent-slows-escape",
        "ascent-before-descent-helps-escape",
    ),
    plateaus: (
        "growth-beside-a-plateau",
        "second-stage-never-later",
        "stages-at-inverse-escape-rates",
        "second-stage-time",
        "inverse-frequency-plateaus",
    ),
}
# A formula of each row: what it is broken to, and a part that then fails.
BROKEN = (
    ("class-normalised-loss-rate", {"threshold": class_losses.K**2 * c**2}, "first-class-rises-beyond"),
    ("class-normalised-raises-none-at-small-logits", {"norms": sp.Integer(2)}, "norms-at-least"),
    ("class-normalised-raises-none-at-small-logits", {"least": -2 / (c - 1)}, "no-loss-rises"),
    ("class-normalised-starts-nearly-at-one-half", {"window": sp.Rational(2, 5)}, "window-at-the-start"),
    ("spectral-descent-mode-law", {"time": sp.sqrt(fraction * sigma)}, "learning-time"),
    ("spectral-descent-ignores-weights-within-groups", {"until": lambda count: sp.sqrt(count) + 1}, "minority-sign"),
    ("increasing-growth-is-flat-at-one-half-alone", {"exponent": sp.Rational(49, 100)}, "flat-at-one-half"),
    ("ascent-before-descent-slows-escape", {"most": sp.Rational(9, 10)}, "attracts"),
    ("second-stage-never-later", {"time": lambda first, second, beside: 1 / second + 0 * beside}, "earlier"),
    ("inverse-frequency-plateaus", {"exponent": sp.Rational(9, 10)}, "gram-is-the-centring-matrix"),
)


@pytest.mark.parametrize("claim_id", QUICK)
def test_a_row_has_its_verdict(claim_id):
    rows.has_its_verdict(claim_id)


@pytest.mark.parametrize("claim_id", MEASURED)
def test_a_row_that_rests_on_runs_is_supported_and_no_more(claim_id):
    rows.is_supported_and_no_more(claim_id)


def test_every_row_is_in_the_ledger():
    rows.stand_in_the_ledger(ROWS)


@pytest.mark.parametrize(("claim_id", "changes", "part_id"), BROKEN)
def test_a_broken_formula_is_refuted_where_the_stated_one_holds(claim_id, changes, part_id):
    rows.is_refuted_when_broken(claim_id, changes, part_id)


@pytest.mark.parametrize(("claim_id", "repair"), REPAIRED.items())
def test_a_refuted_row_names_the_row_that_repairs_it(claim_id, repair):
    (claim,) = registry.claims([claim_id])
    assert claim.repaired_by == repair


def test_runs_notice_a_wrong_growth():
    assert linear_rules.heavy_error(growth.heavy_ball_growth).error < linear_rules.GROWTH_TOLERANCE
    assert linear_rules.heavy_error(lambda rate: rate).error > 0.05
    assert linear_rules.ascent_error(lambda rate: rate).error > 0.05


def test_runs_notice_steps_as_large_as_a_random_start():
    assert spectral_modes.random_error(0.5, 1.0).error > spectral_modes.RANDOM_TOLERANCE


def test_the_rate_of_the_first_class_is_that_of_the_squared_loss_alone():
    """At W = [0 B], m_j = (10, Bᵀe_j) of three classes both losses make the first loss rise, at different rates."""
    B = np.array([0, 1, -1]) / np.sqrt(2)
    W, H = np.column_stack([np.zeros(3), B]), np.vstack([np.full(3, 10.0), B])
    counts = ClassCounts((1, 1, 1))
    squared, entropy = (State(Problem(counts, (1.0,) * 3, loss_named(loss)), W, H).loss_rates(1.0)[0] for loss in class_losses.LOSSES)
    stated = float(class_losses.FAMILY.subs({c: 3, class_losses.K: 10}))
    assert squared == pytest.approx(stated, abs=1e-12)
    assert 0 < entropy < stated / 2


def test_the_second_stage_is_never_later_for_any_vector_and_not_equal_for_a_plateau_of_another_mode():
    """Singular values of random problems; then STEP whose best fit of rank one is not the mode that grows first."""

    def late(counts, weights, p):
        scaled = (np.eye(len(counts)) - 1 / len(counts)) * np.sqrt(counts) * weights
        first, second = np.linalg.svd(scaled, compute_uv=False)[:2]
        beside = np.linalg.norm(scaled - np.outer(p, p @ scaled), 2)
        return passage.passage_time(first, second, beside) - 1 / second

    generator = np.random.default_rng(1)
    for classes in (3, 4, 6) * 30:
        p = generator.standard_normal(classes)
        problem = generator.integers(1, 50, classes), generator.exponential(size=classes) + 0.01
        assert late(*problem, p / np.linalg.norm(p)) <= 1e-12
    assert late(np.array([4, 4, 1, 1]), np.array([0.5, 0.5, 1.5, 1.5]), np.array([1, -1, 0, 0]) / np.sqrt(2)) < -0.017
