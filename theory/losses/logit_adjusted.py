"""The logit-adjusted loss; balanced softmax is its τ = 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp

from theory.exact import exact
from theory.losses.loss import Loss, softmax_loss


class LogitAdjusted(Loss):
    """ℓ = cross-entropy of the logits l_k + τ log(n_k/n).

    Arguments: `tau`, τ; 1 is balanced softmax, 0 is cross-entropy.
    """

    name = "logit-adjusted"
    source = "Menon et al., Long-tail learning via logit adjustment, ICLR 2021; τ = 1: Ren et al., NeurIPS 2020"

    def __init__(self, tau: Any = 1) -> None:
        self.tau = exact(tau, "tau")

    def sample_loss(self, logits: Sequence[sp.Expr], label: int, counts: Sequence[sp.Expr]) -> sp.Expr:
        n = sp.Add(*counts)
        adjusted = [logit + self.tau * sp.log(count / n) for logit, count in zip(logits, counts, strict=True)]
        return softmax_loss(adjusted, label)
