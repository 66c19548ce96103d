"""Features that stand still: logits L = VX with constant X, one column a sample. One orthonormal feature a class is X = Y."""

import sympy as sp

from theory.models.model import Model, classes, samples

inputs = sp.Symbol("d_0", positive=True, integer=True)
V = sp.MatrixSymbol("V", classes, inputs)
X = sp.MatrixSymbol("X", inputs, samples)
MODEL = Model("fixed features", (V,), V * X)
