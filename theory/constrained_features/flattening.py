"""What flattens: weights at which contrasts of classes of different counts have equal rates, by class means.

A contrast of two classes of one group, of n samples and weight ω each, has the squared rate (nω)² D at a small start
(*rich*) and the rate nω D in the lazy flow, where D is half the mean squared distance of two class means of the group. For
a block Gram matrix D = β − κ = (1 − ρ)(1/n + θ), θ = (ρ − κ)/(1 − ρ). Exponents and weights are found from the equation of
equal rates, with the rates as the block algebra gives them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import sympy as sp

from theory.constrained_features.rates import centred_gram, lazy_gram, masses
from theory.data.counts import Group
from theory.data.inputs import class_mean_gram
from theory.exact import InvalidInput, exact
from theory.symbols import gamma, m_majority, m_minority, n_majority, n_minority, signal, similarity_between, similarity_within

_COUNT, _WEIGHT = sp.symbols("n omega", positive=True)
_MAJORITY_DISTANCE, _MINORITY_DISTANCE = sp.symbols("D_maj D_min", positive=True)


@dataclass(frozen=True)
class Rates:
    """A number for each regime: `rich`, of the flow from a small start; `lazy`, of the lazy flow."""

    rich: Any
    lazy: Any


@cache
def contrast_rates(count: sp.Expr = _COUNT, weight: sp.Expr = _WEIGHT) -> Rates:
    """(a²(β − κ), a(β − κ)), the squared rich rate and the lazy rate of a contrast inside a group, a = nω; block Gram matrix.

    They do not depend on the other groups: here there is one, and the values are those of the block algebra.
    """
    groups = (Group(m_majority, count), Group(m_minority, _COUNT))
    mass, means = masses(groups, (weight, _WEIGHT)), class_mean_gram(groups)
    (_, rich, _), *_ = centred_gram(means, mass).within()
    (_, lazy, _), *_ = lazy_gram(means, mass).within()
    return Rates(rich, lazy)


def _relative_rates(count: sp.Expr, weight: sp.Expr, theta: sp.Expr) -> Rates:
    """`contrast_rates` in units of 1 − ρ: nω²(1 + θn) and ω(1 + θn)."""
    between = similarity_within - signal * (1 - similarity_within)
    found = contrast_rates()
    at = {_COUNT: count, _WEIGHT: weight, signal: theta}
    relative = (sp.factor(value.subs(similarity_between, between) / (1 - similarity_within)).subs(at) for value in (found.rich, found.lazy))
    return Rates(*relative)


def exponent_of_equal(majority: sp.Expr, minority: sp.Expr) -> sp.Expr:
    """The exponent γ at which two rates in which γ stands in powers n^(−kγ) are equal.

    The logarithm of their ratio is a line in γ, and this is its root. Raises: InvalidInput where the line is level.
    """
    slope = sp.simplify(sp.diff(sp.log(majority), gamma) - sp.diff(sp.log(minority), gamma))
    if slope == 0:
        raise InvalidInput("the counts are equal, so every exponent gives equal weights: give a majority and a minority count that differ")
    start = sp.factor(majority.subs(gamma, 0) / minority.subs(gamma, 0))
    return -sp.log(start) / slope


@cache
def _exponents() -> Rates:
    """γ*_rich and γ*_lazy of a block Gram matrix, in n_maj, n_min and θ."""
    majority, minority = (_relative_rates(count, count**-gamma, signal) for count in (n_majority, n_minority))
    return Rates(exponent_of_equal(majority.rich, minority.rich), exponent_of_equal(majority.lazy, minority.lazy))


def _at(formula: sp.Expr, n_maj: Any, n_min: Any, theta: Any) -> sp.Expr:
    values = {n_majority: exact(n_maj, "majority count"), n_minority: exact(n_min, "minority count"), signal: exact(theta, "theta")}
    require_unequal(values[n_majority], values[n_minority])
    for count in (values[n_majority], values[n_minority]):
        require_signal(count, values[signal])
    return formula.subs(values, simultaneous=True)


def require_unequal(n_maj: sp.Expr, n_min: sp.Expr) -> None:
    """Raises: InvalidInput where majority and minority have one count."""
    if n_maj == n_min:
        raise InvalidInput(f"majority and minority count are both {n_maj}, and every exponent gives equal weights: give counts that differ")


def require_signal(count: sp.Expr, theta: sp.Expr) -> None:
    """Raises: InvalidInput where two class means of this count would have no distance, or a negative squared one."""
    if (1 + theta * count).is_positive is False:
        raise InvalidInput(f"theta={theta} must be > −1/{count}: two class means of {count} samples have a squared distance ∝ 1 + θn > 0")


def rich_exponent(n_maj: Any, n_min: Any, theta: Any) -> sp.Expr:
    """γ*_rich = 1/2 + ln((1 + θ n_maj)/(1 + θ n_min))/(2 ln R): contrasts escape a small start together at ω = n^(−γ).

    Arguments: exact numbers or symbols; θ = (ρ − κ)/(1 − ρ). Valid when: 1 + θn > 0, so that rates are positive.
    Raises: InvalidInput for floats, equal counts, and 1 + θn ≤ 0.
    """
    return _at(_exponents().rich, n_maj, n_min, theta)


def lazy_exponent(n_maj: Any, n_min: Any, theta: Any) -> sp.Expr:
    """γ*_lazy = ln((1 + θ n_maj)/(1 + θ n_min))/ln R: contrasts have equal rates in the lazy flow; else as `rich_exponent`."""
    return _at(_exponents().lazy, n_maj, n_min, theta)


def rich_weights(counts: Sequence[Any], theta: Any) -> tuple[sp.Expr, ...]:
    """ω_j ∝ (n_j (1 + θ n_j))^(−1/2), the last one 1: contrasts of any counts have equal rich rates; all modes, where κ = 0.

    Arguments: `counts`, one a class or group; exact numbers or symbols. Raises: InvalidInput as `rich_exponent`.
    """
    return tuple(sp.sqrt(1 / value) for value in _ratios(counts, theta, "rich"))


def lazy_weights(counts: Sequence[Any], theta: Any) -> tuple[sp.Expr, ...]:
    """ω_j ∝ 1/(1 + θ n_j), the last one 1: contrasts of any counts have equal lazy rates; else as `rich_weights`."""
    return tuple(1 / value for value in _ratios(counts, theta, "lazy"))


def _ratios(counts: Sequence[Any], theta: Any, regime: str) -> list[sp.Expr]:
    """The rate of each class at weight 1 over that of the last: the rich one grows as ω², the lazy one as ω."""
    numbers, signal_to_noise = [exact(count, "class count") for count in counts], exact(theta, "theta")
    for count in numbers:
        require_signal(count, signal_to_noise)
    values = [getattr(_relative_rates(count, sp.Integer(1), signal_to_noise), regime) for count in numbers]
    return [value / values[-1] for value in values]


def contrast_means(B: Any, members: Sequence[int]) -> Any:
    """D of a group of classes, half the mean squared distance of two class means: (tr B_g − 1ᵀB_g1/m)/(m − 1).

    Arguments: `B`, c × c, the Gram matrix of the class means: a SymPy matrix or an array; `members`, the classes of the group.
    Raises: InvalidInput for a group of one class, which has no contrast.
    """
    m = len(members)
    if m < 2:
        raise InvalidInput(f"the group {list(members)} must have two classes or more: one class has no contrast")
    own = sum(B[j, j] for j in members)
    return (own - sum(B[j, k] for j in members for k in members) / m) / (m - 1)


@cache
def exponents_by_distances() -> Rates:
    """γ*_rich = 1 + ln(D_maj/D_min)/(2 ln R) and γ*_lazy = 1 + ln(D_maj/D_min)/ln R, in D_maj, D_min, n_maj and n_min."""
    mass = [count ** (1 - gamma) for count in (n_majority, n_minority)]
    rich, lazy = (
        [a**power * distance for a, distance in zip(mass, (_MAJORITY_DISTANCE, _MINORITY_DISTANCE), strict=True)] for power in (2, 1)
    )
    return Rates(exponent_of_equal(*rich), exponent_of_equal(*lazy))


def exponents_by_class_means(B: Any, majority: Sequence[int], minority: Sequence[int], n_maj: Any, n_min: Any) -> Rates:
    """The flattening exponents of STEP for any inputs: γ at which the mean rates of majority and minority contrasts are equal.

    Arguments: `B` as in `contrast_means` (a float in it is taken for the dyadic number that it is); the classes and the
    count of each group, in whole numbers. Returns: exact expressions, to be evaluated as precisely as one likes.
    Raises: InvalidInput for groups of one class, equal counts, and class means of a group that are all equal.
    """
    distances = [contrast_means(B, members) for members in (majority, minority)]
    D_maj, D_min = (D if isinstance(D, sp.Expr) else sp.Rational(Fraction(D)) for D in distances)
    for D in (D_maj, D_min):
        if D.is_positive is False:
            raise InvalidInput(
                f"the mean squared distance of two class means of a group is {2 * D} and must be > 0: give inputs that differ"
            )
    values = {_MAJORITY_DISTANCE: D_maj, _MINORITY_DISTANCE: D_min, n_majority: exact(n_maj, "count"), n_minority: exact(n_min, "count")}
    require_unequal(values[n_majority], values[n_minority])
    found = exponents_by_distances()
    return Rates(*(formula.subs(values, simultaneous=True) for formula in (found.rich, found.lazy)))
