"""The squared loss on one-hot labels."""

from __future__ import annotations

import sympy as sp

from theory.losses.classes import Label, PerClass, one_hot, per_class, total
from theory.losses.loss import Loss, LossKind


class SquaredOneHot(Loss):
    """ℓ = ½ ‖e_y − l‖². Its target is not centred: equal logits are one more direction to learn."""

    name = "squared-one-hot"
    source = "Han, Papyan and Donoho, Neural collapse under MSE loss, ICLR 2022"
    kind = LossKind.GENERAL

    def sample_loss(self, logits: PerClass, label: Label, counts: PerClass) -> sp.Expr:
        return total(per_class(lambda y, logit: (y - logit) ** 2, one_hot(logits, label), logits)) / 2
