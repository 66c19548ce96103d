"""The diagonal linear network β = u² − v² on the weighted squared loss Σ_i ω_i (x_iᵀβ − y_i)².

Entry by entry the flow is u' = −2ug, v' = 2vg with g = 2XᵀΩ(Xβ − y): uv stays, and ln(u/v) moves by −4g, which lies in the span
of the data whatever the weights.
"""

from __future__ import annotations

import sympy as sp

from theory.algebra.words import trace_gradient

U, V = sp.symbols("u v", positive=True)  # one entry of each layer
GRADIENT = sp.Symbol("g", real=True)  # the derivative of the loss by the same entry of β
ALPHA = sp.Symbol("alpha", positive=True)  # u(0) = v(0) = α
SLOPE = sp.Symbol("theta", real=True)  # an entry of Xᵀν, ln(u/v)

entries, data = sp.symbols("p n", positive=True, integer=True)
X = sp.MatrixSymbol("X", data, entries)
b = sp.MatrixSymbol("beta", entries, 1)
y = sp.MatrixSymbol("y", data, 1)
Omega = sp.MatrixSymbol("Omega", data, data)


def velocity(decay: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """(du/dt, dv/dt): minus the derivatives of g β + λ(u² + v²)/2 at β = u² − v², g held fixed as the loss's derivative in β."""
    changing = GRADIENT * (U**2 - V**2) + decay * (U**2 + V**2) / 2
    return -sp.diff(changing, U), -sp.diff(changing, V)


def loss_gradient() -> sp.MatrixExpr:
    """The derivative of (Xβ − y)ᵀΩ(Xβ − y) by β, as words."""
    error = X * b - y
    return trace_gradient(error.T * Omega * error, b, [Omega])


def end(slope: sp.Expr = SLOPE) -> sp.Expr:
    """2α² sinh θ, an entry of β where uv = α² and ln(u/v) = θ."""
    return 2 * ALPHA**2 * sp.sinh(slope)


def penalty() -> sp.Expr:
    """The function of β with derivative θ = arcsinh(β/(2α²)) that is 0 at 0, at β = 2α² sinh θ: the integral of θ dβ."""
    return sp.integrate(SLOPE * sp.diff(end(), SLOPE), (SLOPE, 0, SLOPE))
