"""From the loss to its gradient flow, by two routes that share nothing but the loss.

Route 1 (`scalar_flow`) writes the loss out in the entries of W and H and differentiates it entry by entry.
Route 2 is that of every model of `theory.models` (`descent` and `squared_descent` of MODEL), for matrices of any size:
it varies a trace and reads the gradient off.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from theory.losses.loss import Loss, logit_symbols
from theory.models import model

rows, width, samples = model.classes, sp.Symbol("d", positive=True, integer=True), model.samples
W = sp.MatrixSymbol("W", rows, width)
H = sp.MatrixSymbol("H", width, samples)
MODEL = model.Model("unconstrained features", (W, H), W * H)
Z, Omega, G = MODEL.target, MODEL.weights, MODEL.residual  # Ω is diagonal, hence symmetric


def weighted_loss(loss: Loss, logits: sp.Matrix, labels: Sequence[int], weights: Sequence[sp.Expr], counts: Sequence[sp.Expr]) -> sp.Expr:
    """Σ_i ω_{y_i} ℓ(column i of the logits, y_i): a plain sum, no 1/n.

    Arguments: `logits` c × n; `labels` n class indices; `weights` and `counts` one a class.
    """
    return sp.Add(*(weights[label] * loss.sample_loss(tuple(logits[:, i]), label, counts) for i, label in enumerate(labels)))


def scalar_flow(
    loss: Loss, W: sp.Matrix, H: sp.Matrix, labels: Sequence[int], weights: Sequence[sp.Expr], counts: Sequence[sp.Expr]
) -> tuple[sp.Matrix, sp.Matrix]:
    """Route 1: (dW/dt, dH/dt) = minus the entrywise derivatives of the loss written out in W and H.

    Arguments: `W` c × d and `H` d × n with a distinct symbol in every entry.
    """
    total = weighted_loss(loss, W * H, labels, weights, counts)
    return (W.applyfunc(lambda entry: -sp.diff(total, entry)), H.applyfunc(lambda entry: -sp.diff(total, entry)))


def logit_flow(loss: Loss, logits: sp.Matrix, labels: Sequence[int], weights: Sequence[sp.Expr], counts: Sequence[sp.Expr]) -> sp.Matrix:
    """G = −∂(weighted loss)/∂L, c × n, at the given logits; at zero logits the first-order target."""
    symbols = logit_symbols(logits.rows)
    columns = []
    for i, label in enumerate(labels):
        point = dict(zip(symbols, logits[:, i], strict=True))
        columns.append(
            sp.Matrix(
                [-weights[label] * sp.sympify(entry).subs(point, simultaneous=True) for entry in loss.gradient(symbols, label, counts)]
            )
        )
    return sp.Matrix.hstack(*columns)
