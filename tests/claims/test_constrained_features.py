"""Rates of features constrained by the data: the verdicts of their rows, reference numbers at sample level, and broken formulas."""

import numpy as np
import pytest
import sympy as sp
from hypothesis import strategies as st

from numerics.basis import centred_labels
from numerics.constrained_features.inputs import block_gram, class_mean_gram, inputs_of
from proofs.claims import registry
from proofs.claims.constrained_features import block_rates, common_mean
from proofs.engines import decide, recheck
from proofs.kernel.verdict import Outcome
from tests.tools import rows
from tests.tools.reached import holds_for
from theory.constrained_features import flattening, rates
from theory.data import inputs
from theory.data.counts import ClassCounts, Group

DIGITS = 1e-6  # reference values are given to nine digits
REFUTED = ("rates-follow-from-the-spectrum-of-the-inputs", "no-weights-flatten-a-common-mean-of-three-classes")
QUICK = ("flattening-by-class-means", "block-rates-step", *REFUTED)  # seconds each; `ufm verify` judges them all


@pytest.mark.parametrize("claim_id", QUICK)
def test_a_row_has_its_verdict(claim_id):
    rows.has_its_verdict(claim_id)


@pytest.mark.parametrize("claim_id", REFUTED)
def test_a_refuted_row_names_the_row_that_repairs_it(claim_id):
    (claim,) = registry.claims([claim_id])
    assert registry.module_of(claim.repaired_by).startswith("proofs.claims.constrained_features.")


def singular_values(per_class, weights, within, between, centred=True):
    counts = ClassCounts(per_class)
    target = centred_labels(counts) if centred else np.eye(counts.c)[:, list(counts.labels)]
    drive = target * np.asarray(weights)[list(counts.labels)] @ inputs_of(block_gram(counts, within, between)).T
    return np.linalg.svd(drive, compute_uv=False)[: counts.c - centred]


@pytest.mark.parametrize(
    ("exponent", "within", "between", "expected"),
    [("1/2", "3/10", "1/10", (2.94957624, 3.12657075, 1.22474487)), ("0", "3/10", "3/10", (5.29150262, 31.4229216, 1.67332005))],
)
def test_step_rates_by_the_block_algebra_and_by_samples(exponent, within, between, expected):
    groups = (Group(sp.Integer(5), sp.Integer(40)), Group(sp.Integer(5), sp.Integer(4)))
    weights = [group.count ** -sp.Rational(exponent) for group in groups]
    means = inputs.class_mean_gram(groups, sp.Rational(within), sp.Rational(between))
    squares = rates.step_squares(means, rates.masses(groups, weights))
    found = [float(sp.sqrt(value)) for value in (squares.majority, squares.middle, squares.minority)]
    assert found == pytest.approx(expected, rel=DIGITS)
    per_class = (40,) * 5 + (4,) * 5
    seen = singular_values(
        per_class, [float(n) ** -float(sp.Rational(exponent)) for n in per_class], *map(float, map(sp.Rational, (within, between)))
    )
    assert seen == pytest.approx(sorted([expected[0]] * 4 + [expected[1]] + [expected[2]] * 4, reverse=True), rel=DIGITS)


def test_rates_of_cosine_inputs_by_class_means_and_by_samples():
    counts, weights = ClassCounts((3, 2, 2, 1)), np.array([1.0, 0.5, 2.0, 3.0])
    X = np.cos(np.outer(np.arange(1, 6), np.arange(1, 9)))
    expected = (5.13746416, 2.86829085, 1.67090577)
    drive = centred_labels(counts) * weights[list(counts.labels)] @ X.T
    assert np.linalg.svd(drive, compute_uv=False)[:3] == pytest.approx(expected, rel=DIGITS)
    a, P = np.array(counts.per_class) * weights, np.eye(4) - 1 / 4
    gram = P @ (a[:, None] * class_mean_gram(X.T @ X, counts) * a) @ P
    assert np.sqrt(np.linalg.eigvalsh(gram)[:0:-1]) == pytest.approx(expected, rel=DIGITS)


def test_quotient_rates_of_one_hot_labels_by_the_block_algebra_and_by_samples():
    groups = (Group(sp.Integer(5), sp.Integer(40)), Group(sp.Integer(5), sp.Integer(4)))
    means = inputs.class_mean_gram(groups, sp.Rational(3, 10), sp.Rational(1, 10))
    gram = rates.one_hot_gram(means, rates.masses(groups, [1 / sp.sqrt(group.count) for group in groups]))
    quotient = [float(sp.sqrt(value)) for value, _ in gram.spectrum()[2:]]
    assert sorted(quotient) == pytest.approx([1.41484033, 5.49529133], rel=DIGITS)
    per_class = (40,) * 5 + (4,) * 5
    seen = singular_values(per_class, np.array(per_class) ** -0.5, 0.3, 0.1, centred=False)
    within = [2.94957624] * 4 + [1.22474487] * 4
    assert seen == pytest.approx(sorted([*quotient, *within], reverse=True), rel=DIGITS)


