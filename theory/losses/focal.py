"""The focal loss."""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.exact import InvalidInput, exact
from theory.losses.classes import Label, PerClass, per_class, total
from theory.losses.loss import Loss, LossKind


class Focal(Loss):
    """ℓ = −(1 − p_y)^g log p_y with p = softmax(l), unweighted.

    Arguments: `focusing`, g ≥ 0; 0 is cross-entropy. Class weights multiply this ℓ and do not enter p. (The
    variant in the LDAM authors' code takes p from the weighted cross-entropy, which is another loss.)
    """

    name = "focal"
    source = "Lin et al., Focal loss for dense object detection, ICCV 2017"
    kind = LossKind.GENERAL

    def __init__(self, focusing: Any = 2) -> None:
        self.focusing = exact(focusing, "focusing")
        if not self.focusing >= 0:
            raise InvalidInput(f"focusing={focusing} must be ≥ 0: it is a power of 1 − p")

    def sample_loss(self, logits: PerClass, label: Label, counts: PerClass) -> sp.Expr:
        others = total(per_class(lambda logit: sp.exp(logit - logits[label]), logits), but=label)
        # p = 1/(1 + others)
        return (others / (1 + others)) ** self.focusing * sp.log(1 + others)
