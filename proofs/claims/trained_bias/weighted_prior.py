"""A trained output bias learns the weighted class frequencies first: what it becomes, and what classes lose and win meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from operator import itemgetter
from typing import Any

import numpy as np
import sympy as sp

from numerics.constrained_features.runs import Run, linear_features_run
from numerics.problem import Problem
from numerics.trained_bias.runs import biased_run, class_losses
from proofs.claims.common import at, identities, identity
from proofs.claims.constrained_features.blocks import MASS
from proofs.claims.trained_bias.settings import (
    ALL,
    CASES,
    LOSSES,
    NAMED,
    NUMBER,
    ONES,
    OWN,
    POINT,
    SEED,
    WHOLE,
    masses_of,
    setting_of,
    settings_run,
    small_start,
)
from proofs.claims.unconstrained_features import settings
from proofs.kernel.claim import OURS, Claim, NearMiss
from proofs.kernel.statements import Agrees, Holds, MatrixIdentity, Measurement
from theory.algebra import words
from theory.constrained_features.output_bias import cross_entropy_velocity, squared_velocity
from theory.data.counts import symbolic_step
from theory.models.decay_and_bias import H, W, bias, ones
from theory.models.model import classes, descent, squared_descent
from theory.models.trained_bias import MODEL
from theory.symbols import R, gamma, t
from theory.trained_bias import prior
from theory.unconstrained_features import flow

Z, Omega, G = MODEL.target, MODEL.weights, MODEL.residual
Y = sp.MatrixSymbol("Y", *MODEL.logits.shape)  # one-hot labels
share = sp.MatrixSymbol("p", classes, 1)  # the softmax of the bias
feature = sp.MatrixSymbol("h", flow.width, 1)  # the direction of all features, a unit vector
SIZES = [group.size for group in NAMED]
B = sp.symbols("b_j b_maj b_min", real=True)
COUNTED = sp.symbols("n_j n_maj_whole n_min_whole", positive=True)  # samples of the class, of all majority and of all minority classes
LEVEL, FIRST, SECOND, THIRD = sp.symbols("k u v w", real=True)
LENGTH = sp.Symbol("l", positive=True)  # ‖h‖
HEAVY, LIGHT, OTHER = sp.symbols("q_1 q_2 q_3", positive=True)  # π of classes
LOGS = tuple(sp.log(a / WHOLE) for a in ALL)
WITNESS = {**POINT, **dict.fromkeys(COUNTED, sp.Integer(3)), LEVEL: sp.Integer(0), FIRST: sp.Integer(1), SECOND: sp.Integer(2)}


def _prior_parts(said):
    velocity = squared_velocity(SIZES, ALL, B)
    rest = [said.rest(a, WHOLE, NUMBER) for a in ALL]
    paths = [said.growth * value for value in rest]
    entropy = cross_entropy_velocity(SIZES, ALL, B)
    resting = dict(zip(B, (value + LEVEL for value in said.logs), strict=True))
    return (
        MatrixIdentity(
            id="features-push-to-second-order",
            says="squared loss: db/dt is what the bias does alone, less a term of second order in W and H",
            left=squared_descent(MODEL)[bias],
            right=said.alone - W * H * Omega * ones,
            diagonal=(Omega,),
        ),
        MatrixIdentity(
            id="bias-feels-masses-alone",
            says="cross-entropy, W = H = 0: db/dt is the vector of the a_j less the softmax of b times their sum",
            left=descent(MODEL)[bias].xreplace({G: (Y - share * ones.T) * Omega}),
            right=Y * Omega * ones - share * said.sum,
            diagonal=(Omega,),
        ),
        identities(
            "squared-bias-relaxes",
            "squared loss, W = H = 0: db_j/dt = S (π_j − 1/c − b_j)",
            [(moving, WHOLE * (value - b)) for moving, value, b in zip(velocity, rest, B, strict=True)],
        ),
        identities(
            "stated-path-solves",
            "b(t) = (1 − e^(−St))(π − 1/c) solves it",
            zip((sp.diff(path, t) for path in paths), squared_velocity(SIZES, ALL, paths), strict=True),
        ),
        identities("path-starts-at-zero", "it starts at 0", [(at(path, {t: sp.Integer(0)}), sp.Integer(0)) for path in paths]),
        identities(
            "cross-entropy-rests-at-log-prior",
            "cross-entropy, W = H = 0: nothing moves where b is ln π and any multiple of the vector 1",
            [(at(moving, resting), sp.Integer(0)) for moving in entropy],
        ),
        identity(
            "cross-entropy-stays-centred",
            "cross-entropy: the rates of b sum to 0 over the classes, so that the multiple is that which centres ln π",
            sp.Add(*(many * moving for many, moving in zip(said.members, entropy, strict=True))),
            sp.Integer(0),
        ),
        *_attraction(said),
    )


def _attraction(said):
    """u = b less its rest: ½ d‖u‖²/dt = Σ u_k db_k/dt, and −E/S times that, E = Σ π_l e^(u_l), is one sum over pairs of classes."""
    ex, ey, ez = map(sp.exp, (FIRST, SECOND, THIRD))
    shares, off = (HEAVY, LIGHT, OTHER), (FIRST, SECOND, THIRD)
    logits = [sp.log(q) + u for q, u in zip(shares, off, strict=True)]
    moving = cross_entropy_velocity([sp.Integer(1)] * 3, [WHOLE * q for q in shares], logits)
    falling = -sp.Add(*(u * rate for u, rate in zip(off, moving, strict=True))) / WHOLE
    pairs = (
        said.pair(HEAVY, LIGHT, FIRST - SECOND, ex - ey),
        said.pair(HEAVY, OTHER, FIRST - THIRD, ex - ez),
        said.pair(LIGHT, OTHER, SECOND - THIRD, ey - ez),
    )
    return (
        identity(
            "distance-to-rest-falls-by-pairs",
            "−E/S Σ_k u_k db_k/dt of three classes is the sum over pairs of π_k π_l (u_k − u_l)(e^(u_k) − e^(u_l))",
            falling * (HEAVY * ex + LIGHT * ey + OTHER * ez),
            sp.Add(*pairs),
        ),
        Holds(
            id="pairs-are-positive",
            says="each is positive where u_1 ≠ u_2: the distance to the rest falls wherever b is not there",
            condition=said.pair(HEAVY, LIGHT, FIRST - SECOND, ex - ey) > 0,
            where=(sp.Ne(FIRST, SECOND),),
        ),
    )


# What classes lose and win --------------------------------------------------------------------


def _drop_parts(said):
    rates = {loss: prior.initial_loss_rates(NAMED, ONES, loss) for loss in LOSSES}
    return (
        *(
            identities(
                f"initial-rate-{loss}",
                f"{loss}: dℓ_j/dt = −(a_j − S/c) at the start",
                [(found, said.rate(a, WHOLE / NUMBER)) for found, a in zip(rates[loss], ALL, strict=True)],
            )
            for loss in LOSSES
        ),
        Holds(
            id="lightest-class-rises",
            says="the loss of the lightest class rises at first unless all classes weigh alike",
            condition=said.sign * rates["squared"][0] > 0,
            where=(*(a >= OWN for a in MASS), sp.Or(*(a > OWN for a in MASS))),
        ),
        identities(
            "none-rises-where-all-weigh-alike",
            "where all classes weigh alike no class loss moves",
            [(found, sp.Integer(0)) for found in rates["squared"]],
            *(sp.Eq(OWN, said.alike * a) for a in MASS),
        ),
        *_exponent_parts(said),
        *_plateau_parts(said),
        MatrixIdentity(
            id="equal-features-are-a-bias",
            says="without a bias, W = 0 and all features h, any loss: dL/dt is ‖h‖² times what a bias does at W = H = 0",
            left=_moved_logits(),
            right=said.square * descent(MODEL)[bias] * ones.T,
            orthonormal=(feature,),
        ),
    )


def _moved_logits():
    """dL/dt of L = WH at W = 0 and H = h1ᵀ, h = ‖h‖ times a unit vector, from the flow of any loss."""
    moved = words.rate_along(flow.W * flow.H, descent(flow.MODEL))
    return moved.xreplace({flow.W: sp.ZeroMatrix(*flow.W.shape), flow.H: LENGTH * feature * ones.T}).doit()


def _exponent_parts(said):
    groups = symbolic_step(n_majority=R, n_minority=sp.Integer(1))
    majority, minority = prior.initial_loss_rates(groups, (R**-gamma, sp.Integer(1)), "squared")
    flat = {gamma: said.flat}
    return (
        Holds(
            id="minority-rises-below-one",
            says="STEP, R > 1, ω = n^(−γ): the minority's loss rises at first where γ < 1",
            condition=minority > 0,
            where=(R > 1, gamma < said.flat),
        ),
        Holds(
            id="majority-rises-above-one", says="and the majority's where γ > 1", condition=majority > 0, where=(R > 1, gamma > said.flat)
        ),
        identities(
            "none-rises-at-one",
            "at γ = 1 neither does",
            [(majority.subs(flat), sp.Integer(0)), (minority.subs(flat), sp.Integer(0))],
            R > 1,
        ),
    )


def _plateau_parts(said):
    shares = [a / WHOLE for a in ALL]
    spread = sp.Add(*(size * (q - 1 / NUMBER) ** 2 for size, q in zip(SIZES, shares, strict=True)))
    squared = [said.squared_plateau(q, NUMBER, spread) for q in shares]
    # A multiple of 1 in the bias changes no cross-entropy: so ln π is as good as what it is centred to.
    entropy = [prior.class_loss(NAMED, LOGS, g, "cross-entropy") for g in range(3)]
    return (
        identities(
            "squared-plateau",
            "squared loss: a class rests at ½(1 − 1/c) − (π_j − 1/c) + ½‖π − 1/c‖²",
            zip(prior.plateaus(NAMED, ONES, "squared"), squared, strict=True),
        ),
        identities(
            "cross-entropy-plateau",
            "cross-entropy: a class rests at −ln π_j",
            zip(entropy, (-sp.log(said.entropy_share(q, n / sp.Add(*COUNTED))) for q, n in zip(shares, COUNTED, strict=True)), strict=True),
        ),
    )


# How it is run ----------------------------------------------------------------------------

BIAS_TOLERANCE = 1e-9  # of logits of order one: the features' are e^(2·(40 − 60)) at most where the bias is read
SLOPE_TOLERANCE = 1e-5  # a slope is a difference over 1e-6 of the time that the bias takes
SOON = 1e-6  # that share


@cache
def _settled_run(case: int, exponent: float, loss: str) -> Run:
    """A run to where the slowest part of the bias has relaxed 30 times over, from a random start of scale e^(−60)."""
    problem = setting_of(CASES[case], exponent, loss)
    start = small_start(CASES[case], np.random.default_rng(SEED + case))
    return biased_run(problem, *start, 30.0 / float(masses_of(problem).min()))


def _runs() -> Iterator[tuple[str, Problem, np.ndarray, Run]]:
    """Name, problem, a of each class, and the run."""
    for name, problem in settings_run():
        exponent = float(name.split("γ=")[1].split(",")[0])
        yield name, problem, masses_of(problem), _settled_run(CASES.index(problem.counts), exponent, problem.loss.name)


def bias_error(rest: Callable[..., Any], growth: sp.Expr, logs: tuple[sp.Expr, ...]) -> Measurement:
    """The bias of runs at sample level: against its stated path for the squared loss, against its stated rest for cross-entropy."""
    clock = settings.compiled(growth.subs(WHOLE, sp.Symbol("S")), sp.Symbol("S"), t)
    log = settings.compiled(logs[0].subs(WHOLE, sp.Symbol("S")), OWN, sp.Symbol("S"))

    def errors() -> Iterator[tuple[str, float]]:
        for name, problem, mass, run in _runs():
            number, whole, end = len(mass), mass.sum(), run.path.t[-1]
            times = np.array([0.3 / whole, 1.0 / whole, 3.0 / whole, end]) if problem.loss.name == "squared" else np.array([end])
            found = run.path.at(times, itemgetter(slice(-number, None)))
            if problem.loss.name == "squared":
                stated = np.outer(clock(whole, times), rest(mass, whole, number))
            else:
                stated = log(mass, whole) - log(mass, whole).mean()
            yield name, float(np.abs(found - stated).max())

    return settings.worst(errors())


def slope_error(rate: Callable[..., Any]) -> Measurement:
    """How fast class losses of runs at sample level start, against the stated rates, relative to the largest."""

    def errors() -> Iterator[tuple[str, float]]:
        for name, problem, mass, run in _runs():
            yield name, _slope_gap(problem, mass, run, rate, 1.0)

    return settings.worst(errors())


def _slope_gap(problem: Problem, mass: np.ndarray, run: Run, rate: Callable[..., Any], square: float) -> float:
    soon = SOON / (square * mass.sum())
    early, late = (_losses_at(problem, run, time) for time in (0.0, soon))
    found, mean = (late - early) / (soon * square), mass.sum() / len(mass)
    return float(np.abs(found - rate(mass, mean)).max() / np.abs(mass).max())


def equal_features_error(rate: Callable[..., Any]) -> Measurement:
    """The same without a bias, from W = 0 and equal features of length 2: the slopes over 4, against the stated rates."""

    def errors() -> Iterator[tuple[str, float]]:
        for name, problem in settings_run():
            counts, mass = problem.counts, masses_of(problem)
            h = np.random.default_rng(SEED).standard_normal((counts.c - 1, 1))
            H = 2 * h / np.linalg.norm(h) @ np.ones((1, counts.n))
            run = linear_features_run(problem, np.eye(counts.n), np.zeros((counts.c, counts.c - 1)), H, 1e-3 / mass.sum())
            yield name, _slope_gap(problem, mass, run, rate, 4.0)

    return settings.worst(errors())


def plateau_error(squared: Callable[..., Any], shares: Callable[..., Any]) -> Measurement:
    """Class losses of runs at sample level whose bias has settled and whose features are still small, against the stated plateaus."""

    def errors() -> Iterator[tuple[str, float]]:
        for name, problem, mass, run in _runs():
            q, number = mass / mass.sum(), len(mass)
            if problem.loss.name == "squared":
                stated = squared(q, number, ((q - 1 / number) ** 2).sum())
            else:
                stated = -np.log(shares(q, np.array(problem.counts.per_class) / problem.counts.n))
            yield name, float(np.abs(_losses_at(problem, run, run.path.t[-1]) - stated).max())

    return settings.worst(errors())


def _losses_at(problem: Problem, run: Run, time: float) -> np.ndarray:
    read = class_losses(problem)
    return run.path.at(time, lambda state: read(run.logits(state)))


def _rest(a, total, number):
    return a / total - 1 / number


def _squared_plateau(q, number, spread):
    return (1 - 1 / number) / 2 - (q - 1 / number) + spread / 2


def _without_spread(q, number, spread):
    return _squared_plateau(q, number, 0 * spread)


CLAIMS = (
    Claim(
        id="bias-learns-weighted-prior",
        says="L = WH + b1ᵀ with b(0) = 0, any counts and weights, as long as W = H = 0: for the squared loss b(t) = (1 − e^(−St))"
        "(π − 1/c) with S = Σ n_jω_j and π_j = n_jω_j/S; for cross-entropy b stays centred and its distance to the centred ln π "
        "falls wherever it is not there. Under the squared loss W and H push b to second order only.",
        source=OURS,
        stated={
            "alone": (Z - bias * ones.T) * Omega * ones,
            "sum": ones.T * Omega * ones,
            "rest": _rest,
            "growth": 1 - sp.exp(-WHOLE * t),
            "logs": LOGS,
            "members": SIZES,
            "pair": lambda q, r, gap, rise: q * r * gap * rise,
        },
        witnesses=(WITNESS,),
        parts=_prior_parts,
        shares="the runs of small features with a trained bias",
        runs=lambda said: (
            Agrees(
                id="bias-of-runs",
                says="the bias of runs at sample level, random starts of scale e^(−60), both losses, γ = 0 and 1/2",
                uses=("rest", "growth", "logs"),
                measure=lambda: bias_error(said.rest, said.growth, said.logs),
                bound=BIAS_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("the bias feels no weights", {"alone": (Z - bias * ones.T) * ones}),
            NearMiss("every softmax counts twice", {"sum": 2 * ones.T * Omega * ones}),
            NearMiss("π in place of π − 1/c", {"rest": lambda a, total, number: a / total}),
            NearMiss("it starts half way", {"growth": 1 - sp.exp(-WHOLE * t) / 2}),
            NearMiss("it moves at half the rate", {"growth": 1 - sp.exp(-WHOLE * t / 2)}),
            NearMiss("half of ln π", {"logs": tuple(value / 2 for value in LOGS)}),
            NearMiss("a group counts once, whatever its size", {"members": (1, 1, 1)}),
            NearMiss("the distance grows by pairs", {"pair": lambda q, r, gap, rise: -q * r * gap * rise}),
        ),
        plain="as long as no feature has grown a trained bias goes to the weighted class frequencies, for any counts and weights",
        coq={
            "stated-path-solves": ("trained_bias.prior.stated_path_solves",),
            "path-starts-at-zero": ("trained_bias.prior.path_starts_at_zero",),
            "pairs-are-positive": ("trained_bias.prior.pairs_are_positive",),
        },
    ),
    Claim(
        id="minority-initial-drop",
        says="L = WH + b1ᵀ from W = H = 0 and b = 0, squared loss or cross-entropy, any counts and weights: the loss of class j starts at "
        "the rate −(n_jω_j − S/c) and rests, when the bias has settled and no feature has grown, at ½(1 − 1/c) − (π_j − 1/c) + "
        "½‖π − 1/c‖² (squared) or −ln π_j (cross-entropy). So the lightest class gets worse first unless n_jω_j is constant: under STEP "
        "with ω = n^(−γ) and R > 1 the minority where γ < 1, 1/2 included, the majority where γ > 1, and none at γ = 1. Without a bias "
        "the logits start likewise, but for a factor ‖h‖², where W(0) = 0 and all features are one h.",
        source="the drop: Francazi, Baity-Jesi and Lucchi, ICML 2023 (arXiv 2207.00391), without closed form; the rest ours",
        stated={
            "rate": lambda a, mean: mean - a,
            "sign": sp.Integer(1),
            "alike": sp.Integer(1),
            "flat": sp.Integer(1),
            "squared_plateau": _squared_plateau,
            "entropy_share": lambda weighted, plain: weighted,
            "square": LENGTH**2,
        },
        witnesses=(WITNESS, {**WITNESS, gamma: sp.Integer(2)}, {**WITNESS, **dict.fromkeys(ALL, sp.Integer(1))}),
        parts=_drop_parts,
        shares="the runs of small features with a trained bias",
        runs=lambda said: (
            Agrees(
                id="initial-slopes",
                says="class losses of runs at sample level start at these rates, both losses",
                uses=("rate",),
                measure=lambda: slope_error(said.rate),
                bound=SLOPE_TOLERANCE,
            ),
            Agrees(
                id="initial-slopes-without-bias",
                says="and so they do without a bias, from W = 0 and equal features",
                uses=("rate",),
                measure=lambda: equal_features_error(said.rate),
                bound=SLOPE_TOLERANCE,
            ),
            Agrees(
                id="plateaus-of-runs",
                says="class losses of runs at sample level whose bias has settled",
                uses=("squared_plateau", "entropy_share"),
                measure=lambda: plateau_error(said.squared_plateau, said.entropy_share),
                bound=BIAS_TOLERANCE,
            ),
        ),
        near_misses=(
            NearMiss("every class improves by its own weight", {"rate": lambda a, mean: -a}),
            NearMiss("the lightest class improves first", {"sign": sp.Integer(-1)}),
            NearMiss("none moves where the class weighs twice as much as the others", {"alike": sp.Integer(2)}),
            NearMiss("γ = 1/2 removes the drop", {"flat": sp.Rational(1, 2)}),
            NearMiss("γ = 3/2 removes the drop", {"flat": sp.Rational(3, 2)}),
            NearMiss("the plateau without ‖π − 1/c‖²", {"squared_plateau": _without_spread}),
            NearMiss("−ln(n_j/Σn) under weights", {"entropy_share": lambda weighted, plain: plain}),
            NearMiss("‖h‖⁴", {"square": LENGTH**4}),
        ),
        coq={
            "squared-plateau": ("trained_bias.prior.squared_plateau",),
            "cross-entropy-plateau": ("trained_bias.prior.cross_entropy_plateau",),
            "lightest-class-rises": ("trained_bias.prior.lightest_class_rises",),
        },
        plain="with a trained bias the loss of some class rises at first, unless weights are proportional to 1/n: n^(−1/2) flattens what "
        "features learn, and not what the bias does",
    ),
)
