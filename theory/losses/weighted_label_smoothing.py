"""Cross-entropy with smoothed labels and class weights as torch has them: inside the smoothed sum."""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.exact import InvalidInput, exact
from theory.losses.classes import Label, PerClass, number_of_classes, per_class, total
from theory.losses.loss import Loss, LossKind, softmax_loss


class WeightedLabelSmoothing(Loss):
    """ℓ = −(1 − ε) w_y log p_y − (ε/c) Σ_k w_k log p_k with p = softmax(l) and w_k = n_k^(−γ).

    This is torch's `CrossEntropyLoss(weight=w, label_smoothing=ε)`, whose weights are those of the classes that a
    smoothed label speaks of. `LabelSmoothing` with class weights multiplies the whole ℓ by the weight of the label
    instead, and has other rates. Class weights given beside this loss multiply ℓ once more.
    Arguments: `smoothing`, ε in [0, 1); `weight_exponent`, γ, exact.
    """

    name = "weighted-label-smoothing"
    source = "torch.nn.CrossEntropyLoss(weight=…, label_smoothing=…)"
    kind = LossKind.GENERAL

    def __init__(self, smoothing: Any = "1/10", weight_exponent: Any = "1/2") -> None:
        self.smoothing, self.weight_exponent = exact(smoothing, "smoothing"), exact(weight_exponent, "weight_exponent")
        if not 0 <= self.smoothing < 1:
            raise InvalidInput(f"smoothing={smoothing} must be ≥ 0 and < 1: it is the share of the label that is spread")

    def sample_loss(self, logits: PerClass, label: Label, counts: PerClass) -> sp.Expr:
        own = softmax_loss(logits, label)
        normalizer = own + logits[label]  # log Σ_k e^(l_k), so that −log p_k = normalizer − l_k
        smoothed = total(per_class(lambda count, logit: count**-self.weight_exponent * (normalizer - logit), counts, logits))
        weighted = counts[label] ** -self.weight_exponent * own
        return (1 - self.smoothing) * weighted + self.smoothing * smoothed / number_of_classes(logits)
