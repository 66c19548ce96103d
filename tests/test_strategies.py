"""The strategies: what they draw is valid, hard regimes are reached, and a planted fault shrinks to a plain case."""

import numpy as np
import pytest
import sympy as sp
from hypothesis import find, given, settings
from hypothesis import strategies as st

from numerics.unconstrained_features.experiment import Experiment
from proofs import strategies
from tests.tools.reached import holds_for
from theory.data.counts import ClassCounts
from theory.losses import LOSSES
from theory.losses.squared import Squared

COUNTS = strategies.class_counts()
REPEATED = lambda counts: len(set(counts.per_class)) < counts.c  # noqa: E731 - a predicate that several tests name


def drawn(strategy, number=400):
    """That many values of a strategy, always the same ones, as often as they come up beside something else."""
    values = []

    @settings(max_examples=number, derandomize=True, database=None, deadline=None)
    @given(strategy, st.integers(0, 10**9))  # by itself Hypothesis tries no value twice
    def draw(value, other):
        values.append(value)

    draw()
    return values


def simplest(strategy, fault):
    """The example to which Hypothesis shrinks a fault."""
    return find(strategy, fault, settings=settings(max_examples=2000, derandomize=True, database=None, deadline=None))


@pytest.mark.parametrize(
    ("strategy", "of", "decades"),
    [
        (strategies.imbalance_ratios(), lambda R: R, 6),
        (strategies.step_counts(), lambda counts: counts.imbalance_ratio, 3),
        (strategies.long_tailed_counts(), lambda counts: counts.imbalance_ratio, 3),
        (strategies.class_counts(), lambda counts: counts.imbalance_ratio, 3),
    ],
    ids=["ratios", "step", "long-tailed", "counts"],
)
def test_every_decade_of_R_is_reached_alike(strategy, of, decades):
    ratios = [of(value) for value in drawn(strategy)]
    inside = [sum(bool(10**k < R <= 10 ** (k + 1)) for R in ratios) for k in range(decades)]
    assert min(inside) >= 400 / decades / 10
    assert sum(bool(R == 1) for R in ratios) >= 10
    assert all(R >= 1 for R in ratios)


def test_ratios_are_exact_and_have_rational_roots_and_fractions_among_them():
    ratios = drawn(strategies.imbalance_ratios())
    assert all(isinstance(R, sp.Rational) for R in ratios)
    assert sum(R != 1 and sp.sqrt(R).is_Rational for R in ratios) >= 40
    assert sum(not R.is_Integer for R in ratios) >= 40


@pytest.mark.parametrize("value", [0, sp.Rational(1, 2), 1])
def test_each_named_exponent_is_drawn_often(value):
    exponents = drawn(strategies.weight_exponents())
    assert exponents.count(value) >= 30
    assert len(set(exponents)) >= 12
    assert all(0 <= gamma <= 1 for gamma in exponents)


def test_counts_have_two_classes_ties_and_every_order_often():
    counts = drawn(COUNTS)
    assert sum(one.c == 2 for one in counts) >= 30
    assert sum(map(REPEATED, counts)) >= 100
    assert sum(len(set(one.per_class)) == one.c > 2 for one in counts) >= 20
    assert sum(list(one.per_class) != sorted(one.per_class, reverse=True) for one in counts) >= 20
    assert sum(len(set(one.per_class)) == 1 for one in counts) >= 30


def test_step_counts_have_one_class_a_group_and_unequal_sides_often():
    counts = drawn(strategies.step_counts())
    sides = [(one.per_class.count(max(one.per_class)), one.c) for one in counts if one.imbalance_ratio > 1]
    assert all(len(set(one.per_class)) <= 2 for one in counts)
    assert sum(c - big == 1 < big for big, c in sides) >= 20
    assert sum(big == 1 for big, c in sides) >= 30
    assert sum(2 * big != c for big, c in sides) >= 30


def test_distinct_counts_are_distinct_and_may_lie_close_together():
    counts = drawn(strategies.distinct_counts())
    assert all(len(set(one.per_class)) == one.c for one in counts)
    assert sum(one.c == 2 for one in counts) >= 20
    assert sum(min(a - b for a, b in zip(one.per_class, one.per_class[1:], strict=False)) == 1 for one in counts) >= 10


def test_shares_splits_and_deltas_stay_inside_their_ranges_and_reach_the_ends():
    shares, splits, deltas = (drawn(s) for s in (strategies.minority_shares(), strategies.splits(), strategies.deltas()))
    assert all(0 < p < 1 for p in shares)
    assert shares.count(sp.Rational(1, 2)) >= 100
    assert min(shares) <= sp.Rational(1, 15)
    assert max(shares) >= sp.Rational(14, 15)
    assert all(a >= 1 and b >= 1 and a + b <= 8 for a, b in splits)
    assert splits.count((1, 1)) >= 60
    assert sum(b == 1 < a for a, b in splits) >= 60
    assert all(sp.Rational(1, 2) <= delta <= 40 for delta in deltas)
    assert min(deltas) < 1
    assert max(deltas) > 35


def test_groups_have_distinct_counts_and_groups_of_one_class_often():
    found = drawn(strategies.groups())
    assert all(len({group.count for group in groups}) == len(groups) for groups in found)
    assert all(sum(group.size for group in groups) >= 2 for groups in found)
    assert sum(any(group.size == 1 for group in groups) for groups in found) >= 100
    assert {len(groups) for groups in found} == {1, 2, 3}


