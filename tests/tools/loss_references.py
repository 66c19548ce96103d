"""References for the library's losses: torch's own loss where torch has it, plain tensor algebra elsewhere."""

from __future__ import annotations

from fractions import Fraction

import torch
import torch.nn.functional as F


def squared(logits, y, counts):
    target = F.one_hot(y, len(counts)).to(logits)
    return 0.5 * F.mse_loss(logits, target - target.mean(), reduction="sum")


def squared_one_hot(logits, y, counts):
    return 0.5 * F.mse_loss(logits, F.one_hot(y, len(counts)).to(logits), reduction="sum")


def cross_entropy(logits, y, counts):
    return F.cross_entropy(logits, y)


def label_smoothing(logits, y, counts, smoothing="1/10"):
    return F.cross_entropy(logits, y, label_smoothing=float(Fraction(smoothing)))


def weighted_label_smoothing(logits, y, counts, smoothing="1/10", weight_exponent="1/2"):
    weight = counts ** -float(Fraction(weight_exponent))
    return F.cross_entropy(logits, y, weight=weight, label_smoothing=float(Fraction(smoothing)), reduction="sum")


def binary_cross_entropy(logits, y, counts, positive_exponent="0"):
    target = F.one_hot(y, len(counts)).to(logits)
    weight = counts ** -float(Fraction(positive_exponent))
    return F.binary_cross_entropy_with_logits(logits, target, pos_weight=weight, reduction="sum")


def logit_adjusted(logits, y, counts, tau="1"):
    return F.cross_entropy(logits + float(Fraction(tau)) * torch.log(counts / counts.sum()), y)


def ldam(logits, y, counts, scale="30", largest_margin="1/2"):
    margins = counts ** (-0.25)
    margins = margins * (float(Fraction(largest_margin)) / margins.max())
    shifted = torch.where(F.one_hot(y, len(counts)).bool(), logits - margins, logits)
    return F.cross_entropy(float(Fraction(scale)) * shifted, y)


def vs(logits, y, counts, multiplicative="3/10", additive="1"):
    factors = (counts / counts.max()) ** float(Fraction(multiplicative))
    return F.cross_entropy(factors * logits + float(Fraction(additive)) * torch.log(counts / counts.sum()), y)


def focal(logits, y, counts, focusing="2"):
    p = torch.softmax(logits, 0)[y]
    return F.nll_loss(torch.log_softmax(logits, 0), y) * (1 - p) ** float(Fraction(focusing))


def squentropy(logits, y, counts):
    wrong = (logits**2).sum() - logits[y] ** 2
    return F.cross_entropy(logits, y) + wrong / (len(counts) - 1)


def unhinged(logits, y, counts):
    target = F.one_hot(y, len(counts)).to(logits)
    return 1 - torch.dot(target - target.mean(), logits)


REFERENCES = {
    "squared": squared,
    "squared-one-hot": squared_one_hot,
    "cross-entropy": cross_entropy,
    "label-smoothing": label_smoothing,
    "weighted-label-smoothing": weighted_label_smoothing,
    "binary-cross-entropy": binary_cross_entropy,
    "logit-adjusted": logit_adjusted,
    "ldam": ldam,
    "vs": vs,
    "focal": focal,
    "squentropy": squentropy,
    "unhinged": unhinged,
}
