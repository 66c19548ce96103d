"""When the middle mode is learned, beyond leading order: T_mid − δ/ρ as δ → ∞, and its growth in ln R.

Setting: STEP with n_min = 1, weights ω_j = n_j^(−γ), time in `raw` normalisation, spectral init, squared loss;
p is the minority share, q = 1 − p, ρ the escape rate, x = √p R^(½−γ) the escape rate of the majority part
*alone*. Of `theory.unconstrained_features.middle` take B = √(pR) b and E = √q e, so that a² = B² + E² on the orbit.

**The limit δ → ∞.** That there is one is proved (`middle-offset-has-a-limit`); its value is derived here, and agrees with runs.
By the time strengths are of order one only the unstable direction is left, with
a ≈ κ e^(ρt − δ), κ = ½(1 + σλ/ρ) (`middle.unstable_share`). With the clock dθ = a dt the flow is

    dB/dθ = R^(−γ)(√(pR) − aB),    dE/dθ = √q − aE,    B(0) = E(0) = 0,

regular at zero, where a = ρθ + O(θ³). Hence, with θ_T where s = fσ,

    lim T_mid − δ/ρ = (1/ρ) ln(ρ θ_T/κ) + ∫_0^θ_T (1/a − 1/(ρθ)) dθ.

At finite δ the correction is of order e^(−δ) in runs (O(e^(−δ/2)) is proved), not O(e^(−2δ)), unless the weights are equal:
the component of the start along the neutral direction of the escape matrix does not grow, and still counts e^(−δ) when a is of
order one.

**γ = ½: why √2/4.** ρ = 1 and both parts grow as e^t until the minority part is fitted, a² of order one
(`early_limit`). Then aE = √q holds it, E = √q/a fades, and a² = B² + q/a²: what is left (`late_limit`) is the
majority part alone,

    dS/dt = 2√p S (1 − S/√(pR)),    S = aB = B².

Its rate is 2√p and not 2, because the middle direction u carries the share p of the majority's target: √p is
the 1/√2 of equal halves, and half the slow relaxation rate at the fixed point. S climbs from order one to
½√(pR), which takes ½ ln R/(2√p) = ln R/(4√p): √2/4 at p = ½. Matching in ln θ gives

    T_mid − δ → ln R/(4√p) + C(p) + D(p)/√R + O(ln R/R),
    C = J − ln p/(4√p) − ln((1 + √p)/2),
    J = lim_θ→∞ ∫_0^θ (1/a − 1/θ') dθ' − (1/√p − 1) ln θ,   a² = pθ² + E²,   dE/dθ = √q − aE,   E(0) = 0,
    D = −J_1/√p − q/(√p (1 + √p)),

the last term from κ, and J_1 the first-order response of ln B + B²/(2√(pR)) − √p t to 1/√R. J and J_1 are numbers
of p alone: C(½) = 0.319369236, D(½) = −0.475209. As p → 1: J → 0 and the law becomes ¼ ln R.

So (T_mid − T_maj)/(T_maj − T_min) → 1/√p − 1 as R → ∞ (after δ → ∞), since T_maj − T_min → ¼ ln R: the paper's
bound, √2 − 1 at equal halves, is not the window in scaled time (that is 0) but this ratio of offsets. The middle
mode lies between the others for small R only: for p = ½ it is the last one from R = 3.4146 on.

**γ < ½.** The majority part is the fast one and dominates u throughout: x(T_mid − δ/ρ) = ¼ ln(pR) + o(1),
the error of order R^(2γ−1) ln R (for γ = 0: the scalar logistic, and the offset is ln σ/(2σ) exactly at every R).

**γ > ½.** The minority part is fitted in time O(1) with B ≈ 0; then B creeps from zero on the slow manifold
aE = √q, in time of order R^(γ−½): `creep_time` in closed form. With the logistic behind it
x(T_mid − δ/ρ) = ¼ ln R + ½ + ¼ ln(4p/q) + o(1), the error of order R^(½−γ) for γ ≤ 1. So T_mid − δ/ρ grows like
R^(γ−½) ln R, and δ/ρ leads only once δ ≫ R^(γ−½) ln R.

In one line: x (T_mid − δ/ρ) − ¼ ln R − ½ ln(f/(1−f)) tends to a number of p on each side of γ = ½, and at it:
¼ ln R in the majority part's own time, always. The three numbers differ, so the limit is not uniform near ½: it needs
R^|½−γ| ≫ 1.

For n_min = n the counts scale out: T(δ; nR, n) = n^(γ−½) T(δ + ¼ ln n; R, 1).

Source: derived here.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp

from theory.data.counts import Group
from theory.exact import InvalidInput, exact
from theory.symbols import R, connection, connection_slope, fraction, p
from theory.unconstrained_features import middle

HALF = sp.Rational(1, 2)
STEP = (Group(1 - p, R), Group(p, sp.Integer(1)))  # sizes as shares of c: only their ratios enter


def _balanced_flow(exponent: sp.Expr) -> sp.Matrix:
    """(da, dB, dE)/dt with B = √(pR) b, E = √(1−p) e, in the symbols a, b, e for a, B, E."""
    _, b, e = middle.STATE
    scale_b, scale_e = sp.sqrt(p * R), sp.sqrt(1 - p)
    da, db, de = middle.middle_rates(STEP, (R**-exponent, sp.Integer(1)))
    rates = sp.Matrix([da, scale_b * db, scale_e * de])
    return rates.subs({b: b / scale_b, e: e / scale_e}, simultaneous=True)


@cache
def early_limit() -> sp.Matrix:
    """γ = ½: (da, dB, dE)/dt as R → ∞ at fixed a, B, E (symbols a, b, e).

    Formula: (√p B + (√q − aE) E, √p a, a (√q − aE)): the majority part grows freely, the minority saturates.
    """
    small = sp.Symbol("z", positive=True)  # R^(−1/2)
    return _at_zero(_balanced_flow(HALF).subs(R, small**-2), small)


@cache
def late_limit() -> sp.Matrix:
    """γ = ½: the rates of (a, B, E) = (R^¼ a', R^¼ B', R^(−¼) E') as R → ∞ (symbols a, b, e for the primed).

    Formula: (B' (√p − a'B'), a' (√p − a'B'), 0 = a' (√q − a'E')): the last row, dE/dt over R^¼, is the slaving.
    """
    small = sp.Symbol("z", positive=True)  # R^(−1/4)
    a, b, e = middle.STATE
    rates = _balanced_flow(HALF).subs({a: a / small, b: b / small, e: e * small}, simultaneous=True)
    return _at_zero((rates * small).subs(R, small**-4), small)


def _at_zero(rates: sp.Matrix, small: sp.Symbol) -> sp.ImmutableMatrix:
    """The entries at `small` = 0, where they are polynomial in it: no limit is taken."""
    return rates.applyfunc(lambda rate: sp.Poly(sp.expand(sp.powdenest(rate)), small).eval(0)).as_immutable()


def majority_rate(exponent: Any) -> sp.Expr:
    """x = √p R^(½−γ) = ω_maj √(p n_maj): the escape rate of the majority part of the middle mode alone."""
    return sp.sqrt(p) * R ** (HALF - exact(exponent, "weight exponent"))


def creep_time(level: sp.Expr) -> sp.Expr:
    """γ > ½: x times the time from B = 0 to a² = `level` on the slow manifold aE = √q, R → ∞.

    Formula: ½ (arcosh(A/√q) + √(1 − q/A²)) at A = a²: there B² = A − q/A and dB/dt = x a.
    Valid when: A ≥ √q.
    """
    q = 1 - p
    return (sp.acosh(level / sp.sqrt(q)) + sp.sqrt(1 - q / level**2)) / 2


def joining_constant(exponent: Any) -> sp.Expr:
    """k(p) = lim_R→∞ of x (T_mid − δ/ρ) − ¼ ln R − ½ ln(f/(1 − f)).

    Formula: ¼ ln p for γ < ½; √p (J − ln((1 + √p)/2)) − ¼ ln p at γ = ½; ½ + ¼ ln(4p/(1 − p)) for γ > ½.
    At γ = ½ the integral J of p stays a symbol.
    Raises: InvalidInput for an exponent that is not a number.
    """
    gamma = exact(exponent, "weight exponent")
    if not gamma.is_number:
        raise InvalidInput(f"weight exponent={gamma} must be a number: the law is another one on each side of 1/2")
    if gamma < HALF:
        return sp.log(p) / 4
    if gamma > HALF:
        return HALF + sp.log(4 * p / (1 - p)) / 4
    share, _ = _start_at_large_ratio()
    return sp.sqrt(p) * (connection - sp.log(share)) - sp.log(p) / 4


def offset_law(exponent: Any) -> sp.Expr:
    """T_mid − δ/ρ for δ → ∞ and then large R, up to terms that vanish in units of 1/x.

    Formula: (¼ ln R + ½ ln(f/(1 − f)) + k(p))/x, in the symbols R, p, f, and J at γ = ½.
    Valid when: 0 ≤ γ ≤ 1; R^|½−γ| ≫ 1 or γ = ½, and √R ≫ 1/p; n_min = 1, raw weights.
    The orders of the error are in the module's description.
    """
    steps = sp.log(R) / 4 + sp.log(fraction / (1 - fraction)) / 2 + joining_constant(exponent)
    return steps / majority_rate(exponent)


def next_order() -> sp.Expr:
    """D(p) of γ = ½: T_mid − δ = ln R/(4√p) + C(p) + D(p)/√R + O(ln R/R), at every fraction f.

    Formula: −J_1/√p − (1 − p)/(√p (1 + √p)), in the symbols p and J_1.
    """
    share, slope = _start_at_large_ratio()
    return -connection_slope / sp.sqrt(p) - sp.simplify(slope / share)


def _start_at_large_ratio() -> tuple[sp.Expr, sp.Expr]:
    """κ at γ = ½ as R → ∞, and its first-order coefficient in R^(−1/2)."""
    small = sp.Symbol("z", positive=True)
    kappa = middle.unstable_share(STEP, (R**-HALF, sp.Integer(1)))
    # √(pR + q) R^(−1/2) = √(p + q z²): written so that z = 0 is an ordinary point.
    sigma = middle.singular_value(STEP)
    kappa = sp.expand((kappa - HALF) * sigma).subs(R, small**-2) * small / sp.sqrt(p + (1 - p) * small**2) + HALF
    kappa = sp.expand(kappa)
    return sp.factor(kappa.subs(small, 0)), sp.factor(sp.diff(kappa, small).subs(small, 0))
