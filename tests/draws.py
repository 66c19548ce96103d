"""Random experiments for the properties: exact values, every decade of R, the edge cases often."""

from fractions import Fraction

import sympy as sp
from hypothesis import strategies as st

from theory.counts import ClassCounts, Group


def ratios(maximum_decades=6):
    """R ≥ 1, exact: 1 often, every decade alike, squares often (so that √R is rational)."""
    decade = st.integers(0, maximum_decades).flatmap(lambda k: st.integers(10**k, 10 ** (k + 1)))
    return st.one_of(st.just(1), st.integers(2, 1000).map(lambda k: k * k), decade,
                     st.fractions(1, 100, max_denominator=50)).map(sp.Rational)


def exponents():
    """γ in [0, 1], with 0, 1/2 and 1 often."""
    return st.one_of(st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(1)]),
                     st.fractions(0, 1, max_denominator=12)).map(sp.Rational)


def positive_rationals(maximum=100):
    return st.fractions(Fraction(1, 20), maximum, max_denominator=20).map(sp.Rational)


def group_sizes(most_groups=3, largest=4):
    """Sizes of interchangeable groups with at least two classes in all; groups of one class often."""
    return st.lists(st.integers(1, largest), min_size=1, max_size=most_groups).filter(lambda sizes: sum(sizes) >= 2)


@st.composite
def groups(draw, most_groups=3):
    sizes = draw(group_sizes(most_groups))
    counts = draw(st.lists(st.integers(1, 50), min_size=len(sizes), max_size=len(sizes), unique=True))
    return tuple(Group(sp.Integer(size), sp.Integer(count)) for size, count in zip(sizes, counts, strict=True))


def class_counts(largest=30, most_classes=6):
    """Arbitrary counts, ties often, c = 2 often."""
    few = st.lists(st.sampled_from([1, 2, 5, largest]), min_size=2, max_size=most_classes)
    many = st.lists(st.integers(1, largest), min_size=2, max_size=most_classes)
    return st.one_of(few, many).map(lambda counts: ClassCounts(tuple(counts)))
