"""Depth, fixed features and the kernel regime: the verdicts of their rows, and that a broken formula is noticed."""

import pytest
import sympy as sp

from proofs.claims import registry
from proofs.claims.depth import delayed_middle, depth_windows, end_to_end, scaled_times
from proofs.claims.fixed_features import free_features, softmax
from proofs.claims.kernel_regime import lazy_classes
from proofs.engines import decide
from proofs.kernel.verdict import Outcome
from tests.tools import rows
from theory.depth.layers import N
from theory.fixed_features.softmax import MASS
from theory.symbols import c, sigma

REPAIRED = {"sign-descent-count-free-with-features": "sign-descent-not-count-free-with-features"}
QUICK = (
    "end-to-end-flow",
    "linear-softmax-closed-form",
    "sign-descent-count-free",
    "init-aligned-to-weighted-target",
    "lazy-class-rates",
    "three-exponents",
    *REPAIRED,
)
ROWS = {
    softmax: ("linear-softmax-closed-form", "sign-descent-count-free"),
    free_features: ("sign-descent-not-count-free-with-features", "sign-descent-count-free-with-features"),
    end_to_end: ("end-to-end-flow", "depth-mode-law"),
    scaled_times: ("depth-scaled-time", "depth-remembers-the-init"),
    delayed_middle: ("depth-delays-the-middle-mode",),
    depth_windows: ("paper-window-is-infinite-depth", "init-aligned-to-weighted-target"),
    lazy_classes: ("lazy-class-rates", "lazy-flat-weights", "three-exponents"),
}
# A formula of each row that is not judged above: what it is broken to, and a part that then fails.
BROKEN = (
    ("end-to-end-flow", {"balance": lambda A, B: A.T * A + B * B.T}, "balance-1-of-2-layers"),
    ("end-to-end-flow", {"square": lambda one, other: one * other * one * other}, "right-root-for-3-layers"),
    ("depth-scaled-time", {"contrast": lambda k: scaled_times.n**2 * scaled_times.omega**k}, "contrasts-are-such-modes"),
    ("paper-window-is-infinite-depth", {"suprema": {3: sp.Rational(11, 100), 4: sp.Rational(17, 100)}}, "supremum-of-3-layers"),
    ("depth-mode-law", {"rate": lambda s: N * s ** (2 - 1 / N) * (sigma - s)}, "strength-law"),
    ("depth-scaled-time", {"flat": sp.Integer(1)}, "flat-only-at-one-half"),
    ("depth-remembers-the-init", {"two": sp.Integer(1)}, "two-layers-forget"),
    ("depth-delays-the-middle-mode", {"limit": 1 / sp.cos(delayed_middle.ANGLE) ** 2}, "limit-at-great-depth"),
    ("paper-window-is-infinite-depth", {"bound": sp.Rational(7, 5)}, "below-the-bound-at-every-depth"),
    ("sign-descent-not-count-free-with-features", {"classes": c - 1}, "other-entries-of-the-classifier"),
    ("sign-descent-not-count-free-with-features", {"ratio": 1 + 3 / c}, "equal-halves-two-minorities"),
    ("lazy-flat-weights", {"most": sp.Rational(1, 2)}, "between-zero-and-one"),
    ("linear-softmax-closed-form", {"rate": c * MASS}, "margin-rate"),
)


@pytest.mark.parametrize("claim_id", QUICK)
def test_a_row_has_its_verdict(claim_id):
    rows.has_its_verdict(claim_id)


def test_every_row_is_in_the_ledger():
    rows.stand_in_the_ledger(ROWS)


@pytest.mark.parametrize(("claim_id", "changes", "part_id"), BROKEN)
def test_a_broken_formula_is_refuted_where_the_stated_one_holds(claim_id, changes, part_id):
    rows.is_refuted_when_broken(claim_id, changes, part_id)


@pytest.mark.parametrize(
    ("claim_id", "part_id", "many"),
    [("depth-remembers-the-init", "ratio-of-times", 4), ("init-aligned-to-weighted-target", "no-window-of-more-layers", 2)],
)
def test_bounded_rests_are_of_each_mode_and_of_any_sign(claim_id, part_id, many):
    (claim,) = registry.claims([claim_id])
    (part,) = (part for part in claim.parts(claim.said()) if part.id == part_id)
    rests = [symbol for symbol in part.expr.free_symbols if symbol.name.startswith("k_")]
    assert len(rests) == many
    assert all(symbol.is_real and symbol.is_nonnegative is None for symbol in rests)


def test_the_kernel_that_bounds_the_exponents_is_the_derived_one(monkeypatch):
    (claim,) = registry.claims(["three-exponents"])
    monkeypatch.setattr(lazy_classes.classes, "kernel_slope", lambda: (sp.Integer(0), lazy_classes.COUNT**2))
    (part,) = (part for part in claim.parts(claim.said()) if part.id == "kernel-regime")
    assert decide(part, 60.0).outcome is Outcome.FAILS


@pytest.mark.parametrize(("claim_id", "repair"), REPAIRED.items())
def test_a_refuted_row_names_the_row_that_repairs_it(claim_id, repair):
    (claim,) = registry.claims([claim_id])
    assert claim.repaired_by == repair
