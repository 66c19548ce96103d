"""One versus rest: a logistic loss for each class."""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.exact import exact
from theory.losses.classes import Label, PerClass, per_class, total
from theory.losses.loss import Loss, LossKind


class BinaryCrossEntropy(Loss):
    """ℓ = w_y log(1 + e^(−l_y)) + Σ_{k≠y} log(1 + e^(l_k)) with w_k = n_k^(−γ), torch's `pos_weight`.

    `pos_weight` weighs the term of the own class alone; a class weight given beside this loss weighs the whole of ℓ.
    Arguments: `positive_exponent`, γ, exact; 0 is no `pos_weight`.
    """

    name = "binary-cross-entropy"
    source = "torch.nn.BCEWithLogitsLoss(pos_weight=…) of one-hot labels, summed over the classes"
    kind = LossKind.GENERAL

    def __init__(self, positive_exponent: Any = 0) -> None:
        self.positive_exponent = exact(positive_exponent, "positive_exponent")

    def sample_loss(self, logits: PerClass, label: Label, counts: PerClass) -> sp.Expr:
        others = total(per_class(lambda logit: sp.log(1 + sp.exp(logit)), logits), but=label)
        return counts[label] ** -self.positive_exponent * sp.log(1 + sp.exp(-logits[label])) + others
