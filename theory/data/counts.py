"""Class counts: explicit, STEP, long-tailed; and their groups of interchangeable classes."""

from __future__ import annotations

import reprlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeVar

import mpmath
import sympy as sp

from theory import symbols
from theory.exact import InvalidInput, exact

MOST_SAMPLES = 10**15  # samples in a class: such a number is exact as a float, and the sum of a thousand fits in 64 bits
LONG_TAIL_DIGITS = 80  # working digits for R^(1 − j/(C−1)): far more than rounding it to a whole number needs
LONG_TAIL_BITS = 240  # bits after the point of such a power: a million products spoil some 70 of them, and 60 tell it from a half


@dataclass(frozen=True)
class Group:
    """`size` interchangeable classes with `count` samples each; both may be symbols."""

    size: sp.Expr
    count: sp.Expr


@dataclass(frozen=True)
class ClassCounts:
    """Samples in each class, in class order: at least two classes, every count a whole number from 1 to MOST_SAMPLES."""

    per_class: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.per_class) < 2:
            raise InvalidInput(
                f"counts={list(self.per_class)} has {len(self.per_class)} class(es) and at least two are needed: imbalance compares classes"
            )
        kinds = set(map(type, self.per_class))
        for count in set(self.per_class) if kinds == {int} else self.per_class:  # True equals 1, and 2.0 equals 2
            if isinstance(count, bool) or not isinstance(count, int) or count < 1:
                raise InvalidInput(f"count={count!r} must be a whole number ≥ 1: drop the class or give it a sample")
            if count > MOST_SAMPLES:
                raise InvalidInput(f"count={reprlib.repr(count)} must be at most 10^15: give fewer samples")

    @property
    def c(self) -> int:
        """Number of classes."""
        return len(self.per_class)

    @property
    def n(self) -> int:
        """Number of samples."""
        return sum(self.per_class)

    @property
    def imbalance_ratio(self) -> sp.Rational:
        """R = max n_j / min n_j ≥ 1."""
        return sp.Rational(max(self.per_class), min(self.per_class))

    @property
    def labels(self) -> tuple[int, ...]:
        """The class of each sample, samples ordered by class."""
        return tuple(j for j, count in enumerate(self.per_class) for _ in range(count))

    def groups(self) -> tuple[Group, ...]:
        """Classes of equal count, largest count first."""
        sizes = Counter(self.per_class)
        return tuple(Group(sp.Integer(sizes[n]), sp.Integer(n)) for n in sorted(sizes, reverse=True))


W = TypeVar("W")  # a weight: an exact number or a float


def interchangeable(counts: ClassCounts, weights: Sequence[W]) -> dict[tuple[int, W], tuple[int, ...]]:
    """For each pair of count and weight the classes that have it, in class order: they may be exchanged.

    Raises: InvalidInput for another number of weights than of classes.
    """
    if len(weights) != counts.c:
        raise InvalidInput(f"weights are {len(weights)} for {counts.c} classes: give one a class")
    # Exact weights are slow to compare, and classes share them: they are compared once an object, not once a class.
    objects: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for j, pair in enumerate(zip(counts.per_class, map(id, weights), strict=True)):
        objects[pair].append(j)
    members: dict[tuple[int, W], list[list[int]]] = {}
    for (count, _), classes in objects.items():
        members.setdefault((count, weights[classes[0]]), []).append(classes)
    return {pair: tuple(parts[0] if len(parts) == 1 else sorted(chain(*parts))) for pair, parts in members.items()}


def weighted_groups(counts: ClassCounts, weights: Sequence[sp.Expr]) -> tuple[tuple[Group, ...], tuple[sp.Expr, ...]]:
    """Groups of classes of equal count and weight, and their weights: the largest count first, then the smallest weight."""
    return groups_of(interchangeable(counts, weights))


def groups_of(members: Mapping[tuple[int, sp.Expr], Sequence[int]]) -> tuple[tuple[Group, ...], tuple[sp.Expr, ...]]:
    """`weighted_groups` from the classes of each pair of count and weight."""
    ordered = sorted(members, key=lambda pair: (-pair[0], float(pair[1])))
    return tuple(Group(sp.Integer(len(members[pair])), sp.Integer(pair[0])) for pair in ordered), tuple(pair[1] for pair in ordered)


