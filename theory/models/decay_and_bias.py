"""Unconstrained features with weight decay on both factors, L = WH, and with a trained output bias as well, L = WH + b1ᵀ."""

import sympy as sp

from theory.models.model import Model, classes, decay, samples

width = sp.Symbol("d", positive=True, integer=True)
W = sp.MatrixSymbol("W", classes, width)
H = sp.MatrixSymbol("H", width, samples)
bias = sp.MatrixSymbol("b", classes, 1)
ones = sp.MatrixSymbol("one", samples, 1)  # constant data: the column of n ones
decay_W, decay_H = sp.symbols("lambda_W lambda_H", nonnegative=True)
MODEL = Model(
    "unconstrained features with weight decay and bias", (W, H, bias), W * H + bias * ones.T, (decay(W, decay_W), decay(H, decay_H))
)
WITHOUT_BIAS = Model("unconstrained features with weight decay", (W, H), W * H, (decay(W, decay_W), decay(H, decay_H)))
