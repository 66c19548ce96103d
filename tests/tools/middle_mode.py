"""The middle mode of STEP from spectral init by another integrator than the package's, for tests of what is proved of it."""

from __future__ import annotations

import math

import sympy as sp
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from theory.data.counts import symbolic_step
from theory.symbols import m_majority, m_minority, n_majority, n_minority, w_majority, w_minority
from theory.unconstrained_features import middle

RATES = sp.lambdify(
    (m_majority, m_minority, n_majority, n_minority, w_majority, w_minority, *middle.STATE),
    middle.middle_rates(symbolic_step(), (w_majority, w_minority)),
    "math",
)


@st.composite
def middle_problems(draw):
    """Numbers of classes, samples a class, weights, and δ, of the middle mode of STEP."""
    sizes = draw(st.tuples(st.integers(1, 5), st.integers(1, 5)))
    counts = draw(st.tuples(st.integers(1, 60), st.integers(1, 9)))
    weights = draw(st.tuples(st.floats(0.1, 3), st.floats(0.1, 3)))
    return sizes, counts, weights, draw(st.floats(0.05, 5))


def masses(sizes, counts):
    c = sum(sizes)
    return sizes[1] / c * counts[0], sizes[0] / c * counts[1]


def path(sizes, counts, weights, delta, times):
    """a, b, e at these times, from spectral init."""
    sigma, scale = math.sqrt(sum(masses(sizes, counts))), math.exp(-delta)
    start = (scale, scale / sigma, scale / sigma)
    solved = solve_ivp(lambda _, y: RATES(*sizes, *counts, *weights, *y), (0, times[-1]), start, "LSODA", times, rtol=1e-9, atol=1e-12)
    return solved.y
