"""When modes are learned: learning times, their limit in δ, and windows.

Times are flow times of the summed loss with the weights as they stand (normalisation `raw` unless the
weights were normalised before). Scaled time is τ = t/δ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import sympy as sp

from theory.shown import Sheet, Shown
from theory.symbols import delta, fraction, rate, sigma, t
from theory.unconstrained_features import modes

# What `learning_time` derives, written down for those who read it off often: to solve for it takes a quarter of a second.
LEARNING_TIME = sp.log((sigma * sp.exp(2 * delta) - 1) * fraction / (1 - fraction)) / (2 * rate * sigma)


@cache
def learning_time() -> sp.Expr:
    """T with s(T) = fσ: solve the closed form for the exponential, then for t.

    Valid when: σ e^(2δ) > 1, 0 < f < 1; T > 0 exactly when e^(−2δ) < fσ. λ = 1 without weights.
    """
    decay = sp.Symbol("E", positive=True)
    exponential = sp.exp(-2 * rate * sigma * t)
    equation = sp.together(modes.solve_strength().subs(exponential, decay) - fraction * sigma)
    (root,) = sp.solve(sp.numer(equation), decay)
    return sp.log(sp.factor(1 / root)) / (2 * rate * sigma)


@dataclass(frozen=True, repr=False)
class Window(Shown):
    """The last scaled learning time less the first: in scaled time, and relative to the first."""

    absolute: sp.Expr
    relative: sp.Expr

    def brief(self) -> str:
        """The window in both forms."""
        return f"absolute {self.absolute}, relative {self.relative}"

    def shown(self) -> Sheet:
        """The window in both forms, as mathematics."""
        return Sheet("window of scaled learning times", {"absolute": self.absolute, "relative to the first": self.relative})


def window(slowest: sp.Expr, fastest: sp.Expr) -> Window:
    """The window of modes whose scaled learning times are 1/rate, from the slowest and the fastest rate."""
    return Window(1 / slowest - 1 / fastest, fastest / slowest - 1)


def window_of(rates: Sequence[sp.Expr]) -> Window:
    """The window of exact numbers: their extremes are found by exact comparison."""
    return window(sp.Min(*rates), sp.Max(*rates))
