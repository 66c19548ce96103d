"""Cross-entropy of the softmax."""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from theory.losses.loss import Loss, softmax_loss


class CrossEntropy(Loss):
    """ℓ = −log p_y with p = softmax(l)."""

    name = "cross-entropy"
    source = "the usual one: torch.nn.functional.cross_entropy"

    def sample_loss(self, logits: Sequence[sp.Expr], label: int, counts: Sequence[sp.Expr]) -> sp.Expr:
        return softmax_loss(logits, label)
