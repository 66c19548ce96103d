"""Roots of many functions at once, each in a bracket of its own, by inverse quadratic interpolation that falls back on bisection.

Source: Chandrupatla, A new hybrid quadratic/bisection algorithm for finding the zero of a nonlinear function, 1997.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from numerics import Array

CLOSED = 2.0**-50  # a search ends when the root is known so well, relative to itself
MOST_STEPS = 200  # bisection alone takes so many for a bracket of 2⁻²⁰⁰ to 1; the interpolation some ten


def bracketed_roots(value: Callable[[Array], Array], a: Array, fa: Array, b: Array, fb: Array) -> Array:
    """Where each entry of `value` is zero between a and b, k numbers each; the end of the smaller value where the signs are no different.

    Arguments: `value` of k arguments, the values of k functions; `fa` and `fb`, the values at a and b.
    """
    is_open = np.sign(fa) * np.sign(fb) < 0
    best, t = np.where(np.abs(fb) < np.abs(fa), b, a), np.full(len(a), 0.5)
    with np.errstate(all="ignore"):  # what interpolation makes of values that are equal or infinite is checked
        for _ in range(MOST_STEPS):
            if not is_open.any():
                break
            x = a + t * (b - a)
            fx = value(x)
            same = np.sign(fx) == np.sign(fa)
            c, fc = np.where(same, a, b), np.where(same, fa, fb)
            b, fb = np.where(same, b, a), np.where(same, fb, fa)
            a, fa = x, fx
            better = np.abs(fa) < np.abs(fb)
            best, best_value = np.where(is_open, np.where(better, a, b), best), np.where(better, fa, fb)
            limit = CLOSED * np.abs(best) / np.abs(b - a)
            is_open &= (limit < 0.5) & (best_value != 0)
            xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
            t = fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
            t = np.where((phi**2 < xi) & ((1 - phi) ** 2 < 1 - xi), t, 0.5)
            t = np.clip(t, np.minimum(limit, 0.5), np.maximum(1 - limit, 0.5))
    return best
