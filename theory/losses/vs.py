"""The vector-scaling loss."""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.exact import exact
from theory.losses.classes import Label, PerClass, largest, per_class, total
from theory.losses.loss import Loss, LossKind, softmax_loss


class VectorScaling(Loss):
    """ℓ = cross-entropy of the logits Δ_k l_k + τ log(n_k/n), Δ_k = (n_k/n_max)^κ.

    Arguments: `multiplicative`, κ (the authors' γ); `additive`, τ. κ = 0 is the logit-adjusted loss.
    """

    name = "vs"
    source = "Kini et al., Label-imbalanced and group-sensitive classification, NeurIPS 2021"
    kind = LossKind.GENERAL

    def __init__(self, multiplicative: Any = "3/10", additive: Any = 1) -> None:
        self.multiplicative, self.additive = exact(multiplicative, "multiplicative"), exact(additive, "additive")

    def sample_loss(self, logits: PerClass, label: Label, counts: PerClass) -> sp.Expr:
        n, most = total(counts), largest(counts)

        def adjusted(logit: sp.Expr, count: sp.Expr) -> sp.Expr:
            return (count / most) ** self.multiplicative * logit + self.additive * sp.log(count / n)

        return softmax_loss(per_class(adjusted, logits, counts), label)
