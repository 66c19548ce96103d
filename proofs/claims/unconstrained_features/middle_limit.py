"""How late the middle mode is beyond δ over its escape rate: that this has a limit as δ → ∞, and its digits at δ = 40."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from types import SimpleNamespace

import sympy as sp

from numerics.unconstrained_features.middle import middle_learning_time, step_groups
from proofs.claims.common import HALF, RATIO, SHARE, at, identities, identity, product
from proofs.claims.unconstrained_features import settings
from proofs.claims.unconstrained_features.weighted_flow import GROUPS, POINT, WEIGHTS, escape_rates_of
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, FirstTime, Limit, Measurement, Statement
from theory.data.counts import Group
from theory.symbols import R, delta, fraction, m_majority, m_minority, n_majority, n_minority, p, rate, sigma, w_majority, w_minority
from theory.unconstrained_features import middle, timing

MINORITY = m_minority / (m_majority + m_minority)
SHARE_AND_RATIO = {**SHARE, **RATIO}
RATE_SQUARED = MINORITY * n_majority * w_majority**2 + (1 - MINORITY) * n_minority * w_minority**2
PROJECTED = (MINORITY * n_majority * w_majority + (1 - MINORITY) * n_minority * w_minority) ** 2 / (
    MINORITY * n_majority + (1 - MINORITY) * n_minority
)  # of the effective singular value of the middle mode
DRIFT_TOLERANCE = 1e-6  # what is left of T − δ/ρ at δ = 20 is of order e^(−20) = 2e-9
DEPTHS = (20.0, 40.0)
REFERENCES = {10: "0.7777958061182", 100: "1.8692236397677", 1000: "2.7448849053545"}  # of T_mid − δ at equal halves, by R
DEPTH = sp.Integer(40)  # of the rigorous runs: what the limit δ → ∞ leaves out is of order e^(−40), and 13 decimals are stated
HALF_A_UNIT = sp.Rational(1, 2 * 10**13)


def rigorous_run(ratio: int, value: sp.Rational) -> FirstTime:
    """T_mid − δ of the run at equal halves and δ = 40, enclosed to the stated decimals."""
    groups = (Group(HALF, sp.Integer(ratio)), Group(HALF, sp.Integer(1)))
    weights = (sp.Integer(ratio) ** -HALF, sp.Integer(1))
    return FirstTime(
        id=f"middle-offset-at-ratio-{ratio}",
        says=f"R = {ratio}, δ = {DEPTH}: the middle mode first reaches half of σ at a time that differs from δ + {sp.N(value, 14)} "
        "by at most half a unit of the 13th decimal",
        velocity=dict(zip(middle.STATE, middle.middle_rates(groups, weights), strict=True)),
        start=dict(zip(middle.STATE, (start.subs(delta, DEPTH) for start in middle.spectral_start(groups)), strict=True)),
        expr=middle.mode_strength(groups),
        level=middle.singular_value(groups) / 2,
        low=DEPTH + value - HALF_A_UNIT,
        high=DEPTH + value + HALF_A_UNIT,
    )


def drift(ratio: float, share: float, exponent: float, level: float, rate: float) -> float:
    """By how much T_mid − δ/`rate` changes from δ = 20 to 40; STEP(R, p) with n_min = 1, raw weights n^(−γ), at fraction `level`."""
    early, late = _times(ratio, share, exponent, level)
    return abs(late - early - (DEPTHS[1] - DEPTHS[0]) / rate)


@cache
def _times(ratio: float, share: float, exponent: float, level: float) -> tuple[float, ...]:
    groups = step_groups(ratio, share, exponent)
    return tuple(middle_learning_time(groups, depth, level).value for depth in DEPTHS)


def limit_drift(rate: sp.Expr) -> Measurement:
    """The change of T_mid − δ/rate from δ = 20 to 40, equal halves, γ = 1/2, f = 1/2."""
    return settings.worst((f"R={ratio}", drift(float(ratio), 0.5, 0.5, 0.5, float(rate))) for ratio in REFERENCES)


def limit_error(rate_squared: sp.Expr) -> Measurement:
    """The largest drift, at R = 100, where the rate of two splits and five exponents is the root of the stated expression."""
    numbers = (m_majority, m_minority, n_majority, n_minority, w_majority, w_minority)
    rate = settings.compiled(sp.sqrt(rate_squared), *numbers)

    def errors() -> Iterator[tuple[str, float]]:
        for share in (0.2, 0.9):
            for exponent in (0.0, 0.25, 0.5, 0.75, 1.0):
                stated = float(rate(1 - share, share, 100.0, 1.0, 100.0**-exponent, 1.0))
                for level in (0.1, 0.9):
                    yield f"p={share}, γ={exponent}, f={level}", drift(100.0, share, exponent, level, stated)

    return settings.worst(errors())


def _parts(said: SimpleNamespace) -> tuple[Statement, ...]:
    *_, escape = escape_rates_of(GROUPS, WEIGHTS)
    return (
        identity("middle-rate", "ρ² of the middle mode, from the Gram matrix of ZΩ", escape**2, said.rate_squared),
        Agrees(
            id="offset-tends-to-a-limit",
            says="T_mid − δ/ρ has a limit as δ → ∞; in runs it stays from δ = 20 to 40, at R = 100, five exponents, two splits, "
            "two fractions",
            uses=("rate_squared",),
            measure=lambda: limit_error(said.rate_squared),
            bound=DRIFT_TOLERANCE,
        ),
    )


STEP = (Group(1 - p, R), Group(p, sp.Integer(1)))
SINGULAR_VALUE = middle.singular_value(STEP)
WITHOUT_WEIGHTS = sp.log(SINGULAR_VALUE * fraction / (1 - fraction)) / (2 * SINGULAR_VALUE)
AT_LARGE_RATIO = sp.log(p) / 4 + sp.log(fraction / (1 - fraction)) / 2


def _parts_without_weights(said: SimpleNamespace) -> tuple[Statement, ...]:
    """The flow stays on the ray that spectral init is on, and is a logistic curve there; its time less δ/σ, and that at large R."""
    equal, (a, b, e) = (sp.Integer(1), sp.Integer(1)), middle.STATE
    rates, strength = middle.middle_rates(STEP, equal), middle.mode_strength(STEP)
    along = sum(sp.diff(strength, variable) * speed for variable, speed in zip(middle.STATE, rates, strict=True))
    ray = {a: said.classifier * b, e: said.feature * b}
    start_of_a, start_of_b, start_of_e = middle.spectral_start(STEP)
    da, db, de = (at(speed, ray) for speed in rates)
    escape = middle.escape_matrix(STEP, equal)
    time = timing.learning_time().subs({sigma: SINGULAR_VALUE, rate: sp.Integer(1)}, simultaneous=True)
    where = (*SHARE_AND_RATIO.values(), fraction < 1)
    return (
        identities(
            "start-and-flow-on-the-ray",
            "equal weights: a = σb and e = b at spectral init, and where they hold da/dt = σ db/dt and de/dt = db/dt",
            (
                (left, sp.Mul(factor, right, evaluate=False))
                for left, factor, right in (
                    (start_of_a, said.classifier, start_of_b),
                    (start_of_e, said.feature, start_of_b),
                    (da, said.classifier, db),
                    (de, said.feature, db),
                )
            ),
            *SHARE_AND_RATIO.values(),
        ),
        identity(
            "logistic-on-the-ray",
            "equal weights: ds/dt = 2s(σ − s) where a = σb and e = b",
            at(along, ray),
            at(said.speed * strength * (SINGULAR_VALUE - strength), ray),
            *SHARE_AND_RATIO.values(),
        ),
        identity(
            "rate-is-the-singular-value",
            "equal weights: the escape rate is σ, its square from the linear flow of a, b and e at zero",
            product(escape[0, 1:], escape[1:, 0])[0],
            said.rate**2,
            *SHARE_AND_RATIO.values(),
        ),
        Limit(
            id="limit-of-the-offset",
            says="T_mid − δ/σ → ln(σ f/(1 − f))/(2σ) as δ → ∞",
            expr=time - delta / SINGULAR_VALUE,
            variable=delta,
            point=sp.oo,
            value=said.limit,
            where=where,
        ),
        Limit(
            id="limit-at-large-ratio",
            says="√(pR) times that less ¼ ln R tends to ¼ ln p + ½ ln(f/(1 − f)) as R → ∞",
            expr=sp.sqrt(p * R) * said.limit - sp.log(R) / 4,
            variable=R,
            point=sp.oo,
            value=said.at_large_ratio,
            where=where,
        ),
    )


CLAIMS = (
    Claim(
        id="middle-offset-has-a-limit",
        says="Squared loss, STEP of any split and any counts, any positive weights, one a group, such as n^(−γ) at any γ, spectral init, "
        "any fraction 0 < f < 1: as δ → ∞ the middle mode's learning time less δ/ρ tends to a limit, which depends on the counts, the "
        "weights and f, where ρ = √(p n_maj ω_maj² + (1 − p) n_min ω_min²) is its escape rate. (The kernel's theorems are about the seven "
        "scalars of middle-mode-reduces-to-three-scalars: for each ε > 0 there is a δ_0 such that from every δ ≥ δ_0 no s ≥ fσ is "
        "before δ/ρ + limit − ε, and some s ≥ fσ is by δ/ρ + limit + ε if the flow goes on until then; and from some δ on there are flows "
        "for all time that have a first time T with s ≥ fσ, and every such T less δ/ρ differs from the same limit by at most C e^(−δ/2), "
        "with a constant C that is not given. That the flow of W and H is that of these scalars is the uniqueness of solutions, cited as "
        "in flow-converges.)",
        source=OURS,
        stated={"rate_squared": RATE_SQUARED},
        hypotheses={"0 < f < 1": fraction < 1},
        witnesses=({**POINT, fraction: HALF},),
        parts=_parts,
        near_misses=(
            NearMiss("the effective singular value in place of ρ", {"rate_squared": PROJECTED}),
            NearMiss("ρ larger by a millionth", {"rate_squared": RATE_SQUARED * (1 + sp.Rational(1, 10**6)) ** 2}),
        ),
        plain="from a spectral start the middle mode of STEP is learned at δ over its escape rate and a time that tends to a limit, "
        "whatever the split and the weights of the groups",
        coq={
            "offset-tends-to-a-limit": (
                "dynamics.middle_offset_limit.offset_tends_to_a_limit",
                "dynamics.middle_offset_limit.first_time_near_its_limit",
            )
        },
    ),
    Claim(
        id="middle-offset-without-weights",
        says="No weights (γ = 0), squared loss, STEP with minority share p, n_min = 1, R ≥ 1, spectral init, any fraction 0 < f < 1: "
        "T_mid − δ/σ → ln(σ f/(1 − f))/(2σ) as δ → ∞, with σ = √(pR + 1 − p), which is the escape rate too; and √(pR) times this limit is "
        "¼ ln R + ½ ln(f/(1 − f)) + ¼ ln p + o(1) as R → ∞: at γ = 0 the law of middle-offset-of-every-exponent. (The kernel's theorems "
        "about the seven scalars of middle-mode-reduces-to-three-scalars say more: at any split and any counts, where both groups have "
        "one weight ω, the learning time less δ/(ωσ) tends to ln(σ f/(1 − f))/(2ωσ), for every flow.)",
        source=OURS,
        stated={
            "classifier": SINGULAR_VALUE,
            "feature": sp.Integer(1),
            "speed": sp.Integer(2),
            "rate": SINGULAR_VALUE,
            "limit": WITHOUT_WEIGHTS,
            "at_large_ratio": AT_LARGE_RATIO,
        },
        hypotheses={**SHARE_AND_RATIO, "0 < f < 1": fraction < 1},
        witnesses=({R: sp.Integer(4), p: HALF, fraction: HALF, delta: sp.Integer(3)},),
        parts=_parts_without_weights,
        near_misses=(
            NearMiss("a = b, as if σ were 1", {"classifier": sp.Integer(1)}),
            NearMiss("a feature of the minority larger by 1/1000", {"feature": sp.Rational(1001, 1000)}),
            NearMiss("2.001 in place of the logistic curve's 2", {"speed": sp.Rational(2001, 1000)}),
            NearMiss("the rate √p R^(1/2) of the majority part alone", {"rate": sp.sqrt(p * R)}),
            NearMiss("the same limit at every fraction", {"limit": sp.log(SINGULAR_VALUE) / (2 * SINGULAR_VALUE)}),
            NearMiss("a limit larger by 1/1000", {"limit": WITHOUT_WEIGHTS + sp.Rational(1, 1000)}),
            NearMiss("k larger by 1/1000", {"at_large_ratio": AT_LARGE_RATIO + sp.Rational(1, 1000)}),
            NearMiss("k as above γ = 1/2", {"at_large_ratio": HALF + sp.log(4 * p / (1 - p)) / 4 + sp.log(fraction / (1 - fraction)) / 2}),
        ),
        coq={
            "start-and-flow-on-the-ray": ("dynamics.middle_offset_equal_weights.start_and_flow_on_the_ray",),
            "logistic-on-the-ray": ("dynamics.middle_offset_equal_weights.logistic_on_the_ray",),
            "limit-of-the-offset": (
                "dynamics.middle_offset_equal_weights.limit_of_the_offset",
                "dynamics.middle_offset_equal_weights.limit_for_every_flow",
            ),
        },
    ),
)
