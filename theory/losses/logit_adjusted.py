"""The logit-adjusted loss; balanced softmax is its τ = 1."""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.exact import exact
from theory.losses.classes import Label, PerClass, per_class, total
from theory.losses.loss import Loss, LossKind, softmax_loss


class LogitAdjusted(Loss):
    """ℓ = cross-entropy of the logits l_k + τ log(n_k/n).

    Arguments: `tau`, τ; 1 is balanced softmax, 0 is cross-entropy.
    """

    name = "logit-adjusted"
    source = "Menon et al., Long-tail learning via logit adjustment, ICLR 2021; τ = 1: Ren et al., NeurIPS 2020"
    kind = LossKind.GENERAL

    def __init__(self, tau: Any = 1) -> None:
        self.tau = exact(tau, "tau")

    def sample_loss(self, logits: PerClass, label: Label, counts: PerClass) -> sp.Expr:
        n = total(counts)
        return softmax_loss(per_class(lambda logit, count: logit + self.tau * sp.log(count / n), logits, counts), label)
