"""Whether a loss is convex in the logits: by the rules of convex calculus, or refuted by a curved direction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy as sp

from theory.losses.loss import Loss, logit_symbols

DIGITS = 40
CURVED = sp.Rational(1, 10**15)  # a curvature computed with 40 digits has the right sign where its size is above this


@dataclass(frozen=True)
class Convexity:
    """Whether a loss is convex: `holds` is True by rules, False by a witness, None where undecided; `reason` says why."""

    holds: bool | None
    reason: str


def convexity(loss: Loss, counts: Sequence[int]) -> Convexity:
    """Whether ℓ(·, label) is convex in the logits for every label, at explicit counts.

    Rules: an affine function, the square of one, and the logarithm of a positive combination of exponentials of
    affine functions are convex, and so is a maximum or a non-negative combination of convex functions. Where no rule applies, the Hessian
    is evaluated at some rational points: one negative curvature there is a refutation.
    """
    logits, exact_counts = logit_symbols(len(counts)), tuple(map(sp.Integer, counts))
    values = [sp.expand_log(sp.sympify(loss.sample_loss(logits, label, exact_counts))) for label in range(len(counts))]
    if all(convex_by_rules(value, logits) for value in values):
        return Convexity(True, "by rules: affine functions, their squares, log-sum-exps, and non-negative combinations of these")
    for label, value in enumerate(values):
        witness = negative_curvature(value, logits)
        if witness is not None:
            point, curvature = witness
            return Convexity(
                False, f"label {label} at logits ({', '.join(map(str, point))}): the Hessian has the eigenvalue {sp.N(curvature, 6)}"
            )
    return Convexity(None, "no rule applies and no negative curvature was met")


def convex_by_rules(value: sp.Expr, logits: Sequence[sp.Symbol]) -> bool:
    """Whether the rules of `convexity` show that the expression is convex in the logits."""
    if _affine(value, logits):
        return True
    if value.is_Add:
        curved = [term for term in value.args if not _affine(term, logits)]
        return all(convex_by_rules(term, logits) for term in curved) or _convex_quadratic(value, logits)
    scale, rest = value.as_independent(*logits, as_Add=False)
    if scale != 1 and scale.is_nonnegative:
        return convex_by_rules(rest, logits)
    if value.is_Pow and value.exp == 2:
        return _affine(value.base, logits)
    if isinstance(value, sp.Max):
        return all(convex_by_rules(arg, logits) for arg in value.args)
    if isinstance(value, sp.exp):
        return _affine(value.args[0], logits)
    return isinstance(value, sp.log) and all(_positive_exponential(term, logits) for term in sp.Add.make_args(value.args[0]))


def _convex_quadratic(value: sp.Expr, logits: Sequence[sp.Symbol]) -> bool:
    if not (value.is_polynomial(*logits) and sp.Poly(value, *logits).total_degree() <= 2):
        return False
    return bool(sp.hessian(value, logits).is_positive_semidefinite)


def _affine(value: sp.Expr, logits: Sequence[sp.Symbol]) -> bool:
    return bool(value.is_polynomial(*logits)) and sp.Poly(value, *logits).total_degree() <= 1


def _positive_exponential(term: sp.Expr, logits: Sequence[sp.Symbol]) -> bool:
    scale, rest = term.as_independent(*logits, as_Add=False)
    exponents = [factor.args[0] for factor in sp.Mul.make_args(rest) if isinstance(factor, sp.exp)]
    return bool(scale.is_positive) and (
        rest == 1 or (len(exponents) == len(sp.Mul.make_args(rest)) and all(_affine(exponent, logits) for exponent in exponents))
    )


def negative_curvature(value: sp.Expr, logits: Sequence[sp.Symbol]) -> tuple[tuple[sp.Expr, ...], sp.Expr] | None:
    """A rational point and a negative second derivative along an axis or a difference of two axes there, or None."""
    hessian = sp.hessian(value, logits)
    for scale in (0, 1, -2, 3, -5, 8):
        point = tuple(sp.Rational(scale * (-1) ** k, k + 1) for k in range(len(logits)))
        at = hessian.evalf(DIGITS, subs=dict(zip(logits, point, strict=True)))
        for i in range(len(logits)):
            for j in range(i):
                along = at[i, i] + at[j, j] - 2 * at[i, j]
                if along.is_real and along < -CURVED:
                    return point, along
            if at[i, i].is_real and at[i, i] < -CURVED:
                return point, at[i, i]
    return None
