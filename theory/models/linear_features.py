"""Features that are linear in constant inputs: H = VX, L = WVX, or L = WVX + b1ᵀ with a trained output bias.

Orthonormal inputs XᵀX = I make the features unconstrained. Weight decay is on W and V.
"""

import sympy as sp

from theory.models.decay_and_bias import bias, decay_W, ones
from theory.models.model import Model, classes, decay, samples

width, inputs = sp.symbols("d d_0", positive=True, integer=True)
W = sp.MatrixSymbol("W", classes, width)
V = sp.MatrixSymbol("V", width, inputs)
X = sp.MatrixSymbol("X", inputs, samples)
decay_V = sp.Symbol("lambda_V", nonnegative=True)
PENALTIES = (decay(W, decay_W), decay(V, decay_V))
MODEL = Model("features linear in the inputs", (W, V), W * V * X)
WITH_BIAS = Model("features linear in the inputs, and an output bias", (W, V, bias), W * V * X + bias * ones.T)
DECAYED = Model("features linear in the inputs, with weight decay", (W, V), W * V * X, PENALTIES)
DECAYED_WITH_BIAS = Model(
    "features linear in the inputs, with weight decay and an output bias", (W, V, bias), W * V * X + bias * ones.T, PENALTIES
)
