"""Unconstrained features with a trained output bias, L = WH + b1ᵀ, and with a fixed offset beside it, as in logit adjustment."""

import sympy as sp

from theory.models.decay_and_bias import H, W, bias, ones
from theory.models.model import Model, classes, decay

offset = sp.MatrixSymbol("tau", classes, 1)  # added to the logits of every sample, and never trained
decay_b = sp.Symbol("lambda_b", nonnegative=True)
MODEL = Model("unconstrained features and a trained bias", (W, H, bias), W * H + bias * ones.T)
WITH_OFFSET = Model("unconstrained features, a trained bias and a fixed offset", (W, H, bias), W * H + bias * ones.T + offset * ones.T)
DECAYED = Model("unconstrained features and a decayed bias", (W, H, bias), MODEL.logits, (decay(bias, decay_b),))
DECAYED_WITH_OFFSET = Model(
    "unconstrained features, a decayed bias and a fixed offset", (W, H, bias), WITH_OFFSET.logits, (decay(bias, decay_b),)
)
