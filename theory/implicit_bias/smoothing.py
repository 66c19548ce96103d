"""Where cross-entropy with smoothed labels is least: the same logits whatever the weights."""

from __future__ import annotations

import sympy as sp

from theory.losses.classes import OWN_LABEL, Grouped
from theory.losses.label_smoothing import LabelSmoothing
from theory.symbols import c

SHARE = sp.Symbol("epsilon", positive=True)  # the share of the label that is spread, 0 < ε < 1
OWN, NAMED, OTHERS = sp.symbols("x y u", real=True)  # logits: of the sample's class, of one other class, of every remaining one


def smoothed(own: sp.Expr = OWN, named: sp.Expr = NAMED, others: sp.Expr = OTHERS) -> sp.Expr:
    """ℓ of a sample at these logits, for every number of classes c and every share."""
    loss = LabelSmoothing()
    loss.smoothing = SHARE  # a symbol: the constructor takes numbers alone
    multiplicities = (sp.Integer(1), sp.Integer(1), c - 2)
    return loss.sample_loss(Grouped((own, named, others), multiplicities), OWN_LABEL, Grouped((sp.Integer(1),) * 3, multiplicities))


def gradient() -> tuple[sp.Expr, sp.Expr]:
    """∂ℓ/∂(own logit) and ∂ℓ/∂(the logit of one other class), not simplified."""
    value = smoothed()
    return sp.diff(value, OWN), sp.diff(value, NAMED)


def softmax() -> tuple[sp.Expr, sp.Expr]:
    """The probabilities of the sample's class and of the named other class."""
    total = sp.exp(OWN) + sp.exp(NAMED) + (c - 2) * sp.exp(OTHERS)
    return sp.exp(OWN) / total, sp.exp(NAMED) / total


def smoothed_labels() -> tuple[sp.Expr, sp.Expr]:
    """The entries of (1 − ε)e_y + ε/c: of the sample's class, and of every other."""
    return 1 - SHARE + SHARE / c, SHARE / c


def end_gain() -> sp.Expr:
    """κ of the end κZ: the logarithm of the quotient of the two entries."""
    own, other = smoothed_labels()
    return sp.log(sp.expand(own / other))
