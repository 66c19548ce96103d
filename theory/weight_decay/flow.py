"""The flow with weight decay: growth at the origin, and one mode from a spectral start."""

from __future__ import annotations

from functools import cache

import sympy as sp

from theory.models import laws
from theory.models.decay_and_bias import WITHOUT_BIAS, decay_H, decay_W
from theory.models.model import squared_descent
from theory.models.reduction import S, on_modes
from theory.symbols import delta, fraction, s0, sigma, strength, t

EXPONENT = sp.Symbol("x", real=True)  # a growth exponent


@cache
def growth_polynomial() -> sp.Expr:
    """The characteristic polynomial of the linear flow of one mode at W = H = 0, whose rate without decay is σ: monic in x."""
    (grown,) = laws.growth(WITHOUT_BIAS)
    return sp.Poly(laws.mode_matrix(grown).charpoly().all_coeffs(), EXPONENT).as_expr()


@cache
def strength_rate(decay: sp.Expr) -> sp.Expr:
    """ds/dt of one mode without class weights from a spectral start, equal decay λ on both factors: 2 s (σ − λ − s).

    Arguments: `decay`, λ. Both amplitudes start alike and stay alike, so s is the square of one.
    """
    equal = {decay_W: decay, decay_H: decay}
    modes = on_modes(WITHOUT_BIAS, squared_descent(WITHOUT_BIAS))
    amplitude = sp.Symbol("a", positive=True)
    rates = modes.entries({**dict.fromkeys(modes.state, amplitude), S: sigma}).subs(equal)
    if sp.expand(rates[0] - rates[1]) != 0:
        raise ArithmeticError("equal amplitudes of a mode must move alike under equal decay, and do not")
    return sp.expand((2 * amplitude * rates[0]).subs(amplitude, sp.sqrt(strength)))


@cache
def learning_time(decay: sp.Expr) -> sp.Expr:
    """T with s(T) = f(σ − λ) and s(0) = e^(−2δ): `strength_rate` is that of no decay at σ − λ, solved for 1/s, which is linear.

    Valid when: λ < σ, 0 < f < 1 and (σ − λ)e^(2δ) > 1.
    """
    u, end = sp.Function("u"), sp.Symbol("E", positive=True)  # E = σ − λ, where s ends
    rate = sp.expand(strength_rate(decay).subs(sigma, end + decay))
    inverse = sp.expand((-rate / strength**2).subs(strength, 1 / u(t)))
    solution = sp.dsolve(sp.Eq(u(t).diff(t), inverse), u(t), ics={u(0): 1 / s0}).rhs
    falling = sp.Symbol("F", positive=True)  # e^(−2Et)
    equation = sp.expand(sp.expand(solution).subs(s0, sp.exp(-2 * delta))).subs(sp.exp(-2 * end * t), falling) - 1 / (fraction * end)
    (root,) = sp.solve(equation, falling)
    return (sp.log(sp.factor(1 / root)) / (2 * end)).subs(end, sigma - decay)


@cache
def growth_exponent() -> sp.Expr:
    """The larger growth exponent at the origin: the larger root of `growth_polynomial`, with σ the rate without decay."""
    _, linear, constant = sp.Poly(growth_polynomial(), EXPONENT).all_coeffs()
    return (-linear + sp.sqrt(sp.expand(linear**2 - 4 * constant))) / 2
