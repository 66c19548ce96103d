"""Logits V e_y of class y from V(0) = 0: each column of V moves by itself, and all its entries but that of its class stay equal.

By the flow dv/dt = −n ω ∂ℓ/∂v, the margin z of class y, its own logit less another, has dz/dt = c n ω/(e^z + c − 1).
"""

from __future__ import annotations

import sympy as sp

from theory.losses.classes import OWN_LABEL, Grouped
from theory.losses.cross_entropy import CrossEntropy
from theory.symbols import c

OWN, NAMED, OTHERS = sp.symbols("x y u", real=True)  # logits: of the sample's class, of one other class, of every remaining one
MASS = sp.Symbol("a", positive=True)  # n ω of the class
MARGIN = sp.Symbol("z", nonnegative=True)


def loss() -> sp.Expr:
    """ℓ of a sample at these logits, for every number of classes c."""
    many = (sp.Integer(1), sp.Integer(1), c - 2)
    return CrossEntropy().sample_loss(Grouped((OWN, NAMED, OTHERS), many), OWN_LABEL, Grouped((sp.Integer(1),) * 3, many))


def downhill() -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    """−a ∂ℓ/∂ of the own logit, of the named one, and of all the remaining ones together, where the others are equal."""
    value = loss()
    own, named, others = (-MASS * sp.diff(value, logit) for logit in (OWN, NAMED, OTHERS))
    equal = {NAMED: OTHERS}
    return own.subs(equal), named.subs(equal), others.subs(equal)


def at_margin(expression: sp.Expr) -> sp.Expr:
    """An expression of the logits at own logit z and 0 for every other."""
    return sp.sympify(expression).subs({OWN: MARGIN, NAMED: 0, OTHERS: 0}, simultaneous=True)


def margin_rate() -> sp.Expr:
    """dz/dt of the flow."""
    own, named, _ = downhill()
    return at_margin(own - named)
