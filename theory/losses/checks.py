"""The checks that a loss must pass before anything is derived from it; each failure is told in one line."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import sympy as sp

from theory.exact import InvalidInput
from theory.losses.at_zero import slope_at_zero
from theory.losses.classes import Label, PerClass, entries_of, number_of_classes
from theory.losses.loss import Loss, logit_symbols

KINKED = (sp.Abs, sp.Max, sp.Min, sp.sign, sp.Heaviside, sp.Piecewise, sp.floor, sp.ceiling, sp.frac)
CHECKED_COUNTS = (5, 3, 2)  # few classes, no two of equal count


@lru_cache(maxsize=256)
def check(loss: Loss, counts: tuple[int, ...] = CHECKED_COUNTS) -> Loss:
    """The loss itself, if it is one that can be derived from.

    Checked: for these counts, each label gives one exact, real, finite expression of the logits alone, which
    depends on the label and is differentiable at zero logits.
    Raises: InvalidInput, one line, for the first of these that fails.
    """
    c = len(counts)
    logits, exact_counts = logit_symbols(c), tuple(map(sp.Integer, counts))
    values = [sample_value(loss, logits, label, exact_counts) for label in range(c)]
    zero = dict.fromkeys(logits, sp.Integer(0))
    for label, value in enumerate(values):
        at_zero = value.subs(zero, simultaneous=True)
        if not _finite(at_zero):
            raise InvalidInput(
                f"{_named(loss)} is {at_zero} at zero logits for label {label}: small initialisation starts "
                "there, so it must be a finite real number"
            )
    if all(_same(value, values[0], logits) for value in values[1:]):
        raise InvalidInput(f"{_named(loss)} is {values[0]} for every label: a loss must depend on the label")
    for label, value in enumerate(values):
        where = kink_at_zero(value, logits)
        if where is not None:
            raise InvalidInput(
                f"{_named(loss)} is not differentiable at zero logits along {where} for label {label}, and the "
                "flow at small initialisation starts there: smooth it at zero"
            )
    return loss


def sample_value(loss: Loss, logits: PerClass, label: Label, counts: PerClass) -> sp.Expr:
    """ℓ(logits, label) as an exact SymPy expression of the logits (and of symbolic counts and numbers of classes).

    Raises: InvalidInput where `sample_loss` fails, returns something else, a float, or unknown symbols.
    """
    try:
        value: Any = loss.sample_loss(logits, label, counts)
    except InvalidInput:
        raise
    except Exception as error:  # noqa: BLE001 - a user's code may raise anything, and the user is told what
        raise InvalidInput(
            f"{_named(loss)}: sample_loss stopped with {type(error).__name__}: "
            f"{' '.join(str(error).split())}; use SymPy's functions (sp.exp, sp.log, sp.Max)"
        ) from None
    if isinstance(value, (int, sp.Expr)) and not isinstance(value, bool) and not getattr(value, "is_Matrix", False):
        value = sp.sympify(value)
    elif isinstance(value, float):
        raise InvalidInput(_float(loss, value))
    else:
        raise InvalidInput(
            f"{_named(loss)}: sample_loss returns a {type(value).__name__}, and one SymPy expression is "
            "needed, the loss of one sample: add its entries up"
        )
    if value.has(sp.Float):
        raise InvalidInput(_float(loss, min(value.atoms(sp.Float), key=str)))
    if value.has(sp.nan, sp.zoo, sp.oo, -sp.oo):
        raise InvalidInput(
            f"{_named(loss)} is {value} for label {label}, which is not finite: divide and take logarithms only of what is positive"
        )
    given = (*entries_of(logits), *entries_of(counts), number_of_classes(logits))
    known = {symbol for entry in given for symbol in sp.sympify(entry).free_symbols}
    strange = sorted(map(str, value.free_symbols - known))
    if strange:
        raise InvalidInput(
            f"{_named(loss)} holds {', '.join(strange)}, which is neither a logit nor a count: give parameters "
            "exact values in the constructor"
        )
    return value


def kink_at_zero(value: sp.Expr, logits: Sequence[sp.Symbol]) -> str | None:
    """A direction along which the loss has no derivative at zero logits, or None.

    Analytic pieces are differentiated; where a piece can have a kink, the two one-sided slopes along every
    axis and along one oblique direction are compared, the oblique one with the sum of the axes' slopes.
    """
    if not _may_have_kinks(value, logits):
        return next((str(logit) for logit in logits if not _finite(slope_at_zero(value, logits, logit))), None)
    oblique = tuple(sp.Integer(2 * k + 1) for k in range(len(logits)))
    axes = [tuple(sp.Integer(j == k) for j in range(len(logits))) for k in range(len(logits))]
    slopes = []
    for direction in (*axes, oblique):
        right, left = (_one_sided_slope(value, logits, direction, side) for side in (1, -1))
        if not (_finite(right) and _finite(left)) or sp.simplify(right - left) != 0:
            return " + ".join(f"{x}·{logit}" if x != 1 else str(logit) for x, logit in zip(direction, logits, strict=True) if x != 0)
        slopes.append(right)
    gap = slopes[-1] - sp.Add(*(x * slope for x, slope in zip(oblique, slopes, strict=False)))
    return None if sp.simplify(gap) == 0 else "an oblique direction"


def bend_at_zero(loss: Loss, counts: Sequence[int] = CHECKED_COUNTS) -> str | None:
    """Where the gradient of a loss is not differentiable at zero logits, in words; None for a smooth loss."""
    logits, exact_counts = logit_symbols(len(counts)), tuple(map(sp.Integer, counts))
    for label in range(len(counts)):
        value = sample_value(loss, logits, label, exact_counts)
        if _may_have_kinks(value, logits):
            for logit in logits:
                where = kink_at_zero(sp.diff(value, logit), logits)
                if where is not None:
                    return f"the derivative by {logit} has a kink along {where} for label {label}"
    return None


def _may_have_kinks(value: sp.Expr, logits: Sequence[sp.Symbol]) -> bool:
    return value.has(*KINKED) or any(
        not power.exp.is_Integer and bool(power.base.free_symbols & set(logits)) for power in value.atoms(sp.Pow)
    )


def _one_sided_slope(value: sp.Expr, logits: Sequence[sp.Symbol], direction: Sequence[sp.Expr], side: int) -> sp.Expr:
    """d/dh of the loss at logits h · direction as h → 0 from one side, on the analytic branch it has there."""
    h = sp.Symbol("h", positive=True)  # so that powers and absolute values of h are decided
    along = value.subs(dict(zip(logits, (side * h * x for x in direction), strict=True)), simultaneous=True)
    branch = along.replace(lambda node: isinstance(node, KINKED), lambda node: _branch(node, h))
    return side * sp.diff(branch, h).subs(h, 0)


def _branch(node: sp.Expr, h: sp.Symbol) -> sp.Expr:
    """The analytic expression that a node with a kink equals for small h > 0, decided at h = 10^(−12)."""
    small = {h: sp.Rational(1, 10**12)}
    if isinstance(node, (sp.Max, sp.Min)):
        return (max if isinstance(node, sp.Max) else min)(node.args, key=lambda arg: arg.subs(small).evalf(30))
    if isinstance(node, sp.Abs):
        return node.args[0] if node.args[0].subs(small).evalf(30) >= 0 else -node.args[0]
    if isinstance(node, sp.Piecewise):
        return next(piece for piece, condition in node.args if condition.subs(small) == sp.true)
    return node.subs(small)


def _same(one: sp.Expr, other: sp.Expr, logits: Sequence[sp.Symbol]) -> bool:
    """Whether two losses agree at a few unrelated points, at which formulas that differ would not agree."""
    points = ([sp.Rational((-1) ** k * (3 * k + 2 + shift), 7 + 2 * shift) for k in range(len(logits))] for shift in range(3))
    return one == other or all(
        abs((one - other).subs(dict(zip(logits, point, strict=True)), simultaneous=True).evalf(30)) < sp.Rational(1, 10**20)
        for point in points
    )


def _finite(number: sp.Expr) -> bool:
    return not number.has(sp.nan, sp.zoo, sp.oo, -sp.oo) and bool(number.is_real) and number.is_finite is not False


def _float(loss: Loss, number: Any) -> str:
    return f"{_named(loss)} holds the floating-point number {number}, and only exact numbers are taken here: write it as sp.Rational"


def _named(loss: Loss) -> str:
    return f"loss={getattr(loss, 'name', type(loss).__name__)}"
