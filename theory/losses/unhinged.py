"""The unhinged loss: linear in the logits."""

from __future__ import annotations

import sympy as sp

from theory.losses.classes import Label, PerClass, number_of_classes, total
from theory.losses.loss import Loss, LossKind


class Unhinged(Loss):
    """ℓ = 1 − z_yᵀ l = 1 − (l_y − mean of the logits): no minimum, and a flow that is linear for all time.

    For two classes this is 1 − margin/2, the hinge loss without its hinge.
    """

    name = "unhinged"
    source = "van Rooyen, Menon and Williamson, NeurIPS 2015; Zhou et al., arXiv 2312.07841 (2023), for many classes"
    kind = LossKind.LINEAR

    def sample_loss(self, logits: PerClass, label: Label, counts: PerClass) -> sp.Expr:
        return 1 - logits[label] + total(logits) / number_of_classes(logits)
