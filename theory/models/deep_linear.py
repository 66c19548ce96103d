"""N linear layers: L = W_N ⋯ W_1, with a column of W_1 for each sample. Two of them are the unconstrained features model."""

from __future__ import annotations

import sympy as sp

from theory.exact import InvalidInput
from theory.models.model import Model, classes, samples


def layers(number: int) -> Model:
    """The model of that many layers, W_N first, of widths of their own.

    Raises: InvalidInput for fewer than one.
    """
    if number < 1:
        raise InvalidInput(f"a linear network of {number} layers must have at least one: give a number ≥ 1")
    widths = (classes, *(sp.Symbol(f"d_{k}", positive=True, integer=True) for k in range(number - 1, 0, -1)), samples)
    factors = tuple(sp.MatrixSymbol(f"W_{number - k}", widths[k], widths[k + 1]) for k in range(number))
    return Model(f"{number} linear layers", factors, sp.MatMul(*factors) if number > 1 else factors[0])
