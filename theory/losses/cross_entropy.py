"""Cross-entropy of the softmax."""

from __future__ import annotations

import sympy as sp

from theory.losses.classes import Label, PerClass
from theory.losses.loss import Loss, LossKind, softmax_loss


class CrossEntropy(Loss):
    """ℓ = −log p_y with p = softmax(l)."""

    name = "cross-entropy"
    source = "the usual one: torch.nn.functional.cross_entropy"
    kind = LossKind.GENERAL

    def sample_loss(self, logits: PerClass, label: Label, counts: PerClass) -> sp.Expr:
        return softmax_loss(logits, label)
