"""Squentropy: cross-entropy and the square of the wrong logits."""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from theory.losses.loss import Loss, softmax_loss


class Squentropy(Loss):
    """ℓ = −log p_y + Σ_{k≠y} l_k² / (c − 1) with p = softmax(l)."""

    name = "squentropy"
    source = "Hui, Belkin and Wright, Cut your losses with squentropy, ICML 2023"

    def sample_loss(self, logits: Sequence[sp.Expr], label: int, counts: Sequence[sp.Expr]) -> sp.Expr:
        squares = sp.Add(*(logit**2 for k, logit in enumerate(logits) if k != label))
        return softmax_loss(logits, label) + squares / (len(logits) - 1)
