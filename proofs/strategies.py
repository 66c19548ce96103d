"""Hypothesis strategies for experiments of this theory, for any test suite: `pip install ufm-verifier[test]`.

They build valid values instead of filtering, reach the hard regimes often (R = 1, c = 2, repeated counts, γ = 0,
1/2 and 1, every decade of R alike), and shrink towards the plainest case: two classes of one sample, no weights.
Numbers that the theory takes are exact (`sympy.Rational`); starting points are NumPy arrays.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import sympy as sp
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from numpy.typing import NDArray

from numerics.basis import mode_basis
from numerics.unconstrained_features.experiment import Experiment
from theory.data import counts as class_counts_of
from theory.data.counts import ClassCounts, Group
from theory.data.weights import class_weights as weights_of
from theory.losses import LOSSES
from theory.losses.loss import Loss

Array = NDArray[np.float64]

GRID = 8  # entries of W and H are k/8: exact in floating point, and readable when a failure is shown


def imbalance_ratios(decades: int = 6) -> SearchStrategy[sp.Rational]:
    """R ≥ 1, exact, up to 10^decades: 1 often, every decade alike, squares often (so that √R is rational).

    Shrinks to: 1, and to whole numbers before fractions.
    """
    roots = st.integers(0, decades - 1).flatmap(lambda k: st.integers(*_roots_of_decade(k)))
    return st.one_of(
        st.just(1), _log_uniform(decades), roots.map(lambda root: root * root), st.fractions(1, 10 ** min(decades, 2), max_denominator=50)
    ).map(sp.Rational)


def weight_exponents() -> SearchStrategy[sp.Rational]:
    """γ in [0, 1], exact: 0, 1/2 and 1 often, and every fraction with a denominator up to 12.

    Shrinks to: 0 (no weights).
    """
    return st.one_of(st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(1)]), st.fractions(0, 1, max_denominator=12)).map(sp.Rational)


def positive_rationals(maximum: int = 100) -> SearchStrategy[sp.Rational]:
    """Exact numbers from 1/20 to `maximum` with small denominators. Shrinks to: 1."""
    return st.one_of(st.just(1), st.fractions(Fraction(1, 20), maximum, max_denominator=20)).map(sp.Rational)


def minority_shares(largest_denominator: int = 20) -> SearchStrategy[sp.Rational]:
    """p strictly between 0 and 1, exact: 1/2 often, one class in many and all but one too. Shrinks to: 1/2."""

    def shares(denominator: int) -> SearchStrategy[Fraction]:
        return st.integers(1, denominator - 1).map(lambda k: Fraction(k, denominator))

    return st.one_of(st.just(Fraction(1, 2)), st.integers(2, largest_denominator).flatmap(shares)).map(sp.Rational)


def splits(most_classes: int = 8) -> SearchStrategy[tuple[int, int]]:
    """Numbers of majority and minority classes: one class a group, and equal halves, often. Shrinks to: (1, 1)."""
    half = most_classes // 2
    sides = st.integers(1, half)
    return st.one_of(
        st.just((1, 1)), sides.map(lambda m: (m, m)), st.tuples(sides, sides), st.tuples(st.integers(1, most_classes - 1), st.just(1))
    )


def deltas(largest: int = 40) -> SearchStrategy[sp.Rational]:
    """δ > 0, exact, the initial scale being e^(−δ): from 1/2 to `largest`. Shrinks to: 1."""
    return st.one_of(st.integers(1, largest), st.fractions(Fraction(1, 2), largest, max_denominator=4)).map(sp.Rational)


@st.composite
def step_counts(draw: DrawFn, most_classes: int = 8, decades: int = 3) -> ClassCounts:
    """STEP counts: majority classes first, R log-uniform and 1 often, one class a group often. Shrinks to: (1, 1)."""
    majority, minority = draw(splits(most_classes))
    ratio = draw(st.one_of(st.just(1), _log_uniform(decades)))
    least = draw(st.one_of(st.just(1), st.integers(1, 5)))
    return ClassCounts((ratio * least,) * majority + (least,) * minority)


@st.composite
def long_tailed_counts(draw: DrawFn, most_classes: int = 8, decades: int = 3) -> ClassCounts:
    """n_j = round(R^(1 − j/(c − 1))), R log-uniform. Shrinks to: (1, 1)."""
    return class_counts_of.long_tailed(draw(st.integers(2, most_classes)), draw(_log_uniform(decades)))


@st.composite
def arbitrary_counts(draw: DrawFn, most_classes: int = 8, largest: int = 1000) -> ClassCounts:
    """Any counts in any order; repeated ones often, for they are drawn from a few. Shrinks to: (1, 1)."""
    palette = draw(st.lists(_up_to(largest), min_size=1, max_size=most_classes))
    return ClassCounts(tuple(draw(st.lists(st.sampled_from(palette), min_size=2, max_size=most_classes))))


@st.composite
def distinct_counts(draw: DrawFn, most_classes: int = 6, largest: int = 1000) -> ClassCounts:
    """Counts no two of which are equal, largest first. Shrinks to: (2, 1)."""
    gaps = draw(st.lists(st.integers(1, largest // most_classes), min_size=2, max_size=most_classes))
    return ClassCounts(tuple(sum(gaps[: k + 1]) for k in reversed(range(len(gaps)))))


def class_counts(most_classes: int = 8, decades: int = 3) -> SearchStrategy[ClassCounts]:
    """Class counts of every kind: STEP, long-tailed, arbitrary, up to 10^decades. Shrinks to: (1, 1)."""
    return st.one_of(
        step_counts(most_classes, decades), long_tailed_counts(most_classes, decades), arbitrary_counts(most_classes, 10**decades)
    )


@st.composite
def groups(draw: DrawFn, most_groups: int = 3, largest_size: int = 4, largest_count: int = 50) -> tuple[Group, ...]:
    """Groups of interchangeable classes with distinct counts, two classes at least; groups of one class often."""
    sizes = draw(group_sizes(most_groups, largest_size))
    gaps = draw(st.lists(st.integers(1, largest_count // most_groups), min_size=len(sizes), max_size=len(sizes)))
    numbers = [sum(gaps[: k + 1]) for k in reversed(range(len(gaps)))]
    return tuple(Group(sp.Integer(size), sp.Integer(count)) for size, count in zip(sizes, numbers, strict=True))


def group_sizes(most_groups: int = 3, largest: int = 4) -> SearchStrategy[list[int]]:
    """Numbers of classes in each group, two classes at least in all. Shrinks to: [2]."""
    one = st.integers(2, largest).map(lambda size: [size])
    return st.one_of(one, st.lists(st.integers(1, largest), min_size=2, max_size=most_groups))


@st.composite
def step_groups(draw: DrawFn, most_classes: int = 8, decades: int = 3) -> tuple[Group, Group]:
    """STEP as two groups with n_min = 1 and an exact, perhaps fractional R. Shrinks to: one class each, R = 1."""
    majority, minority = draw(splits(most_classes))
    return (Group(sp.Integer(majority), draw(imbalance_ratios(decades))), Group(sp.Integer(minority), sp.Integer(1)))


@st.composite
def class_weights(draw: DrawFn, counts: ClassCounts) -> tuple[sp.Expr, ...]:
    """Exact positive weights, one a class: none, n^(−γ), or any, and then equal ones often. Shrinks to: all 1."""
    if draw(st.sampled_from(["power", "any"])) == "power":
        return weights_of(counts, draw(weight_exponents()), "raw")
    palette = draw(st.lists(positive_rationals(4), min_size=1, max_size=counts.c))
    return tuple(draw(st.lists(st.sampled_from(palette), min_size=counts.c, max_size=counts.c)))


def losses() -> SearchStrategy[Loss]:
    """The registered losses with their own parameters. Shrinks to: the squared loss."""
    return st.sampled_from([loss() for loss in LOSSES])


@dataclass(frozen=True, eq=False)
class Start:
    """Where W and H start: `W` (c × d), `H` (d × n, samples in class order), `kind`, and `delta` if spectral.

    The representation is what a failing example shows: a spectral start by its δ, another one by its entries.
    """

    kind: str
    W: Array
    H: Array
    delta: sp.Rational | None = None

    def __repr__(self) -> str:
        if self.delta is not None:
            return f"Start(spectral, delta={self.delta}, d={self.W.shape[1]})"
        return f"Start({self.kind}, W={self.W.tolist()}, H={self.H.tolist()})"


def spectral_start(counts: ClassCounts, delta: sp.Rational, width: int) -> Start:
    """W = e^(−δ) U Qᵀ, H = e^(−δ) Q Vᵀ with Z = U Σ Vᵀ and Q the first c − 1 columns of the identity.

    Arguments: `width`, d ≥ c − 1.
    """
    basis, modes = mode_basis(counts, (1.0,) * counts.c), counts.c - 1
    W, M = np.zeros((counts.c, width)), np.zeros((width, counts.c))
    W[:, :modes] = basis.U[:, :modes]
    M[:modes] = basis.V[:, :modes].T / np.sqrt(counts.per_class)
    scale = math.exp(-float(delta))
    return Start("spectral", scale * W, scale * M[:, list(counts.labels)], delta)


@st.composite
def initial_conditions(
    draw: DrawFn, counts: ClassCounts, kinds: Sequence[str] = ("spectral", "balanced", "random"), largest_delta: int = 3
) -> Start:
    """A start for these counts, with features of width c − 1 or a little more.

    Formula: spectral, as `spectral_start`; balanced, W any and H = Wᵀ E with E_(j, i) = [y_i = j]/√n_j, so that
    WᵀW = HHᵀ and features are equal within a class; random, any W and any H, an own feature for every sample.
    Entries of W, and of a random H, are multiples of 1/8 in [−1, 1]. Shrinks to: spectral at δ = 1, and zeros.
    """
    kind = draw(st.sampled_from(list(kinds)))
    width = counts.c - 1 + draw(st.integers(0, 2))
    if kind == "spectral":
        return spectral_start(counts, draw(deltas(largest_delta)), width)
    W = draw(_matrices(counts.c, width))
    if kind == "random":
        return Start(kind, W, draw(_matrices(width, counts.n)))
    return Start(kind, W, W.T[:, list(counts.labels)] / np.sqrt(counts.per_class)[list(counts.labels)])


@st.composite
def experiments(draw: DrawFn, most_classes: int = 5, decades: int = 1, largest_delta: int = 6) -> Experiment:
    """A whole experiment for `numerics`: counts, weights, loss, δ, spectral or random init, width, seed.

    Shrinks to: counts (1, 1), no weights, squared loss, δ = 1, spectral.
    """
    counts = draw(class_counts(most_classes, decades))
    weights = tuple(map(float, draw(class_weights(counts))))
    return Experiment(
        counts,
        weights,
        draw(losses()),
        float(draw(deltas(largest_delta))),
        init=draw(st.sampled_from(["spectral", "random"])),
        width=draw(st.one_of(st.none(), st.integers(counts.c - 1, counts.c + 1))),
        seed=draw(st.integers(0, 99)),
    )


def _matrices(rows: int, columns: int) -> SearchStrategy[Array]:
    entries = st.lists(st.integers(-GRID, GRID), min_size=rows * columns, max_size=rows * columns)
    return entries.map(lambda numbers: np.array(numbers, dtype=float).reshape(rows, columns) / GRID)


def _log_uniform(decades: int) -> SearchStrategy[int]:
    """Whole numbers from 1 to 10^decades, every decade alike."""
    return st.integers(0, decades - 1).flatmap(lambda k: st.integers(10**k, 10 ** (k + 1)))


def _up_to(largest: int) -> SearchStrategy[int]:
    """Whole numbers from 1 to `largest`: small ones often."""
    return st.one_of(st.integers(1, min(largest, 5)), st.integers(1, largest))


def _roots_of_decade(k: int) -> tuple[int, int]:
    """The least and the largest whole number whose square lies in [10^k, 10^(k + 1)]."""
    return math.isqrt(10**k - 1) + 1, math.isqrt(10 ** (k + 1))