@pytest.mark.parametrize(("exponent", "expected"), [("0", 0.0620535714), ("1/2", 0.0833919563)])
def test_least_similarity_by_formula_and_by_samples(exponent, expected):
    gamma = sp.Rational(exponent)
    groups = (Group(sp.Integer(5), sp.Integer(40)), Group(sp.Integer(5), sp.Integer(4)))
    found = rates.least_similarity(groups, [group.count**-gamma for group in groups], sp.Rational(3, 10))
    assert float(found) == pytest.approx(expected, rel=DIGITS)
    per_class = (40,) * 5 + (4,) * 5
    weights = np.array(per_class, dtype=float) ** -float(gamma)
    for between, ties in ((expected * (1 - 1e-4), 4), (expected * (1 + 1e-4), 1)):  # four contrasts first, or one middle mode
        seen = singular_values(per_class, weights, 0.3, between)
        assert np.sum(seen > seen[0] * (1 - 1e-9)) == ties


def test_one_odd_class_is_flat_at_the_root_of_the_quadratic():
    values = {common_mean.beta_odd: sp.Rational(3, 10) + sp.Rational(7, 90), common_mean.beta: sp.Rational(3, 10) + sp.Rational(7, 20)}
    roots = sp.roots(common_mean.QUADRATIC.subs({**values, common_mean.KAPPA: sp.Rational(1, 5)}), common_mean.x)
    weights = [float(root) * 2 / 9 for root in roots]
    assert max(weights) == pytest.approx(0.333333333, rel=DIGITS)
    seen = singular_values((9, 2, 2, 2, 2), [max(weights), 1, 1, 1, 1], 0.3, 0.2)
    assert seen[0] / seen[-1] == pytest.approx(1, rel=1e-9)


def test_three_classes_with_a_common_mean_are_flat_at_weights_found_before():
    seen = singular_values((8, 4, 2), [0.394126, 0.678831, 1], 0.3, 0.2)
    assert seen[0] / seen[-1] == pytest.approx(1, rel=DIGITS)
    exact = singular_values((8, 4, 2), [3 / 8, 2 / 3, 1], 125 / 309, 29 / 103)
    assert exact[0] / exact[-1] == pytest.approx(1, rel=1e-9)


def test_the_least_spread_over_all_weights_is_that_of_flat_contrasts():
    assert common_mean.least_spread(ClassCounts((8, 8, 2, 2)), 0.3, 0.2, starts=2) == pytest.approx(0.125795619, rel=DIGITS)
    heavy = np.sqrt(0.15)
    seen = singular_values((8, 8, 2, 2), [heavy, heavy, 1, 1], 0.3, 0.2)
    assert 2 * np.log(seen[0] / seen[-1]) == pytest.approx(0.125795619, rel=DIGITS)


@holds_for(
    st.integers(2, 4),
    st.integers(2, 4),
    st.integers(1, 5),
    st.integers(2, 9),
    st.floats(0.05, 0.9),
    st.floats(0, 1),
    st.booleans(),
    reaching={
        "less alike": lambda big, small, few, ratio, within, share, less_alike: less_alike and share > 0.1,
        "some signal": lambda big, small, few, ratio, within, share, less_alike: not less_alike and share < 0.9,
    },
    share=4,
)
def test_contrasts_have_one_rate_at_the_exponent_that_is_solved_for(big, small, few, ratio, within, share, less_alike):
    """θ from −0.9/n_maj, where samples of one class are less alike than those of two, up to ρ/(1 − ρ)."""
    many = few * ratio
    between = within + 0.9 * (1 - within) / many * share if less_alike else within * share
    theta = sp.Rational(str(round((within - between) / (1 - within), 9)))
    gamma = float(flattening.rich_exponent(many, few, theta))
    between = within - float(theta) * (1 - within)
    counts = ClassCounts((many,) * big + (few,) * small)
    drive = (
        centred_labels(counts)
        * (np.array(counts.per_class) ** -gamma)[list(counts.labels)]
        @ inputs_of(block_gram(counts, within, between)).T
    )
    majority, minority = drive[0] - drive[1], drive[big] - drive[big + 1]
    assert np.linalg.norm(majority) == pytest.approx(np.linalg.norm(minority), rel=1e-7)


def test_a_broken_formula_is_noticed():
    """The middle rate without its share of a common mean: the exact part and the run both say no."""
    (claim,) = registry.claims(["block-rates-step"])
    broken = claim.said({"middle": block_rates.middle_rate(block_rates.RATES, block_rates.MASSES, sp.Integer(0))})
    (part,) = (part for part in claim.parts(broken) if part.id == "middle-mode")
    evidence = decide(part, 30.0)
    assert evidence.outcome is Outcome.FAILS
    assert recheck(part, evidence)
    (run,) = claim.runs(broken)
    assert run.measure().error > 1000 * run.bound