def explicit(values: Sequence[Any]) -> ClassCounts:
    """Counts as given, each an exact whole number ≥ 1.

    Raises: InvalidInput, naming the value, for anything else (0, −3, 2.5, NaN, text).
    """
    counts = []
    for value in values:
        number = exact(value, "count")
        if not number.is_Integer or number < 1:
            raise InvalidInput(f"count={value} must be a whole number ≥ 1: drop the class or give it a sample")
        counts.append(int(number))
    return ClassCounts(tuple(counts))


def step(c: Any, ratio: Any, minority_share: Any = sp.Rational(1, 2), n_min: int = 1) -> ClassCounts:
    """STEP(c, R, p): (1−p)c majority classes of R·n_min samples, then pc minority classes of n_min.

    Arguments: `c` whole ≥ 2; `ratio` R ≥ 1 with R·n_min whole; `minority_share` p in (0, 1) with pc whole.
    Raises: InvalidInput where one of these fails.
    Source: the paper's STEP setting, which has p = 1/2 and n_min = 1.
    """
    classes, R, p = exact(c, "c"), exact(ratio, "R"), exact(minority_share, "p")
    if not classes.is_Integer or classes < 2:
        raise InvalidInput(f"c={c} must be a whole number of classes ≥ 2: give for example 10")
    if R < 1:
        raise InvalidInput(f"R={ratio} must be ≥ 1: it is max n_j / min n_j")
    if not 0 < p < 1:
        raise InvalidInput(f"p={minority_share} must lie strictly between 0 and 1: it is the share of minority classes")
    if not (p * classes).is_Integer:
        raise InvalidInput(f"p·c = {p * classes} must be a whole number of minority classes: for c={classes} give p as k/{classes}")
    if not (R * n_min).is_Integer:
        raise InvalidInput(f"R·n_min = {R * n_min} must be a whole number of samples: give whole counts with --counts instead")
    minority = int(p * classes)
    return ClassCounts((int(R * n_min),) * (int(classes) - minority) + (n_min,) * minority)


def long_tailed(c: Any, ratio: Any) -> ClassCounts:
    """n_j = round(R^(1 − j/(C−1))), j = 0 … C−1: from R samples down to one, geometrically.

    Raises: InvalidInput unless C is a whole number ≥ 2 and R ≥ 1.
    """
    classes, R = exact(c, "C"), exact(ratio, "R")
    if not classes.is_Integer or classes < 2:
        raise InvalidInput(f"C={c} must be a whole number of classes ≥ 2: give for example 10")
    if R < 1:
        raise InvalidInput(f"R={ratio} must be ≥ 1: it is max n_j / min n_j")
    return ClassCounts(_powers(R, int(classes) - 1))


def _powers(R: sp.Rational, last: int) -> tuple[int, ...]:
    """round(R^(k/last)) for k = last … 0, each the one before times a fixed-point number; where that is near a half, by itself."""
    with mpmath.workdps(LONG_TAIL_DIGITS):
        base = mpmath.mpf(R.p) / R.q
        ratio, power, found = int(mpmath.ldexp(base ** (mpmath.mpf(1) / last), LONG_TAIL_BITS)), 1 << LONG_TAIL_BITS, []
        half = power >> 1
        for k in range(last + 1):
            whole, rest = power >> LONG_TAIL_BITS, power & (2 * half - 1)
            sure = abs(rest - half) > half >> 60
            found.append(whole + (rest > half) if sure else int(mpmath.nint(base ** (mpmath.mpf(k) / last))))
            power = power * ratio >> LONG_TAIL_BITS
    return tuple(reversed(found))


def symbolic_step(
    n_majority: sp.Expr = symbols.n_majority,
    n_minority: sp.Expr = symbols.n_minority,
    m_majority: sp.Expr = symbols.m_majority,
    m_minority: sp.Expr = symbols.m_minority,
) -> tuple[Group, Group]:
    """STEP with symbolic group sizes and counts: what holds for these symbols holds for every c, R and split."""
    return Group(m_majority, n_majority), Group(m_minority, n_minority)
