"""Squentropy: cross-entropy and the square of the wrong logits."""

from __future__ import annotations

import sympy as sp

from theory.losses.classes import Label, PerClass, number_of_classes, per_class, total
from theory.losses.loss import Loss, LossKind, softmax_loss


class Squentropy(Loss):
    """ℓ = −log p_y + Σ_{k≠y} l_k² / (c − 1) with p = softmax(l)."""

    name = "squentropy"
    source = "Hui, Belkin and Wright, Cut your losses with squentropy, ICML 2023"
    kind = LossKind.GENERAL

    def sample_loss(self, logits: PerClass, label: Label, counts: PerClass) -> sp.Expr:
        squares = total(per_class(lambda logit: logit**2, logits), but=label)
        return softmax_loss(logits, label) + squares / (number_of_classes(logits) - 1)
