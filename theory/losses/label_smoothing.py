"""Cross-entropy with smoothed labels."""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.exact import InvalidInput, exact
from theory.losses.classes import Label, PerClass, number_of_classes, total
from theory.losses.loss import Loss, LossKind, softmax_loss


class LabelSmoothing(Loss):
    """ℓ = −Σ_k q_k log p_k with p = softmax(l), q = (1 − ε) e_y + ε/c.

    A class weight multiplies the whole ℓ by the weight of the label. Torch, given `weight` and `label_smoothing` together,
    weighs each class inside the smoothed sum, which is another loss: `WeightedLabelSmoothing`.
    Arguments: `smoothing`, ε in [0, 1).
    """

    name = "label-smoothing"
    source = "Szegedy et al., Rethinking the Inception architecture, CVPR 2016; torch's label_smoothing without weights"
    kind = LossKind.GENERAL

    def __init__(self, smoothing: Any = "1/10") -> None:
        self.smoothing = exact(smoothing, "smoothing")
        if not 0 <= self.smoothing < 1:
            raise InvalidInput(f"smoothing={smoothing} must be ≥ 0 and < 1: it is the share of the label that is spread")

    def sample_loss(self, logits: PerClass, label: Label, counts: PerClass) -> sp.Expr:
        own = softmax_loss(logits, label)
        mean = own + logits[label] - total(logits) / number_of_classes(logits)  # of −log p_k over the classes
        return (1 - self.smoothing) * own + self.smoothing * mean
