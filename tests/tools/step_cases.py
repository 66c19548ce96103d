"""Cases of STEP for properties of reweighting: draws, regimes that must be met, and the exact forms ZΩᵏZᵀ."""

from fractions import Fraction

from hypothesis import strategies as st

from tests.tools import exact_matrices as exact

HALF = Fraction(1, 2)
positive = st.fractions(Fraction(1, 8), 8, max_denominator=8)
factors = st.fractions(Fraction(11, 10), 100, max_denominator=10)
REGIMES = {
    "R = 1": lambda m, x: x.R == 1,
    "R > 1e4": lambda m, x: x.R > 10**4,
    "γ = 1/2": lambda m, x: x.gamma == HALF,
    "γ > 1/2": lambda m, x: x.gamma > HALF,
    "one class a group": lambda m, x: m == (1, 1),
    "one minority class of several": lambda m, x: m[1] == 1 < m[0],
}
STEP_REGIMES = {
    "equal weights": lambda m, n, w: w[0] == w[1],
    "equal counts": lambda m, n, w: n[0] == n[1],
    "one class a group": lambda m, n, w: m == (1, 1),
    "unequal groups": lambda m, n, w: m[0] != m[1],
}
ties = (
    exact.sizes,
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.one_of(positive.map(lambda w: (w, w)), st.tuples(positive, positive)),
)


def without(regimes, *names):
    """The regimes without those of these names."""
    return {name: met for name, met in regimes.items() if name not in names}


def step_forms(m, n, omega):
    """ZZᵀ, ZΩZᵀ and ZΩ²Zᵀ of STEP with m classes, n samples and weight ω in each group."""
    return tuple(exact.gram(exact.step(m, n[0] * omega[0] ** k, n[1] * omega[1] ** k)) for k in range(3))


def middle_rates(m, n, omega):
    """σ², λ and μ = vᵀΩ²v of the middle mode, from the three forms."""
    u = exact.middle_vector(*m)
    square, first, second = (exact.eigenvalue(form, u) for form in step_forms(m, n, omega))
    return square, first / square, second / square
