"""The squared loss on simplex-encoded labels."""

from __future__ import annotations

import sympy as sp

from theory.losses.classes import Label, PerClass, number_of_classes, one_hot, per_class, total
from theory.losses.loss import Loss, LossKind


class Squared(Loss):
    """ℓ = ½ ‖z_y − l‖² with z_y = e_y − 1/c, the centred one-hot label."""

    name = "squared"
    source = "Zhao and Thrampoulidis, arXiv 2601.12011 (2026): the squared loss on simplex-encoded labels"
    kind = LossKind.SQUARED

    def sample_loss(self, logits: PerClass, label: Label, counts: PerClass) -> sp.Expr:
        own, c = one_hot(logits, label), number_of_classes(logits)
        return total(per_class(lambda y, logit: (y - 1 / c - logit) ** 2, own, logits)) / 2
