"""The cases that the laws are tried on: small, of every kind, and plain when shrunk."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import sympy as sp
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from proofs import strategies
from proofs.laws.runs import Case
from theory.data.counts import ClassCounts

TIMES = st.sampled_from([(0.0, 1.0), (0.0, 0.25, 1.0), (0.0, 0.5, 1.0, 2.0)])


def _counts() -> SearchStrategy[ClassCounts]:
    return strategies.arbitrary_counts(most_classes=4, largest=3)


@st.composite
def cases(draw: DrawFn, kinds: Sequence[str] = ("balanced", "random", "spectral")) -> Case:
    """A case for most laws: up to four classes of up to three samples, any weights, any start."""
    counts = draw(_counts())
    weights = tuple(map(float, draw(strategies.class_weights(counts))))
    return Case(counts, weights, draw(strategies.initial_conditions(counts, kinds)), draw(TIMES))


@st.composite
def balanced_cases(draw: DrawFn) -> Case:
    """Equal counts, equal weights, spectral start."""
    counts = ClassCounts((draw(st.integers(1, 3)),) * draw(st.integers(2, 4)))
    weight = float(draw(strategies.positive_rationals(4)))
    return Case(counts, (weight,) * counts.c, draw(strategies.initial_conditions(counts, ["spectral"])), draw(TIMES))


@st.composite
def late_cases(draw: DrawFn) -> Case:
    """Spectral start, and one late time by which every mode is learned."""
    case = draw(cases(["spectral"]))
    return dataclasses.replace(case, times=(0.0, _late(case)))


def _late(case: Case) -> float:
    """A time after which Z − L is far below any accuracy asked for here.

    Formula: (2δ + 40)/(σ_min ω_min): no mode escapes or settles at a smaller rate than σ_min ω_min, and e^(−40) is 4e-18.
    """
    return float((2 * float(case.start.delta or 0) + 40) / (case.sigma[-1] * min(case.weights)))


@st.composite
def unweighted_cases(draw: DrawFn) -> Case:
    """No weights, spectral start."""
    counts = draw(_counts())
    return Case(counts, (1.0,) * counts.c, draw(strategies.initial_conditions(counts, ["spectral"])), (0.0, 1.0))


def modes() -> SearchStrategy[tuple[float, float]]:
    """A singular value σ and a start δ, of one mode."""
    sigma = strategies.imbalance_ratios(2).map(lambda R: float(sp.sqrt(R)))
    return st.tuples(sigma, strategies.deltas(10).map(float))