def test_every_loss_is_drawn_and_a_fault_of_all_shrinks_to_the_squared_loss():
    assert {type(loss) for loss in drawn(strategies.losses())} == set(LOSSES)
    assert simplest(strategies.losses(), lambda loss: True) == Squared()


weighted = COUNTS.flatmap(lambda counts: st.tuples(st.just(counts), strategies.class_weights(counts)))


def test_weights_are_exact_positive_and_one_a_class_of_every_kind():
    found = drawn(weighted)
    for counts, weights in found:
        assert len(weights) == counts.c
        assert all(weight > 0 and not weight.has(sp.Float) for weight in weights)
    assert sum(set(weights) == {1} for _, weights in found) >= 20
    assert sum(all(w == sp.Rational(1, n) for n, w in zip(counts.per_class, weights, strict=True)) for counts, weights in found) >= 20
    of_their_own = [
        (counts, weights) for counts, weights in found if len(set(zip(counts.per_class, weights, strict=True))) > len(set(counts.per_class))
    ]
    assert len(of_their_own) >= 20  # weights that differ where counts do not


started = strategies.class_counts(4, 1).flatmap(lambda counts: st.tuples(st.just(counts), strategies.initial_conditions(counts)))


@holds_for(
    started,
    reaching={kind: lambda case, kind=kind: case[1].kind == kind for kind in ("spectral", "balanced", "random")}
    | {"wider than needed": lambda case: case[1].W.shape[1] >= case[0].c},
)
def test_starts_have_the_shapes_and_are_what_their_kind_says(case):
    counts, start = case
    c, n, d = counts.c, counts.n, start.W.shape[1]
    assert (start.W.shape, start.H.shape) == ((c, d), (d, n))
    if start.kind != "random":
        assert np.abs(start.W.T @ start.W - start.H @ start.H.T).max() < 1e-14 * max(1, n)
        labels = np.array(counts.labels)
        assert all(np.ptp(start.H[:, labels == j], axis=1).max() == 0 for j in range(c))
    if start.kind == "spectral":  # the root of a zero eigenvalue is good to half the digits
        Z = (np.arange(c)[:, None] == np.array(counts.labels)) - 1 / c
        scale = np.exp(-2 * float(start.delta))
        assert np.abs((start.W @ start.H @ Z.T) - scale * _root_of(Z @ Z.T)).max() < 1e-7 * scale * n


def _root_of(gram):
    """The positive square root of a symmetric matrix."""
    values, vectors = np.linalg.eigh(gram)
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T


def test_experiments_are_valid_and_of_every_kind():
    found = drawn(strategies.experiments())
    assert all(isinstance(one, Experiment) for one in found)
    assert {one.init for one in found} == {"spectral", "random"}
    assert len({one.loss.name for one in found}) == len(LOSSES)
    assert sum(one.width is None for one in found) >= 20


@pytest.mark.parametrize(
    ("strategy", "fault", "example"),
    [
        (strategies.imbalance_ratios(), lambda R: True, 1),
        (strategies.imbalance_ratios(), lambda R: R >= 1000, 1000),
        (strategies.imbalance_ratios(), lambda R: not R.is_Integer, sp.Rational(3, 2)),
        (strategies.weight_exponents(), lambda gamma: gamma > 0, sp.Rational(1, 2)),
        (strategies.minority_shares(), lambda p: p != sp.Rational(1, 2), sp.Rational(1, 3)),
        (strategies.deltas(), lambda delta: delta > 5, 6),
        (COUNTS, lambda counts: True, ClassCounts((1, 1))),
        (COUNTS, lambda counts: counts.c >= 3, ClassCounts((1, 1, 1))),
        (COUNTS, lambda counts: counts.imbalance_ratio >= 100, ClassCounts((100, 1))),
        (COUNTS, lambda counts: counts.per_class[0] < counts.per_class[-1], ClassCounts((1, 2))),
        (strategies.step_counts(), lambda counts: len(set(counts.per_class)) == 2, ClassCounts((2, 1))),
        (strategies.long_tailed_counts(), lambda counts: len(set(counts.per_class)) == 3, ClassCounts((3, 2, 1))),
        (strategies.distinct_counts(), lambda counts: True, ClassCounts((2, 1))),
        (strategies.splits(), lambda sides: sides[0] != sides[1], (1, 2)),
        (strategies.group_sizes(), lambda sizes: len(sizes) > 1, [1, 1]),
    ],
)
def test_a_planted_fault_shrinks_to_the_plainest_case(strategy, fault, example):
    assert simplest(strategy, fault) == example


def test_a_fault_of_unequal_features_shrinks_to_one_entry():
    start = simplest(strategies.initial_conditions(ClassCounts((1, 1)), ["random"]), lambda start: bool((start.W != 0).any()))
    assert sorted(np.abs(start.W).ravel()) == [0, 1 / 8]
    assert not start.H.any()
    assert repr(start) == "Start(random, W=[[0.0], [0.125]], H=[[0.0, 0.0]])"


def test_the_simplest_experiment_is_two_classes_without_weights():
    one = simplest(strategies.experiments(), lambda experiment: True)
    assert (one.counts.per_class, set(one.weights), one.loss, one.delta, one.init) == ((1, 1), {1.0}, Squared(), 1.0, "spectral")
