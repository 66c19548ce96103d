"""Rules under which small parameters grow linearly, mode by mode: what flattens them, and what a step of ascent does to escape."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from functools import cache

import numpy as np
import sympy as sp

from numerics.problem import Problem
from numerics.spectral_descent.growth import Ascent, growth_rates, small_start
from numerics.unconstrained_features.descent import HeavyBall
from proofs.claims.common import HALF, identities, identity
from proofs.claims.unconstrained_features import settings as plain
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, Increasing, Limit, Measurement
from theory.algebra.partition import centring
from theory.data.counts import ClassCounts, Group, symbolic_step
from theory.data.labels import gram_product
from theory.losses import loss_named
from theory.spectral_descent import growth
from theory.symbols import R, gamma, m_majority, m_minority, n_majority, n_minority, sigma

MU, ETA, RADIUS = growth.INERTIA, growth.ETA, growth.RADIUS
COUNT = sp.Symbol("n", positive=True)  # of a named class, which stands beside two groups of others
NAMED = (Group(sp.Integer(1), COUNT), *symbolic_step())
s1, s2 = sp.symbols("s_1 s_2", positive=True)  # two escape rates
g1, g2 = sp.symbols("g_1 g_2", real=True)  # the growth of two modes
x1, x2, x3 = sp.symbols("x_1:4", real=True)  # nω² less the common square of flat rates, of three classes
LEVEL = sp.Symbol("y", real=True)
within = sp.symbols("s_maj s_min", positive=True)
POINT = {
    **dict.fromkeys((COUNT, n_minority, m_majority, m_minority, MU, growth.DECAY, ETA, s2, sigma, x1, x2, x3, within[1]), sp.Integer(1)),
    n_majority: sp.Integer(4),
    s1: sp.Integer(2),
    within[0]: sp.Integer(2),
    g1: sp.Integer(2),
    g2: sp.Integer(1),
    LEVEL: sp.Integer(2),
    R: sp.Integer(4),
    gamma: HALF,
    RADIUS: sp.Rational(1, 3),
}
STRONG = {**POINT, RADIUS: sp.Integer(2)}

# Rules whose growth increases with the escape rate ------------------------------------------------------------------------


def _flat_parts(said):
    yield Holds(
        id="equal-growth-equal-rates",
        says="a growth g(s) that increases with s is equal for two modes iff their escape rates are",
        condition=sp.Or(sp.And(sp.Eq(g1, g2), sp.Eq(s1, s2)), sp.And(sp.Ne(g1, g2), sp.Ne(s1, s2))),
        where=(said.increasing,),
    )
    flat = gram_product(NAMED, [group.count ** (-2 * said.exponent) for group in NAMED])
    yield identities(
        "flat-at-one-half",
        "γ = 1/2, any counts: the Gram matrix of ZΩ is the centring matrix, so that every escape rate is 1",
        zip(flat.entries(), centring(flat.sizes).entries(), strict=True),
    )
    pair = gram_product((Group(sp.Integer(1), x1), Group(sp.Integer(1), x2), Group(m_majority, x3)), (sp.Integer(1),) * 3)
    yield identity(
        "entry-of-two-classes",
        "the entry of P diag(x)P for two classes, x = nω² less s², is −(x_j + x_k)/c and Σx/c², the same for every two",
        pair.blocks[0, 1],
        said.entry(x1, x2) / (2 + m_majority) + (x1 + x2 + m_majority * x3) / (2 + m_majority) ** 2,
    )
    yield Holds(
        id="flat-rates-make-classes-alike",
        says="flat rates make this matrix 0, so that x_j + x_k is the same for every two of three classes: then x is the same for all",
        condition=sp.And(sp.Eq(x1, x2), sp.Eq(x2, x3)),
        where=tuple(sp.Eq(sp.Add(*((x1, x2, x3)[i] for i in pair)), LEVEL) for pair in said.pairs),
    )
    yield Holds(
        id="no-other-exponent",
        says="two classes with counts of ratio R > 1 have the same n ω², ω = n^(−γ), only at γ = 1/2",
        condition=sp.Ne(R ** (1 - 2 * gamma), 1),
        where=(R > 1, sp.Ne(gamma, said.exponent)),
    )


def _rule_parts(said):
    heavy = growth.growth_matrix(growth.HEAVY_BALL)
    yield identity(
        "heavy-ball-growth",
        "heavy ball μẌ + Ẋ = −∇: the stated growth is an eigenvalue of the growth matrix",
        growth.characteristic(heavy, said.heavy(sigma)),
        sp.Integer(0),
    )
    x = growth.EXPONENT
    yield identity(
        "heavy-ball-characteristic",
        "all eigenvalues x obey (μx² + x)² = s²; the other three have negative real parts: of the roots of μx² + x = s one is "
        "negative, and those of μx² + x = −s have the sum −1/μ, the product s/μ",
        MU**2 * growth.characteristic(heavy),
        (MU * x**2 + x - sigma) * (MU * x**2 + x + said.other * sigma),
    )
    yield identity(
        "step-growth",
        "a step η of descent multiplies a mode by 1 + ηs, so that it grows at the logarithm of this in a step",
        growth.characteristic(growth.step_matrix()),
        (x - said.multiplier(sigma)) * (x - 1 + ETA * sigma),
    )
    yield identity(
        "decay-growth",
        "under weight decay λ of both factors the growth is as stated, and −s − λ for the other eigenvalue",
        growth.characteristic(growth.decayed_matrix()),
        (x - said.decayed(sigma)) * (x + sigma + growth.DECAY),
    )
    for name, rule in (("heavy-ball", said.heavy), ("step", lambda rate: sp.log(said.multiplier(rate))), ("decay", said.decayed)):
        yield Increasing(
            id=f"{name}-increases", says=f"{name}: the growth increases with the escape rate", expr=rule(sigma), variable=sigma
        )
    ratio = said.heavy(sp.sqrt(R)) / said.heavy(sp.Integer(1)) - 1
    for end, point in (("light", sp.Integer(0)), ("heavy", sp.oo)):
        yield Limit(
            id=f"window-of-a-{end}-ball",
            says=f"γ = 0, n_min = 1: the window of the growth between √R and 1 tends to the stated one as μ → {'∞' if point else '0'}",
            expr=ratio,
            variable=MU,
            point=point,
            value=said.light if end == "light" else said.heavy_end,
        )


GROWTH_TOLERANCE = 1e-4  # relative: logits are below e^(−10) of the labels, and the second eigenvalue has died away to this
PROBLEMS = {
    f"{counts}, γ={power}": Problem(ClassCounts(counts), tuple(float(n) ** -power for n in counts), loss_named("squared"))
    for counts, power in (((9, 9, 1, 1), 0.0), ((9, 4, 1), 0.5), ((7, 3, 1), 0.25))
}
TIME, DEPTH = 12.0, 60.0


def _escape_rates(problem: Problem) -> np.ndarray:
    """Singular values of ZΩ in class coordinates, without its zero."""
    c = problem.counts.c
    scaled = np.sqrt(problem.counts.per_class) * np.array(problem.weights)
    found: np.ndarray = np.linalg.svd((np.eye(c) - 1 / c) * scaled, compute_uv=False)[: c - 1]
    return found


@cache
def _heavy_growth(name: str, inertia: float) -> np.ndarray:
    flow = small_start(PROBLEMS[name], DEPTH, 1)
    return growth_rates(PROBLEMS[name], HeavyBall(flow, inertia), flow, TIME * max(1.0, math.sqrt(inertia)))


def heavy_error(rule: Callable[[sp.Expr], sp.Expr]) -> Measurement:
    """Growth of every mode under a heavy ball, from a random start, against the stated one at its escape rate."""
    stated = plain.compiled(rule(sigma), sigma, MU)

    def errors() -> Iterator[tuple[str, float]]:
        for name, problem in PROBLEMS.items():
            for inertia in (0.1, 1.0):
                yield f"{name}, μ={inertia}", plain.relative(_heavy_growth(name, inertia), stated(_escape_rates(problem), inertia))

    return plain.worst(errors())


# A step of ascent ---------------------------------------------------------------------------------------------------------


def _ascent_parts(said):
    matrix, x = growth.growth_matrix(growth.ASCENT), growth.EXPONENT
    larger, smaller = within
    return (
        identity(
            "characteristic",
            "the growth matrix of a mode has the stated growth and −s(1 + rs) for eigenvalues",
            growth.characteristic(matrix),
            (x - said.growth(sigma)) * (x + said.decay(sigma)),
        ),
        Holds(id="slower", says="the growth is less than s", condition=said.growth(sigma) < said.slower * sigma),
        Holds(
            id="attracts",
            says="r s > 1: both are negative, and the mode dies away",
            condition=sp.And(said.growth(sigma) < 0, -said.decay(sigma) < 0),
            where=(RADIUS * sigma > said.most,),
        ),
        Holds(id="escapes", says="r s < 1: the mode escapes", condition=said.growth(sigma) > 0, where=(RADIUS * sigma < said.most,)),
        Holds(
            id="alike-at",
            says="two different escape rates grow alike at the stated radius",
            condition=sp.Eq(said.growth(larger).subs(RADIUS, said.radius), said.growth(smaller).subs(RADIUS, said.radius), evaluate=False),
        ),
        Holds(
            id="alike-nowhere-else",
            says="and at no other",
            condition=sp.Ne(said.growth(larger), said.growth(smaller)),
            where=(sp.Ne(larger, smaller), sp.Ne(RADIUS, said.radius)),
        ),
    )


@cache
def _ascent_growth(name: str, radius: float) -> np.ndarray:
    flow = small_start(PROBLEMS[name], DEPTH, 2)
    return growth_rates(PROBLEMS[name], Ascent(flow, radius), flow, TIME)


def ascent_error(rule: Callable[[sp.Expr], sp.Expr]) -> Measurement:
    """Growth of every mode under ascent before descent, from a random start, against the stated one at its escape rate."""
    stated = plain.compiled(rule(sigma), sigma, RADIUS)

    def errors() -> Iterator[tuple[str, float]]:
        for name, problem in PROBLEMS.items():
            for radius in (0.1, 0.25):
                expected = stated(_escape_rates(problem), radius)
                yield f"{name}, r={radius}", plain.relative(_ascent_growth(name, radius), expected)

    return plain.worst(errors())


def _helps_parts(said):
    matrix = growth.growth_matrix(growth.ASCENT)
    return (
        Holds(
            id="grows-faster",
            says="a mode with equal amplitudes in W and H grows at least as fast as under the gradient flow",
            condition=sp.Ge(matrix[0, 0] + matrix[0, 1], said.share * sigma, evaluate=False),
        ),
    )


INCREASING: Mapping[str, sp.Basic] = {
    "g increases": sp.Or(sp.And(s1 < s2, g1 < g2), sp.And(s1 > s2, g1 > g2), sp.And(sp.Eq(s1, s2), sp.Eq(g1, g2)))
}

CLAIMS = (
    Claim(
        id="increasing-growth-is-flat-at-one-half-alone",
        says="A rule that makes small parameters grow linearly, each mode at a rate that increases with its escape rate, ω = n^(−γ): with "
        "three classes or more and counts that are not all equal all modes grow alike iff γ = 1/2; then they do for any counts. "
        "Heavy ball (growth (√(1 + 4μs) − 1)/(2μ)), steps of descent (ln(1 + ηs) a step) and decay (s − λ) are such rules. "
        "Without weights the window of a heavy ball between √R and 1 goes from √R − 1 at μ → 0 to R^(1/4) − 1 at μ → ∞.",
        source=OURS,
        stated={
            "increasing": INCREASING["g increases"],
            "exponent": HALF,
            "entry": lambda one, two: -(one + two),
            "pairs": ((0, 1), (0, 2), (1, 2)),
            "heavy": growth.heavy_ball_growth,
            "other": sp.Integer(1),
            "multiplier": lambda rate: 1 + ETA * rate,
            "decayed": lambda rate: rate - growth.DECAY,
            "light": sp.sqrt(R) - 1,
            "heavy_end": R ** sp.Rational(1, 4) - 1,
        },
        witnesses=(POINT, {**POINT, gamma: sp.Integer(0)}),
        parts=lambda said: (*_flat_parts(said), *_rule_parts(said)),
        runs=lambda said: (
            Agrees(
                id="growth-under-a-heavy-ball",
                says="growth of every mode from small random starts, sample by sample, solved to rounding",
                uses=("heavy",),
                measure=lambda: heavy_error(said.heavy),
                bound=GROWTH_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("any growth", {"increasing": sp.true}),
            NearMiss("exponent 2/5", {"exponent": sp.Rational(2, 5)}),
            NearMiss("(x_j + x_k)/c", {"entry": lambda one, two: one + two}),
            NearMiss("two pairs of three classes", {"pairs": ((0, 1), (0, 2))}),
            NearMiss("(√(1 + 4μs) − 1)/μ", {"heavy": lambda rate: 2 * growth.heavy_ball_growth(rate)}),
            NearMiss("(1 − √(1 + 4μs))/(2μ)", {"heavy": lambda rate: -growth.heavy_ball_growth(rate)}),
            NearMiss("a double root", {"other": sp.Integer(-1)}),
            NearMiss("1 + ηs/2", {"multiplier": lambda rate: 1 + ETA * rate / 2}),
            NearMiss("1 + η/s", {"multiplier": lambda rate: 1 + ETA / rate}),
            NearMiss("λ − s", {"decayed": lambda rate: growth.DECAY - rate}),
            NearMiss("R − 1 and √R − 1", {"light": R - 1, "heavy_end": sp.sqrt(R) - 1}),
        ),
        plain="momentum, steps and decay do not change which weights flatten the escape: n^(−1/2), and no others",
        coq={
            "equal-growth-equal-rates": ("spectral_descent.rules.equal_growth_equal_rates",),
            "flat-rates-make-classes-alike": ("spectral_descent.rules.flat_rates_make_classes_alike",),
            "heavy-ball-characteristic": ("spectral_descent.rules.heavy_ball_characteristic",),
        },
    ),
    Claim(
        id="ascent-before-descent-slows-escape",
        says="w' = −∇f(w + r∇f(w)), r > 0 not divided by a norm, beside the origin of the unconstrained features model, any loss: a mode "
        "of escape rate s grows at s(1 − rs), slower than s; it escapes for rs < 1, and dies away for rs > 1. Two modes of different rates "
        "grow alike iff r = 1/(s_maj + s_min).",
        source=OURS,
        stated={
            "growth": lambda rate: rate * (1 - RADIUS * rate),
            "decay": lambda rate: rate * (1 + RADIUS * rate),
            "slower": sp.Integer(1),
            "most": sp.Integer(1),
            "radius": 1 / (within[0] + within[1]),
        },
        witnesses=(POINT, STRONG),
        parts=_ascent_parts,
        runs=lambda said: (
            Agrees(
                id="growth-under-ascent",
                says="growth of every mode from small random starts, sample by sample, solved to rounding",
                uses=("growth",),
                measure=lambda: ascent_error(said.growth),
                bound=GROWTH_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("s(1 + rs)", {"growth": lambda rate: rate * (1 + RADIUS * rate)}),
            NearMiss("s − r s³", {"growth": lambda rate: rate - RADIUS * rate**3}),
            NearMiss("−s for the other", {"decay": lambda rate: rate}),
            NearMiss("slower than 9s/10", {"slower": sp.Rational(9, 10)}),
            NearMiss("the threshold rs = 1/2", {"most": HALF}),
            NearMiss("the threshold rs = 2", {"most": sp.Integer(2)}),
            NearMiss("alike at 1/√(s_maj s_min)", {"radius": 1 / sp.sqrt(within[0] * within[1])}),
        ),
        plain="a step of ascent before descent (SAM without its norm) slows the escape from the origin, and a large one stops it",
        coq={
            part: (f"spectral_descent.rules.{part.replace('-', '_')}",)
            for part in ("characteristic", "slower", "attracts", "escapes", "alike-at", "alike-nowhere-else")
        },
    ),
    Claim(
        id="ascent-before-descent-helps-escape",
        says="w' = −∇f(w + r∇f(w)), r > 0 not divided by a norm, beside the origin of the unconstrained features model: modes escape at "
        "least as fast as under the gradient flow.",
        source="Rangwani et al., arXiv 2212.13827 (2022), have that SAM helps to escape saddles of minority classes; this reading is ours",
        stated={"share": sp.Integer(1)},
        witnesses=(POINT,),
        parts=_helps_parts,
        repaired_by="ascent-before-descent-slows-escape",
        near_misses=(NearMiss("twice as fast", {"share": sp.Integer(2)}),),
    ),
)
