"""Derivatives at zero logits, where small initialisation starts."""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

UNDEFINED = (sp.nan, sp.zoo, sp.oo, -sp.oo)


def slope_at_zero(value: sp.Expr, logits: Sequence[sp.Symbol], logit: sp.Symbol) -> sp.Expr:
    """∂/∂l of a loss at zero logits.

    Formula: the derivative with zeros put in. Where that is 0/0, as for l/(‖l‖ + ε), whose derivative contains l/‖l‖,
    it is the slope along the axis of the logit: the loss becomes a function of one variable h > 0, and ‖l‖ becomes h.
    Valid when: the loss is differentiable at zero logits, which `theory.losses.checks.check` finds out.
    """
    zero = dict.fromkeys(logits, sp.Integer(0))
    direct = sp.diff(value, logit).xreplace(zero)  # `subs` takes twenty times as long at twenty groups
    if not direct.has(*UNDEFINED):
        return direct
    h = sp.Symbol("h", positive=True)
    along = value.subs({**zero, logit: h}, simultaneous=True)
    return sp.diff(along, h).subs(h, 0)
