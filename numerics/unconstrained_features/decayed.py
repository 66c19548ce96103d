"""The gradient flow with weight decay on W and H, in the coordinates of `PlainSystem`."""

from __future__ import annotations

import math

import numpy as np

from numerics import Array
from numerics.unconstrained_features.experiment import Experiment
from numerics.unconstrained_features.systems import PlainSystem
from theory.exact import InvalidInput

Decays = tuple[float, float]  # λ_W and λ_H


class DecayedSystem(PlainSystem):
    """Any loss with the penalties (λ_W/2)‖W‖² and (λ_H/2)‖H‖².

    Formula: dW/dt and dF/dt of `PlainSystem`, less λ_W W and λ_H F: rotating the features leaves both penalties as they are.
    """

    def __init__(self, experiment: Experiment, decays: Decays, *, by_class: bool) -> None:
        """Raises: InvalidInput for a decay that is not finite and > 0."""
        for decay in decays:
            if not (math.isfinite(decay) and decay > 0):
                raise InvalidInput(f"decay={decay:g} must be finite and > 0: leave it out for a flow without decay")
        super().__init__(experiment, by_class=by_class)
        W, features = self._split(self.initial_state)
        self._decay = np.repeat(decays, (W.size, features.size))

    def derivative(self, t: float, state: Array) -> Array:
        return super().derivative(t, state) - self._decay * state


def growth_exponents(rates: Array, decays: Decays) -> Array:
    """The larger growth exponent of each mode at W = H = 0, from its rate s without decay.

    Formula: (−(λ_W + λ_H) + √((λ_W − λ_H)² + 4s²))/2.
    """
    on_W, on_H = decays
    found: Array = (np.sqrt((on_W - on_H) ** 2 + 4 * rates**2) - (on_W + on_H)) / 2
    return found
