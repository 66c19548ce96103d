"""Label-distribution-aware margins."""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.exact import InvalidInput, exact
from theory.losses.classes import Label, PerClass, one_hot, per_class, smallest
from theory.losses.loss import Loss, LossKind, softmax_loss


class LDAM(Loss):
    """ℓ = cross-entropy of s (l − Δ_y e_y), Δ_j = m n_j^(−1/4) / max_k n_k^(−1/4).

    Arguments: `scale`, s > 0; `largest_margin`, m ≥ 0, the margin of the smallest class. The authors'
    logits are cosines; here they are free.
    """

    name = "ldam"
    source = "Cao et al., Learning imbalanced datasets with label-distribution-aware margin loss, NeurIPS 2019"
    kind = LossKind.GENERAL

    def __init__(self, scale: Any = 30, largest_margin: Any = "1/2") -> None:
        self.scale, self.largest_margin = exact(scale, "scale"), exact(largest_margin, "largest_margin")
        if not self.scale > 0:
            raise InvalidInput(f"scale={scale} must be > 0: it multiplies the logits")

    def sample_loss(self, logits: PerClass, label: Label, counts: PerClass) -> sp.Expr:
        margin = self.largest_margin * (smallest(counts) / counts[label]) ** sp.Rational(1, 4)
        own = one_hot(logits, label)
        return softmax_loss(per_class(lambda y, logit: self.scale * (logit - margin * y), own, logits), label)
