"""The squared loss on one-hot labels."""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from theory.losses.loss import Loss


class SquaredOneHot(Loss):
    """ℓ = ½ ‖e_y − l‖². Its target is not centred: equal logits are one more direction to learn."""

    name = "squared-one-hot"
    source = "Han, Papyan and Donoho, Neural collapse under MSE loss, ICLR 2022"

    def sample_loss(self, logits: Sequence[sp.Expr], label: int, counts: Sequence[sp.Expr]) -> sp.Expr:
        return sp.Add(*((sp.Integer(k == label) - logit) ** 2 for k, logit in enumerate(logits))) / 2
