"""Features that are linear in constant inputs: H = VX, L = WVX. Orthonormal inputs XᵀX = I make them unconstrained."""

import sympy as sp

from theory.models.model import Model, classes, samples

width, inputs = sp.symbols("d d_0", positive=True, integer=True)
W = sp.MatrixSymbol("W", classes, width)
V = sp.MatrixSymbol("V", width, inputs)
X = sp.MatrixSymbol("X", inputs, samples)
MODEL = Model("features linear in the inputs", (W, V), W * V * X)
