"""Cross-entropy with smoothed labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp

from theory.exact import InvalidInput, exact
from theory.losses.loss import Loss, softmax_loss


class LabelSmoothing(Loss):
    """ℓ = −Σ_k q_k log p_k with p = softmax(l), q = (1 − ε) e_y + ε/c.

    Arguments: `smoothing`, ε in [0, 1).
    """

    name = "label-smoothing"
    source = "Szegedy et al., Rethinking the Inception architecture, CVPR 2016; torch's label_smoothing"

    def __init__(self, smoothing: Any = "1/10") -> None:
        self.smoothing = exact(smoothing, "smoothing")
        if not 0 <= self.smoothing < 1:
            raise InvalidInput(f"smoothing={smoothing} must be ≥ 0 and < 1: it is the share of the label "
                               "that is spread")

    def sample_loss(self, logits: Sequence[sp.Expr], label: int, counts: Sequence[sp.Expr]) -> sp.Expr:
        uniform = sp.Add(*(softmax_loss(logits, k) for k in range(len(logits)))) / len(logits)
        return (1 - self.smoothing) * softmax_loss(logits, label) + self.smoothing * uniform
